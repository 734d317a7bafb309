"""Emulators: what a slow model would answer, from some hundred runs of it, with how sure that answer is.

Each response y of a point x in the unit cube is taken as
    y(x) = q(x) + g(x) + e,
q a quadratic polynomial fitted by ridge regression (its weight chosen by leave-one-out error), g a Gaussian process
with a Matern 5/2 kernel and one length per input, and e what another seed changes. The variance of e is measured at
points that were run more than once; where there are none it is fitted. What runs that were left out show beyond both
is added to the emulator's own variance, so that a poor emulator says so. Same input, same answer: nothing is drawn.
References: O'Hagan (2006), Rasmussen and Williams (2006, ch. 2).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from model.foundation.errors import Fault
from model.theory.arrays import BoolArray, FloatArray, floats, range_fault, require
from model.theory.emulator_fit import Fitted, fit_response, kernel, polynomial

FOLDS = 10
"""Parts of the runs that are left out in turn."""
FEWEST_AGAIN = 4
"""Degrees of freedom from which on repeated points measure the noise."""
_CHUNK = 4096


@dataclass(frozen=True, eq=False)
class Emulator:
    """Emulators of m responses over d inputs, from n runs.

    fitted: one of each response. noise: (m,) variance of one run about its mean. misfit: (m,) variance that runs left
    out show beyond what was expected. left_out: (n, m) what is predicted of each run without it and those beside it.
    responses: (n, m) the runs themselves.
    """

    fitted: tuple[Fitted, ...]
    noise: FloatArray
    misfit: FloatArray
    left_out: FloatArray
    responses: FloatArray

    @property
    def error(self) -> FloatArray:
        """Root of the mean squared error of left-out runs, (m,), in the unit of each response."""
        return floats(np.sqrt(np.mean((self.responses - self.left_out) ** 2, axis=0)))

    @property
    def explained(self) -> FloatArray:
        """Share of the runs' variance that is predicted when they are left out, (m,); noise cannot be predicted."""
        spread = np.maximum(self.responses.var(axis=0), 1e-300)
        return floats(1.0 - self.error**2 / spread)

    def predict(self, points: ArrayLike) -> tuple[FloatArray, FloatArray]:
        """Return the expected response and the variance of that expectation, both (k, m), at points (k, d).

        The variance is the emulator's alone; a run has `noise` on top.
        """
        given = floats(points)
        mean = np.empty((len(given), len(self.fitted)))
        variance = np.empty_like(mean)
        for begin in range(0, len(given), _CHUNK):
            rows = slice(begin, begin + _CHUNK)
            for at, one in enumerate(self.fitted):
                mean[rows, at], variance[rows, at] = one.predict(given[rows])
        return mean, variance + self.misfit

    def expected(self, points: ArrayLike) -> FloatArray:
        """Return the expected response alone, (k, m), much faster."""
        given = floats(points)
        parts = [
            np.column_stack([one.expected(given[begin : begin + _CHUNK]) for one in self.fitted])
            for begin in range(0, len(given), _CHUNK)
        ]
        return floats(np.concatenate(parts))


def fit_emulator(points: ArrayLike, *, responses: ArrayLike, groups: Sequence[int] | None = None) -> Emulator:
    """Return the emulator of some runs.

    points: (n, d) in the unit cube. responses: (n, m). groups: a number for each run; runs with the same number have
    the same point and differ in their seed. Errors: InputError for shapes that do not fit and values that are not
    finite.
    """
    at, found = floats(points), floats(responses)
    _check(at, found)
    group = np.arange(len(at)) if groups is None else np.asarray(groups, dtype=np.int64)
    measured = noise_of(found, groups=group)
    folds = _folds(group)
    fitted, noise, misfit = [], np.empty(found.shape[1]), np.empty(found.shape[1])
    left_out = np.empty_like(found)
    for column in range(found.shape[1]):
        one = fit_response(at, found[:, column], noise=None if measured is None else float(measured[column]))
        noise[column] = one.noise
        expected = np.empty(len(at))
        for fold in range(FOLDS):
            out = folds == fold
            if out.any():
                without = one.again(at[~out], found[~out, column])
                left_out[out, column], expected[out] = without.predict(at[out])
        squared = float(np.mean((found[:, column] - left_out[:, column]) ** 2))
        misfit[column] = max(0.0, squared - float(expected.mean()) - noise[column])
        fitted.append(one)
    return Emulator(tuple(fitted), noise, misfit, left_out, found)


def noise_of(responses: ArrayLike, *, groups: ArrayLike) -> FloatArray | None:
    """Return the variance of each response between runs of the same point, (m,), None where too few were repeated."""
    found, group = floats(responses), np.asarray(groups)
    squares, freedom = np.zeros(found.shape[1]), 0
    for one in np.unique(group):
        own = found[group == one]
        if len(own) > 1:
            squares += ((own - own.mean(axis=0)) ** 2).sum(axis=0)
            freedom += len(own) - 1
    return floats(squares / freedom) if freedom >= FEWEST_AGAIN else None


def _folds(groups: np.ndarray[tuple[int], np.dtype[np.int64]]) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """Return the fold of each run; runs of one point are left out together."""
    _, number = np.unique(groups, return_inverse=True)
    return np.asarray(number % FOLDS, dtype=np.int64)


def _check(points: FloatArray, responses: FloatArray) -> None:
    rule = "one row of responses for each point, at least three"
    right = points.ndim == 2 and responses.ndim == 2 and len(points) == len(responses) >= 3
    wrong = None if right else Fault("responses", rule, responses.shape, f"The points are {points.shape}.")
    require([wrong])
    finite: BoolArray = np.isfinite(responses)
    unknown = Fault("responses", "are finite numbers", f"{int((~finite).sum())} are not", "Leave those runs out.")
    require([range_fault("points", points, low=0.0, high=1.0), None if finite.all() else unknown])


__all__ = ["Emulator", "Fitted", "fit_emulator", "kernel", "noise_of", "polynomial"]
