"""Ensembles that rest on no outcomes: independent draws from the declared likely ranges."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from model.experiments.ensembles.ensemble import Ensemble
from model.foundation.errors import Fault, nearest, raise_faults
from model.foundation.rng import stream_key
from model.foundation.version import model_version
from model.spec.parameters import Parameter, declared_parameters
from model.theory.designs import latin_hypercube

MOST = 20_000


def prior_ensemble(
    parameters: Sequence[str], *, members: int = 64, seed: int = 1, name: str = "prior", about: str = ""
) -> Ensemble:
    """Return independent draws, uniform over the declared likely ranges, as a keyed Latin hypercube, equal weights.

    It says what follows from not having calibrated at all, and so is the bar that a posterior is held against. Whole
    parameters take whole values. Errors: InputError with every fault.
    """
    declared = declared_parameters()
    faults = [
        Fault("prior: parameters", "no such parameter", one, nearest(str(one), list(declared)))
        for one in parameters
        if one not in declared
    ]
    if not parameters:
        faults.append(Fault("prior: parameters", "names at least one", "", 'Example: ["theta", "alpha"].'))
    if not 1 <= members <= MOST:
        faults.append(Fault("prior: members", f"is a whole number from 1 to {MOST:,}", members, "Usual: 64."))
    raise_faults(faults)
    names = tuple(parameters)
    unit = latin_hypercube(members, n_dims=len(names), key=stream_key(seed, "prior ensemble"))
    columns = [_at(declared[one], unit[:, at]) for at, one in enumerate(names)]
    words = (
        about or f"Independent draws of {len(names)} parameters from their declared likely ranges; no outcomes used."
    )
    made: dict[str, object] = {
        "method": "Latin hypercube over the declared likely ranges", "seed": seed, "members": members,
        "model_version": model_version(), "ranges": {one: list(declared[one].likely) for one in names},
    }  # fmt: skip
    return Ensemble(
        name=name, about=words, parameters=names, values=np.column_stack(columns),
        weights=np.full(members, 1.0 / members), made=made,
    )  # fmt: skip


def _at(
    line: Parameter, quantile: np.ndarray[tuple[int], np.dtype[np.float64]]
) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Return the values of a parameter at quantiles of its likely range, (n,)."""
    low, high = line.likely
    if line.whole:
        return np.minimum(np.floor(low + quantile * (high - low + 1.0)), high)
    return np.minimum(low + quantile * (high - low), high)
