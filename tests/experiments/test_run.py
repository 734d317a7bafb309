"""A run: replicates that share their start, a last month, progress, and a stop by the user between months."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from model.experiments import run as module
from model.experiments.run import COMPILING, MONTHS, SETTLING, RunStopped, run
from model.foundation.errors import InputError
from model.market.start_store import StartStore
from model.spec.scenario import Scenario

SMALL = {"markets": ["ID"], "users": 400, "months": 3}


@pytest.fixture(scope="module")
def starts() -> StartStore:
    return StartStore(None)


@pytest.fixture
def small() -> Scenario:
    return Scenario.from_mapping(SMALL)


def of_replicate(frame: pd.DataFrame, number: int) -> pd.DataFrame:
    return frame[frame["replicate"] == number].drop(columns="replicate").reset_index(drop=True)


def test_replicates_share_the_start_and_differ_after_it(small: Scenario, starts: StartStore) -> None:
    result = run(small, replicates=2, starts=starts)
    one, other = (of_replicate(result.offers, number) for number in (0, 1))
    stock = ["users", "main_users", "payers"]
    pd.testing.assert_frame_equal(one.loc[one.month == 0, stock], other.loc[other.month == 0, stock])
    assert not one.loc[one.month == 3, "main_users"].equals(other.loc[other.month == 3, "main_users"])


def test_a_replicate_does_not_depend_on_how_many_there_are_nor_on_a_kept_start(small: Scenario, tmp_path: Path) -> None:
    alone = run(small, starts=StartStore(tmp_path)).offers
    among = run(small, replicates=3, starts=StartStore(tmp_path)).offers
    pd.testing.assert_frame_equal(of_replicate(alone, 0), of_replicate(among, 0))
    assert len(list(tmp_path.glob("*.npz"))) == 1


def test_the_last_month_can_be_named_and_those_before_stay_the_same(small: Scenario, starts: StartStore) -> None:
    short, whole = run(small, until="2022-11", starts=starts).offers, run(small, starts=starts).offers
    assert short["month"].max() == 2
    flow = ["month", "tier", "main_users", "gross_adds_expected"]
    before = whole[whole["month"] <= 2].reset_index(drop=True)
    pd.testing.assert_frame_equal(short[flow], before[flow])


@pytest.mark.parametrize("until", ["2022-09", "2023-01", "soon"])
def test_a_last_month_outside_the_scenario_is_a_fault(small: Scenario, starts: StartStore, until: str) -> None:
    with pytest.raises(InputError, match="until"):
        run(small, until=until, starts=starts)


def test_a_scenario_is_given_by_itself_by_name_or_by_path(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, starts: StartStore
) -> None:
    path = tmp_path / "mine.toml"
    path.write_text('markets = ["ID"]\nusers = 400\nmonths = 1\n')
    by_path = run(path, starts=starts)
    assert by_path.card.name == "mine"
    (tmp_path / "scenarios").mkdir()
    path.rename(tmp_path / "scenarios" / "mine.toml")
    monkeypatch.chdir(tmp_path)
    pd.testing.assert_frame_equal(run("mine", starts=starts).offers, by_path.offers)


def test_progress_passes_its_stages_and_counts_months_over_replicates(small: Scenario, starts: StartStore) -> None:
    told: list[tuple[str, int, int]] = []
    run(small, replicates=2, starts=starts, progress=lambda *step: told.append(step))
    assert list(dict.fromkeys(stage for stage, _, _ in told)) == [COMPILING, SETTLING, MONTHS]
    assert [step for step in told if step[0] == MONTHS] == [(MONTHS, done, 6) for done in range(1, 7)]
    assert [step for step in told if step[0] == SETTLING] == [(SETTLING, 0, 1), (SETTLING, 1, 1)]


def stop_at(month: int) -> module.Progress:
    def progress(stage: str, done: int, whole: int) -> None:
        if stage == MONTHS and done == month:
            raise KeyboardInterrupt

    return progress


def test_a_stop_keeps_the_replicates_that_were_finished(small: Scenario, starts: StartStore) -> None:
    with pytest.raises(RunStopped) as stop:
        run(small, replicates=3, starts=starts, progress=stop_at(5))
    assert stop.value.wanted == 3
    kept = stop.value.result
    assert kept is not None
    pd.testing.assert_frame_equal(kept.offers, run(small, starts=starts).offers)


def test_a_stop_before_any_replicate_is_finished_keeps_nothing(small: Scenario, starts: StartStore) -> None:
    with pytest.raises(RunStopped) as stop:
        run(small, starts=starts, progress=stop_at(2))
    assert stop.value.result is None
    assert isinstance(stop.value, KeyboardInterrupt)


def test_starts_are_kept_in_the_users_cache_by_default(
    small: Scenario, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("RESONANCE_CACHE", str(tmp_path))
    run(small, until="2022-10")
    (kept,) = (tmp_path / "starts").iterdir()
    assert kept.suffix == ".npz"


def test_the_result_tells_how_long_each_replicate_took(small: Scenario, starts: StartStore) -> None:
    seconds = run(small, replicates=2, starts=starts).seconds
    assert sorted(seconds) == [0, 1]
    assert np.all(np.array(list(seconds.values())) > 0.0)
