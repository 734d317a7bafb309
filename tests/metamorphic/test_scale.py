"""Units and sizes: a new currency changes nothing in USD, twice the people is twice of all, markets add up in sums."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from model.facts.records import DealStart, Level, MarketStart, StartState
from model.market import streaming_market
from model.market.record import MarketMonth
from model.market.start_store import StartStore
from model.market.streaming_market import StreamingMarket
from model.spec.scenario import Scenario

Floats = NDArray[np.float64]
MARKETS = ("ID", "BR")
Change = Callable[[StartState], StartState]


def times(one: Any, factor: float, *names: str) -> Any:
    """Return a record with some of its amounts multiplied, levels and tables of amounts too."""
    found: dict[str, object] = {}
    for name in names:
        value = getattr(one, name)
        if isinstance(value, Level):
            value = Level(value.value * factor, value.low * factor, value.high * factor)
        elif isinstance(value, Mapping):
            value = {key: amount * factor for key, amount in value.items()}
        elif value is not None:
            value *= factor
        found[name] = value
    return replace(one, **found)


def sized(facts: MarketStart, factor: float) -> MarketStart:
    """Return a market with so many times the people, users, advertising money and TikTok."""
    larger: MarketStart = times(
        facts, factor, "population", "streamers_m", "payers_m", "people_paying_m", "label_streaming_fact_usd_m",
        "label_fact_less_video_usd_m", "label_modelled_usd_m",
    )  # fmt: skip
    return replace(
        larger,
        ads=times(facts.ads, factor, "digital_ad_spend_usd_bn"),
        tiktok=times(facts.tiktok, factor, "adult_mau_m", "ad_revenue_usd_m", "topview_day_price_usd"),
        platforms={name: times(cell, factor, "mau_m", "payers_m") for name, cell in facts.platforms.items()},
        offers=tuple(times(offer, factor, "users_m", "trial_users_m") for offer in facts.offers),
    )


def sized_world(start: StartState, factor: float) -> StartState:
    """Return the world with so many times the people; guarantees, credits and fees grow with it."""
    return replace(
        start,
        markets={code: sized(facts, factor) for code, facts in start.markets.items()},
        deals=tuple(times(deal, factor, "minimum_guarantee_usd_m", "promotional_credit_usd_m") for deal in start.deals),
        tiktok_rest_ad_revenue_usd_m=times(start, factor, "tiktok_rest_ad_revenue_usd_m").tiktok_rest_ad_revenue_usd_m,
    )


def redenominated(start: StartState, factor: float) -> StartState:
    """Return the world with so many units of each new currency for one of the old."""
    markets = {
        code: replace(
            times(facts, factor, "fx_local_per_usd", "ppp_local_per_international_dollar"),
            offers=tuple(times(offer, factor, "price_local_month", "price_ios_local") for offer in facts.offers),
        )
        for code, facts in start.markets.items()
    }
    return replace(start, markets=markets)


@contextmanager
def started(change: Change) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        known = streaming_market.load_start
        patch.setattr(streaming_market, "load_start", lambda date: change(known(date)))
        yield


def lived(change: Change, *, months: int = 3, markets: tuple[str, ...] = MARKETS, users: int = 1000) -> StreamingMarket:
    plan = Scenario.load("baseline").replace({"users": users, "months": 6, "markets": list(markets)})
    with started(change):
        run = StreamingMarket(plan, starts=StartStore(None))
    run.run(months)
    return run


@dataclass(frozen=True)
class Amounts:
    """What a record holds that grows with people (people and money), and what does not (prices, ratios)."""

    people: list[Floats]
    money: list[Floats]
    ratios: list[Floats]


def amounts(record: MarketMonth) -> Amounts:
    activity = record.activity
    people = [activity.users, activity.hours, record.payers, np.array([record.people, record.people_paying])]
    money: list[Floats] = []
    ratios = [record.price_usd, record.available]
    if record.settlement is not None and record.tiktok is not None and record.expected is not None:
        one = record.tiktok
        people += [record.expected, np.array([one.users, one.hours, one.creators])]
        money += [*record.settlement.accounts().values(), record.settlement.royalties, one.clip_fees, one.spending,
                  np.array([one.infeed, one.topview, one.shop_income, one.games, one.creators_paid, one.costs]),
                  np.array(list(one.other_fees.values())), np.asarray(record.video)]  # fmt: skip
        ratios += [one.channel_price, one.pull, np.array([one.activity, one.creator_income])]
    if record.demand is not None:
        ratios += [record.demand.elasticity, record.demand.diversion, np.array([record.demand.surplus])]
    return Amounts(people, money, ratios)


@pytest.fixture(scope="module")
def usual() -> StreamingMarket:
    return lived(lambda start: start)


def compare(one: StreamingMarket, other: StreamingMarket, *, factor: float, rtol: float) -> None:
    for first, second in zip(one.records, other.records, strict=True):
        a, b = amounts(first), amounts(second)
        for part in fields(Amounts):
            scale = 1.0 if part.name == "ratios" else factor
            for mine, theirs in zip(getattr(a, part.name), getattr(b, part.name), strict=True):
                np.testing.assert_allclose(
                    theirs, scale * mine, rtol=rtol, atol=rtol, err_msg=f"{first.market} {first.month} {part.name}"
                )
    mine, theirs = one.ledger.balances(), other.ledger.balances()
    assert set(mine) == set(theirs)
    turnover = sum(abs(value) for value in mine.values())
    assert all(abs(theirs[name] - factor * mine[name]) <= max(rtol, 1e-12) * turnover for name in mine)


def test_a_currency_of_another_unit_changes_nothing_in_dollars(usual: StreamingMarket) -> None:
    """A power of two leaves every bit as it is."""
    other = lived(lambda start: redenominated(start, 1024.0))
    compare(usual, other, factor=1.0, rtol=0.0)
    local = [run.records[0].price_local for run in (usual, other)]
    assert np.array_equal(local[1], 1024.0 * local[0])
    assert local[0].max() > 0.0


def test_a_thousand_to_one_changes_nothing_but_the_last_digits(usual: StreamingMarket) -> None:
    compare(usual, lived(lambda start: redenominated(start, 1000.0)), factor=1.0, rtol=1e-9)


def test_twice_the_people_are_twice_the_people_and_the_money(usual: StreamingMarket) -> None:
    """Of the same simulated users each stands for two."""
    compare(usual, lived(lambda start: sized_world(start, 2.0)), factor=2.0, rtol=1e-9)


def test_markets_of_one_run_are_the_sum_of_runs_of_each(usual: StreamingMarket) -> None:
    """All that people and labels pay and get; TikTok's fees for the world are borne by market alike."""
    alone = [lived(lambda start: start, markets=(market,)) for market in MARKETS]
    for month in range(1, 4):
        together = [amounts(record) for record in usual.records if record.month == month]
        apart = [amounts(record) for run in alone for record in run.records if record.month == month]
        for part in ("people", "money"):
            sums = [
                [
                    sum(float(np.nansum(row)) for row in rows)
                    for rows in zip(*(getattr(one, part) for one in side), strict=True)
                ]
                for side in (together, apart)
            ]
            np.testing.assert_allclose(sums[0], sums[1], rtol=1e-12, err_msg=f"{month} {part}")


