"""Which series exist: every series of the record does, and wrong words are named with the right ones."""

from __future__ import annotations

from model.experiments.history import SeriesKey, recorded_series
from model.experiments.history.vocabulary import key_faults, told_metrics


def test_every_series_of_the_record_is_one_that_a_run_tells() -> None:
    table = recorded_series()
    for entity, market, metric in set(zip(table["entity"], table["market"], table["metric"], strict=True)):
        assert not key_faults(SeriesKey(entity, market, metric), place="record")


def test_words_that_do_not_go_together_are_told() -> None:
    (fault,) = key_faults(SeriesKey("tiktok", "Europe", "ad_revenue_year"), place="line 2")
    assert fault.place == "line 2, metric"
    assert key_faults(SeriesKey("all", "IN+ID", "streamers"), place="x")
    assert key_faults(SeriesKey("spotify", "IN+ID", "user_share"), place="x")
    assert not key_faults(SeriesKey("spotify", "IN+ID", "revenue_ads"), place="x")
    assert told_metrics("deezer", "WORLD") == ()
    assert len(key_faults(SeriesKey("nobody", "nowhere", "nothing"), place="x")) == 3
