from __future__ import annotations

from collections.abc import Callable

import numpy as np

from model.state.country import Country

Settled = Callable[..., Country]


def test_at_most_a_hundred_bytes_each(settled: Settled) -> None:
    for market in ("ID", "IN", "US", "BR"):
        users = settled(market, users=300).users
        assert users.bytes_per_user() <= 100.0
        assert users.bytes_per_user() == sum(column.nbytes for column in users.arrays().values()) / len(users)


def test_copies_are_independent(settled: Settled) -> None:
    country = settled("ID", users=300)
    copied = country.users.copy()
    for name, column in copied.arrays().items():
        column[...] = 0
        assert getattr(country.users, name) is not column
    assert country.users.income.min() > 0.0
    assert country.users.uid[-1] == 299


def test_take_reorders_every_column(settled: Settled) -> None:
    users = settled("IN", users=300).users
    order = np.random.default_rng(1).permutation(300)
    taken = users.take(order)
    np.testing.assert_array_equal(taken.uid, users.uid[order])
    back = taken.take(np.argsort(order))
    for name, column in users.arrays().items():
        np.testing.assert_array_equal(back.arrays()[name], column)
        assert taken.arrays()[name].flags.c_contiguous
    assert len(users.take(order[:7])) == 7
