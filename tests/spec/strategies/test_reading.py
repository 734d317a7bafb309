# ruff: noqa: E501 - one case a line
"""Reading strategies: what is wrong is told once, with place, value and way out; layers meet key by key."""

from __future__ import annotations

import math
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from model.foundation.errors import InputError
from model.foundation.months import parse_month
from model.spec.scenario import Scenario
from model.spec.strategies import Number, known_strategies
from tests.spec.conftest import names_of


def of(tables: object, **keys: object) -> Scenario:
    return Scenario.from_mapping({"strategies": tables, **keys}, place="test.toml", names=names_of)


def faults(tables: object, **keys: object):
    with pytest.raises(InputError) as caught:
        of(tables, **keys)
    return caught.value.faults


MATCH = {"rule": "match_rival", "platform": "resso"}
EXPAND = {"rule": "expand", "platform": "joox", "entries": {"IN": {"date": "2023-01", "tiers": {"individual": 99}}}}
PRICE = {"date": "2022-11", "kind": "price_change", "tier": "premium", "price": 45}


def entries(**entry: object) -> dict[str, object]:
    return {**EXPAND, "entries": {"IN": {**EXPAND["entries"]["IN"], **entry}}}


BAD = {
    # what is written: (tables, place, rule, way out)
    "no table of tables": (3, "strategies", "strategies are tables by name", "[strategies.spotify]"),
    "a list": (["hold"], "strategies", "strategies are tables by name", "[strategies.spotify]"),
    "a word": ({"resso": "hold"}, "strategies.resso", "a strategy is a table", "[strategies.resso]"),
    "empty table": ({"resso": {}}, "strategies.resso.rule", "rule names a strategy", "Known: "),
    "rule of a number": ({"resso": {"rule": 3}}, "strategies.resso.rule", "rule names a strategy", "Known: "),
    "unknown rule": ({"resso": {"rule": "match_rivals"}}, "strategies.resso.rule", "no such strategy", "'match_rival'"),
    "unknown choice": ({"resso": {"rule": "match_rival", "shares": 1}}, "strategies.resso.shares", "match_rival has no such field", "'share'"),
    "out of bounds": ({"resso": {"rule": "match_rival", "share": 9}}, "strategies.resso.share", "share lies in [0.1, 3]", "Unit: share"),
    "text for a number": ({"resso": {"rule": "match_rival", "share": "1"}}, "strategies.resso.share", "finite number", "Unit: share"),
    "switch for a number": ({"resso": {"rule": "match_rival", "share": True}}, "strategies.resso.share", "finite number", "Unit: share"),
    "not a number": ({"resso": {"rule": "match_rival", "share": math.nan}}, "strategies.resso.share", "finite number", "Unit: share"),
    "half a month": ({"resso": {"rule": "best_response", "review_months": 1.5}}, "strategies.resso.review_months", "whole number from 1 to 60", "= 3"),
    "unknown word": ({"resso": {"rule": "best_response", "lever": "prize"}}, "strategies.resso.lever", "lever is one of price, marketing", "'price'"),
    "unknown rival": ({"resso": {"rule": "match_rival", "rival": "spotfy"}}, "strategies.resso.rival", "rival is one of", "'spotify'"),
    "unknown tier": ({"resso": {"rule": "match_rival", "tier": "premum"}}, "strategies.resso.tier", "tier is one of", "'premium'"),
    "tier that it does not sell": ({"resso": {"rule": "match_rival", "tier": "mini"}}, "strategies.resso.tier", "resso has no such tier in ", "Known"),
    "unknown service": ({"mine": {"rule": "hold", "platform": "reso"}}, "strategies.mine.platform", "no such platform", "'resso'"),
    "nobody": ({"mine": {"rule": "hold"}}, "strategies.mine", "hold needs platform = ..., or a table named by it", "Known: "),
    "tiktok is no music service": ({"tiktok": {"rule": "hold"}}, "strategies.tiktok", "hold needs platform", ""),
    "unknown label": ({"mine": {"rule": "promote", "label": "sonny"}}, "strategies.mine.label", "no such label", "'sony'"),
    "label's rule for a platform": ({"mine": {"rule": "promote", "platform": "resso"}}, "strategies.mine.platform", "promote is played by a label", "Write label"),
    "platform's rule for a label": ({"mine": {"rule": "hold", "label": "sony"}}, "strategies.mine.label", "hold is played by a platform", "Write platform"),
    "platform of two": ({"mine": {"rule": "hold", "platform": ["resso", "joox"]}}, "strategies.mine.platform", "no such platform", "Known"),
    "market without it": ({"gaana": {"rule": "hold", "markets": ["US"]}}, "strategies.gaana.markets", "gaana has no offer there", "IN"),
    "unknown market": ({"resso": {"rule": "hold", "markets": ["INN"]}}, "strategies.resso.markets", "no such market", "'IN'"),
    "markets of a number": ({"resso": {"rule": "hold", "markets": 3}}, "strategies.resso.markets", "list of at least one market", "Example"),
    "market twice": ({"resso": {"rule": "hold", "markets": ["IN", "IN"]}}, "strategies.resso.markets", "a market stands once", "Take the double out"),
    "upside down": ({"resso": {"rule": "hold", "from": "2024-01", "until": "2023-01"}}, "strategies.resso.until", "a strategy ends after it begins", "Swap"),
    "after the run": ({"resso": {"rule": "hold", "from": "2031-01"}}, "strategies.resso.from", "played in the run", "Change the dates"),
    "before the run": ({"resso": {"rule": "hold", "until": "2021-01"}}, "strategies.resso.until", "played in the run", "Change the dates"),
    "no date": ({"resso": {"rule": "hold", "from": "spring"}}, "strategies.resso.from", "month", "2022"),
    "about a number": ({"resso": {"rule": "hold", "about": 3}}, "strategies.resso.about", "about is a text", "Example"),
    "entries of one that does not enter": ({"resso": {**MATCH, "entries": {}}}, "strategies.resso.entries", "has no such field", ""),
    "actions of one without": ({"resso": {**MATCH, "actions": []}}, "strategies.resso.actions", "has no such field", ""),
    "clash": ({"a": MATCH, "b": {"rule": "best_response", "platform": "resso", "markets": ["ID"]}}, "strategies.b", "strategies.a sets the price of resso in ID", "Split"),
    "no entries": ({"joox": {"rule": "expand"}}, "strategies.joox.entries", "entries are tables by market", "date"),
    "empty entries": ({"joox": {"rule": "expand", "entries": {}}}, "strategies.joox.entries", "entries are tables by market", "date"),
    "entries in a list": ({"joox": {"rule": "expand", "entries": ["IN"]}}, "strategies.joox.entries", "entries are tables by market", "date"),
    "entry of a date": ({"joox": {"rule": "expand", "entries": {"IN": "2023-01"}}}, "strategies.joox.entries.IN", "an entry is a table", "date"),
    "entry without a date": ({"joox": {"rule": "expand", "entries": {"IN": {}}}}, "strategies.joox.entries.IN.date", "an entry has a date", "2023-04"),
    "entry in no market": ({"joox": {"rule": "expand", "entries": {"XX": {"date": "2023-01"}}}}, "strategies.joox.entries.XX", "no such market", ""),
    "entry where it is": ({"joox": {"rule": "expand", "entries": {"ID": {"date": "2023-01", "tiers": {"individual": 1}}}}}, "strategies.joox.entries.ID", "joox is offered there already", "Take the entry out"),
    "entry outside the run": (entries(date="2031-01"), "strategies.joox.entries.IN.date", "date lies in the run", "Raise months"),
    "entry before the run": (entries(date="2021-01"), "strategies.joox.entries.IN.date", "date lies in the run", "Start the run earlier"),
    "entry with a slip": (entries(integraton=1), "strategies.joox.entries.IN.integraton", "an entry has no such field", "'integration'"),
    "entry tied too much": (entries(integration=2), "strategies.joox.entries.IN.integration", "integration lies in [0, 1]", ""),
    "entry with no such label": (entries(labels=["sonny"]), "strategies.joox.entries.IN.labels", "no such label", "'sony'"),
    "entry with no such tier": (entries(tiers={"gold": 5}), "strategies.joox.entries.IN.tiers.gold", "no such tier", ""),
    "entry with no tier": (entries(tiers={}), "strategies.joox.entries.IN.tiers", "an entry opens at least one tier", "individual"),
    "entry with a paid free tier": (entries(tiers={"free_ads": 5}), "strategies.joox.entries.IN.tiers.free_ads", "free_ads lies in [0, 0]", ""),
    "entry at no price": (entries(tiers={"individual": math.nan}), "strategies.joox.entries.IN.tiers.individual", "finite number", ""),
    "entry by a leader who sells none": (entries(tiers=["family_per_head"], price_point=1), "strategies.joox.entries.IN.tiers", "spotify has no price of family_per_head in IN", "name another leader"),
    "entry at an unusual price": (entries(tiers={"individual": 9000}), "strategies.joox.entries.IN.tiers.individual", "within a factor", "unusual_prices = true in the scenario"),
    "actions of a number": ({"resso": {"rule": "schedule", "actions": 3}}, "strategies.resso.actions", "actions are a list of tables", "[[strategies.resso.actions]]"),
    "actions of words": ({"resso": {"rule": "schedule", "actions": ["cheaper"]}}, "strategies.resso.actions", "actions are a list of tables", "[[strategies.resso.actions]]"),
    "action of no kind": ({"resso": {"rule": "schedule", "actions": [{**PRICE, "kind": "price_chang"}]}}, "strategies.resso.actions 1.kind", "no such kind of event", "'price_change'"),
    "action outside the run": ({"resso": {"rule": "schedule", "actions": [{**PRICE, "date": "2031-01"}]}}, "strategies.resso.actions 1.date", "lie in the run", "Raise months"),
    "action on a tier that it does not sell": ({"resso": {"rule": "schedule", "actions": [{**PRICE, "tier": "mini"}]}}, "strategies.resso.actions 1.tier", "resso has no such tier", "premium"),
    "action before the entry": ({"joox": {**EXPAND, "rule": "schedule", "actions": [PRICE]}}, "strategies.joox", "", ""),
    "focus on nobody": ({"resso": {"rule": "hold"}}, "focus", "no such firm, service or label", ""),
}  # fmt: skip


