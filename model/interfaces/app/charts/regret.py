"""The regret of policies future by future, as a strip for each."""

from __future__ import annotations

import numpy as np
import pandas as pd

from model.interfaces.app.charts.picture import Option, Picture, base, empty, rounded, scale_of
from model.interfaces.app.charts.sweeps import thinned, tick, where_when
from model.interfaces.app.sweep_seen import SweepSeen
from model.results.palette import INK, SOFT
from model.theory.decisions.regret import regret_table

MOST = 400
"""Futures that are drawn at most."""
NONE_TO_MUCH = ("#ffffff", "#fee391", "#fe9929", "#cc4c02", "#662506")


def regrets(seen: SweepSeen) -> pd.DataFrame:
    """Return the regret of every future and policy, futures x policies: what it loses against the best one there."""
    assert seen.choice is not None
    futures = seen.choice.futures
    lost = regret_table(futures.means[: len(seen.choice.policies)])
    return pd.DataFrame(lost.T, index=pd.Index(futures.points, name="point"), columns=list(seen.choice.policies))


def regret_strips(seen: SweepSeen) -> Picture:
    """Return a row for each policy and a column for each future: white where it is best, darker the more it loses."""
    title = f"Regret in {seen.outcome.label}"
    if seen.choice is None:
        return empty("regret", title, seen.why)
    whole = regrets(seen)
    kept = thinned(whole.index.to_numpy(np.int64), MOST)
    table = whole.loc[kept]
    values = table.to_numpy(np.float64)
    order = np.lexsort((values.sum(axis=1), values.argmin(axis=1)))
    values, points = values[order], table.index.to_numpy()[order]
    largest = float(whole.to_numpy().max())
    scale, word = scale_of(largest)
    data = [[column, row, *rounded([values[column, row] / scale], digits=3)]
            for row in range(values.shape[1]) for column in range(values.shape[0])]  # fmt: skip
    quiet: Option = {"type": "category", "axisTick": {"show": False}, "axisLine": {"show": False}}
    option = base(
        xAxis={**quiet, "data": [f"point {point}" for point in points], "axisLabel": {"show": False}},
        yAxis={**quiet, "data": list(table.columns), "inverse": True, "axisLabel": {"color": INK, "fontSize": 12}},
        grid={"left": 18, "right": 12, "top": 8, "bottom": 34, "containLabel": True},
        tooltip={"trigger": "item", "confine": True},
        visualMap={
            "type": "continuous", "min": 0.0, "max": largest / scale or 1.0, "calculable": False, "precision": 3,
            "orient": "horizontal", "left": 0, "bottom": 0, "itemWidth": 12, "itemHeight": 120, "dimension": 2,
            "inRange": {"color": list(NONE_TO_MUCH)}, "textStyle": {"color": SOFT, "fontSize": 11},
            "text": [tick(float(f"{largest / scale:.3g}")), "0, the best"],
        },
        series=[{"id": "regret", "name": "regret", "type": "heatmap", "data": data, "itemStyle": {"borderWidth": 0},
                 "progressive": 0}],
    )  # fmt: skip
    unit = " ".join(part for part in (word, seen.unit) if part)
    told = f"{len(whole):,} futures" if len(kept) == len(whole) else f"{len(kept):,} of {len(whole):,} futures drawn"
    long = table.reset_index().melt(id_vars="point", var_name="policy", value_name="regret")
    subtitle = f"{where_when(seen)} · {unit} lost against the best policy of each future · a column each, {told}"
    return Picture(
        "regret", title, subtitle, option, long, height=70 + 36 * len(seen.policies),
        spoken=f"{title} of {', '.join(table.columns)} over {told}.",
    )  # fmt: skip
