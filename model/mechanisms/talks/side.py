"""One side of a talk: what it believes, what it would just accept, what it asks, and what it would refuse.

Both sides are the same creature. Inside, the platform's money is counted with a minus, so that for either side more is
better, its own reservation is the least it takes, and the other's is the most that can be got.
"""

from __future__ import annotations

import numpy as np
from scipy.special import ndtri

from model.mechanisms.talks.records import LABEL, Draws, Rules, Stakes, other
from model.mechanisms.talks.view import View
from model.theory.bargaining.delay import learned_beliefs

LAST_PRICE = 0.01
"""Probability of a zone of agreement below which a side asks for no more than what it would just accept."""


class Side:
    """A label or a platform at the table.

    name: "label" or "platform". belief, belief_spread: of `promotion_pull`, mean and standard deviation in its mind.
    view: of the other's reservation, in this side's money (see the module).
    """

    def __init__(self, name: str, *, stakes: Stakes, rules: Rules, draws: Draws) -> None:
        self.name, self.stakes, self.rules = name, stakes, rules
        self.sign = 1.0 if name == LABEL else -1.0
        self.weight, self.discount = rules.side_weight(name), rules.discount(name)
        self.belief_spread = rules.promotion_belief_spread
        self.belief = rules.mean_belief(name) + self.belief_spread * float(ndtri(draws(f"belief of {name}", 0)))
        value = abs(stakes.worth(name, belief=self.belief))
        self._private = rules.private_value_spread * value * float(ndtri(draws(f"private value of {name}", 0)))
        self.view = self._first_view()
        self._looked: tuple[View, float, float, float] | None = None

    @property
    def reservation(self) -> float:
        """What the side would just accept, USD a month: the label's least or the platform's most."""
        return self.reservation_at(self.belief)

    def reservation_at(self, belief: float) -> float:
        """Return what the side would just accept if it believed this about promotion, USD a month."""
        return self.stakes.meant(self.name, self.stakes.worth(self.name, belief=belief) + self._private)

    def gain(self, payment: float) -> float:
        """Return what a payment leaves the side over no licence, USD a month."""
        return self.sign * (payment - self.reservation)

    @property
    def hopeful(self) -> bool:
        """Whether the side thinks a payment that suits both likely enough to ask for more than its reservation."""
        return self._outlook()[0] > LAST_PRICE

    @property
    def expects(self) -> float:
        """What the other would just accept if a deal can be made, as this side expects it, USD a month."""
        return self.sign * self._outlook()[1]

    @property
    def demand(self) -> float:
        """What the side asks: its weight's part of the gain it expects there to be, USD a month.

        Label: a + w (E[M | M >= a] - a); platform: M - (1-w) (M - E[a | a <= M]).
        """
        own = self.reservation
        return own + self.weight * (self.expects - own) if self.hopeful else own

    def accepts(self, payment: float) -> bool:
        """Return whether the side takes a payment now rather than its own demand a week later."""
        return self.gain(payment) >= max(0.0, self.discount * self.gain(self.demand))

    def was_refused(self) -> None:
        """Learn from the refusal of the own demand: the other's reservation may not be what it is built on."""
        if self.hopeful:
            self.view = self.view.refused(self.sign * self.expects, bluff=self.rules.bluff)

    def chance_of(self, payment: float) -> float:
        """Return the probability, in this side's view, that the other can bear a payment."""
        return self.view.chance(self.sign * payment)

    def presses(self, present: float) -> bool:
        """Return whether the side would rather have an outage, and its demand after it, than stay on old terms.

        Fernandez and Glazer (1991), Haller and Holden (1990) and Cramton and Tracy (1992): on old terms nobody has a
        reason to give in, so who wants better ones must choose the outage, and loses its gains while it lasts. Terms
        worse than no licence are always pressed against, since a demand never is.
        """
        kept = self.rules.kept_after_outage(self.stakes.term_months)
        return self.chance_of(self.demand) * kept * self.gain(self.demand) > self.gain(present)

    def final_offer(self) -> float:
        """Return the offer that pays most in expectation if refusal is the end, USD a month."""
        own = self.sign * self.reservation
        asked = self.view.middles[self.view.middles > own]
        worth = np.array([(level - own) * self.view.chance(float(level)) for level in asked])
        return self.sign * float(asked[np.argmax(worth)]) if worth.any() else self.reservation

    def learn_promotion(self, signal: float, *, spread: float) -> None:
        """Learn from a signal of `promotion_pull` with this standard deviation; the view of the other moves along."""
        means, spreads = learned_beliefs(
            [self.belief], spread=[self.belief_spread], signals=[signal], signal_spread=spread
        )
        learned = float(means[-1, 0])
        self.view = self.view.moved(self.sign * self.stakes.slope(other(self.name)) * (learned - self.belief))
        self.belief, self.belief_spread = learned, float(spreads[-1, 0])

    def learn_reservation(self, signal: float, *, spread: float) -> None:
        """Learn from a signal of the other's reservation, USD a month, with this standard deviation."""
        if spread > 0.0:
            self.view = self.view.saw(self.sign * signal, spread=spread)

    def revalue(self, stakes: Stakes) -> None:
        """Take new stakes; the view of the other moves by as much as the stakes do at the own belief."""
        before = self.stakes.reservation(other(self.name), belief=self.belief)
        after = stakes.reservation(other(self.name), belief=self.belief)
        self.stakes, self.view = stakes, self.view.moved(self.sign * (after - before))

    def _outlook(self) -> tuple[float, float]:
        """Return the probability of a zone and the other's number where there is one; looked up once per view."""
        own = self.sign * self.reservation
        if self._looked is None or self._looked[0] is not self.view or self._looked[1] != own:
            self._looked = (self.view, own, self.view.chance(own), self.view.mean_above(own))
        return self._looked[2:]

    def _first_view(self) -> View:
        """Return the view of the other that the own belief gives: wide, and wider the more rests on promotion."""
        across = other(self.name)
        mean = self.stakes.reservation(across, belief=self.belief)
        of_promotion = self.stakes.slope(across) * self.belief_spread
        spread = float(np.hypot(self.rules.other_view_spread * mean, of_promotion))
        return View.normal(self.sign * mean, spread=spread)
