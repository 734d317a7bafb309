"""How a month of advertising clears: CES demand of advertisers over channels, and prices that sell every impression.

Advertiser a spreads its budget B_a over channels k and an outside option whose price is fixed: its share in channel k
is s_ak, proportional to w_ak p_k^(1 - ces_sigma) with the weight w_ak = value_ak^(ces_sigma - 1), p_k USD a thousand
impressions, value_ak what a thousand are worth to it; the outside has the weight w_a0 alone. The budget answers the
price level, B_a = budget_a P_a^(1 + elasticity), where P_a^(1 - ces_sigma) = sum_k wbar_ak p_k^(1 - ces_sigma), wbar
the weights over their sum, outside included, so that P_a = 1 where all prices are 1. Prices clear p_k N_k / 1000 =
sum_a B_a s_ak for N_k impressions.

One solution, found from anywhere: in logarithms x = ln p, the excess F_k = ln sum_a B_a s_ak - x_k - ln(N_k / 1000)
has the Jacobian (ces_sigma + elasticity) S - ces_sigma I with S_kj = sum_a (a's part of k's income) s_aj >= 0 and rows
of S adding to at most 1. For -ces_sigma <= elasticity < 0 its negative is a diagonally dominant M-matrix: F has one
root, all prices rise with any budget and fall with any supply, and x + F / ces_sigma is a contraction in the largest
norm by 1 + elasticity / ces_sigma. Newton's steps are taken where they shrink F at least as fast, else the
contraction's.

Reference: Arrow, Block and Hurwicz (1959) for gross substitutes; Dekle, Eaton and Kortum (2008) for weights as shares.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from model.foundation.errors import Fault, ResonanceError
from model.theory.arrays import BoolArray, FloatArray, floats, range_fault, require, shape_fault

TOLERANCE = 1e-12
"""Largest |ln spend - ln income| that counts as cleared."""
MOST_STEPS = 5000
WEAKEST = -0.05  # nearer to 0 the price level that clears can lie beyond the largest float
_SMALL = 0.5  # |(1 - ces_sigma) ln p| below which the price level is taken from its deviation from 1


@dataclass(frozen=True, slots=True, eq=False)
class Clearing:
    """Prices that clear M markets of A advertisers and K channels, and what is spent at them.

    cpm: (M, K) USD a thousand impressions; infinite where nothing is on sale, 0 where nobody wants what is.
    spend: (M, A, K) USD. outside: (M, A) USD. budgets: (M, A) USD, spend and outside together. steps: taken by the
    slowest market.
    """

    cpm: FloatArray
    spend: FloatArray
    outside: FloatArray
    budgets: FloatArray
    steps: int


@dataclass(frozen=True, slots=True, eq=False)
class _Demand:
    """What does not change while prices are sought; column 0 of the weights is the outside option."""

    log_weights: FloatArray
    parts: FloatArray
    log_sum: FloatArray
    budgets: FloatArray
    sigma: float
    elasticity: FloatArray

    def at(self, log_prices: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return shares (M, A, K + 1) and budgets (M, A) at log prices (M, K + 1), of which column 0 is 0."""
        tilt = (1.0 - self.sigma) * log_prices[:, None, :]
        pull = self.log_weights + tilt
        top = pull.max(axis=2)
        top = np.where(np.isfinite(top), top, 0.0)
        shares = np.exp(pull - top[:, :, None])
        total = shares.sum(axis=2)
        spends = total > 0.0
        shares = shares / np.where(spends, total, 1.0)[:, :, None]
        if self.sigma == 1.0:
            level = np.sum(self.parts * log_prices[:, None, :], axis=2)
        else:
            near = np.abs(tilt).max(axis=2) < _SMALL
            gap = np.sum(self.parts * np.expm1(np.where(near[:, :, None], tilt, 0.0)), axis=2)
            far = top + np.log(np.where(spends, total, 1.0)) - self.log_sum
            level = np.where(near, np.log1p(gap), far) / (1.0 - self.sigma)
        level = np.where(spends, level, 0.0)
        return shares, self.budgets * np.exp((1.0 + self.elasticity) * level)


