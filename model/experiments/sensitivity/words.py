"""Sensitivity in words: how much was run, which inputs move what is asked most, which not at all, what is unsure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from model.experiments.comparing.outcomes import HORIZON, WORLD, Outcome
from model.experiments.sensitivity.answer import PoorEmulator
from model.experiments.sensitivity.measuring import FEW
from model.experiments.sensitivity.plan import MANY
from model.experiments.sensitivity.responses import Response
from model.experiments.sweep.words import amount, count

if TYPE_CHECKING:
    from model.experiments.sensitivity.answer import Sensitivity

NAMES = {
    "morris": ("path", "Morris screening"), "sobol": ("base point", "Sobol' indices"),
    "emulated": ("point", "Sobol' indices, by an emulator,"),
}  # fmt: skip
"""What the points of a method come in, and what its answer is called."""
TOLD = 8
"""Inputs that are named for each outcome."""
DUST = 1e-9
"""Part of the strongest effect below which one is rounding alone."""
ONE_WAY = 0.9
"""Part of the mean size from which on the signed mean is called a direction, if its interval leaves 0 out."""
WIDEST = 1.0
"""Width of the interval of a share from which on it says nothing."""


def sensitivity_text(found: Sensitivity) -> str:
    """Return the summary as lines to read."""
    return "\n".join(_lines(found))


def _lines(found: Sensitivity) -> Iterator[str]:
    plan, sweep = found.plan, found.found
    paths, what = NAMES[plan.method]
    sets = "" if plan.method == "emulated" else f"{count(len(plan.unit), paths)}, "
    yield (
        f"{what} of {sweep.name}: {count(len(plan.axes), 'input')}, {sets}"
        f"{count(len(sweep.points), 'point')} x {count(len(sweep.policies), 'policy', 'policies')} x "
        f"{count(sweep.replicates, 'replicate')} = {count(sweep.planned, 'run')}"
        + (f", of which {sweep.planned - sweep.done:,} are missing" if sweep.done < sweep.planned else "") + "."
    )  # fmt: skip
    for kept in found.outcomes.values():
        told = found.responses[0]
        yield from _head(found, kept, told)
        try:
            rows = found.table(kept.name, response=told.name)
        except PoorEmulator as error:
            yield f"  refused: {error}"
            continue
        if plan.method == "emulated":
            yield _worth(rows, kept.unit(found.over))
        yield from ranked_lines(rows, method=plan.method)
    if len(plan.unit) < FEW[plan.method]:
        yield (
            f"With fewer than {count(FEW[plan.method], paths)} the intervals are rough: fewer hold the truth than they "
            "say."
        )
    if plan.method == "sobol" and len(plan.axes) >= MANY:
        yield f"With {MANY} inputs or more, screen by Morris first: it takes far fewer runs for the same order."
    if sweep.replicates == 1:
        yield "One replicate: what its draws alone make of small effects is not told apart."


def _worth(rows: pd.DataFrame, unit: str) -> str:
    """Return what the emulator foretells of runs that were left out of it."""
    error, foretold = float(rows["error"].iloc[0]), float(rows["foretold"].iloc[0])
    return (
        f"  The emulator foretells {foretold:.1%} of the variance of runs left out of it (error {amount(error)} "
        f"{unit}); shares are of what it foretells."
    )


def _head(found: Sensitivity, kept: Outcome, told: Response) -> Iterator[str]:
    values = found.values(kept.name, told, market=found.market, over=found.over).mean(axis=1)
    known = values[np.isfinite(values)]
    if not len(known):
        return
    low, high = np.quantile(known, (0.05, 0.95))
    where = "all markets" if found.market == WORLD else found.market
    when = kept.over if found.over == HORIZON else "at the end"
    wins = f"; above 0 at {float((known > 0.0).mean()):.0%} of the points" if told.against else ""
    yield (
        f"{kept.label}, {told.name} ({kept.unit(found.over)}, {when}, {where}): {amount(float(known.mean()))} on "
        f"average, {amount(float(low))} to {amount(float(high))} in nine tenths of the points{wins}."
    )


def ranked_lines(rows: pd.DataFrame, *, method: str) -> Iterator[str]:
    """Yield a line for each of the strongest inputs, then those without any effect and those lost in noise."""
    moving = rows[rows["strength"] > DUST * float(rows["strength"].max())]
    for row in moving.head(TOLD).to_dict("records"):
        words: dict[str, Any] = {str(name): value for name, value in row.items()}
        yield f"  {words['rank']}. {words['input']}: {_strength(words, method)}{_place(words)}"
    rest = moving["input"].tolist()[TOLD:]
    if rest:
        yield f"  weaker: {_listed(rest)}"
    if "noise" in rows:
        lost = moving.loc[moving["strength"] <= moving["noise"], "input"].tolist()
        if lost:
            yield f"  no stronger than the draws alone would make them: {_listed(lost)}"
    still = rows.loc[~rows["input"].isin(moving["input"]), "input"].tolist()
    if still:
        yield f"  no effect at all: {_listed(still)}"


def _strength(row: dict[str, Any], method: str) -> str:
    if method != "morris":
        return f"{_share(row['strength'], row['low'], row['high'])} of the variance, {_alone(row)}"
    size = f"{amount(row['strength'])} ({amount(row['low'])} to {amount(row['high'])})"
    part = row["mean"] / row["strength"]
    if abs(part) < ONE_WAY:
        return f"{size}, either way"
    if row["mean_low"] <= 0.0 <= row["mean_high"]:
        return f"{size}, direction not settled"
    return f"{size}, {'raises' if part > 0.0 else 'lowers'} it"


def _alone(row: dict[str, Any]) -> str:
    if row["first_high"] - row["first_low"] > WIDEST:
        return "what it does alone is not told by so few points"
    return f"{_share(row['first'], row['first_low'], row['first_high'])} alone"


def _share(mean: float, low: float, high: float) -> str:
    """Return a share with its interval, cut at 0 and at 1: estimates from few points lie outside."""
    return "{:.0%} ({:.0%} to {:.0%})".format(*(float(np.clip(one, 0.0, 1.0)) + 0.0 for one in (mean, low, high)))


def _place(row: dict[str, Any]) -> str:
    best, worst = row["rank_best"], row["rank_worst"]
    return "" if best == worst else f"; place {best} to {worst}"


def _listed(names: Sequence[str], most: int = 30) -> str:
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more