@pytest.mark.parametrize("what", list(BAD))
def test_each_slip_is_told_once_with_a_way_out(what: str) -> None:
    tables, place, rule, way = BAD[what]
    if isinstance(tables, dict) and "rule" in tables:
        tables = {"joox": tables}
    more = {"focus": "nobody at all"} if what == "focus on nobody" else {}
    found = faults(tables, **more)
    (fault,) = found if what != "action before the entry" else found[:1]
    assert place in fault.place
    assert fault.place.startswith("test.toml: ")
    assert rule in fault.rule
    assert way in fault.way_out
    assert fault.way_out


def test_all_slips_are_told_at_once() -> None:
    found = faults({"resso": {**MATCH, "share": 9, "tier": "gold"}, "x": {"rule": "hold"}, "sony": {"rule": "nothing"}})
    assert len(found) == 4


@pytest.mark.parametrize("name", sorted(known_strategies()))
def test_every_number_is_held_to_its_bounds(name: str) -> None:
    kind = known_strategies()[name]
    row = {"rule": name, kind.side: "sony" if kind.side == "label" else "joox" if kind.enters else "resso"}
    row |= {"entries": EXPAND["entries"]} if kind.enters else {}
    for choice, line in kind.choices.items():
        if isinstance(line, Number):
            for value in (line.low - 1, line.high + 1, None, "much", math.inf):
                (fault,) = faults({"mine": {**row, choice: value}})
                assert fault.place == f"test.toml: strategies.mine.{choice}"
                assert choice in fault.rule
            for value in (line.low, line.high):
                of({"mine": {**row, choice: value}}, unusual_prices=True)


