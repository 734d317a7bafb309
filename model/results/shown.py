"""Figures and axes that show themselves in a notebook, without pyplot and whatever its settings are."""

from __future__ import annotations

from pathlib import Path
from typing import IO, Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from model.results.picture_bytes import png

DOTS = 80
"""Dots per inch in a notebook: pictures of 40 to 150 kB."""


class ShownFigure(Figure):
    """A figure that a notebook shows when it is the last line of a cell."""

    def _repr_png_(self) -> tuple[bytes, dict[str, str]]:
        return png(self, dots=DOTS), {"alt": words_of(self)}


class ShownAxes(Axes):
    """Axes that a notebook shows with their whole figure: title, legend and neighbours too."""

    def savefig(self, where: str | Path | IO[bytes], **settings: Any) -> None:
        """Save the whole figure, as `Figure.savefig` does. where: a file or an open stream."""
        self._whole().savefig(where, **settings)

    def _repr_png_(self) -> tuple[bytes, dict[str, str]]:
        return png(self._whole(), dots=DOTS), {"alt": words_of(self._whole())}

    def _whole(self) -> Figure:
        figure = self.get_figure(root=True)
        if figure is None:
            raise ValueError("these axes belong to no figure any more")
        return figure


def words_of(figure: Figure) -> str:
    """Return what a picture says of itself, for those who do not see it: its title, subtitle, and panels' titles."""
    heads = [text.get_text() for text in figure.texts]
    panels = [axes.get_title(loc="left") for axes in figure.axes if axes.get_visible()]
    told = [" ".join(one.split()).rstrip(".") for one in (*heads, *panels)]
    return ". ".join(one for one in told if one)


def shown(axes: Axes) -> ShownAxes:
    """Return axes of `canvas` as what they are."""
    assert isinstance(axes, ShownAxes)
    return axes
