"""Which terms hold in which month, which labels a service may play, and what is wrong with a deal book."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from model.facts.start import load_start
from model.foundation.errors import InputError
from model.foundation.months import parse_month
from model.state.deals import DealBook

START = load_start()
LABELS = tuple(START.markets["IN"].repertoire)
SERVICES = tuple(START.markets["IN"].platforms)
BOOK = DealBook.from_start(START)


def terms_in(month: str, *, market: str = "IN", book: DealBook = BOOK):
    platforms, labels = tuple(START.markets[market].platforms), tuple(START.markets[market].repertoire)
    return book.terms(market, month=parse_month(month), platforms=platforms, labels=labels)


def deal(platform: str = "spotify", label: str = "sony", **changes):
    found = START.deals_of(platform=platform, market="IN")[label]
    months = {name: parse_month(changes[name]) for name in ("signed", "expires") if name in changes}
    return replace(found, **{**changes, **months})


def test_sony_is_on_resso_until_august_2022_and_keeps_its_last_terms_for_the_counterfactual():
    resso, sony = SERVICES.index("resso"), LABELS.index("sony")
    for month, there in (("2021-01", True), ("2022-08", True), ("2022-09", False), ("2025-09", False)):
        terms = terms_in(month)
        assert bool(terms.in_force[resso, sony]) is there
        assert terms.in_force.sum() == terms.in_force.size - (not there)
        assert terms.rev_share_paid[resso, sony] == 0.555


def test_a_service_without_deals_takes_the_long_tail_terms_of_its_market():
    terms = terms_in("2022-10")
    other, spotify = SERVICES.index("other"), SERVICES.index("spotify")
    long_tail = LABELS.index("long_tail")
    assert (terms.deal[other] == -1).all()
    assert (terms.deal[spotify] >= 0).all()
    np.testing.assert_array_equal(terms.rev_share_paid[other], terms.rev_share_paid[spotify, long_tail])
    assert not terms.per_subscriber_minimum_usd[other].any()
    assert terms.publisher_paid[other] == terms.publisher_paid[spotify] == 0.13


def test_a_service_that_opens_a_free_tier_without_terms_for_one_still_pays():
    terms = terms_in("2022-10")
    gaana = SERVICES.index("gaana")
    recorded = START.deals_of(platform="gaana", market="IN")
    assert all(deal.rev_share_free == 0.0 for deal in recorded.values())
    np.testing.assert_array_equal(terms.rev_share_free[gaana], terms.rev_share_paid[gaana])
    assert terms.per_stream_minimum_usd[gaana, LABELS.index("sony")] == 0.00023
    assert terms.publisher_free[gaana] == 0.12


def test_a_deal_past_its_end_runs_on_under_its_old_terms_and_says_so():
    after = terms_in("2025-09")
    np.testing.assert_array_equal(after.rev_share_paid, terms_in("2022-10").rev_share_paid)
    notices = BOOK.notices(first=parse_month("2022-10"), last=parse_month("2025-09"))
    assert "spotify and zee (IN): licence ended 2022-12, extended on old terms" in notices
    assert not any("resso and sony" in notice or "long_tail" in notice for notice in notices)
    assert BOOK.notices(first=parse_month("2022-10"), last=parse_month("2022-11")) == ()


def test_a_renewal_takes_over_in_its_first_month():
    old = deal(signed="2021-01", expires="2022-12", rev_share_paid=0.5)
    new = deal(signed="2023-03", expires="2025-02", rev_share_paid=0.6)
    book = DealBook([old, new], start=START)
    column = SERVICES.index("spotify"), LABELS.index("sony")
    shares = {month: terms_in(month, book=book).rev_share_paid[column]
              for month in ("2020-06", "2022-12", "2023-02", "2023-03", "2030-01")}  # fmt: skip
    assert shares == {"2020-06": 0.5, "2022-12": 0.5, "2023-02": 0.5, "2023-03": 0.6, "2030-01": 0.6}
    lapsed = DealBook([replace(old, status="expired"), new], start=START)
    months = ("2022-12", "2023-01", "2023-02", "2023-03")
    held = [bool(terms_in(month, book=lapsed).in_force[column]) for month in months]
    assert held == [True, False, False, True]


def test_overlapping_deals_are_all_named_and_other_kinds_and_markets_do_not_clash():
    old, new = deal(signed="2021-01", expires="2023-01"), deal(signed="2023-01", expires="2025-01")
    long, inside = (("2021-01", "2099-12"), ("2022-01", "2022-06"))
    zee = [deal(label="zee", signed=signed, expires=expires) for signed, expires in (long, inside)]
    with pytest.raises(InputError) as caught:
        DealBook([old, new, *zee], start=START)
    places = [fault.place for fault in caught.value.faults]
    assert places == ["deals, spotify with sony in IN (streaming)", "deals, spotify with zee in IN (streaming)"]
    DealBook([old, replace(new, kind="publishing"), replace(new, markets=("BR",))], start=START)


def test_deals_of_a_service_that_is_nowhere_are_left_out_and_clips_are_kept_apart():
    ghost = deal(platform="joox", label="sony") if "joox" in SERVICES else replace(deal(), platform="ghost")
    book = DealBook.from_start(replace(START, deals=(*START.deals, ghost)))
    assert ghost not in book.deals
    assert {clip.platform for clip in book.clips} == {"tiktok"}
    assert sum(clip.minimum_guarantee_usd_m for clip in book.clips) == pytest.approx(370, rel=0.01)


def test_availability_follows_the_order_that_is_asked_for():
    month = parse_month("2022-10")
    there = BOOK.availability("IN", month=month, platforms=("resso", "spotify"), labels=("zee", "sony"))
    assert there.tolist() == [[True, False], [True, True]]
    turned = BOOK.availability("IN", month=month, platforms=("spotify", "resso"), labels=("sony", "zee"))
    assert turned.tolist() == [[True, True], [False, True]]
