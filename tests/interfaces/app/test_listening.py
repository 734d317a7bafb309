"""The server of the page in a process of its own: where it listens, and what it gives to whom."""

from __future__ import annotations

import http.client
import ipaddress
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

import model

pytest.importorskip("solara")
pytest.importorskip("uvicorn")
ROOT = Path(model.__file__).resolve().parent.parent
pytestmark = pytest.mark.page
SECRET = "nobody else's business"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """The process and the port; its working folder holds a file that is nobody's business."""
    place = tmp_path_factory.mktemp("page")
    (place / "secret.txt").write_text(SECRET, encoding="utf-8")
    (place / "results").mkdir()
    program = [sys.executable, "-m", "model", "app", "--port", "0"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(
        program, cwd=place, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as running:
        assert running.stdout is not None
        said = running.stdout.readline()
        found = re.search(r"http://127\.0\.0\.1:(\d+)/", said)
        assert found, f"{said}{running.stderr.read() if running.stderr and not said else ''}"
        yield running, int(found[1])
        running.terminate()
        running.communicate(timeout=30)


def asked(port: int, path: str, *, method: str = "GET", **headers: str) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.putrequest(method, path, skip_host=True)
    for name, value in {"Host": f"127.0.0.1:{port}", **headers}.items():
        connection.putheader(name, value)
    connection.endheaders()
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    return answer.status, body


def test_no_other_site_may_show_the_page_inside_its_own(served: tuple[subprocess.Popen[str], int]) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", served[1], timeout=60)
    connection.request("GET", "/")
    assert connection.getresponse().headers["Content-Security-Policy"] == "frame-ancestors 'self'"
    connection.close()


def test_it_listens_on_loopback_only(served: tuple[subprocess.Popen[str], int]) -> None:
    running, port = served
    assert asked(port, "/")[0] == 200
    own = psutil.Process(running.pid)
    open_to = [one.laddr for each in (own, *own.children(recursive=True)) for one in each.net_connections("inet")
               if one.status == psutil.CONN_LISTEN]  # fmt: skip
    assert [one.port for one in open_to] == [port]
    assert all(ipaddress.ip_address(one.ip).is_loopback for one in open_to)


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example"}, {"Host": "127.0.0.1.evil.example"}, {"Host": ""}, {"Host": "0.0.0.0"},
        {"Origin": "https://evil.example"}, {"Origin": "null"}, {"Origin": "http://127.0.0.1:1"},
        {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"},
        {"Origin": "http://evil.example@127.0.0.1"},
    ],
)  # fmt: skip
@pytest.mark.parametrize("path", ["/", "/jupyter/api/kernels/x/channels", "/static/main.js"])
def test_another_host_or_site_is_refused(
    headers: dict[str, str], path: str, served: tuple[subprocess.Popen[str], int]
) -> None:
    assert asked(served[1], path, **headers)[0] == 403


STEPS = ("../", "..%2f", "%2e%2e/", "%2e%2e%2f", "..%5c", "..\\", "....//", "%252e%252e%252f", "..;/", "%c0%ae%c0%ae/")
FOLDERS = (
    "/",
    "/static/",
    "/static/public/",
    "/static/assets/",
    "/static/nbextensions/",
    "/_solara/cdn/",
    "/cdn/",
    "/files/",
)


@pytest.mark.parametrize("folder", FOLDERS)
def test_no_address_leads_to_files_of_the_machine(folder: str, served: tuple[subprocess.Popen[str], int]) -> None:
    """Neither the machine's files nor the project's sources nor the working folder's."""
    marks = (SECRET.encode(), b"root:x:0", b"[build-system]", b"def serve(")
    ends = ("etc/passwd", "secret.txt", "pyproject.toml", "model/interfaces/app/server.py")
    slow = folder == "/_solara/cdn/"  # what is missing there is asked of a network that is none: seven seconds each
    for step in STEPS[2:3] if slow else STEPS:
        for end in ends[:1] if slow else ends:
            for path in (f"{folder}{step * 12}{end}", f"{folder}{step * 3}{end}"):
                status, body = asked(served[1], path)
                assert status != 500, path
                assert not any(mark in body for mark in marks), path


def test_nothing_is_changed_by_other_methods(served: tuple[subprocess.Popen[str], int]) -> None:
    for method in ("PUT", "DELETE", "PATCH", "TRACE", "CONNECT"):
        assert asked(served[1], "/", method=method)[0] in (400, 404, 405), method
