"""The answer of a report: one or two sentences with numbers and ranges, then what stands beside them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from model.experiments.report.deals_part import pair_name, zone_told
from model.experiments.report.document import Bullets, Section, Words, code, link
from model.experiments.report.gaps import CLEAR, END, HORIZON, LEANING, SAME, SINGLE, Gap, Readings
from model.experiments.report.stakes import Room
from model.experiments.report.telling import Teller, heading, phrase, place_name
from model.results.palette import name_of
from model.results.talk_lines import talk_lines

FEW_MEMBERS = 20
"""Members below which the ends of a 90% band are the outermost one or two."""

QUIET = {"2022-10": "baseline", "2022-06": "june_2022"}
"""By start, the shipped world in which nobody acts."""
TALKS = 2
SMALL = 0.01
"""Part of the base below which a difference is called small."""


def answer_section(tell: Teller, *, misses: int, rooms: Sequence[Room] = ()) -> Section:
    """Return the answer. misses: patterns the model misses that bear on this question. rooms: of licences at stake."""
    told = _paired(tell) if tell.of.base is not None else _single(tell)
    return Section("Answer", (Words(" ".join(told), "answer"), Bullets(tuple(_beside(tell, misses, rooms)))))


def _paired(tell: Teller) -> Iterator[str]:
    by = tell.of.headline[0]
    over = tell.over_of(by)
    gap, what = tell.gap(by, over=over), phrase(tell.of.outcome(by))
    one, other = tell.of.arm.name, tell.of.base.name if tell.of.base else ""
    sure, time = gap.sureness(members=tell.of.members), _time(tell, over)
    spread = f"{tell.range_word} {tell.range(by, over=over)}"
    more, moved = _moves(gap, what)
    size = f"by {tell.size(by, over=over)} {time} ({tell.relative(by, over=over)}; {spread})"
    if sure == SAME:
        yield f"{one} and {other} do not differ in {what} at all: every run gives the same."
    elif sure == CLEAR:
        small = " Sure in direction, it is small in size." if abs(gap.relative) < SMALL else ""
        yield f"Against {other}, {one} {more} {moved} {size}.{small}"
    elif sure == LEANING:
        where, many = tell.agreeing(by, over=over)
        yield f"{one} probably {more} {moved}, {size}, but not surely: it lies {where} {other} in {many} members."
    elif sure == SINGLE:
        yield (f"In {_pairs(gap.runs)}, {one} {more} {moved} against {other} by {tell.size(by, over=over)} {time} "
               f"({tell.relative(by, over=over)}): too few to tell it from chance.")  # fmt: skip
    else:
        yield (f"No clear winner between {one} and {other}: in {what} they differ by {tell.difference(by, over=over)} "
               f"{time}, but the range ({spread}) holds 0.")  # fmt: skip
    first = f"{tell.of.focus[0]}.users" if tell.of.focus else ""
    if first in tell.of.readings.outcomes and first != by:
        yield _people(tell, first)


def _time(tell: Teller, over: str) -> str:
    return f"in {tell.of.arm.last}" if over == END else f"over {tell.of.arm.months}"


def _moves(gap: Gap, what: str) -> tuple[str, str]:
    """Return the verb and the thing moved: a loss in both worlds narrows or deepens."""
    if gap.base < 0.0 and gap.other < 0.0:
        loss = f"{what.removesuffix('income')}loss" if what.endswith("income") else f"the loss in {what}"
        return ("narrows" if gap.difference > 0.0 else "deepens"), loss
    return ("raises" if gap.difference > 0.0 else "lowers"), what


def _pairs(count: int) -> str:
    return "one pair of runs" if count == 1 else f"{count} pairs of runs"


def _people(tell: Teller, outcome: str) -> str:
    gap, who = tell.gap(outcome, over=END), name_of(tell.of.outcome(outcome).who)
    sure = gap.sureness(members=tell.of.members)
    if sure == SAME:
        return f"{who} ends {tell.of.arm.last} with the same monthly users in both."
    spread = "" if sure == SINGLE else f"; {tell.range_word} {tell.range(outcome, over=END)}"
    doubt = "" if sure in (CLEAR, SINGLE) else "; the direction is not sure"
    more = "more" if gap.difference > 0.0 else "fewer"
    return (f"{who} ends {tell.of.arm.last} with {tell.size(outcome, over=END)} {more} monthly users "
            f"({tell.relative(outcome, over=END)}{spread}{doubt}).")  # fmt: skip


def _single(tell: Teller) -> Iterator[str]:
    who = tell.of.focus[0]
    users, income = f"{who}.users", f"{who}.operating_income"
    level, opening = tell.of.readings.level(users), tell.of.readings.opening(users)
    money = tell.of.readings.level(income, over=HORIZON)
    several = level.runs > 1
    spread = f" ({tell.range_word} {tell.level_range(users)})" if several else ""
    ends = f" ({tell.level_range(income, over=HORIZON)})" if several else ""
    verb = "loses" if money.value < 0.0 else "earns"
    begins = f"from {tell.opening(users)} monthly users at the start " if opening.value else ""
    earned = tell.level(income, over=HORIZON, size=True)
    yield (f"In {tell.of.arm.name}, {name_of(who)} goes {begins}to {tell.level(users)} in {tell.of.arm.last}{spread}; "
           f"over {tell.of.arm.months} it {verb} {earned} in operations{ends}.")  # fmt: skip
    other = QUIET.get(tell.of.arm.plan.start, "")
    against = f", as with {code(f'--vs {other}')}" if other and other != tell.of.arm.name else ""
    yield f"This is where one world leads, not what its events cause: for that, hold it against another{against}."


def _beside(tell: Teller, misses: int, rooms: Sequence[Room]) -> Iterator[str]:
    """Yield what a reader must know beside the answer: who pays for it, where it comes from, how sure it is."""
    if tell.of.base is not None:
        yield from _sides(tell)
        yield from _where(tell)
    else:
        yield from _others(tell)
    yield from _deals(tell, rooms)
    yield _sure(tell)
    yield "It is not a forecast of any company's figures: " + (
        f"the model misses {misses} of the observed patterns that bear on this question "
        f"({link('patterns-hit-and-missed', 'which, and what each means here')})."
        if misses
        else f"see what the model is held against ({link('patterns-hit-and-missed', 'patterns')})."
    )


def _deals(tell: Teller, rooms: Sequence[Room]) -> Iterator[str]:
    """Yield how the first talks went, and whether licences at stake leave anything to agree on."""
    for line in talk_lines(tell.of.arm.result.talks, replicates=tell.of.readings.runs)[:TALKS]:
        yield f"{link('talks-in-the-runs', 'Talks')}: {' '.join(line.split())}."
    for room in rooms:
        yield (f"{link('deals', pair_name(room.stake))}: a payment that suits both sides exists in "
               f"{zone_told(tell, room)} draws.")  # fmt: skip


def _sides(tell: Teller) -> Iterator[str]:
    """Yield the service's own money, then the rival and the labels that it moves most, where that is sure."""
    own = f"{tell.of.focus[0]}.operating_income" if tell.of.focus else ""
    if own in tell.of.readings.outcomes and own != tell.of.headline[0]:
        yield f"{_moved(tell, own, HORIZON)} over the {tell.of.arm.plan.months} months."
    rivals = [f"{who}.users" for who in tell.of.services if who not in tell.of.focus and who != "other"]
    most = largest(tell.of.readings, rivals, over=END, members=tell.of.members)
    if most:
        who = name_of(tell.of.outcome(most).who)
        yield f"The rival whose users surely move most is {who}: {_size(tell, most, END)}."
    labels = "label_income"
    if labels in tell.of.readings.outcomes and tell.gap(labels).difference != 0.0:
        yield f"{_moved(tell, labels, HORIZON)} over the same months."
    for name in tell.of.headline:
        if name.endswith(".label_income"):
            yield f"{_moved(tell, name, HORIZON)} over the same months."


