"""One game with its noise: a payoff table per replicate, equilibria of their mean, and how far these can be trusted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from model.experiments.comparing.paired import t_half_width
from model.experiments.equilibrium.resampling import HIGH, LOW, Interval, draw_weights, interval, random_halves
from model.foundation.rng import stream_key, uniforms
from model.theory.arrays import BoolArray, FloatArray, floats
from model.theory.games.alpha_rank import alpha_rank
from model.theory.games.equilibria import Equilibria, nash_equilibria
from model.theory.games.payoffs import (
    Profile,
    expected_payoffs,
    payoff_spans,
    unit_game,
)
from model.theory.games.pure import TOLERANCE
from model.theory.games.quantal import QuantalResponse, quantal_response
from model.theory.games.support import settle_support

STARTS, MOST_STARTS, STARTS_OF_HALVES = 48, 192, 8
"""Local solves for three or four players: on all replicates, at most where some equilibrium is surely missing, and on
each half of them. The first rows are also the points from which every support of a small game is solved."""
SPLITS = {2: 10, 3: 4, 4: 2}
"""Random splits into halves, by number of players: a split solves two games anew."""
JUDGED_DRAWS = 100
"""Bootstrap draws within each half that judges."""
LEVEL = HIGH - LOW
"""Of the intervals."""
MIXED_DRAWS = {2: 100, 3: 50, 4: 20}
MOST_MIXED = 8
"""Bootstrap draws in which mixed equilibria are looked for again, by number of players, and how many of them."""
PLAYED = 1e-6
SELECTION, POPULATION = 10.0, 50
"""Alpha-rank: strength of selection per span of a player's payoffs, and members of each population."""

Support = tuple[tuple[int, ...], ...]
"""The strategies played with some probability, by player."""


@dataclass(frozen=True, slots=True)
class Found:
    """An equilibrium of the mean payoffs.

    profile: probabilities by player. support: strategies played. payoffs: (n_players,) USD. regret: the most that any
    player gains by deviating alone, USD, with its bootstrap draws: 0 on the means, more in draws where it is none.
    least_cost: of a pure one, what the cheapest deviation costs the player who makes it, USD; its interval holds for
    the least of the true costs, whichever deviation that is. deviation: (player, strategy) of it. stability: share of
    bootstrap draws that have it (a mixed one: one on the same strategies); NaN where it was not looked for.
    """

    profile: Profile
    support: Support
    payoffs: FloatArray
    regret: Interval
    least_cost: Interval | None
    deviation: tuple[int, int] | None
    stability: float

    @property
    def pure(self) -> bool:
        """Whether each player plays one strategy."""
        return all(len(own) == 1 for own in self.support)

    @property
    def cell(self) -> tuple[int, ...]:
        """The strategies of a pure equilibrium."""
        return tuple(own[0] for own in self.support)


@dataclass(frozen=True, slots=True)
class HeldOut:
    """Equilibria with one support that were found on halves of the replicates and judged on the other halves.

    share: of the halves that have it. halves: their number. regret: USD on the other half: the mean over these halves,
    and nine tenths of the bootstrap draws of replicates within them, all halves together.
    """

    support: Support
    share: float
    halves: int
    regret: Interval


@dataclass(frozen=True, slots=True)
class Dominance:
    """What pays a player at least as much as all else, whatever the others do.

    strategies: several only if they tie everywhere. strict: whether it pays more than each other one in every cell.
    share: of the bootstrap draws in which the first of them does so, as strictly as here.
    """

    strategies: tuple[int, ...]
    strict: bool
    share: float


