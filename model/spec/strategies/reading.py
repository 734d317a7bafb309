"""Reading strategies: each merged table fitted to the run, with every fault."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from model.foundation.errors import Fault, nearest
from model.foundation.months import show_month
from model.spec.fields import TIKTOK, Fields, Ground
from model.spec.licence_words import listed
from model.spec.names import ALL
from model.spec.strategies.entries import read_entries
from model.spec.strategies.joining import offered_by
from model.spec.strategies.kinds import FIELDS, Choice, Number, StrategyKind, Word, Words, known_strategies
from model.spec.strategies.plans import StrategyPlan, Value
from model.spec.strategies.tables import SCHEDULE, Table
from model.spec.timeline import NewOffer


@dataclass(frozen=True, slots=True)
class StrategiesRead:
    """The plans of strategies, the offers they may open, faults, and what was left out of the run."""

    plans: tuple[StrategyPlan, ...]
    new_offers: tuple[NewOffer, ...]
    faults: tuple[Fault, ...]
    left_out: tuple[str, ...]


def read_strategies(tables: Sequence[Table], *, ground: Ground) -> StrategiesRead:
    """Return the strategies of merged tables, as far as they concern the run's markets and dates."""
    plans: list[StrategyPlan] = []
    faults: list[Fault] = []
    left_out: list[str] = []
    for table in tables:
        index = table.written.get("rule", table.index)  # a strategy is of the layer that says what is played
        fields = Fields(table.row, table.place, index=index, ground=ground, written=table.written)
        plan = _plan(fields, table)
        faults += fields.faults
        left_out += fields.left_out
        if plan is not None:
            plans.append(plan)
    rows, entered = {table.key: table for table in tables}, offered_by(plans)
    faults += [fault for plan in plans for fault in _absent(plan, rows[plan.key], ground, entered)]
    faults += [] if faults else _clashes(plans)
    offers = [] if faults else [offer for plan in plans for offer in _offers(plan, ground)]
    return StrategiesRead(tuple(plans), tuple(dict.fromkeys(offers)), tuple(faults), tuple(left_out))


def _plan(fields: Fields, table: Table) -> StrategyPlan | None:
    kinds = known_strategies()
    raw = fields.row.get("rule")
    if not isinstance(raw, str) or raw not in kinds:
        way = nearest(raw, list(kinds)) if isinstance(raw, str) else f"Known: {', '.join(sorted(kinds))}."
        fields.fault("rule", "no such strategy" if isinstance(raw, str) else "rule names a strategy", raw, way)
        return None
    kind = kinds[raw]
    actor = _actor(fields, table, kind)
    _refuse(fields, kind)
    values = {name: _value(fields, name, choice) for name, choice in kind.choices.items()}
    first, last = _period(fields)
    entries = read_entries(fields, service=actor, values=values) if kind.enters and actor else ()
    markets = tuple(entry.market for entry in entries) if kind.enters else _markets(fields, kind, actor)
    _check_tiers(fields, kind, actor, markets)
    _check_others(fields, kind, actor)
    if kind.name == SCHEDULE and not fields.row.get("actions"):
        way = f"Write [[strategies.{table.key}.actions]] before each."
        fields.fault("actions", "a schedule has dated actions", fields.row.get("actions"), way)
    if fields.faults or not (actor and markets) or first > last:
        return None
    plan = StrategyPlan(
        key=table.key, kind=kind, actor=actor, markets=markets, first=first, last=last, values=values, entries=entries,
        about=fields.text("about"), source=fields.text("source"), place=table.place,
    )  # fmt: skip
    for field, rule, value, way in kind.misfits(plan):
        fields.fault(field, rule, value, way)
    return None if fields.faults else plan


def _actor(fields: Fields, table: Table, kind: StrategyKind) -> str:
    """Return who plays: the table's own word, or its name where it gives none; "" where nobody can."""
    ground = fields.ground
    known = [one for one in ground.services if one != TIKTOK] if kind.side == "platform" else list(ground.labels)
    other = "label" if kind.side == "platform" else "platform"
    if other in fields.row:
        fields.fault(other, f"{kind.name} is played by a {kind.side}", fields.row[other], f"Write {kind.side} = ....")
        return ""
    raw = table.actor
    if isinstance(raw, str) and raw in known:
        return raw
    given = kind.side in fields.row
    rule = f"no such {kind.side}" if given else f"{kind.name} needs {kind.side} = ..., or a table named by it"
    fields.fault(kind.side if given else "", rule, raw, nearest(raw if isinstance(raw, str) else "", known))
    return ""


def _refuse(fields: Fields, kind: StrategyKind) -> None:
    """Note keys that the kind does not have."""
    own = [name for name in FIELDS if name not in ("entries", "actions")]
    own += ["entries"] if kind.enters else []
    own += ["actions"] if kind.name == SCHEDULE else []
    if kind.enters:
        own.remove("markets")
    fields.refuse_others((*own, *kind.choices), of=kind.name)


def _value(fields: Fields, name: str, choice: Choice) -> Value:
    if isinstance(choice, Number):
        if choice.whole:
            return float(fields.whole(name, low=int(choice.low), high=int(choice.high), default=int(choice.default)))
        got = fields.number(name, low=choice.low, high=choice.high, meaning=f"{choice.unit}; {choice.meaning}")
        return choice.default if got is None else got
    known = _known(fields.ground, choice)
    if isinstance(choice, Words):
        found = fields.names_in(name, known, of=str(choice.of), every=False)
        return choice.default if found is None else found
    return choice.default if name not in fields.row else fields.word(name, known, default=choice.default)


