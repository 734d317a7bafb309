"""Plain and nested logit: the chances by integrating over random utilities, and the kernel's expected flows."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.integrate import quad

from model.agents.users import utility_of
from model.experiments.docking.case import Check, Docked, Panel, check, curve
from model.facts.start import load_start
from model.market.assimilation import assimilate
from model.market.opening import open_country
from model.mechanisms import choice_kernel as kernel
from model.mechanisms.choice import choose_main
from model.mechanisms.columns import offer_columns, user_columns
from model.spec.parameters import Parameters
from model.state.country import Country
from model.theory.nested_logit import nested_logit

Floats = NDArray[np.float64]
MARKET = "ID"
VALUES, NESTS = np.array([[0.0, 1.3, -0.4, 0.8, 2.1, -2.0]]), np.array([0, 1, 1, 2, 2, 2])
SMALL, LARGE = 1_000, 20_000
PRICES = np.linspace(0.2, 2.0, 10)
"""Multiples of the price of the market's paid plans in the plot."""


def plain_logit(full: bool) -> Docked:
    """Hold the choice without nests against integrals over extreme values, and the kernel against e^v / sum e^v."""
    return _choice(0.0, full=full)


def nested(full: bool) -> Docked:
    """Hold the choice with nests against an integral of the generalised extreme value law, and the kernel likewise."""
    return _choice(0.35, full=full)


def chances_by_integration(values: Floats, nests: NDArray[np.int64], *, sigma: float) -> Floats:
    """Return the chances (J,) that each option has the highest random utility, by integrating their joint law.

    The utilities u_j have the distribution function exp(-sum_g (sum_{j in g} exp(-(u_j - v_j) / (1 - sigma)))^(1 -
    sigma)); option j is the best if all others lie below it, so its chance is the integral over x of the derivative by
    u_j where all are x. The outside option's nest is its own, so that sigma does nothing in it.
    """
    scale = 1.0 - sigma

    def density(x: float, option: int) -> float:
        terms = np.exp(-(x - values) / scale)
        sums = np.bincount(nests, weights=terms)
        inside = sums[nests[option]] ** (scale - 1.0) * terms[option]
        return float(np.exp(-np.sum(sums[sums > 0.0] ** scale)) * inside)

    found = [quad(density, -12.0, 45.0, args=(j,), epsabs=1e-13, epsrel=1e-12, limit=400)[0]
             for j in range(values.size)]  # fmt: skip
    return np.array(found)


@lru_cache(maxsize=4)
def _settled(users: int) -> tuple[Country, Parameters]:
    parameters = Parameters()
    country = open_country(load_start(), MARKET, parameters, users=users, horizon=1, growth=False, seed=1)
    assimilate(country, parameters, seed=1, longest=24)
    return country, parameters


def expected_flows(country: Country, parameters: Parameters) -> Floats:
    """Return the kernel's expected users of each option, if all reconsider this month; the country stays as it is."""
    there = country.copy()
    flag = np.full(len(there.users), kernel.CHANCE, np.uint8)
    flows = choose_main(there, parameters, user_columns(there), offer_columns(there), flag, seed=1, month=1)
    users: Floats = flows.expected.sum(axis=0) / country.weight
    return users


def flows_by_formula(country: Country, parameters: Parameters) -> Floats:
    """Return the same by the formulas in double precision, user by user, written out here once more."""
    sigma, offers, users = parameters.nest_sigma, country.offers, country.users
    utilities = np.sum(list(utility_of(country, parameters, np.arange(country.active)).values()), axis=0)
    known = users.aware[:, None] >> np.maximum(offers.platform, 0).astype(np.uint32) & 1
    may = (known == 1) & ((users.access[:, None] & offers.needs) == offers.needs) & (offers.is_open != 0)
    terms = np.where(may[: country.active], np.exp(utilities / (1.0 - sigma)), 0.0)
    terms[:, 0] = np.exp(utilities[:, 0])
    if sigma == 0.0:
        return np.asarray((terms / terms.sum(axis=1, keepdims=True)).sum(axis=0))
    total, parts = terms[:, 0].copy(), terms.copy()
    for nest in (1, 2):
        members = np.flatnonzero(offers.nest == nest)
        inside = terms[:, members].sum(axis=1)
        value = inside ** (1.0 - sigma)
        parts[:, members] *= np.divide(value, inside, out=np.zeros_like(value), where=inside > 0.0)[:, None]
        total += value
    return np.asarray((parts / total[:, None]).sum(axis=0))


def _choice(sigma: float, *, full: bool) -> Docked:
    words = "1 / (1 + sum e^v)" if sigma == 0.0 else f"nests, sigma {sigma:g}"
    theory = nested_logit(VALUES, NESTS, nest_sigma=sigma)[0]
    country, plain = _settled(LARGE if full else SMALL)
    parameters = plain.replace({"nest_sigma": sigma})
    ours, formula, dearer = _over_prices(country, parameters)
    checks: tuple[Check, ...] = (
        check("chance of each of six options, theory, against the integral over random utilities",
              ours=theory, reference=chances_by_integration(VALUES[0], NESTS, sigma=sigma), tolerance=1e-10,
              why="error of the integration"),
        check(f"expected users of each option, compiled kernel in {country.name} ({words})",
              ours=ours[dearer], reference=formula[dearer], tolerance=2e-5,
              why="float32 and 2^x by a polynomial in the kernel, sums in steps of 2^-30", unit="users"),
    )  # fmt: skip
    paid = [int(j) for j in np.argsort(-formula[dearer]) if j > 0 and country.offers.nest[j] == 2][:3]
    curves = tuple(
        curve(" ".join(country.offers.names[j]).replace("_", " "), PRICES, 100.0 * formula[:, j] / country.active,
              ours=100.0 * ours[:, j] / country.active)
        for j in paid
    )  # fmt: skip
    title = f"Three paid plans in {country.name}, if everybody reconsiders"
    return Docked(checks, (Panel(title, "price of all plans, multiple of today's", "% of people", curves),))


def _over_prices(country: Country, parameters: Parameters) -> tuple[Floats, Floats, int]:
    """Return expected users (prices, J+1) of kernel and formula over `PRICES`, and the row where they differ most."""
    there = country.copy()
    before = country.offers.price_local.copy()
    ours, formula = [], []
    for multiple in PRICES:
        there.offers.price_local[:] = multiple * before
        ours.append(expected_flows(there, parameters))
        formula.append(flows_by_formula(there, parameters))
    mine, theirs = np.array(ours), np.array(formula)
    gaps = np.abs(mine - theirs) / np.maximum(theirs, 1e-12)
    return mine, theirs, int(gaps.max(axis=1).argmax())
