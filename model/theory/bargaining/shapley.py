"""Shapley value: what each side brings on average over all orders in which the sides could have joined."""

from __future__ import annotations

from math import factorial

import numpy as np
from numpy.typing import ArrayLike

from model.foundation.errors import Fault
from model.theory.arrays import FloatArray, floats, require
from model.theory.bargaining.checks import finite_fault

MOST_PLAYERS = 20


def shapley_values(worth: ArrayLike) -> FloatArray:
    """Return the Shapley value of each of n players, (n,), in the unit of `worth`.

    phi_i = sum over groups C without i of |C|! (n - |C| - 1)! / n! (worth(C + i) - worth(C)).
    Reference: Shapley (1953), A value for n-person games.

    worth: (2**n,), at position sum over the members i of 2**i what the group earns together; 0 for nobody (position 0).
    """
    values = floats(worth)
    n = int(values.size).bit_length() - 1
    wrong = values.ndim != 1 or values.size != 2**n or not 1 <= n <= MOST_PLAYERS
    way_out = f"Give 2**n numbers for n players, n from 1 to {MOST_PLAYERS}."
    require([Fault("worth", "has one number per group of players", values.shape, way_out) if wrong else None])
    paid_for_nothing = Fault("worth", "of nobody is 0", float(values[0]), "Take it from all numbers.")
    require([finite_fault("worth", values), paid_for_nothing if values[0] != 0.0 else None])
    groups = np.arange(2**n)
    sizes = np.bitwise_count(groups)
    chances = np.array([factorial(k) * factorial(n - k - 1) / factorial(n) for k in range(n)])
    found = np.empty(n)
    for player in range(n):
        others = groups[(groups >> player) & 1 == 0]
        found[player] = chances[sizes[others]] @ (values[others | (1 << player)] - values[others])
    return found
