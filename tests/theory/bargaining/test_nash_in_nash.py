"""Royalties of all pairs at once, lump sums, Shapley value: published cases and what must hold of any."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from model.foundation.errors import InputError
from model.theory.bargaining.nash_in_nash import Royalties, lump_sum_transfers, per_user_royalties, talks_in_turns
from model.theory.bargaining.shapley import shapley_values

FULL = np.ones((3, 4), dtype=bool)
REPERTOIRE = np.array([0.32, 0.22, 0.18, 0.28])


def logit_users(links: np.ndarray, price: Any = (5.0, 5.0, 4.0), xi: Any = (0.5, 0.2, -0.3)) -> np.ndarray:
    odds = np.exp(np.array(xi) - 0.4 * np.array(price) + 2.5 * (links @ REPERTOIRE))
    return 100.0 * odds / (1.0 + odds.sum())


def drops(links: np.ndarray, users: Any = logit_users) -> np.ndarray:
    found = np.zeros((*links.shape, links.shape[0]))
    for platform, label in np.ndindex(links.shape):
        fewer = links.copy()
        fewer[platform, label] = False
        found[platform, label] = users(fewer)
    return found


def three_by_four(weight: Any, links: np.ndarray = FULL, **more: Any) -> Royalties:
    return per_user_royalties(
        logit_users(links),
        users_without=drops(links),
        margins=[4.0, 4.0, 3.2],
        weights=weight,
        links=links,
        **more,
    )


def test_one_platform_two_labels() -> None:
    got = per_user_royalties(
        [10.0], users_without=[[[5.0], [6.0]]], margins=[6.0], weights=0.5, links=np.ones((1, 2), dtype=bool)
    )
    np.testing.assert_allclose(got.royalties, [[1.2631578947, 0.9473684211]], rtol=1e-9)


def users_of_one(links: np.ndarray) -> float:
    return {(False, False): 0.0, (True, False): 6.0, (False, True): 5.0, (True, True): 10.0}[tuple(links[0].tolist())]


def test_one_platform_two_labels_by_lump_sums_and_shapley() -> None:
    deals = lump_sum_transfers(
        lambda links: (np.array([6.0 * users_of_one(links)]), np.zeros(2)), links=[[True, True]], weights=0.5
    )
    np.testing.assert_allclose(deals.transfer, [[15.0, 12.0]], rtol=1e-9)
    assert 60.0 - deals.transfer.sum() == pytest.approx(33.0, rel=1e-9)
    worth = np.zeros(8)
    worth[[0b011, 0b101, 0b111]] = 36.0, 30.0, 60.0
    np.testing.assert_allclose(shapley_values(worth), [31.0, 16.0, 13.0], rtol=1e-9)


def test_three_platforms_four_labels() -> None:
    got = three_by_four(0.5)
    expected = [
        [0.6998025163, 0.4325624327, 0.3390684890, 0.5869243802],
        [0.7363140830, 0.4583422141, 0.3603324595, 0.6192487167],
        [0.6250643167, 0.3797919105, 0.2955417105, 0.5207573286],
    ]
    np.testing.assert_allclose(got.royalties, expected, rtol=1e-9)
    users = logit_users(FULL)
    np.testing.assert_allclose(users / 100.0, [0.3598393768, 0.2665755668, 0.2412075476], rtol=1e-9)
    profit = users * (np.array([4.0, 4.0, 3.2]) - got.royalties.sum(axis=1))
    np.testing.assert_allclose(profit, [69.8679312588, 48.6703680413, 33.2587756729], rtol=1e-9)
    income = [59.8870076258, 36.9444507044, 28.9352914605, 50.1885678960]
    np.testing.assert_allclose(users @ got.royalties, income, rtol=1e-9)
    assert got.spectral_radius == pytest.approx(0.6481234604, rel=1e-9)


@pytest.mark.parametrize(("weight", "eigenvalue"), [(0.8, -0.9574530826), (0.95, -1.1157939701)])
def test_how_royalties_answer_each_other(weight: float, eigenvalue: float) -> None:
    got = three_by_four(weight)
    assert np.linalg.eigvals(got.influence).real.min() == pytest.approx(eigenvalue, rel=1e-9)


def test_talks_in_turns_diverge_for_strong_labels_unless_damped() -> None:
    got = three_by_four(0.95)
    solved = got.royalties.ravel()
    constant = solved - got.influence @ solved
    start = np.zeros(12)
    wild = talks_in_turns(start, constant=constant, influence=got.influence, damping=1.0, rounds=200)
    calm = talks_in_turns(start, constant=constant, influence=got.influence, rounds=200)
    assert np.abs(wild[-1] - solved).max() > 1e3
    np.testing.assert_allclose(calm[-1], solved, rtol=1e-9)
    assert calm.shape == (201, 12)


def joint_gain(royalties: np.ndarray, platform: int, label: int, margins: np.ndarray, outside: float) -> list[float]:
    """Gains of platform and label from their licence, by comparing two worlds: nothing here comes from the module."""
    fewer, kept = FULL.copy(), royalties.copy()
    fewer[platform, label], kept[platform, label] = False, 0.0
    users, users_0 = logit_users(FULL), logit_users(fewer)
    profit = (margins - royalties.sum(axis=1)) * users - (margins - kept.sum(axis=1)) * users_0
    income = users @ royalties - users_0 @ kept
    return [float(profit[platform]), float(income[label]) + outside]


@given(
    hnp.arrays(float, (3, 4), elements=st.floats(0.05, 0.95)), hnp.arrays(float, (3, 4), elements=st.floats(-2.0, 4.0))
)
def test_every_pair_divides_its_joint_gain_by_its_weight(weights: np.ndarray, outside: np.ndarray) -> None:
    got = three_by_four(weights, outside_gains=outside)
    margins = np.array([4.0, 4.0, 3.2])
    for platform, label in np.ndindex(3, 4):
        gains = joint_gain(got.royalties, platform, label, margins, outside[platform, label])
        assert got.surplus[platform, label] == pytest.approx(sum(gains), abs=1e-8)
        assert gains[1] == pytest.approx(weights[platform, label] * sum(gains), abs=1e-8)


@given(st.permutations(range(3)), st.permutations(range(4)))
def test_relabelling_changes_nothing(platforms: list[int], labels: list[int]) -> None:
    weights = np.linspace(0.2, 0.8, 12).reshape(3, 4)
    links = np.array([[1, 1, 0, 1], [1, 1, 1, 1], [0, 1, 1, 0]], dtype=bool)
    plain = three_by_four(weights, links)
    moved = np.ix_(platforms, labels)
    got = per_user_royalties(
        logit_users(links)[platforms],
        users_without=drops(links)[np.ix_(platforms, labels, platforms)],
        margins=np.array([4.0, 4.0, 3.2])[platforms],
        weights=weights[moved],
        links=links[moved],
    )
    np.testing.assert_allclose(got.royalties, plain.royalties[moved], rtol=1e-9)
    assert got.spectral_radius == pytest.approx(plain.spectral_radius, rel=1e-9)


def test_without_a_licence_there_is_no_royalty_and_without_licences_no_talks() -> None:
    links = FULL.copy()
    links[1, 2] = False
    got = three_by_four(0.5, links)
    assert got.royalties[1, 2] == 0.0
    assert np.isnan(got.surplus[1, 2])
    assert np.isfinite(got.surplus[links]).all()
    unknown = drops(links)
    unknown[1, 2] = np.nan  # nothing need be known of a licence that is not there
    case = {"margins": [4.0, 4.0, 3.2], "weights": 0.5, "links": links}
    again = per_user_royalties(logit_users(links), users_without=unknown, **case)
    np.testing.assert_array_equal(again.royalties, got.royalties)
    nothing = three_by_four(0.5, np.zeros((3, 4), dtype=bool))
    assert nothing.royalties.sum() == 0.0
    assert nothing.spectral_radius == 0.0


def test_promotion_lowers_and_strength_raises_a_royalty() -> None:
    promotion = np.zeros((3, 4))
    promotion[0, 1] = 3.0
    assert three_by_four(0.5, outside_gains=promotion).royalties[0, 1] < three_by_four(0.5).royalties[0, 1]
    stronger = np.full((3, 4), 0.5)
    stronger[0, 1] = 0.6
    assert three_by_four(stronger).royalties[0, 1] > three_by_four(0.5).royalties[0, 1]
    alone = per_user_royalties([10.0], users_without=[[[4.0]]], margins=[6.0], weights=0.5, links=[[True]])
    promoted = per_user_royalties(
        [10.0], users_without=[[[4.0]]], margins=[6.0], weights=0.25, links=[[True]], outside_gains=8.0
    )
    assert alone.royalties[0, 0] * 10.0 == pytest.approx(0.5 * 36.0)
    assert promoted.royalties[0, 0] * 10.0 == pytest.approx(0.25 * 36.0 - 0.75 * 8.0)


def table_payoffs(links: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    users = logit_users(links)
    return users * [4.0, 4.0, 3.2], -2.0 * (links * np.arange(4.0)).sum(axis=0)


def test_lump_sums_are_nash_transfers_of_differences_between_networks() -> None:
    links = FULL.copy()
    links[2, 0] = False
    got = lump_sum_transfers(table_payoffs, links=links, weights=0.4)
    for platform, label in np.argwhere(links):
        fewer = links.copy()
        fewer[platform, label] = False
        d_p = (table_payoffs(links)[0] - table_payoffs(fewer)[0])[platform]
        d_l = (table_payoffs(links)[1] - table_payoffs(fewer)[1])[label]
        assert bool(got.agreed[platform, label]) == (d_p + d_l >= 0.0)
        assert got.transfer[platform, label] == pytest.approx(0.4 * (d_p + d_l) - d_l if d_p + d_l >= 0 else 0.0)
    assert not got.agreed[2, 0]
    assert got.transfer[2, 0] == 0.0


@given(hnp.arrays(float, 16, elements=st.floats(-100.0, 100.0)))
def test_shapley_is_the_mean_over_orders_of_joining(worth: np.ndarray) -> None:
    worth[0] = 0.0
    total = np.zeros(4)
    for order in permutations(range(4)):
        group = 0
        for player in order:
            total[player] += worth[group | 1 << player] - worth[group]
            group |= 1 << player
    np.testing.assert_allclose(shapley_values(worth), total / 24.0, atol=1e-9)
    assert shapley_values(worth).sum() == pytest.approx(worth[15], abs=1e-9)


def test_faults_are_named_at_once() -> None:
    case = {"users_without": drops(FULL), "margins": [4.0, 4.0, 3.2], "weights": 0.5, "links": FULL}
    with pytest.raises(InputError) as caught:
        per_user_royalties([1.0, 2.0], **case | {"margins": [1.0], "users_without": np.zeros((3, 4))})
    assert [f.place for f in caught.value.faults] == ["users", "margins", "users_without"]
    with pytest.raises(InputError) as caught:
        per_user_royalties([1.0, -2.0, 0.0], **case | {"margins": [1.0, np.nan, 1.0]})
    assert [f.place for f in caught.value.faults] == ["users", "margins", "users"]
    with pytest.raises(InputError, match="weights"):
        three_by_four(1.2)
    with pytest.raises(InputError, match="outside_gains"):
        three_by_four(0.5, outside_gains=np.inf)
    with pytest.raises(InputError, match="links"):
        lump_sum_transfers(table_payoffs, links=[True], weights=0.5)
    with pytest.raises(InputError, match="damping"):
        talks_in_turns([0.0], constant=[1.0], influence=[[0.5]], damping=0.0)
    for worth in ([0.0, 1.0, 2.0], [1.0, 2.0], [0.0, np.nan]):
        with pytest.raises(InputError, match="worth"):
            shapley_values(worth)
