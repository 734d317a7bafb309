"""Results on disk: a folder of tables with a manifest that says what each file holds and proves it unharmed.

A manifest that says so is written first and the whole one last, so a folder that was not finished is told as such.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from io import BytesIO
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.csv as arrow_csv
import pyarrow.parquet as parquet

from model.foundation.errors import Fault, InputError, nearest, raise_faults
from model.foundation.files import is_folder, write_text_whole, write_whole
from model.results.measures import FRAMES, MEASURES, keys_of

MANIFEST = "manifest.json"
KIND, VERSION = "resonance results", 1
FORMATS = ("parquet", "csv")
_TYPES = {"number": pa.float64(), "whole": pa.int64(), "text": pa.string(), "flag": pa.bool_()}
LONG = ("flows", "ledger")
"""Tables of so many rows that they are written as CSV only when CSV is asked for."""
FIGURES = ("who_listens_where.png", "who_earns_what.png")
"""Figures that are saved beside the tables."""
BESIDE = ("members", "fans")
"""Tables that an ensemble's result has besides: what each run is, and quantiles over the runs."""
_BESIDE = frozenset(f"{name}.csv" for name in BESIDE)
ONE_ROW = ("offers", "services", "labels", "markets", "tiktok", "bytedance")
"""Tables that say a thing once: their keys stand in one row only."""
_RESERVED = frozenset(f"{frame}.{form}" for frame in FRAMES for form in FORMATS)
AGAIN = "Run the scenario again and save it anew."


def save_frames(
    folder: Path, frames: Mapping[str, pd.DataFrame], *, formats: Sequence[str] | None, about: Mapping[str, object],
    figures: Mapping[str, bytes] | None = None, beside: Mapping[str, pd.DataFrame] | None = None,
) -> Path:  # fmt: skip
    """Write frames, figures (PNG by file name) and the manifest, which holds `about` too; returns the manifest's path.

    beside: tables of `BESIDE`, made of the frames for readers and written as CSV; loading does not need them.

    formats: of every frame; None: Parquet of all, and CSV of all but the two longest, `LONG`. Earlier results in the
    folder are taken away first. Errors: InputError for unknown formats, places that cannot be written, and folders that
    hold something else.
    """
    raise_faults([Fault("formats", "tables are written as parquet or csv", one, nearest(one, FORMATS))
                  for one in formats or () if one not in FORMATS])  # fmt: skip
    if formats is not None and not formats:
        raise InputError(Fault("formats", "names at least one format", formats, 'Example: ("parquet", "csv").'))
    pictures = dict(figures or {})
    chosen = [(name, form) for name in frames for form in (FORMATS if formats is None else dict.fromkeys(formats))
              if formats is not None or form != "csv" or name not in LONG]  # fmt: skip
    planned = [f"{name}.{form}" for name, form in chosen]
    others = {f"{name}.csv": table for name, table in (beside or {}).items()}
    _clear(folder, earlier=earlier_files(folder), planned=[*planned, *others, *pictures])
    files = []
    for name, form in chosen:
        content = _encoded(frames[name], form)
        path = folder / f"{name}.{form}"
        _write(path, content)
        files.append({"file": path.name, "frame": name, "format": form, "rows": len(frames[name]),
                      "bytes": len(content), "sha256": hashlib.sha256(content).hexdigest(),
                      "columns": _described(name)})  # fmt: skip
    for picture, content in pictures.items():
        _write(folder / picture, content)
    for file, table in others.items():
        write_text_whole(folder / file, table.to_csv(index=False))
    layout = f"{' and '.join(LONG)} are long and come as Parquet only, unless CSV is asked for of all tables"
    note = {"formats": layout} if formats is None else {}
    _write_manifest(folder, {**about, **note, "files": files, "beside": list(others), "figures": list(pictures)})
    return folder / MANIFEST


