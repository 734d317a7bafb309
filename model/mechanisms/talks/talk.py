"""A talk of one platform and one label about one licence, week by week; it knows nothing of the market.

The market opens it with stakes, holds `week` each week and `press` each month, says when the licence ends, and shows
both sides each month of an outage. `playing.play` does the same in a vacuum.
"""

from __future__ import annotations

from model.foundation.errors import Fault
from model.mechanisms.talks.protocols import CONVERSATIONS, Table
from model.mechanisms.talks.records import (
    CANNIBALISATION,
    DEAL,
    DISAGREEMENT,
    EXTENSION,
    LABEL,
    NO_DEAL,
    NONE,
    OPEN,
    OUTAGE,
    PLATFORM,
    RUNNING,
    WALK_OUT,
    Draws,
    Outcome,
    Rules,
    Stakes,
)
from model.mechanisms.talks.side import Side
from model.theory.arrays import require
from model.theory.bargaining.checks import finite_fault


class Talk:
    """Two sides at the table.

    regime: "running" before the licence ends, then "extension" or "outage"; "none" where there never was one.
    pressing: who would rather have an outage than old terms: "", "label", "platform" or "both".
    payment: what was agreed, USD a month, None so far. weeks, weeks_extended, weeks_out: rounds without agreement, and
    of them on old terms and without catalogue. walked: who was pressing when an outage began, "" if none ever did.
    """

    def __init__(self, stakes: Stakes, *, rules: Rules, draws: Draws, offered: float | None = None) -> None:
        """Open the talk: each side draws its belief and its private value, and plans whether to press.

        draws: a number in (0, 1) by name and week. offered: USD a month, what all talks solved together give this pair;
        for the protocol nash_in_nash, which cannot do without.
        """
        wanted = "is given under nash_in_nash"
        way_out = "Give the payment that all pairs together arrive at."
        missing = rules.protocol == "nash_in_nash" and offered is None
        require(
            [
                Fault("offered", wanted, offered, way_out) if missing else None,
                None if offered is None else finite_fault("offered", offered),
            ]
        )
        self.rules = rules
        drawn = LABEL if draws("first proposer", 0) < 0.5 else PLATFORM
        self.table = Table(
            label=Side(LABEL, stakes=stakes, rules=rules, draws=draws),
            platform=Side(PLATFORM, stakes=stakes, rules=rules, draws=draws),
            rules=rules,
            draws=draws,
            stakes=stakes,
            regime=RUNNING if stakes.licensed else NONE,
            first=rules.proposer or drawn,
            offered=offered,
        )
        self.payment: float | None = None
        self.weeks = self.weeks_extended = self.weeks_out = 0
        self.walked = ""
        self.press()

    @property
    def label(self) -> Side:
        """The label's side."""
        return self.table.label

    @property
    def platform(self) -> Side:
        """The platform's side."""
        return self.table.platform

    @property
    def stakes(self) -> Stakes:
        """What the licence is worth now."""
        return self.table.stakes

    @property
    def regime(self) -> str:
        """Where the pair stands."""
        return self.table.regime

    @property
    def pressing(self) -> str:
        """Who would rather have an outage than old terms."""
        return self.table.pressing

    @property
    def over(self) -> bool:
        """Whether nothing more can be said: agreed, or a final offer was refused."""
        return self.payment is not None or self.table.closed

    def press(self) -> str:
        """Let both decide again whether to press, and return who does; for the beginning and then every month.

        After the licence's end whoever presses calls the outage, and it is called off when nobody presses any more:
        then old terms suit both, and the licence goes on under them.
        """
        table = self.table
        if self.over:
            return table.pressing
        table.pressing = self._who_presses() if self.stakes.licensed else ""
        if table.regime in (EXTENSION, OUTAGE):
            self._part()
        return table.pressing

    def licence_ended(self) -> str:
        """Say that the old licence has ended without a new one, and return the regime that follows."""
        if self.table.regime == RUNNING and self.payment is None:
            self._part()
        return self.table.regime

    def week(self, number: int, *, last: bool = False) -> float | None:
        """Hold one round and return the payment agreed, USD a month, or None; rounds after the end say the same.

        number: of the week, for the draws and for whose turn it is. last: whether the licence ends after this week.
        """
        if self.over:
            return self.payment
        table = self.table
        self.payment = CONVERSATIONS[self.rules.protocol](table, number, last)
        if self.payment is None:
            self.weeks += 1
            self.weeks_extended += table.regime == EXTENSION
            self.weeks_out += table.regime == OUTAGE
        return self.payment

    def outage_month(self, week: int, *, true_pull: float, stakes: Stakes | None = None) -> None:
        """Let a month of outage show both what promotion does, and each what the other would just accept.

        week: for the draws. true_pull: the true `promotion_pull`. stakes: what the licence is worth now, where that was
        looked at again; None leaves it. A signal errs by `outage_signal_spread` of what it shows, promotion counted as
        the true pull or the sides' first doubt, whichever is larger, so that a pull of 0 is not plain to see at once.
        """
        table, share = self.table, self.rules.outage_signal_spread
        if stakes is not None:
            table.stakes = stakes
            for side in table.sides:
                side.revalue(stakes)
        doubt = max(abs(true_pull), self.rules.promotion_belief_spread)
        if doubt > 0.0:
            signal = true_pull + share * doubt * table.normal("promotion shown", week)
            for side in table.sides:
                side.learn_promotion(signal, spread=share * doubt)
        for side, across in ((table.label, table.platform), (table.platform, table.label)):
            error = share * self.stakes.size(across.name, belief=doubt)
            seen = across.reservation + error * table.normal(f"value shown to {side.name}", week)
            side.learn_reservation(seen, spread=error)

    def outcome(self, true_pull: float, *, longest: bool = False) -> Outcome:
        """Return how the talk stands or ended.

        true_pull: the true `promotion_pull`, to tell why talks broke. longest: whether the sides may talk no longer:
        old terms that suit both then go on for another term, and anything else is a failure.
        """
        payment, kind = self.payment, DEAL
        if payment is None:
            kind = self._unfinished(longest)
            payment = self.stakes.present if kind == DEAL else None
        broke = self.walked or kind in (WALK_OUT, NO_DEAL)
        return Outcome(
            kind,
            self.walked or (self.pressing if kind == WALK_OUT else ""),
            self.weeks,
            self.weeks_extended,
            self.weeks_out,
            payment,
            self.cause(true_pull) if broke else "",
            self.label.reservation,
            self.platform.reservation,
        )

    def cause(self, true_pull: float) -> str:
        """Return why the sides do not agree: whether any payment would suit both if both knew the truth."""
        zone = self.platform.reservation_at(true_pull) >= self.label.reservation_at(true_pull)
        return DISAGREEMENT if zone else CANNIBALISATION

    def _unfinished(self, longest: bool) -> str:
        if not (longest or self.table.closed):
            return OPEN
        if not self.stakes.licensed:
            return NO_DEAL
        stays_on = self.rules.protocol == "offers" and not self.pressing and self.regime != OUTAGE
        return DEAL if stays_on else WALK_OUT

    def _who_presses(self) -> str:
        names = [side.name for side in self.table.sides if side.presses(self.stakes.present)]
        return "both" if len(names) == len(self.table.sides) else "".join(names)

    def _part(self) -> None:
        """Begin or end an outage, as those who press want it; only talks by offers know old terms after the end."""
        table = self.table
        if self.rules.protocol != "offers" and not table.pressing:
            table.pressing = "both"
        table.regime = OUTAGE if table.pressing else EXTENSION
        if table.pressing and not self.walked:
            self.walked = table.pressing
