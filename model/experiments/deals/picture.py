"""The picture of a deal room: both futures, the zone of agreement, and how talks end."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from model.experiments.deals.futures import DEAL, NO_DEAL
from model.experiments.deals.outcomes import AGREED, ENDS, TalkOutcomes
from model.experiments.deals.room import BAND, DealRoom
from model.results.canvas import canvas, panel_title, unit_axis
from model.results.palette import INK, SOFT, name_of

ARMS = {DEAL: ("#0072B2", "with the label"), NO_DEAL: ("#D55E00", "without it")}
NONE = "#C4C4C4"
END_COLOURS = dict(zip(ENDS, ("#0072B2", "#56B4E9", "#009E73", "#D55E00", "#CC79A7", NONE), strict=True))
MOST_MARKETS = 6
LEGEND_LINE = 0.17
"""Height of a line of a legend of eight points, inches."""


def deal_figure(room: DealRoom, outcomes: TalkOutcomes) -> Figure:
    """Return users, the label's income and the catalogue with and without, the zone, how talks end, and payments."""
    request = room.futures.request
    service, label = name_shown(request.platform), name_of(request.label)
    places = ", ".join(request.markets) if len(request.markets) <= MOST_MARKETS else f"{len(request.markets)} markets"
    what = "clips on TikTok" if request.kind == "clips" else service
    figure, axes = canvas(
        2, 3, size=(15.0, 9.2), title=f"{label} and {what}: {places}", left=0.05, right=0.985, wspace=0.22, hspace=0.42,
        bottom=0.075, top=0.86,
        subtitle=room_subtitle(room),
    )  # fmt: skip
    users, income, catalogue, zone, ends, paid = axes
    inner = room.futures.carried is not None
    sums = room.futures.months.groupby(["draw", "arm", "month"], observed=True).sum(numeric_only=True)
    if request.kind == "clips":
        _paths(users, sums["hours"] / 1e9, inner=inner)
        panel_title(users, "Time on TikTok, billion hours a month")
    else:
        _paths(users, sums["users"] / 1e6, inner=inner)
        panel_title(users, f"Monthly users of {service}, millions")
    _paths(income, (sums["paid"] + sums["elsewhere"]) / 1e6, inner=inner)
    panel_title(income, f"{label}'s income on present terms, USD m a month")
    _paths(catalogue, _catalogue(room.futures.months) * 100.0)
    unit_axis(catalogue, suffix="%")
    catalogue.set_yticks([0, 25, 50, 75, 100])
    panel_title(
        catalogue, "Share of listening " + ("usable in clips" if request.kind == "clips" else "in the catalogue")
    )
    draw_zone(zone, room, service=service, label=label)
    _ends(ends, outcomes)
    _payments(paid, room, outcomes)
    return figure


def room_subtitle(room: DealRoom) -> str:
    """Return what the draws are, over how long, and what bands hold."""
    request, carried = room.futures.request, room.futures.carried
    what = f"{request.draws} draws of random numbers, uncertain parameters and beliefs"
    bands = "bands hold 90% of draws"
    if carried is not None:
        what = (
            f"{request.draws} members of the ensemble {carried.name}, each with random numbers and beliefs of its own"
        )
        bands = "bands hold 50% and 90% of members"
    return f"{what}, {request.months} months, scenario {request.plan.name}; {bands}"


def name_shown(platform: str) -> str:
    """Return the name of a service, or of TikTok."""
    return "TikTok" if platform == "tiktok" else name_of(platform)


def _catalogue(months: pd.DataFrame) -> pd.Series[float]:
    """Return by draw, arm and month the catalogue of the markets, weighted by the service's users."""
    weighted = months.assign(weighted=months["catalogue"] * months["users"])
    sums = weighted.groupby(["draw", "arm", "month"], observed=True)[["weighted", "users"]].sum()
    return sums["weighted"] / sums["users"].clip(lower=1e-9)


def _paths(axes: Axes, series: pd.Series[float], *, inner: bool = False) -> None:
    """Draw the mean and the band of both arms by month, from 0. inner: the band of half of the draws too."""
    for arm, (colour, name) in ARMS.items():
        wide = series.xs(arm, level="arm").unstack("draw")
        mean = wide.mean(axis=1)
        low, high = wide.quantile(BAND[0], axis=1), wide.quantile(BAND[1], axis=1)
        axes.fill_between(wide.index, low, high, color=colour, alpha=0.18, linewidth=0)
        if inner:
            low, high = wide.quantile(0.25, axis=1), wide.quantile(0.75, axis=1)
            axes.fill_between(wide.index, low, high, color=colour, alpha=0.3, linewidth=0)
        axes.plot(wide.index, mean, color=colour, linewidth=2.0, label=name)
    axes.set_ylim(0.0, axes.get_ylim()[1] * 1.22)
    term = int(series.index.get_level_values("month").max())
    axes.set_xticks(range(0, term + 1, max(1, 6 * round(term / 24))))
    axes.set_xlabel("months from the licence")
    axes.legend(loc="upper right", ncols=2, frameon=False)


