"""The same talks lived many times: outcomes, walk-outs and durations of each licence, with how sure they are."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from model.experiments.run import COMPILING, MONTHS, Progress, talks_of, warm_up
from model.experiments.thin_cells import thin_cells
from model.foundation.errors import Fault, InputError
from model.market.start_store import StartStore
from model.market.streaming_market import StreamingMarket
from model.market.valuing import Pair
from model.results.runs import FinishedRun
from model.results.talk_lines import PAIR
from model.results.talk_table import COURSES, talks_of_runs
from model.spec.scenario import Scenario
from model.theory.proportion import wilson

if TYPE_CHECKING:
    from model.experiments.talks.plots import TalkPlots

LEVEL = 0.90
BAND = (0.5 * (1.0 - LEVEL), 0.5 * (1.0 + LEVEL))
LICENCE = [*PAIR, "number"]
SIDES = ("label", "platform", "both")
CAUSES = ("cannibalisation", "disagreement")
EVERY = "all"
REPLICATES = 20


class TalksStopped(KeyboardInterrupt):
    """The user stopped between two months; outcomes: of the replicates finished, None if there was none."""

    def __init__(self, outcomes: TalkOutcomes | None, *, wanted: int) -> None:
        super().__init__("stopped")
        self.outcomes = outcomes
        self.wanted = wanted


@dataclass(frozen=True, slots=True)
class TalkOutcomes:
    """Talks of one scenario over replicates that share its settled start.

    plan: the scenario, with as many replicates as are here. talks: the table `talks` of all of them, with number: 1 for
    the first talks about a licence in a replicate, 2 for the next (a return to the table, or the renewal of what was
    signed), and so on. seconds: computing time. All replicates begin with the same simulated users: intervals say how
    sure a share is for them, and another seed draws others.
    """

    plan: Scenario
    talks: pd.DataFrame
    seconds: float

    @property
    def replicates(self) -> int:
        """How many replicates were lived."""
        return self.plan.replicates

    @property
    def notices(self) -> tuple[str, ...]:
        """What a reader should know: that the forks' samples are too thin for some licence talked about."""
        talks = self.plan.talks
        if talks is None or self.talks.empty:
            return ()
        cells = [[str(part) for part in row] for row in self.talks[PAIR].drop_duplicates().to_numpy()]
        pairs = [Pair(platform, label, kind, tuple(codes.split(","))) for platform, label, kind, codes in cells]
        thin = thin_cells(pairs, start=self.plan.start, users=min(talks.users, self.plan.users))
        return (thin,) if thin else ()

    def courses(self) -> pd.DataFrame:
        """Return licence x course: count, share of its talks, and the 90% interval of the share (Wilson).

        A licence is platform, label, kind, markets and number; the row "all" counts every talk there was.
        """
        rows = self._with_all()
        order = [course for course in COURSES if (rows["course"] == course).any()]
        counts = rows.groupby([*LICENCE, "course"], sort=False).size().unstack("course", fill_value=0)
        counts = counts.reindex(index=self._order(rows), columns=order)
        table = pd.DataFrame({"count": counts.stack()}).reset_index()
        talks = table.groupby(LICENCE, sort=False)["count"].transform("sum")
        return _with_shares(table.assign(talks=talks), count="count")

    def walk_outs(self) -> pd.DataFrame:
        """Return by licence how often the music went away: probability "exit" with its 90% interval, by whom, and why.

        by_label, by_platform, by_both: walk-outs that the side or both wanted. cannibalisation, disagreement: their
        causes. still_away: walk-outs that were not over at the end of the run or were given up.
        """
        rows = self._with_all()
        left = (rows["walked"] != "").astype(int)
        counted = rows[LICENCE].assign(talks=1, walk_outs=left)
        for side in SIDES:
            counted[f"by_{side}"] = left * (rows["pressed"] == side)
        for cause in CAUSES:
            counted[cause] = left * (rows["cause"] == cause)
        counted["still_away"] = left * ~rows["course"].str.startswith("deal")
        table = counted.groupby(LICENCE, sort=False).sum().reindex(self._order(rows)).reset_index()
        return _with_shares(table, count="walk_outs", share="exit")

    def durations(self) -> pd.DataFrame:
        """Return licence x what: number of talks, median and 90% range.

        what: "weeks of talks" without agreement, of all talks that are over; "weeks on old terms" and "weeks away", of
        those over talks that had any; "payment over old terms" (of a first licence: over the default terms), of those
        that agreed.
        """
        rows = self._with_all()
        over = rows["ended"] != ""
        with np.errstate(divide="ignore", invalid="ignore"):
            factor = (rows["payment_usd"] / rows["present_usd"]).where(rows["present_usd"] > 0.0)
        parts = {
            "weeks of talks": rows["weeks"].where(over),
            "weeks on old terms": rows["weeks_extended"].where(over & (rows["weeks_extended"] > 0)),
            "weeks away": rows["weeks_out"].where(over & (rows["walked"] != "")),
            "payment over old terms": factor,
        }
        found = []
        for what, values in parts.items():
            groups = rows[LICENCE].assign(value=values.astype(float)).groupby(LICENCE, sort=False)["value"]
            table = pd.DataFrame({"talks": groups.count(), "median": groups.median(),
                                  "low": groups.quantile(BAND[0]), "high": groups.quantile(BAND[1])})  # fmt: skip
            found.append(table.reindex(self._order(rows)).reset_index().assign(what=what))
        columns = [*LICENCE, "what", "talks", "median", "low", "high"]
        return pd.concat(found, ignore_index=True)[columns]

    def exit_probability(self, platform: str, label: str) -> float:
        """Return the share of replicates in which the first talks of a pair took its music away, NaN without talks."""
        first = self.talks[(self.talks["number"] == 1) & (self.talks["platform"] == platform)]
        first = first[first["label"] == label]
        left = (first["walked"] != "").groupby(first["replicate"]).any()
        return float(left.mean()) if len(left) else float("nan")

    @property
    def plot(self) -> TalkPlots:
        """Pictures of the talks."""
        from model.experiments.talks.plots import TalkPlots

        return TalkPlots(self)

    def __repr__(self) -> str:
        return f"<TalkOutcomes {self.plan.name}: {len(self.talks)} talks in {self.replicates} replicates>"

    def _repr_html_(self) -> str:
        from model.experiments.talks.card import talks_html

        return talks_html(self)

    def _with_all(self) -> pd.DataFrame:
        every = self.talks.assign(platform=EVERY, label=EVERY, licence_kind=EVERY, markets=EVERY, number=0)
        return pd.concat([self.talks, every], ignore_index=True) if len(self.talks) else self.talks

    def _order(self, rows: pd.DataFrame) -> pd.MultiIndex:
        """Return the licences: the first talks before later ones, in order of their dates; all talks together last."""
        first = rows.groupby(LICENCE, sort=False)[["ends", "begun"]].min().reset_index()
        first["last"] = first["platform"] == EVERY
        ordered = first.sort_values(["last", "number", "ends", "begun"], kind="stable")
        return pd.MultiIndex.from_frame(ordered[LICENCE])


