from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from model.spec.parameters import Parameters
from model.state import population
from model.state.population import PopulationFacts, draw_population
from model.state.users import BUNDLE_SHIFT, FAMILY, PAY, STUDENT, UserArrays

FACTS = PopulationFacts(
    market="XX", income_mean=500.0, gini=0.4, age_shares=(0.15, 0.4, 0.3, 0.15), tiktok_share=0.4, tiktok_hours=20.0,
    labels=("universal", "sony", "tail"), label_shares=(0.5, 0.3, 0.2), platforms=("a", "b"), bundle_bases=(0.0, 0.12),
)  # fmt: skip
SIZE = 40_000


@pytest.fixture(scope="module")
def people() -> UserArrays:
    return draw_population(FACTS, Parameters(), size=SIZE, seed=3)


def gini(values: np.ndarray) -> float:
    ordered = np.sort(values.astype(float))
    ranks = np.arange(1, ordered.size + 1)
    return float((2 * ranks - ordered.size - 1) @ ordered / (ordered.size * ordered.sum()))


def test_incomes_have_the_mean_and_the_gini(people: UserArrays) -> None:
    assert people.income.mean(dtype=float) == pytest.approx(500.0, rel=0.03)
    assert gini(people.income) == pytest.approx(0.4, abs=0.015)


def test_price_weights_fall_with_income(people: UserArrays) -> None:
    parameters = Parameters()
    order = np.argsort(people.income)
    assert np.all(np.diff(people.price_weight[order]) <= 1e-6)
    assert people.price_weight.max() <= np.float32(parameters.price_weight_cap)
    middle = np.argmin(np.abs(people.income - 500.0))
    assert people.price_weight[middle] == pytest.approx(1.0, abs=0.01)


def test_taste_surrounds_the_repertoire(people: UserArrays) -> None:
    np.testing.assert_allclose(people.taste.mean(axis=1, dtype=float), FACTS.label_shares, atol=0.006)
    np.testing.assert_allclose(people.taste.sum(axis=0), 1.0, atol=1e-5)
    assert people.taste.min() >= 0.0


def test_concentration_sets_how_alike_people_are() -> None:
    spread = [
        draw_population(FACTS, Parameters({"taste_concentration": c}), size=4000, seed=3).taste[0].std()
        for c in (1.0, 6.0, 60.0)
    ]
    wanted = [np.sqrt(0.25 / (c + 1.0)) for c in (1.0, 6.0, 60.0)]
    np.testing.assert_allclose(spread, wanted, rtol=0.05)


def test_ages(people: UserArrays) -> None:
    shares = np.bincount(people.age, minlength=4) / SIZE
    np.testing.assert_allclose(shares, FACTS.age_shares, atol=0.01)


def test_tiktok_total_and_ages(people: UserArrays) -> None:
    uses = people.tiktok_hours > 0.0
    assert uses.mean() == pytest.approx(0.4, abs=0.01)
    assert people.tiktok_hours[uses].mean(dtype=float) == pytest.approx(20.0, rel=0.04)
    by_age = [uses[people.age == a].mean() for a in range(4)]
    assert by_age == sorted(by_age, reverse=True)


def test_no_tiktok_no_hours() -> None:
    nobody = draw_population(dataclasses.replace(FACTS, tiktok_share=0.0), Parameters(), size=500, seed=3)
    assert not nobody.tiktok_hours.any()


def test_hours_and_aversion(people: UserArrays) -> None:
    assert people.hours.mean(dtype=float) == pytest.approx(Parameters().hours_mean, rel=0.03)
    assert people.ad_aversion.mean(dtype=float) == pytest.approx(1.0, rel=0.03)


def test_access(people: UserArrays) -> None:
    parameters = Parameters()
    pays = people.access & PAY != 0
    poor, rich = people.income < 150.0, people.income > 1500.0
    assert pays[rich].mean() > pays[poor].mean() > parameters.payment_floor - 0.02
    assert (people.access & FAMILY != 0).mean() == pytest.approx(parameters.family_share, abs=0.01)
    studies = people.access & STUDENT != 0
    assert studies[people.age == 0].mean() == pytest.approx(parameters.student_share_young, abs=0.02)
    assert studies[people.age > 1].mean() == pytest.approx(parameters.student_share_older, abs=0.01)
    assert (people.access >> BUNDLE_SHIFT & 1).sum() == 0
    assert (people.access >> (BUNDLE_SHIFT + 1) & 1).mean() == pytest.approx(0.12, abs=0.008)


def test_communities_lean_to_ages(people: UserArrays) -> None:
    number = int(Parameters().communities)
    assert 0 <= people.community.min() <= people.community.max() < number
    sizes = np.bincount(people.community, minlength=number)
    assert sizes.max() > 2 * np.median(sizes)
    old = np.array([(people.age[people.community == c] == 3).mean() for c in np.flatnonzero(sizes > 100)])
    assert old.max() > 1.5 * old.min()


@given(small=st.integers(1, 60), large=st.integers(60, 300), seed=st.integers(0, 2**40))
@settings(deadline=None, max_examples=20)
def test_the_first_users_of_a_larger_population_are_the_same(small: int, large: int, seed: int) -> None:
    few, many = (draw_population(FACTS, Parameters(), size=n, seed=seed) for n in (small, large))
    head = many.take(np.arange(small))
    for name, column in few.arrays().items():
        np.testing.assert_array_equal(column, head.arrays()[name], err_msg=name)


def test_seed_and_market_change_the_people() -> None:
    one = draw_population(FACTS, Parameters(), size=200, seed=3)
    other_seed = draw_population(FACTS, Parameters(), size=200, seed=4)
    other_market = draw_population(dataclasses.replace(FACTS, market="YY"), Parameters(), size=200, seed=3)
    for other in (other_seed, other_market):
        assert np.mean(one.income == other.income) < 0.02
        assert abs(np.corrcoef(np.log(one.income), np.log(other.income))[0, 1]) < 0.25


def test_another_platform_changes_no_draw() -> None:
    """Bundles are keyed by the platform's name, so a platform put first moves bits and draws nothing anew."""
    more = dataclasses.replace(FACTS, platforms=("new", "a", "b"), bundle_bases=(0.0, 0.0, 0.12))
    one, other = (draw_population(f, Parameters(), size=500, seed=3) for f in (FACTS, more))
    np.testing.assert_array_equal(one.income, other.income)
    np.testing.assert_array_equal(one.access >> (BUNDLE_SHIFT + 1) & 1, other.access >> (BUNDLE_SHIFT + 2) & 1)


def test_people_drawn_in_parts_are_those_drawn_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = draw_population(FACTS, Parameters(), size=1003, seed=3, first=7)
    monkeypatch.setattr(population, "AT_ONCE", 100)
    parts = draw_population(FACTS, Parameters(), size=1003, seed=3, first=7)
    for name, column in whole.arrays().items():
        np.testing.assert_array_equal(parts.arrays()[name], column, err_msg=name)
        assert parts.arrays()[name].dtype == column.dtype


def test_nobody_is_drawn_for_no_room() -> None:
    assert len(draw_population(FACTS, Parameters(), size=0, seed=3)) == 0
