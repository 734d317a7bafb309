"""Declared parameters: complete, in order, validated, frozen."""

from __future__ import annotations

import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.facts.book import FactBook
from model.foundation.errors import InputError
from model.spec.parameters import LEAST, SUBJECTS, Parameter, Parameters, declared_parameters


def test_every_declaration_is_complete_and_its_facts_exist() -> None:
    book = FactBook.load()
    tables = {"spotify_quarterly", "derived_hot100_eras"}
    for line in declared_parameters().values():
        assert line.subject in SUBJECTS
        assert line.low <= line.likely[0] <= line.default <= line.likely[1] <= line.high
        for source in line.source.split(";"):
            assert source.strip() == "assumption" or source.strip() in tables or source.strip() in book, line.name


def test_a_declaration_out_of_order_is_refused() -> None:
    with pytest.raises(ValueError, match="not in order"):
        Parameter("x", 5.0, "unit", 0.0, 10.0, "meaning", "assumption", (6.0, 7.0))


def test_all_faults_come_together_with_the_nearest_name() -> None:
    with pytest.raises(InputError) as caught:
        Parameters({"theeta": 1, "alpha": -1, "communities": 2.5, "eta": True})
    assert len(caught.value.faults) == 4
    assert "theta" in str(caught.value)


@given(st.sampled_from(sorted(declared_parameters())), st.floats() | st.integers() | st.text() | st.none())
def test_a_value_is_taken_whole_or_refused(name: str, value: object) -> None:
    try:
        taken = Parameters({name: value})
    except InputError:
        return
    line = declared_parameters()[name]
    assert line.low <= taken[name] <= line.high
    assert isinstance(taken[name], float)


def test_numbers_beyond_floats_are_refused() -> None:
    with pytest.raises(InputError):
        Parameters({"theta": 10**400})


def test_parameters_are_frozen_and_travel() -> None:
    values = Parameters({"theta": 3})
    assert values.theta == 3.0
    assert values.changed() == {"theta": 3.0}
    assert pickle.loads(pickle.dumps(values)) == values
    assert values.replace({"theta": 2}).changed() == {}
    with pytest.raises(AttributeError, match="frozen"):
        values.theta = 1.0  # type: ignore[misc]
    with pytest.raises(AttributeError, match="theta"):
        _ = values.theeta


@pytest.mark.parametrize("value", [5e-324, -5e-324, 1e-308, -1e-101])
def test_numbers_hardly_other_than_0_are_refused(value: float) -> None:
    with pytest.raises(InputError, match=r"piracy_weight is 0, or no nearer to 0 than 1e-100; got .*Write 0"):
        Parameters({"piracy_weight": value})
    assert Parameters({"piracy_weight": 0.0, "alpha": LEAST, "beta_s": -0.0}).alpha == LEAST
