"""Stamps in pictures: they come back whole, change no pixel, and are told apart from none and from harm."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.figure import Figure
from matplotlib.image import imread

from model.foundation.errors import InputError
from model.results.picture_bytes import png
from model.results.stamp import stamp_of, stamped


def picture() -> bytes:
    figure = Figure(figsize=(1.0, 1.0))
    figure.subplots().plot([0, 1], [1, 0])
    return png(figure)


PICTURE = picture()


@given(st.dictionaries(st.text(max_size=9), st.text(max_size=30) | st.integers() | st.lists(st.booleans()), max_size=4))
def test_a_stamp_comes_back_as_it_was(tmp_path_factory: pytest.TempPathFactory, stamp: dict[str, object]) -> None:
    path = tmp_path_factory.mktemp("one") / "a.png"
    path.write_bytes(stamped(PICTURE, stamp))
    assert stamp_of(path) == stamp


def test_no_pixel_changes_and_a_later_stamp_takes_the_place(tmp_path: Path) -> None:
    once = stamped(PICTURE, {"run": "é1"})
    twice = stamped(once, {"run": "é2"})
    assert len(once) == len(twice)
    for one in (once, twice):
        assert np.array_equal(imread(BytesIO(one)), imread(BytesIO(PICTURE)))
    (tmp_path / "a.png").write_bytes(twice)
    assert stamp_of(tmp_path / "a.png") == {"run": "é2"}


def test_what_is_no_picture_is_left_alone() -> None:
    assert stamped(b"\x89PNG", {"a": 1}) == b"\x89PNG"


@pytest.mark.parametrize(
    ("content", "words"),
    [(PICTURE, "no stamp"), (stamped(PICTURE, {"a": 1})[:-20], "ends too early"), (b"text", "is a PNG picture"),
     (None, "No such file")],
)  # fmt: skip
def test_what_has_no_stamp_is_told_in_one_message(tmp_path: Path, content: bytes | None, words: str) -> None:
    path = tmp_path / "a.png"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(InputError, match=words) as error:
        stamp_of(path)
    assert len(error.value.faults) == 1


def test_a_stamp_nested_beyond_reading_is_told(tmp_path):
    path = tmp_path / "figure.png"
    text = b"resonance\0\0\0\0\0" + b"[" * 100_000
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + len(text).to_bytes(4, "big") + b"iTXt" + text + bytes(4))
    with pytest.raises(InputError, match="whole PNG picture"):
        stamp_of(path)
