"""One response of an emulator: quadratic mean by ridge regression, Gaussian process on what it leaves."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.linalg import cho_factor, cho_solve
from scipy.optimize import minimize

from model.theory.arrays import FloatArray, floats

RIDGES = tuple(10.0**power for power in np.arange(-3.0, 3.01, 0.5))
"""Weights of the ridge that are tried, for responses and terms scaled to unit spread."""
LENGTHS = (0.3, 30.0)
"""Bounds of the lengths of the process, in half widths of an input's range; the longest means: does not matter."""
HEIGHTS = (1e-4, 10.0)
"""Bounds of the variance of the process, in that of the response."""
NOISES = (1e-6, 1.0)
STEPS = 60
"""Steps of the search for the process's lengths, at most."""


@dataclass(frozen=True, eq=False)
class Fitted:
    """One response, fitted. Lengths and terms are in coordinates 2x - 1; the response is scaled by centre and scale.

    coefficients: of `polynomial`. points: (n, d) runs. lengths: (d,). height: variance of the process. ridge: weight
    of the polynomial's coefficients. weights: (n,) inverse covariance times residual. inverse: (n, n) inverse
    covariance. nugget, noise: variance of a run about its mean, scaled and in the square of the response's unit.
    """

    coefficients: FloatArray
    points: FloatArray
    lengths: FloatArray
    height: float
    ridge: float
    weights: FloatArray
    inverse: FloatArray
    nugget: float
    centre: float
    scale: float

    @property
    def noise(self) -> float:
        """Variance of one run about its mean, in the square of the response's unit."""
        return self.nugget * self.scale**2

    def expected(self, points: FloatArray) -> FloatArray:
        """Return the expected response at points (k, d) of the unit cube."""
        near = kernel(2.0 * points - 1.0, self.points, lengths=self.lengths, height=self.height)
        mean = polynomial(points) @ self.coefficients + near @ self.weights
        return floats(self.centre + self.scale * mean)

    def predict(self, points: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return the expected response and the variance of that expectation at points (k, d) of the unit cube."""
        near = kernel(2.0 * points - 1.0, self.points, lengths=self.lengths, height=self.height)
        mean = polynomial(points) @ self.coefficients + near @ self.weights
        left = self.height - np.einsum("ij,ij->i", near @ self.inverse, near)
        variance = self.scale**2 * np.maximum(left, 0.0)
        return floats(self.centre + self.scale * mean), floats(variance)

    def again(self, points: FloatArray, responses: FloatArray) -> Fitted:
        """Return the same emulator from other runs: lengths, height and ridge as they are, all else fitted anew."""
        return _settled(
            points, (responses - self.centre) / self.scale, lengths=self.lengths, height=self.height, ridge=self.ridge,
            nugget=self.nugget, centre=self.centre, scale=self.scale,
        )  # fmt: skip


def fit_response(points: FloatArray, responses: FloatArray, *, noise: float | None) -> Fitted:
    """Return the emulator of one response. points: (n, d) in the unit cube; noise: variance of a run, None: fitted."""
    centre = float(responses.mean())
    scale = float(responses.std()) or 1.0
    scaled = (responses - centre) / scale
    ridge, mean = _ridge(points, scaled)
    residual = scaled - mean
    known = None if noise is None else float(np.clip(noise / scale**2, *NOISES))
    lengths, height, nugget = _lengths(2.0 * points - 1.0, residual, nugget=known)
    return _settled(points, scaled, lengths=lengths, height=height, ridge=ridge, nugget=nugget, centre=centre,
                    scale=scale)  # fmt: skip


def polynomial(points: FloatArray) -> FloatArray:
    """Return the terms 1, z, z^2 - 1/3 and z_i z_j of points (k, d), z = 2x - 1: (k, 1 + 2d + d(d - 1)/2)."""
    z = 2.0 * points - 1.0
    first, second = np.triu_indices(z.shape[1], k=1)
    return floats(np.column_stack([np.ones(len(z)), z, z**2 - 1.0 / 3.0, z[:, first] * z[:, second]]))


def kernel(one: FloatArray, other: FloatArray, *, lengths: FloatArray, height: float) -> FloatArray:
    """Return the Matern 5/2 covariance between points (k, d) and (n, d): (k, n)."""
    a, b = one / lengths, other / lengths
    squared = (a**2).sum(axis=1)[:, None] + (b**2).sum(axis=1)[None, :] - 2.0 * a @ b.T
    r = np.sqrt(5.0 * np.maximum(squared, 0.0))
    return floats(height * (1.0 + r + r**2 / 3.0) * np.exp(-r))


def _ridge(points: FloatArray, scaled: FloatArray) -> tuple[float, FloatArray]:
    """Return the ridge of the least leave-one-out error, and the fitted mean with it."""
    terms = polynomial(points)[:, 1:]
    left, sizes, _ = np.linalg.svd(terms - terms.mean(axis=0), full_matrices=False)
    best, mean, ridge = np.inf, np.zeros(len(scaled)), RIDGES[-1]
    for weight in RIDGES:
        shrink = sizes**2 / (sizes**2 + weight)
        fit = left @ (shrink * (left.T @ scaled))
        leverage = np.einsum("ij,j,ij->i", left, shrink, left) + 1.0 / len(scaled)
        error = float(np.mean(((scaled - fit) / np.maximum(1.0 - leverage, 1e-6)) ** 2))
        if error < best:
            best, mean, ridge = error, floats(fit), weight
    return ridge, mean


def _lengths(z: FloatArray, residual: FloatArray, *, nugget: float | None) -> tuple[FloatArray, float, float]:
    """Return lengths, height and nugget of the largest marginal likelihood, searched from one fixed beginning."""
    from sklearn.gaussian_process import GaussianProcessRegressor
    from sklearn.gaussian_process.kernels import ConstantKernel, Matern, WhiteKernel

    dims = z.shape[1]
    spread = float(np.clip(residual.var(), HEIGHTS[0], HEIGHTS[1]))
    form = ConstantKernel(0.5 * spread, HEIGHTS) * Matern(np.full(dims, 3.0), LENGTHS, nu=2.5)
    if nugget is None:
        form = form + WhiteKernel(min(0.5 * spread, NOISES[1]), NOISES)
    process = GaussianProcessRegressor(form, alpha=nugget or 1e-10, optimizer=_search, copy_X_train=False)
    with warnings.catch_warnings():
        # a length at its bound is an answer: the input does not matter, or all is noise
        warnings.simplefilter("ignore")
        found = process.fit(z, residual).kernel_
    own = found if nugget is not None else found.k1
    lengths = np.broadcast_to(own.k2.length_scale, (dims,)).astype(np.float64)
    noise = nugget if nugget is not None else float(found.k2.noise_level)
    return floats(lengths), float(own.k1.constant_value), noise


def _search(
    objective: Callable[..., tuple[float, FloatArray]], start: FloatArray, bounds: FloatArray
) -> tuple[FloatArray, float]:
    """Return the best parameters and the value there, as scikit-learn asks its optimisers."""
    found = minimize(objective, start, method="L-BFGS-B", jac=True, bounds=bounds, options={"maxiter": STEPS})
    return found.x, found.fun


def _settled(
    points: FloatArray, scaled: FloatArray, *, lengths: FloatArray, height: float, ridge: float, nugget: float,
    centre: float, scale: float,
) -> Fitted:  # fmt: skip
    """Return the emulator with its mean and process solved for given lengths, height and weights."""
    terms = polynomial(points)
    penalty = ridge * np.eye(terms.shape[1])
    penalty[0, 0] = 0.0
    coefficients = np.linalg.solve(terms.T @ terms + penalty, terms.T @ scaled)
    z = 2.0 * points - 1.0
    covariance = kernel(z, z, lengths=lengths, height=height)
    covariance[np.diag_indices_from(covariance)] += nugget + 1e-10
    factor = cho_factor(covariance, lower=True)
    weights = cho_solve(factor, scaled - terms @ coefficients)
    inverse = cho_solve(factor, np.eye(len(z)))
    return Fitted(
        coefficients=floats(coefficients), points=floats(z), lengths=lengths, height=height, ridge=ridge,
        weights=floats(weights), inverse=floats(inverse), nugget=nugget, centre=centre, scale=scale,
    )  # fmt: skip
