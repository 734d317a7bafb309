"""How far a rule of forecasting was off in its own past: the spread of its forecasts, by one law for all of them.

A rule says what a series will be from what was known at an origin. Played at every origin inside the training window it
leaves residuals; their root mean square at the same distance, three or more of them, is the spread of the forecast.
With fewer, all residuals are pooled as those of a walk are: divided by the root of their distance. The spread is
widened by sqrt(1 + 1/n) for the n residuals it rests on.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Months = NDArray[np.int64]
Rule = Callable[[Months, Floats, int], float | None]
"""Says what a series will be: months and values known, all of them up to the origin, and the month asked for."""
ENOUGH = 3


def residuals(rule: Rule, months: Months, values: Floats) -> list[tuple[int, float]]:
    """Return (distance in months, what came less what the rule said) for every pair of an origin and a later figure."""
    found = []
    for origin in range(1, months.size):
        known, had = months[:origin], values[:origin]
        for later in range(origin, months.size):
            said = rule(known, had, int(months[later]))
            if said is not None and np.isfinite(said):
                found.append((int(months[later] - known[-1]), float(values[later] - said)))
    return found


def spread(rule: Rule, months: Months, values: Floats, *, distance: int) -> float | None:
    """Return the standard deviation of a rule's forecast at a distance in months; None where its past says nothing."""
    left = residuals(rule, months, values)
    same = np.array([gap for far, gap in left if far == distance])
    if same.size >= ENOUGH:
        return float(np.sqrt(np.mean(same**2) * (1.0 + 1.0 / same.size)))
    if not left or distance <= 0:
        return None
    walked = np.array([gap**2 / far for far, gap in left])
    return float(np.sqrt(walked.mean() * distance * (1.0 + 1.0 / walked.size)))
