"""A sweep as it is planned: points of every design, policies on common ground, and every refusal before a run."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import model as sm
from model.experiments.sweep import Lever, Policy, SweepPlan, Uncertainty, plan_sweep
from model.foundation.errors import InputError

BASE = sm.Scenario.from_mapping({"name": "base", "markets": ["ID", "BR"], "users": 200, "months": 2})
PATH = "platforms.resso.integration.ID"
MOVED = {"levers": {PATH: [0.0, 0.5, 1.0]}, "uncertainties": {"theta": {"low": 2.0, "high": 3.0}, "ces_sigma": {}}}


def told(**words: object) -> str:
    with pytest.raises(sm.InputError) as error:
        plan_sweep(BASE, **words)  # type: ignore[arg-type]
    return str(error.value)


def planned(**words: object) -> SweepPlan:
    return plan_sweep(BASE, **words)  # type: ignore[arg-type]


def test_a_grid_has_every_combination_once() -> None:
    plan = planned(**MOVED, design="grid", n=4)
    assert len(plan.points) == 3 * 4 * 4
    assert not plan.points.duplicated().any()
    assert sorted(plan.points["theta"].unique()) == pytest.approx([2.0, 2.0 + 1 / 3, 2.0 + 2 / 3, 3.0])
    assert plan.points[PATH].value_counts().tolist() == [16, 16, 16]


def test_a_latin_hypercube_fills_every_slice_once() -> None:
    plan = planned(**MOVED, n=30)
    slices = np.floor((plan.points["theta"] - 2.0) * 30).astype(int)
    assert sorted(slices) == list(range(30))
    assert plan.points[PATH].value_counts().tolist() == [10, 10, 10]
    assert plan.design == "lhs"


def test_a_sobol_sequence_is_balanced_and_its_own() -> None:
    plan = planned(**MOVED, design="sobol", n=32)
    assert (plan.points["theta"] < 2.5).sum() == 16
    assert not np.allclose(plan.points["theta"], planned(**MOVED, n=32).points["theta"])


def test_points_hang_on_the_seed_and_on_nothing_else() -> None:
    first, again = (planned(**MOVED, n=8).points for _ in range(2))
    pd.testing.assert_frame_equal(first, again)
    other = plan_sweep(BASE.replace(seed=2), **MOVED, n=8).points  # type: ignore[arg-type]
    assert not np.allclose(first["theta"], other["theta"])


def test_usual_sizes() -> None:
    assert len(planned(**MOVED).points) == 64
    assert len(planned(uncertainties=["theta", "ces_sigma"], design="grid").points) == 25
    assert len(planned(levers={PATH: [0.0, 1.0], "markets.ID.sales_tax": [0.0, 0.1, 0.2]}).points) == 6


def test_a_table_is_taken_as_it_is(tmp_path: Path) -> None:
    rows = [{"theta": 2.5, PATH: 0.0}, {"theta": 2.5, PATH: 1.0}, {"theta": 2.5, PATH: 1.0}]
    file = tmp_path / "points.csv"
    pd.DataFrame(rows).to_csv(file, index_label="point")
    for table in (rows, pd.DataFrame(rows), file, str(file)):
        plan = planned(table=table)
        assert plan.points.to_dict("list") == {"theta": [2.5] * 3, PATH: [0.0, 1.0, 1.0]}
        assert plan.overrides(1) == {"parameters.theta": 2.5, PATH: 1.0}
        assert plan.design == "table"


def test_switches_stay_switches() -> None:
    path = "platforms.resso.catalogue.ID.sony"
    plan = planned(levers={path: [True, False]}, design="grid")
    assert [plan.overrides(number)[path] for number in (0, 1)] == [True, False]
    assert plan.scenario(1).digest != plan.scenario(0).digest


def test_a_point_is_the_base_with_its_values_on_top() -> None:
    plan = planned(**MOVED, n=5, policies={"base": {}, "loud": {"platforms.spotify.marketing.ALL": 2.0}})
    row = plan.points.loc[3]
    wanted = BASE.replace(
        {PATH: row[PATH], "parameters.theta": row["theta"], "parameters.ces_sigma": row["ces_sigma"],
         "platforms.spotify.marketing.ALL": 2.0}
    )  # fmt: skip
    assert plan.scenario(3, policy="loud").canonical() == wanted.canonical()
    assert plan.scenario(3).canonical() != wanted.canonical()
    assert (plan.runs, [dict(one) for one in plan.every_override()][3]) == (10, plan.overrides(3))


def test_policies_alone_are_a_sweep_of_one_point() -> None:
    plan = planned(policies=[Policy("base"), Policy("shop", scenario="tiktok_shop")], replicates=3)
    assert (len(plan.points), plan.runs) == (1, 6)
    assert plan.plans[1].markets == BASE.markets
    assert (plan.plans[1].users, plan.plans[1].months, plan.plans[1].seed) == (200, 2, 1)


def test_a_policy_changes_one_key_of_a_scenario_with_entries_elsewhere() -> None:
    """`dozen_markets` enters twelve markets over four waves; of them one is run here, for a year."""
    base = BASE.replace({"markets": ["MX"], "months": 12})
    loud = {"scenario": "dozen_markets", "strategies": {"tiktok_music": {"marketing": 2.0}}}
    plan = plan_sweep(base, policies={"out": {}, "loud": loud, "as_it_is": "dozen_markets"}, outcomes=["spotify.users"])
    told = [[(entry.market, entry.marketing) for one in own.strategies for entry in one.entries] for own in plan.plans]
    assert told == [[], [("MX", 2.0)], [("MX", 5.0)]]


def test_policies_share_one_table_of_offers() -> None:
    entry = {"date": "2022-11", "kind": "platform_enters", "platform": "tiktok_music", "markets": "ALL",
             "tiers": {"individual": 30.0}, "unusual": True}  # fmt: skip
    enters = BASE.replace({"events": [entry]}, name="enters")
    plan = planned(policies={"base": {}, "enters": enters}, **MOVED, n=2)
    cells = [[(one.market, one.service, one.tier) for one in plan.scenario(1, policy=name).new_offers]
             for name in ("base", "enters")]  # fmt: skip
    assert cells[0] == cells[1] != []
    assert planned(**MOVED, n=2).scenario(0).new_offers == ()


def test_it_knows_whether_points_settle_a_start_of_their_own() -> None:
    assert planned(uncertainties=["theta"], n=2).moves_start
    assert not planned(uncertainties=["ces_sigma"], levers={PATH: [0.0, 1.0]}, n=2).moves_start


def test_default_outcomes_are_those_of_what_is_moved() -> None:
    names = [
        one.name for one in planned(levers={"platforms.spotify.price.ID.individual": [50_000.0, 60_000.0]}).outcomes
    ]
    assert {"spotify.users", "spotify.operating_income", "label_income"} <= set(names)
    assert not any(name.startswith("resso") for name in names)


def test_the_question_tells_sweeps_apart() -> None:
    asked = [
        planned(**MOVED, n=4), planned(**MOVED, n=5), planned(**MOVED, n=4, replicates=2),
        planned(**MOVED, n=4, series=True), planned(**MOVED, n=4, outcomes=["resso.users"]),
        planned(**MOVED, n=4, policies={"tied": {"platforms.resso.integration.BR": 1.0}}),
        plan_sweep(BASE.replace(months=3), **MOVED, n=4),  # type: ignore[arg-type]
    ]  # fmt: skip
    assert len({plan.digest for plan in asked}) == len(asked)
    assert planned(**MOVED, n=4).digest == asked[0].digest
    assert plan_sweep(BASE.replace(replicates=3), **MOVED, n=4).digest == asked[0].digest  # type: ignore[arg-type]


def test_every_fault_is_told_at_once() -> None:
    text = told(
        levers={"platforms.resso.integraton.ID": [1.0], "platforms.resso.price.ID.individual": {"low": 2, "high": 1},
                "platforms.reso.integration.ID": [0.0, 1.0], "markets.ID.sales_tax": {"low": 0.0, "high": 5.0}},
        uncertainties=["thta"], replicates=0,
    )  # fmt: skip
    for word in ("Did you mean 'integration'", "upside down", "Did you mean 'resso'", "sales_tax lies in",
                 "Did you mean 'theta'", "replicates"):  # fmt: skip
        assert word in text, word
    assert len(text.splitlines()) == 6


@pytest.mark.parametrize(
    ("words", "word"),
    [
        ({}, "there is something to sweep"),
        ({"levers": {}}, "there is something to sweep"),
        ({"uncertainties": []}, "there is something to sweep"),
        ({"uncertainties": ["theta"], "n": 0}, "n: is a whole number from 1"),
        ({"uncertainties": ["theta"], "n": 2.5}, "n: is a whole number from 1"),
        ({"uncertainties": ["theta"], "design": "lsh"}, "Did you mean 'lhs'"),
        ({"uncertainties": ["theta"], "design": "table"}, "takes a table"),
        ({"uncertainties": ["theta"], "n": 10_000_001}, "at most 10,000,000 runs"),
        ({"uncertainties": ["theta"], "n": 1_000_000, "replicates": 11}, "at most 10,000,000 runs"),
        ({"uncertainties": "@all", "design": "grid", "n": 2}, "at most 10,000,000 runs"),
        ({"table": []}, "at least one point"),
        ({"table": [{}]}, "at least one point"),
        ({"table": "nowhere.csv"}, "must be readable"),
        ({"table": 3}, "a file, a frame or rows"),
        ({"table": [{"theta": 2.5, "what": 1.0}]}, "a parameter or the path of a lever"),
        ({"table": [{"theta": 2.5}, {"theta": None}]}, "none in row 2"),
        ({"table": [{"theta": 2.5}, {"theta": -7.0}]}, "theta lies in"),
        ({"table": [{"theta": 2.5}], "n": 3}, "says itself which points"),
        ({"table": [{"theta": 2.5, "parameters.theta": 2.5}]}, "a column stands once"),
        ({"uncertainties": ["theta"], "outcomes": ["resso.user"]}, "Did you mean 'users'"),
        ({"uncertainties": ["theta"], "outcomes": []}, "at least one outcome"),
        ({"policies": {}}, "are one or more"),
        ({"policies": {"no": "tiktok_shp"}}, "Did you mean 'tiktok_shop'"),
        ({"policies": {"then": "june_2022"}}, "begins when the base does"),
        ({"policies": {"no": {"platforms.resso.integration.IDD": 1.0}}}, "Did you mean 'ID'"),
        ({"policies": {"tied": {"platforms.resso.integration.ALL": 1.0}}, "levers": {PATH: [0.0]}}, "leaves alone"),
        ({"policies": {"high": {"parameters": {"theta": 3.0}}}, "uncertainties": ["theta"]}, "leaves alone"),
        ({"levers": [3]}, "Levers"),
    ],
)
def test_what_cannot_be_swept_is_told_at_once(words: dict[str, object], word: str) -> None:
    begun = time.perf_counter()
    assert word in told(**words)
    assert time.perf_counter() - begun < 5.0


def test_a_base_that_is_not_there_is_told() -> None:
    with pytest.raises(sm.InputError, match="Did you mean 'tiny'"):
        plan_sweep("tinny", uncertainties=["thta"])


def test_the_vocabulary_may_be_mixed_with_words() -> None:
    plan = planned(
        levers=[Lever(PATH, low=0.0, high=1.0)], uncertainties=["theta", Uncertainty("ces_sigma", low=2.0)], n=3
    )
    assert list(plan.points.columns) == [PATH, "theta", "ces_sigma"]
    assert plan.points["ces_sigma"].min() >= 2.0


@pytest.mark.parametrize("rows", ["theta\n1,2\n", "theta,beta_T\n1,2,3\n,,\n", "theta\n1\n2,3,4\n"])
def test_rows_longer_than_the_heading_are_told(tmp_path: Path, rows: str) -> None:
    file = tmp_path / "points.csv"
    file.write_text(rows)
    with pytest.raises(InputError, match=r"as many cells as the heading|is a CSV file"):
        planned(table=file)


def test_a_table_that_is_a_device_is_told() -> None:
    with pytest.raises(InputError, match="a device"):
        planned(table="/dev/zero")


def test_a_design_of_more_values_than_memory_holds_is_told() -> None:
    with pytest.raises(InputError, match=r"at most 10,000,000 values.*points x 1\d\d inputs"):
        planned(uncertainties=["@all"], n=3_000_000)


def test_a_table_of_very_many_columns_is_told(tmp_path: Path) -> None:
    file = tmp_path / "points.csv"
    file.write_text("theta," * 1001 + "\n")
    with pytest.raises(InputError, match="at most 1,000 columns"):
        planned(table=file)
