"""The project's pages as tests see them: their blocks of code with what is said about running them, headings, links."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import model as sm

ROOT = Path(sm.__file__).resolve().parent.parent
DOCS = ROOT / "docs"
PAGES = [
    ROOT / "README.md",
    *sorted(DOCS.rglob("*.md")),
    ROOT / "scenarios" / "README.md",
    ROOT / "benchmarks" / "README.md",
]
_BLOCK = re.compile(
    r"(?:^<!-- (?P<note>[^\n]+?) -->\n+)?^```(?P<language>\w*)\n(?P<code>.*?)^```$", flags=re.MULTILINE | re.DOTALL
)
_CODE = re.compile(r"^```.*?^```$|^ {4}\S.*$", flags=re.MULTILINE | re.DOTALL)
_SMALLER = "tested smaller: "
NOT_RUN, PARSED = "not run: ", "parsed only: "
"""What a comment before a block may begin with; each goes on with a reason, or with `old > new; old > new`."""


@dataclass(frozen=True)
class Block:
    """A fenced block: its page, the line it begins on, language and code, and the comment right before it."""

    page: Path
    line: int
    language: str
    code: str
    note: str

    @property
    def name(self) -> str:
        return f"{self.page.name}:{self.line}"

    @property
    def runs(self) -> bool:
        return not self.note.startswith((NOT_RUN, PARSED))

    def smaller(self) -> str:
        """The code with the sizes that tests take; what the comment would replace must stand in the code."""
        code = self.code
        if self.note.startswith(_SMALLER):
            for part in self.note.removeprefix(_SMALLER).split("; "):
                old, sign, new = part.partition(" > ")
                assert sign, f"{self.name}: 'old > new' is wanted in the comment, not {part!r}"
                assert old in code, f"{self.name}: the comment replaces {old!r}, which the block does not have"
                code = code.replace(old, new)
        return code


def text_of(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def blocks_of(page: Path, language: str = "") -> list[Block]:
    """The blocks of a page in order, of one language or of all."""
    text = text_of(page)
    found = [
        Block(page, text[: one.start("code")].count("\n"), one["language"], one["code"], one["note"] or "")
        for one in _BLOCK.finditer(text)
    ]
    return [one for one in found if not language or one.language == language]


def prose_of(page: Path) -> str:
    """The text of a page without its blocks of code."""
    return _CODE.sub("", text_of(page))


def anchors_of(page: Path) -> set[str]:
    """The anchors of a page's headings, as hosts make them: small letters, no signs, hyphens for blanks."""
    found: set[str] = set()
    for heading in re.findall(r"^#{1,6} (.+)$", prose_of(page), flags=re.MULTILINE):
        plain = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).strip().lower()
        slug = re.sub(r"[^\w\- ]", "", plain).replace(" ", "-")
        count = 0
        while (name := slug if not count else f"{slug}-{count}") in found:
            count += 1
        found.add(name)
    return found


def links_of(page: Path) -> list[str]:
    """The targets of a page's links and pictures, those of other sites left out."""
    targets = re.findall(r"\]\(([^)\s]+)\)", prose_of(page))
    return [one for one in targets if "://" not in one and not one.startswith("mailto:")]
