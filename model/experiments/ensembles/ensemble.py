"""An ensemble: joint draws of uncertain parameters with their weights, such as the posterior of a calibration.

A forecast under an ensemble runs its scenario once for each member, with that member's values, so that what is not
known about the world is carried into every number that comes out. What a scenario sets itself is not touched.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from model.experiments.ensembles.checking import ensemble_faults
from model.experiments.ensembles.file import as_text, find_ensemble, read_ensemble
from model.foundation.errors import Fault, InputError, raise_faults
from model.foundation.files import write_text_whole
from model.spec.parameters import declared_parameters
from model.spec.scenario import Scenario
from model.spec.sources import set_by_sources, sets_key
from model.theory.quantiles import weighted_quantiles

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Ensemble:
    """Joint draws of parameters.

    name: short, as in file names. about: one or two sentences. parameters: names, (d,). values: (n, d), a row for each
    member, in the declared units. weights: (n,), not negative, with sum 1. made: how it came about in plain values:
    `method` at least; a calibration adds scenario and its digest, model version, window of the outcomes, seed, runs,
    date. Errors: InputError with every fault. Two ensembles are equal where their digests are.
    """

    name: str
    about: str
    parameters: tuple[str, ...]
    values: Floats
    weights: Floats
    made: Mapping[str, object]

    def __post_init__(self) -> None:
        raise_faults(
            ensemble_faults(self.name, self.about, self.parameters, self.values, self.weights, self.made,
                            place="ensemble")
        )  # fmt: skip
        for field, array in (("values", self.values), ("weights", self.weights)):
            held = np.array(array, dtype=np.float64)
            held.flags.writeable = False
            object.__setattr__(self, field, held)
        object.__setattr__(self, "parameters", tuple(self.parameters))
        object.__setattr__(self, "made", dict(self.made))

    def __len__(self) -> int:
        """Return the number of members."""
        return int(self.values.shape[0])

    def __eq__(self, other: object) -> bool:
        return self.digest == other.digest if isinstance(other, Ensemble) else NotImplemented

    def __hash__(self) -> int:
        return hash(self.digest)

    @property
    def units(self) -> tuple[str, ...]:
        """Units of the parameters, as declared."""
        return tuple(declared_parameters()[name].unit for name in self.parameters)

    @cached_property
    def digest(self) -> str:
        """Sixteen hexadecimal digits that stand for parameters, units, values and weights: what a forecast reads."""
        parts = [self.parameters, self.units, self.values.tolist(), self.weights.tolist()]
        text = json.dumps(parts, separators=(",", ":"), allow_nan=False)
        return hashlib.blake2b(text.encode(), digest_size=8).hexdigest()

    def draw(self, k: int) -> dict[str, float]:
        """Return the values of member k, from 0, by parameter. Errors: InputError where there is no such member."""
        if not is_whole(k) or not 0 <= k < len(self):
            rule = f"the members of {self.name} are numbered 0 to {len(self) - 1}"
            raise InputError(Fault("ensemble member", rule, k, "Example: ensemble.member(plan, 0)."))
        return dict(zip(self.parameters, self.values[k].tolist(), strict=True))

    def member(self, plan: Scenario, k: int) -> Scenario:
        """Return a scenario with the values of member k in place of declared defaults, and fresh starts.

        What a source of the scenario sets itself, a parameter (`held_by`) or `fresh_starts`, stays. Errors: InputError.
        """
        held = set(self.held_by(plan))
        values = {f"parameters.{name}": value for name, value in self.draw(k).items() if name not in held}
        return carrying(plan).replace(values)

    def held_by(self, plan: Scenario) -> tuple[str, ...]:
        """Return the parameters of the ensemble that a scenario sets itself: all members keep its value."""
        own = set_by_sources(plan)
        return tuple(name for name in self.parameters if name in own)

    def quantiles(self, levels: Sequence[float]) -> dict[str, Floats]:
        """Return weighted quantiles of each parameter: by name (len(levels),)."""
        return {
            name: weighted_quantiles(self.values[:, at], self.weights, levels)
            for at, name in enumerate(self.parameters)
        }

    def __repr__(self) -> str:
        return f"<Ensemble {self.name}: {len(self)} members, {len(self.parameters)} parameters>"

    def _repr_html_(self) -> str:
        from model.experiments.ensembles.card import ensemble_html

        return ensemble_html(self)


    def plain(self) -> dict[str, object]:
        """Return the ensemble as plain values for JSON, with the declared units."""
        return {
            "name": self.name, "about": self.about, "made": dict(self.made), "parameters": list(self.parameters),
            "units": list(self.units), "values": self.values.tolist(), "weights": self.weights.tolist(),
        }  # fmt: skip

    def save(self, path: str | Path) -> Path:
        """Write the ensemble to a JSON file, whole or not at all, and return its path. Errors: InputError."""
        file = Path(path)
        write_text_whole(file, as_text(self.plain()))
        return file


def open_ensemble(name_or_path: str | Path) -> Ensemble:
    """Return the ensemble of a file, or of a name: those that are shipped, and the working folder's `ensembles/`.

    Errors: InputError with every fault of the file.
    """
    path = find_ensemble(name_or_path)
    found = read_ensemble(path)
    return Ensemble(
        name=found.name, about=found.about, parameters=found.parameters, values=found.values, weights=found.weights,
        made=found.made,
    )  # fmt: skip


def carrying(plan: Scenario) -> Scenario:
    """Return a scenario whose replicates settle their own starts, unless a source of it says otherwise.

    The people that a start is settled with are a draw too, and each member has its own.
    """
    return plan if plan.fresh_starts or sets_key(plan, "fresh_starts") else plan.replace({"fresh_starts": True})


def is_whole(value: object) -> bool:
    """Tell whether a value is a whole number, of Python or of NumPy."""
    return isinstance(value, int | np.integer) and not isinstance(value, bool)
