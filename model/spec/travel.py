"""A scenario as plain values, so that it can be kept as JSON and made anew in another process or on another machine."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from model.foundation.errors import Fault, InputError
from model.spec.names import known_names
from model.spec.reading import Layer, Rank
from model.spec.scenario import Scenario, _resolve

WAY = "Write it as a file or with Scenario.from_mapping, of numbers, texts, lists and tables."


def plain_scenario(plan: Scenario) -> dict[str, object]:
    """Return the sources of a scenario as plain values; `scenario_of` makes the same scenario of them.

    Files that it extends stand in it whole, so nothing is read again. Errors: InputError where a source holds
    something that JSON has no form for, or where the scenario is not what its sources say.
    """
    layers = [{"place": one.place, "rank": int(one.rank), "values": one.values} for one in plan._layers]
    found = {"name": plan.name, "layers": layers}
    rule = "a scenario that is sent to other processes is made of plain values"
    try:
        plain: dict[str, object] = json.loads(json.dumps(found, allow_nan=False))
    except (TypeError, ValueError) as error:
        raise InputError(Fault(f"scenario {plan.name}", rule, str(error), WAY)) from error
    if scenario_of(plain).canonical() != plan.canonical():
        raise InputError(Fault(f"scenario {plan.name}", rule, "its sources make another scenario", WAY))
    return plain


def scenario_of(plain: Mapping[str, Any]) -> Scenario:
    """Return the scenario of plain values that `plain_scenario` gave. Errors: InputError as on reading a file."""
    sources: Sequence[Mapping[str, Any]] = plain["layers"]
    layers = [Layer(one["place"], Rank(one["rank"]), one["values"]) for one in sources]
    return _resolve(layers, names_of=known_names, stem=plain["name"])
