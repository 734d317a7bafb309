"""Scenarios as plain values: the same scenario comes back, in whatever it was written."""

from __future__ import annotations

import json

import pytest

import model as sm
from model.spec.mixing import contents_of, mixed
from model.spec.reading import scenario_names
from model.spec.travel import plain_scenario, scenario_of


@pytest.mark.parametrize("name", scenario_names())
def test_every_scenario_of_the_library_comes_back(name: str) -> None:
    plan = sm.Scenario.load(name).replace({"parameters.theta": 2.6}, users=300)
    plain = json.loads(json.dumps(plain_scenario(plan)))
    again = scenario_of(plain)
    assert again == plan
    assert again.digest == plan.digest
    assert again.new_offers == plan.new_offers
    assert plain_scenario(again.replace({"parameters.theta": 2.7})) != plain


def test_it_can_be_changed_further() -> None:
    plan = sm.Scenario.load("tiktok_integration")
    change = {"platforms.resso.integration.ALL": 0.25}
    assert scenario_of(plain_scenario(plan)).replace(change) == plan.replace(change)


def test_a_scenario_that_is_not_what_its_sources_say_is_refused() -> None:
    plan = sm.Scenario.load("sony_leaves")
    made = mixed(sm.Scenario.load("june_2022"), contents_of(plan), name="between")
    with pytest.raises(sm.InputError, match="its sources make another scenario"):
        plain_scenario(made)
