"""Signing streaming licences where most-favoured-nation clauses act: what one label gets, others are owed too.

When a signing raises a term of a service in a market above the pair's old term, every other label there whose deal is
in force and holds the clause gets at least the new term. Each term counts on its own. The raised deals go on as
amendments: same end, same guarantee account. A cut raises nobody.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import numpy as np

from model.facts.records import DealStart
from model.foundation.months import show_month
from model.state.deals import DealBook, Governing
from model.theory.bargaining.clauses import favoured_terms

PAID = ("rev_share_paid", "per_subscriber_minimum_usd")
FREE = ("rev_share_free", "per_stream_minimum_usd")
REWARDED = {"rev_share_rewarded": FREE[0], "per_stream_minimum_rewarded_usd": FREE[1]}
"""Terms of paid and of free listening; those of rewarded listening alone, by the one that holds where there is none.

A deal with no share of free revenue has no terms for a free tier.
"""


def signed_with_favour(book: DealBook, deals: Iterable[DealStart]) -> tuple[DealBook, tuple[DealStart, ...]]:
    """Return the book with deals signed, and all that changed: the signed, then those raised by clauses.

    Clauses act in the month in which each deal is signed; publishing and clip licences hold none. Errors: InputError,
    as `DealBook.with_deals`.
    """
    signed = tuple(deals)
    book.with_deals(signed)  # refuses what clashes, whatever the months
    raised: list[DealStart] = []
    for month in sorted({deal.signed for deal in signed}):
        fresh = tuple(deal for deal in signed if deal.signed == month)
        longer = book.with_deals(fresh)
        rows = _amendments(longer, [deal for deal in fresh if deal.kind == "streaming"], before=book, month=month)
        book = longer.with_deals((row for _, row in rows), amends=[place for place, _ in rows]) if rows else longer
        raised.extend(row for _, row in rows)
    return book, (*signed, *raised)


def pass_on(
    book: DealBook, *, platform: str, label: str, month: int, royalties: Mapping[str, Mapping[str, float]]
) -> float:
    """Return k >= 0: the size of the others that a raise for a label passes on to, relative to the label.

    royalties: by market and label, USD a month from this service, expected ones for a label that is not there yet;
    sizes are summed over these markets. Infinite where the label earns nothing and others would be raised.
    """
    own = others = 0.0
    for market, by_label in royalties.items():
        own += by_label.get(label, 0.0)
        held = _favoured(book, market=market, platform=platform, month=month)
        others += sum(by_label.get(name, 0.0) for name in held if name != label)
    if others <= 0.0:
        return 0.0
    return others / own if own > 0.0 else float("inf")


def favoured_labels(book: DealBook, *, market: str, platform: str, month: int) -> frozenset[str]:
    """Return the labels whose deals in force there hold the clause, in a calendar month."""
    return frozenset(_favoured(book, market=market, platform=platform, month=month))


def _favoured(book: DealBook, *, market: str, platform: str, month: int) -> dict[str, Governing]:
    """Return by label the deals in force there that hold the clause."""
    found = {
        label: book.governing(market=market, platform=platform, label=label, month=month)
        for label in book.partners(market=market, platform=platform)
    }
    return {label: one for label, one in found.items() if one is not None and one.held and one.deal.mfn}


def _amendments(
    book: DealBook, fresh: Sequence[DealStart], *, before: DealBook, month: int
) -> list[tuple[int, DealStart]]:
    """Return positions of deals that must be raised, each with the deal as it is from `month` on.

    fresh: deals signed in the month, in `book` already. before: the licences without them. Markets in which a deal is
    raised to the same terms make one row.
    """
    found: dict[tuple[int, tuple[tuple[str, float], ...]], list[str]] = {}
    for platform, market in sorted({(deal.platform, market) for deal in fresh for market in deal.markets}):
        new = {deal.label for deal in fresh if deal.platform == platform and market in deal.markets}
        for position, terms in _raised(book, new, before=before, platform=platform, market=market, month=month):
            found.setdefault((position, terms), []).append(market)
    return [
        (position, _amended(book.deals[position], dict(terms), markets=tuple(markets), month=month))
        for (position, terms), markets in found.items()
    ]


def _amended(deal: DealStart, terms: Mapping[str, float], *, markets: tuple[str, ...], month: int) -> DealStart:
    """Return a deal with some terms raised in some of its markets."""
    raised: dict[str, float] = {**{name: getattr(deal, name) for name in (*PAID, *FREE)}, **terms}
    return replace(
        deal, markets=markets, signed=month, rev_share_paid=raised["rev_share_paid"],
        rev_share_free=raised["rev_share_free"], per_subscriber_minimum_usd=raised["per_subscriber_minimum_usd"],
        per_stream_minimum_usd=raised["per_stream_minimum_usd"],
        rev_share_rewarded=terms.get("rev_share_rewarded", deal.rev_share_rewarded),
        per_stream_minimum_rewarded_usd=terms.get(
            "per_stream_minimum_rewarded_usd", deal.per_stream_minimum_rewarded_usd
        ),
        basis=f"raised in {show_month(month)} by its most-favoured-nation clause; before: {deal.basis}",
    )  # fmt: skip


def _raised(
    book: DealBook, new: set[str], *, before: DealBook, platform: str, market: str, month: int
) -> list[tuple[int, tuple[tuple[str, float], ...]]]:
    """Return, for one service and market, positions of the deals to raise and what their raised terms are.

    new: labels that sign in the month.
    """
    at = {"market": market, "platform": platform}
    favoured = _favoured(book, **at, month=month)
    names = sorted({*favoured, *new})
    now = {label: favoured.get(label) or book.standing(**at, label=label, month=month) for label in names}
    was = {label: before.standing(**at, label=label, month=month).deal for label in new}
    changes: dict[str, list[tuple[str, float]]] = {}
    for term in (*PAID, *FREE, *REWARDED):
        current = np.array([_value(term, now[label].deal) for label in names], dtype=np.float64)
        lifted = [label in new and _rises(term, was[label], now[label].deal) for label in names]
        bound = [label in favoured and _has(term, now[label].deal) for label in names]
        owed = favoured_terms(current, covered=np.outer(bound, lifted).astype(np.float64))
        for place in np.flatnonzero(owed > current):
            changes.setdefault(names[place], []).append((term, float(owed[place])))
    return [(now[label].position, tuple(terms)) for label, terms in changes.items()]


def _value(term: str, deal: DealStart) -> float:
    """Return what a deal pays by a term; rewarded listening as other free listening where it has no term of its own."""
    own = getattr(deal, term)
    return float(getattr(deal, REWARDED[term]) if own is None else own)


def _has(term: str, deal: DealStart) -> bool:
    """Whether a deal has such a term at all; the wish for a free tier makes none out of nothing."""
    return term in PAID or deal.rev_share_free > 0.0


def _rises(term: str, old: DealStart, new: DealStart) -> bool:
    """Whether a term of a pair is higher than before."""
    stated = getattr(new, term) is not None
    return stated and _has(term, old) and _has(term, new) and _value(term, new) > _value(term, old)
