"""Guarantee accounts of deals over markets and months."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from model.facts.start import load_start
from model.foundation.months import parse_month
from model.state.deals import DealBook
from model.state.guarantees import Guarantees
from model.state.ledger import Ledger

START = load_start()
OCTOBER = parse_month("2022-10")


def one_deal(markets=("BR", "MX"), **changes):
    """Spotify and Sony in Brazil and Mexico, 12 M USD a year, contract years from March."""
    found = START.deals_of(platform="spotify", market="BR")["sony"]
    base = replace(found, markets=markets, signed=parse_month("2021-03"), expires=parse_month("2024-02"),
                   minimum_guarantee_usd_m=12.0)  # fmt: skip
    return DealBook([replace(base, **changes)], start=START)


def terms_of(book, market, month=OCTOBER):
    return book.terms(market, month=month, platforms=("spotify",), labels=("sony",))


def run(book, accounts, *, monthly, months, off=None, ledger=None):
    """Return the top-ups by month for royalties per market and month.

    off: by market, the months (counted from October 2022 as 0) in which the label's catalogue is not there; royalties
    are 0 then.
    """
    found = {}
    for month in range(OCTOBER, OCTOBER + months):
        for market, amount in monthly.items():
            there = month - OCTOBER not in (off or {}).get(market, ())
            accounts.earn(
                terms_of(book, market, month), royalties=np.array([[amount * there]]), available=np.array([[there]])
            )
        top_ups = accounts.close(month, ledger=ledger)
        if top_ups.amount.size:
            found[month] = dict(zip(top_ups.market, top_ups.amount.tolist(), strict=True))
        if ledger is not None:
            ledger.close(month)
    return found


def test_fourteen_months_by_hand():
    # October to February are five months of a contract year: 5 M owed, 4 M earned, 1 M missing, split 3 : 1.
    # The next year ends in February 2024, outside the fourteen months.
    book, ledger = one_deal(), Ledger()
    accounts = Guarantees(book, start=START, markets=("BR", "MX"))
    assert accounts.per_year_usd == pytest.approx([12e6])
    found = run(book, accounts, monthly={"BR": 0.6e6, "MX": 0.2e6}, months=14, ledger=ledger)
    assert list(found) == [parse_month("2023-02")]
    assert found[parse_month("2023-02")] == pytest.approx({"BR": 0.75e6, "MX": 0.25e6})
    flows = ledger.flows()
    assert set(flows["kind"]) == {"minimum guarantee"}
    assert flows["payer"].tolist() == ["platform:spotify:BR", "platform:spotify:MX"]
    assert flows["amount_usd"].sum() == pytest.approx(1e6)


def test_royalties_above_the_guarantee_owe_nothing():
    book = one_deal()
    accounts = Guarantees(book, start=START, markets=("BR", "MX"))
    assert run(book, accounts, monthly={"BR": 1.1e6, "MX": 0.0}, months=30) == {}


def test_markets_of_a_deal_recoup_together():
    book = one_deal()
    accounts = Guarantees(book, start=START, markets=("BR", "MX"))
    assert run(book, accounts, monthly={"BR": 1.0e6, "MX": 0.0}, months=12) == {}
    apart = Guarantees(book, start=START, markets=("MX",))
    assert run(book, apart, monthly={"MX": 0.0}, months=12) != {}


def test_a_deal_that_earns_nothing_pays_the_whole_guarantee_by_repertoire():
    book = one_deal()
    found = run(book, Guarantees(book, start=START, markets=("BR", "MX")), monthly={"BR": 0.0, "MX": 0.0}, months=17)
    assert sum(found[parse_month("2024-02")].values()) == pytest.approx(12e6)
    assert set(found[parse_month("2024-02")]) == {"BR", "MX"}


def test_a_run_of_one_market_is_held_to_its_part():
    book = one_deal()
    both = Guarantees(book, start=START, markets=("BR", "MX")).per_year_usd[0]
    alone = [Guarantees(book, start=START, markets=(market,)).per_year_usd[0] for market in ("BR", "MX")]
    assert sum(alone) == pytest.approx(both)
    assert min(alone) > 0.2 * both


def test_a_lapsed_deal_closes_with_its_term():
    book = one_deal(status="expired", expires=parse_month("2022-12"))
    accounts = Guarantees(book, start=START, markets=("BR", "MX"))
    found = run(book, accounts, monthly={"BR": 0.5e6, "MX": 0.0}, months=12)
    assert found == {parse_month("2022-12"): pytest.approx({"BR": 1.5e6})}


def test_share_zero_switches_guarantees_off_and_share_scales_them():
    book = one_deal()
    assert not Guarantees(book, start=START, markets=("BR", "MX"), share=0.0).per_year_usd.any()
    assert Guarantees(book, start=START, markets=("BR", "MX"), share=0.35).per_year_usd == pytest.approx([6e6])


def test_a_forecast_replaces_the_recorded_guarantee():
    book = one_deal()
    accounts = Guarantees(book, start=START, markets=("BR", "MX"), share=0.5)
    accounts.forecast([(terms_of(book, market), np.array([[amount]])) for market, amount in (("BR", 3e6), ("MX", 1e6))])
    assert accounts.per_year_usd == pytest.approx([0.5 * 12 * 4e6])
    bare = Guarantees(one_deal(minimum_guarantee_usd_m=0.0), start=START, markets=("BR",))
    bare.forecast([(terms_of(book, "BR"), np.array([[1e6]]))])
    assert not bare.per_year_usd.any()


def test_a_copy_goes_its_own_way():
    book = one_deal()
    accounts = Guarantees(book, start=START, markets=("BR", "MX"))
    twin = accounts.copy()
    run(book, twin, monthly={"BR": 1e6, "MX": 0.0}, months=3)
    assert twin.earned_usd.sum() == pytest.approx(3e6)
    assert accounts.earned_usd.sum() == 0.0
    assert run(book, accounts, monthly={"BR": 0.5e6, "MX": 0.0}, months=5) == {
        parse_month("2023-02"): pytest.approx({"BR": 2.5e6})
    }


def half_each():
    """Return the book and its accounts with the guarantee, 12 M USD a year, forecast half and half in both markets."""
    book = one_deal()
    accounts = Guarantees(book, start=START, markets=("BR", "MX"), share=0.5)
    accounts.forecast([(terms_of(book, market), np.array([[1e6]])) for market in ("BR", "MX")])
    return book, accounts


BOTH = {"BR": 0.25e6, "MX": 0.25e6}  # half a million a month together: half of the guarantee


def test_a_label_that_has_left_is_guaranteed_nothing_for_the_months_without_its_catalogue():
    # October and November count: 2 M guaranteed, 1 M earned, 1 M missing at the end of February. Nothing after that.
    book, accounts = half_each()
    ledger, gone = Ledger(), range(2, 100)
    found = run(book, accounts, monthly=BOTH, months=17, off={"BR": gone, "MX": gone}, ledger=ledger)
    assert found == {parse_month("2023-02"): pytest.approx({"BR": 0.5e6, "MX": 0.5e6})}
    assert ledger.balances()["label:sony"] == pytest.approx(1e6)
    assert sum(ledger.balances().values()) == pytest.approx(0.0)


def test_a_label_that_left_before_it_earned_is_owed_nothing():
    book, accounts = half_each()
    assert run(book, accounts, monthly=BOTH, months=17, off={"BR": range(100), "MX": range(100)}) == {}


def test_a_return_resumes_the_guarantee():
    # Off from December 2022 to June 2023: July 2023 to February 2024 are eight months, 8 M guaranteed, 4 M earned.
    book, accounts = half_each()
    found = run(book, accounts, monthly=BOTH, months=17, off={"BR": range(2, 9), "MX": range(2, 9)})
    assert sum(found[parse_month("2023-02")].values()) == pytest.approx(1e6)
    assert sum(found[parse_month("2024-02")].values()) == pytest.approx(4e6)


def test_a_label_that_leaves_one_market_keeps_the_guarantee_of_the_other():
    # Brazil counts for all five months of the contract year, Mexico for two: 2.5 + 1 M guaranteed, 1.25 + 0.5 M earned.
    book, accounts = half_each()
    found = run(book, accounts, monthly=BOTH, months=5, off={"MX": range(2, 100)})
    assert sum(found[parse_month("2023-02")].values()) == pytest.approx(1.75e6)


def test_a_market_that_earned_nothing_because_the_label_left_it_bears_no_shortfall():
    book, accounts = half_each()
    found = run(book, accounts, monthly={"BR": 0.0, "MX": 0.0}, months=5, off={"MX": range(100)})
    assert found == {parse_month("2023-02"): pytest.approx({"BR": 2.5e6})}


THERE = np.ones((1, 1), dtype=bool)


def agreed_deal(book, signed, **changes):
    """A new deal of the same pair: 6 M USD a year as it stands."""
    base = replace(book.deals[0], signed=parse_month(signed), expires=parse_month("2026-01"), agreed=True,
                   minimum_guarantee_usd_m=6.0)  # fmt: skip
    return replace(base, **changes)


def test_a_deal_that_is_taken_over_closes_its_year_pro_rata_and_the_new_one_owes_its_own():
    # October to December: 3 M guaranteed, 1.5 M earned, 1.5 M missing. Then 6 M a year from January to December.
    book, accounts = half_each()
    first = run(book, accounts, monthly=BOTH, months=2)
    longer = book.with_deals([agreed_deal(book, "2023-01")])
    renewed = accounts.renewed(longer)
    months = {}
    for month in range(OCTOBER + 2, OCTOBER + 15):
        for market, amount in BOTH.items():
            renewed.earn(terms_of(longer, market, month), royalties=np.array([[amount / 2]]), available=THERE)
        months[month] = float(renewed.close(month).amount.sum())
    assert not first
    assert {month: paid for month, paid in months.items() if paid} == {
        parse_month("2022-12"): pytest.approx(3e6 - 1.25e6), parse_month("2023-12"): pytest.approx(6e6 - 3e6)
    }  # fmt: skip


def test_a_deal_taken_over_after_its_last_month_was_closed_pays_with_the_next():
    book, accounts = half_each()
    assert not run(book, accounts, monthly=BOTH, months=2)
    renewed = accounts.renewed(book.with_deals([agreed_deal(book, "2022-12", minimum_guarantee_usd_m=0.0)]))
    due = renewed.close(parse_month("2022-12"))
    assert due.amount.sum() == pytest.approx(1e6)
    assert set(due.deal.tolist()) == {0}
    assert not renewed.close(parse_month("2023-01")).amount.size
    assert run(book, accounts, monthly={"BR": 0.0, "MX": 0.0}, months=0) == {}
    assert accounts.earned_usd.sum() == pytest.approx(1e6)  # the old accounts stay as they are


def test_a_deal_taken_over_in_one_market_goes_on_in_the_other():
    # Brazil counts two months of the old deal, Mexico five: 1 + 2.5 M guaranteed, 1.75 M earned.
    book, accounts = half_each()
    run(book, accounts, monthly=BOTH, months=2)
    longer = book.with_deals([agreed_deal(book, "2022-12", markets=("BR",), minimum_guarantee_usd_m=0.0)])
    renewed, found = accounts.renewed(longer), {}
    for month in range(OCTOBER + 2, OCTOBER + 5):
        for market, amount in BOTH.items():
            renewed.earn(terms_of(longer, market, month), royalties=np.array([[amount]]), available=THERE)
        found[month] = float(renewed.close(month).amount.sum())
    assert found == {parse_month("2022-12"): 0.0, parse_month("2023-01"): 0.0,
                     parse_month("2023-02"): pytest.approx(3.5e6 - 1.75e6)}  # fmt: skip


def test_agreed_guarantees_hold_as_they_stand_and_only_for_the_run_s_markets():
    book = one_deal(agreed=True)
    accounts = Guarantees(book, start=START, markets=("BR", "MX"), share=0.35)
    assert accounts.per_year_usd == pytest.approx([12e6])
    accounts.forecast([(terms_of(book, "BR"), np.array([[9e6]]))])
    accounts.rescale(2.0)
    assert accounts.per_year_usd == pytest.approx([12e6])
    parts = [Guarantees(book, start=START, markets=(market,)).per_year_usd[0] for market in ("BR", "MX")]
    assert sum(parts) == pytest.approx(12e6)
    assert min(parts) > 2e6


def test_a_service_that_is_new_everywhere_can_guarantee_too():
    book = one_deal(agreed=True, platform="entrant")
    assert Guarantees(book, start=START, markets=("BR", "MX")).per_year_usd == pytest.approx([12e6])
    ghost = one_deal(agreed=True, label="ghost")
    assert Guarantees(ghost, start=START, markets=("BR",)).per_year_usd == pytest.approx([6e6])


def test_an_amendment_goes_on_in_the_account_of_the_deal_it_amends():
    book, accounts = half_each()
    plain = run(book, accounts.copy(), monthly=BOTH, months=17)
    run(book, accounts, monthly=BOTH, months=2)
    row = replace(book.deals[0], signed=parse_month("2022-12"), markets=("BR",), rev_share_paid=0.6)
    longer = book.with_deals([row], amends=[0])
    renewed, found = accounts.renewed(longer), {}
    assert renewed.per_year_usd == pytest.approx([12e6, 0.0])
    for month in range(OCTOBER + 2, OCTOBER + 17):
        for market, amount in BOTH.items():
            renewed.earn(terms_of(longer, market, month), royalties=np.array([[amount]]), available=THERE)
        due = renewed.close(month)
        if due.amount.size:
            found[month] = dict(zip(due.market, due.amount.tolist(), strict=True))
    assert terms_of(longer, "BR", parse_month("2022-12")).rev_share_paid[0, 0] == 0.6
    assert found == {month: pytest.approx(paid) for month, paid in plain.items()}
