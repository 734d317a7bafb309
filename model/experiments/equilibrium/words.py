"""A game in words that a strategist reads: the equilibria, what deviating costs, how sure that is, who would gain."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from model.experiments.comparing.outcomes import Outcome
from model.experiments.equilibrium.game import POPULATION, SELECTION, Found, Game, index_of
from model.experiments.equilibrium.players import Player
from model.experiments.equilibrium.resampling import Interval
from model.experiments.equilibrium.tables import NONE
from model.experiments.sweep.words import amount, count
from model.foundation.markup import summary_card

if TYPE_CHECKING:
    from model.experiments.equilibrium.result import Equilibrium

FEW = 8
"""Replicates below which the intervals are told to be too narrow."""
TOLD, SELDOM = 4, 0.05
"""Most lines of one kind, and the share of draws below which a profile is not told."""
SURE = 0.9
SHOWN = 0.005
"""Share from which on a strategy of a quantal response is told."""


def summary_text(found: Equilibrium) -> str:
    """Return the summary as lines to read."""
    return "\n".join(_lines(found))


def summary_html(found: Equilibrium) -> str:
    """Return the card of a game for a notebook."""
    names = " and ".join(one.title for one in found.plan.players)
    return summary_card("Game", names, summary_text(found))


def money(value: float) -> str:
    """Return USD with three figures and k, M or B."""
    return f"{amount(float(f'{value:.3g}'))} USD"


def ranged(value: Interval) -> str:
    """Return a mean with its interval in one unit of money: "12 M USD [4, 20]"."""
    largest = max(abs(value.mean), abs(value.low), abs(value.high))
    size, sign = next(((s, w) for s, w in ((1e9, " B"), (1e6, " M"), (1e3, " k")) if largest >= s), (1.0, ""))
    mean, low, high = (f"{float(f'{one / size:.3g}') + 0.0:,.4g}" for one in (value.mean, value.low, value.high))
    return f"{mean}{sign} USD [{low}, {high}]"


def input_words(value: object) -> str:
    """Return what a point sets as it is read: numbers with four figures, prices whole."""
    if not isinstance(value, float):
        return str(value)
    return f"{value if abs(value) >= 1e3 else float(f'{value:.4g}'):,g}"


def earning_words(player: Player, payoff: Outcome) -> str:
    """Return what a player earns, in words: "Spotify: contribution margin"."""
    label = payoff.measure.label if payoff.who == player.name else payoff.label
    if label.startswith(player.title):
        return label
    return f"{player.title}: {label[0].lower()}{label[1:]}"


def profile_words(found: Equilibrium, cell: Sequence[int]) -> str:
    """Return a pure profile in words: "Spotify: raise, ByteDance: stays"; "both: raise" where all do the same."""
    players = found.plan.players
    names = [one.names[at] for one, at in zip(players, cell, strict=True)]
    if len(set(names)) == 1:
        return f"{'both' if len(players) == 2 else 'all'}: {names[0]}"
    return ", ".join(f"{one.title}: {name}" for one, name in zip(players, names, strict=True))


def _lines(found: Equilibrium) -> Iterator[str]:
    yield from _head(found)
    if found.mapped:
        yield from _map_lines(found)
        return
    game = found.game()
    yield from _pure_lines(found, game)
    yield from _mixed_lines(found, game)
    yield from _search_line(found, game)
    yield from _other_lines(found, game)
    yield from _held_out_lines(found, game)
    yield from _habit_lines(found, game)
    yield from _response_lines(found, game)
    yield from _alike_lines(found, game)


def _head(found: Equilibrium) -> Iterator[str]:
    plan, sweep = found.plan, found.sweep
    sizes = " x ".join(f"{one.title} ({count(len(one.strategies), 'strategy', 'strategies')})" for one in plan.players)
    profiles = count(len(plan.sweep.policies), "profile")
    points = f" x {count(len(found.points), 'point')}" if found.mapped else ""
    yield (
        f"Game of {sizes} in {', '.join(plan.base.markets)} over {count(plan.base.months, 'month')} of "
        f"{plan.base.name}: {profiles} x {count(plan.sweep.replicates, 'paired replicate')}{points} = "
        f"{count(plan.runs, 'run')}."
    )
    earned = "; ".join(earning_words(one, payoff) for one, payoff in zip(plan.players, plan.payoffs, strict=True))
    yield f"Payoffs, USD over the horizon: {earned}. Brackets hold nine tenths of {plan.draws:,} bootstrap draws."
    if len(sweep.failures):
        yield f"{count(len(sweep.failures), 'run')} failed; their replicates are left out of the points they belong to."
    if plan.sweep.replicates < FEW:
        yield f"With fewer than {FEW} replicates the brackets are too narrow, and shares of draws too sure."


def _pure_lines(found: Equilibrium, game: Game) -> Iterator[str]:
    pure = [one for one in game.found if one.pure]
    if not pure:
        yield f"There is no equilibrium in pure strategies (nor in {game.share_without_pure:.0%} of bootstrap draws)."
        return
    if len(pure) > 1:
        yield f"{len(pure)} equilibria in pure strategies; the game alone does not say which one is played."
    for one in pure[: 2 * TOLD]:
        words = profile_words(found, one.cell)
        verdict = f"{words} is the only equilibrium in pure strategies." if len(pure) == 1 else f"{words}."
        yield (
            f"{verdict[0].upper()}{verdict[1:]} {_cost(found, one)} It is one in {one.stability:.0%} of bootstrap "
            f"draws. There {_earned(found, one.payoffs)}."
        )
        yield from _better_line(found, game, one)
    if len(pure) > 2 * TOLD:
        yield f"{len(pure) - 2 * TOLD} more: .equilibria."


def _cost(found: Equilibrium, one: Found) -> str:
    if one.least_cost is None or one.deviation is None:
        return ""
    player = found.plan.players[one.deviation[0]]
    name = player.names[one.deviation[1]]
    if one.least_cost.mean <= 0.0:
        return f"{player.title} could as well play {name}: deviating costs nothing."
    apart = ", not told apart from nothing" if one.least_cost.low <= 0.0 else ""
    return f"Deviating alone costs at least {ranged(one.least_cost)} (cheapest: {player.title} to {name}{apart})."


def _earned(found: Equilibrium, payoffs: Sequence[float] | np.ndarray) -> str:
    return ", ".join(
        f"{one.title} earns {money(float(value))}" for one, value in zip(found.plan.players, payoffs, strict=True)
    )


def _better_line(found: Equilibrium, game: Game, one: Found) -> Iterator[str]:
    better = game.better_for_all(one.payoffs)
    if better:
        gains = game.mean[index_of(slice(None), *better[0])] - one.payoffs
        told = ", ".join(
            f"{who.title} by {money(float(gain))}" for who, gain in zip(found.plan.players, gains, strict=True)
        )
        both = "Both" if len(found.plan.players) == 2 else "All"
        yield f"  {both} would earn more with {profile_words(found, better[0])} ({told}), but it is not held by itself."


def _mixed_lines(found: Equilibrium, game: Game) -> Iterator[str]:
    mixed = [one for one in game.found if not one.pure]
    for one in mixed[:TOLD]:
        parts = []
        for player, mix in zip(found.plan.players, one.profile, strict=True):
            played = [(name, share) for name, share in zip(player.names, mix, strict=True) if share > 1e-6]
            told = " and ".join(f"{name} {share:.0%}" for name, share in played) if len(played) > 1 else played[0][0]
            parts.append(f"{player.title} {told}")
        again = "" if np.isnan(one.stability) else f"; one on the same strategies in {one.stability:.0%} of draws"
        yield (
            f"An equilibrium in mixed strategies: {', '.join(parts)}{again}. Played with "
            f"just these shares, leaving it alone would gain {_gain_words(one)}."
        )
    if len(mixed) > TOLD:
        yield f"{len(mixed) - TOLD} more in mixed strategies: .equilibria and .mixes."


def _gain_words(one: Found) -> str:
    """Return how much leaving a mixed equilibrium would gain in other draws."""
    return f"at most {money(one.regret.high)} in 95% of bootstrap draws" if one.regret.high > 0.0 else "nothing"


def _search_line(found: Equilibrium, game: Game) -> Iterator[str]:
    nash = game.nash
    if len(found.plan.players) == 2:
        if not nash.profiles:
            yield "None found by the bounded search: the payoffs lie too near to ties for it."
        elif nash.complete:
            yield "These are all equilibria of the mean payoffs."
        else:
            yield "Some payoffs are ties, so that mixtures of these may be equilibria too."
        return
    every = f"all {nash.supports:,} sets of strategies that may be mixed, " if nash.supports else ""
    solves = f"{nash.starts} local solves, of which {nash.arrived} arrived"
    search = f"the bounded search (all pure profiles, {every}the end of the logit branch, {solves})"
    yield f"Found by {search}." if nash.profiles else f"None found by {search}."
    if nash.ties:
        yield (
            "Some payoffs are ties, so mixtures of these may be equilibria too; of those on the same strategies one is "
            "told."
        )
    elif nash.missing:
        yield (
            f"An odd number is expected and {len(nash.profiles)} were found: at least one is missing."
            if len(nash.profiles) % 2 == 0
            else "The indices of all equilibria sum to 1, and those of these do not: at least two are missing."
        )
    else:
        yield "Others in mixed strategies may exist: without ties they come in pairs, and pairs can go unseen."


def _other_lines(found: Equilibrium, game: Game) -> Iterator[str]:
    rows = found.stability
    rows = rows[~rows["of_the_means"] & (rows["share_of_draws"] >= SELDOM)].head(TOLD)
    if len(rows):
        told = "; ".join(f"{row['profile']} in {row['share_of_draws']:.0%}" for row in rows.to_dict("records"))
        told = told.replace(NONE, "none in pure strategies")
        yield f"In other bootstrap draws: {told}."
    if any(one.pure and one.stability < SURE for one in game.found):
        yield "More replicates would tell these apart, or show that the firms are indifferent."


def _held_out_lines(found: Equilibrium, game: Game) -> Iterator[str]:
    if not game.held_out:
        yield "Not judged on held-out replicates: that takes four."
        return
    parts = [
        f"{found.label(one.support)} in {one.share:.0%} of halves, with a regret of {ranged(one.regret)} in the other"
        for one in game.held_out[:TOLD]
    ]  # fmt: skip
    yield f"Found on half of the replicates and judged on the other half: {'; '.join(parts)}."


def _habit_lines(found: Equilibrium, game: Game) -> Iterator[str]:
    for number, player in enumerate(found.plan.players):
        best = game.dominant(number)
        if best is None:
            continue
        names = " or ".join(player.names[one] for one in best.strategies)
        often = f"whatever the others do (in {best.share:.0%} of draws)"
        if best.strict:
            yield f"{player.title} does best with {names} {often}."
        elif len(best.strategies) == 1:
            yield f"{player.title} does with {names} at least as well as with anything else {often}."
        else:
            yield f"{player.title} earns the same with {names}, and no less than with anything else {often}."


def _response_lines(found: Equilibrium, game: Game) -> Iterator[str]:
    for precision, one in game.responses(found.plan.precisions).items():
        told = []
        for player, mix in zip(found.plan.players, one.profile, strict=True):
            order = np.argsort(-mix)[:2]
            played = [f"{player.names[at]} {mix[at]:.0%}" for at in order if mix[at] >= SHOWN]
            told.append(f"{player.title} {', '.join(played)}")
        short = "" if one.converged else " (the branch was not followed to the end)"
        yield f"Quantal response at precision {precision:g} per span of own payoffs: {'; '.join(told)}{short}."
    top = found.ranks.head(2).to_dict("records")
    most = ", ".join(f"{row['profile']} {row['share_of_time']:.0%}" for row in top)
    yield f"Alpha-rank (selection {SELECTION:g} per span, {POPULATION} members): {most} of the time."


def _alike_lines(found: Equilibrium, game: Game) -> Iterator[str]:
    for number, player in enumerate(found.plan.players):
        for one, other in game.alike(number):
            yield (
                f"{player.title}'s {player.names[one]} and {player.names[other]} give everybody the very same payoffs: "
                "one of them may set nothing here."
            )


def _map_lines(found: Equilibrium) -> Iterator[str]:
    rows = found.map
    inputs = [str(column) for column in found.points.columns]
    counts = rows["equilibria"].value_counts()
    yield f"Map over {' and '.join(inputs)}: equilibria in pure strategies by point."
    if found.plan.sweep.moves_start and not found.plan.base.fresh_starts:
        yield (
            "Each point settles a start of its own, which its replicates share: shares of draws leave its error out "
            "(fresh_starts = true in the base takes it in)."
        )
    for label, number in counts.items():
        own = rows[rows["equilibria"] == label]
        share = float(own["share_of_draws"].mean())
        sure = "" if np.isnan(share) else f"; just so in {share:.0%} of bootstrap draws on average"
        where = _where(own, rows, inputs)
        yield f"  {label}: at {number} of {count(len(rows), 'point')}{where}{sure}."


def _where(own: pd.DataFrame, rows: pd.DataFrame, inputs: Sequence[str]) -> str:
    """Return the ranges of the inputs over which an equilibrium stands, for those that tell it from the rest."""
    told = []
    for name in inputs:
        if own[name].nunique() == rows[name].nunique():
            continue
        values = sorted(own[name].unique())
        levels = sorted(rows[name].unique())
        first = levels.index(values[0])
        together = len(values) > 2 and levels[first : first + len(values)] == values
        ends = [input_words(one) for one in (values[0], values[-1])]
        words = " to ".join(ends) if together else " or ".join(input_words(one) for one in values)
        told.append(f"{name} {words}")
    return f" ({', '.join(told)})" if told else ""