def earlier_files(folder: Path) -> frozenset[str] | None:
    """Return the names of the files of an earlier result in a folder, None where the folder is new or empty.

    Errors: InputError where the folder holds something else, or files of others under names that results need.
    """
    if not is_folder(folder):
        return None
    way = "Name another folder, or empty this one."
    there = {path.name for path in folder.iterdir() if not path.name.startswith(".")}
    if not there:
        return None
    if MANIFEST not in there:
        rule = "results are saved to a new or empty folder, or in place of an earlier result"
        raise InputError(Fault(str(folder), rule, f"{len(there)} files of something else", way))
    listed = _listed(_read_manifest(folder))
    strange = sorted((there & (_RESERVED | _BESIDE | set(FIGURES))) - listed)
    if strange:
        rule = "files that are not of the earlier result would be overwritten"
        raise InputError(Fault(str(folder), rule, ", ".join(strange), "Move them, or name another folder."))
    return listed


def _listed(manifest: Mapping[str, Any]) -> frozenset[str]:
    """Return the plain names of tables and figures that a manifest lists."""
    files, figures = manifest.get("files"), manifest.get("figures", FIGURES)  # figures were not listed at first
    others = manifest.get("beside", ())
    entries = files if isinstance(files, list) else []
    tables = {str(entry.get("file")) for entry in entries if isinstance(entry, dict)} & _RESERVED
    pictures = {str(name) for name in figures} if isinstance(figures, list | tuple) else set()
    tables |= {str(name) for name in others} & _BESIDE if isinstance(others, list | tuple) else set()
    return frozenset({*tables, *(name for name in pictures if Path(name).name == name and name.endswith(".png"))})


def _clear(folder: Path, *, earlier: frozenset[str] | None, planned: Sequence[str]) -> None:
    """Take away an earlier result, and leave a manifest that tells an unfinished one."""
    names = {*planned, *(earlier or ())}
    entries = [{"file": name} for name in sorted(names - _BESIDE) if not name.endswith(".png")]
    pictures = sorted(name for name in names if name.endswith(".png"))
    _write_manifest(
        folder, {"unfinished": True, "files": entries, "beside": sorted(names & _BESIDE), "figures": pictures}
    )
    for name in earlier or ():
        path = folder / name
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            rule = "must be a place that can be written"
            raise InputError(Fault(str(path), rule, error.strerror, "Choose another folder.")) from error


def _write(path: Path, content: bytes) -> None:
    write_whole(path, lambda stream: (stream.write(content), None)[1])


def _write_manifest(folder: Path, values: Mapping[str, object]) -> None:
    manifest = {"kind": KIND, "version": VERSION, **values}
    write_text_whole(folder / MANIFEST, json.dumps(manifest, indent=1, ensure_ascii=False, allow_nan=False) + "\n")


def load_manifest(folder: Path) -> dict[str, Any]:
    """Return the manifest of a results folder; InputError when there is none or it is of something else."""
    manifest = _read_manifest(folder)
    if manifest.get("unfinished"):
        raise InputError(Fault(str(folder / MANIFEST), "is of a finished result", "saving was interrupted", AGAIN))
    return manifest


