"""Rows of runs as bytes: checked, one Arrow stream per table for a chunk of runs; never a pickle.

Workers pack, so that the driver only passes bytes on.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from model.experiments.sweep.case import Case, Failure, Rows

KEYS = ("run_id", "point", "replicate")
OWN_VIEWS = ("failures", "points")
Run = tuple[str, int, int]  # id, point, replicate
TABLE = re.compile(r"[a-z][a-z0-9_]{0,62}\Z")
"""Names of tables, which are names of folders and of views too."""
_WRITING = pa.ipc.IpcWriteOptions(compression="zstd")
_FLOATS = (pa.float16(), pa.float32())


class RowsMisfit(ValueError):
    """Rows of a run that cannot stand in the store's tables."""

    stage = "rows"


@dataclass(frozen=True, slots=True)
class Packed:
    """A chunk of runs, ready to be written: the finished runs, their rows by table as Arrow streams, and failures."""

    runs: tuple[Run, ...]
    tables: Mapping[str, bytes]
    failures: tuple[tuple[Run, Failure], ...] = ()


def pack(batch: Iterable[tuple[Case, Rows | Failure]]) -> Packed:
    """Pack finished and failed runs; a run whose rows do not fit becomes a failure of stage "rows"."""
    runs: list[Run] = []
    failures: list[tuple[Run, Failure]] = []
    parts: dict[str, list[pa.Table]] = {}
    kinds: dict[tuple[str, str], str] = {}
    for case, outcome in batch:
        run = (case.run_id, case.point, case.replicate)
        if isinstance(outcome, Failure):
            failures.append((run, outcome))
            continue
        try:
            tables = run_tables(run, outcome)
            kinds = joined_kinds(kinds, table_kinds(tables))
        except RowsMisfit as error:
            failures.append((run, Failure(RowsMisfit.stage, str(error))))
            continue
        runs.append(run)
        for name, table in tables.items():
            parts.setdefault(name, []).append(table)
    return Packed(tuple(runs), {name: _to_bytes(stack(tables)) for name, tables in parts.items()}, tuple(failures))


def run_tables(run: Run, rows: object) -> dict[str, pa.Table]:
    """Return a run's rows as Arrow tables led by the run's id, point and replicate; RowsMisfit if they do not fit."""
    if not isinstance(rows, Mapping) or "outcomes" not in rows:
        raise RowsMisfit('a run must leave tables by name, at least "outcomes"')
    return {name: _table(run, name, columns) for name, columns in rows.items()}


def unpack(payload: bytes) -> pa.Table:
    """Return the table of an Arrow stream."""
    with pa.ipc.open_stream(pa.py_buffer(payload)) as stream:
        return stream.read_all()


def without(packed: Packed, known: set[str]) -> Packed:
    """Return a chunk less the runs that are known already."""
    mask = pa.array(sorted(known))
    tables = {}
    for name, payload in packed.tables.items():
        table = unpack(payload)
        tables[name] = _to_bytes(table.filter(pa.compute.invert(pa.compute.is_in(table["run_id"], value_set=mask))))
    return Packed(tuple(run for run in packed.runs if run[0] not in known), tables, packed.failures)


def stack(tables: Sequence[pa.Table]) -> pa.Table:
    """Return tables one below the other: a column missing in one is empty there, numbers take the widest type."""
    types: dict[str, pa.DataType] = {}
    for table in tables:
        for field in table.schema:
            types[field.name] = _wider(types.get(field.name, pa.null()), field.type)
    whole = pa.schema(list(types.items()))
    return pa.concat_tables([_as(table, whole) for table in tables])


def table_kinds(tables: Mapping[str, pa.Table]) -> dict[tuple[str, str], str]:
    """Return what each column of each table holds: "number", "text", "flag", "date", or "" where all is empty."""
    return {(name, field.name): _kind(field.type) for name, table in tables.items() for field in table.schema}


def packed_kinds(packed: Packed) -> dict[tuple[str, str], str]:
    """Return what each column holds, read from the heads of the streams."""
    kinds = {}
    for name, payload in packed.tables.items():
        with pa.ipc.open_stream(pa.py_buffer(payload)) as stream:
            kinds.update({(name, field.name): _kind(field.type) for field in stream.schema})
    return kinds


