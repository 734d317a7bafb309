"""From modelled markets to Spotify's regions and the world: the rest of a region moves as its modelled markets do."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from model.experiments.history.metrics import REGIONS
from model.facts.start import load_start

STARTED = "2019-12"
"""The start whose record gives levels of each modelled market and of the rest of each region."""


def region_of_market() -> dict[str, str]:
    """Return Spotify's region of each market."""
    return {code: market.spotify_region for code, market in load_start(STARTED).markets.items()}


def region_factors(column: str, *, markets: Sequence[str] | None = None) -> dict[str, float]:
    """Return by region: people of the whole region over people of its modelled markets, Spotify, December 2019.

    column: users, payers or free (users who do not pay). markets: those that a run has, None for all twenty; a region
    without any of them is left out.
    """
    levels = {(t.place, t.measure): t.value_m for t in load_start(STARTED).targets if t.platform == "spotify"}

    def level(place: str) -> float:
        users, payers = levels[place, "mau_m"], levels[place, "payers_m"]
        return {"users": users, "payers": payers, "free": users - payers}[column]

    chosen = set(load_start(STARTED).markets) if markets is None else set(markets)
    factors: dict[str, float] = {}
    for region in REGIONS:
        there = [code for code, own in region_of_market().items() if own == region]
        modelled = sum(level(code) for code in there if code in chosen)
        if modelled > 0.0:
            factors[region] = (sum(level(code) for code in there) + level(f"rest:{region}")) / modelled
    return factors


def by_region(services: pd.DataFrame, column: str, *, scaled_as: str | None = None) -> pd.DataFrame:
    """Return date x region sums of a column of Spotify's rows, scaled to whole regions; flow months only.

    services: the result's table `services`, of one replicate. scaled_as: users, payers or free, whose factors to use
    (default: the column's own).
    """
    own = services[(services["platform"] == "spotify") & (services["month"] > 0)]
    sums = own.assign(region=own["market"].map(region_of_market())).pivot_table(
        index="date", columns="region", values=column, aggfunc="sum", observed=True
    )
    factors = region_factors(scaled_as or column, markets=list(services["market"].unique()))
    return sums * pd.Series({name: factors[name] for name in sums.columns})


def world(services: pd.DataFrame, column: str) -> pd.Series[float]:
    """Return Spotify's users or payers of the world at the end of each month, people; all regions must be there."""
    return by_region(services, column).sum(axis=1)


def region_people(services: pd.DataFrame, region: str, column: str) -> pd.Series[float]:
    """Return Spotify's users or payers of a region at the end of each month, people."""
    return by_region(services, column)[region]
