"""A comparison in words: what was compared, which is highest, and what moved by how much."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from model.experiments.comparing.outcomes import HORIZON, WORLD
from model.experiments.sweep.words import amount, count

if TYPE_CHECKING:
    from model.experiments.comparing.comparison import Comparison

NOTHING = 1e-9
"""Part of the base below which a difference is the noise of sums."""


def summary_text(found: Comparison) -> str:
    """Return the summary as lines to read."""
    return "\n".join(_lines(found))


def _lines(found: Comparison) -> Iterator[str]:
    plan, many = found.plans[0], len(found.names)
    runs = count(found.replicates, "replicate") if found.under is None else (
        f"{count(found.replicates, 'member')} of the ensemble {found.ensemble_name}"
    )  # fmt: skip
    yield (
        f"{count(many, 'scenario')} ({', '.join(found.names)}) in {count(len(plan.markets), 'market')} for "
        f"{count(plan.months, 'month')} from {plan.start}, {runs}, each held against itself."
    )
    yield found.ranking().text()
    rows = found.table(over=HORIZON)
    rows = rows[rows["market"] == WORLD]
    bars = f"{found.level:.0%} {'interval' if found.under is None else 'band'}"
    for name in found.names[1:]:
        told = [(row, direction(row)) for row in rows[rows["scenario"] == name].to_dict("records")]
        if not told:
            continue
        yield f"{name} less {found.names[0]}, all markets over the horizon, with {bars}s:"
        for row, way in told:
            if way in ("up", "down"):
                yield f"  {_moved(found, row)}"
        for way, words in (("open", "not told apart from 0"), ("same", "no difference"), ("unknown", "no value")):
            labels = [found.outcomes[str(row["outcome"])].label for row, own in told if own == way]
            if labels:
                yield f"  {words}: {'; '.join(labels)}"
    yield from (f"Note: {note}." for note in found.notes)


def direction(row: Mapping[Hashable, Any]) -> str:
    """Return what a row of differences says: "up", "down", "open" where the interval holds 0, "same" or "unknown"."""
    low, high, gap, before = (float(row[name]) for name in ("low", "high", "difference", "base_mean"))
    if gap != gap:
        return "unknown"
    if max(abs(gap), abs(low), abs(high)) <= NOTHING * abs(before):
        return "same"
    return "up" if low > 0.0 else "down" if high < 0.0 else "open"


def _moved(found: Comparison, row: Mapping[Hashable, Any]) -> str:
    kept = found.outcomes[str(row["outcome"])]
    gap, low, high = (f"{'+' if value > 0.0 else ''}{amount(value)}" for value in
                      (float(row[name]) for name in ("difference", "low", "high")))  # fmt: skip
    part = f", {float(row['relative']):+.1%}" if row["relative"] == row["relative"] else ""
    return f"{kept.label}: {gap} ({low} to {high}){part} [{kept.unit(HORIZON)}, {kept.over}]"
