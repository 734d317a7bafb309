"""What is known of songs and charts: the fitted parameters, and the Hot 100 of an era as points of distributions."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from model.facts.reader import Cells, read_table
from model.foundation.errors import Fault, InputError, nearest, raise_faults

FITS = {
    "2019-2022": "parameter",
    "2019-2022, any lift": "parameter_any_lift",
    "2012-2017": "parameter_2012_2017",
}
"""Fits and the kind of their rows; a fit changes what it names of the first one."""
NAMES = MappingProxyType({
    "contenders": "song_contenders", "alpha": "song_quality_tail", "burst_median": "song_burst",
    "burst_sd": "song_burst_sd", "tau_b": "song_burst_weeks", "tau_ramp": "song_rise_weeks",
    "tau_life": "song_life_weeks", "tau_life_sd": "song_life_sd", "noise_sd": "song_noise", "ramp_sd": "song_rise_sd",
    "r_median": "song_spread", "r_sd": "song_spread_sd", "seed": "song_seed", "k_uses": "song_novelty",
    "lift_head": "song_lift_head", "u_head": "song_lift_head_uses", "burst_q_power": "song_burst_quality",
    "life_q_corr": "song_life_quality", "seed_q_power": "song_seed_quality", "r_q_corr": "song_spread_quality",
    "lift_median": "song_lift_median", "u_low": "song_lift_median_uses", "stock_half_life_weeks": "song_lift_memory",
    "recurrent_weeks_1": "chart_first_rule_weeks", "recurrent_weeks_2": "chart_second_rule_weeks",
})  # fmt: skip
"""Names of the table and of the declared parameters."""


@dataclass(frozen=True, slots=True)
class ChartEra:
    """The Hot 100 in some years.

    life, at_one: points (weeks, share of songs with at most so many) of weeks on the chart and of weeks at number one
    of those that got there. The rest: songs a year that enter and that reach number one; means in weeks; shares of
    songs, of climbs among those that reached number one (weeks from entry to number one).
    """

    era: str
    life: dict[int, float]
    at_one: dict[int, float]
    entries_per_year: float
    ones_per_year: float
    life_mean: float
    at_one_mean: float
    at_one_most: float
    climb_mean: float
    climb_most: float
    debuts_at_one: float


@cache
def song_values(fit: str = "2019-2022") -> dict[str, float]:
    """Return values of declared parameters by a fit; InputError for a fit that is not in `FITS`."""
    if fit not in FITS:
        raise InputError(Fault("fit of the songs", f"is one of {', '.join(FITS)}", fit, nearest(fit, list(FITS))))
    values: dict[str, float] = {}
    faults: list[Fault] = []
    for kind in dict.fromkeys(("parameter", FITS[fit])):
        for line, row in enumerate(read_table("start_songs"), start=2):
            if row["kind"] == kind:
                cells = Cells(row, place=f"start_songs row {line}", faults=faults)
                if row["parameter"] in NAMES:
                    values[NAMES[row["parameter"]]] = cells.number("value", low=-math.inf)
                else:
                    cells.fault("parameter", f"is known. {nearest(row['parameter'], list(NAMES))}", row["parameter"])
    raise_faults(faults)
    return values


@cache
def chart_era(era: str = "2019-2022") -> ChartEra:
    """Return the Hot 100 of an era of the table; InputError for any other."""
    rows = {row["era"]: row for row in read_table("derived_hot100_eras")}
    if era not in rows:
        raise InputError(Fault("era of the Hot 100", f"is one of {', '.join(rows)}", era, nearest(era, list(rows))))
    faults: list[Fault] = []
    cells = Cells(rows[era], place=f"derived_hot100_eras {era}", faults=faults)
    found = ChartEra(
        era=era, life=_life(cells), at_one=_at_one(cells),
        entries_per_year=cells.number("entries_per_year"), ones_per_year=cells.number("no1_per_year"),
        life_mean=cells.number("life_mean"), at_one_mean=cells.number("w1_mean"),
        at_one_most=cells.number("w1_max"), climb_mean=cells.number("climb_mean"),
        climb_most=cells.number("climb_max"), debuts_at_one=cells.number("share_debut_at_1"),
    )  # fmt: skip
    raise_faults(faults)
    return found


def chart_eras() -> tuple[str, ...]:
    """Return the eras of the Hot 100 that are known."""
    return tuple(row["era"] for row in read_table("derived_hot100_eras"))


def _life(cells: Cells) -> dict[int, float]:
    """Return shares of songs with at most so many weeks: exact ones first, quartiles where nothing exact is known."""
    points = {
        1: cells.number("share_1wk"),
        19: 1.0 - cells.number("share_ge20wk"),
        51: 1.0 - cells.number("share_ge52wk"),
    }
    for share, column in ((0.25, "life_p25"), (0.5, "life_median"), (0.75, "life_p75"), (0.9, "life_p90")):
        weeks = int(cells.number(column))
        if weeks > 1:
            points.setdefault(weeks, share)
    points[int(cells.number("life_max"))] = 1.0
    return points


def _at_one(cells: Cells) -> dict[int, float]:
    """Return shares of number ones with at most so many weeks there."""
    points = {
        1: cells.number("w1_share1"),
        4: 1.0 - cells.number("w1_share_ge5"),
        9: 1.0 - cells.number("w1_share_ge10"),
        int(cells.number("w1_max")): 1.0,
    }
    songs = int(cells.number("n_no1"))
    for share, column in ((0.5, "w1_median"), (0.75, "w1_p75")):
        weeks, below = _below_quantile(cells.number(column), share, songs)
        if weeks > 1:
            points.setdefault(weeks, below)
    return points


def _below_quantile(value: float, share: float, songs: int) -> tuple[int, float]:
    """Return what a quantile of whole numbers tells: (weeks, share of songs with at most so many).

    A quantile between two songs' weeks (linear interpolation, rank share * (songs - 1) from 0) splits the songs there.
    If it is whole, the songs below that rank may have as many weeks, so at most so many have fewer.
    """
    rank = math.floor(share * (songs - 1))
    whole = value == int(value)
    return (int(value) - 1, rank / songs) if whole else (int(value), (rank + 1) / songs)
