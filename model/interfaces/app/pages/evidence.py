"""The page Evidence: what the model is held against, what it rests on, and where any number of the run comes from."""

from __future__ import annotations

from collections.abc import Callable

import solara

from model.interfaces.app.joined import use_session
from model.interfaces.app.look import Box, Segments, Words
from model.interfaces.app.pages.evidence_patterns import Patterns
from model.interfaces.app.pages.evidence_sources import Sources
from model.interfaces.app.pages.evidence_told import Assumptions, BacktestTold, Calibration
from model.interfaces.app.sourcing import PAGE

PARTS: dict[str, tuple[str, str, Callable[[], solara.Element]]] = {
    "patterns": ("Patterns", "Facts that the model was not built from, or that it must at least not contradict, and "
                 "what it makes of them. Nothing is tuned to a pattern.", Patterns),
    "backtest": ("Backtest", "What the model, calibrated to the record up to a month, says of the months after it, "
                 "against rules that know nothing but the past figures.", BacktestTold),
    "calibration": ("Calibration", "What the record of Spotify, Resso and the literature tells of the uncertain "
                    "parameters of demand, and what it does not.", Calibration),
    "assumptions": ("Assumptions", "Which uncertain parameters move an answer most, so that it is known what to doubt "
                    "first.", Assumptions),
    "sources": ("Sources", "Where a number of the run comes from: choose it, and see what it is, the run behind it, "
                "and every parameter and fact that it rests on.", Sources),
}  # fmt: skip
"""Title, what it is for, and the component of each part."""


@solara.component
def Page() -> None:
    """Show the part that was chosen."""
    session = use_session()
    asked = str(session.state.page(PAGE).get("part", ""))
    part = asked if asked in PARTS else "patterns"
    _, words, component = PARTS[part]
    with Box(kind="main"):
        with Box(kind="between"):
            Segments(label="What is shown", choices=[(key, title) for key, (title, _, _) in PARTS.items()], value=part,
                     event_chosen=lambda one: session.ask(PAGE, part=one))  # fmt: skip
        Words(words, kind="muted")
        component()
