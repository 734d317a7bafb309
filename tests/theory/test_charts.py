"""Chart statistics: a chart small enough to read, windows, and the distance against brute force and a known sample."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.theory.charts import (
    chart_lives,
    chart_statistics,
    distance_to_points,
    joined_statistics,
    share_gone,
)

CHART = np.array(
    [
        [7, 5, 9],
        [5, 7, -1],
        [5, 8, 7],
        [8, 5, 3],
        [5, 8, 3],
    ]
)


def test_lives_of_a_chart_that_can_be_read() -> None:
    lives = chart_lives(CHART)
    assert lives.songs.tolist() == [3, 5, 7, 8, 9]
    assert lives.first.tolist() == [3, 0, 0, 2, 0]
    assert lives.debut.tolist() == [3, 2, 1, 2, 3]
    assert lives.peak.tolist() == [3, 1, 1, 1, 3]
    assert lives.life.tolist() == [2, 5, 3, 3, 1]
    assert lives.at_one.tolist() == [0, 3, 1, 1, 0]
    assert lives.climb.tolist() == [-1, 1, 0, 1, -1]


def test_lives_that_are_cut_off_do_not_count_as_short() -> None:
    weeks, none = np.array([1, 1, 2, 4]), np.zeros(4, dtype=bool)
    np.testing.assert_allclose(share_gone(weeks, over=~none), [0.0, 0.5, 0.75, 0.75, 1.0])  # plain shares
    # One of the two songs of a week is still there: 1 of 4 goes in week 1; of the two known to reach week 2, one goes.
    cut = np.array([True, False, True, False])
    np.testing.assert_allclose(share_gone(weeks, over=cut), [0.0, 0.25, 0.625, 0.625, 0.625])
    assert share_gone(weeks, over=none).max() == 0.0


def test_the_most_weeks_at_one_are_of_windows_of_one_length() -> None:
    years = np.repeat(np.arange(8), 52)  # another number one in each year, for the whole of it but in the last
    chart = np.stack([100 + years, 200 + years], axis=1)
    chart[-26:] = [[999, 207]]
    parts = [chart_statistics(one, lead=0, rest=0, rest_one=0) for one in (chart, chart[:104])]
    assert parts[0].won.tolist() == [*range(0, 8 * 52, 52), 8 * 52 - 26]
    assert parts[0].most_at_one(1) == pytest.approx((7 * 52 + 26) / 8)
    assert parts[0].most_at_one(4) == parts[0].most_at_one(8) == 52.0
    assert np.isnan(parts[1].most_at_one(3))
    both = joined_statistics(parts)
    assert both.won.tolist() == [*parts[0].won.tolist(), 8 * 52, 9 * 52]
    assert both.most_at_one(10) == 52.0


@given(seed=st.integers(0, 2**32 - 1))
def test_of_lives_cut_at_random_the_share_gone_is_found_again(seed: int) -> None:
    random = np.random.default_rng(seed)
    lives, seen = random.geometric(0.2, 4000), random.integers(1, 30, 4000)
    found = share_gone(np.minimum(lives, seen), over=lives <= seen)
    assert found[5] == pytest.approx(1.0 - 0.8**5, abs=0.05)


def test_windows_leave_out_what_the_ends_cut_off() -> None:
    whole = chart_statistics(CHART, lead=0, rest=0, rest_one=0)
    assert sorted(whole.life.tolist()) == [1, 2, 3, 3, 5]
    assert whole.debuts_at_one == pytest.approx(1 / 3)
    assert whole.climbs_of(1) == 2
    assert whole.entries_per_year == pytest.approx(5 / (5 / 52))
    later = chart_statistics(CHART, lead=1, rest=1, rest_one=2)
    assert later.life.tolist() == [2, 3], "songs 3 and 8 enter in weeks 1 to 3"
    assert later.at_one.tolist() == [3], "song 5 is first at number one in weeks 1 to 2"
    twice = joined_statistics([whole, later])
    assert twice.life.size == 7
    assert twice.years == whole.years + later.years


@given(st.lists(st.lists(st.integers(0, 12), min_size=4, max_size=4, unique=True), min_size=1, max_size=30))
def test_lives_add_up(rows: list[list[int]]) -> None:
    charts = np.array(rows)
    lives = chart_lives(charts)
    assert lives.life.sum() == charts.size
    assert lives.at_one.sum() == len(rows)
    for song, first, life, ones in zip(lives.songs, lives.first, lives.life, lives.at_one, strict=True):
        weeks = [w for w, row in enumerate(rows) if song in row]
        assert (first, life) == (weeks[0], len(weeks))
        assert ones == sum(row[0] == song for row in rows)


@given(
    st.lists(st.integers(1, 40), min_size=1, max_size=60),
    st.dictionaries(st.integers(1, 60), st.floats(0.0, 1.0), min_size=1, max_size=5),
)
def test_distance_is_the_largest_gap_week_by_week(sample: list[int], wild: dict[int, float]) -> None:
    points = dict(zip(sorted(wild), sorted(wild.values()), strict=True))
    known = sorted(points)
    gaps = []
    for k in range(1, 51):
        share = sum(value <= k for value in sample) / len(sample)
        below, above = (
            max([p for p in known if p <= k], default=known[0]),
            min([p for p in known if p >= k], default=known[-1]),
        )
        way = 0.0 if above == below else (np.log(k) - np.log(below)) / (np.log(above) - np.log(below))
        gaps.append(abs(share - (points[below] + way * (points[above] - points[below]))))
    assert distance_to_points(np.array(sample), points, longest=50) == pytest.approx(max(gaps), abs=1e-12)


def test_distance_of_the_distribution_itself_is_nothing_and_of_no_sample_is_all() -> None:
    sample = np.array([1, 1, 2, 2])
    assert distance_to_points(sample, {1: 0.5, 2: 1.0}, longest=10) == 0.0
    assert distance_to_points(sample + 10, {1: 0.5, 2: 1.0}, longest=10) == 1.0
    assert distance_to_points(sample[:0], {1: 0.5, 2: 1.0}, longest=10) == 1.0
