# ruff: noqa: E501 - one case a line
"""A price in another currency or unit is refused until the scenario says that it is meant."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.foundation.errors import InputError
from model.spec.scenario import Scenario
from model.spec.usual_prices import CHANGE, ENTRY
from tests.spec.conftest import names_of

ON = {"date": "2023-01", "kind": "price_change", "platform": "spotify", "tier": "individual"}


def priced(market, price, **more):
    return {**ON, "markets": market if isinstance(market, list) else [market], "price": price, **more}


def real_faults(mapping):
    with pytest.raises(InputError) as caught:
        Scenario.from_mapping(mapping)
    return caught.value.faults


def test_the_slips_that_new_users_made_are_refused_one_message_each():
    deezer = {
        "date": "2023-01",
        "kind": "platform_enters",
        "platform": "newcomer",
        "markets": ["ID"],
        "tiers": {"free_ads": 0, "individual": 5},
    }
    cases = [
        ({"events": [priced("ID", 142)]}, "scenario: event 1.price: a price is within a factor of 5 of the one before (ID: 142 IDR, 54,990 before); got 142. Prices are in local currency per month. If it is meant, write unusual = true in the event."),
        ({"events": [priced("IN", 14200)]}, "(IN: 14,200 INR, 119 before); got 14200."),
        ({"events": [priced("IN", 0)]}, "event 1.price: a paid tier has a price (IN: 0 INR, 119 before); got 0. A free tier is named free_ads. If it is meant, write unusual = true in the event."),
        ({"events": [deezer]}, "event 1.tiers.individual: a new offer's price is within a factor of 20 of the market's median individual price (ID: 5 IDR, the median is"),
        ({"platforms.spotify.price.ID.individual": 142}, "scenario: platforms.spotify.price.ID.individual: a price is within a factor of 5 of the one before (ID: 142 IDR, 54,990 before); got 142. Prices are in local currency per month. If it is meant, write unusual_prices = true in the scenario (--set unusual_prices=true)."),
        ({"platforms.spotify.price.IN.mini": 0}, "a paid tier has a price"),
    ]  # fmt: skip
    for mapping, words in cases:
        found = real_faults(mapping)
        assert len(found) == 1
        assert words in str(found[0])


def test_every_market_of_an_event_is_told_in_its_one_message():
    [fault] = real_faults({"events": [priced(["IN", "ID", "US"], 142)]})
    assert "(ID: 142 IDR, 54,990 before; US: 142 USD, 9.99 before)" in fault.rule, "119 to 142 INR is usual"
    [fault] = real_faults({"platforms.spotify.price.ALL.individual": 9.99, "markets": ["IN", "US", "ID"]})
    assert "ID: 9.99 IDR, 54,990 before; IN: 9.99 INR, 119 before" in fault.rule


def test_the_way_out_lets_it_pass_and_only_there(make, faults):
    event = make({"events": [priced("IN", 14200, unusual=True), {**priced("IN", 14000), "date": "2023-02"}]})
    assert [one.value for one in event.settings_at(4)] == [14200.0]
    assert [
        one.place
        for one in faults({"events": [priced("IN", 14200, unusual=True), {**priced("IN", 119), "date": "2023-02"}]})
    ] == ["test.toml: event 2.price"]
    mapping = {"platforms.spotify.price.IN.individual": 0, "events": [priced("US", 90)]}
    assert len(faults(mapping)) == 2
    assert len(faults({**mapping, "unusual_prices": False})) == 2
    allowed = make({**mapping, "unusual_prices": True})
    assert [one.value for one in allowed.overrides] == [0.0]
    assert (
        allowed.digest
        == make(
            {
                "platforms.spotify.price.IN.individual": 0,
                "events": [priced("US", 90, unusual=True)],
                "unusual_prices": True,
            }
        ).digest
    )


def test_the_command_line_may_allow_what_a_file_has(tmp_path):
    path = tmp_path / "dear.toml"
    path.write_text("[platforms.spotify.price.IN]\nindividual = 1200")
    with pytest.raises(InputError, match="--set unusual_prices=true"):
        Scenario.load(path, names=names_of)
    assert Scenario.load(path, command_line={"unusual_prices": True}, names=names_of).overrides[0].value == 1200.0


def test_each_price_is_compared_with_the_one_set_before_it(make, faults):
    steps = [{**priced("IN", price), "date": f"2023-{month:02}"} for month, price in enumerate((400, 1600, 6000), 1)]
    assert len(make({"events": steps}).events) == 3, "three usual steps"
    assert "1,600 before" not in str(faults({"events": [steps[0], steps[2]]})[0])
    assert "6,000 INR, 400 before" in str(faults({"events": [steps[0], steps[2]]})[0])
    wrong = faults({"events": [priced("IN", 14200), {**priced("IN", 119), "date": "2023-02"}]})
    assert len(wrong) == 1, "a refused price is no yardstick"
    override = {"platforms.spotify.price.IN.individual": 500, "events": [priced("IN", 2000)]}
    assert make(override).events


@given(st.floats(0.01, 1e6))
def test_factor_five_for_changes_and_twenty_for_new_offers(price):
    enters = {
        "date": "2023-01",
        "kind": "platform_enters",
        "platform": "newcomer",
        "markets": ["IN"],
        "tiers": {"premium": price},
    }
    for event, factor in ((priced("IN", price), CHANGE), (enters, ENTRY)):
        try:
            Scenario.from_mapping({"events": [event]}, names=names_of)
            passed = True
        except InputError:
            passed = False
        assert passed is (1 / factor <= price / 119 <= factor)


def test_free_tiers_and_bundles_may_cost_nothing(make):
    tiers = {"free_ads": 0, "premium": 99}
    enters = {"date": "2023-01", "kind": "platform_enters", "platform": "newcomer", "markets": ["IN"], "tiers": tiers}
    assert len(make({"events": [enters]}).new_offers) == 2
    assert Scenario.from_mapping({"platforms.amazon_music.price.IN.bundle": 0}).overrides[0].value == 0.0


def test_the_two_switches_are_true_or_false(faults):
    assert [one.place for one in faults({"unusual_prices": 1})] == ["test.toml: unusual_prices"]
    assert [one.place for one in faults({"events": [priced("IN", 120, unusual="yes")]})] == [
        "test.toml: event 1.unusual"
    ]
