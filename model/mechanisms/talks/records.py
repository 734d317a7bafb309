"""What a talk is about, the rules it follows, and how it can end."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from typing import Self

import numpy as np

from model.foundation.errors import Fault, nearest
from model.spec.parameters import Parameters
from model.theory.arrays import range_fault, require
from model.theory.bargaining.checks import finite_fault, unit_fault

LABEL, PLATFORM = "label", "platform"
SIDES = (LABEL, PLATFORM)
PROTOCOLS = ("offers", "nash", "nash_in_nash", "rubinstein", "take_it_or_leave_it")
WEEKS_PER_MONTH = 52.0 / 12.0

RUNNING, EXTENSION, OUTAGE, NONE = "running", "extension", "outage", "none"
"""Where a pair stands: under its licence, on old terms after its end, without catalogue, never licensed."""

DEAL, WALK_OUT, NO_DEAL, OPEN = "deal", "walk-out stays", "no deal", "open"
"""How talks end: signed; catalogue stays away; never had and still not; not over when the scenario is."""

CANNIBALISATION, DISAGREEMENT = "cannibalisation", "disagreement"
"""Why talks break: no payment suits both even if both knew the truth; one does, but what they believe hides it."""

Draws = Callable[[str, int], float]
"""A number in (0, 1) by what is drawn and the week; the caller keys it by run and pair."""


@dataclass(frozen=True, slots=True)
class Stakes:
    """What a licence is worth to both sides, as straight lines in a belief b about `promotion_pull`.

    least, least_slope: USD a month that the label loses elsewhere by the licence: it wants at least least +
    least_slope b. most, most_slope: USD a month that the platform gains before paying the label. present: USD a month
    that old terms pay, 0 for a licence that did not exist. term_months: of the new licence. licensed: whether an old
    licence runs or ran, so that there are old terms to stay on. wanted: by side, what its strategy makes of what the
    licence is worth to it, USD a month; both sides know of it.
    """

    least: float
    least_slope: float
    most: float
    most_slope: float
    present: float
    term_months: int
    licensed: bool
    wanted: Mapping[str, Callable[[float], float]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        money = ("least", "least_slope", "most", "most_slope", "present")
        require(
            [
                *[finite_fault(f"stakes.{name}", getattr(self, name)) for name in money],
                range_fault("stakes.term_months", self.term_months, low=1, high=np.inf, open_high=True),
            ]
        )

    def reservation(self, side: str, *, belief: float) -> float:
        """Return what the side would just accept under a belief: the label's least or the platform's most, USD."""
        return self.meant(side, self.worth(side, belief=belief))

    def meant(self, side: str, worth: float) -> float:
        """Return what the side would just accept if a licence is worth so much to it, USD."""
        wish = self.wanted.get(side)
        return worth if wish is None else wish(worth)

    def worth(self, side: str, *, belief: float) -> float:
        """Return what a licence costs the label or brings the platform under a belief, USD."""
        if side == LABEL:
            return self.least + self.least_slope * belief
        return self.most + self.most_slope * belief

    def size(self, side: str, *, belief: float) -> float:
        """Return how large the two parts of a side's reservation are together, USD a month: 0 only if both are.

        A loss and a promotion that cancel are each as hard to measure as they were.
        """
        base = self.least if side == LABEL else self.most
        return float(np.hypot(base, self.slope(side) * belief))

    def slope(self, side: str) -> float:
        """Return how a side's reservation moves per unit of belief, USD a month."""
        return self.least_slope if side == LABEL else self.most_slope


@dataclass(frozen=True, slots=True)
class Rules:
    """The numbers and the protocol by which two sides talk; parameters of the same names say what they mean.

    weight: the label's bargaining weight. proposer: who proposes first, "" for a draw; alone who proposes under
    take_it_or_leave_it. label_rate, platform_rate: discount per month, from `patience_rate`: they sum to it and give
    the weight, w = platform_rate / (label_rate + platform_rate).
    """

    protocol: str
    proposer: str
    weight: float
    label_rate: float
    platform_rate: float
    bluff: float
    renewal_range: float
    extension_cost: float
    expected_outage_months: float
    outage_signal_spread: float
    private_value_spread: float
    other_view_spread: float
    promotion_belief_label: float
    promotion_belief_platform: float
    promotion_belief_spread: float
    talks_breakdown_risk: float

    @classmethod
    def of(cls, parameters: Parameters, *, weight: float, protocol: str = "offers", proposer: str = "") -> Self:
        """Return the rules of a pair under these parameters.

        weight: the label's bargaining weight, in [0, 1]. protocol: one of `PROTOCOLS`. proposer: a side or "".
        """
        require(
            [
                unit_fault("weight", weight),
                _word_fault("protocol", protocol, PROTOCOLS),
                _word_fault("proposer", proposer, ("", *SIDES)),
            ]
        )
        own = {"protocol", "proposer", "weight", "label_rate", "platform_rate"}
        rest = {field.name: parameters[field.name] for field in fields(cls) if field.name not in own}
        rate = parameters.patience_rate
        return cls(
            protocol=protocol,
            proposer=proposer,
            weight=weight,
            label_rate=(1.0 - weight) * rate,
            platform_rate=weight * rate,
            **rest,
        )

    def side_weight(self, side: str) -> float:
        """Return a side's bargaining weight; both sum to 1."""
        return self.weight if side == LABEL else 1.0 - self.weight

    def discount(self, side: str) -> float:
        """Return what a gain of next week is worth to a side now, in (0, 1]."""
        rate = self.label_rate if side == LABEL else self.platform_rate
        return float(np.exp(-rate / WEEKS_PER_MONTH))

    def mean_belief(self, side: str) -> float:
        """Return what sides of this kind believe `promotion_pull` to be, on average."""
        return self.promotion_belief_label if side == LABEL else self.promotion_belief_platform

    def kept_after_outage(self, term_months: int) -> float:
        """Return the share of a new licence's gains that an outage of the expected length leaves, at least 0."""
        return max(0.0, 1.0 - self.expected_outage_months / term_months)


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a talk ended.

    kind: `DEAL`, `WALK_OUT`, `NO_DEAL` or `OPEN`. pressed: who chose the outage, if there was one: "", "label",
    "platform" or "both". weeks: rounds held; weeks_extended, weeks_out: of them on old terms and without catalogue.
    payment: USD a month, None without a deal. cause: of an outage or a failure, else "". least, most: USD a month, the
    sides' own reservations in the end. Talks that end on old terms which suit both are a deal: another term on them.
    """

    kind: str
    pressed: str
    weeks: int
    weeks_extended: int
    weeks_out: int
    payment: float | None
    cause: str
    least: float
    most: float


def other(side: str) -> str:
    """Return the side across the table."""
    return PLATFORM if side == LABEL else LABEL


def _word_fault(place: str, word: str, allowed: tuple[str, ...]) -> Fault | None:
    if word in allowed:
        return None
    return Fault(place, f"is one of {', '.join(repr(name) for name in allowed)}", word, nearest(word, list(allowed)))
