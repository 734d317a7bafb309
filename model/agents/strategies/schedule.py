"""Schedule: dated actions."""

from __future__ import annotations

from typing import ClassVar

from model.agents.strategies.hold import Hold


class Schedule(Hold):
    """Does what is dated under actions, which are written like events; between them it changes nothing.

    The actions are read as events of the scenario, so they are checked, explained and counted like these.
    """

    responds: ClassVar[bool] = False
