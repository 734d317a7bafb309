"""Resonance: a strategy laboratory for the music-streaming war of October 2022.

import model as sm
result = sm.run("tiny")
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

__version__ = "0.1.0"

if TYPE_CHECKING:
    from model.agents.strategies import Strategy
    from model.experiments.comparing import compare
    from model.experiments.deals.room import deal_room
    from model.experiments.explaining import explain_difference, why_switched
    from model.experiments.run import RunStopped, run
    from model.experiments.sweep.result import open_sweep
    from model.experiments.sweep.sweeping import sweep
    from model.facts.book import FactBook
    from model.facts.known import known_book
    from model.facts.start import load_start
    from model.foundation.errors import InputError, ResonanceError
    from model.market.start_store import StartStore
    from model.market.streaming_market import StreamingMarket
    from model.results.run_result import RunResult
    from model.spec.parameters import Parameters, declared_parameters
    from model.spec.scenario import Scenario

_WHERE = {
    "FactBook": "model.facts.book",
    "InputError": "model.foundation.errors",
    "Parameters": "model.spec.parameters",
    "ResonanceError": "model.foundation.errors",
    "RunResult": "model.results.run_result",
    "RunStopped": "model.experiments.run",
    "Scenario": "model.spec.scenario",
    "Strategy": "model.agents.strategies",
    "StartStore": "model.market.start_store",
    "StreamingMarket": "model.market.streaming_market",
    "deal_room": "model.experiments.deals.room",
    "compare": "model.experiments.comparing",
    "declared_parameters": "model.spec.parameters",
    "explain_difference": "model.experiments.explaining",
    "known_book": "model.facts.known",
    "load_start": "model.facts.start",
    "open_sweep": "model.experiments.sweep.result",
    "run": "model.experiments.run",
    "sweep": "model.experiments.sweep.sweeping",
    "why_switched": "model.experiments.explaining",
}

__all__ = [
    "FactBook",
    "InputError",
    "Parameters",
    "ResonanceError",
    "RunResult",
    "RunStopped",
    "Scenario",
    "StartStore",
    "Strategy",
    "StreamingMarket",
    "__version__",
    "compare",
    "deal_room",
    "declared_parameters",
    "explain_difference",
    "known_book",
    "load_start",
    "open_sweep",
    "run",
    "sweep",
    "why_switched",
]


def __getattr__(name: str) -> object:
    """Import a public name when it is first asked for, so that `import model` itself takes no time."""
    if name not in _WHERE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found: object = getattr(import_module(_WHERE[name]), name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
