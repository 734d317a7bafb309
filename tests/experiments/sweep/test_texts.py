"""Texts of many scenarios: to the letter those of the scenarios made one by one, and the same points refused."""

import numpy as np
import pytest

import model as sm
from model.experiments.sweep import plan_sweep, texts
from model.experiments.sweep.cases import case_ids, cases_of
from model.experiments.sweep.plan import as_text
from model.experiments.sweep.texts import texts_of
from model.foundation.errors import InputError
from model.spec.scenario import Scenario

PREMIUM = "platforms.resso.price.ID.premium"
INTEGRATION = "platforms.resso.integration"


@pytest.fixture(scope="module")
def base():
    return sm.Scenario.load("baseline").replace(users=300, months=4, markets=["ID", "BR"])


@pytest.fixture
def replaced(monkeypatch):
    """Count the scenarios that are made."""
    made = []
    genuine = Scenario.replace

    def counted(self, *args, **more):
        made.append(args)
        return genuine(self, *args, **more)

    monkeypatch.setattr(Scenario, "replace", counted)
    return made


SWEEPS = {
    "ranges": {
        "levers": {PREMIUM: {"low": 20e3, "high": 60e3}, f"{INTEGRATION}.ID": {"low": 0.0, "high": 1.0}},
        "uncertainties": ["theta", "beta_T", "talks_lead_months"],
    },
    "everywhere and in one market": {
        "levers": {f"{INTEGRATION}.ALL": {"low": 0.0, "high": 0.5}, f"{INTEGRATION}.ID": {"low": 0.2, "high": 1.0}},
    },
    "switches": {
        "levers": {"platforms.resso.catalogue.ID.sony": [True, False], "markets.ID.tiktok": [True, False],
                   f"{INTEGRATION}.ID": {"low": 0.0, "high": 1.0}},
    },
    "all that is unknown": {"uncertainties": "@all"},
    "policies": {
        "levers": {f"{INTEGRATION}.ID": [0.0, 0.25, 1.0]}, "uncertainties": ["theta"], "design": "lhs",
        "policies": {"a": {}, "b": {PREMIUM: 40e3}, "tiktok_shop": {"scenario": "tiktok_shop"}},
    },
}  # fmt: skip


@pytest.mark.parametrize("name", SWEEPS)
def test_texts_are_those_of_scenarios_made_one_by_one(base, name):
    plan = plan_sweep(base, n=140 if name == "all that is unknown" else 40, **SWEEPS[name])
    found = list(texts_of(plan))
    assert [(point, policy) for point, policy, _, _ in found] == [
        (point, policy) for point in range(len(plan.points)) for policy in range(len(plan.policies))
    ]
    for point, policy, overrides, text in found:
        assert overrides == plan.overrides(point)
        assert text == as_text(plan.plans[policy].replace(overrides).canonical())
    assert len({text for *_, text in found}) > len(found) // 2


def test_ids_are_those_of_scenarios_made_one_by_one(base):
    plan = plan_sweep(base, n=30, replicates=2, **SWEEPS["policies"])
    offers = [list(one) for one in plan.offers]
    assert cases_of(plan).ids == [
        case_ids(ground.replace(plan.overrides(point)), offers)(replicate, 0)
        for point in range(30)
        for ground in plan.plans
        for replicate in range(2)
    ]


def test_many_points_take_few_scenarios(base, replaced):
    plan = plan_sweep(base, n=500, **SWEEPS["ranges"])
    replaced.clear()
    assert len(cases_of(plan)) == 500
    assert len(replaced) < 30


def test_prices_that_are_refused_are_told_point_by_point(base):
    rows = [{PREMIUM: price} for price in np.linspace(20e3, 60e3, 40)]
    plan = plan_sweep(base, table=rows)
    plan.points.loc[[5, 20], PREMIUM] = 2e6  # as if the ends had not been looked at
    with pytest.raises(InputError) as caught:
        cases_of(plan)
    assert [one.place.split(",")[0] for one in caught.value.faults] == ["point 5", "point 20"]
    assert "factor of 5" in str(caught.value)


@pytest.mark.parametrize(("column", "right", "wrong"), [
    ("talks_lead_months", 3.0, 2.5), (f"{INTEGRATION}.ID", 0.5, np.inf), ("theta", 2.0, -5.0),
])  # fmt: skip
def test_a_number_that_no_scenario_takes_is_told_with_its_point(base, column, right, wrong):
    plan = plan_sweep(base, table=[{column: right} for _ in range(30)])
    plan.points.loc[11, column] = wrong
    with pytest.raises(InputError, match="point 11"):
        cases_of(plan)


def test_a_scenario_that_reads_a_number_in_its_own_way_is_made_one_by_one(base, monkeypatch):
    plan = plan_sweep(base, n=30, levers={f"{INTEGRATION}.ID": {"low": 0.0, "high": 1.0}})
    genuine = Scenario.canonical

    def bent(self):
        found = genuine(self)
        found["users"] += any(one.lever == "integration" and one.value > 0.4 for one in self.overrides)
        return found

    monkeypatch.setattr(Scenario, "canonical", bent)
    for point, _, overrides, text in texts_of(plan):
        assert text == as_text(plan.plans[0].replace(overrides).canonical()), point


def test_nothing_is_no_price_between_two_others(base):
    rows = [{"platforms.resso.price.ID.bundle": price} for price in np.linspace(0.0, 50e3, 30)]
    free = texts._is_free("platforms.resso.price.ID.bundle", texts.pd.DataFrame(rows).iloc[:, 0])
    paid = texts._is_free(PREMIUM, texts.pd.Series([20e3, 30e3]))
    assert (free, paid) == (False, True)
