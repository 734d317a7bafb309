"""Equilibria: live every profile of strategies in the same replicates, and look for what nobody would leave alone."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from model.experiments.equilibrium.plan import DRAWS, PRECISIONS, REPLICATES, GamePlan, plan_game
from model.experiments.equilibrium.players import Players
from model.experiments.equilibrium.result import RUNS, Equilibrium
from model.experiments.sweep.engines import Engine
from model.experiments.sweep.sweeping import Show, run_sweep
from model.experiments.sweep.wording import Levers, Uncertainties
from model.spec.scenario import Scenario


def equilibrium(
    base: Scenario | str | Path, *, players: Players, levers: Levers | None = None,
    uncertainties: Uncertainties | None = None, n: int | None = None, replicates: int = REPLICATES,
    draws: int = DRAWS, precisions: Sequence[float] = PRECISIONS, folder: str | Path | None = None,
    resume: bool = True, workers: int | None = None, engine: Engine | str | object | None = None,
    progress: Show | None = None,
) -> Equilibrium:  # fmt: skip
    """Return the equilibria of a game between two to four firms, from paired runs of every profile of strategies.

    base: a Scenario, the name of one, or a TOML file. players: {name: {"payoff": outcome, "strategies": {strategy:
    {key: value}}}}, with two to six strategies each; a strategy sets levers, or tables of [strategies]. The payoff is
    an outcome in USD, summed over markets and months; left out it is a service's contribution margin, a label's income,
    ByteDance's income. levers, uncertainties: up to two inputs of a map, as of `sweep`: at every combination the game
    is played anew. n: steps of each range (5). replicates: of every profile, on the same draws, two or more; below
    eight the intervals are too narrow. draws: of the bootstrap over replicates. precisions: of quantal responses, per
    span of the player's payoffs. folder: of the answer, its runs in `runs` below; default:
    results/equilibrium-<name>-<digest of the question> in the working folder, so that the same call goes on where it
    was stopped. resume, workers, engine, progress: as of `sweep`.
    Errors: InputError with every fault, before anything runs; SweepStopped, when the user stops it.
    """
    plan = plan_game(
        base, players=players, levers=levers, uncertainties=uncertainties, n=n, replicates=replicates, draws=draws,
        precisions=precisions,
    )  # fmt: skip
    return solve_game(plan, folder=folder, resume=resume, workers=workers, engine=engine, progress=progress)


def solve_game(
    plan: GamePlan, *, folder: str | Path | None = None, resume: bool = True, workers: int | None = None,
    engine: Engine | str | object | None = None, progress: Show | None = None,
) -> Equilibrium:  # fmt: skip
    """Return the equilibria of a planned game, with the runs that its folder holds; arguments as of `equilibrium`."""
    place = default_folder(plan) if folder is None else Path(folder)
    found = run_sweep(
        plan.sweep, store=place / RUNS, resume=resume, workers=workers, engine=engine, progress=progress
    )  # fmt: skip
    return Equilibrium(plan, found, folder=place)


def default_folder(plan: GamePlan) -> Path:
    """Return where a game is kept if no folder is named: by its name and question under the working folder."""
    return Path("results") / f"equilibrium-{plan.base.name}-{plan.sweep.digest}"
