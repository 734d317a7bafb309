"""A decision's file: read back as it was written, never overwritten, and any change to it is told."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from model.experiments.decision_log import Decision, Expectation, Tripwire, read_decision, write_decision
from model.experiments.decision_log.decision import ABOVE, BELOW, short
from model.experiments.decision_log.log_file import sha256_of
from model.experiments.history import SeriesKey
from model.foundation.errors import InputError

KEY = SeriesKey("resso", "ID", "users")
MADE: dict[str, Any] = {"scenario": "tiny", "start": "2022-10", "ensemble": None, "run_ids": ["a1", "b2"]}
DECISION = Decision(
    "Tie Resso in", "tiktok_integration", ("keep it apart",), "users first", "2022-11-02T10:00:00+00:00", MADE,
    (Expectation(KEY, "2023-12", (7.0, 9.0, 8.0), 6.5),
     Expectation(SeriesKey("spotify", "BR", "revenue"), "2022-12", (3.5,))),
    (Tripwire(KEY, BELOW, 5.0, "2023-12", "stop", 0.25),
     Tripwire(SeriesKey("resso", "ID+BR", "payers"), ABOVE, 1.0, "2023-06")),
)  # fmt: skip

numbers = st.floats(min_value=0.0, max_value=9000.0).map(short)
texts = st.text(max_size=40)
keys = st.sampled_from([KEY, SeriesKey("spotify", "ID+BR", "payers"), SeriesKey("all", "BR", "streamers")])
expectations = st.builds(
    Expectation, keys, st.just("2023-12"), st.lists(numbers, min_size=1, max_size=8).map(tuple), st.none() | numbers
)
tripwires = st.builds(
    Tripwire, keys, st.sampled_from([BELOW, ABOVE]), numbers, st.just("2024-01"), texts,
    st.none() | st.floats(0.0, 1.0).map(short),
)  # fmt: skip
decisions = st.builds(
    Decision, texts, texts, st.lists(texts, max_size=3).map(tuple), texts, st.just("2022-11-02T10:00:00+00:00"),
    st.just(MADE), st.lists(expectations, max_size=4).map(tuple), st.lists(tripwires, max_size=3).map(tuple),
)  # fmt: skip


def spoilt(folder: Path, change: Any, *, hashed: bool = True) -> Path:
    """Return a log with a change to its values; hashed: with a hash that follows, as of one who knows how."""
    whole = json.loads(written(folder / "good.json").read_text(encoding="utf-8"))
    change(whole)
    if hashed and "sha256" in whole and isinstance(whole.get("decision"), dict):
        whole["sha256"] = sha256_of(whole["decision"])
    path = folder / "spoilt.json"
    path.write_text(json.dumps(whole), encoding="utf-8")
    return path


def written(path: Path) -> Path:
    write_decision(DECISION, path)
    return path


def fault(path: Path, **options: str) -> str:
    with pytest.raises(InputError) as caught:
        read_decision(path, **options)
    return str(caught.value)


@settings(max_examples=40, deadline=None)
@given(decisions)
def test_what_is_read_is_what_was_written(tmp_path_factory: pytest.TempPathFactory, decision: Decision) -> None:
    path = tmp_path_factory.mktemp("logs") / "log.json"
    digest = write_decision(decision, path)
    assert read_decision(path) == (decision, digest)
    assert read_decision(path, noted=digest[:12].upper()) == (decision, digest)


def test_it_is_never_overwritten(tmp_path: Path) -> None:
    path = written(tmp_path / "log.json")
    before = path.read_bytes()
    with pytest.raises(InputError, match="what was written is kept"):
        write_decision(DECISION, path)
    assert path.read_bytes() == before
    assert [one.name for one in tmp_path.iterdir()] == ["log.json"]


@pytest.mark.parametrize("old", ["users first", "9.0", "2023-12", "0.25", "stop"])
def test_any_change_is_told(tmp_path: Path, old: str) -> None:
    path = written(tmp_path / "log.json")
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, "6" + old[1:], 1), encoding="utf-8")
    assert "changed after it was frozen" in fault(path)


def test_a_log_made_anew_is_told_by_the_noted_hash(tmp_path: Path) -> None:
    digest = write_decision(DECISION, tmp_path / "log.json")
    anew = spoilt(tmp_path, lambda whole: whole["decision"].update(because="profit first"))
    assert read_decision(anew)[0].because == "profit first"  # its own hash follows
    assert "the noted hash" in fault(anew, noted=digest)
    assert "the noted hash" in fault(tmp_path / "log.json", noted="")


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda whole: whole.update(kind="resonance run"), "is a resonance decision"),
        (lambda whole: whole.update(more=1), "is a key of a decision log"),
        (lambda whole: whole.pop("sha256"), "the key must be there"),
        (lambda whole: whole.update(decision=[1]), "its hash follows"),
        (lambda whole: whole["decision"].pop("choice"), "choice: the key must be there"),
        (lambda whole: whole["decision"].update(title=3), "title: is a text"),
        (lambda whole: whole["decision"].update(title="x" * 3000), "at most 2,000 signs"),
        (lambda whole: whole["decision"].update(title="\ud800"), "title: is a text"),
        (lambda whole: whole["decision"].update(frozen="yesterday"), "is a date and time"),
        (lambda whole: whole["decision"].update(expectations={}), "is a list of at most"),
        (lambda whole: whole["decision"]["expectations"].append(7), "is a table"),
        (lambda whole: whole["decision"]["expectations"][0].update(entity="ress"), "Did you mean 'resso'?"),
        (lambda whole: whole["decision"]["expectations"][0].update(unit="k"), "users is in M"),
        (lambda whole: whole["decision"]["expectations"][0].update(points=[]), "finite numbers"),
        (lambda whole: whole["decision"]["expectations"][0].update(points=[1.0, "2"]), "finite numbers"),
        (lambda whole: whole["decision"]["expectations"][0].update(points=[10**400]), "finite numbers"),
        (lambda whole: whole["decision"]["expectations"][0].update(opening=-(10**400)), "is a finite number"),
        (lambda whole: whole["decision"]["expectations"][0].update(median=99.0), "follow from its points"),
        (lambda whole: whole["decision"]["expectations"][0].update(date="2023-13"), "a month is written"),
        (lambda whole: whole["decision"]["tripwires"][0].update(when="near"), "is below or above"),
        (lambda whole: whole["decision"]["tripwires"][0].update(chance=2.0), "lies from 0 to 1"),
        (lambda whole: whole["decision"]["tripwires"][0].update(threshold=True), "is a finite number"),
    ],
)
def test_every_rule_of_the_format_is_told(tmp_path: Path, change: Any, says: str) -> None:
    assert says in fault(spoilt(tmp_path, change))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "is JSON"),
        ("[]", "a table of JSON"),
        ('{"kind": NaN}', "NaN is no number"),
        ('{"kind": 1e999}', "1e999 is no number"),
        ('{"kind": 1, "kind": 2}', "a key stands twice"),
        ("[" * 100_000, "is JSON"),
    ],
)
def test_what_is_no_log_is_told(tmp_path: Path, text: str, says: str) -> None:
    path = tmp_path / "log.json"
    path.write_text(text, encoding="utf-8")
    assert says in fault(path)
    assert "must be readable" in fault(tmp_path / "none.json")


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=200))
def test_no_bytes_break_the_reader(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    path = tmp_path_factory.mktemp("logs") / "log.json"
    path.write_bytes(content)
    with pytest.raises(InputError):
        read_decision(path)
