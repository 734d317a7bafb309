"""Over a year, where people hold what they drew: levers pulled hard, in the mean of replicates.

In the month of a change the relations of `test_levers.py` are exact. Later they rest on what people drew: whoever chose
anew in one arm holds another offer than in the other, with another chance to come back or to move on, and friends
follow. So a small change may turn round for a few people. Less is asked here: a strong pull, half a year after half a
year, the mean over replicates of the expected stock, and services that more than a few people use.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from model.market.start_store import StartStore
from model.market.streaming_market import StreamingMarket
from model.market.world import World
from model.spec.scenario import Scenario
from model.spec.settings import Setting

USERS, MONTHS, REPLICATES = 3000, 12, 4
MARKETS = ("ID", "BR")
NOTABLE = 0.01  # of addressable people
FREE, PAID = 1, 2


@pytest.fixture(scope="module")
def roots() -> list[StreamingMarket]:
    plan = Scenario.load("baseline").replace({"users": USERS, "months": MONTHS, "markets": list(MARKETS)})
    starts = StartStore(None)
    return [StreamingMarket(plan, starts=starts, replicate=number) for number in range(REPLICATES)]


@pytest.fixture(scope="module")
def usual(roots: list[StreamingMarket]) -> list[World]:
    return [root.fork(months=MONTHS) for root in roots]


def people(worlds: list[World], market: str, options: list[int]) -> float:
    """Return expected people of options in the mean of the last half year: a month's stock before, and its flows."""
    found = []
    for world in worlds:
        records = [record for record in world.records if record.market == market]
        for before, record in zip(records[-7:-1], records[-6:], strict=True):
            moved = record.expected.sum(axis=0) - record.expected.sum(axis=1)
            found.append((before.activity.main_users + moved)[options].sum())
    return float(np.mean(found))


def known(world: World, market: str, service: str) -> int:
    country = world.countries[market]
    bit = np.uint32(1 << country.platforms.index(service))
    return int(((country.users.aware[: country.active] & bit) != 0).sum())


def notable(root: StreamingMarket, market: str, nest: int) -> list[tuple[str, list[int]]]:
    """Return services and their options of a nest that more than a few people use."""
    country, (record,) = root.countries[market], [one for one in root.records if one.market == market]
    found = []
    for service in country.platforms:
        own = [j for j in country.offers.of_platform(service) if nest in (0, country.offers.nest[j])]
        if record.activity.main_users[own].sum() > NOTABLE * record.people:
            found.append((service, own))
    return found


Pull = Callable[[Any, str, str, list[int]], list[Setting]]


def dearer(offers: Any, market: str, service: str, own: list[int]) -> list[Setting]:
    return [Setting("price", market, service, offers.names[j][1], 1.4 * float(offers.price_local[j])) for j in own]


def cheaper(offers: Any, market: str, service: str, own: list[int]) -> list[Setting]:
    return [Setting("price", market, service, offers.names[j][1], 0.6 * float(offers.price_local[j])) for j in own]


def louder(offers: Any, market: str, service: str, own: list[int]) -> list[Setting]:
    tiers = [offers.names[j][1] for j in own if offers.names[j][1] != "bundle"]
    return [Setting("ad_load", market, service, tier, 12.0) for tier in tiers]


def emptier(offers: Any, market: str, service: str, own: list[int]) -> list[Setting]:
    labels = ("universal", "sony", "warner")
    return [Setting("catalogue", market, service, label, 0.0) for label in labels]


def gone(offers: Any, market: str, service: str, own: list[int]) -> list[Setting]:
    return [Setting("open", market, service, offers.names[j][1], 0.0) for j in own]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("pull", "nest", "sign"), [(dearer, PAID, -1), (cheaper, PAID, 1), (louder, FREE, -1), (emptier, 0, -1)]
)
@pytest.mark.parametrize("market", MARKETS)
def test_a_strong_pull_works_the_expected_way_for_a_year(
    roots: list[StreamingMarket], usual: list[World], pull: Pull, nest: int, sign: int, market: str
) -> None:
    for service, own in notable(roots[0], market, nest):
        made = pull(roots[0].countries[market].offers, market, service, own)
        worlds = [root.fork(settings=made, markets=[market], months=MONTHS) for root in roots]
        change = people(worlds, market, own) - people(usual, market, own)
        assert sign * change > 0.0, (service, change)


@pytest.mark.slow
@pytest.mark.parametrize("market", MARKETS)
def test_when_the_leader_goes_the_others_have_more_for_a_year(
    roots: list[StreamingMarket], usual: list[World], market: str
) -> None:
    there = dict(notable(roots[0], market, 0))
    made = gone(roots[0].countries[market].offers, market, "spotify", there["spotify"])
    worlds = [root.fork(settings=made, markets=[market], months=MONTHS) for root in roots]
    for service, own in there.items():
        if service != "spotify":
            assert people(worlds, market, own) > people(usual, market, own), service
    assert people(worlds, market, there["spotify"]) == 0.0


@pytest.mark.slow
@pytest.mark.parametrize("market", MARKETS)
def test_twice_the_marketing_is_known_to_more_people_a_year_later(
    roots: list[StreamingMarket], usual: list[World], market: str
) -> None:
    for service, _ in notable(roots[0], market, 0):
        made = [Setting("marketing", market, service, "", 2.0)]
        worlds = [root.fork(settings=made, markets=[market], months=MONTHS) for root in roots]
        totals = [sum(known(world, market, service) for world in side) for side in (usual, worlds)]
        assert totals[1] >= totals[0], service
