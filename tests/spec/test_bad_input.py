# ruff: noqa: E501 - one case a line
"""Every documented bad input: one clear message with place, rule, value and way out; all faults at once."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from model.foundation.errors import InputError
from model.spec.frame import KEYS
from model.spec.kinds import FIELDS, KINDS
from model.spec.scenario import Scenario
from model.spec.settings import LEVERS
from tests.spec.conftest import LABELS, TIERS, names_of

LEAVE = {"date": "2022-12", "kind": "label_leaves", "platform": "resso", "markets": ["IN"], "label": "sony"}
CHANGE = {
    "date": "2022-12",
    "kind": "price_change",
    "platform": "spotify",
    "markets": ["IN"],
    "tier": "individual",
    "price": 99,
}
ENTER = {
    "date": "2022-12",
    "kind": "platform_enters",
    "platform": "tiktok_music",
    "markets": ["US"],
    "tiers": {"premium": 9},
}

CASES = [
    ({"monhts": 3}, "test.toml: monhts", "no such key", "Did you mean 'months'?"),
    ({"months": "12"}, "months", "whole number from 1 to 1,200", "Example"),
    ({"months": 0}, "months", "whole number", "Example"),
    ({"months": 1.5}, "months", "whole number", "Example"),
    ({"months": True}, "months", "whole number", "Example"),
    ({"users": 0}, "users", "whole number from 1 to 100,000,000", "about 100 bytes"),
    ({"users": 10**12}, "users", "whole number from 1 to 100,000,000", "about 100 bytes"),
    ({"users": 10**5000}, "users", "whole number from 1 to 100,000,000", "about 100 bytes"),
    ({"seed": -1}, "seed", "whole number from 0", "Example"),
    ({"replicates": 10_001}, "replicates", "whole number from 1 to 10,000", "Example"),
    ({"growth": 1}, "growth", "true or false", "growth = false"),
    ({"name": 3}, "name", "a text", "Example"),
    ({"start": "2022-11"}, "start", "known start state: 2019-12, 2022-06, 2022-10", "2022-10"),
    ({"start": "October"}, "start", "known start state", "2022-10"),
    ({"markets": ["IN", "UK"]}, "markets", "no such market", "Known: IN, ID, US."),
    ({"markets": ["united kingdom"]}, "markets", "no such market", "Known: IN, ID, US."),
    ({"markets": ["India"]}, "markets", "no such market", "Did you mean 'IN'?"),
    ({"markets": ["us"]}, "markets", "no such market", "Did you mean 'US'?"),
    ({"theta": 3}, "theta", "no such key", "Did you mean 'parameters.theta'?"),
    ({"thetta": 3}, "thetta", "no such key", "Did you mean 'parameters.theta'?"),
    ({"price": 3}, "price", "no such key", "Did you mean 'platforms.<service>.price.<MARKET>.<tier>'?"),
    ({"sales_tax": 3}, "sales_tax", "no such key", "Did you mean 'markets.<MARKET>.sales_tax'?"),
    ({"resso.integration.ID": 1}, "resso", "no such key", "Did you mean 'platforms.resso'?"),
    ({"IN.sales_tax": 0.1}, "IN", "no such key", "Did you mean 'markets.IN'?"),
    ({"xyz": 3}, "xyz", "no such key", "unusual_prices, parameters, platforms, events, deals, talks."),
    ({"platforms.spotify.price.individual.IN": 129}, "price.individual", "market stands before the tier", "platforms.spotify.price.IN.individual."),
    ({"platforms.spotify.price.individual": 129}, "price.individual", "market stands before the tier", "platforms.spotify.price.<MARKET>.individual."),
    ({"platforms.resso.catalogue.sony.IN": True}, "catalogue.sony", "market stands before the label", "platforms.resso.catalogue.IN.sony."),
    ({"platforms.spotify.IN.price": 129}, "platforms.spotify.IN", "no such lever", "platforms.<service>.<lever>.<MARKET>"),
    ({"platforms.spotify.podcasts.indonesia": 1}, "podcasts.indonesia", "no such market", "Did you mean 'ID'?"),
    ({"events": [{**LEAVE, "kind": "zzz"}]}, "event 1.kind", "no such kind", "app_store_fee_change."),
    ({"events": [{**LEAVE, "markets": ["india"]}]}, "event 1.markets", "no such market", "Did you mean 'IN'?"),
    ({"markets": ["IN", "IN"]}, "markets", "stands once", "double"),
    ({"markets": []}, "markets", "at least one", "Example"),
    ({"markets": 3}, "markets", "list of at least one", "Example"),
    ({"extends": "nowhere"}, "extends", "no scenario of this name", "Known"),
    ({"extends": ["baseline"]}, "extends", "names one scenario", "Example"),
    ({"parameters": {"thetta": 3}}, "parameters.thetta", "no such parameter", "Did you mean 'theta'?"),
    ({"parameters": {"theta": -1}}, "parameters.theta", "lies in", "Default"),
    ({"parameters": {"theta": 10**400}}, "parameters.theta", "finite number", "Default"),
    ({"parameters": {"theta": math.nan}}, "parameters.theta", "finite number", "Default"),
    ({"parameters": 3}, "parameters", "table", "Example"),
    ({"platforms": 3}, "platforms", "table of services", "Example"),
    ({"platforms.spotfy.podcasts.IN": 1}, "platforms.spotfy", "no such service", "Did you mean 'spotify'?"),
    ({"platforms.tiktok_music.marketing.IN": 1}, "platforms.tiktok_music", "no offer anywhere", "platform_enters"),
    ({"platforms.spotify.prize.IN": 1}, "platforms.spotify.prize", "no such lever", "Did you mean 'price'?"),
    ({"platforms.spotify.sales_tax.IN": 1}, "platforms.spotify.sales_tax", "no such lever", "markets.<MARKET>.sales_tax"),
    ({"platforms.spotify.podcasts": 1}, "platforms.spotify.podcasts", "set per market", "podcasts.ALL"),
    ({"platforms.spotify.podcasts.UK": 1}, "podcasts.UK", "no such market", "Known"),
    ({"platforms.spotify.price.IN": 129}, "price.IN", "set per tier", "price.IN.<tier>"),
    ({"platforms.spotify.price.IN.indivdual": 9}, "IN.indivdual", "no such tier", "Did you mean 'individual'?"),
    ({"platforms.spotify.price.IN.individual": -1}, "IN.individual", "price lies in [0", "posted price"),
    ({"platforms.spotify.price.IN.individual": "9"}, "IN.individual", "finite number", "posted price"),
    ({"platforms.spotify.price.IN.individual": math.inf}, "IN.individual", "finite number", "posted price"),
    ({"platforms.spotify.price.IN.free_ads": 9}, "IN.free_ads", "costs nothing", "paid tier"),
    ({"platforms.spotify.open.IN.mini": 0}, "IN.mini", "true or false", "offered"),
    ({"platforms.resso.catalogue.IN.sonny": False}, "IN.sonny", "no such label", "Did you mean 'sony'?"),
    ({"platforms.resso.catalogue.ID.t_series": False}, "ID.t_series", "no such label", "Known: sony, universal."),
    ({"platforms.gaana.podcasts.US": 1}, "podcasts.US", "no offer there", "Markets of gaana: IN"),
    ({"markets.IN.sales_taxx": 0.1}, "markets.IN.sales_taxx", "no such lever", "Did you mean 'sales_tax'?"),
    ({"markets.IN.price": 0.1}, "markets.IN.price", "no such lever", "platforms.<service>.price.IN"),
    ({"markets.IN.sales_tax": 18}, "markets.IN.sales_tax", "lies in [0, 1]", "sales tax"),
    ({"markets.UK.sales_tax": 0.2}, "markets.UK", "no such market", "Known"),
    ({"growth": False, "markets.IN.growth": 0.1}, "markets.IN.growth", "switched off", "growth = true"),
    ({"a.b.c.d.e.f.g": 1}, "a.b.c.d.e.f.g", "levels deep", "scenario files"),
    ({"platforms..x": 1}, "platforms..x", "without empty parts", "Example"),
    ({3: 1}, "3", "a key is a text", "Example"),
    ({"parameters.theta": 2, "parameters": {"theta": 3}}, "theta", "given once", "Take one"),
    ({"events": {}}, "events", "list of tables", "[[events]]"),
    ({"events": [3]}, "event 1", "a table", "[[events]]"),
    ({"events": [{**LEAVE, "kind": "label_leave"}]}, "event 1.kind", "no such kind", "Did you mean 'label_leaves'?"),
    ({"events": [{**LEAVE, "date": "12/2022"}]}, "event 1.date", "YYYY-MM", "Example"),
    ({"events": [{**LEAVE, "date": "2022-09"}]}, "event 1.date", "2022-10 to 2025-09", "Start earlier"),
    ({"events": [{**LEAVE, "date": "2025-10"}]}, "event 1.date", "2022-10 to 2025-09", "Raise months"),
    ({"events": [LEAVE, {**CHANGE, "date": "2022-11"}]}, "event 2.date", "order of date", "Move it"),
    ({"events": [{**LEAVE, "date": "2022-12-09"}, {**CHANGE, "date": "2022-12-02"}]}, "event 2.date", "order", "Move it"),
    ({"events": [{**LEAVE, "lable": "sony"}]}, "event 1.lable", "no such field", "Did you mean 'label'?"),
    ({"events": [{k: v for k, v in LEAVE.items() if k != "label"}]}, "event 1.label", "needs this field", "label"),
    ({"events": [{**LEAVE, "label": "sonny"}]}, "event 1.label", "no such label", "Did you mean 'sony'?"),
    ({"events": [{**LEAVE, "platform": "reso"}]}, "event 1.platform", "no such service", "Did you mean 'resso'?"),
    ({"events": [{**LEAVE, "platform": 3}]}, "event 1.platform", "name of one service", "Example"),
    ({"events": [{**LEAVE, "markets": ["US"]}]}, "event 1.platform", "not offered in US", "offered in IN, ID"),
    ({"events": [{**LEAVE, "markets": ["INN"]}]}, "event 1.markets", "no such market", "Did you mean 'IN'?"),
    ({"events": [{**LEAVE, "markets": []}]}, "event 1.markets", "list of market codes", "Example"),
    ({"markets": ["ID"], "events": [LEAVE]}, "event 1.markets", "markets of the run", "the run has ID"),
    ({"events": [{**LEAVE, "about": 3}]}, "event 1.about", "a text", "sentence"),
    ({"events": [{**CHANGE, "price": -9}]}, "event 1.price", "lies in [0", "posted price"),
    ({"events": [{**CHANGE, "tier": "indivdual"}]}, "event 1.tier", "no such tier", "Did you mean 'individual'?"),
    ({"events": [{**CHANGE, "tier": "family_per_head"}]}, "event 1.tier", "no such tier in IN", "Known"),
    ({"events": [CHANGE, {**CHANGE, "price": 98}]}, "event 2.price", "event 1 sets spotify individual price IN to 99", "Keep one"),
    ({"events": [{**ENTER, "markets": ["IN"], "platform": "spotify"}]}, "event 1.platform", "already offered in IN", "tier_opens"),
    ({"events": [{**ENTER, "platform": "spotifi"}]}, "event 1.platform", "almost like", "Did you mean 'spotify'?"),
    ({"events": [{**ENTER, "platform": "My Music"}]}, "event 1.platform", "lower-case", "tiktok_music"),
    ({"events": [{**ENTER, "tiers": {"gold": 9}}]}, "event 1.tiers", "no such tier", "Known"),
    ({"events": [{**ENTER, "tiers": {"premium": 0}}]}, "tiers.premium", "has a price", "free_ads"),
    ({"events": [{**ENTER, "tiers": {}}]}, "event 1.tiers", "at least one tier", "Example"),
    ({"events": [{**ENTER, "integration": 2}]}, "event 1.integration", "lies in [0, 1]", "TikTok"),
    ({"events": [{**CHANGE, "platform": "tiktok_music", "markets": ["US"]}, ENTER]}, "event 1.platform", "not offered", "enters"),
]  # fmt: skip


@pytest.mark.parametrize(("mapping", "place", "rule", "way"), CASES, ids=[f"{c[1]}:{c[2]}"[:50] for c in CASES])
def test_documented_bad_input_names_place_rule_value_and_way_out(faults, mapping, place, rule, way):
    found = faults(mapping)
    hits = [one for one in found if place in one.place and rule in one.rule and way in one.way_out]
    assert hits, "\n".join(map(str, found))
    assert hits[0].place.startswith("test.toml")
    assert "; got " in str(hits[0])
    assert len(found) == 1, "one mistake, one message"


def test_all_faults_are_told_at_once(faults):
    wrong = [mapping for mapping, *_ in CASES if all(isinstance(key, str) for key in mapping)]
    together = {
        "monhts": 3, "users": 0, "seed": -1, "start": "2022-11", "markets": ["IN", "UK"], "parameters": {"theta": -1, "thetta": 1},
        "platforms": {"spotfy": {}, "spotify": {"prize": {}, "price": {"IN": {"individual": -1}}}},
        "events": [{**LEAVE, "label": "sonny"}, {**CHANGE, "date": "2022-11", "price": -1}, {"kind": "x"}],
    }  # fmt: skip
    places = [one.place.removeprefix("test.toml: ") for one in faults(together)]
    assert sorted(places) == sorted([
        "monhts", "users", "seed", "start", "markets", "parameters.theta", "parameters.thetta", "platforms.spotfy",
        "platforms.spotify.prize", "platforms.spotify.price.IN.individual", "event 1.label", "event 2.date", "event 2.price",
        "event 3.kind", "event 3.date",
    ])  # fmt: skip
    assert len(wrong) > 50


def test_an_event_of_unknown_kind_is_still_checked(faults):
    row = {
        "kind": "price_chang",
        "date": "2023-01",
        "platform": "spotfy",
        "markets": ["india"],
        "price": "1",
        "about": 3,
    }
    keys = [one.place.removeprefix("test.toml: event 1.") for one in faults({"events": [row]})]
    assert keys == ["kind", "platform", "markets", "price", "about"]
    enter = {**ENTER, "kind": "platform_enter", "platform": "my_music", "tiers": {"gold": 9}}
    assert [one.place for one in faults({"events": [enter]})] == ["test.toml: event 1.kind", "test.toml: event 1.tiers"]


def test_a_parents_faults_are_told_with_the_childs(tmp_path):
    (tmp_path / "parent.toml").write_text("users = 0")
    (tmp_path / "child.toml").write_text('extends = "parent"\nseed = -1')
    with pytest.raises(InputError) as caught:
        Scenario.load(tmp_path / "child.toml", names=names_of)
    assert ["parent.toml: users" in str(one) or "child.toml: seed" in str(one) for one in caught.value.faults] == [
        True
    ] * 2


def test_replace_cannot_extend(make):
    with pytest.raises(InputError, match="call: extends: an override cannot extend"):
        make({}).replace({"extends": "baseline"})


WORDS = sorted(
    {*KEYS, *FIELDS, *KINDS, *LEVERS, "ALL", "only", "theta", "2022-10", "2022-12", "2024-01-15", "", "a.b", "tiktok_music"}
    | {word for cell in TIERS for word in cell} | {tier for tiers in TIERS.values() for tier in tiers} | {*LABELS["IN"]}
)  # fmt: skip
SCALARS = st.one_of(
    st.none(), st.booleans(), st.integers(), st.integers(0, 40), st.floats(), st.floats(0, 1), st.text(max_size=8),
    st.sampled_from(WORDS), st.dates(), st.datetimes(), st.binary(max_size=3), st.builds(lambda: 10**5000),
)  # fmt: skip
KEYS_OF_TABLES = st.one_of(st.sampled_from(WORDS), st.text(max_size=6), st.integers(0, 2))
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(KEYS_OF_TABLES, inner, max_size=4)),
    max_leaves=12,
)
EVENTS = st.fixed_dictionaries(
    {"date": st.sampled_from(["2022-10", "2022-12", "2023-05"]), "kind": st.sampled_from(sorted(KINDS))},
    optional={field: VALUES for field in FIELDS if field not in ("date", "kind")},
)
MAPPINGS = st.one_of(
    st.dictionaries(KEYS_OF_TABLES, VALUES, max_size=6),
    st.fixed_dictionaries({}, optional={key: VALUES for key in KEYS if key != "extends"}),
    st.fixed_dictionaries({"events": st.lists(EVENTS, max_size=4)}, optional={"markets": VALUES, "start": VALUES}),
)


@settings(max_examples=400, deadline=None)
@given(MAPPINGS)
def test_arbitrary_mappings_raise_nothing_but_input_errors(mapping):
    try:
        scenario = Scenario.from_mapping(mapping, place="test.toml", names=names_of)
    except InputError as error:
        found = [str(one) for one in error.faults]
    else:
        found = []
        assert scenario.replace({"seed": scenario.seed}).digest == scenario.digest
        assert scenario.explain()
    assert all("; got " in one for one in found)
