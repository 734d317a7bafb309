"""What a live run has shown up to a month."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from model.foundation.months import show_month
from model.interfaces.app.crowd import Crowd
from model.interfaces.app.restore import PageState
from model.interfaces.app.standing import Standing
from model.results import RunResult
from model.spec.scenario import Scenario


@dataclass(frozen=True, slots=True)
class Seen:
    """What the run has shown up to a month; made anew after every month and never changed.

    plan: the scenario as it began. month: last month lived. result: tables of all months. crowds: users by market.
    standing: what levers act on, as it stands now.
    """

    plan: Scenario
    month: int
    result: RunResult
    crowds: Mapping[str, Crowd]
    standing: Standing
    _made: dict[tuple[Callable[..., Any], tuple[tuple[str, str], ...]], Any] = field(default_factory=dict, repr=False)

    def once[T](self, make: Callable[..., T], *of: object, **asked: str) -> T:
        """Return make(*of, **asked), made once: a page is drawn again for much that changes no picture.

        of: parts of this moment. asked: what tells two answers of a `make` apart.
        """
        key = (make, tuple(sorted(asked.items())))
        if key not in self._made:
            self._made[key] = make(*of, **asked)
        made: T = self._made[key]
        return made

    @property
    def date(self) -> str:
        """The last month lived as "YYYY-MM", or the month that the run opens in."""
        return show_month(self.plan.start_month + max(0, self.month - 1))

    @property
    def told(self) -> str:
        """What a picture of it is of: scenario and month."""
        return f"{self.plan.name}, {self.date}"

    @property
    def ended(self) -> bool:
        """Whether the horizon is reached."""
        return self.month >= self.plan.months


def shown_market(state: PageState, seen: Seen | None) -> str:
    """Return the market that is shown, "" for all: a state that is only on its way may name one of another run."""
    return state.market if seen is not None and state.market in seen.plan.markets else ""
