"""What must not matter, to the last bit: integration under a ban, order, other markets and their luck, forks."""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from itertools import permutations
from typing import Any

import numpy as np
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from model.foundation import rng
from model.market.record import MarketMonth
from model.market.start_store import StartStore
from model.market.streaming_market import StreamingMarket
from model.market.world import World
from model.spec.settings import Setting

UNSHRUNK = (Phase.explicit, Phase.generate)  # each case is a world: shrinking one that fails would take minutes
DRAWING = (
    "model.state.population", "model.mechanisms.choice", "model.mechanisms.awareness", "model.market.placing",
)  # fmt: skip


def months_of(run: StreamingMarket | World, market: str) -> list[MarketMonth]:
    return [record for record in run.records if record.market == market]


def numbers(record: MarketMonth) -> list[Any]:
    """Return what a run computes of music in a market and month."""
    found: list[Any] = [record.people, record.people_paying, record.activity.users, record.activity.hours,
                        record.payers, record.available]  # fmt: skip
    if record.settlement is not None:
        found += [record.expected, record.counts, *record.settlement.accounts().values(), record.settlement.royalties]
    return found


def beside(record: MarketMonth) -> list[Any]:
    """Return what a run computes of TikTok and free video in a market and month."""
    if record.tiktok is None:
        return []
    one = record.tiktok
    return [one.users, one.hours, one.infeed, one.topview, one.shop_income, one.creators_paid, one.costs, one.creators,
            one.creator_income, one.clip_fees, list(one.other_fees.values()), one.uses, one.pull, one.link_fees,
            one.channel_price, record.video]  # fmt: skip


def same(one: Sequence[MarketMonth], other: Sequence[MarketMonth], *, all_of_it: bool = True) -> bool:
    pairs = [
        pair
        for first, second in zip(one, other, strict=True)
        for pair in (
            *zip(numbers(first), numbers(second), strict=True),
            *(zip(beside(first), beside(second), strict=True) if all_of_it else ()),
        )
    ]
    return all(np.array_equal(first, second, equal_nan=True) for first, second in pairs)


@given(
    market=st.sampled_from(("ID", "BR")), month=st.sampled_from((0, 1, 4)),
    levels=st.tuples(st.floats(0.0, 1.0), st.floats(0.0, 1.0)), data=st.data(),
)  # fmt: skip
@settings(max_examples=8, deadline=None, phases=UNSHRUNK)
def test_a_ban_removes_all_that_integration_does(
    bench: Any, market: str, month: int, levels: tuple[float, float], data: st.DataObject
) -> None:
    """From one state: integration at two levels, TikTok banned in the same month, three months lived.

    What integration did before a ban stays done: people know the service and are used to it.
    """
    service = data.draw(st.sampled_from(bench.services(market, month=month)))
    ban = Setting("tiktok", market, "", "", 0.0)
    runs = [
        bench.worlds[month].fork(settings=[ban, Setting("integration", market, service, "", level)], months=3)
        for level in levels
    ]
    for code in bench.run.countries:
        assert same(months_of(runs[0], code), months_of(runs[1], code))


def test_integration_works_where_tiktok_is_not_banned(bench: Any) -> None:
    for market, felt in (("ID", True), ("IN", False)):
        runs = [
            bench.worlds[0].fork(settings=[Setting("integration", market, "resso", "", level)], months=2)
            for level in (0.0, 1.0)
        ]
        assert same(months_of(runs[0], market), months_of(runs[1], market)) is not felt


def test_integration_works_again_where_tiktok_returns(bench: Any) -> None:
    back = Setting("tiktok", "IN", "", "", 1.0)
    runs = [
        bench.worlds[0].fork(settings=[back, Setting("integration", "IN", "resso", "", level)], months=2)
        for level in (0.0, 1.0)
    ]
    assert not same(months_of(runs[0], "IN"), months_of(runs[1], "IN"))


@pytest.mark.parametrize("order", list(permutations(("BR", "ID", "IN")))[1:])
def test_order_of_markets_does_not_matter(bench: Any, order: tuple[str, ...]) -> None:
    tied = [Setting("integration", market, "resso", "", level) for market, level in (("BR", 0.4), ("ID", 1.0))]
    usual = bench.worlds[1].fork(settings=tied, markets=["BR", "ID", "IN"], months=3)
    other = bench.worlds[1].fork(settings=tied, markets=order, months=3)
    for market in order:
        assert same(months_of(usual, market), months_of(other, market))


def test_order_of_markets_in_a_scenario_does_not_matter(bench: Any) -> None:
    runs = []
    for order in (("IN", "BR", "ID"), ("ID", "IN", "BR")):
        tied = {"markets": list(order), "platforms.resso.integration": {"BR": 0.4, "ID": 1.0}}
        run = StreamingMarket(bench.plan.replace(tied), starts=bench.starts)
        run.run(3)
        runs.append(run)
    for market in ("BR", "ID", "IN"):
        assert same(months_of(runs[0], market), months_of(runs[1], market))
    assert runs[0].ledger.balances() == runs[1].ledger.balances()


def test_another_markets_luck_does_not_matter(bench: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every draw of India's people is another one: the music of Indonesia and Brazil stays as it was to the last bit.

    Advertising of TikTok reads creators' income of each market on its own, and songs of the day are shared: these draws
    stay as they are.
    """
    usual = StreamingMarket(bench.plan, starts=StartStore(None))
    usual.run(3)

    def other(seed: int, *names: object) -> Any:
        return rng.stream_key(seed + 1 if "IN" in names else seed, *names)

    for module in DRAWING:
        monkeypatch.setattr(importlib.import_module(module), "stream_key", other)
    unlike = StreamingMarket(bench.plan, starts=StartStore(None))
    unlike.run(3)
    assert not same(months_of(usual, "IN"), months_of(unlike, "IN"), all_of_it=False)
    for market in ("ID", "BR"):
        assert same(months_of(usual, market), months_of(unlike, market))


@given(parts=st.lists(st.integers(1, 3), min_size=1, max_size=4).filter(lambda found: sum(found) <= 6))
@settings(max_examples=6, deadline=None, phases=UNSHRUNK)
def test_a_run_split_by_forks_is_the_run(bench: Any, parts: list[int]) -> None:
    """A fork of a fork of a fork, each lived for some months: as if nobody had forked."""
    events = [
        {"date": "2022-11", "kind": "price_change", "platform": "spotify", "tier": "individual", "markets": ["ID"],
         "price": 70_000.0},
        {"date": "2023-01", "kind": "label_leaves", "platform": "resso", "label": "sony", "markets": ["ID", "BR"]},
    ]  # fmt: skip
    plan = bench.plan.replace({"events": events})
    whole, split = StreamingMarket(plan, starts=bench.starts), StreamingMarket(plan, starts=bench.starts)
    whole.run(sum(parts))
    world: World = split.world
    found: list[MarketMonth] = []
    for part in parts:
        world = world.fork(months=part)
        found.extend(world.records)
    for market in ("BR", "ID", "IN"):
        assert same(months_of(whole, market)[1:], [record for record in found if record.market == market])
    assert whole.ledger.balances() == world.ledger.balances()
