"""The deal room: futures differ by the licence alone, zones follow from them, sheets pay what they say."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from model.experiments.deals import DealRoom, TermSheet, deal_room
from model.experiments.deals.sheet import WORDS, payments
from model.facts import load_start
from model.foundation.errors import InputError
from model.market.start_store import StartStore
from model.market.streaming_market import StreamingMarket
from model.market.valuing import Pair, most_under_clauses, worth_of
from model.spec.scenario import Scenario
from model.state.favoured import pass_on

STARTS = StartStore(None)
SMALL = {"months": 6, "draws": 3, "users": 500}


def room(**changes: object) -> DealRoom:
    plan = Scenario.load("june_2022").replace({"users": 1000})
    asked = {"platform": "resso", "label": "sony", "markets": ("IN", "ID"), **SMALL, **changes}
    return deal_room(plan, starts=STARTS, **asked)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def sony() -> DealRoom:
    return room()


def test_without_the_label_the_service_plays_and_pays_it_nothing(sony: DealRoom) -> None:
    months = sony.futures.months
    assert (months[months["arm"] == "no deal"]["paid"] == 0.0).all()
    assert (months[months["arm"] == "no deal"]["usage_share"] == 0.0).all()
    assert (months[months["arm"] == "deal"]["paid"] > 0.0).all()
    assert set(months["month"]) == set(range(1, 7))
    assert set(months["market"]) == {"IN", "ID"}


def test_service_loses_users_without_the_label_and_the_label_earns_more_elsewhere(sony: DealRoom) -> None:
    means = sony.futures.means()
    deal, none = means.xs("deal", level="arm"), means.xs("no deal", level="arm")
    assert (deal["users"] > 1.1 * none["users"]).all()
    assert deal["elsewhere"].mean() < none["elsewhere"].mean()


def test_walk_aways_are_the_gains_and_the_nash_point_lies_between_them(sony: DealRoom) -> None:
    gains, table = sony.futures.gains(), replace(sony, weight=0.3).walk_aways()
    assert np.allclose(table["most"], gains["platform"])
    assert np.allclose(table["least"], -gains["label"])
    agreed = table[table["zone"]]
    assert np.allclose(agreed["nash"], agreed["least"] + 0.3 * (agreed["most"] - agreed["least"]))
    assert table[~table["zone"]]["nash"].isna().all()
    assert sony.agreement() == pytest.approx(table["zone"].mean())


def test_a_more_precious_catalogue_raises_what_the_platform_would_pay() -> None:
    asked = {"platform": "resso", "label": "sony", "markets": ("ID",), **SMALL, "draws": 2, "uncertain": ()}
    plans = [
        Scenario.load("june_2022").replace({"users": 1000, "parameters.bytedance_user_worth": worth})
        for worth in (0.0, 0.2)
    ]
    low, high = (deal_room(plan, starts=STARTS, **asked) for plan in plans)  # type: ignore[arg-type]
    assert (high.walk_aways()["most"] > low.walk_aways()["most"]).all()
    assert np.allclose(high.walk_aways()["least"], low.walk_aways()["least"])


@pytest.mark.parametrize("label", ["sony", "t_series"])
def test_room_and_run_value_a_licence_alike(label: str) -> None:
    """A user worth so much that the platform would pay more than now: then clauses of others bend what it pays."""
    plan = Scenario.load("june_2022").replace({"users": 1000, "parameters.bytedance_user_worth": 2.0})
    asked = {"platform": "resso", "label": label, "markets": ("IN",), **SMALL, "draws": 1, "uncertain": ()}
    line = deal_room(plan, starts=STARTS, **asked).futures.lines().loc[0]  # type: ignore[arg-type]
    run = StreamingMarket(plan.replace({"markets": ["IN"], "months": 6}), starts=STARTS)
    pair = Pair("resso", label, "streaming", ("IN",))
    worth, money = worth_of(run.world, pair, months=6, users=500), run.world.money
    follows = pass_on(
        money.deals, platform="resso", label=label, month=money.calendar(run.world.month + 1), royalties=worth.bill
    )
    assert follows > 0.3  # other majors hold clauses
    assert worth.most > worth.paid
    most = most_under_clauses(worth.most, present=worth.paid, pass_on=follows)
    assert most < worth.most
    assert line["most"] == pytest.approx(most, rel=1e-9)
    assert line["present"] == pytest.approx(worth.paid, rel=1e-9)


def test_same_question_same_answer(sony: DealRoom) -> None:
    pd.testing.assert_frame_equal(sony.futures.months, room().futures.months)


def test_draws_cover_the_declared_range(sony: DealRoom) -> None:
    theta = np.sort(sony.futures.draws["theta"].to_numpy())
    assert np.allclose(theta, 1.0 + 2.5 * (np.arange(3) + 0.5) / 3)


def test_sheet_pays_the_revenue_share_of_what_falls_to_the_label(sony: DealRoom) -> None:
    paid = payments(TermSheet(rev_share_paid=0.4, rev_share_free=0.4), sony.futures.base).by_draw
    assert paid["total"].mean() == pytest.approx(0.4 * sony.base_usd())
    assert (paid[["top_up", "promotion"]] == 0.0).all().all()


def test_sheet_pays_rewarded_listening_by_its_own_terms_and_bundles_as_paid_tiers() -> None:
    tiers = ["free_ads", "free_rewarded", "bundle", "premium"]
    base = pd.DataFrame({"draw": 0, "month": 1, "tier": tiers, "usage_share": 0.5, "net_revenue": 100.0,
                         "subscriptions": 0.0, "streams": 1000.0})  # fmt: skip

    def paid(**terms: float) -> float:
        return float(payments(TermSheet(**terms), base).by_draw["royalties"].iloc[0])

    assert paid(rev_share_free=0.4) == pytest.approx(2 * 20.0)  # both free tiers
    assert paid(rev_share_free=0.4, rev_share_rewarded=0.6) == pytest.approx(20.0 + 30.0)
    assert paid(rev_share_free=0.4, rev_share_rewarded=0.0) == pytest.approx(20.0)
    assert paid(rev_share_paid=0.4) == pytest.approx(2 * 20.0)
    assert paid(per_stream_minimum_usd=0.1, per_stream_minimum_rewarded_usd=0.2) == pytest.approx(50.0 + 100.0 + 50.0)
    assert TermSheet(rev_share_rewarded=0.0).given() == {"rev_share_rewarded": 0.0}
    assert "rewarded" not in TermSheet(rev_share_paid=0.5).told("streaming")


def test_guarantee_tops_royalties_up_for_the_part_of_the_year() -> None:
    base = pd.DataFrame({
        "draw": 0, "month": range(1, 19), "tier": "premium", "usage_share": 0.5, "net_revenue": 100_000.0,
        "subscriptions": 10_000.0, "streams": 1e6,
    })  # fmt: skip
    paid = payments(TermSheet(rev_share_paid=0.5, minimum_guarantee_usd_m=0.6, promotional_credit_usd_m=0.12), base)
    row = paid.by_draw.loc[0]
    assert row["royalties"] == pytest.approx(25_000.0)  # half the usage of half the revenue
    assert row["top_up"] == pytest.approx((0.6e6 - 12 * 25e3 + 0.3e6 - 6 * 25e3) / 18)
    assert row["promotion"] == pytest.approx(10_000.0)
    minimum = payments(TermSheet(rev_share_paid=0.5, per_subscriber_minimum_usd=8.0), base).by_draw.loc[0]
    assert minimum["royalties"] == pytest.approx(40_000.0)  # 10,000 subscriptions at 8 USD, half the usage


def test_verdict_tells_who_walks_and_why_in_numbers(sony: DealRoom) -> None:
    table = sony.judge({"rev_share_paid": 0.3, "rev_share_free": 0.3})
    told = sony.verdict({"rev_share_paid": 0.3, "rev_share_free": 0.3})
    assert len(told) == table["walks"].nunique()
    (only,) = sony.verdict({"minimum_guarantee_usd_m": 1e4})
    assert only.startswith("In 100% of draws the platform walks: it pays 833.33 M")
    most = sony.futures.lines()["brings"].mean() / 1e6
    assert f"{'gains' if most >= 0 else 'loses'} {abs(most):,.2f} M by the licence" in only
    free = sony.verdict({})
    asks = -sony.walk_aways()["least"]
    assert ("label walks: it is paid 0.0000 M, loses" in " ".join(free)) == bool(
        ((asks < 0) & (sony.walk_aways()["most"] >= 0)).any()
    )


def test_terms_of_another_kind_of_licence_are_refused(sony: DealRoom) -> None:
    with pytest.raises(InputError, match="is a term of a streaming licence"):
        sony.judge({"fee_usd_m": 3.0})


def test_beliefs_about_promotion_do_not_move_a_streaming_licence(sony: DealRoom) -> None:
    plain = room(beliefs=False)
    pd.testing.assert_frame_equal(plain.walk_aways(), sony.walk_aways())
    assert sony.futures.draws["belief_label"].nunique() == 3
    assert plain.futures.draws["belief_label"].nunique() == 1


def test_crossing_walk_aways_give_no_zone() -> None:
    """Where users are worth nothing beyond music, Resso loses by every listener, and Sony loses elsewhere."""
    plan = Scenario.load("june_2022").replace({"users": 1000, "parameters.bytedance_user_worth": 0.0})
    found = deal_room(plan, platform="resso", label="sony", markets=("BR",), starts=STARTS, uncertain=(), **SMALL)  # type: ignore[arg-type]
    table = found.walk_aways()
    assert (table["most"] < table["least"]).any()
    assert (table["zone"] == (table["most"] >= table["least"])).all()
    assert table.loc[~table["zone"], "nash"].isna().all()


def test_catalogue_without_the_label_lacks_its_share_of_listening(sony: DealRoom) -> None:
    months = sony.futures.months
    repertoire = load_start("2022-06").markets
    for market in ("IN", "ID"):
        there = months[months["market"] == market].groupby("arm")["catalogue"].mean()
        assert there["deal"] == pytest.approx(1.0)
        assert there["deal"] - there["no deal"] == pytest.approx(repertoire[market].repertoire["sony"].share)


def test_sheet_outside_the_zone_says_who_walks(sony: DealRoom) -> None:
    asks = sony.walk_aways()["least"] > 0
    assert asks.any()
    assert set(sony.judge(TermSheet())[asks]["walks"]) <= {"label", "both"}
    assert set(sony.judge(TermSheet(minimum_guarantee_usd_m=1e4))["walks"]) == {"platform"}
    table = sony.judge(TermSheet(rev_share_paid=0.5, rev_share_free=0.5))
    bare = sony.futures.lines()["brings"] - sony.futures.lines()["lost"]
    assert np.allclose(table["platform"] + table["label"], bare - table["clauses"] - table["precedent"])


def test_gains_are_bent_at_present_terms_and_nobody_walks_elsewhere_by_it(sony: DealRoom) -> None:
    """Above present terms others' clauses cost the platform, below them a precedent costs the label."""
    lines, walk = sony.futures.lines(), sony.walk_aways()
    present, lost, cut_all, follows = (lines[name] for name in ("present", "lost", "cut_all", "pass_on"))
    assert (cut_all > 0.0).all()
    assert (follows > 0.0).all()
    for share in (0.0, 0.1, 0.3, 0.5, 0.8, 1.0):
        table = sony.judge({"rev_share_paid": share, "rev_share_free": share})
        paid = table["paid"]
        fear = cut_all * np.maximum(0.0, 1.0 - paid / present)
        assert np.allclose(table["label"], paid - lost - fear)
        assert np.allclose(table["platform"], lines["brings"] - paid - follows * np.maximum(0.0, paid - present))
        assert ((table["label"] < 0.0) == (paid < walk["least"])).all()
        assert ((table["platform"] < 0.0) == (paid > walk["most"])).all()
    nothing = sony.judge({"rev_share_paid": 0.0})
    assert np.allclose(nothing["label"], -lost - cut_all)
    assert "by the precedent of a cut" in " ".join(sony.verdict({"rev_share_paid": 0.0}))
    assert "by others' clauses" in " ".join(sony.verdict({"minimum_guarantee_usd_m": 1e4}))


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"label": "sonny"}, "sony"),
        ({"platform": "resto"}, "resso"),
        ({"markets": ("XX",)}, "markets are those"),
        ({"markets": ()}, "at least one market"),
        ({"markets": ("US",)}, "a service of US"),
        ({"months": 0}, "months is a whole number"),
        ({"draws": 10**6}, "draws is a whole number"),
        ({"users": 2.5}, "users is a whole number"),
        ({"weight": 1.5}, "bargaining weight"),
        ({"at": "2021-01"}, "begins in the scenario's months"),
        ({"uncertain": ("thetta",)}, "theta"),
        ({"kind": "clip"}, "clips"),
        ({"kind": "clips"}, "licences for clips are TikTok's"),
        ({"kind": "clips", "platform": "tiktok"}, "TikTok is allowed"),
    ],
)
def test_bad_question_is_one_clear_error(change: dict[str, object], word: str) -> None:
    with pytest.raises(InputError, match=word):
        room(**change)


