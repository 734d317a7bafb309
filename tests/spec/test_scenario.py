import pickle
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.foundation.errors import InputError
from model.foundation.months import parse_month
from model.spec.names import Names, known_names
from model.spec.parameters import declared_parameters
from model.spec.reading import scenario_names
from model.spec.scenario import Scenario
from tests.spec.conftest import names_of

RICH = {
    "about": "everything at once",
    "months": 24,
    "users": 500,
    "seed": 7,
    "replicates": 3,
    "markets": {"only": ["US", "IN", "ID"], "IN": {"sales_tax": 0.18}},
    "parameters": {"theta": 2.5},
    "platforms": {"resso": {"integration": {"ID": 1.0}}, "spotify": {"price": {"IN": {"individual": 129}}}},
    "events": [
        {
            "date": "2022-10",
            "kind": "price_change",
            "platform": "spotify",
            "markets": ["IN"],
            "tier": "mini",
            "price": 99,
        },
        {"date": "2022-12", "kind": "label_leaves", "platform": "resso", "markets": "ALL", "label": "sony"},
    ],
}


def rich() -> Scenario:
    return Scenario.from_mapping(RICH, place="rich.toml", names=names_of)


def test_empty_mapping_takes_every_default(make):
    scenario = make({})
    assert (scenario.start, scenario.months, scenario.users, scenario.seed) == ("2022-10", 36, 10_000, 1)
    assert scenario.markets == ("IN", "ID", "US")
    assert (scenario.replicates, scenario.growth, scenario.horizon) == (1, True, 36)
    assert scenario.start_month == parse_month("2022-10")
    assert scenario.parameters.changed() == {}
    assert all(scenario.settings_at(index) == () for index in range(1, 37))


def test_month_one_has_overrides_then_events(make):
    first = [(one.lever, one.market, one.value) for one in rich().settings_at(1)]
    assert first == [
        ("integration", "ID", 1.0),
        ("price", "IN", 129.0),
        ("sales_tax", "IN", 0.18),
        ("price", "IN", 99.0),
    ]
    assert rich().settings_at(2) == ()
    third = {(one.lever, one.market, one.service, one.item, one.value) for one in rich().settings_at(3)}
    assert third == {("catalogue", "IN", "resso", "sony", 0.0), ("catalogue", "ID", "resso", "sony", 0.0)}


def test_replace_with_nothing_is_the_identity():
    scenario = rich()
    assert scenario.replace({}) == scenario
    assert scenario.replace({}).digest == scenario.digest


def test_replace_takes_dotted_and_nested_keys_alike():
    dotted = rich().replace({"platforms.resso.integration.IN": 0.5, "parameters.theta": 3, "months": 12})
    nested = rich().replace(
        {"platforms": {"resso": {"integration": {"IN": 0.5}}}, "parameters": {"theta": 3}, "months": 12}
    )
    assert dotted == nested
    assert dotted.parameters.theta == 3.0
    assert dotted.months == 12
    assert ("integration", "IN", 0.5) in {(one.lever, one.market, one.value) for one in dotted.settings_at(1)}
    assert rich().parameters.theta == 2.5, "the original is untouched"


def test_replace_takes_keywords_beside_the_mapping():
    assert rich().replace(users=30, months=12) == rich().replace({"users": 30, "months": 12})
    both = rich().replace({"parameters.theta": 3}, seed=9)
    assert (both.parameters.theta, both.seed) == (3.0, 9)
    assert rich().replace() == rich()
    with pytest.raises(InputError, match="call: users: a key is given once"):
        rich().replace({"users": 3}, users=4)
    with pytest.raises(InputError, match="Did you mean 'users'"):
        rich().replace(usrs=4)


def test_replace_takes_numpy_scalars():
    scenario = rich().replace({"parameters.theta": np.float32(3.0), "months": np.int64(5)})
    assert (scenario.parameters.theta, scenario.months) == (3.0, 5)


