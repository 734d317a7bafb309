"""What a strategist expects of one lever with all else held, in the people expected after the month it is pulled in.

Each relation is exact in that month: who reconsiders is drawn by the same numbers in both arms, offers are substitutes
in a nested logit, and sums of choice probabilities carry no luck. In later months people hold what they drew in the
month before, which differs between the arms, so that a relation may turn round for a few people (docs/decisions.md says
how often): over longer times `test_longer.py` asks for less. Main use is meant; second use is in no flow.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from model.spec.settings import Setting

MARKETS, MONTHS = ("IN", "ID", "BR"), (0, 1, 4)
UNSHRUNK = (Phase.explicit, Phase.generate)  # each case is a world: shrinking one that fails would take minutes
FREE, PAID = 1, 2
Draw = Callable[[Any], Any]
FACTORS = st.floats(1.002, 20.0)


@dataclass(frozen=True)
class Pull:
    """A lever pulled. gains, loses: sets of options that may not lose, and may not gain."""

    settings: tuple[Setting, ...]
    gains: tuple[tuple[int, ...], ...]
    loses: tuple[tuple[int, ...], ...]
    first: tuple[Setting, ...] = ()


def each(options: list[int]) -> tuple[tuple[int, ...], ...]:
    return tuple((j,) for j in options)


def offer(bench: Any, draw: Draw, market: str, nest: int, month: int) -> tuple[int, str, str]:
    return draw(st.sampled_from(bench.offers(market, nest, month=month)))


def price_rise(bench: Any, draw: Draw, market: str, month: int) -> Pull:
    """Raising an own price never raises own paid users; every other offer, own or not, may only win."""
    j, service, tier = offer(bench, draw, market, PAID, month)
    now = float(bench.worlds[month].countries[market].offers.price_local[j])
    made = Setting("price", market, service, tier, now * draw(FACTORS))
    return Pull((made,), each(bench.others(market, [j])), (tuple(bench.own(market, service, PAID)), (j,)))


def subsidy(bench: Any, draw: Draw, market: str, month: int) -> Pull:
    """A lower price, down to nothing, never lowers own paid users; every other offer may only lose."""
    j, service, tier = offer(bench, draw, market, PAID, month)
    now = float(bench.worlds[month].countries[market].offers.price_local[j])
    made = Setting("price", market, service, tier, now * draw(st.floats(0.0, 0.998)))
    return Pull((made,), (tuple(bench.own(market, service, PAID)), (j,)), each(bench.others(market, [j])))


def fewer_ads(bench: Any, draw: Draw, market: str, month: int) -> Pull:
    """Less advertising, or fewer limits, on a free tier never lowers own free users."""
    j, service, tier = offer(bench, draw, market, FREE, month)
    lever = draw(st.sampled_from(("ad_load", "restriction")))
    now = float(getattr(bench.worlds[month].countries[market].offers, lever)[j])
    made = Setting(lever, market, service, tier, now * draw(st.floats(0.0, 0.99)))
    return Pull((made,), (tuple(bench.own(market, service, FREE)), (j,)), each(bench.others(market, [j])))


def more_catalogue(bench: Any, draw: Draw, market: str, month: int) -> Pull:
    """A label that a service lacked, and that comes to it, never costs it people, nor brings any to another."""
    service = draw(st.sampled_from(bench.services(market, month=month)))
    label = draw(st.sampled_from(bench.run.countries[market].labels))
    own = bench.own(market, service)
    away, back = (Setting("catalogue", market, service, label, value) for value in (0.0, 1.0))
    return Pull((back,), (tuple(own),), each(bench.others(market, own)), first=(away,))


def less_catalogue(bench: Any, draw: Draw, market: str, month: int) -> Pull:
    """A label's walk-out never brings its service people; those it wakes may go to any other."""
    service = draw(st.sampled_from(bench.services(market, month=month)))
    label = draw(st.sampled_from(bench.run.countries[market].labels))
    own = bench.own(market, service)
    back, away = (Setting("catalogue", market, service, label, value) for value in (1.0, 0.0))
    return Pull((away,), each(bench.others(market, own)), (tuple(own),), first=(back,))


def more_marketing(bench: Any, draw: Draw, market: str, month: int) -> Pull:
    """More marketing never lowers own users."""
    service = draw(st.sampled_from(bench.services(market, month=month)))
    own = bench.own(market, service)
    made = Setting("marketing", market, service, "", draw(st.floats(1.0, 50.0)))
    return Pull((made,), (tuple(own),), each(bench.others(market, own)))


def closer_to_tiktok(bench: Any, draw: Draw, market: str, month: int) -> Pull:
    """A closer integration with TikTok never lowers own users."""
    service = draw(st.sampled_from(bench.services(market, month=month)))
    own = bench.own(market, service)
    low, high = sorted(draw(st.tuples(st.floats(0.0, 1.0), st.floats(0.0, 1.0))))
    less, more = (Setting("integration", market, service, "", level) for level in (low, high))
    return Pull((more,), (tuple(own),), each(bench.others(market, own)), first=(less,))


def more_podcasts(bench: Any, draw: Draw, market: str, month: int) -> Pull:
    """More podcasts never lower own users."""
    service = draw(st.sampled_from(bench.services(market, month=month)))
    own = bench.own(market, service)
    made = Setting("podcasts", market, service, "", draw(st.floats(0.0, 3.0)))
    return Pull((made,), (tuple(own),), each(bench.others(market, own)))


