"""What is calibrated to: slopes and flows of 2019 to 2022, since levels at the start are met by assimilation.

Every moment is a number of the record and the same number of a run, with two standard deviations: of the record itself,
and of what the model leaves out even where its parameters are right (shocks, firms' acts that are not dated, the rest
of a region moving otherwise than its modelled markets). The second is declared here, a judgement, never fitted.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal

import numpy as np
import pandas as pd

from model.experiments.history import RESSO_MARKETS, WORLD, SeriesKey, recorded_series
from model.foundation.errors import Fault, InputError
from model.foundation.months import parse_month

Kind = Literal["growth", "relative", "log level", "level", "mean", "told"]
LAST = "2022-12"
"""No outcome after this month is looked at."""
EARLIEST = "2020-12"
"""Windows end here at the earliest: one year is the least that slopes can be told from."""


@dataclass(frozen=True, slots=True)
class Moment:
    """One number of the record that a run has too.

    kind: "growth" (change of the log between two dates), "relative" (the same less that of Spotify in the world),
    "log level", "level", "mean" (of the dates between the two), "told" (a finding of the literature, `target` and `sd`
    given; counted by `lives` in extra runs). dates: first and last, or one. discrepancy: standard deviation of what the
    model leaves out, in the moment's unit. target, sd: where the record's table does not hold it.
    """

    name: str
    words: str
    kind: Kind
    discrepancy: float
    key: SeriesKey | None = None
    dates: tuple[str, ...] = ()
    target: float | None = None
    sd: float | None = None
    source: str = ""

    @property
    def until(self) -> str:
        """Last month that it looks at, "" where it hangs on none."""
        return self.dates[-1] if self.dates else ""


def _years(metric: str, place: str, kind: Kind, words: str, discrepancy: float, spans: Sequence[str]) -> list[Moment]:
    found = []
    for span in spans:
        first, last = span.split("/")
        name = f"{place}_{metric}_{last[:4]}".lower().replace(" ", "_")
        told = f"{words}, {first} to {last}"
        found.append(Moment(name, told, kind, discrepancy, SeriesKey("spotify", place, metric), (first, last)))
    return found


_EACH = ("2019-12/2020-12", "2020-12/2021-12", "2021-12/2022-12")
_TWO = ("2019-12/2021-12", "2021-12/2022-12")
_RESSO = "Resso's users, log M"

MOMENTS: tuple[Moment, ...] = (
    *_years("users", WORLD, "growth", "Spotify's users, world, log growth", 0.03, _EACH),
    *_years("payers", WORLD, "growth", "Spotify's payers, world, log growth", 0.03, _EACH),
    *_years("users", "Rest of World", "relative", "Spotify's users, Rest of World less world, log growth", 0.04, _EACH),
    *_years("payers", "Rest of World", "relative", "Spotify's payers, Rest of World less world, log growth", 0.06,
            _EACH),
    *_years("users", "Latin America", "relative", "Spotify's users, Latin America less world, log growth", 0.03, _TWO),
    *_years("users", "North America", "relative", "Spotify's users, North America less world, log growth", 0.03, _TWO),
    Moment("churn_2020", "Spotify's monthly churn of payers, mean of the quarters told of 2020, %", "mean", 0.4,
           SeriesKey("spotify", WORLD, "payer_churn"), ("2020-03", "2020-12")),
    Moment("resso_2021", f"{_RESSO}, three markets, November 2021", "log level", 0.25,
           SeriesKey("resso", RESSO_MARKETS, "users"), ("2021-11",)),
    *(Moment(f"resso_{code.lower()}_2022", f"{_RESSO}, {code}, June 2022", "log level", 0.3,
             SeriesKey("resso", code, "users"), ("2022-06",)) for code in ("IN", "ID", "BR")),
    Moment("resso_paying_2022", "Resso's payers of its users, %, June 2022", "level", 1.0,
           SeriesKey("resso", RESSO_MARKETS, "paying_share"), ("2022-06",)),
    Moment("from_free", "Spotify's won payers who came from its free tier, %, a year", "told", 6.5, target=60.0, sd=5.0,
           source="oth-0001"),
    Moment("choice_elasticity", "elasticity of new payers of Spotify to its prices, a month", "told", 0.0, target=-2.5,
           sd=0.76, source="rng-0004"),
    Moment("retention_elasticity", "elasticity of its payers' retention to its prices, a month", "told", 0.0,
           target=-0.2, sd=0.14, source="rng-0001"),
    Moment("category_elasticity", "elasticity of people paying to all prices, developed markets, a year", "told", 0.0,
           target=-0.8, sd=0.27, source="rng-0002"),
)  # fmt: skip
"""The moments. Those told by the literature have the 90% range of their fact as deviation (range / 3.3)."""
TOLD = tuple(one.name for one in MOMENTS if one.kind == "told")


@dataclass(frozen=True, eq=False)
class Targets:
    """The moments of a window with what was recorded. value, error, discrepancy: (m,), error of the record's own."""

    moments: tuple[Moment, ...]
    value: np.ndarray[tuple[int], np.dtype[np.float64]]
    error: np.ndarray[tuple[int], np.dtype[np.float64]]
    discrepancy: np.ndarray[tuple[int], np.dtype[np.float64]]

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the moments."""
        return tuple(one.name for one in self.moments)

    @property
    def variance(self) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
        """Variance of record and discrepancy together, (m,)."""
        return np.asarray(self.error**2 + self.discrepancy**2)

    @property
    def table(self) -> pd.DataFrame:
        """What is asked, as rows: moment, words, recorded, error, discrepancy, source."""
        return pd.DataFrame({
            "moment": self.names, "words": [one.words for one in self.moments], "recorded": self.value,
            "error": self.error, "discrepancy": self.discrepancy, "source": [_source(one) for one in self.moments],
        })  # fmt: skip


def targets_until(until: str = LAST) -> Targets:
    """Return the moments whose outcomes lie in the window, with their recorded values.

    Errors: InputError for a window that ends before `EARLIEST` or after `LAST`.
    """
    last = parse_month(until, place="train-until")
    if not parse_month(EARLIEST, place="") <= last <= parse_month(LAST, place=""):
        rule = f"a window of outcomes ends from {EARLIEST} to {LAST}"
        way = "Later outcomes are never used to calibrate. From there forecast with --ensemble posterior_2022_12."
        raise InputError(Fault("train-until", rule, until, way))
    chosen = tuple(one for one in MOMENTS if one.until <= until)
    record = _by_series(recorded_series(until=until))
    found = [_recorded(one, record) for one in chosen]
    return Targets(
        chosen, np.array([value for value, _ in found]), np.array([sd for _, sd in found]),
        np.array([one.discrepancy for one in chosen]),
    )  # fmt: skip


def moments_of(series: pd.DataFrame, told: Mapping[str, float], moments: Sequence[Moment]) -> dict[str, float]:
    """Return the moments of one run, NaN where it does not tell one.

    series: columns entity, market, metric, date and value, as `modelled_series`. told: by name, from extra runs.
    """
    own = _by_series(series)
    found = {}
    for one in moments:
        if one.kind == "told":
            found[one.name] = told.get(one.name, float("nan"))
        elif one.kind == "mean":
            # the record has some quarters only: the run's own are averaged over the same
            dates = _recorded_dates(one)
            found[one.name] = float(np.mean([_value(own, one.key, date) for date in dates]))
        else:
            found[one.name] = _combined(one, lambda key, date: _value(own, key, date))
    return found


Record = Mapping[SeriesKey, Mapping[str, tuple[float, float]]]


def _by_series(table: pd.DataFrame) -> Record:
    """Return value and deviation by series and date; a run's deviation is 0."""
    sd = table["sd"] if "sd" in table else pd.Series(0.0, index=table.index)
    found: dict[SeriesKey, dict[str, tuple[float, float]]] = {}
    columns = (table[name] for name in ("entity", "market", "metric", "date", "value"))
    for entity, market, metric, date, value, own in zip(*columns, sd, strict=True):
        found.setdefault(SeriesKey(entity, market, metric), {})[str(date)] = (float(value), float(own))
    return found


