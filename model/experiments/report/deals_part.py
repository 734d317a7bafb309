"""Deals in a report: what licences at stake are worth to both sides, how talks in the runs end, what runs out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from model.experiments.report.amounts import amount, percent, span
from model.experiments.report.charts import zone_chart
from model.experiments.report.document import Block, Bullets, Grid, Picture, Section, Words, code
from model.experiments.report.numbers import DERIVED, Origin
from model.experiments.report.stakes import RUNS_ON, Ending, Room, Stake
from model.experiments.report.telling import Teller
from model.results.palette import name_of
from model.results.talk_lines import talk_lines
from model.spec.fields import TIKTOK

MOST_ENDINGS = 14
LINES = {
    "least": "the least {label} accepts: what it loses elsewhere, now and by the precedent of a cut",
    "most": "the most {service} pays: what its profit falls by without the licence, less what others' clauses take",
    "present": "what present terms pay",
    "nash": "the split by bargaining weight, where there is a zone",
}


def deals_section(
    tell: Teller, *, stakes: Sequence[Stake], rooms: Sequence[Room], left: Sequence[str], endings: Sequence[Ending]
) -> Section:
    """Return the licences of the scenario: rooms of those at stake, talks, and written ends."""
    parts = [_room_part(tell, room) for room in rooms]
    talks = talk_lines(tell.of.arm.result.talks, replicates=tell.of.readings.runs)
    if talks:
        parts.append(Section("Talks in the runs", tuple(_talks(tell, talks))))
    if endings:
        parts.append(Section("Licences that end in these months", tuple(_endings(tell, endings))))
    blocks: list[Block] = []
    if not stakes and not talks:
        blocks.append(Words("No licence is at stake: no event of this scenario takes music away or brings it back, and "
                            "nobody talks about licences."))  # fmt: skip
    elif stakes and not rooms:
        blocks += [Words("Events turn on these licences; their value to both sides was not worked out here:"),
                   Bullets(tuple(stake.words for stake in stakes)),
                   Words(f"{code('resonance deal')} does that, or {code('--deal-draws 6')} here.")]  # fmt: skip
    if left:
        blocks.append(Bullets(tuple(left)))
    return Section("Deals", tuple(blocks), tuple(parts))


def pair_name(stake: Stake) -> str:
    """Return who a licence is between: "Sony and Resso"."""
    return f"{name_of(stake.label)} and {'clips on TikTok' if stake.kind == 'clips' else name_of(stake.platform)}"


def told_of(tell: Teller, one: Room, text: str, *, key: str, ends: tuple[float, float, float], unit: str) -> str:
    """Return words for a number of a room, linked. ends: the value, and its range."""
    stake, request = one.stake, one.room.futures.request
    value, low, high = ends
    return tell.of.numbers.told(text, Origin(
        outcome=f"deal.{stake.platform}.{stake.label}.{stake.kind}.{key}", what=f"{pair_name(stake)}: {key}",
        kind=DERIVED, scenario=request.plan.name, base="", market="+".join(stake.markets), over="term",
        date=f"{request.months} months from {stake.month}", unit=unit, value=value, low=low, high=high,
        band=f"90% of {request.draws} draws", runs=request.draws,
    ))  # fmt: skip


def zone_told(tell: Teller, one: Room) -> str:
    """Return in how many draws a payment suits both sides, linked: "3 of 4"."""
    draws = one.room.futures.request.draws
    ends = (one.share, one.share_low, one.share_high)
    return told_of(tell, one, f"{round(one.share * draws)} of {draws}", key="zone", ends=ends, unit="share")


def _room_part(tell: Teller, one: Room) -> Section:
    stake, request = one.stake, one.room.futures.request
    label, service = name_of(stake.label), "TikTok" if stake.platform == TIKTOK else name_of(stake.platform)
    where = ", ".join(stake.markets) if len(stake.markets) <= 6 else f"{len(stake.markets)} markets"
    draws, share = request.draws, zone_told(tell, one)
    sure = f"90% interval of the chance {percent(one.share_low)} to {percent(one.share_high)}"
    rows = []
    for key, row in one.room.summary().iterrows():
        value, low, high = (float(row[column]) for column in ("mean", "low", "high"))
        if value != value:
            continue
        words = LINES[str(key)].format(label=label, service=service)
        ends, unit = (value, low, high), "USD per month"
        mean = told_of(tell, one, amount(value, unit), key=str(key), ends=ends, unit=unit)
        rows.append((words, mean, told_of(tell, one, span(low, high, unit), key=str(key), ends=ends, unit=unit)))
    grid = Grid("Payment from the service to the label, mean over the term", ("what", "mean", f"90% of {draws} draws"),
                tuple(rows), numbers=("mean", f"90% of {draws} draws"))  # fmt: skip
    walk = one.room.walk_aways()
    chart = Picture(
        f"zone_{stake.platform}_{stake.label}",
        zone_chart(walk, title=f"{pair_name(stake)}: is there a zone?", label=label, service=service),
        f"Bar chart of {draws} draws: least that {label} accepts, mean {walk['least'].mean():,.3g}, and most that "
        f"{service} pays, mean {walk['most'].mean():,.3g} USD a month; a zone in {one.share:.0%} of draws.",
        f"Solid bars: both sides gain by a payment in between. Dotted: no payment suits both. {where}, "
        f"{request.months} months from {stake.month}.",
    )  # fmt: skip
    blocks = (
        Words(f"{stake.words}. A payment that suits both sides exists in {share} draws ({sure}). "
              f"{_meaning(one, label)}"),
        chart, grid,
        Words("Draws vary random numbers, a few uncertain parameters and what each side believes promotion to do. How "
              "talks would go is not settled by this: it says only what each side could live with.", "note"),
    )  # fmt: skip
    return Section(pair_name(stake), blocks)


def _meaning(one: Room, label: str) -> str:
    walk = one.room.walk_aways()
    present = float(walk["present"].mean())
    if one.share == 0.0:
        return "Walking away is what both sides' accounts advise, whatever the terms."
    if not present > 0.0:
        return "There are no present terms to go on with."
    suits = float(np.mean((walk["least"] <= walk["present"]) & (walk["present"] <= walk["most"])))
    if suits > 0.5:
        return f"Going on with present terms suits both sides in {percent(suits)} of draws."
    low = float(np.mean(walk["present"] < walk["least"]))
    side = f"{label} would want more" if low > 0.5 else "the service would want to pay less"
    return f"Present terms suit both sides in only {percent(suits)} of draws: mostly {side}."


def _talks(tell: Teller, lines: Sequence[str]) -> Iterator[Block]:
    runs = tell.of.readings.runs
    yield Words(f"How the talks that the scenario plans went in {'one run' if runs == 1 else f'{runs} runs'}:")
    yield Bullets(tuple(" ".join(line.split()) for line in lines))
    yield Words("Shares hang on a few assumptions (the sides' beliefs about promotion, precedent, what a user is worth "
                "to ByteDance): take from them which way talks lean, not how often they end so.", "note")  # fmt: skip


def _endings(tell: Teller, endings: Sequence[Ending]) -> Iterator[Block]:
    silent = sum(one.then == RUNS_ON for one in endings)
    if silent:
        yield Words("Where nobody talks, a licence that ends runs on under its old terms: the report then holds no "
                    "walk-out and no dearer renewal.")  # fmt: skip
    rows = tuple(
        (f"{'TikTok' if one.platform == TIKTOK else name_of(one.platform)} and {name_of(one.label)}"
         + (" (clips)" if one.kind == "clips" else ""), ", ".join(one.markets), one.expires, one.then)
        for one in endings[:MOST_ENDINGS]
    )  # fmt: skip
    more = len(endings) - len(rows)
    left = f" ({more} more later)" if more else ""
    yield Grid(f"Written ends in {tell.of.arm.months}{left}", ("licence", "markets", "last month", "then"), rows)
