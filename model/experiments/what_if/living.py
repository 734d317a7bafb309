"""Both arms of a what if, lived future by future from the month that a run stands in.

Every future has its own luck from the next month on, the same in both arms: the first is that of the run itself. All
share the past, what acts already, the scenario's later events, and firms and labels that go on deciding and talking.
What was set but has not acted yet belongs to the world that is given, and so to both arms.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field

from model.experiments.what_if.found import WhatIf
from model.experiments.what_if.read_off import Arm, read_off
from model.foundation.errors import Fault, raise_faults
from model.market.world import World
from model.spec.settings import Setting

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class WhatIfRequest:
    """What is asked.

    settings: made levers that the changed arm sets at the beginning of the next month. parameters: values that hold in
    it from the next month on; the past and what the opening found of them stay. months: to live ahead. futures: how
    many. Errors: InputError for numbers below 1.
    """

    settings: tuple[Setting, ...] = ()
    parameters: Mapping[str, float] = field(default_factory=dict)
    months: int = 12
    futures: int = 10

    def __post_init__(self) -> None:
        raise_faults([
            Fault(f"what if: {name}", "is a whole number from 1", value, "Example: 12 months, 10 futures.")
            for name, value in (("months", self.months), ("futures", self.futures))
            if isinstance(value, bool) or value != int(value) or value < 1
        ])  # fmt: skip


def what_if(world: World, request: WhatIfRequest, *, progress: Progress | None = None) -> WhatIf:
    """Return what a change would make of a world. Errors: InputError for a change that is wrong.

    progress: called with ("months", done, whole) before each month.
    """
    *_, found = what_ifs(world, request, progress=progress)
    return found


def what_ifs(
    world: World, request: WhatIfRequest, *, progress: Progress | None = None,
    begun: Callable[[World], None] | None = None, turn: Callable[[], AbstractContextManager[object]] = nullcontext,
) -> Iterator[WhatIf]:  # fmt: skip
    """Yield what is known after each future. The world must stand still meanwhile; give a fork of a live one.

    begun: called with an arm before each of its months; it may set what a live run sets there. turn: held while a month
    is lived, for those who share the computer.
    """
    tell, lived, each = progress or _say_nothing, list[tuple[Arm, Arm]](), request.months
    whole = 2 * each * request.futures

    def live(future: int, number: int, settings: tuple[Setting, ...], parameters: Mapping[str, float]) -> Arm:
        overrides = {f"parameters.{name}": value for name, value in parameters.items()}
        ahead = world.fork(overrides=overrides, settings=settings, future=future, actors=True)
        for month in range(each):
            tell("months", (2 * future + number) * each + month, whole)
            with turn():
                if begun is not None:
                    begun(ahead)
                ahead.step()
        return read_off(ahead, after=world.month)

    for future in range(request.futures):
        lived.append((live(future, 0, (), {}), live(future, 1, request.settings, request.parameters)))
        yield WhatIf(world.plan, world.month, each, request.settings, dict(request.parameters), tuple(lived))


def _say_nothing(*_: object) -> None:
    """Stand in for a progress that nobody watches."""
