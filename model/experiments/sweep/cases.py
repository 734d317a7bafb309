"""The runs of a sweep: their ids, worked out once and kept beside the store, and their cases, made one by one."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from model.experiments.sweep.case import Case
from model.experiments.sweep.plan import SweepPlan, as_text
from model.experiments.sweep.texts import texts_of
from model.foundation.errors import Fault, InputError
from model.foundation.files import write_whole
from model.foundation.version import model_version
from model.results.provenance import start_digest
from model.spec.scenario import Scenario

NAME = "cases.parquet"
"""File beside the store with the id of every run that is planned."""
MOST_TOLD = 12
"""Faults of points that are told at once."""


def case_ids(plan: Scenario, offers: Sequence[object]) -> Callable[[int, int], str]:
    """Return what gives the id of (replicate, copy) of a scenario: sixteen hexadecimal digits.

    They stand for scenario, replicate, seed, model version and start, and are those of
    `model.results.provenance.run_id`. copy: how many cases before it are the very same run. offers: room in the table
    of offers beyond the scenario's own, which decides the last bits of sums.
    """
    return ids_of_text(as_text(plan.canonical()), plan, offers)


def ids_of_text(scenario: str, ground: Scenario, offers: Sequence[object]) -> Callable[[int, int], str]:
    """Return `case_ids` of a scenario that is given as its canonical text. ground: of the same seed and start."""
    seed, start = ground.seed, start_digest(ground.start)
    room = f'"offers":{as_text(list(offers))},' if offers else ""
    version = as_text(model_version())

    def name(replicate: int, copy: int) -> str:
        # canonical JSON with its keys in order; the scenario's text is made once for all replicates
        text = (
            f'{{"copy":{copy},' if copy else "{"
        ) + f'"model":{version},{room}"replicate":{replicate},"scenario":{scenario},"seed":{seed},"start":"{start}"}}'
        return hashlib.blake2b(text.encode(), digest_size=8).hexdigest()

    return name


class Cases:
    """The cases of a sweep, in order: point by point, of a point policy by policy, of a policy replicate by replicate.

    So a point that settles a start of its own is lived by one worker, mostly. ids, copies: (runs,), where copies counts
    the cases before one that are the very same run.
    """

    def __init__(self, plan: SweepPlan, ids: Sequence[str], copies: NDArray[np.int64]) -> None:
        self._plan, self.ids, self._copies = plan, ids, copies

    def __len__(self) -> int:
        return len(self.ids)

    def __iter__(self) -> Iterator[Case]:
        plan, at = self._plan, 0
        for point, overrides in enumerate(plan.every_override()):
            for policy in range(len(plan.policies)):
                for replicate in range(plan.replicates):
                    work = {"policy": policy, "copy": int(self._copies[at]), "overrides": overrides}
                    yield Case(self.ids[at], point, replicate, work)
                    at += 1

    def save(self, folder: Path) -> None:
        """Keep the ids beside the store, so that going on with 10^5 runs need not work them out again."""
        table = pa.table({"run_id": pa.array(self.ids, pa.string()), "copy": pa.array(self._copies)})
        table = table.replace_schema_metadata({"digest": self._plan.digest})
        write_whole(folder / NAME, lambda stream: pq.write_table(table, stream, compression="zstd"))


def cases_of(plan: SweepPlan) -> Cases:
    """Return every case of a sweep, each of its scenarios validated.

    Errors: InputError with the faults of points whose inputs do not go together.
    """
    offers = [list(one) for one in plan.offers]
    ids: list[str] = []
    copies = np.zeros(plan.runs, dtype=np.int64)
    seen: dict[str, int] = {}
    faults: list[Fault] = []
    for point, policy, _, text in texts_of(plan):
        if isinstance(text, InputError):
            faults += _told(text, point=point, policy=plan.policies[policy].name)
            if len(faults) >= MOST_TOLD:
                break
            continue
        name_of = ids_of_text(text, plan.plans[policy], offers)
        for replicate in range(plan.replicates):
            name = name_of(replicate, 0)
            copy = seen[name] = seen.get(name, -1) + 1
            copies[len(ids)] = copy
            ids.append(name_of(replicate, copy) if copy else name)
    if faults:
        raise InputError(faults[:MOST_TOLD])
    return Cases(plan, ids, copies)


def _told(error: InputError, *, point: int, policy: str) -> list[Fault]:
    where = f"point {point}, policy {policy}"
    return [
        Fault(f"{where}: {one.place.removeprefix('call: ')}", one.rule, one.value, one.way_out) for one in error.faults
    ]


def kept_cases(plan: SweepPlan, folder: Path) -> Cases | None:
    """Return the cases whose ids `Cases.save` kept in a folder; None where there are none of this very sweep."""
    try:
        table = pq.read_table(folder / NAME)
    except (OSError, pa.ArrowException):
        return None
    metadata: Mapping[bytes, bytes] = table.schema.metadata or {}
    if metadata.get(b"digest") != plan.digest.encode() or table.num_rows != plan.runs:
        return None
    return Cases(plan, table["run_id"].to_pylist(), table["copy"].to_numpy().astype(np.int64))
