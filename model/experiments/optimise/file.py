"""Search files: levers, objectives, futures and sizes, written down as TOML, and read as strictly as scenarios."""

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
    path = find_search_file(name_or_path)
    place = path.name
    try:
        values = tomllib.loads(read_text(path, what="a search"))
    except (ValueError, RecursionError) as error:
        way = "Texts and keys with dots stand in quotes; close brackets."
        raise InputError(Fault(place, f"a search is a TOML file ({error})", place, way)) from error
    faults = []
    for key, value in values.items():
        if key not in KEYS:
            faults.append(Fault(f"{place}: {key}", "no such key", shown(value), nearest(key, list(KEYS))))
        elif not isinstance(value, KEYS[key][0]) or isinstance(value, bool):
            faults.append(Fault(f"{place}: {key}", f"holds a {KEYS[key][1]}", shown(value), "See docs/optimise.md."))
    for key in ("levers", "objectives"):
        if key not in values:
            faults.append(Fault(f"{place}: {key}", f"is there: a {KEYS[key][1]}", None, "See docs/optimise.md."))
    raise_faults(faults)
    plan = Scenario.load(find_scenario(values.get("base", "baseline"), beside=path.parent, place=f"{place}: base"))
    try:
        plan = plan.replace(values.get("settings", {}))
    except InputError as error:
        raise InputError([
            Fault(f"{place}: settings: {one.place.removeprefix('call: ')}", one.rule, one.value, one.way_out)
            for one in error.faults
        ]) from error  # fmt: skip
    wishes = {key: value for key, value in values.items() if key not in ("about", "base", "settings")}
    if "references" in wishes:
        wishes["references"] = {name: _beside(one, path) for name, one in wishes["references"].items()}
    return SearchFile(path, str(values.get("about", "")), plan, wishes)


def find_search_file(name_or_path: str | Path) -> Path:
    """Return the file of a path, or of a name in the folders `scenarios/searches`. Errors: InputError."""
    text = str(name_or_path)
    path = Path(text)
    known = {one.stem: one for folder in scenario_folders() for one in sorted((folder / FOLDER).glob("*.toml"))}
    if path.is_file():
        return path
    if path.name == text and text in known:
        return known[text]
    raise InputError(Fault("search", "there is no such search file", text, nearest(path.stem, list(known))))


def _beside(policy: object, path: Path) -> object:
    """Return a reference with the scenario that it names looked for beside the search file."""
    if isinstance(policy, str):
        return Scenario.load(find_scenario(policy, beside=path.parent, place=f"{path.name}: references"))
    return policy
