"""Fronts, ranks, crowding and hypervolume: known small cases, and what holds for any points."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from model.foundation.errors import InputError
from model.theory.bargaining.frontier import pareto_frontier
from model.theory.pareto import crowding, front_ranks, hypervolume, pareto_front

CLOUDS = st.integers(1, 4).flatmap(
    lambda aims: arrays(np.float64, st.tuples(st.integers(1, 12), st.just(aims)), elements=st.integers(-5, 5))
)


def test_o25_rounding_alone_keeps_no_point() -> None:
    deals = [(39.95, 59.6 + 1e-14), (41.0, 59.6), (10.0, 70.0)]
    assert pareto_front(deals, tolerance=1e-9).tolist() == [False, True, True]
    assert pareto_front(deals).tolist() == [True, True, True]


def test_three_aims_and_equal_points() -> None:
    cube = [[0, 0, 1], [0, 1, 0], [1, 0, 0], [0, 0, 0], [0, 0, 1]]
    assert pareto_front(cube).tolist() == [True, True, True, False, True]
    assert front_ranks(cube).tolist() == [0, 0, 0, 1, 0]


def test_a_ring_leaves_the_front_without_tolerance() -> None:
    ring = [[0.0, 0.9, 1.8], [1.8, 0.0, 0.9], [0.9, 1.8, 0.0]]
    assert pareto_front(ring, tolerance=1.0).any()


@given(CLOUDS)
def test_what_is_left_out_is_dominated_and_what_stays_is_not(points: np.ndarray) -> None:
    kept = pareto_front(points)
    assert kept.any()
    for number, point in enumerate(points):
        above = (points >= point).all(axis=1) & (points > point).any(axis=1)
        assert kept[number] == (not above.any())
        if not kept[number]:
            assert (above & kept).any()
    assert (front_ranks(points) == 0).tolist() == kept.tolist()


@given(arrays(np.float64, st.tuples(st.integers(1, 10), st.just(2)), elements=st.floats(-9, 9)),
       st.sampled_from([0.0, 1e-9, 0.5]))  # fmt: skip
def test_with_two_aims_it_is_the_frontier_of_deals(points: np.ndarray, tolerance: float) -> None:
    assert pareto_front(points, tolerance=tolerance).tolist() == pareto_frontier(points, tolerance=tolerance).tolist()


def test_crowding_by_hand() -> None:
    room = crowding([[0.0, 4.0], [1.0, 3.0], [3.0, 1.0], [4.0, 0.0]])
    assert room.tolist() == [np.inf, 1.5, 1.5, np.inf]
    assert crowding([[2.0, 2.0], [2.0, 2.0]]).tolist() == [0.0, 0.0]


def test_hypervolume_by_hand() -> None:
    assert hypervolume([[3.0, 1.0], [2.0, 2.0], [1.0, 3.0], [1.0, 1.0]], reference=[0.0, 0.0]) == 6.0
    assert hypervolume([[1.0, 1.0, 1.0], [2.0, 1.0, 0.5]], reference=[0.0, 0.0, 0.0]) == pytest.approx(1.5)
    assert hypervolume([[1.0, -1.0]], reference=[0.0, 0.0]) == 0.0
    assert hypervolume([[5.0]], reference=[2.0]) == 3.0


@given(CLOUDS)
def test_hypervolume_counts_lattice_boxes_and_the_front_alone_makes_it(points: np.ndarray) -> None:
    floor = np.full(points.shape[1], -6.0)
    cells = np.stack(np.meshgrid(*[np.arange(-6, 5) + 0.5] * points.shape[1], indexing="ij"), axis=-1)
    flat = cells.reshape(-1, points.shape[1])
    covered = (flat[:, None, :] <= points[None]).all(axis=2).any(axis=1).sum()
    assert hypervolume(points, reference=floor) == pytest.approx(float(covered))
    assert hypervolume(points[pareto_front(points)], reference=floor) == pytest.approx(float(covered))


@pytest.mark.parametrize("values", [[1.0, 2.0], [[np.nan, 1.0]], [[np.inf, 1.0]]])
def test_wrong_points_are_refused(values: object) -> None:
    with pytest.raises(InputError):
        pareto_front(values)  # type: ignore[arg-type]
    with pytest.raises(InputError):
        pareto_front([[1.0]], tolerance=-1.0)
    with pytest.raises(InputError):
        hypervolume([[1.0, 2.0]], reference=[0.0])