def test_each_replace_beats_the_one_before():
    scenario = rich().replace({"users": 100}).replace({"users": 200, "platforms.resso.integration.ID": 0.0})
    assert scenario.users == 200
    assert [one.value for one in scenario.overrides if one.lever == "integration"] == [0.0]


def test_scenario_is_frozen_hashable_and_travels():
    scenario = rich()
    with pytest.raises(AttributeError):
        scenario.users = 3  # type: ignore[misc]
    twin = pickle.loads(pickle.dumps(scenario))
    assert twin == scenario
    assert hash(twin) == hash(scenario)
    assert twin.replace({"seed": 8}).seed == 8
    assert scenario != twin.replace({"seed": 8})
    assert scenario != "rich"


def test_digest_ignores_order_place_name_and_replicates():
    turned = {key: RICH[key] for key in reversed(RICH)}
    turned["markets"] = {"IN": {"sales_tax": 0.18}, "only": ["ID", "IN", "US"]}
    turned |= {"name": "other", "about": "", "replicates": 1, "months": 24.0}
    turned["events"] = [*RICH["events"][:1], {**RICH["events"][1], "markets": ["ID", "IN"], "date": "2022-12-05"}]
    other = Scenario.from_mapping(turned, place="elsewhere", names=names_of)
    assert other.canonical() == rich().canonical()
    assert other.digest == rich().digest
    assert len(other.digest) == 16


@pytest.mark.parametrize(
    "change",
    [
        {"users": 501}, {"months": 25}, {"seed": 8}, {"growth": False}, {"markets": ["IN", "ID"]},
        {"parameters.theta": 2.6}, {"platforms.resso.integration.ID": 0.9}, {"events": []},
        {"markets.US.sales_tax": 0.1},
    ],
)  # fmt: skip
def test_digest_changes_with_what_changes_the_run(change):
    assert rich().replace(change).digest != rich().digest


def test_a_parameter_set_to_its_default_changes_nothing():
    same = {f"parameters.{name}": line.default for name, line in declared_parameters().items()}
    assert rich().replace({**same, "parameters.theta": 2.5}).digest == rich().digest


def test_digest_follows_the_declared_defaults():
    assert set(rich().canonical()["parameters"]) == set(declared_parameters())


def test_named_market_beats_all_in_one_source_and_later_all_beats_it(make):
    scenario = make({"platforms.spotify.podcasts": {"IN": 2.0, "ALL": 1.5}})
    assert {one.market: one.value for one in scenario.overrides} == {"IN": 2.0, "ID": 1.5, "US": 1.5}
    taxes = make({"markets": {"IN": {"sales_tax": 0.1}, "ALL": {"sales_tax": 0.2}}})
    assert {one.market: one.value for one in taxes.overrides} == {"IN": 0.1, "ID": 0.2, "US": 0.2}
    later = scenario.replace({"platforms.spotify.podcasts.ALL": 3.0})
    assert {one.value for one in later.overrides} == {3.0}


def test_all_means_the_markets_where_the_service_and_tier_exist(make):
    scenario = make(
        {"platforms.spotify.price.ALL.mini": 90, "platforms.pandora.marketing.ALL": 2, "markets.ALL.sales_tax": 0.1}
    )
    cells = {(one.lever, one.market) for one in scenario.overrides}
    assert cells == {("price", "IN"), ("marketing", "US")} | {("sales_tax", code) for code in ("IN", "ID", "US")}


def write(folder: Path, name: str, text: str) -> Path:
    path = folder / f"{name}.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_precedence_call_command_line_scenario_parent_default(tmp_path):
    write(tmp_path, "parent", "months = 10\nusers = 10\nseed = 10\nreplicates = 10\n[parameters]\ntheta = 2.1")
    path = write(tmp_path, "child", 'extends = "parent"\nusers = 20\nseed = 20\nreplicates = 20')
    scenario = Scenario.load(path, command_line={"seed": 30, "replicates": 30}, call={"replicates": 40}, names=names_of)
    assert (scenario.months, scenario.users, scenario.seed, scenario.replicates) == (10, 20, 30, 40)
    assert scenario.parameters.theta == 2.1
    assert scenario.growth is True
    assert (scenario.name, scenario.about) == ("child", "")


