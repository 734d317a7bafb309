"""Search files: levers, objectives, futures and sizes, written down as TOML, and read as strictly as scenarios."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from model.experiments.question_files import (
    base_of_question,
    find_question,
    parsed_question,
    scenario_beside,
    unknown_keys,
)
from model.foundation.errors import Fault, raise_faults
from model.spec.reading import shown
from model.spec.scenario import Scenario

KEYS: dict[str, tuple[type | tuple[type, ...], str]] = {
    "about": (str, "one sentence on what is asked"),
    "base": (str, "scenario that levers are moved in: a name, or a file beside this one"),
    "settings": (dict, "table of keys put on top of the base, such as users, months and markets"),
    "levers": (dict, "table of levers: lists of values, or {low, high}"),
    "objectives": (dict, 'table of outcomes: "max", "min", or {goal, market, over, how}'),
    "uncertainties": ((list, dict, str), "list of parameters, or a table of them with {low, high, shape}"),
    "futures": (int, "number of futures drawn of the uncertainties"),
    "references": (dict, "table of policies that designs are held against for regret"),
    "population": (int, "designs of a generation"),
    "generations": (int, "generations"),
    "replicates": (int, "runs of each design in each future"),
    "fresh": (int, "further replicates for the front at the end"),
}
"""Keys of a search file: kind and what they hold."""
FOLDER = "searches"
"""Folder beside the scenarios where search files are looked for by name."""


@dataclass(frozen=True)
class SearchFile:
    """A search file that was read. base: with its settings on top. wishes: arguments of `optimise`, as written."""

    path: Path
    about: str
    base: Scenario
    wishes: Mapping[str, Any]


def read_search_file(name_or_path: str | Path) -> SearchFile:
    """Return a search file. Errors: InputError with the faults of its keys and of its base scenario."""
    path = find_question(name_or_path, word="search", folder=FOLDER)
    place = path.name
    values = parsed_question(path, word="search")
    faults = unknown_keys(values, KEYS, place=place)
    for key, value in values.items():
        if key in KEYS and (not isinstance(value, KEYS[key][0]) or isinstance(value, bool)):
            faults.append(Fault(f"{place}: {key}", f"holds a {KEYS[key][1]}", shown(value), "See docs/optimise.md."))
    for key in ("levers", "objectives"):
        if key not in values:
            faults.append(Fault(f"{place}: {key}", f"is there: a {KEYS[key][1]}", None, "See docs/optimise.md."))
    raise_faults(faults)
    plan = base_of_question(values, path, faults)
    raise_faults(faults)
    assert plan is not None
    wishes = {key: value for key, value in values.items() if key not in ("about", "base", "settings")}
    if "references" in wishes:
        wishes["references"] = {
            name: scenario_beside(one, path, key="references") if isinstance(one, str) else one
            for name, one in wishes["references"].items()
        }
    return SearchFile(path, str(values.get("about", "")), plan, wishes)
