"""A calibration in sentences: what was told, what was not, what is missed, and how far to trust it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from model.experiments.calibration.coverage import LEVEL, WANTED
from model.theory.concentration import effective_number

if TYPE_CHECKING:
    from model.experiments.calibration.result import CalibrationResult

MOST_PAIRS = 6


def summary_lines(found: CalibrationResult) -> list[str]:
    """Return the findings, a sentence or two each."""
    plan, coverage = found.plan, found.coverage
    lives = [len(one) for one in (found.first, found.second, found.truths, found.draws)]
    failed = sum(one.failed for one in (found.first, found.second, found.truths, found.draws))
    return [
        f"Calibrated {len(plan.priors)} parameters to {len(plan.targets.names)} moments of December 2019 to "
        f"{plan.until} with {sum(lives)} lives ({', '.join(map(str, lives))}: first wave, second, truths, draws)"
        + (f"; {failed} ended badly and were left out." if failed else "."),
        f"Told by the record: {_listed(found.by_verdict('told'))}.",
        f"Not told, though they move moments: {_listed(found.by_verdict('not told'))}. "
        f"Silent, they move none: {_listed(found.by_verdict('silent'))}.",
        _pairs(found.strong_pairs),
        _moments(found),
        f"Known truths: {coverage.part:.0%} (± {coverage.error:.0%}) of the {LEVEL:.0%} intervals held "
        f"{coverage.truths} truths in {coverage.records} records{_of_told(coverage.part_told)}; each rests on "
        f"{coverage.weakest:.0f} points or more" + _widened(coverage.factor, coverage.part),
        _sampling(found),
    ]


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names) if names else "none"


def _pairs(pairs: Sequence[tuple[str, str, float]]) -> str:
    if not pairs:
        return "No two parameters are told together only."
    told = ", ".join(f"{one} and {other} ({r:+.2f})" for one, other, r in pairs[:MOST_PAIRS])
    more = f" and {len(pairs) - MOST_PAIRS} more" if len(pairs) > MOST_PAIRS else ""
    return f"Told together, by their correlation: {told}{more}."


def _moments(found: CalibrationResult) -> str:
    table = found.moments
    missed = table[~table["met"]]
    told = "; ".join(
        f"{row.words}: recorded {row.recorded:.3g}, draws {row.after_5:.3g} to {row.after_95:.3g}"
        for row in missed.itertuples()
    )
    met = f"{int(table['met'].sum())} of {len(table)} moments are met (gap within 1.64 standard deviations)"
    return f"{met}. Missed: {told}." if len(missed) else f"{met}."


def _of_told(part: float) -> str:
    return "" if part != part else f", {part:.0%} of those of told parameters"


def _widened(factor: float, part: float) -> str:
    if part < WANTED:
        return f", still too few with variances {factor:g} times as wide: intervals are too narrow."
    return "." if factor == 1.0 else f" once variances were widened by {factor:g}."


def _sampling(found: CalibrationResult) -> str:
    chain = found.chain
    long = "long enough" if chain.converged else "TOO SHORT for its memory"
    explained = float(np.median(found.emulator.explained))
    return (
        f"Chain: {chain.walkers} walkers, {chain.steps} steps, {chain.acceptance:.0%} taken, worth "
        f"{chain.effective:,.0f} draws, {long}. Emulators explain {explained:.0%} of lives left out (median moment). "
        f"{len(found.members)} members of equal weight. The {len(found.draws)} lived draws are worth "
        f"{float(effective_number(found.lived_weights)):.0f} by the last posterior."
    )