def rival_leaves(bench: Any, draw: Draw, market: str, month: int) -> Pull:
    """A service that leaves, with one tier or all, never costs another offer people."""
    service = draw(st.sampled_from(bench.services(market, month=month)))
    table = bench.run.countries[market].offers
    closing = bench.own(market, service)
    if draw(st.booleans()):
        closing = [draw(st.sampled_from(closing))]
    made = tuple(Setting("open", market, service, table.names[j][1], 0.0) for j in closing)
    return Pull(made, each(bench.others(market, closing)), each(closing))


PULLS = (
    price_rise, subsidy, fewer_ads, more_catalogue, less_catalogue, more_marketing, closer_to_tiktok, more_podcasts,
    rival_leaves,
)  # fmt: skip


def check(bench: Any, pull: Callable[..., Pull], data: st.DataObject) -> None:
    market, month = data.draw(st.sampled_from(MARKETS)), data.draw(st.sampled_from(MONTHS))
    made = pull(bench, data.draw, market, month)
    arms = bench.arms(market, made.settings, month=month, first=made.first)
    for options in made.gains:
        assert arms.win(options), (market, month, made.settings, options, arms.gain[list(options)])
    for options in made.loses:
        assert arms.lose(options), (market, month, made.settings, options, arms.gain[list(options)])


@pytest.mark.parametrize("pull", PULLS)
@given(data=st.data())
@settings(max_examples=12, deadline=None, phases=UNSHRUNK)
def test_a_lever_moves_people_the_expected_way(bench: Any, pull: Callable[..., Pull], data: st.DataObject) -> None:
    check(bench, pull, data)


@pytest.mark.slow
@pytest.mark.parametrize("pull", PULLS)
@given(data=st.data())
@settings(max_examples=400, deadline=None, phases=UNSHRUNK)
def test_a_lever_moves_people_the_expected_way_wherever_asked(
    bench: Any, pull: Callable[..., Pull], data: st.DataObject
) -> None:
    check(bench, pull, data)


SPOTIFY = {"market": "BR", "service": "spotify"}


@pytest.mark.parametrize(
    ("made", "first", "nest"),
    [
        (Setting("price", item="individual", value=60.0, **SPOTIFY), None, PAID),
        (Setting("price", item="individual", value=9.0, **SPOTIFY), None, PAID),
        (Setting("ad_load", item="free_ads", value=0.5, **SPOTIFY), None, FREE),
        (Setting("restriction", item="free_ads", value=0.0, **SPOTIFY), None, FREE),
        (
            Setting("catalogue", item="sony", value=1.0, **SPOTIFY),
            Setting("catalogue", item="sony", value=0.0, **SPOTIFY),
            0,
        ),
        (Setting("catalogue", item="sony", value=0.0, **SPOTIFY), None, 0),
        (Setting("marketing", "BR", "deezer", "", 50.0), None, 0),
        (Setting("integration", item="", value=1.0, **SPOTIFY), None, 0),
        (Setting("podcasts", item="", value=3.0, **SPOTIFY), None, 0),
        (Setting("open", item="free_ads", value=0.0, **SPOTIFY), None, PAID),
    ],
)
def test_levers_are_felt(bench: Any, made: Setting, first: Setting | None, nest: int) -> None:
    arms = bench.arms("BR", [made], first=[first] if first else [])
    assert arms.moved(bench.own("BR", made.service, nest))


@given(market=st.sampled_from(MARKETS), month=st.sampled_from(MONTHS), data=st.data())
@settings(max_examples=15, deadline=None, phases=UNSHRUNK)
def test_nobody_is_left_with_a_service_that_left(bench: Any, market: str, month: int, data: st.DataObject) -> None:
    service = data.draw(st.sampled_from(bench.services(market, month=month)))
    own, table = bench.own(market, service), bench.run.countries[market].offers
    arms = bench.arms(market, [Setting("open", market, service, table.names[j][1], 0.0) for j in own], month=month)
    _, gone = arms.records
    assert not gone.expected[:, own].any()
    assert gone.expected[own].sum() == pytest.approx(arms.before.activity.main_users[own].sum(), rel=1e-5)
    assert not gone.activity.users[own].any()  # second use ends too


@given(market=st.sampled_from(MARKETS), month=st.sampled_from(MONTHS), data=st.data())
@settings(max_examples=15, deadline=None, phases=UNSHRUNK)
def test_more_marketing_never_makes_a_service_less_known(
    bench: Any, market: str, month: int, data: st.DataObject
) -> None:
    """Person by person in the month of the change, and what is known of others stays to the last bit.

    Later it need not hold: who comes to use one service leaves another, and may forget what is no longer used.
    """
    service = data.draw(st.sampled_from(bench.services(market, month=month)))
    factor = data.draw(st.floats(2.0, 100.0))
    arms = bench.arms(market, [Setting("marketing", market, service, "", factor)], month=month)
    countries = [world.countries[market] for world in (arms.plain, arms.changed)]
    usual, more = (one.users.aware[: one.active] for one in countries)
    bit = np.uint32(1 << countries[0].platforms.index(service))
    assert np.all((more & bit) >= (usual & bit))
    assert np.array_equal(more & ~bit, usual & ~bit)


def test_marketing_makes_a_service_known(bench: Any) -> None:
    arms = bench.arms("BR", [Setting("marketing", "BR", "deezer", "", 2.0)])
    bit = np.uint32(1 << arms.plain.countries["BR"].platforms.index("deezer"))
    usual, more = (int(((world.countries["BR"].users.aware & bit) > 0).sum()) for world in (arms.plain, arms.changed))
    assert more > usual
