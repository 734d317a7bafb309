"""The picture of a tornado: bars from the centre to both ends, coloured by the policy that is best at each end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from model.experiments.comparing.figure import COLOURS
from model.experiments.comparing.outcomes import HORIZON, WORLD
from model.experiments.sensitivity.responses import Response
from model.experiments.sensitivity.tornado import CENTRE
from model.experiments.sensitivity.tornado_words import at_words
from model.results.canvas import STYLE, canvas, unit_axis
from model.results.labels import broken, label_inches, label_lines
from model.results.magnitude import magnitude
from model.results.palette import INK, OTHER, SOFT

if TYPE_CHECKING:
    from model.experiments.sensitivity.tornado import Tornado

MOST = 20
WIDTH, RIGHT = 8.8, 0.97
"""Of the figure, inches, and the right edge of the axes, part of it."""
LONGEST = 24
"""Characters of a value beside a bar."""
PALE = 0.35
LOW, HIGH = "#56B4E9", "#D55E00"
"""Colours of the low and high end where there is one policy alone."""


def tornado_figure(found: Tornado, *, response: Response) -> Figure:
    """Return the bars, the widest swing on top."""
    table = found.table(response=response.name)
    centre = float(table["value"].iloc[0])
    ends = table[table["end"] != CENTRE]
    names = list(dict.fromkeys(ends["input"]))[:MOST]
    labels = [broken(one.removeprefix("platforms.")) for one in names]
    each = 0.36 if all(label_lines(one) < 3 for one in labels) else 0.5
    high = 2.35 + each * max(len(names), 3)
    left = (0.45 + label_inches(labels)) / WIDTH
    where = "all markets" if found.market == WORLD else found.market
    when = found.outcome.over if found.over == HORIZON else "at the end"
    left_out = len(found.axes) - len(names)
    with mpl.rc_context(STYLE):
        figure, (axes,) = canvas(
            size=(WIDTH, high), title=f"{found.outcome.label}, one assumption at a time", title_left=0.02,
            left=left, right=RIGHT, bottom=1.2 / high, top=1.0 - 0.95 / high,
            subtitle=f"{response.name}; {where}, {when}\nEach input at the low and high end of its range, all others "
            f"as they are; {found.found.replicates} replicates; lines: {found.level:.0%} intervals"
            + (f"; {left_out} not shown" if left_out else ""),
        )  # fmt: skip
        rows: list[dict[str, Any]] = [{str(key): one for key, one in row.items()} for row in ends.to_dict("records")]
        for row in rows:
            if row["input"] in names:
                _bar(axes, found, row, y=names.index(row["input"]), centre=centre)
        room = WIDTH * (RIGHT - left)
        _frame(axes, found, labels, ends[ends["input"].isin(names)], centre=centre, room=room)
    _legend(figure, found, {(str(row["winner"]), bool(row["clear"])) for row in rows}, high=high)
    return figure


def _bar(axes: Axes, found: Tornado, row: dict[str, Any], *, y: int, centre: float) -> None:
    width = row["value"] - centre
    single = len(found.policies) == 1
    colour = (LOW if row["end"] == "low" else HIGH) if single else _colour(found, str(row["winner"]))
    height = 0.36
    place = y - height / 2 if row["end"] == "low" else y + height / 2
    axes.barh(place, width, left=centre, height=height, color=colour, alpha=1.0 if single or row["clear"] else PALE,
              lw=0.0)  # fmt: skip
    if np.isfinite(row["low"]):
        axes.hlines(place, row["low"], row["high"], color=INK, lw=1.0)
    reach = [row["value"], *(row[end] for end in ("low", "high") if np.isfinite(row[end]))]
    right = row["value"] >= centre
    axes.annotate(
        _short(row["at"]), (max(reach) if right else min(reach), place), xytext=(4 if right else -4, 0), va="center",
        textcoords="offset points", ha="left" if right else "right", fontsize=7.5, color=SOFT,
    )  # fmt: skip


def _short(at: object) -> str:
    """Return the value at an end as it is written beside its bar."""
    told = at_words(at)
    return told if len(told) <= LONGEST else f"{told[: LONGEST - 1]}…"


def _frame(axes: Axes, found: Tornado, labels: list[str], ends: Any, *, centre: float, room: float) -> None:
    """Set limits so that what stands beside the bars stays inside the axes. room: their width, inches."""
    whole = np.nan_to_num(ends[["value", "low", "high"]].to_numpy(np.float64), nan=centre)
    low, high = min(float(whole.min()), centre), max(float(whole.max()), centre)
    if len(found.policies) > 1:
        low, high = min(low, 0.0), max(high, 0.0)
        axes.axvline(0.0, color=INK, lw=1.1, ls=(0, (4, 2)))
    aside = 0.12 + 0.065 * max((len(_short(at)) for at in ends["at"]), default=0)  # inches, letters of 7.5 points
    margin = (high - low or 1.0) * aside / max(room - 2.0 * aside, 0.3 * room)
    axes.set_xlim(low - margin, high + margin)
    axes.axvline(centre, color=INK, lw=0.9)
    axes.set_yticks(range(len(labels)), labels, color=INK)
    axes.set_ylim(len(labels) - 0.4, -0.6)
    axes.grid(False, axis="y")
    axes.grid(True, axis="x")
    scale, sign = magnitude(max(abs(low), abs(high)))
    unit_axis(axes, scale=scale, suffix=sign, axis="x")
    axes.locator_params(axis="x", nbins=7)
    axes.set_xlabel(f"{found.outcome.unit(found.over)}; full line: centre"
                    + ("; broken line: no difference" if len(found.policies) > 1 else ""))  # fmt: skip


def _legend(figure: Figure, found: Tornado, winners: set[tuple[str, bool]], *, high: float) -> None:
    """Name the colours that occur. winners: (policy, whether clearly) of the ends."""
    if len(found.policies) == 1:
        handles = [Patch(color=LOW, label="low end of the range"), Patch(color=HIGH, label="high end")]
    else:
        handles = [
            Patch(color=_colour(found, name), alpha=1.0 if clear else PALE,
                  label=f"{name} is best{'' if clear else ', not clearly'}")
            for clear in (True, False) for name in found.policies if (name, clear) in winners
        ]  # fmt: skip
        if {name for name, _ in winners} - set(found.policies):
            handles.append(Patch(color=OTHER, label="no difference"))
    figure.legend(handles=handles, loc="lower left", bbox_to_anchor=(0.02, 0.1 / high), ncols=3, fontsize=8.5,
                  frameon=False)  # fmt: skip


def _colour(found: Tornado, policy: str) -> str:
    return COLOURS[found.policies.index(policy) % len(COLOURS)] if policy in found.policies else OTHER