def test_all_faults_of_a_question_come_together() -> None:
    with pytest.raises(InputError) as caught:
        room(draws=-3, weight=7.0, label="sonny", markets=("IN",))
    assert {fault.place for fault in caught.value.faults} == {"deal: draws", "deal: weight", "deal: label"}


def test_all_faults_of_a_sheet_come_together(tmp_path: Path) -> None:
    path = tmp_path / "sheet.toml"
    path.write_text(
        'rev_share_paid = 1.2\nminimum_guarantee_usd_m = -3\nrevshare_free = 0.5\nrev_share_free = "half"\n'
    )
    with pytest.raises(InputError) as caught:
        TermSheet.load(path)
    assert len(caught.value.faults) == 4
    assert "rev_share_free" in str(caught.value)
    path.write_text("# nothing yet\n")
    with pytest.raises(InputError, match="gives at least one term"):
        TermSheet.load(path)
    path.write_text("rev_share_paid = ")
    with pytest.raises(InputError, match="is TOML"):
        TermSheet.load(path)
    assert set(TermSheet.terms_explained()) == set(TermSheet.__slots__)


@pytest.mark.parametrize(("value", "told"), [(52, "Write 0.52 for 52%."), (7.5, "Write 0.075 for 7.5%.")])
def test_a_percentage_is_told_as_a_share(value: float, told: str) -> None:
    with pytest.raises(InputError, match=told):
        TermSheet.from_mapping({"rev_share_paid": value})
    with pytest.raises(InputError) as caught:
        TermSheet.from_mapping({"rev_share_paid": -0.5, "per_stream_minimum_usd": 52})
    assert "Write" not in str(caught.value)


def test_a_sheet_is_told_with_what_it_leaves_out() -> None:
    sheet = TermSheet(rev_share_paid=0.52, per_subscriber_minimum_usd=1.5)
    assert sheet.told("streaming") == (
        "rev_share_paid 0.52, per_subscriber_minimum_usd 1.5, no share of free tiers, no minimum per stream, "
        "no guarantee, no promotional credit"
    )
    assert TermSheet(fee_usd_m=3.0).told("clips") == "fee_usd_m 3, no promotional credit"
    assert set(WORDS) == set(TermSheet.__slots__)


def test_thin_samples_and_unusual_terms_are_told(sony: DealRoom) -> None:
    """A few hundred users make Sony on Resso a handful of people; absurd terms of a sheet are judged, and told."""
    (thin,) = sony.notices()
    assert "too few users" in thin
    assert "Sony on Resso in ID" in thin
    told = sony.notices({"rev_share_paid": 0.99, "per_stream_minimum_usd": 4.0, "rev_share_free": 0.6})
    assert told[0] == thin
    assert [line.split(":")[0] for line in told[1:]] == [
        "unusual term rev_share_paid = 0.99", "unusual term per_stream_minimum_usd = 4",
    ]  # fmt: skip
