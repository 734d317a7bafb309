"""A figure as the bytes of a PNG file."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from model.results.shown import ShownAxes

DOTS_PER_INCH = 160


def png(figure: Figure | ShownAxes, *, dots: float = DOTS_PER_INCH) -> bytes:
    """Return a figure, or that of axes, as PNG. dots: per inch."""
    stream = BytesIO()
    figure.savefig(stream, format="png", dpi=dots)
    return stream.getvalue()
