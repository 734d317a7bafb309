"""Questions read and nothing else: what is no question is refused, and DuckDB is shut in with the runs."""

from __future__ import annotations

import re
from pathlib import Path

import duckdb

from model.experiments.sweep.store.faults import misfit

_COMMENT = re.compile(r"--[^\n]*|/\*.*?\*/", re.DOTALL)
_FIRST = re.compile(r"[\s(]*(\w+)")
_ASKING = ("pivot", "from", "select", "with")
"""First words of the questions that DuckDB splits into several steps of its own, as it does with PIVOT."""
RULE, WAY = "sql asks and changes nothing", "Write one SELECT; save the frame that it returns (to_csv, to_parquet)."


def shut(engine: duckdb.DuckDBPyConnection, *, reads: Path) -> None:
    """Let a new connection reach the files of one folder only: no other files, no network, no settings after this."""
    allowed = str(reads).replace("'", "''")
    engine.execute(
        "SET enable_progress_bar = false; SET python_enable_replacements = false; "
        f"SET allowed_directories = ['{allowed}']; SET enable_external_access = false; SET lock_configuration = true"
    )


def check_reads_only(engine: duckdb.DuckDBPyConnection, query: str) -> None:
    """Raise InputError for a query that is more than one question, or none: COPY, ATTACH, INSTALL, SET and such.

    What cannot be parsed is left to its execution, which says where it is wrong.
    """
    try:
        statements = engine.extract_statements(query)
    except duckdb.Error:
        return
    if len(statements) != 1:
        told = f"{len(statements)} statements" if statements else "none"
        raise misfit("query", "is one statement", told, WAY)
    word = _FIRST.match(_COMMENT.sub(" ", query))
    first = word[1] if word else query.strip()[:20]
    kind = statements[0].type
    if kind == duckdb.StatementType.SELECT:
        return
    if kind == duckdb.StatementType.MULTI and first.casefold() in _ASKING:
        return
    raise misfit("query", RULE, first.upper(), WAY)
