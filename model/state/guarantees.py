"""Minimum guarantees: what each deal has earned in its contract year, and what is missing when the year ends.

Royalties are paid as they are earned and recoup the year's guarantee; the shortfall is paid in the last month of each
contract year, or of the term. All markets of a deal recoup together. Where a deal covers markets that are not in the
run, or where the service has no users, only the part of its guarantee holds that the other markets make up (by label
income and repertoire); a year that began before the run owes the part that the run has seen.

A month counts in a market only if the licence is in force there and the service may play the label: who takes its
catalogue away is guaranteed nothing for the months without it, and again when it returns.

The recorded guarantees are 0.7 of forecasts from rough shares of label income, free video included. `forecast` puts a
run's own start in their place. Guarantees agreed in the run hold as they stand.

A deal that a new one takes over from closes its contract year pro rata; if its last month is closed already, with the
next. A deal whose terms a most-favoured-nation clause raises goes on with the same account.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from model.facts.records import DealStart, StartState
from model.foundation.months import FIRST, LAST
from model.state.deals import DealBook, Terms
from model.state.ledger import Ledger, label_account
from model.theory.royalties import MONTHS_PER_YEAR, guarantee_due

Floats = NDArray[np.float64]

RECORDED_SHARE = 0.7
"""Part of the forecast payout that the recorded guarantees are."""


@dataclass(frozen=True, slots=True, eq=False)
class TopUps:
    """Shortfalls paid in a month: one row per deal and market. deal: position in the deal book; amount: USD."""

    deal: NDArray[np.int64]
    market: tuple[str, ...]
    platform: tuple[str, ...]
    label: tuple[str, ...]
    amount: Floats


class Guarantees:
    """The guarantee accounts of a deal book; the one part of deals that changes from month to month."""

    def __init__(
        self, book: DealBook, *, start: StartState, markets: tuple[str, ...], share: float = RECORDED_SHARE
    ) -> None:
        """Open the accounts for a run of `markets`; share: guarantee over forecast payout (0 switches them off)."""
        self._share = share
        self._start = start
        self._markets = markets
        self._position = {market: place for place, market in enumerate(markets)}
        none = np.zeros((0, len(markets)))
        self.per_year_usd: Floats = np.zeros(0)
        self.earned_usd: Floats = none
        self._sizes, self._weights = none, none
        self._months: NDArray[np.int64] = np.zeros((0, len(markets)), dtype=np.int64)
        self._deals: tuple[DealStart, ...] = ()
        self._enter(book)

    def renewed(self, book: DealBook) -> Guarantees:
        """Return the same accounts going on over a longer book (see `DealBook.with_deals`); these stay as they are."""
        twin = self.copy()
        twin._enter(book)
        return twin

    def _enter(self, book: DealBook) -> None:
        """Open accounts for the deals of a book that are not here yet; an amendment gets an empty one."""
        added = book.deals[len(self._deals) :]
        sizes: Floats = np.array([self._footprint(deal) for deal in added], dtype=np.float64)
        sizes = sizes.reshape(len(added), len(self._markets))
        per_year = np.array([self._yearly(deal, float(row.sum())) for deal, row in zip(added, sizes, strict=True)])
        own = np.array(book.amended[len(self._deals) :], dtype=np.int64) == len(self._deals) + np.arange(len(added))
        self.per_year_usd = np.concatenate([self.per_year_usd, np.where(own, per_year, 0.0)])
        self._sizes = np.concatenate([self._sizes, sizes])
        self._weights = np.concatenate([self._weights, _parts(sizes)])
        self.earned_usd = np.concatenate([self.earned_usd, np.zeros_like(sizes)])
        self._months = np.concatenate([self._months, np.zeros(sizes.shape, dtype=np.int64)])
        self._deals = book.deals
        self._agreed = np.array([deal.agreed for deal in book.deals], dtype=np.bool_)
        self._signed = np.array([deal.signed for deal in book.deals], dtype=np.int64)
        self._account = np.array(book.amended, dtype=np.int64)
        self._first, self._last = _windows(book)

    def _footprint(self, deal: DealStart) -> list[float]:
        """Return the weight of each market of the run in a deal."""
        there = self._start.markets
        if deal.agreed:
            return agreed_sizes(deal, self._markets, start=self._start)
        return [
            _size(deal, market, self._start) * (deal.platform in there[market].platforms) for market in self._markets
        ]

    def _yearly(self, deal: DealStart, here: float) -> float:
        """Return the USD a year that a deal guarantees in the run. here: sum of the weights of the run's markets."""
        if deal.kind != "streaming":
            return 0.0
        markets = tuple(self._start.markets)
        sizes, scale = [_size(deal, market, self._start) for market in markets], self._share / RECORDED_SHARE
        if deal.agreed:
            sizes, scale = agreed_sizes(deal, markets, start=self._start), 1.0
        part = here / sum(sizes) if sum(sizes) > 0.0 else 0.0
        return deal.minimum_guarantee_usd_m * 1e6 * scale * part

    def forecast(self, royalties: Iterable[tuple[Terms, Floats]]) -> None:
        """Set each guarantee to its share of the forecast of an ordinary month, before the first month of a run.

        royalties: for each market its terms and (P, L) USD royalties of such a month. Deals without a recorded
        guarantee stay without one, agreed ones keep theirs.
        """
        monthly = np.zeros_like(self._sizes)
        for terms, paid in royalties:
            under_deal = terms.deal >= 0
            accounts = self._account[terms.deal[under_deal]]
            np.add.at(monthly[:, self._position[terms.market]], accounts, paid[under_deal])
        whole = monthly.sum(axis=1)
        found = np.where(self.per_year_usd > 0, self._share * MONTHS_PER_YEAR * whole, 0.0)
        self.per_year_usd = np.where(self._agreed, self.per_year_usd, found)
        self._weights = _parts(np.where(whole[:, None] > 0, monthly, self._sizes))

    def earn(self, terms: Terms, *, royalties: Floats, available: NDArray[np.bool_]) -> None:
        """Count a market's royalties of the month towards the guarantees of their deals, and the month itself.

        royalties: (P, L) USD. available: (P, L) whether the service may play the label; elsewhere the month counts for
        no guarantee.
        """
        place, under_deal = self._position[terms.market], terms.deal >= 0
        np.add.at(self.earned_usd[:, place], self._account[terms.deal[under_deal]], royalties[under_deal])
        self._months[self._account[terms.deal[under_deal & terms.in_force & available]], place] += 1

    def close(self, month: int, *, ledger: Ledger | None = None) -> TopUps:
        """Return, and book, the shortfalls due in a month, after all markets have settled.

        A shortfall is split over the deal's markets as its royalties were, or as its guarantee where it earned
        nothing.
        """
        guaranteed = self._weights * self._months  # months of the whole deal that each market's months make up
        year_ends = (month - self._signed + 1) % MONTHS_PER_YEAR == 0
        closes = (self._first <= month) & (year_ends | (month >= self._last))
        due = guarantee_due(
            self.earned_usd.sum(axis=1), guarantee_per_year=self.per_year_usd, months=guaranteed.sum(axis=1),
            closes=closes,
        )  # fmt: skip
        basis = np.where(self.earned_usd.sum(axis=1, keepdims=True) > 0, self.earned_usd, guaranteed)
        owing = np.flatnonzero(due > 0)
        split = due[owing, None] * basis[owing] / basis[owing].sum(axis=1, keepdims=True)
        rows, places = np.nonzero(split)
        self.earned_usd[closes] = 0.0
        self._months[closes] = 0
        top_ups = self._top_ups(owing[rows], places, split[rows, places])
        if ledger is not None and top_ups.amount.size:
            self._book(top_ups, ledger, month)
        return top_ups

    def yearly_usd(self, deal: int, *, markets: Iterable[str]) -> float:
        """Return the part of a deal's guarantee that falls to some markets of the run, USD a year."""
        places = [self._position[market] for market in markets]
        return float(self.per_year_usd[deal] * self._weights[deal, places].sum())

    def rescale(self, factor: float) -> None:
        """Multiply every recorded guarantee from now on, for a fork with another share of the forecast."""
        self._share *= factor
        self.per_year_usd = np.where(self._agreed, self.per_year_usd, self.per_year_usd * factor)

    def copy(self) -> Guarantees:
        """Return an independent copy, for a fork."""
        twin = object.__new__(Guarantees)
        twin.__dict__.update(self.__dict__)
        twin.earned_usd, twin._months = self.earned_usd.copy(), self._months.copy()
        return twin

    def _top_ups(self, deals: NDArray[np.int64], places: NDArray[np.int64], amount: Floats) -> TopUps:
        return TopUps(
            deal=deals,
            market=tuple(self._markets[place] for place in places),
            platform=tuple(self._deals[deal].platform for deal in deals),
            label=tuple(self._deals[deal].label for deal in deals),
            amount=amount,
        )

    @staticmethod
    def _book(top_ups: TopUps, ledger: Ledger, month: int) -> None:
        pairs = list(zip(top_ups.platform, top_ups.label, top_ups.market, strict=True))
        ledger.post(
            [f"platform:{platform}:{market}" for platform, _, market in pairs],
            payee=[label_account(label, market=market) for _, label, market in pairs],
            amount=top_ups.amount, kind="minimum guarantee", month=month,
        )  # fmt: skip


