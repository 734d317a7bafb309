"""Sweeps of one question, one after the other: what a later one asks hangs on what came out before.

Each round is a sweep of its own in a folder of the question's folder. Asked again, the question goes through the same
rounds: what is finished is read, so nothing runs twice, and it goes on where it was stopped.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

from model.experiments.sweep.case import Work
from model.experiments.sweep.cases import cases_of
from model.experiments.sweep.describing import described
from model.experiments.sweep.engines import Engine, InProcess, run_cases
from model.experiments.sweep.engines.engine import Crew
from model.experiments.sweep.plan import SweepPlan
from model.experiments.sweep.result import SweepResult
from model.experiments.sweep.store import SweepStore
from model.experiments.sweep.store.ledger import NAME as LEDGER
from model.experiments.sweep.sweeping import FEW, Show, SweepStopped, engine_of, run_sweep
from model.experiments.sweep.work import SweepWork
from model.foundation.errors import Fault, InputError
from model.foundation.files import write_text_whole

RUNS = "runs"
"""Folder of the runs beside the tables and figures of an answer."""
ASKED = "question.json"


class Rounds:
    """The rounds of one question, with workers that stay between them; used as a context.

    folder: of the runs. workers: processes (None: one per core). runs: about how many runs there will be, which decides
    whether workers are worth their start.
    """

    def __init__(self, folder: Path, *, workers: int | None, runs: int, progress: Show | None = None) -> None:
        self.folder = folder
        self._progress = progress
        self._engine = _KeptOpen(engine_of(None, workers=workers, runs=runs))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._engine.close()

    def run(self, name: str, plan: SweepPlan) -> SweepResult:
        """Return a round's sweep, with what its folder holds taken over. Errors: SweepStopped."""
        return run_sweep(plan, store=self.folder / name, engine=self._engine_for(plan.runs), progress=self._progress)

    def run_later_replicates(self, name: str, plan: SweepPlan, *, first: int) -> SweepResult:
        """Return a sweep of replicates `first` onwards alone: fresh draws for what the earlier ones chose."""
        folder = self.folder / name
        asked = {**plan.question, "first_replicate": first}
        there = (folder / LEDGER).exists()
        kept = SweepStore.open(folder, expect=asked) if there else None
        if kept is None:
            kept = SweepStore.create(folder, plan=asked, about=described(plan), points=plan.points)
        cases = [case for case in cases_of(plan) if case.replicate >= first]
        with kept:
            left = {case.run_id for case in cases} - kept.finished()
            done = None if not left else run_cases(
                cases, work=SweepWork.of(plan), store=kept, engine=self._engine_for(len(left)), progress=self._progress
            )  # fmt: skip
            if done is None:
                kept.tidy()
        found = SweepResult.open(folder)
        if done is not None and done.stopped:
            raise SweepStopped(found)
        return found

    def _engine_for(self, runs: int) -> Engine:
        """Return the workers, or this process for so few runs that starting workers would take longer."""
        return InProcess() if runs <= FEW else self._engine


def claim_folder(folder: Path, question: dict[str, object], *, what: str) -> None:
    """Write the question beside its rounds, or check that those there are of the same one.

    Errors: InputError where the folder holds the rounds of another question or model.
    """
    path = folder / ASKED
    text = json.dumps(question, sort_keys=True, indent=1) + "\n"
    if path.is_file():
        if path.read_text(encoding="utf-8") != text:
            rule = f"holds the runs of another {what}, or of another version of the model"
            raise InputError(Fault(str(folder), rule, digest_of(question), "Begin anew with --fresh, or elsewhere."))
        return
    folder.mkdir(parents=True, exist_ok=True)
    write_text_whole(path, text)


def digest_of(question: dict[str, object]) -> str:
    """Return sixteen hexadecimal digits that stand for a question in plain values."""
    text = json.dumps(question, sort_keys=True, separators=(",", ":"))
    return hashlib.blake2b(text.encode(), digest_size=8).hexdigest()


class _KeptOpen:
    """An engine whose workers stay for the next sweep of the same work, since starting them takes seconds."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._open = ExitStack()
        self._crew: Crew | None = None
        self._digest = ""

    @contextmanager
    def crew(self, work: Work) -> Iterator[Crew]:
        """Hand out the workers, started at first or for other work."""
        digest = work.digest if isinstance(work, SweepWork) else ""
        if self._crew is None or not digest or self._digest != digest:
            self.close()
            self._crew, self._digest = self._open.enter_context(self._engine.crew(work)), digest
        yield self._crew

    def close(self) -> None:
        """Stop the workers."""
        self._crew = None
        self._open.close()
