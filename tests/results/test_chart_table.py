"""Chart numbers by hand: what entered, lasted, climbed and won, and which songs are the same overall."""

from __future__ import annotations

import numpy as np

from model.market.record import ChartWeeks
from model.results.chart_table import _song_columns, chart_numbers, overall_ids

# Two weeks of the first month, then three: song 9 enters in week 2 in place 2, wins in week 3 and stays; 8 debuts at 1.
FIRST = np.array([[1, 2], [1, 2]])
LATER = np.array([[8, 9], [9, 1], [9, -1]])


def test_entries_climbs_and_debuts_by_hand() -> None:
    found = chart_numbers([FIRST, LATER])
    assert found == {
        "chart_weeks": 3.0, "chart_entries": 2.0, "chart_life": 2.0, "chart_lasting": 0.0, "number_ones": 2.0,
        "at_one_mean": 1.5, "at_one_most": 2.0, "debuts_at_one": 0.5, "climb_mean": 0.5, "climb_most": 1.0,
    }  # fmt: skip


def test_without_entries_there_is_nothing_to_tell() -> None:
    found = chart_numbers([FIRST])
    assert (found["chart_weeks"], found["chart_entries"], found["number_ones"]) == (0.0, 0.0, 0.0)
    assert np.isnan(found["chart_life"])
    assert np.isnan(found["climb_most"])


def test_a_song_that_lasts_twenty_weeks_counts_as_lasting() -> None:
    weeks = np.full((19, 1), 5), np.full((20, 1), 6)
    for run, lasting in zip(weeks, (0.0, 1.0), strict=True):
        assert chart_numbers([np.full((1, 1), 4), run])["chart_lasting"] == lasting


def test_overall_local_songs_of_two_markets_are_two_songs_and_world_songs_one() -> None:
    overall = np.array([[6, 6, 7, -1]])
    names = overall_ids(ChartWeeks(overall.astype(np.int32), overall.astype(np.int8), overall,
                                   np.array([[0, 1, -1, -1]])))  # fmt: skip
    assert len(set(names[0, :3].tolist())) == 3
    assert names[0, 3] == -1
    again = overall_ids(ChartWeeks(overall.astype(np.int32), overall.astype(np.int8), overall[:, ::-1],
                                   np.array([[-1, -1, 0, 1]])))  # fmt: skip
    assert again[0, 1] == names[0, 2]


def test_songs_one_by_one_by_hand() -> None:
    labels = np.array([[0, 1], [0, 1]]), np.array([[1, 0], [0, 0], [0, -1]])
    empty = np.zeros((0, 2), np.int64)
    months = [ChartWeeks(songs.astype(np.int32), own.astype(np.int8), empty, empty)
              for songs, own in zip((FIRST, LATER), labels, strict=True)]  # fmt: skip
    found = _song_columns(months, np.array(["sony", "zee"], dtype=object))
    rows = {int(song): {name: column[place] for name, column in found.items()}
            for place, song in enumerate(found["song"])}  # fmt: skip
    assert list(found["song"]) == [1, 2, 8, 9]  # by week and place of entry
    assert [rows[song]["label"] for song in (1, 2, 8, 9)] == ["sony", "zee", "zee", "sony"]
    assert (rows[9]["song_entered"], rows[9]["song_debut"], rows[9]["song_peak"]) == (3, 2, 1)
    assert (rows[9]["song_life"], rows[9]["song_at_one"], rows[9]["song_climb"]) == (3, 2, 1.0)
    assert rows[8]["song_climb"] == 0.0
    assert np.isnan(rows[2]["song_climb"])
    assert [bool(rows[song]["song_before"]) for song in (1, 2, 8, 9)] == [True, True, False, False]
    assert [bool(rows[song]["song_over"]) for song in (1, 2, 8, 9)] == [True, True, True, False]
