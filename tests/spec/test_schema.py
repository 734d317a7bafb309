# ruff: noqa: E501 - one case a line
import json
import tomllib

import pytest

from model.spec.frame import KEYS
from model.spec.kinds import KINDS
from model.spec.parameters import declared_parameters
from model.spec.reading import find_scenario, scenario_names
from model.spec.schema import scenario_schema


def test_schema_is_json_and_knows_every_declaration():
    schema = json.loads(json.dumps(scenario_schema()))
    properties = schema["properties"]
    assert set(properties) == set(KEYS)
    assert set(properties["parameters"]["properties"]) == set(declared_parameters())
    assert [one["properties"]["kind"]["const"] for one in properties["events"]["items"]["oneOf"]] == list(KINDS)
    assert properties["users"]["minimum"] == 1
    assert properties["platforms"]["additionalProperties"]["properties"]["open"]["additionalProperties"][
        "additionalProperties"
    ]["type"] == "boolean"  # fmt: skip


DEAL = {"platform": "resso", "label": "sony", "markets": ["IN"], "end": "2024-09"}
CLIPS = {**DEAL, "platform": "tiktok", "kind": "clips", "fee_usd_m": 3}
PLAN = {"platforms": ["resso"], "scope": {"sony": "market"}, "new": [{"platform": "resso", "from": "2023-01"}]}
RIGHT = [{"deals": [DEAL]}, {"deals": [{**DEAL, "kind": "streaming", "rev_share_paid": 0.7, "exclusive": True}]},
         {"deals": [{**DEAL, "rev_share_paid": 1, "unusual": True}]},
         {"deals": [CLIPS, {**DEAL, "markets": "ALL", "mfn": False}]}, {"deals": []}, {"talks": {}}, {"talks": PLAN},
         {"talks": {**PLAN, "scope": "market", "labels": "ALL", "kinds": ["streaming"]}},
         {"markets": {"IN": {"clips": {"sony": False}}}}]  # fmt: skip
WRONG = [
    *({"deals": [{**DEAL, **slip}]} for slip in (
        {"rev_share_paid": 1.1}, {"fee_usd_m": 1}, {"kind": "clips"}, {"platform": "tiktok"}, {"markets": []}, {"mfn": 1}, {"unusual": 1},
        {"minimum_guarantee_usd_m": -1}, {"lable": "sony"},
    )),
    *({"deals": [{**CLIPS, **slip}]} for slip in ({"kind": "streaming"}, {"exclusive": True}, {"rev_share_free": 0.1})),
    {"deals": [{key: value for key, value in DEAL.items() if key != "end"}]},
    *({"talks": {**PLAN, **slip}} for slip in (
        {"protocol": "offer"}, {"users": 99}, {"months": 1.5}, {"scope": {"sony": "town"}}, {"kinds": ["clip"]}, {"who": 1},
        {"new": [{"labels": ["sony"]}]}, {"new": [{"platform": "resso", "when": "2023-01"}]}, {"proposer": "tiktok"},
    )),
    {"markets": {"IN": {"clips": False}}},
]  # fmt: skip


def test_deals_and_talks_meet_the_schema_where_they_are_right_and_only_there():
    jsonschema = pytest.importorskip("jsonschema")
    validator = jsonschema.Draft202012Validator(scenario_schema())
    assert [one for one in RIGHT if list(validator.iter_errors(one))] == []
    assert [one for one in WRONG if not list(validator.iter_errors(one))] == []


def test_the_schema_and_the_reader_agree(make, faults):
    for one in RIGHT:
        make(one)
    for one in WRONG:
        assert faults(one)


def test_every_shipped_scenario_meets_the_schema_and_a_slip_does_not():
    jsonschema = pytest.importorskip("jsonschema")
    validator = jsonschema.Draft202012Validator(scenario_schema())
    for name in scenario_names():
        mapping = tomllib.loads(find_scenario(name).read_text(encoding="utf-8"))
        assert not list(validator.iter_errors(mapping)), name
        assert list(validator.iter_errors({**mapping, "mnths": 3}))
        assert list(validator.iter_errors({**mapping, "users": 0}))
        assert list(validator.iter_errors({**mapping, "markets": {"IN": {"sales_tax": 18}}}))
