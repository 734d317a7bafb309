"""How demand answers prices under nested logit: derivatives, elasticities and diversion, in closed form.

With s_io the probability of user i, c_io the probability within the nest and lambda = 1 - nest_sigma,
d s_ij / d V_ik = s_ij (1{j = k} / lambda - (1 - lambda) / lambda c_ik 1{same nest} - s_ik), and d V_ik / d p_k = -mu_i.
Demand is Q_j = sum_i w_i s_ij. Reference: Train (2009), ch. 4; Conlon and Mortimer (2021) for diversion.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from model.theory.arrays import FloatArray, IntArray, floats, range_fault, require, shape_fault, user_weights


def slope_parts(
    probabilities: ArrayLike,
    nests: ArrayLike,
    *,
    nest_sigma: float,
    marginal_utility: ArrayLike,
    weights: ArrayLike | None = None,
) -> tuple[FloatArray, FloatArray]:
    """Return L (n_options,) and G (n_options, n_options) such that dQ_j/dp_k = 1{j = k} L_j - G_jk.

    L_j = -sum_i w_i mu_i s_ij / lambda, G_jk = -sum_i w_i mu_i s_ij (s_ik + nest_sigma / lambda c_ik 1{same nest}): the
    split that the fixed point of Morrow and Skerlos (2011) needs. Arguments and units as in `demand_slopes`.
    """
    chances, groups, steepness = _checked(probabilities, nests, nest_sigma, marginal_utility, weights)
    within = within_nest(chances, groups)
    dissimilarity = 1.0 - nest_sigma
    weighted = steepness[:, None] * chances
    same_nest = groups[:, None] == groups[None, :]
    cross = weighted.T @ chances + (nest_sigma / dissimilarity) * same_nest * (weighted.T @ within)
    return floats(-weighted.sum(axis=0) / dissimilarity), floats(-cross)


def demand_slopes(
    probabilities: ArrayLike,
    nests: ArrayLike,
    *,
    nest_sigma: float,
    marginal_utility: ArrayLike,
    weights: ArrayLike | None = None,
) -> FloatArray:
    """Return dQ_j / dp_k, people per USD a month, rows the demand j and columns the price k.

    probabilities: (n_users, n_options) from `nested_logit`. nests: (n_options,).
    marginal_utility: (n_users,) mu_i >= 0, utility lost per USD of price.
    weights: (n_users,) people per user, default 1; attention times people gives the slopes of a month's expected flows.
    Returns (n_options, n_options), symmetric, columns summing to 0. A free offer's column is the first dollar's effect.
    """
    own, cross = slope_parts(
        probabilities, nests, nest_sigma=nest_sigma, marginal_utility=marginal_utility, weights=weights
    )
    return floats(np.diag(own) - cross)


def elasticity_matrix(
    probabilities: ArrayLike,
    nests: ArrayLike,
    *,
    nest_sigma: float,
    prices: ArrayLike,
    marginal_utility: ArrayLike,
    weights: ArrayLike | None = None,
) -> FloatArray:
    """Return the price elasticities of demand E_jk = (dQ_j / dp_k) p_k / Q_j.

    prices: (n_options,) USD per month, 0 for the outside option and free offers (whose columns are then 0).
    Other arguments as in `demand_slopes`. Returns (n_options, n_options); the row of an option nobody takes is NaN.
    """
    slopes = demand_slopes(
        probabilities, nests, nest_sigma=nest_sigma, marginal_utility=marginal_utility, weights=weights
    )
    chances, posted = floats(probabilities), floats(prices)
    _require_prices(posted, chances.shape[1])
    demand = user_weights(weights, chances.shape[0]) @ chances
    return _ratio(slopes * posted[None, :], demand[:, None])


def own_elasticities(
    probabilities: ArrayLike,
    nests: ArrayLike,
    *,
    nest_sigma: float,
    prices: ArrayLike,
    marginal_utility: ArrayLike,
    weights: ArrayLike | None = None,
) -> FloatArray:
    """Return the own-price elasticities (dQ_j / dp_j) p_j / Q_j, the diagonal of `elasticity_matrix` in linear time.

    Arguments as in `elasticity_matrix`. Returns (n_options,); NaN for an option nobody takes.
    """
    chances, groups, steepness = _checked(probabilities, nests, nest_sigma, marginal_utility, weights)
    posted = floats(prices)
    _require_prices(posted, chances.shape[1])
    dissimilarity = 1.0 - nest_sigma
    response = 1.0 / dissimilarity - nest_sigma / dissimilarity * within_nest(chances, groups) - chances
    slopes = -(steepness[:, None] * chances * response).sum(axis=0)
    demand = user_weights(weights, chances.shape[0]) @ chances
    return _ratio(slopes * posted, demand)


def diversion_ratios(
    probabilities: ArrayLike,
    nests: ArrayLike,
    *,
    nest_sigma: float,
    marginal_utility: ArrayLike,
    weights: ArrayLike | None = None,
) -> FloatArray:
    """Return D_ok = -(dQ_k / dp_o) / (dQ_o / dp_o): of those who leave o as its price rises, the share that goes to k.

    Arguments as in `demand_slopes`. Returns (n_options, n_options) with zeros on the diagonal, so that every row sums
    to 1, the outside option (column 0) included. Row 0 treats the outside option as if it had a price. The row of an
    option that nobody leaves (nobody takes it, or nobody minds its price) is NaN.
    """
    slopes = demand_slopes(
        probabilities, nests, nest_sigma=nest_sigma, marginal_utility=marginal_utility, weights=weights
    )
    leaving = np.diag(slopes)
    ratios = _ratio(-slopes.T, leaving[:, None])
    np.fill_diagonal(ratios, np.where(leaving != 0.0, 0.0, np.nan))
    return ratios


def within_nest(probabilities: FloatArray, nests: IntArray) -> FloatArray:
    """Return the probability of each option given its nest; 0 in a nest that a user cannot reach.

    probabilities: (n_users, n_options). nests: (n_options,). Returns (n_users, n_options).
    """
    result = np.zeros_like(probabilities)
    for nest in np.unique(nests):
        columns = nests == nest
        inside = probabilities[:, columns]
        total = inside.sum(axis=1, keepdims=True)
        result[:, columns] = np.divide(inside, total, out=np.zeros_like(inside), where=total > 0.0)
    return result


def _ratio(numerator: FloatArray, denominator: FloatArray) -> FloatArray:
    return floats(np.divide(numerator, denominator, out=np.full(numerator.shape, np.nan), where=denominator != 0.0))


def _require_prices(prices: FloatArray, n_options: int) -> None:
    require(
        [
            shape_fault("prices", prices, (n_options,)),
            range_fault("prices", prices, low=0.0, high=np.inf, open_high=True),
        ]
    )


def _checked(
    probabilities: ArrayLike,
    nests: ArrayLike,
    nest_sigma: float,
    marginal_utility: ArrayLike,
    weights: ArrayLike | None,
) -> tuple[FloatArray, IntArray, FloatArray]:
    """Return probabilities, nests and each user's weight times marginal utility (n_users,)."""
    chances, groups, steepness = (
        np.atleast_2d(floats(probabilities)),
        np.asarray(nests, dtype=np.int64),
        floats(marginal_utility),
    )
    require(
        [
            shape_fault("nests", groups, chances.shape[1:]),
            shape_fault("marginal_utility", steepness, chances.shape[:1]),
            range_fault("marginal_utility", steepness, low=0.0, high=np.inf, open_high=True),
            range_fault("probabilities", chances, low=0.0, high=1.0),
            range_fault("nest_sigma", nest_sigma, low=0.0, high=1.0, open_high=True),
        ]
    )
    return chances, groups, user_weights(weights, chances.shape[0]) * steepness
