"""Results of the market itself: the hand-made runs of the other tests and the real ones have the same shape."""

from __future__ import annotations

import numpy as np
import pytest

from model.foundation.months import show_month
from model.market.streaming_market import StreamingMarket
from model.results.run_result import RunResult
from model.results.runs import FinishedRun
from model.spec.scenario import Scenario


@pytest.fixture(scope="module")
def run():
    scenario = Scenario.from_mapping(
        {"name": "two", "start": "2022-10", "months": 4, "users": 300, "markets": ["SG", "BR"],
         "parameters": {"guarantee_share": 1.5}}
    )  # fmt: skip
    market = StreamingMarket(scenario)
    market.run()
    finished = FinishedRun(0, market.records, market.ledger.flows(), settlings=market.settlings)
    return market, RunResult.from_runs(scenario, [finished])


def test_dates_of_people_and_money_agree(run):
    market, result = run
    first = result.ledger.query("kind == 'subscription'").groupby("month")["date"].first()
    assert first.to_dict() == {month: show_month(market.start.month + month - 1) for month in range(1, 5)}
    assert first.to_dict() == result.services.query("month > 0").groupby("month")["date"].first().to_dict()


def test_operating_income_is_each_services_balance(run):
    market, result = run
    balances = market.ledger.balances()
    earned = result.services.groupby(["platform", "market"])["operating_income"].sum()
    for (platform, code), value in earned.items():
        assert balances.get(f"platform:{platform}:{code}", 0.0) == pytest.approx(value, rel=1e-9, abs=1e-2)
    music = result.labels.query("label == 'sony'")[["label_income", "promotional_credit"]].sum().sum()
    own = result.clips.query("label == 'sony'")[["clip_fees", "clip_credit", "video_income"]].sum()
    assert own["clip_fees"] > 0.0
    assert own["video_income"] > 0.0
    assert music + own.sum() == pytest.approx(balances["label:sony"])
    for code, there in result.tiktok.groupby("market"):
        assert balances[f"platform:tiktok:{code}"] == pytest.approx(there["tiktok_profit"].sum())
        paid = {"tiktok advertising": "tiktok_ads", "tiktok shop": "tiktok_shop", "games": "tiktok_games",
                "distribution fee": "own_distribution", "creators": "creators_paid",
                "tiktok cost of sales": "tiktok_costs"}  # fmt: skip
        mine = result.ledger[(result.ledger["payer"] == f"platform:tiktok:{code}")
                             | (result.ledger["payee"] == f"platform:tiktok:{code}")]  # fmt: skip
        for kind, column in paid.items():
            booked = mine[mine["kind"] == kind]["amount_usd"].sum()
            assert booked == pytest.approx(there[column].sum(), rel=1e-12), kind


def test_what_is_bytedance_s_adds_up(run):
    _, result = run
    table = result.bytedance.set_index(["month", "market"])
    np.testing.assert_array_equal(table["bytedance_income"], table["music_income"] + table["tiktok_profit"])
    services = result.services[result.services["platform"].isin(["resso"]) & (result.services["month"] > 0)]
    earned = services.set_index(["month", "market"])["operating_income"]
    assert table["music_income"].sum() == pytest.approx(earned.sum())
    assert (table["music_income"].xs("SG", level="market") == 0.0).all()  # Resso is not there
    profit = result.tiktok.set_index(["month", "market"])["tiktok_profit"]
    np.testing.assert_array_equal(table["tiktok_profit"], profit)


def test_advertisers_spend_what_channels_earn(run):
    market, result = run
    spent = result.advertisers.groupby(["month", "market", "channel"])["ad_spend"].sum()
    earned = result.advertising.set_index(["month", "market", "channel"])["ad_income"]
    np.testing.assert_allclose(spent.reindex(earned.index), earned, rtol=1e-12)
    by_channel = result.advertising.pivot_table(index=["month", "market"], columns="channel", values="ad_income")
    tiktok = result.tiktok.set_index(["month", "market"])
    np.testing.assert_allclose(by_channel["tiktok_infeed"], tiktok["tiktok_infeed"], rtol=1e-9)
    np.testing.assert_allclose(by_channel["tiktok_topview"], tiktok["tiktok_topview"], rtol=1e-9)
    paid = result.advertising.query("month == 2 and market == 'BR'").set_index("channel")["ad_price"]
    assert market.records[-1].month == 4
    assert 0.5 < paid["music_audio"] < 2.0


def test_charts_are_counted_from_the_weeks_kept(run):
    market, result = run
    table = result.charts.set_index("market")
    assert list(table.index) == ["BR", "SG", "ALL"]
    months = [record.charts for record in market.records if record.market == "BR" and record.charts is not None]
    weeks = np.concatenate([month.songs for month in months])
    first = set(months[0].songs.ravel().tolist())
    later = {song for week in weeks[len(months[0].songs) :] for song in week.tolist() if song >= 0} - first
    assert table["chart_entries"]["BR"] == len(later)
    assert table["chart_weeks"]["BR"] == len(weeks) - len(months[0].songs)
    ones = {song for song in weeks[:, 0].tolist() if song in later}
    assert table["number_ones"]["BR"] == len(ones)
    held = result.clips.groupby(["month", "market"])[["chart_places", "number_one_weeks"]].sum()
    assert (held["number_one_weeks"] * 100.0 == held["chart_places"]).all()
    assert held["number_one_weeks"].xs("BR", level="market").sum() == len(weeks)
    assert (table["chart_life"] >= 1.0).all()


def test_people_are_those_of_the_country(run):
    market, result = run
    for code, country in market.countries.items():
        last = result.services.query(f"month == 4 and market == '{code}'").set_index("platform")
        main, second = country.stocks()
        for p, platform in enumerate(country.platforms):
            mine = country.offers.platform == p
            assert last["users"][platform] == pytest.approx((main[mine].sum() + second[mine].sum()) * country.weight)
        assert result.markets.query(f"month == 4 and market == '{code}'")["people"].item() == country.people


def test_moves_carry_the_stock_of_main_users_within_newcomers(run):
    _, result = run
    offers = result.offers.query("market == 'SG'")
    moved = offers["gross_adds"] - offers["churned"]
    stock = offers.pivot_table(index=["platform", "tier"], columns="month", values="main_users")
    change = offers.assign(moved=moved).pivot_table(index=["platform", "tier"], columns="month", values="moved")
    np.testing.assert_allclose(stock.diff(axis=1)[[1, 2, 3, 4]], change[[1, 2, 3, 4]], atol=1e-3)


def test_every_part_of_the_result_works(run, tmp_path):
    _, result = run
    result.save(tmp_path)
    assert RunResult.load(tmp_path).summary_text() == result.summary_text()
    assert set(result.start["market"]) == {"SG", "BR"}
    assert result.diversion["diversion_ratio"].between(-1e-9, 1 + 1e-9).all()
    assert len(result.plot.small_multiples().axes) == 2
