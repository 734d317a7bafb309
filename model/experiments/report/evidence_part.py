"""The evidence of a report: what is played, charts by month, differences in all markets and in each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd

from model.experiments.comparing.outcomes import Outcome
from model.experiments.report.charts import difference_chart, dots_chart, levels_chart, months_of
from model.experiments.report.document import Block, Bullets, Gallery, Grid, Picture, Section, Words, plain
from model.experiments.report.gaps import CLEAR, END, LEANING, SAME, SINGLE
from model.experiments.report.telling import Teller, chart_title, heading, phrase, place_name
from model.spec.explain import changes

CHARTED = 3
MOST_MARKETS = 20
MOST_CHANGES = 12
OPEN_SIGN = "open"


def evidence_section(tell: Teller) -> Section:
    """Return charts and tables of what the answer rests on."""
    parts = [_played(tell), Section("Month by month", tuple(_charts(tell))), _all_markets(tell)]
    if tell.of.base is not None and len(tell.of.arm.plan.markets) > 1:
        parts.append(_by_market(tell))
    lead = f"Told are {tell.of.why.removeprefix('outcomes were chosen ')}." if tell.of.why else ""
    lead = lead.replace("Told are by", "Outcomes were chosen by").replace("Told are as", "Outcomes were chosen as")
    return Section("Evidence", (Words(lead),) if lead else (), tuple(parts))


def _played(tell: Teller) -> Section:
    arm, base = tell.of.arm, tell.of.base
    own, others = (changes(one.plan) if one else [] for one in (arm, base))
    about = [f"{arm.name}: {plain(arm.result.card.about)}"]
    about += [f"{base.name}, held against: {plain(base.result.card.about)}"] if base else []
    blocks: list[Block] = [Bullets(tuple(about))]
    blocks += _changes(
        f"What {arm.name} does that {base.name} does not" if base else f"What is set and happens in {arm.name}",
        [line for line in own if line not in others],
    )
    if base:
        head = f"What {base.name} does that {arm.name} does not"
        blocks += _changes(head, [line for line in others if line not in own])
    return Section("What is played", tuple(blocks))


def _changes(head: str, lines: Sequence[str]) -> list[Block]:
    """Return levers, parameters, rules and events as a list under its head, nothing where there are none."""
    if not lines:
        return []
    more = [f"and {len(lines) - MOST_CHANGES} more"] if len(lines) > MOST_CHANGES else []
    return [Words(f"{head}:"), Bullets((*(plain(line.removesuffix(".")) for line in lines[:MOST_CHANGES]), *more))]


def _charts(tell: Teller) -> Iterator[Block]:
    pictures: list[Picture] = []
    for name in _charted(tell):
        outcome = tell.of.outcome(name)
        tables = [months_of(arm, outcome) for arm in tell.of.arms]
        if any(table.empty for table in tables) or all(_is_nothing(table) for table in tables):
            continue  # a line along 0 in every run tells nothing that the tables do not
        unit = f"{outcome.measure.unit}, all markets"
        gaps = tables[0] - tables[-1]
        alike = " The two do not differ in any month of any run." if len(tables) == 2 and _is_nothing(gaps) else ""
        pictures.append(Picture(
            f"levels_{name.replace('.', '_')}",
            levels_chart(tell.of.arms, tables, title=chart_title(outcome), unit=unit, members=tell.of.members),
            _levels_alt(tell, name, tables), f"{heading(outcome)} by month, {unit}. {_bands(tell)}{alike}",
        ))  # fmt: skip
        if len(tables) == 2 and not alike:
            title = f"Difference in {phrase(outcome)}"
            short = f"{chart_title(outcome)}, difference"
            pictures.append(Picture(
                f"difference_{name.replace('.', '_')}",
                difference_chart(tell.of.arm, gaps, title=short, unit=unit, members=tell.of.members),
                _difference_alt(tell, name, gaps),
                f"{title}: {tell.of.arms[0].name} less {tell.of.arms[1].name}, {unit}. Thin lines: single runs.",
            ))  # fmt: skip
    yield Gallery(tuple(pictures)) if pictures else Words("Nothing that the answer is about is other than 0.")


def _is_nothing(table: pd.DataFrame) -> bool:
    return not np.nan_to_num(table.to_numpy(np.float64)).any()


def _charted(tell: Teller) -> list[str]:
    first = [name for name in tell.of.headline if name in tell.of.readings.outcomes]
    return first[:CHARTED]


def _bands(tell: Teller) -> str:
    if tell.of.members:
        return f"Line: median; shade: 90% of {tell.of.readings.runs} members."
    return "" if tell.of.readings.runs < 2 else f"Shade: 90% interval of the mean of {tell.of.readings.runs} runs."


def _levels_alt(tell: Teller, name: str, tables: list[pd.DataFrame]) -> str:
    words = []
    for arm, table in zip(tell.of.arms, tables, strict=True):
        mean = table.mean(axis=1)
        words.append(f"{arm.name} goes from {mean.iloc[0]:,.4g} to {mean.iloc[-1]:,.4g}")
    unit = tell.of.outcome(name).measure.unit
    return f"Line chart of {phrase(tell.of.outcome(name))}, {unit}: {'; '.join(words)}."


def _difference_alt(tell: Teller, name: str, gaps: pd.DataFrame) -> str:
    mean = gaps.mean(axis=1)
    return (f"Line chart of the difference in {phrase(tell.of.outcome(name))}: from {mean.iloc[0]:,.3g} to "
            f"{mean.iloc[-1]:,.3g} {tell.of.outcome(name).measure.unit}, between {gaps.to_numpy().min():,.3g} and "
            f"{gaps.to_numpy().max():,.3g} over all runs and months.")  # fmt: skip


def _all_markets(tell: Teller) -> Section:
    names = [name for name in tell.of.headline if name in tell.of.readings.outcomes]
    if tell.of.base is None:
        return Section("In numbers", (_levels_grid(tell, names),))
    rows = []
    for name in names:
        over = tell.over_of(name)
        gap = tell.gap(name, over=over)
        if gap.difference != gap.difference:  # it has no total over markets
            continue
        rows.append((
            f"{heading(tell.of.outcome(name))}, {when(tell, name)}", tell.difference(name, over=over),
            tell.range(name, over=over), tell.relative(name, over=over), verdict(tell, name, over=over),
            tell.level(name, arm=1, over=over), tell.level(name, over=over),
        ))  # fmt: skip
    one, base = tell.of.arm.name, tell.of.base.name
    columns = ("what", "difference", tell.range_word, "in %", "direction", base, one)
    grid = Grid(f"{one} less {base}, all markets", columns, tuple(rows), numbers=(*columns[1:4], *columns[5:]))
    return Section("Differences, all markets together", (grid,))


def _levels_grid(tell: Teller, names: list[str]) -> Grid:
    rows = []
    for name in names:
        over = tell.over_of(name)
        if tell.of.readings.level(name, over=over).value != tell.of.readings.level(name, over=over).value:
            continue
        cells = (tell.level(name, over=over), tell.level_range(name, over=over))
        rows.append((heading(tell.of.outcome(name)), when(tell, name), *cells))
    return Grid(f"{tell.of.arm.name}, all markets", ("what", "when", "mean", tell.range_word), tuple(rows),
                numbers=("mean", tell.range_word))  # fmt: skip


def when(tell: Teller, name: str) -> str:
    """Return the time of an outcome in words."""
    if tell.over_of(name) == END:
        return f"in {tell.of.arm.last}"
    return "all months" if tell.of.outcome(name).measure.summary == "sum" else "mean of months"


def verdict(tell: Teller, name: str, *, over: str, market: str = "total") -> str:
    """Return which way a difference surely goes, in a word: "open" where that is not known."""
    gap = tell.gap(name, over=over, market=market)
    way = "up" if gap.difference > 0.0 else "down"
    words = {CLEAR: way, LEANING: f"leans {way}", SAME: "none", SINGLE: "too few runs"}
    return words.get(gap.sureness(members=tell.of.members), OPEN_SIGN)


def _unit(outcome: Outcome, over: str) -> str:
    return outcome.unit(over) if over == END else f"{outcome.unit(over)}, {outcome.over}"


def _by_market(tell: Teller) -> Section:
    by = tell.of.headline[0]
    users = f"{tell.of.focus[0]}.users" if tell.of.focus else by
    names = [name for name in dict.fromkeys((by, users)) if name in tell.of.readings.outcomes]
    places = [code for code in tell.of.readings.markets_with(by)
              if any(tell.gap(name, market=code, over=tell.over_of(name)).difference for name in names)]  # fmt: skip
    still = len(tell.of.arm.plan.markets) - len(places)
    if not places:
        return Section("Market by market", (Words("Nothing differs in any market."),))
    over = tell.over_of(by)
    found = [tell.gap(by, market=code, over=over) for code in places]
    order = [at for at, _ in sorted(enumerate(found), key=lambda one: -abs(one[1].difference))][:MOST_MARKETS]
    ordered = [places[at] for at in order]
    middles, lows, highs = (
        np.array([getattr(found[at], name) for at in order]) for name in ("difference", "low", "high")
    )
    outcome = tell.of.outcome(by)
    told = [f"{place_name(code)} {value:,.3g}" for code, value in zip(ordered, middles.tolist(), strict=True)]
    picture = Picture(
        "by_market",
        dots_chart([place_name(code) for code in ordered], middles, lows, highs,
                   title=f"{chart_title(outcome)}, difference", unit=_unit(outcome, over)),
        f"Dot chart by market: {'; '.join(told)} {outcome.unit(over)}.",
        f"{heading(outcome)}: {tell.of.arm.name} less {tell.of.arms[1].name}, {tell.dates(over)}. "
        f"Bars: {tell.band}." + (f" Nothing differs in {still} further market{'s' * (still > 1)}." if still else ""),
    )  # fmt: skip
    heads = [f"{heading(tell.of.outcome(name))}, {when(tell, name)}" for name in names]
    rows = tuple(
        (place_name(code), *(cell for name in names for cell in (
            tell.difference(name, market=code, over=tell.over_of(name)),
            tell.range(name, market=code, over=tell.over_of(name)))))
        for code in ordered
    )  # fmt: skip
    columns = ("market", *(word for head in heads for word in (head, f"{tell.range_word}{' ' * (head != heads[0])}")))
    grid = Grid("Differences by market", columns, rows, numbers=columns[1:])
    return Section("Market by market", (picture, grid))
