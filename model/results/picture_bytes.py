"""A figure as the bytes of a PNG file."""

from __future__ import annotations

from io import BytesIO

from matplotlib.figure import Figure

DOTS_PER_INCH = 160


def png(figure: Figure) -> bytes:
    """Return a figure as PNG."""
    stream = BytesIO()
    figure.savefig(stream, format="png", dpi=DOTS_PER_INCH)
    return stream.getvalue()
