"""Bad input in small: every reader with inputs that are nearly right, and the judge with readers that are wrong."""

from __future__ import annotations

import os
import subprocess
import sys
import time
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from model.foundation.errors import Fault, InputError
from tests.trials import judging
from tests.trials.fuzz import Tally, plain, shares
from tests.trials.fuzz import given as numbered
from tests.trials.judging import ACCEPTED, BROKEN, REFUSED, Guard, TooLong, judged
from tests.trials.lived_reader import EMPTY, living
from tests.trials.mutating import mutated
from tests.trials.readers import Reader, readers
from tests.trials.typed_reader import Fell, call

NAMES = (
    "scenario", "setting", "sweep file", "sweep table", "game file", "search file", "term sheet", "page file",
    "page link", "page in a link", "wishes", "outcomes", "what came", "decision log", "sealed log", "ensemble",
    "table of facts",
)  # fmt: skip
SAVED = (
    "run's manifest", "run's table", "figure", "question to a run", "sweep's words", "sweep's files",
    "question to a sweep", "answer's marker", "answer's table", "backtest's answer", "measured patterns",
    "screening", "expected summary",
    "expected plan", "settled start", "command line",
)  # fmt: skip
SLOW = ("table of facts", "run's manifest", "run's table", "question to a run", "command line")


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    place, before = tmp_path_factory.mktemp("desk"), Path.cwd()
    os.chdir(place)
    yield place
    os.chdir(before)


@pytest.fixture(scope="module")
def written(desk: Path) -> dict[str, Reader]:
    return readers(desk, lives=False)


@pytest.fixture(scope="module")
def every(desk: Path) -> dict[str, Reader]:
    return readers(desk)


def test_every_reader_is_tried_here(every: dict[str, Reader]) -> None:
    assert set(every) == {*NAMES, *SAVED}


@pytest.mark.parametrize("name", NAMES)
@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
)
@given(random=st.randoms(use_true_random=False))
def test_nearly_right_input_is_read_or_refused_in_words(written: dict[str, Reader], name: str, random: Random) -> None:
    one = written[name]
    content = mutated(one.seeds, one.form, one.words, random)
    found = judged(one.read, content)
    assert found.kind != BROKEN, (found.what, found.told, content)


@pytest.mark.parametrize("name", [name for name in (*NAMES, *SAVED) if name != "command line"])
def test_what_is_right_is_read(every: dict[str, Reader], name: str) -> None:
    one = every[name]
    kinds = [judged(one.read, content).kind for content in one.seeds[:4]]
    if name in ("sweep's files", "question to a sweep"):
        assert ACCEPTED in kinds
    else:
        assert set(kinds) == {ACCEPTED}, [judged(one.read, content) for content in one.seeds[:4]]


@pytest.mark.parametrize("name", SAVED)
def test_what_was_saved_and_changed_is_read_or_refused_in_words(every: dict[str, Reader], name: str) -> None:
    tally = Tally()
    plain(
        every[name],
        tally,
        first=100,
        inputs=4 if name in SLOW else 20,
        seed=3,
        guard=None,
        until=time.monotonic() + 120,
    )
    assert tally.tried
    assert not tally.broken, tally.broken


def _refuse(*faults: Fault) -> None:
    raise InputError(faults)


