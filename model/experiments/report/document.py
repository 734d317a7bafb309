"""A document to be read: sections of words, bullets, tables and pictures, free of any format.

Words may hold links and code, marked by signs that no text of a user can bring in: `link`, `strong` and `code` make
them, and the writers of HTML and Markdown turn them into their own.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

OPEN, MIDDLE, CLOSE = "\ue000", "\ue001", "\ue002"
STRONG, STRONG_END, CODE, CODE_END = "\ue003", "\ue004", "\ue005", "\ue006"
LINK = re.compile(f"{OPEN}([^{MIDDLE}]*){MIDDLE}(.*?){CLOSE}")
"""A link in words: where to, and its words."""
_MARKS = re.compile("[\ue000-\ue006]")
_NAME = re.compile(r"[^a-z0-9]+")


def plain(text: object) -> str:
    """Return foreign words (a scenario's sentence, a source) as they may stand in a document: on one line, unmarked."""
    return _MARKS.sub("", " ".join(str(text).split()))


def link(target: str, text: str) -> str:
    """Return words that lead to a place of the same document."""
    return f"{OPEN}{target}{MIDDLE}{text}{CLOSE}"


def strong(text: str) -> str:
    """Return words in bold."""
    return f"{STRONG}{text}{STRONG_END}"


def code(text: str) -> str:
    """Return words to be typed as they stand."""
    return f"{CODE}{plain(text)}{CODE_END}"


def bare(text: str) -> str:
    """Return marked words without marks: what a reader sees."""
    return _MARKS.sub("", re.sub(f"{OPEN}[^{MIDDLE}]*{MIDDLE}", "", text))


def anchor(text: str) -> str:
    """Return the name of a place, of small letters, digits and hyphens."""
    return _NAME.sub("-", text.lower()).strip("-")


@dataclass(frozen=True, slots=True)
class Words:
    """A paragraph. kind: "" for plain text, "answer" for the answer, "note" for what stands apart."""

    text: str
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Bullets:
    """A list of short texts."""

    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture. name: of its file. png: its bytes. alt: what it shows, for those who do not see it. caption: words."""

    name: str
    png: bytes = field(repr=False)
    alt: str
    caption: str


@dataclass(frozen=True, slots=True)
class Gallery:
    """Pictures that stand beside each other where there is room."""

    pictures: tuple[Picture, ...]


@dataclass(frozen=True, slots=True)
class Grid:
    """A table. columns: headings. rows: cells; the first of each row names it. numbers: headings of numeric columns.

    anchors: a place name for each row, () for none. small: whether it is an appendix, set in smaller type.
    """

    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numbers: tuple[str, ...] = ()
    anchors: tuple[str, ...] = ()
    small: bool = False


Block = Words | Bullets | Picture | Gallery | Grid


@dataclass(frozen=True, slots=True)
class Section:
    """A part with a heading. parts: sections below it."""

    title: str
    blocks: tuple[Block, ...]
    parts: tuple[Section, ...] = ()

    @property
    def anchor(self) -> str:
        """The name of its place."""
        return anchor(self.title)


@dataclass(frozen=True, slots=True)
class Document:
    """A whole document. kicker: what kind it is. title: its heading. about: lines below it. foot: its last line."""

    kicker: str
    title: str
    about: tuple[str, ...]
    sections: tuple[Section, ...]
    foot: str

    @property
    def pictures(self) -> tuple[Picture, ...]:
        """All pictures, in order."""
        return tuple(one for section in self.sections for one in _pictures(section))


def _pictures(section: Section) -> Sequence[Picture]:
    found: list[Picture] = []
    for block in section.blocks:
        found += [block] if isinstance(block, Picture) else block.pictures if isinstance(block, Gallery) else ()
    for part in section.parts:
        found += _pictures(part)
    return found
