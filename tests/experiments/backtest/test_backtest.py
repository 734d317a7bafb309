"""The small backtest, whole: lived, forecast, scored, saved; what it must not see; what it hands to the calibration."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from model.experiments.backtest import Backtest, backtest, backtesting, plan_backtest
from model.experiments.backtest.living import live_members, record_plan, wanted_keys
from model.experiments.backtest.page import backtest_page, fixed_parts
from model.experiments.backtest.scoring import RULES
from model.experiments.calibration.plan import QUICK, QUICK_MARKETS, QUICK_PARAMETERS, CalibrationPlan
from model.experiments.calibration.priors import read_priors
from model.experiments.ensembles import Ensemble, prior_ensemble
from model.experiments.history import SeriesKey
from model.foundation.errors import InputError
from model.foundation.months import show_month

ROOT = Path(__file__).resolve().parents[3]
MEMBERS = prior_ensemble(["rho_free", "theta", "delta"], members=2, name="two")
ALONE = Ensemble("alone", "the first of them", MEMBERS.parameters, MEMBERS.values[:1], np.ones(1), {"method": "cut"})


def small(**wishes: Any) -> Any:
    return plan_backtest(quick=True, users=100, **{"ensemble": MEMBERS, **wishes})


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("backtest")


@pytest.fixture(scope="module")
def found(folder: Path) -> Backtest:
    return backtest(small(), folder=folder)


def test_every_method_forecasts_and_is_scored(found: Backtest) -> None:
    assert found.lived.weights.size == 2
    assert found.made["ensemble_digest"] == MEMBERS.digest  # an edited ensemble is another answer
    series = found.series
    assert len(series) == 19
    assert {"spotify"} == set(series["entity"])
    assert "not scored, since a declared parameter was set by it: tiktok WORLD ad_revenue_year" in found.notices
    assert set(found.coverage["method"]) == {"raw", "anchored", "dressed", *RULES}
    world = found.scores[(found.scores["market"] == "WORLD") & (found.scores["metric"] == "users")]
    assert sorted(set(world["horizon"])) == [3, 6, 9, 12]
    assert (found.scores["crps"] >= 0.0).all()
    users = series[(series["market"] == "WORLD") & (series["metric"] == "users")].iloc[0]
    assert users["last"] == pytest.approx(26.2, abs=0.5)  # of the record alone: 406 M known, 422 to 489 M came


def test_later_figures_change_scores_and_no_forecast(found: Backtest, folder: Path) -> None:
    plan = small()
    record = plan.record.copy()
    later = record["date"] > "2021-12"
    record.loc[later, "value"] = record.loc[later, "value"] * 0.37 + 1.0
    other = backtest(replace(plan, record=record), folder=folder)  # the lives are taken over
    assert len(other.forecasts) == len(found.forecasts)
    for one, changed in zip(found.forecasts, other.forecasts, strict=True):
        assert one.target == changed.target
        assert one.points.tobytes() == changed.points.tobytes()
        assert one.weights.tobytes() == changed.weights.tobytes()
    pd.testing.assert_frame_equal(found.forecast_rows, other.forecast_rows)
    moved = found.scores["crps"] != other.scores["crps"]
    assert moved.mean() > 0.9  # anywhere between two points alike the score is the same


def test_same_numbers_with_and_without_a_folder(found: Backtest) -> None:
    plan = small()
    lived = live_members(plan.scenario, ALONE)
    for key, months in found.lived.values.items():
        for month, values in months.items():
            there = lived.at(key, month)
            assert there is not None
            assert there[0] == values[0] or (np.isnan(there[0]) and np.isnan(values[0]))


def test_a_folder_of_other_lives_is_refused(found: Backtest, folder: Path) -> None:
    other = prior_ensemble(["rho_free"], members=2)
    with pytest.raises(InputError, match="this very backtest"):
        backtest(plan_backtest(quick=True, ensemble=other, users=100), folder=folder)


def test_answer_is_kept_whole(found: Backtest, folder: Path) -> None:
    found.save(folder)
    names = {path.name for path in folder.iterdir()}
    assert {"backtest.md", "backtest.json", "scores.csv", "series.csv", "coverage.csv", "horizons.csv", "forecasts.csv",
            "skill.png", "fans_world.png", "fans_places.png", "members"} <= names  # fmt: skip
    marker = json.loads((folder / "backtest.json").read_text(encoding="utf-8"))
    assert {"backtest.md", "told.json"} <= set(marker["sha256"])  # a kill before them leaves no finished answer
    kept = pd.read_csv(folder / "series.csv")
    assert kept["skill"].tolist() == pytest.approx(found.series["skill"].tolist())
    page = (folder / "backtest.md").read_text(encoding="utf-8")
    assert page == backtest_page(found)
    chance = found.chance
    assert f"**{chance.wins} of {chance.series} series won**" in page
    assert "**Not calibrated.**" in page
    seen = backtest_page(replace(found, made={"name": "late", "method": "m", "window": ["2019-12", "2022-03"]}))
    assert "**No forecast.** These members were calibrated to outcomes until 2022-03" in seen
    won, lost = page.index("### Won"), page.index("### Lost")
    for row in found.series.to_dict("records"):
        if row["market"] == "WORLD" and row["metric"] == "users":
            assert (won < page.index("| Spotify users, world |") < lost) == row["won"]


def test_documented_page_has_the_fixed_parts() -> None:
    page = (ROOT / "docs" / "backtest.md").read_text(encoding="utf-8")
    missing = [part for part in fixed_parts() if part not in page]
    assert not missing, "docs/backtest.md is made by resonance backtest --out FOLDER: copy backtest.md from there"


def test_own_outcomes_are_scored_and_take_the_place_of_the_record(folder: Path, tmp_path: Path) -> None:
    file = tmp_path / "mine.csv"
    file.write_text(
        "entity,market,metric,date,value,unit\n"
        "spotify,WORLD,users,2022-12,400,M\n"
        "deezer,BR,users,2021-12,4,M\ndeezer,BR,users,2022-12,5,M\ndeezer,BR,users,2023-05,6,M\n"
    )
    plan = small(outcomes=file, ensemble=ALONE)
    assert "1 outcomes of the file after 2022-12: not looked at (--test-until)" in plan.notices
    assert plan.also == (SeriesKey("deezer", "BR", "users"),)
    assert any("1 figures of the record give way" in one for one in plan.notices)
    found = backtest(plan)
    came = {str(one.key): value for one, value in found.outcomes.items() if one.month == plan.window.test}
    assert came["spotify WORLD users"] == 400.0
    rows = found.scores[found.scores["entity"] == "deezer"]
    assert set(rows["method"]) == {
        "raw",
        "anchored",
    }  # one figure is known: no rule has a past to learn its spread from
    assert (rows["observed"] == 5.0).all()


def test_calibration_sees_the_training_window_alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    asked: list[Any] = []

    def calibrate(plan: Any, **_: Any) -> Any:
        asked.append(plan)
        rows = [("spotify", "WORLD", "users", date, value) for date, value in (("2021-12", 300.0), ("2022-12", 330.0))]
        series = pd.DataFrame([(life, *row) for life in (0, 1) for row in rows],
                              columns=["life", "entity", "market", "metric", "date", "value"])  # fmt: skip
        ensemble = Ensemble(
            "post", "two", ("theta",), np.array([[2.0], [3.0]]), np.array([0.25, 0.75]), {"method": "m"}
        )
        return SimpleNamespace(ensemble=ensemble, lived_weights=ensemble.weights, draws=SimpleNamespace(series=series))

    monkeypatch.setattr(backtesting, "calibrate", calibrate)
    found = backtest(plan_backtest(train_until="2021-12", test_until="2022-12"), folder=tmp_path)
    (plan,) = asked
    assert plan.until == "2021-12"
    assert all(one.until <= "2021-12" for one in plan.targets.moments)
    assert found.lived.weights == pytest.approx([0.25, 0.75])
    anchored = next(one for one in found.forecasts if one.method == "anchored")
    assert anchored.points == pytest.approx([406.0 * 1.1] * 2)


@pytest.mark.slow
def test_small_calibration_makes_the_members(tmp_path: Path) -> None:
    sizes = replace(QUICK, first=16, again=4, second=6, draws=20, lived=10)
    lived = record_plan("2022-12", users=200, markets=QUICK_MARKETS)
    asked = CalibrationPlan(lived, read_priors(QUICK_PARAMETERS), "2021-12", sizes)
    plan = replace(plan_backtest(), scenario=lived, calibration=asked)
    found = backtest(plan, folder=tmp_path, workers=1)
    assert found.made["window"] == ["2019-12", "2021-12"]
    assert found.lived.weights.size == 10
    assert len(found.series) >= 19
    assert not (tmp_path / "members").exists()  # the calibration's own lives forecast
    again = backtest(plan, folder=tmp_path, workers=1)
    pd.testing.assert_frame_equal(found.scores, again.scores)


def test_ensembles_that_saw_what_is_forecast_are_named() -> None:
    def noticed(until: str | None) -> str:
        made: dict[str, object] = {"method": "m"} if until is None else {"method": "m", "window": ["2019-12", until]}
        one = Ensemble("mine", "one", ("theta",), np.array([[2.0]]), np.ones(1), made)
        return "; ".join(small(ensemble=one).notices)

    assert "NO FORECAST: mine was calibrated to outcomes until 2022-06" in noticed("2022-06")
    assert "calibrated" not in noticed("2021-12")
    assert "mine does not say that it was calibrated" in noticed(None)
    assert "nothing is calibrated" in "; ".join(plan_backtest(quick=True).notices)


def test_plans_are_checked_before_anything_is_lived(tmp_path: Path) -> None:
    bad = tmp_path / "bad.csv"
    bad.write_text("entity,market\n")
    with pytest.raises(InputError) as caught:
        plan_backtest(train_until="2018-01", test_until="2022-12", outcomes=bad)
    told = str(caught.value)
    assert "train-until" in told
    assert "bad.csv" in told
    with pytest.raises(InputError, match="later outcomes with --outcomes"):
        plan_backtest(train_until="2022-12", test_until="2023-12", ensemble=MEMBERS)
    with pytest.raises(InputError, match="keeps its lives in a folder"):
        backtest(plan_backtest())


def test_the_record_goes_on_with_later_actions() -> None:
    plan = record_plan("2023-12", users=50, markets=["ID", "BR", "US"])
    assert plan.months == 49
    dates = [show_month(plan.start_month + month - 1) for month in range(1, plan.months + 1) if plan.settings_at(month)]
    assert max(dates) <= "2023-12"
    assert any(date > "2022-12" for date in dates)
    assert record_plan("2022-12", users=50).months == 37
    with pytest.raises(InputError, match="2024-12"):
        record_plan("2025-01", users=50)


def test_series_of_regions_need_not_be_asked_for() -> None:
    keys = [
        SeriesKey("spotify", "Europe", "users"),
        SeriesKey("resso", "IN", "users"),
        SeriesKey("deezer", "BR", "users"),
    ]
    assert wanted_keys(keys) == (SeriesKey("deezer", "BR", "users"),)
