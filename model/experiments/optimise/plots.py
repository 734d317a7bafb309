"""Pictures of a search."""

from __future__ import annotations

from typing import TYPE_CHECKING

from matplotlib.figure import Figure

from model.experiments.optimise.picture import pareto_figure, progress_figure
from model.experiments.sweep.describing import input_of
from model.results.parallel_plot import Upright, parallel_axes
from model.results.shown import ShownAxes, shown

if TYPE_CHECKING:
    from model.experiments.optimise.answer import Optimised


class SearchPlots:
    """Pictures of one search. One picture comes as its Axes, several together as a Figure; both have `savefig`."""

    def __init__(self, found: Optimised) -> None:
        self._found = found

    def front(self) -> Figure:
        """Return every design, the front with its noise and with fresh draws: a picture per pair of objectives."""
        return pareto_figure(self._found)

    def progress(self) -> ShownAxes:
        """Return the hypervolume of the front by generation."""
        return shown(progress_figure(self._found).axes[0])

    def parallel(self) -> ShownAxes:
        """Return a line per design of the front through its levers to its objectives."""
        found = self._found
        rows = found.designs()
        rows = rows[rows["front"]]
        levers = [
            Upright(lever.path.removeprefix("platforms."), input_of(lever)["unit"], rows[lever.path])
            for lever in found.plan.levers
        ]
        aims = [
            Upright(one.label(found.outcomes[at]), found.unit(at), rows[one.name])
            for at, one in enumerate(found.plan.objectives)
        ]
        return parallel_axes(
            [*levers, *aims], title=f"{found.plan.base.name}: the designs that none beats",
            subtitle=f"The front: {len(rows)} of {len(found.tried)} designs, {found.plan.replicates} replicates each",
            each="a design",
        )  # fmt: skip
