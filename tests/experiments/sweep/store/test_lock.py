"""One writer, and no lock that outlives its holder."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from model.experiments.sweep.store import SweepStore
from model.experiments.sweep.store.lock import WriterLock
from model.foundation.errors import InputError

HOLDER = """
import sys, time
from pathlib import Path
from model.experiments.sweep.store.lock import WriterLock
lock = WriterLock(Path(sys.argv[1]))
lock.take()
print("held", flush=True)
time.sleep(60)
"""


def test_a_second_driver_is_told_who_writes(store: SweepStore) -> None:
    with store.writing(), SweepStore.open(store.folder) as second:
        with pytest.raises(InputError, match=f"one driver at a time.*process {os.getpid()} on "):
            second.commit([])
        assert second.frame().empty
    with SweepStore.open(store.folder) as third, third.writing():
        assert third.counts() == (0, 0)


def test_the_lock_of_a_killed_process_is_free(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", HOLDER, str(tmp_path)], stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        lock = WriterLock(tmp_path)
        with pytest.raises(InputError, match=f"process {holder.pid} "):
            lock.take()
        holder.kill()
        holder.wait()
        lock.take()
        assert lock.held
        lock.release()
        assert not lock.held


def test_on_a_full_disk_the_lock_holds_without_its_text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lock = WriterLock(tmp_path)
    lock.take()
    assert '"process"' in (tmp_path / "writer.lock").read_text()
    lock.release()

    def full(handle: int, words: bytes) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("model.experiments.sweep.store.lock.os.write", full)
    lock.take()
    with pytest.raises(InputError, match="another process"):
        WriterLock(tmp_path).take()
    lock.release()
    assert not lock.held


FULL = """
import resource, sys
from pathlib import Path
from model.experiments.sweep.store.lock import WriterLock
lock = WriterLock(Path(sys.argv[1]))
resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))  # the system refuses every byte, as a full disk does
lock.take()
lock.release()
print("free")
"""


@pytest.mark.skipif(sys.platform == "win32", reason="the limit is set as Unix does")
def test_letting_go_never_fails_on_a_full_disk(tmp_path: Path) -> None:
    told = subprocess.run([sys.executable, "-c", FULL, str(tmp_path)], capture_output=True, text=True, check=False)
    assert told.stdout == "free\n", told.stderr


def test_a_lock_whose_text_names_a_living_process_is_free_when_nobody_holds_it(tmp_path: Path) -> None:
    words = '{"process": %d, "machine": "here", "since": "2099-01-01T00:00:00+00:00"}'  # a number that is used again
    (tmp_path / "writer.lock").write_text(words % os.getppid())
    lock = WriterLock(tmp_path)
    lock.take()
    assert lock.held
    lock.release()
