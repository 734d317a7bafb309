"""The store of a sweep: a folder that runs are committed to, chunk by chunk, and that answers SQL at any time."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Self

import pandas as pd

from model.experiments.drafts import drafts_in, forget_drafts
from model.experiments.sweep.case import Case, Failure, Rows
from model.experiments.sweep.store import manifest
from model.experiments.sweep.store.expecting import (
    FORMAT,
    POINTS,
    check_format,
    check_plan,
    check_words,
    points_table,
    read_points,
    same_points,
    write_points,
)
from model.experiments.sweep.store.faults import kept_if_unwritable, misfit
from model.experiments.sweep.store.ledger import NAME as LEDGER
from model.experiments.sweep.store.ledger import Ledger, ShardEntry, create_ledger
from model.experiments.sweep.store.lock import WriterLock
from model.experiments.sweep.store.packing import Packed, pack, without
from model.experiments.sweep.store.questions import Questions, View
from model.experiments.sweep.store.shards import (
    check_content,
    check_size,
    forget_orphans,
    halves_in,
    shard_name,
    write_shard,
)
from model.foundation.errors import InputError
from model.foundation.files import is_file
from model.foundation.version import model_version

SHARD_RUNS = 2000
SHARD_BYTES = 64 * 2**20  # of packed rows: runs with many rows make shards of fewer runs


class SweepStore:
    """A sweep's folder.

    plan: what the sweep is, as given at its creation; about: words and numbers beside it that decide nothing; points:
    values of the parameters by point. Any number of readers, one writer: the first commit takes the writer's lock, and
    `close` or the end of `writing` gives it back.
    """

    def __init__(self, folder: Path, ledger: Ledger) -> None:
        """Use `create` or `open`."""
        self.folder = folder
        self._ledger = ledger
        self._about = ledger.about()
        points = read_points(folder, str(self._about["points"]), name=self._points_file)
        self.points: pd.DataFrame = points.to_pandas()
        self._lock = WriterLock(folder)
        self._questions = Questions(folder, ledger, points)
        self._views: dict[str, View] = {}
        self._expected: dict[str, Mapping[str, str]] = {}
        self._pending = ledger.pending_size()

    @classmethod
    def create(
        cls,
        folder: Path | str,
        *,
        plan: Mapping[str, object],
        about: Mapping[str, object] | None = None,
        points: pd.DataFrame | Mapping[str, object] | None = None,
    ) -> Self:
        """Make a new store in a new or empty folder, and open it.

        plan: plain JSON values that decide which runs there are. points: parameter values, a row per point; a column
        "point" (0, 1, ...) is added where there is none. Errors: InputError when the folder holds
        a store or other files.
        """
        folder = Path(folder)
        table = points_table(points)
        with kept_if_unwritable(folder):
            folder.mkdir(parents=True, exist_ok=True)
        lock = WriterLock(folder)
        lock.take()
        try:
            _must_be_free(folder)
            with kept_if_unwritable(folder):
                words = {
                    "format": FORMAT,
                    "model_version": model_version(),
                    "created": datetime.now(UTC).isoformat(timespec="seconds"),
                    "plan": json.loads(json.dumps(dict(plan))),
                    "about": json.loads(json.dumps(dict(about or {}))),
                    "points": write_points(folder, table),
                }
                create_ledger(folder, words)
            store = cls.open(folder)
            store._export()
        finally:
            lock.release()
        return store

    @classmethod
    def open(cls, folder: Path | str, *, expect: Mapping[str, object] | None = None) -> Self:
        """Open a store to read it, or to go on with it.

        expect: the plan to go on with; the store's plan and its model version must be the same. Errors: InputError when
        there is no store, it is of another format, plan or version, or a file of it is missing or of another length.
        """
        folder = Path(folder)
        if not is_file(folder / LEDGER):
            raise misfit(str(folder), "must be the folder of a sweep", "no ledger in it", "Check the path.")
        ledger = Ledger(folder)
        try:
            about = ledger.about()
            check_format(folder, about)
            check_words(folder, about)
            if expect is not None:
                check_plan(folder, about, expect)
            for entry in ledger.shards():
                check_size(folder, entry)
            return cls(folder, ledger)
        except BaseException:
            ledger.close()
            raise

    @property
    def plan(self) -> dict[str, object]:
        """What the sweep is, as given at its creation."""
        return dict(self._about["plan"])  # type: ignore[call-overload,no-any-return]

    @property
    def about(self) -> dict[str, object]:
        """Words and numbers given at creation beside the plan."""
        return dict(self._about["about"])  # type: ignore[call-overload,no-any-return]

    @property
    def version(self) -> str:
        """The model version that the sweep was begun with."""
        return str(self._about["model_version"])

    def check(self, expect: Mapping[str, object]) -> None:
        """Raise InputError with every difference of a plan, and of this model's version, from the store's."""
        check_plan(self.folder, self._about, expect)

    def grow(
        self, *, plan: Mapping[str, object], about: Mapping[str, object], points: pd.DataFrame | Mapping[str, object]
    ) -> None:
        """Take a larger plan in place of the store's, with more points behind its own or more runs of each.

        Every run is kept. A kill in between leaves the store as it was. Errors: InputError where the first points are
        others, and where the folder cannot be written.
        """
        table = points_table(points)
        if not same_points(table.slice(0, len(self.points)).to_pandas(), self.points):
            rule = "a store grows by points behind its own"
            raise misfit(f"{self.folder}: points", rule, "other points", "Begin in a new folder.")
        self._claim()
        before = self._points_file
        name = f"points-{len(table)}.parquet" if len(table) > len(self.points) else before
        with kept_if_unwritable(self.folder):
            told = {
                "plan": json.loads(json.dumps(dict(plan))), "about": json.loads(json.dumps(dict(about))),
                "points": write_points(self.folder, table, name=name) if name != before else self._about["points"],
                "points_file": name,
            }  # fmt: skip
            self._ledger.tell(told)
            self._about.update(told)
            if name != before:
                (self.folder / before).unlink(missing_ok=True)
        self.points = table.to_pandas()
        self._questions.close()
        self._questions = Questions(self.folder, self._ledger, table)
        for expected in self._expected.items():
            self._questions.expect(*expected)
        for view in self._views.items():
            self._questions.show(*view)
        self._export()

    @property
    def _points_file(self) -> str:
        return str(self._about.get("points_file", POINTS))

    def finished(self) -> set[str]:
        """Return the ids of all finished runs."""
        return self._ledger.finished()

    def counts(self) -> tuple[int, int]:
        """Return how many runs are finished and how many failed."""
        return self._ledger.counts()

    def failures(self) -> pd.DataFrame:
        """Return failed runs: run_id, point, replicate, stage, message, attempts."""
        names = ("run_id", "point", "replicate", "stage", "message", "attempts")
        return pd.DataFrame(self._ledger.failures(), columns=list(names))

    def tables(self) -> tuple[str, ...]:
        """Return the names of the tables that runs left."""
        return self._questions.tables()

    def sql(self, query: str, **parameters: object) -> pd.DataFrame:
        """Return the answer to a query in DuckDB's SQL, with $name for parameters.

        A view for each table of rows (with run_id, point, replicate), and the views `points` and `failures`. Runs are
        seen as soon as they are committed. Errors: InputError for a query that fails and for a shard that was changed.
        """
        return self._questions.ask(query, parameters)

    def expect(self, table: str, columns: Mapping[str, str]) -> None:
        """Say which columns a table of rows has, so that it can be asked before a run is finished.

        columns: "text", "whole" or "number" by name, beside run_id, point and replicate.
        """
        self._expected[table] = dict(columns)
        self._questions.expect(table, columns)

    def show(self, name: str, view: View) -> None:
        """Show a view beside the tables in `sql`. view: gives its query, told the columns of the tables there are."""
        self._views[name] = view
        self._questions.show(name, view)

    def frame(self, table: str = "outcomes") -> pd.DataFrame:
        """Return a whole table, by point, replicate, and the order of its rows in a run."""
        if table not in (*self.tables(), "points", "failures"):
            known = ", ".join((*self.tables(), "points", "failures"))
            raise misfit("table", "must be a table of this sweep", table, f"Known: {known}.")
        answer = self.sql(f'SELECT * FROM "{table}"')
        order = [key for key in ("point", "replicate", "run_id") if key in answer]
        return answer.sort_values(order, kind="stable", ignore_index=True)

    @contextmanager
    def writing(self) -> Iterator[Self]:
        """Hold the writer's lock while the context lasts; InputError at once when another driver has it."""
        held = self._lock.held
        self._claim()
        try:
            yield self
        finally:
            if not held:
                self._lock.release()

    def commit(self, batch: Packed | Iterable[tuple[Case, Rows | Failure]]) -> None:
        """Write a chunk of runs in one transaction: when this returns, they are kept and can be asked about.

        Runs that are finished already are left as they are. Errors: InputError when the folder cannot be written (what
        was committed before is kept), RowsMisfit when a column holds another kind of value than in earlier chunks.
        """
        self._claim()
        packed = batch if isinstance(batch, Packed) else pack(batch)
        with kept_if_unwritable(self.folder):
            known = self._ledger.known([run[0] for run in packed.runs] + [run[0] for run, _ in packed.failures])
            if known:
                kept = tuple(failed for failed in packed.failures if failed[0][0] not in known)
                packed = without(Packed(packed.runs, packed.tables, kept), known)
            self._ledger.record(packed)
        runs, size = self._pending
        self._pending = (runs + len(packed.runs), size + sum(map(len, packed.tables.values())))
        while self._pending[0] >= SHARD_RUNS or self._pending[1] >= SHARD_BYTES:
            self._shard()

    def seal(self) -> Path:
        """Put all rows into shards, fold the journal, write the manifest and return its path. Runs may follow later."""
        self._claim()
        with kept_if_unwritable(self.folder):
            forget_orphans(self.folder, self._ledger.shards())
            forget_drafts(self.folder)
            self._pending = self._ledger.pending_size()
        while self._pending[0]:
            self._shard()
        with kept_if_unwritable(self.folder):
            self._ledger.settle()
        return self._export()

    def tidy(self) -> None:
        """Seal a store whose driver was killed when all runs were finished and only the sealing was not.

        Nothing where that is done, where another driver writes, and where the folder can only be read.
        """
        manifested = manifest.finished_in(self.folder) == self.counts()[0]
        if self._pending[0] or not manifested or halves_in(self.folder) or drafts_in(self.folder):
            with suppress(InputError), self.writing():
                self.seal()

    def verify(self) -> None:
        """Read every shard and raise InputError for the first that is not, byte for byte, what was written."""
        for entry in self._ledger.shards():
            check_content(self.folder, entry)

    def close(self) -> None:
        """Close the files and give the writer's lock back."""
        self._questions.close()
        self._ledger.close()
        self._lock.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _claim(self) -> None:
        if self._lock.held:
            return
        self._lock.take()
        self._pending = self._ledger.pending_size()  # another driver may have written since
        if self._ledger.read_only:
            self._lock.release()
            with kept_if_unwritable(self.folder):
                raise PermissionError(13, "this folder can only be read")

    def _shard(self) -> None:
        """Move the oldest rows from the ledger into a shard: first the files, then the ledger's word for them."""
        with kept_if_unwritable(self.folder):
            chunks, run_ids = self._ledger.oldest_pending(SHARD_RUNS)
            name = shard_name(run_ids)
            entries: list[ShardEntry] = [
                write_shard(self.folder, table, name, payloads=payloads, runs=len(run_ids))
                for table, payloads in self._ledger.payloads(chunks)
            ]
            self._ledger.mark(chunks, name, entries)
            self._pending = self._ledger.pending_size()

    def _export(self) -> Path:
        return manifest.write_manifest(
            self.folder,
            self._about,
            counts=self._ledger.counts(),
            pending=self._pending[0],
            kinds=self._ledger.kinds(),
            shards=self._ledger.shards(),
        )


def _must_be_free(folder: Path) -> None:
    if (folder / LEDGER).exists():
        raise misfit(
            str(folder),
            "a new sweep needs a new folder",
            "it holds a sweep already",
            "Resume that sweep, or choose another folder.",
        )
    own = (POINTS, "writer.lock", manifest.NAME)
    strangers = sorted(path.name for path in folder.iterdir() if path.name not in own and not path.name.startswith("."))
    if strangers:
        raise misfit(
            str(folder), "a new sweep needs an empty folder", f"it holds {strangers[0]}", "Choose another folder."
        )
