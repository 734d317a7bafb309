"""Tables: what adds up must add up, whatever people did."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from model.results.measures import FRAMES, MEASURES
from model.results.run_result import RunResult

SEEDS = st.integers(0, 2**32 - 1)
FEW = settings(max_examples=15, deadline=None)
BY = ["replicate", "month", "market", "platform"]
ADDED = [name for name in FRAMES["services"] if name in FRAMES["offers"] and MEASURES[name].adds == "sum"]


def of(make_run, make_scenario, seed):
    return RunResult.from_runs(make_scenario(), [make_run(seed)])


@FEW
@given(seed=SEEDS)
def test_sums_over_tiers_are_the_services(make_run, make_scenario, seed):
    result = of(make_run, make_scenario, seed)
    sums = result.offers.groupby(BY, sort=False)[ADDED].sum(min_count=1).sort_index()
    services = result.services.set_index(BY)[ADDED].sort_index()
    assert {"users", "payers", "hours", "revenue", "royalties", "payers_gone", "subscriptions"} <= set(ADDED)
    pd.testing.assert_frame_equal(sums, services, check_exact=False, rtol=1e-12)


@FEW
@given(seed=SEEDS)
def test_money_of_services_is_the_ledgers(make_run, make_scenario, seed):
    result = of(make_run, make_scenario, seed)
    ledger = result.ledger
    received = ledger.groupby(["month", "payee"])["amount_usd"].sum()
    paid = ledger.groupby(["month", "payer"])["amount_usd"].sum()
    services = result.services[result.services["month"] > 0]
    for row in services.itertuples():
        account = (row.month, f"platform:{row.platform}:{row.market}")
        kept = received.get(account, 0.0) - paid.get(account, 0.0)
        assert kept == pytest.approx(row.operating_income, rel=1e-9, abs=1e-3)
    by_kind = ledger.groupby("kind")["amount_usd"].sum()
    names = {"subscription": "spending", "bundle": "revenue_bundle", "advertising": "revenue_ads",
             "sales tax": "tax", "app-store fee": "app_store_fees", "royalty": "royalties", "publishing": "publishing",
             "minimum guarantee": "guarantee_top_ups", "hosting": "hosting", "marketing": "marketing"}  # fmt: skip
    for kind, column in names.items():
        assert by_kind[kind] == pytest.approx(services[column].sum(), rel=1e-9), kind


@FEW
@given(seed=SEEDS)
def test_label_income_is_the_ledgers(make_run, make_scenario, seed):
    result = of(make_run, make_scenario, seed)
    ledger = result.ledger
    ledger = ledger[ledger["kind"] != "promotional credit"]
    to_labels = ledger[ledger["payee"].str.startswith("label:")]["amount_usd"].sum()
    assert result.labels["label_income"].sum() == pytest.approx(to_labels)
    assert result.markets["label_income"].sum() == pytest.approx(to_labels)
    sony = ledger[ledger["payee"] == "label:sony"]["amount_usd"].sum()
    assert result.labels.query("label == 'sony'")["label_income"].sum() == pytest.approx(sony)


@FEW
@given(seed=SEEDS)
def test_shares_add_up(make_run, make_scenario, seed):
    result = of(make_run, make_scenario, seed)
    services, markets = result.services, result.markets.set_index(["month", "market"])
    here = services.groupby(["month", "market"])
    np.testing.assert_allclose(here["mau_share"].sum(), 1.0)
    outside = 1.0 - markets["streamers"] / markets["people"]
    np.testing.assert_allclose(here["stock_share"].sum() + outside.sort_index(), 1.0)
    np.testing.assert_allclose(here["users"].sum(), markets["mau_sum"].sort_index())
    np.testing.assert_allclose(here["main_users"].sum(), markets["streamers"].sort_index())
    np.testing.assert_allclose(services["users"], services["main_users"] + services["second_users"])
    assert (services["conversion"].dropna() <= 1.0).all()


@FEW
@given(seed=SEEDS)
def test_flows_make_the_comings_and_goings(make_run, make_scenario, seed):
    result = of(make_run, make_scenario, seed)
    flows = result.flows
    moved = flows[(flows["from_platform"] != flows["to_platform"]) | (flows["from_tier"] != flows["to_tier"])]
    offers = result.offers.set_index(["month", "market", "platform", "tier"])
    into = moved[moved["to_platform"] != "outside"].groupby(["month", "market", "to_platform", "to_tier"])
    for column, name in (("count", "gross_adds"), ("expected", "gross_adds_expected")):
        sums = into[column].sum()
        np.testing.assert_allclose(sums, offers.loc[sums.index, name])
        assert sums.sum() == pytest.approx(offers[name].sum())
    within = moved[moved["from_platform"] == moved["to_platform"]]
    free = within[(within["from_tier"] == "free_ads") & ~within["to_tier"].isin(["free_ads", "bundle"])]
    assert free["expected"].sum() == pytest.approx(result.services["conversions_from_free"].sum())


def test_payer_flows_by_hand(make_run, make_scenario):
    run = make_run(3)
    record = next(one for one in run.records if one.month == 2 and one.market == "IN")
    before = next(one for one in run.records if one.month == 1 and one.market == "IN")
    row = (
        of(make_run, make_scenario, 3).services.query("month == 2 and market == 'IN' and platform == 'spotify'").iloc[0]
    )
    paid = [1 + record.offers.index(("spotify", tier)) for tier in ("family_per_head", "individual")]
    free = 1 + record.offers.index(("spotify", "free_ads"))
    others = [j for j in range(len(record.offers) + 1) if j not in paid]
    gone = record.expected[np.ix_(paid, others)].sum()
    held = before.activity.main_users[paid].sum()
    assert row["payers_gone"] == pytest.approx(gone)
    assert row["payer_churn"] == pytest.approx(gone / held)
    adds = record.expected[np.ix_(others, paid)].sum()
    assert row["free_to_paid_share"] == pytest.approx(record.expected[free, paid].sum() / adds)
    family = 1 + record.offers.index(("spotify", "family_per_head"))
    single = 1 + record.offers.index(("spotify", "individual"))
    assert row["subscriptions"] == pytest.approx(record.payers[family] / 4 + record.payers[single])


def test_the_opening_month_has_stocks_and_no_flows(result):
    opening = result.services[result.services["month"] == 0]
    assert opening["users"].notna().all()
    for column in ("revenue", "hours", "joined", "payer_churn", "payers_before", "gross_profit"):
        assert opening[column].isna().all(), column
    assert set(opening["date"]) == {"2022-09"}
    assert set(result.services.query("month == 1")["date"]) == {"2022-10"}
    assert set(result.ledger.query("month == 1")["date"]) == {"2022-10"}
    assert result.ledger["month"].min() == 1


def test_guarantee_top_ups_lower_the_profit_of_their_service(result, make_run):
    row = result.services.query("replicate == 0 and month == 3 and market == 'IN' and platform == 'resso'").iloc[0]
    record = next(one for one in make_run(1).records if one.month == 3 and one.market == "IN")
    accounts = {name: line[1] for name, line in record.settlement.accounts().items()}
    assert row["guarantee_top_ups"] == 1234.5
    for name in ("gross_profit", "contribution_margin", "operating_income"):
        assert row[name] == pytest.approx(accounts[name] - 1234.5)
    assert row["rights_holder_share"] == pytest.approx((row["royalties"] + 1234.5 + row["publishing"]) / row["revenue"])
    label = result.labels.query("replicate == 0 and month == 3 and market == 'BR' and label == 'long_tail'")
    assert label.set_index("platform")["guarantee_top_ups"].to_dict() == {"spotify": 77.0, "deezer": 0.0, "resso": 0.0}


def test_catalogue_share_weighs_labels_by_repertoire(result, make_run):
    from model.facts import load_start

    record = next(one for one in make_run(1).records if one.month == 0 and one.market == "IN")
    there = load_start("2022-10").markets["IN"].repertoire
    wanted = sum(there[label].share * record.available[1, k] for k, label in enumerate(record.labels))
    row = result.services.query("replicate == 0 and month == 0 and market == 'IN' and platform == 'resso'").iloc[0]
    assert row["catalogue_share"] == pytest.approx(wanted)


def test_every_frame_has_its_columns_and_every_column_its_frame(result):
    for name, columns in FRAMES.items():
        frame = result.frame(name)
        assert tuple(frame.columns) == columns
        assert len(frame) > 0
        for column in columns:
            kind = {"f": "number", "i": "whole", "b": "flag"}.get(frame[column].dtype.kind, "text")
            assert kind == MEASURES[column].kind, (name, column)
    assert {column for columns in FRAMES.values() for column in columns} == set(MEASURES)


def test_replicates_stand_first_and_apart(result, make_run, make_scenario):
    assert result.offers.columns[0] == "replicate"
    second = result.offers[result.offers["replicate"] == 1].reset_index(drop=True)
    alone = of(make_run, make_scenario, 2).offers.assign(replicate=1)
    pd.testing.assert_frame_equal(second, alone)


def test_diversion_is_kept_where_it_was_measured(result, make_run):
    rows = result.diversion.query("replicate == 0 and month == 3 and market == 'BR'")
    record = next(one for one in make_run(1).records if one.month == 3 and one.market == "BR")
    assert set(result.diversion["month"]) == {0, 3}
    assert len(rows) == np.isfinite(record.demand.diversion).sum()
    found = rows.set_index(["from_platform", "to_platform"])["diversion_ratio"]
    assert found["deezer", "outside"] == record.demand.diversion[1, 3]


def test_the_settled_start_leaves_out_offers_that_open_later(make_run, make_scenario):
    run = make_run(4)
    shorter = dict(run.settlings)
    target = np.arange(4.0)
    shorter["BR"] = type(run.settlings["BR"])(72, 0.0, expected=target, target=target)
    scenario = make_scenario(events=[{"date": "2022-11", "kind": "tier_opens", "platform": "resso", "markets": ["BR"],
                                      "tier": "free_rewarded", "price": 0}])  # fmt: skip
    new = scenario.new_offers
    assert [(offer.market, offer.service, offer.tier) for offer in new] == [("BR", "resso", "free_rewarded")]
    records = [_with_new_tier(record) for record in run.records]
    changed = type(run)(0, records, run.flows, settlings=shorter)
    start = RunResult.from_runs(scenario, [changed]).start.query("market == 'BR'")
    assert start["tier"].tolist() == ["free_ads", "individual", "individual"]
    assert start["platform"].tolist() == ["spotify", "deezer", "spotify"]
    assert start["target_users"].tolist() == [1.0, 2.0, 3.0]


def _with_new_tier(record):
    from dataclasses import replace

    if record.market != "BR":
        return record
    return replace(record, offers=(("resso", "free_rewarded"), *record.offers[1:]))


def test_promotional_credits_are_spent_by_services_beside_what_labels_earn(result, make_run):
    at = "replicate == 0 and month == 3 and market == 'BR' and platform == 'spotify'"
    service = result.services.query(at).iloc[0]
    assert service["promotional_credit"] == 55.5  # TikTok's own are another table's
    assert service["contribution_margin"] == pytest.approx(
        service["gross_profit"] - service["marketing"] - service["promotional_credit"]
    )
    assert service["operating_income"] == pytest.approx(
        service["contribution_margin"] - service["research"] - service["administration"]
    )
    labels = result.labels.query(at).set_index("label")
    assert labels["promotional_credit"].to_dict() == {"universal": 0.0, "sony": 55.5, "long_tail": 0.0}
    assert labels.loc["sony", "label_income"] == pytest.approx(
        labels.loc["sony", "royalties"] + labels.loc["sony", "guarantee_top_ups"]
    )
    assert result.labels.query("month == 0")["promotional_credit"].isna().all()
    assert result.services["promotional_credit"].sum() == pytest.approx(2 * 55.5)


def test_tiktok_and_clips_are_those_of_the_records(result, make_run):
    records = [one for one in make_run(1).records if one.tiktok is not None]
    assert {one.month for one in records} == {1, 2, 3}
    for one in records:
        at = f"replicate == 0 and month == {one.month} and market == '{one.market}'"
        (row,) = result.tiktok.query(at).itertuples()
        assert (row.tiktok_hours, row.tiktok_ads, row.tiktok_shop) == (
            one.tiktok.hours, one.tiktok.ad_income, one.tiktok.shop_income
        )  # fmt: skip
        assert row.clip_fees == pytest.approx(one.tiktok.clip_fees.sum() + 500.0)
        clips = result.clips.query(at).set_index("label")
        assert tuple(clips.index) == one.labels
        for column, wanted in (
            ("clips_on", one.tiktok.clips > 0),
            ("pull", one.tiktok.pull),
            ("clip_fees", one.tiktok.clip_fees),
            ("clip_credit", one.tiktok.promotional_credit),
        ):
            assert clips[column].tolist() == wanted.tolist()
        assert row.clip_credit == pytest.approx(clips["clip_credit"].sum())
    world = result.world("tiktok")
    assert world["tiktok_ads"].sum() == pytest.approx(result.tiktok["tiktok_ads"].sum())
