"""Game files: players, their strategies and payoffs, written down as TOML, and read as strictly as scenarios."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from model.experiments.question_files import (
    base_of_question,
    find_question,
    parsed_question,
    uncertainty_faults,
    unknown_keys,
)
from model.foundation.errors import Fault, raise_faults
from model.spec.reading import shown
from model.spec.scenario import Scenario

KEYS: dict[str, str] = {
    "about": "one sentence on what is asked",
    "base": "scenario that the game is played in: a name, or a file beside this one",
    "settings": "table of keys put on top of the base, such as users, months and markets",
    "players": "table of players, each with strategies and a payoff",
    "levers": "table of levers that a map moves: lists of values, or {low, high}",
    "uncertainties": "list of parameters that a map moves, or a table of them with {low, high}",
    "n": "steps of each range of a map",
    "replicates": "paired runs of each profile",
    "draws": "bootstrap draws over replicates",
    "precisions": "list of precisions of quantal responses, per span of payoffs",
}
PASSED = ("players", "levers", "uncertainties", "n", "replicates", "draws", "precisions")
FOLDER = "games"
"""Folder beside the scenarios where game files are looked for by name."""


@dataclass(frozen=True)
class GameFile:
    """A game file that was read. base: with its settings on top. wishes: arguments of `equilibrium`, as written."""

    path: Path
    about: str
    base: Scenario
    wishes: Mapping[str, Any]


def read_game_file(name_or_path: str | Path) -> GameFile:
    """Return a game file. Errors: InputError with the faults of its keys and of its base scenario."""
    path = find_question(name_or_path, word="game", folder=FOLDER)
    values = parsed_question(path, word="game")
    place = path.name
    faults = unknown_keys(values, KEYS, place=place)
    for key, kind, what in (("about", str, "a text"), ("settings", dict, "a table"), ("players", dict, "a table"),
                            ("levers", dict, "a table"), ("precisions", list, "a list of numbers")):  # fmt: skip
        if key in values and not isinstance(values[key], kind):
            faults.append(Fault(f"{place}: {key}", f"is {what}", shown(values[key]), f"It holds {KEYS[key]}."))
    faults += uncertainty_faults(values, place=place)
    base = base_of_question(values, path, faults)
    raise_faults(faults)
    assert base is not None
    wishes = {"players": {}, **{key: values[key] for key in PASSED if key in values}}
    return GameFile(path, str(values.get("about", "")), base, wishes)
