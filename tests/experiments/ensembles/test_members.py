import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from model.experiments.ensembles import Ensemble
from model.experiments.ensembles.members import USUAL, draw_members
from model.foundation.errors import InputError


def weighted(weights: list[float]) -> Ensemble:
    total = sum(weights)
    return Ensemble(
        name="weighted", about="", parameters=("theta",), values=np.linspace(1.0, 3.0, len(weights))[:, None],
        weights=np.array(weights) / total, made={"method": "by hand"},
    )  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(st.lists(st.floats(0.0, 1.0), min_size=1, max_size=25).filter(lambda rows: sum(rows) > 0.1), st.integers(1, 70),
       st.integers(0, 2**40))  # fmt: skip
def test_each_member_gets_as_many_runs_as_its_weight_says(weights: list[float], wanted: int, seed: int) -> None:
    one = weighted(weights)
    drawn = draw_members(one, seed=seed, members=wanted)
    counts = np.bincount([slot.member for slot in drawn.slots], minlength=len(one))
    assert len(drawn) == counts.sum() == wanted
    assert (np.abs(counts - wanted * one.weights) < 1.0 + 1e-9).all()
    assert len({slot.replicate for slot in drawn.slots}) == wanted
    assert all(slot.replicate % len(one) == slot.member for slot in drawn.slots)


def test_as_many_runs_as_members_of_equal_weight_are_each_member_once() -> None:
    drawn = draw_members(weighted([1.0] * 30), seed=4, members=30)
    assert sorted(slot.member for slot in drawn.slots) == list(range(30))
    assert all(slot.replicate == slot.member for slot in drawn.slots)


def test_members_without_weight_are_never_run() -> None:
    drawn = draw_members(weighted([0.0, 1.0, 0.0, 2.0]), seed=9)
    assert len(drawn) == USUAL
    assert {slot.member for slot in drawn.slots} == {1, 3}


def test_what_is_run_first_is_a_fair_sample_of_all() -> None:
    drawn = draw_members(weighted([1.0] * 400), seed=2, members=400)
    first = np.array([slot.member for slot in drawn.slots[:100]])
    assert abs(first.mean() - 199.5) < 40.0
    assert first.min() < 40
    assert first.max() > 360


def test_the_order_is_keyed_by_seed_and_the_same_each_time() -> None:
    one = weighted([1.0, 2.0, 3.0])
    assert draw_members(one, seed=5).slots == draw_members(one, seed=5).slots
    assert draw_members(one, seed=5).slots != draw_members(one, seed=6).slots


def test_listed_members_are_run_once_with_the_draws_of_their_number() -> None:
    drawn = draw_members(weighted([1.0] * 8), seed=1, members=[5, 2])
    assert [(slot.member, slot.replicate) for slot in drawn.slots] == [(5, 5), (2, 2)]


@pytest.mark.parametrize("members", [0, -1, 20_001, True, [], [1, 1], [8], [-1], [0.5], "all", 2.5])
def test_wrong_members_are_told(members: object) -> None:
    with pytest.raises(InputError, match="members"):
        draw_members(weighted([1.0] * 8), seed=1, members=members)  # type: ignore[arg-type]
