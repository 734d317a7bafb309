"""A scenario in words: what is run, from where, what differs from the defaults, and what happens month by month."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

from model.foundation.months import show_month
from model.spec.events import Event
from model.spec.kinds import KINDS
from model.spec.licence_words import deal_words, listed, talks_words
from model.spec.names import Names
from model.spec.parameters import declared_parameters
from model.spec.settings import LEVERS, Setting
from model.spec.strategies.joining import strategy_words
from model.spec.usual_prices import NewPrice, PriceList, amount, price_steps

if TYPE_CHECKING:
    from model.spec.scenario import Scenario

INTEGRATION = {0.0: "none", 1.0: "inside TikTok"}
_SHARES = (
    "sales_tax", "app_store_fee", "restriction", "growth", "link_fee", "creator_share", "bundle_base", "bundle_told",
)  # fmt: skip
_STEPS = ((1 / 3, "link-out"), (2 / 3, "discovery in TikTok"))


def explain(scenario: Scenario) -> str:
    """Return the scenario in words, one fact a line."""
    lines = [_title(scenario), _frame(scenario), _start(scenario), _growth(scenario)]
    lines += _parameters(scenario)
    lines += _overrides(scenario)
    lines += _licences(scenario)
    lines += _strategies(scenario)
    lines += _months(scenario)
    lines += [f"Left out: {text}." for text in scenario.left_out]
    return "\n".join(
        textwrap.fill(line, 118, subsequent_indent="  " + " " * (len(line) - len(line.lstrip()))) for line in lines
    )


def changes(scenario: Scenario) -> list[str]:
    """Return what differs from the declared parameters and the observed start, and what happens, one clause a line."""
    told = [*_parameters(scenario), *_overrides(scenario), *_licences(scenario), *_strategies(scenario)]
    found = [line.strip() for line in told if line.startswith("  ")]
    steps = price_steps(scenario.names, scenario.overrides, scenario.events)
    found += [f"{show_month(event.month)}: {event_words(event, scenario.names, news=news)}." for event, news in steps]
    return found + [f"Left out: {text}." for text in scenario.left_out]


def event_words(event: Event, names: Names, *, news: tuple[NewPrice, ...] = ()) -> str:
    """Return one event as a clause, e.g. "gaana closes its tier free_ads in IN". news: its prices and those before."""
    tiers = listed([f"{tier} at {_money(price, event.markets, names)}" for tier, price in event.tiers.items()])
    values = {name: _value(name, value, event.markets, names) for name, value in event.values.items()}
    price = f" at {values['price']}" if "price" in values else ""
    kind, given = KINDS[event.kind], {**values, **({"labels": listed(event.labels)} if event.labels else {})}
    words = (kind.words + "".join(text for name, text in kind.further.items() if name in given)).format(
        platform=event.service, markets=listed(event.markets), tier=event.item, label=event.item, absorbs=event.item,
        tiers=tiers, at_price=price, operator=event.operator, **given,
    )  # fmt: skip
    steps = [] if event.tiers else [_price_step(new, event.service, names) for new in news]
    notes = [text for text in (*steps, event.about, event.source) if text]
    return words + (f" ({'; '.join(notes)})" if notes else "")


def _title(scenario: Scenario) -> str:
    return f"{scenario.name}: {scenario.about}" if scenario.about else f"{scenario.name}."


def _frame(scenario: Scenario) -> str:
    last = show_month(scenario.start_month + scenario.months - 1)
    every = len(scenario.markets) == len(scenario.names.markets)
    where = f"all {len(scenario.markets)} markets" if every else _count(len(scenario.markets), "market")
    return (
        f"Runs {_count(scenario.months, 'month')}, {scenario.start} to {last}, in {where} "
        f"({', '.join(scenario.markets)}), with {scenario.users:,} simulated users per market at the start, "
        f"seed {scenario.seed}, {_count(scenario.replicates, 'replicate')}."
    )


def _start(scenario: Scenario) -> str:
    start = f"Starts from the observed state on the first day of {scenario.start} (month 0)"
    fresh = " Every replicate settles people of its own there." if scenario.fresh_starts else ""
    return f"{start}; flows are months 1 to {scenario.months}.{fresh}"


def _growth(scenario: Scenario) -> str:
    if scenario.growth:
        return "The internet grows along each market's trend, so newcomers arrive."
    return "The internet does not grow: no newcomers arrive."


def _parameters(scenario: Scenario) -> list[str]:
    changed = scenario.parameters.changed()
    if not changed:
        return ["All parameters have their declared values."]
    declared = declared_parameters()
    lines = ["Parameters that differ from their declared values:"]
    for name, value in changed.items():
        line = declared[name]
        lines.append(f"  {name} = {value:g} {line.unit} (declared {line.default:g}): {line.meaning}.")
    return lines


def _overrides(scenario: Scenario) -> list[str]:
    if not scenario.overrides:
        return ["All levers start as observed."]
    groups: dict[tuple[str, str, str, float], list[Setting]] = {}
    for one in scenario.overrides:
        groups.setdefault((one.lever, one.service, one.item, one.value), []).append(one)
    lines = ["Set from month 1, other than observed:"]
    for (lever, service, item, value), settings in groups.items():
        markets = tuple(one.market for one in settings)
        what = " ".join(part for part in (service, item) if part)
        subject = f"{what}: " if what else ""
        told = _value(lever, value, markets, scenario.names)
        new = PriceList(scenario.names).new(markets, service, item, value)
        old = _price_step(new, service, scenario.names) if lever == "price" else ""
        lines.append(f"  {subject}{LEVERS[lever].meaning} {told} in {listed(markets)}{f' ({old})' if old else ''}.")
    return lines


def _licences(scenario: Scenario) -> list[str]:
    """Return deals and talks; nothing where the scenario has none."""
    deals = [f"  {deal_words(deal)}" for deal in scenario.deals]
    talks = [f"  {line}" for line in talks_words(scenario.talks)] if scenario.talks is not None else []
    return (["Licences agreed beforehand:", *deals] if deals else []) + (["Talks:", *talks] if talks else [])


def _strategies(scenario: Scenario) -> list[str]:
    """Return what firms and labels play, and what is left out because rivals do not respond."""
    if not scenario.strategies:
        return []
    lines = [f"  {line}" for plan in scenario.played for line in strategy_words(plan, talks=scenario.talks)]
    still = [f"{one.actor} ({one.kind.name})" for one in scenario.strategies if one not in scenario.played]
    held = [f"  Rivals do not respond, so these hold: {', '.join(still)}."] if still else []
    return ["Strategies, decided at the beginning of each month:", *lines, *held]


def _months(scenario: Scenario) -> list[str]:
    if not scenario.events:
        return ["Nothing happens on a date: no events."]
    lines = ["Month by month:"]
    free_from = 1
    for event, news in price_steps(scenario.names, scenario.overrides, scenario.events):
        index = event.month - scenario.start_month + 1
        if index > free_from:
            lines.append(f"  {_span(scenario, free_from, index - 1)}: no event.")
        lines.append(f"  {_span(scenario, index, index)}: {event_words(event, scenario.names, news=news)}.")
        free_from = index + 1
    if free_from <= scenario.months:
        lines.append(f"  {_span(scenario, free_from, scenario.months)}: no event.")
    return lines


def _span(scenario: Scenario, first: int, last: int) -> str:
    start = scenario.start_month - 1
    if first == last:
        return f"{show_month(start + first)} (month {first})"
    return f"{show_month(start + first)} to {show_month(start + last)} (months {first} to {last})"


def _value(lever: str, value: float, markets: tuple[str, ...], names: Names) -> str:
    if lever in ("price", "bundle_fee"):
        return _money(value, markets, names)
    if lever == "quality":
        return f"{value:+g}"
    if LEVERS[lever].switch:
        return "yes" if value else "no"
    if lever == "integration":
        word = next((text for level, text in (*INTEGRATION.items(), *_STEPS) if abs(value - level) < 5e-3), "")
        return f"{value:.3g}" + (f" ({word})" if word else "")
    if lever in _SHARES:
        return f"{100 * value:g}%"
    return f"{value:g}"


def _money(price: float, markets: tuple[str, ...], names: Names) -> str:
    if price == 0.0:
        return "no price"
    currencies = {names.currencies.get(market, "") for market in markets}
    currency = currencies.pop() if len(currencies) == 1 else "in local currency"
    return f"{amount(price)} {currency}".strip()


def _price_step(new: NewPrice, service: str, names: Names) -> str:
    """Return "119 INR at the start" for one market, "IN 119 -> 9 INR, US 9.99 -> 9 USD" for several."""
    known = {market: price for market, price in new.before.items() if price is not None}
    if len(new.before) > 1:
        return ", ".join(f"{one} {amount(old)} -> {_money(new.price, (one,), names)}" for one, old in known.items())
    for market, price in known.items():
        when = "at the start" if price == names.prices.get((market, service, new.tier)) else "before"
        return f"{_money(price, (market,), names)} {when}"
    return ""


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
