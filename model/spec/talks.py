"""Talks about licences inside a run, as `[talks]` plans them. Without the key no licence is talked about."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from model.foundation.months import show_month
from model.spec.fields import TIKTOK
from model.spec.names import ALL

PROTOCOLS: dict[str, str] = {
    "offers": "offers under private information, with delay, walk-outs and learning",
    "nash": "the surplus of each licence split by weights, at once",
    "nash_in_nash": "all licences split by weights at once, each given the others",
    "rubinstein": "alternating offers",
    "take_it_or_leave_it": "one offer by the proposer, taken or not",
}
"""Protocols of talks, with their meanings; the first is the default."""
SCOPES = ("world", "market")
"""How a label decides: once for all markets of a licence, or market by market."""
PROPOSERS = ("label", "platform")
USERS, MONTHS = (100, 1_000_000, 5_000), (1, 60, 24)
"""Lowest, highest and default number of simulated users and of months."""
KEYS: dict[str, str] = {
    "protocol": "; ".join(f"{name}: {meaning}" for name, meaning in PROTOCOLS.items()),
    "platforms": "services at the table, tiktok and entrants too",
    "labels": 'labels at the table, or "ALL"',
    "kinds": "kinds of licence talked about: streaming, clips (of tiktok)",
    "scope": "whether a label decides for the world or by market: one word, or a table by label with ALL",
    "users": "simulated users per market in the forks that value a licence",
    "months": "months ahead over which a licence is valued",
    "proposer": "who makes the offer that is taken or left: label or platform",
    "new": "licences that do not exist yet and are wanted from a month on",
}
"""Keys of the table, with their meanings."""
WANTED: dict[str, str] = {
    "platform": "service that wants the licences; tiktok wants licences for clips",
    "labels": 'labels, or "ALL" of those at the table',
    "markets": 'list of market codes, or "ALL" of the run where the platform has or gets an offer',
    "from": "month in which the talks begin, the run's first by default",
}
"""Fields of one table of `new`, with their meanings."""


@dataclass(frozen=True, slots=True)
class WantedLicences:
    """Licences that do not exist yet: a service wants those of some labels in some markets from a month number on."""

    platform: str
    labels: tuple[str, ...]
    markets: tuple[str, ...]
    first: int
    place: str = ""

    @property
    def kind(self) -> str:
        """Kind of licence: clips for TikTok, streaming for music services."""
        return "clips" if self.platform == TIKTOK else "streaming"

    def canonical(self) -> dict[str, object]:
        """Return what determines numbers, as sorted plain values."""
        return {
            "first": show_month(self.first),
            "labels": sorted(self.labels),
            "markets": sorted(self.markets),
            "platform": self.platform,
        }


@dataclass(frozen=True, slots=True)
class TalksPlan:
    """Who talks about licences, how, and how a licence is valued.

    protocol: of PROTOCOLS. platforms, labels: those at the table, labels in the order of the facts. kinds: of
    LICENCE_KINDS. scope: of SCOPES by label, "ALL" for those not named. users: simulated users per market in the forks
    that value a licence. months: months ahead over which it is valued. proposer: for take_it_or_leave_it.
    """

    protocol: str
    platforms: tuple[str, ...]
    labels: tuple[str, ...]
    kinds: tuple[str, ...] = ("streaming",)
    scope: Mapping[str, str] = field(default_factory=lambda: {ALL: "world"})
    users: int = USERS[2]
    months: int = MONTHS[2]
    proposer: str = "label"
    new: tuple[WantedLicences, ...] = ()

    def scope_of(self, label: str) -> str:
        """Return whether a label decides for the "world" or by "market"."""
        return self.scope.get(label, self.scope.get(ALL, "world"))

    def canonical(self) -> dict[str, object]:
        """Return what determines numbers, as sorted plain values; the proposer only where the protocol has one."""
        found: dict[str, object] = {
            "kinds": sorted(self.kinds),
            "labels": sorted(self.labels),
            "months": self.months,
            "new": sorted((one.canonical() for one in self.new), key=lambda one: str(sorted(one.items()))),
            "platforms": sorted(self.platforms),
            "protocol": self.protocol,
            "scope": {label: self.scope_of(label) for label in sorted(self.labels)},
            "users": self.users,
        }
        return {**found, "proposer": self.proposer} if self.protocol == "take_it_or_leave_it" else found
