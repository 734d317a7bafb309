"""Rows come back bit for bit, whatever they are; rows that do not fit are failures of their run only."""

from __future__ import annotations

import datetime

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.experiments.sweep.case import Case, Failure
from model.experiments.sweep.store.packing import (
    RowsMisfit,
    joined_kinds,
    pack,
    packed_kinds,
    run_tables,
    unpack,
    without,
)

NUMBERS = st.lists(st.floats(width=64), min_size=0, max_size=5)


def case(number: int) -> Case:
    return Case(f"{number:04x}", number, 0)


@given(st.lists(NUMBERS, min_size=1, max_size=6))
def test_numbers_come_back_bit_for_bit(columns: list[list[float]]) -> None:
    packed = pack((case(number), {"outcomes": {"x": np.array(values)}}) for number, values in enumerate(columns))
    table = unpack(packed.tables["outcomes"])
    assert table["x"].to_numpy().tobytes() == np.concatenate([np.array(values) for values in columns]).tobytes()
    expected = [f"{number:04x}" for number, values in enumerate(columns) for _ in values]
    assert table["run_id"].to_pylist() == expected
    assert [run[0] for run in packed.runs] == [f"{number:04x}" for number in range(len(columns))]


def test_every_flat_kind_is_kept() -> None:
    rows = {
        "outcomes": {
            "whole": np.array([1, 2], dtype=np.int32),
            "single": np.array([0.1, 0.2], dtype=np.float32),
            "word": ["a", "é"],
            "yes": [True, None],
            "day": [datetime.date(2022, 10, 1), None],
            "group": pd.Categorical(["x", "y"]),
            "none": [None, None],
        }
    }
    table = unpack(pack([(case(1), rows)]).tables["outcomes"])
    assert table["whole"].to_pylist() == [1, 2]
    assert table["single"].to_numpy().dtype == np.float32
    assert table["word"].to_pylist() == ["a", "é"]
    assert table["yes"].to_pylist() == [True, None]
    assert table["day"].to_pylist() == [datetime.date(2022, 10, 1), None]
    assert table["group"].to_pylist() == ["x", "y"]
    assert table["none"].to_pylist() == [None, None]


def test_columns_that_differ_between_runs_stand_side_by_side() -> None:
    batch = [
        (case(1), {"outcomes": {"x": [1], "a": ["only here"]}}),
        (case(2), {"outcomes": {"x": [0.5], "b": [None]}}),
        (case(3), {"outcomes": {"x": [None], "b": [True]}, "extra": {"y": [1, 2]}}),
    ]
    packed = pack(batch)
    table = unpack(packed.tables["outcomes"])
    assert table["x"].to_pylist() == [1.0, 0.5, None]
    assert table["a"].to_pylist() == ["only here", None, None]
    assert table["b"].to_pylist() == [None, None, True]
    assert unpack(packed.tables["extra"])["run_id"].to_pylist() == ["0003", "0003"]


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        (None, "at least"),
        ({"series": {"x": [1]}}, "at least"),
        ({"outcomes": {}}, "columns by name"),
        ({"outcomes": {"x": [1, 2], "y": [1]}}, "equal length"),
        ({"outcomes": {"x": 3}}, "a list or an array"),
        ({"outcomes": {"x": "abc"}}, "a list or an array"),
        ({"outcomes": {"x": [[1]]}}, "flat"),
        ({"outcomes": {"x": [object()]}}, "flat"),
        ({"outcomes": {"x": [1, "a"]}}, "flat"),
        ({"outcomes": {"x": [2**70]}}, "flat"),
        ({"outcomes": {"x": np.zeros((2, 2))}}, "flat"),
        ({"outcomes": {"Point": [1]}}, "cannot name a column"),
        ({"outcomes": {"x": [1], "X": [1]}}, "capitals"),
        ({"outcomes": {"x": [1]}, "points": {"x": [1]}}, "cannot name a table"),
        ({"outcomes": {"x": [1]}, 'a"; drop': {"x": [1]}}, "cannot name a table"),
    ],
)
def test_rows_that_do_not_fit_fail_their_run_only(rows: object, words: str) -> None:
    packed = pack([(case(1), rows), (case(2), {"outcomes": {"x": [1]}})])  # type: ignore[list-item]
    ((run, failure),) = packed.failures
    assert run == ("0001", 1, 0)
    assert failure.stage == "rows"
    assert words in failure.message
    assert packed.runs == (("0002", 2, 0),)
    with pytest.raises(RowsMisfit, match=words):
        run_tables(("0001", 1, 0), rows)


def test_a_column_keeps_its_kind() -> None:
    packed = pack([(case(1), {"outcomes": {"x": [1]}}), (case(2), {"outcomes": {"x": ["one"]}})])
    assert packed.runs == (("0001", 1, 0),)
    assert "numbers" in packed.failures[0][1].message
    kinds = packed_kinds(packed)
    assert kinds["outcomes", "x"] == "number"
    assert joined_kinds(kinds, {("outcomes", "x"): ""}) == kinds
    with pytest.raises(RowsMisfit):
        joined_kinds(kinds, {("outcomes", "x"): "flag"})


def test_known_runs_are_taken_out_and_failures_stay() -> None:
    packed = pack(
        [(case(1), {"outcomes": {"x": [1]}}), (case(2), {"outcomes": {"x": [2]}}), (case(3), Failure("run", "no"))]
    )
    rest = without(packed, {"0001"})
    assert rest.runs == (("0002", 2, 0),)
    assert unpack(rest.tables["outcomes"])["x"].to_pylist() == [2]
    assert rest.failures == packed.failures
