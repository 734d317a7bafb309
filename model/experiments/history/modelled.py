"""The same series from a run of the record played forward (`history_2020_2022`), named as in `recorded_series`.

Spotify's world and regions are its modelled markets scaled up (`scaling`): subscription revenue as payers, advertising
as those who do not pay. Whatever a run cannot say, for want of markets or of a whole period, is left out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

import pandas as pd

from model.experiments.history.metrics import ALL_SERVICES, METRICS, WORLD, SeriesKey
from model.experiments.history.scaling import STARTED, by_region
from model.experiments.history.single_figures import FIGURES
from model.facts.start import load_start
from model.foundation.errors import Fault, InputError
from model.results import RunResult

MODELLED_COLUMNS = ("entity", "market", "metric", "date", "value", "unit")
Series = pd.Series
_QUARTER, _YEAR = 3, 12


def modelled_series(result: RunResult, *, replicate: int | None = None, also: Sequence[SeriesKey] = ()) -> pd.DataFrame:
    """Return every month, quarter and year that a run tells of the record's series; columns as `MODELLED_COLUMNS`.

    result: a run from December 2019. replicate: one of its replicates, or None for the mean of their values. Stocks
    come for every month, flows for every whole quarter or year, dated as in the record, in the metric's unit. also:
    series beyond those of the record, of services, of all services or of TikTok in a market; unknown ones are left out.
    """
    if result.card.start != STARTED:
        rule = f"the record is compared with a run from {STARTED}"
        raise InputError(Fault("run", rule, result.card.start, "Run the scenario history_2020_2022."))
    services, markets, tiktok = result.services, result.markets, result.tiktok
    numbers = sorted(services["replicate"].unique()) if replicate is None else [replicate]
    parts = [
        _of_replicate(*(frame[frame["replicate"] == number] for frame in (services, markets, tiktok)), also=also)
        for number in numbers
    ]
    table = pd.concat(parts, ignore_index=True)
    if len(parts) == 1:
        return table
    keys = [column for column in MODELLED_COLUMNS if column != "value"]
    mean = table.groupby(keys, sort=False)["value"].mean().reset_index()
    return mean[list(MODELLED_COLUMNS)]


def market_series(result: RunResult, keys: Sequence[SeriesKey], *, replicate: int) -> dict[SeriesKey, Series[float]]:
    """Return series of markets, alone or joined by "+", of one replicate of a run from any date: date to value.

    Series of regions and of the world need a run of the record (`modelled_series`); such keys, and those of services
    or markets that the run does not have, are left out.
    """
    services, markets, tiktok = (
        frame[frame["replicate"] == replicate] for frame in (result.services, result.markets, result.tiktok)
    )
    there = [key for key in keys if set(key.market.split("+")) <= set(result.card.markets)]
    return {**dict(_single(services, markets, there)), **dict(_tiktok(tiktok, there))}


def _of_replicate(
    services: pd.DataFrame, markets: pd.DataFrame, tiktok: pd.DataFrame, *, also: Sequence[SeriesKey]
) -> pd.DataFrame:
    """Return the series of one replicate in the long form, in the order of their names."""
    keys = {SeriesKey(one.entity, one.market, one.metric) for one in FIGURES} | set(also)
    found = {**dict(_single(services, markets, keys)), **dict(_tiktok(tiktok, keys)), **dict(_spotify(services))}
    rows = [
        (*key, str(date), float(value), METRICS[key.metric].unit)
        for key, series in sorted(found.items())
        for date, value in series.dropna().items()
    ]
    return pd.DataFrame(rows, columns=list(MODELLED_COLUMNS))


def _spotify(services: pd.DataFrame) -> Iterator[tuple[SeriesKey, Series[float]]]:
    """Yield Spotify in the world, where a run covers all regions, and by region."""
    people = {column: by_region(services, column) for column in ("users", "payers")}
    regions = list(people["users"].columns)
    places = {region: [region] for region in regions}
    if len(regions) == 4:
        places[WORLD] = regions
    for place, members in places.items():
        users, payers = (people[column][members].sum(axis=1) for column in ("users", "payers"))
        yield SeriesKey("spotify", place, "users"), users / 1e6
        yield SeriesKey("spotify", place, "payers"), payers / 1e6
        yield SeriesKey("spotify", place, "paying_share"), 100.0 * payers / users
    if WORLD in places:
        yield from _spotify_flows(services, people["payers"].sum(axis=1))


def _spotify_flows(services: pd.DataFrame, payers: Series[float]) -> Iterator[tuple[SeriesKey, Series[float]]]:
    """Yield Spotify's churn, revenue and revenue per payer by quarter. payers: people at the end of each month."""

    def quarters(column: str, scaled_as: str) -> Series[float]:
        return _sums(by_region(services, column, scaled_as=scaled_as).sum(axis=1), _QUARTER)

    gone, before = quarters("payers_gone", "payers"), quarters("payers_before", "payers")
    subscription, bundle = (quarters(f"revenue_{name}", "payers") / 1e6 for name in ("subscription", "bundle"))
    advertising = quarters("revenue_ads", "free") / 1e6
    yield SeriesKey("spotify", WORLD, "payer_churn"), 100.0 * gone / before
    yield SeriesKey("spotify", WORLD, "revenue_subscription"), subscription
    yield SeriesKey("spotify", WORLD, "revenue_ads"), advertising
    yield SeriesKey("spotify", WORLD, "revenue"), subscription + bundle + advertising
    yield SeriesKey("spotify", WORLD, "arpu"), 1e6 * subscription / _sums(_within_month(payers), _QUARTER)


