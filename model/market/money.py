"""The money of a run: contracts, guarantees and the ledger, brought to each market's month."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from math import fsum

import numpy as np
from numpy.typing import NDArray

from model.facts.records import ROLLING, DealStart, StartState
from model.mechanisms.clips import ClipFees, TikTokMonth, book_tiktok, clip_fees
from model.mechanisms.costs import marketing_spending
from model.mechanisms.settlement import Settlement, ad_income, inside, settle, spoken_ad_income
from model.mechanisms.video import book_video, video_income, video_rate
from model.spec.parameters import Parameters
from model.state.activity import MarketActivity
from model.state.country import Country
from model.state.credits import PromotionalCredits
from model.state.deals import DealBook, Terms
from model.state.favoured import signed_with_favour
from model.state.finance import MarketFinance, OfferFinance, app_store_fee, offer_finance
from model.state.guarantees import Guarantees, TopUps
from model.state.ledger import Ledger
from model.state.offers import PAID
from model.theory.royalties import MONTHS_PER_YEAR

Floats = NDArray[np.float64]
TAIL = "long_tail"
"""Label of those without a house; some of them ByteDance distributes itself, without any licence."""


class Money:
    """Settles each market's month on the contracts in force, and closes the books of the month.

    Contracts run on under their old terms after they expire, until others are signed. Who talks to whom, and what they
    agree on, is not part of this class.

    ad_yield: by market, what the facts' price of advertising is multiplied by so that advertising of the opening month
    is the reconciled income per free listener; an input of the start. opening_revenue: by market, (P,) revenue of each
    service in the opening month, USD per addressable person, NaN without history. Both are set by `forecast`.
    video_rates: by market, what labels earn by free video per person who streams, USD a month. opening_tail: by market,
    USD of royalties of the long tail in that month. ad_prices: by market, prices of audio and rewarded advertising of
    the month over the opening's. running: by market, (P,) USD that services spent last month on being offered.
    """

    def __init__(self, start: StartState, markets: tuple[str, ...], parameters: Parameters, ledger: Ledger) -> None:
        self.start = start
        self.parameters = parameters
        self.ledger = ledger
        self.deals = DealBook.from_start(start)
        self.guarantees = Guarantees(self.deals, start=start, markets=markets, share=parameters.guarantee_share)
        self.credits = PromotionalCredits(self.deals, start=start, markets=markets)
        self.top_ups: dict[int, TopUps] = {}
        self.ad_yield: dict[str, float] = {}
        self.opening_revenue: dict[str, Floats] = {}
        self.opening_tail: dict[str, float] = {}
        self.video_rates: dict[str, float] = {}
        self.ad_prices: dict[str, tuple[float, float]] = {}
        self.running: dict[str, Floats] = {}
        self._month_offers: dict[str, OfferFinance] = {}

    def copy(self, ledger: Ledger, parameters: Parameters) -> Money:
        """Return the same contracts with guarantees copied, for a fork that keeps its books in `ledger`."""
        twin = object.__new__(Money)
        twin.start, twin.deals, twin.ledger, twin.parameters = self.start, self.deals, ledger, parameters
        twin.guarantees, twin.top_ups = self.guarantees.copy(), dict(self.top_ups)
        twin.credits = self.credits.copy()
        if self.parameters.guarantee_share > 0.0:
            twin.guarantees.rescale(parameters.guarantee_share / self.parameters.guarantee_share)
        twin.ad_yield, twin.opening_revenue = self.ad_yield, self.opening_revenue  # never changed after the opening
        twin.running = dict(self.running)
        twin.ad_prices, twin.opening_tail = dict(self.ad_prices), self.opening_tail
        twin.video_rates, twin._month_offers = self.video_rates, {}
        return twin

    def sign(self, deals: Iterable[DealStart], *, month: int) -> tuple[DealStart, ...]:
        """Put deals in force from a run month on; return all that changed, those raised by clauses after the signed.

        A deal signed earlier is in force from `month` on, one signed later from then on. Guarantees, credits and fees
        hold as they stand. Errors: InputError for deals that clash; nothing is signed then.
        """
        begin = self.calendar(month)
        agreed = [replace(deal, signed=max(deal.signed, begin), agreed=True) for deal in deals]
        self.deals, changed = signed_with_favour(self.deals, agreed)
        self.guarantees = self.guarantees.renewed(self.deals)
        self.credits = self.credits.renewed(self.deals)
        return changed

    def forecast(self, countries: Mapping[str, Country], activities: Mapping[str, MarketActivity]) -> None:
        """Set advertising yields, marketing budgets and guarantees by an ordinary month, the one of opening stocks."""
        royalties = []
        for market, country in countries.items():
            bare = self.settle(country, activities[market], month=0, book=False)
            self.ad_yield[market] = self._yield(country, activities[market], modelled=fsum(bare.income.ads))
            opening = self.settle(country, activities[market], month=0, book=False)
            known = country.offers.has_history
            self.opening_revenue[market] = np.where(
                known, opening.by_service(opening.income.revenue) / country.people, np.nan
            )
            royalties.append((self.terms(country, month=1), opening.royalties_by_service))
            self.video_rates[market] = video_rate(
                self.start.markets[market], activities[market], parameters=self.parameters
            )
            names = opening.labels
            self.opening_tail[market] = float(opening.label_income[names.index(TAIL)]) if TAIL in names else 0.0
        self.guarantees.forecast(royalties)

    def _yield(self, country: Country, activity: MarketActivity, *, modelled: float) -> float:
        """Return recorded over modelled advertising income of a month; 1 where there is no record or nothing modelled.

        modelled: USD of the month at the facts' prices. Recorded is the income per free listener, people who listen
        and pay for no service.
        """
        per_year = self.start.markets[country.market].ads.ad_revenue_per_free_listener_usd_year
        paid = country.offers.nest == PAID
        users, online = country.users, country.active
        paying = float((paid[users.main[:online]] | paid[users.second[:online]]).sum()) * country.weight
        recorded = per_year * (fsum(activity.main_users[1:]) - paying) / MONTHS_PER_YEAR
        return recorded / modelled if modelled > 0.0 and recorded > 0.0 else 1.0

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
        kept = self._month_offers.pop(country.market, None)
        settlement = settle(
            activity,
            offers=self._offers(country) if kept is None else kept,
            finance=self._rates(country),
            terms=terms,
            parameters=self.parameters,
            month=self.calendar(month),
            marketing=self._marketing(country),
            exits=self._exits(country) if book else None,
            ledger=self.ledger if book else None,
        )
        if book:
            royalties, available = settlement.royalties_by_service, self._binding(country, terms, month=month)
            self.guarantees.earn(terms, royalties=royalties, available=available)
            self.credits.earn(terms, royalties=royalties, available=available)
            self.running[country.market] = np.where(_offered(country), _running(settlement), 0.0)
        return settlement

    def _binding(self, country: Country, terms: Terms, *, month: int) -> NDArray[np.bool_]:
        """Return (P, L) whether a licence binds the service to guarantees and credits this month.

        It does while the service may play the label; one that has closed everything is bound to the written end alone.
        """
        available, offered = country.available > 0.0, _offered(country)
        if offered.all():
            return available
        ends = np.array([*(deal.expires for deal in self.deals.deals), ROLLING])[terms.deal]  # the last: default terms
        written = (ends >= self.calendar(month)) & (ends < ROLLING)
        return available & (offered[:, None] | written)

    def _exits(self, country: Country) -> Floats:
        """Return (P,) USD that leaving costs services which offered something last month and nothing now.

        So many months of what the service spent last on delivery, content, marketing, research and administration; its
        guarantees run on beside that.
        """
        last = self.running.get(country.market, np.zeros(0))
        spent = np.zeros(len(country.platforms))
        spent[: last.size] = last
        costs: Floats = np.where(_offered(country), 0.0, self.parameters.exit_cost_months * spent)
        return costs

    def clip_fees(self, country: Country, *, month: int) -> ClipFees:
        """Return what TikTok owes for clips in a market and run month."""
        return clip_fees(self.deals, country, month=self.calendar(month), start=self.start, parameters=self.parameters)

    def music_ads(self, country: Country, activity: MarketActivity) -> tuple[float, float]:
        """Return USD that a month's audio and rewarded advertising of music services brings at the opening's prices.

        The month's offers are kept for `settle`, which follows in the same month.
        """
        offers, finance = self._offers(country), self._rates(country, prices=(1.0, 1.0))
        self._month_offers[country.market] = offers
        ads = ad_income(inside(activity.time), offers=offers, finance=finance, parameters=self.parameters)
        spoken = spoken_ad_income(activity, offers=offers, finance=finance, parameters=self.parameters)
        # exact sums: an offer that nobody uses must not move a price by a rounding
        return fsum([*ads[~offers.is_rewarded], *spoken]), fsum(ads[offers.is_rewarded])

    def video(self, country: Country, activity: MarketActivity, *, month: int) -> Floats:
        """Return (L,) USD that labels earn by free video in a run month, booked."""
        rate = self.video_rates.get(country.market, 0.0)
        income = video_income(country, activity, rate=rate, parameters=self.parameters)
        book_video(income, country=country, ledger=self.ledger, month=self.calendar(month))
        return income

    def book_tiktok(self, country: Country, lived: TikTokMonth, *, month: int) -> None:
        """Book TikTok's month in a market."""
        book_tiktok(lived, country=country, ledger=self.ledger, month=self.calendar(month))

    def close(self, month: int) -> None:
        """Pay the guarantees and credits due, then close and check the ledger; BalanceError stops the run."""
        calendar = self.calendar(month)
        self.top_ups[month] = self.guarantees.close(calendar, ledger=self.ledger)
        self.credits.close(calendar, ledger=self.ledger)
        self.ledger.close(calendar)

    def _marketing(self, country: Country) -> Floats | None:
        """Return (P,) USD spent on marketing; None at the opening, where budgets are not known yet."""
        if country.market not in self.opening_revenue:
            return None
        offers = country.offers
        return marketing_spending(
            self.opening_revenue[country.market], people=country.people, multiple=offers.marketing,
            active=_offered(country),
            parameters=self.parameters,
        )  # fmt: skip

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
            podcasts=np.append(offers.podcasts, 0.0)[offers.platform],
            podcasts_built=np.append(offers.podcasts_built, 0.0)[offers.platform],
            link_fee=np.append(offers.link_fee, 0.0)[offers.platform],
            bundle_fee_usd=np.append(offers.bundle_fee, np.nan)[offers.platform] / country.fx,
        )

    def _rates(self, country: Country, *, prices: tuple[float, float] | None = None) -> MarketFinance:
        ads = self.start.markets[country.market].ads
        scale = self.ad_yield.get(country.market, 1.0)
        audio, rewarded = prices or self.ad_prices.get(country.market, (1.0, 1.0))
        fee = app_store_fee(self.parameters) if country.app_store_fee is None else country.app_store_fee
        return MarketFinance(
            market=country.market,
            sales_tax=country.sales_tax,
            app_store_fee=fee,
            audio_cpm_usd=ads.audio_cpm_usd.value * scale * audio,
            audio_fill=ads.audio_fill,
            rewarded_ecpm_usd=ads.rewarded_ecpm_usd.value * scale * rewarded,
            rewarded_fill=ads.rewarded_fill,
        )


def _offered(country: Country) -> NDArray[np.bool_]:
    """Return (P,) whether a service offers anything in the market."""
    offers = country.offers
    found: NDArray[np.bool_] = np.bincount(offers.platform[1:], offers.is_open[1:], len(offers.platforms)) > 0
    return found


def _running(settlement: Settlement) -> Floats:
    """Return (P,) USD of a month that are spent as long as the service is offered, royalties and fees apart."""
    spent: Floats = settlement.by_service(settlement.hosting + settlement.other_content) + settlement.overheads.running
    return spent


def _individual_prices(country: Country) -> Floats:
    """Return (J+1,) the local price of the individual plan of each offer's service, else the market's median."""
    offers = country.offers
    own = {
        offers.platform[j]: offers.price_local[j]
        for j, (_, tier) in enumerate(offers.names)
        if tier in ("individual", "premium")
    }
    median = float(np.median(list(own.values()))) if own else 0.0
    return np.array([0.0, *(float(own.get(p, median)) for p in offers.platform[1:])])
