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
