"""What a scenario makes of a strategy: who plays it, where, when, with which choices."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from model.facts.owners import owner_of
from model.foundation.months import show_month
from model.spec.strategies.kinds import Side, StrategyKind

Value = float | str | tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """One market that a service is to enter.

    month: calendar month number from which it is ready. tiers: posted prices by tier, local currency per month, tax
    included. integration: with TikTok, 0 to 1. marketing: multiple of what is usual for an entrant. labels: those whose
    licence it waits for. quality: against the best of its kind in the market, logit; None leaves it to the service's
    record elsewhere, else to the declared `entrant_gap`.
    """

    market: str
    month: int
    tiers: Mapping[str, float]
    integration: float
    marketing: float
    labels: tuple[str, ...]
    quality: float | None = None

    def canonical(self) -> list[object]:
        """Return what determines numbers, as plain values."""
        tiers = sorted(self.tiers.items())
        found = [self.market, show_month(self.month), tiers, self.integration, self.marketing, sorted(self.labels)]
        return found if self.quality is None else [*found, self.quality]


@dataclass(frozen=True, slots=True)
class StrategyPlan:
    """One strategy of a scenario. key: its name there. actor: the service or label that plays it.

    first, last: calendar month numbers in which it is played. values: its choices by name. entries: for rules that
    enter markets, in order of date.
    """

    key: str
    kind: StrategyKind
    actor: str
    markets: tuple[str, ...]
    first: int
    last: int
    values: Mapping[str, Value]
    entries: tuple[Entry, ...] = ()
    about: str = ""
    source: str = ""
    place: str = field(default="", compare=False)

    @property
    def side(self) -> Side:
        """Whether a platform or a label plays it."""
        return self.kind.side

    @property
    def firm(self) -> str:
        """Firm that plays it: the owner of the service, or the label."""
        return owner_of(self.actor) if self.side == "platform" else self.actor

    def acts_in(self, month: int) -> bool:
        """Tell whether it is played in a calendar month."""
        return self.first <= month <= self.last

    def canonical(self) -> dict[str, object]:
        """Return what determines numbers, as sorted plain values; the code of rules from outside stands by its hash."""
        found: dict[str, object] = {
            "actor": self.actor, "first": show_month(self.first), "last": show_month(self.last),
            "markets": sorted(self.markets), "rule": self.kind.name,
            "values": {name: list(value) if isinstance(value, tuple) else value
                       for name, value in sorted(self.values.items())},
        }  # fmt: skip
        if self.entries:
            found["entries"] = [entry.canonical() for entry in self.entries]
        return {**found, "code": self.kind.source} if self.kind.source else found