def clear_prices(
    weights: ArrayLike,
    *,
    outside: ArrayLike,
    budgets: ArrayLike,
    impressions: ArrayLike,
    ces_sigma: float,
    elasticity: ArrayLike = -1.0,
    start: ArrayLike | None = None,
) -> Clearing:
    """Return the one set of prices at which advertisers buy what every channel sells, market by market.

    weights: (M, A, K) >= 0, value^(ces_sigma - 1); at ces_sigma 1 they are the shares themselves (up to a factor).
    outside: (M, A) weight of the outside option. budgets: (M, A) USD at prices of 1. impressions: (M, K), 0 where a
    channel sells nothing. ces_sigma >= 1. elasticity: of impressions bought to the price level, () or (M,), at least
    -ces_sigma and at most -0.05; -1 keeps budgets fixed. start: (M, K) USD a thousand to begin from, such as last
    month's; it changes the steps, not the answer beyond rounding. A market's answer does not depend on the others.
    """
    worth, spare, money, sold = floats(weights), floats(outside), floats(budgets), floats(impressions)
    reach = _checked(worth, spare, money, sold, ces_sigma, elasticity, start)
    offered = (sold > 0.0) & (np.einsum("ma,mak->mk", money, worth) > 0.0)
    demand = _demand(np.where(offered[:, None, :], worth, 0.0), spare, money, ces_sigma, reach)
    log_sold = np.log(np.where(offered, sold, 1.0) / 1000.0)
    begin = np.zeros_like(sold) if start is None else floats(start)
    usable = offered & (begin > 0.0) & np.isfinite(begin)
    guess = np.log(np.where(usable, begin, 1.0))
    if start is None:
        guess = np.where(offered, np.log(np.maximum(money.sum(axis=1), 1e-300))[:, None] - log_sold, 0.0)
    with np.errstate(over="ignore", invalid="ignore"):  # a step of Newton's too far is seen and not taken
        found, steps = _root(demand, guess, log_sold=log_sold, offered=offered)
    shares, spent = demand.at(_with_outside(found))
    spend = spent[:, :, None] * shares
    cpm = np.where(offered, np.exp(found), np.where(sold > 0.0, 0.0, np.inf))
    return Clearing(cpm=cpm, spend=spend[:, :, 1:], outside=spend[:, :, 0], budgets=spend.sum(axis=2), steps=steps)


def ces_spending(
    weights: ArrayLike, *, outside: ArrayLike, budgets: ArrayLike, cpm: ArrayLike, ces_sigma: float,
    elasticity: ArrayLike = -1.0,
) -> tuple[FloatArray, FloatArray]:  # fmt: skip
    """Return what advertisers spend at given prices: (M, A, K) in channels and (M, A) outside, USD.

    cpm: (M, K) USD a thousand impressions, infinite where nothing is on sale. Others as in `clear_prices`.
    """
    worth, spare, money, prices = floats(weights), floats(outside), floats(budgets), floats(cpm)
    reach = _checked(worth, spare, money, np.zeros_like(prices), ces_sigma, elasticity, None)
    require([range_fault("cpm", prices, low=0.0, high=np.inf, open_low=True)])
    there = np.isfinite(prices)
    demand = _demand(np.where(there[:, None, :], worth, 0.0), spare, money, ces_sigma, reach)
    shares, spent = demand.at(_with_outside(np.log(np.where(there, prices, 1.0))))
    spend = spent[:, :, None] * shares
    return spend[:, :, 1:], spend[:, :, 0]


def weights_for(spend: ArrayLike, *, outside: ArrayLike, cpm: ArrayLike, ces_sigma: float) -> tuple[
    FloatArray, FloatArray
]:  # fmt: skip
    """Return the weights (M, A, K) and (M, A) under which advertisers spend just this at these prices.

    Closed form: w_ak = s_ak p_k^(ces_sigma - 1), w_a0 = s_a0. spend: (M, A, K), outside: (M, A) USD. cpm: (M, K), any
    finite number where nothing is spent. An advertiser who spends nothing gets weights of 0.
    """
    paid, spare, prices = floats(spend), floats(outside), floats(cpm)
    require([
        shape_fault("outside", spare, paid.shape[:2]),
        shape_fault("cpm", prices, (paid.shape[0], paid.shape[-1])),
        range_fault("spend", paid, low=0.0, high=np.inf, open_high=True),
        range_fault("outside", spare, low=0.0, high=np.inf, open_high=True),
        range_fault("cpm", prices, low=0.0, high=np.inf, open_low=True, open_high=True),
    ])  # fmt: skip
    total = paid.sum(axis=2) + spare
    scale = 1.0 / np.where(total > 0.0, total, 1.0)
    return paid * scale[:, :, None] * prices[:, None, :] ** (ces_sigma - 1.0), spare * scale


def spread_spending(affinity: ArrayLike, *, budgets: ArrayLike, incomes: ArrayLike) -> FloatArray:
    """Return (A, K) USD of each advertiser in each channel that meet budgets and incomes, nearest to the affinities.

    Iterative proportional fitting: spend_ak = r_a affinity_ak c_k. affinity: (A, K) above 0. budgets: (A,),
    incomes: (K,) USD, with equal sums (to 1e-9); an income or budget of 0 gives a column or row of 0.
    """
    seed, rows, columns = floats(affinity), floats(budgets), floats(incomes)
    faults = [
        range_fault("affinity", seed, low=0.0, high=np.inf, open_low=True, open_high=True),
        range_fault("budgets", rows, low=0.0, high=np.inf, open_high=True),
        range_fault("incomes", columns, low=0.0, high=np.inf, open_high=True),
        shape_fault("affinity", seed, (rows.size, columns.size)),
    ]
    gap = float(rows.sum() - columns.sum())
    if not abs(gap) <= 1e-9 * float(rows.sum() + columns.sum()):
        faults.append(Fault("budgets and incomes", "have equal sums", gap, "Put what is left over outside."))
    require(faults)
    found = seed * (rows[:, None] > 0.0) * (columns[None, :] > 0.0)
    for _ in range(MOST_STEPS):
        found = found * (rows / np.maximum(found.sum(axis=1), 1e-300))[:, None]
        sums = found.sum(axis=0)
        if (np.abs(sums - columns) <= TOLERANCE * np.maximum(columns, TOLERANCE * rows.sum())).all():
            return floats(found)
        found = found * (columns / np.maximum(sums, 1e-300))[None, :]
    raise ResonanceError("advertising: spending could not be spread to meet budgets and incomes")


