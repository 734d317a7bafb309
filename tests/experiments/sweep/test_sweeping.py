"""Sweeps that run: what is kept is what the runs were, nothing runs twice, failures are rows, a stop loses nothing."""

from __future__ import annotations

import json
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import model as sm
from model.experiments.robust import robust_choice
from model.experiments.sweep import InProcess, Local, SweepResult, SweepStopped, open_sweep, plan_sweep, sweep
from model.experiments.sweep.engines import Progress
from model.experiments.sweep.store import SweepStore
from model.experiments.sweep.store.ledger import create_ledger
from model.experiments.sweep.work import SweepWork
from model.foundation.errors import Fault, InputError

BASE = sm.Scenario.from_mapping({"name": "small", "markets": ["ID", "BR"], "users": 200, "months": 2})
PATH = "platforms.resso.integration.ID"
LOUD = {"platforms.spotify.ad_load.ALL.free_ads": 25.0}
ASKED: Mapping[str, object] = {
    "levers": {PATH: [0.0, 1.0]}, "uncertainties": {"ces_sigma": {}}, "policies": {"quiet": {}, "loud": LOUD},
    "design": "grid", "n": 2, "replicates": 2, "series": True,
    "outcomes": ["spotify.users", "resso.users", "resso.operating_income"],
}  # fmt: skip


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> SweepResult:
    return sweep(BASE, **ASKED, store=tmp_path_factory.mktemp("sweeps") / "one", workers=1)  # type: ignore[arg-type]


def test_every_run_is_there_and_is_the_run_alone(found: SweepResult) -> None:
    assert (found.done, found.planned, len(found.failures)) == (16, 16, 0)
    assert len(found.points) == 4
    alone = sm.run(
        BASE.replace({PATH: 1.0, **LOUD, "parameters.ces_sigma": found.points["ces_sigma"][3]}), replicates=2
    )
    rows = found.outcomes.query("point == 3 and policy == 'loud' and replicate == 1 and market == 'BR'")
    users = alone.services.query("platform == 'resso' and market == 'BR' and replicate == 1 and month > 0")["users"]
    value = rows.set_index(["outcome", "over"])["value"]
    assert value["resso.users", "end"] == users.iloc[-1]
    assert value["resso.users", "horizon"] == pytest.approx(users.mean(), rel=1e-14)
    months = found.series.query("point == 3 and policy == 'loud' and replicate == 1 and market == 'BR'")
    assert months.loc[months["outcome"] == "resso.users", "value"].tolist() == users.tolist()


def test_the_tidy_table_has_every_number_once_in_the_order_of_the_sweep(found: SweepResult) -> None:
    tidy = found.outcomes
    keys = ["point", "policy", "replicate", "market", "over", "outcome"]
    assert list(tidy.columns) == [*keys, "value", "unit"]
    assert len(tidy) == 16 * 3 * 2 * 3
    assert not tidy.duplicated(keys).any()
    runs = tidy[["point", "policy", "replicate"]].drop_duplicates()
    assert runs["policy"].tolist()[:4] == ["quiet", "quiet", "loud", "loud"]
    assert runs["point"].is_monotonic_increasing
    units = tidy.drop_duplicates(["outcome", "over"]).set_index(["outcome", "over"])["unit"]
    assert units["resso.operating_income", "horizon"] == "USD"
    assert units["resso.operating_income", "end"] == "USD per month"
    assert units["resso.users", "horizon"] == "people"
    market = tidy[(tidy["over"] == "end") & (tidy["outcome"] == "resso.users")]
    whole = market.groupby(["point", "policy", "replicate", market["market"] == "total"])["value"].sum().unstack()
    assert whole[False].tolist() == pytest.approx(whole[True].tolist())


def test_runs_share_their_random_numbers(found: SweepResult) -> None:
    rows = found.table(over="end", market="BR").set_index(["point", "policy", "replicate"])["resso.users"]
    tied, free = rows.xs(2, level="point"), rows.xs(0, level="point")
    pd.testing.assert_series_equal(tied, free)  # what is done in ID does not move BR by a hair
    assert rows.xs(0, level="replicate").ne(rows.xs(1, level="replicate")).all()


