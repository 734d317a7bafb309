from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import model as sm
from model.experiments.ensembles import Ensemble
from model.experiments.sweep.file import read_sweep_file
from model.experiments.sweep.plan import plan_sweep
from model.experiments.sweep.result import SweepResult
from model.experiments.sweep.vocabulary import Policy
from model.foundation.errors import InputError
from model.spec.scenario import Scenario

LEVER = "platforms.resso.integration.ID"


def draws(**changes: object) -> Ensemble:
    parts: dict[str, object] = {
        "name": "four", "about": "", "parameters": ("theta", "forgetting"),
        "values": np.array([[1.0, 0.02], [2.0, 0.05], [3.0, 0.04], [2.2, 0.03]]),
        "weights": np.array([0.5, 0.25, 0.0, 0.25]), "made": {"method": "by hand"},
    }  # fmt: skip
    return Ensemble(**{**parts, **changes})  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def base() -> Scenario:
    return Scenario.from_mapping({"name": "base", "markets": ["ID"], "users": 200, "months": 3, "seed": 3})


@pytest.fixture(scope="module")
def found(base: Scenario, tmp_path_factory: pytest.TempPathFactory) -> SweepResult:
    return sm.sweep(
        base, levers={LEVER: [0.0, 1.0]}, ensemble=draws(), members=4, outcomes=["resso.users", "label_income"],
        policies={"base": {}, "dear": {"platforms.spotify.price.ID.individual": 70_000.0}}, workers=1,
        store=tmp_path_factory.mktemp("sweep"),
    )  # fmt: skip


def test_points_are_settings_times_members_by_weight(found: SweepResult) -> None:
    points = found.points
    assert len(points) == 8
    for _, own in points.groupby(LEVER):
        assert sorted(own["member"]) == [0, 0, 1, 3]
    values = draws().values
    for row in points.to_dict("records"):
        assert [row["theta"], row["forgetting"]] == values[int(row["member"])].tolist()  # joint, never mixed


def test_a_point_is_its_members_run(found: SweepResult, base: Scenario) -> None:
    table = found.table("resso.users", over="end")
    at = found.points.index[(found.points["member"] == 3) & (found.points[LEVER] == 1.0)][0]
    own = base.replace({LEVER: 1.0, "parameters.theta": 2.2, "parameters.forgetting": 0.03})
    users = sm.run(own).services.query("month == 3 and platform == 'resso'")["users"].iloc[0]
    kept = table[(table["point"] == at) & (table["policy"] == "base")]["resso.users"].iloc[0]
    assert kept == users


def test_a_sampled_design_gives_each_member_its_part_of_the_points(base: Scenario) -> None:
    for design in ("lhs", "sobol"):
        plan = plan_sweep(base, levers={LEVER: {"low": 0.0, "high": 1.0}}, ensemble=draws(), design=design, n=32)
        counts = plan.points["member"].value_counts()
        assert counts.to_dict() == pytest.approx({0: 16, 1: 8, 3: 8}, abs=1)
        assert plan.points[LEVER].nunique() == 32
        assert plan.series


def test_a_sobol_design_under_an_ensemble_grows_behind(base: Scenario) -> None:
    asked = {"levers": {LEVER: {"low": 0.0, "high": 1.0}}, "ensemble": draws(), "design": "sobol"}
    few, many = (plan_sweep(base, **asked, n=n).points for n in (8, 16))
    assert many.iloc[:8].equals(few)


def test_an_edit_of_the_ensemble_is_another_sweep(base: Scenario) -> None:
    one = plan_sweep(base, ensemble=draws(), members=4)
    assert one.digest == plan_sweep(base, ensemble=draws(), members=4).digest
    weights = np.array([0.4, 0.35, 0.0, 0.25])
    assert one.digest != plan_sweep(base, ensemble=draws(weights=weights), members=4).digest
    assert one.digest != plan_sweep(base, ensemble=draws(), members=8).digest
    assert "ensemble" not in plan_sweep(base, uncertainties=["theta"], n=4).question


def test_what_the_base_sets_itself_is_left_alone_and_told(base: Scenario, tmp_path: Path) -> None:
    own = base.replace({"parameters.theta": 1.5, "months": 1}, name="own")
    found = sm.sweep(own, ensemble=draws(), members=2, outcomes=["resso.users"], workers=1, store=tmp_path)
    assert "theta" not in found.points
    assert "own sets theta itself" in found.summary()
    with pytest.raises(InputError, match="sets all that the ensemble"):
        plan_sweep(own.replace({"parameters.forgetting": 0.02}), ensemble=draws())


