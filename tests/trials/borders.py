"""Kill a writer before each of its file operations in turn, and see what a reader and a second try find.

Where `kills` tries moments by chance, this tries every border between two operations on files: each opening to write,
renaming, deleting and making of a folder. With `torn`, the file that was being written is cut in half too, as a crash
in the midst of writing leaves it. `python -m tests.trials.borders` prints how many borders each writer has.
"""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import sys
import tempfile
import warnings
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

WRITES = os.O_WRONLY | os.O_RDWR
CHANGES = ("os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.chmod", "os.link", "os.truncate", "sqlite3.connect")
FINDS = ("nothing", "earlier", "unfinished", "whole")
ENDED, BROKE, MOST = 0, 70, 400


@dataclass(frozen=True)
class Writer:
    """Something that writes into a folder. prepare: what is there before. act: what is killed, and done again.

    look: what a reader finds, "nothing", "earlier", "unfinished" or "whole"; raises where it is none of these.
    content: what must be the same after a kill and a second try as without a kill.
    """

    name: str
    prepare: Callable[[Path], object]
    act: Callable[[Path], object]
    look: Callable[[Path], str]
    content: Callable[[Path], object]
    tidies: bool = True
    """Whether a second try takes half-written files away; one file somewhere leaves its hidden neighbours alone."""


@dataclass(frozen=True)
class Border:
    """What came of a kill at one border. found: by the reader; faults: in words."""

    number: int
    at: str
    found: str
    faults: tuple[str, ...]


def tried(writer: Writer, work: Path, *, torn: bool, step: int = 1) -> Iterator[Border]:
    """Yield what came of a kill at each border of a writer; the last is the one behind which nothing was left to do."""
    warm = work / "warm"  # what is imported and read once is there for all forks
    writer.prepare(warm)
    writer.act(warm)
    writer.look(warm)
    whole = work / "whole"
    _fresh(writer, whole)
    if _killed_at(writer, whole, MOST, torn=False)[0] != ENDED:
        raise AssertionError(f"{writer.name} does not end by itself")
    wanted = writer.content(whole)
    for number in range(0, MOST, step):
        folder = work / "border"
        _fresh(writer, folder)
        code, at = _killed_at(writer, folder, number, torn=torn)
        if code == ENDED:
            return
        yield _judged(writer, folder, number, at, wanted)


def _judged(writer: Writer, folder: Path, number: int, at: str, wanted: object) -> Border:
    faults: list[str] = []
    copy = folder.with_name("copy")
    shutil.rmtree(copy, ignore_errors=True)
    if folder.exists():
        shutil.copytree(folder, copy)
    found = _seen(writer, copy)
    if found not in FINDS:
        faults.append(f"a reader finds {found}")
    code, _ = _killed_at(writer, folder, MOST, torn=False)
    if code != ENDED:
        faults.append(f"the second try ends with {code}")
    else:
        if (now := _seen(writer, folder)) != "whole":
            faults.append(f"after the second try a reader finds {now}")
        if writer.content(folder) != wanted:
            faults.append("the second try leaves other content")
        halves = [one.name for one in folder.rglob("*") if one.name.startswith(".") or one.suffix == ".tmp"]
        if halves and writer.tidies:
            faults.append(f"half-written files stay: {halves[0]}")
    return Border(number, at, found, tuple(faults))


def _seen(writer: Writer, folder: Path) -> str:
    """Return what a reader finds, or why it finds nothing that it should."""
    try:
        return writer.look(folder)
    except Exception as error:
        return f"{type(error).__name__}: {error}"


def _fresh(writer: Writer, folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    code, _ = _forked(lambda: writer.prepare(folder))
    if code != ENDED:
        raise AssertionError(f"{writer.name}: what is there before cannot be made")


def _killed_at(writer: Writer, folder: Path, number: int, *, torn: bool) -> tuple[int, str]:
    """Act in a fork that dies before its operation of a number; return how it ended, and before what."""
    note = folder.with_name(f"{folder.name}.at")
    note.unlink(missing_ok=True)

    def act() -> None:
        sys.addaudithook(_Counting(folder, number, note, torn=torn))
        writer.act(folder)

    code = _forked(act)[0]
    return code, note.read_text(encoding="utf-8") if note.exists() else ""


def _forked(act: Callable[[], object]) -> tuple[int, int]:
    sys.stdout.flush()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # pools of threads know of forks
        pid = os.fork()
    if not pid:
        code = BROKE
        try:
            act()
            code = ENDED
        except BaseException as error:
            print(f"    {type(error).__name__}: {error}", file=sys.stderr, flush=True)
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), pid


class _Counting:
    """Kills this process before its n-th change of files in a folder."""

    def __init__(self, folder: Path, number: int, note: Path, *, torn: bool) -> None:
        self._folder, self._left, self._note, self._torn, self._busy = str(folder), number, note, torn, False

    def __call__(self, event: str, arguments: tuple[object, ...]) -> None:
        if self._busy or not (event == "open" or event in CHANGES) or not arguments:
            return
        place = arguments[0]
        text = os.fsdecode(place) if isinstance(place, str | bytes | os.PathLike) else ""
        if self._folder not in text or (event == "open" and not int(arguments[2]) & WRITES):  # type: ignore[call-overload]
            return
        if self._left:
            self._left -= 1
            return
        self._busy = True
        self._note.write_text(f"{event} {Path(text).name}", encoding="utf-8")
        if self._torn and event in ("os.chmod", "os.rename") and os.path.isfile(text):
            os.truncate(text, os.path.getsize(text) // 2)
        os.kill(os.getpid(), signal.SIGKILL)


def main(arguments: Sequence[str] | None = None) -> int:
    """Try every border of every writer; exit code 1 where something broke."""
    from tests.trials.border_writers import writers

    ask = argparse.ArgumentParser(prog="python -m tests.trials.borders", description=__doc__.splitlines()[0])
    ask.add_argument("--writers", help="some of them, separated by commas")
    told = ask.parse_args(arguments)
    broken = 0
    for writer in writers(Path(tempfile.mkdtemp(prefix="borders-"))):
        if told.writers is not None and writer.name not in told.writers.split(","):
            continue
        for torn in (False, True):
            work = Path(tempfile.mkdtemp(prefix="borders-"))
            found = list(tried(writer, work, torn=torn))
            bad = [one for one in found if one.faults]
            broken += len(bad)
            kinds = ", ".join(f"{kind} {count}" for kind, count in Counter(one.found for one in found).items())
            title = f"{writer.name}{', torn' if torn else ''}"
            print(f"{title}: {len(found)} borders, {len(bad)} with faults; a reader found: {kinds}", flush=True)
            for one in bad:
                print(f"  before {one.at}: {'; '.join(one.faults)}", flush=True)
            shutil.rmtree(work, ignore_errors=True)
    return int(broken > 0)


if __name__ == "__main__":
    sys.exit(main())