def _check_tiers(fields: Fields, kind: StrategyKind, actor: str, markets: tuple[str, ...]) -> None:
    """Note a tier that is named and that the service has nowhere."""
    sold = [tier for one in markets for tier in fields.ground.names.tiers.get((one, actor), ())]
    for name, choice in kind.choices.items():
        tier = fields.row.get(name)
        known = isinstance(tier, str) and tier in fields.ground.names.tier_names
        if isinstance(choice, Word) and choice.of == "tier" and sold and known and tier not in sold:
            rule = f"{actor} has no such tier in {listed(markets)}"
            fields.fault(name, rule, tier, nearest(str(tier), list(dict.fromkeys(sold))))


def _services_named(row: Mapping[object, object], kind: StrategyKind) -> list[tuple[str, str]]:
    """Return (choice, service) of the services that a table names as others'."""
    found = []
    for name, choice in kind.choices.items():
        raw = row.get(name)
        if not isinstance(choice, Number) and choice.of == "service" and not kind.enters:
            listed_ = [raw] if isinstance(raw, str) else raw if isinstance(raw, list | tuple) else []
            found += [(name, str(one)) for one in listed_]
    return found


def _check_others(fields: Fields, kind: StrategyKind, actor: str) -> None:
    """Note a service that is named as another's and is the actor's own."""
    for name, one in _services_named(fields.row, kind):
        if one == actor:
            fields.fault(name, f"{kind.name} names services other than its own", one, "Name another.")


def _absent(plan: StrategyPlan, table: Table, ground: Ground, entered: frozenset[tuple[str, str]]) -> list[Fault]:
    """Return a fault for each service that a strategy names and that none of its markets has, or gets."""
    found = []
    for name, one in _services_named(table.row, plan.kind):
        if any(ground.has(market, one) or (market, one) in entered for market in plan.markets):
            continue
        there = [other for other in ground.services if other != TIKTOK and ground.has(plan.markets[0], other)]
        rule = f"{one} has no offer in {listed(plan.markets)} and gets none"
        found.append(Fault(f"{table.place}.{name}", rule, one, nearest(one, there)))
    return found


def _known(ground: Ground, choice: Word | Words) -> tuple[str, ...]:
    if isinstance(choice.of, tuple):
        return choice.of
    if choice.of == "tier":
        return ground.names.tier_names
    return ground.names.label_names if choice.of == "label" else tuple(one for one in ground.services if one != TIKTOK)


def _period(fields: Fields) -> tuple[int, int]:
    """Return first and last calendar month, cut to the run; first lies behind last where it is not played at all."""
    window = fields.ground.window
    first = fields.month("from") if "from" in fields.row else window.first
    last = fields.month("until") if "until" in fields.row else window.last
    if first is None or last is None:
        return window.last, window.first
    if first > last and "from" in fields.row and "until" in fields.row:
        fields.fault("until", f"a strategy ends after it begins in {show_month(first)}", show_month(last), "Swap them.")
    elif first > window.last or last < window.first:
        late = first > window.last
        at = show_month(first if late else last)
        if fields.layer_of("from" if late else "until") < fields.ground.narrowed_by:
            fields.left_out.append(f"{fields.place} of {at}, which lies outside the run")
        else:
            rule = f"a strategy is played in the run, {show_month(window.first)} to {show_month(window.last)}"
            fields.fault("from" if late else "until", rule, at, "Change the dates, or drop it.")
    return max(first, window.first), min(last, window.last)


def _markets(fields: Fields, kind: StrategyKind, actor: str) -> tuple[str, ...]:
    ground = fields.ground
    chosen = fields.names_in("markets", ground.names.markets, of="market", every=True)
    chosen = (ALL,) if "markets" not in fields.row else chosen or ()
    if not (chosen and actor):
        return ()
    if kind.side == "platform":
        return fields.run_markets("markets", chosen, service=actor)
    inside = fields.run_markets("markets", chosen, service="")
    return tuple(one for one in inside if actor in ground.names.labels.get(one, ()))


def _clashes(plans: Sequence[StrategyPlan]) -> list[Fault]:
    """Return a fault for each pair of strategies that would set the same lever of the same actor somewhere."""
    found: list[Fault] = []
    for one, other in combinations(plans, 2):
        levers = sorted(set(one.kind.sets) & set(other.kind.sets))
        where = [market for market in other.markets if market in one.markets]
        together = max(one.first, other.first) <= min(one.last, other.last)
        if one.actor == other.actor and levers and where and together:
            rule = f"strategies.{one.key} sets the {listed(levers)} of {one.actor} in {listed(where)} at the same time"
            way = "Split markets or dates between the two, or keep one."
            found.append(Fault(other.place, rule, other.kind.name, way))
    return found


def _offers(plan: StrategyPlan, ground: Ground) -> list[NewOffer]:
    """Return the offers that a plan may open and that its market does not know at the start."""
    own = [(entry.market, tier, price, entry.month) for entry in plan.entries for tier, price in entry.tiers.items()]
    more = [(market, tier, price, plan.first) for market, tier, price in plan.kind.opens(plan)]
    return [
        NewOffer(market, plan.actor, tier, price, month)
        for market, tier, price, month in (*own, *more)
        if tier not in ground.names.tiers.get((market, plan.actor), ())
    ]
