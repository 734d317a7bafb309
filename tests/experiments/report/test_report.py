"""A report as a reader meets it: its numbers are the runs', each leads to its source, and it stands alone."""

from __future__ import annotations

import base64
import json
import re
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from model.experiments.comparing import compare
from model.experiments.comparing.outcomes import END, HORIZON, WORLD
from model.experiments.report import Report, make_report, report_of, write_report
from model.experiments.report.amounts import amount
from model.experiments.report.document import bare
from model.experiments.report.gaps import CLEAR, LEANING, OPEN, SAME, SINGLE, Gap
from model.experiments.tracing import Asked, trace_saved
from model.foundation.errors import InputError
from model.market.start_store import StartStore
from model.spec.scenario import Scenario

SMALL = {"users": 300, "months": 4, "markets": ["ID", "BR"]}
TIED = {**SMALL, "platforms.resso.integration.ID": 1.0}
ORDER = ["Answer", "Evidence", "Uncertainty", "Deals", "Rivals: who gains, who loses", "Patterns hit and missed",
         "Assumptions that matter", "Provenance"]  # fmt: skip


def both(*reports: Report) -> list[str]:
    return [report.html() for report in reports]


def test_the_answer_comes_first_and_the_sources_last(paired: Report, single: Report) -> None:
    for report in (paired, single):
        assert [section.title for section in report.document.sections] == ORDER
        page = report.html()
        assert page.index('id="answer"') < page.index('class="answer"') < page.index('id="evidence"')


def test_every_number_of_differences_is_that_of_a_comparison(paired: Report, starts: StartStore) -> None:
    plans = [Scenario.load("tiny").replace(one) for one in (SMALL, TIED)]
    names = [name for name in paired.question.headline if name in paired.question.readings.outcomes]
    found = compare(*plans, names=["base", "tied"], replicates=3, most=3, outcomes=names, starts=starts)
    table = found.table().set_index(["outcome", "market", "over"])
    rows = paired.numbers()
    told = rows[(rows["kind"] == "difference") & rows["outcome"].isin(names)]
    assert len(told) > 10
    for row in told.to_dict("records"):
        wanted = table.loc[(row["outcome"], row["market"], row["over"])]
        assert np.isclose(row["value"], wanted["difference"], rtol=1e-9, atol=1e-9)
        assert np.allclose([row["low"], row["high"]], wanted[["low", "high"]].to_numpy(float), atol=1e-9)
    levels = rows[(rows["kind"] == "level") & rows["outcome"].isin(names) & (rows["market"] == "total")]
    for row in levels.to_dict("records"):
        column = "scenario_mean" if row["scenario"] == paired.question.arm.name else "base_mean"
        assert np.isclose(row["value"], table.loc[(row["outcome"], "total", row["over"])][column], rtol=1e-9)


def test_levels_of_a_world_are_those_of_its_tables(single: Report) -> None:
    arm = single.question.arm
    services = arm.result.services
    last = services[(services["month"] == arm.plan.months) & (services["platform"] == "resso")]
    rows = single.numbers().set_index(["outcome", "over"])
    wanted = last.groupby("replicate")["users"].sum().mean()
    assert rows.loc[("resso.users", "end")]["value"] == pytest.approx(wanted)
    opening = services[(services["month"] == 0) & (services["platform"] == "resso")]
    assert rows.loc[("resso.users", "opening")]["value"] == pytest.approx(
        opening.groupby("replicate")["users"].sum().mean()
    )
    shown = bare(single.document.sections[0].blocks[0].text)  # type: ignore[union-attr]
    assert amount(wanted, "people") in shown


def test_every_link_resolves_and_every_number_row_is_led_to(paired: Report, single: Report) -> None:
    for report in (paired, single):
        page = report.html()
        ids = re.findall(r'\bid="([^"]+)"', page)
        assert len(ids) == len(set(ids))
        linked = set(re.findall(r'href="#([^"]+)"', page))
        assert linked <= set(ids)
        rows = {name for name, _ in report.question.numbers.rows}
        assert rows <= linked
        assert rows <= set(ids)
        markdown = report.markdown()
        anchors = set(re.findall(r'<a id="([^"]+)"></a>', markdown))
        assert set(re.findall(r"\]\(#([^)]+)\)", markdown)) <= anchors


def test_nothing_is_loaded_from_anywhere(paired: Report, single: Report) -> None:
    for page in both(paired, single):
        assert re.findall(r"(?:src|href)=\"(?!#|data:image/png;base64,)", page) == []
        assert "url(" not in page
        assert "<script" not in page
        assert "@import" not in page
        assert "default-src 'none'" in page


def test_headings_go_down_one_step_at_a_time(paired: Report, single: Report) -> None:
    for page in both(paired, single):
        levels = [int(one) for one in re.findall(r"<h([1-6])[ >]", page)]
        assert levels[0] == 1
        assert levels.count(1) == 1
        assert all(after - before <= 1 for before, after in pairwise(levels))


