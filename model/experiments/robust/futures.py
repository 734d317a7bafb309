"""The table that everything is read from: policies x futures x replicates of one outcome, and what each future is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from model.experiments.robust.question import FEWEST_FUTURES, Question
from model.experiments.robust.weighing import shares_of, weight_words
from model.experiments.sweep.result import SweepResult
from model.foundation.errors import Fault, InputError, nearest

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Unknown:
    """Something that differs between futures.

    kind: "uncertainty" or "lever". levels: what its codes 0, 1, ... mean where it is a switch or a word, the most
    frequent last; empty for numbers.
    """

    column: str
    kind: str
    unit: str
    levels: tuple[object, ...] = ()

    @property
    def is_number(self) -> bool:
        """Whether its values are numbers."""
        return not self.levels

    def value_words(self, level: object) -> str:
        """Return one of its levels in words."""
        return str(level).lower() if isinstance(level, bool | np.bool_) else str(level)


@dataclass(frozen=True, slots=True)
class Futures:
    """Outcomes of policies in futures that all of them met, under the same draws.

    values: (policies, futures, replicates), times -1 where less is better, so that more is; NaN where a replicate is
    missing, then for every policy. points: (futures,) numbers of the points. unknowns, codes: what differs, and
    (futures, unknowns) its values as numbers. planned: how many points the sweep has. missing: runs that are left out
    since some policy lacks them. weights: (futures,) above 0 with sum 1; None: all count the same. unfinished: points
    that are left out since some policy has no run there.
    """

    policies: tuple[str, ...]
    values: Floats
    points: NDArray[np.int64]
    unknowns: tuple[Unknown, ...]
    codes: Floats
    planned: int
    missing: int
    weights: Floats | None = None
    unfinished: int = 0

    @property
    def worth_of(self) -> float:
        """How many futures that count the same tell as much as these: 1 / sum of squared weights (Kish 1965)."""
        return float(len(self.points) if self.weights is None else 1.0 / (self.weights**2).sum())

    @property
    def means(self) -> Floats:
        """Means over replicates, (policies, futures)."""
        found: Floats = np.nanmean(self.values, axis=2)
        return found

    @property
    def replicates(self) -> NDArray[np.int64]:
        """Replicates of each future, (futures,)."""
        found: NDArray[np.int64] = np.isfinite(self.values[0]).sum(axis=1)
        return found

    def position(self, policy: str) -> int:
        """Return the place of a policy; InputError with the nearest name for another."""
        if policy not in self.policies:
            raise InputError(Fault("policy", "is one of the choice", policy, nearest(policy, self.policies)))
        return self.policies.index(policy)

    def unknown(self, column: str) -> int:
        """Return the place of an unknown; InputError with the nearest name for another."""
        bare = column.removeprefix("parameters.")
        names = [one.column for one in self.unknowns]
        if bare not in names:
            rule = "is an input that differs between the futures"
            raise InputError(Fault("input", rule, column, nearest(bare, names)))
        return names.index(bare)

    def varying(self) -> Sequence[int]:
        """Return the places of unknowns that really differ."""
        return [at for at in range(len(self.unknowns)) if np.ptp(self.codes[:, at]) > 0.0]


def read_futures(found: SweepResult, question: Question) -> Futures:
    """Return the futures of a sweep that all policies have finished; InputError where there are fewer than two."""
    name = question.outcome.name
    needed = tuple(dict.fromkeys([*question.policies, *_matched(question)]))
    rows = found.table(name, market=question.market, over=question.over)
    rows = rows[rows["policy"].isin(needed)]
    cube = np.full((len(needed), len(found.points), found.replicates), np.nan)
    places = pd.Index(needed).get_indexer(pd.Index(rows["policy"]))
    order = found.points.index.get_indexer(pd.Index(rows["point"]))
    cube[places, order, rows["replicate"].to_numpy(np.int64)] = rows[name].to_numpy(np.float64)
    whole = np.isfinite(cube).all(axis=0)
    there = whole.any(axis=1)
    missing = int(len(needed) * (~whole).sum())
    if there.sum() < FEWEST_FUTURES:
        done, failed = found.done, len(found.failures)
        told = f"{int(there.sum())} of {len(there)}; {done} of {found.planned} runs done, {failed} failed"
        way = f"Go on with the sweep, or choose another market than {question.market} or another outcome."
        if not done:
            way = "No run is finished yet: go on with the sweep."
        if failed:
            way = f"{way} The first failure: {found.failures.iloc[0]['message']}"
        raise InputError(Fault(str(found.folder), f"two futures or more in which all policies have {name}", told, way))
    shares = shares_of(question.weights, found.points[there])
    if shares is not None:  # what cannot be counts nowhere, not as the worst case either
        there[there] = shares > 0.0
        shares = shares[shares > 0.0]
        _check_left(shares, question)
    values = question.sign * np.where(whole[None, :, :], cube, np.nan)[:, there]
    points = found.points[there]
    unknowns, codes = _coded(found, points)
    return Futures(
        policies=needed, values=values, points=points.index.to_numpy(np.int64), unknowns=unknowns, codes=codes,
        planned=len(found.points), missing=missing, weights=shares,
        unfinished=int((~whole.any(axis=1)).sum()),
    )  # fmt: skip


def _check_left(shares: Floats, question: Question) -> None:
    if len(shares) < FEWEST_FUTURES:
        told = weight_words(question.weights or ())
        raise InputError(Fault("weights", "leave two futures or more", told, "Give more of them a weight above 0."))


def _matched(question: Question) -> list[str]:
    """Return the policy that a threshold names, which may be none of those to choose from."""
    return [question.enough] if isinstance(question.enough, str) else []


def _coded(found: SweepResult, points: pd.DataFrame) -> tuple[tuple[Unknown, ...], Floats]:
    unknowns, columns = [], []
    for one in found.inputs:
        values = points[one.column]
        if pd.api.types.is_numeric_dtype(values.dtype) and not pd.api.types.is_bool_dtype(values.dtype):
            unknowns.append(Unknown(one.column, one.kind, one.unit))
            columns.append(values.to_numpy(np.float64))
            continue
        counts = values.value_counts(sort=False).sort_values(kind="stable")
        levels = tuple(counts.index.tolist())  # the most frequent last, so that a cut at the median tells two apart
        unknowns.append(Unknown(one.column, one.kind, one.unit, levels))
        columns.append(values.map({level: float(at) for at, level in enumerate(levels)}).to_numpy(np.float64))
    codes = np.column_stack(columns) if columns else np.zeros((len(points), 0))
    return tuple(unknowns), codes
