"""The summary of a result: who listens where, who pays, who earns what, on three dates."""

from __future__ import annotations

from typing import Protocol

import numpy as np
import pandas as pd

from model.results.card import ScenarioCard
from model.results.measures import MEASURES
from model.results.provenance import Provenance
from model.theory.quantiles import quantiles

WORLD = "world"
EVERYBODY = "all"
YEAR = 12


class Summarised(Protocol):
    """What a summary reads of a result."""

    card: ScenarioCard
    provenance: Provenance

    @property
    def services(self) -> pd.DataFrame:
        """Month x market x platform."""

    @property
    def labels(self) -> pd.DataFrame:
        """Month x market x platform x label."""

    @property
    def markets(self) -> pd.DataFrame:
        """Month x market."""

    @property
    def tiktok(self) -> pd.DataFrame:
        """Month x market."""

    @property
    def bytedance(self) -> pd.DataFrame:
        """Month x market."""

    @property
    def charts(self) -> pd.DataFrame:
        """Replicate x market."""

    @property
    def actions(self) -> pd.DataFrame:
        """Table of what strategies set."""

    @property
    def talks(self) -> pd.DataFrame:
        """Replicate x talk."""

    def world(self, frame: str = "services") -> pd.DataFrame:
        """Totals over markets."""


def moments(months: int) -> dict[str, int]:
    """Return the months of the summary by name: opening, after 12 months where the run is longer, end."""
    return {"opening": 0, **({"after_12": YEAR} if months > YEAR else {}), "end": months}


def summary_rows(result: Summarised) -> pd.DataFrame:
    """Return section x place x who x measure, with a column per moment (means over replicates), and the spread.

    `end_low` and `end_high` are the lowest and the highest replicate at the end. Under an ensemble the moments hold
    medians over its runs, and these two the ends of the band that holds 90% of them.

    Section "listens" has users, "pays" payers and conversion, "earns" revenue, gross profit and label income. Money is
    per month; at the opening it is that of the first month. Services are listed from the largest.
    """
    last = int(result.services["month"].max())
    when = moments(last)
    world = result.world("services").assign(market=WORLD)
    places = pd.concat([world, result.services], ignore_index=True)
    earned = result.labels.groupby(["replicate", "month", "label"], sort=False)[["label_income"]].sum(min_count=1)
    labels = earned.reset_index().assign(market=WORLD)
    people = result.world("markets").assign(market=WORLD, who=EVERYBODY)
    everyone = pd.concat([people, result.markets.assign(who=EVERYBODY)], ignore_index=True)
    pick = _pick if result.provenance.carried is None else _pick_banded
    parts = [
        pick("listens", "users", places, "platform", when),
        pick("listens", "streamers", everyone, "who", when),
        pick("pays", "payers", places, "platform", when),
        pick("pays", "conversion", places, "platform", when),
        pick("pays", "people_paying", everyone, "who", when),
        pick("earns", "revenue", places, "platform", when),
        pick("earns", "gross_profit", places, "platform", when),
        pick("earns", "label_income", labels, "label", when),
        pick("earns", "label_income", everyone, "who", when),
    ]
    return pd.concat(parts, ignore_index=True)


def _pick(section: str, column: str, rows: pd.DataFrame, who: str, when: dict[str, int]) -> pd.DataFrame:
    """Return the rows of one measure: place, who, and its value on each moment."""
    money = MEASURES[column].unit.startswith("USD")
    wanted = {name: max(month, 1) if money else month for name, month in when.items()}
    groups = rows[rows["month"].isin([0, *wanted.values()])].groupby(["market", who, "month"], sort=False)[column]
    return _laid_out(section, column, who, wanted, groups.mean(), groups.min(), groups.max())


def _pick_banded(section: str, column: str, rows: pd.DataFrame, who: str, when: dict[str, int]) -> pd.DataFrame:
    """Return the rows of one measure as `_pick` does, with medians and 90% bands over the runs of an ensemble."""
    wanted = {name: max(month, 1) if MEASURES[column].unit.startswith("USD") else month for name, month in when.items()}
    there = rows[rows["month"].isin([0, *wanted.values()])]
    wide = there.set_index(["market", who, "month", "replicate"])[column].unstack("replicate")
    found = quantiles(wide.to_numpy(np.float64), (0.5, 0.05, 0.95))
    middle, low, high = (pd.Series(found[:, at], index=wide.index, name=column) for at in range(3))
    return _laid_out(section, column, who, wanted, middle, low, high)


def _laid_out(
    section: str, column: str, who: str, wanted: dict[str, int], middle: pd.Series[float], low: pd.Series[float],
    high: pd.Series[float],
) -> pd.DataFrame:  # fmt: skip
    """Return the rows of one measure: place, who, a column per moment, and the spread at the end."""
    wide = middle.unstack("month").reset_index()
    found = pd.DataFrame({"section": section, "place": wide["market"], "who": wide[who], "measure": column,
                          "unit": MEASURES[column].unit})  # fmt: skip
    for name, month in wanted.items():
        found[name] = wide.get(month, np.nan)
    for name, extreme in (("end_low", low), ("end_high", high)):
        found[name] = extreme.unstack("month").reset_index().get(wanted["end"], np.nan)
    order = pd.DataFrame({"elsewhere": found["place"] != WORLD, "size": -found["end"].fillna(0.0)})
    order = order.sort_values(["elsewhere", "size"], kind="stable")
    return found.loc[order.index].reset_index(drop=True)
