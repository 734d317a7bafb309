"""The record and its counterpart in a run: same names, same units, levels that sources print, sums that hold."""

from __future__ import annotations

import pandas as pd
import pytest

from model.experiments.history import (
    COLUMNS,
    FIGURES,
    METRICS,
    REGIONS,
    SeriesKey,
    modelled_series,
    recorded_series,
    region_factors,
    usd_per_eur,
)
from model.experiments.run import run
from model.facts import FactBook, load_start
from model.foundation.errors import InputError
from model.market.start_store import StartStore
from model.results import RunResult
from model.spec.scenario import Scenario

FEW = ["US", "DE", "BR", "AU"]  # one of each of Spotify's regions, where many use it


@pytest.fixture(scope="module")
def result() -> RunResult:
    plan = Scenario.load("history_2020_2022").replace({"months": 14, "users": 400, "markets": FEW, "replicates": 2})
    return run(plan, starts=StartStore(None))


def values(table: pd.DataFrame, entity: str, market: str, metric: str) -> pd.Series[float]:
    chosen = (table["entity"] == entity) & (table["market"] == market) & (table["metric"] == metric)
    return table[chosen].set_index("date")["value"]


def test_record_is_tidy_and_says_where_each_figure_is_from() -> None:
    table = recorded_series()
    assert tuple(table.columns) == COLUMNS
    assert not table.duplicated(["entity", "market", "metric", "date"]).any()
    assert table["date"].between("2019-03", "2022-12").all()
    assert (table["unit"] == [METRICS[name].unit for name in table["metric"]]).all()
    assert (table["sd"] > 0).all()
    for value, name in zip(table["value"], table["metric"], strict=True):
        assert METRICS[name].low <= value <= METRICS[name].high
    book = FactBook.load()
    assert all(fact in book for ids in table["fact_ids"] for fact in ids.split(";"))


def test_record_prints_what_spotify_did() -> None:
    table = recorded_series()
    assert values(table, "spotify", "WORLD", "users")["2022-12"] == 489.0
    assert values(table, "spotify", "WORLD", "payers")["2020-12"] == 155.0
    assert values(table, "spotify", "WORLD", "revenue_ads")["2021-12"] == pytest.approx(394.0 * usd_per_eur())
    assert usd_per_eur() == pytest.approx(1.0 / 0.9493)
    assert values(table, "spotify", "Rest of World", "users")["2020-12"] == pytest.approx(0.19 * 345.0)
    assert values(table, "resso", "IN+ID+BR", "users")["2021-11"] == 40.0
    assert values(table, "tiktok", "WORLD", "ad_revenue_year").tolist() == [1410.0, 3880.0, 9900.0]


def test_straight_lines_are_told_from_figures_and_left_out_unless_asked() -> None:
    table, more = recorded_series(), recorded_series(interpolated=True)
    assert table["observed"].all()
    assert len(more) > len(table)
    assert set(more[~more["observed"]]["market"]) == set(REGIONS)
    assert "2022-03" not in values(table, "spotify", "Europe", "users")
    assert values(more, "spotify", "Europe", "users")["2022-03"] == pytest.approx(0.322 * 422.0)
    assert recorded_series(until="2020-12")["date"].max() == "2020-12"


def test_run_tells_the_same_series_in_the_same_units(result: RunResult) -> None:
    table = modelled_series(result)
    assert not table.duplicated(["entity", "market", "metric", "date"]).any()
    units = {(one.metric, one.unit) for one in table.itertuples()}
    assert units <= {(name, METRICS[name].unit) for name in METRICS}
    record = recorded_series()
    told = set(zip(table["entity"], table["market"], table["metric"], strict=True))
    of_spotify = record[record["entity"] == "spotify"]
    missing = set(zip(of_spotify["entity"], of_spotify["market"], of_spotify["metric"], strict=True)) - told
    assert missing == {("spotify", "MX", "user_share"), ("spotify", "GB", "user_share")}  # markets not run


def test_opening_levels_are_the_recorded_ones_within_the_noise_of_few_users(result: RunResult) -> None:
    table, record = modelled_series(result), recorded_series()
    for market in (*REGIONS, "WORLD"):
        model = values(table, "spotify", market, "users")["2019-12"]
        assert model == pytest.approx(values(record, "spotify", market, "users")["2019-12"], rel=0.2)


