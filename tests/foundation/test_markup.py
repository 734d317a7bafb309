"""HTML for notebooks: escaped, closed, and without colours that a dark ground would hide."""

from __future__ import annotations

import re
from html.parser import HTMLParser

from hypothesis import given
from hypothesis import strategies as st

from model.foundation.markup import card, folded, listed, table

EVIL = "<script>alert('x')</script> & \"more\""


class Tags(HTMLParser):
    """Keeps what is open, what was met, and the text."""

    def __init__(self):
        super().__init__()
        self.open, self.met, self.text = [], [], []

    def handle_starttag(self, tag, attrs):
        self.open.append(tag)
        self.met.append(tag)

    def handle_endtag(self, tag):
        assert self.open, f"</{tag}> closes nothing"
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text.append(data)


def read(html):
    tags = Tags()
    tags.feed(html)
    tags.close()
    assert tags.open == []
    return tags


@given(*[st.text(max_size=30)] * 3, st.lists(st.text(max_size=20), max_size=6))
def test_every_text_is_escaped_and_every_tag_closed(kind, name, about, lines):
    rows = [lines, lines]
    html = card(kind, name, about=about, facts=[(name, about)], notes=lines,
                parts=[table(lines, rows, caption=about), folded(name, about), listed(lines)])  # fmt: skip
    met = read(html)
    plain = "".join(met.text).replace("\r", "\n")
    for one in (kind, name, about, *lines):
        assert one.replace("\r", "\n").replace("\x00", "\ufffd") in plain.replace("\x00", "\ufffd")


def test_no_tag_of_a_text_becomes_one_of_the_page():
    met = read(card(EVIL, EVIL, about=EVIL, facts=[(EVIL, EVIL)], notes=[EVIL] * 9,
                    parts=[table([EVIL], [[EVIL]], caption=EVIL), folded(EVIL, EVIL), listed([EVIL])]))  # fmt: skip
    assert "script" not in met.met
    assert set(met.met) <= {
        "div", "span", "b", "p", "table", "caption", "thead", "tbody", "tr", "th", "td", "details", "summary", "pre",
        "ul", "li",
    }  # fmt: skip


def test_colours_are_those_of_the_reader():
    html = card("a", "b", parts=[table(["x"], [["1"]]), folded("c", "d"), listed(["e"])])
    assert set(re.findall(r"(?<![-\w])color\s*:\s*(\w+)", html)) == {"inherit"}
    assert "#" not in html
    assert re.findall(r"background:(\w+)", html) == ["none", "none"]


def test_numbers_stand_right_and_words_left():
    html = table(["who", "what", "number"], [["a", "b", "1"]], left=2)
    assert re.findall(r"text-align:(\w+)", html) == ["left", "left", "right"] * 2


def test_many_notes_open_on_a_click():
    few, many = card("a", "b", notes=["one"] * 4), card("a", "b", notes=["one"] * 5)
    assert "<details>" not in few
    assert "5 notes" in many
    assert "one\none\none" in many
