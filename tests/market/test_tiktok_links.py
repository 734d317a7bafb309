"""What TikTok's side hands from one part of the world to another: each link by hand, so that cutting it is seen."""

from __future__ import annotations

import numpy as np
import pytest

from model.facts.start import load_start
from model.market.record import MarketMonth
from model.market.start_store import StartStore
from model.market.streaming_market import StreamingMarket
from model.market.world import World
from model.mechanisms.clips import TikTokMonth
from model.mechanisms.settlement import Settlement
from model.mechanisms.tiktok import own_share
from model.spec.parameters import Parameters
from model.spec.scenario import Scenario
from model.spec.settings import Setting
from model.state.ad_markets import AUDIO, REWARDED

STARTS = StartStore(None)
PLAIN = Parameters()


def market(**changes: object) -> StreamingMarket:
    plan = {"users": 800, "months": 8, "markets": ["BR", "ID"], "growth": False, **changes}
    return StreamingMarket(Scenario.load("baseline").replace(plan), starts=STARTS)


def ahead(run: StreamingMarket, *settings: Setting, months: int = 1, **overrides: float) -> World:
    """Return a fork that lived some months; overrides: of parameters, and of other keys with "__" for a full stop."""
    keys = {
        name.replace("__", ".") if "__" in name else f"parameters.{name}": value for name, value in overrides.items()
    }
    fork = run.fork(settings=list(settings), overrides=keys)
    fork.run(months)
    return fork


def month_of(world: World | StreamingMarket, place: str, month: int) -> tuple[MarketMonth, TikTokMonth, Settlement]:
    found = next(one for one in world.records if one.market == place and one.month == month)
    assert found.tiktok is not None
    assert found.settlement is not None
    return found, found.tiktok, found.settlement


@pytest.fixture(scope="module")
def run() -> StreamingMarket:
    return market()


def test_own_distribution_draws_listening_to_the_long_tail_from_all_labels_alike(run: StreamingMarket) -> None:
    still, grown = (ahead(run, own_speed=speed) for speed in (0.0, 5.0))
    for place in ("BR", "ID"):
        record, before, _ = month_of(still, place, 1)
        _, after, settled = month_of(grown, place, 1)
        tail = record.labels.index("long_tail")
        share = load_start().markets[place].repertoire["long_tail"].share
        own = [float(own_share(at, parameters=PLAIN.replace({"own_speed": 5.0}))) for at in (0, 1)]
        kept = (1.0 - own[1]) / (1.0 - own[0])
        expected = np.full(len(record.labels), kept)
        expected[tail] = (1.0 - (1.0 - share) * kept) / share
        np.testing.assert_allclose(after.pull / before.pull, expected, rtol=1e-9)
        # ByteDance keeps its fee of that part of the long tail's royalties that it distributes.
        assert after.distribution == pytest.approx(
            PLAIN.own_fee * own[1] / share * settled.label_income[tail], rel=1e-9
        )


def test_what_streaming_paid_last_month_is_income_of_creators(run: StreamingMarket) -> None:
    world = ahead(run, months=2)
    for place in ("BR", "ID"):
        facts = load_start().markets[place].tiktok
        record, _, settled = month_of(world, place, 1)
        _, lived, _ = month_of(world, place, 2)
        ads = facts.ad_revenue_usd_m.value * 1e6 / 12.0
        sponsors = PLAIN.creator_sponsors * ads * lived.hours / (facts.adult_mau_m * 1e6 * facts.hours_per_user_month)
        streaming = lived.creator_income * lived.creators - lived.creators_paid - sponsors
        tail = settled.label_income[record.labels.index("long_tail")]
        assert tail > 0.0
        assert streaming == pytest.approx(PLAIN.creator_streaming * tail, rel=1e-6)


def test_busier_creators_use_more_songs(run: StreamingMarket) -> None:
    lever = [Setting("creator_share", place, "", "", 1.0) for place in ("BR", "ID")]
    quick = {"creator_elasticity": 3.0, "creator_adjustment": 1.0}
    worlds = {uses: [ahead(run, *settings, months=3, creator_uses=uses, **quick) for settings in ((), lever)]
              for uses in (1.0, 0.0)}  # fmt: skip
    for place in ("BR", "ID"):
        (before, after), (deaf, still_deaf) = (
            [month_of(world, place, 3)[1] for world in pair] for pair in worlds.values()
        )
        assert after.activity > 1.3
        assert after.uses.sum() > 1.2 * before.uses.sum()
        np.testing.assert_array_equal(still_deaf.uses, deaf.uses)


def test_each_kind_of_music_advertising_is_paid_the_price_of_its_own_channel(run: StreamingMarket) -> None:
    more = 8.0
    usual = ahead(run)
    loaded = ahead(run, platforms__resso__ad_load__ID__free_rewarded=more)
    record, before, settled = month_of(usual, "ID", 1)
    busy, after, paid = month_of(loaded, "ID", 1)
    prices = after.channel_price / before.channel_price
    assert prices[REWARDED] < 0.95 < prices[AUDIO]
    for tier, channel, load in (("free_rewarded", REWARDED, more), ("free_ads", AUDIO, 1.0)):
        option = 1 + record.offers.index(("resso", tier))
        each = [
            float(money.income.ads[option] / month.activity.time[option])
            for money, month in ((settled, record), (paid, busy))
        ]  # fmt: skip
        assert each[1] / each[0] == pytest.approx(load * prices[channel], rel=1e-9)


def expected_hours(level: float, users: float, place: str) -> float:
    """Return the hours that music inside TikTok keeps there, over those without any."""
    there = load_start().markets[place].tiktok.adult_mau_m * 1e6
    return 1.0 + PLAIN.integration_hours * level * min(1.0, users / there)


def users_of(record: MarketMonth, service: str) -> float:
    mine = [1 + number for number, (name, _) in enumerate(record.offers) if name == service]
    return float(record.activity.users[mine].sum())


def test_hours_follow_the_users_of_the_service_that_is_tied_to_tiktok(run: StreamingMarket) -> None:
    tied = ahead(run, Setting("integration", "ID", "resso", "", 1.0), months=2)
    for month in (1, 2):
        record, lived, _ = month_of(tied, "ID", month)
        wanted = expected_hours(1.0, users_of(record, "resso"), "ID")
        assert 1.001 < wanted < 1.0 + 0.9 * PLAIN.integration_hours
        assert lived.hour_causes["integration"] == pytest.approx(wanted, rel=1e-9)
        assert month_of(tied, "BR", month)[1].hour_causes["integration"] == 1.0


@pytest.mark.parametrize("levels", [(0.9, 0.2), (0.2, 0.9)])
def test_of_two_services_of_bytedance_the_one_more_tied_counts(levels: tuple[float, float]) -> None:
    names = ("resso", "tiktok_music")
    events = [
        {"date": "2022-10", "kind": "platform_enters", "platform": "tiktok_music", "markets": ["ID"],
         "tiers": {"individual": 50000.0}, "integration": levels[1]},
        {"date": "2022-10", "kind": "integration_change", "platform": "resso", "markets": ["ID"],
         "integration": levels[0]},
    ]  # fmt: skip
    run = market(markets=["ID"], events=events)
    run.run(3)
    record, lived, _ = month_of(run, "ID", 3)
    users = [users_of(record, name) for name in names]
    most = int(np.argmax(levels))
    assert lived.hour_causes["integration"] == pytest.approx(expected_hours(levels[most], users[most], "ID"), rel=1e-9)