def talk_outcomes(
    scenario: Scenario | str | Path, *, replicates: int = REPLICATES, starts: StartStore | None = None,
    progress: Progress | None = None,
) -> TalkOutcomes:  # fmt: skip
    """Return how the talks that a scenario plans go in many replicates, which differ in their draws after the start.

    scenario: one with [talks]. starts: where settled starts are kept (default: this user's cache). progress: as of
    `run`. Errors: InputError, also where the scenario plans no talks; TalksStopped, a KeyboardInterrupt with the
    outcomes of the replicates that were finished.
    """
    given = scenario if isinstance(scenario, Scenario) else Scenario.load(scenario)
    plan = _checked(given, replicates)
    store = StartStore.default() if starts is None else starts
    tell: Progress = progress or (lambda *_: None)
    begun, finished = perf_counter(), []
    try:
        tell(COMPILING, 0, 1)
        warm_up()
        tell(COMPILING, 1, 1)
        for replicate in range(replicates):
            finished.append(_live(plan, replicate, store, tell))
    except KeyboardInterrupt as stop:
        done = _outcomes(plan, finished, seconds=perf_counter() - begun) if finished else None
        raise TalksStopped(done, wanted=replicates) from stop
    return _outcomes(plan, finished, seconds=perf_counter() - begun)


def _checked(plan: Scenario, replicates: int) -> Scenario:
    """Return the plan with its replicates; InputError for one that plans no talks."""
    wanted = plan.replace({"replicates": replicates})
    if plan.talks is None:
        way = 'Add [talks] with platforms = ["resso"], or take sony_at_the_table.'
        raise InputError(Fault(f"scenario {plan.name}: talks", "a scenario plans the talks that are lived", None, way))
    return wanted


def _live(plan: Scenario, replicate: int, store: StartStore, tell: Progress) -> FinishedRun:
    """Return a run of which only the talks are kept; months are counted over all replicates."""

    def told(stage: str, done: int, whole: int) -> None:
        if stage == MONTHS:
            tell(stage, replicate * plan.months + done, plan.replicates * plan.months)
        elif replicate == 0:
            tell(stage, done, whole)

    market = StreamingMarket(plan, replicate=replicate, starts=store, on_progress=told)
    market.run()
    return FinishedRun(replicate, (), {}, talks=talks_of(market))


def _outcomes(plan: Scenario, finished: list[FinishedRun], *, seconds: float) -> TalkOutcomes:
    talks = talks_of_runs(finished, start_month=plan.start_month)
    talks["number"] = talks.groupby([*PAIR, "replicate"], sort=False).cumcount() + 1
    return TalkOutcomes(plan.replace({"replicates": len(finished)}), talks, seconds)


def _with_shares(table: pd.DataFrame, *, count: str, share: str = "share") -> pd.DataFrame:
    low, high = wilson(table[count].to_numpy(float), trials=table["talks"].to_numpy(float), level=LEVEL)
    found = table.assign(low=low, high=high)
    found.insert(found.columns.get_loc("low"), share, table[count] / table["talks"])  # type: ignore[arg-type]
    return found
