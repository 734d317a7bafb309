"""Files are written whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path
from threading import Thread
from typing import BinaryIO

import pytest

from model.foundation.errors import InputError
from model.foundation.files import is_file, is_folder, is_there, read_text, write_new, write_text_whole, write_whole


def test_text_comes_back_and_others_may_read_it(tmp_path: Path) -> None:
    path = tmp_path / "new" / "folder" / "a.txt"
    write_text_whole(path, "für 20 Märkte\n")
    assert read_text(path, what="a note") == "für 20 Märkte\n"
    assert path.stat().st_mode & 0o777 == 0o644


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt])
def test_failed_write_leaves_the_old_file_and_nothing_else(tmp_path: Path, error: type[BaseException]) -> None:
    path = tmp_path / "a.txt"
    write_text_whole(path, "old")

    def breaks(stream: BinaryIO) -> None:
        stream.write(b"half of the n")
        raise error

    with pytest.raises(error):
        write_whole(path, breaks)
    assert path.read_text() == "old"
    assert os.listdir(tmp_path) == ["a.txt"]


def test_full_disk_is_one_clear_error(tmp_path: Path) -> None:
    def full(stream: BinaryIO) -> None:
        raise OSError(28, "No space left on device")

    with pytest.raises(InputError, match="No space left on device"):
        write_whole(tmp_path / "a.txt", full)
    assert os.listdir(tmp_path) == []


def test_place_that_is_a_file_is_one_clear_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(InputError, match="must be a place that can be written"):
        write_text_whole(tmp_path / "file" / "a.txt", "x")


def test_unreadable_and_foreign_text_say_what_was_wanted(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="a scenario must be readable"):
        read_text(tmp_path / "none.toml", what="a scenario")
    (tmp_path / "latin.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InputError, match="is UTF-8 text"):
        read_text(tmp_path / "latin.toml", what="a scenario")


def test_a_new_file_is_written_and_an_old_one_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "folder" / "a.txt"
    write_new(path, "first")
    with pytest.raises(InputError, match="must be a new file"):
        write_new(path, "second")
    assert path.read_text(encoding="utf-8") == "first"
    assert [one.name for one in path.parent.iterdir()] == ["a.txt"]


def test_of_two_that_write_at_once_only_one_does(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.txt"
    write_new(path, "first")
    monkeypatch.setattr(Path, "exists", lambda _: False)  # both looked before either wrote
    with pytest.raises(InputError, match="must be a new file"):
        write_new(path, "second")
    assert path.read_text(encoding="utf-8") == "first"
    assert [one.name for one in tmp_path.iterdir()] == ["a.txt"]


@pytest.mark.parametrize("path", ["nul\0sign.toml", "half\ud800sign.toml", "x" * 5000])
def test_a_path_that_is_none_is_one_clear_error(path: str) -> None:
    with pytest.raises(InputError, match="a scenario"):
        read_text(Path(path), what="a scenario")


def test_a_device_is_no_file_and_a_text_has_an_end(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="a device"):
        read_text(Path("/dev/zero"), what="a table")
    (tmp_path / "long.txt").write_text("é" * 11)
    assert read_text(tmp_path / "long.txt", what="a text", most=11) == "é" * 11
    with pytest.raises(InputError, match="at most 10 letters"):
        read_text(tmp_path / "long.txt", what="a text", most=10)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_what_comes_through_a_pipe_is_read_as_from_a_file(tmp_path: Path) -> None:
    """So that `--terms <(...)` and `/dev/stdin` work in a shell."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writer = Thread(target=pipe.write_text, args=["für 20 Märkte\n"], kwargs={"encoding": "utf-8"}, daemon=True)
    writer.start()
    assert read_text(pipe, what="a term sheet") == "für 20 Märkte\n"
    writer.join(timeout=10.0)


def test_what_is_asked_of_a_path_that_none_can_be_is_no(tmp_path: Path) -> None:
    for odd in (tmp_path / ("a" * 5000), tmp_path / "nul\0sign", tmp_path / "\ud800"):
        assert not is_file(odd)
        assert not is_folder(odd)
        assert not is_there(odd)
    assert is_folder(tmp_path)
    assert is_there(tmp_path)