def _others(tell: Teller) -> Iterator[str]:
    """Yield levels of the other services and labels that the scenario turns on."""
    own = [
        *(f"{who}.users" for who in tell.of.focus[1:3]),
        *(n for n in tell.of.headline if n.endswith("label_income")),
    ]
    for name in own:
        outcome, flow = tell.of.outcome(name), name.endswith("label_income")
        over = HORIZON if flow else END
        when = f"over {tell.of.arm.months}" if flow else f"in {tell.of.arm.last}"
        spread = f" ({tell.level_range(name, over=over)})" if tell.of.readings.runs > 1 else ""
        yield f"{heading(outcome)} {when}: {tell.level(name, over=over)}{spread}."


def largest(readings: Readings, names: Sequence[str], *, over: str, members: bool) -> str:
    """Return the outcome that is surely moved most, "" where none is."""
    found = {name: readings.gap(name, over=over) for name in names if name in readings.outcomes}
    sure = {name: gap for name, gap in found.items() if gap.sureness(members=members) == CLEAR}
    return max(sure, key=lambda name: abs(sure[name].difference), default="")


def _moved(tell: Teller, outcome: str, over: str) -> str:
    return f"{heading(tell.of.outcome(outcome))}: {_size(tell, outcome, over)}"


def _size(tell: Teller, outcome: str, over: str) -> str:
    sure = tell.gap(outcome, over=over).sureness(members=tell.of.members)
    if sure == SAME:
        return "no difference"
    spread = "" if sure == SINGLE else f"; {tell.range(outcome, over=over)}"
    doubt = "; direction open" if sure not in (CLEAR, SINGLE, LEANING) else ""
    return f"{tell.difference(outcome, over=over)} ({tell.relative(outcome, over=over)}{spread}{doubt})"


def _where(tell: Teller) -> Iterator[str]:
    """Yield the market in which most of a sure difference arises, where one has more than half, of what adds up."""
    by = tell.of.headline[0]
    over = tell.over_of(by)
    gap = tell.gap(by, over=over)
    whole = gap.difference
    if gap.sureness(members=tell.of.members) not in (CLEAR, LEANING) or tell.of.outcome(by).measure.adds != "sum":
        return
    places = tell.of.readings.markets_with(by)
    if len(places) < 2 or not whole:
        return
    parts = {code: tell.gap(by, market=code, over=over).difference / whole for code in places}
    first = max(parts, key=lambda code: parts[code])
    if 0.5 < parts[first] <= 1.0:
        yield (f"Most of the difference in {phrase(tell.of.outcome(by))} arises in {place_name(first)}: "
               f"{tell.difference(by, market=first, over=over)}.")  # fmt: skip


def _sure(tell: Teller) -> str:
    runs = tell.of.readings.runs
    if tell.of.members:
        carried = tell.of.arm.result.provenance.carried
        name = carried.name if carried else ""
        few = (" With so few, the ends of a band are the outermost members: take more before leaning on them."
               if runs < FEW_MEMBERS else "")  # fmt: skip
        return f"Ranges hold 90% of {runs} members of the ensemble {name}: chance and uncertain parameters.{few}"
    if runs < 2:
        return "One run: there is no range at all. More come with " + code("--replicates 8") + "."
    return (f"Ranges are of {runs} runs and hold chance alone: parameters are taken as known, which they are not "
            f"({link('uncertainty', 'uncertainty')}). An ensemble ({code('--ensemble')}) carries that.")  # fmt: skip
