"""Talks of a result in words: a line for each talk of one run, or for each licence over several replicates."""

from __future__ import annotations

from collections.abc import Hashable

import pandas as pd

from model.results.talk_table import AWAY, DEALS, STAYS

SHOWN = 20
PAIR = ["platform", "label", "licence_kind", "markets"]


def talk_lines(talks: pd.DataFrame, *, replicates: int) -> list[str]:
    """Return what became of the talks, `SHOWN` lines at most and a last one that says how many more there are.

    talks: the table of that name.
    """
    if talks.empty:
        return []
    if replicates == 1:
        lines = [_line(row) for row in talks.to_dict("records")]
    else:
        numbers = talks.groupby([*PAIR, "replicate"], sort=False).cumcount()
        groups = talks.groupby([*(talks[name] for name in PAIR), numbers], sort=False)
        lines = [_over_replicates(rows, number=int(str(key[-1]))) for key, rows in groups]
    rest = len(lines) - SHOWN
    more = [f"{rest} more: table talks."] if rest > 0 else []
    return [*lines[:SHOWN], *more]


def pair_words(platform: str, label: str, licence_kind: str, markets: str) -> str:
    """Return who talks about which licence where: "resso and sony (IN, ID, BR)"."""
    codes = markets.split(",")
    where = ", ".join(codes) if len(codes) <= 4 else f"{len(codes)} markets"
    return f"{platform} and {label} ({where}{', clips' if licence_kind == 'clips' else ''})"


def _line(row: dict[Hashable, object]) -> str:
    who = pair_words(*(str(row[name]) for name in PAIR))
    course, paid = str(row["course"]), f"at {_millions(row['payment_usd'])} USD a month"
    before = f" (old terms: {_millions(row['present_usd'])})" if row["ends"] else ""
    gone = f"walk-out in {row['walked']} ({row['pressed']}; {row['cause']})" if row["walked"] else ""
    if course in DEALS and gone:
        return f"{who}: {gone}, back {row['ended']} {paid}{before}"
    if course in DEALS:
        return f"{who}: {course}, {row['ended']}, {paid}{before}"
    if gone:
        ending = {STAYS: f"given up in {row['ended']}", AWAY: "still away at the end"}.get(course, course)
        return f"{who}: {gone}, {ending}"
    return f"{who}: {course}{' in ' + str(row['ended']) if row['ended'] else ''}"


def _over_replicates(rows: pd.DataFrame, *, number: int) -> str:
    first = rows.iloc[0]
    who = pair_words(*(str(first[name]) for name in PAIR))
    counts = rows["course"].value_counts(sort=True)
    told = ", ".join(f"{course} {count}" for course, count in counts.items())
    left = int((rows["walked"] != "").sum())
    exits = f"; walk-outs {left} of {len(rows)}" if left else ""
    ratio = (rows["payment_usd"] / rows["present_usd"]).median()
    pays = f"; pays {ratio:.2f} of old terms (median)" if ratio == ratio else ""
    return f"{who}{f', talks {number + 1}' if number else ''}: {told}{exits}{pays}"


def _millions(value: object) -> str:
    millions = float(str(value)) / 1e6
    if abs(millions) < 0.0995:
        return f"{1e3 * millions:.1f} k"
    return f"{millions:,.1f} m" if abs(millions) >= 9.95 else f"{millions:.2f} m"
