"""SQL over runs in shards and runs not yet in one."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from model.experiments.sweep.case import Case, Failure
from model.experiments.sweep.store import SweepStore
from model.foundation.errors import InputError

Runs = Callable[[int, int], list]


def test_views_join_rows_with_points_and_failures(store: SweepStore, runs: Runs) -> None:
    store.commit(runs(0, 15))
    store.seal()
    store.commit([*runs(15, 20), (Case("ff", 3, 7), Failure("run", "boom"))])
    answer = store.sql(
        "SELECT price, avg(profit) AS profit, count(*) AS runs FROM outcomes JOIN points USING (point)"
        " WHERE price >= $least GROUP BY price ORDER BY price",
        least=1.75,
    )
    assert answer["price"].tolist() == pytest.approx([1.8, 1.9])
    assert answer["profit"].tolist() == [(8 + 18) / 4, (9 + 19) / 4]
    assert answer["runs"].tolist() == [2, 2]
    assert store.sql("SELECT price FROM failures JOIN points USING (point)")["price"].tolist() == pytest.approx([1.3])
    assert store.tables() == ("outcomes", "series")


def test_columns_that_came_later_are_empty_before(store: SweepStore) -> None:
    store.commit([(Case("0a", 0, 0), {"outcomes": {"x": [1]}})])
    store.seal()
    store.commit([(Case("0b", 1, 0), {"outcomes": {"x": [0.5], "y": ["new"]}})])
    for _ in range(2):
        frame = store.frame()
        assert frame["x"].tolist() == [1.0, 0.5]
        assert frame["y"].isna().tolist() == [True, False]
        store.seal()


def test_an_empty_sweep_can_be_asked(store: SweepStore) -> None:
    assert store.sql("SELECT count(*) AS n FROM outcomes")["n"].tolist() == [0]
    assert store.frame("failures").empty
    assert len(store.frame("points")) == 10


def test_names_that_are_words_of_sql_work_in_quotes(store: SweepStore) -> None:
    store.commit([(Case("0a", 0, 0), {"outcomes": {"x": [1]}, "order": {"platforms.resso.price": [2.5]}})])
    for _ in range(2):
        assert store.sql('SELECT "platforms.resso.price" AS price FROM "order"')["price"].tolist() == [2.5]
        assert store.frame("order").shape == (1, 4)
        store.seal()


def test_a_query_that_fails_tells_the_tables(store: SweepStore, runs: Runs) -> None:
    store.commit(runs(0, 1))
    for query in ("SELEC 1", "SELECT nothing FROM outcomes", "SELECT * FROM nowhere", "SELECT $missing"):
        with pytest.raises(InputError, match=r"Tables: outcomes, series|Known: (run_id, point|outcomes, series)"):
            store.sql(query)
    with pytest.raises(InputError, match="Known: outcomes, series, points, failures"):
        store.frame("nowhere")


def test_a_reader_beside_the_writer_sees_each_commit(store: SweepStore, runs: Runs) -> None:
    with SweepStore.open(store.folder) as reader:
        for first in (0, 5):
            store.commit(runs(first, first + 5))
            assert len(reader.frame()) == first + 5
        store.seal()
        assert len(reader.frame()) == 10
