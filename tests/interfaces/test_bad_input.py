"""Bad input at the command line: exit code 2, one clear line per fault, no traceback, nothing written."""

from __future__ import annotations

import errno
import io
import os
from pathlib import Path

import pytest

from model.interfaces.cli import main

FILES = {
    "broken": "months = = 3\n",
    "dates": 'markets = ["ID"]\nmonths = 6\n[[events]]\ndate = "2021-01"\nkind = "tier_closes"\nplatform = "resso"\n'
    'tier = "free_ads"\nmarkets = ["ID"]\n',
    "circle": 'extends = "circle"\n',
    "binary": b"\xff\xfe\x00",
    "fine": 'markets = ["ID"]\nusers = 300\nmonths = 2\n',
}
CASES = {
    "unknown key": (["fine.toml", "--set", "month=3"], "Did you mean 'months'?"),
    "unknown parameter": (["fine.toml", "--set", "parameters.theeta=3"], "Did you mean 'theta'?"),
    "wrong type": (["fine.toml", "--set", "parameters.theta=high"], "finite number"),
    "unit with it": (["fine.toml", "--set", 'platforms.spotify.price.ID.individual="4.99 USD"'], "local currency"),
    "negative price": (["fine.toml", "--set", "platforms.spotify.price.ID.individual=-1"], "got -1"),
    "unknown market": (["fine.toml", "--markets", "XX"], "no such market"),
    "unknown label": (["fine.toml", "--set", "platforms.resso.catalogue.ID.sonny=true"], "Did you mean 'sony'?"),
    "unknown service": (["fine.toml", "--set", "platforms.reso.integration.ID=1"], "Did you mean 'resso'?"),
    "date before the start": (["dates.toml"], "2021-01"),
    "no users": (["fine.toml", "--users", "0"], "from 1 to 100,000,000"),
    "too many users": (["fine.toml", "--users", "1000000000000"], "from 1 to 100,000,000"),
    "users in words": (["fine.toml", "--users", "many"], "got 'many'"),
    "negative users": (["fine.toml", "--users", "-5"], "got -5"),
    "half a month": (["fine.toml", "--months", "1.5"], "whole number"),
    "no months": (["fine.toml", "--months", "0"], "from 1 to"),
    "seed in words": (["fine.toml", "--seed", "lucky"], "whole number"),
    "no replicates": (["fine.toml", "--replicates", "0"], "from 1 to"),
    "no markets": (["fine.toml", "--markets", ","], "at least one market code"),
    "a key twice": (["fine.toml", "--users", "5", "--set", "users=6"], "a key is given once"),
    "not an assignment": (["fine.toml", "--set", "theta"], "key=value"),
    "broken TOML": (["broken.toml"], "TOML"),
    "no such file": (["fin.toml"], "Did you mean 'fine'?"),
    "no such name": (["basline"], "Did you mean 'baseline'?"),
    "a folder": (["."], "scenario"),
    "not a text": (["binary.toml"], "UTF-8"),
    "a circle": (["./circle.toml"], "circle"),
}


@pytest.fixture(autouse=True)
def _files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = tmp_path / "work"
    place.mkdir()
    monkeypatch.chdir(place)
    for name, content in FILES.items():
        (place / f"{name}.toml").write_bytes(content if isinstance(content, bytes) else content.encode())


def complaints(capsys: pytest.CaptureFixture[str]) -> list[str]:
    """The lines on stderr; stdout must be empty and there must be no traceback."""
    told = capsys.readouterr()
    assert told.out == ""
    assert "Traceback" not in told.err
    return told.err.splitlines()


@pytest.mark.parametrize("command", ["run", "explain"])
@pytest.mark.parametrize(("words", "part"), CASES.values(), ids=CASES)
def test_one_clear_line_and_nothing_written(
    capsys: pytest.CaptureFixture[str], command: str, words: list[str], part: str
) -> None:
    before = sorted(Path.cwd().rglob("*"))
    out = ["--out", "results"] if command == "run" else []
    assert main([command, *words, *out]) == 2
    (line,) = complaints(capsys)
    assert line.startswith("resonance: ")
    assert part in line
    assert sorted(Path.cwd().rglob("*")) == before


def test_every_fault_has_its_own_line(capsys: pytest.CaptureFixture[str]) -> None:
    words = ["fine.toml", "--users", "0", "--months", "x", "--set", "parameters.theta=-1", "--set", "nothing"]
    assert main(["run", *words]) == 2
    assert len(complaints(capsys)) == 4


def test_an_unreadable_file_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    path = Path("fine.toml")
    path.chmod(0)
    if os.access(path, os.R_OK):  # the superuser reads everything
        path.unlink()
        path.symlink_to("/proc/self/mem")
    assert main(["run", "./fine.toml"]) == 2
    assert "fine.toml" in complaints(capsys)[0]


def test_a_full_disk_is_told_before_the_run(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    class Full(io.BytesIO):
        def write(self, _: object) -> int:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("model.interfaces.cli.running.tempfile.TemporaryFile", lambda dir: Full())
    monkeypatch.setattr("model.experiments.run.run", never)
    assert main(["run", "fine.toml", "--out", str(tmp_path / "kept")]) == 2
    (line,) = complaints(capsys)
    assert "No space left on device" in line
    assert "make room" in line
    assert not (tmp_path / "kept").exists()


@pytest.mark.parametrize("out", ["taken", "taken/below", "/proc/results"])
def test_a_place_that_cannot_be_written_is_told_before_the_run(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, out: str
) -> None:
    Path("taken").write_text("a file")
    monkeypatch.setattr("model.experiments.run.run", never)
    assert main(["run", "fine.toml", "--out", out]) == 2
    (line,) = complaints(capsys)
    assert "--out" in line
    assert Path("taken").read_text() == "a file"


def test_a_folder_of_other_files_is_told_before_the_run(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    Path("mine").mkdir()
    Path("mine/services.csv").write_text("of the user")
    monkeypatch.setattr("model.experiments.run.run", never)
    assert main(["run", "fine.toml", "--out", "mine"]) == 2
    (line,) = complaints(capsys)
    assert "--out mine" in line
    assert "empty" in line
    assert [path.name for path in Path("mine").iterdir()] == ["services.csv"]
    assert Path("mine/services.csv").read_text() == "of the user"


def never(*_: object, **__: object) -> object:
    raise AssertionError("ran although the results have no place")


@pytest.mark.parametrize(
    ("words", "part"),
    [
        (["rnu", "tiny"], "Did you mean 'run'?"),
        (["run", "tiny", "--user", "5"], "--users"),
        (["run"], "SCENARIO"),
        (["run", "tiny", "baseline"], "baseline"),
        (["run", "tiny", "--users"], "--users"),
        (["facts", "--limit", "-1"], "--limit"),
    ],
)
def test_wrong_words_are_told_in_one_line_with_the_way_to_the_help(
    capsys: pytest.CaptureFixture[str], words: list[str], part: str
) -> None:
    assert main(words) == 2
    (line,) = complaints(capsys)
    assert part in line
    assert "--help" in line


@pytest.mark.parametrize(
    "words", [["facts", "--id", "prc-9999"], ["facts", "nowhere-to-be-found"], ["facts", "--weak", "ZZ"],
              ["parameters", "theeta"]],
)  # fmt: skip
def test_what_is_not_known_is_told(capsys: pytest.CaptureFixture[str], words: list[str]) -> None:
    assert main(words) == 2
    assert len(complaints(capsys)) == 1
