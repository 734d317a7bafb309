"""The work of a sweep: ids that stand for runs, rows that are the run's, rules from outside that travel."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import cloudpickle
import numpy as np
import pandas as pd
import pytest

import model as sm
from model.experiments.comparing.outcomes import read_outcomes, readings
from model.experiments.run import live_replicate
from model.experiments.sweep import SweepPlan, plan_sweep
from model.experiments.sweep.case import Case
from model.experiments.sweep.cases import cases_of, kept_cases
from model.experiments.sweep.readings import Reader, rows_of
from model.experiments.sweep.work import OtherModelError, SweepWork
from model.foundation.version import model_version
from model.results import RunResult
from model.spec.strategies import known_strategies

BASE = sm.Scenario.from_mapping({"name": "base", "markets": ["ID", "BR"], "users": 300, "months": 4})
PATH = "platforms.resso.integration.ID"
EVERYTHING = (
    "resso.users", "resso.operating_income", "spotify.mau_share", "spotify.payer_churn", "sony.label_income",
    "t_series.label_income", "label_income", "consumer_surplus", "hhi", "tiktok_hours", "bytedance_income",
)  # fmt: skip


@pytest.fixture(scope="module")
def plan() -> SweepPlan:
    return plan_sweep(
        BASE, levers={PATH: [0.0, 1.0]}, policies={"base": {}, "loud": {"platforms.spotify.marketing.ALL": 2.0}},
        design="grid", replicates=2,
    )  # fmt: skip


def test_an_id_is_that_of_the_run_alone(plan: SweepPlan) -> None:
    cases = list(cases_of(plan))
    alone = sm.run(plan.scenario(1, policy="loud"), replicates=2)
    assert [case.run_id for case in cases[6:]] == list(alone.provenance.run_ids.values())
    assert len({case.run_id for case in cases}) == plan.runs == 8
    assert [(case.point, case.work["policy"], case.replicate) for case in cases[:5]] == [
        (0, 0, 0), (0, 0, 1), (0, 1, 0), (0, 1, 1), (1, 0, 0)]  # fmt: skip


def test_cases_are_plain_values(plan: SweepPlan) -> None:
    for case in cases_of(plan):
        assert json.loads(json.dumps(case.work)) == case.work
    assert json.loads(json.dumps(plan.sources)) == plan.sources


def test_the_same_run_twice_has_two_ids() -> None:
    twice = plan_sweep(BASE, table=[{PATH: 1.0}, {PATH: 0.0}, {PATH: 1.0}], policies={"a": {}, "b": {}})
    ids = [case.run_id for case in cases_of(twice)]
    assert len(set(ids)) == 6
    assert ids[0] == next(case.run_id for case in cases_of(plan_sweep(BASE, table=[{PATH: 1.0}])))


def test_ids_are_kept_and_taken_only_by_the_same_sweep(plan: SweepPlan, tmp_path: Path) -> None:
    cases = cases_of(plan)
    cases.save(tmp_path)
    again = kept_cases(plan, tmp_path)
    assert again is not None
    assert [(one.run_id, one.work) for one in again] == [(one.run_id, one.work) for one in cases]
    other = plan_sweep(BASE, levers={PATH: [0.0, 0.5]}, policies={"base": {}, "loud": {}}, design="grid", replicates=2)
    assert kept_cases(other, tmp_path) is None
    (tmp_path / "cases.parquet").write_bytes(b"broken")
    assert kept_cases(plan, tmp_path) is None


def test_points_that_do_not_go_together_are_told_with_their_numbers() -> None:
    ends = {"theta": 2.5, "platforms.resso.price.ID.individual": 60_000.0}
    odd = {**ends, "platforms.resso.price.ID.individual": 900_000.0}
    with pytest.raises(sm.InputError) as error:
        cases_of(plan_sweep(BASE, table=[ends, odd]))
    assert "price" in str(error.value)


def test_rows_are_those_of_the_run_alone(plan: SweepPlan) -> None:
    cases = list(cases_of(plan))
    rows = SweepWork.of(plan)(cases[7])
    alone = sm.run(plan.scenario(1, policy="loud"), replicates=2)
    one = RunResult.from_runs(alone.scenario, alone.runs[1:])  # type: ignore[arg-type]
    wanted = readings(one, plan.outcomes, markets=BASE.markets)
    table = pd.DataFrame(rows["outcomes"])
    assert set(table["policy"]) == {"loud"}
    for outcome in plan.outcomes:
        found = table.set_index(["market", "over"])[outcome.name]
        for (market, over), value in found.items():
            assert value == pytest.approx(wanted[outcome.name, market, over], rel=1e-12), (outcome.name, market, over)
    assert len(rows["runs"]["seconds"]) == 1


def test_readings_agree_with_those_of_a_comparison_for_every_kind_of_column() -> None:
    outcomes = read_outcomes(EVERYTHING, [BASE.replace(markets=["ID", "BR", "IN"])], place="outcomes")
    lived = BASE.replace(markets=["ID", "BR", "IN"])
    one = RunResult.from_runs(lived, [live_replicate(lived, replicate=0, starts=sm.StartStore(None))])
    for frame, columns in (("services", ["mau_share", "payer_churn"]), ("markets", ["consumer_surplus", "hhi"])):
        rows = one.frame(frame)
        rows.loc[(rows["market"] == "ID") & rows["month"].isin([2, 4]), columns] = np.nan  # unknown there, not 0
    wanted = readings(one, outcomes, markets=lived.markets)
    table = pd.DataFrame(rows_of(one, outcomes, series=False)["outcomes"]).set_index(["market", "over"])
    for (name, market, over), value in wanted.items():
        assert table.loc[(market, over), name] == pytest.approx(value, rel=1e-12, nan_ok=True), (name, market, over)
    assert np.isnan(table.loc[("total", "end"), "hhi"]) == (("hhi", "total", "end") not in wanted.index)


def test_the_series_is_the_outcome_month_by_month() -> None:
    outcomes = read_outcomes(("resso.users", "label_income"), [BASE], place="outcomes")
    one = RunResult.from_runs(BASE, [live_replicate(BASE, replicate=0, starts=sm.StartStore(None))])
    series = pd.DataFrame(rows_of(one, outcomes, series=True)["series"])
    assert len(series) == 4 * 3
    services = one.services.query("platform == 'resso' and market == 'BR' and month > 0")
    found = series[series["market"] == "BR"]
    assert found["resso.users"].tolist() == services["users"].tolist()
    assert (
        Reader(one).by_month(outcomes[0])[:, 2].tolist()
        == series.loc[series["market"] == "total", "resso.users"].tolist()
    )


def test_a_worker_of_another_model_refuses(plan: SweepPlan, monkeypatch: pytest.MonkeyPatch) -> None:
    case = next(iter(cases_of(plan)))
    monkeypatch.setattr("model.experiments.sweep.cases.model_version", lambda: "0.0.0+other")
    with pytest.raises(OtherModelError, match="reads the scenario in another way"):
        SweepWork.of(plan)(case)
    assert OtherModelError.stage == "setting up"


def test_a_point_that_the_start_reads_leaves_no_starts_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RESONANCE_CACHE", str(tmp_path))
    for words, kept in (({"uncertainties": ["theta"], "n": 1}, 0), ({"levers": {PATH: [1.0]}}, 2)):
        small = plan_sweep(BASE.replace(months=1), **words)  # type: ignore[arg-type]
        SweepWork.of(small)(next(iter(cases_of(small))))
        assert len(list(tmp_path.rglob("*.npz"))) == kept


OUTSIDE = '''
"""A script with a rule of its own."""
import model as sm

class Quieter(sm.Strategy):
    """Spend a part of the usual on marketing."""
    sets = ("marketing",)
    choices = {"part": sm.Strategy.Number(0.5, 0.0, 1.0, "share", "of the usual")}

    def decide(self, outlook):
        return self.set(outlook)

    def set(self, outlook):
        return ()

class Silent(Quieter):
    """Spend nothing."""
    responds = False
'''
ASK = """
import pickle, sys
import model.foundation.version as version
version.model_version = lambda: sys.argv[2]  # of the test, which may have begun before a file was changed
work, case = pickle.load(open(sys.argv[1], "rb"))
rows = work(case)
print(rows["outcomes"]["resso.users"][0])
"""


def test_a_rule_of_a_script_travels_to_a_process_that_never_saw_it(tmp_path: Path) -> None:
    exec(compile(OUTSIDE, "script", "exec"), {"__name__": "__main__"})
    try:
        base = BASE.replace({"strategies.calm": {"rule": "silent", "platform": "resso"}}, months=1)
        plan = plan_sweep(base, levers={"strategies.calm.part": [0.25]}, outcomes=["resso.users"])
        (case,) = cases_of(plan)
        (tmp_path / "sent").write_bytes(cloudpickle.dumps((SweepWork.of(plan), case)))
        (tmp_path / "ask.py").write_text(ASK)
        wanted = SweepWork.of(plan)(case)["outcomes"]["resso.users"][0]
        found = subprocess.run(
            [sys.executable, str(tmp_path / "ask.py"), str(tmp_path / "sent"), model_version()],
            capture_output=True, text=True,
            env={"PYTHONPATH": str(Path(sm.__file__).parents[1]), "RESONANCE_CACHE": str(tmp_path)}, check=False,
        )  # fmt: skip
        assert found.stdout.split() == [str(wanted)], found.stderr
    finally:
        for name in ("quieter", "silent"):
            known_strategies.__globals__["_KNOWN"].pop(name, None)


def test_a_case_is_what_the_engines_take(plan: SweepPlan) -> None:
    assert isinstance(next(iter(cases_of(plan))), Case)
    assert len(cases_of(plan)) == plan.runs
