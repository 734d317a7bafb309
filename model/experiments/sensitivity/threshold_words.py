"""A threshold in words, with no crossing, one, or several."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from model.experiments.comparing.outcomes import HORIZON, WORLD
from model.experiments.sweep.words import amount, count

if TYPE_CHECKING:
    from model.experiments.sensitivity.threshold import Threshold
    from model.theory.crossing import Crossing


def threshold_text(found: Threshold) -> str:
    """Return the answer as lines to read."""
    return "\n".join(_lines(found))


def _lines(found: Threshold) -> Iterator[str]:
    points = found.points
    where = "all markets" if found.market == WORLD else found.market
    when = found.outcome.over if found.over == HORIZON else "at the end"
    span = f"{points['at'].iloc[0]:g} to {points['at'].iloc[-1]:g} {found.unit}"
    yield (
        f"{found.outcome.label}, {found.response.name} ({found.outcome.unit(found.over)}, {when}, {where}) along "
        f"{found.axis.column} ({span}): {count(len(points), 'place')}, {count(found.replicates, 'replicate')} each."
    )
    if not found.crossings:
        yield from _no_crossing(found)
    elif len(found.crossings) == 1:
        yield _one(found, found.crossings[0])
    else:
        yield f"It changes its sign {len(found.crossings)} times, so there is no single threshold:"
        for one in found.crossings:
            yield f"  {_one(found, one)}"
    yield from _exact_zeros(found)
    if found.replicates == 1:
        yield "One replicate: there is no interval."


def _no_crossing(found: Threshold) -> Iterator[str]:
    points, other, first = found.points, found.response.policy, found.response.against
    least, most = float(points["value"].min()), float(points["value"].max())
    if least == most == 0.0:
        yield f"{other} and {first} do the same in every run."
        return
    better = most > 0.0
    verb = "more" if better else "less"
    yield (
        f"No crossing: {other} brings {verb} than {first} at every place looked at, by "
        f"{amount(min(abs(least), abs(most)))} to {amount(max(abs(least), abs(most)))}."
    )
    unsure = points[(points["low"] <= 0.0) & (points["high"] >= 0.0) & (points["value"] != 0.0)]
    if len(unsure):
        at = ", ".join(f"{one:.4g}" for one in unsure["at"].tolist()[:8])
        yield f"  The interval covers 0 at {at}, so a crossing there cannot be ruled out."
    step = float(np.diff(points["at"]).max())
    yield f"  Two crossings within one step of the scan ({step:.3g}) would not have been seen."


def _one(found: Threshold, one: Crossing) -> str:
    other, first = found.response.policy, found.response.against
    below, above = ("less", "more") if one.rising else ("more", "less")
    reach = ""
    if np.isfinite(one.low):
        low = f"{one.low:.3g}{' or below' if one.open_low else ''}"
        high = f"{one.high:.3g}{' or above' if one.open_high else ''}"
        reach = f" ({found.level:.0%} interval {low} to {high})"
    wide = one.after - one.before > found.tolerance * (1.0 + 1e-9)
    rough = f"; enclosed only between {one.before:.4g} and {one.after:.4g}" if wide else ""
    return f"Below {one.at:.3g}{reach} {other} brings {below} than {first}, above it {above}{rough}."


def _exact_zeros(found: Threshold) -> Iterator[str]:
    points = found.points
    same = points[(points["value"] == 0.0) & ~((points["low"] < 0.0) | (points["high"] > 0.0))]
    if len(same) and len(same) < len(points):
        at = ", ".join(f"{one:.4g}" for one in same["at"].tolist()[:8])
        yield f"The two are exactly the same at {at}."
