"""Scenarios compared: exact zeros where nothing differs, differences that add up, and clear refusals."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from model.experiments.comparing import Comparison, ComparisonStopped, compare
from model.experiments.comparing.chosen import chosen_outcomes
from model.experiments.comparing.compare import COMPARING
from model.experiments.comparing.outcomes import HORIZON, WORLD
from model.experiments.comparing.plans import common_ground, services_that_differ, usual_services
from model.experiments.run import run
from model.foundation.errors import InputError
from model.market.start_store import StartStore
from model.spec.scenario import Scenario

ONE = {"replicates": 3, "most": 3}
EVERYBODY = (
    "resso.users", "resso.operating_income", "spotify.users", "spotify.payers", "spotify.revenue_ads",
    "spotify.operating_income", "spotify.mau_share", "other.royalties", "sony.label_income", "universal.hours",
    "label_income", "consumer_surplus", "revenue", "streamers", "hhi", "tiktok_hours",
)  # fmt: skip


@pytest.fixture(scope="module")
def starts() -> StartStore:
    return StartStore(None)


@pytest.fixture(scope="module")
def base() -> Scenario:
    return Scenario.from_mapping({"name": "base", "markets": ["ID", "BR"], "users": 400, "months": 3})


@pytest.fixture(scope="module")
def tied(base: Scenario) -> Scenario:
    return base.replace({"platforms.resso.integration.ALL": 1.0}, name="tied")


@pytest.fixture(scope="module")
def found(base: Scenario, tied: Scenario, starts: StartStore) -> Comparison:
    return compare(base, tied, starts=starts, **ONE)


def entrant(base: Scenario, **more: object) -> Scenario:
    event = {
        "date": "2022-11", "kind": "platform_enters", "platform": "tiktok_music", "markets": "ALL", "unusual": True,
        **more,
    }  # fmt: skip
    return base.replace({"events": [event]}, name="entrant")


def test_no_treatment_is_exactly_zero_everywhere(base: Scenario, starts: StartStore) -> None:
    twice = compare(base, base.replace(name="again"), outcomes=EVERYBODY, starts=starts, **ONE)
    table = twice.table()
    assert set(table["outcome"]) == {*EVERYBODY}
    known = table[["difference", "low", "high"]].dropna()
    assert len(known) >= len(EVERYBODY) * 4
    assert (known == 0.0).all(axis=None)
    assert twice.ranking().pairs["equal"].all()
    assert twice.ranking().winner is None


def test_an_entrant_that_nobody_knows_changes_nothing_for_everybody_else(base: Scenario, starts: StartStore) -> None:
    unknown = entrant(base, tiers={"free_ads": 0.0, "individual": 49_000.0}, marketing=0.0)
    table = compare(base, unknown, outcomes=EVERYBODY, by="label_income", starts=starts, **ONE).table()
    known = table["difference"].dropna()
    assert len(known) >= len(EVERYBODY) * 4
    assert (known == 0.0).all()


def test_an_entrant_whose_price_nobody_pays_moves_nobody_and_no_money(base: Scenario, starts: StartStore) -> None:
    dear = entrant(base, tiers={"individual": 9e7}, marketing=1.0)
    table = compare(base, dear, outcomes=EVERYBODY, by="label_income", starts=starts, **ONE).table()
    table = table[table["difference"].notna()].set_index("outcome")
    worth = table.loc["consumer_surplus"]
    # A logit leaves some worth to every offer that is known: of this one 2**-126, which the measure feels as rounding.
    assert (worth["difference"].abs() < 1e-14).all()
    assert (table.drop(index="consumer_surplus")["difference"] == 0.0).all()


def test_an_entrant_that_people_know_does_change_things(base: Scenario, starts: StartStore) -> None:
    active = entrant(base, tiers={"free_ads": 0.0, "individual": 49_000.0}, quality=2.0, marketing=100.0)
    table = compare(base, active, outcomes=["tiktok_music.users", "spotify.users"], starts=starts, **ONE).table()
    users = table[(table["market"] == WORLD) & (table["over"] == HORIZON)].set_index("outcome")
    assert users.loc["tiktok_music.users", "base_mean"] == 0.0
    assert users.loc["tiktok_music.users", "difference"] > 0.0
    assert users.loc["spotify.users", "difference"] < 0.0


def test_the_means_are_those_of_the_runs_and_markets_add_up(
    base: Scenario, tied: Scenario, found: Comparison, starts: StartStore
) -> None:
    services = run(tied, replicates=3, starts=starts).services
    resso = services[(services["platform"] == "resso") & (services["month"] > 0)]
    table = found.table(outcome="resso.users").set_index(["market", "over"])
    for market in base.markets:
        own = resso[resso["market"] == market]
        assert table.loc[(market, "end"), "scenario_mean"] == own[own["month"] == 3]["users"].mean()
        assert table.loc[(market, "horizon"), "scenario_mean"] == pytest.approx(own["users"].mean(), rel=1e-12)
    profit = found.table(outcome="resso.operating_income", over="horizon").set_index("market")["difference"]
    assert profit[WORLD] == pytest.approx(profit[list(base.markets)].sum(), rel=1e-9)
    months = resso.groupby("replicate")["operating_income"].sum().mean()
    mean = found.table(outcome="resso.operating_income", over="horizon", market=WORLD)["scenario_mean"].iloc[0]
    assert mean == pytest.approx(months, rel=1e-9)


def test_the_table_turns_round_with_its_base(found: Comparison) -> None:
    there, back = found.table(outcome="resso.users"), found.table(outcome="resso.users", base="tied")
    np.testing.assert_allclose(there["difference"], -back["difference"])
    np.testing.assert_allclose(there["low"], -back["high"])


def test_common_random_numbers_reduce_the_variance(found: Comparison) -> None:
    assert found.variance_reduction().loc["tied", "label_income"] > 2.0


def test_a_ranking_is_settled_or_left_open(base: Scenario, starts: StartStore) -> None:
    dear = base.replace({"platforms.resso.marketing.ALL": 20.0}, name="dear")
    ranking = compare(base, dear, starts=starts).ranking()
    assert ranking.order == ("base", "dear")
    assert ranking.settled
    assert ranking.winner == "base"
    assert ranking.replicates == 6
    assert "base > dear" in ranking.text()
    near = base.replace({"platforms.resso.ad_load.ID.free_ads": 3.3}, name="near")
    doubt = compare(base, near, by="warner.hours", error=1e-9, starts=starts, replicates=3, most=4).ranking()
    assert not doubt.settled
    assert doubt.replicates == 4
    assert "no clear winner" in doubt.text()


def test_scenarios_are_cut_to_what_they_share_and_it_is_said(base: Scenario) -> None:
    other = Scenario.from_mapping({"markets": ["BR", "IN"], "users": 400, "months": 5})
    common = common_ground([base, other], names=None, settings=None)
    assert [plan.markets for plan in common.plans] == [("BR",), ("BR",)]
    assert [plan.months for plan in common.plans] == [3, 3]
    assert len(common.notes) == 2
    assert "BR" in common.notes[0]


@pytest.mark.parametrize(
    ("change", "word"),
    [({"start": "2022-06"}, "start"), ({"seed": 99}, "seed"), ({"users": 500}, "users"), ({"markets": ["IN"]}, "mark")],
)
def test_scenarios_without_common_ground_are_refused(base: Scenario, change: dict[str, object], word: str) -> None:
    with pytest.raises(InputError, match=f"compare: {word}"):
        compare(base, base.replace(change))


@pytest.mark.parametrize(
    ("wrong", "word"),
    [({"by": "reso.users"}, "Did you mean 'resso'"), ({"by": "users"}, "<service>.users"), ({"outcomes": []}, "least"),
     ({"outcomes": ["resso.userss", "nobody.users"]}, "nobody"), ({"replicates": 2}, "from 3"),
     ({"most": 4}, "not below"), ({"level": 1.0}, "between 0 and 1"), ({"error": 0.0}, "0.5"),
     ({"names": ["one"]}, "different names"), ({"by": "resso.price_local"}, "column"), ({"platforms": ["x"]}, "x.")],
)  # fmt: skip
def test_wrong_wishes_are_refused_before_anything_is_run(
    base: Scenario, tied: Scenario, wrong: dict[str, object], word: str
) -> None:
    def told(*_: object) -> None:
        raise AssertionError("nothing should be lived")

    with pytest.raises(InputError, match=word):
        compare(base, tied, progress=told, **wrong)


def test_one_scenario_is_no_comparison_and_unknown_names_are_all_told(base: Scenario) -> None:
    with pytest.raises(InputError, match="two scenarios or more"):
        compare(base)
    with pytest.raises(InputError) as wrong:
        compare("no_such_thing", "nor_this")
    assert len(wrong.value.faults) == 2


def test_services_that_differ_are_found_in_levers_events_and_licences(base: Scenario, tied: Scenario) -> None:
    assert services_that_differ([base, tied]) == ("resso",)
    dearer = base.replace({"events": [{"date": "2022-11", "kind": "platform_leaves", "platform": "deezer",
                                       "markets": ["BR"]}]})  # fmt: skip
    assert services_that_differ([base, tied, dearer]) == ("deezer", "resso")
    other = base.replace({"parameters.theta": 3.0})
    assert services_that_differ([base, other]) == ()
    assert usual_services([base, other]) == ("resso",)


def of_service(*services: str) -> tuple[str, ...]:
    columns = ("users", "payers", "revenue", "operating_income")
    return tuple(f"{service}.{column}" for service in services for column in columns)


TIKTOK = ("tiktok_hours", "tiktok_ads", "tiktok_profit", "bytedance_income")
ALWAYS = ("label_income", "consumer_surplus")


@pytest.mark.parametrize(
    ("change", "words", "by", "told"),
    [({"platforms.resso.integration.ALL": 1.0}, (*of_service("resso"), *TIKTOK), "bytedance_income", "integration"),
     ({"platforms.resso.marketing.ALL": 2.0}, (*of_service("resso"), *TIKTOK), "bytedance_income", "resso, TikTok;"),
     ({"platforms.spotify.marketing.ALL": 2.0}, of_service("spotify"), "spotify.operating_income", "spotify;"),
     ({"markets.ALL.creator_share": 0.4}, TIKTOK, "bytedance_income", "TikTok (creator share)"),
     ({"parameters.games_income": 0.5}, TIKTOK, "bytedance_income", "TikTok (games_income)"),
     ({"parameters.theta": 3.0}, of_service("resso"), "resso.operating_income", "no service's levers differ: resso"),
     ({"platforms.spotify.marketing.ALL": 2.0, "markets.ALL.topview_days": 2.0}, (*of_service("spotify"), *TIKTOK),
      "spotify.operating_income", "TikTok (topview days)")],
)  # fmt: skip
def test_outcomes_are_those_of_what_differs_and_it_is_said(
    base: Scenario, change: dict[str, object], words: tuple[str, ...], by: str, told: str
) -> None:
    chosen = chosen_outcomes([base, base.replace(change)])
    assert chosen.words == (*words, *ALWAYS)
    assert chosen.by == by
    assert told in chosen.why
    named = chosen_outcomes([base, base.replace(change)], platforms=["deezer"])
    assert (named.words, named.why) == ((*of_service("deezer"), *ALWAYS), "")


def test_the_note_and_the_ranking_follow_the_choice(found: Comparison) -> None:
    assert found.by.name == "bytedance_income"
    assert {"tiktok_profit", "bytedance_income", "resso.users"} <= set(found.outcomes)
    assert [note for note in found.notes if "chosen by what differs: resso, TikTok (integration)" in note]
    assert found.outcomes["tiktok_profit"].unit("horizon") == "USD"
    assert found.outcomes["tiktok_profit"].unit("end") == "USD per month"
    assert found.outcomes["resso.users"].unit("horizon") == "people"


def test_a_stop_keeps_the_replicates_that_all_scenarios_finished(
    base: Scenario, tied: Scenario, found: Comparison, starts: StartStore
) -> None:
    def stop_at(month: int) -> object:
        def told(stage: str, done: int, whole: int) -> None:
            assert done <= whole
            if stage == COMPARING and done == month:
                raise KeyboardInterrupt

        return told

    with pytest.raises(ComparisonStopped) as stop:
        compare(base, tied, starts=starts, progress=stop_at(14), **ONE)  # type: ignore[arg-type]
    assert stop.value.result is not None
    kept = stop.value.result
    assert kept.replicates == 2
    np.testing.assert_array_equal(kept.values, found.values[:, :2])
    assert "no clear winner" in kept.ranking().text()
    with pytest.raises(ComparisonStopped) as early:
        compare(base, tied, starts=starts, progress=stop_at(4), **ONE)  # type: ignore[arg-type]
    assert early.value.result is None


def test_a_comparison_is_saved_whole_and_not_over_something_else(found: Comparison, tmp_path: Path) -> None:
    folder = found.save(tmp_path / "kept")
    assert sorted(path.name for path in folder.iterdir()) == [
        "comparison.json", "differences.csv", "differences.png", "ranking.csv", "values.csv",
    ]  # fmt: skip
    values = pd.read_csv(folder / "values.csv")
    assert len(values) == found.values.size
    found.save(folder, with_figure=False)
    assert not (folder / "differences.png").exists()
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "notes.txt").write_text("mine")
    with pytest.raises(InputError):
        found.save(tmp_path / "mine")


def test_the_figure_has_a_picture_per_outcome_and_a_row_per_market(found: Comparison) -> None:
    figure = found.figure()
    shown = [axes for axes in figure.axes if axes.get_visible()]
    assert [axes.get_title(loc="left") for axes in shown] == [one.label for one in found.outcomes.values()]
    assert [tick.get_text() for tick in shown[0].get_yticklabels()] == ["total", "ID", "BR"]
    with pytest.raises(InputError, match="end or horizon"):
        found.figure(over="middle")


def test_markets_where_nothing_differs_are_not_drawn_but_counted(base: Scenario, starts: StartStore) -> None:
    tied = base.replace({"platforms.resso.integration.BR": 1.0}, name="tied")
    figure = compare(base, tied, starts=starts, **ONE).figure()
    assert [tick.get_text() for tick in figure.axes[0].get_yticklabels()] == ["total", "BR"]
    assert any("no difference at all in 1 market not shown" in text.get_text() for text in figure.texts)


def test_a_ratio_in_total_is_weighted_as_its_measure_declares(
    base: Scenario, tied: Scenario, starts: StartStore
) -> None:
    table = compare(base, tied, outcomes=["spotify.mau_share"], starts=starts, **ONE).table(market="total", over="end")
    world = run(tied, replicates=3, starts=starts).world()
    share = world[(world["platform"] == "spotify") & (world["month"] == 3)]["mau_share"].mean()
    assert table["scenario_mean"].item() == pytest.approx(share, rel=1e-12)


def test_nothing_drawn_on_the_figure_overlaps(found: Comparison) -> None:
    figure = found.figure()
    figure.draw_without_rendering()
    texts = [text for axes in figure.axes if axes.get_visible() for text in (axes.xaxis.label, axes._left_title)]
    boxes = [text.get_window_extent() for text in (*texts, *figure.texts) if text.get_text()]
    boxes += [legend.get_window_extent() for legend in figure.legends]
    for at, box in enumerate(boxes):
        assert not any(box.overlaps(other) for other in boxes[at + 1 :])


def test_months_add_up_to_the_horizon_and_pair_by_pair(found: Comparison, base: Scenario, tied: Scenario,
                                                       starts: StartStore) -> None:  # fmt: skip
    lived = [run(plan, replicates=3, starts=starts) for plan in (base, tied)]
    months = found.over_time("resso.users", market="BR")
    assert list(months["date"]) == ["2022-10", "2022-11", "2022-12"] * 2
    for name, result in zip(found.names, lived, strict=True):
        rows = result.services.query("platform == 'resso' and market == 'BR' and month > 0")
        wanted = rows.groupby("month")["users"].mean().to_numpy()
        assert months.loc[months["scenario"] == name, "mean"].to_numpy() == pytest.approx(wanted, rel=1e-12)
    whole = found.over_time("resso.revenue")
    table = found.table(outcome="resso.revenue", market=WORLD, over=HORIZON)
    tied_rows = whole[whole["scenario"] == "tied"]
    assert tied_rows["difference"].sum() == pytest.approx(table["difference"].item(), rel=1e-9)
    assert (tied_rows["difference_low"] <= tied_rows["difference"]).all()
    assert (whole.loc[whole["scenario"] == "base", "difference"] == 0.0).all()
    last = found.table(outcome="resso.users", market="BR", over="end")
    at_end = months[(months["scenario"] == "tied") & (months["month"] == 3)]
    assert at_end["difference_low"].item() == pytest.approx(last["low"].item(), rel=1e-9)
    with pytest.raises(InputError, match="was compared"):
        found.over_time("resso.userz")
    with pytest.raises(InputError, match="is known"):
        found.over_time("resso.users", market="JP")
