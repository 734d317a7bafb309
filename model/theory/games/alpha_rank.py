"""Alpha-rank: how much of the time populations of strategies that learn from each other spend in each cell of a game.

One population of m per player; in each cell one player's population at a time tries another strategy, which takes over
with the fixation probability rho(d) = (1 - exp(-alpha d)) / (1 - exp(-alpha m d)), 1/m at d = 0, for a gain of d. The
chain moves from a cell to each neighbour with eta * rho, eta = 1 / sum_i (s_i - 1), else it stays; alpha-rank is its
stationary distribution (Omidshafiei et al. 2019). It is found by the elimination of Grassmann, Taksar and Heyman
(1985), which subtracts nothing, so the rarest cell is as exact as the most common; in logarithms where rates underflow.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from model.theory.arrays import FloatArray, floats, range_fault, require
from model.theory.games.payoffs import checked_game

_SMALLEST = 1e-200
"""Below this a rate of leaving is computed in logarithms: what underflows beside it would no longer be negligible."""


def alpha_rank(payoffs: ArrayLike, *, alpha: float, population: int = 50) -> FloatArray:
    """Return the share of time in each cell, (s_1, ..., s_n), sum 1.

    payoffs: (n_players, s_1, ..., s_n), any unit. alpha: strength of selection, >= 0, per unit of payoff; at 0 all
    cells are alike, and as it grows only the cells remain that better replies lead to and do not leave. population: m,
    members per population, at least 2.
    """
    table = checked_game(payoffs)
    require(
        [
            range_fault("alpha", alpha, low=0.0, high=np.inf, open_high=True),
            range_fault("population", population, low=2, high=np.inf, open_high=True),
        ]
    )
    log_rates = _log_rates(table, alpha, float(population))
    shares = _stationary(np.exp(log_rates))
    if shares is None:
        shares = _stationary_by_logarithms(log_rates)
    return floats(shares.reshape(table.shape[1:]))


def log_fixation(gains: ArrayLike, *, alpha: float, population: float) -> FloatArray:
    """Return ln rho of mutants that earn `gains` more than the rest: (..) plain numbers <= 0.

    gains: any shape, unit of the payoffs. alpha: per that unit. population: members.
    """
    pressure = alpha * floats(gains)
    size = np.abs(pressure)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.log(-np.expm1(-size)) - np.log(-np.expm1(-population * size))
    ratio = np.where(size < 1e-300, -np.log(population), ratio)
    return floats(np.where(pressure < 0.0, ratio - (population - 1.0) * size, ratio))


def _log_rates(payoffs: FloatArray, alpha: float, population: float) -> FloatArray:
    """Return the logarithms of the chances to move between cells, (n_cells, n_cells), -inf where none."""
    sizes = payoffs.shape[1:]
    cells = np.arange(int(np.prod(sizes))).reshape(sizes)
    logs = np.full((cells.size, cells.size), -np.inf)
    log_eta = -np.log(max(sum(sizes) - len(sizes), 1))
    for player, size in enumerate(sizes):
        own = np.moveaxis(payoffs[player], player, 0).reshape(size, -1)
        where = np.moveaxis(cells, player, 0).reshape(size, -1)
        for here in range(size):
            for there in range(size):
                if here != there:
                    gain = own[there] - own[here]
                    logs[where[here], where[there]] = log_eta + log_fixation(gain, alpha=alpha, population=population)
    return logs


def _stationary(rates: FloatArray) -> FloatArray | None:
    """Return the stationary distribution, (n,), or None where a number underflows. rates: changed in place."""
    n = len(rates)
    leaving = np.ones(n)
    for last in range(n - 1, 0, -1):
        leaving[last] = rates[last, :last].sum()
        if not leaving[last] > _SMALLEST:
            return None
        rates[:last, :last] += np.outer(rates[:last, last], rates[last, :last] / leaving[last])
    shares = np.zeros(n)
    shares[0] = 1.0
    with np.errstate(over="ignore", invalid="ignore"):
        for cell in range(1, n):
            shares[cell] = shares[:cell] @ rates[:cell, cell] / leaving[cell]
        total = shares.sum()
    return floats(shares / total) if np.isfinite(total) else None


def _stationary_by_logarithms(logs: FloatArray) -> FloatArray:
    """Return the same from logarithms of the rates: slower, exact whatever their span. logs: changed in place."""
    n = len(logs)
    leaving = np.zeros(n)
    for last in range(n - 1, 0, -1):
        leaving[last] = np.logaddexp.reduce(logs[last, :last])
        moved = logs[last, :last] - leaving[last]
        np.logaddexp(logs[:last, :last], logs[:last, last, None] + moved, out=logs[:last, :last])
    shares = np.zeros(n)
    for cell in range(1, n):
        shares[cell] = np.logaddexp.reduce(shares[:cell] + logs[:cell, cell]) - leaving[cell]
    shares = np.exp(shares - shares.max())
    return floats(shares / shares.sum())
