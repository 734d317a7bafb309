"""Sweeps: many runs of many worlds, kept so that no finished run is lost."""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from model.experiments.sweep.engines import Cluster, InProcess, Local
    from model.experiments.sweep.plan import SweepPlan, plan_sweep
    from model.experiments.sweep.result import SweepResult, open_sweep
    from model.experiments.sweep.sweeping import SweepStopped, run_sweep, sweep
    from model.experiments.sweep.vocabulary import Lever, Policy, Uncertainty

_WHERE = {
    "Cluster": "engines", "InProcess": "engines", "Lever": "vocabulary", "Local": "engines", "Policy": "vocabulary",
    "SweepPlan": "plan", "SweepResult": "result", "SweepStopped": "sweeping", "Uncertainty": "vocabulary",
    "open_sweep": "result", "plan_sweep": "plan", "run_sweep": "sweeping", "sweep": "sweeping",
}  # fmt: skip

__all__ = [
    "Cluster",
    "InProcess",
    "Lever",
    "Local",
    "Policy",
    "SweepPlan",
    "SweepResult",
    "SweepStopped",
    "Uncertainty",
    "open_sweep",
    "plan_sweep",
    "run_sweep",
    "sweep",
]


def __getattr__(name: str) -> object:
    """Import a name when it is first asked for: the store and the engines do without the model, and it without them."""
    if name not in _WHERE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_WHERE[name]}"), name)
