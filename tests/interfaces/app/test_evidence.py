"""The page Evidence: pictures and tables say what the shipped files say, and a source is what `trace` tells."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from model.experiments.backtest.told import NAME, read_told
from model.experiments.pattern import ranged
from model.experiments.pattern_file import Measured, read_measured
from model.experiments.pattern_notes import NOTES
from model.experiments.run import run
from model.experiments.tracing import Asked, trace_result
from model.foundation.errors import InputError
from model.interfaces.app import evidence
from model.interfaces.app.as_it_stands import as_it_stands
from model.interfaces.app.background import Cancelled, Worker
from model.interfaces.app.charts import evidence as charts
from model.interfaces.app.charts.crowd import crowd_table
from model.interfaces.app.charts.money import ad_prices, label_income, margin_by_service, revenue_by_service
from model.interfaces.app.charts.people import markets_at_a_glance, payers_by_service, users_by_service
from model.interfaces.app.charts.songs import top_songs
from model.interfaces.app.charts.world_map import world_map
from model.interfaces.app.pages.evidence_patterns import fact_rows, made_words, numbers_words, row_of
from model.interfaces.app.pages.evidence_sources import (
    chosen_places,
    number_tile,
    parameter_rows,
    run_rows,
)
from model.interfaces.app.pages.evidence_sources import (
    fact_rows as traced_facts,
)
from model.interfaces.app.pages.evidence_told import calibration_words, members_words
from model.interfaces.app.pages.run import tiles
from model.interfaces.app.restore import PageState
from model.interfaces.app.seen import Seen
from model.interfaces.app.session import Session
from model.interfaces.app.sweep_folder import SweepFolder
from model.interfaces.app.words import amount
from model.market.start_store import StartStore
from model.results.measures import MEASURES

pytestmark = pytest.mark.page
Opened = Callable[..., Session]
STATE = PageState(scenario="tiny", sets={"users": 300, "months": 8}, month=3)
PRICE = "platforms.spotify.price.ID.individual"


@pytest.fixture
def session(opened: Opened) -> Session:
    return opened(STATE)


def seen_of(session: Session) -> Seen:
    assert session.seen is not None
    return session.seen


# --- what is shipped --------------------------------------------------------------------------------------------------


def test_all_that_the_package_ships_is_there() -> None:
    held = evidence.shipped()
    assert held.patterns is not None
    assert held.backtest is not None
    assert held.calibration is not None
    assert held.screening is not None
    assert held.patterns.patterns == read_measured().patterns


def test_pictures_of_evidence_are_plain_json_with_numbers_and_words() -> None:
    held = evidence.shipped()
    assert held.patterns and held.backtest and held.calibration and held.screening  # noqa: PT018
    outcome, rows = held.screening.of(None)
    pictures = [
        charts.patterns_picture(held.patterns), charts.backtest_picture(held.backtest),
        charts.calibration_picture(held.calibration),
        charts.assumptions_picture(rows, outcome=outcome, response=held.screening.response),
    ]  # fmt: skip
    for one in pictures:
        assert json.loads(json.dumps(one.option, allow_nan=False))["series"]
        assert one.title
        assert one.subtitle
        assert one.spoken
        assert not one.table.empty


def test_a_pattern_stands_inside_its_band_when_it_is_hit() -> None:
    found = evidence.shipped().patterns
    assert found is not None
    for one in found.patterns:
        if one.verdict in ("hit", "miss"):
            assert (abs(charts.place_in_band(one)) <= 1.0 + 1e-9) == (one.verdict == "hit"), one.name
    option = charts.patterns_picture(found).option
    drawn = {kind: len(next(one for one in option["series"] if one["id"] == kind)["data"]) for kind in ("hit", "miss")}
    assert drawn == {kind: found.counts[kind] for kind in ("hit", "miss")}


def test_a_miss_far_away_is_drawn_at_the_edge_and_says_so() -> None:
    found = Measured("0.1.0+x", "y", 10, (ranged("P1a", "far", "%", "1", 0.0, 1.0, 90.0, "run"),))
    (dot,) = charts.patterns_picture(found).option["series"][3]["data"]
    assert dot["value"] == [charts.FAR, 0]
    assert "further than drawn" in dot["tooltip"]["formatter"]


def test_words_say_what_the_numbers_are() -> None:
    held = evidence.shipped()
    assert held.patterns and held.backtest and held.calibration  # noqa: PT018
    for one in held.patterns.patterns:
        assert row_of(one)[0] == one.name
        assert one.target in numbers_words(one)
        assert fact_rows(NOTES[one.name].facts) or not NOTES[one.name].facts
    assert f"{held.patterns.counts['miss']} missed" in made_words(held.patterns)
    assert held.backtest.model_version in members_words(held.backtest)
    told = " ".join(calibration_words(held.calibration))
    assert all(name in told for name in held.calibration.missed)
    assert f"{held.calibration.moments - len(held.calibration.missed)} of {held.calibration.moments}" in told


def test_backtests_of_the_results_are_found_and_no_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = tmp_path / "results"
    told = read_told()
    for name in ("good", "harmed", "large", "led"):
        (root / name).mkdir(parents=True)
    told.save(root / "good" / NAME)
    (root / "harmed" / NAME).write_text("{")
    (root / "large" / NAME).write_text(" " * (evidence.LARGEST + 1))
    outside = told.save(tmp_path / "outside.json")
    (root / "led" / NAME).symlink_to(outside)
    monkeypatch.setattr(evidence, "sweep_folder", lambda: SweepFolder(root))
    found = evidence.own_backtests()
    assert list(found) == ["good"]
    assert found["good"].chance == told.chance
    monkeypatch.setattr(evidence, "sweep_folder", lambda: SweepFolder(tmp_path / "nowhere"))
    assert evidence.own_backtests() == {}


# --- measuring anew ---------------------------------------------------------------------------------------------------


def test_patterns_are_measured_beside_the_page_and_end_when_cancelled(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []
    begun, goes_on = threading.Event(), threading.Event()

    def slow(*, starts: StartStore, users: int, tell: Callable[[str], None]) -> list[object]:
        tell("history")
        begun.set()
        assert goes_on.wait(30)
        tell("baseline")
        return [ranged("P4", "churn", "%", "4", 3.0, 5.0, 4.0, "history")]

    monkeypatch.setattr(evidence, "patterns", slow)
    worker, kept = Worker(), []
    for _ in range(2):
        worker.start("patterns", lambda report: kept.append(evidence.measure_patterns(report, starts=StartStore(None))))
        assert begun.wait(30)
        if not kept and not told:
            told.append(worker.progress.stage)
            worker.cancel()
        goes_on.set()
        assert worker.wait(30)
    assert told == ["run “history”"]
    assert [one.counts["hit"] for one in kept] == [1]
    assert kept[0].users == evidence.MEASURE_USERS


def test_one_page_at_a_time_measures(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(evidence, "LOOK", 0.01)
    stages: list[str] = []

    def report(stage: str, done: int, whole: int) -> None:
        stages.append(stage)
        raise Cancelled

    assert evidence._MEASURING.acquire(timeout=5)
    try:
        with pytest.raises(Cancelled):
            evidence.measure_patterns(report, starts=StartStore(None))
    finally:
        evidence._MEASURING.release()
    assert stages == ["waiting for another page that measures"]


# --- sources ----------------------------------------------------------------------------------------------------------


def test_every_picture_and_tile_of_the_run_leads_to_a_column(session: Session) -> None:
    seen = seen_of(session)
    made = (users_by_service, payers_by_service, revenue_by_service, margin_by_service, label_income, ad_prices,
            markets_at_a_glance, world_map)  # fmt: skip
    pictures = [one(seen.result) for one in made] + [top_songs(seen.result.runs[0].records, market="ID")]
    measures = [one.measure for one in pictures] + [one["measure"] for one in tiles(seen, market="")]
    offered = dict(evidence.columns_offered())
    assert all(name in offered for name in measures), measures
    assert {"streamers", "people_paying", "revenue", "label_income", "users", "gross_margin"} <= set(measures)


def test_every_column_that_is_offered_can_be_traced(session: Session) -> None:
    result = seen_of(session).result
    for name, _ in evidence.columns_offered():
        where, choices = chosen_places(result, name, {})
        found = evidence.traced(result, name, where, "")
        assert found.plain["metric"]["name"] == name
        assert set(choices) <= {"market", "platform", "tier", "label"}
        assert run_rows(found.plain["run"])


def test_a_source_is_what_the_same_run_of_the_command_line_is_traced_to(session: Session) -> None:
    seen = seen_of(session)
    where = {"market": "ID", "platform": "resso"}
    found = evidence.traced(seen.result, "payers", where, seen.date).plain
    plan = as_it_stands(session.state)
    wanted = trace_result(run(plan, starts=session.starts), Asked("payers", where, seen.date, full=True)).plain
    assert found["number"] == wanted["number"]
    assert found["run"]["run_ids"] == wanted["run"]["run_ids"]
    for key in ("parameters", "facts", "start", "events", "metric"):
        assert found[key] == wanted[key], key
    rows = seen.result.services.query("market == 'ID' and platform == 'resso' and month == 3")["payers"]
    assert found["number"]["mean"] == rows.item()
    assert amount(rows.item()) in number_tile(found)["value"]
    facts = {one["id"]: one for one in found["facts"]}
    for row in traced_facts(found["facts"]):
        assert row[2] == f"{facts[row[0]]['value']} {facts[row[0]]['unit']}"


def test_what_was_set_on_the_way_is_part_of_the_identity(session: Session) -> None:
    before = evidence.as_steered(seen_of(session), session.state)
    assert before == (seen_of(session).result, True)
    assert session.set_lever(PRICE, 30_000.0)
    session.step()
    assert session.worker.wait(60)
    result, whole = evidence.as_steered(seen_of(session), session.state)
    assert whole
    assert result.provenance.scenario_digest == as_it_stands(session.state).digest
    assert result.provenance.scenario_digest != before[0].provenance.scenario_digest
    again = run(as_it_stands(session.state), starts=session.starts)
    rows = [one.services.query("month == 4 and platform == 'spotify'") for one in (result, again)]
    assert rows[0]["revenue"].sum() == rows[1]["revenue"].sum() > 0.0


def test_a_run_that_no_scenario_can_say_keeps_the_identity_of_its_opening(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_: PageState) -> None:
        raise InputError([])

    session.set_lever(PRICE, 30_000.0)
    session.step()
    assert session.worker.wait(60)
    monkeypatch.setattr(evidence, "as_it_stands", refuse)
    assert evidence.as_steered(seen_of(session), session.state) == (seen_of(session).result, False)


def test_places_that_a_column_does_not_have_are_left_out(session: Session) -> None:
    result = seen_of(session).result
    where, choices = chosen_places(result, "label_income", {"market": "ID", "platform": "nobody", "label": "sony"})
    assert where["market"] == "ID"
    assert where["label"] == "sony"
    assert where["platform"] == ""
    assert "nobody" not in choices["platform"]
    assert evidence.dates_of(seen_of(session)) == ["2022-12", "2022-11", "2022-10"]


def test_parameters_that_the_run_sets_come_first(opened: Opened) -> None:
    session = opened(replace(STATE, sets={**STATE.sets, "parameters.theta": 2.25}))
    found = evidence.traced(seen_of(session).result, "users", {}, "")
    rows = parameter_rows(found.plain["parameters"])
    assert rows[0][:2] == ["theta", "2.25"]
    assert all(len(row) == 7 for row in rows)
    assert "theta = 2.25" in found.text


def test_the_crowd_is_saved_as_it_is_seen(session: Session) -> None:
    crowd = seen_of(session).crowds["ID"]
    table = crowd_table(crowd)
    assert len(table) == len(crowd.uid)
    paid = table[table["user"] == crowd.uid[5]].iloc[0]
    assert paid["service"] == ("outside" if crowd.service[5] < 0 else crowd.platforms[crowd.service[5]])
    assert paid["paid"] == crowd.paid[5]
    assert MEASURES["users"].unit == "people"


def test_words_of_evidence_are_no_html() -> None:
    """What a backtest or a pattern is called reaches the browser as the text of a tooltip."""
    found = Measured("0.1.0+x", "y", 10, (ranged("P1<img src=x>", "far <b>", "%<i>", "1", 0.0, 1.0, 90.0, "run"),))
    (dot,) = charts.patterns_picture(found).option["series"][3]["data"]
    told = dot["tooltip"]["formatter"]
    assert "P1&lt;img src=x&gt;" in told
    assert re.findall(r"<(?!/?b>|br>)", told) == []
    held = evidence.shipped().backtest
    assert held is not None
    held = replace(held, series=held.series.assign(best_rule="<script>alert(1)</script>"))
    drawn = json.dumps(charts.backtest_picture(held).option)
    assert "<script" not in drawn
