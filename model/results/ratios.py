"""Ratios of columns, and totals over markets as the measures declare them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from model.results.measures import MEASURES, keys_of

Floats = NDArray[np.float64]


def ratio(part: Floats, whole: Floats) -> Floats:
    """Return part / whole, NaN where the whole is 0 or either is unknown."""
    found: Floats = np.divide(part, whole, out=np.full(np.shape(part), np.nan), where=whole > 0)
    return found


def over_markets(frame: str, rows: pd.DataFrame, markets: pd.DataFrame) -> pd.DataFrame:
    """Return a frame's totals over markets: its keys without the market, sums and weighted means as declared.

    rows: a frame as named, of any markets and months. markets: the `markets` frame, for weights that are not a column
    of the frame; such a weight counts in all its markets, also where the row's service is not offered. Columns that do
    not add (local prices, flags) are left out. A ratio without weight is NaN; the opening month has no flows (NaN).
    """
    keys = [name for name in keys_of(frame) if name != "market"]
    values = [str(name) for name in rows.columns if name not in (*keys, "market")]
    sums = [name for name in values if MEASURES[name].adds == "sum"]
    means = [name for name in values if MEASURES[name].adds == "weighted"]
    weights = _weights(rows, markets, means)
    products = {f"{name}*": rows[name] * weights[name] for name in means}
    own = {f"{name}/": weights[name].where(rows[name].notna()) for name in means if MEASURES[name].weight in rows}
    wide = pd.concat([rows[[*keys, *sums]], pd.DataFrame({**products, **own}, index=rows.index)], axis=1)
    total = wide.groupby(keys, sort=False, observed=True).sum(min_count=1).reset_index()
    when = ["replicate", "month"]
    borrowed = sorted({MEASURES[name].weight for name in means if MEASURES[name].weight not in rows})
    if borrowed:
        whole = markets.groupby(when, sort=False)[borrowed].sum().reset_index()
        whole = whole.rename(columns={name: f"{name}|" for name in borrowed})
        total = total.merge(whole, on=when, how="left")
    for name in means:
        weight = MEASURES[name].weight
        below = total[f"{name}/"] if weight in rows else total[f"{weight}|"]
        total[name] = ratio(total[f"{name}*"].to_numpy(np.float64), below.to_numpy(np.float64))
    return total[[*keys, *(name for name in values if name in sums or name in means)]]


def _weights(rows: pd.DataFrame, markets: pd.DataFrame, means: Sequence[str]) -> dict[str, pd.Series[float]]:
    """Return the weight of each mean, one value per row."""
    found: dict[str, pd.Series[float]] = {}
    place = ["replicate", "month", "market"]
    for name in means:
        weight = MEASURES[name].weight
        if weight in rows:
            found[name] = rows[weight].astype(float)
        else:
            there = rows[place].merge(markets[[*place, weight]], on=place, how="left")[weight]
            found[name] = pd.Series(there.to_numpy(np.float64), index=rows.index)
    return found
