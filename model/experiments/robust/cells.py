"""Winner map: which policy is best where, over one or two unknowns, and how surely."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from model.experiments.robust.futures import Floats, Futures
from model.experiments.robust.question import Question
from model.experiments.robust.scoring import confidence_of, mean_of
from model.theory.decisions.information import partial_information

PER_CELL, MOST_CUTS, FEWEST = 5, 6, 3
"""Futures per cell on average that a map is cut for; parts of an axis at most; futures of a cell that can be tested."""
COLUMNS = (
    "x_input", "y_input", "x", "y", "x_low", "x_high", "y_low", "y_high", "futures", "winner", "confidence", "clear",
    "lead", "win_share",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Cuts:
    """Parts of an axis. lows, highs: (parts,) limits in codes. labels: in words. part: (futures,) of each future."""

    lows: Floats
    highs: Floats
    labels: tuple[str, ...]
    part: NDArray[np.int64]


def winner_map(futures: Futures, question: Question, *, x: int, y: int | None) -> pd.DataFrame:
    """Return a row per cell of two unknowns (or one): winner by the mean over its futures, confidence, lead.

    The confidence is that of `scoring.confidence_of` over the cell's futures, all other unknowns differing within it;
    over its replicates where a cell has one future and nothing else differs. clear: whether it reaches what was asked;
    a cell with fewer than three futures is never clear otherwise. win_share: of its futures, in which the winner is
    best. A cell without futures has no winner. lead: over the second, unit of the outcome.
    """
    axes = [x] if y is None else [x, y]
    alone = set(futures.varying()) <= set(axes)
    across = cut(futures, x, axes=len(axes))
    up = cut(futures, y, axes=2) if y is not None else None
    rows = []
    for column in range(len(across.labels)):
        for row in range(len(up.labels) if up is not None else 1):
            inside = across.part == column
            if up is not None:
                inside = inside & (up.part == row)
            low, high = (up.lows[row], up.highs[row]) if up is not None else (np.nan, np.nan)
            rows.append({
                "x_input": futures.unknowns[x].column, "y_input": "" if y is None else futures.unknowns[y].column,
                "x": across.labels[column], "y": up.labels[row] if up is not None else "",
                "x_low": across.lows[column], "x_high": across.highs[column], "y_low": low, "y_high": high,
                "futures": int(inside.sum()), **_winner(futures, question, inside, alone=alone),
            })  # fmt: skip
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _winner(futures: Futures, question: Question, inside: NDArray[np.bool_], *, alone: bool) -> dict[str, object]:
    values = futures.values[: len(question.policies), inside]
    shares = None if futures.weights is None else futures.weights[inside] / (futures.weights[inside].sum() or 1.0)
    if not inside.any():
        return {"winner": "", "confidence": np.nan, "clear": False, "lead": np.nan, "win_share": np.nan}
    means = np.nanmean(values, axis=2)
    whole = mean_of(means, shares)
    first, second = (int(at) for at in np.argsort(-whole, kind="stable")[:2])
    units, weighed = means, shares
    if means.shape[1] < FEWEST:
        shares = None  # of one future, whose replicates count the same
        single = values[:, 0]
        units = single[:, np.isfinite(single[0])] if alone and means.shape[1] == 1 else means[:, :0]
    confidence = confidence_of(units, first, shares)
    return {
        "winner": question.policies[first], "confidence": confidence, "clear": confidence >= question.sure,
        "lead": float(whole[first] - whole[second]),
        "win_share": float(mean_of((means[[first]] == means.max(axis=0)).astype(np.float64), weighed)[0]),
    }  # fmt: skip


def cut(futures: Futures, at: int, *, axes: int) -> Cuts:
    """Return an unknown cut into parts of about equal count; few values, switches and words stand for themselves."""
    one, codes = futures.unknowns[at], futures.codes[:, at]
    values = np.unique(codes)
    parts = int(np.clip((len(codes) / PER_CELL) ** (1.0 / axes), 2, MOST_CUTS))
    if not one.is_number or len(values) <= MOST_CUTS:
        labels = tuple(f"{v:,.4g}" if one.is_number else one.value_words(one.levels[int(v)]) for v in values)
        return Cuts(values, values, labels, np.searchsorted(values, codes).astype(np.int64))
    inner = np.unique(np.quantile(codes, np.arange(1, parts) / parts))
    inner = inner[inner > codes.min()]
    lows, highs = np.r_[codes.min(), inner], np.r_[inner, codes.max()]
    labels = tuple(f"{low:.3g} to {high:.3g}" for low, high in zip(lows, highs, strict=True))
    return Cuts(lows, highs, labels, np.searchsorted(inner, codes, side="right").astype(np.int64))


def telling(futures: Futures, question: Question) -> list[int]:
    """Return the unknowns that differ, the one first that tells most of which policy is best.

    By what learning it is worth, then by how much of the difference between the two policies that are best most often
    its parts explain.
    """
    means = futures.means[: len(question.policies)]
    wins = (means == means.max(axis=0)).sum(axis=1)
    one, other = (int(at) for at in np.argsort(-wins, kind="stable")[:2])
    gap = means[one] - means[other]
    strengths = {
        at: (
            partial_information(means, unknowns=futures.codes[:, at], weights=futures.weights).value,
            _explained(gap, cut(futures, at, axes=2)),
        )
        for at in futures.varying()
    }
    return sorted(strengths, key=lambda at: strengths[at], reverse=True)


def _explained(gap: Floats, cuts: Cuts) -> float:
    """Return the share of a variance that lies between the parts of an axis, corrected for their number."""
    counts = np.bincount(cuts.part, minlength=len(cuts.labels))
    means = np.bincount(cuts.part, weights=gap, minlength=len(cuts.labels)) / np.maximum(counts, 1)
    within, free = float(((gap - means[cuts.part]) ** 2).sum()), len(gap) - int((counts > 0).sum())
    whole = float(gap.var(ddof=1))
    return 1.0 - within / free / whole if free > 0 and whole > 0.0 else 0.0
