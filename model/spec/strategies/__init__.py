"""Strategies that a scenario chooses: their kinds with declared choices, and the plans that a scenario makes of them.

The rules themselves live above, in `model.agents.strategies`, and register their kinds here.
"""

from model.spec.strategies.kinds import Choice, Number, StrategyKind, Word, Words, known_strategies, register
from model.spec.strategies.plans import Entry, StrategyPlan

__all__ = [
    "Choice",
    "Entry",
    "Number",
    "StrategyKind",
    "StrategyPlan",
    "Word",
    "Words",
    "known_strategies",
    "register",
]
