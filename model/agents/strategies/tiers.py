"""Tiers that mean the same under different names."""

from __future__ import annotations

from collections.abc import Sequence

from model.agents.strategies.outlook import Offer

FOR_ONE = ("individual", "premium")
"""Names of the paid plan for one person; a service has one of them."""


def same_tier(offers: Sequence[Offer], tier: str) -> Offer | None:
    """Return the offer of a tier, whatever it is called; "" is the paid plan for one person. None without one."""
    wanted = FOR_ONE if tier in ("", *FOR_ONE) else (tier,)
    return next((offer for offer in offers if offer.tier in wanted), None)
