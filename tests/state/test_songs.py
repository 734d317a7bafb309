"""The stock of songs: copies, choices of markets, room."""

from __future__ import annotations

from dataclasses import fields

import numpy as np
import pytest

from model.facts.records import StartState
from model.mechanisms.songs import open_songs
from model.spec.parameters import Parameters
from model.state.songs import SongStock


@pytest.fixture(scope="module")
def stock(start: StartState, parameters: Parameters) -> SongStock:
    repertoire = {code: start.markets[code].repertoire for code in ("BR", "IN")}
    return open_songs(repertoire, parameters, seed=1, burn_weeks=8)


def assert_same(one: SongStock, other: SongStock) -> None:
    for column in fields(SongStock):
        a, b = getattr(one, column.name), getattr(other, column.name)
        assert np.array_equal(a, b) if isinstance(a, np.ndarray) else a == b, column.name


def test_a_copy_shares_nothing_that_is_written(stock: SongStock) -> None:
    twin = stock.copy()
    assert_same(stock, twin)
    assert stock.copy(seed=5).seed == 5
    for name in ("songs", "counts", "floor", "recent", "world_weeks", "local_weeks", "floor_overall"):
        assert not np.shares_memory(getattr(stock, name), getattr(twin, name)), name


def test_some_markets_in_another_order(stock: SongStock) -> None:
    turned = stock.only(("IN", "BR"))
    assert turned.markets == ("IN", "BR")
    assert turned.labels == stock.labels[::-1]
    np.testing.assert_array_equal(turned.recent, stock.recent[::-1])
    assert_same(turned.only(("BR", "IN")), stock)
    turned.songs["uses"] = -1.0
    turned.world_weeks[:] = 9
    assert (stock.songs["uses"] >= 0.0).all()
    assert (stock.world_weeks == 0).all()


def test_room_is_made_without_a_loss(stock: SongStock) -> None:
    twin = stock.copy()
    twin.make_room(5000)
    most = int(stock.counts.max())
    assert twin.songs.shape[1] >= most + 5000
    np.testing.assert_array_equal(twin.songs[:, :most], stock.songs[:, :most])
    wide = twin.songs
    twin.make_room(10)
    assert twin.songs is wide
