"""Tables of a game: a row per profile, equilibrium, reply or point."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from model.experiments.equilibrium.game import Game, index_of
from model.experiments.equilibrium.resampling import HIGH, LOW

if TYPE_CHECKING:
    from model.experiments.equilibrium.result import Equilibrium

Row = dict[str, object]
NONE, SEVERAL = "none in pure strategies", " or "


def payoffs(found: Equilibrium) -> pd.DataFrame:
    """Return a row per profile and player: mean, standard error, nine tenths of the bootstrap draws, USD."""

    def rows(game: Game) -> Iterable[Row]:
        errors = game.standard_errors
        low, high = np.quantile(game.drawn, [LOW, HIGH], axis=0)
        for cell in _cells(game):
            for number, player in enumerate(found.plan.players):
                at = (number, *cell)
                yield {
                    "profile": found.label(_pure(cell)), **_chosen(found, cell), "player": player.name,
                    "payoff": found.plan.payoffs[number].name, "mean": float(game.mean[at]),
                    "standard_error": float(errors[at]), "low": float(low[at]), "high": float(high[at]), "unit": "USD",
                }  # fmt: skip

    return _table(found, rows)


def equilibria(found: Equilibrium) -> pd.DataFrame:
    """Return a row per equilibrium; money in USD over the horizon."""

    def rows(game: Game) -> Iterable[Row]:
        for number, one in enumerate(game.found):
            cost = one.least_cost
            deviation = ""
            if one.deviation is not None:
                player, strategy = one.deviation
                deviation = f"{found.plan.players[player].name}: {found.plan.players[player].names[strategy]}"
            yield {
                "number": number, "profile": found.label(one.support), "kind": "pure" if one.pure else "mixed",
                **{f"{player.name}_earns": float(earned)
                   for player, earned in zip(found.plan.players, one.payoffs, strict=True)},
                "deviating_costs": np.nan if cost is None else cost.mean,
                "deviating_costs_low": np.nan if cost is None else cost.low,
                "deviating_costs_high": np.nan if cost is None else cost.high, "cheapest_deviation": deviation,
                "regret": one.regret.mean, "regret_low": one.regret.low, "regret_high": one.regret.high,
                "share_of_draws": one.stability, "all_found": game.nash.complete,
            }  # fmt: skip

    return _table(found, rows)


def mixes(found: Equilibrium) -> pd.DataFrame:
    """Return a row per equilibrium, player and strategy: the probability with which it is played."""

    def rows(game: Game) -> Iterable[Row]:
        for number, one in enumerate(game.found):
            for player, mix in zip(found.plan.players, one.profile, strict=True):
                for strategy, probability in zip(player.names, mix, strict=True):
                    yield {"number": number, "player": player.name, "strategy": strategy,
                           "probability": float(probability)}  # fmt: skip

    return _table(found, rows)


def stability(found: Equilibrium) -> pd.DataFrame:
    """Return a row per profile that is a pure equilibrium of the means or of some draw, and one for none at all."""

    def rows(game: Game) -> Iterable[Row]:
        own = {one.cell for one in game.found if one.pure}
        cells = sorted(_cells(game), key=lambda cell: -float(game.pure_shares[cell]))
        for cell in cells:
            if cell in own or game.pure_shares[cell] > 0.0:
                yield {"profile": found.label(_pure(cell)), "share_of_draws": float(game.pure_shares[cell]),
                       "of_the_means": cell in own}  # fmt: skip
        yield {"profile": NONE, "share_of_draws": game.share_without_pure, "of_the_means": not own}

    return _table(found, rows)


def held_out(found: Equilibrium) -> pd.DataFrame:
    """Return a row per support found on halves of the replicates: how often, and its regret on the other halves."""

    def rows(game: Game) -> Iterable[Row]:
        for one in game.held_out:
            yield {"profile": found.label(one.support), "share_of_halves": one.share, "regret": one.regret.mean,
                   "regret_low": one.regret.low, "regret_high": one.regret.high}  # fmt: skip

    columns = ["profile", "share_of_halves", "regret", "regret_low", "regret_high"]
    return _table(found, rows, columns=columns)


def best_replies(found: Equilibrium) -> pd.DataFrame:
    """Return a row per player and choice of the others: the best reply, its gain over the next, its share of draws."""

    def rows(game: Game) -> Iterable[Row]:
        for number, player in enumerate(found.plan.players):
            others = [range(size) if at != number else (0,) for at, size in enumerate(game.sizes)]
            for cell in product(*others):
                line: tuple[Any, ...] = (*cell[:number], slice(None), *cell[number + 1 :])
                own = game.mean[index_of(number, *line)]
                drawn = game.drawn[index_of(slice(None), number, *line)]
                best = int(own.argmax())
                names = {key: name for key, name in _chosen(found, cell).items() if key != player.name}
                yield {
                    "player": player.name, **names, "best_reply": player.names[best],
                    "gain_over_next": float(own[best] - np.delete(own, best).max()),
                    "share_of_draws": float((drawn[:, best] >= drawn.max(axis=1)).mean()),
                }  # fmt: skip

    return _table(found, rows)


def responses(found: Equilibrium) -> pd.DataFrame:
    """Return a row per precision, player and strategy of the quantal responses."""

    def rows(game: Game) -> Iterable[Row]:
        for precision, one in game.responses(found.plan.precisions).items():
            for player, mix in zip(found.plan.players, one.profile, strict=True):
                for strategy, probability in zip(player.names, mix, strict=True):
                    yield {"precision": precision, "player": player.name, "strategy": strategy,
                           "probability": float(probability), "converged": one.converged}  # fmt: skip

    return _table(found, rows)


def ranks(found: Equilibrium) -> pd.DataFrame:
    """Return a row per profile with its alpha-rank, the largest first."""

    def rows(game: Game) -> Iterable[Row]:
        for cell in sorted(_cells(game), key=lambda cell: -float(game.ranks[cell])):
            yield {"profile": found.label(_pure(cell)), "share_of_time": float(game.ranks[cell])}

    return _table(found, rows)


def equilibrium_map(found: Equilibrium) -> pd.DataFrame:
    """Return a row per point: its pure equilibria, and the share of draws with just these (none, where none)."""
    rows: list[Row] = []
    places = {int(str(place.get("point", 0))): (place, game) for place, game in found.places()}
    for point in range(len(found.points)):
        inputs = {str(key): found.points.iloc[point][key] for key in found.points.columns}
        if point not in places:
            rows.append({"point": point, **inputs, "equilibria": "unknown", "number": -1, "share_of_draws": np.nan})
            continue
        _, game = places[point]
        cells = [one.cell for one in game.found if one.pure]
        label = SEVERAL.join(found.label(_pure(cell)) for cell in cells) or NONE
        rows.append({"point": point, **inputs, "equilibria": label, "number": len(cells),
                     "share_of_draws": game.share_with_just(cells)})  # fmt: skip
    return pd.DataFrame(rows)


def _table(
    found: Equilibrium, rows: Callable[[Game], Iterable[Row]], *, columns: list[str] | None = None
) -> pd.DataFrame:
    """Return rows of every point's game, with what the point sets before them."""
    listed = [{**place, **row} for place, game in found.places() for row in rows(game)]
    return pd.DataFrame(listed) if listed else pd.DataFrame(columns=columns or [])


def _cells(game: Game) -> list[tuple[int, ...]]:
    return list(product(*(range(size) for size in game.sizes)))


def _pure(cell: tuple[int, ...]) -> tuple[tuple[int, ...], ...]:
    return tuple((one,) for one in cell)


def _chosen(found: Equilibrium, cell: tuple[int, ...]) -> Mapping[str, str]:
    return {player.name: player.names[at] for player, at in zip(found.plan.players, cell, strict=True)}
