"""What two scenarios do differently, in groups that can be taken over one by one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from model.foundation.errors import Fault, nearest, raise_faults
from model.spec.contracts import ScenarioDeal
from model.spec.mixing import Contents, cells, contents_of, mixed
from model.spec.scenario import Scenario
from model.spec.settings import LEVERS, Setting

Key = tuple[str, ...]
"""("lever", lever, service, item, market or ""), ("parameter", name), ("growth",), ("talks",), ("strategy", name) or
("deal", platform, label, kind)."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing in which two scenarios differ, taken over as a whole. name: in words. keys: what belongs to it."""

    name: str
    keys: frozenset[Key]


class Mixer:
    """Two scenarios and what differs between them; `mix` does some of it as the second does, the rest as the first."""

    def __init__(
        self, first: Scenario, second: Scenario, *, by_market: bool = False,
        groups: Mapping[str, Sequence[str]] | None = None,
    ) -> None:  # fmt: skip
        self.first, self.second, self.by_market = first, second, by_market
        self._contents = contents_of(first), contents_of(second)
        self.differences = _grouped(self._differences(), groups or {})

    def mix(self, taken: Iterable[int]) -> Scenario:
        """Return the first scenario with the differences at these positions as in the second."""
        keys = frozenset(key for number in taken for key in self.differences[number].keys)
        one, other = self._contents
        contents = Contents(
            overrides=self._settings(one.overrides, other.overrides, keys),
            settings=self._events(keys),
            parameters={
                name: (self.second if ("parameter", name) in keys else self.first).parameters[name]
                for name in {**one.parameters, **other.parameters}
            },
            growth=other.growth if ("growth",) in keys else one.growth,
            deals=_deals(one.deals, other.deals, keys),
            talks=other.talks if ("talks",) in keys else one.talks, new_offers=one.new_offers,
            strategies=(*(plan for plan in one.strategies if ("strategy", plan.key) not in keys),
                        *(plan for plan in other.strategies if ("strategy", plan.key) in keys)),
        )  # fmt: skip
        return mixed(self.first, contents, name="between two")

    def _settings(self, one: Sequence[Setting], other: Sequence[Setting], keys: frozenset[Key]) -> tuple[Setting, ...]:
        kept = [setting for setting in one if self._key(setting) not in keys]
        return tuple(cells([*kept, *(setting for setting in other if self._key(setting) in keys)]).values())

    def _events(self, keys: frozenset[Key]) -> dict[int, tuple[Setting, ...]]:
        one, other = (contents.settings for contents in self._contents)
        found = {month: self._settings(one.get(month, ()), other.get(month, ()), keys) for month in {**one, **other}}
        return {month: found[month] for month in sorted(found) if found[month]}

    def _key(self, one: Setting) -> Key:
        return ("lever", one.lever, one.service, one.item, one.market if self.by_market else "")

    def _differences(self) -> tuple[Difference, ...]:
        """Return the smallest groups: keys that one event sets together, or that hang on one entry, stay together."""
        one, other = self._contents
        sets: list[set[Key]] = []
        months = sorted({0, *one.settings, *other.settings})
        for month in months:
            mine, theirs = (
                cells(contents.settings.get(month, ()) if month else contents.overrides) for contents in (one, other)
            )
            by_place: dict[str, set[Key]] = {}
            for cell in {**mine, **theirs}:
                both = [found[cell] for found in (mine, theirs) if cell in found]
                if len(both) == 2 and both[0].value == both[1].value:
                    continue
                sets.append({self._key(both[0])})
                for setting in both if month else ():
                    place = f"{setting.place} {setting.market if self.by_market else ''}"
                    by_place.setdefault(place, set()).add(self._key(setting))
            sets.extend(by_place.values())
        sets += [{("parameter", name)} for name in sorted({**one.parameters, **other.parameters})
                 if self.first.parameters[name] != self.second.parameters[name]]  # fmt: skip
        sets += [{("growth",)}] if one.growth != other.growth else []
        talks = [contents.talks.canonical() if contents.talks else None for contents in (one, other)]
        sets += [{("talks",)}] if talks[0] != talks[1] else []
        sets += [{("strategy", key)} for key in _strategies_that_differ(one, other)]
        mine_, theirs_ = _by_pair(one.deals), _by_pair(other.deals)
        sets += [{key} for key in sorted({**mine_, **theirs_}) if _plain(mine_.get(key)) != _plain(theirs_.get(key))]
        return _named(_joined(sets), self._kinds())

    def _kinds(self) -> Mapping[Key, str]:
        """Return the kind of event behind each key that events set, the first of entries and exits."""
        found: dict[Key, str] = {}
        for plan, contents in zip((self.first, self.second), self._contents, strict=True):
            kinds = {(event.place, event.month): event.kind for event in plan.events}
            for month, settings in contents.settings.items():
                for one in settings:
                    kind = kinds.get((one.place, month), "")
                    if kind in _EVENT_WORDS:
                        found[self._key(one)] = kind
        return found


