"""The picture of an explained difference."""

from __future__ import annotations

from typing import TYPE_CHECKING

from model.experiments.comparing.outcomes import HORIZON, WORLD
from model.results.shown import ShownAxes, shown

if TYPE_CHECKING:
    from model.experiments.explaining.explained import ExplainedDifference


class ExplainedPlots:
    """Pictures of one explained difference; each method returns its Axes."""

    def __init__(self, found: ExplainedDifference) -> None:
        self._found = found

    def waterfall(self, *, market: str = WORLD, over: str = HORIZON) -> ShownAxes:
        """Return the way from the first scenario to the second, a step per difference. Errors: InputError."""
        return shown(self._found.figure(market=market, over=over).axes[0])
