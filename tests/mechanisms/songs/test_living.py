"""Weeks of songs: invariance, licences, world and local songs, the start, labels' pull."""

from __future__ import annotations

from dataclasses import fields

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from model.facts.records import LabelShare, StartState
from model.facts.songs import song_values
from model.foundation.months import parse_month
from model.foundation.threads import exactly
from model.mechanisms.songs import SongWeeks, SongWorld, joined, live_weeks
from model.mechanisms.songs.opening import empty_songs
from model.spec.parameters import Parameters, declared_parameters
from model.state.songs import SongStock

CODES = ("US", "BR", "ID")


@pytest.fixture(scope="module")
def opened(start: StartState, parameters: Parameters) -> SongWorld:
    return SongWorld.open(start, parameters, seed=4, markets=CODES)


def assert_same_record(one: SongWeeks, other: SongWeeks) -> None:
    for column in fields(SongWeeks):
        a, b = getattr(one, column.name), getattr(other, column.name)
        if isinstance(a, np.ndarray):
            np.testing.assert_array_equal(a, b, err_msg=column.name)
        else:
            assert a == b


def licences(world: SongWorld, **muted: int) -> np.ndarray:
    """(M, L) ones, and 0 for the label at a position, by market."""
    clips = np.ones(world.stock.repertoire.shape)
    for market, label in muted.items():
        clips[world.markets.index(market), label] = 0.0
    return clips


def test_threads_change_no_bit(opened: SongWorld) -> None:
    records = []
    for threads in (1, 2, 3):
        with exactly(threads):
            records.append(opened.copy().weeks(12, overall=True))
    assert_same_record(records[0], records[1])
    assert_same_record(records[0], records[2])


def test_weeks_one_by_one_are_weeks_at_once_and_a_copy_is_independent(opened: SongWorld) -> None:
    before = opened.stock.counts.copy()
    world = opened.copy()
    pieces = joined([world.weeks(1, overall=True) for _ in range(7)])
    assert_same_record(pieces, opened.copy().weeks(7, overall=True))
    np.testing.assert_array_equal(opened.stock.counts, before)
    assert opened.stock.week == 0
    assert world.stock.week == 7


def test_a_month_has_the_weeks_of_its_thursdays(opened: SongWorld) -> None:
    world = opened.copy()
    assert len(world.month(parse_month("2022-10"))) == 4
    assert len(world.month(parse_month("2022-12"))) == 5


def test_markets_do_not_touch_one_another(opened: SongWorld, start: StartState, parameters: Parameters) -> None:
    alone = SongWorld.open(start, parameters, seed=4, markets=["BR"])
    split = opened.only(["BR"])
    record = opened.copy().weeks(8)
    for other in (alone.weeks(8), split.weeks(8)):
        np.testing.assert_array_equal(other.charts[0], record.charts[1])
        np.testing.assert_array_equal(other.pull[0], record.pull[1])


def test_another_seed_is_another_future_of_the_same_songs(opened: SongWorld) -> None:
    one, other = opened.copy(), opened.copy(seed=99)
    first, second = one.weeks(1), other.weeks(1)
    assert (first.charts != second.charts).any()
    shared = np.intersect1d(first.charts[0], second.charts[0])
    assert shared.size > 60, "songs that are there stay what they are"


def paths(stock: SongStock, row: int) -> dict[int, tuple[float, float]]:
    songs = stock.songs[row, : stock.counts[row]]
    return {int(song["id"]): (float(song["uses"]), float(song["streams"])) for song in songs}


def test_muting_a_label_leaves_the_songs_of_others_as_they_are(opened: SongWorld) -> None:
    free, muted = opened.copy(), opened.copy()
    free.weeks(10)
    record = muted.weeks(10, clips=licences(muted, US=0))
    theirs, ours = paths(free.stock, 0), paths(muted.stock, 0)
    songs = muted.stock.songs[0, : muted.stock.counts[0]]
    others = [int(song["id"]) for song in songs if song["label"] != 0 and int(song["id"]) in theirs]
    assert len(others) > 300
    assert all(ours[song] == theirs[song] for song in others)
    own = [int(song["id"]) for song in songs if song["label"] == 0 and int(song["id"]) in theirs]
    assert all(ours[song][0] == 0.0 for song in own)
    assert any(theirs[song][0] > 0.0 for song in own)
    assert record.uses_by_label("US")["universal"] == 0.0 < record.uses_by_label("US")["sony"]
    assert record.uses_by_label("BR")["universal"] > 0.0, "muted in the United States alone"


