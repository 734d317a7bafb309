"""The writers whose borders are tried: a store, a sweep and its growing, answers, results, reviews, logs, starts.

What they write is made once, here; runs are replayed, so that only their files are at stake.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from unittest import mock

import numpy as np
import pandas as pd

import model as sm
from model.experiments.answer_folder import save_answer
from model.experiments.decision_log import freeze, read_decision, read_wishes, write_decision
from model.experiments.ensembles import Ensemble, open_ensemble
from model.experiments.rounds import claim_folder
from model.experiments.run import run
from model.experiments.sweep.case import Case, Rows
from model.experiments.sweep.cases import cases_of
from model.experiments.sweep.plan import SweepPlan, plan_sweep
from model.experiments.sweep.store import store as store_module
from model.experiments.sweep.sweeping import run_sweep
from model.experiments.sweep.work import SweepWork
from model.experiments.tracing.answers import _check_whole
from model.foundation.errors import InputError
from model.market.start_store import StartNotice, StartStore
from model.results.stored import load_frames, load_manifest
from model.spec.scenario import Scenario
from tests.trials.borders import Writer
from tests.trials.kept import read

PATH = "platforms.resso.integration.ID"
TINY: dict[str, object] = {"users": 100, "months": 1, "markets": ["ID"]}
FRAME = pd.DataFrame({"a": np.arange(400) / 7.0})


def writers(work: Path) -> Iterator[Writer]:
    """Yield every writer. work: where runs are lived once, to be replayed."""
    yield from sweeps(work)
    yield answer()
    yield results()
    yield decision()
    yield ensemble()
    yield question()
    yield starts()


def sweeps(work: Path) -> Iterator[Writer]:
    """Yield a sweep that begins, one that grows, one that is begun anew; the store is cut into small shards."""
    base = Scenario.load("tiny").replace(TINY)

    def planned(n: int) -> SweepPlan:
        wanted = {PATH: {"low": 0.0, "high": 1.0}}
        return plan_sweep(base, levers=wanted, design="sobol", n=n, outcomes=["resso.users"])  # type: ignore[arg-type]

    small, large = planned(4), planned(8)
    rows = {case.run_id: SweepWork.of(large)(case) for case in cases_of(large)}

    def swept(plan: SweepPlan, *, resume: bool = True) -> Callable[[Path], None]:
        def act(folder: Path) -> None:
            with _replayed(rows):
                run_sweep(plan, store=folder, workers=1, resume=resume)

        return act

    def look(folder: Path) -> str:
        if not folder.exists() or not list(folder.glob("ledger.sqlite")):
            return "nothing"
        found = sm.open_sweep(folder)
        table = found.table("resso.users")
        if len(table) != found.done or not np.isfinite(table["resso.users"]).all():
            raise AssertionError(f"{found.done} runs finished, {len(table)} rows")
        read(folder)
        return "whole" if found.done == found.planned and (folder / "manifest.json").exists() else "unfinished"

    def content(folder: Path) -> object:
        kept = read(folder)
        return [{name: frame.to_csv() for name, frame in tables.items()} for tables in kept.stores.values()]

    yield Writer("sweep", lambda _: None, swept(small), look, content)
    yield Writer("grow", swept(small), swept(large), look, content)

    def look_while_cleared(folder: Path) -> str:
        try:
            return look(folder)
        except InputError:  # what was to go is partly gone, and told so
            return "unfinished"

    yield Writer("fresh", swept(large), swept(large, resume=False), look_while_cleared, content)


@contextmanager
def _replayed(rows: Mapping[str, Rows]) -> Iterator[None]:
    """Let sweeps read their runs from a table, and make shards of three runs."""

    def work(case: Case) -> Rows:
        again = {name: dict(table) for name, table in rows[case.run_id].items()}
        return {**again, "runs": {**again["runs"], "seconds": [time.perf_counter()]}}

    with (
        mock.patch("model.experiments.sweep.sweeping.SweepWork.of", return_value=work),
        mock.patch.object(store_module, "SHARD_RUNS", 3),
        mock.patch("model.experiments.sweep.engines.progress.MOST", 2),
    ):
        yield


def answer() -> Writer:
    """Return the saving of an answer over an earlier one of other files."""
    plan = Scenario.load("tiny")

    def saved(**tables: pd.DataFrame) -> Callable[[Path], None]:
        return lambda folder: save_answer(
            folder, kind="deal", plan=plan, question={"label": "sony"}, tables=tables, figures={"deal": b"PNG" * 99},
            pages={"deal.md": "words " * 200},
        )  # fmt: skip

    return Writer("answer", saved(old=FRAME, both=FRAME * 2), saved(new=FRAME, both=FRAME), _look_at_answer, _files)


def _look_at_answer(folder: Path) -> str:
    marker = folder / "deal.json"
    if not marker.exists():
        return "nothing"
    values = json.loads(marker.read_text(encoding="utf-8"))
    if values.get("unfinished"):
        return "unfinished"
    _check_whole(folder, values)
    return "whole" if "new.csv" in values["files"] else "earlier"


def results() -> Writer:
    """Return the saving of a run's result over that of another run."""
    tiny = Scenario.load("tiny").replace(TINY)
    one, other = run(tiny), run(tiny.replace({"seed": 7}))
    wanted = one.services.to_csv()

    def look(folder: Path) -> str:
        try:
            frames = load_frames(folder, load_manifest(folder))
        except InputError as error:
            told = str(error)
            if "interrupted" in told or "no such folder" in told:
                return "unfinished"
            raise
        return "whole" if frames["services"].to_csv() == wanted else "earlier"

    return Writer("results", lambda folder: other.save(folder), lambda folder: one.save(folder), look,
                  lambda folder: look(folder), tidies=False)  # fmt: skip


