"""Pictures of a comparison."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from matplotlib.figure import Figure

from model.experiments.comparing.figure import comparison_figure
from model.experiments.comparing.outcomes import HORIZON
from model.results.shown import ShownAxes, shown

if TYPE_CHECKING:
    from model.experiments.comparing.comparison import Comparison


class ComparisonPlots:
    """Pictures of one comparison. One picture comes as its Axes, several together as a Figure; both have `savefig`."""

    def __init__(self, found: Comparison) -> None:
        self._found = found

    def differences(self, *, over: str = HORIZON, outcomes: Sequence[str] | None = None) -> Figure:
        """Return dots and intervals of the differences to the first scenario, a picture per outcome.

        over: "end" or "horizon". outcomes: names (default: all). Errors: InputError for unknown names.
        """
        return comparison_figure(self._found, over=over, outcomes=outcomes)

    def difference(self, outcome: str | None = None, *, over: str = HORIZON) -> ShownAxes:
        """Return the picture of one outcome (default: the one that the ranking is by). Errors: InputError."""
        name = self._found.by.name if outcome is None else outcome
        return shown(comparison_figure(self._found, over=over, outcomes=[name]).axes[0])

    def fans(self) -> Figure:
        """Return fans of the differences by month. Errors: InputError without an ensemble."""
        return self._found.fan_figure()
