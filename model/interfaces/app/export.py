"""What leaves the page: tables as CSV, the names of files."""

from __future__ import annotations

import re

import pandas as pd


def csv_text(table: pd.DataFrame) -> str:
    """Return a table as CSV, every number as it is; a cell that a spreadsheet would run as a formula is quoted."""
    shown = table.copy()
    for column in shown.columns[[not pd.api.types.is_numeric_dtype(kind) for kind in shown.dtypes]]:
        shown[column] = shown[column].map(_harmless)
    return shown.to_csv(index=False, lineterminator="\r\n")


def file_name(words: str) -> str:
    """Return the name of a file without its ending, from words that tell what it shows."""
    return re.sub(r"[^a-z0-9]+", "-", words.lower()).strip("-")


def _harmless(value: object) -> object:
    return f"'{value}" if isinstance(value, str) and value.startswith(("=", "+", "-", "@", "\t", "\r")) else value
