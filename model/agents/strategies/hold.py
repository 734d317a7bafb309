"""Hold: nothing is changed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from model.agents.strategies.base import Strategy
from model.agents.strategies.outlook import Outlook
from model.spec.settings import Setting


class Hold(Strategy):
    """Changes nothing."""

    responds: ClassVar[bool] = False

    def decide(self, outlook: Outlook) -> Iterable[Setting]:
        """Return nothing."""
        return ()