def _value(series: Record, key: SeriesKey | None, date: str) -> float:
    return series.get(key, {}).get(date, (float("nan"), 0.0))[0] if key else float("nan")


def _combined(one: Moment, value: Callable[[SeriesKey | None, str], float]) -> float:
    """Return the moment of a kind that combines one or two dates. value: of a series at a date."""
    if one.kind == "level":
        return value(one.key, one.dates[0])
    if one.kind == "log level":
        return _log(value(one.key, one.dates[0]))
    growth = _log(value(one.key, one.dates[1])) - _log(value(one.key, one.dates[0]))
    if one.kind == "growth":
        return growth
    assert one.key is not None
    whole = SeriesKey(one.key.entity, WORLD, one.key.metric)
    return growth - (_log(value(whole, one.dates[1])) - _log(value(whole, one.dates[0])))


def _recorded(one: Moment, record: Record) -> tuple[float, float]:
    """Return the recorded value of a moment and the standard deviation of the record."""
    if one.target is not None and one.sd is not None:
        return one.target, one.sd
    assert one.key is not None
    if one.kind == "mean":
        cells = [record[one.key][date] for date in _recorded_dates(one)]
        # quarters of one source err alike, so their mean is no surer than one of them
        return float(np.mean([value for value, _ in cells])), float(np.mean([sd for _, sd in cells]))
    value = _combined(one, lambda key, date: _value(record, key, date))
    cells = [record[one.key][date] for date in one.dates]
    if one.kind == "level":
        return value, cells[0][1]
    return value, float(np.sqrt(sum((sd / level) ** 2 for level, sd in cells)))


@cache
def _recorded_dates(one: Moment) -> tuple[str, ...]:
    """Return the dates between the moment's two at which the record has its series."""
    table = recorded_series(until=one.until)
    own = table[(table["entity"] == one.key.entity) & (table["market"] == one.key.market)
                & (table["metric"] == one.key.metric)] if one.key else table.head(0)  # fmt: skip
    return tuple(str(date) for date in own["date"] if one.dates[0] <= str(date) <= one.dates[1])


def _log(value: float) -> float:
    return float(np.log(value)) if value > 0.0 else float("nan")


def _source(one: Moment) -> str:
    if one.source or one.key is None:
        return one.source
    table = recorded_series(until=LAST)
    own = table[(table["entity"] == one.key.entity) & (table["market"] == one.key.market)
                & (table["metric"] == one.key.metric)]  # fmt: skip
    return ";".join(dict.fromkeys(";".join(own["fact_ids"]).split(";")))
