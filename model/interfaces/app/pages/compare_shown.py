"""What the page Compare shows of an answer: the verdict in words, levels, differences, what differs, a table."""

from __future__ import annotations

from itertools import pairwise

import solara

from model.experiments.comparing import Comparison, Ranking
from model.experiments.comparing.outcomes import END, HORIZON, WORLD
from model.foundation.months import show_month
from model.interfaces.app.chart import Chart
from model.interfaces.app.charts.compare import (
    colours_of,
    gaps_by_market,
    gaps_over_time,
    levels_over_time,
    place_name,
    signed,
)
from model.interfaces.app.comparing import PAGE, Answer
from model.interfaces.app.joined import use_session
from model.interfaces.app.look import Box, Segments, Select, Table, Words
from model.interfaces.app.words import amount, market_name, month_name, written

TOLD = 8
"""Differences of a scenario that are named."""
NAMED = 4
"""Markets that are named up to so many; more are counted."""
NOTHING = 1e-9
"""Part of the base below which a difference is the noise of sums."""


@solara.component
def Shown(answer: Answer, old: bool) -> None:
    """Show an answer. old: whether what is asked now is something else."""
    session = use_session()
    found = answer.found
    values = session.state.page(PAGE)
    outcome = str(values.get("outcome", ""))
    outcome = outcome if outcome in found.outcomes else found.by.name
    over = END if values.get("over") == END else HORIZON
    places = [str(place) for place in dict.fromkeys(found.table(outcome=outcome, over=over)["market"])]
    ordered = [place for place in (WORLD, *found.plans[0].markets) if place in places]
    market = str(values.get("market", WORLD))
    market = market if market in ordered else ordered[0]
    of = " against ".join(reversed([*found.names[:1], ", ".join(found.names[1:])]))
    with Box(kind="main"):
        with Box():
            _Verdict(answer, old=old)
        with Box(kind="row"):
            Select(label="Shown", choices=[(name, one.label) for name, one in found.outcomes.items()], value=outcome,
                   event_chosen=lambda one: session.ask(PAGE, outcome=one))  # fmt: skip
            Select(label="Where", choices=[(place, place_name(place)) for place in ordered], value=market,
                   event_chosen=lambda one: session.ask(PAGE, market=one))  # fmt: skip
            Segments(label="By market and in the table", value=over,
                     choices=[(HORIZON, "Whole horizon"), (END, "Last month")],
                     event_chosen=lambda one: session.ask(PAGE, over=one))  # fmt: skip
        with Box(kind="grid"):
            with Box():
                Chart(levels_over_time(found, outcome, market=market), of=of)
            with Box():
                Chart(gaps_over_time(found, outcome, market=market), of=of)
        with Box():
            Chart(gaps_by_market(found, outcome, over=over), of=of)
        with Box():
            _All(found, market=market, over=over)
        with Box():
            _Scenarios(answer)


def _Verdict(answer: Answer, *, old: bool) -> None:
    found = answer.found
    head, rest = verdict(found.ranking())
    with Box(kind="stack"):
        if old:
            Words("What is set at the left has changed since: press Compare to see its answer.", kind="note")
        Words(head, kind="title")
        for sentence in rest:
            Words(sentence, kind="plain")
        Words(circumstances(answer), kind="small")


def verdict(ranking: Ranking) -> tuple[str, list[str]]:
    """Return the answer in a sentence, and sentences on each step of the order."""
    what = f"“{ranking.outcome.label}”"
    over = f"{ranking.outcome.over}, all compared markets"
    first, second = ranking.order[0], ranking.order[1]
    if ranking.winner is not None:
        tail = "" if ranking.settled or len(ranking.order) < 3 else "; the order below it is open"
        head = f"{first} is highest in {what}{tail}."
    elif ranking.settled and bool(_pair(ranking, first, second)["equal"]):
        head = f"{first} and {second} are exactly equal in {what}."
    else:
        head = f"No clear winner in {what}."
    return head, [f"{_step(ranking, one, other)} ({over})." if at == 0 else f"{_step(ranking, one, other)}."
                  for at, (one, other) in enumerate(pairwise(ranking.order))]  # fmt: skip


