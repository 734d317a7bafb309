"""What it is worth to know more before choosing: everything, and each unknown, in the outcome's unit."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from model.experiments.robust.futures import Floats, Futures
from model.experiments.robust.question import Question
from model.experiments.robust.scoring import mean_of, standard_error
from model.experiments.sweep.words import amount
from model.theory.decisions.information import FEWEST_PER_CELL, partial_information, perfect_information

FEW = 4 * FEWEST_PER_CELL
"""Futures below which each unknown is cut in two at most."""
COLUMNS = ("input", "kind", "value", "low", "high", "share", "in_sample", "cells")


@dataclass(frozen=True, slots=True)
class Information:
    """What knowing is worth.

    perfect: EVPI, unit of the outcome, >= 0: the mean of what the best policy of each future leaves above the policy
    of the highest mean. error: its standard error over the futures. apart: the same where the policy of each future is
    chosen by its other replicates, so that luck of draws earns nothing on average (may be below 0); NaN with one
    replicate. unknowns: a row per input: value (EVPPI, 0 to EVPI), share of EVPI, low, high, in_sample, cells as in
    `model.theory.decisions.information.PartialInformation`, the highest value first. notices: what limits the numbers.
    """

    perfect: float
    error: float
    apart: float
    unknowns: pd.DataFrame
    notices: tuple[str, ...]


def value_of_information(futures: Futures, question: Question) -> Information:
    """Return EVPI and the EVPPI of each unknown of a choice."""
    means = futures.means[: len(question.policies)]
    shares = futures.weights
    perfect = perfect_information(means, weights=shares)
    best = int(np.argmax(mean_of(means, shares)))
    error = standard_error(means.max(axis=0) - means[best], shares)
    rows = []
    for at in range(len(futures.unknowns)):
        one = futures.unknowns[at]
        part = partial_information(means, unknowns=futures.codes[:, at], weights=shares)
        share = part.value / perfect if perfect > 0.0 else 0.0
        rows.append((one.column, one.kind, part.value, part.low, part.high, share, part.in_sample, part.cells))
    frame = pd.DataFrame(rows, columns=list(COLUMNS)).sort_values(
        ["value", "high"], ascending=False, kind="stable", ignore_index=True
    )  # fmt: skip
    apart = _apart(futures.values[: len(question.policies)], shares)
    return Information(perfect, error, apart, frame, _notices(futures, frame, perfect, error, apart))


def _apart(values: Floats, shares: Floats | None) -> float:
    """Return EVPI where each future's policy is chosen by other replicates than the one that counts.

    values: (policies, futures, replicates).
    """
    known = np.isfinite(values[0])
    counts = known.sum(axis=1)
    if counts.min() < 2:
        return np.nan
    best = int(np.argmax(mean_of(np.nanmean(values, axis=2), shares)))
    filled = np.where(known[None], values, 0.0)
    others = (filled.sum(axis=2, keepdims=True) - filled) / (counts - 1)[None, :, None]
    ahead = others - others[best]
    chosen = np.where(ahead.max(axis=0) > 0.0, ahead.argmax(axis=0), best)
    gains = np.take_along_axis(filled, chosen[None], axis=0)[0] - filled[best]
    return float(mean_of((gains.sum(axis=1) / counts)[None], shares)[0])


def _notices(
    futures: Futures, frame: pd.DataFrame, perfect: float, error: float, apart: float
) -> tuple[str, ...]:  # fmt: skip
    found, n = [], len(futures.points)
    if perfect == 0.0:
        return ()
    if n < 2 * FEWEST_PER_CELL:
        found.append(
            f"{n} futures are too few to tell what single unknowns are worth: it takes {2 * FEWEST_PER_CELL}, better "
            f"{FEW} or more; their values of 0 mean nothing."
        )
    elif n < FEW:
        found.append(f"With {n} futures each unknown is cut in two at most; {FEW} or more tell finer.")
    if not error <= perfect / 2.0:
        found.append(
            f"The value of knowing everything is itself not well known (standard error {amount(error)} against "
            f"{amount(perfect)}): take more futures."
        )
    if n >= 2 * FEWEST_PER_CELL and not (frame["value"] > 0.0).any():
        first = frame.sort_values("in_sample", ascending=False, kind="stable").iloc[0]
        some = first["in_sample"] > 0.0
        most = f" (with chance left in, most: {first['input']} {amount(float(first['in_sample']))})" if some else ""
        found.append(f"No unknown by itself shows a gain that stands out from chance among these futures{most}.")
    if np.isnan(apart):
        found.append("With one replicate, luck of draws counts as something that could be known: take two or more.")
    elif apart < 0.8 * perfect:
        found.append(
            "Luck of draws is a part of the value of knowing all: where other replicates choose, it is "
            f"{amount(apart)}."
        )
    return tuple(found)
