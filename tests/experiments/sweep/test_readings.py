"""Outcomes read without tables: for every column of every table, to the last bit what the tables give."""

import numpy as np
import pytest

import model as sm
from model.experiments.comparing.outcomes import read_outcomes
from model.experiments.run import live_replicate
from model.experiments.sweep.readings import Reader, rows_of
from model.foundation.errors import InputError
from model.market.start_store import StartStore
from model.results import FRAMES, RunResult
from model.results.tables import ROWS


@pytest.fixture(scope="module")
def ground():
    plan = sm.Scenario.load("tiny").replace({"users": 300, "months": 4, "platforms.resso.catalogue.ID.sony": False})
    return plan, live_replicate(plan, replicate=0, starts=StartStore.default())


def every_outcome(plan):
    words = []
    for who in ("", "resso.", "spotify.", "sony.", "long_tail."):
        for column in dict.fromkeys(name for names in FRAMES.values() for name in names):
            try:
                words += [one.name for one in read_outcomes([who + column], [plan], place="outcomes")]
            except InputError:
                continue
    return read_outcomes(words, [plan], place="outcomes")


def test_every_outcome_is_that_of_the_tables(ground):
    plan, run = ground
    outcomes = every_outcome(plan)
    assert {one.frame for one in outcomes} >= {"services", "labels", "markets", "tiktok", "bytedance"}
    bare, tabled = (RunResult.from_runs(plan, [run]) for _ in range(2))
    for name in FRAMES:
        tabled.frame(name)  # from now on its outcomes are read from tables
    one, other = (rows_of(result, outcomes, series=True) for result in (bare, tabled))
    for table in ("outcomes", "series"):
        for column, values in one[table].items():
            assert np.array_equal(values, other[table][column], equal_nan=np.asarray(values).dtype.kind == "f"), column
    assert not set(ROWS) & set(bare._frames)  # no table was made on the way
    reader = Reader(bare)
    assert sum(np.isfinite(reader.by_month(outcome)).any() for outcome in outcomes) > 0.9 * len(outcomes)


def test_arrays_have_the_rows_of_the_table(ground):
    plan, run = ground
    result = RunResult.from_runs(plan, [run])
    for name in ROWS:
        arrays, frame = result.arrays(name), table_of(result, name)
        assert set(arrays) == set(frame.columns) - {"date"}
        keys = [key for key in ("month", "market", "platform", "label") if key in arrays]
        order = np.lexsort([np.asarray(arrays[key], dtype=str) for key in keys])
        told = np.lexsort([frame[key].to_numpy().astype(str) for key in keys])
        for column, values in arrays.items():
            right = frame[column].to_numpy()[told]
            assert np.array_equal(values[order], right, equal_nan=right.dtype.kind == "f"), (name, column)


def table_of(result, name):
    return RunResult.from_runs(result.scenario, result.runs).frame(name)
