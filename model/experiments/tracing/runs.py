"""The trace of a run's folder: a column at a place, or the list of what can be asked."""

from __future__ import annotations

from pathlib import Path

from model.experiments.tracing.traced import AGAIN, Asked, Traced, split_outcome, words_of, wrapped
from model.foundation.errors import Fault, InputError, nearest
from model.results.measures import FRAMES, MEASURES, keys_of
from model.results.origin_words import origin_text
from model.results.read_off import read_off
from model.results.run_result import RunResult


def open_run(folder: Path) -> RunResult:
    """Return the result of a folder; one InputError, also where many of its files are gone or harmed."""
    try:
        return RunResult.load(folder)
    except InputError as error:
        if len(error.faults) == 1:
            raise
        names = ", ".join(Path(fault.place).name for fault in error.faults)
        rule = "holds every file that its manifest lists, as it was saved"
        value = f"{len(error.faults)} files are missing or harmed: {names}"
        raise InputError(Fault(str(folder), rule, value, AGAIN)) from error


def trace_run(folder: Path, asked: Asked) -> Traced:
    """Return where a number of a run comes from, or what the run holds."""
    return trace_result(open_run(folder), asked, folder=folder.name)


def trace_result(result: RunResult, asked: Asked, *, folder: str = "") -> Traced:
    """Return where a number of a result comes from, or what the result holds. folder: where it lies, "" for nowhere.

    Errors: InputError for a column, place or date that the result does not have.
    """
    if not asked.metric:
        return _listed(result)
    column, where = _meant(result, asked)
    reading = read_off(result, column, where=where, date=asked.date)
    origin = result.origin(column, where=where, date=asked.date)
    plain = origin.plain()
    if reading is not None:
        plain["number"] = {name: getattr(reading, name) for name in reading.__slots__}
    place = {"folder": folder} if folder else {}
    return Traced(origin_text(origin, reading, full=asked.full), {"kind": "run", **place, **plain})


def _meant(result: RunResult, asked: Asked) -> tuple[str, dict[str, str]]:
    """Return the column, and where: "resso.users" is a column of a service, "sony.label_income" of a label."""
    who, column = split_outcome(asked.metric)
    if column not in MEASURES:
        rule = "is a column of the results, or one of a service or label such as resso.users"
        raise InputError(Fault("trace, metric", rule, asked.metric, nearest(column, list(MEASURES))))
    where = {name: value for name, value in asked.where.items() if value}
    if who:
        services = {str(one) for one in result.services["platform"].unique()}
        labels = {str(one) for one in result.labels["label"].unique()}
        if who not in services | labels:
            rule, way = "begins with a service or a label of the run", nearest(who, sorted(services | labels))
            raise InputError(Fault("trace, metric", rule, asked.metric, way))
        where["platform" if who in services else "label"] = who
    return column, where


def _listed(result: RunResult) -> Traced:
    card, one = result.card, result.provenance
    lines = [
        f"A run of {card.name}: {card.about}" if card.about else f"A run of {card.name}.",
        f"  scenario hash {one.scenario_digest}, seed {one.seed}, model {one.model_version}, start {one.start}",
        f"  runs {', '.join(one.run_ids.values())}; markets {', '.join(card.markets)}; {card.months} months",
        "What can be traced, by table (--market, --platform, --tier, --label, --date narrow it):",
    ]
    tables = {name: [column for column in columns if column not in keys_of(name) and column not in ("replicate",)]
              for name, columns in FRAMES.items()}  # fmt: skip
    for name, columns in tables.items():
        lines += wrapped(f"{name}: {', '.join(columns)}")
    plain = {
        "kind": "run", "scenario": card.name, "run_ids": list(one.run_ids.values()), "tables": tables,
        "scenario_digest": one.scenario_digest, "model_version": one.model_version, "seed": one.seed,
        "markets": list(card.markets), "meanings": {column: words_of(column) for found in tables.values()
                                                    for column in found},
    }  # fmt: skip
    return Traced("\n".join(lines), plain)
