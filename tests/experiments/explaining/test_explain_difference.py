"""Why two scenarios differ: worlds between them that are right at both ends, and shares that add up."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from model.experiments.comparing import compare
from model.experiments.comparing.plans import with_offers_of_all
from model.experiments.explaining import ExplainedDifference, ExplanationStopped, explain_difference
from model.experiments.explaining.difference import EXPLAINING
from model.experiments.explaining.differences import Mixer
from model.experiments.run import run
from model.foundation.errors import InputError
from model.market.start_store import StartStore
from model.spec.scenario import Scenario

ENTRY = {"date": "2022-11", "kind": "platform_enters", "platform": "tiktok_music", "markets": ["ID", "BR"],
         "tiers": {"free_ads": 0.0, "individual": 20.0}, "unusual": True}  # fmt: skip
DEARER = {"date": "2022-10", "kind": "price_change", "platform": "spotify", "markets": ["BR"], "tier": "individual",
          "price": 29.9}  # fmt: skip
GONE = {"date": "2022-11", "kind": "label_leaves", "platform": "resso", "label": "universal", "markets": ["BR"]}


@pytest.fixture(scope="module")
def starts() -> StartStore:
    return StartStore(None)


@pytest.fixture(scope="module")
def base() -> Scenario:
    return Scenario.from_mapping({"name": "base", "markets": ["IN", "ID", "BR"], "users": 300, "months": 3})


@pytest.fixture(scope="module")
def other(base: Scenario) -> Scenario:
    return base.replace({
        "name": "other", "platforms.resso.integration.ALL": 1.0, "markets.ID.sales_tax": 0.2,
        "platforms.spotify.catalogue.BR.sony": False, "parameters.word_of_mouth": 0.3, "growth": False,
        "events": [DEARER, ENTRY, GONE],
    })  # fmt: skip


@pytest.fixture(scope="module")
def found(base: Scenario, starts: StartStore) -> ExplainedDifference:
    tied = base.replace({"name": "tied", "platforms.resso.integration.ALL": 1.0, "events": [GONE]})
    return explain_difference(base, tied, outcome="resso.users", replicates=3, by_market=True, starts=starts)


def names(one: Scenario, two: Scenario, **more: object) -> list[str]:
    return [difference.name for difference in Mixer(one, two, **more).differences]  # type: ignore[arg-type]


def test_what_differs_is_found_once_and_what_belongs_together_stays_so(base: Scenario, other: Scenario) -> None:
    assert names(base, other) == [
        "spotify sony catalogue", "resso integration", "sales tax", "spotify individual price", "tiktok_music enters",
        "resso universal catalogue", "parameter word_of_mouth", "growth of the internet",
    ]  # fmt: skip
    assert names(other, base) == names(base, other)
    assert names(base, base.replace(name="same")) == []
    apart = names(base, other, by_market=True)
    assert [name for name in apart if name.startswith("resso integration")] == [
        f"resso integration {market}" for market in ("BR", "ID", "IN")
    ]  # fmt: skip


def test_a_lever_set_at_two_dates_is_one_difference(base: Scenario) -> None:
    early, late = (base.replace({"events": [{**DEARER, "date": date}]}) for date in ("2022-10", "2022-11"))
    assert names(early, late) == ["spotify individual price"]


def test_licences_and_talks_are_differences(base: Scenario) -> None:
    deal = {"platform": "resso", "label": "sony", "markets": ["ID"], "end": "2022-12", "rev_share_paid": 0.6}
    signed = base.replace({"deals": [deal]})
    assert names(base, signed) == ["licence of resso with sony"]
    assert Mixer(base, signed).mix([0]).deals == signed.deals
    talking = base.replace({"talks": {"platforms": ["resso"], "labels": ["sony"]}})
    assert names(signed, talking) == ["talks", "licence of resso with sony"]
    assert Mixer(signed, talking).mix([0]).talks == talking.talks


def test_the_worlds_at_the_ends_are_the_scenarios_themselves(
    base: Scenario, other: Scenario, starts: StartStore
) -> None:
    one, two = with_offers_of_all([base, other])
    mixer = Mixer(one, two)
    for plan, taken in ((one, ()), (two, range(len(mixer.differences)))):
        mix = mixer.mix(taken)
        assert mix.digest == plan.digest
        for frame in ("services", "labels", "offers"):
            pd.testing.assert_frame_equal(run(mix, starts=starts).frame(frame), run(plan, starts=starts).frame(frame))


def test_a_world_between_does_some_of_it(base: Scenario, other: Scenario) -> None:
    one, two = with_offers_of_all([base, other])
    mixer = Mixer(one, two)
    numbers = {difference.name: number for number, difference in enumerate(mixer.differences)}
    mix = mixer.mix([numbers["sales tax"], numbers["tiktok_music enters"], numbers["parameter word_of_mouth"]])
    assert [cell.lever for cell in mix.overrides] == ["sales_tax"]
    assert {cell.service for month in (1, 2, 3) for cell in mix.settings_at(month)} == {"", "tiktok_music"}
    assert mix.parameters.word_of_mouth == 0.3
    assert mix.growth
    again = mix.replace({"parameters.theta": 3.0})  # what decision forks with other beliefs do
    assert again.overrides == mix.overrides
    assert again.parameters.word_of_mouth == 0.3


def test_the_shares_add_up_to_the_difference_that_compare_gives(
    base: Scenario, found: ExplainedDifference, starts: StartStore
) -> None:
    compared = compare(*found.plans, outcomes=["resso.users"], replicates=3, most=3, starts=starts)
    for market in ("total", *base.markets):
        for over in ("end", "horizon"):
            table = found.table(market=market, over=over)
            first, second = found.ends(market=market, over=over)
            assert table["share"].sum() == pytest.approx(second - first, abs=1e-9 * max(1.0, first))
            gap = compared.table(outcome="resso.users", market=market, over=over)["difference"].iloc[0]
            assert second - first == pytest.approx(gap, abs=1e-9 * max(1.0, first))


def test_what_can_do_nothing_explains_exactly_nothing(found: ExplainedDifference) -> None:
    total = found.table().set_index("difference")
    assert (
        total.loc["resso integration IN", ["share", "low", "high", "alone", "last"]].eq(0.0).all()
    )  # TikTok is banned
    assert total.loc["resso integration ID", "share"] > 0.0
    assert total.loc["resso universal catalogue BR", "share"] < 0.0
    brazil = found.table(market="BR").set_index("difference")["share"]
    assert brazil["resso integration ID"] == 0.0
    india = found.table(market="IN")
    assert (india["share"] == 0.0).all()
    assert india["part"].isna().all()


def test_shares_lie_between_alone_and_last_for_two(base: Scenario, starts: StartStore) -> None:
    two = base.replace({"platforms.resso.integration.ALL": 1.0, "events": [GONE]})
    table = explain_difference(base, two, outcome="resso.users", replicates=1, starts=starts).table()
    np.testing.assert_allclose(table["share"], (table["alone"] + table["last"]) / 2.0, rtol=1e-12)
    assert table["low"].isna().all()


def test_sampled_orders_add_up_too_and_say_what_they_leave_open(base: Scenario, found: ExplainedDifference,
                                                               starts: StartStore) -> None:  # fmt: skip
    sampled = explain_difference(*found.plans, outcome="resso.users", replicates=1, by_market=True, orders=4,
                                 starts=starts)  # fmt: skip
    first, second = sampled.ends()
    assert sampled.table()["share"].sum() == pytest.approx(second - first, rel=1e-9)
    assert not sampled.groups.is_exact
    assert "4 sampled orders" in sampled.text()
    assert "e+0" not in sampled.text()


def test_groups_are_taken_as_one(base: Scenario, other: Scenario) -> None:
    one, two = with_offers_of_all([base, other])
    mixer = Mixer(one, two, groups={"resso": ["resso *"], "the rest of it": ["growth*", "sales tax"]})
    assert [difference.name for difference in mixer.differences][:2] == ["resso", "the rest of it"]
    assert len(mixer.differences) == 6
    with pytest.raises(InputError) as wrong:
        Mixer(one, two, groups={"resso": ["reso marketing"], "a": ["sales tax"], "b": ["sales*"]})
    assert len(wrong.value.faults) == 2


@pytest.mark.parametrize(
    ("wrong", "word"),
    [({"outcome": "resso.user"}, "users"), ({"replicates": 0}, "from 1"), ({"orders": 3}, "even"),
     ({"level": 0.0}, "between 0 and 1")],
)  # fmt: skip
def test_wrong_wishes_are_refused(base: Scenario, other: Scenario, wrong: dict[str, object], word: str) -> None:
    with pytest.raises(InputError, match=word):
        explain_difference(base, other, **{"outcome": "resso.users", **wrong})  # type: ignore[arg-type]


def test_where_nothing_differs_or_nothing_is_common_it_is_said(base: Scenario, found: ExplainedDifference) -> None:
    with pytest.raises(InputError, match="something differently"):
        explain_difference(base, base, outcome="resso.users")
    with pytest.raises(InputError, match="compare: seed"):
        explain_difference(base, base.replace(seed=5), outcome="resso.users")
    with pytest.raises(InputError, match="market"):
        found.table(market="US")


def test_a_stop_keeps_finished_replicates(base: Scenario, starts: StartStore) -> None:
    tied = base.replace({"platforms.resso.integration.ID": 1.0})

    def told(stage: str, done: int, whole: int) -> None:
        assert done <= whole
        if stage == EXPLAINING and done == 3:
            raise KeyboardInterrupt

    with pytest.raises(ExplanationStopped) as stop:
        explain_difference(base, tied, outcome="resso.users", starts=starts, progress=told)
    assert stop.value.result is not None
    assert stop.value.result.replicates == 1


def test_an_explanation_is_drawn_and_saved(found: ExplainedDifference, tmp_path: Path) -> None:
    figure = found.figure()
    (axes,) = figure.axes
    labels = [tick.get_text() for tick in axes.get_yticklabels()]
    assert labels == ["base", *found.table()["difference"], "tied"]
    folder = found.save(tmp_path / "why")
    assert sorted(path.name for path in folder.iterdir()) == ["shares.csv", "waterfall.png", "why.json", "worlds.csv"]
    assert len(pd.read_csv(folder / "worlds.csv")) == 16 * 8
