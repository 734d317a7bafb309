"""What leaves the page: tables as CSV, the names of files."""

from __future__ import annotations

import re

import pandas as pd

from model.interfaces.app.seen import Seen


def csv_text(table: pd.DataFrame) -> str:
    """Return a table as CSV, every number as it is; a cell that a spreadsheet would run as a formula is quoted."""
    shown = table.copy()
    for column in shown.columns[[not pd.api.types.is_numeric_dtype(kind) for kind in shown.dtypes]]:
        shown[column] = shown[column].map(_harmless)
    return shown.to_csv(index=False, lineterminator="\r\n")


def file_name(name: str, seen: Seen | None) -> str:
    """Return the name of a file without its ending: what it shows, of which scenario, when."""
    words = [name] if seen is None else [seen.plan.name, name, seen.date]
    return "-".join(re.sub(r"[^a-z0-9]+", "-", word.lower()).strip("-") for word in words)


def _harmless(value: object) -> object:
    return f"'{value}" if isinstance(value, str) and value.startswith(("=", "+", "-", "@", "\t", "\r")) else value