def joined_kinds(
    known: Mapping[tuple[str, str], str], new: Mapping[tuple[str, str], str]
) -> dict[tuple[str, str], str]:
    """Return known and new kinds together; RowsMisfit where a column holds another kind than before."""
    joined = dict(known)
    for (table, column), kind in new.items():
        before = joined.get((table, column), "")
        if before and kind and before != kind:
            raise RowsMisfit(f"{table}.{column} holds {kind}s here and {before}s in runs before")
        joined[table, column] = before or kind
    return joined


def _table(run: Run, name: object, columns: object) -> pa.Table:
    if not isinstance(name, str) or not TABLE.match(name) or name in OWN_VIEWS:
        raise RowsMisfit(
            f"{name!r} cannot name a table: lower-case letters, digits and _, not {' or '.join(OWN_VIEWS)}"
        )
    if not isinstance(columns, Mapping) or not columns:
        raise RowsMisfit(f"table {name} must be columns by name")
    wrong = [column for column in columns if not isinstance(column, str) or not column or column.casefold() in KEYS]
    if wrong:
        raise RowsMisfit(f"table {name}: {wrong[0]!r} cannot name a column")
    if len({column.casefold() for column in columns}) < len(columns):
        raise RowsMisfit(f"table {name}: two columns differ by capitals only")
    arrays = {column: _array(f"{name}.{column}", values) for column, values in columns.items()}
    lengths = {column: len(array) for column, array in arrays.items()}
    if len(set(lengths.values())) > 1:
        raise RowsMisfit(f"table {name}: columns must be of equal length, got {lengths}")
    rows = next(iter(lengths.values()))
    keys = {
        "run_id": pa.array([run[0]] * rows, pa.string()),
        "point": pa.array(np.full(rows, run[1], dtype=np.int64)),
        "replicate": pa.array(np.full(rows, run[2], dtype=np.int64)),
    }
    return pa.table(keys | arrays)


def _array(place: str, values: object) -> pa.Array:
    if isinstance(values, (str, bytes)) or not hasattr(values, "__len__"):
        raise RowsMisfit(f"{place} must be a list or an array, got {type(values).__name__}")
    try:
        array = pa.array(values)
        if isinstance(array, pa.ChunkedArray):
            array = array.combine_chunks()
        if pa.types.is_dictionary(array.type):
            array = array.dictionary_decode()
        if pa.types.is_integer(array.type):
            return array.cast(pa.int64())
        if array.type in _FLOATS:
            return array.cast(pa.float32())
        if pa.types.is_large_string(array.type) or pa.types.is_string_view(array.type):
            return array.cast(pa.string())
    except (pa.ArrowException, TypeError, ValueError, OverflowError) as error:
        raise RowsMisfit(f"{place} must be flat numbers, text, true/false or dates: {error}") from error
    _kind(array.type, place)
    return array


def _kind(of: pa.DataType, place: str = "a column") -> str:
    if pa.types.is_null(of):
        return ""
    if pa.types.is_boolean(of):
        return "flag"
    if pa.types.is_integer(of) or pa.types.is_floating(of):
        return "number"
    if pa.types.is_string(of):
        return "text"
    if pa.types.is_date(of) or pa.types.is_timestamp(of):
        return "date"
    raise RowsMisfit(f"{place} must be flat numbers, text, true/false or dates, got {of}")


def _wider(one: pa.DataType, other: pa.DataType) -> pa.DataType:
    if one == other or pa.types.is_null(other):
        return one
    if pa.types.is_null(one):
        return other
    if _kind(one) != _kind(other):
        raise RowsMisfit(f"a column holds {_kind(one)}s in one run and {_kind(other)}s in another")
    return pa.float64() if _kind(one) == "number" else pa.timestamp("us")


def _as(table: pa.Table, whole: pa.Schema) -> pa.Table:
    if table.schema.equals(whole):
        return table
    columns = []
    for field in whole:
        place = table.schema.get_field_index(field.name)
        columns.append(
            pa.nulls(table.num_rows, field.type)
            if place < 0
            # a whole number beyond 2^53 next to fractions is rounded as they are
            else table.column(place).cast(field.type, safe=False)
        )
    return pa.table(columns, schema=whole)


def _to_bytes(table: pa.Table) -> bytes:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema, options=_WRITING) as stream:
        stream.write_table(table.combine_chunks())
    return bytes(sink.getvalue().to_pybytes())
