"""Pictures of a deal room."""

from __future__ import annotations

from typing import TYPE_CHECKING

from matplotlib.figure import Figure

from model.experiments.deals.picture import deal_figure, draw_zone, name_shown, room_subtitle
from model.results.canvas import canvas
from model.results.palette import name_of
from model.results.shown import ShownAxes

if TYPE_CHECKING:
    from model.experiments.deals.room import DealRoom


class DealPlots:
    """Pictures of one deal room."""

    def __init__(self, room: DealRoom) -> None:
        self._room = room

    def zone(self) -> ShownAxes:
        """Return a bar per draw from the least the label accepts to the most the platform pays, USD m a month."""
        room = self._room
        request = room.futures.request
        service, label = name_shown(request.platform), name_of(request.label)
        high = 2.0 + 0.16 * max(len(room.futures.draws), 8)
        _, (axes,) = canvas(
            size=(8.4, high), title=f"{label} and {service}: what each would just accept", left=0.05, right=0.97,
            bottom=0.55 / high, top=1.0 - 1.0 / high, title_left=0.03, subtitle=room_subtitle(room),
        )  # fmt: skip
        draw_zone(axes, room, service=service, label=label, beside=3)
        return axes

    def everything(self, protocol: str = "offers", *, talks: int = 20) -> Figure:
        """Return six pictures: users, income and catalogue with and without, the zone, how talks end, payments.

        protocol, talks: as of `DealRoom.outcomes`. Errors: InputError.
        """
        return deal_figure(self._room, self._room.outcomes(protocol, talks=talks))
