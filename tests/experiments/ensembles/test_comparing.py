from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import model as sm
from model.experiments.comparing import Comparison, ComparisonStopped
from model.experiments.comparing.under import agreement, band_columns
from model.experiments.ensembles import Ensemble
from model.foundation.errors import InputError
from model.market.start_store import StartStore
from model.spec.scenario import Scenario

OUTCOMES = ("resso.users", "label_income", "spotify.payers", "consumer_surplus", "spotify.conversion")


def draws() -> Ensemble:
    return Ensemble(
        name="five", about="", parameters=("theta", "forgetting"),
        values=np.array([[1.0, 0.02], [2.0, 0.05], [3.0, 0.04], [2.2, 0.03], [1.4, 0.06]]),
        weights=np.array([0.3, 0.2, 0.2, 0.2, 0.1]), made={"method": "by hand"},
    )  # fmt: skip


@pytest.fixture(scope="module")
def starts() -> StartStore:
    return StartStore(None)


@pytest.fixture(scope="module")
def base() -> Scenario:
    return Scenario.from_mapping({"name": "base", "markets": ["ID"], "users": 300, "months": 3, "seed": 3})


@pytest.fixture(scope="module")
def tied(base: Scenario) -> Scenario:
    return base.replace({"platforms.resso.integration.ID": 1.0}, name="tied")


@pytest.fixture(scope="module")
def found(base: Scenario, tied: Scenario, starts: StartStore) -> Comparison:
    return sm.compare(base, tied, outcomes=OUTCOMES, ensemble=draws(), members=10, starts=starts)


def test_no_change_is_exactly_zero_in_every_member(base: Scenario, starts: StartStore) -> None:
    twice = sm.compare(base, base.replace(name="again"), outcomes=OUTCOMES, ensemble=draws(), members=4, starts=starts)
    gaps = twice.values[1] - twice.values[0]
    known = np.isfinite(gaps)
    assert known.any()
    assert (gaps[known] == 0.0).all()
    monthly = twice.under.series[:, 1] - twice.under.series[:, 0]
    assert (monthly[np.isfinite(monthly)] == 0.0).all()
    table = twice.table()
    assert (table["share_equal"].dropna() == 1.0).all()
    assert (table[["difference", "low", "high", "median"]].dropna() == 0.0).all(axis=None)
    assert "the same in 100%" in twice.ranking().text()


def test_an_offer_that_only_one_has_leaves_the_rest_exactly_alone(base: Scenario, starts: StartStore) -> None:
    event = {
        "date": "2022-11", "kind": "platform_enters", "platform": "tiktok_music", "markets": "ALL", "unusual": True,
        "tiers": {"free_ads": 0.0, "individual": 49_000.0}, "marketing": 0.0,
    }  # fmt: skip
    unknown = base.replace({"events": [event]}, name="entrant")
    twice = sm.compare(base, unknown, outcomes=["spotify.users", "label_income"], ensemble=draws(), members=3,
                       starts=starts)  # fmt: skip
    assert (twice.table()["difference"].dropna() == 0.0).all()


def test_arms_share_member_start_and_draws(found: Comparison, base: Scenario, tied: Scenario) -> None:
    opened = {}
    for plan in (base, tied):
        result = sm.run(plan, ensemble=draws(), members=[1, 2], starts=StartStore(None))
        rows = result.services[(result.services["month"] == 0) & (result.services["platform"] == "spotify")]
        opened[plan.name] = rows["users"].tolist()
        for replicate in (1, 2):
            at = [slot.replicate for slot in found.under.lived].index(replicate)
            own = result.services[(result.services["replicate"] == replicate) & (result.services["month"] == 3)]
            users = float(own.loc[own["platform"] == "resso", "users"].iloc[0])
            key = found.keys.get_loc(("resso.users", "ID", "end"))
            assert found.values[found.names.index(plan.name), at, key] == users
    assert opened["base"] == opened["tied"]


def test_intervals_are_bands_of_the_members_differences(found: Comparison) -> None:
    row = found.table(outcome="resso.users", market="total", over="end").iloc[0]
    at = found.keys.get_loc(("resso.users", "total", "end"))
    gaps = found.values[1, :, at] - found.values[0, :, at]
    assert found.replicates == 10
    assert (row["low"], row["high"]) == pytest.approx(tuple(np.quantile(gaps, (0.05, 0.95), method="hazen")))
    assert row["median"] == pytest.approx(np.median(gaps))
    assert row["share_above"] == pytest.approx((gaps > 0).mean())
    assert row["difference"] == pytest.approx(gaps.mean())


