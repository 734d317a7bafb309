from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad

from model.foundation.errors import InputError
from model.theory.diffusion import (
    awareness_probability,
    bass_adoption,
    bass_adoption_rate,
    bass_peak_time,
    next_awareness,
    stationary_awareness,
    stationary_hazard,
)


def test_probability_of_a_hazard() -> None:
    np.testing.assert_allclose(awareness_probability([0.0, np.log(2.0), np.inf]), [0.0, 0.5, 1.0])
    assert awareness_probability(1e-20) == 1e-20  # 1 - exp(-h) in floats would be 0


@given(st.floats(0.001, 2.0), st.floats(0.001, 2.0))
def test_hazards_add(first: float, second: float) -> None:
    unaware = (1.0 - awareness_probability(first)) * (1.0 - awareness_probability(second))
    assert 1.0 - awareness_probability(first + second) == pytest.approx(unaware, rel=1e-12)


@given(hazard=st.floats(0.001, 3.0), forgetting=st.floats(0.001, 0.5))
def test_the_stationary_level_stays_and_draws_every_start(hazard: float, forgetting: float) -> None:
    level = stationary_awareness(hazard, forgetting=forgetting)
    assert next_awareness(level, hazard=hazard, forgetting=forgetting) == pytest.approx(level, rel=1e-12)
    # every other start comes nearer by the same factor each month: 1 - f - g
    start = np.array([0.0, 0.4, 1.0])
    later = next_awareness(start, hazard=hazard, forgetting=forgetting)
    factor = np.exp(-hazard) - forgetting
    np.testing.assert_allclose(later - level, factor * (start - level), rtol=1e-9, atol=1e-14)


@given(awareness=st.floats(0.0, 0.9), forgetting=st.floats(0.0, 0.1))
def test_the_stationary_hazard_keeps_the_level(awareness: float, forgetting: float) -> None:
    hazard = stationary_hazard(awareness, forgetting=forgetting)
    kept = next_awareness(awareness, hazard=hazard, forgetting=forgetting)
    assert kept == pytest.approx(awareness, rel=1e-12, abs=1e-15)


def test_limits_of_awareness() -> None:
    assert stationary_awareness(0.3, forgetting=0.0) == 1.0
    assert stationary_awareness(0.0, forgetting=0.1) == 0.0
    assert np.isnan(stationary_awareness(0.0, forgetting=0.0))
    assert stationary_hazard(0.0, forgetting=0.2) == 0.0
    with pytest.raises(InputError, match="must learn each month"):
        stationary_hazard(0.99, forgetting=0.05)
    with pytest.raises(InputError) as caught:
        stationary_hazard(1.0, forgetting=2.0)
    assert [f.place for f in caught.value.faults] == ["awareness", "forgetting"]
    with pytest.raises(InputError, match="hazard"):
        awareness_probability(-0.1)


def test_bass_starts_at_nothing_and_ends_with_all() -> None:
    assert bass_adoption(0.0, innovation=0.03, imitation=0.38) == 0.0
    assert bass_adoption(500.0, innovation=0.03, imitation=0.38) == pytest.approx(1.0, abs=1e-12)
    # without imitation: exponential
    np.testing.assert_allclose(
        bass_adoption([1.0, 5.0], innovation=0.2, imitation=0.0), 1.0 - np.exp([-0.2, -1.0]), rtol=1e-13
    )


def test_bass_rate_is_the_derivative_and_adds_up() -> None:
    args = {"innovation": 0.03, "imitation": 0.38}
    months = np.linspace(0.5, 20.0, 40)
    change = (bass_adoption(months + 1e-5, **args) - bass_adoption(months - 1e-5, **args)) / 2e-5
    np.testing.assert_allclose(bass_adoption_rate(months, **args), change, rtol=1e-7)
    area, _ = quad(lambda t: float(bass_adoption_rate(t, **args)), 0.0, 7.0)
    assert area == pytest.approx(float(bass_adoption(7.0, **args)), rel=1e-9)


def test_bass_peak() -> None:
    args = {"innovation": 0.03, "imitation": 0.38}
    peak = bass_peak_time(**args)
    around = bass_adoption_rate([peak - 0.01, peak, peak + 0.01], **args)
    assert around.argmax() == 1
    assert around[1] == pytest.approx((0.03 + 0.38) ** 2 / (4 * 0.38), rel=1e-12)  # Bass (1969), equation 9
    assert bass_peak_time(innovation=0.3, imitation=0.2) == 0.0
    with pytest.raises(InputError, match="innovation"):
        bass_adoption(1.0, innovation=0.0, imitation=0.1)
