"""A sweep that grows in its folder: only what is new is run, and the whole is that of one run at once."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pandas as pd
import pytest

import model as sm
from model.experiments.sweep import SweepResult, open_sweep, plan_sweep, sweep
from model.experiments.sweep.store import SweepStore
from model.experiments.sweep.sweeping import default_folder
from model.experiments.sweep.work import SweepWork
from model.foundation.errors import InputError

BASE = sm.Scenario.from_mapping({"name": "small", "markets": ["ID"], "users": 100, "months": 1})
PATH = "platforms.resso.integration.ID"
ASKED: Mapping[str, object] = {
    "levers": {PATH: {"low": 0.0, "high": 1.0}}, "uncertainties": ["theta"], "design": "sobol", "n": 4,
    "outcomes": ["resso.users"], "workers": 1,
}  # fmt: skip


def swept(folder: Path, **change: object) -> SweepResult:
    return sweep(BASE, **{**ASKED, "store": folder, **change})  # type: ignore[arg-type]


@pytest.fixture
def lived(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, int]]:
    """Note point and replicate of each run that is lived."""
    noted: list[tuple[int, int]] = []
    genuine = SweepWork.__call__

    def note(self, case):  # type: ignore[no-untyped-def]
        noted.append((case.point, case.replicate))
        return genuine(self, case)

    monkeypatch.setattr(SweepWork, "__call__", note)
    return noted


def test_more_replicates_and_more_points_are_added(tmp_path: Path, lived: list[tuple[int, int]]) -> None:
    swept(tmp_path / "one")
    lived.clear()
    assert swept(tmp_path / "one", replicates=2).done == 8
    assert lived == [(point, 1) for point in range(4)]
    lived.clear()
    found = swept(tmp_path / "one", replicates=2, n=7)
    assert lived == [(point, replicate) for point in range(4, 7) for replicate in range(2)]
    lived.clear()
    whole = swept(tmp_path / "whole", replicates=2, n=7)
    pd.testing.assert_frame_equal(found.outcomes, whole.outcomes, check_exact=True)
    pd.testing.assert_frame_equal(found.points, whole.points, check_exact=True)
    assert (found.planned, found.replicates, found.digest) == (14, 2, whole.digest)
    assert len(found.sql("select * from points")) == 7
    lived.clear()
    assert swept(tmp_path / "one", replicates=2, n=7).done == 14
    assert lived == []


def test_what_grows_has_the_same_folder_by_default() -> None:
    asked = {key: value for key, value in ASKED.items() if key != "workers"}
    small, large = (plan_sweep(BASE, **{**asked, **more}) for more in ({}, {"n": 8, "replicates": 3}))  # type: ignore[arg-type]
    assert default_folder(small) == default_folder(large)
    assert small.digest != large.digest
    cubes = [plan_sweep(BASE, **{**asked, "design": "lhs", "n": n}) for n in (4, 8)]  # type: ignore[arg-type]
    assert len({default_folder(one) for one in (small, *cubes)}) == 3


def test_rows_are_added_to_a_table(tmp_path: Path, lived: list[tuple[int, int]]) -> None:
    rows = [{PATH: 0.0}, {PATH: 0.5}, {PATH: 1.0}]
    asked = {"outcomes": ["resso.users"], "store": tmp_path / "one", "workers": 1}
    sweep(BASE, table=rows[:2], **asked)  # type: ignore[arg-type]
    lived.clear()
    assert sweep(BASE, table=rows, **asked).done == 3  # type: ignore[arg-type]
    assert lived == [(2, 0)]
    with pytest.raises(InputError, match="Keep the first rows"):
        sweep(BASE, table=rows[::-1], **asked)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("begun", "change", "told"),
    [
        ({"design": "lhs"}, {"design": "lhs", "n": 8}, "a Latin hypercube cannot grow"),
        ({"design": "grid", "n": 2}, {"design": "grid", "n": 3}, "a grid grows by replicates only"),
        ({"replicates": 2}, {}, "never shrinks"),
        ({"n": 5}, {}, "never shrinks"),
        ({}, {"outcomes": ["resso.payers"]}, "outcomes"),
    ],
)
def test_what_cannot_grow_is_told_and_changes_nothing(
    tmp_path: Path, lived: list[tuple[int, int]], begun: dict[str, object], change: dict[str, object], told: str
) -> None:
    before = swept(tmp_path / "one", **begun)
    lived.clear()
    with pytest.raises(InputError, match=told):
        swept(tmp_path / "one", **change)
    after = open_sweep(tmp_path / "one")
    assert (after.planned, after.done, lived) == (before.planned, before.done, [])


def test_a_kill_while_it_grows_leaves_it_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    swept(tmp_path / "one")

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("model.experiments.sweep.store.ledger.Ledger.tell", killed)
        with pytest.raises(KeyboardInterrupt):
            swept(tmp_path / "one", n=8)
    assert (tmp_path / "one" / "points-8.parquet").exists()
    assert (open_sweep(tmp_path / "one").planned, len(open_sweep(tmp_path / "one").points)) == (4, 4)
    assert swept(tmp_path / "one", n=8).done == 8
    assert swept(tmp_path / "one", n=2, resume=False).done == 2
    assert not (tmp_path / "one" / "points-8.parquet").exists()


def test_a_store_takes_no_other_points(tmp_path: Path) -> None:
    with SweepStore.create(tmp_path / "one", plan={"n": 1}, points={"x": [1.0]}) as store:
        with pytest.raises(InputError, match="behind its own"):
            store.grow(plan={"n": 2}, about={}, points={"x": [2.0, 1.0]})
        store.grow(plan={"n": 2}, about={}, points={"x": [1.0, 2.0]})
        assert store.sql("select sum(x) as s from points")["s"][0] == 3.0
    with SweepStore.open(tmp_path / "one", expect={"n": 2}) as store:
        assert store.points["x"].tolist() == [1.0, 2.0]