def test_pictures_say_what_they_show_and_tables_have_heads(paired: Report, single: Report) -> None:
    for report in (paired, single):
        page = report.html()
        alts = re.findall(r'<img [^>]*alt="([^"]*)"', page)
        assert len(alts) == len(report.document.pictures) == page.count("<img ")
        assert all(len(alt) > 40 and re.search(r"\d", alt) for alt in alts)
        for data in re.findall(r"base64,([^\"]+)\"", page):
            assert base64.b64decode(data).startswith(b"\x89PNG")
        tables = re.findall(r"<table[ >].*?</table>", page, flags=re.DOTALL)
        assert tables
        for table in tables:
            assert "<caption>" in table
            assert 'scope="col"' in table
            assert table.count('scope="row"') == table.count("<tr") - 1


def test_a_licence_at_stake_has_its_room(single: Report) -> None:
    (room,) = single.rooms
    assert (room.stake.platform, room.stake.label, room.stake.markets) == ("resso", "sony", ("ID",))
    page = bare("".join(single.html()))
    assert "least Sony accepts" in page
    rows = single.numbers().set_index("outcome")
    assert rows.loc["deal.resso.sony.streaming.zone"]["value"] == room.room.agreement()
    least = room.room.summary().loc["least"]
    assert rows.loc["deal.resso.sony.streaming.least"]["value"] == pytest.approx(least["mean"])


def test_it_is_saved_whole_replaced_and_traced(paired: Report, tmp_path: Path) -> None:
    folder = tmp_path / "kept"
    page = paired.save(folder)
    assert page.read_text(encoding="utf-8") == paired.html()
    marker = json.loads((folder / "report.json").read_text(encoding="utf-8"))
    assert set(marker["files"]) == {path.name for path in folder.iterdir()} - {"report.json"}
    assert {f"{one.name}.png" for one in paired.document.pictures} <= set(marker["files"])
    names = [name for name in paired.question.headline if name in paired.question.readings.outcomes]
    traced = trace_saved(folder, Asked(metric=names[0]))
    run_ids = list(paired.question.arm.result.provenance.run_ids.values())
    assert all(one in traced.text for one in run_ids)
    paired.save(folder)
    (folder / "mine.txt").write_text("x", encoding="utf-8")
    with pytest.raises(InputError, match="earlier report"):
        paired.save(folder)


def test_a_result_that_is_held_gives_the_same_report(paired: Report, tmp_path: Path) -> None:
    one, base = (arm.result for arm in paired.question.arms)
    again = report_of(one, versus=base)
    rows = paired.numbers().drop(columns=["scenario", "base"])
    assert again.numbers().drop(columns=["scenario", "base"]).equals(rows)
    alone = write_report(one, tmp_path / "alone")
    assert "goes from" in alone.read_text(encoding="utf-8")
    with pytest.raises(InputError, match="markets"):
        report_of(one, versus=_other(base))
    with pytest.raises(InputError, match="not run again"):
        write_report(one, tmp_path / "new", replicates=4)


def _other(base):  # type: ignore[no-untyped-def]
    from model.results import RunResult

    plan = base.scenario.replace({"markets": ["ID"]})
    return RunResult.from_runs(plan, base.runs)


def test_one_run_says_that_it_is_one(starts: StartStore) -> None:
    plan = Scenario.load("tiny").replace({**SMALL, "markets": ["ID"], "months": 2})
    report = make_report(plan, versus=Scenario.load("tiny").replace({**TIED, "markets": ["ID"], "months": 2}),
                         replicates=1, starts=starts)  # fmt: skip
    answer = bare(report.document.sections[0].blocks[0].text)  # type: ignore[union-attr]
    assert "too few to tell it from chance" in answer
    assert "interval" not in answer


@pytest.mark.parametrize(
    ("gap", "members", "sure"),
    [
        (Gap(1.0, 2.0, 1.0, 0.5, 1.5, 1.0, 6), False, CLEAR),
        (Gap(1.0, 0.0, -1.0, -1.5, -0.5, 0.0, 6), True, CLEAR),
        (Gap(1.0, 1.2, 0.2, -0.5, 0.9, 0.8, 20), True, LEANING),
        (Gap(1.0, 1.2, 0.2, -0.5, 0.9, 0.8, 20), False, OPEN),
        (Gap(1.0, 0.8, -0.2, -0.9, 0.5, 0.1, 20), True, LEANING),
        (Gap(1.0, 0.8, -0.2, -0.9, 0.5, 0.1, 20, same=0.8), True, OPEN),
        (Gap(1.0, 1.2, 0.2, -0.5, 9.0, 0.1, 20), True, OPEN),
        (Gap(1.0, 1.0, 0.0, 0.0, 0.0, 0.0, 6), False, SAME),
        (Gap(1.0, 1.0, 0.0, -1.0, 1.0, 0.5, 6), False, OPEN),
        (Gap(1.0, 2.0, 1.0, float("nan"), float("nan"), 1.0, 1), False, SINGLE),
        (Gap(1.0, 2.0, 1.0, 0.9, 1.1, 1.0, 2), False, SINGLE),
    ],
)
def test_how_sure_a_difference_is(gap: Gap, members: bool, sure: str) -> None:
    assert gap.sureness(members=members) == sure


