"""Nash-in-Nash royalties with Bertrand prices that answer them."""

from __future__ import annotations

import numpy as np
import pytest

from model.foundation.errors import InputError
from model.theory.bargaining.responding import RespondingRoyalties, responding_royalties
from model.theory.pricing import bertrand_prices

XI = np.array([0.5, 0.2, -0.3])
COSTS = np.array([1.0, 1.0, 0.8])
REPERTOIRE = np.array([0.32, 0.22, 0.18, 0.28])
FULL = np.ones((3, 4), dtype=bool)
FIXED_PRICES = np.outer([1.0, 1.05, 0.9], [0.7, 0.43, 0.34, 0.59])


def market(costs: np.ndarray, links: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Single-offer platforms under plain logit: the markup is 1 / (a (1 - share)), found by Newton on the markups."""
    worth = XI[: len(costs)] + 2.5 * (links @ REPERTOIRE[: links.shape[1]])
    margins = np.full(len(costs), 3.0)
    for _ in range(40):
        odds = np.exp(worth - 0.4 * (costs + margins))
        shares = odds / (1.0 + odds.sum())
        gap = margins - 1.0 / (0.4 * (1.0 - shares))
        slopes = -0.4 * (np.diag(shares) - np.outer(shares, shares))
        change = np.linalg.solve(np.eye(len(costs)) - slopes / (0.4 * (1.0 - shares[:, None]) ** 2), gap)
        margins = margins - change
        if np.abs(change).max() < 1e-14:
            break
    odds = np.exp(worth - 0.4 * (costs + margins))
    return margins, 100.0 * odds / (1.0 + odds.sum())


def test_the_tests_own_market_is_the_projects() -> None:
    costs = np.add(COSTS, [2.0, 1.5, 1.0])
    known = bertrand_prices(
        [XI + 2.5], marginal_utility=[0.4], costs=costs, firms=[0, 1, 2], nests=[1, 1, 1], weights=[100.0]
    )
    margins, users = market(costs, FULL)
    np.testing.assert_allclose(margins, known.margins, rtol=1e-9)
    np.testing.assert_allclose(users, known.demand, rtol=1e-9)


def solved(weight: float, parts: tuple[float, ...] = (1.0,)) -> RespondingRoyalties:
    return responding_royalties(
        market, costs=COSTS, links=FULL, weights=weight, starts=[part * FIXED_PRICES for part in parts]
    )


@pytest.mark.parametrize(
    ("weight", "first_row", "prices"),
    [
        (0.3, [0.59267, 0.40914, 0.33526, 0.51947], [6.536743, 6.260255, 5.770090]),
        (0.5, [0.95246, 0.66527, 0.54768, 0.83877], [7.53247, 7.279685, 6.815768]),
    ],
)
def test_three_platforms_four_labels(weight: float, first_row: list[float], prices: list[float]) -> None:
    got = solved(weight)
    assert got.converged
    np.testing.assert_allclose(got.royalties[0], first_row, atol=1e-5)
    costs = COSTS + got.royalties.sum(axis=1)
    np.testing.assert_allclose(market(costs, FULL)[0] + costs, prices, atol=1e-5)


def test_several_starts_lead_to_one_solution_where_nobody_would_ask_otherwise() -> None:
    got = solved(0.5, (0.5, 1.5))
    assert got.arrivals == 2
    assert got.others == ()
    assert got.platform_gains.min() > 0.0
    assert got.label_gains.min() > 0.0
    for platform, label in ((0, 0), (2, 3)):
        best = None
        for change in np.linspace(-0.3, 0.3, 61):
            tried, kept, fewer = got.royalties.copy(), got.royalties.copy(), FULL.copy()
            tried[platform, label] += change
            kept[platform, label], fewer[platform, label] = 0.0, False
            margins, users = market(COSTS + tried.sum(axis=1), FULL)
            margins_0, users_0 = market(COSTS + kept.sum(axis=1), fewer)
            u = (margins * users - margins_0 * users_0)[platform]
            v = users @ tried[:, label] - users_0 @ kept[:, label]
            if u > 0.0 and v > 0.0 and (best is None or u * v > best[0]):
                best = (u * v, change)
        assert best is not None
        assert best[1] == pytest.approx(0.0, abs=1e-9)


def test_promotion_lowers_a_royalty_and_a_missing_licence_has_none() -> None:
    links = np.array([[True, True], [True, False]])
    starts = [np.where(links, 0.5, 0.0)]
    plain = responding_royalties(market, costs=COSTS[:2], links=links, weights=0.5, starts=starts)
    promoted = responding_royalties(
        market, costs=COSTS[:2], links=links, weights=0.5, starts=starts, outside_gains=[[2.0, 0.0], [0.0, 0.0]]
    )
    assert plain.converged
    assert promoted.converged
    assert promoted.royalties[0, 0] < plain.royalties[0, 0]
    assert plain.royalties[1, 1] == 0.0
    assert plain.label_gains[1, 1] == 0.0


def test_a_start_without_a_bargain_is_told() -> None:
    links = np.array([[True]])
    lost = responding_royalties(market, costs=COSTS[:1], links=links, weights=0.5, starts=[[[0.5]]], outside_gains=-1e4)
    assert not lost.converged
    assert lost.arrivals == 0
    assert np.isnan(lost.royalties).all()


def test_faults_are_named_at_once() -> None:
    with pytest.raises(InputError) as caught:
        responding_royalties(market, costs=COSTS, links=FULL, weights=0.5, starts=[], step=0.0, tolerance=-1.0)
    assert [f.place for f in caught.value.faults] == ["step", "tolerance", "starts"]
    with pytest.raises(InputError, match="costs"):
        responding_royalties(market, costs=[1.0], links=FULL, weights=0.5, starts=[FIXED_PRICES])
    with pytest.raises(InputError, match=r"starts\[0\]"):
        responding_royalties(market, costs=COSTS, links=FULL, weights=0.5, starts=[[1.0]])
