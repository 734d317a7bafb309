"""Rubinstein and Nash-in-Nash: divisions by theory, by solutions found otherwise, and at the market's table."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from model.experiments.docking.case import Docked, Panel, check, curve
from model.market.together import together
from model.market.valuing import Pair, Worth
from model.mechanisms.talks import Rules, Stakes, play
from model.spec.parameters import Parameters
from model.theory.bargaining.nash_in_nash import per_user_royalties
from model.theory.bargaining.rubinstein import alternating_offers, patience_weight, round_discounts

Floats = NDArray[np.float64]
PAIRS = np.array([[0.9, 0.9], [0.9, 0.8], [0.95, 0.9], [0.6, 0.99]])
"""Discount factors of the first proposer and the other."""
RATES, LEAST, MOST = np.array([0.10, 0.20]), 0.2, 1.0
CERTAIN = {"promotion_belief_spread": 0.0, "private_value_spread": 0.0, "talks_breakdown_risk": 0.0}


def rubinstein(full: bool) -> Docked:
    """Hold the division against (1 - d2) / (1 - d1 d2), play that is answered over and over, and the market's talks."""
    ours = alternating_offers(PAIRS).payoffs[:, 0]
    closed = (1.0 - PAIRS[:, 1]) / (1.0 - PAIRS.prod(axis=1))
    lengths = np.geomspace(1e-3, 8.0, 25)
    shares = alternating_offers(round_discounts(RATES, round_length=lengths[:, None])).payoffs[:, 0]
    weights = np.linspace(0.1, 0.9, 17 if full else 5)
    played = {rate: np.array([_talk(weight, patience_rate=rate) for weight in weights]) for rate in (2.0, 0.01)}
    table = np.array([_division(weight, patience_rate=2.0) for weight in weights])
    checks = (
        check("first proposer's share for four pairs of discount factors, against (1 - d2) / (1 - d1 d2)", ours=ours,
              reference=closed, tolerance=1e-12, why="rounding"),
        check("the same against play that starts anywhere and is answered 5,000 times", ours=ours,
              reference=[stationary_share(*pair) for pair in PAIRS], tolerance=1e-10, why="rounding"),
        check("share as rounds shrink to a thousandth, against r2 / (r1 + r2)", ours=shares[0],
              reference=patience_weight(RATES), tolerance=1e-4,
              why="the proposer's head start, in proportion to the round"),
        check("payment of talks in the market (protocol rubinstein), against the closed form", ours=played[2.0],
              reference=table, tolerance=1e-9, unit="USD", why="rounding"),
        check("the same with patience 200 times greater, against the Nash payment", ours=played[0.01],
              reference=LEAST + weights * (MOST - LEAST), tolerance=2e-3, unit="USD",
              why="the proposer's head start of one week"),
    )  # fmt: skip
    lines = (
        curve("(1 - d2) / (1 - d1 d2); theory", lengths,
              -np.expm1(-RATES[1] * lengths) / -np.expm1(-RATES.sum() * lengths), at=lengths[::2], ours=shares[::2]),
        curve("Nash: r2 / (r1 + r2)", lengths, np.full(25, float(patience_weight(RATES))), at=[], ours=[]),
    )  # fmt: skip
    fine = np.linspace(0.1, 0.9, 81)
    talks = (
        curve("closed form; talks of impatient sides", fine,
              [_division(float(w), patience_rate=2.0) for w in fine], at=weights, ours=played[2.0]),
        curve("Nash; talks of patient sides", fine, LEAST + fine * (MOST - LEAST), at=weights, ours=played[0.01]),
    )  # fmt: skip
    return Docked(checks, (
        Panel("First proposer's share", "length of a round, units of time", "share of the surplus", lines, log_x=True),
        Panel("What the label is paid, label first", "label's bargaining weight", "USD a month", talks),
    ))  # fmt: skip


def stationary_share(own: float, other: float, *, rounds: int = 5000) -> float:
    """Return the first proposer's share if each side offers what the other would just take, over and over."""
    share = 0.123
    for _ in range(rounds):
        share = 1.0 - other * (1.0 - own * share)
    return share


def _division(weight: float, *, patience_rate: float) -> float:
    """Return the payment in closed form, the label first: weekly discounts of rates (1 - w) and w of patience."""
    week = 12.0 / 52.0
    label, platform = np.exp(-(1.0 - weight) * patience_rate * week), np.exp(-weight * patience_rate * week)
    return float(LEAST + (MOST - LEAST) * (1.0 - platform) / (1.0 - label * platform))


def _talk(weight: float, *, patience_rate: float) -> float:
    """Return what talks about a new licence agree on; an outage of nine months leaves nothing of a term of nine."""
    parameters = Parameters({**CERTAIN, "patience_rate": patience_rate})
    rules = Rules.of(parameters, weight=weight, protocol="rubinstein", proposer="label")
    stakes = Stakes(least=LEAST, least_slope=0.0, most=MOST, most_slope=0.0, present=0.5, term_months=9, licensed=True)
    outcome = play(stakes, rules, lambda *_: 0.5, weeks_before_end=26, longest_weeks=104, true_pull=0.0)
    assert outcome.payment is not None
    return outcome.payment


# --- Nash-in-Nash -----------------------------------------------------------------------------------------------------

