"""A sweep under an ensemble: by policy and setting of the levers, what the members say together, in tables and fans."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from model.experiments.comparing.figure import ACROSS, COLOURS
from model.experiments.comparing.outcomes import HORIZON, WORLD
from model.foundation.errors import Fault, InputError
from model.foundation.months import parse_month, show_month
from model.results.canvas import canvas, panel_title, unit_axis
from model.results.fan_plot import draw_fan, fan_legend, scale_of
from model.results.fans import QUANTILES
from model.theory.quantiles import quantiles

if TYPE_CHECKING:
    from model.experiments.sweep.result import SweepResult

BANDS, FANS, PICTURE = "bands.csv", "fans.csv", "fans.png"
"""Files that the command line writes beside a sweep."""
MOST = 4  # settings whose bands can be told apart in one picture


def settings_of(found: SweepResult) -> list[str]:
    """Return the columns of the points that the ensemble does not set. Errors: InputError without an ensemble."""
    told = found.provenance.get("ensemble")
    if told is None:
        way = "Sweep with ensemble=... (--ensemble)."
        raise InputError(Fault("sweep", "was made under an ensemble", "independent inputs", way))
    return [one.column for one in found.inputs if one.column not in told["parameters"]]


def bands_of(found: SweepResult, *, market: str = WORLD, over: str = HORIZON) -> pd.DataFrame:
    """Return policy x setting x outcome: quantiles over the points there, their number, and how often above the first.

    A setting is one combination of levers' values; in a sampled design most have one point, and the bands are of all
    points together under each policy. share_above: of points in which the outcome lies above that of the first policy
    at the same point. Means over replicates first.
    """
    wide = found.table(market=market, over=over, mean=True)
    levers = _shared(found)
    rows = []
    for name, outcome in found.outcomes_kept.items():
        by = wide.pivot(index="point", columns="policy", values=name)
        for key, own in wide.groupby(["policy", *levers], sort=False):
            values = own[name].to_numpy(np.float64)
            if not np.isfinite(values).any():
                continue
            gaps = (by.loc[own["point"], str(key[0])] - by.loc[own["point"], found.policies[0]]).dropna()
            above = float((gaps > 0.0).mean()) if len(gaps) and key[0] != found.policies[0] else np.nan
            cells = dict(zip(["policy", *levers], key, strict=True))
            band = dict(zip(QUANTILES, quantiles(values).tolist(), strict=True))
            rows.append({**cells, "outcome": name, "unit": outcome.unit(over), "points": len(own), **band,
                         "share_above": above})  # fmt: skip
    columns = ["policy", *levers, "outcome", "unit", "points", *QUANTILES, "share_above"]
    return pd.DataFrame(rows, columns=columns)


def fans_of(found: SweepResult, *, market: str = WORLD) -> pd.DataFrame:
    """Return policy x setting x outcome x month: quantiles over the points there, means over replicates first."""
    levers = _shared(found)
    rows = found.sql(
        f"SELECT point, policy, month, {', '.join(_mean(name) for name in found.outcomes_kept)} FROM series "
        f"WHERE market = '{market}' GROUP BY point, policy, month ORDER BY point, month"
    )
    rows = rows.merge(found.points[levers].reset_index(), on="point", how="left")
    first = parse_month(str(found.provenance["start"]))
    pieces = []
    for name, outcome in found.outcomes_kept.items():
        wide = rows.pivot(index=["policy", *levers, "month"], columns="point", values=name).dropna(how="all")
        if not len(wide):
            continue
        piece = wide.index.to_frame(index=False)
        piece[list(QUANTILES)] = quantiles(wide.to_numpy(np.float64))
        pieces.append(piece.assign(
            outcome=name, unit=outcome.measure.unit, points=wide.notna().sum(axis=1).to_numpy(),
            date=[show_month(first + int(month) - 1) for month in piece["month"]],
        ))  # fmt: skip
    columns = ["policy", *levers, "outcome", "unit", "month", "date", "points", *QUANTILES]
    return pd.concat(pieces, ignore_index=True)[columns] if pieces else pd.DataFrame(columns=columns)


def fans_figure(found: SweepResult) -> Figure:
    """Return a picture for each outcome: the fan of each policy and setting, `MOST` of them, all markets together."""
    table, levers = fans_of(found), _shared(found)
    shown = [found.outcomes_kept[name] for name in dict.fromkeys(table["outcome"])]
    if not shown:
        raise InputError(Fault("plot: fans", "some run is finished", found.done, "Wait, or go on with the sweep."))
    keys = list(table.groupby(["policy", *levers], sort=False).groups)
    drawn = keys[:MOST]
    across = min(ACROSS, len(shown))
    down = -(-len(shown) // across)
    wide, high = max(9.0, 4.3 * across + 0.6), 2.6 * down + 1.75
    told = found.provenance["ensemble"]
    more = f"; {len(keys) - len(drawn)} more: fans()" if len(keys) > len(drawn) else ""
    figure, axes = canvas(
        down, across, size=(wide, high), left=0.8 / wide, right=1.0 - 0.3 / wide, wspace=0.3, hspace=0.45,
        bottom=0.95 / high, top=1.0 - 1.15 / high, title=f"Sweep of {found.name} under the ensemble {told['name']}",
        subtitle=f"All markets together; by policy and setting of the levers, over {len(found.points):,} points{more}",
    )  # fmt: skip
    start = parse_month(str(found.provenance["start"]))
    for spot, outcome in zip(axes, shown, strict=False):
        ends = []
        for at, key in enumerate(drawn):
            own = _at(table[table["outcome"] == outcome.name], ["policy", *levers], key)
            if len(own):
                draw_fan(spot, own, colour=COLOURS[at % len(COLOURS)], start_month=start)
                ends.append(spot.get_ylim())
        if ends:
            spot.set_ylim(min(low for low, _ in ends), max(top for _, top in ends))
        scale, sign = scale_of(table[table["outcome"] == outcome.name])
        unit_axis(spot, scale=scale, suffix=sign)
        spot.set_ylabel(outcome.measure.unit, fontsize=8.5)
        panel_title(spot, outcome.label, size=9.5)
    for spot in axes[len(shown) :]:
        spot.set_visible(False)
    colours = [(COLOURS[at % len(COLOURS)], setting_words(levers, key)) for at, key in enumerate(drawn)]
    points = int(table["points"].max())
    fan_legend(figure, runs=points, colours=colours)
    return figure


def setting_words(levers: list[str], key: object) -> str:
    """Return a policy and a setting of the levers in words. key: (policy, value of each lever)."""
    policy, *values = key if isinstance(key, tuple) else (key,)
    parts = [f"{'.'.join(name.split('.')[1:])} {value:g}" if isinstance(value, float) else f"{name} {value}"
             for name, value in zip(levers, values, strict=True)]  # fmt: skip
    return ", ".join([str(policy), *parts])


def _at(table: pd.DataFrame, columns: list[str], key: object) -> pd.DataFrame:
    values = key if isinstance(key, tuple) else (key,)
    for column, value in zip(columns, values, strict=True):
        table = table[table[column] == value]
    return table


def _shared(found: SweepResult) -> list[str]:
    """Return the levers whose combinations several points share; none where the design samples them."""
    levers = settings_of(found)
    if not levers:
        return []
    many = found.points.groupby(levers, sort=False).size()
    return levers if len(many) < len(found.points) else []


def _mean(name: str) -> str:
    quoted = '"' + name.replace('"', '""') + '"'
    return f"avg({quoted}) AS {quoted}"
