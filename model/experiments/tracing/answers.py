"""The trace of an answer's folder: a comparison, a deal, a wave, and what else leaves tables, figures and a marker."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from model.experiments.tracing.traced import (
    AGAIN,
    Asked,
    Traced,
    known_place,
    origin_in,
    rows_in_words,
    rows_plain,
    split_outcome,
    unknown_metric,
    words_of,
    wrapped,
)
from model.foundation.errors import Fault, InputError, nearest
from model.foundation.files import is_file, read_text
from model.foundation.plain import fitting
from model.results.card import ScenarioCard
from model.results.measures import MEASURES
from model.results.origin_words import changes_text, origin_text
from model.results.provenance import Provenance

KIND = "resonance "
_FORM = {
    "kind": str, "files": [str], "question": {str: object}, "scenario": str, "digest": str, "unfinished?": bool,
    "sha256?": {str: str}, "origins?": [{"name": str, "card": {str: object}, "provenance": {str: object}}],
    "answer_id?": str, "version?": str, "model_version?": str,
}  # fmt: skip


def marker_in(folder: Path) -> dict[str, Any] | None:
    """Return the marker of an answer's folder, None where there is none."""
    for path in sorted(folder.glob("*.json")):
        try:
            values = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError, RecursionError):
            continue
        if isinstance(values, dict) and values.get("kind") == f"{KIND}{path.stem}":
            return values
    return None


def trace_answer(folder: Path, marker: Mapping[str, Any], asked: Asked) -> Traced:
    """Return where the numbers of an answer come from: its tables and figures, its scenarios, runs and facts."""
    _check_form(folder, marker)
    _check_whole(folder, marker)
    tables = {name.removesuffix(".csv"): _table(folder / name) for name in marker["files"] if name.endswith(".csv")}
    saved: list[dict[str, Any]] = marker.get("origins", [])
    head, plain = _identity(folder, marker)
    if not asked.metric:
        return _listed(head, plain, tables, marker)
    known_place(asked.where.get("market", ""), saved) if saved else None
    column, where, found = _meant(asked, tables, marker, saved)
    narrowed = {name: _narrowed(rows, asked) for name, rows in found.items()}
    if all(rows.empty for rows in narrowed.values()):
        value = ", ".join(f"{key} {value}" for key, value in asked.where.items() if value)
        keys = sorted({str(one) for rows in found.values() for key in asked.where if key in rows for one in rows[key]})
        raise InputError(Fault("trace", f"{asked.metric} has rows there", value, nearest(value.split()[-1], keys)))
    lines = [f"{asked.metric}{f': {words_of(column)}' if column in MEASURES else ''}"]
    for name, rows in narrowed.items():
        lines += [f"in {name}.csv, {len(rows)} row(s)", *rows_in_words(rows, full=asked.full)]
    lines += head
    plain = {"metric": asked.metric, "tables": {name: rows_plain(rows) for name, rows in narrowed.items()}, **plain}
    told, origins = _behind(saved, column, where, asked)
    return Traced("\n".join([*lines, *told]), {**plain, "origins": origins})


def _check_form(folder: Path, marker: Mapping[str, Any]) -> None:
    """Raise InputError where a marker is not as `save_answer` writes it, or names files of other folders."""
    try:
        fitting(marker, _FORM, place="marker")
        strange = [name for name in marker["files"] if Path(name).name != name or "\0" in name]
        if strange:
            raise ValueError(f"marker.files are names of files in the folder: {strange[0]!r}")
        for one in marker.get("origins", []):
            ScenarioCard.from_plain(one["card"])
            Provenance.from_plain(one["provenance"])
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        rule = "holds its marker as it was saved"
        raise InputError(Fault(str(folder), rule, str(error), AGAIN)) from error


def _table(path: Path) -> pd.DataFrame:
    """Return a table of an answer. Errors: InputError for a file that is none."""
    try:
        frame = pd.read_csv(io.StringIO(read_text(path, what="a table")))
    except ValueError as error:  # pandas' ParserError and EmptyDataError are ValueErrors
        raise InputError(Fault(str(path), "is a table, as it was saved", str(error), AGAIN)) from error
    if not isinstance(frame.index, pd.RangeIndex):
        raise InputError(Fault(str(path), "has rows as long as its heading", "longer ones", AGAIN))
    return frame


def _check_whole(folder: Path, marker: Mapping[str, Any]) -> None:
    """Raise one InputError where the folder was not finished, or a file of it is gone or is not what was saved."""
    if marker.get("unfinished"):
        raise InputError(Fault(str(folder), "holds a finished answer", "saving was interrupted", AGAIN))
    wrong = []
    for name in marker.get("files", []):
        path, digest = folder / str(name), marker.get("sha256", {}).get(name)
        if not is_file(path):
            wrong.append(f"{name} is missing")
        elif digest and hashlib.sha256(path.read_bytes()).hexdigest() != digest:
            wrong.append(f"{name} differs from what was saved")
    if wrong:
        raise InputError(Fault(str(folder), "holds every file of its marker as it was saved", "; ".join(wrong), AGAIN))


