"""Pictures of a sweep: an outcome against an input, point by point, and over two inputs as a map."""

from __future__ import annotations

from typing import TYPE_CHECKING

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import Colormap, Normalize, TwoSlopeNorm
from matplotlib.figure import Figure
from numpy.typing import NDArray

from model.experiments.comparing.figure import COLOURS
from model.experiments.comparing.outcomes import HORIZON, WORLD, Outcome
from model.foundation.errors import Fault, InputError
from model.results.canvas import STYLE, UnitFormatter, canvas, unit_axis
from model.results.magnitude import magnitude, told_apart
from model.results.palette import INK, SOFT, ink_on
from model.results.parallel_plot import Upright, parallel_axes
from model.results.shown import ShownAxes

if TYPE_CHECKING:
    from model.experiments.sweep.result import Input, SweepResult

Floats = NDArray[np.float64]
FEW, BINS = 24, 8
"""Values of an input that are drawn one by one on a map, if each has several points; else they are gathered in bins."""
POINTS_OF_A_CELL = 1.5
"""Points that a cell of a map has on average: so many bins are made of few points."""
LONGEST = 42
"""Signs of all ticks together up to which they stand level."""
WRITTEN = 60
"""Cells of a map up to which the number stands in each."""


class SweepPlots:
    """Pictures of one sweep; each method returns the Axes it drew on. ax: to draw on, by default a new figure's."""

    def __init__(self, found: SweepResult) -> None:
        self._found = found

    def fans(self) -> Figure:
        """Return fans over the members of the sweep's ensemble, by outcome, policy and setting of the levers."""
        from model.experiments.sweep.bands import fans_figure

        return fans_figure(self._found)

    def scatter(
        self, outcome: str, x: str | None = None, *, market: str = WORLD, over: str = HORIZON,
        policy: str | None = None, ax: Axes | None = None,
    ) -> Axes:  # fmt: skip
        """Draw an outcome against an input: a dot per point, means over replicates, a colour per policy.

        x: an input (default: the first). policy: only this one.
        """
        found = self._found
        column = found.input(x).column if x is not None else self._first().column
        kept, rows = self._rows(outcome, market, over, policy)
        axes = ax if ax is not None else self._new(kept, market, over, policy, size=(7.2, 4.4))
        names = [policy] if policy else list(found.policies)
        scale, sign = _scale(rows[outcome])
        for name in names:
            own = rows[rows["policy"] == name]
            at = own[column] if _is_number(own[column]) else own[column].astype(str)
            colour = COLOURS[found.policies.index(name) % len(COLOURS)]
            axes.plot(at.to_numpy(), own[outcome].to_numpy(np.float64), "o", color=colour, ms=5, alpha=0.75,
                      mew=0, label=name)  # fmt: skip
        unit_axis(axes, scale=scale, suffix=sign)
        if _is_number(rows[column]):
            unit_axis(axes, axis="x")
        axes.set_xlabel(self._words(column))
        axes.set_ylabel(kept.unit(over))
        if len(names) > 1:
            axes.legend(frameon=False, fontsize=9)
        return axes

    def heatmap(
        self, outcome: str, x: str | None = None, y: str | None = None, *, market: str = WORLD, over: str = HORIZON,
        policy: str | None = None, ax: Axes | None = None,
    ) -> Axes:  # fmt: skip
        """Draw an outcome over two inputs as a map: the mean of the points in each cell.

        x, y: inputs (default: the first two). policy: which (default: the first). Up to 24 values of an input that
        several points share stand for themselves; others are gathered in up to 8 bins of equal width, named by their
        middles. Errors: InputError for a sweep of one input.
        """
        found = self._found
        if len(found.inputs) < 2:
            way = "Draw a scatter, or sweep a second input."
            raise InputError(Fault("heatmap", "a map takes two inputs", len(found.inputs), way))
        across = found.input(x).column if x is not None else self._first(besides=y).column
        up = found.input(y).column if y is not None else self._first(besides=across).column
        if across == up:
            raise InputError(Fault("heatmap: y", "is another input than x", up, "Name two inputs."))
        name = found.policy(policy) if policy is not None else found.policies[0]
        kept, rows = self._rows(outcome, market, over, name)
        table = map_cells(rows, across, up, outcome)
        only = name if len(found.policies) > 1 else None
        axes = ax if ax is not None else self._new(kept, market, over, only, size=(7.6, 5.2))
        self._draw(axes, table, kept.unit(over))
        axes.set_xlabel(self._words(across))
        axes.set_ylabel(self._words(up))
        return axes

    def parallel(
        self, *outcomes: str, market: str = WORLD, over: str = HORIZON, policy: str | None = None
    ) -> ShownAxes:  # fmt: skip
        """Return a line per point and policy through the inputs to the outcomes, coloured by the last outcome.

        outcomes: names (default: all that were kept). policy: only this one. Errors: InputError.
        """
        found = self._found
        kept = [found.outcome(name) for name in outcomes] or list(found.outcomes_kept.values())
        _, rows = self._rows(kept[-1].name, market, over, policy)
        for one in kept[:-1]:
            rows = rows.merge(self._rows(one.name, market, over, policy)[1][["point", "policy", one.name]],
                              on=["point", "policy"])  # fmt: skip
        uprights = [Upright(one.label, one.unit, rows[one.column]) for one in found.inputs]
        if policy is None and len(found.policies) > 1:
            uprights.append(Upright("policy", "", rows["policy"]))
        uprights += [Upright(one.label, one.unit(over), rows[one.name]) for one in kept]
        return parallel_axes(
            uprights, title=kept[-1].label, subtitle=self._subtitle(kept[-1], market, over, policy),
            each="a point" if policy is not None or len(found.policies) == 1 else "a point under a policy",
        )  # fmt: skip

    def _draw(self, axes: Axes, table: pd.DataFrame, unit: str) -> None:
        values = table.to_numpy(np.float64)
        scale, sign = _scale(pd.Series(values.ravel()))
        colours, norm = _colours(values)
        image = axes.imshow(values, cmap=colours, norm=norm, origin="lower", aspect="auto", interpolation="nearest")
        ticks = [_tick(one) for one in table.columns]
        axes.set_xticks(range(table.shape[1]), ticks)
        if sum(map(len, ticks)) + len(ticks) > LONGEST:
            axes.tick_params(axis="x", labelrotation=35)
        axes.set_yticks(range(table.shape[0]), [_tick(one) for one in table.index])
        axes.grid(False)
        if values.size <= WRITTEN:
            texts = told_apart(values.ravel().tolist(), most=5)
            for ((row, column), value), text in zip(np.ndenumerate(values), texts, strict=True):
                if np.isfinite(value):
                    ground = mpl.colors.to_hex(colours(norm(value)))
                    axes.text(column, row, text, ha="center", va="center", fontsize=8, color=ink_on(ground))
        figure = axes.get_figure()
        if isinstance(figure, Figure):
            bar = figure.colorbar(image, ax=axes, pad=0.02)
            bar.ax.yaxis.set_major_formatter(UnitFormatter(scale=scale, suffix=sign))
            bar.set_label(unit, color=SOFT)
            bar.outline.set_visible(False)

    def _rows(self, outcome: str, market: str, over: str, policy: str | None) -> tuple[Outcome, pd.DataFrame]:
        found = self._found
        kept = found.outcome(outcome)
        rows = found.table(kept.name, market=market, over=over, mean=True)
        if policy is not None:
            rows = rows[rows["policy"] == found.policy(policy)]
        if not rows[kept.name].notna().any():
            way = "Choose a market, or wait until runs are finished."
            raise InputError(Fault(f"plot: {outcome}", f"is known for {market}", f"{len(rows)} rows", way))
        return kept, rows

    def _first(self, besides: str | None = None) -> Input:
        bare = (besides or "").removeprefix("parameters.")
        for one in self._found.inputs:
            if one.column != bare:
                return one
        raise InputError(Fault("plot", "a picture takes an input", "none was moved", "Compare policies in table()."))

    def _words(self, column: str) -> str:
        one = self._found.input(column)
        return f"{one.label}\n({one.unit})"

    def _new(
        self, kept: Outcome, market: str, over: str, policy: str | None, *, size: tuple[float, float]
    ) -> Axes:  # fmt: skip
        with mpl.rc_context(STYLE):
            _, (axes,) = canvas(
                size=size, title=kept.label, left=0.15, right=0.96, bottom=0.8 / size[1], title_left=0.03,
                subtitle=self._subtitle(kept, market, over, policy),
            )  # fmt: skip
        axes.tick_params(colors=INK)
        return axes

    def _subtitle(self, kept: Outcome, market: str, over: str, policy: str | None) -> str:
        found = self._found
        where = "all markets" if market == WORLD else market
        when = kept.over if over == HORIZON else "at the end"
        points = f"{len(found.points):,} points"
        runs = points if found.replicates == 1 else f"{points}, means of {found.replicates} replicates"
        only = f"; policy {policy}" if policy else ""
        return f"Sweep of {found.name}{only}; {where}, {when}; {runs}"


