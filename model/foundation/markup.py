"""Small HTML for notebooks: a card with head, facts, tables and notes, readable on light and dark ground.

Nothing has a colour of its own but what the notebook gives: lines are half-transparent grey, side remarks are faint.
All text is escaped here and nowhere else.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

LINE = "1px solid rgba(128,128,128,0.35)"
FAINT = "opacity:0.75"
_CARD = "max-width:60em;margin:0.3em 0 0.8em;line-height:1.4;font-variant-numeric:tabular-nums"
_TABLE = "border-collapse:collapse;margin:0.5em 0;background:none;color:inherit;font-size:inherit"
"""Colour and size are named since old pages do not hand them down to tables."""
_NOTES_SHOWN = 4


def table(heads: Sequence[str], rows: Sequence[Sequence[str]], *, caption: str = "", left: int = 1) -> str:
    """Return a table. heads: of the columns; rows: cells as text; left: how many first columns hold words, not numbers.

    caption: what the numbers are, with their unit.
    """
    told = f"<caption style='text-align:left;caption-side:top;{FAINT}'>{escape(caption)}</caption>" if caption else ""
    first = "".join(f"<th scope='col' style='{_cell(at, left)}'>{escape(one)}</th>" for at, one in enumerate(heads))
    body = "".join(
        "<tr>" + "".join(f"<td style='{_cell(at, left)}'>{escape(one)}</td>" for at, one in enumerate(row)) + "</tr>"
        for row in rows
    )
    return (
        f"<table style='{_TABLE}'>{told}"
        f"<thead style='border-bottom:{LINE}'><tr>{first}</tr></thead><tbody>{body}</tbody></table>"
    )


def folded(head: str, text: str) -> str:
    """Return a text that opens on a click, in letters of one width."""
    return (
        f"<details><summary style='cursor:pointer;{FAINT}'>{escape(head)}</summary>"
        f"<pre style='white-space:pre-wrap;background:none'>{escape(text)}</pre></details>"
    )


def listed(lines: Sequence[str]) -> str:
    """Return lines as a list, "" for none."""
    items = "".join(f"<li>{escape(line)}</li>" for line in lines)
    return f"<ul style='margin:0.3em 0;padding-left:1.4em'>{items}</ul>" if lines else ""


def card(
    kind: str, name: str, *, about: str = "", facts: Sequence[tuple[str, str]] = (), parts: Sequence[str] = (),
    notes: Sequence[str] = (),
) -> str:  # fmt: skip
    """Return the card of a thing.

    kind, name: "Scenario", "baseline". about: a sentence or two. facts: (word, value). parts: HTML of `table`, `folded`
    and `listed`. notes: what the reader should know; more than four open on a click.
    """
    head = f"<div style='border-bottom:{LINE}'><span style='{FAINT}'>{escape(kind)}</span> <b>{escape(name)}</b></div>"
    said = f"<p style='margin:0.4em 0'>{escape(about)}</p>" if about else ""
    told = " · ".join(f"<span style='{FAINT}'>{escape(word)}</span> {escape(value)}" for word, value in facts)
    shown = f"<p style='margin:0.4em 0'>{told}</p>" if facts else ""
    if len(notes) > _NOTES_SHOWN:
        below = folded(f"{len(notes)} notes", "\n".join(notes))
    else:
        below = f"<div style='{FAINT}'>{listed(notes)}</div>" if notes else ""
    return f"<div style='{_CARD}'>{head}{said}{shown}{''.join(parts)}{below}</div>"


def summary_card(kind: str, name: str, text: str, *, parts: Sequence[str] = ()) -> str:
    """Return the card of an answer from its summary: the first line, then `parts`, then the other lines as a list."""
    first, *rest = [line.strip() for line in text.splitlines() if line.strip()] or [""]
    return card(kind, name, about=first, parts=[*parts, listed(rest)])


def _cell(at: int, left: int) -> str:
    return f"text-align:{'left' if at < left else 'right'};padding:0.15em 0.8em 0.15em 0;vertical-align:top"
