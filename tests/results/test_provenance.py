"""Identity of runs and the trace of columns."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import model
from model.facts import load_start
from model.foundation.errors import InputError
from model.results.card import ScenarioCard
from model.results.measures import MEASURES
from model.results.provenance import Provenance, run_id, start_digest
from model.results.run_result import RunResult


def ids(scenario, replicates=(0,)):
    return Provenance.of(ScenarioCard.of(scenario), replicates=replicates).run_ids


def test_the_identity_is_of_what_determines_the_numbers(make_scenario):
    base = ids(make_scenario())
    assert ids(make_scenario()) == base
    assert ids(make_scenario(name="another name", about="other words")) == base
    for change in ({"seed": 2}, {"users": 2000}, {"parameters": {"theta": 2.5}}, {"start": "2022-06"}, {"months": 4}):
        assert ids(make_scenario(**change))[0] != base[0], change
    assert len(set(ids(make_scenario(), (0, 1, 2)).values())) == 3


def test_the_identity_covers_the_start_state(make_scenario):
    card = ScenarioCard.of(make_scenario())
    assert run_id(card, replicate=0, start="a") != run_id(card, replicate=0, start="b")
    assert start_digest("2022-10") != start_digest("2022-06")


def test_editing_a_fact_changes_the_identity_of_every_run(tmp_path):
    root = Path(model.__file__).parent
    shutil.copytree(root, tmp_path / "model", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(root.parent / "scenarios", tmp_path / "scenarios")
    code = (
        "import json; from model.results.card import ScenarioCard; from model.spec.scenario import Scenario; "
        "from model.results.provenance import Provenance; "
        "one = Provenance.of(ScenarioCard.of(Scenario.load('tiny')), replicates=[0]); "
        "print(json.dumps([one.run_ids[0], one.start_digest, one.model_version]))"
    )

    def identity():
        done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True)
        return json.loads(done.stdout)

    def edit(table, old, new):
        path = tmp_path / "model" / "facts" / "tables" / f"{table}.csv"
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), encoding="utf-8")

    before = identity()
    edit("prices", "prc-0001,Spotify,IN,individual,119,", "prc-0001,Spotify,IN,individual,129,")
    fact = identity()
    assert fact[0] != before[0]
    assert fact[2] != before[2]
    edit("start_offers", "IN,spotify,individual,119,", "IN,spotify,individual,118,")
    start = identity()
    assert start[0] != fact[0]
    assert start[1] != before[1]


def test_facts_are_those_of_the_markets(make_scenario):
    one = Provenance.of(ScenarioCard.of(make_scenario(markets=["BR"])), replicates=[0])
    brazil = load_start("2022-10").markets["BR"]
    assert one.fact_ids["offers"] == tuple(sorted({name for offer in brazil.offers for name in offer.fact_ids}))
    assert one.assumed["offers"] == (sum(o.confidence == "assumption" for o in brazil.offers), len(brazil.offers))
    assert one.versions["numpy"]
    assert one.created.endswith("+00:00")


def test_card_and_provenance_survive_json(result):
    card = ScenarioCard.from_plain(json.loads(json.dumps(result.card.plain())))
    assert card == result.card
    again = Provenance.from_plain(json.loads(json.dumps(result.provenance.plain())))
    assert again == result.provenance


@pytest.mark.parametrize("column", sorted(MEASURES))
def test_every_column_can_be_traced(result, column):
    told = result.trace(column)
    one = MEASURES[column]
    assert told.startswith(f"{column}: {one.label} [{one.unit}]")
    assert one.meaning in told
    assert result.provenance.run_ids[0] in told
    assert one.is_key or "parameters:" in told or "facts of the start" in told or "sources:" in told


def test_a_full_trace_reaches_parameters_and_facts(make_run, make_scenario):
    scenario = make_scenario(parameters={"streams_per_hour": 15, "theta": 3.0})
    told = RunResult.from_runs(scenario, [make_run(1)]).trace("royalties", full=True)
    assert "streams_per_hour = 15 (default 17)" in told
    assert "theta = 3 (dem-0019)" in told
    assert "lic-" in told.split("deals,")[1]
    assert "hosting" not in told
    assert "    price_usd [" in told  # behind spending, revenue and net revenue


def test_a_short_trace_has_what_the_column_reads_itself(make_run, make_scenario):
    result = RunResult.from_runs(make_scenario(parameters={"theta": 3.0}), [make_run(1)])
    for column in MEASURES:
        told = result.trace(column)
        assert len(told.splitlines()) <= 32, column
        near = told.split("directly from:")[1] if "directly from:" in told else ""
        for name in MEASURES[column].columns:
            assert f"    {name} [" in near, (column, name)
        for name in MEASURES[column].parameters:
            assert (f"    {name[1:]}: " if name.startswith("@") else f"    {name} = ") in told, (column, name)
    assert "changed: theta = 3" in result.trace("users")
    assert "streams_per_hour" not in result.trace("gross_margin")
    assert "streams_per_hour" in result.trace("gross_margin", full=True)


def test_a_trace_of_a_place_shows_its_rows_of_the_start(result):
    told = result.trace("payers", market="IN", platform="resso")
    start = load_start("2022-10").markets["IN"]
    cell = start.platforms["resso"]
    low, high = cell.payers_band
    assert f"resso payers: {cell.payers_m:,.4g} M (80% band {low:.3g} to {high:.3g}) [{cell.confidence}]" in told
    assert cell.basis in told
    assert ", ".join(cell.fact_ids) in told
    assert "spotify" not in told
    assert "monthly users:" not in told
    of_users = result.trace("users", market="IN", platform="spotify", tier="individual")
    (offer,) = (one for one in start.offers if (one.platform, one.tier) == ("spotify", "individual"))
    assert f"spotify individual: {offer.users_m:,.4g} M users, {offer.price_local_month:g} INR a month" in of_users
    assert "spotify monthly users:" in of_users
    assert "spotify free_ads" not in of_users


@pytest.mark.parametrize("column", sorted(MEASURES))
def test_every_column_has_a_trace_in_a_market(result, column):
    told = result.trace(column, market="BR")
    assert "rows of the start 2022-10 for BR" in told
    for section in MEASURES[column].facts:
        assert f"    {section}\n" in told


@pytest.mark.parametrize(
    ("place", "words"),
    [
        ({"market": "US"}, "is a market of the run"),
        ({"market": "IN", "platform": "reso"}, "Did you mean 'resso'"),
        ({"platform": "resso"}, "Name the market too"),
        ({"market": "IN", "platform": "resso", "tier": "premum"}, "Did you mean 'premium'"),
    ],
)
def test_a_trace_of_no_place_is_told(result, place, words):
    with pytest.raises(InputError, match=words):
        result.trace("payers", **place)


def test_unknown_columns_are_told(result):
    with pytest.raises(InputError, match="Did you mean 'payers'"):
        result.trace("payer_s")


def test_runs_are_one_or_more_each_once(make_run, make_scenario):
    with pytest.raises(InputError, match="one or more"):
        RunResult.from_runs(make_scenario(), [])
    with pytest.raises(InputError, match="each replicate once"):
        RunResult.from_runs(make_scenario(), [make_run(1), make_run(2)])