PRICES, COSTS, QUALITY = np.array([5.0, 5.0, 4.0]), np.array([1.0, 1.0, 0.8]), np.array([0.5, 0.2, -0.3])
SLOPE, TASTE, PARTS, PEOPLE = 0.4, 2.5, np.array([0.32, 0.22, 0.18, 0.28]), 100.0
SERVICES, LABELS = ("a", "b", "c"), ("k", "l", "m", "n")
FIRST_ROW = np.array([0.6998025163, 0.4325624327, 0.3390684890, 0.5869243802])
"""Royalties of the first service at equal weights, USD per user, computed before the project began by other code."""


def nash_in_nash(full: bool) -> Docked:
    """Hold royalties of three services and four labels against a solution in turns, and the market's `together`."""
    weights = np.linspace(0.05, 0.95, 19 if full else 7)
    theory = np.array([_theory(weight) for weight in weights])
    turns = np.array([in_turns(float(weight)) for weight in (0.2, 0.5, 0.8)])
    solved = np.array([_theory(float(weight)) for weight in (0.2, 0.5, 0.8)])
    market = np.array([_together(weight, present=1.0) for weight in weights])
    other = np.array([_together(weight, present=0.37) for weight in weights])
    checks = (
        check("royalties of the first service at equal weights, against numbers of other code",
              ours=_theory(0.5)[0], reference=FIRST_ROW, tolerance=1e-9, unit="USD per user",
              why="ten digits were kept"),
        check("royalties of twelve pairs, against pairs that split their own gain in turns", ours=solved,
              reference=turns, tolerance=1e-8, unit="USD per user", why="the turns stop at 1e-11 USD"),
        check("payments by the market's `together` from values of forks, against theory", ours=market,
              reference=theory, tolerance=1e-9, unit="USD per user", why="rounding"),
        check("the same whatever present terms the forks were lived on", ours=other, reference=market, tolerance=1e-9,
              unit="USD per user", why="rounding"),
    )  # fmt: skip
    curves = tuple(
        curve(f"first service, label of {part:.0%} of music", weights, theory[:, 0, k], ours=market[:, 0, k])
        for k, part in enumerate(PARTS)
    )
    panel = Panel("Royalties at which no pair wants another: theory (lines), market (dots)",
                  "labels' bargaining weight", "USD per user and month", curves)  # fmt: skip
    return Docked(checks, (panel,))


def users_of(links: NDArray[np.bool_]) -> Floats:
    """Return users (3,) of the services with these licences (3, 4), by logit with an outside option."""
    pull = np.exp(QUALITY - SLOPE * PRICES + TASTE * (links @ PARTS))
    found: Floats = PEOPLE * pull / (1.0 + pull.sum())
    return found


def _dropped() -> tuple[Floats, Floats]:
    """Return users (3,) with all licences, and (3, 4, 3) with one less."""
    whole, without = np.ones((3, 4), bool), np.empty((3, 4, 3))
    for p, label in np.ndindex(3, 4):
        fewer = whole.copy()
        fewer[p, label] = False
        without[p, label] = users_of(fewer)
    return users_of(whole), without


def _theory(weight: float) -> Floats:
    users, without = _dropped()
    return per_user_royalties(
        users, users_without=without, margins=PRICES - COSTS, weights=weight, links=np.ones((3, 4), bool)
    ).royalties


def in_turns(weight: float) -> Floats:
    """Return royalties (3, 4) per user, each pair splitting its own gain given the rest, half way at a time."""
    users, without = _dropped()
    rates = np.zeros((3, 4))
    for _ in range(2000):
        before = rates.copy()
        for p, label in np.ndindex(3, 4):
            gone = before.copy()
            gone[p, label] = 0.0
            profit = users[p] * (PRICES[p] - COSTS[p] - gone[p].sum())
            alone = without[p, label, p] * (PRICES[p] - COSTS[p] - gone[p].sum())
            elsewhere = users @ gone[:, label] - without[p, label] @ gone[:, label]
            payment = weight * (profit - alone + elsewhere) - elsewhere
            rates[p, label] = 0.5 * before[p, label] + 0.5 * payment / users[p]
        if np.abs(rates - before).max() < 1e-11:
            break
    return rates


def _together(weight: float, *, present: float) -> Floats:
    """Return royalties (3, 4) per user by the market's solution, from what forks at present terms would show.

    present: royalty per user of every pair today, USD.
    """
    users, without = _dropped()
    pairs = [Pair(service, label, "streaming", ("XX",)) for service in SERVICES for label in LABELS]
    worths = []
    for p, k in np.ndindex(3, 4):
        brought = users - without[p, k]
        margin = PRICES[p] - COSTS[p] - present * (len(LABELS) - 1)
        elsewhere = {name: float(brought[q] * present) for q, name in enumerate(SERVICES) if q != p}
        worths.append(Worth(
            most=float(brought[p] * margin), most_slope=0.0, least=-sum(elsewhere.values()), least_slope=0.0,
            present={"XX": float(users[p] * present)}, elsewhere=elsewhere,
            others={name: float(brought[p] * present) for j, name in enumerate(LABELS) if j != k}, bill={},
        ))  # fmt: skip
    reserved = [(worth.least, worth.most) for worth in worths]
    paid = together(pairs, worths=worths, reserved=reserved, weights=np.full(12, weight))
    found: Floats = paid.reshape(3, 4) / users[:, None]
    return found
