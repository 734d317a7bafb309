"""Commands on a disk that can only be read, that is full, or that fills while they write.

`python -m tests.trials.full_disks` as root: it mounts small disks in memory. Each command is given on a disk that is
read-only, on a full one, and on one with room for less than half of what it writes; there it must end with code 2 and
one message, without half a file under a name; then there is room, and the same command ends well.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

from numba import set_num_threads

from model.experiments.run import warm_up
from model.interfaces.cli import main as command_line
from tests.trials.disk_commands import Command, commands, write_questions
from tests.trials.kept import drafts, read, whole_answers
from tests.trials.killing import Started

ROOM = 64 * 2**20


@dataclass(frozen=True)
class Seen:
    """How a command behaved. code: its exit code; said: its words on both streams; seconds: that it took."""

    code: int
    said: str
    seconds: float

    @property
    def message(self) -> str:
        """The lines that the command says in its own name, but for notes."""
        own = [line for line in self.said.splitlines() if line.startswith("resonance: ") and ": note:" not in line]
        return " | ".join(own)


@contextmanager
def disk(place: Path, *, size: int) -> Iterator[Path]:
    """Mount an empty disk in memory."""
    place.mkdir(parents=True, exist_ok=True)
    _mount("-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(place))
    try:
        yield place
    finally:
        subprocess.run(["umount", "-l", str(place)], check=True)


def _mount(*words: str) -> None:
    subprocess.run(["mount", *words], check=True, capture_output=True)


def given(command: Command, out: Path, work: Path) -> Seen:
    """Give a command in a fork, standing in the folder of its questions."""
    begun = time.monotonic()
    started = Started(command.module, command.words(out, work), work / "said.txt", forked=True)
    code = started.ended()
    return Seen(code, started.said(), time.monotonic() - begun)


def faults_of(seen: Seen, *, code: int = 2) -> list[str]:
    """Return what is wrong with how a command ended."""
    faults = [] if seen.code == code else [f"exit code {seen.code}, not {code}"]
    if "Traceback" in seen.said or "fault of the program" in seen.said:
        faults.append(f"no message of ours: {seen.said[-400:]}")
    if code and seen.message.count(" | ") > 0:
        faults.append(f"several messages: {seen.message[:400]}")
    if code and not seen.message:
        faults.append(f"no message: {seen.said[-200:]}")
    return faults


def left(folder: Path) -> list[str]:
    """Return what is wrong with what a stopped command left."""
    faults = whole_answers(folder)
    if halves := drafts(folder):
        faults.append(f"half-written files stay: {halves[0]}")
    try:
        read(folder)
    except Exception as error:
        faults.append(f"what is left cannot be read: {error}")
    return faults


def tried(command: Command, work: Path) -> Iterator[tuple[str, Seen, list[str]]]:
    """Yield for each state of the disk how the command ended, and what was wrong."""
    place = work / "disk"
    with disk(place, size=ROOM):
        seen = given(command, place / command.out, work)
        size = sum(one.stat().st_size for one in place.rglob("*") if one.is_file())
        yield "room", seen, faults_of(seen, code=0)
        if seen.code:
            return
    with disk(place, size=ROOM):
        _mount("-o", "remount,ro", str(place))
        seen = given(command, place / command.out, work)
        yield "read-only", seen, faults_of(seen)
    with disk(place, size=ROOM):
        _fill(place, leave=0)
        seen = given(command, place / command.out, work)
        yield "full", seen, faults_of(seen) + left(place)
    with disk(place, size=ROOM):
        _fill(place, leave=int(0.45 * size))
        with mock.patch("model.interfaces.cli.running.LEAST_ROOM", 0):  # it fills behind the look at its room
            seen = given(command, place / command.out, work)
        if seen.code == 0:
            yield f"less room ({size} bytes are written)", seen, []
            return
        yield f"fills up ({size} bytes are written)", seen, faults_of(seen) + left(place)
        (place / "filler.bin").unlink()
        again = given(command, place / command.out, work)
        yield "room again", again, faults_of(again, code=0) + left(place)


def _fill(place: Path, *, leave: int) -> None:
    with (place / "filler.bin").open("wb") as stream:
        free = os.statvfs(place)
        stream.write(bytes(max(0, free.f_bavail * free.f_frsize - leave)))


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the trial; exit code 1 where something broke."""
    ask = argparse.ArgumentParser(prog="python -m tests.trials.full_disks", description=__doc__.splitlines()[0])
    ask.add_argument("--commands", help="some of them, separated by commas")
    told = ask.parse_args(arguments)
    if os.geteuid() or shutil.which("mount") is None:
        print("needs to mount disks: run it as root")
        return 2
    set_num_threads(1)
    warm_up()
    assert callable(command_line)  # imported for all forks
    broken = 0
    work = Path(tempfile.mkdtemp(prefix="disks-"))
    write_questions(work)
    for command in commands():
        if told.commands is not None and command.name not in told.commands.split(","):
            continue
        for state, seen, faults in tried(command, work):
            broken += bool(faults)
            verdict = "; ".join(faults) or "ok"
            words = seen.message if seen.code else ""
            print(f"{command.name}, {state}: code {seen.code}, {seen.seconds:.1f} s: {verdict}  {words}", flush=True)
    return int(broken > 0)


if __name__ == "__main__":
    sys.exit(main())
