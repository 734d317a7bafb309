"""Columns on weekly charts over a whole run."""

from model.results.measures import Kind, Measure, Summary

FROM = "songs that entered after the first month; what the end of the run cuts off counts as far as it came"


def _chart(name: str, label: str, unit: str, meaning: str, *, summary: Summary = "last") -> Measure:
    return Measure(name, label, unit, summary, "none", f"{meaning}: {FROM}", parameters=("@songs",),
                   facts=("repertoire", "tiktok"))  # fmt: skip


def _song(name: str, label: str, unit: str, meaning: str, kind: Kind = "whole") -> Measure:
    return Measure(name, label, unit, "none", "none", meaning, kind=kind, parameters=("@songs",),
                   facts=("repertoire", "tiktok"))  # fmt: skip


MEASURES = (
    Measure("song", "Song", "number", "none", "none",
            "number of a song: a world song has the same in all markets, a local one its own in its market",
            kind="whole", is_key=True),
    _song("song_entered", "Week of entry", "week of the run", "first week on the chart, from 1"),
    _song("song_debut", "Place at entry", "place", "place in the first week on the chart"),
    _song("song_peak", "Best place", "place", "best place on the chart"),
    _song("song_life", "Weeks on the chart", "weeks", "weeks on the chart in the run"),
    _song("song_at_one", "Weeks at number one", "weeks", "weeks at number one in the run"),
    _song("song_climb", "Weeks to number one", "weeks", "weeks from entry to number one, empty without it", "number"),
    _song("song_before", "There before", "yes or no", "whether it was there in the first month of the run", "flag"),
    _song("song_over", "Life over", "yes or no", "whether it has left the chart by the last week", "flag"),
    _chart("chart_weeks", "Weeks counted", "weeks", "weeks of the weekly chart after the first month"),
    _chart("chart_entries", "Songs that entered", "songs", "number of songs that came on the chart"),
    _chart("chart_life", "Mean life on the chart", "weeks", "mean weeks on the chart"),
    _chart("chart_lasting", "Songs of 20 weeks or more", "share", "part of entries with 20 weeks or more on the chart"),
    _chart("number_ones", "Number ones", "songs", "number of songs that reached number one"),
    _chart("at_one_mean", "Mean weeks at number one", "weeks", "mean weeks at number one of songs that got there"),
    _chart("at_one_most", "Most weeks at number one", "weeks", "most weeks of a song at number one"),
    _chart("debuts_at_one", "Debuts at number one", "share", "part of number ones that entered the chart there"),
    _chart("climb_mean", "Mean climb to number one", "weeks", "mean weeks from entry to number one"),
    _chart("climb_most", "Longest climb to number one", "weeks", "most weeks from entry to number one"),
)  # fmt: skip
