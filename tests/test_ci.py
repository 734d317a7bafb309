"""What runs on every landing: the page is tested where a browser can be had, and loudly not where none can."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
LOUD = "*** THE PAGE WAS NOT TESTED IN A BROWSER"


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A folder with the real .ci/run, beside a launcher and a browser step that only tell and end as they are told."""
    (tmp_path / ".ci").mkdir()
    shutil.copy(ROOT / ".ci/run", tmp_path / ".ci")
    launcher = """#!/bin/sh
echo "$@"
for one in $FAILS; do [ "$one" = "$1$2" ] || [ "$one" = "$1$2$3" ] && exit 7; done
exit 0
"""
    for name, text in (("resonance", launcher), (".ci/browser", '#!/bin/sh\nexit "${BROWSER:-0}"\n')):
        (tmp_path / name).write_text(text)
        (tmp_path / name).chmod(0o755)
    return tmp_path


def landing(clone: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    asked = {"PATH": os.environ["PATH"], "FAILS": "", **environment}
    return subprocess.run([clone / ".ci/run"], env=asked, capture_output=True, text=True, timeout=60, check=False)


def test_everything_runs_where_there_is_a_browser(clone: Path) -> None:
    done = landing(clone)
    assert done.returncode == 0
    assert done.stdout.splitlines() == ["test", "run tiny --months 3", "set-up all", "test --browser -n 2"]
    assert LOUD not in done.stderr


def test_what_fails_in_the_browser_is_tried_once_more_by_itself(clone: Path) -> None:
    done = landing(clone, FAILS="test--browser-n")
    assert done.returncode == 0
    assert done.stdout.splitlines()[-2:] == ["test --browser -n 2", "test --browser --last-failed"]


def test_the_browser_can_be_left_out(clone: Path) -> None:
    done = landing(clone, RESONANCE_BROWSER="0")
    assert done.returncode == 0
    assert done.stdout.splitlines() == ["test", "run tiny --months 3"]


def test_without_a_browser_one_line_says_so_and_the_rest_counts(clone: Path) -> None:
    done = landing(clone, BROWSER="3")
    assert done.returncode == 0
    assert done.stdout.splitlines()[-2:] == ["set-up all", "test --browser -m page -n 2"]
    assert [line for line in done.stderr.splitlines() if line].pop().startswith(LOUD)
    assert landing(clone, BROWSER="3", FAILS="test--browser").returncode == 7
    done = landing(clone, FAILS="set-upall")
    assert done.returncode == 0
    assert LOUD in done.stderr


@pytest.mark.parametrize("step", ["test", "runtiny", "test--browser"])
def test_a_step_that_fails_fails_the_landing(clone: Path, step: str) -> None:
    assert landing(clone, FAILS=step).returncode == 7


def test_a_machine_that_cannot_have_a_browser_is_told_in_one_line(tmp_path: Path) -> None:
    for name in ("bash", "env", "id", "timeout", "mktemp", "rm", "grep"):
        found = shutil.which(name)
        assert found
        (tmp_path / name).symlink_to(found)
    done = subprocess.run(["bash", ROOT / ".ci/browser"], env={"PATH": str(tmp_path)}, capture_output=True, text=True,
                          timeout=60, check=False)  # fmt: skip
    assert done.returncode == 3
    assert done.stderr.count("\n") == 1
    assert "no Chromium for the tests of the page" in done.stderr


def test_a_browser_that_does_not_start_is_none(tmp_path: Path) -> None:
    for name in ("bash", "env", "id", "timeout", "mktemp", "rm", "grep"):
        (tmp_path / name).symlink_to(str(shutil.which(name)))
    fake = tmp_path / "chromium"
    fake.write_text("#!/bin/sh\nexit 1\n".replace("/bin/sh", str(shutil.which("sh"))))
    fake.chmod(0o755)

    def ended() -> int:
        step = ["bash", ROOT / ".ci/browser"]
        done = subprocess.run(step, env={"PATH": str(tmp_path)}, capture_output=True, timeout=60, check=False)
        return done.returncode

    assert ended() == 3
    fake.write_text(f"#!{shutil.which('sh')}\necho '<html><head></head></html>'\n")
    assert ended() == 0


def test_scripts_can_be_executed() -> None:
    for name in (".ci/run", ".ci/browser"):
        assert os.access(ROOT / name, os.X_OK), name
