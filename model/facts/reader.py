"""The tables beside this file, read once: rows of text, and cells parsed with all faults collected."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from model.facts.units import number_of
from model.foundation.errors import Fault, InputError, nearest
from model.foundation.files import read_text

TABLES = Path(__file__).parent / "tables"
Row = dict[str, str]


class _TableRow(dict[str, str]):
    """A row that says where it stands when it is asked for a column that its table lacks."""

    __slots__ = ("place",)

    def __init__(self, cells: Iterable[tuple[str, str]], *, place: str) -> None:
        super().__init__(cells)
        self.place = place

    def __missing__(self, column: str) -> str:
        rule = f"the table has the column {column}"
        raise InputError(Fault(self.place, rule, f"columns {', '.join(self)}", nearest(column, list(self))))


@cache
def read_table(name: str) -> tuple[Row, ...]:
    """Return the rows of `tables/<name>.csv`, each a mapping from column to text.

    Errors: InputError when the table is missing or a row has more or fewer cells than the heading.
    """
    path = TABLES / f"{name}.csv"
    return parse_table(read_text(path, what="a table of facts"), place=path.name)


def parse_table(text: str, *, place: str) -> tuple[Row, ...]:
    """Return the rows of a table given as text; InputError names every ragged row."""
    try:
        heading, *rows = list(csv.reader(io.StringIO(text))) or [[]]
    except csv.Error as error:
        raise InputError(Fault(place, f"a table is a CSV file ({error})", place, "Correct the table.")) from error
    found: list[Row] = []
    faults: list[Fault] = []
    for line, cells in enumerate(rows, start=2):
        if len(cells) != len(heading):
            rule = f"a row has {len(heading)} cells"
            faults.append(Fault(f"{place} row {line}", rule, len(cells), "Quote a cell that holds a comma."))
        else:
            found.append(_TableRow(zip(heading, cells, strict=True), place=f"{place} row {line}"))
    if not heading:
        faults.append(Fault(place, "a table starts with a heading", text[:40], "Write the column names first."))
    if faults:
        raise InputError(faults)
    return tuple(found)


def split_ids(text: str) -> tuple[str, ...]:
    """Return the parts of a cell that lists ids or markets, separated by `;`."""
    return tuple(part for part in text.split(";") if part)


class Cells:
    """Typed access to the cells of one row; faults are collected in the list given, a zero stands in meanwhile."""

    def __init__(self, row: Row, *, place: str, faults: list[Fault]) -> None:
        self.row, self.place, self.faults = row, place, faults

    def text(self, column: str) -> str:
        """Return the text of a cell that must not be empty."""
        value = self.row.get(column, "")
        if not value:
            self.fault(column, "is not empty", value)
        return value

    def number(self, column: str, *, low: float = 0.0, high: float = float("inf")) -> float:
        """Return the number of a cell, which must lie in [low, high]."""
        value = number_of(self.row.get(column, ""))
        if value is None or not low <= value <= high:
            self.fault(column, f"is a number from {low:g} to {high:g}", self.row.get(column, ""))
            return 0.0
        return value

    def optional(self, column: str, *, low: float = 0.0, high: float = float("inf")) -> float | None:
        """Return the number of a cell, or None where the cell is empty."""
        return self.number(column, low=low, high=high) if self.row.get(column) else None

    def ids(self, column: str) -> tuple[str, ...]:
        """Return the ids listed in a cell."""
        return split_ids(self.row.get(column, ""))

    def fault(self, column: str, rule: str, value: object) -> None:
        """Note a fault of this row."""
        self.faults.append(Fault(f"{self.place}, {column}", rule, value, "Correct the table."))
