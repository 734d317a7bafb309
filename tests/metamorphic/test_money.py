"""What a strategist expects of money in the month of a change, all else held: labels' income, fees and taxes."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import Phase, assume, given, settings
from hypothesis import strategies as st

from model.facts.records import ROLLING, DealStart
from model.spec.settings import Setting

MARKETS, MONTHS = ("IN", "ID", "BR"), (0, 1, 4)
WHERE = {"market": st.sampled_from(MARKETS), "month": st.sampled_from(MONTHS), "data": st.data()}
UNSHRUNK = (Phase.explicit, Phase.generate)  # each case is a world: shrinking one that fails would take minutes
CLOSE = 1e-12
"""Of an amount: what the order of a few float64 operations may change."""


def check_return(bench: Any, market: str, month: int, data: st.DataObject) -> None:
    country = bench.run.countries[market]
    service = data.draw(st.sampled_from(bench.services(market, month=month)))
    label = data.draw(st.sampled_from(country.labels))
    away, back = (Setting("catalogue", market, service, label, value) for value in (0.0, 1.0))
    arms = bench.arms(market, [back], month=month, first=[away])
    cell = country.platforms.index(service), country.labels.index(label)
    without, with_it = (record.settlement.royalties_by_service[cell] for record in arms.records)
    assert without == 0.0
    listeners = arms.records[1].activity.users[bench.own(market, service)].sum()
    assert with_it > 0.0 if listeners > 0.0 else with_it == 0.0


@given(**WHERE)
@settings(max_examples=20, deadline=None, phases=UNSHRUNK)
def test_a_labels_return_never_lowers_its_income_from_the_service(
    bench: Any, market: str, month: int, data: st.DataObject
) -> None:
    """From that service: in all it may earn less, where listeners come from services that pay better."""
    check_return(bench, market, month, data)


@pytest.mark.slow
@given(**WHERE)
@settings(max_examples=300, deadline=None, phases=UNSHRUNK)
def test_any_labels_return_to_any_service_is_paid(bench: Any, market: str, month: int, data: st.DataObject) -> None:
    check_return(bench, market, month, data)


TERMS = ("rev_share_paid", "rev_share_free", "per_subscriber_minimum_usd", "per_stream_minimum_usd")


@given(**WHERE, term=st.sampled_from(TERMS), more=st.floats(1.01, 2.0))
@settings(max_examples=20, deadline=None, phases=UNSHRUNK)
def test_better_terms_never_lower_a_labels_income_nor_touch_anybody_elses(
    bench: Any, market: str, month: int, data: st.DataObject, term: str, more: float
) -> None:
    """Royalties, before guarantees: a term raised in one licence without a clause of most-favoured nation elsewhere."""
    country, start = bench.run.countries[market], bench.run.start
    service = data.draw(st.sampled_from(bench.services(market, month=month)))
    deals = {label: deal for label, deal in start.deals_of(platform=service, market=market).items()
             if label in country.labels and deal.status == "active"}  # fmt: skip
    assume(bool(deals))
    label = data.draw(st.sampled_from(sorted(deals)))
    worlds = [bench.worlds[month].fork(markets=[market]) for _ in range(2)]
    for world, factor in zip(worlds, (1.0, more), strict=True):
        old: DealStart = deals[label]
        raised = {name: getattr(old, name) for name in TERMS} | {term: getattr(old, term) * factor}
        world.money.sign([replace(old, markets=(market,), expires=ROLLING, **raised)], month=month + 1)
        world.step()
    usual, better = (world.records[-1] for world in worlds)
    mine, favoured = country.labels.index(label), {name for name, deal in deals.items() if deal.mfn}
    before, after = (record.settlement.royalties_by_service for record in (usual, better))
    row = country.platforms.index(service)
    assert after[row, mine] >= before[row, mine] * (1.0 - CLOSE)
    others = [
        (p, one)
        for p in range(len(country.platforms))
        for one, name in enumerate(country.labels)
        if (p, one) != (row, mine) and not (p == row and name in favoured)
    ]
    assert all(after[cell] == before[cell] for cell in others)
    assert np.array_equal(usual.expected, better.expected)
    assert np.array_equal(usual.settlement.income.net, better.settlement.income.net)


def test_better_terms_are_felt(bench: Any) -> None:
    deal = bench.run.start.deals_of(platform="spotify", market="BR")["sony"]
    paid = []
    for share in (deal.rev_share_paid, 1.2 * deal.rev_share_paid):
        world = bench.worlds[0].fork(markets=["BR"])
        world.money.sign([replace(deal, markets=("BR",), rev_share_paid=share)], month=1)
        world.step()
        country = world.countries["BR"]
        cell = country.platforms.index("spotify"), country.labels.index("sony")
        paid.append(world.records[-1].settlement.royalties_by_service[cell])
    assert paid[1] > 1.05 * paid[0]


@given(lever=st.sampled_from(("sales_tax", "app_store_fee")), rise=st.floats(0.01, 0.3), **WHERE)
@settings(max_examples=20, deadline=None, phases=UNSHRUNK)
def test_a_tax_or_fee_inside_the_price_moves_nobody_and_never_raises_net_revenue(
    bench: Any, lever: str, rise: float, market: str, month: int, data: st.DataObject
) -> None:
    """Prices are posted with tax and with the fee inside, so people see none of it."""
    low = data.draw(st.floats(0.0, 0.3))
    lower, higher = (Setting(lever, market, "", "", value) for value in (low, low + rise))
    arms = bench.arms(market, [higher], month=month, first=[lower])
    usual, dearer = arms.records
    assert np.array_equal(usual.expected, dearer.expected)
    assert np.array_equal(usual.counts, dearer.counts)
    assert np.array_equal(usual.settlement.income.spending, dearer.settlement.income.spending)
    before, after = usual.settlement.income, dearer.settlement.income
    assert np.all(after.net <= before.net * (1.0 + CLOSE))
    assert np.all(dearer.settlement.royalties <= usual.settlement.royalties * (1.0 + CLOSE))
    taken = "tax" if lever == "sales_tax" else "app_store"
    assert np.all(getattr(after, taken) >= getattr(before, taken) * (1.0 - CLOSE))
    assert getattr(after, taken).sum() > getattr(before, taken).sum()
