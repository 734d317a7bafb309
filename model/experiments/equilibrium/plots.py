"""Pictures of a game: payoff matrix of two players with best replies, and which profile is the equilibrium where."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import FancyArrowPatch, Patch, Rectangle

from model.experiments.comparing.figure import COLOURS
from model.experiments.equilibrium.game import Game
from model.experiments.equilibrium.tables import NONE
from model.experiments.equilibrium.words import earning_words, input_words
from model.experiments.sweep.describing import input_of
from model.foundation.errors import Fault, InputError
from model.results.canvas import canvas
from model.results.labels import characters, input_label
from model.results.magnitude import magnitude
from model.results.palette import INK, OTHER, SOFT, ink_on

if TYPE_CHECKING:
    from model.experiments.equilibrium.result import Equilibrium

HELD = "#FFF3C4"
SURE = 0.9
ROW, COLUMN = "#0072B2", "#D55E00"
"""Colours of the player whose strategies are the rows, and of the one whose are the columns."""


class EquilibriumPlots:
    """Pictures of one game; each method returns the Axes it drew on."""

    def __init__(self, found: Equilibrium) -> None:
        self._found = found

    def payoffs(self, point: int = 0) -> Axes:
        """Draw the payoff matrix of two players, in USD over the horizon, with an arrow to each best reply.

        Vertical arrows are the row player's, horizontal ones the column player's; dashed where it is the best reply
        in less than nine tenths of the bootstrap draws. Cells that no arrow leaves are equilibria. Errors: InputError
        for more than two players.
        """
        players = self._found.plan.players
        if len(players) != 2:
            way = "Read .payoffs and .best_replies, or play it again with two of them."
            raise InputError(Fault("plot.payoffs", "a matrix has two players", len(players), way))
        game = self._found.game(point)
        rows, columns = game.sizes
        width, height = max(6.4, 2.0 + 2.3 * columns), max(4.2, 2.2 + 1.35 * rows)
        axes = self._canvas(game, point, size=(width, height))
        scale, sign = _scale(game)
        for cell in np.ndindex(rows, columns):
            self._cell(axes, game, cell, scale)
        _arrows(axes, game)
        axes.set_xlim(-0.5, columns - 0.5)
        axes.set_ylim(rows - 0.5, -0.5)
        axes.set_xticks(range(columns), [_name(one) for one in players[1].names])
        axes.set_yticks(range(rows), [_name(one) for one in players[0].names])
        axes.xaxis.tick_top()
        axes.tick_params(length=0, labelsize=10, labelcolor=INK)
        axes.grid(False)
        axes.set_ylabel(players[0].title, color=ROW, fontsize=11, fontweight="bold")
        axes.xaxis.set_label_position("top")
        axes.set_xlabel(players[1].title, color=COLUMN, fontsize=11, fontweight="bold", labelpad=8)
        self._legend(axes, sign)
        return axes

    def map(self) -> Axes:
        """Draw which profiles are the equilibria in pure strategies over one or two inputs.

        In each cell stands the share of bootstrap draws with just these equilibria. Errors: InputError where nothing
        was mapped.
        """
        found = self._found
        if not found.mapped:
            way = "Name one or two levers or uncertainties to play the game over."
            raise InputError(Fault("plot.map", "a map takes inputs", "none was moved", way))
        rows = found.map
        names = [str(one) for one in found.points.columns]
        across = names[0]
        up = names[1] if len(names) > 1 else ""
        xs = _levels(rows[across].tolist())
        ys = _levels(rows[up].tolist()) if up else [""]
        labels = list(dict.fromkeys(rows["equilibria"]))
        colours = _colours(labels)
        size = (max(6.8, 3.2 + 1.1 * len(xs)), max(3.4, 2.4 + 0.75 * len(ys)) + 0.24 * len(labels))
        axes = self._map_canvas(size)
        for row in rows.to_dict("records"):
            x, y = xs.index(row[across]), ys.index(row[up]) if up else 0
            colour = colours[str(row["equilibria"])]
            axes.add_patch(Rectangle((x - 0.5, y - 0.5), 1.0, 1.0, facecolor=colour, edgecolor="white", lw=2))
            share = float(row["share_of_draws"])
            if np.isfinite(share):
                axes.text(x, y, f"{share:.0%}", ha="center", va="center", fontsize=9, color=ink_on(colour))
        axes.set_xlim(-0.5, len(xs) - 0.5)
        axes.set_ylim(-0.5, len(ys) - 0.5)
        axes.set_xticks(range(len(xs)), [input_words(one) for one in xs])
        axes.set_yticks(range(len(ys)), [input_words(one) for one in ys])
        axes.grid(False)
        axes.tick_params(length=0)
        axes.set_xlabel(self._words(0, inches=0.6 * size[0]))
        if up:
            axes.set_ylabel(self._words(1, inches=0.6 * size[1]))
        handles = [Patch(facecolor=colours[one], label=_wide(one)) for one in labels]
        axes.figure.legend(handles=handles, loc="lower left", bbox_to_anchor=(0.03, 0.01), fontsize=9, frameon=False)
        return axes

    def _cell(self, axes: Axes, game: Game, cell: tuple[int, ...], scale: float) -> None:
        row, column = cell
        if any(one.pure and one.cell == cell for one in game.found):
            axes.add_patch(Rectangle((column - 0.5, row - 0.5), 1.0, 1.0, facecolor=HELD, edgecolor="none", zorder=0))
        axes.add_patch(
            Rectangle((column - 0.5, row - 0.5), 1.0, 1.0, facecolor="none", edgecolor="#BBBBBB", lw=1.0, zorder=1)
        )
        errors = game.standard_errors
        places = ((0, column, row + 0.09, ROW), (1, column, row - 0.17, COLUMN))
        for player, x, y, colour in places:
            value, error = game.mean[(player, *cell)] / scale, errors[(player, *cell)] / scale
            text = f"{_figures(value, error)} ± {_figures(error, error)}"
            axes.text(x, y, text, ha="center", va="center", fontsize=10, color=colour, zorder=3)

    def _canvas(self, game: Game, point: int, *, size: tuple[float, float]) -> Axes:
        found = self._found
        pure = [found.label(one.support) for one in game.found if one.pure]
        title = f"Equilibrium: {pure[0]}" if len(pure) == 1 else (
            f"{len(pure)} equilibria in pure strategies" if pure else "No equilibrium in pure strategies"
        )  # fmt: skip
        where = (
            f"{', '.join(found.plan.base.markets)}, {found.plan.base.months} months, {game.replicates} paired runs each"
        )
        at = "; ".join(f"{key} {input_words(value)}" for key, value in found.points.iloc[point].items())
        _, (axes,) = canvas(
            size=size, title=title, subtitle=f"{found.plan.base.name}: {where}{f'; {at}' if at else ''}",
            left=1.75 / size[0], right=1.0 - 0.25 / size[0], bottom=0.95 / size[1], top=1.0 - 1.45 / size[1],
            title_left=0.25 / size[0],
        )  # fmt: skip
        return axes

    def _map_canvas(self, size: tuple[float, float]) -> Axes:
        found = self._found
        base, labels = found.plan.base, found.map["equilibria"].nunique()
        players = " and ".join(one.title for one in found.plan.players)
        _, (axes,) = canvas(
            size=size, title=f"Equilibrium of {players}, point by point",
            subtitle=f"{base.name}: {', '.join(base.markets)}, {base.months} months; pure equilibria "
            f"({' / '.join(one.title for one in found.plan.players)}), share of draws with just these",
            left=1.35 / size[0], right=1.0 - 0.3 / size[0], bottom=(0.95 + 0.24 * labels) / size[1],
            title_left=0.25 / size[0],
        )  # fmt: skip
        return axes

    def _legend(self, axes: Axes, sign: str) -> None:
        found = self._found
        units = f"{sign} USD over the horizon ± standard error".strip()
        handles = [
            Patch(facecolor="none", edgecolor="none",
                  label=f"{_column(found, 0)}; {_column(found, 1)}; {units}"),
            Line2D([], [], color=SOFT, lw=1.6, label=f"best reply in at least {SURE:.0%} of bootstrap draws"),
            Line2D([], [], color=SOFT, lw=1.6, ls=(0, (3, 2)), label="best reply on the means, in fewer draws"),
            Patch(facecolor=HELD, edgecolor="#BBBBBB", label="equilibrium: nobody gains by leaving alone"),
        ]  # fmt: skip
        axes.figure.legend(
            handles=handles,
            loc="lower left",
            bbox_to_anchor=(0.005, 0.0),
            fontsize=8.5,
            frameon=False,
            labelspacing=0.25,
        )

    def _words(self, number: int, *, inches: float) -> str:
        """Return the label of an input on lines of that length, its unit last."""
        told: Mapping[str, str] = input_of(self._found.plan.sweep.axes[number])
        return input_label(told["label"], told["unit"], width=characters(inches))


def _arrows(axes: Axes, game: Game) -> None:
    """Draw an arrow from each cell to the best reply of the player who may move along its row or column."""
    for cell in np.ndindex(*game.sizes):
        for player in (0, 1):
            line = (slice(None), cell[1]) if player == 0 else (cell[0], slice(None))
            own, drawn = game.mean[(player, *line)], game.drawn[(slice(None), player, *line)]
            best = int(own.argmax())
            if best == cell[player] or own[best] <= own[cell[player]]:
                continue
            share = float((drawn[:, best] > drawn[:, cell[player]]).mean())
            # arrows begin and end beside the numbers; a lane per origin keeps long and short ones apart
            step = 1 if best > cell[player] else -1
            lane = min(0.06, 0.15 / max(game.sizes[player] - 1, 1)) * abs(best - cell[player])
            if player == 0:
                x = cell[1] - 0.44 + lane
                start, end = (x, cell[0] + 0.22 * step), (x, best - 0.22 * step)
            else:
                y = cell[0] + 0.42 - lane
                start, end = (cell[1] + 0.22 * step, y), (best - 0.15 * step, y)
            axes.add_patch(
                FancyArrowPatch(
                    start, end, arrowstyle="-|>", mutation_scale=11, lw=1.6, color=ROW if player == 0 else COLUMN,
                    linestyle="-" if share >= SURE else (0, (3, 2)), shrinkA=0, shrinkB=0, zorder=4,
                )
            )  # fmt: skip


def _column(found: Equilibrium, player: int) -> str:
    return earning_words(found.plan.players[player], found.plan.payoffs[player])


def _scale(game: Game) -> tuple[float, str]:
    return magnitude(float(np.abs(game.mean).max()))


def _figures(value: float, error: float) -> str:
    """Return a number with as many decimals as its standard error has a use for, three at most."""
    places = 0 if not error > 0.0 else int(np.clip(1 - np.floor(np.log10(error)), 0, 3))
    return f"{value + 0.0:,.{places}f}"


def _levels(values: list[object]) -> list[object]:
    try:
        return sorted(dict.fromkeys(values))  # type: ignore[type-var]
    except TypeError:
        return list(dict.fromkeys(values))


def _colours(labels: list[str]) -> dict[str, str]:
    named = [one for one in labels if one not in (NONE, "unknown")]
    found = {one: COLOURS[at % len(COLOURS)] for at, one in enumerate(named)}
    return {**found, NONE: OTHER, "unknown": "#F2F2F2"}


def _name(name: str) -> str:
    return name.replace("_", " ")


def _wide(label: str) -> str:
    return label if len(label) <= 90 else f"{label[:87]}..."