def _single(
    services: pd.DataFrame, markets: pd.DataFrame, keys: Iterable[SeriesKey]
) -> Iterator[tuple[SeriesKey, Series[float]]]:
    """Yield series of services in modelled markets, several markets joined by "+", and of all services of a market."""
    wide: dict[str, pd.DataFrame] = {}

    def people(column: str) -> pd.DataFrame:
        if column not in wide:
            wide[column] = _wide(services, column)
        return wide[column]

    whole = {name: _of_market(markets, name) for name in ("streamers", "people_paying", "payers", "mau_sum")}
    for key in sorted(keys):
        if key.entity == ALL_SERVICES:
            if key.market in whole["streamers"]:
                yield from _all_services(key, {name: table[key.market] for name, table in whole.items()})
        elif all((code, key.entity) in people("users") for code in key.market.split("+")):
            yield from _of_service(key, people)


def _of_service(key: SeriesKey, people: Callable[[str], pd.DataFrame]) -> Iterator[tuple[SeriesKey, Series[float]]]:
    """Yield a metric of one service over the markets of its key. people: date x (market, service) of a column."""
    cells = [(code, key.entity) for code in key.market.split("+")]

    def own(column: str) -> Series[float]:
        return people(column)[cells].sum(axis=1)

    users = own("users")
    there = users.where(users > 0.0)
    if key.metric in ("users", "payers"):
        yield key, own(key.metric) / 1e6
    elif key.metric == "users_growth":
        yield key, 100.0 * (users / there.shift(12) - 1.0)
    elif key.metric == "paying_share":
        yield key, 100.0 * own("payers") / there
    elif key.metric == "user_share" and len(cells) == 1:
        table = people("users")
        rivals = [cell for cell in table.columns.to_list() if cell[0] == key.market and cell[1] != "resso"]
        yield key, 100.0 * users / table[rivals].sum(axis=1)
    elif key.metric in ("revenue", "revenue_subscription", "revenue_ads"):
        yield key, _sums(own(key.metric), _QUARTER) / 1e6
    elif key.metric == "payer_churn":
        before = _sums(own("payers_before"), _QUARTER)
        yield key, 100.0 * _sums(own("payers_gone"), _QUARTER) / before.where(before > 0.0)
    elif key.metric == "arpu":
        paying = _sums(_within_month(own("payers")), _QUARTER)
        yield key, _sums(own("revenue_subscription"), _QUARTER) / paying.where(paying > 0.0)


def _all_services(key: SeriesKey, of_place: Mapping[str, Series[float]]) -> Iterator[tuple[SeriesKey, Series[float]]]:
    """Yield a metric of all services of a market together, from the columns of the table `markets`."""
    columns = {"streamers": "streamers", "payers": "payers", "service_users": "mau_sum"}
    if key.metric == "paying_share":
        yield key, 100.0 * of_place["people_paying"] / of_place["streamers"]
    elif key.metric in columns:
        yield key, of_place[columns[key.metric]] / 1e6


def _tiktok(tiktok: pd.DataFrame, keys: Iterable[SeriesKey]) -> Iterator[tuple[SeriesKey, Series[float]]]:
    """Yield TikTok's advertising income by year: in markets, and in the world, whose rest moves as those modelled."""
    start = load_start(STARTED)
    there = [str(code) for code in tiktok["market"].unique()]
    modelled = sum(start.markets[code].tiktok.ad_revenue_usd_m.value for code in there)
    whole = sum(one.tiktok.ad_revenue_usd_m.value for one in start.markets.values())
    for key in sorted(keys):
        if key.entity != "tiktok" or key.metric != "ad_revenue_year" or not len(tiktok):
            continue
        codes = there if key.market == WORLD else key.market.split("+")
        if set(codes) <= set(there) and (key.market != WORLD or modelled > 0.0):
            rows = tiktok[tiktok["market"].isin(codes)]
            income = rows.groupby("date", observed=True)["tiktok_ads"].sum() / 1e6
            if key.market == WORLD:
                income *= (whole + start.tiktok_rest_ad_revenue_usd_m.value) / modelled
            yield key, _sums(income, _YEAR)


def _within_month(ends: Series[float]) -> Series[float]:
    """Return the mean of a stock within each month, from its ends; the first month has no earlier end."""
    return (ends + ends.shift(1).fillna(ends)) / 2.0


def _wide(services: pd.DataFrame, column: str) -> pd.DataFrame:
    """Return date x (market, service) of a column, flow months only."""
    rows = services[services["month"] > 0]
    return rows.pivot_table(index="date", columns=["market", "platform"], values=column, aggfunc="sum", observed=True)


def _of_market(markets: pd.DataFrame, column: str) -> pd.DataFrame:
    """Return date x market of a column, flow months only."""
    return markets[markets["month"] > 0].pivot_table(index="date", columns="market", values=column, observed=True)


def _sums(monthly: Series[float], months: int) -> Series[float]:
    """Return sums over whole quarters or years, dated by their last month."""
    dates = monthly.index.astype(str)
    last = [int(date[5:7]) % months == 0 for date in dates]
    sums = monthly.rolling(months).sum()
    sums.index = dates
    return sums[last].dropna()
