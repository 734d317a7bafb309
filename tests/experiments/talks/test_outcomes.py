"""Talks over replicates: counts, shares, walk-outs and durations; faults, stops, and Sony's exit as an outcome."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from model.experiments.run import MONTHS, run
from model.experiments.talks import TalkOutcomes, TalksStopped, talk_outcomes
from model.experiments.talks.outcomes import EVERY, LICENCE
from model.experiments.talks.picture import MOST_ROWS, talks_figure
from model.foundation.errors import InputError
from model.market.start_store import StartStore
from model.results.talk_table import AWAY, EXTENDED, IN_TIME, RETURNED
from model.spec.scenario import Scenario
from model.theory.proportion import wilson

ROW = {
    "platform": "resso", "label": "sony", "licence_kind": "streaming", "markets": "IN,ID", "begun": "2022-06",
    "ended": "2022-08", "ends": "2022-08", "course": IN_TIME, "outcome": "deal", "pressed": "", "cause": "", "weeks": 3,
    "weeks_extended": 0, "weeks_out": 0, "walked": "", "payment_usd": 50.0, "present_usd": 100.0, "least_usd": 1.0,
    "most_usd": 2.0, "label_belief": 0.0, "platform_belief": 0.1, "licence_from": "", "licence_to": "", "number": 1,
}  # fmt: skip
BACK = {"course": RETURNED, "pressed": "label", "cause": "disagreement", "weeks": 30, "weeks_out": 20,
        "walked": "2022-09", "ended": "2023-02", "payment_usd": 150.0}  # fmt: skip
OUT = {"course": AWAY, "outcome": "open", "pressed": "platform", "cause": "cannibalisation", "weeks": 70,
       "weeks_out": 60, "walked": "2022-09", "ended": "", "payment_usd": np.nan}  # fmt: skip
LONG = {"course": EXTENDED, "label": "universal", "weeks": 12, "weeks_extended": 7}


def by_hand(*changes):
    talks = pd.DataFrame([{"replicate": number, **ROW, **change} for number, change in enumerate(changes)])
    return TalkOutcomes(Scenario.load("sony_at_the_table").replace({"replicates": len(changes)}), talks, 1.0)


@pytest.fixture(scope="module")
def starts():
    return StartStore(None)


@pytest.fixture(scope="module")
def small():
    few = {"markets": ["ID"], "users": 600, "months": 5, "talks.users": 600}
    return Scenario.load("sony_at_the_table").replace(few)


@pytest.fixture(scope="module")
def lived(small, starts):
    return talk_outcomes(small, replicates=4, starts=starts)


def test_courses_are_counted_by_licence_and_over_all():
    table = by_hand({}, {}, BACK, OUT, LONG).courses().set_index(["label", "course"])
    assert table.loc[("sony", IN_TIME), "count"] == 2
    assert table.loc[("sony", RETURNED), "share"] == 0.25
    assert table.loc[("sony", EXTENDED), "count"] == 0
    assert table.loc[("universal", EXTENDED), "share"] == 1.0
    assert table.loc[(EVERY, IN_TIME), "talks"] == 5
    low, high = wilson(2, trials=4, level=0.9)
    assert table.loc[("sony", IN_TIME), "low"] == pytest.approx(float(low))
    assert table.loc[("sony", IN_TIME), "high"] == pytest.approx(float(high))
    assert (table.groupby("label")["share"].sum() == 1.0).all()


def test_walk_outs_tell_by_whom_and_why():
    table = by_hand({}, BACK, OUT, OUT).walk_outs().set_index("label")
    row = table.loc["sony"]
    assert (row["walk_outs"], row["exit"], row["still_away"]) == (3, 0.75, 2)
    assert (row["by_label"], row["by_platform"], row["by_both"]) == (1, 2, 0)
    assert (row["cannibalisation"], row["disagreement"]) == (2, 1)
    assert by_hand({}, BACK, OUT, OUT).exit_probability("resso", "sony") == 0.75
    assert np.isnan(by_hand({}).exit_probability("resso", "warner"))


def test_durations_are_of_talks_that_are_over():
    table = by_hand({}, BACK, OUT, LONG).durations().set_index(["label", "what"])
    assert table.loc[("sony", "weeks of talks"), "talks"] == 2
    assert table.loc[("sony", "weeks of talks"), "median"] == 16.5
    assert table.loc[("sony", "weeks away"), "median"] == 20
    assert table.loc[("sony", "weeks on old terms"), "talks"] == 0
    assert table.loc[("universal", "weeks on old terms"), "median"] == 7
    assert table.loc[("sony", "payment over old terms"), "median"] == 1.0
    assert table.loc[("sony", "payment over old terms"), "low"] == pytest.approx(0.55)


def test_first_licences_have_no_old_payment_to_be_compared_with():
    table = by_hand({"present_usd": 0.0}).durations().set_index(["label", "what"])
    assert table.loc[("sony", "payment over old terms"), "talks"] == 0


def test_later_talks_of_a_pair_stand_after_all_first_ones():
    outcomes = by_hand({"number": 2, "begun": "2023-01"}, {"label": "warner", "ends": "2022-12"}, {})
    table = outcomes.walk_outs()
    assert table["label"].tolist() == ["sony", "warner", "sony", EVERY]
    assert table["number"].tolist() == [1, 1, 2, 0]


def test_replicates_are_those_of_a_run(small, starts, lived):
    talks = run(small, replicates=4, starts=starts).talks
    pd.testing.assert_frame_equal(lived.talks.drop(columns="number"), talks)
    assert lived.replicates == 4
    assert set(lived.talks["number"]) == {1}


def test_more_replicates_leave_the_first_ones_as_they_are(small, starts, lived):
    fewer = talk_outcomes(small, replicates=2, starts=starts).talks
    pd.testing.assert_frame_equal(fewer, lived.talks[lived.talks["replicate"] < 2])


def test_a_scenario_without_talks_is_told_the_way_out():
    with pytest.raises(InputError, match=r"quiet: talks.*plans the talks.*Add \[talks\]"):
        talk_outcomes("quiet", replicates=2)


@pytest.mark.parametrize("replicates", [0, -1, 2.5])
def test_a_strange_number_of_replicates_is_a_fault(small, replicates):
    with pytest.raises(InputError, match="replicates"):
        talk_outcomes(small, replicates=replicates)


def test_a_stop_keeps_the_replicates_that_were_finished(small, starts, lived):
    def impatient(stage, done, whole):
        if stage == MONTHS and done == 2 * small.months + 2:
            raise KeyboardInterrupt
        assert whole in (1, 4 * small.months)

    with pytest.raises(TalksStopped) as stop:
        talk_outcomes(small, replicates=4, starts=starts, progress=impatient)
    assert stop.value.wanted == 4
    assert stop.value.outcomes.replicates == 2
    pd.testing.assert_frame_equal(stop.value.outcomes.talks, lived.talks[lived.talks["replicate"] < 2])


def test_a_stop_before_the_first_is_over_has_nothing(small, starts):
    def impatient(stage, done, whole):
        if stage == MONTHS:
            raise KeyboardInterrupt

    with pytest.raises(TalksStopped) as stop:
        talk_outcomes(small, replicates=2, starts=starts, progress=impatient)
    assert stop.value.outcomes is None


def test_talks_that_never_come_up_leave_empty_tables(small, starts):
    plan = small.replace({"talks.platforms": ["spotify"], "months": 1})
    none = talk_outcomes(plan, replicates=1, starts=starts)
    for table in (none.talks, none.courses(), none.walk_outs(), none.durations()):
        assert len(table) == 0
    assert np.isnan(none.exit_probability("resso", "sony"))


def test_the_figure_has_a_bar_per_licence_and_a_dot_per_talk():
    outcomes = by_hand({}, {}, BACK, OUT, LONG)
    bars, weeks = talks_figure(outcomes).axes
    names = [label.get_text() for label in bars.get_yticklabels()]
    assert names == ["Resso, Sony, IN ID (4)", "Resso, Universal, IN ID (1)"]
    assert sum(patch.get_width() for patch in bars.patches) == pytest.approx(2.0)
    dots = [len(one.get_offsets()) for one in weeks.collections if one.get_offsets().size]
    assert sum(dots) == 5 + 2


def test_the_figure_says_how_many_licences_it_leaves_out():
    outcomes = by_hand(*({"label": f"label {number}"} for number in range(MOST_ROWS + 2)))
    figure = talks_figure(outcomes)
    assert len(figure.axes[0].get_yticklabels()) == MOST_ROWS
    assert any("2 licences more in the tables" in text.get_text() for text in figure.texts)


def test_licences_are_keyed_alike_in_every_table():
    outcomes = by_hand({}, BACK, LONG)
    for table in (outcomes.courses(), outcomes.walk_outs(), outcomes.durations()):
        assert list(table.columns[: len(LICENCE)]) == LICENCE


@pytest.mark.slow
def test_sonys_exit_is_an_outcome_neither_sure_nor_excluded():
    outcomes = talk_outcomes("sony_at_the_table", replicates=60)
    left = outcomes.exit_probability("resso", "sony")
    print(f"Sony's exit from Resso under central values: {left:.2f} of 60 replicates")
    assert 0.05 < left < 0.95
