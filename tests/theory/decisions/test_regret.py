from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from model.foundation.errors import InputError
from model.theory.decisions.regret import policy_scores, regret_table, winners

# Four policies whose best one differs by rule, worked out by hand (USD).
TOY = [
    [100.0, 100.0, 100.0, -60.0],  # highest mean, 60
    [20.0, 20.0, 20.0, 20.0],  # highest worst outcome
    [70.0, 70.0, 70.0, -15.0],  # least largest regret, 35
    [50.0, 49.0, 50.0, 0.0],  # nothing
]
TABLES = arrays(
    np.float64,
    st.tuples(st.integers(1, 5), st.integers(1, 8)),
    elements=st.floats(-1e6, 1e6, allow_subnormal=False),
)


def test_regrets_by_hand() -> None:
    expected = [[0, 0, 0, 80], [80, 80, 80, 0], [30, 30, 30, 35], [50, 51, 50, 20]]
    np.testing.assert_array_equal(regret_table(TOY), expected)
    np.testing.assert_array_equal(winners(TOY), np.equal(expected, 0))


def test_each_rule_has_its_own_favourite() -> None:
    scores = policy_scores(TOY, enough=15.0)
    np.testing.assert_allclose(scores.mean_outcomes, [60.0, 20.0, 48.75, 37.25])
    np.testing.assert_allclose(scores.worst_outcomes, [-60.0, 20.0, -15.0, 0.0])
    np.testing.assert_allclose(scores.largest_regrets, [80.0, 80.0, 35.0, 51.0])
    np.testing.assert_allclose(scores.mean_regrets, [20.0, 60.0, 31.25, 42.75])
    np.testing.assert_allclose(scores.satisficing_shares, [0.75, 1.0, 0.75, 0.75])
    np.testing.assert_allclose(scores.win_shares, [0.75, 0.25, 0.0, 0.0])
    best = {rule: scores.best(rule).tolist() for rule in ("mean", "maximin", "minimax_regret", "satisficing")}
    assert best == {"mean": [0], "maximin": [1], "minimax_regret": [2], "satisficing": [1]}
    assert policy_scores(TOY, enough=60.0).best("satisficing").tolist() == [0, 2]


def test_what_is_enough_may_differ_by_future() -> None:
    shares = policy_scores(TOY, enough=[60.0, 60.0, 60.0, -100.0]).satisficing_shares
    np.testing.assert_allclose(shares, [1.0, 0.25, 1.0, 0.25])


def test_weights_count_futures_and_zero_leaves_one_out() -> None:
    repeated = np.array(TOY)[:, [0, 1, 1, 3, 3, 3]]
    plain = policy_scores(repeated, enough=15.0)
    weighted = policy_scores(TOY, enough=15.0, weights=[1, 2, 0, 3])
    for name in plain.__slots__:
        np.testing.assert_allclose(getattr(weighted, name), getattr(plain, name))
    calm = policy_scores(TOY, enough=15.0, weights=[1, 1, 1, 0])
    assert calm.worst_outcomes[0] == 100.0
    assert calm.largest_regrets[0] == 0.0


@settings(deadline=None)
@given(table=TABLES)
def test_regret_is_never_below_zero_and_someone_has_none(table: np.ndarray) -> None:
    lost = regret_table(table)
    assert (lost >= 0.0).all()
    assert (lost.min(axis=0) == 0.0).all()
    scores = policy_scores(table, enough=0.0)
    assert (scores.largest_regrets >= scores.mean_regrets - 1e-6).all()
    np.testing.assert_allclose(
        scores.mean_outcomes + scores.mean_regrets, table.max(axis=0).mean(), rtol=1e-9, atol=1e-6
    )
    # the mean rule and the mean regret rule always agree
    assert scores.mean_regrets[scores.best("mean")[0]] == pytest.approx(scores.mean_regrets.min(), abs=1e-6)


def test_faults_are_named() -> None:
    with pytest.raises(InputError, match="policies by futures"):
        regret_table([1.0, 2.0])
    with pytest.raises(InputError, match="outcomes: lies in"):
        regret_table([[1.0, np.nan]])
    with pytest.raises(InputError, match="weights: has shape"):
        policy_scores(TOY, enough=0.0, weights=[1.0])
    with pytest.raises(InputError, match="sum of weights"):
        policy_scores(TOY, enough=0.0, weights=[0.0] * 4)
    with pytest.raises(InputError, match="enough: goes with the futures"):
        policy_scores(TOY, enough=[0.0, 1.0])
    with pytest.raises(InputError, match="minimax_regret"):
        policy_scores(TOY, enough=0.0).best("minimax_regrets")
