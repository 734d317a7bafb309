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


def test_every_shipped_scenario_meets_the_schema_and_a_slip_does_not():
    jsonschema = pytest.importorskip("jsonschema")
    validator = jsonschema.Draft202012Validator(scenario_schema())
    for name in scenario_names():
        mapping = tomllib.loads(find_scenario(name).read_text(encoding="utf-8"))
        assert not list(validator.iter_errors(mapping)), name
        assert list(validator.iter_errors({**mapping, "mnths": 3}))
        assert list(validator.iter_errors({**mapping, "users": 0}))
        assert list(validator.iter_errors({**mapping, "markets": {"IN": {"sales_tax": 18}}}))
