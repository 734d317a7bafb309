"""Where markets lie on a map, and how they stand in the last month of a run."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

if TYPE_CHECKING:
    from model.results.run_result import RunResult

PLACES: dict[str, tuple[float, float]] = {
    "IN": (78.0, 22.0), "ID": (113.0, -1.5), "BR": (-52.0, -11.0), "MX": (-102.0, 24.0), "AU": (134.0, -25.0),
    "SG": (103.8, 1.4), "PH": (122.0, 12.0), "VN": (107.5, 15.5), "TH": (101.0, 15.5), "MY": (102.0, 5.5),
    "TR": (35.0, 39.0), "CO": (-73.5, 4.0), "AR": (-65.0, -36.0), "ZA": (24.5, -29.5), "NG": (8.0, 9.5),
    "EG": (30.0, 27.0), "GB": (-2.0, 53.5), "DE": (10.5, 51.0), "JP": (138.5, 36.5), "US": (-98.0, 39.5),
}  # fmt: skip
"""Longitude and latitude of the middle of each market, degrees; to place a bubble, nothing is computed from them."""
LAND = Path(__file__).with_name("land.json")
"""GeoJSON of the land of the earth."""


@cache
def land() -> dict[str, Any]:
    """Return the land as GeoJSON: one feature of many polygons, degrees."""
    found: dict[str, Any] = json.loads(LAND.read_text(encoding="utf-8"))
    return found


def outlines() -> list[list[tuple[float, float]]]:
    """Return the outer lines of all land, (longitude, latitude) in degrees; lakes are left out."""
    found: list[list[tuple[float, float]]] = []
    for feature in land()["features"]:
        geometry = feature["geometry"]
        many = [geometry["coordinates"]] if geometry["type"] == "Polygon" else geometry["coordinates"]
        found.extend([(float(x), float(y)) for x, y in polygon[0]] for polygon in many)
    return found


def standing(result: RunResult) -> pd.DataFrame:
    """Return for each market at the last month: people who stream and pay, the leading service and its share of use."""
    markets, services = result.markets, result.services
    last = int(markets["month"].max())
    now = services[services["month"] == last]
    lead = now.loc[now.groupby("market", sort=False)["users"].idxmax(), ["market", "platform", "users"]]
    total = now.groupby("market", sort=False)["users"].sum()
    lead = lead.assign(leader_share=lead["users"] / lead["market"].map(total)).rename(columns={"platform": "leader"})
    found = markets.loc[markets["month"] == last, ["market", "month", "people", "streamers", "people_paying"]]
    return found.merge(lead[["market", "leader", "leader_share"]], on="market").reset_index(drop=True)
