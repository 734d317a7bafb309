"""Run a scenario, and its replicates, to a result."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

from model.foundation.errors import Fault, InputError
from model.foundation.months import parse_month, show_month
from model.market.deciding import Action, Deciding
from model.market.licensing import Licensing, TalkRecord
from model.market.start_store import StartStore
from model.market.streaming_market import StreamingMarket
from model.results import FinishedRun, RunResult
from model.spec.scenario import Scenario

if TYPE_CHECKING:
    from model.experiments.ensembles.members import Given, Wanted

Progress = Callable[[str, int, int], None]
"""Called with (stage, done, whole); the stages come in the order COMPILING, SETTLING, MONTHS."""
COMPILING, SETTLING, MONTHS = "compiling", "settling the start", "months"
_FEW = {"users": 50, "months": 1, "markets": ["ID"]}  # enough to pass through every compiled function


class RunStopped(KeyboardInterrupt):
    """The user stopped a run between two months.

    result: of the replicates that were finished, None if there was none. wanted: how many there should have been.
    """

    def __init__(self, result: RunResult | None, *, wanted: int) -> None:
        super().__init__("stopped")
        self.result = result
        self.wanted = wanted


def run(
    scenario: Scenario | str | Path, *, replicates: int | None = None, starts: StartStore | None = None,
    progress: Progress | None = None, until: str | None = None, ensemble: Given | None = None, members: Wanted = None,
) -> RunResult:  # fmt: skip
    """Return the result of a scenario: every month of every market, in all replicates.

    scenario: a Scenario, the name of one, or a TOML file. replicates: how many runs with other draws after the same
    start. starts: where settled starts are kept (default: this user's cache). until: last month to live, "YYYY-MM".
    ensemble: joint draws of parameters, an `Ensemble`, the name of one, or its file; then each run has the values of a
    member and a start and draws of its own, in place of replicates. members: number of such runs (default: 40), or a
    list of members. What the scenario sets itself stays. Errors: InputError for bad input; RunStopped, a
    KeyboardInterrupt with what was finished.
    """
    plan = _plan(scenario, replicates=replicates, until=until)
    tell: Progress = progress or _say_nothing
    if ensemble is not None or members is not None:
        from model.experiments.ensembles.living import run_members

        return run_members(plan, ensemble, members=members, replicates=replicates, starts=starts, progress=tell)
    store = StartStore.default() if starts is None else starts
    finished: list[FinishedRun] = []
    try:
        tell(COMPILING, 0, 1)
        warm_up()
        tell(COMPILING, 1, 1)
        for replicate in range(plan.replicates):
            finished.append(_live(plan, replicate, store, tell))
    except KeyboardInterrupt as stop:
        done = plan.replace({"replicates": len(finished)}) if finished else plan
        result = RunResult.from_runs(done, finished) if finished else None
        raise RunStopped(result, wanted=plan.replicates) from stop
    return RunResult.from_runs(plan, finished)


@cache
def warm_up() -> None:
    """Pass once through every compiled function, so that compiling on a new machine is told apart."""
    StreamingMarket(Scenario.from_mapping(_FEW)).run()


def talks_of(market: StreamingMarket) -> tuple[TalkRecord, ...]:
    """Return the talks of a market's run so far, none where the scenario plans none."""
    talks = market.world.talks
    return talks.records(market.world) if isinstance(talks, Licensing) else ()


def actions_of(market: StreamingMarket) -> tuple[Action, ...]:
    """Return what strategies set in a market's run so far, nothing where the scenario has none."""
    firms = market.world.firms
    return tuple(firms.actions) if isinstance(firms, Deciding) else ()


def _say_nothing(*_: object) -> None:
    """Stand in for a progress that nobody watches."""


def _plan(scenario: Scenario | str | Path, *, replicates: int | None, until: str | None) -> Scenario:
    """Return the scenario with the wishes of the call on top."""
    plan = scenario if isinstance(scenario, Scenario) else Scenario.load(scenario)
    wishes: dict[str, object] = {} if replicates is None else {"replicates": replicates}
    if until is not None:
        months = parse_month(until, place="until") - plan.start_month + 1
        if not 1 <= months <= plan.months:
            last = show_month(plan.start_month + plan.months - 1)
            rule = f"the last month to live lies from {plan.start} to {last}"
            raise InputError(Fault("until", rule, until, "Give the scenario more months, or leave it out."))
        wishes["months"] = months
    return plan.replace(wishes)


def _live(plan: Scenario, replicate: int, store: StartStore, tell: Progress) -> FinishedRun:
    """Return one finished run; months are counted over all replicates, the start is told for the first."""

    def told(stage: str, done: int, whole: int) -> None:
        if stage == MONTHS:
            tell(stage, replicate * plan.months + done, plan.replicates * plan.months)
        elif replicate == 0 or plan.fresh_starts:
            tell(stage, done, whole)

    return live_replicate(plan, replicate=replicate, starts=store, progress=told)


def live_replicate(
    plan: Scenario, *, replicate: int, starts: StartStore, progress: Progress | None = None
) -> FinishedRun:
    """Return one finished run of a scenario: all its months with the draws of one replicate.

    progress: told the settling of the start and the months of this run.
    """
    begun = perf_counter()
    market = StreamingMarket(plan, replicate=replicate, starts=starts, on_progress=progress)
    records = market.run()
    return FinishedRun(
        replicate=replicate, records=records, flows=market.ledger.flows(), settlings=market.settlings,
        notices=market.start.notices, seconds=perf_counter() - begun, talks=talks_of(market),
        actions=actions_of(market),
    )  # fmt: skip
