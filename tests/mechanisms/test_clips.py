"""Clips on TikTok: what labels lose without them, alone and together; TikTok's time, income and fees."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from model.facts.start import load_start
from model.foundation.months import parse_month
from model.foundation.threads import exactly
from model.mechanisms.clips import (
    ClipFees,
    TikTokMonth,
    book_tiktok,
    clip_fees,
    label_pull,
    listening_factor,
    market_part,
    tiktok_time,
)
from model.mechanisms.listening import listen
from model.spec.parameters import Parameters
from model.state.activity import MarketActivity
from model.state.ad_markets import CHANNELS, SEGMENTS, AdQuotes, tiktok_income
from model.state.country import Country
from model.state.deals import DealBook
from model.state.ledger import Ledger
from tests.numbers import floats

Settled = Callable[..., Country]
START = load_start()
BOOK = DealBook.from_start(START)
OCTOBER = parse_month("2022-10")
NO_QUOTES = AdQuotes(*(np.full(len(CHANNELS), np.nan) for _ in range(5)))
DEFAULT = Parameters({})


def heard(country: Country, parameters: Parameters = DEFAULT) -> MarketActivity:
    return listen(
        country.users, active=country.active, platform=country.offers.platform, nest=country.offers.nest,
        available=country.available, pull=label_pull(country, parameters), second_share=0.25, weight=country.weight,
        factor=listening_factor(country, parameters),
    )  # fmt: skip


def without(country: Country, *labels: str) -> Country:
    twin = country.copy()
    for label in labels:
        twin.clips[twin.labels.index(label)] = 0.0
    return twin


def hours_of(country: Country, label: str, parameters: Parameters = DEFAULT) -> float:
    return float(heard(country, parameters).hours[:, country.labels.index(label)].sum())


def test_with_every_clip_on_tiktok_nothing_changes(settled: Settled) -> None:
    for parameters in (DEFAULT, Parameters({"promotion_pull": 0.7, "promotion_new": 0.9})):
        country = settled("ID")
        np.testing.assert_array_equal(label_pull(country, parameters), np.ones(len(country.labels)))
        assert listening_factor(country, parameters) == 1.0
        assert tiktok_time(country, parameters) == 1.0
    rest = listen(
        country.users, active=country.active, platform=country.offers.platform, nest=country.offers.nest,
        available=country.available, pull=np.ones(len(country.labels)), second_share=0.25, weight=country.weight,
    )  # fmt: skip
    now = heard(country)
    np.testing.assert_array_equal(now.hours, rest.hours)
    np.testing.assert_array_equal(now.billed_usage, rest.billed_usage)


@pytest.mark.parametrize("market", ["ID", "BR", "US"])
def test_one_label_that_leaves_alone_loses_more_than_if_all_leave(market: str, settled: Settled) -> None:
    country = settled(market)
    everybody = without(country, *country.labels)
    for label in ("universal", "sony", "warner"):
        before = hours_of(country, label)
        alone = 1.0 - hours_of(without(country, label), label) / before
        together = 1.0 - hours_of(everybody, label) / before
        assert 0.0 < together < alone < 0.05
    reach = country.tiktok_reach
    new = 0.3 * 0.05 * reach
    assert 1.0 - heard(everybody).hours.sum() / heard(country).hours.sum() == pytest.approx(new / (1 + new), rel=1e-3)


def test_what_a_label_loses_others_gain_but_for_the_new_listening(settled: Settled) -> None:
    country = settled("ID")
    taken = Parameters({"promotion_new": 0.0})
    gone = without(country, "sony")
    assert heard(gone, taken).hours.sum() == pytest.approx(heard(country, taken).hours.sum(), rel=1e-5)
    assert hours_of(gone, "warner", taken) > hours_of(country, "warner", taken)
    assert heard(gone).hours.sum() < heard(country).hours.sum()
    harmful = Parameters({"promotion_pull": -0.1})
    assert hours_of(gone, "sony", harmful) > hours_of(country, "sony", harmful)


def test_pull_and_factor_by_hand(settled: Settled) -> None:
    country = without(settled("ID"), "sony", "warner")
    parameters = Parameters({"promotion_pull": 0.4, "promotion_new": 0.5, "clip_time_share": 0.2})
    reach = country.newcomers.facts.tiktok_share
    muted = sum(START.markets["ID"].repertoire[label].share for label in ("sony", "warner"))
    wanted = np.array([1.0 / (1.0 + 0.4 * reach) if label in ("sony", "warner") else 1.0 for label in country.labels])
    np.testing.assert_allclose(label_pull(country, parameters), wanted, rtol=1e-12)
    assert listening_factor(country, parameters) == pytest.approx(
        (1.0 + 0.2 * reach * (1.0 - muted)) / (1.0 + 0.2 * reach)
    )
    assert tiktok_time(country, parameters) == pytest.approx(1.0 - 0.2 * muted)


def test_where_tiktok_is_banned_clips_do_nothing(settled: Settled) -> None:
    india = without(settled("IN"), "sony")
    assert india.tiktok_reach == 0.0
    np.testing.assert_array_equal(label_pull(india, DEFAULT), 1.0)
    assert (listening_factor(india, DEFAULT), tiktok_time(india, DEFAULT)) == (1.0, 0.0)
    india.tiktok_open = True
    assert india.tiktok_reach > 0.0
    assert label_pull(india, DEFAULT).min() < 1.0


@settings(max_examples=60, deadline=None)
@given(pull=floats(-0.5, 1.0), new=floats(0.0, 1.0), on=st.lists(st.booleans(), min_size=20, max_size=20))
def test_factors_stay_between_all_and_none(settled: Settled, pull: float, new: float, on: list[bool]) -> None:
    country = settled("BR").without_users()
    parameters = Parameters({"promotion_pull": pull, "promotion_new": new})
    country.clips[:] = on[: len(country.labels)]
    factor = listening_factor(country, parameters)
    country.clips[:] = 0.0
    none = listening_factor(country, parameters)
    assert min(none, 1.0) - 1e-12 <= factor <= max(none, 1.0) + 1e-12
    assert none > 0.0


def test_a_factor_scales_hours_and_not_who_is_billed(settled: Settled) -> None:
    country = settled("US")
    given_ = {
        "active": country.active, "platform": country.offers.platform, "nest": country.offers.nest,
        "available": country.available, "pull": np.ones(len(country.labels)), "second_share": 0.25,
        "weight": country.weight,
    }  # fmt: skip
    rest, half = listen(country.users, **given_), listen(country.users, **given_, factor=0.5)
    np.testing.assert_allclose(half.hours, 0.5 * rest.hours, rtol=1e-5, atol=1e-3 * country.weight)
    np.testing.assert_array_equal(half.billed_usage, rest.billed_usage)
    with exactly(3):
        np.testing.assert_array_equal(listen(country.users, **given_, factor=0.5).hours, half.hours)


def fees_of(
    country: Country, *, book: DealBook = BOOK, month: int = OCTOBER, parameters: Parameters | None = None
) -> ClipFees:
    return clip_fees(book, country, month=month, start=START, parameters=parameters or Parameters())


def month_of(country: Country, fees: ClipFees) -> TikTokMonth:
    """A month of round numbers beside real fees."""
    labels = np.ones(len(country.labels))
    return TikTokMonth(
        users=2e6, hours=4e7, hour_causes={"integration": 1.0, "clips": 1.0, "creators": 1.0, "load": 1.0},
        infeed=3e6, topview=2.5e5, shop_income=4e5, games=5e4, creators_paid=1.2e5, costs=1.1e6, distribution=3e4,
        clips=labels, pull=labels, uses=100.0 * labels, clip_fees=fees.labels, promotional_credit=fees.credit,
        other_fees=fees.others, creators=2e4, creator_income=20.0, activity=1.0,
        channel_price=np.ones(len(CHANNELS)), spending=np.ones((len(SEGMENTS), len(CHANNELS) + 1)),
        quotes=NO_QUOTES,
    )  # fmt: skip


def test_clip_fees_add_up_to_the_lump_sums_in_the_world() -> None:
    parts = {code: market_part(START, code, parameters=Parameters()) for code in START.markets}
    rest = START.tiktok_rest_ad_revenue_usd_m.value
    world = rest + sum(facts.tiktok.ad_revenue_usd_m.value for facts in START.markets.values())
    returning = parts.pop("IN")  # TikTok was banned there: beside the whole, by what it would earn
    assert sum(parts.values()) == pytest.approx(1.0 - rest / world)
    assert parts["US"] > parts["GB"] > returning > 0.0


def test_a_market_to_which_tiktok_returns_bears_its_part_beside_the_whole(settled: Settled) -> None:
    """By what TikTok would earn there, split over labels by repertoire, until a label has a licence of its own."""
    country, parameters = settled("IN"), Parameters()
    assert not fees_of(country).labels.any()  # banned
    country.tiktok_open = True
    fees, part = fees_of(country), market_part(START, "IN", parameters=parameters) / 12.0
    potential = tiktok_income(START, "IN", parameters=parameters)
    rest = START.tiktok_rest_ad_revenue_usd_m.value
    world = 1e6 * (rest + sum(facts.tiktok.ad_revenue_usd_m.value for facts in START.markets.values()))
    assert fees.total / (potential / 12.0) == pytest.approx(370e6 / world, rel=1e-3)  # as everywhere: 3.6%
    np.testing.assert_allclose(fees.labels / fees.labels.sum(), country.repertoire, rtol=1e-12)
    assert fees.others == {"publishers": pytest.approx(100e6 * part)}
    more = fees_of(country, parameters=Parameters({"banned_tiktok_share": 0.6}))
    assert more.total == pytest.approx(2.0 * fees.total)
    t_series, sony = country.labels.index("t_series"), country.labels.index("sony")
    assert fees_of(without(country, "t_series")).labels[t_series] == 0.0
    old = next(deal for deal in BOOK.clips if deal.label == "sony")
    new = replace(old, markets=("IN",), signed=OCTOBER, expires=OCTOBER + 20, minimum_guarantee_usd_m=80.0, agreed=True)
    own = fees_of(country, book=BOOK.with_deals([new]))
    assert own.labels[sony] == pytest.approx(80e6 * part)
    assert own.labels[t_series] == fees.labels[t_series]


def test_a_market_bears_a_twelfth_of_its_part_while_clips_are_licensed_and_there(settled: Settled) -> None:
    country = settled("BR")
    fees, part = fees_of(country), market_part(START, "BR", parameters=Parameters()) / 12.0 * 1e6
    sony, warner = (country.labels.index(label) for label in ("sony", "warner"))
    assert fees.labels[sony] == pytest.approx(58.0 * part)
    assert fees.others["publishers"] == pytest.approx(100.0 * part)
    assert "t_series" in fees.others
    total = fees.labels.sum() + sum(fees.others.values())
    assert total == pytest.approx(sum(deal.minimum_guarantee_usd_m for deal in BOOK.clips) * part)
    gone = fees_of(without(country, "sony"))
    assert (gone.labels[sony], gone.labels[warner]) == (0.0, fees.labels[warner])
    assert gone.others == fees.others
    banned = country.without_users()
    banned.tiktok_open = False
    assert not fees_of(banned).labels.any()
    assert not fees_of(banned).others
    late = fees_of(country, month=parse_month("2025-06"))  # all of them past their end, extended
    np.testing.assert_array_equal(late.labels, fees.labels)


def test_a_lapsed_clip_licence_is_not_paid_and_a_new_one_as_it_stands(settled: Settled) -> None:
    country = settled("BR")
    sony, old = country.labels.index("sony"), next(deal for deal in BOOK.clips if deal.label == "sony")
    new = replace(old, signed=OCTOBER, expires=OCTOBER + 5, minimum_guarantee_usd_m=80.0, agreed=True,
                  status="expired", promotional_credit_usd_m=6.0)  # fmt: skip
    book, part = BOOK.with_deals([new]), market_part(START, "BR", parameters=Parameters()) / 12.0 * 1e6
    fees = fees_of(country, book=book, month=OCTOBER + 5)
    assert fees.labels[sony] == pytest.approx(80.0 * part)
    assert fees.credit[sony] == pytest.approx(6.0 * part)
    assert fees.credit.sum() == fees.credit[sony]
    after = fees_of(country, book=book, month=OCTOBER + 6)
    assert (after.labels[sony], after.credit[sony]) == (0.0, 0.0)
    muted = fees_of(without(country, "sony"), book=book)
    assert (muted.labels[sony], muted.credit[sony]) == (0.0, 0.0)


def test_every_payment_is_booked_and_what_is_left_is_the_profit(settled: Settled) -> None:
    country, ledger = settled("BR"), Ledger()
    old = next(deal for deal in BOOK.clips if deal.label == "sony")
    fees = fees_of(country, book=BOOK.with_deals([replace(old, signed=OCTOBER, agreed=True,
                                                          promotional_credit_usd_m=6.0)]))  # fmt: skip
    lived = month_of(country, fees)
    book_tiktok(lived, country=country, ledger=ledger, month=OCTOBER)
    ledger.close(OCTOBER)
    balances = ledger.balances()
    assert lived.ad_income == 3.25e6
    assert balances["advertisers:BR"] == -lived.ad_income
    assert balances["users:BR"] == -4.5e5
    assert balances["creators:BR"] == 1.2e5
    paid = fees.labels.sum() + fees.credit.sum() + sum(fees.others.values())
    assert paid > fees.credit.sum() > 0.0
    assert lived.profit == pytest.approx(3.25e6 + 4e5 + 5e4 + 3e4 - 1.2e5 - 1.1e6 - paid)
    assert balances["platform:tiktok:BR"] == pytest.approx(lived.profit)
    assert balances["publishers"] == fees.others["publishers"]
    sony, tail = country.labels.index("sony"), country.labels.index("long_tail")
    assert balances["label:sony"] == pytest.approx(fees.labels[sony] + fees.credit[sony])
    assert balances["label:long_tail:BR"] == pytest.approx(fees.labels[tail] - 3e4)
    assert sum(balances.values()) == pytest.approx(0.0, abs=1e-6)
    kinds = {"tiktok advertising", "tiktok shop", "games", "distribution fee", "creators", "tiktok cost of sales"}
    assert set(ledger.flows()["kind"]) == kinds | {"clip licence", "promotional credit"}