def test_layers_meet_key_by_key() -> None:
    plan = of({"resso": {"rule": "match_rival", "share": 0.8, "rival": "spotify"}})
    (one,) = plan.replace({"strategies.resso.share": 0.7}).strategies
    assert (one.values["share"], one.values["rival"]) == (0.7, "spotify")
    (_, two) = plan.replace({"strategies.gaana.rule": "hold"}).strategies
    assert two.actor == "gaana"
    assert plan.replace(strategies={}).strategies == ()
    assert plan.replace(strategies={}).digest == Scenario.from_mapping({}, names=names_of).digest


def test_another_rule_keeps_who_plays_and_drops_the_choices() -> None:
    plan = of({"mine": {**MATCH, "share": 0.8, "markets": ["IN"], "from": "2023-01"}})
    (one,) = plan.replace({"strategies.mine.rule": "profit_target", "strategies.mine.margin": 0.1}).strategies
    assert (one.kind.name, one.actor, one.markets, one.values["margin"]) == ("profit_target", "resso", ("IN",), 0.1)
    assert one.first == parse_month("2023-01")
    (same,) = plan.replace({"strategies.mine.rule": "match_rival"}).strategies
    assert same.values["share"] == 0.8
    joox = of({"joox": EXPAND}).replace({"strategies.joox.entries.IN.tiers": {"individual": 89}})
    assert joox.strategies[0].entries[0].tiers == {"individual": 89.0}


