"""From the end of a talk to what it puts into a run: rows of `[[deals]]`, and when the label's music goes away."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from model.experiments.deals.outcomes import AGREED, OPEN, TalkOutcomes
from model.experiments.deals.room import DealRoom
from model.experiments.deals.sheet import REWARDED, TermSheet
from model.facts.records import DealStart
from model.foundation.months import show_month
from model.foundation.rng import stream_key, uniforms
from model.market.terms_agreed import clip_licences, licences
from model.market.valuing import Pair
from model.market.world import World
from model.mechanisms.talks.records import WEEKS_PER_MONTH
from model.spec.terms import terms_of
from model.theory.royalties import MONTHS_PER_YEAR

Row = dict[str, object]
NEXT_TO_NOTHING = 1e-9
"""A share of free revenue that a sheet leaves at nothing: the books read an empty one as the share of paid tiers."""


@dataclass(frozen=True, slots=True)
class Landing:
    """What the end of a talk puts into a run from its next month on.

    away: months of the old terms before the label's music goes away, -1 where it stays. deals: rows of `[[deals]]`;
    none where nothing was signed.
    """

    away: int
    deals: tuple[Row, ...]


def drawn_talk(outcomes: TalkOutcomes, *, pair: Pair, seed: int, month: int) -> int:
    """Return the row of the talk that this run has, of all that were played: its own lot, the same at every look.

    seed: of the run's draws (`World.draw_seed`). month: last month lived.
    """
    key = stream_key(seed, "talk that lands", month, pair.platform, pair.label, pair.kind, *pair.markets)
    return int(float(uniforms(key, np.array([0]))[0]) * len(outcomes.talks))


def landing_of(room: DealRoom, outcomes: TalkOutcomes, *, row: int, world: World) -> Landing:
    """Return what a talk of the outcomes, by its row, puts into a run that goes on.

    A licence that is there is taken to end with the run's present month, and its talks to be behind; where there is
    none, the talks begin now, and what they come to begins when they are over. What was signed pays what was agreed, by
    the terms in force (else the usual ones) times a factor; see `market.terms_agreed`.
    """
    talk = outcomes.talks.iloc[row]
    licensed, end = room.futures.licensed, str(talk["end"])
    waits = _months(float(talk["weeks_extended"])) if licensed else round(float(talk["weeks"]) / WEEKS_PER_MONTH)
    if end not in AGREED:
        return Landing(waits if licensed and end != OPEN else -1, ())
    out = _months(float(talk["weeks_out"])) if licensed else 0
    first = world.money.calendar(world.month + 1) + waits + out
    rows = _scaled(room, world, draw=int(talk["draw"]), payment=float(talk["payment"]), first=first)
    return Landing(waits if out else -1, rows)


def landing_of_sheet(room: DealRoom, sheet: TermSheet, *, world: World) -> Landing:
    """Return what a sheet puts into a run that goes on when both sides sign it as it is."""
    request = room.futures.request
    first = world.money.calendar(world.month + 1)
    terms = {name: getattr(sheet, name) for name in terms_of(request.kind)}
    if request.kind == "streaming":
        for name, free in zip(REWARDED, ("rev_share_free", "per_stream_minimum_usd"), strict=True):
            terms[name] = terms[free] if terms[name] is None else terms[name]
        terms["rev_share_free"] = max(terms["rev_share_free"], NEXT_TO_NOTHING)
    row = _row(room, terms, markets=request.markets, first=first)
    return Landing(-1, (row,))


def terms_now(room: DealRoom, world: World) -> dict[tuple[str, ...], DealStart]:
    """Return by markets the terms in force, or the usual ones, of a licence that begins next month."""
    request, month = room.futures.request, world.money.calendar(world.month + 1)
    found: dict[DealStart, list[str]] = {}
    for market in request.markets:
        held = world.money.deals.standing(
            market=market, platform=request.platform, label=request.label, month=month, kind=request.kind
        )
        found.setdefault(held.deal, []).append(market)
    return {tuple(markets): deal for deal, markets in found.items()}


def _scaled(room: DealRoom, world: World, *, draw: int, payment: float, first: int) -> tuple[Row, ...]:
    """Return the rows that pay what was agreed."""
    request = room.futures.request
    last = first + request.months - 1
    if request.kind == "clips":
        fee = MONTHS_PER_YEAR * payment / request.world_part / 1e6
        old = next(iter(terms_now(room, world).values()))
        signed = clip_licences((old,), markets=request.markets, fee_usd_m=fee, first=first, last=last)
    else:
        paid = _present(room, draw)
        whole = sum(paid.values())
        signed = tuple(
            one
            for markets, old in terms_now(room, world).items()
            for one in licences(
                (replace(old, markets=markets),), present={market: paid[market] for market in markets},
                factor=payment / whole if whole > 0.0 else 1.0,
                guarantee_share=room.futures.parameters_of(draw).guarantee_share, first=first, last=last,
            )
        )  # fmt: skip
    return tuple(_row(room, _terms_of(one, request.kind), markets=one.markets, first=first) for one in signed)


def _present(room: DealRoom, draw: int) -> dict[str, float]:
    """Return by market what present terms pay in a draw, USD a month."""
    rows = room.futures.months
    rows = rows[(rows["draw"] == draw) & (rows["arm"] == "deal")]
    means = rows.groupby("market", observed=True)["paid"].mean()
    return {market: float(means[market]) for market in room.futures.request.markets}


def _terms_of(deal: DealStart, kind: str) -> dict[str, float]:
    """Return the terms of a written licence as a scenario names them."""
    if kind == "clips":
        return {"fee_usd_m": deal.minimum_guarantee_usd_m}
    terms = {name: getattr(deal, name) for name in terms_of(kind)}
    return {name: float(value) for name, value in terms.items() if value is not None}


def _row(room: DealRoom, terms: dict[str, float], *, markets: tuple[str, ...], first: int) -> Row:
    request = room.futures.request
    return {
        "platform": request.platform, "label": request.label, "kind": request.kind, "markets": tuple(markets),
        "start": show_month(first), "end": show_month(first + request.months - 1),
        **{name: float(value) for name, value in terms.items()}, "unusual": True, "about": "agreed in the deal room",
    }  # fmt: skip


def _months(weeks: float) -> int:
    """Return weeks as whole months, one at least of any week."""
    return max(1, round(weeks / WEEKS_PER_MONTH)) if weeks > 0.0 else 0
