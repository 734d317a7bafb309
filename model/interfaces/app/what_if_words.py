"""What a what if comes to, in sentences: the answer first, how sure it is, and what the band means."""

from __future__ import annotations

from collections.abc import Sequence

from model.experiments.comparing.outcomes import Outcome, read_outcomes
from model.experiments.what_if import Gap, WhatIf, worth_telling
from model.interfaces.app.charts.what_if import outcome_name
from model.interfaces.app.controls import shown
from model.interfaces.app.what_if import PARAMETER
from model.interfaces.app.words import amount, market_name, month_name, signed, tier_name, written
from model.results.palette import name_of

NOISE = 1e-9
"""Part of the level below which a difference is the rounding of sums."""
_SUBJECTS = {
    "users": "monthly users of {}", "payers": "payers of {}", "revenue": "revenue of {}",
    "gross_profit": "gross profit of {}", "operating_income": "operating income of {}",
    "label_income": "income of {}",
}  # fmt: skip
_WHOLE = {
    "streamers": "people who stream", "people_paying": "people who pay", "revenue": "revenue of all services",
    "label_income": "income of all labels", "bytedance_income": "income of ByteDance",
    "music_income": "ByteDance's income from music", "tiktok_profit": "profit of TikTok",
}  # fmt: skip
HEADLINES = ("people_paying", "revenue", "label_income", "bytedance_income")


def verdict(found: WhatIf, outcome: Outcome, *, market: str = "") -> tuple[str, list[str]]:
    """Return the answer in a sentence, and sentences on how sure it is."""
    if found.is_unchanged and found.is_same:
        return "Nothing is changed, and nothing differs: exactly 0 everywhere.", [
            f"Both arms were lived {_ahead(found)}; every number of people and money is the same to the last bit.",
            "Set a lever or a parameter to see what it does.",
        ]  # fmt: skip
    if found.is_same:
        return "The change makes no difference: exactly 0 everywhere.", [
            f"Both arms were lived {_ahead(found)}, and every number is the same to the last bit. It may be what holds "
            "already, or act on nothing that is there now; some parameters shape the opening alone.",
        ]  # fmt: skip
    gap = found.gap(outcome, market=market)
    what, where = subject(outcome), f" in {market_name(market)}" if market else ""
    if gap.is_zero:
        return f"Exactly no difference in the {what}{where}.", [
            f"In all {found.futures} futures both arms have the same {what}{where}, {when(found, outcome)}. "
            "The change acts elsewhere: see the other outcomes and markets.",
        ]  # fmt: skip
    if not gap.is_clear:
        head = f"No clear difference in the {what}{where}: luck moves it as much as the change."
        return head, [f"On average {_more(outcome, gap.difference)} {when(found, outcome)}{_relative(gap)}. "
                      f"{_band(found, outcome, gap)}"]  # fmt: skip
    if _is_people(outcome):
        head = f"With the change: {_more(outcome, gap.difference)} {what}{where} in {_last(found)}{_relative(gap)}."
    else:
        head = (f"With the change the {what}{where} is {_more(outcome, gap.difference)}, "
                f"{when(found, outcome)}{_relative(gap)}.")  # fmt: skip
    unit = _unit(outcome)
    levels = f"{amount(gap.changed, unit=unit)} in place of {amount(gap.without, unit=unit)}"
    return head, [f"{levels}. {_band(found, outcome, gap)}"]


def circumstances(found: WhatIf, *, scenario: str) -> str:
    """Return how the answer was found and what its band means."""
    after = "the opening" if found.month == 0 else month_name(found.date(found.month))
    futures = "One future is lived" if found.futures == 1 else f"{found.futures} futures are lived"
    return (
        f"{scenario}, branched after {after}. {futures}, each by both arms with the same luck; the first is the one "
        "that the run itself meets. The band is luck alone, with the assumptions as they stand: that they may be wrong "
        "is another matter, which sweeps and comparisons under an ensemble show."
    )


def headline_tiles(found: WhatIf, *, market: str = "") -> list[dict[str, str]]:
    """Return the differences to see first: users of the services that were touched, then what matters to each side."""
    services = [who for who in worth_telling(found) if f"{who}.users" in {one.name for one in found.outcomes}]
    words = [*(f"{who}.users" for who in services[:1]), *HEADLINES]
    tiles = []
    for one in read_outcomes(words, [found.plan], place="tiles"):
        gap, unit = found.gap(one, market=market), _unit(one)
        low, high = (signed(settled(end, gap)) for end in (gap.low, gap.high))
        note = "exactly the same" if gap.is_zero else f"{low} to {high}"
        tiles.append({
            "label": outcome_name(one), "value": signed(settled(gap.difference, gap), unit=unit), "note": note,
            "hint": f"Difference, {when(found, one)}; below it the band that holds 90% of {found.futures} futures. "
                    f"{one.measure.meaning}.",
        })  # fmt: skip
    return tiles


def market_rows(found: WhatIf, outcome: Outcome) -> list[list[str]]:
    """Return the table by market, all together first: market, difference, relative, band, without, with."""
    rows = []
    for code, gap in [("", found.gap(outcome)), *((str(code), found.gap(outcome, market=str(code)))
                                                  for code in found.by_market(outcome).index)]:  # fmt: skip
        low, high = (signed(settled(end, gap)) for end in (gap.low, gap.high))
        relative = "" if gap.without <= 0.0 else _percent(gap.relative)
        rows.append([
            market_name(code), "exactly 0" if gap.is_zero else signed(settled(gap.difference, gap)),
            "" if gap.is_zero else relative, "" if gap.is_zero else f"{low} to {high}",
            amount(gap.without), amount(gap.changed),
        ])  # fmt: skip
    return rows


