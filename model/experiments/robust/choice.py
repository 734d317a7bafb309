"""What came out of a choice: regret, scores by every rule, winners, boxes, value of information, words, pictures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from model.experiments.answer_folder import save_answer
from model.experiments.robust.cells import telling, winner_map
from model.experiments.robust.finding import box_sentences, discover
from model.experiments.robust.futures import Futures
from model.experiments.robust.learning import Information, value_of_information
from model.experiments.robust.question import Question, no_threshold
from model.experiments.robust.scoring import RULE_COLUMNS, Verdict, best_by, regret_frame, score_frame, verdict, ways
from model.foundation.errors import Fault, InputError, nearest
from model.results.picture_bytes import png

if TYPE_CHECKING:

    from model.experiments.robust.plots import RobustPlots

KIND = "robust_choice"
"""Kind of its answer folder."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What an answer folder says it answers: name and digest of the sweep."""

    name: str
    digest: str


class RobustChoice:
    """Policies held against each other over the futures of one sweep, all under the same draws.

    question: what was asked. futures: the table that all is read from. name, digest: of the sweep. provenance: of the
    sweep, with what was asked. Every table is found when it is first asked for.
    """

    def __init__(
        self, futures: Futures, question: Question, *, name: str, digest: str, provenance: Mapping[str, Any]
    ) -> None:
        self.futures, self.question, self.name, self.digest = futures, question, name, digest
        self.provenance: dict[str, Any] = {**provenance, "question": question.plain()}
        self._mapped: tuple[str | None, str | None] = (None, None)

    @property
    def policies(self) -> tuple[str, ...]:
        """Policies to choose from."""
        return self.question.policies

    @cached_property
    def regret(self) -> pd.DataFrame:
        """Regret table, a row per future and policy: outcome, regret, standard errors, whether it wins.

        Standard errors are over replicates; that of the regret is of the paired difference to the best policy.
        """
        return regret_frame(self.futures, self.question)

    @cached_property
    def scores(self) -> pd.DataFrame:
        """Scores, a row per policy: mean, worst, largest_regret, enough_share and more, with standard errors."""
        return score_frame(self.futures, self.question)

    @cached_property
    def ways(self) -> pd.DataFrame:
        """Scores for each value of a switch among the inputs, e.g. rivals_respond true and false."""
        return ways(self.futures, self.question)

    @cached_property
    def verdict(self) -> Verdict:
        """Policy with the highest mean, its lead, and how surely it is ahead."""
        means = self.futures.means[: len(self.policies)]
        return verdict(means, self.policies, sure=self.question.sure, shares=self.futures.weights)

    @cached_property
    def winners(self) -> pd.DataFrame:
        """Winner map over the two inputs that tell most of who wins, or those of `map_over`; see `winner_map`."""
        return self.winner_map()

    def map_over(self, x: str | None, y: str | None) -> None:
        """Let table, picture and saved files of the winner map be over these inputs. Errors: InputError."""
        self.axes(x, y)
        self._mapped = (x, y)
        self.__dict__.pop("winners", None)

    @cached_property
    def boxes(self) -> pd.DataFrame:
        """Where a policy loses, wins or falls short: a row per box with coverage and density."""
        return self._discovered[0]

    @cached_property
    def box_limits(self) -> pd.DataFrame:
        """Limits of the boxes, a row per box and input."""
        return self._discovered[1]

    @cached_property
    def _discovered(self) -> tuple[pd.DataFrame, pd.DataFrame]:
        return discover(self.futures, self.question)

    @cached_property
    def information(self) -> Information:
        """What knowing more before choosing is worth, in the outcome's unit: everything, and each unknown."""
        return value_of_information(self.futures, self.question)

    def best(self, rule: str) -> tuple[str, ...]:
        """Return the best policies by a rule (mean, maximin, minimax_regret, satisficing), several where they tie.

        Errors: InputError for another rule, and for satisficing without a threshold.
        """
        if rule not in RULE_COLUMNS:
            raise InputError(Fault("rule", "is a rule for choosing", rule, nearest(rule, list(RULE_COLUMNS))))
        if rule == "satisficing" and self.question.enough is None:
            raise no_threshold(rule)
        return best_by(self.scores, rule, less=self.question.less)

    def winner_map(self, x: str | None = None, y: str | None = None) -> pd.DataFrame:
        """Return who wins in each cell of two inputs, and how surely: a row per cell.

        x, y: inputs; by default those of `map_over`, else those that tell most of who wins; with one input in the
        sweep, its parts alone. Columns
        and what the confidence is: `model.experiments.robust.cells.winner_map`. Errors: InputError for unknown inputs.
        """
        first, second = self.axes(x, y)
        return winner_map(self.futures, self.question, x=first, y=second)

    def axes(self, x: str | None, y: str | None) -> tuple[int, int | None]:
        """Return the places of the inputs of a map among the unknowns."""
        x, y = self._mapped if x is None and y is None else (x, y)
        order = telling(self.futures, self.question) if x is None or y is None else []
        if x is None and not order:
            way = "Add uncertainties to the sweep."
            raise InputError(Fault("winner map", "some input differs between the futures", "none", way))
        up = None if y is None else self.futures.unknown(y)
        across = next((at for at in order if at != up), None) if x is None else self.futures.unknown(x)
        if across is None or across == up:
            raise InputError(Fault("winner map: y", "is another input than x", y, "Name two inputs."))
        if up is None:
            up = next((at for at in order if at != across), None)
        return across, up

    def box_sentences(self) -> list[str]:
        """Return the boxes in words, a sentence each."""
        return box_sentences(self.boxes, futures=len(self.futures.points))

    def summary(self) -> str:
        """Return the answer in words: every rule's choice, what is sure, where which policy loses, what to find out."""
        from model.experiments.robust.words import summary_text

        return summary_text(self)

    @cached_property
    def plot(self) -> RobustPlots:
        """Pictures: regret, winners, boxes, information; each returns its Axes."""
        from model.experiments.robust.plots import RobustPlots

        return RobustPlots(self)

    def tables(self) -> dict[str, pd.DataFrame]:
        """Return every table by the name of its file."""
        known = self.information
        frames = {
            "regret": self.regret, "scores": self.scores, "boxes": self.boxes, "box_limits": self.box_limits,
            "information": known.unknowns.assign(evpi=known.perfect, evpi_error=known.error, evpi_apart=known.apart),
        }  # fmt: skip
        if len(self.ways):
            frames["ways"] = self.ways
        if self.futures.varying():
            frames["winners"] = self.winners
        return frames

    def save(self, folder: str | Path, *, with_figures: bool = True) -> None:
        """Write tables (CSV), pictures (PNG), the summary and a marker with the provenance to a folder.

        An earlier answer of the kind is replaced. Errors: InputError where the folder holds something else.
        """
        figures = {}
        if with_figures:
            drawn = {"regret": self.plot.regret, "boxes": self.plot.boxes, "information": self.plot.information}
            if self.futures.varying():
                drawn["winners"] = self.plot.winners
            figures = {name: png(draw().get_figure()) for name, draw in drawn.items()}  # type: ignore[arg-type]
        question = {**self.question.plain(), "answer": self.summary().splitlines(), "provenance": self.provenance}
        asked: Any = Asked(self.name, self.digest)  # what it reads of a scenario
        save_answer(
            Path(folder), kind=KIND, plan=asked, question=question, tables=self.tables(), figures=figures
        )  # fmt: skip

    def _repr_html_(self) -> str:
        from model.experiments.robust.words import summary_html

        return summary_html(self)

    def __repr__(self) -> str:
        size = f"{len(self.policies)} policies x {len(self.futures.points)} futures"
        return f"<RobustChoice {self.name}: {self.question.outcome.name}, {size}>"
