"""Licences at stake in a scenario: which are lost by an event, talked about, or end in its months; rooms for some."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from model.experiments.deals import DealRoom, deal_room
from model.experiments.report.question import CATALOGUES, CLIPS
from model.experiments.run import Progress
from model.facts.records import ROLLING
from model.facts.start import load_start
from model.foundation.errors import InputError
from model.foundation.months import parse_month, show_month
from model.market.start_store import StartStore
from model.spec.fields import TIKTOK
from model.spec.scenario import Scenario
from model.theory.proportion import wilson

MOST_ROOMS = 2
DRAWS = 6
ROOM_USERS, ROOM_MONTHS = 3000, 24
LEAVES, TALKED, RUNS_ON = "lapses: the label leaves", "comes to the table", "runs on under old terms"
ROOMS = "draws"
"""Stage of the progress: pairs of futures of all rooms."""


@dataclass(frozen=True, slots=True)
class Stake:
    """A licence that an event of the scenario turns on. month: of the event, "YYYY-MM". words: the event."""

    platform: str
    label: str
    kind: str
    markets: tuple[str, ...]
    month: str
    words: str


@dataclass(frozen=True, slots=True)
class Room:
    """A licence and what it is worth to both sides, from futures with it and without."""

    stake: Stake
    room: DealRoom
    share: float
    share_low: float
    share_high: float


@dataclass(frozen=True, slots=True)
class Ending:
    """A written licence that ends in the scenario's months. then: what follows, LEAVES, TALKED or RUNS_ON."""

    platform: str
    label: str
    kind: str
    markets: tuple[str, ...]
    expires: str
    then: str


def stakes_of(plan: Scenario, events: Sequence[dict[str, object]]) -> tuple[Stake, ...]:
    """Return the licences that events of a scenario turn on. events: of its card, in the order of the plan's."""
    found = []
    for event, told in zip(plan.events, events, strict=True):
        if event.kind in CATALOGUES | CLIPS:
            kind = "clips" if event.kind in CLIPS else "streaming"
            platform = TIKTOK if kind == "clips" else event.service
            markets = tuple(code for code in event.markets if code in plan.markets)
            found.append(
                Stake(platform, event.item, kind, markets, show_month(event.month), f"{told['date']}: {told['words']}")
            )
    last = plan.start_month + plan.months - 1
    for deal in plan.deals:
        if deal.lapses and plan.start_month <= deal.last < last:
            month, markets = show_month(deal.last + 1), tuple(code for code in deal.markets if code in plan.markets)
            words = f"{month}: {deal.label}'s licence with {deal.platform} has lapsed"
            found.append(Stake(deal.platform, deal.label, deal.kind, markets, month, words))
    return tuple(dict.fromkeys(found))


def rooms_of(
    plan: Scenario, stakes: Sequence[Stake], *, draws: int, starts: StartStore | None, progress: Progress | None
) -> tuple[tuple[Room, ...], tuple[str, ...]]:
    """Return a room for each of the first stakes, and why others have none. draws: futures of each; 0 for no room."""
    found, left = [], []
    tell: Progress = progress or (lambda *_: None)
    chosen = [stake for stake in stakes if stake.markets][:MOST_ROOMS] if draws else []
    for at, stake in enumerate(chosen):

        def told(stage: str, done: int, whole: int, *, before: int = at) -> None:
            if stage == ROOMS:
                tell(ROOMS, before * whole + done, len(chosen) * whole)
            elif not before:
                tell(stage, done, whole)

        left_months = plan.months - (_number(plan, stake.month) - 1)
        try:
            room = deal_room(
                plan, platform=stake.platform, label=stake.label, markets=stake.markets, kind=stake.kind,
                at=stake.month, months=min(ROOM_MONTHS, max(left_months, 6)), draws=draws,
                users=min(plan.users, ROOM_USERS), starts=starts, progress=told,
            )  # fmt: skip
        except InputError as error:
            left.append(f"{stake.words}: no room, since {error.faults[0].place}, {error.faults[0].rule}")
        else:
            found.append(_room(stake, room))
    more = len(stakes) - len(chosen) if draws else 0
    left += [f"{more} further licences turned on by events have no room here; see resonance deal"] if more > 0 else []
    return tuple(found), tuple(left)


def _room(stake: Stake, room: DealRoom) -> Room:
    zones = room.walk_aways()["zone"].to_numpy(bool)
    low, high = wilson(np.array([float(zones.sum())]), trials=np.array([float(zones.size)]), level=0.9)
    return Room(stake, room, float(zones.mean()), float(low[0]), float(high[0]))


def _number(plan: Scenario, date: str) -> int:
    return parse_month(date) - plan.start_month + 1


def endings_of(plan: Scenario, *, platforms: Sequence[str]) -> tuple[Ending, ...]:
    """Return the written licences of some services that end in the scenario's months, the earliest first."""
    first, last = plan.start_month, plan.start_month + plan.months - 1
    written = [(one.platform, one.label, one.kind, one.expires, False, one.markets) for one in
               load_start(plan.start).deals if one.expires != ROLLING]  # fmt: skip
    written += [(one.platform, one.label, one.kind, one.last, one.lapses, one.markets) for one in plan.deals]
    found: dict[tuple[str, str, str, int, bool], set[str]] = {}
    for platform, label, kind, expires, lapses, markets in written:
        there = set(markets) & set(plan.markets)
        if platform in platforms and first <= expires <= last and there:
            found.setdefault((platform, label, kind, expires, lapses), set()).update(there)
    ordered = sorted(found.items(), key=lambda one: (one[0][3], one[0]))
    return tuple(
        Ending(key[0], key[1], key[2], tuple(code for code in plan.markets if code in there), show_month(key[3]),
               LEAVES if key[4] else TALKED if _talked(plan, *key[:3]) else RUNS_ON)
        for key, there in ordered
    )  # fmt: skip


def _talked(plan: Scenario, platform: str, label: str, kind: str) -> bool:
    talks = plan.talks
    return talks is not None and platform in talks.platforms and label in talks.labels and kind in talks.kinds
