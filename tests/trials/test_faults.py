"""Small versions of the trials of faults: kills at borders and moments, broken stores, signals, a clock that jumps."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.trials import broken_stores, lost
from tests.trials.border_writers import answer, ensemble, question, starts, sweeps
from tests.trials.borders import Writer, tried
from tests.trials.killed_jobs import JOBS
from tests.trials.kills import campaign

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="forks and kills as Unix does")
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def _from_the_root(monkeypatch: pytest.MonkeyPatch) -> None:
    """Commands in processes of their own find the project."""
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv("PYTHONPATH", str(ROOT))


def check_borders(writer: Writer, work: Path, *, torn: bool, least: int) -> None:
    """Hold every border of a writer to having no fault."""
    found = list(tried(writer, work, torn=torn))
    assert len(found) >= least
    assert [(one.at, one.faults) for one in found if one.faults] == []


@pytest.mark.parametrize("torn", [False, True], ids=["whole", "torn"])
@pytest.mark.parametrize(("make", "least"), [(answer, 20), (ensemble, 3), (question, 3), (starts, 3)])
def test_killed_at_each_border_nothing_half_is_read_and_a_second_try_ends_well(
    tmp_path: Path, make: object, least: int, torn: bool
) -> None:
    check_borders(make(), tmp_path, torn=torn, least=least)  # type: ignore[operator]


def test_a_writer_that_writes_in_place_is_found(tmp_path: Path) -> None:
    """The trial itself can fail: a file that is written under its own name is half there after a kill."""

    def careless(folder: Path) -> None:
        folder.mkdir(exist_ok=True)
        for part in ("first", "second"):
            with open(folder / "answer.txt", "a") as stream:
                stream.write(part)

    def look(folder: Path) -> str:
        path = folder / "answer.txt"
        return "nothing" if not path.exists() else {"firstsecond": "whole"}[path.read_text()]

    writer = Writer("careless", lambda _: None, careless, look, lambda folder: os.listdir(folder))
    assert any(one.faults for one in tried(writer, tmp_path, torn=False))


def test_broken_stores_are_told_and_named(tmp_path: Path) -> None:
    found = list(broken_stores.tried(tmp_path, ways=40))
    assert [one for one in found if one.outcome not in ("same", "told")] == []
    assert sum(one.outcome == "told" for one in found) > 20
    assert {one.how for one in found} == set(broken_stores.HOWS)


@pytest.mark.slow
@pytest.mark.parametrize("torn", [False, True], ids=["whole", "torn"])
def test_sweeps_killed_at_each_border_end_as_if_never_killed(tmp_path: Path, torn: bool) -> None:
    for writer in sweeps(tmp_path):
        check_borders(writer, tmp_path / writer.name, torn=torn, least=25)


@pytest.mark.slow
@pytest.mark.parametrize("job", JOBS, ids=lambda job: job.name.replace(" ", "_"))
def test_a_killed_job_goes_on_and_ends_with_the_same_bits(tmp_path: Path, job: object) -> None:
    (found,) = _landed(job, tmp_path)  # type: ignore[arg-type]
    assert found.faults == []  # type: ignore[attr-defined]


def _landed(job: object, work: Path) -> Iterator[object]:
    return (one for one in campaign([job], kills=1, work=work, log=None, spawned=1) if one.landed)  # type: ignore[list-item]


@pytest.mark.slow
@pytest.mark.parametrize("name", ["signals", "moments", "drivers", "scheduler", "clock"])
def test_signals_second_drivers_lost_schedulers_and_clocks(tmp_path: Path, name: str) -> None:
    told = list(lost.trial(name, tmp_path))
    assert told
    assert [(what, faults) for what, faults, _ in told if faults] == []
