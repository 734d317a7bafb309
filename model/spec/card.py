"""A scenario as a card for notebooks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from model.foundation.markup import card, folded, listed
from model.spec.explain import changes, explain

if TYPE_CHECKING:
    from model.spec.scenario import Scenario

SHOWN = 8
"""Lines of what differs from the start that stand open; the rest is in the whole text."""
NAMED = 8
"""Markets that are named one by one."""


def scenario_html(scenario: Scenario) -> str:
    """Return where, when and how large, what differs from the start as observed, and on a click all of it in words."""
    count = len(scenario.markets)
    places = ", ".join(scenario.markets) if count <= NAMED else f"all {count}" if count == 20 else str(count)
    told = changes(scenario)
    more = [f"and {len(told) - SHOWN} more"] if len(told) > SHOWN else []
    return card(
        "Scenario", scenario.name, about=scenario.about,
        facts=[
            ("markets", places), ("months", f"{scenario.months} from {scenario.start}"),
            ("simulated users a market", f"{scenario.users:,}"), ("replicates", str(scenario.replicates)),
            ("seed", str(scenario.seed)), ("hash", scenario.digest),
        ],
        parts=[
            listed([*told[:SHOWN], *more]) if told else listed(["Nothing is changed: everything starts as observed."]),
            folded("in words, month by month", explain(scenario)),
        ],
    )  # fmt: skip