def test_regions_add_to_the_world_and_quarters_to_their_parts(result: RunResult) -> None:
    table = modelled_series(result, replicate=0)
    parts = sum(values(table, "spotify", region, "payers") for region in REGIONS)
    assert isinstance(parts, pd.Series)
    pd.testing.assert_series_equal(parts, values(table, "spotify", "WORLD", "payers"))
    revenue = values(table, "spotify", "WORLD", "revenue")
    assert list(revenue.index) == ["2020-03", "2020-06", "2020-09", "2020-12"]  # whole quarters only
    halves = [values(table, "spotify", "WORLD", f"revenue_{part}") for part in ("subscription", "ads")]
    assert ((halves[0] + halves[1]) / revenue).between(0.98, 1.0000001).all()
    share = values(table, "spotify", "WORLD", "paying_share")
    users = values(table, "spotify", "WORLD", "users")
    pd.testing.assert_series_equal(
        share, 100.0 * values(table, "spotify", "WORLD", "payers") / users, check_names=False
    )


def test_replicates_are_averaged(result: RunResult) -> None:
    both = values(modelled_series(result), "spotify", "WORLD", "users")["2020-12"]
    each = [values(modelled_series(result, replicate=k), "spotify", "WORLD", "users")["2020-12"] for k in (0, 1)]
    assert each[0] != each[1]
    assert both == pytest.approx(sum(each) / 2.0)


def test_income_of_markets_is_scaled_as_the_people_who_bring_it(result: RunResult) -> None:
    rows = result.services[(result.services["platform"] == "spotify") & (result.services["replicate"] == 0)]
    quarter = rows[rows["date"].between("2020-01", "2020-03")]
    factors = region_factors("free", markets=FEW)
    regions = {code: market.spotify_region for code, market in load_start("2019-12").markets.items()}
    by_hand = sum(
        income * factors[regions[str(market)]]
        for market, income in quarter.groupby("market", observed=True)["revenue_ads"].sum().items()
    )
    told = values(modelled_series(result, replicate=0), "spotify", "WORLD", "revenue_ads")["2020-03"]
    assert told == pytest.approx(by_hand / 1e6)


def test_a_run_without_all_regions_tells_no_world() -> None:
    plan = Scenario.load("history_2020_2022").replace({"months": 3, "users": 200, "markets": ["IN"]})
    table = modelled_series(run(plan, starts=StartStore(None)))
    assert values(table, "spotify", "Rest of World", "users").size == 3
    assert values(table, "spotify", "WORLD", "users").empty
    assert values(table, "all", "IN", "streamers").size == 3


def test_factors_of_all_markets_meet_the_recorded_regions() -> None:
    targets = [t for t in load_start("2019-12").targets if t.platform == "spotify" and t.measure == "mau_m"]
    levels = {t.place: t.value_m for t in targets}
    markets = load_start("2019-12").markets
    for region, factor in region_factors("users").items():
        own = sum(levels[code] for code, market in markets.items() if market.spotify_region == region)
        assert own * factor == pytest.approx(levels[region], rel=0.005)
    assert "Europe" not in region_factors("users", markets=["US", "NG"])


def test_other_starts_are_refused() -> None:
    plan = Scenario.load("tiny").replace({"months": 1, "users": 50, "markets": ["ID"]})
    with pytest.raises(InputError, match="history_2020_2022"):
        modelled_series(run(plan, starts=StartStore(None)))


def test_figures_are_of_series_that_the_model_has() -> None:
    assert {one.metric for one in FIGURES} <= set(METRICS)
    assert str(SeriesKey("resso", "IN", "users")) == "resso IN users"


def test_other_series_of_a_run_can_be_asked_for(result: RunResult) -> None:
    wanted = [
        SeriesKey("deezer", "BR", "payers"),
        SeriesKey("spotify", "US+DE", "revenue_ads"),
        SeriesKey("spotify", "AU", "payer_churn"),
        SeriesKey("spotify", "AU", "arpu"),
        SeriesKey("tiktok", "BR", "ad_revenue_year"),
        SeriesKey("all", "DE", "streamers"),
        SeriesKey("gaana", "BR", "users"),
    ]
    table = modelled_series(result, replicate=0, also=wanted)
    rows = result.services[result.services["replicate"] == 0]
    deezer = rows[(rows["platform"] == "deezer") & (rows["market"] == "BR") & (rows["date"] == "2020-06")]
    assert values(table, *wanted[0])["2020-06"] == pytest.approx(float(deezer["payers"].sum()) / 1e6)
    own = rows[(rows["platform"] == "spotify") & rows["market"].isin(["US", "DE"])]
    spring = own[own["date"].between("2020-04", "2020-06")]["revenue_ads"].sum() / 1e6
    assert values(table, *wanted[1])["2020-06"] == pytest.approx(spring)
    assert 1.0 < values(table, *wanted[2])["2020-09"] < 10.0
    assert 3.0 < values(table, *wanted[3])["2020-09"] < 10.0  # some 6 USD without tax, the discount of plans on it
    assert list(values(table, *wanted[4]).index) == ["2020-12"]
    assert values(table, *wanted[5]).size == 14
    assert values(table, *wanted[6]).empty  # not there
