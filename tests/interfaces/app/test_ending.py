"""How the page ends: by Ctrl-C, asked by a batch system, with its terminal; at once, or when it is under way."""

from __future__ import annotations

import http.client
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import model

pytest.importorskip("solara")
pytest.importorskip("uvicorn")
ROOT = Path(model.__file__).resolve().parent.parent
pytestmark = [
    pytest.mark.page,
    pytest.mark.skipif(sys.platform == "win32", reason="signals are sent as Unix does"),
]


@pytest.mark.parametrize("under_way", [False, True], ids=["while it begins", "under way"])
@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_the_page_ends_with_one_line(tmp_path: Path, name: str, under_way: bool) -> None:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(
        [sys.executable, "-m", "model", "app", "--port", "0"], cwd=tmp_path, env=environment, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        preexec_fn=lambda: [signal.signal(number, signal.SIG_DFL) for number in (signal.SIGINT, signal.SIGHUP)],
    ) as running:  # fmt: skip
        assert running.stdout is not None
        found = re.search(r"http://127\.0\.0\.1:(\d+)/", running.stdout.readline())
        assert found
        assert running.stdout.readline() == "Ctrl+C ends it.\n"
        if under_way:
            connection = http.client.HTTPConnection("127.0.0.1", int(found[1]), timeout=120)
            connection.request("GET", "/")
            assert connection.getresponse().status == 200
            connection.close()
        else:
            time.sleep(0.5)  # it listens, and loads its pages
        running.send_signal(getattr(signal, name))
        said, told = running.communicate(timeout=120)
    assert said == ""
    assert re.fullmatch(r"resonance: stopped.*\n", told), told
    assert running.returncode in (130, -signal.SIGINT)


def test_a_page_that_shall_outlive_its_terminal_does(tmp_path: Path) -> None:
    """As under nohup: a hang-up that is ignored when the page begins stays ignored."""
    with subprocess.Popen(
        [sys.executable, "-m", "model", "app", "--port", "0"], cwd=tmp_path, text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        preexec_fn=lambda: [signal.signal(signal.SIGHUP, signal.SIG_IGN), signal.signal(signal.SIGINT, signal.SIG_DFL)],
    ) as running:  # fmt: skip
        try:
            assert running.stdout is not None
            found = re.search(r"http://127\.0\.0\.1:(\d+)/", running.stdout.readline())
            assert found
            assert running.stdout.readline() == "Ctrl+C ends it.\n"
            running.send_signal(signal.SIGHUP)
            time.sleep(1.0)
            connection = http.client.HTTPConnection("127.0.0.1", int(found[1]), timeout=120)
            connection.request("GET", "/")
            assert connection.getresponse().status == 200
            connection.close()
            assert running.poll() is None
        finally:
            running.terminate()
            running.communicate(timeout=120)
