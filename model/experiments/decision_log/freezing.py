"""Freeze a decision: the expectations of a scenario's runs, and the chance of each tripwire, with what made them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pandas as pd

from model.experiments.decision_log.decision import Decision, Expectation, Tripwire, short
from model.experiments.decision_log.log_file import LONGEST, MOST_EXPECTATIONS, MOST_TRIPWIRES, readable
from model.experiments.decision_log.wishes import Asked
from model.experiments.history import ALL_SERVICES, METRICS, REGIONS, WORLD, SeriesKey, market_series
from model.facts.owners import BYTEDANCE
from model.foundation.errors import Fault, nearest, raise_faults
from model.foundation.months import parse_month, show_month
from model.results import RunResult
from model.spec.fields import TIKTOK
from model.spec.scenario import Scenario

EVERY = 6
MOST_MARKETS = 5
USUAL = ("users", "payers")
STOCKS = ("users", "payers", "streamers", "service_users", "paying_share", "user_share")
"""Metrics that are known at the start, so that "nothing changes" can be said of them."""


def usual_expectations(plan: Scenario, *, services: Sequence[str]) -> tuple[Asked, ...]:
    """Return users and payers of some services in the first markets, every half year and at the end."""
    last = plan.start_month + plan.months - 1
    dates = [show_month(month) for month in range(plan.start_month + EVERY - 1, last, EVERY)] + [show_month(last)]
    there = {service for market, service in plan.names.tiers if market in plan.markets}
    found = []
    for service in services:
        for market in plan.markets[:MOST_MARKETS]:
            if (market, service) in plan.names.tiers and service in there:
                found += [(SeriesKey(service, market, metric), date) for metric in USUAL for date in dates]
    return tuple(found[:MOST_EXPECTATIONS])


def usual_services(plan: Scenario) -> tuple[str, ...]:
    """Return the services that expectations are of where none are named: those the scenario changes, or ByteDance's."""
    from model.experiments.comparing.plans import services_that_differ

    plain = Scenario.load("baseline").replace({"start": plan.start, "markets": list(plan.markets)})
    there = sorted({service for market, service in plan.names.tiers if market in plan.markets})
    return services_that_differ([plain, plan]) or tuple(one for one in there if one in BYTEDANCE) or tuple(there[:1])


def check_wishes(
    plan: Scenario, *, expect: Sequence[Asked], tripwires: Sequence[Tripwire], texts: Sequence[tuple[str, str]]
) -> None:  # fmt: skip
    """Raise InputError, before anything is run, for what the scenario's runs cannot tell, and for too much of it.

    texts: (place, text) of what was written.
    """
    faults = [
        Fault(f"decide: {place}", f"is a text of at most {LONGEST:,} signs", f"{len(text):,} signs", "Shorten it.")
        for place, text in texts
        if len(text) > LONGEST
    ]
    for what, rows, most in (("expect", expect, MOST_EXPECTATIONS), ("tripwire", tripwires, MOST_TRIPWIRES)):
        if len(rows) > most:
            faults.append(Fault(f"decide: {what}", f"are at most {most}", len(rows), "Keep those that matter."))
    first, last = plan.start_month, plan.start_month + plan.months - 1
    window = f"{show_month(first)} to {show_month(last)}"
    for place, key, date in [("expect", *one) for one in expect] + [("tripwire", one.key, one.by) for one in tripwires]:
        if key.market in (WORLD, *REGIONS):
            rule = "a decision is about markets of its scenario"
            faults.append(Fault(f"decide: {place}", rule, key.market, "Name markets, as ID or IN+ID+BR."))
        else:
            faults += [
                Fault(f"decide: {place}", f"markets are those of {plan.name}", code, nearest(code, plan.markets))
                for code in key.market.split("+")
                if code not in plan.markets
            ]
        faults += _not_offered(plan, key, place=place)
        number = parse_month(date)
        early = first + METRICS[key.metric].period - 1
        if not early <= number <= last:
            rule = f"the runs tell whole periods of {key.metric} within {window}"
            faults.append(Fault(f"decide: {place}", rule, date, "Give the scenario more months, or another date."))
    raise_faults(faults)


