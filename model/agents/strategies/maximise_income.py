"""Maximise income: a label is where it earns most, in forks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import ClassVar

from model.agents.strategies.base import Strategy
from model.agents.strategies.foresight import fork_users, look_ahead
from model.agents.strategies.outlook import Outlook
from model.spec.settings import Setting
from model.spec.strategies import Choice, Number, Words
from model.spec.strategies.kinds import Side


class MaximiseIncome(Strategy):
    """Takes its catalogue off a service where forks say that it earns more without it, and returns where it earns more.

    A licence that runs is kept; so a label leaves when one has ended, or where terms roll on without an end. Services
    that the scenario plans talks with are left to the talks.
    """

    side: ClassVar[Side] = "label"
    choices: ClassVar[Mapping[str, Choice]] = {
        "services": Words((), "service", "services that are looked at; none: those of every market"),
        "review_months": Number(6.0, 1.0, 60.0, "months", "between two reviews", likely=(3.0, 12.0), whole=True),
        "look_ahead_months": look_ahead(12.0, over="income", likely=(6.0, 36.0)),
        "threshold": Number(0.001, 0.0, 1.0, "share of its income", "gain that is worth a move", likely=(0.0, 0.01)),
        "users": fork_users(2000.0, likely=(1000.0, 10_000.0)),
    }
    sets: ClassVar[tuple[str, ...]] = ("catalogue",)

    def decide(self, outlook: Outlook) -> Iterable[Setting]:
        """At a review, turn over one service at a time in all its markets and judge each market."""
        if outlook.played % int(self.number("review_months")):
            return
        now = self._incomes(outlook, ())
        for service in self._services(outlook):
            turned = [
                outlook.set("catalogue", market, 1.0 - outlook.plays(market, outlook.actor, service), service=service)
                for market in outlook.markets
                if outlook.offers(market, service)
                and not outlook.bound(market, service)
                and not outlook.talks(service)  # where they talk, talks say whether its music is there
            ]
            if not turned:
                continue
            then = self._incomes(outlook, turned)
            for move in turned:
                gain = then[move.market] - now[move.market]
                if gain > self.number("threshold") * now[move.market]:
                    yield move

    def _services(self, outlook: Outlook) -> tuple[str, ...]:
        found = (name for market in outlook.markets for name in outlook.rivals(market))
        return self.words("services") or tuple(dict.fromkeys(found))

    def _incomes(self, outlook: Outlook, moves: Iterable[Setting]) -> dict[str, float]:
        ahead = outlook.ahead(
            tuple(moves), months=int(self.number("look_ahead_months")), users=int(self.number("users"))
        )  # fmt: skip
        return {market: ahead.income(market=market) for market in outlook.markets}
