"""Pareto frontier and solutions on lists of deals and on the polygon they span."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.foundation.errors import InputError
from model.theory.bargaining.frontier import (
    SOLUTIONS,
    pareto_frontier,
    polygon_frontier,
    solution_on_polygon,
    solution_on_set,
)

deals = st.lists(st.tuples(st.integers(-20, 60), st.integers(-20, 60)), min_size=1, max_size=12)


def test_rounding_does_not_keep_a_worse_deal() -> None:
    points = [(39.95, 59.6 + 1e-14), (41.0, 59.6), (10.0, 70.0)]
    assert pareto_frontier(points, tolerance=1e-9).tolist() == [False, True, True]
    assert pareto_frontier(points, tolerance=0.0).tolist() == [True, True, True]


@given(deals, st.sampled_from([0.0, 1e-9, 1.5]))
def test_the_frontier_is_the_definition(points: list[tuple[int, int]], tolerance: float) -> None:
    def dominated(one: tuple[int, int]) -> bool:
        return any(
            (o[0] > one[0] + tolerance and o[1] >= one[1] - tolerance)
            or (o[1] > one[1] + tolerance and o[0] >= one[0] - tolerance)
            for o in points
        )

    got = pareto_frontier(points, tolerance=tolerance).tolist()
    assert got == [not dominated(point) for point in points]
    assert any(got)


@given(deals, st.sampled_from(SOLUTIONS), st.floats(0.05, 0.95))
def test_no_listed_deal_is_better(points: list[tuple[int, int]], solution: str, b: float) -> None:
    chosen = solution_on_set(points, disagreement=[0.0, 0.0], weight=b, solution=solution)
    good = [p for p in points if min(p) >= 0]
    assert (chosen is None) == (not good)
    if chosen is None:
        return
    best = max(p[0] for p in good) or 1, max(p[1] for p in good) or 1
    worth = {
        "nash": lambda p: p[0] ** (1 - b) * p[1] ** b,
        "egalitarian": min,
        "kalai_smorodinsky": lambda p: min(
            p[0] / best[0] if max(q[0] for q in good) else 1, p[1] / best[1] if max(q[1] for q in good) else 1
        ),
    }[solution]
    assert worth(points[chosen]) >= max(map(worth, good)) * (1 - 1e-8) - 1e-8


def test_a_sides_unit_leaves_the_nash_point_and_not_the_egalitarian() -> None:
    points = np.array([(10.0, 1.0), (6.0, 5.0), (4.0, 6.0), (1.0, 8.0)])
    for unit in (1e-3, 7.0, 1e5):
        scaled = points * [1.0, unit]
        for solution in ("nash", "kalai_smorodinsky"):
            assert solution_on_set(scaled, disagreement=[0.0, 0.0], solution=solution) == 1
    assert solution_on_set(points * [1.0, 0.2], disagreement=[0.0, 0.0], solution="egalitarian") == 2
    assert solution_on_set(points[::-1], disagreement=[0.0, 0.0]) == 2
    assert solution_on_set(points, disagreement=[0.0, 0.0], weight=0.95) == 3


def test_polygon_has_only_undominated_corners() -> None:
    points = [(0, 5), (0, 8), (4, 8), (5, 5), (7, 4), (8, 0), (8, 1), (2, 2), (6, 6)]
    assert polygon_frontier(points).tolist() == [[4, 8], [6, 6], [7, 4], [8, 1]]
    assert polygon_frontier([(1, 1), (1, 1)]).tolist() == [[1, 1]]


def test_nash_on_a_line_divides_it_by_weight() -> None:
    line = [(0.0, 12.0), (6.0, 0.0)]
    for weight in (0.0, 0.02, 0.3, 0.5, 0.98, 1.0):
        got = solution_on_polygon(line, disagreement=[1.0, 2.0], weight=weight)
        assert got is not None
        # gains lie on x / 4 + y / 8 = 1, and the Nash point divides them by weight
        np.testing.assert_allclose(got, [1.0 + 4.0 * (1.0 - weight), 2.0 + 8.0 * weight], rtol=1e-12)
    for solution, point in (("kalai_smorodinsky", [3.0, 6.0]), ("egalitarian", [1.0 + 8 / 3, 2.0 + 8 / 3])):
        got = solution_on_polygon(line, disagreement=[1.0, 2.0], solution=solution)
        assert got is not None
        np.testing.assert_allclose(got, point, rtol=1e-12)


@given(deals, st.floats(0.001, 0.999) | st.sampled_from([0.0, 1.0]), st.sampled_from(SOLUTIONS))
def test_no_mixture_is_better(points: list[tuple[int, int]], b: float, solution: str) -> None:
    got = solution_on_polygon(points, disagreement=[0.0, 0.0], weight=b, solution=solution)
    table = np.array(points, dtype=float)
    parts = np.linspace(0.0, 1.0, 21)
    mixed = np.array([part * one + (1.0 - part) * two for one in table for two in table for part in parts])
    mixed = mixed[(mixed >= 0.0).all(axis=1)]
    if got is None:
        assert len(mixed) == 0
        return
    assert got.min() >= 0.0
    if not len(mixed):
        return
    top = mixed.max(axis=0)
    if solution == "nash":
        assert (mixed[:, 0] ** (1 - b) * mixed[:, 1] ** b).max() <= got[0] ** (1 - b) * got[1] ** b * (1 + 1e-9) + 1e-9
    elif solution == "egalitarian":
        assert mixed.min(axis=1).max() <= got.min() + 1e-9
    else:
        assert (top <= solution_ideals(points) + 1e-9).all()
        ideal = np.where(solution_ideals(points) > 0, solution_ideals(points), 1.0)
        assert (mixed / ideal).min(axis=1).max() <= (got / ideal).min() + 1e-9


def test_a_deal_may_leave_one_side_exactly_what_it_had() -> None:
    for solution in SOLUTIONS:
        got = solution_on_polygon([(-5, 8), (0, 5)], disagreement=[0.0, 0.0], solution=solution)
        assert got is not None
        assert got.tolist() == [0.0, 5.0]
    assert solution_on_polygon([(-5, 8), (-1, 5)], disagreement=[0.0, 0.0]) is None


@pytest.mark.parametrize(("weight", "point"), [(1e-260, [1.0, 0.0]), (1.0 - 1e-16, [0.0, 1.0])])
def test_next_to_no_weight_is_worth_next_to_nothing(weight: float, point: list[float]) -> None:
    for deals_in_order in ([(0, 1), (1, 0)], [(1, 0), (0, 1), (0, 0)]):
        got = solution_on_polygon(deals_in_order, disagreement=[0.0, 0.0], weight=weight)
        assert got is not None
        np.testing.assert_allclose(got, point, atol=1e-15)


def solution_ideals(points: list[tuple[int, int]]) -> np.ndarray:
    """The best of each side: Nash with all the weight on it."""
    best = [solution_on_polygon(points, disagreement=[0.0, 0.0], weight=w) for w in (0.0, 1.0)]
    assert best[0] is not None
    assert best[1] is not None
    return np.array([best[0][0], best[1][1]])


def test_faults_are_named_at_once() -> None:
    with pytest.raises(InputError) as caught:
        solution_on_set([[1.0, np.nan]], disagreement=[0.0], weight=2.0, solution="fair")
    assert [f.place for f in caught.value.faults] == ["payoffs", "disagreement", "weight", "solution"]
    with pytest.raises(InputError, match="list of deals"):
        pareto_frontier([1.0, 2.0])
    with pytest.raises(InputError, match="tolerance"):
        pareto_frontier([(1.0, 2.0)], tolerance=-1.0)
