"""The rules that set tiers: premium only, freemium, rewarded free."""

import pytest

from tests.agents.strategies.conftest import Play, acts, lever, same_runs

FREE = ("free_ads", "free_rewarded")


def test_premium_only_closes_what_is_free_and_its_users_must_choose(play: Play) -> None:
    run = play({"resso": {"rule": "premium_only", "from": "2022-11"}})
    assert [[lever(run, month, "open", "resso", tier) for tier in (*FREE, "premium")] for month in (1, 2, 3)] == [
        [1, 1, 1], [0, 0, 1], [0, 0, 1]]  # fmt: skip
    for record in run.records[2:]:
        assert [record.activity.users[1 + record.offers.index(("resso", tier))] for tier in FREE] == [0.0, 0.0]


def test_premium_only_leaves_a_service_alone_that_sells_nothing(play: Play) -> None:
    closed = {"platforms.resso.open.ID.premium": False}
    assert acts(play({"resso": {"rule": "premium_only"}}, **closed)) == []


def test_premium_only_closes_again_what_an_event_opens(play: Play) -> None:
    opens = {"kind": "tier_opens", "date": "2022-12", "platform": "resso", "markets": ["ID"], "tier": "free_ads"}
    run = play({"resso": {"rule": "premium_only"}}, months=4, events=[opens])
    assert [lever(run, month, "open", "resso", "free_ads") for month in (2, 3, 4)] == [0, 1, 0]


def test_freemium_is_premium_only_undone(play: Play) -> None:
    closed = {"platforms.resso.open.ID.free_ads": False}
    run = play({"resso": {"rule": "freemium", "ad_load": 4.0, "restriction": 0.3}}, **closed)
    assert [lever(run, month, "open", "resso", "free_ads") for month in (1, 2, 3)] == [1, 1, 1]
    assert lever(run, 1, "ad_load", "resso", "free_ads") == 4.0
    assert acts(run) == [(1, "open", "free_ads", 1.0), (1, "ad_load", "free_ads", 4.0),
                         (1, "restriction", "free_ads", 0.3)]  # fmt: skip


def test_freemium_as_things_stand_is_exactly_nothing(play: Play) -> None:
    start = play(months=1).world.countries["ID"].offers
    j = start.names.index(("resso", "free_ads"))
    row = {"rule": "freemium", "ad_load": float(start.ad_load[j]), "restriction": float(start.restriction[j])}
    run = play({"resso": row})
    assert acts(run) == []
    assert same_runs(run, play())


def test_freemium_opens_a_tier_where_the_service_never_had_one(play: Play) -> None:
    run = play({"apple_music": {"rule": "freemium"}}, months=4, users=2000)
    users = [record.activity.users[1 + record.offers.index(("apple_music", "free_ads"))] for record in run.records]
    assert users[0] == 0.0
    assert users[-1] > 0.0


@pytest.mark.parametrize(("ordinary", "stays"), [("closes", 0.0), ("stays", 1.0)])
def test_rewarded_free_takes_the_place_of_the_ordinary_tier_if_wanted(play: Play, ordinary: str, stays: float) -> None:
    run = play({"resso": {"rule": "rewarded_free", "ad_load": 2.0, "ordinary": ordinary}})
    assert lever(run, 1, "open", "resso", "free_ads") == stays
    assert lever(run, 1, "open", "resso", "free_rewarded") == 1.0
    assert lever(run, 1, "ad_load", "resso", "free_rewarded") == 2.0


def test_rewarded_free_opens_the_tier_where_there_is_none(play: Play) -> None:
    run = play({"joox": {"rule": "rewarded_free"}}, months=2)
    assert [lever(run, month, "open", "joox", "free_rewarded") for month in (0, 1, 2)] == [0.0, 1.0, 1.0]
