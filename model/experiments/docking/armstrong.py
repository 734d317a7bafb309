"""Armstrong: two platforms between two lines, and his bottleneck in the market: one service a user, all advertisers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from model.experiments.docking.case import Docked, Panel, check, curve
from model.experiments.docking.duel import COST, MARKET, Duel, duel
from model.experiments.docking.prices import FINE
from model.theory.hotelling import hotelling_prices
from model.theory.peak import peak_of_curve
from model.theory.two_sided import armstrong_members, armstrong_prices

Floats = NDArray[np.float64]
COSTS, TRANSPORTS, BENEFITS = np.array([2.0, 1.0]), np.array([3.0, 2.5]), np.array([0.6, 1.9])
LOADS = (0.0, 1.0, 2.0, 4.0)
"""Minutes of advertising per hour of spoken word, sold to advertisers who reach people on either service."""
MANY_CHANNELS = 20.0
"""Elasticity of substitution at which advertisers pay nearly the same for a user however many there are."""


@dataclass(frozen=True, slots=True)
class Bottleneck:
    """The second firm of the duel: advertisers' income, USD per user; its best price lived, and both by theory.

    passed: how far what it keeps of its equilibrium price fell per dollar of that income. plain: its equilibrium price
    without it.
    """

    income: float
    lived: float
    theory: float
    passed: float
    plain: float


def armstrong(full: bool) -> Docked:
    """Hold prices of two lines against best answers found by search, and the market against the bottleneck."""
    closed = armstrong_prices(COSTS, transports=TRANSPORTS, benefits=BENEFITS)
    gaps = np.array([[0.3, -0.4], [-0.8, 0.5], [0.0, 0.6]])
    users = 20_000 if full else 4_000
    found = [bottleneck(load, users=users, ces_sigma=MANY_CHANNELS) for load in (LOADS if full else LOADS[::2])]
    usual = bottleneck(LOADS[1], users=users)
    paid = hotelling_prices([2.0, 2.0], transport=3.0) - hotelling_prices([2.0, 2.0], transport=3.0, income=1.2)
    checks = (
        check("members of both sides at three pairs of price gaps, against sides that answer each other in turns",
              ours=armstrong_members(gaps, transports=TRANSPORTS, benefits=BENEFITS),
              reference=[_joined(gap, BENEFITS) for gap in gaps], tolerance=1e-12, unit="share", why="rounding"),
        check("prices of both sides, cost + transport - the other side's benefit, against best answers by search",
              ours=closed.prices, reference=best_answers(BENEFITS), tolerance=1e-5, unit="USD",
              why="tolerance of the search"),
        check("bottleneck on a line: what advertisers pay per user (1.20 USD) is passed on in full", ours=paid,
              reference=1.2, tolerance=1e-12, unit="USD", why="rounding"),
        check("best price of a service that advertisers pay for its users, forks of the market, against theory",
              ours=[one.lived for one in found], reference=[one.theory for one in found], tolerance=5e-3, unit="USD",
              why="advertisers pay a little less for more users; the parabola through five profits"),
        check("what it keeps of the price falls per dollar from advertisers, against 1 on Armstrong's line",
              ours=found[-1].passed, reference=1.0, tolerance=0.15, unit="USD per USD",
              why="people may leave for nothing and differ in what a price costs them: demand is no line"),
        check("its best price with advertisers as declared, against theory at the same income", ours=usual.lived,
              reference=usual.theory, tolerance=0.04, unit="USD",
              why="each user more lowers the price of advertising: the other side's demand slopes"),
    )  # fmt: skip
    return Docked(checks, (_lines_panel(), _bottleneck_panel(found)))


def _bottleneck_panel(found: list[Bottleneck]) -> Panel:
    income = np.array([one.income for one in found])
    price = curve("theory: cost less income; forks of the market", income, [one.theory for one in found],
                  ours=[one.lived for one in found])  # fmt: skip
    ends = np.array([income.min(), income.max()])
    rate = (found[-1].plain - found[-1].theory) / (found[-1].income * found[-1].passed)
    line = curve("in full, as on Armstrong's line", ends, found[0].theory - rate * (ends - ends[0]), at=[], ours=[])
    return Panel("Best price of a service that advertisers pay for", "advertisers' income, USD per user and month",
                 "USD a month", (price, line))  # fmt: skip


def best_answers(benefits: Floats, rounds: int = 60) -> Floats:
    """Return symmetric prices (2,) of Armstrong's platforms, each maximising its profit over both given the other's."""
    rival = COSTS + TRANSPORTS

    def loss(prices: Floats) -> float:
        return -float((prices - COSTS) @ _joined(prices - rival, benefits))

    for _ in range(rounds):
        mine = minimize(loss, rival, method="BFGS", options={"gtol": 1e-7}).x
        step = float(np.abs(mine - rival).max())
        rival = rival + 0.8 * (mine - rival)
        if step < 1e-7:
            break
    return np.asarray(rival)


def _joined(gaps: Floats, benefits: Floats, rounds: int = 60) -> Floats:
    """Return the parts (2,) of both sides on the first platform, each side answering the other in turns."""
    parts = np.full(2, 0.5)
    for _ in range(rounds):
        parts = np.clip(0.5 + (benefits * (2.0 * parts[::-1] - 1.0) - gaps) / (2.0 * TRANSPORTS), 0.0, 1.0)
    return parts


def _lines_panel() -> Panel:
    benefit = np.linspace(0.0, 2.4, 7)
    pairs = np.stack([np.full(7, BENEFITS[0]), benefit], axis=1)
    ours = np.array([armstrong_prices(COSTS, transports=TRANSPORTS, benefits=pair).prices for pair in pairs])
    found = np.array([best_answers(pair) for pair in pairs])
    return Panel(
        "Two lines, prices of both sides", "what side 2 has of side 1, USD", "USD per member",
        tuple(curve(f"side {k + 1}: best answers by search; theory", benefit, found[:, k], ours=ours[:, k])
              for k in range(2)),
    )  # fmt: skip


def bottleneck(load: float, *, users: int, ces_sigma: float | None = None) -> Bottleneck:
    """Return the duel with advertising in spoken word, `load` minutes an hour, everybody listening as long as others.

    Users are on one service, advertisers on both: Armstrong's bottleneck. ces_sigma: of advertisers, None as declared.
    """
    changed = {"spoken_ad_load": load, "spoken_ramp_months": 1.0}
    market = duel(users=users, months=2, changed=changed if ces_sigma is None else {**changed, "ces_sigma": ces_sigma})
    people = market.countries[MARKET].users
    people.hours[:] = people.hours.mean()
    market.step()
    theory = Duel(market)
    income = theory.income
    for _ in range(8):  # what a user brings where prices come to rest
        income = 0.5 * (income + theory.lived_income(theory.equilibrium(income=income)))
    limit, plain = theory.equilibrium(income=income), theory.equilibrium()
    profits = []
    for step in FINE:
        prices = limit * np.exp([0.0, step])
        left = theory.kept[1] * prices[1] + theory.lived_income(prices)[1] - COST
        profits.append(left * theory.lived(prices)[1])
    best = float(limit[1] * np.exp(peak_of_curve(FINE, values=profits)))
    fall = float(theory.kept[1] * (plain[1] - limit[1]))
    passed = fall / float(income[1]) if income[1] > 0.0 else float("nan")
    return Bottleneck(float(income[1]), best, float(limit[1]), passed, float(plain[1]))
