import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import model as sm
from model.experiments.ensembles import Ensemble
from model.experiments.ensembles.living import run_members
from model.experiments.run import live_replicate
from model.foundation.errors import InputError
from model.market.start_store import StartStore
from model.results import MEASURES, RunResult
from model.results.fans import QUANTILES
from model.results.fans import by_run as runs_of

SIZE = {"markets": ["ID"], "users": 300, "months": 3, "seed": 11}


def three(**changes: object) -> Ensemble:
    parts: dict[str, object] = {
        "name": "three", "about": "", "parameters": ("theta", "forgetting", "family_size"),
        "values": np.array([[1.0, 0.02, 3.0], [2.5, 0.05, 4.5], [3.0, 0.04, 4.0]]),
        "weights": np.array([0.5, 0.25, 0.25]), "made": {"method": "by hand"},
    }  # fmt: skip
    return Ensemble(**{**parts, **changes})  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def starts() -> StartStore:
    return StartStore(None)


@pytest.fixture(scope="module")
def result(starts: StartStore) -> RunResult:
    return sm.run(sm.Scenario.from_mapping(SIZE), ensemble=three(), members=4, starts=starts)


def test_runs_are_members_with_numbers_ids_and_values(result: RunResult) -> None:
    table = result.members
    assert sorted(table["member"]) == [0, 0, 1, 2]
    assert sorted(table["replicate"]) == [0, 1, 2, 3]
    assert table["run_id"].is_unique
    assert table.set_index("replicate")["theta"].to_dict() == {0: 1.0, 1: 2.5, 2: 3.0, 3: 1.0}
    assert result.provenance.carried.digest == three().digest
    assert set(result.services["replicate"]) == {0, 1, 2, 3}


def test_a_member_alone_is_the_same_to_the_last_bit(result: RunResult, starts: StartStore) -> None:
    plan = sm.Scenario.from_mapping(SIZE)
    alone = RunResult.from_runs(
        three().member(plan, 0), [live_replicate(three().member(plan, 0), replicate=3, starts=StartStore(None))]
    )
    for name in ("offers", "services", "labels", "markets", "ledger", "songs"):
        table = result.frame(name)
        own = table[table["replicate"] == 3].reset_index(drop=True)
        pd.testing.assert_frame_equal(own, alone.frame(name).reset_index(drop=True), check_exact=True)
    assert alone.provenance.run_ids[3] == result.provenance.run_ids[3]
    listed = sm.run(plan, ensemble=three(), members=[1], starts=starts)
    own = result.services[result.services["replicate"] == 1].reset_index(drop=True)
    pd.testing.assert_frame_equal(own, listed.services.reset_index(drop=True), check_exact=True)
    assert listed.provenance.run_ids[1] == result.provenance.run_ids[1]


def test_each_run_has_people_of_its_own_at_the_start(result: RunResult) -> None:
    opening = result.services[result.services["month"] == 0]
    users = opening.pivot_table(index="platform", columns="replicate", values="users", aggfunc="sum", observed=True)
    assert (users[0] != users[3]).any()  # both of member 0: values do not tell them apart, people do


def test_tables_read_each_runs_own_parameters(result: RunResult) -> None:
    rows = result.offers[result.offers["tier"] == "family_per_head"]
    rows = rows[rows["subscriptions"] > 0]
    found = (rows["payers"] / rows["subscriptions"]).groupby(rows["replicate"]).mean().to_dict()
    assert found == pytest.approx({0: 3.0, 1: 4.5, 2: 4.0, 3: 3.0})
    arrays = result.arrays("offers")["subscriptions"]
    assert np.array_equal(arrays, result.offers["subscriptions"].to_numpy(), equal_nan=True)


def test_what_the_scenario_sets_stays_and_is_told(starts: StartStore) -> None:
    plan = sm.Scenario.from_mapping({**SIZE, "months": 1, "parameters": {"theta": 2.0}, "fresh_starts": False})
    found = sm.run(plan, ensemble=three(), members=2, starts=starts)
    assert list(found.members.columns) == ["replicate", "member", "run_id", "forgetting", "family_size"]
    assert "sets theta itself" in found.summary_text()
    assert not found.card.canonical.get("fresh_starts", False)
    assert found.card.parameter("theta") == 2.0


def test_an_edit_of_the_ensemble_changes_the_ids(result: RunResult, starts: StartStore) -> None:
    values = np.array(three().values)
    values[1, 0] = 2.6
    plan = sm.Scenario.from_mapping(SIZE)
    other = sm.run(plan, ensemble=three(values=values), members=[1, 2], starts=starts)
    assert other.provenance.run_ids[1] != result.provenance.run_ids[1]
    assert other.provenance.run_ids[2] == result.provenance.run_ids[2]
    assert other.provenance.carried.digest != result.provenance.carried.digest


