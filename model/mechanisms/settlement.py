"""Settlement: what users, advertisers and bundle owners pay in a month, and where the money goes.

Reads a market's activity, offers, rates and terms; returns the money of each offer and service and books every payment
in the ledger. Each user's payment passes through the service: to the tax, the app store or payment processor, the
labels, the publishers, other costs, and what is left is the service's.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from model.foundation.errors import Fault, raise_faults
from model.mechanisms.costs import Overheads, hosting, other_content, overheads
from model.spec.parameters import Parameters
from model.state.activity import MarketActivity
from model.state.deals import Terms
from model.state.finance import MarketFinance, OfferFinance
from model.state.ledger import Ledger, label_account
from model.theory.royalties import greater_of, pro_rata_shares, user_centric_shares

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class OfferIncome:
    """Income of each offer before royalties, (J+1,) USD each.

    spending: what users pay, tax included. subscription: spending less tax. bundle, ads: from bundle owners,
    advertisers. app_store, payment, ad_sales: deducted before royalties. spoken: advertising inside spoken word, part
    of `ads`, less its part of ad_sales; licences of music leave it out. net: revenue less these four.
    """

    spending: Floats
    tax: Floats
    subscription: Floats
    bundle: Floats
    ads: Floats
    app_store: Floats
    payment: Floats
    ad_sales: Floats
    spoken: Floats

    @property
    def revenue(self) -> Floats:
        """Revenue as companies report it: subscriptions net of tax, bundles and advertising."""
        return self.subscription + self.bundle + self.ads

    @property
    def net(self) -> Floats:
        """Net revenue of licensing contracts: revenue less app-store fees, payment cost, ad sales and spoken word."""
        return self.revenue - self.app_store - self.payment - self.ad_sales - self.spoken


@dataclass(frozen=True, slots=True, eq=False)
class Settlement:
    """Money of a market in a month, USD. J+1 options (0 outside), P services, L labels.

    royalties: (J+1, L), trials included, guarantees not. binding: (J+1, L) positions in `royalties.BINDING`.
    publishers, hosting, other_content: (J+1,). overheads: (P,) each. `by_service` sums offers to services.
    """

    market: str
    month: int
    platforms: tuple[str, ...]
    labels: tuple[str, ...]
    income: OfferIncome
    royalties: Floats
    binding: NDArray[np.int8]
    publishers: Floats
    hosting: Floats
    other_content: Floats
    overheads: Overheads
    belongs: Floats

    def by_service(self, values: Floats) -> Floats:
        """Return sums over each service's offers: (J+1,) to (P,), or (J+1, L) to (P, L)."""
        summed: Floats = self.belongs @ values
        return summed

    @property
    def royalties_by_service(self) -> Floats:
        """(P, L) royalties."""
        return self.by_service(self.royalties)

    @property
    def label_income(self) -> Floats:
        """(L,) royalties of each label from all services."""
        summed: Floats = self.royalties.sum(axis=0)
        return summed

    @property
    def offer_gross_profit(self) -> Floats:
        """(J+1,) net revenue and spoken word's own less royalties, publishing, hosting and other content."""
        cost = self.royalties.sum(axis=-1) + self.publishers + self.hosting + self.other_content
        profit: Floats = self.income.net + self.income.spoken - cost
        return profit

    def accounts(self) -> dict[str, Floats]:
        """Return the year-report lines of each service, (P,) USD: revenue by source, deductions, costs, profits.

        With arrays of several months, (T, ...), lines are (T, P).
        """
        income = self.income
        per_offer = {
            "spending": income.spending, "tax": income.tax, "revenue_subscription": income.subscription,
            "revenue_bundle": income.bundle, "revenue_ads": income.ads, "revenue": income.revenue,
            "app_store_fees": income.app_store, "payment_cost": income.payment, "ad_sales_cost": income.ad_sales,
            "net_revenue": income.net, "royalties": self.royalties.sum(axis=-1), "publishing": self.publishers,
            "hosting": self.hosting, "other_content": self.other_content, "gross_profit": self.offer_gross_profit,
        }  # fmt: skip
        sums = np.stack(list(per_offer.values()), axis=-2) @ np.swapaxes(self.belongs, -1, -2)
        lines: dict[str, Floats] = {name: sums[..., at, :] for at, name in enumerate(per_offer)}
        over = self.overheads
        lines |= {"marketing": over.marketing, "research": over.research, "administration": over.administration,
                  "link_fees": over.links, "exit_costs": over.exits}  # fmt: skip
        lines["contribution_margin"] = lines["gross_profit"] - over.marketing - over.links
        lines["operating_income"] = lines["contribution_margin"] - over.research - over.administration - over.exits
        return lines


