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


def test_rewarded_listening_is_paid_as_other_free_listening_unless_a_deal_says_otherwise():
    at = {"month": START.month, "platforms": ("resso", "gaana"), "labels": LABELS}
    usual = BOOK.terms("IN", **at)
    np.testing.assert_array_equal(usual.rev_share_rewarded, usual.rev_share_free)
    np.testing.assert_array_equal(usual.per_stream_minimum_rewarded_usd, usual.per_stream_minimum_usd)
    old = START.deals_of(platform="resso", market="IN")["warner"]
    own = replace(old, markets=("IN",), signed=START.month, expires=START.month + 23, rev_share_rewarded=0.0,
                  per_stream_minimum_rewarded_usd=0.5)  # fmt: skip
    terms = BOOK.with_deals([own]).terms("IN", **at)
    cell = (0, LABELS.index("warner"))
    assert (terms.rev_share_rewarded[cell], terms.per_stream_minimum_rewarded_usd[cell]) == (0.0, 0.5)
    changed = np.zeros(terms.deal.shape, dtype=bool)
    changed[cell] = True
    np.testing.assert_array_equal(terms.rev_share_rewarded[~changed], usual.rev_share_rewarded[~changed])
    np.testing.assert_array_equal(terms.rev_share_free, usual.rev_share_free)


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


SONY = SERVICES.index("spotify"), LABELS.index("sony")


def agreed(signed: str, expires: str, **changes):
    return deal(signed=signed, expires=expires, agreed=True, **changes)


def test_a_deal_agreed_in_the_run_takes_over_from_the_month_it_is_signed_in():
    new = agreed("2023-01", "2024-12", markets=("IN",), rev_share_paid=0.6)
    longer = BOOK.with_deals([new])
    assert longer.deals[: len(BOOK.deals)] == BOOK.deals
    assert longer.deals[-1] == new
    shares = {month: terms_in(month, book=longer).rev_share_paid[SONY] for month in ("2022-12", "2023-01", "2030-01")}
    assert shares == {"2022-12": 0.545, "2023-01": 0.6, "2030-01": 0.6}
    assert terms_in("2023-01", market="BR", book=longer).rev_share_paid[0] != pytest.approx(0.6)
    assert terms_in("2023-01").rev_share_paid[SONY] == 0.545  # the old book stays
    other = LABELS.index("warner")
    assert (
        terms_in("2023-01", book=longer).deal[SERVICES.index("spotify"), other]
        == (terms_in("2023-01").deal[SERVICES.index("spotify"), other])
    )


def test_an_agreed_deal_that_lapses_leaves_the_label_without_a_licence():
    lapses = agreed("2023-01", "2023-06", status="expired", markets=("IN",))
    longer = BOOK.with_deals([lapses])
    months = ("2022-12", "2023-06", "2023-07", "2025-01")
    assert [bool(terms_in(month, book=longer).in_force[SONY]) for month in months] == [True, True, False, False]
    back = longer.with_deals([agreed("2023-09", "2024-12", markets=("IN",))])
    months = ("2023-06", "2023-08", "2023-09", "2026-01")
    assert [bool(terms_in(month, book=back).in_force[SONY]) for month in months] == [True, False, True, True]


def test_a_lapsing_deal_that_is_overtaken_ends_the_month_before():
    lapses = agreed("2023-01", "2024-12", status="expired", markets=("IN",))
    later = BOOK.with_deals([lapses]).with_deals([agreed("2024-03", "2026-12", markets=("IN",))])
    spans = later.spans(market="IN", platform="spotify", label="sony")
    ends = [span.last for span in spans[:2]]
    assert ends == [parse_month("2022-12"), parse_month("2024-02")]
    assert later.deals[spans[1].deal] == lapses


def test_a_first_deal_of_a_pair_leaves_default_terms_until_it_is_signed():
    first = agreed("2023-01", "2024-12", platform="spotify", markets=("IN",), rev_share_paid=0.6)
    longer = BOOK.with_deals([replace(first, platform="other")])
    cell = SERVICES.index("other"), LABELS.index("sony")
    before, after = (terms_in(month, book=longer) for month in ("2022-12", "2023-01"))
    assert (before.deal[cell], before.rev_share_paid[cell]) == (-1, terms_in("2022-12").rev_share_paid[cell])
    assert (after.deal[cell], after.rev_share_paid[cell]) == (len(BOOK.deals), 0.6)


