"""JSON Schema of the tables of strategies, made from the kinds that are known."""

from __future__ import annotations

from model.spec.settings import LEVERS
from model.spec.strategies.entries import KEYS as ENTRY_KEYS
from model.spec.strategies.kinds import Choice, Number, StrategyKind, Word, known_strategies
from model.spec.strategies.tables import SCHEDULE

Schema = dict[str, object]
_TEXT: Schema = {"type": "string"}
_MONTH: Schema = {"type": "string", "description": 'month, "2023-01"'}


def strategy_schema() -> Schema:
    """Return the schema of one table: of a known rule, of a rule from elsewhere, or a part that goes over another's."""
    known = known_strategies()
    kinds = [kind for kind in known.values() if not kind.source]
    own = {"rule": {"type": "string", "not": {"enum": [kind.name for kind in kinds]}}}
    return {"oneOf": [*(_of(kind) for kind in kinds), {"type": "object", "properties": own}]}


def _of(kind: StrategyKind) -> Schema:
    properties: Schema = {
        "rule": {"const": kind.name, "description": kind.about}, kind.side: _TEXT, "from": _MONTH, "until": _MONTH,
        "about": _TEXT, "source": _TEXT, **{name: _choice(choice) for name, choice in kind.choices.items()},
    }  # fmt: skip
    if kind.enters:
        properties["entries"] = {"type": "object", "additionalProperties": _entry(kind), "minProperties": 1}
    else:
        properties["markets"] = {"oneOf": [_TEXT, _names()]}
    if kind.name == SCHEDULE:
        properties["actions"] = {"type": "array", "items": {"type": "object", "required": ["date", "kind"]}}
    return {"title": kind.about, "type": "object", "properties": properties, "required": ["rule"],
            "additionalProperties": False}  # fmt: skip


def _choice(choice: Choice) -> Schema:
    told: Schema = {"description": choice.meaning}
    if isinstance(choice, Number):
        kind = "integer" if choice.whole else "number"
        return {**told, "type": kind, "minimum": choice.low, "maximum": choice.high, "default": choice.default}
    if isinstance(choice, Word):
        return {**told, **({"enum": list(choice.of)} if isinstance(choice.of, tuple) else _TEXT)}
    return {**told, **_names()}


def _names() -> Schema:
    return {"oneOf": [_TEXT, {"type": "array", "items": _TEXT, "minItems": 1, "uniqueItems": True}]}


def _entry(kind: StrategyKind) -> Schema:
    price = LEVERS["price"]
    prices: Schema = {"type": "number", "minimum": price.low, "maximum": price.high}
    tiers: Schema = {"oneOf": [{"type": "object", "additionalProperties": prices, "minProperties": 1}, _names()]}
    quality: Schema = {"type": "number", "minimum": LEVERS["quality"].low, "maximum": LEVERS["quality"].high}
    own: Schema = {name: _choice(kind.choices[name]) for name in ENTRY_KEYS if name in kind.choices}
    properties: Schema = {**own, "date": _MONTH, "tiers": tiers, "quality": quality}
    return {"type": "object", "properties": properties, "required": ["date"], "additionalProperties": False}
