"""Sweep files: what is moved, over which design, written down as TOML, and read as strictly as scenarios."""

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
    "base": "scenario that every point starts from: a name, or a file beside this one",
    "settings": "table of keys put on top of the base, such as users, months and markets",
    "levers": "table of levers: lists of values, or {low, high}",
    "uncertainties": "list of parameters, or a table of them with {low, high, shape}",
    "policies": "table of policies: tables of settings, or names of scenarios",
    "design": "lhs, sobol or grid",
    "n": "points of the design; for a grid, steps of each range",
    "table": "CSV file beside this one with the points, in place of a design",
    "replicates": "runs of each point and policy with other draws",
    "outcomes": "what is kept of each run, as resso.users or label_income",
    "series": "whether outcomes are kept month by month too (true or false)",
}
PASSED = ("levers", "uncertainties", "policies", "design", "n", "replicates", "outcomes", "series")
FOLDER = "sweeps"
"""Folder beside the scenarios where sweep files are looked for by name."""


@dataclass(frozen=True)
class SweepFile:
    """A sweep file that was read. base: with its settings on top. wishes: arguments of `sweep`, as written."""

    path: Path
    about: str
    base: Scenario
    wishes: Mapping[str, Any]


def read_sweep_file(name_or_path: str | Path) -> SweepFile:
    """Return a sweep file. Errors: InputError with the faults of its keys and of its base scenario."""
    path = find_sweep_file(name_or_path)
    values = _parsed(path)
    place = path.name
    faults = [
        Fault(f"{place}: {key}", "no such key", shown(value), nearest(key, list(KEYS)))
        for key, value in values.items()
        if key not in KEYS
    ]
    for key, kind, what in (("about", str, "a text"), ("settings", dict, "a table"), ("series", bool, "true or false"),
                            ("table", str, "a file"), ("outcomes", list, "a list of texts"),
                            ("levers", dict, "a table"), ("policies", dict, "a table")):  # fmt: skip
        if key in values and not isinstance(values[key], kind):
            faults.append(Fault(f"{place}: {key}", f"is {what}", shown(values[key]), f"It holds {KEYS[key]}."))
    if "uncertainties" in values and not isinstance(values["uncertainties"], dict | list | str):
        way = "Example: uncertainties = ['theta']."
        faults.append(Fault(f"{place}: uncertainties", "is a list or a table", shown(values["uncertainties"]), way))
    base = _base(values, path, faults)
    raise_faults(faults)
    assert base is not None
    wishes = {key: values[key] for key in PASSED if key in values}
    if isinstance(values.get("table"), str):
        wishes["table"] = path.parent / values["table"]
    if "policies" in wishes:
        wishes["policies"] = {name: _beside(one, path) for name, one in wishes["policies"].items()}
    return SweepFile(path, str(values.get("about", "")), base, wishes)


def find_sweep_file(name_or_path: str | Path) -> Path:
    """Return the file of a path, or of a name in the folders `scenarios/sweeps`. Errors: InputError."""
    text = str(name_or_path)
    path = Path(text)
    known = sorted({one.stem: one for folder in scenario_folders() for one in (folder / FOLDER).glob("*.toml")}.items())
    if path.suffix == ".toml" or path.name != text:
        if path.is_file():
            return path
        way = nearest(path.stem, [one.stem for one in path.parent.glob("*.toml")] or [name for name, _ in known])
        raise InputError(Fault("sweep", "there is no such sweep file", text, way))
    for name, one in known:
        if name == text:
            return one
    raise InputError(Fault("sweep", "there is no sweep of this name", text, nearest(text, [name for name, _ in known])))


def _parsed(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(read_text(path, what="a sweep"))
    except (ValueError, RecursionError) as error:
        way = "Texts and keys with dots stand in quotes; close brackets."
        raise InputError(Fault(str(path.name), f"a sweep is a TOML file ({error})", path.name, way)) from error


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


def _beside(policy: object, path: Path) -> object:
    """Return a policy with the scenario file it names looked for beside the sweep file."""
    if isinstance(policy, str):
        return Scenario.load(find_scenario(policy, beside=path.parent, place=f"{path.name}: policies"))
    if isinstance(policy, Mapping) and isinstance(policy.get("scenario"), str):
        return {**policy, "scenario": _beside(policy["scenario"], path)}
    return policy
