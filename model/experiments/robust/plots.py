"""Pictures of a robust choice: regret table, winner map, boxes, value of information."""

from __future__ import annotations

from textwrap import wrap
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch, Rectangle

from model.experiments.comparing.figure import COLOURS
from model.experiments.robust.cells import telling
from model.experiments.robust.finding import box_limits, events_of
from model.experiments.robust.futures import Futures
from model.experiments.robust.scoring import sure_words
from model.foundation.errors import Fault, InputError
from model.results.canvas import UnitFormatter, canvas, unit_axis
from model.results.labels import characters, input_label, label_lines
from model.results.magnitude import magnitude
from model.results.palette import INK, OTHER, SOFT, ink_on

if TYPE_CHECKING:
    from model.experiments.robust.choice import RobustChoice

UNCLEAR = "#EFEFEF"
EDGE = 0.06  # part of an axis left free beyond the futures


class RobustPlots:
    """Pictures of one robust choice; each method returns its Axes. ax: to draw on, by default a new figure's."""

    def __init__(self, found: RobustChoice) -> None:
        self._found = found

    def regret(self, *, ax: Axes | None = None) -> Axes:
        """Draw the regret table: a row per policy, a column per future, gathered by who wins."""
        found = self._found
        names, table = found.policies, found.regret.pivot(index="policy", columns="point", values="regret")
        values = table.reindex(index=list(names)).to_numpy(np.float64)
        winner = values.argmin(axis=0)
        order = np.lexsort((values.sum(axis=0), winner))
        values = values[:, order]
        high = 1.15 + 0.42 * len(names) + 1.0
        axes = ax if ax is not None else self._new(
            "Regret: what each policy loses against the best one of each future", size=(8.6, high),
            left=_left(names, 8.6), right=0.97, bottom=0.85 / high,
        )  # fmt: skip
        largest = float(values.max())
        scale, sign = magnitude(largest)
        image = axes.imshow(
            values, cmap="YlOrBr", vmin=0.0, vmax=largest or 1.0, aspect="auto", interpolation="nearest"
        )
        rows, columns = np.nonzero(values == 0.0)
        axes.plot(columns, rows, "o", color="#0072B2", ms=3.2, mew=0, label="the best policy of the future")
        axes.set_yticks(range(len(names)), names, color=INK)
        axes.set_xticks([])
        axes.grid(False)
        axes.set_xlabel(f"{values.shape[1]} futures, by who wins and by regret", loc="left")
        axes.legend(loc="upper left", bbox_to_anchor=(0.0, -0.26 / (0.42 * len(names))), frameon=False, fontsize=8.5,
                    borderpad=0.0, handletextpad=0.2)  # fmt: skip
        figure = axes.get_figure()
        if isinstance(figure, Figure):
            bar = figure.colorbar(image, ax=axes, pad=0.02, aspect=12)
            bar.ax.yaxis.set_major_formatter(UnitFormatter(scale=scale, suffix=sign))
            bar.ax.locator_params(nbins=4)
            bar.set_label(found.question.unit, color=SOFT)
            bar.outline.set_visible(False)
        return axes

    def winners(self, x: str | None = None, y: str | None = None, *, ax: Axes | None = None) -> Axes:
        """Draw the winner map over two inputs: a colour per policy, grey where no winner is clear.

        x, y: as of `RobustChoice.winner_map`.
        """
        found = self._found
        first, second = found.axes(x, y)
        table = found.winner_map(found.futures.unknowns[first].column,
                                 None if second is None else found.futures.unknowns[second].column)  # fmt: skip
        across, up = list(dict.fromkeys(table["x"])), list(dict.fromkeys(table["y"]))
        rows = 0.62 * max(len(up), 2)
        high = 1.95 + rows
        unknown = None if second is None else found.futures.unknowns[second]
        along = "" if unknown is None else _words(found.futures, second, inches=rows)
        axes = ax if ax is not None else self._new(
            "Which policy wins where, and how surely", size=(8.6, high),
            left=_left(up, 8.6, extra=0.1 + 0.17 * label_lines(along)), right=0.97, bottom=1.0 / high,
        )  # fmt: skip
        for row in table.to_dict("records"):
            self._cell(axes, row, across.index(row["x"]), up.index(row["y"]))  # type: ignore[arg-type]
        axes.set_xlim(-0.5, len(across) - 0.5)
        axes.set_ylim(-0.5, len(up) - 0.5)
        axes.set_xticks(range(len(across)), across)
        axes.set_yticks(range(len(up)), up)
        axes.grid(False)
        axes.set_xlabel(_words(found.futures, first, inches=6.0))
        axes.set_ylabel(along)
        handles = [Patch(color=self._colour(name), label=name) for name in found.policies
                   if name in set(table.loc[table["clear"], "winner"])]  # fmt: skip
        unclear = f"no clear winner (below {found.question.sure:.0%})"
        handles.append(Patch(facecolor=UNCLEAR, edgecolor=OTHER, label=unclear))
        axes.legend(handles=handles, loc="upper center", bbox_to_anchor=(0.5, -0.5 / rows), frameon=False,
                    fontsize=8.5, ncols=min(4, len(handles)))  # fmt: skip
        return axes

    def _cell(self, axes: Axes, row: dict[str, object], column: int, line: int) -> None:
        clear, futures = bool(row["clear"]), int(row["futures"])  # type: ignore[call-overload]
        colour = self._colour(str(row["winner"])) if clear else UNCLEAR
        axes.add_patch(Rectangle((column - 0.5, line - 0.5), 1.0, 1.0, facecolor=colour, edgecolor="white", lw=2.0))
        sure = sure_words(float(row["confidence"])) if futures else ""  # type: ignore[arg-type]
        told = "no future" if not futures else f"{row['winner']} {sure}\n{futures} futures"
        if futures and not clear:
            told = f"({row['winner']} {sure})\n{futures} future{'' if futures == 1 else 's'}"
        axes.text(column, line, told, ha="center", va="center", fontsize=8, color=ink_on(colour), clip_on=True)

    def boxes(self, policy: str | None = None, *, event: str | None = None, ax: Axes | None = None) -> Axes:
        """Draw the futures over two inputs, those in which something happens to a policy filled, and its first box.

        policy, event: as in `RobustChoice.boxes` (default: the first that has a box, else the first event that happens
        in some futures). Errors: InputError for a policy or an event that is not there.
        """
        found = self._found
        row = self._box_row(policy, event)
        name, what = str(row["policy"]), str(row["event"])
        hit = next(one for own, kind, one in events_of(found.futures, found.question) if (own, kind) == (name, what))
        limits = box_limits(found.box_limits, policy=name, event=what, box=1)
        told = telling(found.futures, found.question)
        order = sorted(told, key=lambda at: not found.futures.unknowns[at].is_number)
        inputs = [found.futures.unknown(one) for one in limits]
        if not order:
            raise InputError(Fault("boxes", "some input differs between the futures", "none", "Add uncertainties."))
        shown = [*inputs, *(at for at in order if at not in inputs)]
        first, second = shown[0], shown[1] if len(shown) > 1 else None
        axes = ax if ax is not None else self._new(
            f'Where "{name}" {what}', size=(7.6, 4.9), left=0.16, right=0.97, bottom=1.05 / 4.9, last=_box_words(row)
        )  # fmt: skip
        x = _spread_out(found.futures, first)
        y = _spread_out(found.futures, second) if second is not None else np.zeros(len(x))
        colour = self._colour(name)
        axes.plot(x[~hit], y[~hit], "o", mfc="white", mec=SOFT, ms=5.5, label="other futures")
        axes.plot(x[hit], y[hit], "o", color=colour, ms=6.5, mec=INK, mew=0.6, label=f"{name} {what}")
        if limits:
            self._frame(axes, limits, first, second)
        for at, side in ((first, "x"), (second, "y")):
            _axis_of(axes, found.futures, at, side)
        axes.grid(True, axis="both")
        frame = Line2D([], [], color=INK, lw=1.6, label="box")
        handles = [*axes.get_legend_handles_labels()[0], *([frame] if limits else [])]
        axes.legend(handles=handles, loc="upper center", bbox_to_anchor=(0.5, -0.155), ncols=3, frameon=False,
                    fontsize=9)  # fmt: skip
        return axes

    def _box_row(self, policy: str | None, event: str | None) -> pd.Series:
        rows = self._found.boxes
        for column, wanted in (("policy", policy), ("event", event)):
            if wanted is None:
                continue
            if wanted not in set(rows[column]):
                known = ", ".join(dict.fromkeys(rows[column]))
                raise InputError(Fault(f"boxes: {column}", "is one of the boxes", wanted, f"Known: {known}."))
            rows = rows[rows[column] == wanted]
        some = (rows["base_rate"] > 0.0) & (rows["base_rate"] < 1.0)
        rank = np.where(rows["limits"] != "", 0, np.where(some, 1, 2))
        return rows.iloc[int(np.argmin(rank))]

    def _frame(
        self, axes: Axes, limits: dict[str, tuple[float, float]], first: int, second: int | None
    ) -> None:  # fmt: skip
        futures, edges = self._found.futures, []
        for at in (first, second):
            codes = futures.codes[:, at] if at is not None else np.zeros(1)
            column = futures.unknowns[at].column if at is not None else ""
            low, high = limits.get(column, (-np.inf, np.inf))
            number = at is None or futures.unknowns[at].is_number
            gap = EDGE * float(np.ptp(codes)) or 0.5
            free, beside = (gap * 0.6, gap / 4.0) if number else (0.44, 0.44)  # the futures at a limit lie inside
            edges.append((low - beside if np.isfinite(low) else float(codes.min()) - free,
                          high + beside if np.isfinite(high) else float(codes.max()) + free))  # fmt: skip
        (left, right), (bottom, top) = edges
        axes.add_patch(Rectangle((left, bottom), right - left, top - bottom, fill=False, edgecolor=INK, lw=1.6))

    def information(self, *, ax: Axes | None = None) -> Axes:
        """Draw what knowing is worth: everything, and each unknown by itself."""
        found = self._found
        known = found.information
        rows = known.unknowns
        high = 1.9 + 0.3 * (len(rows) + 1)
        names = ["everything", *(f"{name}" for name in rows["input"])]
        axes = ax if ax is not None else self._new(
            "What knowing it before choosing would be worth", size=(8.0, high), left=_left(names, 8.0), right=0.95,
            bottom=0.95 / high,
        )  # fmt: skip
        values = np.r_[known.perfect, rows["value"].to_numpy(np.float64)]
        sample = rows["in_sample"].to_numpy(np.float64)
        error = known.error if np.isfinite(known.error) else 0.0
        right = max(known.perfect + error, float(sample.max(initial=0.0)))
        scale, sign = magnitude(right)
        at = np.arange(len(names))[::-1]
        axes.barh(at[0], values[0], height=0.62, color=SOFT)
        axes.barh(at[1:], values[1:], height=0.62, color="#0072B2", label="worth by itself")
        for place in at[1:][values[1:] == 0.0]:
            axes.text(0.006, place, "0", transform=axes.get_yaxis_transform(), va="center", fontsize=8.5, color=SOFT)
        shown = sample > 0.0
        if shown.any():
            axes.plot(sample[shown], at[1:][shown], "|", color="#D55E00", ms=11, mew=2.0,
                      label="with chance left in (too high)")  # fmt: skip
        if error > 0.0:
            axes.errorbar(values[0], at[0], xerr=error, color=INK, capsize=3, lw=1.2, fmt="none",
                          label="± standard error")  # fmt: skip
        axes.set_yticks(at, names, color=INK)
        axes.set_ylim(-0.6, len(names) - 0.4)
        axes.set_xlim(0.0, 1.08 * right or 1.0)
        axes.grid(False, axis="y")
        axes.grid(True, axis="x")
        axes.locator_params(axis="x", nbins=6)
        unit_axis(axes, scale=scale, suffix=sign, axis="x")
        axes.set_xlabel(found.question.unit)
        axes.legend(loc="lower right", bbox_to_anchor=(1.0, 0.02), fontsize=8.5)
        return axes

    def _colour(self, policy: str) -> str:
        return COLOURS[self._found.policies.index(policy) % len(COLOURS)]

    def _new(
        self, title: str, *, size: tuple[float, float], left: float, right: float, bottom: float, last: str = ""
    ) -> Axes:
        found = self._found
        subtitle = f"{found.question.words}; sweep of {found.name}, {len(found.futures.points)} futures"
        lines = [part for one in (subtitle, last) if one for part in wrap(one, characters(0.97 * size[0]))]
        _, (axes,) = canvas(
            size=size, title=title, subtitle="\n".join(lines), left=left, right=right,
            bottom=bottom, top=1.0 - (0.68 + 0.17 * len(lines)) / size[1], title_left=0.02,
        )  # fmt: skip
        axes.tick_params(colors=INK)
        return axes


