"""Terms of a licence, each declared once: bounds, unit, meaning, and the kind of licence that has it."""

from __future__ import annotations

from dataclasses import dataclass

LICENCE_KINDS = ("streaming", "clips")
"""Kinds of licence that labels give to services: music in a music service, and music in clips on TikTok."""


@dataclass(frozen=True, slots=True)
class Term:
    """One term of a licence. kinds: the kinds of licence that have it, of LICENCE_KINDS."""

    name: str
    low: float
    high: float
    unit: str
    meaning: str
    kinds: tuple[str, ...] = ("streaming",)

    @property
    def words(self) -> str:
        """Unit and meaning, e.g. "USD per stream of free tiers, before usage share"."""
        return f"{self.unit}, {self.meaning}"


TERMS: dict[str, Term] = {
    term.name: term
    for term in (
        Term("rev_share_paid", 0.0, 1.0, "share of net revenue of paid tiers and bundles", "before usage share"),
        Term("rev_share_free", 0.0, 1.0, "share of net revenue of free tiers", "before usage share"),
        Term("rev_share_rewarded", 0.0, 1.0, "share of net revenue of rewarded tiers",
             "before usage share; that of free tiers unless given"),
        Term("per_subscriber_minimum_usd", 0.0, 1000.0, "USD per individual subscription and month",
             "before usage share"),
        Term("per_stream_minimum_usd", 0.0, 10.0, "USD per stream of free tiers and bundles", "before usage share"),
        Term("per_stream_minimum_rewarded_usd", 0.0, 10.0, "USD per stream of rewarded tiers",
             "before usage share; that of free tiers unless given"),
        Term("minimum_guarantee_usd_m", 0.0, 1e5, "USD million per year",
             "least payment for all markets of the licence"),
        Term("fee_usd_m", 0.0, 1e5, "USD million per year",
             "lump sum for the world; a market bears its part of TikTok's advertising income", ("clips",)),
        Term("promotional_credit_usd_m", 0.0, 1e5, "USD million per year",
             "what the platform spends on promoting the label (clips: in the world)", LICENCE_KINDS),
    )
}  # fmt: skip


def terms_of(kind: str) -> dict[str, Term]:
    """Return the terms that a kind of licence has, by name. kind: one of LICENCE_KINDS."""
    return {name: term for name, term in TERMS.items() if kind in term.kinds}
