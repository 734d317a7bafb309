"""Which licences exist: refusal of a low-margin entrant, many stable networks, and the order of expiry."""

from __future__ import annotations

from itertools import permutations, product
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from model.foundation.errors import InputError
from model.theory.bargaining.link_surplus import LinkSurplus, surplus_of_payoffs, surplus_of_royalties
from model.theory.bargaining.nash_in_nash import per_user_royalties
from model.theory.bargaining.networks import effect_of_order, is_stable, renew_in_order, stable_networks

FULL = np.ones((3, 4), dtype=bool)
ENTRANT = np.array([[False] * 4, [False] * 4, [True] * 4])
REPERTOIRE = np.array([0.32, 0.22, 0.18, 0.28])


def users_at(links: np.ndarray, *, entrant_price: float) -> np.ndarray:
    odds = np.exp(np.array([0.5, 0.2, -1.5]) - 0.4 * np.array([5.0, 5.0, entrant_price]) + 2.5 * (links @ REPERTOIRE))
    return np.asarray(100.0 * odds / (1.0 + odds.sum()))


def with_entrant(price: float, weight: float = 0.5, **more: Any) -> LinkSurplus:
    return surplus_of_royalties(
        lambda links: users_at(links, entrant_price=price),
        margins=[4.0, 4.0, price - 0.4],
        weights=weight,
        **more,
    )


def bits(networks: np.ndarray) -> list[str]:
    """The entrant's licences of each network; all others are in force."""
    assert networks[:, :2].all()
    return sorted("".join(map(str, network[2].astype(int))) for network in networks)


def test_labels_refuse_an_entrant_that_earns_too_little() -> None:
    surplus = with_entrant(0.5)
    got = [surplus(FULL, 2, label) for label in range(4)]
    np.testing.assert_allclose(got, [-7.977, -4.701, -3.514, -6.632], atol=1e-3)
    assert bits(stable_networks(surplus, links=FULL)) == ["0000"]
    full = per_user_royalties(
        users_at(FULL, entrant_price=0.5),
        users_without=[
            [users_at(FULL & ~one_link(p, label), entrant_price=0.5) for label in range(4)] for p in range(3)
        ],
        margins=[4.0, 4.0, 0.1],
        weights=0.5,
        links=FULL,
    )
    np.testing.assert_allclose([[surplus(FULL, p, label) for label in range(4)] for p in range(3)], full.surplus)


def one_link(platform: int, label: int) -> np.ndarray:
    link = np.zeros((3, 4), dtype=bool)
    link[platform, label] = True
    return link


def test_decent_margins_leave_only_the_full_network() -> None:
    def users(links: np.ndarray) -> np.ndarray:
        odds = np.exp(np.array([0.5, 0.2, -0.3]) - 0.4 * np.array([5.0, 5.0, 4.0]) + 2.5 * (links @ REPERTOIRE))
        return np.asarray(100.0 * odds / (1.0 + odds.sum()))

    surplus = surplus_of_royalties(users, margins=[4.0, 4.0, 3.2], weights=0.5)
    assert bits(stable_networks(surplus, links=FULL)) == ["1111"]


@pytest.mark.parametrize(("weight", "stable"), [(0.5, ["0110", "0111"]), (0.8, ["0011", "0101", "0110"])])
def test_in_between_several_networks_are_stable(weight: float, stable: list[str]) -> None:
    # every pair's change is judged with all other contracts as they stand, so which network comes is a matter of order
    surplus = with_entrant(1.2, weight)
    found = stable_networks(surplus, links=FULL)
    assert bits(found) == stable
    assert bits(stable_networks(surplus, links=FULL, free=ENTRANT)) == stable
    orders = [[(2, label) for label in order] for order in permutations(range(4))]
    effect = effect_of_order(surplus, links=FULL, orders=orders)
    assert effect.settled == 1.0
    assert bits(effect.networks) == stable
    assert effect.shares.sum() == pytest.approx(1.0)
    assert (np.diff(effect.shares) <= 0.0).all()
    np.testing.assert_allclose(effect.link_shares, np.tensordot(effect.shares, effect.networks.astype(float), axes=1))


def test_promotion_may_bring_the_entrant_in() -> None:
    promoted = with_entrant(0.5, outside_gains=np.where(ENTRANT, 9.0, 0.0))
    assert bits(stable_networks(promoted, links=FULL, free=ENTRANT)) == ["1111"]
    order = [(2, label) for label in range(4)]
    assert renew_in_order(promoted, links=FULL & ~ENTRANT, order=order).links.all()
    assert not renew_in_order(with_entrant(0.5), links=FULL, order=order).links[2].any()


