"""A sweep in words: what was run, what came out under each policy, and which inputs move it most."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import rankdata

from model.experiments.comparing.outcomes import HORIZON, Outcome
from model.foundation.markup import card, table
from model.results.magnitude import magnitude

if TYPE_CHECKING:
    from model.experiments.sweep.result import SweepResult

Floats = NDArray[np.float64]
DESIGNS = {"lhs": "a Latin hypercube", "sobol": "a Sobol sequence", "grid": "a grid", "table": "a table"}
TOLD = 3
"""Inputs that are named for each outcome."""
WEAK = 0.2
"""Rank correlation below which an input is not named."""
FEWEST = 8
"""Points from which on rank correlations are told."""


def summary_rows(found: SweepResult) -> pd.DataFrame:
    """Return outcome x policy: mean over the points, and the ends of the middle nine tenths of them.

    Totals over all markets and the horizon, means over replicates first. Outcomes without a total are left out.
    """
    wide = found.table(mean=True)
    rows = []
    for name, outcome in found.outcomes_kept.items():
        for policy in found.policies:
            values = wide.loc[wide["policy"] == policy, name].dropna().to_numpy(np.float64)
            if not len(values):
                continue
            low, high = np.quantile(values, (0.05, 0.95))
            rows.append({
                "outcome": name, "policy": policy, "points": len(values), "mean": float(values.mean()),
                "low": float(low), "high": float(high), "unit": outcome.unit(HORIZON),
            })  # fmt: skip
    return pd.DataFrame(rows, columns=["outcome", "policy", "points", "mean", "low", "high", "unit"])


def movers(found: SweepResult, wide: pd.DataFrame, name: str) -> list[tuple[str, float]]:
    """Return the inputs whose ranks go with those of an outcome, the strongest first, with their rank correlations.

    wide: a row per point and policy; under several policies ranks are taken within each and the correlations averaged.
    """
    strengths: list[tuple[str, float]] = []
    for one in found.inputs:
        if not pd.api.types.is_numeric_dtype(wide[one.column].dtype):
            continue
        each = []
        for _, rows in wide.groupby("policy", sort=False):
            known = rows[[one.column, name]].astype(np.float64).dropna()
            if len(known) >= FEWEST:
                each.append(rank_correlation(known[one.column].to_numpy(), known[name].to_numpy()))
        if each and abs(float(np.mean(each))) >= WEAK:
            strengths.append((one.column, float(np.mean(each))))
    return sorted(strengths, key=lambda pair: -abs(pair[1]))[:TOLD]


def rank_correlation(one: Floats, other: Floats) -> float:
    """Return Spearman's rank correlation, 0 where either does not vary."""
    first, second = (rankdata(values) - (len(values) + 1) / 2.0 for values in (one, other))
    below = float(np.sqrt((first @ first) * (second @ second)))
    return float(first @ second) / below if below > 0.0 else 0.0


def summary_text(found: SweepResult) -> str:
    """Return the summary as lines to read."""
    return "\n".join(_lines(found))


def summary_html(found: SweepResult) -> str:
    """Return the card of a sweep for a notebook: the sentences, and a table of outcomes by policy."""
    rows = summary_rows(found) if found.done else pd.DataFrame()
    cells = [
        (found.outcome(str(row["outcome"])).label, str(row["policy"]), amount(float(row["mean"])),
         f"{amount(float(row['low']))} to {amount(float(row['high']))}", str(row["unit"]))
        for row in rows.to_dict("records")
    ]  # fmt: skip
    head, *rest = [line.strip() for line in _head(found)]
    heads = ("outcome", "policy", "mean of the points", "nine tenths of them", "unit")
    shown = [table(heads, cells, left=2, caption="All markets over the horizon")] if cells else []
    kept = "points, table(), outcomes, series, failures, sql(), plot"
    facts = [("markets", str(len(found.markets))), ("inputs", str(len(found.inputs))), ("to ask", kept)]
    return card("Sweep", found.name, about=head, facts=facts, parts=shown, notes=rest)


def amount(value: float) -> str:
    """Return a number with three or four figures and k, M or B."""
    if not np.isfinite(value):
        return "-"
    size, sign = magnitude(value)
    return f"{value / size:,.4g}{' ' if sign else ''}{sign}"


def _head(found: SweepResult) -> Iterator[str]:
    failed = len(found.failures)
    done = found.done
    left = found.planned - done - failed
    how = DESIGNS[found.design] if found.inputs else "no inputs"
    inputs = f"{how} over {count(len(found.inputs), 'input')}" if found.inputs else "nothing else moved"
    yield (
        f"Sweep of {found.name}: {count(len(found.points), 'point')} ({inputs}) x "
        f"{count(len(found.policies), 'policy', 'policies')} x {count(found.replicates, 'replicate')} = "
        f"{count(found.planned, 'run')}: {done:,} done"
        + (f", {failed:,} failed" if failed else "") + (f", {left:,} left" if left else "") + "."
    )  # fmt: skip
    told = found.provenance.get("ensemble")
    if told is not None:
        moved = ", ".join(told["parameters"])
        stays = f"; {found.name} sets {', '.join(told['held'])} itself, which stays" if told["held"] else ""
        yield f"Under the ensemble {told['name']} ({told['digest']}): its members set {moved} together{stays}."
    if failed:
        yield f"The first failure: {found.failures.iloc[0]['message']} (result.failures has all)."


def _lines(found: SweepResult) -> Iterator[str]:
    yield from _head(found)
    if not found.done:
        return
    wide = found.table(mean=True)
    rows = summary_rows(found)
    for name, outcome in found.outcomes_kept.items():
        told = rows[rows["outcome"] == name].to_dict("records")
        if not told:
            continue
        yield f"{outcome.label} ({outcome.unit(HORIZON)}, {outcome.over}, all markets):"
        for row in told:
            mean, low, high = (amount(float(row[key])) for key in ("mean", "low", "high"))
            spread = f", {low} to {high} in nine tenths of the points"
            yield f"  {row['policy']}: {mean}{spread if row['points'] > 1 else ''}"
        yield from _against(found, wide, outcome)
        moved = ", ".join(f"{column} ({value:+.2f})" for column, value in movers(found, wide, name))
        if moved:
            yield f"  goes with (rank correlation): {moved}"


def _against(found: SweepResult, wide: pd.DataFrame, outcome: Outcome) -> Iterator[str]:
    """Yield how often each policy lies above the first, at the points where both are finished."""
    by = wide.pivot(index="point", columns="policy", values=outcome.name)
    first = found.policies[0]
    for other in found.policies[1:]:
        both = by[[first, other]].dropna() if {first, other} <= set(by.columns) else by.iloc[:0]
        if len(both):
            gap = (both[other] - both[first]).to_numpy(np.float64)
            above, same = float((gap > 0.0).mean()), float((gap == 0.0).mean())
            if same == 1.0:
                yield f"  {other} and {first}: the same at every point"
                continue
            more = f", the same at {same:.0%}" if same else ""
            mean = amount(float(gap.mean()))
            yield f"  {other} minus {first}: {mean} on average, above at {above:.0%} of points{more}"


def count(number: int, one: str, several: str | None = None) -> str:
    """Return a number with the word of what it counts."""
    return f"{number:,} {one if number == 1 else several or one + 's'}"
