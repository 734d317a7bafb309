"""The table of what strategies did, and its lines in the summary."""

import pandas as pd

from model.results.action_table import action_lines
from model.results.run_result import RunResult


def test_the_table_tells_who_set_what(result):
    row = result.actions.query("replicate == 1 and month == 2").iloc[0]
    assert (row["strategy"], row["rule"], row["actor"], row["market"]) == ("cut", "match_rival", "resso", "BR")
    assert (row["lever"], row["service"], row["item"]) == ("price", "resso", "premium")
    assert (row["value_before"], row["value_set"], row["date"]) == (16.9, 9.9, "2022-11")


def test_actions_are_saved_and_loaded(result, tmp_path):
    result.save(tmp_path / "kept")
    pd.testing.assert_frame_equal(RunResult.load(tmp_path / "kept").actions, result.actions)


def test_a_strategy_takes_one_line(result):
    replicates = result.actions["replicate"].nunique()
    assert action_lines(result.actions, replicates=replicates) == [
        "resso by match_rival (cut): 2 actions a replicate on price in IN, BR, 2022-10 to 2022-11."
    ]
    assert action_lines(result.actions.iloc[:0], replicates=1) == []