def _not_offered(plan: Scenario, key: SeriesKey, *, place: str) -> list[Fault]:
    """Return a fault for each market of a series in which the scenario never has its service."""
    if key.entity in (ALL_SERVICES, TIKTOK) or key.market in (WORLD, *REGIONS):
        return []
    there = {(market, service) for market, service in plan.names.tiers}
    there |= {(offer.market, offer.service) for offer in plan.new_offers}
    return [
        Fault(f"decide: {place}", f"{key.entity} is offered there at some time", code, "Choose another market.")
        for code in key.market.split("+")
        if code in plan.markets and (code, key.entity) not in there
    ]


def freeze(
    result: RunResult, *, title: str, choice: str = "", alternatives: Sequence[str] = (), because: str = "",
    expect: Sequence[Asked] = (), tripwires: Sequence[Tripwire] = (), now: datetime | None = None,
) -> Decision:  # fmt: skip
    """Return the decision for the scenario of a result, with what its runs expect.

    choice: in words; default: the scenario's name. expect: (series, date) of each expectation (`read_wishes`); default:
    users and payers of the services in focus. now: the time of freezing, by default the present. Errors: InputError for
    a series that the runs do not tell.
    """
    plan = result.scenario
    assert plan is not None  # a result that was just run
    asked = tuple(expect) or usual_expectations(plan, services=usual_services(plan))
    texts = [
        ("title", title),
        ("because", because),
        ("choice", choice),
        *(("alternative", one) for one in alternatives),
    ]
    check_wishes(plan, expect=asked, tripwires=tripwires, texts=texts)
    keys = tuple(dict.fromkeys([*(key for key, _ in asked), *(one.key for one in tripwires)]))
    lived = [market_series(result, keys, replicate=number) for number in sorted(result.provenance.run_ids)]
    raise_faults([
        Fault("decide", "is a series that the runs tell", str(key), "Is the service offered in each of the markets?")
        for key in keys
        if not all(key in one and len(one[key].dropna()) for one in lived)
    ])  # fmt: skip
    return Decision(
        title=readable(title), choice=readable(choice) or plan.name, because=readable(because),
        alternatives=tuple(readable(one) for one in alternatives),
        frozen=(now or datetime.now(UTC)).isoformat(timespec="seconds"), made=_made(result),
        expectations=tuple(_expectation(result, key, date, lived) for key, date in asked),
        tripwires=tuple(replace(one, then=readable(one.then), chance=_chance(one, lived)) for one in tripwires),
    )  # fmt: skip


def _expectation(
    result: RunResult, key: SeriesKey, date: str, lived: Sequence[dict[SeriesKey, pd.Series[float]]]
) -> Expectation:
    points = [float(one[key].get(date, np.nan)) for one in lived]
    known = tuple(short(value) for value in points if np.isfinite(value))
    raise_faults([] if known else [
        Fault("decide: expect", "is told by the runs at that date", f"{key} {date}", "Choose another date.")
    ])  # fmt: skip
    return Expectation(key, date, known, _opening(result, key))


def _opening(result: RunResult, key: SeriesKey) -> float | None:
    """Return a service's users or payers at the start, millions; None for what is not a stock of services."""
    if key.metric not in USUAL or key.entity not in set(result.services["platform"]):
        return None
    rows = result.services
    rows = rows[(rows["month"] == 0) & (rows["platform"] == key.entity) & rows["market"].isin(key.market.split("+"))]
    return short(float(rows.groupby("replicate")[key.metric].sum().mean()) / 1e6) if len(rows) else None


def _chance(wire: Tripwire, lived: Sequence[dict[SeriesKey, pd.Series[float]]]) -> float:
    """Return the part of the runs in which a tripwire fires in some month up to its date."""
    fired = []
    for one in lived:
        series = one[wire.key].dropna()
        fired.append(any(wire.fires_at(float(value)) for date, value in series.items() if str(date) <= wire.by))
    return short(float(np.mean(fired)))


def _made(result: RunResult) -> dict[str, object]:
    card, one = result.card, result.provenance
    carried = one.carried
    return {
        "scenario": card.name, "scenario_digest": one.scenario_digest, "start": card.start, "months": card.months,
        "markets": list(card.markets), "users": card.users, "seed": card.seed, "model_version": one.model_version,
        "start_digest": one.start_digest, "run_ids": list(one.run_ids.values()),
        "ensemble": None if carried is None else {"name": carried.name, "digest": carried.digest},
    }  # fmt: skip
