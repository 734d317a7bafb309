"""Game files: players, their strategies and payoffs, written down as TOML, and read as strictly as scenarios."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from model.foundation.errors import Fault, InputError, nearest, raise_faults
from model.foundation.files import read_text
from model.spec.reading import find_scenario, scenario_folders, shown
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
    path = find_game_file(name_or_path)
    values = _parsed(path)
    place = path.name
    faults = [
        Fault(f"{place}: {key}", "no such key", shown(value), nearest(key, list(KEYS)))
        for key, value in values.items()
        if key not in KEYS
    ]
    for key, kind, what in (("about", str, "a text"), ("settings", dict, "a table"), ("players", dict, "a table"),
                            ("levers", dict, "a table"), ("precisions", list, "a list of numbers")):  # fmt: skip
        if key in values and not isinstance(values[key], kind):
            faults.append(Fault(f"{place}: {key}", f"is {what}", shown(values[key]), f"It holds {KEYS[key]}."))
    if "uncertainties" in values and not isinstance(values["uncertainties"], dict | list | str):
        way = "Example: uncertainties = ['theta']."
        faults.append(Fault(f"{place}: uncertainties", "is a list or a table", shown(values["uncertainties"]), way))
    base = _base(values, path, faults)
    raise_faults(faults)
    assert base is not None
    wishes = {"players": {}, **{key: values[key] for key in PASSED if key in values}}
    return GameFile(path, str(values.get("about", "")), base, wishes)


def find_game_file(name_or_path: str | Path) -> Path:
    """Return the file of a path, or of a name in the folders `scenarios/games`. Errors: InputError."""
    text = str(name_or_path)
    path = Path(text)
    known = {one.stem: one for folder in scenario_folders() for one in sorted((folder / FOLDER).glob("*.toml"))}
    if path.suffix == ".toml" or path.name != text:
        if path.is_file():
            return path
        way = nearest(path.stem, [one.stem for one in path.parent.glob("*.toml")] or list(known))
        raise InputError(Fault("game", "there is no such game file", text, way))
    if text in known:
        return known[text]
    raise InputError(Fault("game", "there is no game of this name", text, nearest(text, list(known))))


def _parsed(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(read_text(path, what="a game file"))
    except tomllib.TOMLDecodeError as error:
        raise InputError(Fault(path.name, f"a game is a TOML file ({error})", path.name, "Mend the line.")) from error


def _base(values: Mapping[str, Any], path: Path, faults: list[Fault]) -> Scenario | None:
    name = values.get("base", "baseline")
    if not isinstance(name, str):
        faults.append(Fault(f"{path.name}: base", "is a name or a file", shown(name), 'Example: base = "tiny".'))
        return None
    try:
        plan = Scenario.load(find_scenario(name, beside=path.parent, place=f"{path.name}: base"))
        settings = values.get("settings", {})
        return plan.replace(settings) if isinstance(settings, dict) else plan
    except InputError as error:
        faults += [
            Fault(f"{path.name}: settings: {one.place.removeprefix('call: ')}", one.rule, one.value, one.way_out)
            if one.place.startswith("call: ") else one for one in error.faults
        ]  # fmt: skip
        return None