def _box_words(row: pd.Series) -> str:
    if not row["limits"]:
        return f"in {row['base_rate']:.0%} of the futures; no box"
    luck = f"; as good by luck {row['luck']:.0%}" if np.isfinite(row["luck"]) else ""
    return f"Box: {row['limits']}: coverage {row['coverage']:.0%}, density {row['density']:.0%}{luck}"


def _left(names: list[str] | tuple[str, ...], width: float, *, extra: float = 0.0) -> float:
    """Return the left edge of axes whose rows have these names, part of the figure's width."""
    return (0.35 + extra + 0.075 * max(len(one) for one in names)) / width


def _words(futures: Futures, at: int | None, *, inches: float) -> str:
    """Return the label of an unknown on lines of that length."""
    if at is None:
        return ""
    one = futures.unknowns[at]
    return input_label(one.column, one.unit if one.is_number else "", width=characters(inches))


def _spread_out(futures: Futures, at: int) -> np.ndarray:
    """Return an unknown's values to draw; futures with the same level of a switch side by side."""
    codes = futures.codes[:, at]
    if futures.unknowns[at].is_number:
        return codes
    return codes + 0.3 * (np.arange(len(codes)) % 7 - 3) / 3.0


def _axis_of(axes: Axes, futures: Futures, at: int | None, side: str) -> None:
    """Label an axis with an unknown, levels of a switch by their names."""
    if at is None:
        axes.set_yticks([])
        return
    one, codes = futures.unknowns[at], futures.codes[:, at]
    gap = EDGE * float(np.ptp(codes)) if one.is_number else 0.5
    axis = axes.xaxis if side == "x" else axes.yaxis
    if not one.is_number:
        axis.set_ticks(range(len(one.levels)), [one.value_words(level) for level in one.levels])
    (axes.set_xlim if side == "x" else axes.set_ylim)(float(codes.min()) - gap, float(codes.max()) + gap)
    axis.set_label_text(_words(futures, at, inches=6.0 if side == "x" else 2.8))
