"""Equilibria of firms: payoff tables from paired runs, and what nobody would leave alone."""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from model.experiments.equilibrium.finding import equilibrium, solve_game
    from model.experiments.equilibrium.plan import GamePlan, plan_game
    from model.experiments.equilibrium.players import Player
    from model.experiments.equilibrium.result import Equilibrium

_WHERE = {
    "Equilibrium": "result", "GamePlan": "plan", "Player": "players", "equilibrium": "finding", "plan_game": "plan",
    "solve_game": "finding",
}  # fmt: skip

__all__ = ["Equilibrium", "GamePlan", "Player", "equilibrium", "plan_game", "solve_game"]


def __getattr__(name: str) -> object:
    """Import a name when it is first asked for."""
    if name not in _WHERE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_WHERE[name]}"), name)
