"""Promotional credits: a twelfth a month, split as royalties are, only where the label may be played."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from model.facts.start import load_start
from model.foundation.months import parse_month
from model.state.credits import PromotionalCredits
from model.state.deals import DealBook
from model.state.ledger import Ledger

START = load_start()
OCTOBER = parse_month("2022-10")


def one_credit(**changes: object) -> DealBook:
    """Spotify and Sony in Brazil and Mexico, 12 M USD a year of promotion."""
    found = START.deals_of(platform="spotify", market="BR")["sony"]
    base = replace(found, markets=("BR", "MX"), signed=parse_month("2021-03"), expires=parse_month("2024-02"),
                   promotional_credit_usd_m=12.0)  # fmt: skip
    return DealBook([replace(base, **changes)], start=START)  # type: ignore[arg-type]


def month_of(credits: PromotionalCredits, book: DealBook, royalties: dict[str, float], *, month: int = OCTOBER,
             off: tuple[str, ...] = ()) -> dict[str, float]:  # fmt: skip
    ledger = Ledger()
    for market, amount in royalties.items():
        terms = book.terms(market, month=month, platforms=("spotify",), labels=("sony",))
        credits.earn(terms, royalties=np.array([[amount]]), available=np.array([[market not in off]]))
    credits.close(month, ledger=ledger)
    ledger.close(month)
    flows = ledger.flows()
    assert set(flows["kind"]) <= {"promotional credit"}
    return {
        str(payer).split(":")[2]: float(usd) for payer, usd in zip(flows["payer"], flows["amount_usd"], strict=True)
    }


def test_a_twelfth_a_month_split_as_royalties_are() -> None:
    book = one_credit()
    credits = PromotionalCredits(book, start=START, markets=("BR", "MX"))
    assert month_of(credits, book, {"BR": 3.0, "MX": 1.0}) == pytest.approx({"BR": 0.75e6, "MX": 0.25e6})
    assert month_of(credits, book, {"BR": 1.0, "MX": 3.0}, month=OCTOBER + 1) == (
        pytest.approx({"BR": 0.25e6, "MX": 0.75e6})
    )
    nothing = month_of(credits, book, {"BR": 0.0, "MX": 0.0}, month=OCTOBER + 2)
    assert sum(nothing.values()) == pytest.approx(1e6)
    assert set(nothing) == {"BR", "MX"}


def test_where_the_label_may_not_be_played_its_part_is_not_due() -> None:
    book = one_credit()
    credits = PromotionalCredits(book, start=START, markets=("BR", "MX"))
    parts = {}
    for gone, there in (("BR", "MX"), ("MX", "BR")):
        found = month_of(credits, book, {gone: 0.0, there: 2.0}, off=(gone,))
        assert set(found) == {there}
        parts[there] = found[there]
    assert sum(parts.values()) == pytest.approx(1e6)
    assert month_of(credits, book, {"BR": 0.0, "MX": 0.0}, off=("BR", "MX")) == {}


def test_a_run_of_one_market_bears_its_part_and_a_lapsed_deal_nothing() -> None:
    book = one_credit()
    alone = [month_of(PromotionalCredits(book, start=START, markets=(market,)), book, {market: 1.0})
             for market in ("BR", "MX")]  # fmt: skip
    assert sum(sum(found.values()) for found in alone) == pytest.approx(1e6)
    lapsed = one_credit(status="expired", expires=OCTOBER)
    credits = PromotionalCredits(lapsed, start=START, markets=("BR", "MX"))
    assert sum(month_of(credits, lapsed, {"BR": 1.0, "MX": 1.0}).values()) == pytest.approx(1e6)
    assert month_of(credits, lapsed, {"BR": 1.0, "MX": 1.0}, month=OCTOBER + 1) == {}


def test_an_amendment_keeps_the_credit_and_a_new_deal_brings_its_own() -> None:
    book = one_credit()
    credits = PromotionalCredits(book, start=START, markets=("BR", "MX"))
    row = replace(book.deals[0], signed=OCTOBER, markets=("BR",), rev_share_paid=0.6)
    longer = book.with_deals([row], amends=[0])
    assert sum(month_of(credits.renewed(longer), longer, {"BR": 1.0, "MX": 1.0}).values()) == pytest.approx(1e6)
    new = replace(book.deals[0], signed=OCTOBER, agreed=True, promotional_credit_usd_m=0.0)
    without = book.with_deals([new])
    assert month_of(credits.renewed(without), without, {"BR": 1.0, "MX": 1.0}) == {}
