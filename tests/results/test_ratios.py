"""Totals over markets."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from model.results.ratios import over_markets, ratio


def test_ratio_of_nothing_is_unknown():
    found = ratio(np.array([1.0, 0.0, np.nan]), np.array([4.0, 0.0, 2.0]))
    np.testing.assert_array_equal(found, [0.25, np.nan, np.nan])


def test_totals_are_the_sums_and_their_ratios(result):
    world, services, markets = result.world(), result.services, result.markets
    assert "market" not in world
    when = ["replicate", "month"]
    for key, rows in services.groupby([*when, "platform"]):
        row = world.set_index([*when, "platform"]).loc[key]
        everyone = markets.set_index(when).loc[key[:2]]
        assert row["users"] == rows["users"].sum()
        assert row["conversion"] == pytest.approx(rows["payers"].sum() / rows["users"].sum())
        assert row["mau_share"] == pytest.approx(rows["users"].sum() / everyone["mau_sum"].sum())
        assert row["reach"] == pytest.approx(rows["users"].sum() / everyone["streamers"].sum())
        assert row["stock_share"] == pytest.approx(rows["main_users"].sum() / everyone["people"].sum())
        if key[1] > 0:
            assert row["revenue"] == pytest.approx(rows["revenue"].sum())
            assert row["gross_margin"] == pytest.approx(rows["gross_profit"].sum() / rows["revenue"].sum())
            churned, before = rows["payers_gone"].sum(), rows["payers_before"].sum()
            assert (
                np.isnan(row["payer_churn"]) if before == 0 else row["payer_churn"] == pytest.approx(churned / before)
            )


def test_the_opening_month_stays_without_flows(result):
    opening = result.world().query("month == 0")
    assert opening["revenue"].isna().all()
    assert opening["payer_churn"].isna().all()
    assert opening["users"].notna().all()


def test_world_shares_add_to_one(result):
    shares = result.world().groupby(["replicate", "month"])["mau_share"].sum()
    np.testing.assert_allclose(shares, 1.0)


def test_markets_add_to_the_world(result):
    world = result.world("markets").set_index(["replicate", "month"])
    markets = result.markets.set_index(["replicate", "month"])
    weights = markets["mau_sum"].groupby(level=[0, 1]).sum()
    hhi = (markets["hhi"] * markets["mau_sum"]).groupby(level=[0, 1]).sum() / weights
    pd.testing.assert_series_equal(world["hhi"], hhi, check_names=False)
    assert world["people"].sum() == pytest.approx(markets["people"].sum())


def test_local_prices_do_not_add(result):
    world = over_markets("offers", result.offers, result.markets)
    assert "price_local" not in world
    assert "is_open" not in world
    rows = result.offers.query("month == 1 and replicate == 0 and platform == 'spotify' and tier == 'individual'")
    total = world.query("month == 1 and replicate == 0 and platform == 'spotify' and tier == 'individual'").iloc[0]
    assert total["price_usd"] == pytest.approx(np.average(rows["price_usd"], weights=rows["users"]))


def test_an_unknown_value_has_no_weight(result):
    rows = result.offers.query(
        "replicate == 0 and month == 3 and platform == 'spotify' and tier == 'individual'"
    ).copy()
    assert len(rows) == 2
    rows["elasticity"] = [-1.5, np.nan]
    assert over_markets("offers", rows, result.markets)["elasticity"].tolist() == pytest.approx([-1.5])
