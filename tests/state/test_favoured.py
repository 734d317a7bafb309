"""Most-favoured-nation clauses on signing: who is raised, by how much, and that it ends."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from model.facts.records import DealStart
from model.facts.start import load_start
from model.foundation.errors import InputError
from model.foundation.months import parse_month
from model.state.deals import DealBook
from model.state.favoured import FREE, PAID, REWARDED, pass_on, signed_with_favour

START = load_start()
BOOK = DealBook.from_start(START)
JANUARY = parse_month("2023-01")
MAJORS = ("sony", "universal", "warner")
MARKETS = ("BR", "IN", "MX")
TERMS = (*PAID, *FREE)


def renewal(label: str = "sony", *, platform: str = "spotify", market: str = "BR", **changes: object) -> DealStart:
    old = START.deals_of(platform=platform, market=market)[label]
    base = replace(old, markets=(market,), signed=JANUARY, expires=JANUARY + 23, agreed=True)
    return replace(base, **changes)  # type: ignore[arg-type]


def term(book: DealBook, name: str, label: str, *, market: str = "BR", platform: str = "spotify",
         month: int = JANUARY) -> float:  # fmt: skip
    return float(getattr(book.standing(market=market, platform=platform, label=label, month=month).deal, name))


def test_a_raise_is_passed_on_to_those_with_the_clause_and_to_nobody_else() -> None:
    book, changed = signed_with_favour(BOOK, [renewal(rev_share_paid=0.58)])
    assert [(deal.label, deal.markets) for deal in changed] == [
        ("sony", ("BR",)), ("universal", ("BR",)), ("warner", ("BR",))
    ]  # fmt: skip
    for label in MAJORS:
        assert term(book, "rev_share_paid", label) == 0.58
        assert term(book, "rev_share_paid", label, month=JANUARY - 1) < 0.55
        assert term(book, "rev_share_paid", label, market="MX") < 0.55
        assert term(book, "rev_share_paid", label, platform="deezer") < 0.56
    assert term(book, "rev_share_paid", "merlin_indies") == term(BOOK, "rev_share_paid", "merlin_indies")
    old = START.deals_of(platform="spotify", market="BR")
    for deal in changed[1:]:
        assert (deal.expires, deal.mfn, deal.agreed) == (old[deal.label].expires, True, False)
        assert deal.rev_share_free == old[deal.label].rev_share_free
        root = BOOK.deals.index(old[deal.label])
        assert book.amended[book.deals.index(deal)] == root


@pytest.mark.parametrize("name", REWARDED)
def test_a_royalty_of_rewarded_listening_is_passed_on_where_it_is_stated(name: str) -> None:
    usual = term(BOOK, REWARDED[name], "sony")
    book, changed = signed_with_favour(BOOK, [renewal(**{name: 1.2 * usual})])
    assert {deal.label for deal in changed} == set(MAJORS)
    for label in MAJORS:
        assert term(book, name, label) == 1.2 * usual
        assert term(book, REWARDED[name], label) == term(BOOK, REWARDED[name], label)
    _, alone = signed_with_favour(BOOK, [renewal(**{name: 0.9 * usual})])  # a cut raises nobody
    assert [deal.label for deal in alone] == ["sony"]
    # A raise of other free listening states no term of rewarded listening for anybody.
    raised, _ = signed_with_favour(BOOK, [renewal(**{REWARDED[name]: 1.2 * usual})])
    stood = raised.standing(market="BR", platform="spotify", label="warner", month=JANUARY).deal
    assert getattr(stood, name) is None


@pytest.mark.parametrize("name", TERMS)
def test_each_term_counts_on_its_own(name: str) -> None:
    high = 2.0 * term(BOOK, name, "sony")
    if name.startswith("rev_share"):
        high = 0.7
    book, changed = signed_with_favour(BOOK, [renewal(**{name: high})])
    assert len(changed) == 3
    for label in ("universal", "warner"):
        assert {other: term(book, other, label) for other in TERMS} == {
            other: high if other == name else term(BOOK, other, label) for other in TERMS
        }


def test_a_cut_or_the_same_terms_raise_nobody() -> None:
    # Warner has 0.54 where Sony has 0.545: Sony's unchanged renewal is no raise, nor is its cut to 0.542.
    for share in (0.545, 0.542, 0.3):
        book, changed = signed_with_favour(BOOK, [renewal(rev_share_paid=share)])
        assert len(changed) == 1
        assert book.deals[:-1] == BOOK.deals
        assert term(book, "rev_share_paid", "warner") == 0.54


def test_a_service_without_a_free_tier_gets_no_terms_for_one() -> None:
    quiet = renewal(platform="apple_music", rev_share_free=0.6, per_stream_minimum_usd=0.01)
    book, changed = signed_with_favour(BOOK, [quiet])
    assert len(changed) == 1
    assert term(book, "rev_share_free", "warner", platform="apple_music") == 0.0


def test_a_lapsed_deal_is_not_raised_and_an_extended_one_is() -> None:
    gone = BOOK.with_deals([renewal("warner", status="expired", signed=JANUARY - 2, expires=JANUARY - 1)])
    _, changed = signed_with_favour(gone, [renewal(rev_share_paid=0.58)])
    assert [deal.label for deal in changed] == ["sony", "universal"]
    late = parse_month("2023-08")  # Universal's ended in March 2023
    book, changed = signed_with_favour(BOOK, [renewal(rev_share_paid=0.58, signed=late, expires=late + 11)])
    raised = next(deal for deal in changed if deal.label == "universal")
    assert (raised.signed, raised.expires) == (late, parse_month("2023-03"))
    assert term(book, "rev_share_paid", "universal", month=late) == 0.58


def test_two_that_sign_at_once_and_one_after_the_other() -> None:
    both = [renewal(rev_share_paid=0.58), renewal("universal", rev_share_paid=0.57)]
    book, changed = signed_with_favour(BOOK, both)
    assert {label: term(book, "rev_share_paid", label) for label in MAJORS} == dict.fromkeys(MAJORS, 0.58)
    assert len(changed) == 4
    turned, _ = signed_with_favour(BOOK, both[::-1])
    assert {label: term(turned, "rev_share_paid", label) for label in MAJORS} == dict.fromkeys(MAJORS, 0.58)
    later = renewal("universal", rev_share_paid=0.6, signed=JANUARY + 3)
    book, changed = signed_with_favour(BOOK, [both[0], later])
    assert [term(book, "rev_share_paid", "warner", month=JANUARY + ahead) for ahead in (-1, 0, 2, 3)] == (
        [0.54, 0.58, 0.58, 0.6]
    )
    assert term(book, "rev_share_paid", "sony", month=JANUARY + 3) == 0.6


def test_deals_that_clash_sign_nothing() -> None:
    with pytest.raises(InputError, match="spotify with sony in BR"):
        signed_with_favour(BOOK, [renewal(), renewal(signed=JANUARY + 1)])


shares = st.sampled_from([0.3, 0.5, 0.545, 0.55, 0.6])
offer = st.fixed_dictionaries({
    "label": st.sampled_from([*MAJORS, "zee", "long_tail"]), "market": st.sampled_from(MARKETS),
    "platform": st.sampled_from(["spotify", "deezer", "apple_music"]), "rev_share_paid": shares,
    "rev_share_free": shares, "per_subscriber_minimum_usd": st.sampled_from([0.0, 0.5, 2.5]), "mfn": st.booleans(),
})  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(st.lists(offer, min_size=1, max_size=4))
def test_the_cascade_ends_and_lowers_nobody(offers: list[dict[str, object]]) -> None:
    book = BOOK
    for ahead, given_ in enumerate(offers):
        wanted = dict(given_)
        label, platform, market = (str(wanted.pop(key)) for key in ("label", "platform", "market"))
        if label not in START.deals_of(platform=platform, market=market):
            continue
        new = renewal(label, platform=platform, market=market, signed=JANUARY + ahead, **wanted)
        before, (book, changed) = book, signed_with_favour(book, [new])
        month = JANUARY + ahead
        at = {"market": market, "platform": platform, "month": month}
        for other in before.partners(market=market, platform=platform):
            old, now = (one.standing(**at, label=other).deal for one in (before, book))
            for name in TERMS:
                if other != label:
                    assert getattr(now, name) >= getattr(old, name)
        was = before.standing(**at, label=label).deal
        for name in PAID:
            raised = getattr(new, name) > getattr(was, name)
            least = min(
                (getattr(book.standing(**at, label=other).deal, name)
                 for other in before.partners(market=market, platform=platform)
                 if book.standing(**at, label=other).deal.mfn), default=1e9,
            )  # fmt: skip
            assert not raised or least >= getattr(new, name)
        assert {deal.label for deal in changed[1:]} <= {
            other for other in book.partners(market=market, platform=platform)
            if other != label and book.standing(**at, label=other).deal.mfn
        }  # fmt: skip
        assert signed_with_favour(book, [new])[1] == (new,)  # the same again raises nobody


def test_pass_on_is_the_size_of_the_others_with_the_clause() -> None:
    income = {"BR": {"sony": 2.0, "universal": 3.0, "warner": 1.0, "merlin_indies": 9.0}, "MX": {"sony": 2.0}}
    assert pass_on(BOOK, platform="spotify", label="sony", month=JANUARY, royalties=income) == pytest.approx(1.0)
    assert pass_on(BOOK, platform="spotify", label="merlin_indies", month=JANUARY, royalties=income) == (
        pytest.approx(8.0 / 9.0)
    )
    assert pass_on(BOOK, platform="other", label="sony", month=JANUARY, royalties=income) == 0.0
    assert pass_on(BOOK, platform="spotify", label="zee", month=JANUARY, royalties=income) == float("inf")
