from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from model.mechanisms.growth import grow
from model.state.country import Country

Settled = Callable[..., Country]


def test_follows_the_path(settled: Settled) -> None:
    country = settled("IN", growth=True)
    begin = country.active
    for month in range(1, 37):
        grow(country, month=month)
        assert country.active == pytest.approx(country.addressable[month] / country.weight, abs=0.51)
    assert begin < country.active <= len(country.users)


def test_without_growth_nobody_comes(settled: Settled) -> None:
    country = settled("IN")
    for month in range(1, 37):
        grow(country, month=month)
    assert country.active == len(country.users) == 2000


def test_nobody_leaves_a_shrinking_market(settled: Settled) -> None:
    country = settled("IN", growth=True)
    country.growth_per_year = -0.2
    before = country.active
    grow(country, month=1)
    assert country.active == before


def test_a_lever_replaces_the_path_from_its_month(settled: Settled) -> None:
    usual, faster = settled("IN", growth=True), settled("IN", growth=True)
    for month in (1, 2):
        grow(usual, month=month)
        grow(faster, month=month)
    faster.growth_per_year = 0.03
    level = usual.addressable[2]
    for month in range(3, 37):
        grow(faster, month=month)
    np.testing.assert_allclose(faster.addressable[:3], usual.addressable[:3])
    assert faster.addressable[14] == pytest.approx(level * 1.03, rel=1e-9)
    assert faster.addressable[26] == pytest.approx(level * 1.03**2, rel=1e-9)


def test_room_is_never_exceeded(settled: Settled) -> None:
    country = settled("IN", growth=True)
    country.growth_per_year = 1.0
    for month in range(1, 37):
        grow(country, month=month)
    assert country.active == len(country.users)
