"""Where a picture comes from, written into the PNG file itself, so that a figure keeps it wherever it is copied to."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from model.foundation.errors import Fault, InputError

KEYWORD = "resonance"
_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_TEXT = b"iTXt"  # UTF-8 text; the keyword, four empty fields and the text follow
_SIZE, _FRAME = 4, 12  # bytes of a length; of a chunk beside its content


def stamped(picture: bytes, stamp: Mapping[str, object]) -> bytes:
    """Return the bytes of a PNG with a stamp of plain values in it; other bytes come back as they are.

    An earlier stamp is replaced; no pixel changes.
    """
    if not picture.startswith(_SIGNATURE):
        return picture
    text = json.dumps(stamp, ensure_ascii=False, sort_keys=True, allow_nan=False)
    own = _chunk(_TEXT, KEYWORD.encode() + b"\0\0\0\0\0" + text.encode())
    kept = [_chunk(kind, content) for kind, content in _chunks(picture) if _words(kind, content) is None]
    return b"".join([_SIGNATURE, kept[0], own, *kept[1:]])  # the first chunk is the header


def stamp_of(path: Path) -> dict[str, Any]:
    """Return the stamp of a PNG file; InputError where it cannot be read or has none."""
    way = "Only figures that were saved to a folder by this project carry one."
    try:
        picture = path.read_bytes()
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise InputError(Fault(str(path), "is a picture that can be read", reason, "Check the path.")) from error
    if not picture.startswith(_SIGNATURE):
        raise InputError(Fault(str(path), "is a PNG picture", "something else", way))
    try:
        found = [words for kind, content in _chunks(picture) if (words := _words(kind, content)) is not None]
        stamp = json.loads(found[0]) if found else None
    except (ValueError, IndexError, RecursionError) as error:
        raise InputError(Fault(str(path), "is a whole PNG picture", str(error), "Save it again.")) from error
    if not isinstance(stamp, dict):
        raise InputError(Fault(str(path), "carries where it comes from", "no stamp", way))
    return stamp


def _chunk(kind: bytes, content: bytes) -> bytes:
    checked = kind + content
    return len(content).to_bytes(_SIZE, "big") + checked + zlib.crc32(checked).to_bytes(_SIZE, "big")


def _chunks(picture: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Yield (kind, content) of every chunk; ValueError where the file ends inside one."""
    at = len(_SIGNATURE)
    while at < len(picture):
        size = int.from_bytes(picture[at : at + _SIZE], "big")
        if at + _FRAME + size > len(picture):
            raise ValueError("the file ends too early")
        yield picture[at + _SIZE : at + 2 * _SIZE], picture[at + 2 * _SIZE : at + 2 * _SIZE + size]
        at += _FRAME + size


def _words(kind: bytes, content: bytes) -> str | None:
    """Return the text of a chunk that is a stamp, None for any other chunk."""
    head = KEYWORD.encode() + b"\0\0\0\0\0"
    return content[len(head) :].decode("utf-8") if kind == _TEXT and content.startswith(head) else None