def _strategies_that_differ(one: Contents, other: Contents) -> list[str]:
    """Return the names of strategies that only one scenario plays, or that each plays in its own way."""
    mine, theirs = ({plan.key: plan.canonical() for plan in contents.strategies} for contents in (one, other))
    return [key for key in {**mine, **theirs} if mine.get(key) != theirs.get(key)]


def _by_pair(deals: Sequence[ScenarioDeal]) -> dict[Key, list[ScenarioDeal]]:
    found: dict[Key, list[ScenarioDeal]] = {}
    for deal in deals:
        found.setdefault(("deal", deal.platform, deal.label, deal.kind), []).append(deal)
    return found


def _plain(deals: Sequence[ScenarioDeal] | None) -> list[dict[str, object]]:
    return [deal.canonical() for deal in deals or ()]


def _deals(
    one: Sequence[ScenarioDeal], other: Sequence[ScenarioDeal], keys: frozenset[Key]
) -> tuple[ScenarioDeal, ...]:
    kept = [deal for key, deals in _by_pair(one).items() if key not in keys for deal in deals]
    kept += [deal for key, deals in _by_pair(other).items() if key in keys for deal in deals]
    return tuple(sorted(kept, key=lambda deal: deal.first))


def _joined(sets: Sequence[set[Key]]) -> list[frozenset[Key]]:
    """Return sets with those that share a key made one, in order of first appearance."""
    found: list[set[Key]] = []
    for fresh in sets:
        touching = [one for one in found if one & fresh]
        whole = fresh.union(*touching)
        at = found.index(touching[0]) if touching else len(found)
        found = [one for one in found if not one & whole]
        found.insert(at, whole)
    return [frozenset(one) for one in found]


def _named(groups: Sequence[frozenset[Key]], kinds: Mapping[Key, str]) -> tuple[Difference, ...]:
    words = [_words(sorted(group), kinds) for group in groups]
    return tuple(
        Difference(name if words.count(name) == 1 else f"{name} ({words[: at + 1].count(name)})", group)
        for at, (name, group) in enumerate(zip(words, groups, strict=True))
    )


_EVENT_WORDS = {"platform_enters": "enters", "new_competitor": "enters", "platform_leaves": "leaves",
                "telco_bundle": "bundle"}  # fmt: skip
"""What a set of levers is called by the event that set them."""


def _words(keys: Sequence[Key], kinds: Mapping[Key, str]) -> str:
    for key in keys:
        if key in kinds:
            where = f" {key[4]}" if key[4] else ""
            return f"{key[2]} {_EVENT_WORDS[kinds[key]]}{where}"
    told = list(dict.fromkeys(_key_words(key) for key in keys))
    return ", ".join(told) if len(told) <= 2 else f"{told[0]} and {len(told) - 1} more"


def _key_words(key: Key) -> str:
    if key[0] == "lever":
        _, lever, service, item, market = key
        what = "catalogue" if lever == "catalogue" else LEVERS[lever].name.replace("_", " ")
        return " ".join(part for part in (service, item, what, market) if part)
    if key[0] == "deal":
        return f"licence of {key[1]} with {key[2]}" + (" (clips)" if key[3] == "clips" else "")
    if key[0] in ("parameter", "strategy"):
        return f"{key[0]} {key[-1]}"
    return {"growth": "growth of the internet", "talks": "talks"}[key[0]]


def _grouped(differences: Sequence[Difference], groups: Mapping[str, Sequence[str]]) -> tuple[Difference, ...]:
    """Return differences with those of a group made one. groups: name -> names or patterns such as "resso *"."""
    names = [one.name for one in differences]
    taken: dict[str, str] = {}
    faults: list[Fault] = []
    for group, patterns in groups.items():
        for pattern in patterns:
            fitting = [name for name in names if fnmatchcase(name, pattern)]
            if not fitting:
                rule = "names differences of the two scenarios"
                faults.append(Fault(f"groups: {group}", rule, pattern, nearest(pattern, names)))
            for name in fitting:
                if taken.setdefault(name, group) != group:
                    rule, way = "a difference belongs to one group", "Take it out of one."
                    faults.append(Fault(f"groups: {group}", rule, name, way))
    raise_faults(faults)
    found: list[Difference] = []
    for group in groups:
        keys = frozenset().union(*(one.keys for one in differences if taken.get(one.name) == group))
        found.append(Difference(group, keys))
    return (*found, *(one for one in differences if one.name not in taken))
