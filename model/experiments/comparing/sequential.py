"""When is a ranking settled? A paired group-sequential test with a stated probability of any wrong order.

The scenarios are looked at after n_1 < n_2 < ... < n_K replicates. A spending function gives each look its part of
the error (Lan and DeMets 1983, Discrete sequential boundaries for clinical trials, Biometrika 70, 659-663, the function
of Pocock's type); the part is shared equally among the pairs of scenarios (Bonferroni), and a pair is settled for good
when the two-sided p-value of its paired t test falls to its share. By the union bound over pairs and looks, the chance
that any pair is ever put in an order that is not the true one, or ordered where both are equal, is at most the error,
for differences that are normal over replicates: exact but for normality, and a little cautious.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import combinations, pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.stats import t as student

Floats = NDArray[np.float64]
FEWEST = 3
"""Replicates at the first look, at the least: with two, the t test has one degree of freedom and settles nothing."""
GROWTH = 1.5


def looks(first: int, most: int) -> tuple[int, ...]:
    """Return the numbers of replicates at which the ranking is looked at: first to most, by half more each time."""
    found = [first]
    while found[-1] < most:
        found.append(min(most, math.ceil(found[-1] * GROWTH)))
    return tuple(found)


def spent(part: float, *, error: float) -> float:
    """Return the error that may be spent up to a part of the largest number: error ln(1 + (e - 1) part)."""
    return error * math.log1p((math.e - 1.0) * part)


def p_value(differences: Floats) -> float:
    """Return the two-sided p-value of a paired t test that the mean difference is 0; (n,), n >= 2.

    1 where all differences are 0, 0 where all are the same other number.
    """
    mean, spread = float(differences.mean()), float(differences.std(ddof=1))
    if spread == 0.0 or np.all(differences == differences[0]):  # a spread of equal numbers may be off by rounding
        return 0.0 if mean != 0.0 else 1.0
    n = differences.size
    return float(2.0 * student.sf(abs(mean) / (spread / math.sqrt(n)), n - 1))


@dataclass
class RankingTest:
    """The test as it goes on. count: scenarios. looks: numbers of replicates. error: of any wrong order.

    higher: (first, second) settled so far, positions of scenarios, the first the larger. p: last p-value by pair.
    """

    count: int
    looks: tuple[int, ...]
    error: float
    higher: set[tuple[int, int]] = field(default_factory=set)
    p: dict[tuple[int, int], float] = field(default_factory=dict)
    looked: int = 0

    @property
    def share(self) -> float:
        """The p-value at which a pair is settled at the next look."""
        largest, pairs = self.looks[-1], max(1, math.comb(self.count, 2))
        before = self.looks[self.looked - 1] / largest if self.looked else 0.0
        now = self.looks[self.looked] / largest
        return (spent(now, error=self.error) - spent(before, error=self.error)) / pairs

    def look(self, values: Floats) -> bool:
        """Look at (scenarios, replicates) values, as many replicates as planned; return whether the order is settled.

        Scenarios whose values are the same in every replicate are equal: between them there is nothing to settle.
        """
        limit = self.share
        self.looked += 1
        for one, other in combinations(range(self.count), 2):
            differences = values[one] - values[other]
            self.p[one, other] = p_value(differences)
            if {(one, other), (other, one)}.isdisjoint(self.higher) and self.p[one, other] <= limit:
                self.higher.add((one, other) if differences.mean() > 0.0 else (other, one))
        return self.settled(values)

    def settled(self, values: Floats) -> bool:
        """Whether each scenario is settled above the next in order of means, or equal to it in every replicate."""
        order = order_of(values)
        return all(self.is_above(one, other) or same(values, one, other)
                   for one, other in pairwise(order))  # fmt: skip

    def is_above(self, one: int, other: int) -> bool:
        """Whether a scenario is settled above another, itself or by way of others."""
        reached, front = {one}, [one]
        while front:
            here = front.pop()
            fresh = [low for high, low in self.higher if high == here and low not in reached]
            reached.update(fresh)
            front.extend(fresh)
        return other != one and other in reached


def same(values: Floats, one: int, other: int) -> bool:
    """Whether two scenarios have the same value in every replicate."""
    return bool(np.array_equal(values[one], values[other]))


def order_of(values: Floats) -> Sequence[int]:
    """Return the scenarios from the largest mean down, equal ones as given. values: (scenarios, replicates)."""
    found: list[int] = np.argsort(-values.mean(axis=1), kind="stable").tolist()
    return found