def test_no_tiktok_no_uses(opened: SongWorld, start: StartState, parameters: Parameters) -> None:
    world = opened.copy()
    record = world.weeks(3, tiktok_open=np.array([False, True, True]))
    assert record.uses[0].sum() == 0.0 < record.uses[1:].sum(axis=(1, 2)).min()
    india = SongWorld.open(start, parameters, seed=1, markets=["IN"], burn_weeks=26)
    assert (india.stock.songs["spent"] == 0.0).all(), "TikTok has been banned since 2020"


def test_licences_of_another_shape_are_refused(opened: SongWorld) -> None:
    for wrong in ({"clips": np.ones((3, 2))}, {"activity": np.ones(2)}, {"tiktok_open": np.ones(4, np.bool_)}):
        with pytest.raises(ValueError, match="broadcast"):
            opened.copy().weeks(1, **wrong)  # type: ignore[arg-type]


def test_busy_creators_bring_uses(opened: SongWorld) -> None:
    calm, busy = opened.copy().weeks(8, activity=0.5), opened.copy().weeks(8, activity=1.2)
    usual = opened.copy().weeks(8)
    assert calm.uses.sum() < usual.uses.sum() < busy.uses.sum()


def test_charts_are_full_without_repetition_and_name_the_holders(opened: SongWorld) -> None:
    world = opened.copy()
    record = world.weeks(5, overall=True)
    assert all(np.unique(chart[chart >= 0]).size == 100 for chart in record.charts.reshape(-1, 100))
    for chart, homes in zip(record.overall.tolist(), record.overall_homes.tolist(), strict=True):
        assert len(set(zip(chart, homes, strict=True))) == 100, "local songs are told apart by their market"
    songs = world.stock.songs[1, : world.stock.counts[1]]
    label = dict(zip(songs["id"].tolist(), songs["label"].tolist(), strict=True))
    streams = dict(zip(songs["id"].tolist(), songs["streams"].tolist(), strict=True))
    last = record.charts[1, -1].tolist()
    assert [label[song] for song in last] == record.chart_labels[1, -1].tolist()
    ranked = [streams[song] for song in last]
    assert ranked == sorted(ranked, reverse=True)


def test_the_chart_of_all_markets_adds_them_by_size(opened: SongWorld) -> None:
    world = opened.copy()
    record = world.weeks(1, overall=True)
    total: dict[tuple[int, int], float] = {}
    for row in range(len(CODES)):
        for song in world.stock.songs[row, : world.stock.counts[row]]:
            key = (int(song["id"]), -1 if song["world"] else row)
            total[key] = total.get(key, 0.0) + float(song["streams"]) * world.stock.sizes[row]
    best = sorted(total, key=lambda key: -total[key])[:25]  # no rule on weeks for those
    found = list(zip(record.overall[0].tolist(), record.overall_homes[0].tolist(), strict=True))
    assert found[:25] == best


def test_songs_leave_the_chart_of_all_markets_by_its_rule(start: StartState, parameters: Parameters) -> None:
    world = SongWorld.open(start, parameters, seed=2, markets=CODES, burn_weeks=60)
    record = world.weeks(120, overall=True)
    weeks: dict[tuple[int, int], int] = {}
    for chart, homes in zip(record.overall.tolist(), record.overall_homes.tolist(), strict=True):
        for place, song in enumerate(zip(chart, homes, strict=True)):
            seen = weeks.get(song, 0)
            assert place < 50 or seen < 20
            assert place < 25 or seen < 52
            weeks[song] = seen + 1
    assert max(weeks.values()) > 25, "or the rule was never asked"


def test_world_songs_are_the_same_in_every_market_and_local_ones_are_not(opened: SongWorld) -> None:
    stock = opened.stock
    songs = [stock.songs[row, : stock.counts[row]] for row in range(2)]
    both, here, there = np.intersect1d(songs[0]["id"], songs[1]["id"], return_indices=True)
    world = (both & 1) == 1
    assert world.sum() > 50
    for trait in ("quality", "spread", "life", "novelty"):
        np.testing.assert_array_equal(songs[0][trait][here[world]], songs[1][trait][there[world]])
        assert (songs[0][trait][here[~world]] != songs[1][trait][there[~world]]).all()
    assert (songs[0]["noise"][here] != songs[1]["noise"][there]).all()


def test_labels_release_their_repertoire(start: StartState) -> None:
    everything = Parameters({"song_noise": 2.0, "song_weeks": 26})  # so noisy that hardly a song is hopeless
    stock = empty_songs({code: start.markets[code].repertoire for code in CODES}, everything, seed=3)
    live_weeks(stock, everything, weeks=26)
    for row in range(len(CODES)):
        songs = stock.songs[row, : stock.counts[row]]
        assert songs.size > 0.95 * 26 * 41
        share = np.bincount(songs["label"], minlength=stock.repertoire.shape[1]) / songs.size
        np.testing.assert_allclose(share, stock.repertoire[row], atol=4.0 * 0.5 / np.sqrt(songs.size))
        assert songs["world"].mean() == pytest.approx(stock.world_share[row], abs=0.06)


