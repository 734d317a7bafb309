"""What a search found: every design tried, the front, the front with fresh draws, and how the front grew."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from model.experiments.answer_folder import save_answer
from model.experiments.comparing.outcomes import Outcome
from model.experiments.comparing.paired import t_half_width
from model.experiments.optimise.plan import SearchPlan
from model.experiments.rounds import RUNS
from model.foundation.rng import stream_key
from model.results.picture_bytes import png
from model.theory.arrays import FloatArray, floats
from model.theory.pareto import hypervolume, pareto_front
from model.theory.resampling import resampled_rows

if TYPE_CHECKING:
    from model.experiments.optimise.plots import SearchPlots

KIND = "optimise"
LEVEL = 0.9
DRAWS = 500
"""Bootstrap draws of fresh replicates."""


@dataclass(frozen=True, eq=False)
class Evaluated:
    """A design that was tried. values: by lever; place: in the unit cube; scores: (objectives, replicates)."""

    generation: int
    values: Mapping[str, object]
    place: FloatArray
    scores: FloatArray


@dataclass(frozen=True, eq=False)
class Optimised:
    """Answer to: which designs of levers does no other beat in every objective?

    tried: every design, in order. front: numbers of those that none beats, by the first objective. fresh: scores of the
    front with fresh replicates, (objectives, replicates) by number. search_base, fresh_base: scores of the base as it
    is with either replicates, (objectives, 1, replicates). folder: of the answer.
    """

    plan: SearchPlan
    tried: tuple[Evaluated, ...]
    front: tuple[int, ...]
    fresh: Mapping[int, FloatArray]
    search_base: FloatArray
    fresh_base: FloatArray
    folder: Path
    provenance: Mapping[str, object]

    @cached_property
    def outcomes(self) -> tuple[Outcome, ...]:
        """The outcome of each objective."""
        kept = {one.name: one for one in self.plan.against(1).outcomes}
        short = list(kept.values())
        names = dict(zip(self.plan.outcomes, short, strict=True))
        return tuple(names[one.outcome] for one in self.plan.objectives)

    @property
    def signs(self) -> FloatArray:
        """1 for objectives of which more is better, else -1."""
        return np.array([one.sign for one in self.plan.objectives])

    def unit(self, number: int) -> str:
        """Return the unit of an objective."""
        return self.outcomes[number].unit(self.plan.objectives[number].over)

    def designs(self) -> pd.DataFrame:
        """Return a row per design tried, in order.

        Columns: number, generation, one per lever, each objective and its standard error over the replicates (NaN with
        one), and whether it is on the front.
        """
        rows = []
        for number, one in enumerate(self.tried):
            row: dict[str, object] = {"design": number, "generation": one.generation, **one.values}
            count = one.scores.shape[1]
            for objective, scores in zip(self.plan.objectives, one.scores, strict=True):
                row[objective.name] = float(scores.mean())
                row[f"{objective.name} se"] = float(scores.std(ddof=1) / np.sqrt(count)) if count > 1 else np.nan
            rows.append({**row, "front": number in self.front})
        return pd.DataFrame(rows)

    def front_table(self) -> pd.DataFrame:
        """Return a row per design of the front that was tried again, by the first objective.

        A column per lever, and per objective: its mean in the search, with fresh draws, and the ends of the fresh 90%
        interval; its gain over the base as it is, in pairs, in the search and with fresh draws; `stays`: whether it is
        still on the front of these rows by their fresh means; `stays_share`: in what share of bootstrap draws of the
        fresh replicates, shared by all rows, it is. Designs off the front were not lived again, so
        neither says that a row is on the front of all that were tried.
        """
        rows = []
        for number, scores in self.fresh.items():
            one = self.tried[number]
            row: dict[str, object] = {"design": number, **one.values}
            for at, objective in enumerate(self.plan.objectives):
                half = float(t_half_width(scores[at], level=LEVEL))
                mean = float(scores[at].mean())
                row |= {
                    f"{objective.name} search": float(one.scores[at].mean()), f"{objective.name} fresh": mean,
                    f"{objective.name} low": mean - half, f"{objective.name} high": mean + half,
                    f"{objective.name} search gain": float((one.scores[at] - self.search_base[at, 0]).mean()),
                    f"{objective.name} fresh gain": float((scores[at] - self.fresh_base[at, 0]).mean()),
                }  # fmt: skip
            rows.append(row)
        table = pd.DataFrame(rows)
        fresh = table[[f"{one.name} fresh" for one in self.plan.objectives]].to_numpy(np.float64)
        return table.assign(stays=pareto_front(fresh * self.signs), stays_share=self._stays_share())

    def _stays_share(self) -> FloatArray:
        """Return how often each design of the front is on it in bootstrap draws of the fresh replicates, (designs,)."""
        scores = np.array(list(self.fresh.values()))  # (designs, objectives, replicates)
        key = stream_key(self.plan.base.seed, "optimise", "fresh")
        drawn = resampled_rows(scores.shape[2], resamples=DRAWS, key=key)
        aims = [scores[:, :, rows].mean(axis=2) * self.signs for rows in drawn]
        return floats(np.mean([pareto_front(one) for one in aims], axis=0))

    def curse(self) -> pd.DataFrame:
        """Return how much better the front looked in the search than it is: winner's curse, a row per objective.

        search, fresh: mean gain of the front over the base as it is, in pairs; lost: what of the gain fresh draws do
        not bear out, positive where the search flattered, with the 90% interval that fresh and old draws leave.
        """
        rows = []
        for at, objective in enumerate(self.plan.objectives):
            old = np.mean([self.tried[one].scores[at] - self.search_base[at, 0] for one in self.fresh], axis=0)
            new = np.mean([scores[at] - self.fresh_base[at, 0] for scores in self.fresh.values()], axis=0)
            lost = objective.sign * float(old.mean() - new.mean())
            half = float(np.hypot(t_half_width(old, level=LEVEL), t_half_width(new, level=LEVEL)))
            rows.append({"objective": objective.name, "search": float(old.mean()), "fresh": float(new.mean()),
                         "lost": lost, "low": lost - half, "high": lost + half, "unit": self.unit(at)})  # fmt: skip
        return pd.DataFrame(rows)

    def progress(self) -> pd.DataFrame:
        """Return a row per generation: designs tried so far, on the front, and the hypervolume of the front.

        The hypervolume is measured from the worst of the first generation in each objective, in parts of that
        generation's ranges: 1 is a design that reaches its best in every objective at once.
        """
        aims = self._aims()
        generations = np.array([one.generation for one in self.tried])
        first = aims[generations == generations[0]]
        floor, span = first.min(axis=0), np.ptp(first, axis=0)
        scaled = (aims - floor) / np.where(span > 0.0, span, 1.0)
        rows = []
        for generation in np.unique(generations).tolist():
            seen = scaled[generations <= generation]
            on_front = seen[pareto_front(seen)]
            volume = hypervolume(on_front, reference=np.zeros(scaled.shape[1]))
            rows.append({"generation": generation, "tried": len(seen), "front": len(on_front), "hypervolume": volume})
        return pd.DataFrame(rows)

    def summary(self) -> str:
        """Return in words what was searched, the ends of the front, and what fresh draws leave of it."""
        from model.experiments.optimise.words import search_text

        return search_text(self)

    def figure(self) -> Figure:
        """Return the Pareto picture: every design, the front with its noise, and the front with fresh draws."""
        from model.experiments.optimise.picture import pareto_figure

        return pareto_figure(self)

    def progress_figure(self) -> Figure:
        """Return the picture of the hypervolume by generation."""
        from model.experiments.optimise.picture import progress_figure

        return progress_figure(self)

    @property
    def plot(self) -> SearchPlots:
        """Pictures of the search: the front, designs as parallel coordinates, progress."""
        from model.experiments.optimise.plots import SearchPlots

        return SearchPlots(self)

    def save(self, folder: str | Path | None = None) -> Path:
        """Save tables and pictures; return the folder."""
        place = self.folder if folder is None else Path(folder)
        question = {
            **{key: value for key, value in self.plan.question.items() if key not in ("scenario", "references")},
            "references": [one.name for one in self.plan.references], "generations": self.plan.generations,
            "fresh": self.plan.fresh, "provenance": dict(self.provenance),
        }  # fmt: skip
        tables = {"designs": self.designs(), "front": self.front_table(), "curse": self.curse(),
                  "progress": self.progress()}  # fmt: skip
        save_answer(place, kind=KIND, plan=self.plan.base, question=question, tables=tables, beside=frozenset({RUNS}),
                    figures={"pareto": png(self.figure()), "progress": png(self.progress_figure())})  # fmt: skip
        return place

    def _aims(self) -> FloatArray:
        return np.array([one.scores.mean(axis=1) for one in self.tried]) * self.signs

    def _repr_html_(self) -> str:
        from model.foundation.markup import summary_card

        return summary_card("Search", self.plan.base.name, self.summary())

    def __repr__(self) -> str:
        return f"<Optimised {self.plan.base.name}: {len(self.tried)} designs, {len(self.front)} on the front>"
