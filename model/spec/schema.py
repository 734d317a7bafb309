"""JSON Schema of scenario files, for editors that complete and check TOML; made from the declarations."""

from __future__ import annotations

from model.spec.contracts import FIELDS as DEAL_FIELDS
from model.spec.contracts import NEEDS
from model.spec.frame import KEYS, WHOLES
from model.spec.kinds import FIELDS, KINDS, EventKind
from model.spec.names import STARTS
from model.spec.parameters import declared_parameters
from model.spec.settings import LEVERS, Lever
from model.spec.strategies.schema import strategy_schema
from model.spec.talks import KEYS as TALKS_KEYS
from model.spec.talks import MONTHS, PROPOSERS, PROTOCOLS, SCOPES, USERS, WANTED
from model.spec.terms import LICENCE_KINDS, Term, terms_of

Schema = dict[str, object]


def scenario_schema() -> Schema:
    """Return the JSON Schema (draft 2020-12) of a scenario file.

    It knows keys, types, bounds, kinds of events and parameters; which names exist where is checked on loading.
    """
    own: Schema = {
        "name": {"type": "string"},
        "about": {"type": "string"},
        "extends": {"type": "string"},
        "start": {"enum": list(STARTS)},
        "growth": {"type": "boolean"},
        "fresh_starts": {"type": "boolean"},
        "unusual_prices": {"type": "boolean"},
        "markets": _markets(),
        "parameters": _parameters(),
        "platforms": _tables(_levers("platform")),
        "events": {"type": "array", "items": {"oneOf": [_event(kind) for kind in KINDS.values()]}},
        "deals": {"type": "array", "items": {"oneOf": [_deal(kind) for kind in LICENCE_KINDS]}},
        "talks": _talks(),
        "strategies": _tables(strategy_schema()),
        "rivals_respond": {"type": "boolean"},
        "focus": {"type": "string"},
        **{key: {"type": "integer", "minimum": line.low, "maximum": line.high} for key, line in WHOLES.items()},
    }
    properties: Schema = {key: {"description": KEYS[key], **_as_schema(own[key])} for key in KEYS}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Resonance scenario",
        **_closed(properties),
    }


def _as_schema(value: object) -> Schema:
    return value if isinstance(value, dict) else {}


def _closed(properties: Schema, required: tuple[str, ...] = ()) -> Schema:
    found: Schema = {"type": "object", "properties": properties, "additionalProperties": False}
    return {**found, "required": list(required)} if required else found


def _tables(inner: Schema) -> Schema:
    return {"type": "object", "additionalProperties": inner}


def _value(lever: Lever) -> Schema:
    text = f"{lever.meaning}, {lever.unit}"
    if lever.switch:
        return {"type": "boolean", "description": text}
    return {"type": "number", "minimum": lever.low, "maximum": lever.high, "description": text}


def _levers(of: str) -> Schema:
    found: Schema = {}
    for lever in LEVERS.values():
        if lever.of == of and not lever.by_event:
            value = _value(lever) if lever.item == "none" else _tables(_value(lever))
            found[lever.name] = value if of == "market" else _tables(value)
    return _closed(found)


def _codes() -> Schema:
    return {"type": "array", "items": {"type": "string"}, "minItems": 1, "uniqueItems": True}


def _markets() -> Schema:
    chosen = {"oneOf": [{"const": "ALL"}, _codes()]}
    tables: Schema = {"type": "object", "properties": {"only": chosen}, "additionalProperties": _levers("market")}
    return {"oneOf": [{"const": "ALL"}, _codes(), tables]}


def _parameters() -> Schema:
    found: Schema = {}
    for name, line in declared_parameters().items():
        text = f"{line.meaning}, {line.unit}"
        kind = "integer" if line.whole else "number"
        found[name] = {
            "type": kind,
            "minimum": line.low,
            "maximum": line.high,
            "default": line.default,
            "description": text,
        }
    return _closed(found)


def _event(kind: EventKind) -> Schema:
    fields = ("date", "kind", *kind.needs, *kind.may, "about", "source")
    properties: Schema = {name: {"description": FIELDS[name], **_field(name, kind)} for name in fields}
    return {"title": kind.meaning, **_closed(properties, ("date", "kind", *kind.needs))}


def _field(name: str, kind: EventKind) -> Schema:
    if name in LEVERS:
        return _value(LEVERS[name])
    special: dict[str, Schema] = {
        "kind": {"const": kind.name},
        "markets": {"oneOf": [{"type": "string"}, _codes()]},
        "unusual": {"type": "boolean"},
        "labels": {"oneOf": [{"const": "ALL"}, _codes()]},
        "tiers": {"type": "object", "additionalProperties": _value(LEVERS["price"]), "minProperties": 1},
    }
    return special.get(name, {"type": "string"})


def _deal(kind: str) -> Schema:
    """Return the schema of one deal of a kind of licence; streaming is the kind of a deal that names none."""
    terms = terms_of(kind)
    clips = kind == "clips"
    platform: Schema = {"const": "tiktok"} if clips else {"type": "string", "not": {"const": "tiktok"}}
    switches = ("mfn", "lapses", "unusual") if clips else ("mfn", "lapses", "unusual", "exclusive")
    special: Schema = {
        "kind": {"const": kind},
        "platform": platform,
        "markets": _names(),
        **{name: {"type": "boolean"} for name in switches},
        **{name: _term(term) for name, term in terms.items()},
    }
    texts: dict[str, object] = {name: {"type": "string"} for name in ("label", "start", "end", "about", "source")}
    fields = {**texts, **special}
    properties: Schema = {
        name: {"description": DEAL_FIELDS[name], **_as_schema(fields[name])} for name in DEAL_FIELDS if name in fields
    }
    return {"title": f"licence for {kind}", **_closed(properties, (*NEEDS, *(("kind",) if clips else ())))}


def _term(term: Term) -> Schema:
    return {"type": "number", "minimum": term.low, "maximum": term.high}


def _names() -> Schema:
    return {"oneOf": [{"type": "string"}, _codes()]}


def _talks() -> Schema:
    """Return the schema of the talks' table; an empty one switches them off."""
    wanted: Schema = {
        "platform": {"type": "string"},
        "labels": _names(),
        "markets": _names(),
        "from": {"type": "string"},
    }
    new: Schema = {name: {"description": WANTED[name], **_as_schema(value)} for name, value in wanted.items()}
    scope: Schema = {"enum": list(SCOPES)}
    kinds: Schema = {"type": "array", "items": {"enum": list(LICENCE_KINDS)}, "minItems": 1, "uniqueItems": True}
    fields: Schema = {
        "protocol": {"enum": list(PROTOCOLS), "default": "offers"},
        "platforms": _names(),
        "labels": _names(),
        "kinds": {"oneOf": [{"enum": list(LICENCE_KINDS)}, kinds]},
        "scope": {"oneOf": [scope, _tables(scope)]},
        "users": {"type": "integer", "minimum": USERS[0], "maximum": USERS[1], "default": USERS[2]},
        "months": {"type": "integer", "minimum": MONTHS[0], "maximum": MONTHS[1], "default": MONTHS[2]},
        "proposer": {"enum": list(PROPOSERS), "default": "label"},
        "new": {"type": "array", "items": _closed(new, ("platform",))},
    }
    return _closed({key: {"description": TALKS_KEYS[key], **_as_schema(value)} for key, value in fields.items()})