def test_the_start_is_where_the_songs_stay(opened: SongWorld) -> None:
    world = opened.copy()
    early, _, late = world.weeks(104), world.weeks(104), world.weeks(208)
    for row in range(len(CODES)):
        assert early.active[row].mean() == pytest.approx(late.active[row].mean(), rel=0.05)
        level = [record.streams[row].sum(axis=1).mean() for record in (early, late)]
        assert level[0] == pytest.approx(level[1], rel=0.15)


def test_a_chart_of_few_songs_has_empty_places() -> None:
    whole = LabelShare(1.0, 1.0, 1.0, 1.0, "assumption", "", ())
    few = Parameters({"song_contenders": 1})
    stock = empty_songs({"US": {"all": whole}}, few, seed=3)
    record = live_weeks(stock, few, weeks=30)
    assert ((record.charts[0] >= 0).sum(axis=1) == np.minimum(np.arange(1, 31), 30)).all()


def test_pull_is_one_on_average_and_follows_streams(opened: SongWorld) -> None:
    world = opened.copy()
    for _ in range(6):
        record = world.weeks(4)
        mean = (record.pull * world.stock.repertoire).sum(axis=1)
        np.testing.assert_allclose(mean, 1.0, atol=1e-12)
    row = record.markets.index("US")
    assert record.pull_of("US").shape == (5,)
    assert (record.pull[row, 5:] == 1.0).all()
    lead = record.streams[row, :, :5].sum(axis=0) / record.streams[row].sum() / world.stock.repertoire[row, :5]
    assert np.corrcoef(lead, record.pull_of("US"))[0, 1] > 0.8


def mean_pull(world: SongWorld, clips: np.ndarray) -> np.ndarray:
    there, found = world.copy(), []
    for month in range(24):
        record = there.weeks(4, clips=clips)
        if month >= 6:
            found.append(record.pull)
    return np.mean(found, axis=0)


@pytest.mark.parametrize(
    ("changed", "sign"),
    [
        ({}, 1.0),
        (song_values("2019-2022, any lift"), 1.0),
        ({"song_lift_head": 0.0, "song_lift_median": -0.3}, -1.0),
    ],
)
def test_a_label_that_leaves_tiktok_alone_loses_what_the_lift_says(
    start: StartState, changed: dict[str, float], sign: float
) -> None:
    world = SongWorld.open(start, Parameters(changed), seed=8, markets=CODES)
    usual = mean_pull(world, licences(world))
    alone = mean_pull(world, licences(world, US=0, BR=0, ID=0)) - usual
    together = mean_pull(world, 0.0 * licences(world)) - usual
    assert (sign * alone[:, 0] < 0.0).all(), "the label that leaves"
    others = [sign * alone[row, 1 : len(labels)] for row, labels in enumerate(world.labels)]
    assert all((gain > 0.0).all() for gain in others), "the labels that stay"
    assert np.abs(together[:, 0]).mean() < np.abs(alone[:, 0]).mean(), "where all leave, little moves between labels"


def test_without_lift_leaving_moves_nothing(start: StartState) -> None:
    world = SongWorld.open(start, Parameters({"song_lift_head": 0.0, "song_lift_median": 0.0}), seed=8, markets=["US"])
    np.testing.assert_array_equal(mean_pull(world, licences(world)), mean_pull(world, licences(world, US=0)))


EXTREMES = {
    line.name: st.sampled_from([line.low, line.default, line.high])
    for line in declared_parameters().values()
    if line.subject == "songs"
}


@settings(max_examples=30, deadline=None)
@given(st.fixed_dictionaries(EXTREMES), st.sampled_from([0.0, 1.0, 10.0]))
def test_any_allowed_parameters_give_finite_songs(values: dict[str, float], activity: float) -> None:
    whole = LabelShare(1.0, 1.0, 1.0, 0.5, "assumption", "", ())
    parameters = Parameters(values)
    stock = empty_songs({"US": {"one": whole, "other": whole}}, parameters, seed=3)
    record = live_weeks(stock, parameters, weeks=12, activity=activity, overall=True)
    for numbers in (record.streams, record.uses, record.pull):
        assert np.isfinite(numbers).all()
        assert (numbers >= 0.0).all()
    assert record.pull.mean() == pytest.approx(1.0)
    assert (record.charts >= -1).all()
