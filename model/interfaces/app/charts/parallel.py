"""Parallel coordinates of a stored sweep: a line for each point, from its inputs to what each policy leaves there."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil, floor

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from model.experiments.sweep.words import rank_correlation
from model.interfaces.app.charts.picture import Option, Picture, base, empty, legend, rounded, scale_of
from model.interfaces.app.charts.sweeps import policy_colours, thinned, where_when
from model.interfaces.app.controls import nice_step
from model.interfaces.app.sweep_seen import SweepSeen, is_number, word_of
from model.results.labels import input_label
from model.results.palette import INK, SOFT

Floats = NDArray[np.float64]
LINES = 480
"""Lines that are drawn at most."""
AXES, POLICIES, FEWEST = 8, 4, 3
"""Axes at most; policies up to which each has its own; inputs that are shown at least."""


def parallel(seen: SweepSeen) -> Picture:
    """Return a line for each point, in the colour of the policy that is best there; axes may be brushed.

    Outcomes of up to four policies have an axis each, all of one scale; of more, that of the best.
    """
    name, title = seen.outcome.name, f"From inputs to {seen.outcome.label}"
    wide = outcomes_by_point(seen)
    if wide.empty or not seen.inputs:
        return empty("parallel", title, "No point has its runs finished under every policy here.")
    kept = thinned(wide.index.to_numpy(np.int64), LINES)
    scale, word = scale_of(float(wide.abs().max().max()))
    values = wide.loc[kept].to_numpy(np.float64) / scale
    best = values.argmin(axis=1) if seen.wanted.less else values.argmax(axis=1)
    each = len(seen.policies) <= POLICIES
    first = seen.rows.drop_duplicates("point").set_index("point").loc[kept]
    columns = strongest(seen, first, wide.loc[kept].mean(axis=1).to_numpy(np.float64),
                        most=max(FEWEST, AXES - (len(seen.policies) if each else 1)))  # fmt: skip
    axes: list[Option] = []
    cells: list[Sequence[object]] = []
    for column in columns:
        axis, own = _input_axis(first[column], seen.rows[column])
        axes.append({"dim": len(axes), "name": input_label(column, width=14), **axis})
        cells.append(own)
    ends = round_ends(values)
    named = list(seen.policies) if each and len(seen.policies) > 1 else ["the best policy" if not each else name]
    shown = values if each else np.take_along_axis(values, best[:, None], axis=1)
    for at, policy in enumerate(named):
        axes.append({"dim": len(axes), "name": policy, "type": "value", "splitNumber": 4, **ends})
        cells.append(rounded(shown[:, at].tolist()))
    lines, colours = list(zip(*cells, strict=True)), policy_colours(seen)
    series: list[Option] = [
        {
            "id": policy, "name": policy, "type": "parallel", "silent": True, "smooth": 0.1,
            "data": [list(line) for line, won in zip(lines, best, strict=True) if won == at],
            "inactiveOpacity": 0.04, "activeOpacity": 0.9, "itemStyle": {"color": colours[policy]},
            "lineStyle": {"color": colours[policy], "width": 1.2, "opacity": 0.5},
        }
        for at, policy in enumerate(seen.policies)
    ]  # fmt: skip
    told = f"{len(wide):,} points" if len(kept) == len(wide) else f"{len(kept):,} of {len(wide):,} points drawn"
    some = f", the {len(columns)} inputs that go with it most" if len(columns) < len(seen.inputs) else ""
    unit = " ".join(part for part in (word, seen.unit) if part)
    colour = " · colour: the policy that is best" if len(seen.policies) > 1 else ""
    table = first[columns].join(wide.loc[kept]).reset_index()
    subtitle = f"{where_when(seen)} · {unit} · {told}{some}{colour} · drag along an axis to keep some lines"
    return Picture(
        "parallel", title, subtitle, _option(axes, series, seen.policies), table, height=440,
        spoken=f"{title}: {told}.",
    )  # fmt: skip


def outcomes_by_point(seen: SweepSeen) -> pd.DataFrame:
    """Return the outcome of each policy, points x policies; points where some policy has none are left out."""
    wide = seen.rows.pivot(index="point", columns="policy", values=seen.outcome.name)
    return wide.reindex(columns=list(seen.policies)).dropna()


def strongest(seen: SweepSeen, points: pd.DataFrame, outcome: Floats, *, most: int) -> list[str]:
    """Return the inputs that are drawn: all where they are few, else those whose ranks go with the outcome's most.

    points: a row each with the inputs. outcome: (points,), the mean over the policies.
    """
    columns = [one.column for one in seen.inputs]
    if len(columns) <= most:
        return columns
    coded = {
        column: points[column].to_numpy(np.float64) if is_number(points[column])
        else pd.factorize(points[column], sort=True)[0].astype(np.float64)
        for column in columns
    }  # fmt: skip
    strength = {column: abs(rank_correlation(coded[column], outcome)) for column in columns}
    kept = sorted(columns, key=lambda column: -strength[column])[:most]
    return [column for column in columns if column in kept]


def round_ends(values: Floats) -> Option:
    """Return the ends of an axis, round numbers just beyond the values: all series lie between them."""
    low, high = float(values.min()), float(values.max())
    step = 10.0 * nice_step(high - low)
    return {"min": float(f"{floor(low / step) * step:.6g}"), "max": float(f"{ceil(high / step) * step:.6g}")}


def _input_axis(own: pd.Series, every: pd.Series) -> tuple[Option, Sequence[object]]:
    """Return an input's axis, and where each line crosses it."""
    if is_number(every):
        axis = {"type": "value", "splitNumber": 4, **round_ends(own.to_numpy(np.float64))}
        return axis, rounded(own.tolist())
    words = list(dict.fromkeys(word_of(value) for value in every))
    return {"type": "category", "data": words}, [words.index(word_of(value)) for value in own]


def _option(axes: Sequence[Option], series: Sequence[Option], policies: Sequence[str]) -> Option:
    option = base(
        parallel={
            "left": 46, "right": 64, "top": 56, "bottom": 46,
            "parallelAxisDefault": {
                "nameLocation": "end", "nameGap": 12, "nameTextStyle": {"color": INK, "fontSize": 11, "lineHeight": 13},
                "axisLine": {"lineStyle": {"color": SOFT}},
                "axisLabel": {"color": INK, "fontSize": 10, "backgroundColor": "rgba(255, 255, 255, 0.75)"},
                "axisTick": {"show": False},
                "areaSelectStyle": {"width": 18, "borderColor": INK, "opacity": 0.2, "color": SOFT},
            },
        },
        parallelAxis=list(axes), series=list(series), legend=legend(data=list(policies)), tooltip={"show": False},
    )  # fmt: skip
    option.pop("grid")
    return option
