"""Rochet and Tirole: a platform with a price per use on both sides, and TikTok, free to users who mind advertising."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize, minimize_scalar

from model.experiments.docking.advertising import MARKETS, MONTH
from model.experiments.docking.case import Docked, Panel, check, curve
from model.facts.start import load_start
from model.mechanisms.ecosystem import (
    EcosystemInput,
    EcosystemOpening,
    EcosystemState,
    ecosystem_month,
    open_ecosystem,
)
from model.spec.parameters import Parameters
from model.state.ad_markets import INFEED
from model.theory.two_sided import ad_load_of_most_income, rochet_tirole_prices

Floats = NDArray[np.float64]
USE_COST, WORTHS, SPREADS = 0.4, np.array([1.0, 2.5]), np.array([0.5, 0.8])
RESPONSES = (0.01, 0.02, 0.03)


def rochet_tirole(full: bool) -> Docked:
    """Hold prices per use against profits maximised, and TikTok's load of most income against 1 / response."""
    closed = rochet_tirole_prices(USE_COST, worths=WORTHS, spreads=SPREADS)
    chances = 1.0 / (1.0 + np.exp((closed.prices - WORTHS) / SPREADS))
    elasticity = closed.prices / SPREADS * (1.0 - chances)
    responses = RESPONSES if full else RESPONSES[1:2]
    found = np.array([load_of_most_income(response) for response in responses])
    target = np.repeat([[ad_load_of_most_income(response)] for response in responses], len(MARKETS), axis=1)
    with_creators = np.array([load_of_most_income(response, creators=True) for response in responses])
    checks = (
        check("prices per use of both sides, against profit maximised over both", ours=closed.prices,
              reference=_searched(), tolerance=1e-6, unit="USD", why="tolerance of the search"),
        check("price over margin on each side, against its elasticity (Rochet and Tirole's condition)",
              ours=closed.prices / (closed.prices.sum() - USE_COST), reference=elasticity, tolerance=1e-10,
              why="rounding"),
        check("load at which TikTok's in-feed income is highest in the long run, ecosystem with hours that do not "
              "answer creators, against 1 / response", ours=found, reference=target, tolerance=1e-4,
              unit="advertisements an hour", why="tolerance of the search"),
        check("the same with creators as declared", ours=with_creators, reference=target, tolerance=0.05,
              unit="advertisements an hour",
              why="creators are paid by sponsors for the audience, which a load takes: a cost the form leaves out"),
    )  # fmt: skip
    loads = np.linspace(10.0, 150.0, 57 if full else 15)
    us = MARKETS.index("US")
    curves = []
    for response in responses:
        top = ad_load_of_most_income(response)
        income = np.array([_long_run(response, load)[us] for load in loads])
        best = _long_run(response, top)[us]
        curves.append(curve(f"{response:.0%} of hours lost per ad an hour: top at 1 / response; ecosystem",
                            [top, top], [0.5, 1.0], at=loads, ours=income / best))  # fmt: skip
    panel = Panel("TikTok's in-feed income in the United States, in the long run",
                  "advertisements an hour", "income over that at 1 / response", tuple(curves))  # fmt: skip
    return Docked(checks, (panel,))


def _searched() -> Floats:
    def loss(prices: Floats) -> float:
        return -float((prices.sum() - USE_COST) / np.prod(1.0 + np.exp((prices - WORTHS) / SPREADS)))

    found = minimize(loss, WORTHS, method="Nelder-Mead", options={"xatol": 1e-10, "fatol": 1e-16, "maxiter": 4000}).x
    return np.asarray(found)


def load_of_most_income(response: float, *, creators: bool = False) -> Floats:
    """Return the load (markets,), advertisements an hour, at which in-feed income is highest, market by market.

    creators: whether hours on TikTok answer the creators' activity, and that their income.
    """
    found = []
    for row in range(len(MARKETS)):

        def loss(log_load: float, row: int = row) -> float:
            return -float(np.log(_long_run(response, float(np.exp(log_load)), creators=creators)[row]))

        ends = (np.log(0.3 / response), np.log(3.0 / response))
        found.append(np.exp(minimize_scalar(loss, bounds=ends, method="bounded", options={"xatol": 1e-7}).x))
    return np.array(found)


def _long_run(response: float, load: float, *, creators: bool = False) -> Floats:
    """Return in-feed income (markets,), USD a month, when a load has stood so long that everything has answered it."""
    parameters, opening, state = _opening(response, creators)
    given = EcosystemInput(load=load / opening.load)
    for _ in range(30 if creators else 2):
        month = ecosystem_month(opening, state, month=MONTH, given=given, parameters=parameters)
        state = month.after
    found: Floats = month.ads.income[:, INFEED]
    return found


@lru_cache(maxsize=8)
def _opening(response: float, creators: bool) -> tuple[Parameters, EcosystemOpening, EcosystemState]:
    parameters = Parameters({
        "ad_load_response": response, "ad_load_adjustment": 1.0, "creator_adjustment": 1.0,
        **({} if creators else {"creator_hours": 0.0}),
    })  # fmt: skip
    return parameters, *open_ecosystem(load_start(), markets=MARKETS, parameters=parameters)
