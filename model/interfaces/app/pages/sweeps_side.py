"""What of a sweep is shown: outcome, place, time, and which points."""

from __future__ import annotations

from math import isfinite

from model.experiments.comparing.outcomes import END, HORIZON, WORLD
from model.interfaces.app.controls import Control, nice_step
from model.interfaces.app.look import Box, Panel, Segments, Select, Words
from model.interfaces.app.pages.sweeps_asked import PAGE
from model.interfaces.app.session import Session
from model.interfaces.app.sweep_seen import SweepSeen, word_of
from model.interfaces.app.words import market_name
from model.results.labels import input_label


def Side(session: Session, seen: SweepSeen) -> None:
    """Place the menus of what is shown, and the filter."""
    wanted = seen.wanted
    places = [(WORLD, "All markets"), *((code, market_name(code)) for code in seen.markets)]
    with Box(kind="stack"):
        Select(label="Outcome", choices=[(name, one.label) for name, one in seen.outcomes.items()],
               value=seen.outcome.name, event_chosen=lambda one: session.ask(PAGE, outcome=one))  # fmt: skip
        Select(label="Where", choices=places, value=wanted.market,
               event_chosen=lambda one: session.ask(PAGE, market=one))  # fmt: skip
        Segments(label="When", choices=[(HORIZON, "Whole horizon"), (END, "Last month")], value=wanted.over,
                 event_chosen=lambda one: session.ask(PAGE, over=one))  # fmt: skip
        Segments(label="Which is better", choices=[("more", "More is better"), ("less", "Less")],
                 value="less" if wanted.less else "more",
                 event_chosen=lambda one: session.ask(PAGE, less=one == "less"))  # fmt: skip
        _Filter(session, seen)


def _Filter(session: Session, seen: SweepSeen) -> None:
    """Place what limits the points that are shown, in every picture and table."""
    wanted = seen.wanted
    listed = [("", "All points"), *((one.column, input_label(one.column, width=200)) for one in seen.inputs)]

    def chosen(column: str) -> None:
        session.ask(PAGE, only=column, value="", **_whole_range(seen, column))

    Select(label="Only points by", choices=listed, value=wanted.only if wanted.only in dict(listed) else "",
           event_chosen=chosen)  # fmt: skip
    if seen.input(wanted.only) is None:
        return
    values = seen.values[wanted.only]
    if seen.ends(wanted.only) is None:
        words = list(dict.fromkeys(word_of(value) for value in values))
        Select(label="Value", choices=[("", "Any"), *((word, word) for word in words)], value=wanted.value,
               event_chosen=lambda one: session.ask(PAGE, value=one))  # fmt: skip
    else:
        Panel(controls=_bounds(seen), on_set=lambda one, value: session.ask(PAGE, **{one.key: float(value)}))
    if seen.outside:
        Words(f"{seen.outside:,} of {seen.points:,} points are left out.", kind="small")


def _bounds(seen: SweepSeen) -> list[Control]:
    """Return the controls of the lower and the upper bound."""
    wanted, one = seen.wanted, seen.input(seen.wanted.only)
    ends = seen.ends(wanted.only)
    assert one is not None
    assert ends is not None
    low, high = ends
    step = nice_step(high - low)
    at = [wanted.low if isfinite(wanted.low) else low, wanted.high if isfinite(wanted.high) else high]
    return [
        Control(key, title, one.unit, f"{title.lower()} {one.label}", -1e300, 1e300, low, high, step, value)
        for key, title, value in zip(("low", "high"), ("From", "To"), at, strict=True)
    ]


def _whole_range(seen: SweepSeen, column: str) -> dict[str, float]:
    ends = seen.ends(column)
    return {} if ends is None else {"low": ends[0], "high": ends[1]}