def _size(deal: DealStart, market: str, start: StartState) -> float:
    """Return a weight of a market in a deal; 0 where it has neither the deal nor the label."""
    if market not in deal.markets or deal.label not in start.markets[market].repertoire:
        return 0.0
    return listening_size(start, market, deal.label)


def listening_size(start: StartState, market: str, label: str) -> float:
    """Return a market's weight for one of its labels: streaming income of labels (else streamers) times repertoire."""
    there = start.markets[market]
    return (there.label_streaming_fact_usd_m or there.streamers_m) * there.repertoire[label].share


def agreed_sizes(deal: DealStart, markets: tuple[str, ...], *, start: StartState) -> list[float]:
    """Return the weights of markets in an agreed deal, whose service or label may be new in all of them."""
    if any(_size(deal, market, start) > 0.0 for market in deal.markets):
        return [_size(deal, market, start) for market in markets]
    return [float(market in deal.markets) for market in markets]


def _parts(sizes: Floats) -> Floats:
    """Return each row's parts of its sum; 0 where the sum is."""
    whole = sizes.sum(axis=1, keepdims=True)
    return np.divide(sizes, whole, out=np.zeros_like(sizes), where=whole > 0)


def _windows(book: DealBook) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the first and the last month in which each deal, or what amends it, governs any of its markets.

    A deal that never governs has ended before anything began.
    """
    first = np.full(len(book.deals), LAST, dtype=np.int64)
    last = np.full(len(book.deals), FIRST, dtype=np.int64)
    for position, deal in enumerate(book.deals):
        account = book.amended[position]
        for market in deal.markets:
            for span in book.spans(market=market, platform=deal.platform, label=deal.label, kind=deal.kind):
                if span.deal == position:
                    first[account], last[account] = min(first[account], span.first), max(last[account], span.last)
    return np.minimum(first, last), last
