"""The market as Mesa's own `batch_run` and `DataCollector` take it, for those who come from there."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from mesa.datacollection import DataCollector

from model.experiments.comparing.outcomes import Outcome, read_outcomes
from model.experiments.run import talks_of
from model.experiments.sweep.readings import Reader
from model.foundation.errors import Fault, InputError
from model.market.start_store import StartStore
from model.market.streaming_market import StreamingMarket
from model.results import FinishedRun, RunResult
from model.spec.scenario import Scenario

OUTCOMES = ("resso.users", "resso.operating_income", "label_income")


class BatchMarket(StreamingMarket):
    """A `StreamingMarket` made of keywords, with a `DataCollector`, that halts at its scenario's horizon.

    scenario: name or file. outcomes: what the collector reports each month, over all markets, one column each.
    overrides: any dotted key of a scenario, e.g. **{"platforms.resso.integration.ID": 1.0}. rng: number of the
    replicate, so that `rng=[0, 1, 2]` of `batch_run` are replicates after one start. None, which `batch_run` gives each
    of its `iterations`, would make them copies of one run and is refused. Sweeps of `model.experiments.sweep` keep
    finished runs when one fails or the machine stops; `batch_run` does not. Errors: InputError.
    """

    def __init__(
        self, scenario: str = "tiny", *, outcomes: Sequence[str] | str = OUTCOMES, rng: int | None = 0,
        **overrides: object,
    ) -> None:  # fmt: skip
        if isinstance(rng, bool) or not isinstance(rng, int) or rng < 0:
            way = "Give batch_run rng=[0, 1, 2] for three replicates, in place of iterations=3; rng=[0] for one."
            raise InputError(Fault("rng", "is the number of a replicate, a whole number from 0", rng, way))
        plan = Scenario.load(scenario, call=overrides)
        self._lived: RunResult | None = None
        super().__init__(plan, replicate=rng, starts=StartStore.default())
        words = [outcomes] if isinstance(outcomes, str) else list(outcomes)
        read = read_outcomes(words, [plan], place="outcomes")
        self.datacollector = DataCollector(model_reporters={one.name: partial(_present, outcome=one) for one in read})
        self.running = True

    def step(self) -> None:
        """Live one month and collect; nothing is left to do after the last."""
        super().step()
        self._lived = None
        self.datacollector.collect(self)
        self.running = self.month < self.plan.months

    @property
    def lived(self) -> RunResult:
        """The result of the months lived so far."""
        if self._lived is None:
            finished = FinishedRun(
                replicate=self.replicate, records=self.records, flows=self.ledger.flows(),
                settlings=self.settlings, talks=talks_of(self),
            )  # fmt: skip
            self._lived = RunResult.from_runs(self.plan, [finished])
        return self._lived


def _present(market: BatchMarket, *, outcome: Outcome) -> float:
    """Return an outcome of the last month lived, over all markets."""
    return float(Reader(market.lived).by_month(outcome)[market.month - 1, -1])
