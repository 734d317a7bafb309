"""Targets: the observed users of each offer, split into those whose main and those whose second service it is."""

from __future__ import annotations

from model.facts.records import MarketStart, OfferStart
from model.spec.parameters import Parameters
from model.state.offers import PAID_TIERS, OfferLine


def split_targets(facts: MarketStart, parameters: Parameters) -> list[OfferLine]:
    """Return the market's offers with target users split into main and second use.

    Second use is the sum of monthly users over services less streamers. Paid second use is payers less people paying,
    in proportion to paid users; the rest falls on free users, and `bundle_second_weight` as strongly on bundle users,
    in proportion. At most `second_use_cap` of an offer's users use it as their second.
    """
    offers = facts.offers
    total = sum(_stock(offer) for offer in offers)
    second = max(0.0, total - facts.streamers_m)
    paid = min(second, max(0.0, facts.payers_m - facts.people_paying_m))
    wanted = {"paid": paid, "other": second - paid}
    weight = {offer.tier: parameters.bundle_second_weight if offer.tier == "bundle" else 1.0 for offer in offers}
    base = {
        name: sum(_stock(offer) * weight[offer.tier] for offer in offers if _group(offer) == name) for name in wanted
    }
    shares = (weight[offer.tier] * wanted[_group(offer)] / max(base[_group(offer)], 1e-12) for offer in offers)
    return [_line(offer, min(parameters.second_use_cap, share)) for offer, share in zip(offers, shares, strict=True)]


def _group(offer: OfferStart) -> str:
    return "paid" if offer.tier in PAID_TIERS else "other"


def _stock(offer: OfferStart) -> float:
    return offer.users_m + offer.trial_users_m if offer.is_open else 0.0


def _line(offer: OfferStart, second: float) -> OfferLine:
    people = _stock(offer) * 1e6
    return OfferLine(
        platform=offer.platform,
        tier=offer.tier,
        price_local=offer.price_local_month,
        price_store_local=float("nan") if offer.price_ios_local is None else offer.price_ios_local,
        store_share=offer.app_store_share,
        ad_load=offer.ad_load_min_per_hour,
        restriction=offer.restriction,
        trial_months=offer.trial_months,
        target_main=people * (1.0 - second),
        target_second=people * second,
        is_open=offer.is_open,
    )
