"""Bertrand: prices that answer each other, by theory and by firms of a market where nothing but price moves anybody."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar
from scipy.special import lambertw

from model.experiments.docking.case import Docked, Panel, check, curve
from model.experiments.docking.duel import COST, RIVALS, Duel, duel
from model.theory.nested_logit import nested_logit
from model.theory.peak import peak_of_curve
from model.theory.pricing import bertrand_prices

Floats = NDArray[np.float64]
COSTS, WORTHS, TASTE_COST = np.array([1.0, 0.8, 1.2]), np.array([2.0, 1.5, 2.2]), 1.0
OWNERS, GROUPS, SIGMA = [0, 0, 1], [0, 0, 1], 0.3
STEPS = np.linspace(-0.1, 0.1, 5)
"""Log prices round the equilibrium at which a firm tries its profit, as wide as `best_response` does."""
FINE = 0.2 * STEPS


def bertrand(full: bool) -> Docked:
    """Hold equilibrium prices against Lambert's W, against profits maximised in turns, and firms of the market."""
    alone = bertrand_prices([[2.0]], marginal_utility=[1.0], costs=[1.0], firms=[0], nests=[0])
    closed = 1.0 + 1.0 + float(np.real(lambertw(np.exp(2.0 - 1.0 - 1.0))))
    many = bertrand_prices(
        WORTHS[None], marginal_utility=[TASTE_COST], costs=COSTS, firms=OWNERS, nests=GROUPS, nest_sigma=SIGMA
    )
    market = duel(users=20_000 if full else 4_000, months=2)
    market.step()
    theory = Duel(market)
    limit = theory.equilibrium()
    demand = check(
        "users of two services at five prices, forks of the market",
        ours=[theory.lived(prices) for prices in _around(limit)],
        reference=[theory.demand(prices) for prices in _around(limit)], tolerance=2e-5, unit="users",
        why="float32 in the kernel",
    )  # fmt: skip
    checks = [
        check("monopoly price, fixed point of Morrow and Skerlos, against Lambert's W", ours=alone.prices[0],
              reference=closed, tolerance=1e-11, unit="USD", why="the fixed point stops at 1e-12 USD"),
        check("prices of three offers of two firms in nests, against profits maximised in turns", ours=many.prices,
              reference=maximised_in_turns(), tolerance=1e-6, unit="USD", why="tolerance of the maximisation"),
        demand,
        check("best answer of one firm by forks 5% to 10% apart, its rival at its equilibrium price",
              ours=best_answer(theory, limit, STEPS), reference=limit[1], tolerance=0.01, unit="USD",
              why="profit is no parabola: the steps that `best_response` plays lean it upwards"),
        check("the same by forks 1% to 2% apart", ours=best_answer(theory, limit, FINE), reference=limit[1],
              tolerance=6e-4, unit="USD", why="a 25th of that; float32 in the kernel"),
    ]  # fmt: skip
    panel = _profit_panel(theory, limit)
    if not full:
        return Docked(tuple(checks), (panel,))
    found, path = _settled_prices()
    checks += [
        check("prices of two firms after ten months of best responses by forks, 200,000 users", ours=found.now,
              reference=found.equilibrium(), tolerance=0.01, unit="USD",
              why="the same lean, of the steps of a tenth that the rule plays, twice"),
        check("the same against theory's demand answered by the same parabola", ours=found.now,
              reference=parabola_prices(found), tolerance=4e-3, unit="USD",
              why="chance in the firms' own forks; ten months and not for ever"),
    ]  # fmt: skip
    months = np.arange(len(path))
    curves = tuple(
        curve(name.replace("_", " ").title(), months, np.full(len(path), limit), ours=path[:, k])
        for k, (name, limit) in enumerate(zip(RIVALS, found.equilibrium(), strict=True))
    )
    way = Panel("Firms that answer each other", "month", "price, USD a month", curves)
    return Docked(tuple(checks), (panel, way))


def maximised_in_turns(rounds: int = 60) -> Floats:
    """Return prices (3,) at which no firm gains: each maximises its own profit over one price after another."""
    owner, prices = np.array(OWNERS), COSTS + 1.0

    def profit(price: float, offer: int) -> float:
        trial = prices.copy()
        trial[offer] = price
        value = np.concatenate([[0.0], WORTHS - TASTE_COST * trial])[None]
        shares = nested_logit(value, [0, 1, 1, 2], nest_sigma=SIGMA)[0, 1:]
        return -float(((trial - COSTS) * shares)[owner == owner[offer]].sum())

    for _ in range(rounds):
        for offer in range(len(prices)):
            prices[offer] = minimize_scalar(
                profit, bounds=(COSTS[offer], COSTS[offer] + 10.0), args=(offer,), method="bounded",
                options={"xatol": 1e-10},
            ).x  # fmt: skip
    return prices


def _around(limit: Floats) -> list[Floats]:
    return [limit * np.exp([0.0, step]) for step in STEPS]


def _profit(theory: Duel, prices: Floats, users: Floats) -> float:
    return float((theory.kept[1] * prices[1] - COST) * users[1])


def best_answer(theory: Duel, limit: Floats, steps: Floats) -> float:
    """Return the price at which the second firm's profit, lived in forks, peaks if the first has its limit's price.

    steps: logs of the prices tried over the limit's.
    """
    tried = [limit * np.exp([0.0, step]) for step in steps]
    values = [_profit(theory, prices, theory.lived(prices)) for prices in tried]
    return float(limit[1] * np.exp(peak_of_curve(steps, values=values)))


def parabola_prices(theory: Duel, rounds: int = 12) -> Floats:
    """Return the prices (2,) at which both firms rest if each fits a parabola to five profits of theory's demand."""
    prices = theory.equilibrium()
    for _ in range(rounds):
        moved = prices.copy()
        for firm in (0, 1):
            profits = []
            for step in STEPS:
                tried = prices.copy()
                tried[firm] *= np.exp(step)
                profits.append((theory.kept[firm] * tried[firm] - COST) * theory.demand(tried)[firm])
            moved[firm] *= np.exp(peak_of_curve(STEPS, values=profits))
        prices = moved
    return prices


def _profit_panel(theory: Duel, limit: Floats) -> Panel:
    fine, at = (limit[1] * np.exp(np.linspace(-0.5, 0.5, n)) for n in (41, 11))
    profits = [
        [_profit(theory, np.array([limit[0], p]), users(np.array([limit[0], p]))) / theory.people for p in prices]
        for prices, users in ((fine, theory.demand), (at, theory.lived))
    ]
    one = curve("Spotify's profit, its rival's price given", fine, profits[0], at=at, ours=profits[1])
    return Panel("One firm's profit: theory and forks of the market", "price, USD a month",
                 "USD per person and month", (one,))  # fmt: skip


def _settled_prices() -> tuple[Duel, Floats]:
    market = duel(users=200_000, months=10)
    path = []
    for _ in range(10):
        market.step()
        country = market.countries["SG"]
        options = [country.offers.position(one, "individual") for one in RIVALS]
        path.append(country.offers.price_local[options] / country.fx)
    return Duel(market), np.array(path)
