"""Charts of songs: how the songs at the top came there, week by week."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from model.interfaces.app.charts.picture import Picture, base, category_axis, empty, legend, line, value_axis
from model.interfaces.app.words import market_name
from model.market.record import MarketMonth
from model.results.palette import colour_of, name_of
from model.results.weekly_charts import TOP, chart_now, weekly_charts

WEEKS = 26


def top_songs(records: Sequence[MarketMonth], *, market: str) -> Picture:
    """Return the places of this week's first ten songs over the last weeks; the colour is the label's."""
    title, where = "The top ten and how they came there", market_name(market)
    songs, _ = weekly_charts(records, market=market)
    if not market:
        return empty("songs", title, "Choose a market to see its weekly charts.")
    if not len(songs):
        return empty("songs", title, f"{where}. Songs live in weeks from the first month on: take a step.")
    now = chart_now(records, market=market)
    seen = songs[-WEEKS:]
    first = len(songs) - len(seen) + 1
    weeks = [str(first + week) for week in range(len(seen))]
    series, rows = [], []
    for row in now.itertuples():
        places = [int(np.flatnonzero(week == row.song)[0]) + 1 if (week == row.song).any() else None for week in seen]
        shown = [place if place is not None and place <= 4 * TOP else None for place in places]
        name = f"{row.place}. {name_of(str(row.label))} #{row.song}"
        end = {"show": True, "formatter": str(row.place), "fontSize": 10, "color": "#222222"}
        series.append(line(name, shown, colour=colour_of(str(row.label)), smooth=0.3, endLabel=end))
        rows += [(week, row.song, row.label, place) for week, place in zip(weeks, places, strict=True) if place]
    option = base(
        xAxis={**category_axis(weeks), "boundaryGap": False, "name": "week of the run", "nameLocation": "middle",
               "nameGap": 24, "nameTextStyle": {"color": "#666666"}},
        yAxis=value_axis(inverse=True, min=1, max=4 * TOP, interval=13, axisLabel={"color": "#666666"}), series=series,
        legend=legend(), grid={"left": 4, "right": 26, "top": 12, "bottom": 48, "containLabel": True},
    )  # fmt: skip
    table = pd.DataFrame(rows, columns=["week", "song", "label", "place"])
    return Picture(
        "songs", title, f"{where} · place on the weekly chart, first {4 * TOP}; colour: label", option, table,
        height=380, measure="chart_places", spoken=f"Places of the ten first songs in {where} over the last weeks.",
    )  # fmt: skip
