"""The demand model in one place: utility terms, choice, draws, surplus, substitution and inversion.

Front door of the NumPy reference (float64); each part stands in a module of its own.
"""

from __future__ import annotations

from model.theory.inversion import Inversion, invert_shares
from model.theory.nested_logit import consumer_surplus, draw_by_inverse_cdf, nested_logit
from model.theory.substitution import demand_slopes, diversion_ratios, elasticity_matrix, own_elasticities
from model.theory.utility import utility_terms

__all__ = [
    "Inversion",
    "consumer_surplus",
    "demand_slopes",
    "diversion_ratios",
    "draw_by_inverse_cdf",
    "elasticity_matrix",
    "invert_shares",
    "nested_logit",
    "own_elasticities",
    "utility_terms",
]
