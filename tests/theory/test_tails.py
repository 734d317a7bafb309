from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import poisson

from model.foundation.errors import InputError
from model.foundation.rng import stream_key, uniforms
from model.theory.tails import hill_exponent, pareto_product_tail, total_uses_chance, yule_exponent


@pytest.mark.parametrize("spread", [0.0, 0.3, 0.7])
def test_totals_add_to_one_and_have_the_mean_of_a_branching_process(spread: float) -> None:
    counts = np.arange(3000)
    chance = total_uses_chance(counts, seeds=2.0, spread=spread)
    assert chance.sum() == pytest.approx(1.0, abs=1e-12)
    assert counts @ chance == pytest.approx(2.0 / (1.0 - spread), rel=1e-9)
    if spread == 0.0:
        np.testing.assert_allclose(chance[:20], poisson.pmf(counts[:20], 2.0), rtol=1e-12)


def test_the_smallest_totals_by_hand() -> None:
    # none: no seed; one: one seed without a use; two: two seeds without, or one with one use that brings none
    s, m = 1.3, 0.6
    two = np.exp(-s) * (s * s / 2 * np.exp(-2 * m) + s * m * np.exp(-m) * np.exp(-m))
    wanted = [np.exp(-s), s * np.exp(-s) * np.exp(-m), two]
    np.testing.assert_allclose(total_uses_chance([0, 1, 2], seeds=s, spread=m), wanted, rtol=1e-12)


def test_at_a_spread_of_one_the_tail_falls_as_the_root() -> None:
    counts = np.array([1000.0, 4000.0])
    thick, thin = total_uses_chance(counts, seeds=1.0, spread=1.0)
    assert thick / thin == pytest.approx(8.0, rel=2e-3)  # n^(-3/2)


def test_yules_tail_by_quantiles_of_age() -> None:
    u = uniforms(stream_key(1, "age"), np.arange(200_000))
    sizes = np.exp(0.2 * (-np.log(u) / 0.3))
    exponent, error = hill_exponent(sizes, above=2.0)
    assert abs(exponent - yule_exponent(0.2, arrivals=0.3)) < 4.0 * error
    assert error == pytest.approx(1.5 / np.sqrt((sizes > 2.0).sum()), rel=0.05)


def test_weights_count_as_copies() -> None:
    sizes = np.array([1.5, 3.0, 7.0, 0.5])
    copies = hill_exponent(np.repeat(sizes, [1, 2, 3, 4]), above=1.0)
    assert hill_exponent(sizes, above=1.0, weights=[1, 2, 3, 4])[0] == pytest.approx(copies[0])
    assert np.isnan(hill_exponent(sizes, above=10.0)).all()


def test_a_product_with_a_pareto_number() -> None:
    factors = np.array([0.0, 0.5, 2.0])
    # beyond all factors Breiman's E[Y^a] x^-a; below the smallest that is not 0, all but the zeros
    assert pareto_product_tail([4.0], exponent=1.6, factors=factors)[0] == pytest.approx(
        (0.5**1.6 + 2.0**1.6) / 3.0 * 4.0**-1.6
    )
    assert pareto_product_tail([0.4], exponent=1.6, factors=factors)[0] == pytest.approx(2.0 / 3.0)


def test_faults() -> None:
    with pytest.raises(InputError, match="spread"):
        total_uses_chance([1.0], seeds=1.0, spread=1.2)
    with pytest.raises(InputError, match="arrivals"):
        yule_exponent(0.1, arrivals=0.0)
    with pytest.raises(InputError, match="values"):
        pareto_product_tail([0.0], exponent=1.0, factors=[1.0])
