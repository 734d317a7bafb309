"""Hold out: a label that wants more, and waits for it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import ClassVar

from model.agents.strategies.base import Strategy
from model.agents.strategies.outlook import Outlook
from model.spec.settings import Setting
from model.spec.strategies import Choice, Number, Words
from model.spec.strategies.kinds import Side


class HoldOut(Strategy):
    """Signs nothing below a multiple of the old payment, whatever it loses; without talks it stays off the services.

    In talks its reservation rises to that multiple. Where the scenario plans no talks with it nobody could raise the
    payment: it leaves the named services where no licence binds it, and comes back after some months.
    """

    side: ClassVar[Side] = "label"
    responds: ClassVar[bool] = False
    choices: ClassVar[Mapping[str, Choice]] = {
        "services": Words((), "service", "services it holds out against; none: all in talks, nobody without talks"),
        "demand": Number(1.1, 0.0, 10.0, "multiple of the old payment", "least that it signs for", likely=(1.0, 1.5)),
        "months": Number(
            6.0, 1.0, 600.0, "months", "that it stays away where nobody talks", likely=(1.0, 24.0), whole=True
        ),
    }
    sets: ClassVar[tuple[str, ...]] = ("catalogue",)

    def decide(self, outlook: Outlook) -> Iterable[Setting]:
        """Stay off named services for some months, where nobody talks and no licence binds."""
        away = outlook.played < int(self.number("months"))
        for service in self.words("services"):
            for market in outlook.markets:
                if (
                    outlook.offers(market, service)
                    and not outlook.talks(service)
                    and not outlook.bound(market, service)
                ):
                    yield outlook.set("catalogue", market, 0.0 if away else 1.0, service=service)

    def reservation(self, value: float, *, present: float, other: str, kind: str) -> float:
        """Return at least the demanded multiple of the old payment."""
        meant = not self.words("services") or other in self.words("services")
        return max(value, self.number("demand") * present) if meant else value
