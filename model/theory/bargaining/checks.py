"""Checks shared by the bargaining theory: finite numbers, weights, discount factors, shapes."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from model.foundation.errors import Fault
from model.theory.arrays import BoolArray, FloatArray, floats, range_fault, require

SIDES = 2


def finite_fault(place: str, values: ArrayLike) -> Fault | None:
    """Return the fault of a number that is missing or infinite, else None."""
    return range_fault(place, values, low=-np.inf, high=np.inf, open_low=True, open_high=True)


def at_least_zero_fault(place: str, values: ArrayLike) -> Fault | None:
    """Return the fault of a number that is negative, missing or infinite, else None."""
    return range_fault(place, values, low=0.0, high=np.inf, open_high=True)


def above_zero_fault(place: str, values: ArrayLike) -> Fault | None:
    """Return the fault of a number that is not above 0, missing or infinite, else None."""
    return range_fault(place, values, low=0.0, high=np.inf, open_low=True, open_high=True)


def unit_fault(place: str, values: ArrayLike) -> Fault | None:
    """Return the fault of a weight or probability outside [0, 1], else None."""
    return range_fault(place, values, low=0.0, high=1.0)


def discount_fault(place: str, values: ArrayLike) -> Fault | None:
    """Return the fault of a discount factor outside [0, 1), else None; at 1 nothing presses either side to agree."""
    return range_fault(place, values, low=0.0, high=1.0, open_high=True)


def sides_fault(place: str, values: NDArray[np.generic]) -> Fault | None:
    """Return the fault of an array whose last axis is not the two sides (platform, label), else None."""
    if values.ndim >= 1 and values.shape[-1] == SIDES:
        return None
    return Fault(place, "has the two sides on its last axis", values.shape, "Give shape (..., 2): platform, label.")


def form_fault(place: str, values: NDArray[np.generic], wanted: tuple[int, ...], meaning: str) -> Fault | None:
    """Return the fault of an array whose shape is not `wanted`, else None; `meaning` names the axes."""
    if values.shape == wanted:
        return None
    return Fault(place, f"has shape {wanted}", values.shape, f"Give {meaning}.")


def together_fault(places: str, *arrays: NDArray[np.generic]) -> Fault | None:
    """Return the fault of arrays whose shapes do not go together, else None."""
    try:
        np.broadcast_shapes(*(array.shape for array in arrays))
    except ValueError:
        shapes = [array.shape for array in arrays]
        return Fault(places, "have shapes that go together", shapes, "Give equal shapes, or one number for all.")
    return None


def network_fault(place: str, network: BoolArray) -> Fault | None:
    """Return the fault of licences that are not a table of platforms by labels, else None."""
    if network.ndim == 2:
        return None
    return Fault(place, "is a table of platforms by labels", network.shape, "Give shape (n_platforms, n_labels).")


def spread(place: str, values: ArrayLike, form: tuple[int, ...], *, weights: bool = False) -> FloatArray:
    """Return a number or a table as a table of the network's form, checked; weights must lie in [0, 1]."""
    given = floats(values)
    wrong = None if given.ndim == 0 else form_fault(place, given, form, "one number, or one per platform and label")
    require([wrong, unit_fault(place, given) if weights else finite_fault(place, given)])
    return floats(np.broadcast_to(given, form))
