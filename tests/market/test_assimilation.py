"""Assimilation: targets held in expected users, nothing drifts without a cause, known qualities are recovered."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from model.facts import load_start
from model.facts.records import StartState
from model.market.assimilation import SIZEABLE, Settling, assimilate
from model.market.opening import open_country
from model.mechanisms.awareness import spread_awareness
from model.mechanisms.choice import choose
from model.spec.parameters import Parameters
from model.state.country import Country

Settled = Callable[..., Country]
MARKETS = sorted(load_start().markets)
TOLERANCE, DRIFT = 0.03, 0.05


@cache
def settle(market: str, users: int) -> tuple[Country, Settling]:
    country = open_country(load_start(), market, Parameters(), users=users, horizon=36, growth=False, seed=1)
    return country, assimilate(country, Parameters(), seed=1)


def misses(country: Country, settling: Settling, *, tolerance: float) -> set[tuple[str, str]]:
    sizeable = settling.target > SIZEABLE * country.people
    sizeable[0] = False
    error = np.abs(settling.expected[sizeable] / settling.target[sizeable] - 1.0)
    return {country.offers.names[j] for j, e in zip(np.flatnonzero(sizeable), error, strict=True) if e > tolerance}


@pytest.mark.parametrize("market", ["ID", "IN"])
def test_targets_hold_in_expected_users(market: str) -> None:
    """Of few users 2% are so few that sampling alone is several per cent: twice the tolerance."""
    assert misses(*settle(market, 4000), tolerance=2 * TOLERANCE) == set()


@pytest.mark.slow
def test_every_market_meets_its_targets() -> None:
    """Which offers miss changes with every draw, since 2% of 10,000 users are 200; how many and how far does not."""
    missed = {(market, offer) for market in MARKETS for offer in misses(*settle(market, 10_000), tolerance=TOLERANCE)}
    far = {(market, offer) for market in MARKETS for offer in misses(*settle(market, 10_000), tolerance=2 * TOLERANCE)}
    assert len(missed) <= 8, missed
    assert far == set()


@pytest.mark.slow
def test_nothing_drifts_without_a_cause() -> None:
    """Services after 36 quiet months, mean of 8 replicates, whose own sampling error is 1 to 4%."""
    drifts = {(market, name): drift for market in MARKETS for name, drift in quiet_drifts(market).items()}
    sizes = np.abs(list(drifts.values()))
    beyond = {cell: round(drift, 3) for cell, drift in drifts.items() if abs(drift) > DRIFT}
    assert len(beyond) <= 0.1 * len(drifts), beyond
    assert sizes.max() < 0.14, beyond
    assert sizes.mean() < 0.025
    assert abs(np.mean(list(drifts.values()))) < 0.01  # and no common direction


def quiet_drifts(market: str) -> dict[str, float]:
    """Return the drift of every sizeable service of a market, as part of its target."""
    settled_country, settling = settle(market, 10_000)
    parameters, people = Parameters(), np.zeros(len(settled_country.offers))
    for replicate in range(8):
        country = settled_country.copy()
        for month in range(1, 37):
            spread_awareness(country, parameters, seed=100 + replicate, month=month)
            choose(country, parameters, seed=100 + replicate, month=month)
        people += np.add(*country.stocks()) * country.weight / 8
    found = {}
    for p, platform in enumerate(settled_country.platforms):
        mine = settled_country.offers.platform == p
        target = settling.target[mine].sum()
        if target > SIZEABLE * settled_country.people:
            found[platform] = float(people[mine].sum() / target - 1.0)
    return found


def test_settling_is_repeatable_and_keyed(start: StartState, parameters: Parameters) -> None:
    one, again, other = (
        open_country(start, "ID", parameters, users=500, horizon=1, growth=False, seed=1) for _ in range(3)
    )
    for country, seed in ((one, 1), (again, 1), (other, 2)):
        assimilate(country, parameters, seed=seed, longest=6)
    np.testing.assert_array_equal(one.offers.xi, again.offers.xi)
    for name, column in one.users.arrays().items():
        np.testing.assert_array_equal(column, again.users.arrays()[name])
    assert not np.array_equal(one.offers.xi, other.offers.xi)


def test_order_of_users_changes_nothing(start: StartState, parameters: Parameters) -> None:
    one, mixed = (open_country(start, "ID", parameters, users=1000, horizon=1, growth=False, seed=1) for _ in range(2))
    mixed.users = mixed.users.take(np.random.default_rng(5).permutation(1000))
    for country in (one, mixed):
        assimilate(country, parameters, seed=1, longest=5)
    np.testing.assert_allclose(one.offers.xi, mixed.offers.xi, atol=1e-6)
    main, other = one.stocks()[0], mixed.stocks()[0]
    np.testing.assert_array_equal(main, other)


def test_offers_without_a_target_stay_without_quality(settled: Settled) -> None:
    country = settled("ID")
    targets = country.offers.targets("main")
    assert np.all(np.isneginf(country.offers.xi[1:][targets[1:] == 0]))
    assert np.all(np.isfinite(country.offers.xi[1:][targets[1:] > 0]))
    assert country.offers.xi[0] == 0.0


def test_known_qualities_are_recovered(start: StartState, parameters: Parameters) -> None:
    """A market lives for years at qualities we set; assimilation on the stocks that result finds their differences."""
    users = 8000
    truth, _ = settle("ID", users)
    truth = truth.copy()
    sold = np.flatnonzero(truth.offers.targets("main") > 0.02 * truth.people)
    truth.offers.xi[sold] += np.linspace(-0.35, 0.35, sold.size)
    stocks = []
    for month in range(1, 121):
        spread_awareness(truth, parameters, seed=11, month=month)
        choose(truth, parameters, seed=11, month=month)
        if month > 72:
            stocks.append([stock * truth.weight for stock in truth.stocks()])
    main, second = np.mean(stocks, axis=0)
    found = open_country(start, "ID", parameters, users=users, horizon=1, growth=False, seed=1)
    with_targets(found, truth, main, second)
    assimilate(found, parameters, seed=2)
    large = [j for j in sold if main[j] > 0.02 * truth.people]
    assert len(large) >= 3
    error = (found.offers.xi - truth.offers.xi)[large]
    moved = np.linspace(-0.35, 0.35, sold.size)
    assert np.max(np.abs(error - error.mean())) < 0.15
    assert np.ptp(moved) > 4 * np.std(error)


def with_targets(country: Country, truth: Country, main: np.ndarray, second: np.ndarray) -> None:
    """Begin from the true market's people and stocks, with its long-run stocks as targets and no knowledge of xi."""
    country.users = truth.users.copy()
    country.marketing_hazard[:] = truth.marketing_hazard
    country.offers.lines = tuple(
        replace(line, target_main=main[j], target_second=second[j])
        for j, line in enumerate(country.offers.lines, start=1)
    )
