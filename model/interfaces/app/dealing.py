"""The deal room of the page: what may be chosen in the live run, futures lived beside it, sheets judged, talks held."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import pandas as pd

from model.experiments.deals.judging import Judging
from model.experiments.deals.landing import Landing, drawn_talk, landing_of, landing_of_sheet, terms_now
from model.experiments.deals.outcomes import OPEN, TalkOutcomes
from model.experiments.deals.room import DealRoom, deal_room
from model.experiments.deals.sheet import REWARDED, TermSheet
from model.foundation.errors import Fault, InputError
from model.interfaces.app.background import MONTHS, Report
from model.interfaces.app.restore import Licence, PageState, Plain
from model.interfaces.app.session import Session
from model.market.world import World
from model.mechanisms.clips import SERVICE
from model.spec.terms import terms_of
from model.state.country import Country

PAGE, PLACE = "deal_room", "talks"
"""Name of the page in the state, and where faults of what lands are kept."""
TERMS_OF_MONTHS, DRAWS = (12, 24, 36), (6, 12, 24)
PROTOCOLS = {"offers": "Offers, week by week", "nash": "Nash bargaining", "rubinstein": "Alternating offers",
             "take_it_or_leave_it": "Take it or leave it"}  # fmt: skip
TALKS = 20
"""Talks that are played in every draw."""


@dataclass(frozen=True, slots=True)
class Choice:
    """Whose licence is looked at. kind: "streaming" or "clips". months: its term. draws: futures."""

    kind: str
    platform: str
    label: str
    markets: tuple[str, ...]
    months: int
    draws: int

    def wishes(self) -> dict[str, object]:
        """Return the choice as arguments of `sm.deal_room`."""
        return {"kind": self.kind, "platform": self.platform, "label": self.label, "markets": self.markets,
                "months": self.months, "draws": self.draws}  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class Held:
    """What the page shows of a licence.

    choice: what was asked. stamp: the live run that it was asked of; month: last month lived there. room: futures of
    the draws that are there; judging: quick answers on sheets; walk, summary, fans, base_usd: what the room says of
    itself, worked out once. present: terms of the licence in force, else the usual ones; mixed: those of them that
    differ between the markets. base: the run as it was.
    outcomes: talks, None before they are held; row: the one that this run has; landed: what it put into the run, None
    where it put nothing.
    """

    choice: Choice
    stamp: PageState
    month: int
    room: DealRoom
    judging: Judging
    walk: pd.DataFrame
    summary: pd.DataFrame
    fans: pd.DataFrame
    base_usd: float
    present: Mapping[str, float]
    mixed: frozenset[str]
    base: World
    outcomes: TalkOutcomes | None = None
    protocol: str = ""
    row: int = -1
    landed: Licence | None = None
    _judged: dict[tuple[tuple[str, float], ...], pd.DataFrame] = field(default_factory=dict)

    @property
    def whole(self) -> bool:
        """Whether all draws are there that were asked for."""
        return len(self.walk) >= self.choice.draws

    @property
    def agreement(self) -> float:
        """Share of draws with a zone."""
        return float(self.walk["zone"].mean())

    def judge(self, sheet: Mapping[str, float]) -> pd.DataFrame:
        """Return what a sheet does in every draw (`DealRoom.judge`); kept for the next look."""
        key = tuple(sorted(sheet.items()))
        if key not in self._judged:
            if len(self._judged) > 200:
                self._judged.clear()
            self._judged[key] = self.judging.judge(sheet)
        return self._judged[key]


@dataclass(frozen=True, slots=True)
class Offered:
    """What may be chosen in the live run: services and labels by kind of licence, with the markets of each pair."""

    markets_of: Mapping[tuple[str, str, str], tuple[str, ...]]

    @property
    def kinds(self) -> tuple[str, ...]:
        """Kinds of licence that there are."""
        return tuple(dict.fromkeys(kind for kind, *_ in self.markets_of))

    def platforms(self, kind: str) -> tuple[str, ...]:
        """Services of a kind."""
        return tuple(dict.fromkeys(one for what, one, _ in self.markets_of if what == kind))

    def labels(self, kind: str, platform: str) -> tuple[str, ...]:
        """Labels that a service may talk to."""
        return tuple(one for what, who, one in self.markets_of if (what, who) == (kind, platform))


def offered_by(countries: Mapping[str, Country]) -> Offered:
    """Return what may be chosen: services that are offered now, TikTok where it is allowed, labels of these markets."""
    found: dict[tuple[str, str, str], list[str]] = {}
    for code, country in countries.items():
        offers = country.offers
        there = dict.fromkeys(
            service for (service, _), is_open in zip(offers.names[1:], offers.is_open[1:], strict=True) if is_open
        )
        for label in country.labels:
            for service in there:
                found.setdefault(("streaming", service, label), []).append(code)
            if country.tiktok_open:
                found.setdefault(("clips", SERVICE, label), []).append(code)
    return Offered({cell: tuple(markets) for cell, markets in sorted(found.items())})


def choice_of(asked: Mapping[str, Plain | tuple[Plain, ...]], offered: Offered) -> Choice:
    """Return what the page was asked for, as far as the live run has it, else something near: Resso and Sony first."""
    kind = _one_of(asked.get("kind"), offered.kinds, "streaming")
    platform = _one_of(asked.get("platform"), offered.platforms(kind), "resso")
    label = _one_of(asked.get("label"), offered.labels(kind, platform), "sony")
    there = offered.markets_of[kind, platform, label]
    wanted = asked.get("markets")
    chosen = tuple(one for one in there if one in wanted) if isinstance(wanted, tuple) else there
    return Choice(
        kind, platform, label, chosen if wanted == () else chosen or there,
        months=_number_of(asked.get("months"), TERMS_OF_MONTHS, 24), draws=_number_of(asked.get("draws"), DRAWS, 12),
    )  # fmt: skip


def sheet_of(asked: Mapping[str, Plain | tuple[Plain, ...]], held: Held) -> dict[str, float]:
    """Return the terms on the table: those of the licence in force with what was set."""
    names, values = asked.get("terms", ()), asked.get("values", ())
    sheet = dict(held.present)
    if isinstance(names, tuple) and isinstance(values, tuple):
        known = terms_of(held.choice.kind)
        for name, value in zip(names, values, strict=False):
            term = known.get(str(name))
            if term is not None and not isinstance(value, bool | str) and term.low <= value <= term.high:
                sheet[term.name] = float(value)
    return sheet


def stamp_of(state: PageState, choice: Choice) -> PageState:
    """Return what fixes the live run that a room is asked of: talks of this month about the same pair come after it."""
    kept = tuple(one for one in state.changes if not _is_end(one, state, choice))
    return replace(state, changes=kept, market="", view="", pages={})


def landed_of(state: PageState, choice: Choice) -> Licence | None:
    """Return the end of talks about the pair that acts from the next month on, None where there is none."""
    return next((one for one in state.licences if _is_end(one, state, choice)), None)


def look_ahead(session: Session, choice: Choice, report: Report) -> None:
    """Live both futures of a licence from the live run as it stands; the room grows draw by draw in `kept`."""
    if not choice.markets:
        raise InputError(Fault("deal: markets", "at least one market is named", 0, "Choose a market."))
    with session.lock:
        state = session.state
        base = session.branch(without=landed_of(state, choice))
    stamp, done = stamp_of(state, choice), 0
    arms = 3 + 1 if choice.kind == "clips" else 2
    whole = choice.draws * choice.months * arms
    turn = _Turn()

    def month() -> None:
        nonlocal done
        turn.give_up()
        report("months", done, whole)
        done += 1
        turn.take()

    def draw(room: DealRoom) -> None:
        present, mixed = present_terms(room, base)
        session.kept[PAGE] = Held(choice, stamp, state.month, room, Judging(room), room.walk_aways(), room.summary(),
                                  room.fans(), room.base_usd(), present, mixed, base)  # fmt: skip

    try:
        deal_room(base, **choice.wishes(), starts=session.starts, each_month=month, each_draw=draw)  # type: ignore[arg-type]
    finally:
        turn.give_up()


def negotiate(session: Session, protocol: str, report: Report) -> None:
    """Hold the talks in every draw, and let the one that this run has act in the market from its next month on."""
    held = session.kept.get(PAGE)
    if not isinstance(held, Held):
        raise InputError(Fault("talks", "have futures to talk about", "none", "Look ahead first."))
    report("talks", 0, 1)
    outcomes = held.room.outcomes(protocol, talks=TALKS)
    world, request = held.base, held.room.futures.request
    row = drawn_talk(outcomes, pair=request.pair, seed=world.draw_seed, month=world.month)
    landing = landing_of(held.room, outcomes, row=row, world=world)
    found = replace(held, outcomes=outcomes, protocol=protocol, row=row, landed=None)
    licence = _licence(held, landing)
    changes_nothing = not landing.deals and landing.away < 0
    with session.changing():
        if held.stamp != stamp_of(session.state, held.choice):
            raise InputError(Fault("talks", "are about the present month", "the run went on", "Look ahead again."))
        before = landed_of(session.state, held.choice)
        if changes_nothing and before is not None:
            session.take_back(before)
        if not changes_nothing and session.put_licence(licence, place=PLACE):
            found = replace(found, landed=licence)
    session.kept[PAGE] = found


def sign_sheet(session: Session, sheet: Mapping[str, float]) -> bool:
    """Let both sides sign the sheet as it is, from the next month on; returns whether it was right."""
    held = session.kept.get(PAGE)
    if not isinstance(held, Held):
        return False
    landing = landing_of_sheet(held.room, TermSheet.from_mapping(sheet), world=held.base)
    licence = _licence(held, landing)
    right = session.put_licence(licence, place=PLACE)
    if right:
        session.kept[PAGE] = replace(held, outcomes=None, row=-1, landed=licence)
        session.tell()
    return right


def present_terms(room: DealRoom, world: World) -> tuple[dict[str, float], frozenset[str]]:
    """Return the terms in force, or the usual ones, over all markets, and which of them differ between markets.

    Sums are added; shares and minima are means by the net revenue that falls to the label. A free tier without terms of
    its own has those of paid tiers, as the books read it.
    """
    request = room.futures.request
    groups, guarantees = terms_now(room, world), world.money.guarantees
    base = room.futures.base
    weights = (base["usage_share"] * base["net_revenue"]).groupby(base["market"]).sum()
    found: dict[str, float] = {}
    mixed: set[str] = set()
    for name in terms_of(request.kind):
        column = "minimum_guarantee_usd_m" if name == "fee_usd_m" else name
        values = {markets: _value(deal, column) for markets, deal in groups.items()}
        if name in ("promotional_credit_usd_m", "fee_usd_m"):
            found[name] = sum(values.values()) if name != "fee_usd_m" else max(values.values())
        elif name == "minimum_guarantee_usd_m":
            found[name] = sum(_guaranteed(world, guarantees.yearly_usd, request.platform, request.label, market)
                              for market in request.markets)  # fmt: skip
        else:
            sizes = {markets: sum(float(weights.get(one, 0.0)) for one in markets) for markets in groups}
            whole = sum(sizes.values())
            parts = {markets: size / whole if whole > 0.0 else 1.0 / len(groups) for markets, size in sizes.items()}
            found[name] = sum(parts[markets] * value for markets, value in values.items())
            mixed |= {name} if len(set(values.values())) > 1 else set()
    if not (base["tier"] == "free_rewarded").any():
        found = {name: value for name, value in found.items() if name not in REWARDED}
    return {name: _tidy(value) for name, value in found.items()}, frozenset(mixed)


def end_of(held: Held) -> pd.Series[float]:
    """Return the talk that this run has."""
    assert held.outcomes is not None
    return held.outcomes.talks.iloc[held.row]


def still_open(held: Held) -> bool:
    """Whether the talks of this run are not over, so that old terms run on."""
    return str(end_of(held)["end"]) == OPEN


class _Turn:
    """A place among those who live months, given up between two of them."""

    def __init__(self) -> None:
        self._held = False
        self._places = MONTHS

    def take(self) -> None:
        self._places.acquire()
        self._held = True

    def give_up(self) -> None:
        if self._held:
            self._held = False
            self._places.release()


def _guaranteed(world: World, yearly: object, platform: str, label: str, market: str) -> float:
    """Return the guarantee of the licence in force that falls to a market, USD m a year; 0 for usual terms."""
    month = world.money.calendar(world.month + 1)
    held = world.money.deals.standing(market=market, platform=platform, label=label, month=month)
    if held.position < 0 or not held.held or not callable(yearly):
        return 0.0
    return float(yearly(held.position, markets=(market,))) / 1e6


def _value(deal: object, name: str) -> float:
    own = getattr(deal, name)
    if own is None:
        own = getattr(deal, {"rev_share_rewarded": "rev_share_free"}.get(name, "per_stream_minimum_usd"))
    if name == "rev_share_free" and own == 0.0:
        own = deal.rev_share_paid  # type: ignore[attr-defined]
    return float(own)


def _tidy(value: float) -> float:
    """Return a term with four digits, so that it reads as a term."""
    return float(f"{value:.4g}")


def _licence(held: Held, landing: Landing) -> Licence:
    choice = held.choice
    rows: Iterator[dict[str, Plain | tuple[Plain, ...]]] = (dict(_plain(row)) for row in landing.deals)
    return Licence(held.month, choice.platform, choice.label, choice.kind, choice.markets, landing.away, tuple(rows))


def _plain(row: Mapping[str, object]) -> Iterator[tuple[str, Plain | tuple[Plain, ...]]]:
    for key, value in row.items():
        if isinstance(value, bool | int | float | str):
            yield key, value
        elif isinstance(value, tuple):
            yield key, tuple(str(one) for one in value)


def _is_end(change: object, state: PageState, choice: Choice) -> bool:
    pair = (choice.platform, choice.label, choice.kind)
    return isinstance(change, Licence) and change.month == state.month and change.pair == pair


def _one_of(value: object, known: Sequence[str], usual: str) -> str:
    return value if isinstance(value, str) and value in known else usual if usual in known else known[0]


def _number_of(value: object, known: Sequence[int], usual: int) -> int:
    return value if isinstance(value, int) and value in known else usual
