"""Logit quantal response: players who answer better strategies more often, not always the best.

x_ia = exp(lambda u_ia(x)) / sum_b exp(lambda u_ib(x)) (McKelvey and Palfrey 1995). At lambda = 0 all play evenly; from
there one branch of answers leads on, the principal branch, and its end as lambda grows is the logit limit, a Nash
equilibrium. The branch is followed by its arc length, so that it may turn back in lambda (Turocy 2005); in logarithms
of probabilities, so that weak strategies underflow nowhere. Where it passes a lambda more than once, the first passing
counts. Players who are alike respond alike on it: in games alike for all, its end may be an equilibrium that a small
difference between them would do away with.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from model.theory.arrays import FloatArray, floats, range_fault, require
from model.theory.games.payoffs import (
    Profile,
    against,
    checked_game,
    payoff_spans,
    players_alike,
    regrets,
    unit_game,
)
from model.theory.games.support import membership, payoff_slopes, settle_support, split

_TOLERANCE = 1e-13
_NEWTON_STEPS = 12
_SHORTEST, _STRAIGHT = 1e-10, 1e-6
"""Arc lengths below which the branch is given up, and below which a change of sense is a crossing."""
_ROUNDING = 1e-9
"""Steps shorter than this are not judged by where they land."""
_FARTHEST = 0.1
"""Farthest that a step may land off its tangent, as a share of its length: farther off it may be another branch."""
_SHARPEST = 0.9
"""Cosine of the sharpest turn of the branch within one step, for the same reason."""


@dataclass(frozen=True, slots=True)
class QuantalResponse:
    """A point of the principal branch.

    profile: one array of probabilities (s_i,) per player. precision: lambda, per unit of payoff, at which it holds.
    converged: whether the branch was followed that far. steps: arc steps taken. gap: largest difference between the
    logarithm of a probability's odds and lambda times the difference in payoff.
    """

    profile: Profile
    precision: float
    converged: bool
    steps: int
    gap: float


def quantal_response(payoffs: ArrayLike, *, precision: float, max_steps: int = 5_000) -> QuantalResponse:
    """Return the logit quantal response on the principal branch at one precision lambda.

    payoffs: (n_players, s_1, ..., s_n), any unit, the same for all players. precision: lambda >= 0, per unit of payoff;
    the profile is the one at `precision` of the result, which differs only where `converged` is false.
    """
    table = checked_game(payoffs)
    require(
        [
            range_fault("precision", precision, low=0.0, high=np.inf, open_high=True),
            range_fault("max_steps", max_steps, low=1, high=np.inf),
        ]
    )
    scale = float(payoff_spans(table).max())
    branch = _Branch(table / scale)
    reached = branch.follow(precision * scale, max_steps)
    return QuantalResponse(branch.profile, branch.precision / scale, reached, branch.steps, branch.gap())


def logit_limit(payoffs: ArrayLike, *, tolerance: float = 1e-9, max_steps: int = 5_000) -> QuantalResponse:
    """Return the Nash equilibrium at which the principal branch ends; generically it is unique.

    Each player's payoffs are first scaled to [0, 1], so that lambda means the same to all. The branch is followed until
    the equilibrium on the strategies still played has a regret within the tolerance (share of the payoff span) and the
    branch is within 1e-3 of it; the result is that equilibrium, `precision` the lambda where the branch was left
    (per payoff span). `converged` is false where the steps run out before.
    """
    table = unit_game(checked_game(payoffs))
    require(
        [
            range_fault("tolerance", tolerance, low=0.0, high=1.0),
            range_fault("max_steps", max_steps, low=1, high=np.inf),
        ]
    )
    branch = _Branch(table)
    target = 10.0
    while target < 1e7 and branch.follow(target, max_steps):
        near = branch.profile
        found = settle_support(table, near, tolerance=tolerance)
        if found is not None and np.abs(np.concatenate(found) - np.concatenate(near)).max() < 1e-3:
            return QuantalResponse(found, branch.precision, True, branch.steps, float(regrets(table, found).max()))
        target *= 2.0
    last = branch.profile
    return QuantalResponse(last, branch.precision, False, branch.steps, float(regrets(table, last).max()))


class _Branch:
    """The principal branch, followed from lambda = 0: a point (logarithms of probabilities, lambda) and a direction.

    Of players who are alike one speaks for all: branches on which they differ cross this one, and are not seen then.
    """

    def __init__(self, payoffs: FloatArray) -> None:
        self.payoffs = payoffs
        even: Profile = tuple(np.full(size, 1.0 / size) for size in payoffs.shape[1:])
        self.owner = membership(even)
        self.sizes = even
        first = np.concatenate([np.arange(mix.size) == 0 for mix in even])
        alike = players_alike(payoffs)
        self.speaks = alike == np.arange(len(alike))
        own = self.speaks[self.owner.argmax(axis=1)]
        self.others = np.flatnonzero(~first & own)
        self.against_first = np.flatnonzero(first)[self.owner.argmax(axis=1)][self.others]
        edges = np.concatenate([[0], np.cumsum(payoffs.shape[1:])])
        same = np.concatenate([edges[model] + np.arange(mix.size) for model, mix in zip(alike, even, strict=True)])
        self.lift = np.equal.outer(same, np.flatnonzero(own)).astype(np.float64)
        self.point = np.concatenate([np.log(np.concatenate(even))[own], [0.0]])
        self.direction = np.zeros(self.point.size)
        self.direction[-1] = 1.0
        self.steps, self.reach = 0, 0.05
        self.sense = self._sense(self.point, self._tangent(self.point, along=self.direction))

    @property
    def precision(self) -> float:
        """Lambda at the point."""
        return float(self.point[-1])

    @property
    def profile(self) -> Profile:
        """Probabilities at the point, each sum exactly 1 but for rounding."""
        mixes = split(np.exp(self.lift @ self.point[:-1]), self.sizes)
        return tuple(mix / mix.sum() for mix in mixes)

    def gap(self) -> float:
        """Return the largest miss of the equations at the point."""
        return float(np.abs(self._misses(self.point)).max())

    def follow(self, target: float, max_steps: int) -> bool:
        """Go along the branch until lambda first reaches the target; False where `max_steps` steps do not suffice."""
        if self.precision >= target:
            return True
        while self.steps < max_steps and self.reach > _SHORTEST:
            self.steps += 1
            tangent = self._tangent(self.point, along=self.direction)
            ahead = self.point + self.reach * tangent
            lands = bool(ahead[-1] >= target)
            found = self._correct(self._toward(tangent, target) if lands else ahead, None if lands else tangent)
            turned = None if found is None else self._turned(found, tangent)
            if found is None or turned is None or (found[-1] >= target and not lands) or found[-1] < 0.0:
                self.reach *= 0.5
                continue
            self.point, self.direction = found, tangent
            if lands:
                return True
            self.reach *= 1.6 if turned > 0.99 else 1.0
        return False

    def _turned(self, found: FloatArray, tangent: FloatArray) -> float | None:
        """Return the cosine by which the branch turned up to a point found, or None if that may be another branch."""
        if not self._near(found, tangent):
            return None
        further = self._tangent(found, along=tangent)
        turned = float(further @ tangent)
        sense = self._sense(found, further)
        if turned < _SHARPEST or (sense != self.sense and self.reach >= _STRAIGHT):
            return None
        self.sense = sense  # another one within so short a step: branches cross, as in games alike for all; straight on
        return turned

    def _toward(self, tangent: FloatArray, target: float) -> FloatArray:
        """Return the point on the tangent where lambda is the target."""
        return floats(self.point + tangent * (target - self.point[-1]) / tangent[-1])

    def _near(self, found: FloatArray, tangent: FloatArray) -> bool:
        """Return whether a step stayed close to its tangent and went forward."""
        step = found - self.point
        length = float(step @ tangent)
        off = float(np.linalg.norm(step - length * tangent))
        return length > -_ROUNDING and off <= _FARTHEST * max(length, 0.0) + _ROUNDING

    def _misses(self, point: FloatArray) -> FloatArray:
        logs, precision = self.lift @ point[:-1], point[-1]
        chances = np.exp(logs)
        earned = np.concatenate(against(self.payoffs, split(chances, self.sizes)))
        odds = (logs - precision * earned)[self.others] - (logs - precision * earned)[self.against_first]
        return np.concatenate([odds, (self.owner.T @ chances)[self.speaks] - 1.0])

    def _slopes(self, point: FloatArray) -> FloatArray:
        """Return the slopes of the misses in logarithms and lambda, (n, n + 1)."""
        chances = np.exp(self.lift @ point[:-1])
        mixes = split(chances, self.sizes)
        earned = np.concatenate(against(self.payoffs, mixes))
        by_logs = np.eye(chances.size) - point[-1] * payoff_slopes(self.payoffs, mixes) * chances
        rows = np.column_stack([by_logs @ self.lift, -earned])
        sums = np.column_stack([(self.owner.T * chances) @ self.lift, np.zeros(len(mixes))])[self.speaks]
        return np.concatenate([rows[self.others] - rows[self.against_first], sums])

    def _tangent(self, point: FloatArray, *, along: FloatArray) -> FloatArray:
        """Return the direction of the branch, of length 1, that goes on the way it came."""
        slopes = np.concatenate([self._slopes(point), along[None, :]])
        ahead = np.zeros(point.size)
        ahead[-1] = 1.0
        try:
            tangent = np.linalg.solve(slopes, ahead)
        except np.linalg.LinAlgError:
            tangent = np.linalg.svd(slopes[:-1])[2][-1]
            tangent *= np.sign(tangent @ along) or 1.0
        return floats(tangent / np.linalg.norm(tangent))

    def _sense(self, point: FloatArray, tangent: FloatArray) -> float:
        """Return the sign of the determinant of slopes and direction: the same along one branch, followed one way."""
        return float(np.linalg.slogdet(np.concatenate([self._slopes(point), tangent[None, :]]))[0])

    def _correct(self, point: FloatArray, tangent: FloatArray | None) -> FloatArray | None:
        """Return the branch's point across the tangent (or at this lambda where none is given), or None."""
        hold = np.zeros(point.size) if tangent is None else tangent
        if tangent is None:
            hold[-1] = 1.0
        start = point
        for _ in range(_NEWTON_STEPS):
            if not point[:-1].max() < 1.0:  # a probability far above 1, or no number: it went astray
                return None
            missed = np.concatenate([self._misses(point), [hold @ (point - start)]])
            if np.abs(missed).max() <= _TOLERANCE * max(1.0, point[-1]):
                return point
            try:
                point = point - np.linalg.solve(np.concatenate([self._slopes(point), hold[None, :]]), missed)
            except np.linalg.LinAlgError:
                return None
        return None
