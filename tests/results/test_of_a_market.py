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
    clips = result.clips.query("label == 'sony'")[["clip_fees", "clip_credit"]].sum().sum()
    assert clips > 0.0
    assert music + clips == pytest.approx(balances["label:sony"])
    for code, there in result.tiktok.groupby("market"):
        sums = there[["tiktok_ads", "tiktok_shop", "clip_fees", "clip_credit"]].sum()
        kept = sums["tiktok_ads"] + sums["tiktok_shop"] - sums["clip_fees"] - sums["clip_credit"]
        assert balances[f"platform:tiktok:{code}"] == pytest.approx(kept)


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
