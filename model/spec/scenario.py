"""A scenario: everything that a run is asked to do, validated, frozen, and able to explain itself in words."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from model.foundation.errors import Fault, nearest, raise_faults
from model.foundation.months import show_month
from model.spec.contracts import ScenarioDeal, read_deals
from model.spec.days import day_faults
from model.spec.events import Event, read_events, services_entering
from model.spec.explain import explain
from model.spec.fields import Ground
from model.spec.frame import FrameReader, plain_name
from model.spec.levers import read_levers
from model.spec.names import Names, NamesOf, known_names
from model.spec.parameters import Parameters, declared_parameters
from model.spec.reading import Layer, Rank, find_scenario, in_order, layer_of, parents_of, read_layers, shown
from model.spec.settings import Setting
from model.spec.strategies.joining import entry_events, licences_of_entries, offered_by, responding
from model.spec.strategies.plans import StrategyPlan
from model.spec.strategies.reading import read_strategies
from model.spec.strategies.tables import merged, scheduled
from model.spec.talks import TalksPlan
from model.spec.talks_reading import read_talks
from model.spec.timeline import NewOffer, TimelineMaker, offered_at_some_time
from model.spec.usual_prices import price_faults


@dataclass(frozen=True, eq=False, slots=True)
class Scenario:
    """What is run, where and what happens; made by load() or from_mapping(), changed by replace().

    start: "YYYY-MM"; month 0 is the opening stock on its first day, flows are months 1 to `months`. users: simulated
    users per market at the start. overrides: levers set from month 1. events: in order, with their markets resolved.
    new_offers: offers that open in the run and do not exist at the start. deals: licences agreed beforehand, in order
    of their first month. talks: who talks about licences inside the run, None for nobody. strategies: rules that firms
    and labels play. rivals_respond: whether those answer that are not of the firm `focus`. left_out: settings, events,
    licences and strategies of weaker sources that a stronger one took out by running fewer markets or other dates.
    """

    name: str
    about: str
    start: str
    months: int
    users: int
    markets: tuple[str, ...]
    seed: int
    replicates: int
    growth: bool
    fresh_starts: bool
    parameters: Parameters
    overrides: tuple[Setting, ...]
    events: tuple[Event, ...]
    new_offers: tuple[NewOffer, ...]
    deals: tuple[ScenarioDeal, ...]
    talks: TalksPlan | None
    strategies: tuple[StrategyPlan, ...]
    rivals_respond: bool
    focus: str
    left_out: tuple[str, ...]
    names: Names = field(repr=False)
    start_month: int
    _event_settings: Mapping[int, tuple[Setting, ...]] = field(repr=False)
    _layers: tuple[Layer, ...] = field(repr=False)
    _names_of: NamesOf = field(repr=False)

    @classmethod
    def load(
        cls,
        name_or_path: str | Path,
        *,
        command_line: Mapping[str, object] | None = None,
        call: Mapping[str, object] | None = None,
        names: NamesOf = known_names,
    ) -> Scenario:
        """Return the scenario of a name or TOML file, with overrides of the command line and of the call on top.

        Names are looked for in the project's folder `scenarios` and in the working folder's. Errors: InputError.
        """
        path = find_scenario(name_or_path)
        layers = [*read_layers(path)]
        if command_line:
            layers.append(_override(command_line, place="command line", rank=Rank.COMMAND_LINE))
        if call:
            layers.append(_override(call, place="call", rank=Rank.CALL))
        return _resolve(layers, names_of=names, stem=plain_name(path.stem))

    @classmethod
    def from_mapping(
        cls, mapping: Mapping[str, object], *, place: str = "scenario", names: NamesOf = known_names
    ) -> Scenario:
        """Return the scenario of a mapping with the keys of a scenario file, nested or dotted. Errors: InputError."""
        layer = layer_of(mapping, place=place, rank=Rank.SCENARIO)
        return _resolve([*parents_of(layer), layer], names_of=names, stem="unnamed")

    def replace(self, overrides: Mapping[str, object] | None = None, /, **more: object) -> Scenario:
        """Return a new validated scenario with some values changed, e.g. {"platforms.resso.integration.ID": 1.0}.

        Keys are dotted or nested, as in a file; events are added, and an empty list of events drops all. Keys without
        dots may be given as keywords too: replace(users=30_000, months=12).
        """
        layer = _override(_both(overrides, more), place="call", rank=Rank.CALL)
        if not layer.values:
            return self
        return _resolve([*self._layers, layer], names_of=self._names_of, stem=self.name)

    def explain(self) -> str:
        """Return in words what will be run, what differs from the defaults, and what happens month by month."""
        return explain(self)

    @property
    def horizon(self) -> int:
        """Number of flow months, the same as `months`."""
        return self.months

    def settings_at(self, month_index: int) -> tuple[Setting, ...]:
        """Return what is set at the beginning of a flow month, 1 being the month of the start date.

        Month 1 has the overrides before its events. Of two events of different sources that set the same cell only the
        stronger is returned.
        """
        found = self._event_settings.get(self.start_month + month_index - 1, ())
        return (*self.overrides, *found) if month_index == 1 else found

    @property
    def played(self) -> tuple[StrategyPlan, ...]:
        """Strategies that are played: all of them, or without answers of others than `focus`."""
        return responding(self.strategies, rivals_respond=self.rivals_respond, focus=self.focus)

    def canonical(self) -> dict[str, object]:
        """Return what determines the numbers of one run as sorted plain values, free of order, format, place and names.

        Name, sentence and number of replicates are left out: they change no run. Deals, talks, strategies and fresh
        starts stand in it only where there are any.
        """
        months = range(1, self.months + 1)
        at = {show_month(self.start_month + index - 1): _in_effect(self.settings_at(index)) for index in months}
        found: dict[str, object] = {
            "growth": self.growth,
            "markets": sorted(self.markets),
            "months": self.months,
            "parameters": {name: float(value) for name, value in sorted(self.parameters.items())},
            "seed": self.seed,
            "settings": {month: cells for month, cells in at.items() if cells},
            "start": self.start,
            "users": self.users,
        }
        if self.fresh_starts:
            found["fresh_starts"] = True
        if self.deals:
            found["deals"] = sorted((one.canonical() for one in self.deals), key=_as_text)
        if self.talks is not None:
            found["talks"] = self.talks.canonical()
        if self.played:
            found["strategies"] = sorted((one.canonical() for one in self.played), key=_as_text)
        return found

    @property
    def digest(self) -> str:
        """Sixteen hexadecimal digits that stand for canonical()."""
        return hashlib.blake2b(_as_text(self.canonical()).encode(), digest_size=8).hexdigest()

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Scenario):
            return NotImplemented
        return (self.name, self.about, self.replicates, self.canonical()) == (
            other.name, other.about, other.replicates, other.canonical())  # fmt: skip

    def __hash__(self) -> int:
        return hash((self.name, self.digest))

    def _repr_html_(self) -> str:
        from model.spec.card import scenario_html

        return scenario_html(self)


def _as_text(value: object) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), allow_nan=False)


def _in_effect(settings: Sequence[Setting]) -> list[list[object]]:
    """Return the last value of each cell, sorted: [lever, market, service, item, value]."""
    last = {(one.lever, one.market, one.service, one.item): one.value for one in settings}
    return [[*cell, value] for cell, value in sorted(last.items())]


def _both(overrides: object, more: Mapping[str, object]) -> object:
    if not isinstance(overrides, Mapping):
        return more if overrides is None else overrides  # what is no mapping is refused by the layer
    twice = [Fault(f"call: {key}", "a key is given once", shown(more[key]), "Take one of the two out.")
             for key in more if key in overrides]  # fmt: skip
    raise_faults(twice)
    return {**overrides, **more}


def _override(mapping: object, *, place: str, rank: Rank) -> Layer:
    layer = layer_of(mapping, place=place, rank=rank)
    if "extends" in layer.values:
        way = "Load the other scenario instead."
        raise_faults(
            [Fault(layer.at("extends"), "an override cannot extend a scenario", shown(layer.values["extends"]), way)]
        )
    return layer


def _resolve(given: Sequence[Layer], *, names_of: NamesOf, stem: str) -> Scenario:
    """Return the scenario of layers, or raise InputError with every fault of every layer."""
    layers = in_order(given)
    reader = FrameReader(layers, names_of)
    frame = reader.read()
    names, window = frame.names, frame.window
    faults, left_out = reader.faults, []
    entering = tuple(name for layer in layers for name in services_entering(layer))
    values: dict[str, object] = {}
    settings: dict[tuple[str, str, str, str], Setting] = {}
    events: list[Event] = []
    for index, layer in enumerate(layers):
        values.update(_parameters(layer, faults))
        strict = index >= window.markets_from
        found = read_levers(layer, names=names, markets=window.markets, strict=strict, entering=entering)
        settings.update({(one.lever, one.market, one.service, one.item): one for one in found.settings})
        faults.extend(found.faults)
        left_out.extend(found.left_out)
        read, wrong = read_events(layer, index=index, names=names, entering=entering)
        faults.extend(wrong)
        events = [] if layer.values.get("events") == [] else events
        events.extend(read)
    tables, wrong = merged(layers)
    actions, misplaced = scheduled(tables, names=names)
    events.extend(actions)
    faults += [*wrong, *misplaced]
    maker = TimelineMaker(names, window)
    timeline = maker.make(events)
    overrides = tuple(settings[cell] for cell in sorted(settings))
    faults += [*maker.faults, *_growth_faults(frame.growth, overrides)]
    faulted = frozenset(fault.place for fault in faults)
    there = offered_at_some_time(names, timeline)
    doubtful = bool(faults)
    rules = read_strategies(tables, ground=Ground(names, window, there, entering, doubtful=doubtful))
    dated = sorted((*timeline.events, *entry_events(rules.plans)), key=lambda event: event.month)
    faults += price_faults(names, overrides, dated, faulted=faulted, allowed=frame.unusual_prices)
    faults += day_faults(names.topview, overrides, timeline.events)
    ground = Ground(names, window, there | offered_by(rules.plans), entering, doubtful=doubtful)
    deals, talks = read_deals(layers, ground=ground), read_talks(layers, ground=ground)
    raise_faults([*faults, *rules.faults, *deals.faults, *talks.faults])
    parameters = Parameters(values)
    wanted = licences_of_entries(talks.plan, rules.plans, lead=int(parameters.talks_lead_months), window=window)
    return Scenario(
        name=frame.name or stem, about=frame.about, start=frame.start, markets=window.markets, growth=frame.growth,
        fresh_starts=frame.fresh_starts,
        parameters=parameters, overrides=overrides, events=timeline.events,
        new_offers=tuple(dict.fromkeys((*timeline.new_offers, *rules.new_offers))),
        deals=deals.deals, talks=wanted, names=names, start_month=window.first, strategies=rules.plans,
        rivals_respond=frame.rivals_respond, focus=frame.focus,
        left_out=(*left_out, *timeline.left_out, *rules.left_out, *deals.left_out, *talks.left_out),
        _event_settings=timeline.settings, _layers=layers, _names_of=names_of, **frame.wholes,
    )  # fmt: skip


def _parameters(layer: Layer, faults: list[Fault]) -> dict[str, object]:
    """Return the layer's parameter values that are right, adding a fault for each that is not."""
    raw = layer.values.get("parameters", {})
    if not isinstance(raw, Mapping):
        faults.append(
            Fault(layer.at("parameters"), "is a table of parameters", shown(raw), "Example: parameters.theta = 2.5.")
        )
        return {}
    declared = declared_parameters()
    right: dict[str, object] = {}
    for name, value in raw.items():
        place, line = layer.at("parameters", name), declared.get(name)
        if line is None:
            faults.append(Fault(place, "no such parameter", shown(value), nearest(name, list(declared))))
        else:
            wrong = line.faults(shown(value), place=place)
            faults.extend(wrong)
            right.update({} if wrong else {name: value})
    return right


def _growth_faults(growth: bool, overrides: Sequence[Setting]) -> list[Fault]:
    if growth:
        return []
    rule, way = "growth is switched off in this scenario", "Write growth = true or take the lever out."
    return [Fault(one.place, rule, one.value, way) for one in overrides if one.lever == "growth"]
