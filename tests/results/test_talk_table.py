"""The table of talks, the course of each, and their lines in the summary."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from model.facts.start import load_start
from model.market.agenda import NEVER
from model.mechanisms.talks.records import DEAL, NO_DEAL, OPEN, WALK_OUT
from model.results.run_result import RunResult
from model.results.runs import FinishedRun
from model.results.talk_lines import SHOWN, talk_lines
from model.results.talk_table import (
    AWAY,
    COURSES,
    EXTENDED,
    IN_TIME,
    NONE,
    RETURNED,
    STAYS,
    TALKING,
    course_of,
    talks_of_runs,
)

START = 2022 * 12 + 9


def table(*talks, replicates=1):
    runs = [FinishedRun(number, (), {}, talks=talks) for number in range(replicates)]
    return talks_of_runs(runs, start_month=START)


def test_a_row_tells_the_talk_in_dates(result):
    row = result.talks.query("replicate == 1 and label == 'universal'").iloc[0]
    assert len(result.talks) == 4
    assert (row["platform"], row["markets"], row["licence_kind"]) == ("resso", "IN,BR", "streaming")
    assert (row["begun"], row["ended"], row["ends"], row["walked"]) == ("2022-10", "", "2022-11", "2022-12")
    assert (row["outcome"], row["pressed"], row["cause"]) == (OPEN, "label", "disagreement")
    assert np.isnan(row["payment_usd"])
    assert (row["present_usd"], row["least_usd"], row["most_usd"]) == (4e5, 1e5, 3e5)
    assert (row["label_belief"], row["platform_belief"]) == (0.02, 0.1)


def test_the_new_licence_is_told_by_its_first_and_last_month(make_talk):
    deals = load_start("2022-10").deals[:2]
    late = replace(deals[0], signed=START + 4, expires=START + 20)
    written = (late, replace(deals[1], signed=START + 3, expires=START + 5))
    row = table(replace(make_talk(), licence=written)).iloc[0]
    assert (row["licence_from"], row["licence_to"]) == ("2023-01", "2024-06")
    none = table(make_talk()).iloc[0]
    assert (none["licence_from"], none["licence_to"]) == ("", "")


@pytest.mark.parametrize(
    ("course", "parts"),
    [
        (IN_TIME, {}),
        (EXTENDED, {"weeks_extended": 3}),
        (RETURNED, {"walked": 2, "weeks_out": 5, "weeks_extended": 3}),
        (STAYS, {"kind": WALK_OUT, "walked": 2, "weeks_out": 5, "payment": None}),
        (NONE, {"kind": NO_DEAL, "payment": None, "ends": NEVER}),
        (AWAY, {"kind": OPEN, "walked": 2, "weeks_out": 5, "ended": None, "payment": None}),
        (TALKING, {"kind": OPEN, "ended": None, "payment": None}),
    ],
)
def test_every_course_has_its_talk(make_talk, course, parts):
    assert course in COURSES
    assert course_of(make_talk(**parts)) == course
    assert table(make_talk(**parts))["course"].tolist() == [course]


@pytest.mark.parametrize(
    ("parts", "again", "first"),
    [
        ({}, RETURNED, IN_TIME),
        ({"kind": NO_DEAL, "payment": None}, STAYS, NONE),
        ({"kind": OPEN, "ended": None, "payment": None}, AWAY, TALKING),
    ],
)
def test_a_label_that_comes_back_to_the_table_was_away(make_talk, parts, again, first):
    """A licence before, ended, and no music now; default terms stand where there never was a licence."""
    start = load_start("2022-10")
    recorded = start.deals_of(platform="resso", market="BR", kind="streaming")["sony"]
    default = start.default_deal(platform="gaana", label="sony", market="IN")
    talk = make_talk(ends=NEVER, **parts)
    for old, course in (((recorded,), again), ((default,), first)):
        assert course_of(replace(talk, item=replace(talk.item, old=old))) == course
    held = replace(talk, item=replace(talk.item, old=(recorded,), ends=recorded.expires))
    assert course_of(held) != again


def test_a_walk_out_within_one_month_took_no_music_away_but_was_not_in_time(make_talk):
    """The world is lived by the month: weeks away within one are signed after the licence's end, the music there."""
    talk = make_talk(kind=DEAL, walked=None, weeks_out=2, pressed="label")
    assert course_of(talk) == EXTENDED
    assert course_of(make_talk(kind=DEAL, walked=None, weeks_out=0, weeks_extended=0)) == IN_TIME


def test_a_talk_without_an_old_licence_has_no_end_of_it(make_talk):
    assert table(make_talk(ends=NEVER))["ends"].tolist() == [""]


def test_a_run_without_talks_has_the_table_without_rows(make_run, make_scenario, tmp_path):
    run = make_run(1)
    quiet = FinishedRun(0, run.records, run.flows, settlings=run.settlings)
    result = RunResult.from_runs(make_scenario(), [quiet])
    assert len(result.talks) == 0
    assert "Talks" not in result.summary_text()
    result.save(tmp_path / "kept", formats=("csv",))
    pd.testing.assert_frame_equal(RunResult.load(tmp_path / "kept").talks, result.talks, check_dtype=False)


def test_talks_are_saved_and_loaded(result, tmp_path):
    result.save(tmp_path / "kept")
    pd.testing.assert_frame_equal(RunResult.load(tmp_path / "kept").talks, result.talks)


def test_one_run_has_a_line_for_each_talk(make_talk):
    back = make_talk(walked=2, weeks_out=5, pressed="platform", cause="cannibalisation", ended=7, payment=31e4)
    (line,) = talk_lines(table(back), replicates=1)
    assert line == (
        "resso and sony (IN, BR): walk-out in 2022-11 (platform; cannibalisation), back 2023-04 at 0.31 m USD a month "
        "(old terms: 0.40 m)"
    )
    away = make_talk(kind=OPEN, walked=2, weeks_out=5, pressed="label", cause="disagreement", ended=None, payment=None)
    assert talk_lines(table(away), replicates=1)[0].endswith("(label; disagreement), still away at the end")
    first = make_talk(ends=NEVER, payment=5e3)
    (line,) = talk_lines(table(first), replicates=1)
    assert line == "resso and sony (IN, BR): deal in time, 2022-12, at 5.0 k USD a month"
    gone = make_talk(kind=NO_DEAL, payment=None, ends=NEVER)
    assert talk_lines(table(gone), replicates=1) == ["resso and sony (IN, BR): no deal in 2022-12"]


def test_many_talks_are_cut_with_a_word(make_talk):
    talks = [make_talk(f"label {number}") for number in range(SHOWN + 3)]
    lines = talk_lines(table(*talks), replicates=1)
    assert len(lines) == SHOWN + 1
    assert lines[-1] == "3 more: table talks."


def test_replicates_are_counted_by_licence(result, make_talk):
    text = result.summary_text()
    assert "resso and sony (IN, BR): deal in time 2; pays 0.50 of old terms (median)" in text
    assert "resso and universal (IN, BR): open, music away 2; walk-outs 2 of 2" in text
    again = talk_lines(table(make_talk(), make_talk(payment=4e5), replicates=2), replicates=2)
    assert again[1].startswith("resso and sony (IN, BR), talks 2: deal in time 2; pays 1.00")
