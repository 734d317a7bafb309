"""What a missed pattern means for a question: every pattern has words, and only those that touch it are told."""

from __future__ import annotations

from dataclasses import replace

from model.experiments.pattern import Pattern
from model.experiments.pattern_file import read_measured
from model.experiments.pattern_notes import NOTES
from model.experiments.report import Report
from model.experiments.report.bearing import _BEARINGS, bearing_of


def missed(name: str, text: str = "") -> Pattern:
    return Pattern(name, text, "", "", 0.0, 1.0, 2.0, "miss", "run")


def test_every_pattern_has_a_bearing() -> None:
    inputs = {one.name for one in read_measured().patterns if one.verdict == "input"}  # these cannot be missed
    numbers = {name.rstrip("abcdefgh") for name in NOTES if name not in inputs}
    assert {name for name in numbers if name not in _BEARINGS and name[:1] not in _BEARINGS} == set()


def test_it_follows_what_the_scenario_touches(paired: Report, single: Report) -> None:
    assert bearing_of(paired.question, missed("P11c")) != ""  # it ties a service to TikTok
    assert bearing_of(single.question, missed("P11c")) == ""
    assert "zone of agreement" in bearing_of(single.question, missed("P9a"))
    assert bearing_of(paired.question, missed("P9a")) == ""
    assert bearing_of(paired.question, missed("P7c")) != ""  # Indonesia is in it
    assert bearing_of(paired.question, missed("S2", "outside: BR amazon_music -6.0%")) != ""
    assert bearing_of(paired.question, missed("S2", "outside: DE deezer -6.0%")) == ""
    touched = replace(paired.question, touched=frozenset({"prices"}))
    assert bearing_of(touched, missed("P12a")) != "" == bearing_of(paired.question, missed("P12a"))