def settle(
    activity: MarketActivity,
    *,
    offers: OfferFinance,
    finance: MarketFinance,
    terms: Terms,
    parameters: Parameters,
    month: int,
    marketing: Floats | None = None,
    exits: Floats | None = None,
    ledger: Ledger | None = None,
) -> Settlement:
    """Return the money of one market in one month and book it in the ledger, if one is given.

    marketing: (P,) USD that services spend on it, in the order of `terms.platforms`; None for the usual share of the
    month's revenue. exits: (P,) USD that leaving the market costs services this month, none by default.
    """
    _check_shapes(activity, offers=offers, terms=terms)
    hours = activity.hours.copy()
    hours[0] = 0.0  # nobody pays for listening outside
    income = offer_income(activity, offers=offers, finance=finance, parameters=parameters)
    royalties, binding = label_royalties(
        activity, hours=hours, net_revenue=income.net, offers=offers, terms=terms, parameters=parameters
    )
    subscribed = offers.is_paid | offers.is_bundle
    publishing = np.where(subscribed, terms.publisher_paid[offers.platform], terms.publisher_free[offers.platform])
    settlement = Settlement(
        market=terms.market, month=month, platforms=terms.platforms, labels=terms.labels, income=income,
        royalties=royalties, binding=binding, publishers=publishing * income.net,
        hosting=hosting(inside(activity.time), parameters=parameters),
        other_content=other_content(
            income.revenue, users=activity.users, podcasts=offers.podcasts, parameters=parameters
        ),
        overheads=overheads(
            offers.belongs @ income.revenue, marketing=marketing, parameters=parameters, exits=exits,
            links=offers.belongs @ (np.maximum(income.net, 0.0) * offers.link_fee),
        ),
        belongs=offers.belongs,
    )  # fmt: skip
    if ledger is not None:
        book(settlement, ledger=ledger)
    return settlement


def _check_shapes(activity: MarketActivity, *, offers: OfferFinance, terms: Terms) -> None:
    options, services, labels = len(offers.tier), len(terms.platforms), len(terms.labels)
    wanted = {
        "hours": (activity.hours.shape, (options, labels)),
        "billed_usage": (activity.billed_usage.shape, (options, labels)),
        "users": (activity.users.shape, (options,)),
        "billed": (activity.billed.shape, (options,)),
        "in_trial": (activity.in_trial.shape, (options,)),
        "belongs": (offers.belongs.shape, (services, options)),
    }
    raise_faults(
        [
            Fault(
                f"settlement {terms.market}, {name}", f"has shape {right}", shape, "Options, services and labels agree."
            )
            for name, (shape, right) in wanted.items()
            if shape != right
        ]
    )


def offer_income(
    activity: MarketActivity, *, offers: OfferFinance, finance: MarketFinance, parameters: Parameters
) -> OfferIncome:
    """Return the income of each offer.

    Payers in the app store pay its price, others the posted one; the store's fee is on the price net of tax. A bundle's
    owner pays a share of the individual price net of tax per user, or the fee agreed. Advertising sells hours, of music
    and spoken word, times ad load, and what is built up inside spoken word.
    """
    before_tax = 1.0 / (1.0 + finance.sales_tax)
    billed = activity.billed * offers.is_paid
    in_store = billed * offers.app_store_share * offers.price_ios_usd
    direct = billed * (1.0 - offers.app_store_share) * offers.price_usd
    spending = in_store + direct
    share, agreed = parameters.bundle_fee_share * before_tax, offers.bundle_fee_usd * offers.is_bundle
    own = spoken_ad_income(activity, offers=offers, finance=finance, parameters=parameters)
    ads = ad_income(inside(activity.time), offers=offers, finance=finance, parameters=parameters) + own
    subscription = spending * before_tax
    return OfferIncome(
        spending=spending, tax=spending - subscription, subscription=subscription,
        bundle=np.where(
            np.isnan(agreed), activity.users * offers.bundle_reference_usd * share, activity.users * agreed
        ), ads=ads,
        app_store=in_store * (before_tax * finance.app_store_fee), payment=direct * parameters.payment_cost,
        ad_sales=ads * parameters.ad_sales_cost, spoken=own * (1.0 - parameters.ad_sales_cost),
    )  # fmt: skip


def inside(hours: Floats) -> Floats:
    """Return (J+1,) hours with those outside left out: nobody pays for them."""
    kept = hours.copy()
    kept[0] = 0.0
    return kept


def ad_income(hours: Floats, *, offers: OfferFinance, finance: MarketFinance, parameters: Parameters) -> Floats:
    """Return (J+1,) USD of advertising. hours: (J+1,) person-hours on each offer, 0 outside."""
    per_minute = parameters.ads_per_minute / 1000.0
    per_ad_minute = np.where(
        offers.is_rewarded,
        finance.rewarded_fill * finance.rewarded_ecpm_usd * per_minute,
        finance.audio_fill * finance.audio_cpm_usd * per_minute,
    )
    return hours * offers.ad_load * per_ad_minute


def spoken_ad_income(
    activity: MarketActivity, *, offers: OfferFinance, finance: MarketFinance, parameters: Parameters
) -> Floats:
    """Return (J+1,) USD of advertising inside spoken word, on all tiers, as far as it is built up."""
    if activity.spoken is None:
        return np.zeros(len(offers.tier))
    some = offers.podcasts > 0.0
    built = np.where(some, offers.podcasts_built / np.where(some, offers.podcasts, 1.0), 0.0)
    per_ad_minute = finance.audio_fill * finance.audio_cpm_usd * parameters.ads_per_minute / 1000.0
    return inside(activity.spoken) * built * (parameters.spoken_ad_load * per_ad_minute)