def test_what_a_stronger_layer_narrows_is_left_out_in_words() -> None:
    plan = of({"gaana": {"rule": "hold"}, "joox": EXPAND, "late": {**MATCH, "from": "2024-06"}})
    small = plan.replace(markets=["ID"], months=12)
    assert [one.actor for one in small.strategies] == []
    told = " ".join(small.left_out)
    assert all(word in told for word in ("strategies.gaana", "strategies.joox", "strategies.late"))


def test_one_key_over_a_narrowed_strategy_speaks_of_that_key_alone() -> None:
    """Who narrows a run and then changes one choice did not write the markets and dates that are not run."""
    two = {**EXPAND, "entries": {**EXPAND["entries"], "US": {"date": "2024-06", "tiers": {"individual": 9}}}}
    tables = {"joox": two, "mine": {**MATCH, "markets": ["IN", "ID"], "until": "2024-01"}, "late": {**MATCH, "from": "2024-06"},
              "gaana": {"rule": "hold"}}  # fmt: skip
    small = of(tables, months=24).replace(markets=["IN"], months=12)
    more = {"strategies.joox.marketing": 2.0, "strategies.mine.share": 0.9, "strategies.late.share": 0.9}
    changed = {one.key: one for one in small.replace(more).strategies}
    assert set(changed) == {"joox", "mine", "gaana"}
    assert [(one.market, one.marketing) for one in changed["joox"].entries] == [("IN", 2.0)]
    assert (changed["mine"].markets, changed["mine"].values["share"]) == (("IN",), 0.9)
    assert "strategies.late of 2024-06, which lies outside the run" in " ".join(small.replace(more).left_out)
    us = small.replace(markets=["US"]).replace({"strategies.gaana.about": "stays"})  # it has no offer in the US
    assert "gaana" not in {one.key for one in us.strategies}


@pytest.mark.parametrize(
    ("more", "place"),
    [
        ({"strategies.joox.entries.US.marketing": 2.0}, "call: strategies.joox.entries.US"),
        ({"strategies.joox.entries.IN.date": "2024-06"}, "call: strategies.joox.entries.IN.date"),
        ({"strategies.mine.markets": ["US"]}, "call: strategies.mine.markets"),
        ({"strategies.mine.from": "2024-06"}, "call: strategies.mine.from"),
        (
            {"strategies.gaana": {"rule": "hold", "platform": "gaana", "markets": ["US"]}},
            "call: strategies.gaana.markets",
        ),
    ],
)
def test_what_a_call_writes_itself_beyond_the_run_is_a_fault(more: dict[str, object], place: str) -> None:
    two = {**EXPAND, "entries": {**EXPAND["entries"], "US": {"date": "2023-01", "tiers": {"individual": 9}}}}
    small = of({"joox": two, "mine": MATCH}, months=24).replace(markets=["IN"], months=12)
    with pytest.raises(InputError) as caught:
        small.replace(more)
    assert [one.place for one in caught.value.faults] == [place]


