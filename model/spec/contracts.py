"""Licences that a scenario writes itself: `[[deals]]`, read with every fault, and told in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from model.foundation.errors import Fault, nearest
from model.foundation.months import show_month
from model.spec.fields import TIKTOK, Fields, Ground
from model.spec.names import ALL
from model.spec.reading import Layer, shown
from model.spec.terms import LICENCE_KINDS, TERMS, terms_of
from model.spec.usual_terms import MEANT, unusual_terms

FIELDS: dict[str, str] = {
    "platform": "service that may play the label; tiktok for clips",
    "label": "label of each of the markets",
    "markets": 'list of market codes, or "ALL" for every market of the run where the platform has or gets an offer',
    "kind": "streaming, or clips on tiktok",
    "start": "first month in force, the run's first by default",
    "end": "last month in force",
    **{name: term.words for name, term in TERMS.items()},
    "mfn": "whether the label gets the best terms that the platform gives a label (true or false)",
    "exclusive": "whether nobody else may play the label there while it runs (true or false)",
    "lapses": "whether the label leaves when the term ends; else the old terms run on (true or false)",
    "unusual": "whether a term far above those on record is meant (true or false)",
    "about": "a sentence on the deal",
    "source": "fact ids behind the deal",
}
"""Fields of one deal, with their meanings."""
NEEDS = ("platform", "label", "markets", "end")
"""Fields that a deal must have."""


@dataclass(frozen=True, slots=True)
class ScenarioDeal:
    """One licence that a scenario writes.

    markets: codes, in the order of the facts. kind: of LICENCE_KINDS. first, last: month numbers, the last one in
    force. terms: those given, by name, in the units of TERMS; the rest is as in the pair's licence before. mfn: None
    as before. exclusive: nobody else may play the label there from first to last. lapses: the label leaves after last.
    """

    platform: str
    label: str
    markets: tuple[str, ...]
    kind: str
    first: int
    last: int
    terms: Mapping[str, float]
    mfn: bool | None = None
    exclusive: bool = False
    lapses: bool = False
    about: str = ""
    source: str = ""
    place: str = ""

    def canonical(self) -> dict[str, object]:
        """Return what determines numbers, as sorted plain values."""
        return {
            "exclusive": self.exclusive,
            "first": show_month(self.first),
            "kind": self.kind,
            "label": self.label,
            "lapses": self.lapses,
            "last": show_month(self.last),
            "markets": sorted(self.markets),
            "mfn": self.mfn,
            "platform": self.platform,
            "terms": dict(sorted(self.terms.items())),
        }


@dataclass(frozen=True, slots=True)
class DealsRead:
    """The deals of all layers in order of their first month, with faults and what was left out of the run."""

    deals: tuple[ScenarioDeal, ...]
    faults: tuple[Fault, ...]
    left_out: tuple[str, ...]


def read_deals(layers: Sequence[Layer], *, ground: Ground) -> DealsRead:
    """Return the deals of layers, weakest first: those of a stronger layer are added, an empty list drops all before.

    Faults name each wrong field, and each two deals of one label that cannot both hold.
    """
    deals: list[ScenarioDeal] = []
    faults: list[Fault] = []
    left_out: list[str] = []
    for index, layer in enumerate(layers):
        raw = layer.values.get("deals", ())
        if raw == []:
            deals = []
        if not isinstance(raw, list | tuple):
            faults.append(Fault(layer.at("deals"), "deals are a list of tables", shown(raw), "Write [[deals]] first."))
            continue
        for number, row in enumerate(raw, start=1):
            place = f"{layer.place}: deal {number}"
            if not isinstance(row, Mapping):
                faults.append(Fault(place, "a deal is a table", shown(row), "Write [[deals]] before each."))
                continue
            fields = Fields(row, place, index=index, ground=ground)
            deal = _read(fields)
            faults += fields.faults
            left_out += fields.left_out
            deals += [deal] if deal is not None else []
    faults += _clashes(deals)
    ordered = sorted(deals, key=lambda one: (one.first, one.platform, one.label, one.kind, one.markets))
    return DealsRead(tuple(ordered), tuple(faults), tuple(left_out))


def _read(fields: Fields) -> ScenarioDeal | None:
    """Return the deal of a table; None where it is faulty or wholly left out."""
    fields.refuse_others(tuple(FIELDS), of="a deal")
    for name in NEEDS:
        if name not in fields.row:
            fields.fault(name, "a deal needs this field", None, f"It is the {FIELDS[name]}.")
    platform = fields.service("platform") if "platform" in fields.row else ""
    kind = _kind(fields, platform)
    span = _span(fields)
    markets = _markets(fields, platform, _label(fields))
    terms = _terms(fields, kind)
    if not fields.switch("unusual"):
        for one in unusual_terms(terms, service=platform, markets=markets, names=fields.ground.names):
            fields.fault(one.name, one.rule, one.value, f"It is the {TERMS[one.name].words}. {MEANT}")
    mfn, exclusive, lapses = fields.switch("mfn"), fields.switch("exclusive"), fields.switch("lapses")
    if exclusive and kind == "clips":
        fields.fault("exclusive", "only streaming licences are exclusive", True, "Take it out: clips are on TikTok.")
    about, source = fields.text("about"), fields.text("source")
    if fields.faults or span is None or not markets:
        return None
    return ScenarioDeal(
        platform, str(fields.row["label"]), markets, kind, *span, terms, mfn=mfn, exclusive=bool(exclusive),
        lapses=bool(lapses), about=about, source=source, place=fields.place,
    )  # fmt: skip


def _kind(fields: Fields, platform: str) -> str:
    """Return the kind; where it does not fit the service, one fault, and the kind that does."""
    kind = fields.word("kind", LICENCE_KINDS, default="streaming")
    if platform == TIKTOK and kind != "clips":
        way = 'Write kind = "clips", or name a music service.'
        fields.fault("kind", "tiktok has licences for clips only", kind, way)
        return "clips"
    if platform and platform != TIKTOK and kind == "clips":
        way = f'Write platform = "tiktok", or take kind out: {platform} streams.'
        fields.fault("kind", "licences for clips are tiktok's", kind, way)
        return "streaming"
    return kind


def _label(fields: Fields) -> str:
    if "label" not in fields.row:
        return ""
    raw, known = fields.row["label"], fields.ground.names.label_names
    if isinstance(raw, str) and raw in known:
        return raw
    if raw == "publishers":
        way = "Publishers are paid under licences of their own: name a label."
        fields.fault("label", "publishers are no label", raw, way)
    elif isinstance(raw, str):
        fields.fault("label", "no such label", raw, nearest(raw, known))
    else:
        fields.fault("label", "label is the name of one label", raw, 'Example: label = "sony".')
    return ""


def _span(fields: Fields) -> tuple[int, int] | None:
    """Return (first, last) months; None where one is wrong or the deal starts outside the run."""
    first = fields.month("start") if "start" in fields.row else fields.ground.window.first
    last = fields.month("end")
    if first is None or last is None:
        return None
    if last < first and "start" not in fields.row and fields.index < fields.ground.window.start_from:
        fields.left_out.append(f"{fields.place}, which ends in {show_month(last)}, before the run")
        return None
    if last < first:
        way = "It is the last month in force; without start the deal begins with the run."
        fields.fault("end", f"a deal ends after its start, {show_month(first)}", show_month(last), way)
        return None
    return (first, last) if fields.in_run("start", first, what=fields.place) else None


def _markets(fields: Fields, platform: str, label: str) -> tuple[str, ...]:
    """Return the markets of the run where service and label are, with a fault for each named one where they are not."""
    names = fields.ground.names
    chosen = fields.names_in("markets", names.markets, of="market", every=True)
    if chosen is None:
        return ()
    there = fields.run_markets("markets", chosen, service=platform)
    if not label:
        return there
    having = tuple(one for one in there if label in names.labels.get(one, ()))
    lacking = [one for one in there if one not in having]
    if lacking and (chosen != (ALL,) or not having):
        known = list(dict.fromkeys(name for one in lacking for name in names.labels.get(one, ())))
        fields.fault("label", f"there is no such label in {', '.join(lacking)}", label, nearest(label, known))
    return having


def _terms(fields: Fields, kind: str) -> dict[str, float]:
    found: dict[str, float] = {}
    for name, term in TERMS.items():
        if name in fields.row and kind not in term.kinds:
            way = f"Terms of a {kind} licence: {', '.join(terms_of(kind))}."
            fields.fault(name, f"is a term of {' and '.join(term.kinds)} licences", fields.row[name], way)
            continue
        value = fields.number(name, low=term.low, high=term.high, meaning=term.words)
        if value is not None:
            found[name] = value
    return found


def _clashes(deals: Sequence[ScenarioDeal]) -> Iterator[Fault]:
    """Yield a fault for each two deals of one label that cannot both hold."""
    for one, other in combinations(deals, 2):
        where = [market for market in other.markets if market in one.markets]
        together = one.first <= other.last and other.first <= one.last
        if one.label != other.label or one.kind != other.kind or not where or not together:
            continue
        named, told = one.place.split(": ")[-1], ", ".join(where)
        named = named if one.place.split(": ")[0] == other.place.split(": ")[0] else one.place
        months = f"{show_month(one.first)} to {show_month(one.last)}"
        if one.platform == other.platform:
            rule = f"{named} of {one.platform} and {one.label} holds in {told} from {months}"
            way = "Move a date or take the market out of one; deals = [] alone drops those of weaker sources."
            yield Fault(f"{other.place}.start", rule, show_month(other.first), way)
        elif one.exclusive or other.exclusive:
            alone, beside = (one, other) if one.exclusive else (other, one)
            rule = f"{alone.platform} alone may play {one.label} in {told} by {named}, from {months}"
            if alone is other:
                rule = f"an exclusive deal stands alone; {named} lets {beside.platform} play {one.label} in {told}"
            yield Fault(f"{other.place}.exclusive", rule, other.exclusive, "Keep one of the two, or move a date.")
