"""Reading `[talks]`: the layers' tables merged key by key, then fitted to the run, with every fault."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from model.foundation.errors import Fault, nearest
from model.spec.fields import TIKTOK, Fields, Ground
from model.spec.names import ALL
from model.spec.reading import Layer, shown
from model.spec.talks import KEYS, MONTHS, PROPOSERS, PROTOCOLS, SCOPES, USERS, WANTED, TalksPlan, WantedLicences
from model.spec.terms import LICENCE_KINDS


@dataclass(frozen=True, slots=True)
class TalksRead:
    """The plan of talks, None where there are none, with faults and what was left out of the run."""

    plan: TalksPlan | None
    faults: tuple[Fault, ...]
    left_out: tuple[str, ...]


def read_talks(layers: Sequence[Layer], *, ground: Ground) -> TalksRead:
    """Return the plan of layers, weakest first: each key of a stronger layer replaces that of a weaker one.

    Of `scope` as a table the single labels do. An empty table drops all before it, so that nobody talks.
    """
    return _TalksReader(ground).read(layers)


class _TalksReader:
    """Merges the layers' tables key by key, then fits the outcome to the run."""

    def __init__(self, ground: Ground) -> None:
        self.ground = ground
        self.given: dict[str, tuple[object, Fields]] = {}  # the strongest right value of each key, and where it stands
        self.asked: dict[str, Fields] = {}  # keys given, right or wrong
        self.faults: list[Fault] = []
        self.left_out: list[str] = []

    def read(self, layers: Sequence[Layer]) -> TalksRead:
        for index, layer in enumerate(layers):
            if "talks" not in layer.values:
                continue
            raw = layer.values["talks"]
            if not isinstance(raw, Mapping):
                way = "Write [talks] and platforms = [...] below it; an empty table switches talks off."
                self.faults.append(Fault(layer.at("talks"), "talks are a table", shown(raw), way))
            elif not raw:
                self.given, self.asked = {}, {}
            else:
                self._layer(Fields(raw, layer.at("talks"), index=index, ground=self.ground))
        plan = self._plan() if self.asked else None
        return TalksRead(plan, tuple(self.faults), tuple(self.left_out))

    def _layer(self, fields: Fields) -> None:
        """Check each key of one layer's table and keep those that are right."""
        ground = self.ground
        fields.refuse_others(tuple(KEYS), of="talks")
        for key in KEYS:
            if key not in fields.row:
                continue
            before = len(fields.faults)
            value: object
            if key == "protocol":
                value = fields.word(key, tuple(PROTOCOLS), default="offers")
            elif key == "proposer":
                value = fields.word(key, PROPOSERS, default="label")
            elif key == "platforms":
                value = fields.names_in(key, ground.services, of="service", every=False)
            elif key == "labels":
                value = fields.names_in(key, ground.names.label_names, of="label", every=True)
            elif key == "kinds":
                value = fields.names_in(key, LICENCE_KINDS, of="kind of licence", every=False)
            elif key == "scope":
                value = self._scope(fields)
            elif key == "new":
                value = self._new(fields)
            else:
                low, high, default = USERS if key == "users" else MONTHS
                value = fields.whole(key, low=low, high=high, default=default)
            if len(fields.faults) == before:
                self.given[key] = (value, fields)
            self.asked[key] = fields
        self.faults += fields.faults
        fields.faults = []

    def _scope(self, fields: Fields) -> dict[str, str]:
        raw = fields.row["scope"]
        if not isinstance(raw, Mapping):
            return {ALL: fields.word("scope", SCOPES, default="world")}
        kept = self.given.get("scope")
        found: dict[str, str] = dict(kept[0]) if kept is not None else {}  # type: ignore[call-overload]
        known = (*self.ground.names.label_names, ALL)
        inner = Fields(raw, f"{fields.place}.scope", index=fields.index, ground=self.ground)
        for label in raw:
            if label in known:
                found[label] = inner.word(label, SCOPES, default="world")
            else:
                inner.fault(str(shown(label)), "no such label", label, nearest(str(shown(label)), known))
        fields.faults += inner.faults
        return found

    def _new(self, fields: Fields) -> tuple[Fields, ...]:
        """Return the tables of wanted licences with their own fields checked; they are fitted to the run later."""
        raw, found = fields.row["new"], []
        if not isinstance(raw, list | tuple):
            fields.fault("new", "licences wanted are a list of tables", raw, "Write [[talks.new]] before each.")
            return ()
        for number, row in enumerate(raw, start=1):
            place = f"{fields.place}.new {number}"
            if isinstance(row, Mapping):
                found.append(Fields(row, place, index=fields.index, ground=self.ground))
            else:
                rule, way = "licences wanted are a table", "Write [[talks.new]] before each."
                fields.faults.append(Fault(place, rule, shown(row), way))
        return tuple(found)

    def _take(self, fields: Fields) -> None:
        """Take over what a table's fields found."""
        self.faults += fields.faults
        self.left_out += fields.left_out
        fields.faults, fields.left_out = [], []

    def _value(self, key: str, default: object) -> object:
        return self.given[key][0] if key in self.given else default

    def _plan(self) -> TalksPlan | None:
        """Return the plan fitted to the run; None where it is faulty or nobody is left at the table."""
        last = next(reversed(self.asked.values()))
        if "platforms" not in self.asked:
            last.fault("platforms", "talks need services", None, 'Example: platforms = ["resso"].')
            self._take(last)
        if "platforms" not in self.given:
            return None
        platforms, labels, kinds = self._platforms(), self._labels(), self._kinds()
        new = self._wanted(platforms, labels)
        if not (platforms and labels and kinds):
            return None
        return TalksPlan(
            protocol=str(self._value("protocol", "offers")), platforms=platforms, labels=labels, kinds=kinds,
            scope={ALL: "world", **_table(self._value("scope", {}))}, users=_whole(self._value("users", USERS[2])),
            months=_whole(self._value("months", MONTHS[2])), proposer=str(self._value("proposer", "label")), new=new,
        )  # fmt: skip

    def _platforms(self) -> tuple[str, ...]:
        """Return the services that have or get an offer in the run."""
        chosen, fields = _words(self.given["platforms"][0]), self.given["platforms"][1]
        ground, found = self.ground, []
        for service in chosen:
            if any(ground.has(market, service) for market in ground.window.markets):
                found.append(service)
            elif fields.index < ground.narrowed_by:
                self.left_out.append(f"{fields.place}.platforms for {service}, which has no offer in the run")
            else:
                way = "Run its markets, or let it in with a platform_enters event."
                fields.fault("platforms", "has no offer in the run and gets none", service, way)
        self._take(fields)
        return tuple(found)

    def _labels(self) -> tuple[str, ...]:
        """Return the labels at the table that the run's markets have."""
        run = self.ground.labels
        if "labels" not in self.given:
            return run
        chosen, fields = _words(self.given["labels"][0]), self.given["labels"][1]
        absent = [] if chosen == (ALL,) else [label for label in chosen if label not in run]
        if absent and fields.index < self.ground.window.markets_from:
            self.left_out.append(f"{fields.place}.labels for {', '.join(absent)}, in no market of the run")
        else:
            for label in absent:
                fields.fault("labels", "no market of the run has this label", label, nearest(label, run))
        self._take(fields)
        return run if chosen == (ALL,) else tuple(label for label in run if label in chosen)

    def _kinds(self) -> tuple[str, ...]:
        """Return the kinds of licence; each needs a service at the table, and each service a kind."""
        if "kinds" in self.asked and "kinds" not in self.given:
            return ()
        kinds, platforms = _words(self._value("kinds", ("streaming",))), _words(self.given["platforms"][0])
        fields = self.given["kinds"][1] if "kinds" in self.given else self.given["platforms"][1]
        streams, clips = any(one != TIKTOK for one in platforms), TIKTOK in platforms
        if "clips" in kinds and not clips:
            rule, way = "clips need tiktok among the platforms", "Add it, or take clips out."
            fields.fault("kinds", rule, list(platforms), way)
        if "streaming" in kinds and not streams:
            way = 'Add one, or write kinds = ["clips"].'
            fields.fault("kinds", "streaming needs a music service among the platforms", list(platforms), way)
        elif clips and "clips" not in kinds:
            way = 'Write kinds = ["streaming", "clips"], or take tiktok out.'
            fields.fault("kinds", "tiktok has nothing to talk about but clips", list(kinds), way)
        if streams and "streaming" not in kinds:
            way = 'Write kinds = ["streaming", "clips"], or platforms = ["tiktok"].'
            fields.fault("kinds", "music services have nothing to talk about but streaming", list(kinds), way)
        self._take(fields)
        return kinds

    def _wanted(self, platforms: tuple[str, ...], labels: tuple[str, ...]) -> tuple[WantedLicences, ...]:
        if "new" not in self.given:
            return ()
        tables, found = self.given["new"][0], []
        for fields in tables if isinstance(tables, tuple) else ():
            one = self._wanted_one(fields, platforms, labels)
            found += [one] if one is not None and not fields.faults else []
            self._take(fields)
        return tuple(sorted(found, key=lambda one: (one.first, one.platform, one.labels, one.markets)))

    def _wanted_one(self, fields: Fields, platforms: tuple[str, ...], labels: tuple[str, ...]) -> WantedLicences | None:
        fields.refuse_others(tuple(WANTED), of="a table of licences wanted")
        ground = self.ground
        platform = fields.service("platform")
        if platform and platform not in platforms:
            if platform in _words(self.given["platforms"][0]) or fields.index < self.given["platforms"][1].index:
                fields.left_out.append(f"{fields.place} for {platform}, which is not at the table")
            else:
                fields.fault("platform", "is not at the table", platform, "Add it to platforms of talks.")
            platform = ""
        asked = fields.names_in("labels", ground.names.label_names, of="label", every=True)
        wanted = self._at_table(fields, (ALL,) if asked is None else asked, labels)
        chosen = fields.names_in("markets", ground.names.markets, of="market", every=True)
        chosen = (ALL,) if "markets" not in fields.row else chosen or ()
        markets = fields.run_markets("markets", chosen, service=platform) if chosen else ()
        markets = self._with_labels(fields, wanted, markets, every=chosen == (ALL,))
        first = fields.month("from") if "from" in fields.row else ground.window.first
        if first is None or not fields.in_run("from", first, what=fields.place):
            return None
        if not (platform and wanted and markets):
            return None
        return WantedLicences(platform, wanted, markets, first, fields.place)

    def _at_table(self, fields: Fields, wanted: tuple[str, ...], labels: tuple[str, ...]) -> tuple[str, ...]:
        if wanted == (ALL,):
            return labels
        away = [label for label in wanted if label not in labels]
        chosen_by = self.given["labels"][1].index if "labels" in self.given else 0
        if away and fields.index < max(chosen_by, self.ground.window.markets_from):
            fields.left_out.append(f"{fields.place} for {', '.join(away)}, not at the table")
        elif away:
            fields.fault("labels", "are not at the table", ", ".join(away), "Add them to labels of talks.")
        return tuple(label for label in wanted if label in labels)

    def _with_labels(
        self, fields: Fields, wanted: tuple[str, ...], markets: tuple[str, ...], *, every: bool
    ) -> tuple[str, ...]:
        """Return the markets that have one of the labels; a named one without any is a fault."""
        having = tuple(m for m in markets if any(one in self.ground.names.labels.get(m, ()) for one in wanted))
        lacking = [market for market in markets if market not in having]
        if lacking and wanted and (not every or not having):
            rule, way = f"none of these labels is in {', '.join(lacking)}", "Take the market out, or name its labels."
            fields.fault("labels", rule, ", ".join(wanted), way)
        return having


def _words(value: object) -> tuple[str, ...]:
    return value if isinstance(value, tuple) else ()


def _table(value: object) -> dict[str, str]:
    return value if isinstance(value, dict) else {}


def _whole(value: object) -> int:
    return value if isinstance(value, int) else 0
