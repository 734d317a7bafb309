"""The money of a run: contracts, guarantees and the ledger, brought to each market's month."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from model.facts.records import StartState
from model.mechanisms.settlement import Settlement, settle
from model.spec.parameters import Parameters
from model.state.activity import MarketActivity
from model.state.country import Country
from model.state.deals import DealBook, Terms
from model.state.finance import MarketFinance, OfferFinance, app_store_fee, offer_finance
from model.state.guarantees import Guarantees, TopUps
from model.state.ledger import Ledger


class Money:
    """Settles each market's month on the contracts of the start, and closes the books of the month.

    Contracts run on under their old terms after they expire (talks are not part of this class).
    """

    def __init__(self, start: StartState, markets: tuple[str, ...], parameters: Parameters, ledger: Ledger) -> None:
        self.start = start
        self.parameters = parameters
        self.ledger = ledger
        self.deals = DealBook.from_start(start)
        self.guarantees = Guarantees(self.deals, start=start, markets=markets, share=parameters.guarantee_share)
        self.top_ups: dict[int, TopUps] = {}

    def copy(self, ledger: Ledger, parameters: Parameters) -> Money:
        """Return the same contracts with guarantees copied, for a fork that keeps its books in `ledger`."""
        twin = object.__new__(Money)
        twin.start, twin.deals, twin.ledger, twin.parameters = self.start, self.deals, ledger, parameters
        twin.guarantees, twin.top_ups = self.guarantees.copy(), dict(self.top_ups)
        return twin

    def forecast(self, countries: Mapping[str, Country], activities: Mapping[str, MarketActivity]) -> None:
        """Set guarantees by the royalties of an ordinary month, the one of the opening stocks."""
        royalties = []
        for market, country in countries.items():
            settlement = self.settle(country, activities[market], month=0, book=False)
            royalties.append((self.terms(country, month=1), settlement.royalties_by_service))
        self.guarantees.forecast(royalties)

    def calendar(self, month: int) -> int:
        """Return the month number of a run month; month 1 (and the opening, 0) is the month of the start date."""
        return self.start.month + max(0, month - 1)

    def terms(self, country: Country, *, month: int) -> Terms:
        """Return the contract terms of a market in a run month."""
        return self.deals.terms(
            country.market, month=self.calendar(month), platforms=country.platforms, labels=country.labels
        )

    def settle(self, country: Country, activity: MarketActivity, *, month: int, book: bool = True) -> Settlement:
        """Return the money of a market's month; with `book` it is posted and counts towards guarantees."""
        terms = self.terms(country, month=month)
        settlement = settle(
            activity,
            offers=self._offers(country),
            finance=self._rates(country),
            terms=terms,
            parameters=self.parameters,
            month=self.calendar(month),
            marketing=country.offers.marketing,
            ledger=self.ledger if book else None,
        )
        if book:
            self.guarantees.earn(terms, royalties=settlement.royalties_by_service)
        return settlement

    def close(self, month: int) -> None:
        """Pay the guarantees due, then close and check the ledger; BalanceError stops the run."""
        calendar = self.calendar(month)
        self.top_ups[month] = self.guarantees.close(calendar, ledger=self.ledger)
        self.ledger.close(calendar)

    def _offers(self, country: Country) -> OfferFinance:
        offers = country.offers
        return offer_finance(
            [tier for _, tier in offers.names],
            platform=offers.platform,
            n_platforms=len(offers.platforms),
            price_usd=offers.price_local / country.fx,
            price_ios_usd=offers.price_store_local / country.fx,
            app_store_share=offers.store_share,
            ad_load=offers.ad_load,
            bundle_reference_usd=_individual_prices(country) / country.fx,
            parameters=self.parameters,
        )

    def _rates(self, country: Country) -> MarketFinance:
        ads = self.start.markets[country.market].ads
        fee = app_store_fee(self.parameters) if country.app_store_fee is None else country.app_store_fee
        return MarketFinance(
            market=country.market,
            sales_tax=country.sales_tax,
            app_store_fee=fee,
            audio_cpm_usd=ads.audio_cpm_usd.value,
            audio_fill=ads.audio_fill,
            rewarded_ecpm_usd=ads.rewarded_ecpm_usd.value,
            rewarded_fill=ads.rewarded_fill,
        )


def _individual_prices(country: Country) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Return (J+1,) the local price of the individual plan of each offer's service, else the market's median."""
    offers = country.offers
    own = {
        offers.platform[j]: offers.price_local[j]
        for j, (_, tier) in enumerate(offers.names)
        if tier in ("individual", "premium")
    }
    median = float(np.median(list(own.values()))) if own else 0.0
    return np.array([0.0, *(float(own.get(p, median)) for p in offers.platform[1:])])
