"""Array kinds of the theory, and checks that name every fault of shape or range at once."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from model.foundation.errors import Fault, raise_faults

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]


def floats(values: ArrayLike) -> FloatArray:
    """Return `values` as a float64 array, without a copy where they already are one."""
    return np.asarray(values, dtype=np.float64)


def shape_fault(place: str, values: NDArray[np.generic], wanted: tuple[int, ...]) -> Fault | None:
    """Return the fault of an array whose shape is not `wanted`, else None."""
    if values.shape == wanted:
        return None
    return Fault(
        place, f"has shape {wanted}", values.shape, "Give one number per user and option as the docstring says."
    )


def table_fault(place: str, values: FloatArray) -> Fault | None:
    """Return the fault of an array that is not (n_users, n_options) with at least the outside option, else None."""
    if values.ndim == 2 and values.shape[1] >= 1:
        return None
    return Fault(
        place,
        "is a table of users by options with the outside option first",
        values.shape,
        "Give shape (n_users, n_options).",
    )


def range_fault(
    place: str, values: ArrayLike, *, low: float, high: float, open_low: bool = False, open_high: bool = False
) -> Fault | None:
    """Return the fault of a value that is not a number between low and high, else None.

    open_low, open_high: whether the bound itself is outside the range.
    """
    given = floats(values)
    above = given > low if open_low else given >= low
    below = given < high if open_high else given <= high
    good = above & below
    if bool(np.all(good)):
        return None
    span = f"{'(' if open_low else '['}{low:g}, {high:g}{')' if open_high else ']'}"
    return Fault(place, f"lies in {span}", float(given[~good].flat[0]), "Give a number inside that range.")


def require(faults: Iterable[Fault | None]) -> None:
    """Raise one InputError with all faults found, or do nothing when there are none."""
    raise_faults([fault for fault in faults if fault is not None])


def user_weights(weights: ArrayLike | None, n_users: int) -> FloatArray:
    """Return the people each user stands for: `weights` (n_users,) checked, or ones where none are given."""
    if weights is None:
        return np.ones(n_users)
    given = floats(weights)
    require(
        [
            shape_fault("user_weights", given, (n_users,)),
            range_fault("user_weights", given, low=0.0, high=np.inf, open_high=True),
        ]
    )
    return given
