"""Pictures of talks over replicates."""

from __future__ import annotations

from typing import TYPE_CHECKING

from matplotlib.figure import Figure

if TYPE_CHECKING:
    from model.experiments.talks.outcomes import TalkOutcomes


class TalkPlots:
    """Pictures of the talks of one scenario; a Figure, since shares and weeks are read side by side."""

    def __init__(self, found: TalkOutcomes) -> None:
        self._found = found

    def courses(self) -> Figure:
        """Return how the talks of each licence go, in shares, and how many weeks they take."""
        from model.experiments.talks.picture import talks_figure

        return talks_figure(self._found)
