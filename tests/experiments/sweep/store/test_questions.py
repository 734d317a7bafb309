"""SQL over runs in shards and runs not yet in one."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from model.experiments.sweep.case import Case, Failure
from model.experiments.sweep.store import SweepStore, questions
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


@pytest.mark.parametrize(
    "query",
    [
        "COPY (SELECT 1) TO '{out}'", "copy outcomes to '{rows}/more.parquet'",
        "/* a */ copy (from outcomes) to '{out}'",
        "SELECT 1; COPY outcomes TO '{out}'", "ATTACH '{out}' AS more", "INSTALL httpfs", "LOAD httpfs",
        "SET threads = 1", "PRAGMA enable_profiling", "CREATE TABLE more AS SELECT 1", "DROP VIEW outcomes",
        "EXPORT DATABASE '{out}'", "EXPLAIN ANALYZE COPY outcomes TO '{out}'", "CALL force_checkpoint()",
        "COPY (PIVOT outcomes ON winner USING avg(profit)) TO '{rows}/more.parquet'", "-- nothing",
    ],
)  # fmt: skip
def test_questions_change_nothing(store: SweepStore, runs: Runs, query: str, tmp_path: Path) -> None:
    """Whatever is no question is refused in one message, in the folder of the runs too, and nothing is written."""
    store.commit(runs(0, 3))
    store.seal()
    before = sorted(str(path) for path in tmp_path.rglob("*"))
    with pytest.raises(InputError, match=r"query: (sql asks and changes nothing|is one statement)") as caught:
        store.sql(query.format(out=tmp_path / "out", rows=store.folder / "rows"))
    assert len(caught.value.faults) == 1
    assert sorted(str(path) for path in tmp_path.rglob("*")) == before
    assert store.sql("SELECT count(*) AS n FROM outcomes")["n"].tolist() == [3]


def test_no_other_file_is_read_and_no_setting_changed(store: SweepStore, runs: Runs, tmp_path: Path) -> None:
    store.commit(runs(0, 3))
    (tmp_path / "own.csv").write_text("a\n1\n", encoding="utf-8")
    for query in (f"FROM read_csv('{tmp_path}/own.csv')", f"FROM '{tmp_path}/own.csv'", "FROM glob('/*')"):
        with pytest.raises(InputError, match="query: sql reads this sweep and no other files"):
            store.sql(query)
    with pytest.raises(InputError, match="locked"):
        store.sql(f"FROM enable_logging('QueryLog', storage = 'file', storage_path = '{tmp_path}/log')")
    assert not (tmp_path / "log").exists()


def test_what_asks_in_other_words_is_answered(store: SweepStore, runs: Runs) -> None:
    store.commit(runs(0, 4))
    store.seal()
    for query, rows in (
        ("FROM outcomes", 4), ("-- all\nWITH a AS (FROM outcomes) SELECT * FROM a", 4), ("DESCRIBE outcomes", 5),
        ("SUMMARIZE outcomes", 5), ("(SELECT 1) UNION ALL (SELECT 2);", 2), ("VALUES (1), (2)", 2),
        ("PIVOT outcomes ON winner USING avg(profit) GROUP BY point", 4),
        ("FROM (PIVOT outcomes ON winner USING avg(profit) GROUP BY point)", 4),
    ):  # fmt: skip
        assert len(store.sql(query)) == rows, query


def test_expected_columns_are_there_before_any_run(store: SweepStore, runs: Runs) -> None:
    store.expect("outcomes", {"profit": "number", "winner": "text"})
    store.expect("runs", {"seconds": "number"})
    assert store.sql("SELECT winner, avg(profit) AS p FROM outcomes GROUP BY winner").empty
    assert list(store.frame("outcomes")) == ["run_id", "point", "replicate", "profit", "winner"]
    assert store.frame("runs").dtypes["seconds"].kind == "f"
    store.commit(runs(0, 2))
    assert len(store.frame("outcomes")) == 2
    store.grow(plan={"design": "grid", "n": 10}, about={}, points=store.points)
    assert store.frame("runs").empty


@pytest.mark.skipif(sys.platform == "win32", reason="sends itself a signal as Unix does")
def test_ctrl_c_in_the_midst_of_a_question_stops_it_and_the_next_is_answered(store: SweepStore, runs: Runs) -> None:
    store.commit(runs(0, 1))
    asked = threading.Timer(0.5, os.kill, (os.getpid(), signal.SIGINT))
    asked.start()
    with pytest.raises(KeyboardInterrupt):
        store.sql("SELECT sum(a.range * b.range) FROM range(300000) a, range(300000) b")  # minutes
    asked.join()
    assert store.sql("SELECT count(*) AS n FROM outcomes")["n"].tolist() == [1]


def test_a_question_of_a_thread_is_answered_in_it(
    store: SweepStore, runs: Runs, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another thread would keep a program from ending that only has to end its daemons."""
    store.commit(runs(0, 1))
    answers = list[int]()

    def refuse(*_: object) -> None:
        raise AssertionError("another thread was begun")

    monkeypatch.setattr(questions, "ThreadPoolExecutor", refuse)
    asking = threading.Thread(target=lambda: answers.append(len(store.sql("FROM outcomes"))))
    asking.start()
    asking.join()
    assert answers == [1]
    with pytest.raises(AssertionError, match="another thread"):
        store.sql("FROM outcomes")  # here Ctrl-C is heard
