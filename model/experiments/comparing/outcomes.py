"""Outcomes to compare: a declared column of a service, of a label, or of whole markets, read from a result."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from model.foundation.errors import Fault, InputError, nearest, raise_faults
from model.results import FRAMES, MEASURES, Measure, RunResult
from model.results.measures import keys_of
from model.results.palette import name_of
from model.results.ratios import over_markets
from model.spec.scenario import Scenario

WORLD = "total"
"""The place that stands for all compared markets together."""
END, HORIZON = "end", "horizon"
OF_SERVICE = ("users", "payers", "revenue", "operating_income")
OF_MARKET = ("label_income", "consumer_surplus")
SHORT = {"profit": "operating_income", "mau": "users"}
"""Other words for columns."""
_WHOLE = ("markets", "tiktok", "bytedance")  # frames with one row per month and market


@dataclass(frozen=True, slots=True)
class Outcome:
    """A column of the results. who: a service or a label, "" for whole markets. frame: where the column stands."""

    who: str
    column: str
    frame: str

    @property
    def name(self) -> str:
        """How it is written: "resso.users", "label_income"."""
        return f"{self.who}.{self.column}" if self.who else self.column

    @property
    def measure(self) -> Measure:
        """The declaration of the column."""
        return MEASURES[self.column]

    @property
    def label(self) -> str:
        """Words for tables and figures."""
        return f"{name_of(self.who)}: {self.measure.label.lower()}" if self.who else self.measure.label

    @property
    def over(self) -> str:
        """How the horizon is summed up, in words."""
        return "sum of months" if self.measure.summary == "sum" else "mean of months"

    def unit(self, over: str) -> str:
        """Return the unit at the end or over the horizon: a sum of months is not per month any more."""
        summed = over == HORIZON and self.measure.summary == "sum"
        return self.measure.unit.removesuffix(" per month") if summed else self.measure.unit


def services_of(plan: Scenario) -> frozenset[str]:
    """Return the services that have, or get, an offer in the scenario's markets."""
    there = {service for market, service in plan.names.tiers if market in plan.markets}
    return frozenset(there | {offer.service for offer in plan.new_offers})


def labels_of(plan: Scenario) -> frozenset[str]:
    """Return the labels of the scenario's markets."""
    return frozenset(label for market in plan.markets for label in plan.names.labels.get(market, ()))


def read_outcomes(words: Sequence[str], plans: Sequence[Scenario], *, place: str) -> tuple[Outcome, ...]:
    """Return the outcomes of words such as "resso.users", "sony.label_income", "consumer_surplus".

    place: for messages. Errors: InputError with every word that is wrong.
    """
    found: dict[str, Outcome] = {}
    faults: list[Fault] = []
    for word in words:
        try:
            outcome = _read(str(word).strip(), plans, place=place)
        except InputError as error:
            faults.extend(error.faults)
        else:
            found[outcome.name] = outcome
    if not words:
        faults.append(Fault(place, "names at least one outcome", "", "Example: resso.users,label_income."))
    raise_faults(faults)
    return tuple(found.values())


def _read(word: str, plans: Sequence[Scenario], *, place: str) -> Outcome:
    who, _, column = word.rpartition(".")
    column = SHORT.get(column, column)
    if not who:
        frames: Sequence[str] = _WHOLE
    else:
        services = sorted({name for plan in plans for name in services_of(plan)})
        labels = sorted({name for plan in plans for name in labels_of(plan)})
        if who not in (*services, *labels):
            rule = "is an outcome of a service or a label in the compared markets"
            raise InputError(Fault(place, rule, word, nearest(who, [*services, *labels])))
        frames = [frame for frame, names in (("services", services), ("labels", labels)) if who in names]
    for frame in frames:
        if column in _values_of(frame):
            return Outcome(who, column, frame)
    known = [name for frame in frames for name in _values_of(frame)]
    lone = not who and column in (*_values_of("services"), *_values_of("labels"))
    way = f"Write <service>.{column}." if lone else nearest(column, known)
    raise InputError(Fault(place, "is a column of the results that can be summed up", word, way))


def _values_of(frame: str) -> tuple[str, ...]:
    keys = keys_of(frame)
    return tuple(name for name in FRAMES[frame] if name not in keys and MEASURES[name].summary != "none"
                 and MEASURES[name].kind == "number")  # fmt: skip


def readings(result: RunResult, outcomes: Sequence[Outcome], *, markets: Sequence[str]) -> pd.Series[float]:
    """Return the outcomes of a result of one replicate, indexed by (outcome, market or WORLD, END or HORIZON).

    At the end stands the last month that has a value (demand is measured every third month). Over the horizon stands
    the sum of the months for what its measure sums, and their mean for the rest. What adds over markets is 0 where the
    service or label is not there; a ratio is NaN.
    """
    return readings_of({outcome: by_month(result, outcome, markets) for outcome in outcomes})


def readings_of(tables: Mapping[Outcome, pd.DataFrame]) -> pd.Series[float]:
    """Return what `readings` does, from tables of `by_month`."""
    found: dict[tuple[str, str, str], float] = {}
    for outcome, wide in tables.items():
        for market in wide.columns:
            months = wide[market].dropna().to_numpy(np.float64)
            end, horizon = np.nan, np.nan
            if months.size:
                end = float(months[-1])
                horizon = float(months.sum() if outcome.measure.summary == "sum" else months.mean())
            found[outcome.name, str(market), END] = end
            found[outcome.name, str(market), HORIZON] = horizon
    index = pd.MultiIndex.from_tuples(found, names=["outcome", "market", "over"])
    return pd.Series(list(found.values()), index=index, dtype=np.float64)


def by_month(result: RunResult, outcome: Outcome, markets: Sequence[str]) -> pd.DataFrame:
    """Return an outcome of a result of one replicate: flow month x (markets, WORLD).

    WORLD only where the column adds or has a weight.
    """
    column, adds = outcome.column, outcome.measure.adds
    rows = result.frame(outcome.frame)
    rows = rows[(rows["month"] > 0) & rows["market"].isin(markets)]
    months = pd.Index(sorted(rows["month"].unique()), name="month")
    if outcome.who:
        key = "platform" if outcome.frame == "services" else "label"
        rows = rows[rows[key] == outcome.who]
    cells = rows.pivot_table(index="month", columns="market", values=column, aggfunc=_sum_of_known, observed=True)
    wide = cells.reindex(index=months, columns=pd.Index(markets)).astype(np.float64)
    if adds == "sum":
        wide = wide.fillna(0.0)
        return wide.assign(**{WORLD: wide.sum(axis=1)})
    if adds == "weighted":
        whole = over_markets(outcome.frame, rows, result.markets)
        wide[WORLD] = whole.groupby("month")[column].mean().reindex(months)
    return wide


def _sum_of_known(values: pd.Series[float]) -> float:
    return float(values.sum(min_count=1))