def draw_zone(axes: Axes, room: DealRoom, *, service: str, label: str, beside: int = 1) -> None:
    """Draw each draw's walk-aways as a bar: blue where there is a zone, grey where there is none.

    beside: entries of the legend in a line.
    """
    table = room.walk_aways().sort_values("surplus").reset_index(drop=True)
    for row, (least, most, zone) in enumerate(zip(table["least"], table["most"], table["zone"], strict=True)):
        axes.plot([least / 1e6, most / 1e6], [row, row], color=ARMS[DEAL][0] if zone else NONE, linewidth=3.0)
    rows = range(len(table))
    axes.plot(table["least"] / 1e6, rows, "o", color="#D55E00", markersize=4, label=f"least {label} accepts")
    axes.plot(table["most"] / 1e6, rows, "s", color=INK, markersize=4, label=f"most {service} pays")
    present = float(table["present"].mean())
    if present > 0.0:
        axes.plot([present / 1e6] * 2, [-0.8, len(table) - 0.2], color=SOFT, linestyle=":", label="present terms pay")
    axes.set_yticks([])
    axes.set_xlabel("USD m a month, mean over the term")
    axes.set_ylim(-0.8, len(table) - 0.2)
    entries = axes.legend(loc="upper left", fontsize=8, frameon=False, ncols=beside)
    _room_above(axes, lines=-(-len(entries.get_texts()) // beside))
    what = "draws" if room.futures.carried is None else "members"
    panel_title(axes, f"Zone of agreement: in {room.agreement():.0%} of {what}")


def _room_above(axes: Axes, *, lines: int) -> None:
    """Leave room for the lines of a legend above what is drawn, whatever the height of the axes."""
    low, high = axes.get_ylim()
    figure = axes.get_figure(root=True)
    inches = axes.get_position().height * (figure.get_figheight() if figure is not None else 1.0)
    legend = min(LEGEND_LINE * lines + 0.15, 0.6 * inches)
    axes.set_ylim(low, high + (high - low) * legend / (inches - legend))


def _ends(axes: Axes, outcomes: TalkOutcomes) -> None:
    """Draw how talks end: shares, with the median weeks of talking beside them."""
    table = outcomes.summary()
    for row, (end, line) in enumerate(table.iterrows()):
        share = float(line["share"])
        axes.barh(row, share * 100.0, color=END_COLOURS[str(end)], height=0.62)
        axes.text(share * 100.0 + 1.5, row, f"{share:.0%}, {line['weeks']:.0f} weeks", va="center", fontsize=9)
    axes.set_yticks([])
    for row, end in enumerate(table.index):
        axes.text(0.0, row - 0.37, str(end), va="bottom", fontsize=8.5, color=SOFT)
    axes.set_ylim(len(table) - 0.4, -0.75)
    axes.set_xlim(0.0, 118.0)
    axes.grid(False)
    axes.set_xticks([0, 25, 50, 75, 100])
    axes.set_xlabel("% of talks; median weeks of talking")
    panel_title(axes, f"Talks by {_words(outcomes.protocol)}: {outcomes.agreement():.0%} end in a deal")


def _words(protocol: str) -> str:
    return protocol.replace("_", " ")


def _payments(axes: Axes, room: DealRoom, outcomes: TalkOutcomes) -> None:
    """Draw the distribution of agreed payments by how they were reached."""
    signed = outcomes.talks[outcomes.talks["end"].isin(AGREED)]
    groups = [(end, signed.loc[signed["end"] == end, "payment"] / 1e6) for end in AGREED]
    present = [(end, paid) for end, paid in groups if len(paid)]
    if present:
        axes.hist(
            [paid for _, paid in present], bins=24, stacked=True, color=[END_COLOURS[end] for end, _ in present],
            label=[end for end, _ in present],
        )  # fmt: skip
    paid = float(room.walk_aways()["present"].mean())
    top = axes.get_ylim()[1]
    if paid > 0.0:
        axes.plot([paid / 1e6] * 2, [0.0, top], color=SOFT, linestyle=":", label="present terms pay")
    axes.set_ylim(0.0, top * 1.35)
    axes.set_xlabel("USD m a month")
    axes.set_ylabel("talks")
    if axes.get_legend_handles_labels()[0]:
        axes.legend(loc="upper right", fontsize=8, frameon=False, ncols=2)
    panel_title(axes, "What is agreed to be paid")