def table_surplus(table: np.ndarray) -> LinkSurplus:
    """Lump sums with payoffs from a table over the four networks of one platform and two labels."""

    def payoffs(links: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        row = table[int(links[0, 0]) + 2 * int(links[0, 1])]
        return row[:1], row[1:]

    return surplus_of_payoffs(payoffs)


@given(hnp.arrays(float, (4, 3), elements=st.integers(-5, 5).map(float)))
def test_stable_networks_are_those_without_a_wish_to_change(table: np.ndarray) -> None:
    surplus = table_surplus(table)
    expected = []
    for first, second in product((0, 1), repeat=2):
        wishes = []
        for label, link in ((0, first), (1, second)):
            other = second if label == 0 else first
            on, off = (1 + 2 * other, 2 * other) if label == 0 else (2 + other, other)
            gain = (table[on] - table[off])[[0, 1 + label]].sum()
            wishes.append(gain < 0 if link else gain > 0)
        if not any(wishes):
            expected.append([[bool(first), bool(second)]])
    found = stable_networks(surplus, links=[[False, False]])
    assert sorted(found.tolist()) == sorted(expected)
    for start in product((False, True), repeat=2):
        end = renew_in_order(surplus, links=[start], order=[(0, 1), (0, 0)])
        if end.settled:
            assert end.links.tolist() in found.tolist()
        if is_stable(surplus, links=[start]):
            assert end.links.tolist() == [list(start)]
            assert end.passes == 1


def test_talks_in_a_circle_end() -> None:
    def circle(links: np.ndarray, platform: int, label: int) -> float:
        # the first label signs only without the second, the second only with the first
        return 1.0 if bool(links[0, 1 - label]) == (label == 1) else -1.0

    end = renew_in_order(circle, links=[[False, False]], order=[(0, 0), (0, 1)])
    assert not end.settled
    assert end.passes < 10
    assert len(stable_networks(circle, links=[[False, False]])) == 0
    assert not renew_in_order(circle, links=[[False, False]], order=[(0, 0), (0, 1)], max_passes=1).settled


def test_the_order_decides_where_only_one_can_have_it() -> None:
    def rivals(links: np.ndarray, platform: int, label: int) -> float:
        return -1.0 if links[0, 1 - label] else 1.0

    effect = effect_of_order(rivals, links=[[False, False]], orders=[[(0, 0), (0, 1)]] * 3 + [[(0, 1), (0, 0)]])
    assert effect.networks.tolist() == [[[True, False]], [[False, True]]]
    assert effect.shares.tolist() == [0.75, 0.25]
    assert effect.link_shares.tolist() == [[0.75, 0.25]]


def test_each_network_is_asked_for_once_and_inputs_are_left_alone() -> None:
    asked = []

    def payoffs(links: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        asked.append(links.tobytes())
        links[:] = False  # a careless caller
        return np.zeros(3), np.zeros(4)

    links = FULL.copy()
    stable_networks(surplus_of_payoffs(payoffs), links=links, free=ENTRANT)
    assert len(asked) == len(set(asked)) == 16
    assert links.all()


def test_a_careless_count_of_users_changes_no_network() -> None:
    def careless(links: np.ndarray) -> np.ndarray:
        found = users_at(links, entrant_price=1.2)
        links[:] = False
        return found

    surplus, links = surplus_of_royalties(careless, margins=[4.0, 4.0, 1.2 - 0.4], weights=0.5), FULL.copy()
    assert [surplus(links, 2, label) for label in range(4)] == [with_entrant(1.2)(FULL, 2, label) for label in range(4)]
    assert links.all()


def test_faults_are_named() -> None:
    surplus = with_entrant(0.5)
    with pytest.raises(InputError, match="at most 16"):
        stable_networks(surplus, links=np.ones((5, 5)))
    with pytest.raises(InputError, match="free"):
        is_stable(surplus, links=FULL, free=[True])
    with pytest.raises(InputError) as caught:
        renew_in_order(surplus, links=FULL, order=[(2, 0), (2, 0), (3, 0)])
    assert [f.place for f in caught.value.faults] == ["order", "order"]
    for order in ([0, 1], [(0.5, 1.0)], [(0, 1, 2)]):
        with pytest.raises(InputError, match="whole numbers"):
            renew_in_order(surplus, links=FULL, order=order)
    with pytest.raises(InputError, match="max_passes"):
        renew_in_order(surplus, links=FULL, order=[(0, 0)], max_passes=0)
    with pytest.raises(InputError, match="orders"):
        effect_of_order(surplus, links=FULL, orders=[])