def test_bands_are_over_the_members_of_one_setting(found: SweepResult) -> None:
    bands = found.bands(over="end")
    row = bands[(bands["policy"] == "base") & (bands[LEVER] == 1.0) & (bands["outcome"] == "resso.users")].iloc[0]
    table = found.table("resso.users", over="end")
    own = table[(table["policy"] == "base") & (table[LEVER] == 1.0)]["resso.users"]
    assert row["points"] == 4
    expected = np.quantile(own, (0.05, 0.5, 0.95), method="hazen")
    assert row[["q05", "median", "q95"]].tolist() == pytest.approx(expected.tolist())
    dear = bands[(bands["policy"] == "dear") & (bands[LEVER] == 1.0) & (bands["outcome"] == "label_income")].iloc[0]
    wide = found.table("label_income", over="end").query(f"`{LEVER}` == 1.0").pivot(
        index="point", columns="policy", values="label_income"
    )  # fmt: skip
    assert dear["share_above"] == pytest.approx((wide["dear"] > wide["base"]).mean())
    assert np.isnan(row["share_above"])


def test_fans_end_where_bands_do(found: SweepResult) -> None:
    keys = ["policy", LEVER, "outcome"]
    last = found.fans().query("month == 3").set_index(keys)["median"]
    bands = found.bands(over="end").set_index(keys)["median"]
    pd.testing.assert_series_equal(last.sort_index(), bands.sort_index())
    figure = found.plot.fans()
    words = " ".join(text.get_text() for text in figure.findobj(match=lambda one: hasattr(one, "get_text")))
    for told in ("ensemble four", "50% of 4 runs", "base, resso.integration.ID 1", "people"):
        assert told in words


def test_it_goes_on_where_it_was_stopped(base: Scenario, tmp_path: Path) -> None:
    from model.experiments.sweep.sweeping import SweepStopped

    def stop(told) -> None:
        if told.done >= 2:
            raise KeyboardInterrupt

    asked = {"ensemble": draws(), "members": 5, "outcomes": ["resso.users"], "workers": 1, "store": tmp_path}
    with pytest.raises(SweepStopped) as caught:
        sm.sweep(base, **asked, progress=stop)
    assert 0 < caught.value.result.done < 5
    assert len(caught.value.result.bands())
    assert sm.sweep(base, **asked).done == 5


@pytest.mark.parametrize(
    ("wishes", "words"),
    [
        ({"uncertainties": ["theta"]}, "varies it, together"),
        ({"table": [{"theta": 2.0}]}, "a table says itself"),
        ({"policies": {"a": {}, "b": {"parameters.theta": 2.0}}}, "leaves alone"),
        ({"members": 0}, "whole number"),
        ({"ensemble": None, "members": 3, "uncertainties": ["theta"]}, "are of an ensemble"),
        ({"ensemble": "no_such"}, "no ensemble of this name"),
    ],
)  # fmt: skip
def test_wishes_that_do_not_go_together_are_refused(base: Scenario, wishes: dict[str, object], words: str) -> None:
    with pytest.raises(InputError, match=words):
        plan_sweep(base, **{"ensemble": draws(), **wishes})


def test_a_policys_scenario_that_sets_a_members_parameter_is_refused(base: Scenario) -> None:
    other = Policy("other", scenario=base.replace({"parameters.theta": 2.0}, name="other"))
    with pytest.raises(InputError, match="sets it at every point"):
        plan_sweep(base, ensemble=draws(), policies=[Policy("base"), other])


def test_a_sweep_without_an_ensemble_has_no_bands(base: Scenario, tmp_path: Path) -> None:
    plain = sm.sweep(base, levers={LEVER: [0.0]}, outcomes=["resso.users"], workers=1, store=tmp_path)
    with pytest.raises(InputError, match="under an ensemble"):
        plain.bands()


def test_a_sweep_file_names_its_ensemble(tmp_path: Path) -> None:
    draws().save(tmp_path / "mine.json")
    (tmp_path / "asked.toml").write_text(
        'base = "tiny"\nensemble = "mine.json"\nmembers = 8\noutcomes = ["resso.users"]\n', encoding="utf-8"
    )
    read = read_sweep_file(tmp_path / "asked.toml")
    assert plan_sweep(read.base, **read.wishes).points["member"].value_counts().to_dict() == {0: 4, 1: 2, 3: 2}
    (tmp_path / "asked.toml").write_text('base = "tiny"\nensemble = 3\n', encoding="utf-8")
    with pytest.raises(InputError, match="a name or a file"):
        read_sweep_file(tmp_path / "asked.toml")
