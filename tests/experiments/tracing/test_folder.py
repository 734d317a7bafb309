"""Numbers of saved folders are traced to runs, hashes, parameters, facts; what cannot be is told in one message."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pandas as pd
import pytest

import model as sm
from model.experiments.answer_folder import save_answer
from model.experiments.comparing import compare
from model.experiments.sweep import sweep
from model.experiments.tracing import Asked, trace_saved
from model.facts import FactBook, load_start
from model.foundation.errors import InputError
from model.market.start_store import StartStore
from model.results import RunResult
from model.results.measures import FRAMES, MEASURES
from model.results.picture_bytes import png
from model.results.stamp import stamp_of
from model.spec.scenario import Scenario

SMALL = {"users": 200, "months": 3, "markets": ["ID"]}
LEFT = {"date": "2022-11", "kind": "label_leaves", "platform": "resso", "label": "sony", "markets": ["ID"],
        "source": "byt-0018 clp-0012"}  # fmt: skip


@pytest.fixture(scope="module")
def starts(tmp_path_factory: pytest.TempPathFactory) -> StartStore:
    return StartStore(tmp_path_factory.mktemp("starts"))


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory, starts: StartStore) -> tuple[RunResult, Path]:
    plan = Scenario.load("tiny").replace(
        {**SMALL, "replicates": 2, "parameters.theta": 2.5, "platforms.resso.integration.ID": 1.0, "events": [LEFT]}
    )
    result = sm.run(plan, starts=starts)
    folder = tmp_path_factory.mktemp("saved") / "run"
    result.save(folder, figures={"who_listens_where.png": png(result.plot.small_multiples())})
    return result, folder


@pytest.fixture(scope="module")
def comparison(tmp_path_factory: pytest.TempPathFactory, starts: StartStore) -> Path:
    plans = [Scenario.load("tiny").replace(SMALL), Scenario.load("tiny").replace({**SMALL, "parameters.theta": 2.5})]
    found = compare(*plans, names=["plain", "other"], replicates=3, most=3, outcomes=["resso.users"], starts=starts)
    return found.save(tmp_path_factory.mktemp("saved") / "comparison")


@pytest.fixture(scope="module")
def swept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("saved") / "sweep"
    plan = Scenario.load("tiny").replace(SMALL)
    sweep(plan, uncertainties=["theta"], n=2, outcomes=["resso.users"], workers=1, store=folder)
    return folder


def test_a_number_of_a_run_is_traced_to_all_it_rests_on(run: tuple[RunResult, Path]) -> None:
    result, folder = run
    asked = Asked("payers", where={"market": "ID", "platform": "resso"}, date="2022-12")
    found = trace_saved(folder, asked)
    plain = json.loads(json.dumps(found.plain))
    rows = result.services
    rows = rows[(rows["date"] == "2022-12") & (rows["market"] == "ID") & (rows["platform"] == "resso")]
    assert plain["number"]["mean"] == pytest.approx(float(rows["payers"].mean()))
    assert plain["number"]["replicates"] == 2
    identity = result.provenance
    assert plain["run"]["run_ids"] == {str(key): name for key, name in identity.run_ids.items()}
    assert plain["run"]["scenario_digest"] == result.card.digest
    assert plain["run"]["model_version"] == identity.model_version
    theta = next(one for one in plain["parameters"] if one["name"] == "theta")
    assert (theta["value"], theta["default"]) == (2.5, sm.declared_parameters()["theta"].default)
    cell = load_start("2022-10").markets["ID"].platforms["resso"]
    (row,) = [one for one in plain["start"] if one["section"] == "platforms"]
    assert row["facts"] == list(cell.fact_ids)
    facts = {one["id"]: one for one in plain["facts"]}
    assert {*cell.fact_ids, "byt-0018", "clp-0012", *theta["facts"]} <= set(facts)
    book = FactBook.load()
    for name, one in facts.items():
        fact = book.get(name)
        assert (one["value"], one["unit"], one["date"]) == (fact.value, fact.unit, fact.date)
        assert (one["confidence"], one["source"], one["url"]) == (fact.confidence, fact.source, fact.url)
    people = [one for one in plain["start"] if one["section"] == "people"]
    fields = {facts[name]["field"] for one in people for name in one["facts"]}
    assert {"gdp_per_capita_usd", "fx_local_per_usd"} <= fields
    assert plain["events"][0]["source"] == "byt-0018 clp-0012"
    assert {(one["lever"], one["market"], one["value"]) for one in plain["levers"]} == {("integration", "ID", 1.0)}
    for words in (result.card.digest, "theta = 2.5 (default", "byt-0018", "2022-11", *identity.run_ids.values()):
        assert words in found.text, words


def test_events_after_the_month_asked_for_are_not_behind_it(run: tuple[RunResult, Path]) -> None:
    found = trace_saved(run[1], Asked("users", where={"market": "ID"}, date="2022-10"))
    assert found.plain["events"] == []


def test_every_column_of_a_run_can_be_traced(run: tuple[RunResult, Path]) -> None:
    result, _ = run
    for column in MEASURES:
        origin = result.origin(column, where={"market": "ID"})
        json.dumps(origin.plain(), allow_nan=False)
        assert origin.lost == ()


def test_an_outcome_of_a_service_or_a_label_is_its_column_there(run: tuple[RunResult, Path]) -> None:
    result, folder = run
    found = trace_saved(folder, Asked("sony.label_income")).plain
    rows = result.labels[(result.labels["label"] == "sony") & (result.labels["month"] > 0)]
    assert found["number"]["mean"] == pytest.approx(float(rows["label_income"].sum()) / 2)
    assert trace_saved(folder, Asked("resso.users")).plain["where"]["platform"] == "resso"


def test_without_a_metric_it_lists_what_can_be_traced(
    run: tuple[RunResult, Path], comparison: Path, swept: Path
) -> None:
    listed = trace_saved(run[1])
    assert set(listed.plain["tables"]) == set(FRAMES)
    assert "payers" in listed.text
    assert trace_saved(comparison).plain["outcomes"] == ["resso.users"]
    assert set(trace_saved(swept).plain["outcomes"]) == {"resso.users"}


def test_a_comparison_is_traced_to_the_runs_of_every_scenario(comparison: Path) -> None:
    found = trace_saved(comparison, Asked("resso.users", where={"market": "ID"}))
    one, other = found.plain["origins"]
    assert len({*one["run"]["run_ids"].values(), *other["run"]["run_ids"].values()}) == 6
    assert "theta = 2.5" in found.text.split("scenario other")[1]
    numbers = found.plain["tables"]["values"]
    assert {row["scenario"] for row in numbers} == {"plain", "other"}
    assert "difference" in trace_saved(comparison, Asked("difference")).plain["tables"]["differences"][0]


def test_the_run_ids_of_a_comparison_are_those_of_its_scenarios_run_alone(comparison: Path, starts: StartStore) -> None:
    alone = sm.run(Scenario.load("tiny").replace({**SMALL, "replicates": 3}), starts=starts)
    first = trace_saved(comparison).plain["origins"][0]
    assert first["run_ids"] == {str(key): name for key, name in alone.provenance.run_ids.items()}


def test_a_point_of_a_sweep_is_traced_to_its_run_and_its_values(swept: Path) -> None:
    found = trace_saved(swept, Asked("resso.users", point=1))
    assert {row["point"] for row in found.plain["numbers"]} == {1}
    kept = sm.open_sweep(swept)
    ids = set(kept.sql("SELECT run_id FROM runs WHERE point = 1")["run_id"])
    assert {row["run_id"] for row in found.plain["numbers"]} == ids
    (theta,) = kept.points.loc[[1], "theta"].tolist()
    assert f"theta = {theta}" in found.text
    assert found.plain["origins"][0]["run"]["scenario_digest"] in kept.provenance["scenario_digests"].values()


def test_a_figure_says_where_it_comes_from_wherever_it_lies(run: tuple[RunResult, Path], tmp_path: Path) -> None:
    result, folder = run
    picture = folder / "who_listens_where.png"
    assert stamp_of(picture)["run_ids"] == list(result.provenance.run_ids.values())
    alone = tmp_path / "slide.png"
    shutil.copy(picture, alone)
    told = trace_saved(alone)
    assert result.card.digest in told.text
    assert "cannot be traced" in told.text
    assert trace_saved(picture).plain["beside"]["kind"] == "run"


def test_an_edited_input_changes_the_hash(run: tuple[RunResult, Path]) -> None:
    plan = run[0].scenario
    assert plan is not None
    for edit in ({"parameters.theta": 2.6}, {"platforms.resso.integration.ID": 0.9}, {"seed": 2}, {"users": 201}):
        assert plan.replace(edit).digest != plan.digest, edit


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        (Asked("payrs"), "Did you mean 'payers'"),
        (Asked("reso.users"), "Did you mean 'resso'"),
        (Asked("users", where={"market": "BR"}), "is a market of the run"),
        (Asked("users", where={"market": "ID", "platform": "spotfy"}), "Did you mean 'spotify'"),
        (Asked("users", date="2031-01"), "is a month of the run"),
        (Asked("users", where={"label": "sony"}), "Leave it out"),
    ],
)
def test_bad_questions_to_a_run_are_one_message_with_the_nearest(
    run: tuple[RunResult, Path], asked: Asked, words: str
) -> None:
    with pytest.raises(InputError, match=words) as error:
        trace_saved(run[1], asked)
    assert len(error.value.faults) == 1


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        (Asked("reso.users"), "Did you mean 'resso.users'"),
        (Asked("resso.users", where={"market": "BR"}), "is a market"),
    ],
)
def test_bad_questions_to_answers_and_sweeps_are_one_message(
    comparison: Path, swept: Path, asked: Asked, words: str
) -> None:
    for folder in (comparison, swept):
        with pytest.raises(InputError, match=words) as error:
            trace_saved(folder, asked)
        assert len(error.value.faults) == 1


def test_what_is_no_folder_of_ours_is_one_message(run: tuple[RunResult, Path], tmp_path: Path) -> None:
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "a.txt").write_text("mine")
    (tmp_path / "empty").mkdir()
    for place, words in (("note", "Did you mean 'notes'"), ("notes", "none of them a manifest"), ("empty", "an empty")):
        with pytest.raises(InputError, match=words) as error:
            trace_saved(tmp_path / place)
        assert len(error.value.faults) == 1
    with pytest.raises(InputError, match="Inside it can be traced: run"):
        trace_saved(run[1].parent)


def test_a_truncated_folder_is_one_message(run: tuple[RunResult, Path], comparison: Path, tmp_path: Path) -> None:
    cut = tmp_path / "cut"
    shutil.copytree(run[1], cut)
    for path in [*sorted(cut.glob("*.parquet"))[:3], *sorted(cut.glob("*.csv"))[:3]]:
        path.unlink()
    shutil.copytree(comparison, tmp_path / "answer")
    (tmp_path / "answer" / "values.csv").write_text("outcome,value\nresso.users,1\n")
    shutil.copytree(run[1], tmp_path / "half")
    manifest = (tmp_path / "half" / "manifest.json").read_text()
    (tmp_path / "half" / "manifest.json").write_text(manifest[: len(manifest) // 2])
    for name, words in (("cut", "files are missing"), ("answer", "values.csv differs"), ("half", "manifest is JSON")):
        with pytest.raises(InputError, match=words) as error:
            trace_saved(tmp_path / name, Asked("users"))
        assert len(error.value.faults) == 1


def test_a_number_that_an_answer_works_out_itself_is_told_so(tmp_path: Path) -> None:
    plan = Scenario.load("tiny").replace(SMALL)
    tables = {"outcomes": pd.DataFrame({"outcome_of_talks": ["deal"], "chance": [0.4]})}
    save_answer(tmp_path / "deal", kind="deal", plan=plan, question={"draws": 4}, tables=tables, figures={})
    found = trace_saved(tmp_path / "deal", Asked("chance"))
    assert "worked out by the answer itself" in found.text
    assert found.plain["tables"]["outcomes"][0]["chance"] == 0.4
    assert found.plain["origins"][0]["run"]["scenario_digest"] == plan.digest


def test_an_answer_under_an_ensemble_names_it(tmp_path: Path) -> None:
    plan = Scenario.load("tiny").replace(SMALL)
    question = {"by": "resso.users", "ensemble": {"name": "mine", "digest": "00ff00ff00ff00ff", "runs": 8}}
    tables = {"values": pd.DataFrame({"outcome": ["resso.users"], "value": [1.0]})}
    save_answer(tmp_path / "answer", kind="comparison", plan=plan, question=question, tables=tables, figures={})
    for metric in ("", "resso.users"):
        told = " ".join(trace_saved(tmp_path / "answer", Asked(metric=metric)).text.split())
        assert "a member of the ensemble mine, hash 00ff00ff00ff00ff" in told


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"files": ["../../elsewhere.csv"]}, "names of files in the folder"), ({"files": None}, "files is a list"),
        ({"question": []}, "question is a table"), ({"digest": 3}, "digest is a text"),
        ({"origins": [{"name": "a", "card": {}, "provenance": {}}]}, "scenario has name"),
        ({"sha256": {"ranking.csv": 1}}, "is a text"),
    ],
)  # fmt: skip
def test_a_marker_of_another_form_is_told(
    comparison: Path, tmp_path: Path, change: dict[str, object], words: str
) -> None:
    folder = tmp_path / "changed"
    shutil.copytree(comparison, folder)
    marker = next(folder.glob("*.json"))
    marker.write_text(json.dumps({**json.loads(marker.read_text()), **change}))
    with pytest.raises(InputError, match=words):
        trace_saved(folder)


@pytest.mark.parametrize("content", [b"a,b\n1,2,3\n", b'a,b\n1,"2\n', b"a\n\xed\xa0\x80\n", b""])
def test_a_table_of_an_answer_that_is_none_is_told(comparison: Path, tmp_path: Path, content: bytes) -> None:
    folder = tmp_path / "changed"
    shutil.copytree(comparison, folder)
    marker = next(folder.glob("*.json"))
    values = json.loads(marker.read_text())
    name = next(one for one in values["files"] if one.endswith(".csv"))
    (folder / name).write_bytes(content)
    marker.write_text(json.dumps({**values, "sha256": {}}))
    with pytest.raises(InputError, match=name):
        trace_saved(folder)


def test_markers_nested_beyond_reading_are_passed_over(tmp_path: Path) -> None:
    for name in ("manifest.json", "deal.json"):
        (tmp_path / name).write_text("[" * 100_000)
        with pytest.raises(InputError):
            trace_saved(tmp_path)


def test_a_comparison_of_what_two_scenarios_share_is_traced_to_what_was_lived(
    tmp_path: Path, starts: StartStore
) -> None:
    whole = Scenario.from_mapping({"name": "whole", "markets": ["ID", "BR"], "users": 200, "months": 3})
    part = whole.replace({"name": "part", "markets": ["ID"], "months": 2, "platforms.resso.integration.ID": 1.0})
    compare(whole, part, replicates=3, most=3, outcomes=["resso.users"], by="resso.users", starts=starts).save(
        tmp_path / "cut"
    )
    told = trace_saved(tmp_path / "cut", Asked("resso.users")).text
    assert "note: compared in the markets in common: ID" in told
    assert "note: compared over the months in common: 2, to 2022-11" in told
    assert "1 market(s), 2 months" in told
    lived = sm.run(whole.replace({"markets": ["ID"], "months": 2}), replicates=3, starts=starts)
    assert all(one in " ".join(told.split()) for one in lived.provenance.run_ids.values())
    with pytest.raises(InputError, match="Known: ID"):
        trace_saved(tmp_path / "cut", Asked("resso.users", where={"market": "BR"}))


def test_a_path_that_none_can_be_is_told() -> None:
    with pytest.raises(InputError, match="no such place"):
        trace_saved("a" * 5000)


@pytest.mark.parametrize("asked", [
    Asked("users", date="\udca4"), Asked("users", {"market": "\udca4"}), Asked("\udca4"),
    Asked("users", policy="a\ud800"),
])  # fmt: skip
def test_words_with_halves_of_signs_are_told(run: tuple[RunResult, Path], comparison: Path, asked: Asked) -> None:
    for folder in (run[1], comparison):
        with pytest.raises(InputError, match="is a text in UTF-8"):
            trace_saved(folder, asked)
    with pytest.raises(InputError, match=r"Known|Did you mean"):
        run[0].origin("users", where={"market": "\udca4"}, date="")
