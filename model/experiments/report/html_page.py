"""A document as one HTML file that needs nothing else: pictures and style inside, no script, nothing fetched."""

from __future__ import annotations

import base64
import html
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
    bare,
)
from model.experiments.report.style import STYLE

STACKED = 4
"""Columns from which a table stacks its cells on a phone."""
SHORT = 24
"""Signs up to which a cell of a table stays on one line."""
_PARTED = re.compile(r"(?<=\d) (?=%|(?:[kMB]|USD|PPP|hours)\b)|(?<=\b[kMB]) (?=USD|PPP|hours)|(?<=PPP) (?=USD)")
"""Spaces between a number and its size and unit, where no line may end."""
_POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"
"""What the page may load: pictures inside it and its own style, nothing from anywhere."""


def html_page(document: Document) -> str:
    """Return the document as HTML."""
    pieces = [
        "<!DOCTYPE html>",
        '<html lang="en">',
        "<head>",
        '<meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">',
        f"<title>{html.escape(document.title)}</title>",
        f"<style>\n{STYLE}</style>",
        "</head>",
        "<body>",
        '<a class="skip" href="#content">To the answer</a>',
        "<header>",
        f'<p class="kicker">{inline(document.kicker)}</p>',
        f"<h1>{inline(document.title)}</h1>",
        *(f'<p class="about">{inline(line)}</p>' for line in document.about),
        "</header>",
        *_contents(document),
        '<main id="content">',
        *(piece for section in document.sections for piece in _section(section, level=2)),
        "</main>",
        f"<footer><p>{inline(document.foot)}</p></footer>",
        "</body>",
        "</html>",
    ]
    return "\n".join(pieces) + "\n"


def inline(text: str) -> str:
    """Return words as HTML: escaped, links and code as elements."""
    found = html.escape(text, quote=True)
    found = LINK.sub(lambda match: f'<a class="to" href="#{match[1]}">{match[2]}</a>', found)
    for mark, element in ((STRONG, "<strong>"), (STRONG_END, "</strong>"), (CODE, "<code>"), (CODE_END, "</code>")):
        found = found.replace(mark, element)
    return found


def _contents(document: Document) -> Iterator[str]:
    yield '<nav aria-label="Contents"><ul>'
    for section in document.sections:
        yield f'<li><a href="#{section.anchor}">{inline(section.title)}</a></li>'
    yield "</ul></nav>"


def _section(section: Section, *, level: int) -> Iterator[str]:
    yield f'<section aria-labelledby="{section.anchor}">'
    yield f'<h{level} id="{section.anchor}">{inline(section.title)}</h{level}>'
    for block in section.blocks:
        yield from _block(block)
    for part in section.parts:
        yield from _section(part, level=level + 1)
    yield "</section>"


def _block(block: Block) -> Iterator[str]:
    match block:
        case Words():
            kind = f' class="{block.kind}"' if block.kind else ""
            yield f"<p{kind}>{inline(block.text)}</p>"
        case Bullets():
            yield "<ul>"
            yield from (f"<li>{inline(item)}</li>" for item in block.items)
            yield "</ul>"
        case Picture():
            yield from _picture(block)
        case Gallery():
            yield '<div class="gallery">'
            for one in block.pictures:
                yield from _picture(one)
            yield "</div>"
        case Grid():
            yield from _grid(block)


def _group(stacks: bool) -> str:
    """Return the role of a group of rows, which a browser forgets where rows are stacked on a phone."""
    return ' role="rowgroup"' if stacks else ""


def _head(name: str) -> str:
    """Return the heading of a cell, to stand before it where rows are stacked on a phone."""
    return f' data-head="{html.escape(bare(name))}"'


def _class(cell: str, *, number: bool) -> str:
    """Return the classes of a cell: of a number, and of one that is short enough to stay on one line."""
    names = [name for name, there in (("number", number), ("short", len(bare(cell)) <= SHORT)) if there]
    return f' class="{" ".join(names)}"' if names else ""


def _picture(one: Picture) -> Iterator[str]:
    data = base64.b64encode(one.png).decode("ascii")
    wide, high = _size(one.png)
    yield "<figure>"
    yield f'<img src="data:image/png;base64,{data}" width="{wide}" height="{high}" alt="{html.escape(one.alt)}">'
    yield f"<figcaption>{inline(one.caption)}</figcaption>"
    yield "</figure>"


def _size(png: bytes) -> tuple[int, int]:
    """Return width and height of a PNG in pixels, which stand in its first chunk."""
    return int.from_bytes(png[16:20], "big"), int.from_bytes(png[20:24], "big")


def _grid(grid: Grid) -> Iterator[str]:
    stacks = len(grid.columns) >= STACKED
    kind = " ".join(["table", *(["small"] if grid.small else []), *(["stack"] if stacks else [])])
    row_role, cell_role = (' role="row"', ' role="cell"') if stacks else ("", "")
    yield f'<div class="{kind}" role="region" aria-label="{html.escape(grid.caption)}" tabindex="0">'
    named = ' role="table"' if stacks else ""
    yield f"<table{named}><caption>{inline(grid.caption)}</caption>"
    numeric = [name in grid.numbers for name in grid.columns]
    heads = "".join(
        f'<th scope="col"{' class="number"' if number else ""}>{inline(name)}</th>'
        for name, number in zip(grid.columns, numeric, strict=True)
    )
    yield f"<thead{_group(stacks)}><tr{row_role}>{heads}</tr></thead>"
    yield f"<tbody{_group(stacks)}>"
    for at, row in enumerate(grid.rows):
        place = f' id="{grid.anchors[at]}"' if grid.anchors else ""
        first, *rest = row
        cells = "".join(
            f"<td{cell_role}{_class(cell, number=number)}{_head(head) if stacks else ''}>"
            f"{_PARTED.sub('&nbsp;', inline(cell)) if number else inline(cell)}</td>"
            for cell, number, head in zip(rest, numeric[1:], grid.columns[1:], strict=True)
        )
        role = ' role="rowheader"' if stacks else ""
        yield f'<tr{row_role}{place}><th scope="row"{role}>{inline(first)}</th>{cells}</tr>'
    yield "</tbody></table></div>"
