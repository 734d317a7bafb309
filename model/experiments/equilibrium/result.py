"""What came out of a game: payoffs, equilibria, how sure they are, the map, in tables, words and pictures."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from model.experiments.answer_folder import check_folder, save_answer
from model.experiments.comparing.outcomes import HORIZON, WORLD
from model.experiments.equilibrium import tables
from model.experiments.equilibrium.game import Game, Support
from model.experiments.equilibrium.plan import GamePlan, profile_name
from model.experiments.sweep.result import SweepResult
from model.foundation.errors import Fault, InputError
from model.results.picture_bytes import png
from model.spec.reading import shown
from model.theory.arrays import FloatArray

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from model.experiments.equilibrium.plots import EquilibriumPlots

RUNS, KIND = "runs", "equilibrium"
"""Folder of the runs beside the tables and figures, and the kind of their folder."""


class Equilibrium:
    """A game that was played in paired runs; its tables are made when they are asked for.

    plan: what was asked. sweep: the runs, a policy per profile. folder: where they are. provenance: model version,
    versions, digests, seed.
    """

    def __init__(self, plan: GamePlan, sweep: SweepResult, *, folder: Path) -> None:
        self.plan, self.sweep, self.folder = plan, sweep, folder
        self.provenance = sweep.provenance
        self._games: dict[int, Game] = {}

    @property
    def points(self) -> pd.DataFrame:
        """Points of the map, a row each; one row without columns where nothing is mapped."""
        return self.plan.sweep.points

    @property
    def mapped(self) -> bool:
        """Whether the game was played at several points."""
        return len(self.points) > 1

    def game(self, point: int = 0) -> Game:
        """Return the game of a point with its solutions.

        Replicates that some profile lacks, since a run failed, are left out everywhere. Errors: InputError for another
        point, and where fewer than two replicates are whole.
        """
        if not 0 <= point < len(self.points):
            way = f"The points are 0 to {len(self.points) - 1}."
            raise InputError(Fault("point", "is one of the map", shown(point), way))
        if point not in self._games:
            own = self._cells[point]
            whole = np.isfinite(own).reshape(len(own), -1).all(axis=1)
            if whole.sum() < 2:
                failures = self.sweep.failures
                why = f" The first failure: {failures.iloc[0]['message']}" if len(failures) else ""
                rule = "a game has two replicates or more in which every profile was lived"
                way = f"The same call goes on with the rest.{why}"
                raise InputError(Fault(f"point {point}", rule, int(whole.sum()), way))
            self._games[int(point)] = Game(own[whole], draws=self.plan.draws, seed=self.plan.base.seed)
        return self._games[int(point)]

    def label(self, support: Support) -> str:
        """Return a profile in words: strategies in the order of the players, those of a mix joined by |."""
        names = zip(self.plan.players, support, strict=True)
        return profile_name(["|".join(one.names[at] for at in own) for one, own in names])

    def places(self) -> Iterator[tuple[dict[str, object], Game]]:
        """Yield what a point sets and its game, of all points whose runs are there."""
        for point in range(len(self.points)):
            row = self.points.iloc[point]
            try:
                found = self.game(point)
            except InputError:
                if not self.mapped:
                    raise
                continue
            yield {**({"point": point} if self.mapped else {}), **{str(key): row[key] for key in row.index}}, found

    @cached_property
    def payoffs(self) -> pd.DataFrame:
        """Payoffs, USD over the horizon: a row per profile and player, with standard error and nine tenths."""
        return tables.payoffs(self)

    @cached_property
    def equilibria(self) -> pd.DataFrame:
        """Every equilibrium that was found: kind, payoffs, what deviating costs, regret, share of bootstrap draws."""
        return tables.equilibria(self)

    @cached_property
    def mixes(self) -> pd.DataFrame:
        """Probabilities of each strategy in each equilibrium."""
        return tables.mixes(self)

    @cached_property
    def stability(self) -> pd.DataFrame:
        """Share of bootstrap draws in which each profile is an equilibrium in pure strategies, the largest first."""
        return tables.stability(self)

    @cached_property
    def held_out(self) -> pd.DataFrame:
        """Equilibria found on halves of the replicates, with their regret on the other halves, USD."""
        return tables.held_out(self)

    @cached_property
    def best_replies(self) -> pd.DataFrame:
        """What pays each player most against each choice of the others, by how much, and in how many draws."""
        return tables.best_replies(self)

    @cached_property
    def responses(self) -> pd.DataFrame:
        """Quantal responses: how often each strategy is played at each precision, per span of the player's payoffs."""
        return tables.responses(self)

    @cached_property
    def ranks(self) -> pd.DataFrame:
        """Alpha-rank: share of time that learning populations spend in each profile, the largest first."""
        return tables.ranks(self)

    @cached_property
    def map(self) -> pd.DataFrame:
        """Equilibria in pure strategies by point: which, how many, and in which share of draws they are just these."""
        return tables.equilibrium_map(self)

    def summary(self) -> str:
        """Return in words what was played and what nobody would leave alone, with how sure that is."""
        from model.experiments.equilibrium.words import summary_text

        return summary_text(self)

    @cached_property
    def plot(self) -> EquilibriumPlots:
        """Pictures: payoffs with best replies, and the map; each returns its Axes."""
        from model.experiments.equilibrium.plots import EquilibriumPlots

        return EquilibriumPlots(self)

    def frames(self) -> dict[str, pd.DataFrame]:
        """Return all tables by name."""
        names = ("payoffs", "equilibria", "mixes", "stability", "held_out", "best_replies", "responses", "ranks")
        return {name: getattr(self, name) for name in (*names, *(["map"] if self.mapped else []))}

    def save(self, folder: str | Path | None = None, *, with_figures: bool = True) -> Path:
        """Write tables as CSV, the summary and figures to a folder (default: beside the runs), and return it.

        An earlier answer of the kind there is replaced. Errors: InputError where it holds something else.
        """
        place = self.folder if folder is None else Path(folder)
        check_folder(place, kind=KIND, beside=frozenset({RUNS}))
        asked = {
            "players": {one.name: {"payoff": payoff.name, "strategies": dict(one.strategies)}
                        for one, payoff in zip(self.plan.players, self.plan.payoffs, strict=True)},
            "inputs": [one.plain() for one in self.plan.sweep.axes], "replicates": self.plan.sweep.replicates,
            "draws": self.plan.draws, "precisions": list(self.plan.precisions), "runs": self.plan.runs,
            "summary": self.summary().splitlines(), "provenance": self.provenance,
        }  # fmt: skip
        save_answer(
            place, kind=KIND, plan=self.plan.base, question=asked, tables=self.frames(),
            figures=self._figures() if with_figures else {}, beside=frozenset({RUNS}),
        )  # fmt: skip
        return place

    def _figures(self) -> dict[str, bytes]:
        drawn: dict[str, Axes] = {}
        if self.mapped:
            drawn["map"] = self.plot.map()
        elif len(self.plan.players) == 2:
            drawn["payoff_matrix"] = self.plot.payoffs()
        return {name: png(axes.get_figure()) for name, axes in drawn.items()}  # type: ignore[arg-type]

    @cached_property
    def _cells(self) -> FloatArray:
        """Payoffs, (points, replicates, players, s_1, ..., s_n), NaN where a run is missing."""
        names = [one.name for one in self.plan.payoffs]
        rows = self.sweep.table(*names, market=WORLD, over=HORIZON)
        profiles = int(np.prod(self.plan.sizes))
        found = np.full((len(self.points), profiles, self.plan.sweep.replicates, len(names)), np.nan)
        policy = pd.Index(self.sweep.policies).get_indexer(pd.Index(rows["policy"]))
        found[rows["point"].to_numpy(), policy, rows["replicate"].to_numpy()] = rows[names].to_numpy(np.float64)
        shape = (len(self.points), self.plan.sweep.replicates, len(names), *self.plan.sizes)
        return np.moveaxis(found, 1, -1).reshape(shape)

    def _repr_html_(self) -> str:
        from model.experiments.equilibrium.words import summary_html

        return summary_html(self)

    def __repr__(self) -> str:
        names = " x ".join(one.name for one in self.plan.players)
        return f"<Equilibrium {names}: {self.sweep.done} of {self.sweep.planned} runs, {self.folder}>"