class Game:
    """A game whose payoffs are known up to noise.

    payoffs: (replicates, n_players, s_1, ..., s_n), USD, replicates paired over cells. draws: of the bootstrap.
    seed: of the draws.
    """

    def __init__(self, payoffs: FloatArray, *, draws: int, seed: int) -> None:
        self.payoffs, self.draws, self.seed = payoffs, draws, seed
        self.mean = floats(payoffs.mean(axis=0))

    @property
    def replicates(self) -> int:
        """Number of paired replicates."""
        return int(self.payoffs.shape[0])

    @property
    def sizes(self) -> tuple[int, ...]:
        """Number of strategies of each player."""
        return tuple(self.payoffs.shape[2:])

    @property
    def players(self) -> int:
        """Number of players."""
        return int(self.payoffs.shape[1])

    @property
    def standard_errors(self) -> FloatArray:
        """Standard errors of the mean payoffs, (n_players, s_1, ..., s_n), USD."""
        return floats(self.payoffs.std(axis=0, ddof=1) / np.sqrt(self.replicates))

    @cached_property
    def drawn(self) -> FloatArray:
        """Mean payoffs of each bootstrap draw, (draws, n_players, s_1, ..., s_n), USD."""
        weights = draw_weights(self.replicates, draws=self.draws, seed=self.seed)
        return floats(np.tensordot(weights, self.payoffs, axes=1))

    @cached_property
    def pure_shares(self) -> FloatArray:
        """Share of bootstrap draws in which each profile is an equilibrium, (s_1, ..., s_n)."""
        return floats(self._pure_drawn.mean(axis=0))

    @property
    def share_without_pure(self) -> float:
        """Share of bootstrap draws without an equilibrium in pure strategies."""
        return float((~self._pure_drawn.reshape(self.draws, -1).any(axis=1)).mean())

    def share_with_just(self, cells: Sequence[tuple[int, ...]]) -> float:
        """Return the share of bootstrap draws whose equilibria in pure strategies are these and no others."""
        wanted = np.zeros(self.sizes, dtype=np.bool_)
        for cell in cells:
            wanted[cell] = True
        return float((self._pure_drawn == wanted).reshape(self.draws, -1).all(axis=1).mean())

    @cached_property
    def _pure_drawn(self) -> BoolArray:
        return pure_cells(self.drawn)

    @cached_property
    def nash(self) -> Equilibria:
        """All equilibria that were found of the mean payoffs."""
        return _solved(self.mean, starts=MOST_STARTS, enough=STARTS, seed=self.seed)

    @cached_property
    def found(self) -> tuple[Found, ...]:
        """The equilibria, pure ones first, with what deviating costs and how stable they are."""
        mixed = 0
        found = []
        for profile in self.nash.profiles:
            support = support_of(profile)
            pure = all(len(own) == 1 for own in support)
            mixed += not pure
            found.append(self._judged(profile, support, pure=pure, looked_for=mixed <= MOST_MIXED))
        return tuple(found)

    @cached_property
    def held_out(self) -> tuple[HeldOut, ...]:
        """Equilibria of random halves of the replicates, judged on the other halves; none below four replicates."""
        halves = random_halves(self.replicates, splits=SPLITS[self.players], seed=self.seed)
        means: dict[Support, list[float]] = {}
        drawn: dict[Support, list[FloatArray]] = {}
        for one, other in halves:
            found = _solved(self.payoffs[one].mean(axis=0), starts=STARTS_OF_HALVES, seed=self.seed)
            judging = self.payoffs[other]
            weights = draw_weights(len(other), draws=JUDGED_DRAWS, seed=self.seed)
            tables = np.concatenate([judging.mean(axis=0)[None], np.tensordot(weights, judging, axes=1)])
            worst: dict[Support, FloatArray] = {}
            for profile in found.profiles:
                regret = _regrets(floats(tables), profile)
                worst[support_of(profile)] = np.maximum(regret, worst.get(support_of(profile), 0.0))
            for support, regret in worst.items():
                means.setdefault(support, []).append(float(regret[0]))
                drawn.setdefault(support, []).append(regret[1:])
        held = [
            HeldOut(
                support, len(own) / len(halves), len(own), interval(float(np.mean(own)), np.concatenate(drawn[support]))
            )
            for support, own in means.items()
        ]
        return tuple(sorted(held, key=lambda one: -one.share))

    def responses(self, precisions: Sequence[float]) -> Mapping[float, QuantalResponse]:
        """Return the quantal response at each precision per span of the player's own payoffs."""
        unit = unit_game(self.mean)
        return {precision: quantal_response(unit, precision=precision) for precision in precisions}

    @cached_property
    def ranks(self) -> FloatArray:
        """Alpha-rank: share of time in each profile, (s_1, ..., s_n), payoffs of each player scaled to its span."""
        return alpha_rank(unit_game(self.mean), alpha=SELECTION, population=POPULATION)

    def better_for_all(self, payoffs: FloatArray) -> list[tuple[int, ...]]:
        """Return the profiles in which every player earns more than this, (n_players,) USD, the largest sum first."""
        form = (-1,) + (1,) * len(self.sizes)
        cells = np.argwhere((self.mean > payoffs.reshape(form)).all(axis=0))
        listed = [tuple(int(one) for one in cell) for cell in cells]
        return sorted(listed, key=lambda cell: -float(self.mean[index_of(slice(None), *cell)].sum()))

    def dominant(self, player: int) -> Dominance | None:
        """Return what pays a player most, or as much as anything, whatever the others do; None without one."""
        best = np.flatnonzero(_always_best(self.mean[None], player, strict=False)[0])
        if not best.size or best.size == self.sizes[player]:
            return None
        strict = bool(_always_best(self.mean[None], player, strict=True)[0, best[0]])
        share = float(_always_best(self.drawn, player, strict=strict)[:, best[0]].mean())
        return Dominance(tuple(int(one) for one in best), strict, share)

    def alike(self, player: int) -> list[tuple[int, int]]:
        """Return pairs of a player's strategies under which every payoff of every replicate is the same."""
        own = np.moveaxis(self.payoffs, player + 2, 0)
        return [
            (one, other) for one in range(len(own)) for other in range(one + 1, len(own))
            if np.array_equal(own[one], own[other])
        ]  # fmt: skip

    def _judged(self, profile: Profile, support: Support, *, pure: bool, looked_for: bool) -> Found:
        regret = interval(float(_regrets(self.mean[None], profile)[0]), _regrets(self.drawn, profile))
        cost, deviation, stability = None, None, float("nan")
        if pure:
            cell = tuple(own[0] for own in support)
            cost, deviation = self._least_cost(cell)
            stability = float(self.pure_shares[cell])
        elif looked_for:
            units = (unit_game(one) for one in self.drawn[: MIXED_DRAWS[self.players]])
            again = [settle_support(unit, profile, tolerance=TOLERANCE) for unit in units]
            stability = float(np.mean([one is not None and support_of(one) == support for one in again]))
        return Found(profile, support, expected_payoffs(self.mean, profile=profile), regret, cost, deviation, stability)

    def _least_cost(self, cell: tuple[int, ...]) -> tuple[Interval | None, tuple[int, int] | None]:
        """Return what the cheapest deviation from a cell costs who makes it, and which one it is.

        Paired t intervals of all deviations hold together (Bonferroni): the least of them at either end encloses the
        least true cost. The least of each bootstrap draw would lie below it, the more so the more deviations there are.
        """
        moves = [(player, one) for player, size in enumerate(self.sizes) for one in range(size) if one != cell[player]]
        if not moves:
            return None, None
        costs = np.stack(
            [
                self.payoffs[index_of(slice(None), player, *cell)]
                - self.payoffs[index_of(slice(None), player, *cell[:player], one, *cell[player + 1 :])]
                for player, one in moves
            ],
            axis=1,
        )
        means, half = costs.mean(axis=0), t_half_width(costs, level=1.0 - (1.0 - LEVEL) / len(moves))
        least = float(means.min())
        return Interval(least, float((means - half).min()), float((means + half).min())), moves[int(means.argmin())]


