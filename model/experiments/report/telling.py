"""Words for numbers of a report: outcomes by what people call them, levels and differences with their ranges."""

from __future__ import annotations

from math import isfinite

from model.experiments.comparing.outcomes import Outcome
from model.experiments.report.amounts import amount, percent, span
from model.experiments.report.gaps import END, HORIZON, OPENING, WORLD, Gap, Level
from model.experiments.report.numbers import DIFFERENCE, LEVEL, Origin
from model.experiments.report.question import Question
from model.facts.start import load_start
from model.results.palette import name_of

_PHRASES = {
    "bytedance_income": "ByteDance's income from music and TikTok together",
    "label_income": "what streaming pays labels",
    "consumer_surplus": "listeners' surplus, a head and month",
    "tiktok_hours": "time on TikTok",
    "tiktok_ads": "TikTok's advertising income",
    "tiktok_profit": "TikTok's profit",
}
_OF = {"label_income": "income from streaming", "users": "monthly users", "payers": "payers"}


def phrase(outcome: Outcome) -> str:
    """Return what an outcome is called inside a sentence: "Resso's operating income"."""
    if not outcome.who:
        return _PHRASES.get(outcome.column, outcome.measure.label.lower())
    return f"{name_of(outcome.who)}'s {_OF.get(outcome.column, outcome.measure.label.lower())}"


def heading(outcome: Outcome) -> str:
    """Return what an outcome is called at the head of a row or a chart."""
    text = phrase(outcome)
    return text[0].upper() + text[1:]


_TITLES = {"bytedance_income": "ByteDance: music and TikTok", "label_income": "Labels' income from streaming"}


def chart_title(outcome: Outcome) -> str:
    """Return a short title for a chart of an outcome."""
    return heading(outcome) if outcome.who else _TITLES.get(outcome.column, heading(outcome))


def place_name(code: str) -> str:
    """Return the name of a market, "all markets" for the total."""
    if code == WORLD:
        return "all markets"
    market = load_start().markets.get(code)
    return code if market is None else market.name


class Teller:
    """Tells the numbers of a question, each linked to the row that says where it comes from."""

    def __init__(self, question: Question) -> None:
        self.of = question

    @property
    def band(self) -> str:
        """What ranges are, in words."""
        many = self.of.readings.runs
        return f"band of 90% of {many} members" if self.of.members else f"90% interval, {many} runs"

    @property
    def range_word(self) -> str:
        """What a range is called inside a bracket."""
        return "90% of members" if self.of.members else "90% interval"

    def gap(self, outcome: str, *, market: str = WORLD, over: str = HORIZON) -> Gap:
        """Return a difference."""
        return self.of.readings.gap(outcome, market=market, over=over)

    def unit(self, outcome: str, over: str) -> str:
        """Return the unit of an outcome over a time."""
        return self.of.outcome(outcome).unit(over)

    def over_of(self, outcome: str) -> str:
        """Return over which time an outcome is told: flows over all months, stocks and the like at the end."""
        return HORIZON if self.of.outcome(outcome).measure.summary in ("sum", "mean") else END

    def dates(self, over: str) -> str:
        """Return the month or the months that a number is of."""
        return {END: self.of.arm.last, OPENING: f"{self.of.arm.plan.start}, start"}.get(over, self.of.arm.months)

    def difference(self, outcome: str, *, market: str = WORLD, over: str = HORIZON) -> str:
        """Return a mean difference with its sign and unit, linked."""
        gap, unit = self.gap(outcome, market=market, over=over), self.unit(outcome, over)
        return self._gap(outcome, market, over, amount(gap.difference, unit, plus=True))

    def size(self, outcome: str, *, market: str = WORLD, over: str = HORIZON) -> str:
        """Return the size of a mean difference with its unit and without its sign, linked."""
        gap, unit = self.gap(outcome, market=market, over=over), self.unit(outcome, over)
        return self._gap(outcome, market, over, amount(abs(gap.difference), unit))

    def relative(self, outcome: str, *, market: str = WORLD, over: str = HORIZON) -> str:
        """Return a mean difference as part of the base, linked; "" where the base is 0."""
        gap = self.gap(outcome, market=market, over=over)
        text = percent(gap.relative, plus=True) if isfinite(gap.relative) else "from nothing"
        return self._gap(outcome, market, over, text)

    def range(self, outcome: str, *, market: str = WORLD, over: str = HORIZON) -> str:
        """Return the range of a difference, linked; "unknown" with fewer than two runs."""
        gap, unit = self.gap(outcome, market=market, over=over), self.unit(outcome, over)
        return self._gap(outcome, market, over, span(gap.low, gap.high, unit, plus=True))

    def above(self, outcome: str, *, market: str = WORLD, over: str = HORIZON) -> str:
        """Return in how many runs a difference is above 0, linked."""
        gap = self.gap(outcome, market=market, over=over)
        return self._gap(outcome, market, over, f"{round(gap.above * gap.runs)} of {gap.runs}")

    def agreeing(self, outcome: str, *, market: str = WORLD, over: str = HORIZON) -> tuple[str, str]:
        """Return "above" or "below", whichever the mean difference is, and in how many runs it is so, linked."""
        gap = self.gap(outcome, market=market, over=over)
        number = f"{round(gap.agreeing * gap.runs)} of {gap.runs}"
        return "above" if gap.difference > 0.0 else "below", self._gap(outcome, market, over, number)

    def level(self, outcome: str, *, arm: int = 0, market: str = WORLD, over: str = END, size: bool = False) -> str:
        """Return the mean of a level with its unit, linked. size: without its sign."""
        found = self.of.readings.level(outcome, market=market, over=over, arm=arm)
        value = abs(found.value) if size else found.value
        return self._level(outcome, arm, market, over, found, amount(value, self.unit(outcome, over)))

    def opening(self, outcome: str, *, arm: int = 0) -> str:
        """Return the mean of a service's stock at the start, linked."""
        found = self.of.readings.opening(outcome, arm=arm)
        text = amount(found.value, self.unit(outcome, END))
        return self._level(outcome, arm, WORLD, OPENING, found, text)

    def level_range(self, outcome: str, *, arm: int = 0, market: str = WORLD, over: str = END) -> str:
        """Return the range of a level, linked."""
        found = self.of.readings.level(outcome, market=market, over=over, arm=arm)
        return self._level(outcome, arm, market, over, found, span(found.low, found.high, self.unit(outcome, over)))

    def _gap(self, outcome: str, market: str, over: str, text: str) -> str:
        gap, base = self.gap(outcome, market=market, over=over), self.of.base
        assert base is not None  # only worlds held against another have differences
        return self.of.numbers.told(text, Origin(
            outcome=outcome, what=f"{heading(self.of.outcome(outcome))}, {place_name(market)}", kind=DIFFERENCE,
            scenario=self.of.arm.name, base=base.name, market=market, over=over, date=self.dates(over),
            unit=self.unit(outcome, over), value=gap.difference, low=gap.low, high=gap.high, band=self.band,
            runs=gap.runs,
        ))  # fmt: skip

    def _level(self, outcome: str, arm: int, market: str, over: str, found: Level, text: str) -> str:
        return self.of.numbers.told(text, Origin(
            outcome=outcome, what=f"{heading(self.of.outcome(outcome))}, {place_name(market)}", kind=LEVEL,
            scenario=self.of.arms[arm].name, base="", market=market, over=over, date=self.dates(over),
            unit=self.unit(outcome, over), value=found.value, low=found.low, high=found.high, band=self.band,
            runs=found.runs,
        ))  # fmt: skip