def change_words(key: str, value: bool | float, *, was: float | None = None) -> str:
    """Return a change of a branch in words: "Spotify, price, individual, India → 99"."""
    told = ("on" if value else "off") if isinstance(value, bool) else f"{value:,.6g}"
    before = "" if was is None else f" (was {shown(was)})"
    if key.startswith(PARAMETER):
        return f"Parameter {key.removeprefix(PARAMETER).replace('_', ' ')} → {told}{before}"
    kind, *parts = key.split(".")
    if kind == "platforms" and len(parts) >= 3:
        service, lever, market, *item = parts
        what = [name_of(service), lever.replace("_", " "), *map(_item, item), _where(market)]
    elif kind == "markets" and len(parts) >= 2:
        market, lever, *item = parts
        what = [_where(market), lever.replace("_", " "), *map(_item, item)]
    else:
        what = [key]
    return f"{', '.join(what)} → {told}{before}"


def subject(outcome: Outcome) -> str:
    """Return what an outcome is about, to stand inside a sentence."""
    if outcome.who:
        return _SUBJECTS[outcome.column].format(name_of(outcome.who))
    return _WHOLE[outcome.column]


def choices(outcomes: Sequence[Outcome]) -> tuple[list[tuple[str, str]], dict[str, list[tuple[str, str]]]]:
    """Return (whose outcomes there are, by whose: its columns) as values and words."""
    frames = {"markets": "", "bytedance": ""}
    services = [one.who for one in outcomes if one.frame == "services"]
    labels = [one.who for one in outcomes if one.frame == "labels"]
    whose = [("", "Whole markets, ByteDance"), *((who, name_of(who)) for who in dict.fromkeys([*services, *labels]))]
    columns: dict[str, list[tuple[str, str]]] = {}
    for one in outcomes:
        named = outcome_name(one) if one.frame in frames else one.measure.label
        columns.setdefault(one.who, []).append((one.column, named))
    return whose, columns


def chosen(found: WhatIf, who: str | None, what: str) -> Outcome:
    """Return the outcome that is looked at; where none was chosen, of whom the change is about."""
    there = found.outcomes
    about = next(iter(worth_telling(found)), "")
    wanted = about if who is None or who not in {one.who for one in there} else who
    own = [one for one in there if one.who == wanted]
    usual = "people_paying" if not wanted else own[0].column
    return next((one for one in own if one.column == what), next(one for one in own if one.column == usual))


def settled(value: float, gap: Gap) -> float:
    """Return a difference without the rounding of sums."""
    return 0.0 if abs(value) <= NOISE * max(abs(gap.without), abs(gap.changed)) else value


def when(found: WhatIf, outcome: Outcome) -> str:
    """Return the months that an outcome is told of: the last one for people, all together for money."""
    if outcome.measure.summary == "sum":
        return f"in the {found.months} months to {_last(found)} together" if found.months > 1 else f"in {_last(found)}"
    return f"in {_last(found)}"


def unit_words(outcome: Outcome) -> str:
    """Return the unit of an outcome over the months that it is told of."""
    return outcome.measure.unit.removesuffix(" per month")


def _band(found: WhatIf, outcome: Outcome, gap: Gap) -> str:
    if found.futures == 1:
        return "One future alone says nothing of luck."
    unit = _unit(outcome)
    low, high = (signed(settled(end, gap), unit=unit) for end in (gap.low, gap.high))
    above, same = round(gap.above * found.futures), round(gap.equal * found.futures)
    below = found.futures - above - same
    sides = [(above, "higher"), (below, "lower"), (same, "the same")]
    told = [f"{word} in {'all of them' if count == found.futures else count}" for count, word in sides if count]
    return f"In 90% of {found.futures} futures the difference lies between {low} and {high}; {', '.join(told)}."


def _more(outcome: Outcome, difference: float) -> str:
    size = amount(abs(difference), unit=_unit(outcome))
    if _is_people(outcome):
        return f"{size} {'more' if difference > 0 else 'fewer'}"
    return f"{size} {'higher' if difference > 0 else 'lower'}"


def _relative(gap: Gap) -> str:
    return "" if gap.without <= 0.0 else f" ({_percent(gap.relative)})"


def _percent(share: float) -> str:
    if share != share:
        return ""
    digits = 1 if abs(share) >= 0.0005 else 3
    return f"{written(100.0 * share, f'+.{digits}f')}%"


def _last(found: WhatIf) -> str:
    return month_name(found.date(found.month + found.months))


def _ahead(found: WhatIf) -> str:
    return f"{found.months} months ahead in {found.futures} future{'s' if found.futures > 1 else ''}"


def _is_people(outcome: Outcome) -> bool:
    return outcome.measure.unit == "people"


def _unit(outcome: Outcome) -> str:
    return "" if _is_people(outcome) else "USD"


def _where(market: str) -> str:
    return "all markets" if market == "ALL" else market_name(market)


def _item(name: str) -> str:
    return tier_name(name) if tier_name(name) != name.replace("_", " ").capitalize() else name_of(name)