def test_fans_are_the_quantiles_of_the_runs(result: RunResult) -> None:
    table = result.fan("users", platform="spotify")
    rows = result.services[(result.services["platform"] == "spotify") & (result.services["month"] == 2)]
    expected = np.quantile(rows["users"], (0.05, 0.25, 0.5, 0.75, 0.95), method="hazen")
    assert table.set_index("month").loc[2, list(QUANTILES)].to_numpy(float) == pytest.approx(expected)
    assert table["date"].tolist() == ["2022-09", "2022-10", "2022-11", "2022-12"]
    fans = result.fans()
    same = fans.query("market == 'total' and who == 'spotify' and column == 'users' and month == 2").iloc[0]
    assert same["q95"] == pytest.approx(expected[-1])
    assert (fans["unit"] == [MEASURES[name].unit for name in fans["column"]]).all()
    assert {"spotify", "universal", "all"} <= set(fans["who"])
    assert (fans["runs"] <= 4).all()
    sony = runs_of(result, "label_income", label="sony")
    by_hand = result.labels[(result.labels["label"] == "sony") & (result.labels["month"] == 1)]
    assert sony.loc[1].to_dict() == pytest.approx(by_hand.groupby("replicate")["label_income"].sum().to_dict())


@pytest.mark.parametrize(
    ("column", "where"),
    [("usres", {"platform": "spotify"}), ("users", {"platform": "spotfy"}), ("users", {}), ("payers", {"market": "XX"}),
     ("label_income", {"platform": "spotify", "label": "sony"}), ("price_local", {})],
)  # fmt: skip
def test_fans_of_what_is_not_there_are_refused(result: RunResult, column: str, where: dict[str, str]) -> None:
    with pytest.raises(InputError, match="fan"):
        result.fan(column, **where)


def test_the_summary_shows_bands(result: RunResult) -> None:
    text = result.summary_text()
    assert "Under the ensemble three" in text
    assert "4 runs of all 3 members" in text
    spotify = result.services[(result.services["month"] == 3) & (result.services["platform"] == "spotify")]["users"]
    middle, low, high = np.quantile(spotify / 1e6, (0.5, 0.05, 0.95), method="hazen")
    assert f"{middle:.1f} ({low:.1f} to {high:.1f})" in text
    rows = result.summary()
    own = rows[(rows["who"] == "spotify") & (rows["measure"] == "users") & (rows["place"] == "world")].iloc[0]
    assert own["end_low"] == pytest.approx(low * 1e6)


def test_it_is_saved_and_loaded_with_members_and_fans(result: RunResult, tmp_path: Path) -> None:
    result.save(tmp_path, figures={"fans.png": b"x"})
    again = RunResult.load(tmp_path)
    assert again.members.equals(result.members)
    assert again.summary_text() == result.summary_text()
    assert pd.read_csv(tmp_path / "members.csv")["member"].tolist() == result.members["member"].tolist()
    assert len(pd.read_csv(tmp_path / "fans.csv")) == len(result.fans())
    manifest = json.loads((tmp_path / "manifest.json").read_text())
    assert manifest["provenance"]["carried"]["values"]["3"] == [1.0, 0.02, 3.0]
    result.save(tmp_path)  # takes the earlier one away, its tables beside too
    sm.run(sm.Scenario.from_mapping({**SIZE, "months": 1})).save(tmp_path)
    assert not (tmp_path / "members.csv").exists()
    (tmp_path / "fans.csv").write_text("mine")
    with pytest.raises(InputError, match="overwritten"):
        result.save(tmp_path)


def test_figures_are_drawn(result: RunResult) -> None:
    figure = result.plot.fans()
    words = " ".join(text.get_text() for text in figure.findobj(match=lambda one: hasattr(one, "get_text")))
    for told in ("50% of 4 runs", "ensemble three", "Spotify: monthly users", "people", "median"):
        assert told in words
    assert result.plot.fan("users", platform="spotify", market="ID").axes
    assert result.plot.small_multiples().axes


class Stop:
    def __init__(self, after: int) -> None:
        self.after = after

    def __call__(self, stage: str, done: int, whole: int) -> None:
        if stage == "members" and done > self.after:
            raise KeyboardInterrupt


def test_a_stop_keeps_what_is_finished(result: RunResult, starts: StartStore) -> None:
    plan = sm.Scenario.from_mapping(SIZE)
    with pytest.raises(sm.RunStopped) as caught:
        run_members(plan, three(), members=4, starts=starts, progress=Stop(after=7))
    kept = caught.value.result
    assert len(kept.members) == 2
    assert caught.value.wanted == 4
    assert "Stopped after 2 of 4 runs" in kept.summary_text()
    for number, name in kept.provenance.run_ids.items():
        assert result.provenance.run_ids[number] == name
    with pytest.raises(sm.RunStopped) as caught:
        run_members(plan, three(), members=4, starts=starts, progress=Stop(after=0))
    assert caught.value.result is None


def test_members_go_with_an_ensemble_and_replicates_do_not() -> None:
    plan = sm.Scenario.from_mapping(SIZE)
    with pytest.raises(InputError, match="are of an ensemble"):
        sm.run(plan, members=3)
    with pytest.raises(InputError, match="members are the replicates"):
        sm.run(plan, ensemble=three(), replicates=3)
    with pytest.raises(InputError, match="no ensemble of this name"):
        sm.run(plan, ensemble="thre")