def test_side_by_side(found: SweepResult) -> None:
    each = found.table("resso.users")
    assert list(each.columns) == ["point", "policy", "replicate", PATH, "ces_sigma", "resso.users"]
    assert len(each) == 16
    mean = found.table("resso.users", mean=True)
    assert mean["runs"].tolist() == [2] * 8
    wanted = each.groupby(["point", "policy"], sort=False)["resso.users"].mean().tolist()
    assert mean["resso.users"].tolist() == pytest.approx(wanted, rel=1e-14)


def test_questions_in_sql(found: SweepResult) -> None:
    answer = found.sql(
        f'SELECT "{PATH}" AS tied, avg("resso.users") AS users FROM outcomes JOIN points USING (point) '
        "WHERE market = 'ID' AND over = 'end' GROUP BY tied ORDER BY tied"
    )
    assert answer["tied"].tolist() == [0.0, 1.0]
    assert answer["users"][1] > answer["users"][0]
    assert found.sql("SELECT count(*) AS n, min(seconds) AS s FROM runs").to_dict("list")["n"] == [16]
    with pytest.raises(sm.InputError, match="outcomes"):
        found.sql("SELECT x FROM nothing")


def test_the_long_view_has_every_number_with_its_unit(found: SweepResult) -> None:
    keys = ["point", "policy", "replicate", "market", "over", "outcome"]
    answer = found.sql("SELECT * FROM long")
    assert list(answer.columns) == [
        "run_id",
        "point",
        "replicate",
        "policy",
        "market",
        "over",
        "outcome",
        "unit",
        "value",
    ]
    tidy = found.outcomes.set_index(keys).sort_index()
    same = answer.set_index(keys).sort_index()[["value", "unit"]]
    pd.testing.assert_frame_equal(same, tidy, check_exact=True)
    most = found.sql(
        "SELECT max(value) AS m FROM long WHERE outcome = 'resso.users' AND market = 'ID' AND over = 'end'"
    )
    wide = found.sql("SELECT max(\"resso.users\") AS m FROM outcomes WHERE market = 'ID' AND over = 'end'")
    assert most["m"][0] == wide["m"][0]


@pytest.mark.parametrize(("query", "told"), [
    ("SELECT resso.users FROM outcomes", '"resso.users"'),
    ("SELECT resso.user FROM outcomes", '"resso.users"'),
    ("SELECT resso_users FROM outcomes", '"resso.users"'),
    ("SELECT o.\"resso.user\" FROM outcomes o", '"resso.users"'),
    ("SELECT marke FROM long", "market"),
    ("SELECT users FROM outcomes", '"resso.users"'),
    ("SELECT * FROM outcome", "outcomes"),
    ("SELECT * FROM nothing_like_it", "Known: outcomes, runs, series, points, failures, long"),
    ("SELEC 1", "syntax error"),
    ("SELECT point, avg(value) FROM long", "GROUP BY"),
])  # fmt: skip
def test_a_wrong_query_is_told_in_one_line(found: SweepResult, query: str, told: str) -> None:
    with pytest.raises(sm.InputError) as caught:
        found.sql(query)
    (fault,) = caught.value.faults
    assert told in str(fault)
    assert "\n" not in str(fault)
    assert "LINE" not in str(fault)


def test_opened_again_it_is_the_same(found: SweepResult) -> None:
    again = open_sweep(found.folder)
    pd.testing.assert_frame_equal(again.outcomes, found.outcomes)
    pd.testing.assert_frame_equal(again.points, found.points)
    assert again.summary() == found.summary()
    assert again.provenance["seed"] == 1
    assert set(again.provenance["scenario_digests"]) == {"quiet", "loud"}
    with pytest.raises(sm.InputError, match="folder of a sweep"):
        open_sweep(found.folder.parent)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"outcomes": []}, "are one or more"), ({"policies": []}, "are one or more"), ({"inputs": 3}, "is a list"),
        ({"outcomes": [["resso", "usres", "services"]]}, "columns of results"), ({"series": "yes"}, "true or false"),
        ({"inputs": [{"column": "nu", "kind": "lever", "unit": "", "label": "nu"}]}, "columns of its points: nu"),
        ({"provenance": {}}, "has model_version"), ({"design": "guess"}, "sweep.design"),
        ({"inputs": [{"column": "ces_sigma", "kind": "x", "unit": "", "label": ""}]}, "kinds of sweep.inputs"),
        ({"origins": [{"name": "a", "card": {}, "provenance": {}}]}, "has name"),
    ],
)  # fmt: skip
def test_words_of_another_form_are_told(
    found: SweepResult, tmp_path: Path, change: dict[str, object], told: str
) -> None:
    folder = tmp_path / "changed"
    shutil.copytree(found.folder, folder)
    with closing(sqlite3.connect(folder / "ledger.sqlite")) as ledger, ledger:
        (text,) = ledger.execute("SELECT value FROM about WHERE key = 'about'").fetchone()
        about = json.loads(text)
        about["sweep"].update(change)
        ledger.execute("UPDATE about SET value = ? WHERE key = 'about'", (json.dumps(about),))
    with pytest.raises(sm.InputError, match=told):
        open_sweep(folder)


