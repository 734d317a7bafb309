"""The points of a design: one row per world that is tried, one column per lever and uncertainty."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Literal, Protocol

import numpy as np
import pandas as pd

from model.experiments.question_files import text_within
from model.experiments.sweep.vocabulary import Axis, Lever, Uncertainty, is_lever_path
from model.foundation.errors import Fault, InputError, nearest, raise_faults
from model.spec.parameters import declared_parameters
from model.spec.reading import shown
from model.theory.designs import latin_hypercube, sobol_points

Design = Literal["lhs", "sobol", "grid", "table"]
DESIGNS: tuple[Design, ...] = ("lhs", "sobol", "grid", "table")
LARGEST = 1_000_000_000
"""Bytes of a table."""
MOST_COLUMNS = 1000
MOST = 10_000_000
"""Runs that one sweep may have."""
USUAL = {"lhs": 64, "sobol": 64, "grid": 5}
"""Points of a design where none are asked for; for a grid, steps of each range."""
Table = str | Path | pd.DataFrame | Sequence[Mapping[str, object]]
OWN = ("point", "member", "policy", "replicate", "outcome", "market", "over", "month", "value", "unit", "run_id")
"""Columns of the answers; no column of a table may be called so."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table design: values that are given row by row. key: of the scenario that they set."""

    column: str
    key: str

    def plain(self) -> dict[str, object]:
        """Return it as plain values for JSON."""
        return {"column": self.column, "key": self.key}


class Moved(Protocol):
    """What a design takes of a lever, an uncertainty, or the members of an ensemble."""

    @property
    def column(self) -> str:
        """Name of its column among the points."""

    def at(self, quantile: float) -> object:
        """Return the value at a quantile from 0 to 1."""

    def levels(self, count: int) -> tuple[object, ...]:
        """Return the values of a grid."""


def points_of(axes: Sequence[Moved], *, design: Design, n: object, times: int, key: np.uint64) -> pd.DataFrame:
    """Return the points of a design over levers and uncertainties, indexed by point from 0; one row without any.

    n: points, or steps of each range for a grid. times: runs of each point (policies x replicates). key: of the draws.
    Errors: InputError for an empty design and for one of more than `MOST` runs, before it is made.
    """
    if design not in DESIGNS:
        raise InputError(Fault("design", "no such design", shown(design), nearest(str(design), DESIGNS)))
    if design == "table":
        way = "Give one as a CSV file, a frame or a list of rows."
        raise InputError(Fault("design", "the design table takes a table", None, way))
    wanted = USUAL[design] if n is None else n
    if isinstance(wanted, bool) or not isinstance(wanted, int) or wanted < 1:
        raise InputError(Fault("n", "is a whole number from 1", shown(wanted), f"Usual: {USUAL[design]}."))
    if not axes:
        check_size(1, times=times)
        return pd.DataFrame(index=pd.RangeIndex(1, name="point"))
    if design == "grid":
        return _grid(axes, wanted, times=times)
    check_size(wanted, times=times, inputs=len(axes))
    make = latin_hypercube if design == "lhs" else sobol_points
    unit = make(wanted, n_dims=len(axes), key=key)
    columns = {axis.column: [axis.at(float(one)) for one in unit[:, at]] for at, axis in enumerate(axes)}
    return framed(columns)


def usual_design(axes: Sequence[Axis], n: object) -> Design:
    """Return the design where none is asked for: a grid where all is listed, since samples would repeat its points."""
    listed = axes and all(isinstance(axis, Lever) and axis.values for axis in axes)
    return "grid" if listed and n is None else "lhs"


def _grid(axes: Sequence[Moved], steps: int, *, times: int) -> pd.DataFrame:
    count = 1
    for axis in axes:
        ranged = isinstance(axis, Uncertainty) or (isinstance(axis, Lever) and not axis.values)
        count *= steps if ranged else len(axis.levels(steps))
    check_size(count, times=times, inputs=len(axes))
    rows = list(product(*(axis.levels(steps) for axis in axes)))
    return framed({axis.column: [row[at] for row in rows] for at, axis in enumerate(axes)})


