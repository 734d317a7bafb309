"""The world with a bubble for every market: as large as its people who stream, coloured by the leading service."""

from __future__ import annotations

from model.interfaces.app.charts.picture import Option, Picture, base
from model.interfaces.app.words import amount, market_name
from model.results import RunResult
from model.results.palette import GRID, INK, OTHER, colour_of, name_of
from model.results.places import PLACES, standing

LARGEST, SMALLEST = 46.0, 7.0


def world_map(result: RunResult, *, market: str = "") -> Picture:
    """Return the map of the last month; the market that is shown elsewhere has a dark ring."""
    table = standing(result)
    most = float(table["streamers"].max())
    dots: list[Option] = []
    for row in table.to_dict("records"):
        code, leader = str(row["market"]), str(row["leader"])
        if code not in PLACES:
            continue
        used = row["streamers"] > 0.0  # somebody streams, so that a service leads
        size = SMALLEST + (LARGEST - SMALLEST) * (row["streamers"] / most) ** 0.5 if used else SMALLEST
        leads = f"{name_of(leader)} leads with {row['leader_share']:.0%} of use" if used else "No service is used"
        colour = colour_of(leader) if used else OTHER
        told = (
            f"<b>{market_name(code)}</b><br>{amount(row['streamers'])} people stream, "
            f"{amount(row['people_paying'])} pay<br>{leads}"
        )
        dots.append({
            "name": code, "value": [*PLACES[code], float(row["streamers"])], "symbolSize": round(size, 1), "told": told,
            "tooltip": {"formatter": told},
            "itemStyle": {"color": colour, "opacity": 0.85, "borderColor": INK if code == market else "#fff",
                          "borderWidth": 2.5 if code == market else 1},
        })  # fmt: skip
    option = base(
        geo={"map": "land", "roam": False, "silent": True, "left": 0, "right": 0, "top": 0, "bottom": 0,
             "aspectScale": 0.9, "boundingCoords": [[-128, 66], [158, -46]],
             "itemStyle": {"areaColor": "#ECECE8", "borderColor": "#ECECE8"}},
        series=[{"id": "markets", "type": "scatter", "coordinateSystem": "geo", "data": dots,
                 "label": {"show": True, "formatter": "{b}", "position": "inside", "fontSize": 9, "color": INK,
                           "textBorderColor": "#fff", "textBorderWidth": 2},
                 "labelLayout": {"hideOverlap": True}}],
        tooltip={"trigger": "item", "confine": True, "borderColor": GRID,
                 "textStyle": {"color": INK, "fontSize": 11}},
    )  # fmt: skip
    del option["grid"]
    first = table.sort_values("streamers", ascending=False).iloc[0]
    where = f"{market_name(str(first['market']))} has most people who stream" if most > 0.0 else "nobody streams"
    return Picture(
        "map", "Markets", "size: people who stream · colour: service with the largest share of use · click to choose",
        option, table, height=330, outline="land", measure="streamers",
        spoken=f"World map of {len(dots)} markets; {where}.",
    )  # fmt: skip