def label_royalties(
    activity: MarketActivity,
    *,
    hours: Floats,
    net_revenue: Floats,
    offers: OfferFinance,
    terms: Terms,
    parameters: Parameters,
) -> tuple[Floats, NDArray[np.int8]]:
    """Return (J+1, L) royalties and which term of the contract binds. hours: (J+1, L); net_revenue: (J+1,).

    Paid tiers: revenue share or per-subscriber minimum, family members at the family rate, and a reduced minimum for
    people in trials on top. Bundles: paid revenue share or per-stream minimum. Other tiers: free revenue share or
    per-stream minimum, rewarded tiers at terms of their own. User-centric shares apply to paid tiers; the rest is pro
    rata.
    """
    service = offers.platform  # row 0 (-1, outside) reads the last service's terms, but has no hours
    if parameters.user_centric:
        usage = user_centric_shares(activity.billed_usage * offers.is_paid[:, None], hours=hours)
    else:
        usage = pro_rata_shares(hours)
    if activity.spoken is not None:  # all shares of a part of the money
        usage = usage * (1.0 - parameters.spoken_royalty_cut * _spoken_part(activity))[:, None]
    paid = offers.is_paid[:, None]
    subscribed = paid | offers.is_bundle[:, None]
    rewarded = offers.is_rewarded[:, None]
    share = np.where(rewarded, terms.rev_share_rewarded[service], terms.rev_share_free[service])
    a_stream = np.where(rewarded, terms.per_stream_minimum_rewarded_usd[service], terms.per_stream_minimum_usd[service])
    per_subscriber = np.where(paid, terms.per_subscriber_minimum_usd[service], 0.0)
    owed, binding = greater_of(
        usage,
        rev_share=np.where(subscribed, terms.rev_share_paid[service], share),
        net_revenue=net_revenue,
        per_subscriber_minimum=per_subscriber,
        subscriptions=activity.billed * offers.minimum_weight,
        per_stream_minimum=np.where(paid, 0.0, a_stream),
        streams=hours.sum(axis=1) * parameters.streams_per_hour,
    )
    trials = activity.in_trial * offers.minimum_weight * parameters.trial_minimum_share
    return owed + usage * per_subscriber * trials[:, None], binding


def _spoken_part(activity: MarketActivity) -> Floats:
    """Return (J+1,) the part of hours that is spoken word, 0 without hours."""
    time = activity.time
    assert activity.spoken is not None
    part: Floats = np.divide(activity.spoken, time, out=np.zeros_like(time), where=time > 0.0)
    return part


KINDS = (
    "subscription", "bundle", "advertising", "sales tax", "app-store fee", "payment cost", "ad sales", "publishing",
    "hosting", "other content", "marketing", "research", "administration", "link fee", "exit",
)  # fmt: skip
"""Kinds of payment of a service, beside `royalty` and `minimum guarantee`, in the order of the ledger's lines."""


def book(settlement: Settlement, *, ledger: Ledger) -> None:
    """Book a settlement's payments, one per service and kind and one per service and label."""
    market, labels = settlement.market, settlement.labels
    services = ledger.ids([f"platform:{platform}:{market}" for platform in settlement.platforms])
    users, advertisers, tax, outside, stores, publishers, tiktok = ledger.ids(
        [f"users:{market}", f"advertisers:{market}", f"tax:{market}", "outside", "app_stores", "publishers",
         f"platform:tiktok:{market}"]
    )  # fmt: skip
    n, income, over = len(services), settlement.income, settlement.overheads
    per_offer = np.stack([
        income.spending, income.bundle, income.ads, income.tax, income.app_store, income.payment, income.ad_sales,
        settlement.publishers, settlement.hosting, settlement.other_content,
    ])  # fmt: skip
    amounts = np.concatenate([
        (per_offer @ settlement.belongs.T).ravel(), over.marketing, over.research, over.administration,
        over.links, over.exits,
        settlement.royalties_by_service.ravel(),
    ])  # fmt: skip
    payees = ledger.ids([label_account(label, market=market) for label in labels])
    spent_on = np.array([tax, stores, outside, outside, publishers, *[outside] * 5, tiktok, outside])
    ledger.post_ids(
        np.concatenate([np.repeat([users, outside, advertisers], n), np.tile(services, len(spent_on)),
                        np.repeat(services, len(labels))]),
        payees=np.concatenate([np.tile(services, 3), np.repeat(spent_on, n), np.tile(payees, n)]),
        kinds=np.concatenate([np.repeat(ledger.kind_ids(KINDS), n),
                              np.repeat(ledger.kind_ids("royalty"), n * len(labels))]),
        amounts=amounts, month=settlement.month,
    )  # fmt: skip