def halves(start: StartState) -> StartState:
    """Return the world with Indonesia cut in two: half of it goes by the name of Singapore."""
    half = sized(start.markets["ID"], 0.5)
    return replace(
        start,
        markets={**start.markets, "ID": half, "SG": replace(half, code="SG")},
        deals=tuple(deal for row in start.deals if (deal := _of_halves(row)).markets),
    )


def _of_halves(deal: DealStart) -> DealStart:
    markets = tuple(market for market in deal.markets if market != "SG")
    return replace(deal, markets=(*markets, "SG") if "ID" in markets else markets)


@pytest.mark.slow
def test_a_market_cut_in_two_adds_up_in_sums() -> None:
    """Sums alone: the people of either half are others, so that shares differ by the luck of the draw."""
    users, months = 4000, 6
    whole = lived(lambda start: start, markets=("ID",), users=2 * users, months=months)
    cut = lived(halves, markets=("ID", "SG"), users=users, months=months)
    for month in (0, months):
        (one,) = (record for record in whole.records if record.month == month)
        parts = [record for record in cut.records if record.month == month]
        assert len(parts) == 2
        people = sum(part.people for part in parts)
        assert people == pytest.approx(one.people, rel=1e-3)
        for mine, theirs in ((one.activity.users, sum(part.activity.users for part in parts)),
                             (one.payers, sum(part.payers for part in parts))):  # fmt: skip
            share = np.minimum(1.0, mine / one.people)
            luck = one.people * np.sqrt(2.0 * share * (1.0 - share) / (2 * users))
            assert np.all(np.abs(theirs - mine) <= 5.0 * luck + 4.0 * one.people / (2 * users))
    late = [[record for record in run.records if record.month == months] for run in (whole, cut)]
    spent = [sum(record.settlement.royalties.sum() for record in records if record.settlement) for records in late]
    hours = [sum(record.activity.hours.sum() for record in records) for records in late]
    tiktok = [sum(record.tiktok.ad_income for record in records if record.tiktok) for records in late]
    assert spent[1] == pytest.approx(spent[0], rel=0.10)
    assert hours[1] == pytest.approx(hours[0], rel=0.04)
    assert tiktok[1] == pytest.approx(tiktok[0], rel=0.02)
