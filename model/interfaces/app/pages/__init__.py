"""The pages: one file each. A new page is one line in PAGES and a component without arguments; see docs/app.md."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module

import solara


@dataclass(frozen=True, slots=True)
class PageLink:
    """A page of the bar at the top.

    path: in the address, "/" for the first. title: in the bar. module: file of this folder, whose component is Page.
    """

    path: str
    title: str
    module: str

    @property
    def component(self) -> object:
        """The page's component."""
        return import_module(f"{__name__}.{self.module}").Page

    @property
    def address(self) -> str:
        """What stands behind the host in the address."""
        return self.path if self.path == "/" else f"/{self.path}"


PAGES: tuple[PageLink, ...] = (
    PageLink("/", "Run", "run"), PageLink("what-if", "What-if", "what_if"),
    PageLink("deal-room", "Deal room", "deal_room"),
    PageLink("compare", "Compare", "compare"), PageLink("sweeps", "Sweeps", "sweeps"),
    PageLink("evidence", "Evidence", "evidence"),
)  # fmt: skip
"""In the order of the bar."""


def routes(frame: object) -> list[solara.Route]:
    """Return the pages as routes. frame: the component that every page is drawn in."""
    return [
        solara.Route(
            path=one.path, component=one.component, label=f"{one.title} · Resonance",
            layout=frame if one.path == "/" else None,
        )
        for one in PAGES
    ]  # fmt: skip