def _step(ranking: Ranking, one: str, other: str) -> str:
    row = _pair(ranking, one, other)
    if row["equal"]:
        return f"{one} and {other} are the same in every replicate"
    unit = ranking.outcome.unit(HORIZON)
    gap, low, high = (float(str(row[key])) for key in ("difference", "low", "high"))
    open_ = "" if row["settled"] else "; this order is not settled"
    return f"{one} is {amount(gap)} {unit} above {other}, 90% interval {signed(low)} to {signed(high)}{open_}"


def _pair(ranking: Ranking, one: str, other: str) -> dict[str, object]:
    pairs = ranking.pairs
    row = pairs[pairs["larger"].eq(one) & pairs["smaller"].eq(other)].iloc[0]
    return {str(key): value for key, value in row.items()}


def circumstances(answer: Answer) -> str:
    """Return how it was found, in sentences."""
    found = answer.found
    plan, ranking = found.plans[0], found.ranking()
    last = show_month(plan.start_month + plan.months - 1)
    few = len(plan.markets) <= NAMED
    where = f"in {', '.join(map(market_name, plan.markets))}" if few else f"in {len(plan.markets)} markets"
    told = [
        f"{found.replicates} replicates of each, {plan.users:,} users a market, {where}, {month_name(plan.start)} to "
        f"{month_name(last)}",
        f"the same luck in every scenario; the chance that any order called settled is wrong is at most "
        f"{ranking.error:.0%}",
    ]  # fmt: skip
    if answer.stopped:
        told.insert(0, "stopped before its end: what was finished is shown")
    told += [note for note in found.notes if not note.startswith("outcomes were chosen")]
    return " ".join(f"{one[:1].upper()}{one[1:].rstrip('.')}." for one in told)


def _All(found: Comparison, *, market: str, over: str) -> None:
    """Place the table of all outcomes in one place."""
    table = found.table(over=over)
    table = table[table["market"] == market]
    rows, dots = [], []
    colours = colours_of(found.names)
    for name, one in found.outcomes.items():
        for row in table[table["outcome"] == name].to_dict("records"):
            rows.append([f"{one.label}, {one.unit(over)}", *_cells({str(key): value for key, value in row.items()})])
            dots.append(colours[str(row["scenario"])])
    with Box(kind="stack"):
        when = "in the last month" if over == END else "sums of money and mean levels over the whole horizon"
        Words(f"All outcomes, {place_name(market)}, {when}", kind="heading")
        Table(caption=f"All outcomes, {place_name(market)}, {when}", rows=rows, colours=dots,
              columns=["Outcome", "Scenario", found.names[0], "Difference", f"{found.level:.0%} interval", "Relative"],
              numeric=[False] * 2 + [True] * 4)  # fmt: skip


def _cells(row: dict[str, object]) -> list[str]:
    before, gap, low, high, part = (
        float(str(row[key])) for key in ("base_mean", "difference", "low", "high", "relative")
    )
    known = [abs(number) for number in (gap, low, high) if number == number]
    if known and max(known) < NOTHING * abs(before):
        gap, low, high, part = 0.0, 0.0, 0.0, 0.0
    spread = f"{signed(low)} to {signed(high)}" if low == low else "–"
    relative = "–" if part != part else "0" if part == 0.0 else written(part, "+.1%")
    return [str(row["scenario"]), amount(before), signed(gap), spread, relative]


def _Scenarios(answer: Answer) -> None:
    """Place what each scenario is and in what it differs from the first."""
    found = answer.found
    first = found.names[0]
    with Box(kind="stack"):
        Words("What the scenarios do differently", kind="heading")
        Words(f"{first}: {answer.lines[first]}", kind="plain")
        for name in found.names[1:]:
            Words(f"{name}: {answer.lines[name]}", kind="plain")
            Words(differing_words(answer, name), kind="small")


def differing_words(answer: Answer, name: str) -> str:
    """Return in what a scenario differs from the first, in a sentence."""
    first, differing = answer.found.names[0], answer.differing[name]
    if not differing:
        return f"It does nothing differently from {first} in the markets and months compared."
    parameters = [one.removeprefix("parameter ").replace("_", " ") for one in differing if one.startswith("parameter ")]
    told = [one for one in differing if not one.startswith("parameter ")]
    listed = [*told[:TOLD], *([f"{len(told) - TOLD} more"] if len(told) > TOLD else [])]
    if parameters:
        more = f" and {len(parameters) - TOLD} more" if len(parameters) > TOLD else ""
        listed.append(f"parameters ({', '.join(parameters[:TOLD])}{more})")
    return f"Other than in {first}: {', '.join(listed)}."
