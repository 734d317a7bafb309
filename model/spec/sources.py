"""What the sources of a scenario (files, command line, calls) say themselves, before defaults fill the rest."""

from __future__ import annotations

from collections.abc import Mapping

from model.spec.scenario import Scenario


def set_by_sources(plan: Scenario) -> frozenset[str]:
    """Return the parameters that some source of a scenario sets, also where it sets the declared default."""
    tables = (layer.values.get("parameters", {}) for layer in plan._layers)
    return frozenset(name for table in tables if isinstance(table, Mapping) for name in table)


def sets_key(plan: Scenario, key: str) -> bool:
    """Tell whether some source of a scenario sets a key of its own level, such as `fresh_starts`."""
    return any(key in layer.values for layer in plan._layers)
