from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from model.foundation.errors import InputError
from model.theory.choice import utility_terms


def two_users_three_options(**changes: Any) -> dict[str, Any]:
    """Outside option, a free offer and a premium offer, met by two users; every number different."""
    given: dict[str, Any] = {
        "quality": [0.25, 1.0, 2.0],
        "theta": 2.0,
        "catalogue": np.array([[1.0, 0.5, 0.8], [1.0, 0.01, 1.0]]),
        "alpha": 0.3,
        "price_weight": [1.0, 2.0],
        "price": [0.0, 0.0, 10.0],
        "beta_ad": 0.2,
        "aversion": [0.5, 1.5],
        "ad_load": [9.0, 3.0, 0.0],
        "beta_r": 1.2,
        "restriction": [9.0, 0.5, 0.0],
        "hours": [30.0, 15.0],
        "mean_hours": 30.0,
        "beta_T": 0.5,
        "integration": [9.0, 1.0, 2 / 3],
        "tiktok_hours": [40.0, 0.0],
        "mean_tiktok_hours": 20.0,
        "beta_s": 1.0,
        "community_share": np.array([[0.9, 0.2, 0.2], [0.9, 0.6, 0.6]]),
        "beta_pod": 0.1,
        "podcasts": [9.0, 0.0, 4.0],
        "beta_H": 1.8,
        "tenure": [0.5, 1.0],
        "beta_K": 0.8,
        "same_platform": np.array([[False, True, True], [True, False, False]]),
        "same_tier": np.array([[False, False, True], [True, False, True]]),
    }
    return given | changes


def test_each_term_by_hand() -> None:
    terms = utility_terms(**two_users_three_options())
    wanted = {
        "quality": [[0.25, 1.0, 2.0], [0.25, 1.0, 2.0]],
        "catalogue": [[0, 2 * np.log(0.5), 2 * np.log(0.8)], [0, 2 * np.log(0.02), 0]],
        "price": [[0, 0, -3.0], [0, 0, -6.0]],
        "ads": [[0, -0.3, 0], [0, -0.9, 0]],
        "restriction": [[0, -0.6, 0], [0, -0.3, 0]],
        "integration": [[0, 1.0, 2 / 3], [0, 0, 0]],
        "peers": [[0, 0.2, 0.2], [0, 0.6, 0.6]],
        "podcasts": [[0, 0, 0.4], [0, 0, 0.4]],
        "habit": [[0, 0.9, 1.7], [0, 0, 0]],
    }
    assert list(terms) == list(wanted)
    for name, table in wanted.items():
        np.testing.assert_allclose(terms[name], table, rtol=1e-14, atol=1e-15, err_msg=name)


def test_the_catalogue_has_a_floor() -> None:
    empty = utility_terms(**two_users_three_options(catalogue=np.zeros((2, 3))))
    np.testing.assert_allclose(empty["catalogue"][:, 1:], 2.0 * np.log(0.02))


def test_a_market_without_tiktok_has_no_integration_term() -> None:
    banned = utility_terms(**two_users_three_options(tiktok_hours=[0.0, 0.0], mean_tiktok_hours=0.0))
    np.testing.assert_array_equal(banned["integration"], 0.0)


def test_a_user_may_meet_terms_of_their_own() -> None:
    on_trial = np.array([[0.0, 0.0, 0.0], [0.0, 0.0, 10.0]])
    terms = utility_terms(**two_users_three_options(price=on_trial))
    np.testing.assert_allclose(terms["price"], [[0, 0, 0], [0, 0, -6.0]])


def test_each_response_has_the_sign_of_the_theory() -> None:
    base = sum(utility_terms(**two_users_three_options()).values())
    for worse in ({"price": [0, 1, 11]}, {"ad_load": [0, 4, 1]}, {"restriction": [0, 0.6, 0.1]}):
        assert np.all(sum(utility_terms(**two_users_three_options(**worse)).values())[:, 1:] < base[:, 1:])
    better = sum(utility_terms(**two_users_three_options(podcasts=[0, 1, 5])).values())
    assert np.all(better[:, 1:] > base[:, 1:])


def test_inputs_stay_untouched() -> None:
    given = two_users_three_options(quality=np.array([[0.1, 0.2, 0.3]] * 2), price=np.ones((2, 3)))
    terms = utility_terms(**given)
    terms["quality"] += 5.0
    np.testing.assert_array_equal(given["quality"], [[0.1, 0.2, 0.3]] * 2)
    np.testing.assert_array_equal(given["price"], 1.0)


def test_wrong_shapes_are_named_all_at_once() -> None:
    with pytest.raises(InputError) as caught:
        utility_terms(**two_users_three_options(hours=[1.0], tenure=[1.0, 2.0, 3.0]))
    assert [f.place for f in caught.value.faults] == ["hours", "tenure"]
    with pytest.raises(InputError) as caught:
        utility_terms(**two_users_three_options(price=[1.0], podcasts=[1.0]))
    assert [f.place for f in caught.value.faults] == ["price", "podcasts"]
    with pytest.raises(InputError, match="mean_hours"):
        utility_terms(**two_users_three_options(mean_hours=0.0))