def test_the_same_call_runs_nothing_again(found: SweepResult, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(SweepWork, "__call__", lambda *_: pytest.fail("a finished run was run again"))
    again = sweep(BASE, **ASKED, store=found.folder, workers=1)  # type: ignore[arg-type]
    assert again.done == 16


@pytest.mark.parametrize(
    ("change", "key"),
    [({"replicates": 1}, "replicates"), ({"n": 3}, "points"), ({"outcomes": ["resso.users"]}, "outcomes")],
)
def test_a_folder_of_another_sweep_is_refused(found: SweepResult, change: dict[str, object], key: str) -> None:
    with pytest.raises(sm.InputError, match=key):
        sweep(BASE, **{**ASKED, **change}, store=found.folder, workers=1)  # type: ignore[arg-type]


def test_processes_give_the_same_bits(found: SweepResult, tmp_path: Path) -> None:
    other = sweep(BASE, **ASKED, store=tmp_path / "two", engine=Local(workers=2))  # type: ignore[arg-type]
    assert other.failures.empty, other.failures.iloc[0].to_dict()
    pd.testing.assert_frame_equal(other.outcomes, found.outcomes, check_exact=True)


class NoWorkers:
    """An engine whose workers cannot be had."""

    def crew(self, work: object) -> object:
        raise sm.InputError(Fault("workers", "start", repr(type(work)), "Ask for one."))


def test_workers_that_cannot_be_had_leave_nothing_behind(found: SweepResult, tmp_path: Path) -> None:
    with pytest.raises(sm.InputError, match="workers: start"):
        sweep(BASE, **ASKED, store=tmp_path / "none", engine=NoWorkers())  # type: ignore[arg-type]
    assert list(tmp_path.iterdir()) == []
    kept = tmp_path / "kept"
    shutil.copytree(found.folder, kept)
    more = {**ASKED, "replicates": 3}
    with pytest.raises(sm.InputError, match="workers: start"):
        sweep(BASE, **more, store=kept, engine=NoWorkers())  # type: ignore[arg-type]
    assert open_sweep(kept).done == 16
    with pytest.raises(sm.InputError, match="scheduler must answer"):  # before the earlier sweep is deleted
        sweep(BASE, **ASKED, store=kept, resume=False, engine="tcp://127.0.0.1:1")  # type: ignore[arg-type]
    assert open_sweep(kept).done == 16


def test_by_default_it_is_kept_under_the_working_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    one = sweep(BASE, levers={PATH: [0.0]}, outcomes=["resso.users"])
    assert one.folder.parent == Path("results")
    assert one.folder.name == f"sweep-small-{plan_sweep(BASE, levers={PATH: [0.0]}, outcomes=['resso.users']).family}"
    assert [path.name for path in (tmp_path / "results").iterdir()] == [one.folder.name]


def test_without_a_finished_run_every_question_has_an_answer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tables have their columns and kinds and no rows, words say that nothing is done, in this order or any other."""

    def fail(*_: object) -> object:
        raise ZeroDivisionError("nobody listens")

    monkeypatch.setattr(SweepWork, "__call__", fail)
    none = sweep(BASE, **ASKED, store=tmp_path / "none", workers=1)  # type: ignore[arg-type]
    assert (none.done, len(none.failures)) == (0, 16)
    keys = ["point", "policy", "replicate", "market"]
    for frame, columns in ((none.outcomes, [*keys, "over"]), (none.series, [*keys, "month"])):
        assert list(frame.columns) == [*columns, "outcome", "value", "unit"]
        assert frame.empty
        assert frame["value"].dtype == float
    for mean in (False, True):
        wide = none.table("resso.users", mean=mean)
        assert wide.empty
        assert {"point", "policy", PATH, "ces_sigma", "resso.users"} < set(wide.columns)
    assert none.sql('SELECT policy, avg("resso.users") AS mean FROM outcomes GROUP BY ALL').empty
    assert none.sql("SELECT * FROM long").empty
    assert none.sql("SELECT sum(seconds) AS s FROM runs")["s"].isna().all()
    assert "0 done, 16 failed" in none.summary()
    assert "nobody listens" in none.summary()
    with pytest.raises(
        sm.InputError, match=r"No run is finished yet: go on with the sweep\. The first failure: .*nobody"
    ):
        robust_choice(none.folder, outcome="resso.users")
    with pytest.raises(sm.InputError, match="wait until runs are finished"):
        none.plot.scatter("resso.users", "ces_sigma")


def test_a_failing_run_is_a_row_and_is_tried_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lived = SweepWork.__call__

    def fail(self: SweepWork, case: object) -> object:
        if (case.point, case.replicate) == (1, 0):  # type: ignore[attr-defined]
            raise ZeroDivisionError("no listener is left")
        return lived(self, case)  # type: ignore[arg-type]

    monkeypatch.setattr(SweepWork, "__call__", fail)
    asked = {"levers": {PATH: [0.0, 0.5]}, "replicates": 2, "outcomes": ["resso.users"], "store": tmp_path / "kept"}
    one = sweep(BASE, **asked, workers=1)  # type: ignore[arg-type]
    assert (one.done, one.failures["point"].tolist(), one.failures["replicate"].tolist()) == (3, [1], [0])
    assert "no listener is left" in one.failures["message"][0]
    assert "1 failed" in one.summary()
    assert one.table()["point"].tolist() == [0, 0, 1]
    monkeypatch.undo()
    assert sweep(BASE, **asked, workers=1).done == 4  # type: ignore[arg-type]


def test_a_stop_keeps_what_was_finished(tmp_path: Path) -> None:
    def stop(told: Progress) -> None:
        if told.done >= 2:
            raise KeyboardInterrupt

    asked = {
        "levers": {PATH: [0.0, 0.5, 1.0]},
        "replicates": 2,
        "outcomes": ["resso.users"],
        "store": tmp_path / "kept",
    }
    with pytest.raises(SweepStopped) as stopped:
        sweep(BASE, **asked, workers=1, progress=stop)  # type: ignore[arg-type]
    part = stopped.value.result
    assert 2 <= part.done < 6
    assert f"{6 - part.done} left" in part.summary()
    told: list[Progress] = []
    whole = sweep(BASE, **asked, workers=1, progress=told.append)  # type: ignore[arg-type]
    assert (whole.done, told[-1].done, told[-1].whole) == (6, 6, 6)
    pd.testing.assert_frame_equal(whole.outcomes.iloc[: len(part.outcomes)], part.outcomes)


def test_to_begin_anew_deletes_the_sweep_and_nothing_else(tmp_path: Path) -> None:
    asked = {"levers": {PATH: [0.0]}, "outcomes": ["resso.users"], "store": tmp_path / "kept", "workers": 1}
    sweep(BASE, **asked)  # type: ignore[arg-type]
    fresh = sweep(BASE, **{**asked, "levers": {PATH: [1.0]}}, resume=False)  # type: ignore[arg-type]
    assert (fresh.done, fresh.points[PATH].tolist()) == (1, [1.0])
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("three years")
    with pytest.raises(sm.InputError, match="empty folder"):
        sweep(BASE, **{**asked, "store": tmp_path / "mine"}, resume=False)  # type: ignore[arg-type]
    assert (tmp_path / "mine" / "thesis.txt").read_text() == "three years"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ({"workers": 0}, "workers"), ({"workers": True}, "workers"), ({"workers": 2, "engine": InProcess()}, "engine"),
        ({"engine": "127.0.0.1:8786"}, "tcp://"), ({"engine": 3}, "client of Dask"),
    ],
)  # fmt: skip
def test_a_wrong_engine_is_told_before_a_folder_is_made(tmp_path: Path, words: dict[str, object], told: str) -> None:
    with pytest.raises(sm.InputError, match=told):
        sweep(BASE, levers={PATH: [0.0]}, store=tmp_path / "kept", **words)  # type: ignore[arg-type]
    assert not (tmp_path / "kept").exists()


def test_the_summary_tells_what_moves_what(tmp_path: Path) -> None:
    moved = sweep(
        BASE, levers={PATH: {"low": 0.0, "high": 1.0}}, uncertainties=["ces_sigma"], n=12, workers=1,
        policies={"quiet": {}, "loud": LOUD}, outcomes=["resso.users", "spotify.users"], store=tmp_path / "kept",
    )  # fmt: skip
    text = moved.summary()
    assert text.startswith(
        "Sweep of small: 12 points (a Latin hypercube over 2 inputs) x 2 policies x 1 replicate = 24 runs"
    )
    lines = text.splitlines()
    resso = lines[lines.index(next(line for line in lines if line.startswith("Resso: monthly users"))) :]
    assert f"{PATH} (+" in resso[4]
    assert "loud minus quiet" in text
    page = moved._repr_html_()
    assert page.count("<tr>") == 5
    assert "<script" not in page


def test_nothing_is_lost_when_the_driver_is_killed(tmp_path: Path) -> None:
    code = f"""
import model as sm
from model.experiments.sweep import sweep
base = sm.Scenario.from_mapping({{"name": "small", "markets": ["ID", "BR"], "users": 200, "months": 2}})
sweep(base, levers={{{PATH!r}: {{"low": 0.0, "high": 1.0}}}}, n=300, outcomes=["resso.users"],
      store={str(tmp_path / "kept")!r}, workers=1)
"""
    driver = subprocess.Popen([sys.executable, "-c", code], env={
        "PYTHONPATH": str(Path(sm.__file__).parents[1]), "RESONANCE_CACHE": str(tmp_path), "PATH": ""})  # fmt: skip
    ledger = tmp_path / "kept" / "ledger.sqlite"
    limit = time.monotonic() + 90.0
    while time.monotonic() < limit and driver.poll() is None:
        if ledger.exists() and (done := open_sweep(tmp_path / "kept").done) >= 20:
            break
        time.sleep(0.05)
    driver.kill()
    driver.wait()
    part = open_sweep(tmp_path / "kept")
    assert done <= part.done < 300
    rows = part.table()
    assert len(rows) == part.done
    assert np.isfinite(rows["resso.users"]).all()


def test_a_broken_sweep_is_begun_anew_when_asked_and_a_strangers_database_is_not(tmp_path: Path) -> None:
    asked = {"levers": {PATH: [0.0, 1.0]}, "outcomes": ["resso.users"], "workers": 1, "store": tmp_path / "kept"}
    whole = sweep(BASE, **asked).table("resso.users")  # type: ignore[arg-type]
    for shard in (tmp_path / "kept").glob("rows/*/*"):  # as where a clearing was killed, or a disk lost them
        shard.unlink()
    with pytest.raises(InputError, match="No such file"):
        sweep(BASE, **asked)  # type: ignore[arg-type]
    assert sweep(BASE, **asked, resume=False).table("resso.users").equals(whole)  # type: ignore[arg-type]
    (tmp_path / "kept" / "ledger.sqlite").write_bytes(b"no database " * 99)
    assert sweep(BASE, **asked, resume=False).table("resso.users").equals(whole)  # type: ignore[arg-type]
    (tmp_path / "mine").mkdir()
    with sqlite3.connect(tmp_path / "mine" / "ledger.sqlite") as connection:
        connection.execute("CREATE TABLE money(sum INTEGER)")
    connection.close()
    with pytest.raises(InputError, match="a database of money"):
        sweep(BASE, **{**asked, "store": tmp_path / "mine"}, resume=False)  # type: ignore[arg-type]
    assert (tmp_path / "mine" / "ledger.sqlite").exists()


def test_a_journal_that_was_left_is_not_taken_for_the_new_ledgers(tmp_path: Path) -> None:
    with SweepStore.create(tmp_path / "one", plan={"x": 1}) as other:
        other._ledger.tell({"plan": {"x": 2}})  # in the journal still
        shutil.copy(tmp_path / "one" / "ledger.sqlite-wal", tmp_path / "wal")
    for at in ("ledger.sqlite-wal", ".ledger.sqlite.tmp-wal"):
        folder = tmp_path / at.strip(".")
        folder.mkdir()
        shutil.copy(tmp_path / "wal", folder / at)
        create_ledger(folder, {"plan": {"x": 3}})
        assert not (folder / at).exists()
        with closing(sqlite3.connect(folder / "ledger.sqlite")) as connection:
            assert connection.execute("SELECT value FROM about WHERE key = 'plan'").fetchall() == [('{"x": 3}',)]