def map_cells(rows: pd.DataFrame, across: str, up: str, outcome: str) -> pd.DataFrame:
    """Return (y, x) means of an outcome; ranges with many values gathered in bins, named by their middles."""
    placed = rows.assign(**{"|x": _places(rows[across]), "|y": _places(rows[up])})
    return placed.pivot_table(index="|y", columns="|x", values=outcome, aggfunc="mean", sort=True)


def _places(values: pd.Series) -> pd.Series:
    several = values.nunique() <= max(BINS, min(FEW, len(values) // 2))
    if not _is_number(values) or several:
        return values.map(lambda one: float(f"{one:.4g}")) if _is_number(values) else values.astype(str)
    bins = min(BINS, max(2, int(np.sqrt(len(values) / POINTS_OF_A_CELL))))
    edges = np.linspace(values.min(), values.max(), bins + 1)
    at = np.clip(np.searchsorted(edges, values.to_numpy(np.float64), side="right") - 1, 0, bins - 1)
    middles = (edges[:-1] + edges[1:]) / 2.0
    return pd.Series([float(f"{middles[one]:.3g}") for one in at], index=values.index)


def _tick(value: object) -> str:
    """Return a value of an input as it stands at an axis."""
    return f"{value:,g}" if isinstance(value, float) else str(value)


def _is_number(values: pd.Series) -> bool:
    return pd.api.types.is_numeric_dtype(values.dtype) and not pd.api.types.is_bool_dtype(values.dtype)


def _scale(values: pd.Series) -> tuple[float, str]:
    return magnitude(float(values.abs().max()))


def _colours(values: Floats) -> tuple[Colormap, Normalize]:
    """Return colours and their range: two-sided around 0 where there are gains and losses."""
    low, high = float(np.nanmin(values)), float(np.nanmax(values))
    if low < 0.0 < high:
        return mpl.colormaps["RdBu"], TwoSlopeNorm(0.0, vmin=low, vmax=high)
    return mpl.colormaps["viridis"], Normalize(low, high if high > low else low + 1.0)
