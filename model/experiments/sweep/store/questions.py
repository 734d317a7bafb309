"""Questions to a store in SQL: DuckDB over the shards that the ledger vouches for, and over rows not yet in one."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pandas as pd
import pyarrow as pa

from model.experiments.sweep.store.faults import broken_shard
from model.experiments.sweep.store.ledger import NAME as LEDGER
from model.experiments.sweep.store.ledger import Ledger, ShardEntry, State
from model.experiments.sweep.store.packing import TABLE, stack, unpack
from model.experiments.sweep.store.reading_only import check_reads_only, shut
from model.experiments.sweep.store.shards import ROWS, check_content, shard_path
from model.experiments.sweep.store.wrong_query import wrong_query

_FAILURES = {
    "run_id": pa.string(),
    "point": pa.int64(),
    "replicate": pa.int64(),
    "stage": pa.string(),
    "message": pa.string(),
    "attempts": pa.int64(),
}
_RUN = {"run_id": pa.string(), "point": pa.int64(), "replicate": pa.int64()}
KINDS = {"text": pa.string(), "whole": pa.int64(), "number": pa.float64()}
"""Kinds of columns that a table is said to have before it has rows."""
INTERRUPTED = "Query interrupted"
"""DuckDB's words where Python was sent a signal that stops it."""


View = Callable[[Mapping[str, Sequence[str]]], str]


class Questions:
    """Answers SQL about a store as it stands at the moment of the question."""

    def __init__(self, folder: Path, ledger: Ledger, points: pa.Table) -> None:
        self._folder = folder
        self._ledger = ledger
        self._points = points
        self._guard = threading.RLock()
        self._engine: duckdb.DuckDBPyConnection | None = None
        self._state: State | None = None
        self._shards: dict[str, list[ShardEntry]] = {}
        self._checked: set[tuple[str, str]] = set()
        self._views: dict[str, View] = {}
        self._expected: dict[str, pa.Schema] = {}

    def expect(self, table: str, columns: Mapping[str, str]) -> None:
        """Say which columns a table of rows has, so that it can be asked before it has rows.

        columns: "text", "whole" or "number" by name, beside run_id, point and replicate.
        """
        with self._guard:
            kinds = {name: KINDS[kind] for name, kind in columns.items()}
            self._expected[table] = pa.schema({**_RUN, **kinds})
            self._state = None

    def show(self, name: str, view: View) -> None:
        """Show a view beside the tables. view: gives its query, told the columns of the tables that are there."""
        with self._guard:
            self._views[name] = view
            self._state = None

    def ask(self, query: str, parameters: dict[str, object]) -> pd.DataFrame:
        """Return the answer to a query with $name parameters.

        Errors: InputError, in DuckDB's words, where it fails, and for anything but a question.
        """
        with self._guard, _stoppable():
            engine = self._present()
            check_reads_only(engine, query)
            self._check(query)
            try:
                return _heard(engine, lambda: engine.execute(query, parameters or None).df())
            except duckdb.Error as error:
                raise wrong_query(query, str(error), self._columns(engine, *self._views)) from error

    def tables(self) -> tuple[str, ...]:
        """Return the names of the tables that runs left."""
        with self._guard, _stoppable():
            self._present()
            return tuple(sorted(self._shards))

    def close(self) -> None:
        """Let DuckDB go."""
        with self._guard:
            if self._engine is not None:
                self._engine.close()
                self._engine = None

    def _present(self) -> duckdb.DuckDBPyConnection:
        """Return a connection whose views show the ledger's present state."""
        if self._engine is not None and self._state == self._ledger.state():
            return self._engine
        if self._engine is None:
            engine = duckdb.connect(":memory:")
            shut(engine, reads=self._folder / ROWS)
            self._engine = engine  # a stop before this leaves none that is open to everything
        state, shards, payloads = self._ledger.readable()
        self._shards = {table: [] for table in ("outcomes", *self._expected, *payloads)}
        for entry in shards:
            self._shards.setdefault(entry.table, []).append(entry)
        strange = next((table for table in self._shards if not TABLE.match(table)), None)
        if strange is not None:
            raise broken_shard(self._folder / LEDGER, f"a ledger that names the table {strange[:80]!r}")
        for table, entries in self._shards.items():
            self._show_rows(self._engine, table, entries, payloads.get(table, []))
        failures = [pa.array(column) for column in zip(*self._ledger.failures(), strict=True)] or [[]] * len(_FAILURES)
        self._engine.register(
            "failures", pa.table(dict(zip(_FAILURES, failures, strict=True)), schema=pa.schema(_FAILURES))
        )
        self._engine.register("points", self._points)
        columns = self._columns(self._engine)
        for name, view in self._views.items():
            self._engine.execute(f'CREATE OR REPLACE VIEW "{name}" AS {view(columns)}')
        self._state = state
        return self._engine

    def _show_rows(
        self, engine: duckdb.DuckDBPyConnection, table: str, entries: list[ShardEntry], payloads: list[bytes]
    ) -> None:
        sources = []
        if entries:
            paths = ", ".join(_text(str(shard_path(self._folder, table, entry.shard))) for entry in entries)
            sources.append(f"SELECT * FROM read_parquet([{paths}], union_by_name = true, hive_partitioning = false)")
        if payloads or not entries:
            held = f"_pending_{table}"  # no table of runs begins with _
            nothing = self._expected.get(table, pa.schema(_RUN)).empty_table()
            engine.register(held, stack([unpack(payload) for payload in payloads]) if payloads else nothing)
            sources.append(f"SELECT * FROM {held}")
        try:
            engine.execute(f'CREATE OR REPLACE VIEW "{table}" AS ' + " UNION ALL BY NAME ".join(sources))
        except duckdb.Error:
            self._check_all(entries)  # says which file is broken
            raise

    def _check(self, query: str) -> None:
        """Check, once each, the files of the tables that a query speaks of."""
        words = query.casefold()
        for table, entries in self._shards.items():
            if table in words or any(name in words for name in self._views):
                self._check_all(entries)

    def _check_all(self, entries: list[ShardEntry]) -> None:
        for entry in entries:
            if (entry.table, entry.shard) not in self._checked:
                check_content(self._folder, entry)
                self._checked.add((entry.table, entry.shard))

    def _columns(self, engine: duckdb.DuckDBPyConnection, *views: str) -> dict[str, list[str]]:
        names = (*sorted(self._shards), "points", "failures", *views)
        return {name: [row[0] for row in engine.execute(f'DESCRIBE "{name}"').fetchall()] for name in names}


@contextmanager
def _stoppable() -> Iterator[None]:
    """Let Ctrl-C in the midst of DuckDB's work be what it is elsewhere; DuckDB makes a bare RuntimeError of it."""
    try:
        yield
    except RuntimeError as error:
        if str(error) != INTERRUPTED:
            raise
        raise KeyboardInterrupt from error


def _heard(engine: duckdb.DuckDBPyConnection, work: Callable[[], pd.DataFrame]) -> pd.DataFrame:
    """Return what DuckDB's work gives, done in a thread: in the midst of it DuckDB hears Ctrl-C by chance alone."""
    if threading.current_thread() is not threading.main_thread():
        return work()  # no Ctrl-C comes here, and a thread of its own would keep the program from ending
    with ThreadPoolExecutor(1, "question") as pool:
        answer = pool.submit(work)
        try:
            return answer.result()
        except KeyboardInterrupt:
            while not answer.done():  # it may not have begun
                engine.interrupt()
                wait([answer], timeout=0.05)
            raise


def _text(words: str) -> str:
    return "'" + words.replace("'", "''") + "'"
