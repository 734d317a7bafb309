# ruff: noqa: E501 - one case a line
"""The plan of talks: defaults, layers, what is left out, and what it changes."""

from __future__ import annotations

import json
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.foundation.errors import InputError
from model.foundation.months import parse_month
from model.spec.scenario import Scenario
from model.spec.talks import MONTHS, PROTOCOLS, USERS, TalksPlan, WantedLicences
from tests.spec.conftest import names_of

EVERY = ("universal", "sony", "t_series", "warner")
ENTRY = {
    "date": "2023-01",
    "kind": "platform_enters",
    "platform": "tiktok_music",
    "markets": ["US"],
    "tiers": {"premium": 9},
}
FULL = {
    "protocol": "take_it_or_leave_it", "platforms": ["tiktok", "resso"], "labels": ["sony", "universal"],
    "kinds": ["clips", "streaming"], "scope": {"ALL": "market", "sony": "world"}, "users": 500, "months": 6,
    "proposer": "platform", "new": [{"platform": "resso", "labels": ["sony"], "markets": ["ID"], "from": "2023-01"}],
}  # fmt: skip


def of(plan: object, **keys) -> Scenario:
    return Scenario.from_mapping({"talks": plan, **keys}, place="test.toml", names=names_of)


def test_nobody_talks_by_default_and_after_an_empty_table():
    silent = Scenario.from_mapping({}, names=names_of)
    assert silent.talks is None
    assert "talks" not in silent.canonical()
    assert of({}).digest == silent.digest
    assert of(FULL).replace(talks={}).digest == silent.digest
    again = of(FULL).replace(talks={}).replace({"talks.platforms": ["spotify"]}).talks
    assert again == TalksPlan("offers", ("spotify",), EVERY), "nothing of the plan before the empty table is left"


def test_defaults_and_a_plan_in_full():
    assert of({"platforms": ["resso"]}).talks == TalksPlan("offers", ("resso",), EVERY)
    assert of(FULL).talks == TalksPlan(
        protocol="take_it_or_leave_it", platforms=("resso", "tiktok"), labels=("universal", "sony"),
        kinds=("streaming", "clips"), scope={"ALL": "market", "sony": "world"}, users=500, months=6, proposer="platform",
        new=(WantedLicences("resso", ("sony",), ("ID",), parse_month("2023-01"), "test.toml: talks.new 1"),),
    )  # fmt: skip


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_every_protocol_is_known_and_told(protocol):
    scenario = of({"platforms": ["resso"], "protocol": protocol})
    assert scenario.talks.protocol == protocol
    assert f"by protocol {protocol}" in " ".join(scenario.explain().split())


def test_scope_of_a_word_and_of_a_table():
    word = of({"platforms": ["resso"], "scope": "market"}).talks
    assert (word.scope, word.scope_of("sony")) == ({"ALL": "market"}, "market")
    table = of({"platforms": ["resso"], "scope": {"sony": "market"}}).talks
    assert (table.scope_of("sony"), table.scope_of("warner")) == ("market", "world")


def test_stronger_layers_replace_keys_and_single_labels_of_the_scope():
    scenario = of(FULL).replace({"talks.protocol": "nash", "talks.scope.universal": "world"})
    assert scenario.talks.protocol == "nash"
    assert scenario.talks.users == 500
    assert scenario.talks.scope == {"ALL": "market", "sony": "world", "universal": "world"}
    assert scenario.replace({"talks.scope": "market"}).talks.scope == {"ALL": "market"}
    assert scenario.replace({"talks": {"new": []}}).talks.new == ()


def test_labels_and_markets_of_wanted_licences_default_to_all():
    (wanted,) = of({"platforms": ["resso"], "labels": ["sony", "t_series"], "new": [{"platform": "resso"}]}).talks.new
    assert (wanted.labels, wanted.markets, wanted.first) == (("sony", "t_series"), ("IN", "ID"), parse_month("2022-10"))
    (clips,) = of(
        {"platforms": ["tiktok"], "kinds": ["clips"], "new": [{"platform": "tiktok", "labels": ["warner"]}]}
    ).talks.new
    assert (clips.kind, clips.markets) == ("clips", ("US",))
    assert wanted.kind == "streaming"


def test_entrants_talk_once_they_enter_in_the_run():
    plan = {"platforms": ["tiktok_music"], "new": [{"platform": "tiktok_music", "from": "2022-12"}]}
    scenario = of(plan, events=[ENTRY])
    assert scenario.talks.new[0].markets == ("US",)
    early = scenario.replace(months=2)
    assert early.talks is None
    assert "test.toml: talks.platforms for tiktok_music, which has no offer in the run" in early.left_out
    with pytest.raises(InputError, match="has no offer in the run and gets none"):
        of(plan)


