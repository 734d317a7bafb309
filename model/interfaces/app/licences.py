"""Licences that were talked about on the way: signed into the books of the live run, or the music goes away."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from model.foundation.errors import Fault, InputError
from model.interfaces.app.restore import Licence
from model.market.valuing import Pair
from model.market.world import World
from model.market.written import sign_written
from model.spec.contracts import ScenarioDeal
from model.spec.mixing import with_settings
from model.spec.scenario import Scenario
from model.spec.settings import Setting

PLACE = "page"
"""Where licences of the page say that they were written."""


def deals_of(plan: Scenario, licence: Licence) -> tuple[ScenarioDeal, ...]:
    """Return what was signed, read as strictly as a scenario's own deals. Errors: InputError.

    A scenario's deals with the same pair do not stand in its way: the later one takes the place of the earlier.
    """
    _check_pair(plan, licence)
    if not licence.deals:
        return ()
    rows = [{key: list(value) if isinstance(value, tuple) else value for key, value in row.items()}
            for row in licence.deals]  # fmt: skip
    read = plan.replace({"deals": []}).replace({"deals": rows, "unusual_prices": True})
    wrong = [
        Fault(f"{PLACE}: deal {number}", "is of the pair that talked", f"{deal.platform}, {deal.label}, {deal.kind}",
              f"They were {', '.join(licence.pair)}.")
        for number, deal in enumerate(read.deals, start=1)
        if (deal.platform, deal.label, deal.kind) != licence.pair or not set(deal.markets) <= set(licence.markets)
    ]  # fmt: skip
    if wrong:
        raise InputError(wrong)
    return tuple(replace(deal, place=PLACE) for deal in read.deals)


def begin_licences(world: World, licences: Sequence[Licence]) -> None:
    """Let the licences act that come up in the month which the world is about to live. Errors: InputError.

    licences: all of the run, in the order in which they were talked about; the last one of a pair counts.
    """
    for number, one in enumerate(licences):
        if one.month > world.month:
            continue
        later = [other for other in licences[number + 1 :] if other.pair == one.pair and other.month <= world.month]
        left = tuple(market for market in one.markets if not any(market in other.markets for other in later))
        if one.month == world.month:
            _forget(world, one)
            sign_written(world, deals_of(world.plan, one))
        if one.away >= 0 and one.month + one.away == world.month:
            world.pending += cells_of(one, left, value=0.0)


def cells_of(licence: Licence, markets: Sequence[str], *, value: float) -> tuple[Setting, ...]:
    """Return the settings that put the music on (1) or take it off (0) in markets."""
    return Pair(licence.platform, licence.label, licence.kind, tuple(markets)).cells(value)


def with_licences(plan: Scenario, licences: Sequence[Licence]) -> Scenario:
    """Return the scenario that writes these licences itself: it lives as a run in which they were talked about.

    As with `with_settings`, it is whole only as it stands. Errors: InputError.
    """
    deals, settings = list(plan.deals), dict[int, list[Setting]]()
    for number, one in enumerate(licences):
        signed = deals_of(plan, one)
        deals = [kept for old in deals for kept in _until(old, signed)] + list(signed)
        later = [other for other in licences[number + 1 :] if other.pair == one.pair
                 and other.month <= one.month + one.away]  # fmt: skip
        left = tuple(market for market in one.markets if not any(market in other.markets for other in later))
        if one.away >= 0:
            month = plan.start_month + one.month + one.away
            settings.setdefault(month, []).extend(cells_of(one, left, value=0.0))
    return with_settings(replace(plan, deals=tuple(deals)), settings)


def _until(old: ScenarioDeal, signed: Sequence[ScenarioDeal]) -> list[ScenarioDeal]:
    """Return a deal up to where one that was signed later takes its place; none where nothing is left of it."""
    pair = (old.platform, old.label, old.kind)
    later = [one.first for one in signed if (one.platform, one.label, one.kind) == pair
             and set(old.markets) & set(one.markets)]  # fmt: skip
    if not later or min(later) > old.last:
        return [old]
    return [] if min(later) <= old.first else [replace(old, last=min(later) - 1, lapses=False)]


def next_settings(plan: Scenario, licence: Licence) -> tuple[Setting, ...]:
    """Return what a licence sets at the beginning of the month after its talks. Errors: InputError."""
    begun = plan.start_month + licence.month
    on = [one.markets for one in deals_of(plan, licence) if one.first <= begun]
    signed = tuple(market for markets in on for market in markets)
    gone = cells_of(licence, licence.markets, value=0.0) if licence.away == 0 else ()
    return (*gone, *cells_of(licence, signed, value=1.0))


def _forget(world: World, licence: Licence) -> None:
    """Leave out what an earlier licence of the page would have set from now on."""
    gone = {(one.lever, one.market, one.service, one.item) for one in cells_of(licence, licence.markets, value=0.0)}
    world.written = {
        month: tuple(
            one for one in settings
            if month <= world.month or one.place != PLACE or (one.lever, one.market, one.service, one.item) not in gone
        )
        for month, settings in world.written.items()
    }  # fmt: skip


def _check_pair(plan: Scenario, licence: Licence) -> None:
    """Raise InputError for names that the run does not have."""
    lacking = [market for market in licence.markets if market not in plan.markets]
    where = ", ".join(lacking)
    faults = [Fault(f"{PLACE}: licence", "is in markets of the run", where, "Take it back.")] if lacking else []
    known = set(plan.names.tiers)
    for market in licence.markets:
        if market in lacking:
            continue
        if licence.label not in plan.names.labels[market]:
            faults.append(Fault(f"{PLACE}: licence", f"is of a label of {market}", licence.label, "Take it back."))
        if licence.kind == "streaming" and (market, licence.platform) not in known:
            faults.append(Fault(f"{PLACE}: licence", f"is of a service of {market}", licence.platform, "Take it back."))
    if (licence.kind == "clips") != (licence.platform == "tiktok") or licence.kind not in ("streaming", "clips"):
        rule = "is for streaming in a service, or for clips on tiktok"
        faults.append(Fault(f"{PLACE}: licence", rule, f"{licence.kind}, {licence.platform}", "Take it back."))
    if faults:
        raise InputError(faults)
