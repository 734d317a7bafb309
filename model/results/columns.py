"""Columns of a frame gathered piece by piece and joined once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from model.foundation.months import show_month
from model.results.measures import MEASURES, frame_columns

Column = NDArray[Any]


class Gathered:
    """Pieces of a frame's columns: one piece per run, market and month, each of all columns and the same length.

    Values that are the same for a whole piece are kept as one value and spread when the frame is made.
    """

    def __init__(self, frame: str) -> None:
        self.frame = frame
        self._pieces: dict[str, list[Column]] = {}
        self._same: dict[str, list[object]] = {}
        self._lengths: list[int] = []

    def add(self, length: int, *, same: Mapping[str, object], columns: Mapping[str, Column]) -> None:
        """Add a piece of `length` rows."""
        if length == 0:
            return
        self._lengths.append(length)
        for name, value in same.items():
            self._same.setdefault(name, []).append(value)
        for name, column in columns.items():
            self._pieces.setdefault(name, []).append(column)

    def frame_from(self, *, start_month: int) -> pd.DataFrame:
        """Return the frame with the columns that are declared for it, in order; `date` is told by `month`.

        start_month: calendar number of run month 1; the opening stock, 0, closes the month before.
        """
        lengths = np.array(self._lengths, dtype=np.int64)
        whole: dict[str, Column | pd.Index[Any]] = {
            name: np.concatenate(pieces) for name, pieces in self._pieces.items()
        }
        same: dict[str, Sequence[Any]] = dict(self._same)
        if "month" in same:
            same["date"] = [show_month(start_month - 1 + int(str(month))) for month in same["month"]]
        for name, values in same.items():
            kind = MEASURES[name].kind
            # A text is spread as an index: its few words are read once, not once per row.
            whole[name] = pd.Index(values).repeat(lengths) if kind == "text" else np.repeat(values, lengths)
        return frame_of(self.frame, whole)


def frame_of(frame: str, columns: Mapping[str, Column | pd.Index[Any]]) -> pd.DataFrame:
    """Return a declared frame from its columns, in order; the frame without rows from none."""
    if columns:
        return pd.DataFrame({name: columns[name] for name in frame_columns(frame)}, copy=False)
    kinds = {"number": "float64", "whole": "int64", "flag": "bool", "text": "str"}
    return pd.DataFrame({name: pd.Series(dtype=kinds[MEASURES[name].kind]) for name in frame_columns(frame)})


def dates(months: Column, *, start_month: int) -> Column:
    """Return "YYYY-MM" of run months: month 1 is the month of the start date, 0 (the opening stock) the one before."""
    first = int(months.min(initial=0))
    names = [show_month(start_month - 1 + month) for month in range(first, int(months.max(initial=0)) + 1)]
    shown: Column = np.array(names, dtype=object)[months - first]
    return shown
