"""Markov chains that draw from a density known up to a factor: emcee's ensemble of walkers, with keyed randomness.

Walkers move along the difference of two others (ter Braak 2006), sometimes by stretches along the line to one (Goodman
and Weare 2010; emcee: Foreman-Mackey et al. 2013), so the scale of the density need not be known. The sampler's
generator is emcee's own; its whole state is set from a key, so that the same key, density and beginning give the same
chain.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from model.foundation.errors import Fault
from model.foundation.rng import uniforms
from model.theory.arrays import FloatArray, floats, require

Density = Callable[[FloatArray], FloatArray]
"""Log densities, (k,), of points (k, d); minus infinity where there is none."""
LONG_ENOUGH = 50.0
"""Autocorrelation times that a chain should be long, as emcee's authors advise."""
BURNT = 5.0
"""Autocorrelation times at the beginning that are thrown away."""


@dataclass(frozen=True, eq=False)
class Chain:
    """What the walkers saw.

    draws: (n, d), after the beginning was thrown away, every so many steps. density: (n,) log densities of the draws.
    steps: lived by each walker; burnt: of these thrown away; walkers: how many. acceptance: share of moves taken.
    time: (d,) autocorrelation times in steps.
    """

    draws: FloatArray
    density: FloatArray
    steps: int
    burnt: int
    walkers: int
    acceptance: float
    time: FloatArray

    @property
    def effective(self) -> float:
        """Number of independent draws that the kept steps are worth, by the slowest dimension."""
        kept = (self.steps - self.burnt) * self.walkers
        return float(kept / max(1.0, float(self.time.max())))

    @property
    def converged(self) -> bool:
        """Whether the chain is long against its memory, and moves are taken neither hardly ever nor nearly always."""
        return bool(self.steps >= LONG_ENOUGH * self.time.max() and 0.1 <= self.acceptance <= 0.9)


def run_chain(density: Density, *, start: ArrayLike, key: np.uint64, steps: int = 4000, block: int = 500) -> Chain:
    """Return draws from a density by emcee.

    start: (walkers, d), an even number of walkers, at least 2d, at places of positive density. key: of the sampler's
    randomness. steps: each walker's, at most; it stops after a block when the chain is long enough.
    Errors: InputError for too few walkers, and for beginnings without density.
    """
    import emcee

    begin = floats(start)
    _check(begin, density)
    walkers, dims = begin.shape
    # emcee's snooker move, often added to these, came out a fifth too narrow on a normal density: it is not used
    moves = [(emcee.moves.DEMove(), 0.8), (emcee.moves.StretchMove(), 0.2)]
    sampler = emcee.EnsembleSampler(walkers, dims, density, moves=moves, vectorize=True)
    sampler.random_state = _generator_state(key)
    place: Any = begin
    times = np.full(dims, np.inf)
    lived = 0
    while lived < steps:
        place = sampler.run_mcmc(place, min(block, steps - lived), progress=False, skip_initial_state_check=True)
        lived = int(sampler.iteration)
        times = _times(sampler.get_chain())
        if lived >= LONG_ENOUGH * float(times.max()):
            break
    burnt = min(int(BURNT * float(times.max())), lived // 2)
    thin = max(1, int(float(times.min()) / 2.0))
    return Chain(
        draws=floats(sampler.get_chain(discard=burnt, thin=thin, flat=True)),
        density=floats(sampler.get_log_prob(discard=burnt, thin=thin, flat=True)), steps=lived, burnt=burnt,
        walkers=walkers, acceptance=float(np.mean(sampler.acceptance_fraction)), time=times,
    )  # fmt: skip


def _times(chain: FloatArray) -> FloatArray:
    """Return integrated autocorrelation times, (d,), of a chain (steps, walkers, d), at least 1."""
    from emcee.autocorr import integrated_time

    found = floats(integrated_time(chain, tol=0, quiet=True))
    return np.maximum(np.where(np.isfinite(found), found, float(len(chain))), 1.0)


def _generator_state(key: np.uint64) -> tuple[str, FloatArray, int, int, float]:
    """Return a full state of the Mersenne twister that emcee draws from, filled with words of the key."""
    words = (uniforms(key, np.arange(624)) * 2.0**32).astype(np.uint32)
    return ("MT19937", words, 624, 0, 0.0)  # type: ignore[return-value]


def _check(begin: FloatArray, density: Density) -> None:
    shape = begin.ndim == 2 and len(begin) % 2 == 0 and len(begin) >= 2 * begin.shape[1]
    rule = "has an even number of walkers, at least two for each dimension"
    require([None if shape else Fault("start", rule, begin.shape, "Begin with more walkers.")])
    there = np.isfinite(density(begin))
    way = "Begin where the density is positive."
    require(
        [None if there.all() else Fault("start", "has density everywhere", f"{int((~there).sum())} have none", way)]
    )