def _identity(folder: Path, marker: Mapping[str, Any]) -> tuple[list[str], dict[str, Any]]:
    kind = str(marker["kind"]).removeprefix(KIND)
    number, version = marker.get("answer_id", "none kept"), marker.get("model_version", marker.get("version"))
    head = [f"where it was made: {kind} {number}, model {version}"]
    asked = {key: value for key, value in marker["question"].items() if not isinstance(value, list | dict)}
    short = ", ".join(f"{key} {value}" for key, value in asked.items() if value is not None and len(str(value)) < 60)
    head += wrapped(f"scenario {marker['scenario']}, hash {marker['digest']}" + (f"; asked: {short}" if short else ""))
    notes = marker["question"].get("notes")
    for note in notes if isinstance(notes, list) else []:
        head += wrapped(f"note: {note}")
    sources = marker["question"].get("provenance")
    if isinstance(sources, Mapping):
        told = ", ".join(f"{key} {value}" for key, value in sources.items() if isinstance(value, str | int | float)
                         and len(str(value)) < 90)  # fmt: skip
        head += wrapped(f"its runs: {told}")
    head += _carried(marker["question"].get("ensemble"))
    if (folder / "runs").is_dir():
        head.append("  the runs themselves lie in its folder `runs`, which can be traced too")
    plain = {
        "kind": kind, "folder": folder.name, "answer_id": number, "model_version": version,
        "scenario": marker["scenario"], "scenario_digest": marker["digest"], "question": marker["question"],
    }  # fmt: skip
    return head, plain


def _carried(ensemble: object) -> list[str]:
    """Return lines on the ensemble whose members the runs are, none without one."""
    if not isinstance(ensemble, Mapping) or "name" not in ensemble:
        return []
    digest = ensemble.get("ensemble_digest", ensemble.get("digest", "none kept"))
    told = f"each run has the values of a member of the ensemble {ensemble['name']}, hash {digest}"
    return wrapped(f"{told}, in place of the values of these parameters that stand below")


def _listed(
    head: list[str], plain: dict[str, Any], tables: Mapping[str, pd.DataFrame], marker: Mapping[str, Any]
) -> Traced:
    lines = [f"{str(plain['kind']).capitalize()} of {marker['scenario']}", *head]
    for one in marker.get("origins", []):
        runs = one["provenance"]["run_ids"]
        lines += wrapped(f"{one['name']}: hash {one['provenance']['scenario_digest']}, seed {one['provenance']['seed']}"
                         + (f", runs {', '.join(runs.values())}" if runs else ""))  # fmt: skip
    lines.append("What can be traced:")
    outcomes = _outcomes(tables)
    if outcomes:
        lines += wrapped(f"outcomes: {', '.join(outcomes)}")
    for name, rows in tables.items():
        lines += wrapped(f"table {name} ({len(rows)} rows): {', '.join(map(str, rows.columns))}")
    figures = [name for name in marker["files"] if name.endswith(".png")]
    if figures:
        lines += wrapped(f"figures, which carry their origin: {', '.join(figures)}")
    columns = {name: list(map(str, rows.columns)) for name, rows in tables.items()}
    origins = [{"name": one["name"], **one["provenance"]} for one in marker.get("origins", [])]
    return Traced("\n".join(lines), {**plain, "outcomes": outcomes, "tables": columns, "figures": figures,
                                     "origins": origins})  # fmt: skip


def _outcomes(tables: Mapping[str, pd.DataFrame]) -> list[str]:
    return sorted({str(name) for rows in tables.values() if "outcome" in rows for name in rows["outcome"].unique()})


def _meant(
    asked: Asked, tables: Mapping[str, pd.DataFrame], marker: Mapping[str, Any], saved: Sequence[Mapping[str, Any]]
) -> tuple[str, dict[str, str], dict[str, pd.DataFrame]]:
    """Return the column, its place, and the tables with the rows that hold the metric."""
    metric, outcomes = asked.metric, _outcomes(tables)
    where = {name: value for name, value in asked.where.items() if value}
    if metric in outcomes:
        who, column = split_outcome(metric)
        if who:
            labels = {label for one in saved for label in _labels(one)}
            where["label" if who in labels else "platform"] = who
        found = {name: rows[rows["outcome"] == metric] for name, rows in tables.items() if "outcome" in rows}
        return column, where, {name: rows for name, rows in found.items() if len(rows)}
    table, column = split_outcome(metric)
    found = {name: rows for name, rows in tables.items() if column in rows and table in ("", name)}
    if not found:
        figures = [name for name in marker["files"] if name.endswith(".png")]
        known = [*outcomes, *(str(name) for rows in tables.values() for name in rows), *figures]
        raise unknown_metric(metric, known, what="an outcome or a column of the answer's tables")
    return column, where, found


def _labels(saved: Mapping[str, Any]) -> list[str]:
    from model.facts.start import load_start

    markets = load_start(saved["card"]["start"]).markets
    return [label for code in saved["card"]["markets"] for label in markets[code].repertoire]


def _narrowed(rows: pd.DataFrame, asked: Asked) -> pd.DataFrame:
    """Return the rows of a place; a table that does not know a place is left out where another does."""
    for key, value in {**asked.where, "date": asked.date, "scenario": asked.policy}.items():
        if value and key in rows:
            rows = rows[rows[key].astype(str) == value]
    return rows


def _behind(
    saved: Sequence[Mapping[str, Any]], column: str, where: Mapping[str, str], asked: Asked
) -> tuple[list[str], list[dict[str, Any]]]:
    """Return what stands behind: the first scenario in full, of the others what differs."""
    if not saved:
        return ["No scenario is kept beside this answer: trace the folder of its runs."], []
    read = column if column in MEASURES else "users"
    own = f"`{column}` is worked out by the answer itself; below stands what its runs rest on, as for users."
    note = [] if column in MEASURES else wrapped(own, indent=0)
    origins = [origin_in(one, read, where, asked.date) for one in saved]
    lines = [*note, f"scenario {saved[0]['name']}", origin_text(origins[0], full=asked.full)]
    for one, origin in zip(saved[1:], origins[1:], strict=True):
        lines += [f"scenario {one['name']}", changes_text(origin, origins[0], full=asked.full)]
    return lines, [{"name": one["name"], **origin.plain()} for one, origin in zip(saved, origins, strict=True)]
