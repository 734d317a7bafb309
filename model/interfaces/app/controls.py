"""Sliders, switches and menus of levers and parameters, made from the lines that declare them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import floor, isfinite, log10
from typing import Literal

from model.foundation.errors import Fault, InputError
from model.interfaces.app.in_force import lever_in_force
from model.interfaces.app.lever_words import fits_tier, offered_levers, words_of_lever
from model.interfaces.app.standing import Standing
from model.interfaces.app.words import tier_name
from model.market.levers_now import lever_next
from model.results.palette import name_of
from model.spec.parameters import Parameter, declared_parameters
from model.spec.settings import Lever, Setting
from model.state.country import Country

Kind = Literal["slider", "switch"]
STEPS = 100
"""Steps of a slider from end to end, about."""
THOUSANDS = re.compile(r"[^,_]*|[+-]?[0-9]{1,3}(,[0-9]{3})+(\.[0-9]*)?")
"""What has no comma, or commas that can only part thousands."""
LOCAL = "local currency"
"""What units of sums begin with whose size differs from market to market."""


@dataclass(frozen=True, slots=True)
class Control:
    """One thing to set.

    key: dotted, as in a scenario file. title: what it is, in a few words. unit, meaning: as declared. low, high: hard
    bounds. begin, end: of the slider. step: of the slider. value: where it stands, NaN where nothing is known to be in
    force. group: a heading that it stands under. unset: whether nothing ever set it, so that it stands as at the start.
    """

    key: str
    title: str
    unit: str
    meaning: str
    low: float
    high: float
    begin: float
    end: float
    step: float
    value: float
    kind: Kind = "slider"
    group: str = ""
    unset: bool = False

    @property
    def hint(self) -> str:
        """What a hover or a screen reader tells: meaning, unit and bounds."""
        if self.kind == "switch":
            return f"{self.meaning}."
        return f"{self.meaning}; {self.unit}; from {shown(self.low)} to {shown(self.high)}."

    def read(self, text: str) -> float:
        """Return the number that was typed. Errors: InputError with a sentence to show beside the control.

        Commas part thousands, in threes, and nothing else: who writes "0,5" must not be read as 5.
        """
        written = text.strip().replace(" ", "")
        try:
            number = float(written.replace(",", "")) if THOUSANDS.fullmatch(written) else float("nan")
        except ValueError:
            number = float("nan")
        if not isfinite(number):
            rule = "is a number; decimals have a point, commas part thousands"
            raise InputError(Fault(self.title, rule, text[:40], f"Its unit: {self.unit}."))
        if not self.low <= number <= self.high:
            rule = f"lies from {shown(self.low)} to {shown(self.high)}"
            raise InputError(Fault(self.title, rule, text[:40], f"Its unit: {self.unit}."))
        return number


def service_controls(
    country: Country, service: str, *, pending: Sequence[Setting] = (), standing: Standing | None = None
) -> list[Control]:
    """Return what a service can set in a market: its own levers, then those of each of its open or closed tiers.

    pending: settings that act at the beginning of the next month; they are shown as set. standing: tells what is in
    force where nothing was ever set.
    """
    tiers = [tier for owner, tier in country.offers.names[1:] if owner == service]
    cells = _cells(country, "platform", tiers, heading=name_of(service))
    return [_control(country, service, *cell, pending=pending, standing=standing) for cell in cells]


def market_controls(
    country: Country, *, pending: Sequence[Setting] = (), standing: Standing | None = None
) -> list[Control]:  # fmt: skip
    """Return what is set in a market for all services, TikTok and the government among them; pending as above."""
    cells = _cells(country, "market", (), heading="Market and TikTok")
    return [_control(country, "", *cell, pending=pending, standing=standing) for cell in cells]


Cell = tuple[Lever, str, str, str]
"""(lever, what it is keyed by, heading, title)."""


def _cells(country: Country, of: str, tiers: Sequence[str], *, heading: str) -> Iterator[Cell]:
    """Yield what the declarations say can be set: by the whole, by tier, by label. tiers: of the service."""
    for lever in offered_levers(of, "none"):
        if of == "market" or any(fits_tier(lever, tier) for tier in tiers) or words_of_lever(lever).fits == "all":
            yield lever, "", heading, words_of_lever(lever).title
    for tier in tiers:
        for lever in offered_levers(of, "tier"):
            if fits_tier(lever, tier):
                yield lever, tier, tier_name(tier), words_of_lever(lever).title
    for lever in offered_levers(of, "label"):
        words = words_of_lever(lever)
        for label in country.labels:
            yield lever, label, words.heading or words.title, name_of(label)


def _stands(
    standing: Standing | None, country: Country, pending: Sequence[Setting], *, name: str, service: str, item: str
) -> tuple[float, bool]:
    """Return where a lever stands, and whether it was never set."""
    if standing is None:
        value = lever_next(country, pending, name=name, service=service, item=item)
        return value, value != value
    value, is_held = lever_in_force(standing, country, pending, name=name, service=service, item=item)
    return value, not is_held


def parameter_controls(values: dict[str, float], *, subject: str) -> list[Control]:
    """Return the uncertain parameters of a subject; the slider goes over the likely range, the bounds beyond it."""
    return [
        _of_parameter(line, values[line.name])
        for line in declared_parameters().values()
        if line.subject == subject and line.kind == "uncertainty"
    ]


def subjects() -> tuple[str, ...]:
    """Return the subjects of parameters that may be changed, in the order of the declarations."""
    lines = declared_parameters().values()
    return tuple(dict.fromkeys(line.subject for line in lines if line.kind == "uncertainty"))


def shown(value: float) -> str:
    """Return a number as a person writes it: "54,990", "0.25"."""
    if value != value:
        return "as at the start"
    if abs(value) >= 1000:
        return f"{value:,.0f}"
    return f"{value:.3g}"


def _control(
    country: Country, service: str, lever: Lever, item: str, group: str, title: str, *, pending: Sequence[Setting],
    standing: Standing | None,
) -> Control:  # fmt: skip
    parts = ["platforms", service, lever.name, country.market] if service else ["markets", country.market, lever.name]
    key = ".".join([*parts, item] if item else parts)
    value, unset = _stands(standing, country, pending, name=lever.name, service=service, item=item)
    if lever.switch:
        return Control(key, title, lever.unit, lever.meaning, 0, 1, 0, 1, 1, value, "switch", group, unset)
    begin, end = _ends(lever, value)
    step = words_of_lever(lever).step or nice_step(end - begin)
    return Control(key, title, lever.unit, lever.meaning, lever.low, lever.high, begin, end, step, value, group=group,
                   unset=unset)  # fmt: skip


def _ends(lever: Lever, value: float) -> tuple[float, float]:
    known = value == value
    if lever.unit.startswith(LOCAL):
        top = _round_up(2.5 * value) if known and value > 0 else 100.0
        return 0.0, min(lever.high, top)
    begin, end = words_of_lever(lever).likely or (lever.low, lever.high)
    return (min(begin, value), max(end, value)) if known else (begin, end)


def _of_parameter(line: Parameter, value: float) -> Control:
    low, high = line.likely
    begin, end = min(low, value), max(high, value)
    step = 1.0 if line.whole else nice_step(end - begin)
    title = line.name.replace("_", " ")
    return Control(f"parameters.{line.name}", title, line.unit, line.meaning, line.low, line.high, begin, end, step,
                   value, group=line.subject)  # fmt: skip


def nice_step(span: float) -> float:
    """Return the step of 1, 2 or 5 times a power of ten that cuts a span into about a hundred."""
    if not span > 0:
        return 1.0
    raw = span / STEPS
    power = 10.0 ** floor(log10(raw))
    return float(f"{next(m for m in (1, 2, 5, 10) if m * power >= raw * 0.999) * power:.12g}")


def _round_up(value: float) -> float:
    power = 10.0 ** floor(log10(value))
    return float(f"{next(m for m in (1, 1.5, 2, 3, 5, 7.5, 10) if m * power >= value * 0.999) * power:.12g}")
