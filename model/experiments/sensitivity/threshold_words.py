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
    told = found.standing_out
    if found.crossings and not told:
        yield from _nowhere(found)
    elif not told:
        yield from _no_crossing(found)
    elif len(told) == 1:
        yield _one(found, told[0])
    else:
        noise = "; without intervals some of it may be noise" if found.replicates == 1 else ""
        yield f"It changes its sign {len(told)} times, so there is no single threshold{noise}:"
        for one in told:
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
    if least < 0.0 < most:
        yield from _nowhere(found)
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


def _nowhere(found: Threshold) -> Iterator[str]:
    """Say where the two are told apart, if anywhere, though the mean has either sign."""
    points, other, first = found.points, found.response.policy, found.response.against
    clear = points[points["clear"] != 0.0]
    if not len(clear):
        yield (
            f"{other} and {first} are not told apart anywhere: the mean difference has either sign, and its interval, "
            "widened so that all places hold together, covers 0 at every place. More replicates may tell."
        )
        return
    verb = "more" if float(clear["clear"].iloc[0]) > 0.0 else "less"
    at = ", ".join(f"{one:.4g}" for one in clear["at"].tolist()[:8])
    yield (
        f"No crossing stands out: {other} brings {verb} than {first} where the two are told apart ({at}); elsewhere "
        "the mean difference has either sign and its interval covers 0."
    )


def _one(found: Threshold, one: Crossing) -> str:
    other, first = found.response.policy, found.response.against
    below, above = ("less", "more") if one.rising else ("more", "less")
    wide = one.after - one.before > found.tolerance * (1.0 + 1e-9)
    rough = f"; enclosed only between {one.before:.4g} and {one.after:.4g}" if wide else ""
    rough += f"; the mean changes its sign {one.changes} times there, which these runs do not tell from once" * (
        one.changes > 1
    )
    if one.open_low:
        return (
            f"Above {one.high:.3g} {other} brings {above} than {first}; below it the two are not told apart, though "
            f"the mean changes its sign at {one.at:.3g}{rough}."
        )
    if one.open_high:
        return (
            f"Below {one.low:.3g} {other} brings {below} than {first}; above it the two are not told apart, though "
            f"the mean changes its sign at {one.at:.3g}{rough}."
        )
    reach = f" ({found.level:.0%} interval {one.low:.3g} to {one.high:.3g})" if np.isfinite(one.low) else ""
    return f"Below {one.at:.3g}{reach} {other} brings {below} than {first}, above it {above}{rough}."


def _exact_zeros(found: Threshold) -> Iterator[str]:
    points = found.points
    same = points[(points["value"] == 0.0) & ~((points["low"] < 0.0) | (points["high"] > 0.0))]
    if len(same) and len(same) < len(points):
        at = ", ".join(f"{one:.4g}" for one in same["at"].tolist()[:8])
        yield f"The two are exactly the same at {at}."