def _read_manifest(folder: Path) -> dict[str, Any]:
    path = folder / MANIFEST
    if not is_folder(folder):
        raise InputError(Fault(str(folder), "results lie in a folder", "no such folder", "Check the path."))
    if not path.is_file():
        rule = f"a folder of results holds {MANIFEST}"
        raise InputError(Fault(str(folder), rule, "none: not results, or saving was interrupted", AGAIN))
    try:
        manifest = json.loads(path.read_bytes().decode("utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise InputError(Fault(str(path), "the manifest is JSON in UTF-8", str(error), AGAIN)) from error
    if not isinstance(manifest, dict) or manifest.get("kind") != KIND:
        rule = f'is a manifest of kind "{KIND}"'
        raise InputError(Fault(str(path), rule, _shown(manifest, "kind"), "Name another folder."))
    if manifest.get("version") != VERSION:
        way = "Use the version of the package that wrote the folder, or run again."
        raise InputError(Fault(str(path), f"format version is {VERSION}", manifest.get("version"), way))
    return manifest


def load_frames(folder: Path, manifest: Mapping[str, Any]) -> dict[str, pd.DataFrame]:
    """Return every declared frame, from Parquet where both forms are there; all faults of all files at once."""
    chosen = _chosen(folder, manifest)
    faults: list[Fault] = []
    frames: dict[str, pd.DataFrame] = {}
    for name, entry in chosen.items():
        path = folder / entry["file"]
        content = _checked(path, entry, faults)
        if content is not None:
            try:
                frames[name] = _decoded(content, name, entry["format"])
                twice = frames[name].duplicated(list(keys_of(name)))
                if name in ONE_ROW and twice.any():
                    raise ValueError(f"row {int(twice.to_numpy().argmax()) + 1} stands twice")
            except (pa.ArrowException, KeyError, ValueError) as error:
                faults.append(Fault(str(path), f"holds the table {name}", str(error), AGAIN))
    raise_faults(faults)
    return frames


def _chosen(folder: Path, manifest: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Return one file entry per frame; InputError for a manifest that lacks some or that names other places."""
    chosen: dict[str, dict[str, Any]] = {}
    try:
        for entry in sorted(manifest["files"], key=lambda entry: FORMATS.index(entry["format"])):
            if entry["file"] != f"{entry['frame']}.{entry['format']}" or not isinstance(entry["sha256"], str):
                raise ValueError(f"a file that is not of a table: {entry['file']}")
            chosen.setdefault(entry["frame"], entry)
    except (KeyError, TypeError, ValueError) as error:
        rule = "lists the tables with format and sha256"
        raise InputError(Fault(str(folder / MANIFEST), rule, str(error), AGAIN)) from error
    missing = [name for name in FRAMES if name not in chosen]
    if missing or len(chosen) != len(FRAMES):
        raise InputError(Fault(str(folder / MANIFEST), f"lists {', '.join(FRAMES)}", sorted(chosen), AGAIN))
    return chosen


def _checked(path: Path, entry: Mapping[str, Any], faults: list[Fault]) -> bytes | None:
    try:
        content = path.read_bytes()
    except OSError as error:
        faults.append(Fault(str(path), "the manifest lists this file", error.strerror or str(error), AGAIN))
        return None
    if hashlib.sha256(content).hexdigest() != entry["sha256"]:
        found = f"{len(content)} bytes that differ from the {entry.get('bytes')} written"
        faults.append(Fault(str(path), "is the file that was saved (sha256)", found, AGAIN))
        return None
    return content


def _encoded(frame: pd.DataFrame, form: str) -> bytes:
    table = pa.Table.from_pandas(frame, schema=_schema([str(name) for name in frame.columns]), preserve_index=False)
    table = table.replace_schema_metadata(None)
    stream = BytesIO()
    if form == "csv":
        arrow_csv.write_csv(table, stream, arrow_csv.WriteOptions(quoting_style="needed"))
    else:
        described = {name: asdict(MEASURES[name]) for name in table.column_names}
        table = table.replace_schema_metadata({"resonance": json.dumps(described)})
        parquet.write_table(table, stream, compression="zstd")
    return stream.getvalue()


def _decoded(content: bytes, frame: str, form: str) -> pd.DataFrame:
    schema = _schema(FRAMES[frame])
    if form == "csv":
        options = arrow_csv.ConvertOptions(
            column_types=schema, null_values=["", "nan"], strings_can_be_null=False,
            include_columns=schema.names,
        )  # fmt: skip
        table = arrow_csv.read_csv(BytesIO(content), convert_options=options)
    else:
        table = parquet.read_table(BytesIO(content))
        if table.schema.names != schema.names:
            raise ValueError(f"columns are {table.schema.names}")
    made: pd.DataFrame = table.replace_schema_metadata(None).to_pandas()
    return made


def _schema(names: Sequence[str]) -> Any:
    return pa.schema([(name, _TYPES[MEASURES[name].kind]) for name in names])


def _described(frame: str) -> list[dict[str, str]]:
    return [
        {"name": name, "label": one.label, "unit": one.unit, "summary": one.summary, "adds": one.adds,
         "weight": one.weight, "meaning": one.meaning}
        for name, one in ((name, MEASURES[name]) for name in FRAMES[frame])
    ]  # fmt: skip


def _shown(manifest: object, key: str) -> object:
    return manifest.get(key) if isinstance(manifest, dict) else type(manifest).__name__
