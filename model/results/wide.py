"""Tables turned wide for figures: a column per service, a row per replicate and month."""

from __future__ import annotations

import pandas as pd

REST = "other"


def by_service(rows: pd.DataFrame, column: str, *, largest_by: str, shown: int) -> pd.DataFrame:
    """Return (replicate, month) x service of a column, the largest first; small services and "other" together last.

    rows: a table of services of one place. largest_by: the column whose mean over the run orders the services, of which
    at most `shown` have a column of their own.
    """
    keyed = rows.set_index(["replicate", "month", "platform"])
    values = keyed[column].unstack("platform").fillna(0.0)
    size = keyed[largest_by].unstack("platform").fillna(0.0)
    order = size.mean().drop(index=REST, errors="ignore").sort_values(ascending=False, kind="stable").index
    kept = [who for who in order if float(size[who].max()) > 0.0][:shown]
    rest = values.drop(columns=kept)
    found = values[kept].copy()
    if rest.shape[1] and float(rest.to_numpy().sum()) > 0.0:
        found[REST] = rest.sum(axis=1)
    return found


def joined(wide: pd.DataFrame, small: list[str]) -> pd.DataFrame:
    """Return the columns with the small ones added to the last, "other"."""
    if not small:
        return wide
    rest = wide[small].sum(axis=1) + wide.get(REST, 0.0)
    return wide.drop(columns=[*small, REST], errors="ignore").assign(**{REST: rest})


def mean_of(wide: pd.DataFrame) -> pd.DataFrame:
    """Return month x service: means over replicates."""
    return wide.groupby("month", sort=True).mean()


def band_of(wide: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return month x service twice: the lowest and the highest replicate."""
    groups = wide.groupby("month", sort=True)
    return groups.min(), groups.max()
