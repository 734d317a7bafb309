"""Hotelling's line: logit with many tastes by theory, and the kernel's demand with people as places on a line."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from model.experiments.docking.case import Docked, Panel, check, curve
from model.experiments.docking.choice import expected_flows
from model.experiments.docking.duel import RIVALS
from model.facts.start import load_start
from model.market.opening import open_country
from model.spec.parameters import Parameters
from model.state.country import Country
from model.theory.hotelling import blurred_line_price, blurred_line_share, hotelling_prices
from model.theory.pricing import bertrand_prices

Floats = NDArray[np.float64]
COST, TRANSPORT = 2.0, 3.0
TASTES = np.array([2.0, 1.0, 0.5, 0.25, 0.12])
"""Scales of the logit taste, USD, beside a line of 3 USD."""


def hotelling(full: bool) -> Docked:
    """Hold logit with many tastes against the blurred line, and its sharpest against Hotelling's cost + transport."""
    people = 20_000 if full else 2_000
    priced = np.array([_line_prices(taste, people=people)[0] for taste in TASTES])
    blurred = np.array([blurred_line_price(COST, transport=TRANSPORT, taste=taste) for taste in TASTES])
    unequal = _line_prices(TASTES[-1], people=people, costs=np.array([2.0, 2.6]))
    country, parameters, dollars = _line_country(people)
    transport, taste = LINE / dollars, 1.0 / dollars
    gaps = transport * np.linspace(-1.1, 1.1, 12)
    lived = np.array([_line_share(country, parameters, gap) for gap in gaps])
    checks = (
        check(f"price of two equal services, many tastes, scales {TASTES[0]:g} to {TASTES[-1]:g} USD, against the "
              "blurred line", ours=priced, reference=blurred, tolerance=1e-5, unit="USD",
              why="a line of so many people in place of all its points"),
        check(f"the sharpest of them (scale {TASTES[-1]:g} USD) against Hotelling", ours=priced[-1],
              reference=hotelling_prices([COST, COST], transport=TRANSPORT)[0], tolerance=1e-5, unit="USD",
              why="what is left of the logit taste: a factor tanh(transport / 2 taste)"),
        check("prices of unequal costs there, against Hotelling", ours=unequal,
              reference=hotelling_prices([2.0, 2.6], transport=TRANSPORT), tolerance=1e-5, unit="USD",
              why="what is left of the logit taste"),
        check("share of one service over price gaps, compiled kernel on a line, against the blurred line", ours=lived,
              reference=blurred_line_share(gaps, transport=transport, taste=taste), tolerance=2e-4, relative=False,
              unit="share", why="float32 in the kernel; a line of so many people"),
    )  # fmt: skip
    fine, scales = np.linspace(gaps[0], gaps[-1], 201), np.geomspace(0.1, 4.0, 80)
    sharp = np.clip(0.5 - fine / (2.0 * transport), 0.0, 1.0)
    shares = (
        curve("blurred line; kernel", fine, 100 * blurred_line_share(fine, transport=transport, taste=taste),
              at=gaps, ours=100 * lived),
        curve("Hotelling", fine, 100 * sharp, at=[], ours=[]),
    )  # fmt: skip
    limits = [blurred_line_price(COST, transport=TRANSPORT, taste=taste) for taste in scales]
    prices = (
        curve("blurred line; theory's equilibrium", scales, limits, at=TASTES, ours=priced),
        curve("Hotelling: cost + transport", scales, np.full(80, COST + TRANSPORT), at=[], ours=[]),
        curve("plain logit: cost + 2 scales", scales, COST + 2.0 * scales, at=[], ours=[]),
    )
    return Docked(checks, (
        Panel("Share of the service at 0", "what it costs more, PPP USD a month", "% of people", shares),
        Panel("Equilibrium price", "scale of the logit taste, USD", "USD", prices, log_x=True),
    ))  # fmt: skip


def _line_prices(taste: float, *, people: int, costs: Floats | None = None) -> Floats:
    """Return Bertrand prices (2,) of logit users spread evenly over the line, in whom nothing outside is worth it."""
    x = (np.arange(people) + 0.5) / people
    worth = (50.0 - TRANSPORT * np.stack([x, 1.0 - x], axis=1)) / taste
    found = bertrand_prices(
        worth, marginal_utility=np.full(people, 1.0 / taste), costs=np.full(2, COST) if costs is None else costs,
        firms=[0, 1], nests=[0, 0], start=[COST + TRANSPORT, COST + TRANSPORT], tolerance=1e-10,
    )  # fmt: skip
    assert found.converged
    return found.prices


LINE = 8.0
"""Length of the kernel's line in logit units."""


def _line_country(people: int) -> tuple[Country, Parameters, float]:
    """Return a market as a line: hours of listening are places on it, the limits of one service's plan its length.

    Utility of the service with limits: quality LINE - 2 LINE x, x from 0 to 1; of the other 0: as on a line with the
    one at 0 and the other at 1, transport LINE. Returned last: logit units per PPP USD.
    """
    parameters = Parameters({"nest_sigma": 0.0, "beta_H": 0.0, "beta_K": 0.0, "beta_s": 0.0, "beta_ad": 0.0,
                             "beta_r": 1.0, "beta_pod": 0.0})  # fmt: skip
    country = open_country(load_start(), "SG", parameters, users=people, horizon=1, growth=False, seed=1)
    users, offers = country.users, country.offers
    pair = [offers.position(one, "individual") for one in RIVALS]
    offers.is_open[:] = 0
    offers.is_open[[0, *pair]] = 1
    offers.price_store_local[:] = np.nan
    offers.restriction[:], offers.podcasts[:], offers.integration[:] = 0.0, 0.0, 0.0
    offers.restriction[pair[0]] = 2.0 * LINE
    offers.xi[pair] = LINE, 0.0
    country.available[:] = 1.0
    country.outside = -60.0
    users.hours[:] = parameters.hours_mean * (np.arange(len(users)) + 0.5) / len(users)
    users.price_weight[:] = 1.0
    users.aware[:], users.access[:] = ~np.uint32(0), ~np.uint32(0)
    users.main[:], users.second[:] = 0, 0
    return country, parameters, float(parameters.alpha)


def _line_share(country: Country, parameters: Parameters, gap: float) -> float:
    """Return the share of the service at 0 where it costs `gap` PPP USD more, as the kernel expects it."""
    offers = country.offers
    pair = [offers.position(one, "individual") for one in RIVALS]
    offers.price_local[pair] = np.array([50.0 + gap, 50.0]) * offers.ppp
    users = expected_flows(country, parameters)
    return float(users[pair[0]] / users.sum())