def test_a_later_agreement_leaves_those_that_are_signed_for_after_it():
    planned = BOOK.with_deals([agreed("2024-01", "2025-12", markets=("IN",), rev_share_paid=0.5)])
    between = planned.with_deals([agreed("2023-03", "2026-12", markets=("IN",), rev_share_paid=0.6)])
    found = [terms_in(month, book=between).rev_share_paid[SONY] for month in ("2023-02", "2023-12", "2024-01")]
    assert found == [0.545, 0.6, 0.5]
    again = between.with_deals([agreed("2024-01", "2026-12", markets=("IN",), rev_share_paid=0.4)])
    assert terms_in("2024-01", book=again).rev_share_paid[SONY] == 0.4


def test_new_deals_that_clash_are_all_named():
    one, two = agreed("2023-01", "2024-12"), agreed("2024-12", "2026-01")
    with pytest.raises(InputError) as caught:
        BOOK.with_deals([one, two, agreed("2023-05", "2023-04", label="zee")])
    places = [fault.place for fault in caught.value.faults]
    assert places == ["deals, spotify with zee (streaming)", "deals, spotify with sony in IN (streaming)"]


def test_nobody_else_is_licensed_while_a_deal_is_exclusive():
    sole = agreed("2023-01", "2023-12", markets=("IN",), exclusive=True)
    longer = BOOK.with_deals([sole])
    others = [place for place, name in enumerate(SERVICES) if name not in ("spotify", "resso")]
    column = LABELS.index("sony")
    for month, alone in (("2022-12", False), ("2023-01", True), ("2023-12", True), ("2024-01", False)):
        held = terms_in(month, book=longer).in_force
        assert bool(held[SONY])
        assert held[others, column].tolist() == [not alone] * len(others)
        assert held[others].sum() == len(others) * (len(LABELS) - alone)
    assert terms_in("2023-06", market="BR", book=longer).in_force.sum() == (
        terms_in("2023-06", market="BR").in_force.sum()
    )
    assert longer.alone(market="IN", label="sony", month=parse_month("2023-06")) == "spotify"


def test_two_services_cannot_both_hold_a_label_alone():
    found = START.deals_of(platform="gaana", market="IN")["sony"]
    sole = agreed("2023-01", "2023-12", markets=("IN",), exclusive=True)
    rival = replace(found, signed=parse_month("2023-12"), expires=parse_month("2024-12"), exclusive=True, agreed=True)
    with pytest.raises(InputError, match="gaana with sony in IN"):
        BOOK.with_deals([sole, rival])
    after = replace(rival, signed=parse_month("2024-01"))
    held = BOOK.with_deals([sole, after])
    names = [held.alone(market="IN", label="sony", month=parse_month(month)) for month in ("2023-12", "2024-01")]
    assert names == ["spotify", "gaana"]


@pytest.mark.parametrize(("platform", "kind"), [("tiktok", "clips"), ("resso", "streaming"), ("spotify", "streaming")])
def test_deals_held_are_those_in_force_or_extended_of_every_partner(platform, kind):
    months = [parse_month(f"{year}-{month:02}") for year in range(2019, 2028) for month in range(1, 13)]
    for book in (BOOK, BOOK.with_deals([deal("resso", signed="2024-03", expires="2024-05", status="expired")])):
        for month in (*months, *reversed(months)):
            pairs = [(label, book.governing(market="IN", platform=platform, label=label, month=month, kind=kind))
                     for label in book.partners(market="IN", platform=platform, kind=kind)]  # fmt: skip
            wanted = tuple(one.deal for _, one in pairs if one is not None and one.held)
            assert book.held(market="IN", platform=platform, month=month, kind=kind) == wanted
    assert BOOK.held(market="IN", platform="nobody", month=months[0]) == ()
