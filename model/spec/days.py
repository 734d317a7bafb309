"""What a month can hold: TopView is sold by the day, and no more days can be sold than there are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from math import floor

from model.foundation.errors import Fault
from model.spec.events import Event
from model.spec.settings import Setting

LEVER = "topview_days"


def day_faults(sold: Mapping[str, float], overrides: Sequence[Setting], events: Sequence[Event]) -> list[Fault]:
    """Return a fault for each lever that sells TopView on more days than a month has, all its markets in one message.

    sold: share of days sold at the start by market, 0 where that is not known. overrides: levers set from month 1.
    events: with their markets resolved.
    """
    places: dict[tuple[str, float], list[str]] = {}
    for market, place, value in _wishes(overrides, events):
        if value * sold.get(market, 0.0) > 1.0:
            places.setdefault((place, value), []).append(market)
    faults = []
    for (place, value), markets in places.items():
        parts = ", ".join(f"{market} {sold[market]:.0%}" for market in markets)
        most = min(floor(100.0 / sold[market]) / 100.0 for market in markets)
        rule = f"no more days can be sold than there are; sold at the start: {parts}"
        faults.append(Fault(place, rule, value, f"Write at most {most:g} there."))
    return faults


def _wishes(overrides: Sequence[Setting], events: Sequence[Event]) -> Iterator[tuple[str, str, float]]:
    """Yield (market, place, multiple of the start's days) of every setting of the lever."""
    for one in overrides:
        if one.lever == LEVER:
            yield one.market, one.place, one.value
    for event in events:
        if LEVER in event.values:
            for market in event.markets:
                yield market, f"{event.place}.{LEVER}", event.values[LEVER]
