"""What is calibrated, and what is believed of it before any outcome is looked at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from model.foundation.errors import Fault, nearest, raise_faults
from model.spec.parameters import Parameter, declared_parameters
from model.theory.arrays import FloatArray, floats

Shape = Literal["uniform", "log-uniform"]

CALIBRATED = (
    "streaming_trend", "paying_trend", "momentum", "trend_lead", "rho_free", "rho_paid", "beta_H", "beta_K", "beta_s",
    "nest_sigma", "alpha", "theta", "word_of_mouth", "payment_failure", "delta", "entrant_gap", "launch_hazard",
)  # fmt: skip
"""Parameters that the record of 2019 to 2022 may tell of: trends, attention, habit, taste, awareness, entry."""
WIDER = 0.25
"""Part of the likely range by which a prior reaches beyond it at each end, inside the bounds."""
MANIFOLD = 2.4
"""Ratio of the ends of a positive range from which on doublings, not differences, are equally likely."""


@dataclass(frozen=True, slots=True)
class Prior:
    """What is believed of one parameter: the same chance for equal steps, or equal ratios, between two ends.

    low, high: ends, in the declared unit. shape: "uniform" or "log-uniform".
    """

    name: str
    low: float
    high: float
    shape: Shape

    @property
    def line(self) -> Parameter:
        """The declaration of the parameter."""
        return declared_parameters()[self.name]

    def at(self, quantiles: ArrayLike) -> FloatArray:
        """Return the values at quantiles from 0 to 1, of the same shape."""
        share = floats(quantiles)
        if self.shape == "uniform":
            found = self.low + share * (self.high - self.low)
        else:
            found = self.low * (self.high / self.low) ** share
        return np.clip(found, self.low, self.high)

    def quantile(self, values: ArrayLike) -> FloatArray:
        """Return the chance of less than each value, of the same shape."""
        given = floats(values)
        if self.shape == "uniform":
            share = (given - self.low) / (self.high - self.low)
        else:
            share = np.log(np.maximum(given, 1e-300) / self.low) / np.log(self.high / self.low)
        return np.clip(share, 0.0, 1.0)


def prior_of(line: Parameter) -> Prior:
    """Return the prior of a declared parameter.

    Its likely range, `WIDER` at each end and cut at the bounds; log-uniform where the range is positive and its ends
    differ by more than the factor `MANIFOLD`.
    """
    low, high = line.likely
    if low > 0.0 and high / low > MANIFOLD:
        factor = (high / low) ** WIDER
        return Prior(line.name, max(low / factor, line.low), min(high * factor, line.high), "log-uniform")
    step = WIDER * (high - low)
    return Prior(line.name, max(low - step, line.low), min(high + step, line.high), "uniform")


def read_priors(names: Sequence[str]) -> tuple[Prior, ...]:
    """Return the priors of parameters by name, each once. Errors: InputError with every name that is wrong."""
    declared = declared_parameters()
    faults: list[Fault] = []
    for name in dict.fromkeys(names):
        line = declared.get(name)
        if line is None:
            faults.append(Fault("parameters", "no such parameter", name, nearest(str(name), list(declared))))
        elif line.whole or line.kind == "setting":
            way = "Leave it out: it is a choice of the modeller or a whole number."
            faults.append(Fault("parameters", "is a property of the world that moves smoothly", name, way))
        elif line.likely[0] == line.likely[1]:
            faults.append(Fault("parameters", "has a range", name, "Leave it out: its likely range is one value."))
    if not names:
        faults.append(Fault("parameters", "names at least one", "", "Example: rho_paid,alpha."))
    raise_faults(faults)
    return tuple(prior_of(declared[name]) for name in dict.fromkeys(names))


def values_at(priors: Sequence[Prior], unit: ArrayLike) -> FloatArray:
    """Return the values of points of the unit cube, (n, d)."""
    points = floats(unit)
    return floats(np.column_stack([prior.at(points[:, at]) for at, prior in enumerate(priors)]))


def unit_of(priors: Sequence[Prior], values: ArrayLike) -> FloatArray:
    """Return the points of the unit cube of values, (n, d); `values_at` turned round."""
    given = floats(values)
    return floats(np.column_stack([prior.quantile(given[:, at]) for at, prior in enumerate(priors)]))