def pure_cells(tables: FloatArray) -> BoolArray:
    """Return which cells are equilibria in pure strategies, (k, s_1, ..., s_n), of k games (k, n, s_1, ..., s_n)."""
    stays = np.ones((tables.shape[0], *tables.shape[2:]), dtype=np.bool_)
    for player in range(tables.shape[1]):
        own = tables[:, player]
        axes = tuple(range(1, own.ndim))
        span = own.max(axis=axes, keepdims=True) - own.min(axis=axes, keepdims=True)
        stays &= own.max(axis=player + 1, keepdims=True) - own <= TOLERANCE * np.where(span > 0.0, span, 1.0)
    return stays


def index_of(*parts: int | slice) -> Any:
    """Return an index of an array of any number of axes (whose type is not told apart by their number)."""
    return parts


def support_of(profile: Profile) -> Support:
    """Return the strategies that a profile plays."""
    return tuple(tuple(int(one) for one in np.flatnonzero(mix > PLAYED)) for mix in profile)


def _solved(table: FloatArray, *, starts: int, seed: int, enough: int | None = None) -> Equilibria:
    """Return the equilibria of a table, from keyed starts where there are three or four players."""
    if len(table) == 2:
        return nash_equilibria(table)
    wide = sum(table.shape[1:])
    numbers = uniforms(stream_key(seed, "equilibrium", "starts"), np.arange(starts * wide))
    return nash_equilibria(table, starts=numbers.reshape(starts, wide), enough=enough)


def _gains(tables: FloatArray, profile: Profile) -> FloatArray:
    """Return what deviating alone from a profile gains each player, (k, n), in k games (k, n, s_1, ..., s_n)."""
    gains = []
    for player in range(tables.shape[1]):
        own = tables[:, player]
        for other in reversed(range(len(profile))):  # the last axis first, so that places before it stay
            if other != player:
                own = np.tensordot(own, profile[other], axes=([other + 1], [0]))
        gains.append(own.max(axis=1) - own @ profile[player])
    return floats(np.stack(gains, axis=1))


def _regrets(tables: FloatArray, profile: Profile) -> FloatArray:
    """Return the most that a player gains by leaving a profile alone, (k,), in k games; what is rounding is 0."""
    gains = _gains(tables, profile)
    spans = floats([payoff_spans(table) for table in tables])
    return floats(np.where(gains > TOLERANCE * spans, gains, 0.0).max(axis=1))


def _always_best(tables: FloatArray, player: int, *, strict: bool) -> BoolArray:
    """Return which strategies of a player pay as much as each other one, or more if strict, whatever the rest do.

    tables: (k, n, s_1, ..., s_n). Returns (k, s).
    """
    own = np.moveaxis(tables[:, player], player + 1, 1)
    own = own.reshape(*own.shape[:2], -1)
    span = own.max(axis=(1, 2), keepdims=True) - own.min(axis=(1, 2), keepdims=True)
    slack = TOLERANCE * np.where(span > 0.0, span, 1.0)
    best = own.max(axis=1, keepdims=True) - own <= slack
    if strict:
        best &= best.sum(axis=1, keepdims=True) == 1
    return best.all(axis=2)
