"""The canonical scenarios of many points as texts: where points move numbers only, these are written into one text.

Making a scenario takes a millisecond or two, too long for 10^5 points. What a scenario refuses about the number of a
parameter or a lever are ends of intervals (bounds, factors of the price before, days of a month), and where several
numbers count together, as in a median price, all pull the same way. So where the lowest of all and the highest of all
are right, all between are. A group of points for which this does not hold is made one by one, as are points of texts
and switches with few others alike.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from model.experiments.sweep.plan import SweepPlan, as_text
from model.foundation.errors import InputError
from model.spec.parameters import declared_parameters
from model.spec.scenario import Scenario

Overrides = Mapping[str, object]
TextOf = Callable[[Overrides], str]
PROOFS = 4
"""Points of a group whose text is made both ways; it is not trusted if one differs."""
MOVED = ("parameters", "settings")
"""Parts of a canonical scenario that the numbers of points may stand in."""
_SLOT = re.compile(r'"@slot (\d+)@"')
Path = tuple[str | int, ...]


def texts_of(plan: SweepPlan) -> Iterator[tuple[int, int, Overrides, str | InputError]]:
    """Yield point, policy, what the point sets, and the text of its scenario, in the order of the cases.

    In place of the text stands the InputError of a point whose scenario is refused.
    """
    free = [one.key for one in plan.axes if _is_free(one.key, plan.points[one.column])]
    points = list(plan.every_override())
    kinds = [_kind(one, free) for one in points]
    alike: dict[object, list[int]] = {}
    for point, kind in enumerate(kinds):
        alike.setdefault(kind, []).append(point)
    makers = [
        {kind: _maker(ground, [points[one] for one in own], free) for kind, own in alike.items()}
        for ground in plan.plans
    ]
    for point, overrides in enumerate(points):
        for policy, own in enumerate(makers):
            try:
                yield point, policy, overrides, own[kinds[point]](overrides)
            except InputError as error:
                yield point, policy, overrides, error


def _kind(overrides: Overrides, free: Sequence[str]) -> object:
    """Return what a point sets beside its free numbers, by which points are alike."""
    return tuple((key, repr(value)) for key, value in overrides.items() if key not in free)


def _is_free(key: str, values: pd.Series) -> bool:
    """Tell whether the values of an input are numbers of which each between two right ones is right."""
    if not pd.api.types.is_float_dtype(values.dtype) or not np.isfinite(values).all():
        return False
    head, _, name = key.partition(".")
    if head == "parameters":
        line = declared_parameters()[name]
        return not line.whole or bool((values == values.round()).all())
    parts = key.split(".")
    if head not in ("platforms", "markets"):
        return False
    return parts[2:3] != ["price"] or float(values.min()) > 0.0  # nothing is a price of its own kind


def _maker(ground: Scenario, points: Sequence[Overrides], free: Sequence[str]) -> TextOf:
    """Return what makes the text of a point's scenario, for points that differ in their free numbers only."""

    def one_by_one(overrides: Overrides) -> str:
        return as_text(ground.replace(overrides).canonical())

    moved = [key for key in free if any(one[key] != points[0][key] for one in points)]
    if len(points) <= len(moved) + PROOFS + 2:
        return one_by_one
    try:
        made = _written(ground, points, moved)
    except InputError:
        return one_by_one  # tells which points are refused
    if made is None:
        return one_by_one
    proofs = [points[at] for at in np.linspace(0, len(points) - 1, PROOFS).astype(int)]
    return made if all(made(one) == one_by_one(one) for one in proofs) else one_by_one


def _written(ground: Scenario, points: Sequence[Overrides], moved: Sequence[str]) -> TextOf | None:
    """Return what writes numbers into the text of one scenario; None where more changes than the numbers themselves.

    Errors: InputError where the lowest or the highest of all numbers are refused.
    """
    low = {**points[0], **{key: min(one[key] for one in points) for key in moved}}  # type: ignore[type-var]
    high = {**points[0], **{key: max(one[key] for one in points) for key in moved}}  # type: ignore[type-var]
    ground.replace(high)
    lowest = ground.replace(low).canonical()
    slots: dict[Path, int] = {}
    for number, key in enumerate(moved):
        other = ground.replace({**low, key: high[key]}).canonical()
        for path, ends in _differences(lowest, other):
            if path in slots or path[:1] not in {(part,) for part in MOVED} or ends != (low[key], high[key]):
                return None
            slots[path] = number
    for path, number in slots.items():
        _put(lowest, path, f"@slot {number}@")
    parts = _SLOT.split(as_text(lowest))
    fixed, numbers = parts[::2], [int(one) for one in parts[1::2]]

    def made(overrides: Overrides) -> str:
        shown = [repr(float(overrides[key])) for key in moved]  # type: ignore[arg-type]
        between = [text for number, part in zip(numbers, fixed, strict=False) for text in (part, shown[number])]
        return "".join([*between, fixed[-1]])

    return made


def _differences(one: Any, other: Any, path: Path = ()) -> Iterator[tuple[Path, tuple[object, object]]]:
    """Yield where two canonical scenarios differ, and the two values."""
    if isinstance(one, dict) and isinstance(other, dict) and one.keys() == other.keys():
        for key, value in one.items():
            if value is not other[key]:
                yield from _differences(value, other[key], (*path, key))
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        for at, (first, second) in enumerate(zip(one, other, strict=True)):
            yield from _differences(first, second, (*path, at))
    elif one != other:
        yield path, (one, other)


def _put(value: Any, path: Path, text: str) -> None:
    for key in path[:-1]:
        value = value[key]
    value[path[-1]] = text