def _demand(
    weights: FloatArray, outside: FloatArray, budgets: FloatArray, sigma: float, elasticity: FloatArray
) -> _Demand:
    joined = np.concatenate([outside[:, :, None], weights], axis=2)
    total = joined.sum(axis=2)
    safe = np.where(total > 0.0, total, 1.0)
    with np.errstate(divide="ignore"):
        logs = np.log(joined)
    return _Demand(
        log_weights=logs, parts=joined / safe[:, :, None], log_sum=np.log(safe), budgets=budgets, sigma=sigma,
        elasticity=elasticity[:, None],
    )  # fmt: skip


def _with_outside(log_prices: FloatArray) -> FloatArray:
    return np.concatenate([np.zeros((log_prices.shape[0], 1)), log_prices], axis=1)


def _excess(
    demand: _Demand, log_prices: FloatArray, log_sold: FloatArray, offered: BoolArray
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return F (M, K), shares (M, A, K) and spend (M, A, K); F is 0 where nothing clears."""
    shares, spent = demand.at(_with_outside(log_prices))
    shares = shares[:, :, 1:]
    spend = spent[:, :, None] * shares
    income = np.where(offered, spend.sum(axis=1), 1.0)
    with np.errstate(divide="ignore"):
        excess = np.where(offered, np.log(income) - log_prices - log_sold, 0.0)
    return excess, shares, spend


def _root(demand: _Demand, guess: FloatArray, *, log_sold: FloatArray, offered: BoolArray) -> tuple[FloatArray, int]:
    """Return log prices (M, K) at which F is 0, and the steps taken; cleared markets wait untouched for the others."""
    sigma, reach = demand.sigma, demand.elasticity[:, :, None]
    shrink = 1.0 + demand.elasticity[:, 0] / sigma
    own = sigma * np.eye(guess.shape[1])
    here = guess
    excess, shares, spend = _excess(demand, here, log_sold, offered)
    size = np.abs(excess).max(axis=1, initial=0.0)
    for steps in range(MOST_STEPS):
        todo = ~(size <= TOLERANCE)
        if not todo.any():
            return here, steps
        income = spend.sum(axis=1)
        payers = spend / np.where(income > 0.0, income, 1.0)[:, None, :]
        slope = own - (sigma + reach) * np.matmul(payers.transpose(0, 2, 1), shares)
        leap = np.linalg.solve(slope, excess[:, :, None])[:, :, 0]
        there = np.where(todo[:, None], here + leap, here)
        told = _excess(demand, there, log_sold, offered)
        gone = np.abs(told[0]).max(axis=1, initial=0.0)
        short = todo & ~(gone <= np.maximum(shrink * size, TOLERANCE))
        if short.any():
            there = np.where(short[:, None], here + excess / sigma, there)
            told = _excess(demand, there, log_sold, offered)
        here, (excess, shares, spend) = there, told
        size = np.abs(excess).max(axis=1, initial=0.0)
    raise ResonanceError(f"advertising: prices did not clear within {MOST_STEPS} steps; largest gap {size.max():.3g}")


def _checked(
    weights: FloatArray, outside: FloatArray, budgets: FloatArray, impressions: FloatArray, sigma: float,
    elasticity: ArrayLike, start: ArrayLike | None,
) -> FloatArray:  # fmt: skip
    """Return the elasticity of each market (M,) once everything is found to be in order."""
    if weights.ndim != 3:
        require([Fault("weights", "is a table of markets by advertisers by channels", weights.shape, "")])
    markets, advertisers, channels = weights.shape
    given = floats(elasticity)
    shapes = [
        shape_fault("outside", outside, (markets, advertisers)),
        shape_fault("budgets", budgets, (markets, advertisers)),
        shape_fault("impressions or cpm", impressions, (markets, channels)),
        None if given.ndim == 0 else shape_fault("elasticity", given, (markets,)),
        None if start is None else shape_fault("start", floats(start), (markets, channels)),
        range_fault("ces_sigma", sigma, low=1.0, high=100.0),
    ]
    named = {"weights": weights, "outside": outside, "budgets": budgets, "impressions": impressions}
    ranges = [range_fault(name, values, low=0.0, high=np.inf, open_high=True) for name, values in named.items()]
    require([*shapes, *ranges, range_fault("elasticity", given, low=-sigma, high=WEAKEST)])
    return np.broadcast_to(given, (markets,))
