"""What is wrong with an ensemble: every fault at once, whether it was made in Python or read from a file."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence

import numpy as np

from model.foundation.errors import Fault, nearest
from model.spec.parameters import declared_parameters
from model.spec.reading import shown

MOST_MEMBERS = 20_000
SUM_TOLERANCE = 1e-6
"""How far weights may be from a sum of 1: they are written with six digits or more."""
TOLD = 12
"""Faults of values that are told one by one."""
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,59}")
_MADE_WAY = 'Example: {"method": "Gaussian-process emulator and MCMC", "seed": 7}.'


def ensemble_faults(
    name: object, about: object, parameters: object, values: object, weights: object, made: object, *, place: str
) -> list[Fault]:  # fmt: skip
    """Return what is wrong with the parts of an ensemble, in the order of its fields (empty when all is right)."""
    faults = []
    if not isinstance(name, str) or not NAME.fullmatch(name):
        rule = "a name has up to 60 letters, digits, points, hyphens and underscores"
        faults.append(Fault(f"{place}: name", rule, shown(name), 'Example: "posterior_2022".'))
    if not isinstance(about, str):
        faults.append(Fault(f"{place}: about", "is a text", shown(about), "Say in a sentence what the draws are."))
    faults += _made_faults(made, place=place)
    known = _parameter_faults(parameters, place=place, faults=faults)
    faults += _value_faults(values, known, place=place)
    faults += _weight_faults(weights, values, place=place)
    return faults


def _made_faults(made: object, *, place: str) -> list[Fault]:
    if not isinstance(made, Mapping):
        return [Fault(f"{place}: made", "is a table of how the ensemble came about", shown(made), _MADE_WAY)]
    faults = []
    method = made.get("method")
    if not isinstance(method, str) or not method.strip():
        faults.append(Fault(f"{place}: made.method", "says how the draws were made", shown(method), _MADE_WAY))
    try:
        json.dumps(dict(made), allow_nan=False)
    except (TypeError, ValueError, RecursionError) as error:
        rule = "holds plain values alone: texts, finite numbers, lists, tables"
        faults.append(Fault(f"{place}: made", rule, str(error), _MADE_WAY))
    return faults


def _parameter_faults(parameters: object, *, place: str, faults: list[Fault]) -> list[str] | None:
    """Return the names where they are names at all, and add what is wrong with them."""
    where, declared = f"{place}: parameters", declared_parameters()
    if isinstance(parameters, str) or not isinstance(parameters, Sequence) or not len(parameters):
        faults.append(Fault(where, "is a list of at least one parameter", shown(parameters), 'Example: ["theta"].'))
        return None
    names = [one if isinstance(one, str) else "" for one in parameters]
    for one, name in zip(parameters, names, strict=True):
        if name not in declared:
            faults.append(Fault(where, "no such parameter", shown(one), nearest(str(shown(one)), list(declared))))
        elif declared[name].kind == "setting":
            rule, way = "is a choice of the modeller, not something uncertain of the world", "Take it out."
            faults.append(Fault(where, rule, name, way))
    for name in sorted({name for name in names if name and names.count(name) > 1}):
        faults.append(Fault(where, "a parameter stands once", name, "Take the double out."))
    return names


def _value_faults(values: object, names: list[str] | None, *, place: str) -> list[Fault]:
    where = f"{place}: values"
    table = _numbers(values)
    if table is None or table.ndim != 2 or not table.shape[0]:
        rule = "is a table of numbers, a row for each member, a column for each parameter"
        return [Fault(where, rule, _form(values), "Example: [[2.5], [3.1]] of one parameter.")]
    if table.shape[0] > MOST_MEMBERS:
        return [Fault(where, f"has at most {MOST_MEMBERS:,} members", table.shape[0], "Draw fewer of them.")]
    if names is None:
        return []
    if table.shape[1] != len(names):
        rule = f"has a column for each of the {len(names)} parameters"
        return [Fault(where, rule, f"{table.shape[1]} columns", "Give each member a value of every parameter.")]
    declared = declared_parameters()
    faults: list[Fault] = []
    for at, name in enumerate(names):
        if name in declared:
            for k in _doubtful(table[:, at], name):
                faults += declared[name].faults(float(table[k, at]), place=f"{where}, member {k}")
    more = len(faults) - TOLD
    if more > 0:
        rest = Fault(where, "every value is possible", f"{more} more values like these", "See resonance parameters.")
        faults = [*faults[:TOLD], rest]
    return faults


def _doubtful(column: np.ndarray[tuple[int], np.dtype[np.float64]], name: str) -> list[int]:
    """Return the members whose value of a parameter may break its declaration: all others are right for sure."""
    line = declared_parameters()[name]
    right = np.isfinite(column) & (column >= line.low) & (column <= line.high)
    if line.whole:
        right &= column == np.round(column)
    found: list[int] = np.flatnonzero(~right).tolist()
    return found


def _weight_faults(weights: object, values: object, *, place: str) -> list[Fault]:
    where, way = f"{place}: weights", "Equal weights of n members are 1/n each."
    numbers = _numbers(weights)
    if numbers is None or numbers.ndim != 1 or not numbers.size:
        return [Fault(where, "is a list of numbers, one for each member", _form(weights), way)]
    faults = []
    table = _numbers(values)
    if table is not None and table.ndim == 2 and numbers.size != table.shape[0]:
        faults.append(Fault(where, f"has one for each of the {table.shape[0]} members", f"{numbers.size} weights", way))
    if not np.isfinite(numbers).all():
        at = int(np.flatnonzero(~np.isfinite(numbers))[0])
        return [*faults, Fault(f"{where}, member {at}", "a weight is a finite number", float(numbers[at]), way)]
    if (numbers < 0.0).any():
        at = int(np.argmin(numbers))
        faults.append(Fault(f"{where}, member {at}", "a weight is not negative", float(numbers[at]), way))
    elif abs(float(numbers.sum()) - 1.0) > SUM_TOLERANCE:
        faults.append(Fault(where, "have the sum 1", float(numbers.sum()), f"Divide each by their sum. {way}"))
    return faults


def _numbers(values: object) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]] | None:
    """Return numbers as an array of floats; None for anything else: texts, true and false, rows of unequal length."""
    try:
        found = np.array(values)
    except (ValueError, TypeError, OverflowError):
        return None
    return found.astype(np.float64) if found.dtype.kind in "iuf" else None


def _form(values: object) -> object:
    """Return a short word on what was given in place of numbers."""
    if isinstance(values, Sequence) and not isinstance(values, str):
        lengths = {len(row) if isinstance(row, Sequence) and not isinstance(row, str) else None for row in values}
        if len(lengths) > 1:
            return "rows of unequal length"
        return f"{len(values)} entries, not all of them numbers" if len(values) else "an empty list"
    return f"an array of shape {values.shape}" if isinstance(values, np.ndarray) else shown(values)