@pytest.mark.parametrize("at", range(len(EMPTY)))
def test_the_emptiest_worlds_are_lived(desk: Path, at: int) -> None:
    assert judged(living(desk).read, EMPTY[at], seconds=60.0).kind == ACCEPTED


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("users = 1", ACCEPTED), ("users = 0", REFUSED), ("users = -0.0", REFUSED), ("users = 100000000", ACCEPTED),
        ("users = 100000001", REFUSED), ("months = 1200", ACCEPTED), ("months = 1201", REFUSED),
        ("months = 0", REFUSED), ("markets = []", REFUSED), ("seed = 0", ACCEPTED), ("seed = 0x" + "f" * 6000, REFUSED),
        *((f"[parameters]\ntheta = {one}", REFUSED) for one in ("nan", "inf", "-inf", "1e308", "0x" + "f" * 400)),
        *((f"[platforms.resso.price.ID]\npremium = {one}", REFUSED) for one in ("5e-324", "-0.0", "nan", "1e308")),
        *((f"[platforms.resso.marketing]\nID = {one}", ACCEPTED) for one in ("-0.0", "1e-50", "0")),
        ("[platforms.resso.marketing]\nID = 5e-324", REFUSED),
    ],
)  # fmt: skip
def test_numbers_at_the_edge_are_read_or_refused(written: dict[str, Reader], text: str, kind: str) -> None:
    content = f'extends = "quiet"\nmarkets = ["ID"]\n{text}\n'.encode()
    if text.startswith("markets"):
        content = f'extends = "quiet"\n{text}\n'.encode()
    found = judged(written["scenario"].read, content)
    assert found.kind == kind, (found.what, found.told)


WRONG: dict[str, Callable[[bytes], object]] = {
    "ValueError outside": lambda _: int("x"),
    "TooLong": lambda _: [0 for _ in iter(int, 1)],
    "without place": lambda _: _refuse(Fault("", "rule", 1, "way")),
    "way out": lambda _: _refuse(Fault("place", "rule", 1, "")),
    "empty": lambda _: _refuse(),
    "RuntimeWarning": lambda _: warnings.warn("overflow", RuntimeWarning, stacklevel=1),
}


@pytest.mark.parametrize("what", WRONG)
def test_the_judge_finds_what_is_wrong(what: str) -> None:
    found = judged(WRONG[what], b"", seconds=0.3)  # type: ignore[arg-type]
    assert found.kind == BROKEN
    assert what.split()[0] in found.what or what in found.what


def test_the_judge_tells_read_from_refused() -> None:
    assert judged(lambda _: None, b"").kind == ACCEPTED
    assert judged(lambda _: _refuse(Fault("place", "rule", 1, "way")), b"").kind == REFUSED
    assert judging.wrong_message("a\x1b[2J") == "control signs"
    assert judging.wrong_message("x\n" * 1000) == "too long (lines)"


def test_nothing_is_written_started_or_reached_outside(tmp_path: Path) -> None:
    inside = tmp_path / "inside"
    inside.mkdir()
    guard = Guard(allowed=(str(inside),))
    guard.install()

    def write(place: Path) -> Callable[[bytes], None]:
        def read(content: bytes) -> None:
            try:
                place.write_bytes(content)
            except OSError:
                pass  # as a program that turns it into a message

        return read

    assert judged(write(inside / "a"), b"x", guard=guard).kind == ACCEPTED
    assert judged(write(tmp_path / "b"), b"x", guard=guard).what == "outside of its folder: open"
    assert not (tmp_path / "b").exists()
    started = judged(lambda _: subprocess.run([sys.executable, "-V"], check=False), b"", guard=guard)  # type: ignore[arg-type, return-value]
    assert started.kind == BROKEN
    (tmp_path / "b").write_bytes(b"when nobody watches it is free again")


def test_the_command_line_is_judged_by_its_exit_code() -> None:
    call(["version"])
    with pytest.raises(InputError, match="there is no scenario of this name"):
        call(["explain", "basline"])
    with pytest.raises(InputError, match="No such option"):
        call(["version", "--loud"])


def test_a_command_that_prints_a_steering_sign_has_fallen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("model.interfaces.cli.main", lambda _: print("\x1b[2J") or 0)
    with pytest.raises(Fell, match="control signs"):
        call(["version"])


def test_inputs_come_again_and_shares_add_up(written: dict[str, Reader]) -> None:
    one = written["term sheet"]
    assert [numbered(one, at, seed=4) for at in range(50)] == [numbered(one, at, seed=4) for at in range(50)]
    assert len({numbered(one, at, seed=4) for at in range(50)}) > 30
    assert sum(shares(written, 10_000).values()) == pytest.approx(10_000, abs=len(written))


def test_a_hang_is_no_error_that_can_be_caught() -> None:
    assert not issubclass(TooLong, Exception)
