"""What is asked about: the outcome of a policy, or what one policy brings beyond another, run by run in pairs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from model.experiments.sweep.result import SweepResult
from model.foundation.errors import Fault, InputError, nearest
from model.theory.arrays import FloatArray


@dataclass(frozen=True, slots=True)
class Response:
    """Outcome of a policy, less that of another where `against` names one."""

    policy: str
    against: str = ""

    @property
    def name(self) -> str:
        """How it is written: "tied", or "tied minus free"."""
        return f"{self.policy} minus {self.against}" if self.against else self.policy

    def of(self, values: FloatArray, policies: Sequence[str]) -> FloatArray:
        """Return it from values by policy, (points, policies, replicates): (points, replicates)."""
        own = values[:, list(policies).index(self.policy)]
        return own - values[:, list(policies).index(self.against)] if self.against else own


def responses_of(policies: Sequence[str]) -> tuple[Response, ...]:
    """Return the differences of all policies to the first, then each policy's own outcome."""
    first, *others = policies
    return (*(Response(other, first) for other in others), *(Response(policy) for policy in policies))


def response_named(name: str | None, policies: Sequence[str]) -> Response:
    """Return a response by name; by default the first: a difference where there are two policies."""
    known = {one.name: one for one in responses_of(policies)}
    if name is None:
        return next(iter(known.values()))
    if name not in known:
        raise InputError(Fault("response", "is a policy, or one minus the first", name, nearest(name, list(known))))
    return known[name]


def values_of(found: SweepResult, outcome: str, *, market: str, over: str) -> FloatArray:
    """Return an outcome by point, policy and replicate, (points, policies, replicates), NaN where a run is missing."""
    table = found.table(outcome, market=market, over=over)
    values = np.full((len(found.points), len(found.policies), found.replicates), np.nan)
    policy = pd.Index(found.policies).get_indexer(pd.Index(table["policy"]))
    values[table["point"], policy, table["replicate"]] = table[outcome].to_numpy(np.float64)
    return values
