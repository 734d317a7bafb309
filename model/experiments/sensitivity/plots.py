"""Pictures of sensitivities, tornadoes and thresholds, each as its Axes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from model.results.shown import ShownAxes, shown

if TYPE_CHECKING:
    from model.experiments.sensitivity.answer import Sensitivity
    from model.experiments.sensitivity.threshold import Threshold
    from model.experiments.sensitivity.tornado import Tornado


class SensitivityPlots:
    """Pictures of one sensitivity."""

    def __init__(self, found: Sensitivity) -> None:
        self._found = found

    def ranking(
        self, outcome: str | None = None, *, response: str | None = None, market: str | None = None,
        over: str | None = None,
    ) -> ShownAxes:  # fmt: skip
        """Return a bar per input with its interval, the strongest on top; arguments as of `Sensitivity.table`."""
        return shown(self._found.figure(outcome, response=response, market=market, over=over).axes[0])


class TornadoPlots:
    """Pictures of one tornado."""

    def __init__(self, found: Tornado) -> None:
        self._found = found

    def bars(self, *, response: str | None = None) -> ShownAxes:
        """Return a bar per input to both ends of its range, the widest on top; response: as of `Tornado.figure`."""
        return shown(self._found.figure(response=response).axes[0])


class ThresholdPlots:
    """Pictures of one threshold."""

    def __init__(self, found: Threshold) -> None:
        self._found = found

    def difference(self) -> ShownAxes:
        """Return the difference of the policies along the input, its interval, and where it changes its sign."""
        return shown(self._found.figure().axes[0])
