"""Offers on an earlier date: the record's price changes undone, services and tiers that came later still closed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from model.facts.records import HistoryAction, OfferStart
from model.facts.units import number_of

FAMILY_HEADS = 4.0
"""People per family account: a family price is spread over four heads."""
_PARITY = "parity with Spotify"
_DERIVED = ("family = 1.63 x individual", "half of individual")


def undo_prices(
    offers: Sequence[OfferStart], *, market: str, actions: Sequence[HistoryAction], notices: list[str]
) -> tuple[OfferStart, ...]:
    """Return the offers of a market at the prices before the given price changes, undone latest first.

    Prices that the tables derive from an individual price (half of it, 1.63 x it over four heads, parity with Spotify)
    move in proportion. A change whose new price is not that of the offer gives a notice.
    """
    found = list(offers)
    for action in sorted(actions, key=lambda action: -action.month):
        if action.event == "price_change" and market in action.markets:
            for field, before in action.before.items():
                found = _undo(found, market, action, field, before, notices)
    return tuple(found)


def _undo(
    offers: list[OfferStart], market: str, action: HistoryAction, field: str, before: float, notices: list[str]
) -> list[OfferStart]:
    tier, heads = ("family_per_head", FAMILY_HEADS) if field == "family" else (field, 1.0)
    changed = next((o for o in offers if o.platform == action.platform and o.tier == tier), None)
    if changed is None or changed.price_local_month <= 0.0:
        return offers
    new = number_of(action.value)
    if field == action.field and new is not None and abs(changed.price_local_month * heads / new - 1.0) > 0.01:
        notices.append(
            f"{market} {action.platform} {field}: the record changes the price to {action.value} in {action.date}, "
            f"the offer says {changed.price_local_month * heads:g}"
        )
    ratio = before / heads / changed.price_local_month
    followers = {action.platform} if tier == "individual" else set()
    if followers and action.platform == "spotify":
        followers |= {o.platform for o in offers if o.tier == "individual" and o.basis.startswith(_PARITY)}

    def earlier(offer: OfferStart) -> OfferStart:
        derived = offer.basis.startswith(_PARITY) or any(basis in offer.basis for basis in _DERIVED)
        if offer is changed or (offer.platform in followers and derived):
            return replace(offer, price_local_month=offer.price_local_month * ratio)
        return offer

    return [earlier(offer) for offer in offers]


def entered_later(actions: Sequence[HistoryAction], *, market: str) -> set[tuple[str, str | None]]:
    """Return (service, tier) pairs that the given actions bring to a market; tier None stands for the whole service."""
    later: set[tuple[str, str | None]] = set()
    for action in actions:
        if market in action.markets and action.event in ("entry", "beta_entry"):
            later.add((action.platform, None))
        if market in action.markets and action.event == "mini_entry":
            later.add((action.platform, "mini"))
    return later


def share_out(
    offers: Sequence[OfferStart], *, users_m: float, payers_m: float, later: set[tuple[str, str | None]]
) -> tuple[OfferStart, ...]:
    """Return the offers of one service with its users shared out in proportion to the tiers of October 2022.

    Payers go to the open paid tiers, all others to the open tiers that do not pay and to trials. Tiers in `later` are
    closed and empty.
    """

    def is_open(offer: OfferStart) -> bool:
        return (offer.platform, None) not in later and (offer.platform, offer.tier) not in later

    paid = sum(offer.users_m for offer in offers if offer.payers and is_open(offer))
    free = sum((0.0 if offer.payers else offer.users_m) + offer.trial_users_m for offer in offers if is_open(offer))
    per_payer = payers_m / paid if paid > 0.0 else 0.0
    per_other = (users_m - payers_m) / free if free > 0.0 else 0.0
    return tuple(
        replace(
            offer, is_open=is_open(offer),
            users_m=offer.users_m * (per_payer if offer.payers else per_other) if is_open(offer) else 0.0,
            trial_users_m=offer.trial_users_m * per_other if is_open(offer) else 0.0,
        )
        for offer in offers
    )  # fmt: skip
