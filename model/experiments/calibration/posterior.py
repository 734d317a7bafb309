"""What is believed after the outcomes: the density of parameters given recorded moments by an emulator, and draws.

A recorded moment z is taken as a run's moment with three errors, all normal and independent: of the record, of what
the model leaves out (`moments`), and of the run and the emulator about the model's mean. So
    log p(x | z) = -1/2 sum_j [(z_j - m_j(x))^2 / v_j(x) + ln v_j(x)],
    v_j(x) = f (record_j^2 + discrepancy_j^2 + noise_j + emulator_j(x)),
on the unit cube, where the prior is flat. f, 1 or more, is set by the check on known truths (`coverage`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.special import ndtr, ndtri

from model.foundation.rng import stream_key, uniforms
from model.theory.arrays import BoolArray, FloatArray, floats
from model.theory.chains import Chain, run_chain
from model.theory.concentration import effective_number
from model.theory.designs import latin_hypercube, sobol_points
from model.theory.emulator import Emulator

WIDE = 4.0
"""Factor on all variances from whose posterior the second wave is drawn: wide, since the first emulator is rough."""
FEWEST_WALKERS = 48


@dataclass(frozen=True, eq=False)
class Likelihood:
    """How well a point explains moments.

    emulator: of the active inputs. value: (m,) recorded moments. variance: (m,) of record and discrepancy. factor: f.
    """

    emulator: Emulator
    value: FloatArray
    variance: FloatArray
    factor: float = 1.0

    def wider(self, factor: float) -> Likelihood:
        """Return the same with another factor on all variances."""
        return replace(self, factor=factor)

    def log(self, unit: FloatArray) -> FloatArray:
        """Return log densities, (k,), of points (k, active) of the unit cube, up to a constant."""
        return self.log_of(*self.emulator.predict(unit))

    def log_of(self, mean: FloatArray, variance: FloatArray) -> FloatArray:
        """Return log densities where the emulator's answers, both (k, m), are known."""
        whole = self.factor * (self.variance + self.emulator.noise + variance)
        return floats(-0.5 * ((self.value - mean) ** 2 / whole + np.log(whole)).sum(axis=1))

    def on_normal_scale(self, normal: FloatArray) -> FloatArray:
        """Return log densities, (k,), of points (k, active) whose normal quantiles are given, up to a constant.

        There the prior is the standard normal and has no edges, past which a walker's move would be lost.
        """
        return floats(self.log(ndtr(normal)) - 0.5 * (normal**2).sum(axis=1))


@dataclass(frozen=True, eq=False)
class Cloud:
    """Points of the prior at which the emulator was asked once, for weighing them by many records.

    unit: (n, active) Sobol' points. mean, variance: (n, m) of the emulator.
    """

    unit: FloatArray
    mean: FloatArray
    variance: FloatArray

    def weights(self, likelihood: Likelihood) -> FloatArray:
        """Return the chance of each point given the moments, (n,), summing to 1."""
        log = likelihood.log_of(self.mean, self.variance)
        weights = np.exp(log - log.max())
        return floats(weights / weights.sum())


def cloud_of(emulator: Emulator, *, dims: int, count: int, seed: int) -> Cloud:
    """Return a cloud of Sobol' points over the prior. count: best a power of two."""
    unit = sobol_points(count, n_dims=dims, key=stream_key(seed, "calibration cloud"))
    mean, variance = emulator.predict(unit)
    return Cloud(unit, mean, variance)


def chain_of(likelihood: Likelihood, *, cloud: Cloud, steps: int, key: np.uint64) -> Chain:
    """Return draws of the posterior in the unit cube; the walkers begin at the likeliest points of a cloud."""
    walkers = max(FEWEST_WALKERS, 4 * cloud.unit.shape[1])
    walkers += walkers % 2
    log = likelihood.log_of(cloud.mean, cloud.variance)
    best = np.argsort(-log, kind="stable")[:walkers]
    chain = run_chain(likelihood.on_normal_scale, start=ndtri(cloud.unit[best]), key=key, steps=steps)
    return replace(chain, draws=floats(ndtr(chain.draws)))


def some_of(draws: FloatArray, count: int, *, key: np.uint64) -> FloatArray:
    """Return a number of draws, chosen by a key without taking one twice while there are enough, (count, d)."""
    order = np.argsort(uniforms(key, np.arange(len(draws))), kind="stable")
    return floats(draws[np.resize(order, count)])


def whole_points(active: BoolArray, chosen: FloatArray, *, key: np.uint64) -> FloatArray:
    """Return points of all parameters, (n, d): the chosen of the active ones, a Latin hypercube of the others."""
    unit = latin_hypercube(len(chosen), n_dims=len(active), key=key)
    unit[:, active] = chosen
    return unit


def tempered(log_ratios: FloatArray, *, least: float) -> tuple[FloatArray, float]:
    """Return weights of draws from the logs of new over old density, (n,) with sum 1, and the power they are raised to.

    The power is 1, or as much below as keeps the draws worth `least` equal ones (a part of n, as 0.5).
    """
    shifted = log_ratios - log_ratios.max()
    powers: Sequence[float] = [*np.linspace(1.0, 0.05, 20), 0.0]
    for power in powers:
        weights = np.exp(power * shifted)
        if effective_number(weights) >= least * len(weights):
            break
    return floats(weights / weights.sum()), float(power)
