"""Licences that a scenario writes: their terms, where some are given and the rest is as before, and what they set."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from model.facts.records import DealStart, StartState
from model.market.world import World
from model.spec.contracts import ScenarioDeal
from model.spec.scenario import Scenario
from model.spec.settings import Setting
from model.state.country import Country
from model.state.deals import DealBook
from model.state.guarantees import Guarantees, listening_size

FOR_ALL_MARKETS = ("minimum_guarantee_usd_m", "promotional_credit_usd_m", "fee_usd_m")
"""Terms that are sums for all markets of a licence together."""


def sign_written(world: World, deals: Sequence[ScenarioDeal]) -> tuple[DealStart, ...]:
    """Put licences that are written down into a run, at its opening or on the way; return what the books hold of them.

    Each acts from the next month on or from its own first month. One that was signed before for the same pair ends
    where the new one begins, and what it would have set from then on is left out. Errors: InputError for deals that
    clash; nothing is signed then.
    """
    money, month = world.money, world.month + 1
    written = written_licences(deals, money.deals, start=world.start, guarantees=money.guarantees)
    signed = money.sign(written, month=month)
    fresh = settings_of(deals, plan=world.plan, countries=world.countries, earliest=month)
    begins = {_place(one): at for at, settings in reversed(fresh.items()) for one in settings}
    kept = {
        at: tuple(one for one in settings if at < begins.get(_place(one), at + 1))
        for at, settings in world.written.items()
    }
    months = sorted({*kept, *fresh})
    world.written = {at: (*kept.get(at, ()), *fresh.get(at, ())) for at in months}
    return signed


def written_licences(
    deals: Sequence[ScenarioDeal], book: DealBook, *, start: StartState, guarantees: Guarantees
) -> tuple[DealStart, ...]:
    """Return the licences of deals that are written down; terms that one does not give are as in the pair's before.

    One licence per set of terms: where the licences before differ by price group of markets, sums for all markets are
    split over the groups by the label's streaming income there. A guarantee that is not given is the one in force.
    """
    found: list[DealStart] = []
    for deal in sorted(deals, key=lambda one: one.first):
        book_then = book.with_deals(found) if found else book
        found += _licence(deal, book_then, start, guarantees)
    return tuple(found)


def _licence(deal: ScenarioDeal, book: DealBook, start: StartState, guarantees: Guarantees) -> list[DealStart]:
    groups: dict[DealStart, list[str]] = {}
    held: dict[DealStart, int] = {}
    for market in deal.markets:
        before = book.governing(
            market=market, platform=deal.platform, label=deal.label, month=deal.first, kind=deal.kind
        )
        standard = start.default_deal(platform=deal.platform, label=deal.label, market=market, kind=deal.kind)
        base = replace(standard if before is None else before.deal, markets=())
        groups.setdefault(base, []).append(market)
        held[base] = -1 if before is None else before.position
    sizes = {market: listening_size(start, market, deal.label) for market in deal.markets}
    whole = sum(sizes.values())
    found = []
    for base, markets in groups.items():
        part = sum(sizes[market] for market in markets) / whole if deal.kind == "streaming" else 1.0
        recorded = 0 <= held[base] < len(guarantees.per_year_usd)
        if deal.kind == "streaming" and recorded:
            yearly = guarantees.yearly_usd(held[base], markets=markets)
            base = replace(base, minimum_guarantee_usd_m=yearly / 1e6)
        found.append(_terms(deal, base, markets, part))
    return found


def _terms(deal: ScenarioDeal, base: DealStart, markets: Sequence[str], part: float) -> DealStart:
    given = {name: value * part if name in FOR_ALL_MARKETS else value for name, value in deal.terms.items()}
    if "fee_usd_m" in given:  # the lump sum of clips stands where the guarantee of streaming does
        given["minimum_guarantee_usd_m"] = given.pop("fee_usd_m")
    row = replace(base, **given)  # type: ignore[arg-type]  # the spec allows terms only, which are numbers
    return replace(
        row, markets=tuple(markets), status="expired" if deal.lapses else "active", signed=deal.first,
        expires=deal.last, term_months=deal.last - deal.first + 1, mfn=base.mfn if deal.mfn is None else deal.mfn,
        exclusive=deal.exclusive, agreed=True, confidence="scenario", basis=deal.about or deal.place,
        fact_ids=tuple(deal.source.split()),
    )  # fmt: skip


def settings_of(
    deals: Sequence[ScenarioDeal], *, plan: Scenario, countries: Mapping[str, Country], earliest: int = 1
) -> dict[int, tuple[Setting, ...]]:
    """Return by run month what written licences set: the label comes at the beginning, leaves where it lapses.

    earliest: run month from which a licence that began before acts.

    While an exclusive licence holds the label is off all other services of the market; those that had it get it back,
    but for those that the scenario takes it off by itself.
    """
    found: dict[int, list[Setting]] = {}
    for deal in deals:
        begin, end = max(earliest, deal.first - plan.start_month + 1), deal.last - plan.start_month + 2
        for market in deal.markets:
            country = countries[market]
            found.setdefault(begin, []).append(_cell(deal, market, deal.platform, 1.0))
            if deal.lapses:
                found.setdefault(end, []).append(_cell(deal, market, deal.platform, 0.0))
            if deal.exclusive and deal.kind == "streaming":
                label = country.labels.index(deal.label)
                for p, service in enumerate(country.platforms):
                    if service == deal.platform or country.available[p, label] <= 0.0:
                        continue
                    found[begin].append(_cell(deal, market, service, 0.0))
                    if not _left(plan, service, market, deal):
                        found.setdefault(end, []).append(_cell(deal, market, service, 1.0))
    return {month: tuple(settings) for month, settings in sorted(found.items())}


def _left(plan: Scenario, service: str, market: str, deal: ScenarioDeal) -> bool:
    """Tell whether a scenario takes the label off a service by itself before the exclusive ends, and not back."""
    cell, on = ("catalogue", market, service, deal.label), True
    for month in range(1, deal.last - plan.start_month + 2):
        for one in plan.settings_at(month):
            if (one.lever, one.market, one.service, one.item) == cell:
                on = one.value > 0.0
    return not on


def _place(one: Setting) -> tuple[str, str, str, str]:
    return one.lever, one.market, one.service, one.item


def _cell(deal: ScenarioDeal, market: str, service: str, value: float) -> Setting:
    if deal.kind == "clips":
        return Setting("clips", market, "", deal.label, value, deal.place)
    return Setting("catalogue", market, service, deal.label, value, deal.place)
