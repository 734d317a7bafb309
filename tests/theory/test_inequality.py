from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import expit, gammainc, gammaincc

from model.foundation.errors import InputError
from model.foundation.rng import stream_key, uniforms
from model.theory.concentration import gini
from model.theory.inequality import (
    dirichlet_quantiles,
    gamma_quantile_table,
    gini_from_lognormal_sigma,
    lognormal_mu,
    lognormal_quantiles,
    lognormal_sigma_from_gini,
)

SHAPES = [0.001, 0.02, 0.1, 0.5, 1.0, 3.0, 20.0, 50.0]
LOG_ODDS = np.linspace(-37.0, 37.0, 400_001)
DENSITY = expit(LOG_ODDS) * expit(-LOG_ODDS) * (LOG_ODDS[1] - LOG_ODDS[0])
"""Weight of each point in an integral over u in (0, 1), taken in log odds so that the upper tail counts."""


@given(st.floats(0.0, 0.95))
def test_gini_and_sigma_are_inverse(index: float) -> None:
    assert gini_from_lognormal_sigma(lognormal_sigma_from_gini(index)) == pytest.approx(index, abs=1e-12)


def test_sigma_by_known_values() -> None:
    assert lognormal_sigma_from_gini(0.0) == 0.0
    # Gini of a lognormal with sigma 1 is 2 Phi(1/sqrt 2) - 1 = erf(1/2)
    assert lognormal_sigma_from_gini(0.5204998778130465) == pytest.approx(1.0, rel=1e-12)


def test_lognormal_has_the_mean_and_the_gini_asked_for() -> None:
    middle = (np.arange(400_000) + 0.5) / 400_000
    incomes = lognormal_quantiles(middle, mean=1250.0, sigma=lognormal_sigma_from_gini(0.48))
    assert incomes.mean() == pytest.approx(1250.0, rel=1e-3)
    assert gini(incomes) == pytest.approx(0.48, abs=1e-3)
    assert np.median(incomes) == pytest.approx(
        np.exp(lognormal_mu(1250.0, sigma=lognormal_sigma_from_gini(0.48))), rel=1e-4
    )


@pytest.mark.parametrize("shape", SHAPES)
def test_gamma_table_has_the_mean_and_the_variance(shape: float) -> None:
    x = gamma_quantile_table(shape)(expit(LOG_ODDS))
    mean = float((x * DENSITY).sum())
    assert mean == pytest.approx(shape, rel=0.0005)
    assert float((x * x * DENSITY).sum()) - mean * mean == pytest.approx(shape, rel=0.0005)


@pytest.mark.parametrize("shape", SHAPES)
def test_gamma_table_inverts_the_distribution_in_both_tails(shape: float) -> None:
    log_odds = np.linspace(-25.0, 25.0, 5001)
    x = gamma_quantile_table(shape)(expit(log_odds))
    there = x > 1e-250
    low, high = there & (log_odds < 0.0), log_odds >= 0.0
    np.testing.assert_allclose(gammainc(shape, x[low]), expit(log_odds[low]), rtol=5e-4)
    np.testing.assert_allclose(gammaincc(shape, x[high]), expit(-log_odds[high]), rtol=5e-4)


@pytest.mark.parametrize("shape", SHAPES)
def test_gamma_sample_of_keyed_uniforms_has_the_mean(shape: float) -> None:
    n = 400_000
    x = gamma_quantile_table(shape)(uniforms(stream_key(2, "gamma"), np.arange(n)))
    assert abs(x.mean() - shape) < 4.0 * np.sqrt(shape / n)


def test_logarithms_stay_finite_where_numbers_underflow() -> None:
    table = gamma_quantile_table(0.02)
    u = np.array([1e-16, 1e-9, 0.3])
    assert table(u)[0] == 0.0
    logs = table.logarithms(u)
    assert np.isfinite(logs).all()
    assert np.all(np.diff(logs) > 0.0)
    # the lower tail is u = x^a / Gamma(a + 1)
    np.testing.assert_allclose(np.diff(logs[:2]), np.log(1e7) / 0.02, rtol=1e-9)


def test_the_ends_of_the_uniform_take_the_ends_of_the_table() -> None:
    table = gamma_quantile_table(2.0)
    ends = table.logarithms([0.0, 1.0])
    np.testing.assert_array_equal(ends, table.log_nodes[[0, -1]])
    assert np.all(np.diff(table.log_nodes) > 0.0)


def test_dirichlet_has_its_means_and_variances() -> None:
    n, weights = 200_000, np.array([0.9, 0.08, 0.5, 0.02])
    u = np.stack([uniforms(stream_key(4, "taste", k), np.arange(n)) for k in range(4)], axis=1)
    shares = dirichlet_quantiles(u, concentrations=weights)
    np.testing.assert_allclose(shares.sum(axis=1), 1.0, rtol=1e-12)
    total = weights.sum()
    mean = weights / total
    variance = mean * (1.0 - mean) / (total + 1.0)
    assert np.all(np.abs(shares.mean(axis=0) - mean) < 4.0 * np.sqrt(variance / n))
    np.testing.assert_allclose(shares.var(axis=0), variance, rtol=0.05)


def test_dirichlet_gives_nothing_to_a_label_without_repertoire_and_no_empty_row() -> None:
    u = np.array([[1e-12, 0.5, 1e-12], [0.5, 0.5, 0.5]])
    shares = dirichlet_quantiles(u, concentrations=[0.001, 0.0, 0.002])
    assert np.all(shares[:, 1] == 0.0)
    np.testing.assert_allclose(shares.sum(axis=1), 1.0)


def test_each_share_answers_to_its_own_uniform() -> None:
    u = np.full((9, 3), 0.5)
    u[:, 0] = np.linspace(0.05, 0.95, 9)
    shares = dirichlet_quantiles(u, concentrations=[2.0, 3.0, 4.0])
    assert np.all(np.diff(shares[:, 0]) > 0.0)
    assert np.all(np.diff(shares[:, 1:], axis=0) < 0.0)


def test_faults_are_named() -> None:
    with pytest.raises(InputError, match="gini"):
        lognormal_sigma_from_gini(1.0)
    with pytest.raises(InputError, match="shape"):
        gamma_quantile_table(0.0)
    with pytest.raises(InputError, match="mean"):
        lognormal_quantiles([0.5], mean=0.0, sigma=1.0)
    with pytest.raises(InputError, match="concentrations"):
        dirichlet_quantiles([[0.5, 0.5]], concentrations=[1.0, -1.0])
    with pytest.raises(InputError, match="largest concentration"):
        dirichlet_quantiles([[0.5, 0.5]], concentrations=[0.0, 0.0])
