"""Why people switched: parts that add up, that belong to what changed, and that agree with a single user's utility."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from model.experiments.explaining import Switching, why_switched
from model.experiments.explaining.moments import Moment, Pair
from model.experiments.explaining.worth import inclusive_value, worth_change
from model.foundation.errors import InputError
from model.market.start_store import StartStore
from model.market.streaming_market import StreamingMarket
from model.results import RunResult
from model.spec.scenario import Scenario

GONE = {"date": "2022-11", "kind": "label_leaves", "platform": "resso", "label": "universal", "markets": "ALL"}
ENTRY = {"date": "2022-11", "kind": "platform_enters", "platform": "tiktok_music", "markets": ["ID"],
         "tiers": {"free_ads": 0.0, "individual": 30_000.0}, "unusual": True,
         "integration": 1.0, "marketing": 40.0}  # fmt: skip
BYS: tuple[tuple[str, ...], ...] = ((), ("age",), ("income",), ("market",), ("market", "age"))


@pytest.fixture(scope="module")
def starts() -> StartStore:
    return StartStore(None)


@pytest.fixture(scope="module")
def base() -> Scenario:
    return Scenario.from_mapping({"name": "base", "markets": ["ID", "BR"], "users": 1500, "months": 4})


@pytest.fixture(scope="module")
def plan(base: Scenario) -> Scenario:
    return base.replace({"name": "gone", "events": [GONE, ENTRY], "platforms.resso.integration.ID": 1.0})


@pytest.fixture(scope="module")
def found(plan: Scenario, starts: StartStore) -> Switching:
    return why_switched(plan, leaving="resso", starts=starts, sample=300)


@pytest.mark.parametrize("by", BYS)
@pytest.mark.parametrize("measure", ["advantage", "worth"])
def test_the_drivers_add_up_in_every_segment(found: Switching, by: Sequence[str], measure: str) -> None:
    table = getattr(found, measure)(by)
    keys = list(by) or ["users"]
    drivers = table[table["driver"] != "total"].groupby(keys)["change"].sum()
    total = table[table["driver"] == "total"].set_index(keys)["change"]
    assert len(total) == len(drivers) >= 1
    np.testing.assert_allclose(drivers, total.reindex(drivers.index), rtol=0, atol=1e-9)
    whole = table[table["driver"] == "total"]
    np.testing.assert_allclose(whole["after"] - whole["before"], whole["change"], rtol=0, atol=1e-9)
    assert whole["change"].abs().max() > 1e-3


def test_either_side_adds_up_to_the_change(found: Switching) -> None:
    table = found.advantage("market")
    np.testing.assert_allclose(table["of_chosen"] - table["of_left"], table["change"], rtol=0, atol=1e-9)
    np.testing.assert_allclose(table["after"] - table["before"], table["change"], rtol=0, atol=1e-9)


def test_the_advantage_is_that_of_the_users_own_utilities(base: Scenario, starts: StartStore) -> None:
    plan = base.replace({"events": [GONE]})
    own = why_switched(plan, leaving="resso", held="own", starts=starts)
    market = StreamingMarket(plan, starts=starts)
    at_first = {code: country.copy() for code, country in market.countries.items()}
    totals: dict[str, tuple[dict[int, np.ndarray], dict[int, tuple[int, int]]]] = {}
    for code, people in market.populations.items():
        users = [people.user(uid) for uid in range(at_first[code].active)]
        totals[code] = {user.uid: np.sum(list(user.terms().values()), axis=0) for user in users}, {}
    market.run()
    gaps, weights = [], []
    for code, people in market.populations.items():
        country = at_first[code]
        for uid, before in totals[code][0].items():
            user = people.user(uid)
            left = int(country.users.main[np.flatnonzero(country.users.uid == uid)[0]])
            chosen = country.offers.names.index(user.service)
            if country.offers.names[left][0] == "resso" and user.service[0] not in ("resso", "outside"):
                after = np.sum(list(user.terms().values()), axis=0)
                gaps.append((after[chosen] - after[left]) - (before[chosen] - before[left]))
                weights.append(country.weight)
    table = own.advantage(())
    (whole,) = table[table["driver"] == "total"].to_dict("records")
    assert whole["users"] == len(gaps) > 3
    assert whole["people"] == pytest.approx(sum(weights))
    assert whole["change"] == pytest.approx(np.average(gaps, weights=weights), abs=1e-9)


def test_what_did_not_change_drives_nothing_and_what_did_does(found: Switching) -> None:
    change = found.advantage("market").set_index(["market", "driver"])["change"]
    for driver in ("price", "ads", "limits", "podcasts", "quality", "habit"):
        assert change["BR", driver] == 0.0
    assert change["BR", "catalogue"] > 0.1  # Universal left the service they left
    assert change["BR", "integration"] == 0.0
    assert change["ID", "integration"] < 0.0  # there the service they left was tied into TikTok
    worth = found.worth("market").set_index(["market", "driver"])["change"]
    assert worth["ID", "offers"] > 0.0
    assert worth["BR", "offers"] == 0.0
    assert worth["BR", "catalogue"] < 0.0
    assert worth["ID", "integration"] > 0.0


def test_habit_holds_back_and_its_own_change_is_the_switch(plan: Scenario, starts: StartStore) -> None:
    first, own = (why_switched(plan, leaving="resso", held=held, starts=starts).advantage(()).set_index("driver")
                  for held in ("first", "own"))  # fmt: skip
    assert first.loc["habit", "before"] < 0.0
    assert first.loc["habit", "change"] == 0.0
    assert own.loc["habit", "change"] > 1.0
    assert own.loc["catalogue", "change"] == first.loc["catalogue", "change"]


def test_switchers_are_counted_and_what_they_could_do_before(found: Switching) -> None:
    table = found.switches("market").set_index("market")
    assert ((table["part"] > 0.0) & (table["part"] < 1.0)).all()
    assert (table["could_take"] <= table["knew"]).all()
    assert table.loc["ID", "knew"] < 1.0  # the entrant was not known
    people = found.switches(())["people"].item()
    assert people == pytest.approx(table["people"].sum())
    assert found.switches(["market", "age"])["users"].sum() == table["users"].sum()
    assert list(found.switches("income")["income"]) == ["lower third", "middle third", "upper third"]


def test_of_the_switchers_awareness_is_a_driver_too(plan: Scenario, starts: StartStore) -> None:
    joined = why_switched(plan, joining="tiktok_music", starts=starts)
    assert joined.switches(())["could_take"].item() == 0.0  # it was not there
    worth = joined.worth((), who="switchers").set_index("driver")["change"]
    assert worth["awareness"] != 0.0  # they learned of it, and forgot others
    assert worth["offers"] > 0.0
    assert worth.drop("total").sum() == pytest.approx(worth["total"], abs=1e-9)


def test_turning_the_moments_round_turns_every_part_round(plan: Scenario, starts: StartStore) -> None:
    market = StreamingMarket(plan, starts=starts)
    one = Moment(market.countries["ID"].copy(), plan.parameters)
    market.run(3)
    two = Moment(market.countries["ID"].copy(), plan.parameters)
    ahead, back = (Pair.of(*pair, holds_first=False).taken(np.arange(200)) for pair in ((one, two), (two, one)))
    forth, turned = worth_change(ahead), worth_change(back)
    np.testing.assert_allclose(forth[0], turned[1], atol=1e-12)
    for name, part in forth[2].items():
        np.testing.assert_allclose(part, -turned[2][name], atol=1e-9)
    np.testing.assert_allclose(np.sum(list(forth[2].values()), axis=0), forth[1] - forth[0], rtol=0, atol=1e-9)
    allowed = np.logical_and.reduce(list(one.may(ahead.first_at).values()))
    whole = np.sum(list(ahead.parts()[0].values()), axis=0)
    nests = one.country.offers.nest
    direct = inclusive_value(whole, nests, nest_sigma=plan.parameters.nest_sigma, allowed=allowed)
    np.testing.assert_allclose(forth[0], direct, atol=1e-12)


def test_parts_add_up_through_the_wildest_changes(base: Scenario, starts: StartStore) -> None:
    wild = base.replace({
        "name": "wild", "parameters": {"nest_sigma": 0.6, "theta": 3.0}, "unusual_prices": True,
        "events": [{"date": "2022-10", "kind": "price_change", "platform": "spotify", "markets": ["BR"],
                    "tier": "individual", "price": 9000.0}],
    })  # fmt: skip
    found = why_switched(base, against=wild, month=2, starts=starts, sample=200)
    table = found.worth("market")
    sums = table[table["driver"] != "total"].groupby("market")["change"].sum()
    total = table[table["driver"] == "total"].set_index("market")["change"]
    np.testing.assert_allclose(sums, total.reindex(sums.index), rtol=0, atol=1e-9)
    assert "nesting" in set(table["driver"])
    assert table.set_index(["market", "driver"]).loc[("BR", "price"), "change"] < 0.0


def test_two_scenarios_are_held_against_each_other_person_by_person(
    base: Scenario, plan: Scenario, starts: StartStore
) -> None:
    found = why_switched(base, against=plan, month="2022-12", leaving="resso", starts=starts)
    assert found.advantage(()).set_index("driver").loc["catalogue", "change"] > 0.0
    with pytest.raises(InputError, match="nobody"):
        why_switched(base, against=base, month=3, starts=starts).switches()


def test_a_run_is_given_in_any_form(plan: Scenario, found: Switching, starts: StartStore) -> None:
    market = StreamingMarket(plan, starts=starts)
    market.run(2)
    again = why_switched(market, leaving="resso", starts=starts, since=0, month="2023-01", sample=300)
    np.testing.assert_array_equal(again.advantage("age")["change"], found.advantage("age")["change"])
    assert market.month == 2  # it was not lived on


def test_wrong_questions_are_refused_all_at_once(plan: Scenario) -> None:
    with pytest.raises(InputError) as wrong:
        why_switched(plan, held="second", leaving="reso", month="2025-01", sample=0)
    assert len(wrong.value.faults) == 4
    with pytest.raises(InputError, match="before the other"):
        why_switched(plan, since=3, month=3)
    with pytest.raises(InputError, match="left out"):
        why_switched(plan, against=plan, since=1)
    with pytest.raises(InputError, match="YYYY-MM"):
        why_switched(plan, month="soon")


def test_a_loaded_result_cannot_be_lived_again(plan: Scenario) -> None:
    class Card:
        name = "loaded"

    result = RunResult.__new__(RunResult)
    result.scenario, result.card = None, Card()  # type: ignore[assignment]
    with pytest.raises(InputError, match="lived again"):
        why_switched(result)


def test_tables_and_figures_refuse_what_they_do_not_know(found: Switching) -> None:
    with pytest.raises(InputError, match="age, income"):
        found.advantage("ages")
    with pytest.raises(InputError, match="advantage or worth"):
        found.figure(measure="worths")
    with pytest.raises(InputError, match="segment"):
        found.figure(segments=["20-93"])
    with pytest.raises(InputError, match="everybody or switchers"):
        found.worth(who="nobody")


def test_a_waterfall_goes_from_before_to_after(found: Switching) -> None:
    figure = found.figure(by="market")
    shown = [axes for axes in figure.axes if axes.get_visible()]
    assert len(shown) == 2
    labels = [tick.get_text() for tick in shown[0].get_yticklabels()]
    assert labels[0] == "before"
    assert labels[-1] == "after"
    assert "catalogue" in labels
    figure.draw_without_rendering()
    boxes = [text.get_window_extent() for axes in shown for text in (axes.xaxis.label, axes._left_title)]
    for at, box in enumerate(boxes):
        assert not any(box.overlaps(other) for other in boxes[at + 1 :])
