"""A document as HTML and as Markdown: foreign words stay words, links lead somewhere, tables have heads."""

from __future__ import annotations

import re
from html.parser import HTMLParser

from hypothesis import given, settings
from hypothesis import strategies as st

from model.experiments.report.document import (
    Bullets,
    Document,
    Grid,
    Picture,
    Section,
    Words,
    bare,
    code,
    link,
    plain,
    strong,
)
from model.experiments.report.html_page import html_page, inline
from model.experiments.report.markdown_page import inline as markdown_inline
from model.experiments.report.markdown_page import markdown_page

PIXEL = bytes.fromhex("89504e470d0a1a0a0000000d4948445200000002000000030802000000368849d6")
GRID = Grid("Sizes", ("what", "how much"), (("a | b", link("n1", "3 M")), ("c", "4")), numbers=("how much",),
            anchors=("r1", "r2"))  # fmt: skip
DOCUMENT = Document(
    "kind", "one < two", ("about it",),
    (Section("First part", (Words("An answer", "answer"), Bullets(("x", "y")), GRID),
             (Section("Below", (Picture("chart", PIXEL, 'says "so"', "a caption"),)),)),
     Section("Sources", (Grid("Rows", ("number",), (("3 M",),), anchors=("n1",)),))), "the end",
)  # fmt: skip


class Tags(HTMLParser):
    """Collects elements and text, and fails on elements that are not closed in order."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in ("meta", "img"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def test_html_is_closed_in_order_and_has_what_was_said() -> None:
    page = html_page(DOCUMENT)
    tags = Tags()
    tags.feed(page)
    assert tags.open == []
    assert "one &lt; two" in page
    assert '<th scope="col" class="number">how much</th>' in page
    assert (
        '<tr id="r1"><th scope="row">a | b</th><td class="number short"><a class="to" href="#n1">3&nbsp;M</a></td>'
        in page
    )
    assert 'alt="says &quot;so&quot;"' in page
    assert 'width="2" height="3"' in page
    assert '<p class="answer">An answer</p>' in page
    assert "<script" not in page


def test_no_line_of_a_table_ends_between_a_number_and_its_unit() -> None:
    cells = ("\u22121.97 to \u22121.12 M USD", link("n1", "+144 M hours"), "44.8 %", "0.0309 PPP USD", "8 members")
    grid = Grid("Sizes", ("what", "size"), tuple(("a 3 M USD", cell) for cell in cells), numbers=("size",))
    page = html_page(Document("kind", "title", (), (Section("Part", (grid,)),), ""))
    for told in ("to \u22121.12&nbsp;M&nbsp;USD", "+144&nbsp;M&nbsp;hours</a>", "44.8&nbsp;%",
                 "0.0309&nbsp;PPP&nbsp;USD", "8 members", "a 3 M USD"):  # fmt: skip
        assert told in page


def test_markdown_has_the_same() -> None:
    page = markdown_page(DOCUMENT)
    assert "# one \\< two" in page
    assert "**Answer.** An answer" in page
    assert '| <a id="r1"></a>a \\| b | [3 M](#n1) |' in page
    assert "|---|---:|" in page
    assert '![says "so"](chart.png)' in page
    assert '<a id="first-part"></a>' in page


def test_bare_words_have_no_marks() -> None:
    assert bare(f"a {link('n1', '3 M')} {strong('b')} {code('c')}") == "a 3 M b c"


@settings(deadline=None)
@given(st.text(max_size=60))
def test_foreign_words_bring_no_element_no_link_and_no_line(text: str) -> None:
    page = inline(plain(text))
    assert "<" not in page
    tags = Tags()
    tags.feed(f"<p>{page}</p>")
    tags.close()
    assert tags.text == plain(text).replace("\x00", "�") or "\x00" in text
    assert "\n" not in plain(text)
    escaped = markdown_inline(plain(text))
    assert re.search(r"(?<!\\)(?:\\\\)*[<|`\[\]]", escaped) is None
