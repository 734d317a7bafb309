"""The advertising market with CES demand: closed forms, a general solver, and a month of the ecosystem."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import root

from model.experiments.docking.case import Docked, Panel, check, curve
from model.facts.start import load_start
from model.foundation.months import parse_month
from model.mechanisms.ecosystem import EcosystemInput, ecosystem_month, open_ecosystem
from model.spec.parameters import Parameters
from model.state.ad_markets import INFEED, AdMarkets
from model.theory.ads import clear_prices

Floats = NDArray[np.float64]
WEIGHTS, SOLD, MONEY, CES = np.array([2.0, 1.0, 0.5]), np.array([1e6, 3e6, 5e5]), 9e3, 2.5
MARKETS = ("US", "ID", "BR")
MONTH = parse_month("2022-10")
COBB_DOUGLAS = {"ces_sigma": 1.0, "ad_price_elasticity": -1.0}


def ces(full: bool) -> Docked:
    """Hold clearing against one advertiser's closed form, and the ecosystem's month against closed form and solver."""
    alone = clear_prices(WEIGHTS[None, None], outside=np.zeros((1, 1)), budgets=np.full((1, 1), MONEY),
                         impressions=SOLD[None], ces_sigma=CES).cpm[0]  # fmt: skip
    shape = (WEIGHTS / SOLD) ** (1.0 / CES)
    loads = np.geomspace(0.25, 4.0, 17 if full else 5)
    plain, usual = Parameters({**COBB_DOUGLAS, "ad_load_response": 0.0}), Parameters()
    flat, supplies = np.array([lived_prices(plain, load) for load in loads]).swapaxes(0, 1)
    bent = np.array([lived_prices(usual, load) for load in loads])
    witness = np.array([solver_prices(usual, supply) for supply in bent[:, 1]])
    checks = (
        check("prices of three channels and one advertiser, clearing, against p ~ (w / N)^(1 / ces_sigma)", ours=alone,
              reference=1000.0 * MONEY * shape / (shape @ SOLD), tolerance=1e-11, unit="USD per thousand",
              why="the search stops at 1e-12"),
        check("in-feed price of the ecosystem's month at ces_sigma 1 and fixed budgets, against 1 / supply", ours=flat,
              reference=1.0 / supplies, tolerance=1e-10, unit="price over the opening's",
              why="the search stops at 1e-12"),
        check("in-feed price of the ecosystem's month as declared, against a general solver", ours=bent[:, 0],
              reference=witness, tolerance=1e-8, unit="price over the opening's", why="tolerance of the solver"),
    )  # fmt: skip
    fine = np.geomspace(supplies.min(), supplies.max(), 60)
    us = MARKETS.index("US")
    order = np.argsort(bent[:, 1, us])
    curves = (
        curve("ces_sigma 1, budgets fixed: 1 / supply; ecosystem's month", fine, 1.0 / fine, at=supplies[:, us],
              ours=flat[:, us]),
        curve("as declared: general solver; ecosystem's month", bent[order, 1, us], witness[order, us],
              ours=bent[order, 0, us]),
    )  # fmt: skip
    panel = Panel("In-feed price in the United States", "in-feed impressions on sale, over the opening's",
                  "price over the opening's", curves, log_x=True, log_y=True)  # fmt: skip
    return Docked(checks, (panel,))


def lived_prices(parameters: Parameters, load: float) -> Floats:
    """Return in-feed prices, and impressions on sale, over the opening's in the first month of a load: (2, markets)."""
    opening, state = open_ecosystem(load_start(), markets=MARKETS, parameters=parameters)
    month = ecosystem_month(opening, state, month=MONTH, given=EcosystemInput(load=load), parameters=parameters)
    supply = month.user_hours / (opening.users * opening.hours) * load
    return np.array([month.ads.price[:, INFEED], supply])


def solver_prices(parameters: Parameters, supply: Floats) -> Floats:
    """Return in-feed prices (markets,) that a general solver finds on the demand written out from its definition."""
    opening, _ = open_ecosystem(load_start(), markets=MARKETS, parameters=parameters)
    return np.array([_solved(opening.ads, row, float(sold)) for row, sold in enumerate(supply)])


def _solved(ads: AdMarkets, row: int, sold: float) -> float:
    there = ads.on_sale[row]
    weights, spare, money = ads.weights[row][:, there], ads.outside[row], ads.budgets[row]
    supply = ads.income[row, there] * np.where(np.flatnonzero(there) == INFEED, sold, 1.0)
    power = 1.0 - ads.ces_sigma

    def gap(log_prices: Floats) -> Floats:
        prices = np.exp(log_prices)
        pull = weights * prices**power
        total, plain = pull.sum(axis=1) + spare, weights.sum(axis=1) + spare
        budgets = money * ((total / plain) ** (1.0 / power)) ** (1.0 + ads.elasticity)
        return np.asarray(np.log((budgets / total) @ pull / (prices * supply)))

    found = root(gap, np.zeros(int(there.sum())), tol=1e-13)
    return float(np.exp(found.x[np.flatnonzero(there).tolist().index(INFEED)]))
