"""A document as Markdown, with its pictures as files beside it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from model.experiments.report.document import (
    CODE,
    CODE_END,
    LINK,
    STRONG,
    STRONG_END,
    Block,
    Bullets,
    Document,
    Gallery,
    Grid,
    Picture,
    Section,
    Words,
)

_PARTS = re.compile(f"({CODE}.*?{CODE_END})")
_SIGNS = re.compile(r"([\\`*_\[\]<>|#~])")


def markdown_page(document: Document) -> str:
    """Return the document as Markdown. Its pictures are files beside it, `<name>.png`."""
    pieces = [f"# {inline(document.title)}", inline(document.kicker), *map(inline, document.about)]
    for section in document.sections:
        pieces += _section(section, level=2)
    return "\n\n".join([*pieces, "---", inline(document.foot)]) + "\n"


def inline(text: str) -> str:
    """Return words as Markdown: its signs escaped but in code, links and code marked."""
    return "".join(_coded(part) if part.startswith(CODE) else _worded(part) for part in _PARTS.split(text))


def _coded(part: str) -> str:
    inner = part.removeprefix(CODE).removesuffix(CODE_END).replace("|", "\\|")
    return f"``{inner}``" if "`" in inner else f"`{inner}`"


def _worded(part: str) -> str:
    found = _SIGNS.sub(r"\\\1", part)
    found = LINK.sub(lambda match: f"[{match[2]}](#{match[1]})", found)
    return found.replace(STRONG, "**").replace(STRONG_END, "**")


def _section(section: Section, *, level: int) -> Iterator[str]:
    yield f'<a id="{section.anchor}"></a>'
    yield f"{'#' * level} {inline(section.title)}"
    for block in section.blocks:
        yield from _block(block)
    for part in section.parts:
        yield from _section(part, level=level + 1)


def _block(block: Block) -> Iterator[str]:
    match block:
        case Words():
            text = inline(block.text)
            yield {"answer": f"**Answer.** {text}", "note": f"> {text}"}.get(block.kind, text)
        case Bullets():
            yield "\n".join(f"- {inline(item)}" for item in block.items)
        case Picture():
            yield from _picture(block)
        case Gallery():
            for one in block.pictures:
                yield from _picture(one)
        case Grid():
            yield f"*{inline(block.caption)}*"
            yield "\n".join(_grid(block))


def _picture(one: Picture) -> Iterator[str]:
    yield f"![{inline(one.alt)}]({one.name}.png)"
    yield f"*{inline(one.caption)}*"


def _grid(grid: Grid) -> Iterator[str]:
    yield f"| {' | '.join(map(inline, grid.columns))} |"
    yield f"|{'|'.join('---:' if name in grid.numbers else '---' for name in grid.columns)}|"
    for at, row in enumerate(grid.rows):
        place = f'<a id="{grid.anchors[at]}"></a>' if grid.anchors else ""
        yield f"| {place}{' | '.join(map(inline, row))} |"