def test_a_stronger_source_that_narrows_run_or_table_leaves_out():
    scenario = of({**FULL, "platforms": ["tiktok", "resso", "pandora"], "labels": ["sony", "warner"]})
    narrow = scenario.replace(markets=["IN"])
    assert narrow.talks.platforms == ("resso", "tiktok")
    assert narrow.talks.labels == ("sony",)
    assert narrow.talks.new == ()
    assert narrow.left_out == (
        "test.toml: talks.platforms for pandora, which has no offer in the run",
        "test.toml: talks.labels for warner, in no market of the run",
        "test.toml: talks.new 1 for ID, not run",
    )
    fewer = scenario.replace({"talks.labels": ["warner"]})
    assert (fewer.talks.labels, fewer.talks.new) == (("warner",), ())
    assert fewer.left_out == ("test.toml: talks.new 1 for sony, not at the table",)
    away = scenario.replace({"talks.platforms": ["tiktok"], "talks.kinds": ["clips"]})
    assert away.left_out == ("test.toml: talks.new 1 for resso, which is not at the table",)
    short = scenario.replace(months=2)
    assert short.left_out == ("test.toml: talks.new 1 of 2023-01, which lies outside the run",)


CHANGES = {
    "protocol": "nash", "platforms": ["tiktok", "spotify", "resso"], "labels": ["sony", "universal", "warner"], "users": 501,
    "scope": {"sony": "world"}, "months": 7, "proposer": "label", "new": [],
}  # fmt: skip


@pytest.mark.parametrize("key", CHANGES)
def test_the_digest_changes_with_what_changes_the_run(key):
    assert of({**FULL, key: CHANGES[key]}).digest != of(FULL).digest


def test_the_digest_tells_no_difference_that_makes_none():
    base = {"platforms": ["resso"]}
    same = [{"labels": "ALL"}, {"labels": list(EVERY)}, {"scope": "world"}, {"scope": {"sony": "world"}}, {"users": float(USERS[2])},
            {"proposer": "platform"}, {"kinds": ["streaming"]}, {"platforms": "resso"}]  # fmt: skip
    assert {of({**base, **one}).digest for one in same} == {of(base).digest}


@given(
    platforms=st.permutations(FULL["platforms"]), labels=st.permutations(FULL["labels"]), kinds=st.permutations(FULL["kinds"]),
    new=st.permutations([*FULL["new"], {"platform": "tiktok"}, {"platform": "resso", "markets": ["IN", "ID"], "from": "2023-01"}]),
)  # fmt: skip
def test_order_changes_nothing(platforms, labels, kinds, new):
    first = of({**FULL, "new": sorted(new, key=str)})
    other = of({**FULL, "platforms": platforms, "labels": labels, "kinds": kinds, "new": new})
    assert other.digest == first.digest
    assert [one.canonical() for one in other.talks.new] == [one.canonical() for one in first.talks.new]
    json.dumps(other.canonical(), allow_nan=False)


KEYWISE = {
    "users": st.integers(100, 9000),
    "months": st.integers(1, 60),
    "protocol": st.sampled_from(sorted(PROTOCOLS)),
}


@given(*(st.fixed_dictionaries({}, optional=KEYWISE) for _ in range(3)))
def test_the_strongest_source_that_speaks_wins_key_by_key(one, two, three):
    scenario = of({"platforms": ["resso"], **one})
    for layer in (two, three):
        if layer:
            scenario = scenario.replace({f"talks.{key}": value for key, value in layer.items()})
    wanted = {"users": USERS[2], "months": MONTHS[2], "protocol": "offers", **one, **two, **three}
    assert {key: getattr(scenario.talks, key) for key in wanted} == wanted


def test_talks_from_files_and_command_line(tmp_path):
    (tmp_path / "parent.toml").write_text(
        '[talks]\nplatforms = ["resso"]\nusers = 300\n[talks.scope]\nsony = "market"\n'
    )
    (tmp_path / "child.toml").write_text(
        'extends = "parent"\n[talks]\nmonths = 3\n[[talks.new]]\nplatform = "resso"\nfrom = 2023-01-01\n'
    )
    plan = Scenario.load(tmp_path / "child.toml", command_line={"talks.users": 400}, names=names_of).talks
    assert (plan.users, plan.months, plan.scope_of("sony"), plan.new[0].first) == (
        400,
        3,
        "market",
        parse_month("2023-01"),
    )


def test_a_plan_travels_and_is_told():
    scenario = of(FULL)
    assert pickle.loads(pickle.dumps(scenario)) == scenario
    told = " ".join(scenario.explain().split())
    assert (
        "Talks: Licences of resso and tiktok come to the table by protocol take_it_or_leave_it of the platform (one offer by "
        "the proposer, taken or not), for streaming and clips on TikTok, with universal and sony. Labels decide market by "
        "market, but sony for all markets of a licence at once. A licence is valued by forks of 500 simulated users per "
        "market, 6 months ahead. From 2023-01 resso wants licences of sony in ID." in told
    )
    assert "Talks" not in Scenario.from_mapping({}, names=names_of).explain()
    alone = " ".join(
        of({"platforms": ["resso"], "labels": ["sony"], "scope": {"sony": "market"}, "months": 1}).explain().split()
    )
    assert (
        f"Labels decide market by market. A licence is valued by forks of {USERS[2]:,} simulated users per market, 1 month ahead."
        in alone
    )
