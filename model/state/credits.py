"""Promotional credits of streaming licences: what a service spends a year on promoting a label, paid month by month.

A twelfth is due each month, in the part that the deal's markets make up in which the licence is in force and the
service may play the label. It is split over those markets as the month's royalties are.
"""

from __future__ import annotations

from collections.abc import Iterator
from copy import copy

import numpy as np
from numpy.typing import NDArray

from model.facts.records import StartState
from model.state.deals import DealBook, Terms
from model.state.guarantees import agreed_sizes
from model.state.ledger import Ledger, label_account
from model.theory.royalties import MONTHS_PER_YEAR

Floats = NDArray[np.float64]


class PromotionalCredits:
    """The credits of a deal book in a run of some markets, and what the open month's royalties were."""

    def __init__(self, book: DealBook, *, start: StartState, markets: tuple[str, ...]) -> None:
        self._start = start
        self._markets = markets
        self._royalties: dict[tuple[int, str], float] = {}
        self._enter(book)

    def renewed(self, book: DealBook) -> PromotionalCredits:
        """Return the credits of a longer book; these stay as they are."""
        twin = self.copy()
        twin._enter(book)
        return twin

    def copy(self) -> PromotionalCredits:
        """Return an independent copy, for a fork."""
        twin = copy(self)
        twin._royalties = dict(self._royalties)
        return twin

    def earn(self, terms: Terms, *, royalties: Floats, available: NDArray[np.bool_]) -> None:
        """Take down a market's royalties of the month under deals with credits; (P, L) USD, (P, L) whether playable."""
        if not self._yearly:
            return
        for p, label in zip(*np.nonzero((terms.deal >= 0) & terms.in_force & available), strict=True):
            account = self._account[terms.deal[p, label]]
            if account in self._yearly:
                self._royalties[account, terms.market] = float(royalties[p, label])

    def close(self, month: int, *, ledger: Ledger) -> None:
        """Book the credits of the month, after all markets have settled."""
        for account, market, amount in self._due():
            deal = self._deals[account]
            ledger.post(
                f"platform:{deal.platform}:{market}", payee=label_account(deal.label, market=market), amount=amount,
                kind="promotional credit", month=month,
            )  # fmt: skip
        self._royalties = {}

    def _due(self) -> Iterator[tuple[int, str, float]]:
        """Yield account, market and USD."""
        for account, yearly in self._yearly.items():
            here = {market: paid for (owner, market), paid in self._royalties.items() if owner == account}
            weights = self._weights[account]
            whole, earned = sum(weights[market] for market in here), sum(here.values())
            for market, paid in here.items():
                part = whole * paid / earned if earned > 0.0 else weights[market]
                yield account, market, yearly / MONTHS_PER_YEAR * part

    def _enter(self, book: DealBook) -> None:
        self._deals, self._account = book.deals, book.amended
        self._yearly: dict[int, float] = {}
        self._weights: dict[int, dict[str, float]] = {}
        for position, deal in enumerate(book.deals):
            own = book.amended[position] == position
            if own and deal.kind == "streaming" and deal.promotional_credit_usd_m > 0.0:
                everywhere = tuple(self._start.markets)
                sizes = dict(zip(everywhere, agreed_sizes(deal, everywhere, start=self._start), strict=True))
                whole = sum(sizes.values())
                self._yearly[position] = deal.promotional_credit_usd_m * 1e6
                self._weights[position] = {market: sizes[market] / whole for market in self._markets}
