"""What a store must be to be opened or gone on with: its format, its plan, its model version, its points."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from model.experiments.sweep.store.faults import broken_shard, misfit
from model.experiments.sweep.store.shards import file_digest
from model.foundation.errors import Fault, InputError
from model.foundation.files import write_whole
from model.foundation.plain import misfit as misformed
from model.foundation.version import model_version

FORMAT = 1
POINTS = "points.parquet"


def check_format(folder: Path, about: Mapping[str, object]) -> None:
    """Raise InputError when the store was written in another format."""
    found = about.get("format")
    if found != FORMAT:
        raise misfit(
            str(folder),
            f"this release reads sweep folders of format {FORMAT}",
            found,
            f"Open it with the release that wrote it ({about.get('model_version', 'unknown')}).",
        )


_ABOUT = {"model_version": str, "plan": {str: object}, "about": {str: object}, "points": str, "points_file?": str}


def check_words(folder: Path, about: Mapping[str, object]) -> None:
    """Raise InputError when what the ledger says of the store is not what a store writes."""
    wrong = misformed(about, _ABOUT, place="ledger")
    name = about.get("points_file", POINTS)
    if not wrong and Path(str(name)).name != name:
        wrong = "ledger.points_file is a file of the folder"
    if wrong:
        way = "Put the original back from a copy of the folder, or run the sweep again in a new folder."
        raise misfit(str(folder), "the ledger of a sweep says what the sweep wrote", wrong, way)


def check_plan(folder: Path, about: Mapping[str, object], expect: Mapping[str, object]) -> None:
    """Raise InputError with every difference between the store's plan and version and those to go on with."""
    faults = []
    if about["model_version"] != model_version():
        faults.append(
            Fault(
                str(folder),
                f"runs of two versions of the model are never mixed; this is {model_version()}",
                about["model_version"],
                "Run the sweep in a new folder, or resume it with the version that began it.",
            )
        )
    plan = dict(about["plan"])  # type: ignore[call-overload]
    wanted = json.loads(json.dumps(dict(expect)))
    for key in sorted({*plan, *wanted}):
        if plan.get(key, _ABSENT) != wanted.get(key, _ABSENT):
            faults.append(
                Fault(
                    f"{folder}: {key}",
                    f"must be as when the sweep began, to go on with it: {_short(plan.get(key, _ABSENT))}",
                    _short(wanted.get(key, _ABSENT)),
                    "Resume with the plan that began it, or run this one in a new folder.",
                )
            )
    if faults:
        raise InputError(faults)


def points_table(points: pd.DataFrame | Mapping[str, object] | None) -> pa.Table:
    """Return parameter values by point as a table that begins with the column "point"."""
    frame = pd.DataFrame() if points is None else pd.DataFrame(points)
    if "point" not in frame:
        frame = frame.assign(point=np.arange(len(frame), dtype=np.int64))
    frame = frame[["point", *(name for name in frame if name != "point")]]
    mixed = [name for name in frame if frame[name].dtype == object and frame[name].map(type).nunique() > 1]
    # a lever may be a number at one point and a word at another: one kind per column, so words
    frame = frame.assign(**{str(name): frame[name].map(_word) for name in mixed})
    return pa.Table.from_pandas(frame, preserve_index=False)


def same_points(one: pd.DataFrame, other: pd.DataFrame) -> bool:
    """Tell whether two frames hold the same points, as a store keeps them."""
    first, second = (points_table(frame).to_pandas() for frame in (one.reset_index(drop=True), other))
    return bool(first.equals(second))


def write_points(folder: Path, table: pa.Table, *, name: str = POINTS) -> str:
    """Write the points, and return the file's digest. name: of the file."""
    path = folder / name
    write_whole(path, lambda stream: pq.write_table(table, stream, compression="zstd"))
    return file_digest(path)


def read_points(folder: Path, digest: str, *, name: str = POINTS) -> pa.Table:
    """Return the points; InputError when the file is not the one that was written. name: of the file."""
    path = folder / name
    try:
        if file_digest(path) != digest:
            raise broken_shard(path, "other bytes than were written")
        return pq.read_table(path)
    except OSError as error:
        raise broken_shard(path, error.strerror or "no such file") from error
    except (pa.ArrowException, ValueError) as error:
        raise broken_shard(path, str(error)) from error


_ABSENT = "nothing"


def _short(value: object) -> str:
    text = json.dumps(value, sort_keys=True)
    return text if len(text) <= 80 else text[:77] + "..."


def _word(value: object) -> object:
    return value if value is None or isinstance(value, str) else json.dumps(value, default=str)
