"""What a licence is worth: free video, clips, users and planned entries in it; each by a change that moves it alone."""

from __future__ import annotations

import pytest

from model.market.start_store import StartStore
from model.market.streaming_market import StreamingMarket
from model.market.valuing import (
    PROBE,
    VIDEO,
    Pair,
    Worth,
    entry_of,
    least_with_precedent,
    most_under_clauses,
    platform_profit,
    royalties,
    worth_of,
)
from model.market.world import World
from model.spec.scenario import Scenario

STARTS = StartStore(None)
SONY = Pair("resso", "sony", "streaming", ("ID",))
CLIPS = Pair("tiktok", "universal", "clips", ("ID",))
ENTRY = {
    "kind": "platform_enters", "platform": "tiktok_music", "markets": ["ID"], "date": "2022-11",
    "tiers": {"free_ads": 0.0, "individual": 49000.0}, "integration": 1.0, "marketing": 100.0, "quality": 1.0,
}  # fmt: skip


def world(**changes: object) -> World:
    plan = Scenario.load("june_2022").replace({"users": 800, "months": 6, "markets": ["ID"], **changes})
    return StreamingMarket(plan, starts=STARTS).world


def worth(of: World, pair: Pair = SONY, **looked: object) -> Worth:
    return worth_of(of, pair, **{"months": 4, "users": 600, **looked})  # type: ignore[arg-type]


def test_worth_is_the_difference_of_the_two_arms() -> None:
    now = world()
    found = worth(now)
    arms = [now.fork(settings=SONY.cells(on), markets=("ID",), users=600, draws="decision").run(4) for on in (1.0, 0.0)]
    user_worth = now.plan.parameters.bytedance_user_worth
    profit = [platform_profit(arm, SONY, user_worth=user_worth) for arm in arms]
    assert found.most == pytest.approx((profit[0] - profit[1]) / 4)
    paid = [royalties(arm, label="sony") for arm in arms]
    assert found.paid == pytest.approx(paid[0]["resso"] / 4)
    assert "resso" not in paid[1] or paid[1]["resso"] == 0.0
    elsewhere = [sum(amount for name, amount in one.items() if name != "resso") for one in paid]
    assert found.least == pytest.approx(-(elsewhere[0] - elsewhere[1]) / 4)
    assert found.bill["ID"]["sony"] == pytest.approx(found.paid)


def test_free_video_is_in_what_the_label_loses_elsewhere() -> None:
    now = world()
    with_video = worth(now)
    now.money.video_rates = dict.fromkeys(now.money.video_rates, 0.0)
    bare = worth(now)
    assert with_video.elsewhere[VIDEO] < 0.0  # who leaves Resso watches more of it, and some of that is Sony's
    assert bare.elsewhere[VIDEO] == 0.0
    assert with_video.least == pytest.approx(bare.least - with_video.elsewhere[VIDEO])
    assert with_video.income == pytest.approx(bare.income)  # video pays without a licence: it sets no precedent


def test_clips_are_worth_to_tiktok_what_it_counts_an_hour_to_be() -> None:
    half, whole = (worth(world(**{"parameters.tiktok_hour_worth": value}), CLIPS) for value in (0.25, 0.5))
    assert half.most > 0.0
    assert whole.most == pytest.approx(2.0 * half.most)
    assert whole.least == pytest.approx(half.least)
    muted = worth(world(**{"parameters.clip_time_share": 0.0}), CLIPS)
    assert abs(muted.most) < 0.02 * half.most  # no time hangs on clips but that of songs of the day


def test_a_label_that_believes_in_promotion_asks_less_for_its_clips() -> None:
    found = worth(world(), CLIPS)
    assert found.least_slope < 0.0
    off = {"parameters.promotion_pull": PROBE}
    arms = [
        world().fork(overrides=off, settings=CLIPS.cells(on), markets=("ID",), users=600, draws="decision").run(4)
        for on in (1.0, 0.0)
    ]
    on, without = (sum(royalties(arm, label="universal").values()) for arm in arms)
    assert found.least + PROBE * found.least_slope == pytest.approx(-(on - without) / 4, rel=1e-6)


def test_users_of_bytedance_count_in_what_it_would_pay() -> None:
    worths = [worth(world(**{"parameters.bytedance_user_worth": value})).most for value in (0.0, 0.5, 1.0)]
    assert worths[1] > worths[0]
    assert worths[2] - worths[1] == pytest.approx(worths[1] - worths[0])
    now, spotify = world(), Pair("spotify", "sony", "streaming", ("ID",))
    rich = world(**{"parameters.bytedance_user_worth": 1.0})
    assert worth(now, spotify).most == worth(rich, spotify).most


def entrant() -> World:
    plan = {"platforms": ["tiktok_music"], "new": [{"platform": "tiktok_music", "labels": ["sony", "universal"]}]}
    return world(talks=plan, events=[ENTRY])


def test_an_entry_is_valued_as_if_all_wanted_labels_had_signed() -> None:
    now = entrant()
    pair = Pair("tiktok_music", "sony", "streaming", ("ID",))
    opening = entry_of(now, pair)
    labels = {one.item for one in opening if one.lever == "catalogue" and one.value == 1.0}
    assert {"sony", "universal"} <= labels
    assert all(one.service == "tiktok_music" and one.market == "ID" for one in opening)
    arm = now.fork(settings=(*opening, *pair.cells(0.0)), markets=("ID",), users=600, draws="decision").run(2)[-1]
    place = arm.platforms.index("tiktok_music")
    assert arm.available[place, arm.labels.index("universal")] == 1.0
    assert arm.available[place, arm.labels.index("sony")] == 0.0
    assert any(arm.is_open[j] for j, (name, _) in enumerate(arm.offers, start=1) if name == "tiktok_music")
    entering = worth(now, pair, opening=opening)
    assert entering.paid > 0.0
    assert worth(now, pair).paid == 0.0  # it is not there yet, and no fork knows of the plan


def test_an_open_service_and_an_unplanned_one_have_no_entry() -> None:
    now = world()
    assert entry_of(now, SONY) == ()


def test_clauses_and_precedents_bend_at_present_terms_only() -> None:
    assert most_under_clauses(3.0, present=4.0, pass_on=2.0) == 3.0
    assert most_under_clauses(10.0, present=4.0, pass_on=2.0) == pytest.approx(6.0)
    x = most_under_clauses(10.0, present=4.0, pass_on=2.0)
    assert 10.0 - x - 2.0 * (x - 4.0) == pytest.approx(0.0)  # there its gain is nothing
    assert least_with_precedent(5.0, present=4.0, income=10.0, precedent=0.1) == 5.0
    y = least_with_precedent(1.0, present=4.0, income=10.0, precedent=0.1)
    assert y - 1.0 - 0.1 * 10.0 * (1.0 - y / 4.0) == pytest.approx(0.0)
