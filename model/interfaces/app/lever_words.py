"""Words and likely ends of sliders for levers: the one table of the page that knows them by name.

What a lever is set in and keyed by, its unit, bounds and meaning stand in its declaration, `model.spec.settings`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from model.spec.settings import LEVERS, ItemKind, Lever
from model.state.offers import PAID_TIERS

Fits = Literal["all", "paid", "unpaid", "bundle"]


@dataclass(frozen=True, slots=True)
class LeverWords:
    """How the page tells of a lever.

    title: what it is, in a few words. likely: ends of its slider, None for the declared bounds; a number beyond may be
    typed. step: of its slider, None for about a hundred from end to end. fits: the tiers that it means something for;
    for a lever of a whole service: which tier the service must have. heading: over a lever that is set by label.
    """

    title: str
    likely: tuple[float, float] | None = None
    step: float | None = None
    fits: Fits = "all"
    heading: str = ""


WORDS: dict[str, LeverWords] = {
    "integration": LeverWords("Integration with TikTok", step=1 / 3),
    "marketing": LeverWords("Marketing", (0.0, 10.0)),
    "podcasts": LeverWords("Podcasts and audiobooks", (0.0, 3.0)),
    "link_fee": LeverWords("Link fee", (0.0, 0.5)),
    "bundle_fee": LeverWords("Bundle fee", fits="bundle"),
    "bundle_base": LeverWords("Bundle's customers", fits="bundle"),
    "price": LeverWords("Price", fits="paid"),
    "ad_load": LeverWords("Advertising heard", (0.0, 12.0), fits="unpaid"),
    "restriction": LeverWords("Restriction of use"),
    "trial_months": LeverWords("Free trial", step=1.0, fits="paid"),
    "quality": LeverWords("Quality", (-4.0, 1.0)),
    "open": LeverWords("Offered"),
    "catalogue": LeverWords("Music of", heading="Catalogue"),
    "tiktok": LeverWords("TikTok is allowed"),
    "creator_share": LeverWords("Creators' share"),
    "tiktok_ad_load": LeverWords("Adverts in the feed", (0.0, 4.0)),
    "topview_days": LeverWords("TopView days", (0.0, 4.0)),
    "shop_sales": LeverWords("Shop sales", (0.0, 2.0)),
    "sales_tax": LeverWords("Sales tax", (0.0, 0.4)),
    "app_store_fee": LeverWords("App-store fee"),
    "growth": LeverWords("Growth of people online", (-0.1, 0.3)),
    "clips": LeverWords("Clips of", heading="Music in clips"),
}
"""By lever, in the order of the page."""

NOT_OFFERED: dict[str, str] = {
    "bundle_told": "the event telco_bundle sets it once, as a bundle begins: an event of a scenario, nothing to slide",
    "takeover": "the event merger sets it: whole services join for good, which is a scenario's to tell, with its terms",
}
"""Levers that the page leaves out on purpose, with the reason."""


def words_of_lever(lever: Lever) -> LeverWords:
    """Return how a lever is told; by its name alone where the table has no line for it."""
    return WORDS.get(lever.name) or LeverWords(lever.name.replace("_", " ").capitalize())


def offered_levers(of: str, item: ItemKind) -> list[Lever]:
    """Return the levers of a scope and kind of key that the page offers, in its order. of, item: as of `Lever`."""
    order = {name: place for place, name in enumerate(WORDS)}
    found = [one for one in LEVERS.values() if (one.of, one.item) == (of, item) and one.name not in NOT_OFFERED]
    return sorted(found, key=lambda one: order.get(one.name, len(order)))


def fits_tier(lever: Lever, tier: str) -> bool:
    """Return whether a lever means something for a tier: what is free has no price, what is paid no advertising."""
    fits = words_of_lever(lever).fits
    if fits == "bundle":
        return tier == "bundle"
    return fits == "all" or (fits == "paid") == (tier in PAID_TIERS)
