"""Sweep files: what is moved, over which design, written down as TOML, and read as strictly as scenarios."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from model.experiments.question_files import (
    base_of_question,
    find_question,
    parsed_question,
    scenario_beside,
    uncertainty_faults,
    unknown_keys,
)
from model.foundation.errors import Fault, raise_faults
from model.foundation.files import is_file
from model.spec.reading import shown
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
    "ensemble": "joint draws that the points take their uncertainties from: a name, or a file beside this one",
    "members": "how many members of the ensemble a grid has",
    "choice": "table of what `resonance robust` asks of the sweep: outcome, less, enough, weights, market, over, only",
}
CHOICE = ("outcome", "less", "enough", "weights", "market", "over", "only", "sure")
"""Keys of the table choice, as of `robust_choice`; `resonance sweep` leaves them alone."""
PASSED = ("levers", "uncertainties", "policies", "design", "n", "replicates", "outcomes", "series", "members")
FOLDER = "sweeps"
"""Folder beside the scenarios where sweep files are looked for by name."""


@dataclass(frozen=True)
class SweepFile:
    """A sweep file that was read.

    base: with its settings on top. wishes: arguments of `sweep`, as written. choice: those of `robust_choice`.
    """

    path: Path
    about: str
    base: Scenario
    wishes: Mapping[str, Any]
    choice: Mapping[str, Any] = field(default_factory=dict)


def read_sweep_file(name_or_path: str | Path) -> SweepFile:
    """Return a sweep file. Errors: InputError with the faults of its keys and of its base scenario."""
    path = find_sweep_file(name_or_path)
    values = parsed_question(path, word="sweep")
    place = path.name
    faults = unknown_keys(values, KEYS, place=place)
    for key, kind, what in (("about", str, "a text"), ("settings", dict, "a table"), ("series", bool, "true or false"),
                            ("table", str, "a file"), ("ensemble", str, "a name or a file"),
                            ("outcomes", list, "a list of texts"),
                            ("levers", dict, "a table"), ("policies", dict, "a table"),
                            ("choice", dict, "a table")):  # fmt: skip
        if key in values and not isinstance(values[key], kind):
            faults.append(Fault(f"{place}: {key}", f"is {what}", shown(values[key]), f"It holds {KEYS[key]}."))
    faults += uncertainty_faults(values, place=place)
    choice = values.get("choice", {})
    faults += unknown_keys(choice, CHOICE, place=f"{place}: choice") if isinstance(choice, dict) else []
    base = base_of_question(values, path, faults)
    raise_faults(faults)
    assert base is not None
    wishes = {key: values[key] for key in PASSED if key in values}
    if isinstance(values.get("table"), str):
        wishes["table"] = path.parent / values["table"]
    if "ensemble" in values:
        beside = path.parent / values["ensemble"]
        wishes["ensemble"] = beside if is_file(beside) else values["ensemble"]
    if "policies" in wishes:
        wishes["policies"] = {name: _beside(one, path) for name, one in wishes["policies"].items()}
    return SweepFile(path, str(values.get("about", "")), base, wishes, choice)


def find_sweep_file(name_or_path: str | Path) -> Path:
    """Return the file of a path, or of a name in the folders `scenarios/sweeps`. Errors: InputError."""
    return find_question(name_or_path, word="sweep", folder=FOLDER)


def _beside(policy: object, path: Path) -> object:
    """Return a policy with the scenario file it names looked for beside the sweep file."""
    if isinstance(policy, str):
        return scenario_beside(policy, path, key="policies")
    if isinstance(policy, Mapping) and isinstance(policy.get("scenario"), str):
        return {**policy, "scenario": _beside(policy["scenario"], path)}
    return policy
