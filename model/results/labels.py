"""Names of inputs as labels of pictures: long paths are broken into lines, so that none runs off or over another."""

from __future__ import annotations

import re

_PARTS = re.compile(r"[^._ ]*[._ ]|[^._ ]+$")
INCHES = 0.075
"""Width of a character of nine points on average, inches."""


def broken(text: str, *, width: int = 30) -> str:
    """Return a text on lines of at most `width` characters, broken after dots, underscores and spaces where it can be.

    A part that is longer than a line by itself stays whole.
    """
    lines = [""]
    for part in _PARTS.findall(text):
        if lines[-1] and len(lines[-1]) + len(part.rstrip(" ")) > width:
            lines.append("")
        lines[-1] += part
    return "\n".join(line.rstrip(" ") for line in lines)


def input_label(column: str, unit: str = "", *, width: int = 30) -> str:
    """Return the label of an input: its path without the leading `platforms.`, broken, with its unit."""
    told = unit.partition(",")[0].strip()
    return broken(column.removeprefix("platforms.") + (f" ({told})" if told else ""), width=width)


def characters(inches: float) -> int:
    """Return how many characters of nine points fit on a line of that length, 8 at least."""
    return max(8, int(inches / INCHES))


def label_inches(labels: list[str] | tuple[str, ...]) -> float:
    """Return how wide the widest of some labels is, inches at nine points; a label of several lines as its widest."""
    return INCHES * max((len(line) for label in labels for line in label.split("\n")), default=0)


def label_lines(label: str) -> int:
    """Return how many lines a label has."""
    return label.count("\n") + 1
