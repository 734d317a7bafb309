"""One run of a sweep: which point of the design, which replicate, and what the work needs to know."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

Rows = dict[str, dict[str, Sequence[Any] | np.ndarray]]
"""What a run leaves: by table name, columns of equal length; at least the table "outcomes"."""


@dataclass(frozen=True, slots=True)
class Case:
    """One run to do.

    run_id: hexadecimal hash of all that decides the run's results.
    point: number of the design's point, from 0.
    replicate: number of the replicate at that point, from 0.
    work: plain values (numbers, text, lists, mappings of these) that the work function reads.
    """

    run_id: str
    point: int
    replicate: int
    work: Mapping[str, object] = field(default_factory=dict)


Work = Callable[[Case], Rows]
"""Does one run and returns its rows; raises when the run fails. Sent to workers by cloudpickle."""


@dataclass(frozen=True, slots=True)
class Failure:
    """A run that left no rows.

    stage: where it failed: "run" (the work raised), "rows" (what it left does not fit the tables), "worker" (the
    process that did it died each time), or the stage that the work's own error names by its attribute `stage`.
    message: what happened, in words.
    attempts: how often it was tried.
    """

    stage: str
    message: str
    attempts: int = 1
