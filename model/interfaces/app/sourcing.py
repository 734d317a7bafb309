"""The way from a number on the page to where it comes from: the page Evidence, asked about it."""

from __future__ import annotations

from collections.abc import Callable

import solara

from model.interfaces.app.joined import use_session
from model.interfaces.app.seen import shown_market

PAGE = "evidence"
"""Address of the page, and the name that its wishes are kept under."""


def use_source() -> Callable[[str], None]:
    """Return what leads to the sources of a column of the results, at the market and month that are shown."""
    session = use_session()
    router = solara.use_router()

    def lead(measure: str) -> None:
        seen = session.seen
        date = seen.date if seen is not None and seen.month else ""
        session.ask(PAGE, part="sources", metric=measure, market=shown_market(session.state, seen), platform="",
                    tier="", label="", date=date)  # fmt: skip
        router.push(f"/{PAGE}")

    return lead
