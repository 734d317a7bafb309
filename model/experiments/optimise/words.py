"""A search in words: what was tried, the ends of the front, how it grew, and what fresh draws leave of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from model.experiments.sweep.words import amount, count

if TYPE_CHECKING:
    from model.experiments.optimise.answer import Optimised

TOLD = 12
SURE = 0.9
"""Share of bootstrap draws from which on a design is said to be on the front."""


def search_text(found: Optimised) -> str:
    """Return the summary as lines to read."""
    return "\n".join(_lines(found))


def _lines(found: Optimised) -> Iterator[str]:
    plan, progress = found.plan, found.progress()
    worlds = f" in {count(len(plan.futures), 'future')}" if len(plan.futures.columns) else ""
    yield (
        f"Search of {plan.base.name} over {count(len(plan.levers), 'lever')}: {count(len(found.tried), 'design')} in "
        f"{count(len(progress), 'generation')}, {count(plan.replicates, 'replicate')} each{worlds}; "
        f"{len(found.front)} on the front."
    )
    asked = ", ".join(f"{one.name} {'up' if one.sign > 0 else 'down'}" for one in plan.objectives)
    yield f"Wanted: {asked}."
    volumes = progress["hypervolume"].tolist()
    yield f"Hypervolume {volumes[0]:.3f} after the first generation, {volumes[-1]:.3f} after the last{_still(volumes)}."
    yield from _rows(found)
    yield from _curse(found)


def _still(volumes: list[float]) -> str:
    if len(volumes) < 2:
        return ""
    gain = volumes[-1] - volumes[-2]
    return " (it stood still in the last)" if gain <= 0.0 else f" (+{gain:.3f} in the last: it may grow on)"


def _rows(found: Optimised) -> Iterator[str]:
    table = found.front_table()
    many = len(table)
    yield f"The front with fresh draws ({found.plan.fresh} replicates; 90% intervals; search in brackets):"
    chosen = np.unique(np.linspace(0, many - 1, min(many, TOLD)).round().astype(int))
    for row in table.iloc[chosen].to_dict("records"):
        cells: dict[str, Any] = {str(key): value for key, value in row.items()}
        parts = []
        for at, one in enumerate(found.plan.objectives):
            low, high = amount(cells[f"{one.name} low"]), amount(cells[f"{one.name} high"])
            middle = f"{amount(cells[f'{one.name} fresh'])} ({low} to {high}; {amount(cells[f'{one.name} search'])})"
            parts.append(f"{one.label(found.outcomes[at])} {middle} {found.unit(at)}")
        paths = [lever.path for lever in found.plan.levers]
        levers = ", ".join(f"{path.removeprefix('platforms.')} {_value(cells[path])}" for path in paths)
        fell = _kept(bool(cells["stays"]), float(cells["stays_share"]))
        yield f"  {cells['design']}: {levers}: {'; '.join(parts)}{fell}"
    if many > TOLD:
        yield f"  {many - TOLD} more between them: front_table()."
    base = "; ".join(
        f"{one.label(found.outcomes[at])} {amount(float(found.fresh_base[at].mean()))} {found.unit(at)}"
        for at, one in enumerate(found.plan.objectives)
    )
    yield f"  as it is: {base}"


def _curse(found: Optimised) -> Iterator[str]:
    table = found.front_table()
    sure = table["stays_share"] >= SURE
    often = f", {int(sure.sum())} of them in at least {SURE:.0%} of bootstrap draws of these" if sure.any() else ""
    yield (
        f"{int(table['stays'].sum())} of {len(found.fresh)} designs stay on the front of these "
        f"{len(found.fresh)} by the means of {count(found.plan.fresh, 'fresh replicate')}{often}. The others were "
        "not lived again: a design that bad luck hid is not seen."
    )
    for row in found.curse().to_dict("records"):
        yield (
            f"  {row['objective']}: gain over the base {amount(row['search'])} in the search, {amount(row['fresh'])} "
            f"with fresh draws; {_flattery(row['lost'], row['low'], row['high'])}."
        )


def _kept(stays: bool, share: float) -> str:
    """Return whether a design is on the front by fresh draws, where that is not plain."""
    if not stays:
        return f"; no longer on the front ({share:.0%} of draws)"
    return "" if share >= SURE else f"; on the front in {share:.0%} of draws"


def _flattery(lost: float, low: float, high: float) -> str:
    if lost < 0.0:
        return f"the search was too gloomy by {amount(-lost)}{_how_sure(-high, -low)}"
    return f"the search flattered by {amount(lost)}{_how_sure(low, high)}"


def _how_sure(low: float, high: float) -> str:
    """Return the interval of a loss in words, or why there is none."""
    if not (np.isfinite(low) and np.isfinite(high)):
        return " (no interval: the search lived each design once; replicates of 2 or more give one)"
    apart = " (not told apart from 0)" if low <= 0.0 <= high else ""
    return f", {amount(low)} to {amount(high)}{apart}"


def _value(value: object) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)
