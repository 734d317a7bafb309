"""Figures of a result; they only draw what the tables hold, as means over replicates."""

from __future__ import annotations

from typing import TYPE_CHECKING

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch
from numpy.typing import NDArray

from model.facts.start import load_start
from model.foundation.errors import Fault, InputError, nearest
from model.foundation.months import parse_month
from model.results.canvas import STYLE, canvas, date_axis, month_dates, names_beside, panel_title, unit_axis
from model.results.magnitude import count_of
from model.results.palette import INK, OTHER, SOFT, SOURCES, WORLDWIDE, colour_of, ink_on, name_of
from model.results.shown import ShownAxes
from model.results.wide import REST, band_of, by_service, joined, mean_of

if TYPE_CHECKING:
    from model.results.run_result import RunResult

Floats = NDArray[np.float64]
SHOWN = 9  # services drawn one by one; the rest and "other" together
LEAST = 0.005  # part of all payers from which a service has its own line
YEAR = 12


class Plots:
    """Pictures of one result. One picture comes as its Axes, several together as a Figure; both have `savefig`."""

    def __init__(self, result: RunResult) -> None:
        self._result = result
        self._start_month = parse_month(result.card.start)

    def shares(self, market: str | None = None) -> ShownAxes:
        """Return shares of monthly users by service over time, stacked; of a market, or of all together."""
        users = self._wide("users", market)
        whole = users.to_numpy(np.float64)
        percent = pd.DataFrame(100.0 * whole / whole.sum(axis=1, keepdims=True), users.index, users.columns)
        _, (axes,) = canvas(
            size=(9.0, 5.2), title=f"Who listens where: {self._place(market)}", right=0.74, left=0.085,
            title_left=0.03, subtitle=f"Share of monthly users over services, {self._span()}",
        )  # fmt: skip
        self._stack(axes, percent)
        axes.set_ylim(0, 100)
        unit_axis(axes, suffix="%")
        axes.set_ylabel("% of monthly users")
        last = percent.iloc[-1]
        middles = (last.cumsum() - last / 2.0).tolist()
        names = [f"{name_of(str(who))}  {_share(value)}" for who, value in last.items()]
        names_beside(axes, middles, names, [_colour(who) for who in last.index])
        return axes

    def payers(self, market: str | None = None) -> Figure:
        """Return payers by service, and their share of its users, over time; of a market, or of all together."""
        each, users = (self._each(name, market, largest_by="payers") for name in ("payers", "users"))
        users = users.reindex(columns=each.columns, fill_value=0.0)
        most = mean_of(each)
        small = [str(who) for who in most if who != REST and most[who].max() < LEAST * most.sum(axis=1).max()]
        each, users = joined(each, small), joined(users, small)
        figure, (left, right) = canvas(
            1, 2, size=(12.0, 5.0), title=f"Who pays: {self._place(market)}", right=0.85, wspace=0.66, left=0.05,
            subtitle="People on paid accounts, family members counted; bundles are not payers; "
            f"{self._span()}{self._band}", top=0.8,
        )  # fmt: skip
        payers = mean_of(each)
        scale, suffix = _scale(float(payers.to_numpy().max(initial=0.0)))
        self._lines(left, payers, band_of(each), scale=scale, suffix=suffix)
        panel_title(left, "Payers (people)")
        share = 100.0 * payers / mean_of(users.where(users > 0.0))
        low, high = band_of(100.0 * each / users.where(users > 0.0))
        whole = [who for who in share if len(share.columns) > 1 and share[who].min() > 99.0]
        self._lines(right, share.drop(columns=whole), (low, high), scale=1.0, suffix="%")
        names = " and ".join(name_of(str(who)) for who in whole)
        panel_title(right, "Payers per 100 monthly users" + (f" (all of {names} pay)" if whole else ""))
        return figure

    def revenue(self) -> ShownAxes:
        """Return revenue of the services by source over the last twelve months, as bars."""
        rows, span = self._last_year(self._result.services)
        sums = rows.groupby("platform")[list(SOURCES)].sum() / len(self._result.provenance.run_ids)
        sums = _largest(sums, 14)
        return self._bars(sums, title="Who earns what: services", subtitle=f"Revenue by source, all markets, {span}")

    def label_income(self) -> ShownAxes:
        """Return what labels earned from each service over the last twelve months, as bars."""
        rows, span = self._last_year(self._result.labels)
        sums = rows.pivot_table(index="label", columns="platform", values="label_income", aggfunc="sum", observed=True)
        sums = sums.fillna(0.0) / len(self._result.provenance.run_ids)
        services = _of_own_colour(sums.sum().drop(index=REST, errors="ignore").sort_values(ascending=False).index)[
            :SHOWN
        ]
        rest = sums.drop(columns=services).sum(axis=1)
        return self._bars(
            _largest(sums[list(services)].assign(**{REST: rest}), 14), title="Who earns what: labels",
            subtitle=f"Royalties and guarantee top-ups by paying service, all markets, {span}",
        )  # fmt: skip

    def small_multiples(self) -> Figure:
        """Return users by service over time, one small stacked picture per market."""
        markets = self._result.card.markets
        columns = min(4, len(markets))
        rows = -(-len(markets) // columns)
        wide, high = max(7.0, 3.1 * columns + 0.4), 2.0 * rows + 2.0
        figure, axes = canvas(
            rows, columns, size=(wide, high), left=0.62 / wide, right=1.0 - 0.25 / wide,
            hspace=0.5, wspace=0.22, bottom=0.85 / high, top=1.0 - 1.1 / high,
            title="Monthly users by service and market",
            subtitle=f"Millions of users of each service (a person may use two services)\n{self._span()}",
        )  # fmt: skip
        names = load_start(self._result.card.start).markets
        seen: dict[str, None] = {}
        for spot, market in zip(axes, markets, strict=False):
            users = self._wide("users", market)
            self._stack(spot, users / 1e6, ticks=4)
            spot.set_ylim(0, float(users.sum(axis=1).max()) / 1e6 * 1.04 or 1.0)
            _name_local(spot, users / 1e6, title=names[market].name)
            unit_axis(spot)
            spot.locator_params(axis="y", nbins=4)
            spot.tick_params(labelsize=10)
            panel_title(spot, names[market].name, size=11.5)
            seen.update(dict.fromkeys(str(who) for who in users.columns))
        for spot in axes[len(markets) :]:
            spot.set_visible(False)
        self._legend(figure, [who for who in WORLDWIDE if who in seen], columns=int(wide / 1.5), size=10.5)
        return figure

    def hits(self) -> Figure:
        """Return songs' lives on the chart, weeks at number one and climbs to it, against the Hot 100."""
        from model.results.hits_plot import hits_figure

        return hits_figure(self._result)

    def tiktok(self) -> Figure:
        """Return TikTok's accounts, what ByteDance keeps, and prices of advertising over time, all markets together."""
        from model.results.tiktok_plot import tiktok_figure

        return tiktok_figure(self._result)

    def fans(self) -> Figure:
        """Return fans over the runs, 50% and 90% bands by month: leading services, ByteDance's, payers, labels."""
        from model.results.fan_plot import fans_figure

        return fans_figure(self._result)

    def fan(
        self, column: str, *, platform: str | None = None, label: str | None = None, market: str | None = None
    ) -> ShownAxes:  # fmt: skip
        """Return the fan of one column over the runs, of a service, a label or whole markets. Errors: InputError."""
        from model.results.fan_plot import one_fan

        return one_fan(self._result, column, platform=platform, label=label, market=market)

    def map(self, column: str = "streamers", *, platform: str | None = None) -> ShownAxes:
        """Return the world with a bubble per market: a column in the last month, mean over the runs.

        column: of the table `markets`, or of `services` where a platform is named. Bubbles have the colour of the
        service with most users, or of the platform. Errors: InputError.
        """
        from model.results.map_plot import map_axes

        return map_axes(self._result, column, platform=platform, span=self._span())

    def race(
        self, market: str, *, until: int | None = None, weeks: int = 26, replicate: int | None = None
    ) -> ShownAxes:  # fmt: skip
        """Return the race of songs: how the first ten of a week came to their places on the weekly chart.

        until: week of the run (default: its last). weeks: how many are shown. replicate: which (default: the first).
        Errors: InputError, also for a result that was loaded: only the run itself keeps every week.
        """
        from model.results.race_plot import race_axes

        number = min(int(one) for one in self._result.provenance.run_ids) if replicate is None else replicate
        return race_axes(
            self._result, market, until=until, weeks=weeks, replicate=number, place=self._place(market)
        )  # fmt: skip

    def _legend(self, figure: Figure, names: list[str], *, columns: int, size: float = 9.0) -> None:
        with mpl.rc_context(STYLE):
            handles = [Patch(color=_colour(name), label=name_of(name)) for name in names]
            figure.legend(handles=handles, loc="lower center", ncols=columns, fontsize=size, handlelength=1.1,
                          handleheight=0.9, columnspacing=1.4)  # fmt: skip

    def _stack(self, axes: Axes, wide: pd.DataFrame, *, ticks: int = 7) -> None:
        """Draw columns stacked over the months, thin white lines between them."""
        x = month_dates(wide.index.to_numpy(), start_month=self._start_month)
        colours = [_colour(who) for who in wide.columns]
        axes.stackplot(x, wide.to_numpy(np.float64).T, colors=colours, linewidth=0.6, edgecolor="white")
        date_axis(axes, x, ticks=ticks)

    def _lines(
        self, axes: Axes, wide: pd.DataFrame, band: tuple[pd.DataFrame, pd.DataFrame], *, scale: float, suffix: str
    ) -> None:
        """Draw columns as lines with their names and last values beside, and the replicates' spread as light bands."""
        x = month_dates(wide.index.to_numpy(), start_month=self._start_month)
        low, high = band
        for who in wide.columns:
            if len(self._result.provenance.run_ids) > 1:
                axes.fill_between(x, low[who], high[who], color=_colour(who), alpha=0.18, linewidth=0)
            axes.plot(x, wide[who].to_numpy(np.float64), color=_colour(who), lw=2.0, solid_capstyle="round")
        date_axis(axes, x, ticks=5)
        axes.set_ylim(0, float(np.nanmax(high[wide.columns].to_numpy(np.float64), initial=0.0)) * 1.06 or 1.0)
        unit_axis(axes, scale=scale, suffix=suffix)
        last = wide.ffill().iloc[-1] if len(wide) else pd.Series(dtype=float)
        names = [f"{name_of(str(who))}  {_figure(float(value) / scale)}{suffix}" for who, value in last.items()]
        names_beside(axes, last.fillna(0.0).tolist(), names, [_colour(who) for who in last.index])

    def _bars(self, sums: pd.DataFrame, *, title: str, subtitle: str) -> ShownAxes:
        """Return horizontal stacked bars, the largest on top, with totals at their ends. sums: USD."""
        size = (9.0, 0.34 * len(sums) + 2.1)
        figure, (axes,) = canvas(size=size, title=title, subtitle=subtitle, left=0.2, right=0.95, title_left=0.03,
                                 bottom=1.0 / size[1])  # fmt: skip
        scale, unit = _money_scale(float(sums.sum(axis=1).max()))
        places = np.arange(len(sums))[::-1]
        left = np.zeros(len(sums))
        for who in sums.columns:
            values = sums[who].to_numpy(np.float64)
            axes.barh(places, values, left=left, height=0.72, color=_colour(who), edgecolor="white", linewidth=0.3)
            left += values
        for place, total in zip(places.tolist(), left.tolist(), strict=True):
            axes.text(total, place, f" {_figure(total / scale)}", va="center", fontsize=9, color=SOFT)
        axes.set_yticks(places, [name_of(str(who)) for who in sums.index], color=INK, fontsize=9)
        axes.set_xlim(0, float(left.max()) * 1.1 if left.max() > 0 else 1.0)
        axes.set_xlabel(unit)
        axes.grid(False, axis="y")
        axes.grid(True, axis="x")
        unit_axis(axes, scale=scale, axis="x")
        self._legend(figure, [str(who) for who in sums.columns], columns=min(5, len(sums.columns)))
        return axes

    def _wide(self, column: str, market: str | None) -> pd.DataFrame:
        """Return month x service, means over replicates, the largest by users first."""
        return mean_of(self._each(column, market, largest_by="users"))

    def _each(self, column: str, market: str | None, *, largest_by: str) -> pd.DataFrame:
        """Return (replicate, month) x service of a market, or of all together."""
        rows = self._result.world() if market is None else self._result.services
        if market is not None:
            self._check(market)
            rows = rows[rows["market"] == market]
        return by_service(rows, column, largest_by=largest_by, shown=SHOWN)

    def _check(self, market: str) -> None:
        known = self._result.card.markets
        if market not in known:
            raise InputError(Fault("plot, market", "is a market of the run", market, nearest(market, known)))

    def _last_year(self, rows: pd.DataFrame) -> tuple[pd.DataFrame, str]:
        """Return the rows of the last twelve months, and these months in words."""
        last = int(rows["month"].max())
        year = rows[rows["month"] > max(0, last - YEAR)]
        return year, f"{year['date'].min()} to {year['date'].max()}"

    def _place(self, market: str | None) -> str:
        if market is not None:
            self._check(market)
            return load_start(self._result.card.start).markets[market].name
        count = len(self._result.card.markets)
        return f"{count} markets" if count > 1 else "1 market"

    def _span(self) -> str:
        card = self._result.card
        replicates = len(self._result.provenance.run_ids)
        runs = "replicates" if self._result.provenance.carried is None else "runs of an ensemble"
        mean = f", mean of {replicates} {runs}" if replicates > 1 else ""
        return f"scenario {card.name}, {count_of(card.months, 'month')} from {card.start}{mean}"

    @property
    def _band(self) -> str:
        return "; bands: lowest to highest" if len(self._result.provenance.run_ids) > 1 else ""


def _name_local(axes: Axes, wide: pd.DataFrame, *, title: str) -> None:
    """Write the names of services of one region into their bands; two without room there may stand above.

    Such a name stands in a box of its band's colour at the right of the title, with a line down to the band.
    """
    tops = wide.cumsum(axis=1)
    row = len(wide) // 2
    high = axes.get_ylim()[1]
    boxes: list[str] = []
    for who in (str(name) for name in wide.columns if name not in WORLDWIDE):
        height = float(wide[who].iloc[row])
        if height > 0.11 * high:
            axes.text(sum(axes.get_xlim()) / 2, float(tops[who].iloc[row]) - height / 2, name_of(who), ha="center",
                      va="center", fontsize=9, color=ink_on(_colour(who)))  # fmt: skip
        elif height > 0.01 * high and len("".join([title, who, *boxes])) + 4 * len(boxes) < 28 and len(boxes) < 2:
            middle = tops[who] - wide[who] / 2
            _name_above(axes, who, middle, shift=sum(6.3 * len(name) + 9.0 for name in boxes))
            boxes.append(name_of(who))


def _name_above(axes: Axes, who: str, middle: pd.Series[float], *, shift: float) -> None:
    """Write a name above the axes, `shift` points left of their right edge, with a line to the middle of its band."""
    left, right = axes.get_xlim()
    high, points = axes.get_ylim()[1], 72.0 * axes.get_window_extent().width / axes.figure.dpi
    part = 1.0 - (shift + 12.0) / points
    at = float(middle.iloc[round(part * (len(middle) - 1))])
    spot = left + part * (right - left)
    axes.plot([spot, spot], [at, high * 1.06], color=INK, lw=0.9, clip_on=False)
    axes.plot([spot], [at], color=INK, marker="o", ms=3)
    axes.set_ylim(0, high)
    colour = _colour(who)
    axes.annotate(
        name_of(who), (1.0, 1.0), (-shift, 6), xycoords="axes fraction", textcoords="offset points", ha="right",
        fontsize=9, color=ink_on(colour), bbox={"fc": colour, "ec": INK, "lw": 0.6, "pad": 1.8},
    )  # fmt: skip


def _colour(who: object) -> str:
    return OTHER if who == REST else colour_of(str(who))


def _of_own_colour(services: pd.Index[str]) -> list[str]:
    """Return the services, less those whose colour one before them has: a legend alone could not tell them apart."""
    first: dict[str, str] = {}
    for who in services:
        first.setdefault(_colour(who), str(who))
    return list(first.values())


def _largest(sums: pd.DataFrame, count: int) -> pd.DataFrame:
    order = sums.sum(axis=1).sort_values(ascending=False, kind="stable").index[:count]
    return sums.loc[order]


def _money_scale(largest: float) -> tuple[float, str]:
    """Return a divisor and its unit in words, one for a whole figure: USD, thousands or millions of them."""
    return (1e6, "USD million") if largest >= 2e6 else (1e3, "USD thousand") if largest >= 2e3 else (1.0, "USD")


def _scale(largest: float) -> tuple[float, str]:
    """Return a divisor and its sign: thousands, millions or billions."""
    steps = ((2e9, 1e9, "B"), (1e6, 1e6, "M"), (1e3, 1e3, "k"))
    return next(((scale, sign) for least, scale, sign in steps if largest >= least), (1.0, ""))


def _figure(value: float) -> str:
    if not np.isfinite(value):
        return "-"
    size = abs(value)
    if size < 0.005:
        return "0"
    return f"{value:,.0f}" if size >= 99.5 else f"{value:.1f}" if size >= 0.95 else f"{value:.2f}"


def _share(percent: float) -> str:
    return f"{percent:.0f}%" if percent >= 9.5 else f"{percent:.1f}%"
