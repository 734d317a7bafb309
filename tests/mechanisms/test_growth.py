from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from model.foundation.errors import InputError
from model.mechanisms import growth
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


@pytest.mark.parametrize("growth", [True, False])
def test_people_follow_the_lever_however_many_come(growth: bool, settled: Settled) -> None:
    """Twice as many a year, far beyond the room of the default path."""
    country = settled("IN", growth=growth)
    room, opening = len(country.users), country.people
    country.growth_per_year = 1.0
    for month in range(1, 37):
        grow(country, month=month)
        assert country.people == pytest.approx(country.addressable[month], abs=0.51 * country.weight)
    assert country.people == pytest.approx(8.0 * opening, rel=1e-3)
    assert len(country.users) >= country.active > 5 * room
    assert np.unique(country.users.uid).size == len(country.users)
    assert not country.users.main[room:].any()
    assert not country.users.aware[room:].any()


def test_further_people_are_those_of_a_larger_first_draw(settled: Settled) -> None:
    country, wide = settled("IN"), settled("IN", growth=True)
    country.users = country.newcomers.extend(country.users, size=len(wide.users))
    waiting = slice(country.active, len(wide.users))
    assert waiting.stop > waiting.start
    for name, column in country.users.arrays().items():
        np.testing.assert_array_equal(column[..., waiting], wide.users.arrays()[name][..., waiting], err_msg=name)


def test_beyond_the_horizon_the_path_stays_level_but_for_a_lever(settled: Settled) -> None:
    country = settled("IN", growth=True)
    for month in range(1, 61):
        grow(country, month=month)
    assert country.addressable.size == 61
    assert np.all(country.addressable[37:] == country.addressable[36])
    assert country.people == pytest.approx(country.addressable[36], abs=0.51 * country.weight)
    country.growth_per_year = 0.5
    for month in range(61, 73):
        grow(country, month=month)
    assert country.people == pytest.approx(1.5 * country.addressable[36], rel=1e-3)


def test_a_thinned_market_grows_as_the_whole(settled: Settled) -> None:
    country = settled("IN", growth=True)
    thin = country.without_users()
    thin.users = country.users.take(np.arange(0, len(country.users), 4))
    thin.active, thin.weight = 500, 4.0 * country.weight
    thin.growth_per_year = country.growth_per_year = 0.6
    for month in range(1, 37):
        grow(country, month=month)
        grow(thin, month=month)
        assert thin.people == pytest.approx(country.people, abs=0.51 * (thin.weight + country.weight))


def test_more_people_than_the_memory_holds_are_refused(settled: Settled, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(growth, "machine_memory", lambda: 1e6)
    country = settled("IN", growth=True)
    country.growth_per_year = 1.0
    month = 0

    def on() -> None:
        nonlocal month
        while month < 120:
            month += 1
            grow(country, month=month)

    with pytest.raises(InputError, match=r"growth in IN: people have room in memory; got '.* simulated users"):
        on()
    assert month > 12
    assert len(country.users) * growth.BYTES_PER_USER < 1e6


def test_a_user_takes_no_more_memory_than_is_told(settled: Settled) -> None:
    assert settled("IN").users.bytes_per_user() <= growth.BYTES_PER_USER
