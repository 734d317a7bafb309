"""How talks about a licence end: shares, durations and payments follow from the stakes of each draw."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from model.experiments.deals import DealRoom, deal_room
from model.experiments.deals.draws import belief_draws, belief_lots, strata
from model.experiments.deals.outcomes import AFTER_OUTAGE, AGREED, ENDS, EXTENDED, IN_TIME, STAYS, how_ended
from model.experiments.deals.picture import deal_figure
from model.facts.start import load_start
from model.foundation.errors import InputError
from model.foundation.rng import stream_key
from model.market.start_store import StartStore
from model.market.valuing import PROBE
from model.mechanisms.clips import market_part
from model.mechanisms.talks import Outcome
from model.spec.parameters import Parameters
from model.spec.scenario import Scenario

STARTS = StartStore(None)
SMALL = {"months": 4, "draws": 3, "users": 400}


@pytest.fixture(scope="module")
def room() -> DealRoom:
    plan = Scenario.load("june_2022").replace({"users": 800})
    return deal_room(plan, platform="resso", label="sony", markets=("ID",), starts=STARTS, **SMALL)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def clips() -> DealRoom:
    plan = Scenario.load("june_2022").replace({"users": 800})
    return deal_room(  # type: ignore[arg-type]
        plan, platform="tiktok", label="universal", markets=("ID", "BR"), kind="clips", starts=STARTS, **SMALL
    )


def paying(room: DealRoom, *, profit: float, present: float | None = None) -> DealRoom:
    """The room with a service that gains so much more (USD a month) by the licence, and other present terms."""
    months = room.futures.months.copy()
    markets = months["market"].nunique()
    held = months["arm"] == "deal"
    months.loc[held, "profit"] += profit / markets
    if present is not None:
        months.loc[held, "paid"] = present / markets
    return replace(room, futures=replace(room.futures, months=months))


def outcome(kind: str, *, extended: int = 0, out: int = 0) -> Outcome:
    return Outcome(kind, "", 10, extended, out, 1.0, "", 0.0, 2.0)


@pytest.mark.parametrize(
    ("found", "end"),
    [
        (outcome("deal"), IN_TIME),
        (outcome("deal", extended=3), EXTENDED),
        (outcome("deal", extended=3, out=2), AFTER_OUTAGE),
        (outcome("walk-out stays", out=9), STAYS),
        (outcome("no deal"), "no deal"),
        (outcome("open"), "not over"),
    ],
)
def test_every_end_has_its_word(found: Outcome, end: str) -> None:
    assert how_ended(found) == end


def test_shares_are_those_of_the_talks(room: DealRoom) -> None:
    found = room.outcomes(talks=15)
    assert len(found.talks) == 3 * 15
    assert set(found.talks["end"]) <= set(ENDS)
    table = found.summary()
    assert table["share"].sum() == pytest.approx(1.0)
    assert found.agreement() == pytest.approx(table["share"].reindex(list(AGREED)).sum())
    assert found.talks.loc[found.talks["end"].isin(AGREED), "payment"].notna().all()
    assert found.talks.loc[~found.talks["end"].isin(AGREED), "payment"].isna().all()


def test_agreed_payments_lie_between_what_both_would_just_accept(room: DealRoom) -> None:
    for protocol in ("offers", "nash", "rubinstein", "take_it_or_leave_it"):
        talks = paying(room, profit=1e6).outcomes(protocol, talks=10).talks
        signed = talks[talks["end"] == IN_TIME]
        assert len(signed)
        assert (signed["payment"] >= signed["least"] - 1e-6).all()
        assert (signed["payment"] <= signed["most"] + 1e-6).all()


def test_a_licence_worth_more_to_the_platform_is_signed_more_often(room: DealRoom) -> None:
    shares = [paying(room, profit=extra).outcomes("nash", talks=20).agreement() for extra in (-1e6, 0.0, 1e6, 1e7)]
    assert shares == sorted(shares)
    assert shares[0] == 0.0
    assert shares[-1] > 0.9


def test_a_platform_that_loses_by_present_terms_leaves_in_the_end(room: DealRoom) -> None:
    found = paying(room, profit=-1e7, present=1e6).outcomes(talks=10)
    assert set(found.talks["end"]) == {STAYS}
    assert set(found.talks["pressed"]) <= {"platform", "both"}


def test_a_service_that_has_lost_the_label_talks_about_coming_back() -> None:
    """In October 2022 Sony is off Resso: there are no old terms to stay on, and no outage to threaten with."""
    plan = Scenario.load("baseline").replace({"users": 800})
    found = deal_room(plan, platform="resso", label="sony", markets=("ID",), starts=STARTS, **SMALL)  # type: ignore[arg-type]
    assert not found.futures.licensed
    assert (found.futures.lines()["most"] > 0.0).any()
    talks = found.outcomes(talks=10).talks
    assert set(talks["end"]) <= {IN_TIME, "no deal"}
    assert (talks["present"] == 0.0).all()


def test_same_talks_again(room: DealRoom) -> None:
    pd.testing.assert_frame_equal(room.outcomes(talks=5).talks, room.outcomes(talks=5).talks)


@pytest.mark.parametrize(
    ("protocol", "talks", "word"),
    [("nash_in_nash", 5, "resonance wave"), ("nsh", 5, "nash"), ("offers", 0, "talks is a whole number")],
)
def test_bad_talks_are_one_clear_error(room: DealRoom, protocol: str, talks: int, word: str) -> None:
    with pytest.raises(InputError, match=word):
        room.outcomes(protocol, talks=talks)


def test_clips_bring_tiktok_time_and_the_label_what_it_believes(clips: DealRoom) -> None:
    gains, lines, draws = clips.futures.gains(), clips.futures.lines(), clips.futures.draws
    assert (gains["platform"] > 0.0).all()
    assert (lines["least_slope"] < 0.0).all()  # the more promotion is believed to do, the less the label must be paid
    # without any pull, clips change streams by the lift of songs of the day alone, which is small
    assert (lines["least"].abs() < 0.05 * PROBE * lines["least_slope"].abs()).all()
    assert np.allclose(gains["label"], -lines["least"] - lines["least_slope"] * draws["belief_label"])
    means = clips.futures.means()["elsewhere"].unstack("arm")
    lived_at_the_probe = means["no deal, pull tried"] - means["deal"]
    assert np.allclose(lines["least"] + PROBE * lines["least_slope"], lived_at_the_probe)
    months = clips.futures.months
    assert (months[months["arm"] == "deal"]["paid"] > 0.0).all()
    assert (months[months["arm"] == "no deal"]["paid"] == 0.0).all()
    assert clips.weight == Parameters().label_weight_clips


def test_promotion_of_x_lowers_the_fee_by_the_part_that_is_not_the_labels(clips: DealRoom) -> None:
    """The Nash payment falls by (1 - b) x as the label believes promotion to be worth x more."""
    draws = clips.futures.draws.assign(belief_label=clips.futures.draws["belief_label"] + 0.01)
    more = replace(clips, futures=replace(clips.futures, draws=draws))
    x = -0.01 * clips.futures.lines()["least_slope"]
    fall = clips.walk_aways()["nash"] - more.walk_aways()["nash"]
    assert np.allclose(fall, (1.0 - clips.weight) * x)


def test_a_sheet_for_clips_is_a_lump_sum_for_the_world(clips: DealRoom) -> None:
    judged = clips.judge({"fee_usd_m": 2.4, "promotional_credit_usd_m": 1.2})
    part = sum(market_part(load_start("2022-06"), market, parameters=Parameters()) for market in ("ID", "BR"))
    assert 0.0 < part < 0.2
    assert np.allclose(judged["paid"], 0.3e6 * part)
    with pytest.raises(InputError, match="is a term of a clips licence"):
        clips.judge({"rev_share_paid": 0.5})


def test_the_present_clip_licence_as_a_sheet_pays_what_present_terms_pay() -> None:
    plan = Scenario.load("june_2022").replace({"users": 800})
    warner = deal_room(  # type: ignore[arg-type]
        plan, platform="tiktok", label="warner", markets=("BR",), kind="clips", starts=STARTS, **SMALL
    )
    judged = warner.judge({"fee_usd_m": 42.0})  # the recorded sum for the world
    assert np.allclose(judged["paid"], warner.futures.lines()["present"])
    assert judged["paid"].iloc[0] == pytest.approx(90_685.0, rel=1e-3)


def test_beliefs_are_normal_in_strata_and_the_sides_draw_their_own() -> None:
    found = belief_draws(7, [Parameters()] * 400)
    for side, mean in (("label", 0.02), ("platform", 0.10)):
        values = found[f"belief_{side}"]
        assert values.mean() == pytest.approx(mean, abs=1e-3)
        assert values.std() == pytest.approx(0.03, rel=0.02)
    assert abs(np.corrcoef(found["belief_label"], found["belief_platform"])[0, 1]) < 0.15
    assert np.allclose(np.sort(belief_lots(7, side="label", draws=5)), [0.1, 0.3, 0.5, 0.7, 0.9])
    assert not np.array_equal(strata(9, key=stream_key(1, "a")), strata(9, key=stream_key(2, "a")))


@pytest.mark.parametrize("which", ["room", "clips"])
def test_picture_has_both_futures_and_the_talks(which: str, request: pytest.FixtureRequest) -> None:
    found = request.getfixturevalue(which)
    titles = [axes.get_title(loc="left") for axes in deal_figure(found, found.outcomes(talks=3)).axes]
    assert len(titles) == 6
    assert any("catalogue" in title or "clips" in title for title in titles)
    assert any(title.startswith("Zone of agreement: in") for title in titles)
