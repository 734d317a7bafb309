"""Weights of futures: how likely the values of some inputs are thought to be, or a weight for each point."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from model.foundation.errors import Fault, InputError, nearest
from model.spec.reading import shown

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Beliefs = tuple[tuple[str, tuple[tuple[str, float], ...]], ...]
"""Probabilities by class of values, by input: (("theta", (("<= 2", 0.7), ("> 2", 0.3))),)."""
Weights = Beliefs | tuple[float, ...]
"""Beliefs, or a weight for each point of the sweep in order."""
_NUMBER = r"([-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)"
_SIDE = re.compile(rf"(<=|<|>=|>)\s*{_NUMBER}\Z")
_BAND = re.compile(rf"{_NUMBER}\s+to\s+{_NUMBER}\Z")
_ALONE = re.compile(rf"{_NUMBER}\Z")
_WAY = 'Example: {"rivals_respond": {"true": 0.8, "false": 0.2}, "theta": {"<= 2": 0.7, "> 2": 0.3}}.'
STEPS, CLOSE = 2000, 1e-10
"""Turns of fitting the margins at most, and how near they come."""


def read_weights(raw: object, points: pd.DataFrame, faults: list[Fault]) -> Weights | None:
    """Return the weights that a user gives; what is wrong is added to faults.

    raw: {input: {class: weight}}, where a class is a value ("true", "0.5", a word) or a band of numbers ("<= 2",
    "> 2", "2 to 3", ends included) and every point lies in just one; or a weight for each point. points: of the sweep.
    """
    if raw is None:
        return None
    if not isinstance(raw, Mapping):
        return _each(raw, len(points), faults)
    found = []
    for name, classes in raw.items():
        column, place = str(name).removeprefix("parameters."), f"weights: {name}"
        if column not in points.columns:
            way = nearest(column, _names(points))
            faults.append(Fault(place, "is an input that the sweep moves", shown(name), way))
        elif not isinstance(classes, Mapping) or not classes:
            faults.append(Fault(place, "is a table of values or bands with their weights", shown(classes), _WAY))
        else:
            rows = tuple((_text(key), value) for key, value in classes.items())
            wrong = _class_faults(rows, points[column], place)
            faults += wrong
            whole = sum(value for _, value in rows) if not wrong else 1.0
            found.append((column, tuple((key, value / whole) for key, value in rows) if not wrong else ()))
    if not raw:
        faults.append(Fault("weights", "are those of some input", {}, _WAY))
    return tuple(found)


def shares_of(weights: Weights | None, points: pd.DataFrame) -> Floats | None:
    """Return the share of each future, (futures,) with sum 1, None where all count the same.

    points: of the futures, indexed by their numbers. Of several beliefs all hold at once: the shares are those that
    have the stated margins and else stray least from equal ones (iterative proportional fitting, Deming and Stephan
    1940). Errors: InputError where no shares of these futures have the margins.
    """
    if weights is None:
        return None
    first = weights[0]
    if isinstance(first, float):
        own = np.array(weights, dtype=np.float64)[points.index.to_numpy(np.int64)]
        if own.sum() <= 0.0:
            raise InputError(Fault("weights", "some future that is finished has one", "all 0", "Go on with the sweep."))
        return np.asarray(own / own.sum(), dtype=np.float64)
    margins = [(_inside(points[column], key), part) for column, classes in _beliefs(weights) for key, part in classes]
    shares = np.full(len(points), 1.0 / len(points))
    for _ in range(STEPS):
        for inside, part in margins:
            has = float(shares[inside].sum())
            shares[inside] *= part / has if has > 0.0 else 0.0
        gap = max(abs(float(shares[inside].sum()) - part) for inside, part in margins)
        if gap < CLOSE:
            return np.asarray(shares / shares.sum(), dtype=np.float64)
    way = "Leave one of them out, or take more futures."
    raise InputError(Fault("weights", "go together among the futures that are finished", weight_words(weights), way))


def weight_words(weights: Weights) -> str:
    """Return weights in words."""
    if isinstance(weights[0], float):
        return "a weight for each point"
    told = [f"{column} {', '.join(f'{key}: {100.0 * part:.3g}%' for key, part in classes)}"
            for column, classes in _beliefs(weights)]  # fmt: skip
    return "; ".join(told)


def plain_weights(weights: Weights | None) -> object:
    """Return weights as plain values for JSON."""
    if weights is None or isinstance(weights[0], float):
        return None if weights is None else list(weights)
    return {column: dict(classes) for column, classes in _beliefs(weights)}


def _beliefs(weights: Weights) -> Beliefs:
    return tuple(one for one in weights if isinstance(one, tuple))


def _each(raw: object, count: int, faults: list[Fault]) -> tuple[float, ...] | None:
    listed = list(raw) if isinstance(raw, Sequence | np.ndarray | pd.Series) and not isinstance(raw, str) else None
    if listed is None or len(listed) != count:
        told = shown(raw) if listed is None else f"{len(listed)} weights"
        faults.append(Fault("weights", f"are tables by input, or one for each of the {count} points", told, _WAY))
        return None
    wrong = [one for one in listed if not _weighs(one)]
    if wrong or sum(map(float, listed)) <= 0.0:
        told = shown(wrong[0]) if wrong else "all 0"
        faults.append(Fault("weights", "are finite numbers from 0, some above", told, "Weights need not add up to 1."))
        return None
    return tuple(float(one) for one in listed)


def _class_faults(rows: Sequence[tuple[str, Any]], values: pd.Series, place: str) -> list[Fault]:
    """Return what is wrong with the classes of one input: their weights, their words, values in none or in two."""
    found = [Fault(f"{place}: {key}", "a weight is a finite number from 0", shown(value), _WAY)
             for key, value in rows if not _weighs(value)]  # fmt: skip
    if found:
        return found
    if sum(value for _, value in rows) <= 0.0:
        return [Fault(place, "some weight is above 0", "all 0", "Leave a value out by giving it 0, not all of them.")]
    if _is_number(values):
        found = [Fault(f"{place}: {key}", "is a number or a band", key, 'Examples: "0.5", "<= 2", "> 2", "2 to 3".')
                 for key, _ in rows if _matcher(key) is None]  # fmt: skip
        if found:
            return found
    inside = np.array([_inside(values, key) for key, _ in rows])
    times = inside.sum(axis=0)
    for wrong, what in ((times == 0, "none"), (times > 1, "more than one")):
        if wrong.any():
            value = _text(values[wrong].iloc[0])
            way = "Name every value or band once, with weight 0 for what cannot be."
            found.append(Fault(place, f"every point lies in one class; {value} lies in {what}", value, way))
    found += [Fault(f"{place}: {key}", "some point lies there", 0, f"Values: {_some(values)}.")
              for (key, value), own in zip(rows, inside, strict=True) if value > 0.0 and not own.any()]  # fmt: skip
    return found


def _inside(values: pd.Series, key: str) -> Bools:
    """Return whether each value is of a class, (points,)."""
    if not _is_number(values):
        return np.array([_text(one) == key for one in values.tolist()], dtype=np.bool_)
    match = _matcher(key)
    assert match is not None
    return match(values.to_numpy(np.float64))


def _matcher(key: str) -> Callable[[Floats], Bools] | None:
    """Return what tells the numbers of a class, None where its words are no number and no band."""
    if side := _SIDE.match(key):
        compare = {"<=": np.less_equal, "<": np.less, ">=": np.greater_equal, ">": np.greater}[side[1]]
        return lambda values: compare(values, float(side[2]))
    if band := _BAND.match(key):
        return lambda values: (values >= float(band[1])) & (values <= float(band[2]))
    if _ALONE.match(key):
        return lambda values: values == float(key)
    return None


def _is_number(values: pd.Series) -> bool:
    return pd.api.types.is_numeric_dtype(values.dtype) and not pd.api.types.is_bool_dtype(values.dtype)


def _weighs(value: object) -> bool:
    number = isinstance(value, int | float | np.number) and not isinstance(value, bool)
    return number and math.isfinite(float(value)) and float(value) >= 0.0  # type: ignore[arg-type]


def _text(value: object) -> str:
    """Return a value as a class names it."""
    return str(value).lower() if isinstance(value, bool | np.bool_) else str(value).strip()


def _names(points: pd.DataFrame) -> list[str]:
    return [str(name) for name in points.columns]


def _some(values: pd.Series) -> str:
    if _is_number(values):
        return f"{values.min():.4g} to {values.max():.4g}"
    return ", ".join(dict.fromkeys(_text(one) for one in values.tolist()))