def test_fans_end_where_the_table_ends(found: Comparison) -> None:
    fans = found.fans()
    own = fans[(fans["outcome"] == "resso.users") & (fans["kind"] == "difference")].set_index("month")
    row = found.table(outcome="resso.users", market="total", over="end").iloc[0]
    assert own.loc[3, ["q05", "median", "q95", "share_above"]].tolist() == pytest.approx(
        [row["low"], row["median"], row["high"], row["share_above"]]
    )
    assert set(own["date"]) == {"2022-10", "2022-11", "2022-12"}
    assert set(fans["kind"]) == {"level", "difference"}
    assert set(fans.loc[fans["kind"] == "level", "scenario"]) == {"base", "tied"}


def test_members_tell_their_values_and_runs(found: Comparison, tied: Scenario) -> None:
    table = found.members()
    own = table[table["scenario"] == "tied"]
    assert len(own) == 10
    assert own["run_id"].is_unique
    result = sm.run(tied, ensemble=draws(), members=[1], starts=StartStore(None))
    assert own.set_index("replicate").loc[1, "run_id"] == result.provenance.run_ids[1]
    assert own.set_index("replicate").loc[1, "theta"] == 2.0
    counts = own["member"].value_counts()
    assert counts[0] == 3
    assert counts[4] == 1


def test_what_one_scenario_sets_itself_is_told_and_kept(base: Scenario, starts: StartStore) -> None:
    own = base.replace({"parameters.theta": 2.7}, name="own")
    both = sm.compare(base, own, outcomes=["resso.users"], ensemble=draws(), members=3, starts=starts)
    assert any("own sets theta itself" in note for note in both.notes)
    assert not any("base sets" in note for note in both.notes)
    assert "theta" not in both.members().query("scenario == 'own'").dropna(axis=1).columns


def test_it_says_in_what_share_of_members_one_beats_the_other(found: Comparison) -> None:
    text = found.ranking().text()
    assert "of the members" in text
    pair = found.ranking().pairs.iloc[0]
    assert 0.0 <= pair["share_above"] <= 1.0
    assert pair["low"] <= pair["median"] <= pair["high"]


def test_it_is_saved_with_fans_and_members(found: Comparison, tmp_path: Path) -> None:
    found.save(tmp_path)
    names = {path.name for path in tmp_path.iterdir()}
    assert {"fans.csv", "members.csv", "fans.png", "differences.png", "comparison.json"} <= names
    values = pd.read_csv(tmp_path / "values.csv")
    assert set(values["member"]) == {0, 1, 2, 3, 4}
    assert draws().digest in (tmp_path / "comparison.json").read_text()


def test_pictures_say_what_bands_are(found: Comparison) -> None:
    for figure, told in ((found.fan_figure(), "50% of 10 runs"), (found.figure(), "90% of 10 members")):
        words = " ".join(text.get_text() for text in figure.findobj(match=lambda one: hasattr(one, "get_text")))
        assert told in words
        assert "five" in words


def test_a_stop_keeps_members_that_all_scenarios_finished(base: Scenario, tied: Scenario, starts: StartStore) -> None:
    def stop(stage: str, done: int, whole: int) -> None:
        if stage == "comparing" and done >= 16:
            raise KeyboardInterrupt

    with pytest.raises(ComparisonStopped) as caught:
        sm.compare(base, tied, outcomes=["resso.users"], ensemble=draws(), members=5, starts=starts, progress=stop)
    kept = caught.value.result
    assert kept.replicates == 2
    assert any("Stopped after 2 of 5" in note for note in kept.notes)
    assert len(kept.fans())


def test_wishes_that_do_not_go_together_are_refused(base: Scenario, tied: Scenario, found: Comparison) -> None:
    with pytest.raises(InputError) as caught:
        sm.compare(base, tied, ensemble=draws(), replicates=6, most=8)
    assert {fault.place for fault in caught.value.faults} == {"replicates", "most"}
    with pytest.raises(InputError, match="3 members or more"):
        sm.compare(base, tied, ensemble=draws(), members=2)
    with pytest.raises(InputError, match="ensemble"):
        sm.compare(base, tied, members=4)


def test_without_an_ensemble_there_are_no_fans(base: Scenario, tied: Scenario, starts: StartStore) -> None:
    plain = sm.compare(base, tied, outcomes=["resso.users"], replicates=3, most=3, starts=starts)
    with pytest.raises(InputError, match="under an ensemble"):
        plain.fans()
    assert "share_above" not in plain.table()


def test_shares_count_known_members_alone() -> None:
    gaps = np.array([[1.0, np.nan, 0.0], [-1.0, np.nan, 0.0], [2.0, np.nan, 3.0], [np.nan, np.nan, 1.0]])
    above, equal = agreement(gaps)
    assert above[[0, 2]] == pytest.approx([2 / 3, 0.5])
    assert equal[[0, 2]] == pytest.approx([0.0, 0.5])
    assert np.isnan(above[1])
    assert np.isnan(band_columns(gaps, level=0.9)["median"][1])
