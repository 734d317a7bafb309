"""Sliders, switches and menus of levers and parameters, made from the lines that declare them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import floor, isfinite, log10
from typing import Literal

from model.foundation.errors import Fault, InputError
from model.interfaces.app.in_force import lever_in_force
from model.interfaces.app.words import tier_name
from model.market.levers_now import lever_next
from model.market.world import World
from model.results.palette import name_of
from model.spec.parameters import Parameter, declared_parameters
from model.spec.settings import LEVERS, Lever, Setting
from model.state.country import Country

Kind = Literal["slider", "switch"]
STEPS = 100
"""Steps of a slider from end to end, about."""
_RANGES: dict[str, tuple[float, float]] = {
    "ad_load": (0.0, 12.0), "marketing": (0.0, 10.0), "podcasts": (0.0, 3.0), "growth": (-0.1, 0.3),
    "creator_share": (0.0, 1.0), "tiktok_ad_load": (0.0, 4.0), "topview_days": (0.0, 4.0), "shop_sales": (0.0, 2.0),
    "link_fee": (0.0, 0.5), "sales_tax": (0.0, 0.4), "app_store_fee": (0.0, 0.6),
}  # fmt: skip
"""Ends of sliders whose lever may go much further than a hand would; a number beyond may be typed."""
_NAMES = {
    "price": "Price", "ad_load": "Advertising heard", "restriction": "Restriction of use", "trial_months": "Free trial",
    "open": "Offered", "integration": "Integration with TikTok", "marketing": "Marketing", "link_fee": "Link fee",
    "podcasts": "Podcasts and audiobooks", "catalogue": "Music of", "tiktok": "TikTok is allowed", "clips": "Clips of",
    "sales_tax": "Sales tax", "app_store_fee": "App-store fee", "growth": "Growth of people online",
    "creator_share": "Creators' share", "tiktok_ad_load": "Adverts in the feed", "topview_days": "TopView days",
    "shop_sales": "Shop sales", "bundle_fee": "Bundle fee", "bundle_base": "Bundle's customers", "quality": "Quality",
}  # fmt: skip
OF_SERVICE = ("integration", "marketing", "podcasts", "link_fee", "bundle_fee")
BY_TIER = ("price", "ad_load", "restriction", "trial_months", "open")
OF_MARKET = ("tiktok", "creator_share", "tiktok_ad_load", "topview_days", "shop_sales", "sales_tax", "app_store_fee",
             "growth")  # fmt: skip


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
        """Return the number that was typed. Errors: InputError with a sentence to show beside the control."""
        written = text.strip().replace(" ", "").replace(",", "")
        try:
            number = float(written)
        except ValueError:
            number = float("nan")
        if not isfinite(number):
            raise InputError(Fault(self.title, "is a number", text[:40], f"Its unit: {self.unit}."))
        if not self.low <= number <= self.high:
            rule = f"lies from {shown(self.low)} to {shown(self.high)}"
            raise InputError(Fault(self.title, rule, text[:40], f"Its unit: {self.unit}."))
        return number


def service_controls(
    country: Country, service: str, *, pending: Sequence[Setting] = (), world: World | None = None
) -> list[Control]:
    """Return what a service can set in a market: its own levers, then those of each of its open or closed tiers.

    pending: settings that act at the beginning of the next month; they are shown as set. world: tells what is in force
    where nothing was ever set.
    """

    def cell(lever: Lever, item: str = "", *, group: str = "", title: str = "") -> Control | None:
        key = f"platforms.{service}.{lever.name}.{country.market}" + (f".{item}" if item else "")
        stands = _stands(world, country, pending, name=lever.name, service=service, item=item)
        return _control(key, lever, *stands, group=group, title=title)

    bundled = (service, "bundle") in country.offers.names
    found: list[Control | None] = [
        cell(LEVERS[name], group=name_of(service)) for name in OF_SERVICE if name != "bundle_fee" or bundled
    ]
    for owner, tier in country.offers.names[1:]:
        if owner != service:
            continue
        for name in BY_TIER:
            if name in _fitting(tier):
                found.append(cell(LEVERS[name], tier, group=tier_name(tier)))
    for label in country.labels:
        found.append(cell(LEVERS["catalogue"], label, group="Catalogue", title=name_of(label)))
    return [one for one in found if one is not None]


def market_controls(
    country: Country, *, pending: Sequence[Setting] = (), world: World | None = None
) -> list[Control]:  # fmt: skip
    """Return what is set in a market for all services, TikTok and the government among them. world: as above."""
    found: list[Control | None] = []
    for name in OF_MARKET:
        stands = _stands(world, country, pending, name=name)
        found.append(_control(f"markets.{country.market}.{name}", LEVERS[name], *stands, group="Market and TikTok"))
    for label in country.labels:
        stands = _stands(world, country, pending, name="clips", item=label)
        key = f"markets.{country.market}.clips.{label}"
        found.append(_control(key, LEVERS["clips"], *stands, group="Music in clips", title=name_of(label)))
    return [one for one in found if one is not None]


def _stands(
    world: World | None, country: Country, pending: Sequence[Setting], *, name: str, service: str = "", item: str = ""
) -> tuple[float, bool]:
    """Return where a lever stands, and whether it was never set."""
    if world is None:
        value = lever_next(country, pending, name=name, service=service, item=item)
        return value, value != value
    value, was_set = lever_in_force(world, country, pending, name=name, service=service, item=item)
    return value, not was_set


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
    key: str, lever: Lever, value: float, unset: bool, *, group: str, title: str = ""
) -> Control | None:  # fmt: skip
    named = title or _NAMES.get(lever.name, lever.name.replace("_", " "))
    if lever.switch:
        return Control(key, named, lever.unit, lever.meaning, 0, 1, 0, 1, 1, value, "switch", group, unset)
    begin, end = _ends(lever, value)
    step = 1.0 if lever.name == "trial_months" else nice_step(end - begin)
    if lever.name == "integration":
        step = 1 / 3
    return Control(key, named, lever.unit, lever.meaning, lever.low, lever.high, begin, end, step, value, group=group,
                   unset=unset)  # fmt: skip


def _ends(lever: Lever, value: float) -> tuple[float, float]:
    known = value == value
    if lever.name in ("price", "bundle_fee"):
        top = _round_up(2.5 * value) if known and value > 0 else 100.0
        return 0.0, min(lever.high, top)
    begin, end = _RANGES.get(lever.name, (lever.low, lever.high))
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


def _fitting(tier: str) -> Iterator[str]:
    """Yield the levers that mean something for a tier: what is free has no price, what is paid no advertising."""
    free = tier.startswith("free")
    without = {"price", "trial_months"} if free or tier == "bundle" else {"ad_load"}
    yield from (name for name in BY_TIER if name not in without)