def check_size(points: int, *, times: int, inputs: int = 1) -> None:
    """Raise InputError for a sweep of no run, of more than `MOST`, or of more values of inputs than that."""
    if points < 1:
        raise InputError(Fault("design", "a design has at least one point", points, "Give it rows, values or n."))
    if points * times > MOST:
        rule = f"a sweep has at most {MOST:,} runs"
        way = "Take fewer points, steps, policies or replicates; a screening of many inputs takes some hundreds."
        raise InputError(Fault("n", rule, f"{points:,} points x {times:,} runs each", way))
    if points * inputs > MOST:
        rule, way = f"a design has at most {MOST:,} values", "Take fewer points, steps or inputs."
        raise InputError(Fault("n", rule, f"{points:,} points x {inputs:,} inputs", way))


def read_table(table: Table, *, times: int) -> tuple[tuple[Column, ...], pd.DataFrame]:
    """Return columns and points of a table: a CSV file, a frame, or rows as mappings.

    A column is called as a parameter (theta or parameters.theta) or as a lever: a dotted path, or a key of its own as
    rivals_respond; a column `point` is left out. Errors: InputError with every column without a meaning and every cell
    without a value.
    """
    frame = _as_frame(table)
    frame = frame.drop(columns="point", errors="ignore")
    columns: list[Column] = []
    faults: list[Fault] = []
    for name in frame.columns:
        word = str(name).strip()
        bare = word.removeprefix("parameters.")
        if bare in declared_parameters():
            columns.append(Column(bare, f"parameters.{bare}"))
        elif is_lever_path(word):
            try:
                columns.append(Column(Lever(word, values=(0.0,)).path, word))
            except InputError as error:
                faults += error.faults
        else:
            way = nearest(word, list(declared_parameters()))
            faults.append(Fault(f"table: {word}", "a column is a parameter or the path of a lever", word, way))
    faults += _double([one.column for one in columns])
    for name in frame.columns:
        empty = frame.index[frame[name].isna()]
        if len(empty):
            rows = ", ".join(str(int(row) + 1) for row in empty[:5])
            faults.append(Fault(f"table: {name}", "every cell has a value", f"none in row {rows}", "Fill it in."))
    raise_faults(faults)
    check_size(len(frame) if len(frame.columns) else 0, times=times)
    return tuple(columns), framed(
        {one.column: frame[name].tolist() for one, name in zip(columns, frame.columns, strict=True)}
    )


def _as_frame(table: Table) -> pd.DataFrame:
    way = "Give a CSV file, a frame, or a list of rows."
    if isinstance(table, pd.DataFrame):
        return table.reset_index(drop=True)
    if isinstance(table, str | Path):
        text = text_within(Path(table), most=LARGEST, what="a table", place=str(table), rule="a table has", way=way)
        if text.partition("\n")[0].count(",") >= MOST_COLUMNS:
            raise InputError(Fault(str(table), f"a table has at most {MOST_COLUMNS:,} columns", "more", way))
        try:
            frame = pd.read_csv(io.StringIO(text), skipinitialspace=True)
        except ValueError as error:  # pandas' ParserError and EmptyDataError are ValueErrors
            raise InputError(Fault(str(table), f"a table is a CSV file ({error})", str(table), way)) from error
        if not isinstance(frame.index, pd.RangeIndex):  # pandas takes what stands too much for names of rows
            rule, more = "a row has as many cells as the heading", "Is a comma too much? Quote a cell that holds one."
            raise InputError(Fault(str(table), rule, "more cells", more))
        return frame
    rows: object = table
    if not isinstance(rows, list | tuple) or not all(isinstance(row, Mapping) for row in rows):
        raise InputError(Fault("table", "is a file, a frame or rows", shown(rows), way))
    return pd.DataFrame(list(rows))


def _double(names: Sequence[str]) -> list[Fault]:
    return [
        Fault(f"table: {name}", "a column stands once", name, "Take one of the two out.")
        for name in dict.fromkeys(name for name in names if names.count(name) > 1)
    ]


def framed(columns: Mapping[str, Sequence[object]]) -> pd.DataFrame:
    """Return points as a frame, indexed from 0; numbers are floats, switches and texts stay as they are."""
    found: dict[str, pd.Series] = {}
    for name, values in columns.items():
        numbers = all(isinstance(one, int | float) and not isinstance(one, bool) for one in values)
        switches = all(isinstance(one, bool) for one in values)
        found[name] = pd.Series(list(values), dtype="float64" if numbers else "bool" if switches else "object")
    frame = pd.DataFrame(found)
    frame.index = pd.RangeIndex(len(frame), name="point")
    return frame


def value_of(value: object) -> object:
    """Return a cell of the points as a plain Python value."""
    return value.item() if isinstance(value, np.generic) else value