def test_period_is_cut_to_the_run() -> None:
    (plan,) = of({"resso": {"rule": "hold", "from": "2021-01", "until": "2031-01"}}, months=12).strategies
    assert (plan.first, plan.last) == (parse_month("2022-10"), parse_month("2023-09"))
    (plan,) = of({"resso": {"rule": "hold", "from": date(2023, 1, 15)}}, months=12).strategies
    assert plan.first == parse_month("2023-01")


def test_no_clash_where_markets_or_dates_part_them() -> None:
    best = {"rule": "best_response", "platform": "resso"}
    of({"a": {**MATCH, "markets": ["IN"]}, "b": {**best, "markets": ["ID"]}})
    of({"a": {**MATCH, "until": "2022-12"}, "b": {**best, "from": "2023-01"}})
    assert len(faults({"a": {**MATCH, "until": "2023-01"}, "b": {**best, "from": "2023-01"}})) == 1


def test_rivals_that_do_not_respond_are_told_in_words() -> None:
    plan = of({"resso": {"rule": "match_rival"}, "spotify": {"rule": "match_rival"}}, rivals_respond=False)
    assert [one.actor for one in plan.played] == ["resso"]
    assert "Rivals do not respond, so these hold: spotify (match_rival)." in " ".join(plan.explain().split())
    quiet = of({"resso": {"rule": "match_rival"}})
    assert plan.digest == quiet.digest


def test_words_of_a_strategy() -> None:
    plan = of({"resso": {**MATCH, "share": 0.9, "about": "to keep up", "markets": ["ID"]}, "joox": EXPAND})
    told = " ".join(plan.explain().split())
    assert "resso plays match_rival in ID, 2022-10 to 2025-09: Asks a share of a rival's price" in told
    assert "with share 0.9." in told
    assert "to keep up" in told
    assert "joox plays expand in IN" in told
    assert "individual" in told
    assert "99" in told


PLAIN = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.dates()
KEYS = st.sampled_from(
    [
        "rule",
        "platform",
        "label",
        "markets",
        "from",
        "until",
        "entries",
        "actions",
        "share",
        "tier",
        "services",
        "users",
        "date",
        "tiers",
        "IN",
        "ID",
    ]
)
WORDS = st.sampled_from([*known_strategies(), "resso", "sony", "2023-01", "IN", "ALL", "premium", "spotify"])
VALUES = st.recursive(
    PLAIN | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS | st.text(max_size=4), inner, max_size=4),
    max_leaves=12,
)
TABLES = VALUES | st.dictionaries(
    st.sampled_from(["resso", "sony", "mine"]),
    st.fixed_dictionaries(
        {"rule": st.sampled_from([*known_strategies()])},
        optional=dict.fromkeys(
            (
                "platform",
                "label",
                "markets",
                "from",
                "until",
                "entries",
                "actions",
                "share",
                "tier",
                "services",
                "users",
                "levers",
                "labels",
            ),
            VALUES,
        ),
    ),
    max_size=3,
)


@settings(max_examples=300, deadline=None)
@given(tables=TABLES)
def test_whatever_is_written_is_read_or_refused_in_words(tables: object) -> None:
    try:
        plan = of(tables)
    except InputError as error:
        found = error.faults
    else:
        found = ()
        assert plan.explain()
        assert plan.digest == of(tables).digest
    assert all(fault.place and fault.rule for fault in found)
    assert len({(one.place, one.rule, repr(one.value)) for one in found}) == len(found)
