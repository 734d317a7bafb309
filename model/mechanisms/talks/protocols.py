"""The ways to talk: what one round does under each protocol.

A round takes the table, the week's number and whether the licence ends after it, and returns the payment agreed or
None. `CONVERSATIONS` names them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri

from model.mechanisms.talks.records import (
    EXTENSION,
    LABEL,
    RUNNING,
    WEEKS_PER_MONTH,
    Draws,
    Rules,
    Stakes,
)
from model.mechanisms.talks.side import Side
from model.theory.bargaining.delay import attrition
from model.theory.bargaining.nash import nash_transfer
from model.theory.bargaining.rubinstein import alternating_offers


@dataclass(slots=True)
class Table:
    """Who sits there and what everybody knows; the words are those of `Talk`.

    first: the side that proposes in week 0. closed: whether a final offer was refused. offered: USD a month, what the
    protocol nash_in_nash brings along.
    """

    label: Side
    platform: Side
    rules: Rules
    draws: Draws
    stakes: Stakes
    regime: str
    first: str
    offered: float | None = None
    pressing: str = ""
    closed: bool = False

    @property
    def sides(self) -> tuple[Side, Side]:
        """Label and platform."""
        return self.label, self.platform

    def turn(self, week: int) -> tuple[Side, Side]:
        """Return who proposes in a week and who answers; they alternate."""
        begins = (self.first == LABEL) == (week % 2 == 0)
        return (self.label, self.platform) if begins else (self.platform, self.label)

    def normal(self, name: str, week: int) -> float:
        """Return a standard normal draw."""
        return float(ndtri(self.draws(name, week)))

    def suits_both(self, payment: float) -> bool:
        """Return whether neither side would rather have no licence."""
        return self.label.gain(payment) >= 0.0 and self.platform.gain(payment) >= 0.0

    @property
    def due(self) -> bool:
        """Whether there is no licence that still runs, so that waiting for its end is over."""
        return self.regime != RUNNING


Conversation = Callable[[Table, int, bool], float | None]


def offers(table: Table, week: int, last: bool) -> float | None:  # noqa: ARG001 - no deadline but the outage
    """Alternating offers of sides that do not know each other's reservation.

    Where somebody presses, or there are no old terms: the answering side takes what is worth at least its own demand a
    week later; a refusal teaches the proposer. Else old terms suit both better than an outage, and both stay near them.
    """
    if table.stakes.licensed and not table.pressing and table.regime in (RUNNING, EXTENSION):
        return _near_old_terms(table, week)
    proposer, responder = table.turn(week)
    payment = proposer.demand
    if responder.accepts(payment):
        return payment
    proposer.was_refused()
    return None


def nash(table: Table, week: int, last: bool) -> float | None:  # noqa: ARG001 - one answer, in any week
    """The Nash payment a + w (M - a) of the sides' own reservations as the licence ends; no zone, no deal."""
    if not (last or table.due):
        return None
    label, platform = table.label.reservation, table.platform.reservation
    deal = nash_transfer(platform, label_gain=-label, weight=table.rules.weight)
    return float(np.clip(deal.transfer, label, platform)) if bool(deal.agreed) else None


def nash_in_nash(table: Table, week: int, last: bool) -> float | None:  # noqa: ARG001 - one answer, in any week
    """The payment that all pairs together arrive at, as the licence ends, if it suits both."""
    if not (last or table.due) or table.offered is None:
        return None
    return table.offered if table.suits_both(table.offered) else None


def rubinstein(table: Table, week: int, last: bool) -> float | None:  # noqa: ARG001 - agreement is immediate
    """Alternating offers of sides that know each other's reservation: agreed at once, if there is a zone.

    The gain is divided by weekly patience, by the risk that a refusal ends the talks, and by what an outage of the
    expected length and the deal after it would leave, which a side can always choose.
    """
    proposer, responder = table.turn(week)
    label, platform = table.label.reservation, table.platform.reservation
    if platform < label:
        return None
    kept = table.rules.kept_after_outage(table.stakes.term_months)
    outage = [kept * proposer.weight, kept * responder.weight]
    division = alternating_offers(
        [proposer.discount, responder.discount],
        outside=outage,
        breakdown=table.rules.talks_breakdown_risk,
        breakdown_values=outage,
    )
    share = float(division.payoffs[0 if proposer is table.label else 1])
    return float(np.clip(label + share * (platform - label), label, platform))


def take_it_or_leave_it(table: Table, week: int, last: bool) -> float | None:  # noqa: ARG001 - one side offers
    """One final offer as the licence ends: the best that the proposer's view allows; refusal is the end."""
    if not (last or table.due):
        return None
    proposer, responder = table.turn(0)  # the side that begins is the only one to offer, whenever that is
    payment = proposer.final_offer()
    if responder.gain(payment) >= 0.0:
        return payment
    table.closed, table.pressing = True, responder.name if table.stakes.licensed else ""
    return None


CONVERSATIONS: dict[str, Conversation] = {
    "offers": offers,
    "nash": nash,
    "nash_in_nash": nash_in_nash,
    "rubinstein": rubinstein,
    "take_it_or_leave_it": take_it_or_leave_it,
}


def _near_old_terms(table: Table, week: int) -> float | None:
    """Talks about a renewal: within `renewal_range` of old terms, and after their end a war of attrition.

    Before the end they agree if and only if demands cross: waiting costs nothing. After it each side gives in at the
    rate that keeps the other indifferent, for the demands' distance over the term and `extension_cost` a month.
    """
    present, rules = table.stakes.present, table.rules
    reach = rules.renewal_range * abs(present)
    low = max(present - reach, table.label.reservation)
    high = min(present + reach, table.platform.reservation)
    asked, offered = (float(np.clip(side.demand, low, high)) for side in table.sides)
    proposer, _ = table.turn(week)
    mine, theirs = (asked, offered) if proposer is table.label else (offered, asked)
    if asked <= offered:
        return mine
    if table.regime == RUNNING:
        return None
    prize = (asked - offered) * table.stakes.term_months
    cost = rules.extension_cost * abs(present)
    hazards = attrition([prize, prize], costs=[cost, cost]).hazards / WEEKS_PER_MONTH
    gives_in = {
        side.name: table.draws(f"patience of {side.name}", week) < -np.expm1(-hazard)
        for side, hazard in zip((table.platform, table.label), hazards, strict=True)
    }
    if gives_in[proposer.name]:
        return theirs
    return mine if any(gives_in.values()) else None