@given(st.lists(st.sampled_from(["parent", "child", "command_line", "call"]), unique=True))
def test_the_strongest_source_that_speaks_wins(tmp_path_factory, speaking):
    folder = tmp_path_factory.mktemp("chain")
    write(folder, "parent", "seed = 1001" if "parent" in speaking else "")
    path = write(folder, "child", 'extends = "parent"\n' + ("seed = 1002" if "child" in speaking else ""))
    command_line = {"seed": 1003} if "command_line" in speaking else None
    call = {"seed": 1004} if "call" in speaking else None
    found = Scenario.load(path, command_line=command_line, call=call, names=names_of).seed
    order = ["parent", "child", "command_line", "call"]
    assert found == max((1001 + order.index(one) for one in speaking), default=1)


def test_a_stronger_source_that_narrows_the_run_leaves_the_rest_out():
    scenario = rich().replace({"markets": ["US"], "months": 2})
    assert scenario.overrides == ()
    assert scenario.events == ()
    assert len(scenario.left_out) == 5
    assert "Left out: rich.toml: platforms.resso.integration.ID, since ID is not run." in scenario.explain()
    wide = scenario.replace({"markets": "ALL", "months": 24})
    assert wide.digest == rich().digest, "nothing was forgotten"


def test_a_setting_for_a_market_that_is_not_run_is_a_fault_where_it_is_asked_for():
    with pytest.raises(InputError, match="does not include the market US"):
        rich().replace({"markets": ["IN"], "platforms.pandora.marketing.US": 2.0})


def test_every_shipped_scenario_loads_and_explains_itself():
    assert {"baseline", "tiny", "quiet", "sony_returns", "sony_leaves", "history_2020_2022"} <= set(scenario_names())
    for name in scenario_names():
        scenario = Scenario.load(name)
        assert scenario.name == name
        assert scenario.about.endswith(".")
        assert scenario.left_out == ()
        assert scenario.explain().startswith(f"{name}: {scenario.about[:30]}")


def test_baseline_and_tiny_are_what_they_say():
    baseline, tiny = Scenario.load("baseline"), Scenario.load("tiny")
    assert (len(baseline.markets), baseline.months, baseline.users, baseline.start) == (20, 36, 10_000, "2022-10")
    assert (tiny.markets, tiny.users, tiny.months) == (("IN", "ID", "BR"), 5_000, 12)
    assert baseline.replace({"markets": ["IN", "ID", "BR"], "users": 5_000, "months": 12}).digest == tiny.digest


@pytest.mark.parametrize("name", ["history_2020_2022", "sony_leaves"])
def test_playing_the_record_forward_meets_the_offers_of_october_2022(name):
    scenario, target = Scenario.load(name), known_names("2022-10")
    prices, opened = _offers_after(scenario, until=parse_month("2022-10"))
    assert opened == set(target.prices) - target.closed
    assert {cell: prices[cell] for cell in opened} == pytest.approx(
        {cell: target.prices[cell] for cell in opened}, rel=1e-3
    )


def _offers_after(
    scenario: Scenario, *, until: int
) -> tuple[dict[tuple[str, str, str], float], set[tuple[str, str, str]]]:
    names: Names = scenario.names
    prices = dict(names.prices)
    opened = set(prices) - names.closed
    for index in range(1, until - scenario.start_month + 1):
        for one in scenario.settings_at(index):
            cell = (one.market, one.service, one.item)
            if one.lever == "price":
                prices[cell] = one.value
            elif one.lever == "open":
                (opened.add if one.value else opened.discard)(cell)
    return prices, opened