def decision() -> Writer:
    """Return the writing of a decision log, which is never overwritten: a second try takes the first for done."""
    found = run(Scenario.load("tiny").replace({**TINY, "replicates": 2}))
    expect, wires = read_wishes(["resso ID users 2022-10"], [])
    log = freeze(found, title="t", choice="c", expect=expect, tripwires=wires)

    def act(folder: Path) -> None:
        if not (folder / "log.json").exists():
            write_decision(log, folder / "log.json")

    def look(folder: Path) -> str:
        if not (folder / "log.json").exists():
            return "nothing"
        read_decision(folder / "log.json")
        return "whole"

    return Writer("decision", lambda folder: folder.mkdir(), act, look, _files, tidies=False)


def ensemble() -> Writer:
    """Return the saving of an ensemble over another."""
    one = open_ensemble("posterior_2022_12")
    other = Ensemble(name=one.name, about="other", parameters=one.parameters, values=one.values, weights=one.weights,
                     made=one.made)  # fmt: skip

    def look(folder: Path) -> str:
        return "earlier" if open_ensemble(folder / "e.json").about == "other" else "whole"

    return Writer("ensemble", lambda folder: other.save(folder / "e.json"), lambda folder: one.save(folder / "e.json"),
                  look, _files, tidies=False)  # fmt: skip


def question() -> Writer:
    """Return the claiming of a folder for the rounds of a question."""
    asked: dict[str, object] = {"what": list(range(300))}

    def look(folder: Path) -> str:
        if not (folder / "question.json").exists():
            return "nothing"
        json.loads((folder / "question.json").read_text())
        return "whole"

    return Writer("question", lambda _: None, lambda folder: claim_folder(folder, asked, what="search"), look, _files,
                  tidies=False)  # fmt: skip


def starts() -> Writer:
    """Return the keeping of a settled start over a broken one."""
    arrays = {"a": np.arange(4000.0), "b": np.arange(10)}

    def act(folder: Path) -> None:
        StartStore(folder).save("0" * 32, arrays)

    def look(folder: Path) -> str:
        import warnings

        with warnings.catch_warnings():
            warnings.simplefilter("error", StartNotice)
            found = StartStore(folder).load("0" * 32)
        if found is None:
            return "nothing"
        return "whole" if all((found[name] == column).all() for name, column in arrays.items()) else "other"

    return Writer("starts", lambda _: None, act, look, _files, tidies=False)


def _files(folder: Path) -> object:
    return read(folder).answers
