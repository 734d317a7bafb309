"""The trace of a sweep's folder: an outcome at a point and under a policy, down to run ids and what the point sets."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd

from model.experiments.sweep.result import SweepResult
from model.experiments.tracing.traced import (
    Asked,
    Traced,
    origin_in,
    rows_in_words,
    rows_plain,
    split_outcome,
    words_of,
    wrapped,
)
from model.foundation.errors import Fault, InputError, nearest
from model.results.origin_words import origin_text

KEYS = ("run_id", "point", "policy", "replicate", "market", "over")


def trace_sweep(folder: Path, asked: Asked) -> Traced:
    """Return where an outcome of a sweep comes from, or what the sweep holds."""
    found = SweepResult.open(folder)
    head, plain = _identity(found)
    if not asked.metric:
        return _listed(found, head, plain)
    outcome = found.outcome(asked.metric)
    rows = _rows(found, outcome.name, asked)
    who, column = split_outcome(outcome.name)
    lines = [f"{outcome.name}: {words_of(column)}", f"{len(rows)} number(s) of the sweep", *rows_in_words(
        rows, full=asked.full)]  # fmt: skip
    if asked.point is not None:
        sets = ", ".join(f"{name} = {value}" for name, value in found.scenario_values(asked.point).items())
        lines += wrapped(f"point {asked.point} sets {sets or 'nothing'}")
    plain = {"metric": outcome.name, "numbers": rows_plain(rows), **plain}
    saved: list[dict[str, Any]] = found.origins
    if not saved:
        return Traced("\n".join([*lines, *head]), plain)
    where = {name: value for name, value in asked.where.items() if value}
    if who:
        where["platform" if outcome.frame == "services" else "label"] = who
    origin = origin_in(saved[0], column, where, asked.date)
    note = "what stands behind every run of the sweep, as its scenario has it (the point's values take its place)"
    told = [*lines, *head, note, origin_text(origin, full=asked.full)]
    return Traced("\n".join(told), {**plain, "origins": [{"name": saved[0]["name"], **origin.plain()}]})


def _identity(found: SweepResult) -> tuple[list[str], dict[str, Any]]:
    about = found.provenance
    size = f"design {found.design}, {found.done} of {found.planned} runs"
    head = wrapped(f"where it was made: sweep {found.name}, hash {found.digest}, {size}", indent=0)
    version, start, seed = about["model_version"], about["start"], about["seed"]
    head += wrapped(f"model {version}; start {start}, hash {about['start_digest']}; seed {seed}")
    digests = about.get("scenario_digests", {})
    head += wrapped("scenario hash by policy: " + ", ".join(f"{name} {text}" for name, text in digests.items()))
    plain = {"kind": "sweep", "folder": found.folder.name, "sweep": found.name, "sweep_digest": found.digest,
             "design": found.design, "runs": found.planned, "finished": found.done, "provenance": about}  # fmt: skip
    return head, plain


def _listed(found: SweepResult, head: list[str], plain: dict[str, Any]) -> Traced:
    inputs = [f"{one.column} [{one.unit}]" for one in found.inputs]
    lines = [
        *head, "What can be traced (--point, --policy and --market narrow it):",
        *wrapped(f"outcomes: {', '.join(found.outcomes_kept)}"), *wrapped(f"policies: {', '.join(found.policies)}"),
        *wrapped(f"points: 0 to {len(found.points) - 1}; they move {', '.join(inputs) or 'nothing'}"),
        *wrapped(f"markets: {', '.join(found.markets)}, total"),
    ]  # fmt: skip
    return Traced("\n".join(lines), {
        **plain, "outcomes": {name: words_of(one.column) for name, one in found.outcomes_kept.items()},
        "policies": list(found.policies), "points": len(found.points), "markets": list(found.markets),
        "inputs": [{"column": one.column, "kind": one.kind, "unit": one.unit} for one in found.inputs],
    })  # fmt: skip


def _rows(found: SweepResult, outcome: str, asked: Asked) -> pd.DataFrame:
    """Return the numbers of an outcome with their run ids, narrowed to a point, a policy and a market."""
    if asked.policy:
        found.policy(asked.policy)
    if asked.point is not None and asked.point not in found.points.index:
        last = len(found.points) - 1
        raise InputError(Fault("trace, point", f"is one of the sweep, 0 to {last}", asked.point, "See its points."))
    market = asked.where.get("market") or "total"
    places = (*found.markets, "total")
    if market not in places:
        raise InputError(Fault("trace, market", "is a market of the sweep", market, nearest(market, places)))
    rows = found.sql(f'SELECT {", ".join(KEYS)}, "{outcome}" FROM outcomes ORDER BY point, policy, replicate, over')
    rows = rows[rows["market"] == market]
    for key, value in (("policy", asked.policy or None), ("point", asked.point)):
        rows = rows if value is None else rows[rows[key] == value]
    return rows.reset_index(drop=True)
