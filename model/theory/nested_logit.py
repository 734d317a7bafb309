"""Nested logit: choice probabilities, draws by inverse CDF, and consumer surplus, in float64.

The slow and exact reference of the demand model; the compiled kernel must agree with it. Options are columns: column 0
is the outside option in nest 0, the others are offers in nests 1 (free), 2 (paid) or any further ones.
Reference: McFadden (1978), Modelling the choice of residential location; Train (2009), ch. 4; Small and Rosen (1981).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from model.foundation.errors import Fault
from model.theory.arrays import BoolArray, FloatArray, IntArray, floats, range_fault, require, shape_fault, table_fault


def nested_logit(
    utilities: ArrayLike, nests: ArrayLike, *, nest_sigma: float, allowed: ArrayLike | None = None
) -> FloatArray:
    """Return the probability that each user chooses each option.

    P(o) = S_g^lambda / sum_h S_h^lambda * exp(V_o / lambda) / S_g with S_g = sum_{o in g} exp(V_o / lambda) and
    lambda = 1 - nest_sigma. A nest of one option is unaffected by nest_sigma; nest_sigma = 0 is the plain logit.

    utilities: (n_users, n_options) logit units, finite, or -inf for an option that nobody of that row can take.
    nests: (n_options,) whole numbers, 0 for the outside option (column 0) and only for it.
    nest_sigma: in [0, 1), the likeness of the options within a nest.
    allowed: (n_users, n_options), True where the user may take the option; the outside option is always allowed.
    Returns (n_users, n_options), rows summing to 1, exact zeros where not allowed.
    """
    values, groups = _checked(utilities, nests, nest_sigma)
    inclusive, within, position = _inclusive_values(values, groups, 1.0 - nest_sigma, _usable(values, allowed))
    odds = np.exp(inclusive - inclusive.max(axis=1, keepdims=True))
    of_nest = odds / odds.sum(axis=1, keepdims=True)
    return floats(within * of_nest[:, position])


def consumer_surplus(
    utilities: ArrayLike,
    nests: ArrayLike,
    *,
    nest_sigma: float,
    marginal_utility: ArrayLike,
    allowed: ArrayLike | None = None,
) -> FloatArray:
    """Return each user's expected surplus of the choice in money: ln(sum_h S_h^lambda) / marginal utility of money.

    The constant of the Gumbel's mean is left out, so a user whose only option is an outside option of utility 0 has 0.
    By Roy's identity its derivative by the price of an offer is minus the probability of that offer.

    utilities, nests, nest_sigma, allowed: as in `nested_logit`.
    marginal_utility: (n_users,) logit units per USD a month, above 0 (alpha times the user's price weight).
    Returns (n_users,) USD per month.
    """
    values, groups = _checked(utilities, nests, nest_sigma)
    of_money = floats(marginal_utility)
    require(
        [
            shape_fault("marginal_utility", of_money, (values.shape[0],)),
            range_fault("marginal_utility", of_money, low=0.0, high=np.inf, open_low=True, open_high=True),
        ]
    )
    inclusive, _, _ = _inclusive_values(values, groups, 1.0 - nest_sigma, _usable(values, allowed))
    best = inclusive.max(axis=1)
    return floats((best + np.log(np.exp(inclusive - best[:, None]).sum(axis=1))) / of_money)


def draw_by_inverse_cdf(probabilities: ArrayLike, uniforms: ArrayLike, nests: ArrayLike) -> IntArray:
    """Return the option each user draws with their one uniform: nest first, then offer, along one cumulative sum.

    Options are put in order of nest, then of position; the draw is the first whose cumulative probability exceeds the
    uniform. A uniform above the last sum (rounding) takes the last option of positive probability.

    probabilities: (n_users, n_options), rows summing to 1. uniforms: (n_users,) in [0, 1]. nests: (n_options,).
    Returns (n_users,) column numbers of `probabilities`.
    """
    chances, numbers, groups = floats(probabilities), floats(uniforms), np.asarray(nests)
    require([table_fault("probabilities", chances)])
    require(
        [
            shape_fault("uniforms", numbers, chances.shape[:1]),
            shape_fault("nests", groups, chances.shape[1:]),
            range_fault("uniforms", numbers, low=0.0, high=1.0),
        ]
    )
    order = np.argsort(groups, kind="stable")
    sorted_chances = chances[:, order]
    passed = (np.cumsum(sorted_chances, axis=1) <= numbers[:, None]).sum(axis=1)
    last_possible = chances.shape[1] - 1 - np.argmax(sorted_chances[:, ::-1] > 0.0, axis=1)
    return np.asarray(order[np.minimum(passed, last_possible)], dtype=np.int64)


def _inclusive_values(
    values: FloatArray, nests: IntArray, dissimilarity: float, usable: BoolArray
) -> tuple[FloatArray, FloatArray, NDArray[np.intp]]:
    """Return ln S_g^lambda per user and nest, the probability within the nest, and the nest's position per option.

    The best utility of each nest is taken out before the division by lambda, so nothing overflows and nothing is lost
    to rounding however large the utilities and however small lambda.
    """
    labels, position = np.unique(nests, return_inverse=True)
    inclusive = np.full((values.shape[0], labels.size), -np.inf)
    within = np.zeros_like(values)
    for nest in range(labels.size):
        columns = position == nest
        inside = np.where(usable[:, columns], values[:, columns], -np.inf)
        best = inside.max(axis=1)
        open_nest = best > -np.inf
        best = np.where(open_nest, best, 0.0)
        odds = np.exp((inside - best[:, None]) / dissimilarity)
        total = np.where(open_nest, odds.sum(axis=1), 1.0)
        within[:, columns] = odds / total[:, None]
        inclusive[open_nest, nest] = (best + dissimilarity * np.log(total))[open_nest]
    return inclusive, within, position


def _usable(values: FloatArray, allowed: ArrayLike | None) -> BoolArray:
    usable = np.ones(values.shape, dtype=np.bool_)
    if allowed is not None:
        given = np.asarray(allowed, dtype=np.bool_)
        require([shape_fault("allowed", given, values.shape)])
        usable = given.copy()
    usable[:, 0] = True
    return usable


def _checked(utilities: ArrayLike, nests: ArrayLike, nest_sigma: float) -> tuple[FloatArray, IntArray]:
    values, groups = floats(utilities), np.asarray(nests)
    require([table_fault("utilities", values)])
    require(
        [
            shape_fault("nests", groups, values.shape[1:]),
            range_fault("nest_sigma", nest_sigma, low=0.0, high=1.0, open_high=True),
        ]
    )
    require([_nest_fault(groups), *_utility_faults(values)])
    return values, groups.astype(np.int64)


def _nest_fault(groups: NDArray[np.generic]) -> Fault | None:
    if np.issubdtype(groups.dtype, np.integer) and groups[0] == 0 and not bool(np.any(groups[1:] == 0)):
        return None
    return Fault(
        "nests",
        "are whole numbers, 0 for the outside option in column 0 and for no other",
        groups.tolist(),
        "Use 0, then 1 free, 2 paid.",
    )


def _utility_faults(values: FloatArray) -> list[Fault]:
    faults = []
    if bool(np.any(np.isnan(values) | (values == np.inf))):
        odd = values[np.isnan(values) | (values == np.inf)]
        faults.append(
            Fault(
                "utilities",
                "are finite, or -inf for an option out of reach",
                float(odd[0]),
                "Look at the terms that make them.",
            )
        )
    if bool(np.any(values[:, 0] == -np.inf)):
        faults.append(
            Fault(
                "utilities",
                "are finite for the outside option",
                -np.inf,
                "Give the outside option a finite utility, usually 0.",
            )
        )
    return faults
