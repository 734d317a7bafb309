"""Notes on a result: those of the run's markets, and samples that are too thin."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from model.facts import load_start
from model.facts.units import MARKETS
from model.results.notices import of_markets, thin_sample
from model.results.run_result import RunResult

NOTICES = ("IN gaana: 0.7 M users left out", "other: no deals in IN, ID, BR; standard terms assumed",
           "pandora: no deals in US; standard terms assumed", "one for all")  # fmt: skip


def test_notes_are_those_of_the_markets():
    assert of_markets(NOTICES, ["BR"]) == ("other: no deals in BR; standard terms assumed", "one for all")
    assert of_markets((*NOTICES, *NOTICES), MARKETS) == NOTICES


@pytest.mark.parametrize("date", ["2019-12", "2022-06", "2022-10"])
def test_notes_of_a_start_name_no_other_market(date):
    others = set(MARKETS) - {"ID", "BR"}
    found = of_markets(load_start(date).notices, ["ID", "BR"])
    assert found
    for notice in found:
        assert not others & set(notice.replace(",", " ").replace(";", " ").split()), notice


def settled(run, *, payers=1.0, users=1.0):
    """Return the run with targets so that its opening is this many times the target."""
    opening = {record.market: record for record in run.records if record.month == 0}
    settlings = {}
    for market, settling in run.settlings.items():
        record = opening[market]
        paid = record.payers > 0
        target = np.where(paid, record.payers / payers, record.activity.users / users)
        settlings[market] = replace(settling, target=target)
    people = [replace(one, activity=replace(one.activity, users=np.where(one.payers > 0, one.payers,
              one.activity.users))) for one in run.records]  # fmt: skip
    return replace(run, records=people, settlings=settlings)


def test_an_opening_near_the_target_is_no_note(make_run):
    assert thin_sample(settled(make_run(1), payers=1.08, users=0.92), users=1000) == ""


def test_an_opening_off_the_target_is_one_line(make_run):
    told = thin_sample(settled(make_run(1), payers=1.25), users=1000)
    assert "IN payers +25%" in told
    assert "BR payers +25%" in told
    assert told.endswith("take --users 10000 or more")
    assert "--users 80000" in thin_sample(settled(make_run(1), payers=1.25), users=20_000)
    told = thin_sample(settled(make_run(1), users=0.8), users=1000)
    assert "BR Resso users -20%" in told
    assert "payers" not in told


def test_small_services_do_not_count(make_run):
    run = settled(make_run(1), users=0.8)
    crowd = replace(run, records=[replace(one, people=one.people * 1e4) for one in run.records])
    assert thin_sample(crowd, users=1000) == ""


def test_the_line_is_a_notice_of_the_result(make_run, make_scenario):
    result = RunResult.from_runs(make_scenario(), [settled(make_run(1), payers=1.25)])
    assert result.notices[0] == "one notice"
    assert result.notices[-1].startswith("too few users: at the opening ")
