"""Shapley shares of a difference: over all groups, or over sampled orders whose error is told."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import t as student

from model.foundation.rng import stream_key, uniforms
from model.theory.bargaining.shapley import shapley_values

Floats = NDArray[np.float64]
MOST_EXACT = 8
"""Differences whose 2**n groups are all run; beyond, orders are sampled."""
ORDERS = 64


@dataclass(frozen=True, slots=True)
class Plan:
    """Which groups are run. groups: bit masks over n differences. orders: sampled ones, (orders, n); None for all."""

    count: int
    groups: tuple[int, ...]
    orders: NDArray[np.int64] | None = None

    @property
    def is_exact(self) -> bool:
        """Whether every group is run."""
        return self.orders is None

    @property
    def whole(self) -> int:
        """The group of all differences."""
        return (1 << self.count) - 1


def plan_groups(count: int, *, orders: int | None, seed: int) -> Plan:
    """Return the groups to run for `count` differences.

    orders: sampled orders, an even number since each comes with its reverse (Castro, Gomez and Tejada 2009, Polynomial
    calculation of the Shapley value based on sampling; antithetic); None: all groups up to `MOST_EXACT` differences, 64
    orders beyond. The orders are keyed by the seed. Nobody, everybody, each alone and all but each are always there.
    """
    if orders is None and count <= MOST_EXACT:
        return Plan(count, tuple(range(2**count)))
    pairs = max(1, (ORDERS if orders is None else orders) // 2)
    drawn = [
        np.argsort(uniforms(stream_key(seed, "shapley", k), np.arange(count)), kind="stable") for k in range(pairs)
    ]
    every = np.array([order for one in drawn for order in (one, one[::-1])], dtype=np.int64)
    whole = (1 << count) - 1
    groups = {0, whole, *(1 << k for k in range(count)), *(whole & ~(1 << k) for k in range(count))}
    for order in every.tolist():
        groups.update(_steps(order))
    return Plan(count, tuple(sorted(groups)), every)


def _steps(order: Sequence[int]) -> list[int]:
    """Return the groups that arise when differences are taken over in an order, from nobody to everybody."""
    found = [0]
    for number in order:
        found.append(found[-1] | 1 << number)
    return found


def shares(plan: Plan, worth: Callable[[int], Floats]) -> tuple[Floats, Floats]:
    """Return (shares, error): both (differences, ...), the shares adding up to worth(everybody) - worth(nobody).

    worth: of a group, numbers of any shape. error: half a 90% interval of what sampled orders leave open, 0 if exact.
    """
    if plan.is_exact:
        base = worth(0)
        table = np.stack([worth(group) - base for group in range(2**plan.count)]).reshape(2**plan.count, -1)
        found = np.stack([shapley_values(column) for column in table.T], axis=1)
        return found.reshape(plan.count, *base.shape), np.zeros((plan.count, *base.shape))
    assert plan.orders is not None
    gains = np.stack([_gains(order, worth) for order in plan.orders.tolist()])
    pairs = gains.reshape(-1, 2, *gains.shape[1:]).mean(axis=1)
    mean: Floats = pairs.mean(axis=0)
    if len(pairs) < 2:
        return mean, np.full(mean.shape, np.nan)
    error: Floats = float(student.ppf(0.95, len(pairs) - 1)) * pairs.std(axis=0, ddof=1) / math.sqrt(len(pairs))
    return mean, error


def _gains(order: Sequence[int], worth: Callable[[int], Floats]) -> Floats:
    """Return what each difference adds when taken over in an order, (differences, ...)."""
    steps = [worth(group) for group in _steps(order)]
    found = np.empty((len(order), *steps[0].shape))
    for at, number in enumerate(order):
        found[number] = steps[at + 1] - steps[at]
    return found
