"""What is set on the way in a live run: which settings it makes, and when they begin to act."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress

from model.foundation.errors import Fault, InputError
from model.interfaces.app.licences import begin_licences, next_settings
from model.interfaces.app.restore import Change, Licence
from model.interfaces.app.standing import Standing
from model.market.world import World
from model.spec.scenario import Scenario
from model.spec.settings import Setting


def begin_changes(world: World, changes: Sequence[Change | Licence]) -> None:
    """Let what was set on the way act in the month that the world is about to live. Errors: InputError."""
    for one in changes:
        if isinstance(one, Change) and one.month == world.month:
            world.pending += settings_of(world.plan, one.key, one.value)
    begin_licences(world, [one for one in changes if isinstance(one, Licence)])


def pending_of(standing: Standing, changes: Sequence[Change | Licence]) -> tuple[Setting, ...]:
    """Return what acts at the beginning of the next month: what is on its way, and what was set since.

    What is wrong, as a link may say, is left out: the run tells it when that month begins.
    """
    return (*standing.pending, *_next(standing, changes))


def _next(standing: Standing, changes: Sequence[Change | Licence]) -> Iterator[Setting]:
    for one in sorted(changes, key=lambda one: isinstance(one, Licence)):  # as they begin
        if one.month == standing.month:
            with suppress(InputError):
                yield from (next_settings(standing.plan, one) if isinstance(one, Licence)
                            else settings_of(standing.plan, one.key, one.value))  # fmt: skip


def cell_of(change: Change | Licence) -> tuple[object, ...]:
    """Return what a change sets in which month: of two that are equal the last one counts."""
    return (change.month, change.key) if isinstance(change, Change) else (change.month, *change.pair)


def settings_of(plan: Scenario, key: str, value: bool | float) -> tuple[Setting, ...]:
    """Return what setting a dotted lever sets in a run. Errors: InputError for a lever, place or value that is wrong.

    Prices far from those of the start are taken as meant: a slider shows its range.
    """
    # Everything else that the scenario sets stays out of it: the last layer alone names the cells of this key.
    plain = plan.replace({"unusual_prices": True, key: value})
    mark = f"call: {key}"
    found = tuple(one for one in plain.overrides if one.place.startswith(mark))
    if not found:
        raise InputError(Fault(key, "sets a lever", value, "Set a lever of a service or market that is there."))
    return found