def test_an_open_difference_is_told_as_no_clear_winner(paired: Report, monkeypatch: pytest.MonkeyPatch) -> None:
    from model.experiments.report.answer_part import answer_section
    from model.experiments.report.gaps import Readings
    from model.experiments.report.telling import Teller

    def open_gap(*_: object, **__: object) -> Gap:
        return Gap(10.0, 10.5, 0.5, -2.0, 3.0, 0.6, 6)

    monkeypatch.setattr(Readings, "gap", open_gap)
    told = bare(answer_section(Teller(paired.question), misses=0).blocks[0].text)  # type: ignore[union-attr]
    assert told.startswith("No clear winner")
    assert "holds 0" in told
    assert "raises" not in told


@pytest.mark.parametrize(
    ("difference", "above", "told"),
    [
        (
            0.5,
            0.925,
            "raises",
        ),
        (-0.5, 0.075, "lowers"),
    ],
)
def test_a_probable_rise_lies_above_and_a_probable_fall_below_in_most_members(
    paired: Report, monkeypatch: pytest.MonkeyPatch, difference: float, above: float, told: str
) -> None:
    from model.experiments.report.answer_part import answer_section
    from model.experiments.report.gaps import Readings
    from model.experiments.report.telling import Teller

    def leaning(*_: object, **__: object) -> Gap:
        return Gap(10.0, 10.0 + difference, difference, difference - 2.0, difference + 2.0, above, 40)

    monkeypatch.setattr(Readings, "gap", leaning)
    monkeypatch.setattr(Readings, "members", True)
    words = bare(answer_section(Teller(paired.question), misses=0).blocks[0].text)  # type: ignore[union-attr]
    where = "above" if difference > 0.0 else "below"
    assert f"probably {told}" in words
    assert f"it lies {where} " in words
    assert "in 37 of 40 members" in words


def test_what_is_nothing_in_every_run_is_not_drawn(paired: Report, monkeypatch: pytest.MonkeyPatch) -> None:
    from model.experiments.report import evidence_part
    from model.experiments.report.telling import Teller

    def names() -> list[str]:
        (gallery,) = evidence_part._charts(Teller(paired.question))
        return [one.name for one in gallery.pictures]  # type: ignore[union-attr]

    drawn = names()
    assert any(name.startswith("difference_") for name in drawn)
    real = evidence_part.months_of
    monkeypatch.setattr(evidence_part, "months_of", lambda arm, outcome: real(paired.question.arm, outcome))
    assert names() == [name for name in drawn if name.startswith("levels_")]
    monkeypatch.setattr(evidence_part, "months_of", lambda arm, outcome: 0.0 * real(arm, outcome))
    (words,) = evidence_part._charts(Teller(paired.question))
    assert "other than 0" in words.text  # type: ignore[union-attr]


@pytest.mark.parametrize(("low", "told"), [(-2.0, False), (0.2, True)])
def test_only_a_sure_difference_is_said_to_arise_somewhere(
    paired: Report, monkeypatch: pytest.MonkeyPatch, low: float, told: bool
) -> None:
    from model.experiments.report.answer_part import answer_section
    from model.experiments.report.gaps import Readings
    from model.experiments.report.telling import Teller

    def in_one_market(*_: object, market: str = WORLD, **__: object) -> Gap:
        size = 1.0 if market in (WORLD, "ID") else 0.0
        return Gap(10.0, 10.0 + size, size, low, 3.0, 0.9, 6)

    monkeypatch.setattr(Readings, "gap", in_one_market)
    listed = answer_section(Teller(paired.question), misses=0).blocks[1]
    words = " ".join(bare(one) for one in listed.items)  # type: ignore[union-attr]
    assert ("arises in Indonesia" in words) == told


def test_levers_and_parameters_are_told_as_events_are(paired: Report, starts: StartStore) -> None:
    from model.experiments.report.evidence_part import evidence_section
    from model.experiments.report.telling import Teller

    text = paired.markdown()
    played = text[text.index("What is played") : text.index("Month by month")]
    assert "integration with TikTok 1 (inside TikTok) in ID" in played
    one = Scenario.load("tiny").replace({**SMALL, "users": 100, "months": 2, "parameters.theta": 1.5})
    report = make_report(one.replace({"parameters.theta": 1.7}), versus=one, replicates=1, starts=starts)
    blocks = evidence_section(Teller(report.question)).parts[0].blocks
    told = " ".join(str(block) for block in blocks)
    assert told.index("theta = 1.7 ") < told.index("theta = 1.5 ")  # what the other does is told too


def test_wrong_sizes_are_told_at_once() -> None:
    with pytest.raises(InputError) as caught:
        make_report("tiny", replicates=0, deal_draws=-1)
    assert len(caught.value.faults) == 2
    assert (END, HORIZON, WORLD) == ("end", "horizon", "total")
