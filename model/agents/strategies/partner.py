"""Partner: no app of one's own, but links to those of others, for a fee."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import ClassVar

from model.agents.strategies.base import Misfit, Strategy
from model.agents.strategies.foresight import fork_users, look_ahead
from model.agents.strategies.outlook import Outlook
from model.facts.owners import BYTEDANCE
from model.spec.settings import Setting
from model.spec.strategies import Choice, Number, StrategyPlan, Word, Words


class Partner(Strategy):
    """Ties services of others into TikTok for a share of their net revenue, in place of its own service or beside it.

    Played by a service of ByteDance. A partner takes the tie where forks say that its own profit rises in spite of the
    fee, the closing of the own service included, by more than a least gain, which keeps the luck of the draw from
    deciding; with consent "given" it always does.
    """

    responds: ClassVar[bool] = False
    choices: ClassVar[Mapping[str, Choice]] = {
        "partners": Words(("spotify",), "service", "services that are tied in"),
        "integration": Number(
            1 / 3, 0.0, 1.0, "0 none to 1 inside TikTok", "how close they are tied", "byt-0029;assumption",
            likely=(0.2, 0.7),
        ),
        "fee": Number(0.02, 0.0, 1.0, "share of net revenue", "that a partner pays TikTok", likely=(0.0, 0.1)),
        "own": Word("closes", ("closes", "stays"), "what becomes of the own service where a partner is tied in"),
        "consent": Word("gain", ("gain", "given"), "whether a partner must gain"),
        "least_gain": Number(
            0.001, 0.0, 1.0, "share of the partner's revenue", "that a partner must gain for its consent",
            likely=(0.0, 0.01),
        ),
        "look_ahead_months": look_ahead(12.0, over="a partner's profit", likely=(6.0, 36.0)),
        "users": fork_users(10_000.0, likely=(5000.0, 50_000.0)),
    }  # fmt: skip
    sets: ClassVar[tuple[str, ...]] = ("integration", "link_fee", "open")

    def __init__(self, plan: StrategyPlan) -> None:
        super().__init__(plan)
        self._asked = False

    def decide(self, outlook: Outlook) -> Iterable[Setting]:
        """Tie in, once, who consents, and close the own service there."""
        if self._asked:
            return
        self._asked = True
        tied: set[str] = set()
        for partner in self.words("partners"):
            ties = [tie for market in outlook.markets if outlook.offers(market, partner)
                    for tie in self._tie(outlook, market, partner)]  # fmt: skip
            agreed = self._agreed(outlook, partner, ties)
            tied |= agreed
            yield from (tie for tie in ties if tie.market in agreed)
        yield from self._closing(outlook, tied)

    def _closing(self, outlook: Outlook, tied: set[str]) -> list[Setting]:
        """Return what closes the own service in markets where somebody is tied in."""
        return [
            outlook.set("open", market, 0.0, offer.tier)
            for market in outlook.markets
            if market in tied and self.word("own") == "closes"
            for offer in outlook.offers(market)
        ]

    def _tie(self, outlook: Outlook, market: str, partner: str) -> tuple[Setting, Setting]:
        return (
            outlook.set("integration", market, self.number("integration"), service=partner),
            outlook.set("link_fee", market, self.number("fee"), service=partner),
        )

    def _agreed(self, outlook: Outlook, partner: str, ties: list[Setting]) -> set[str]:
        """Return the markets in which a partner takes the tie."""
        markets = {tie.market for tie in ties}
        if self.word("consent") == "given" or not ties:
            return markets
        months, users = int(self.number("look_ahead_months")), int(self.number("users"))
        without = outlook.ahead(months=months, users=users)
        tied = outlook.ahead([*ties, *self._closing(outlook, markets)], months=months, users=users)
        found = set()
        for market in markets:
            gain = tied.profit(market, service=partner) - without.profit(market, service=partner)
            if gain > self.number("least_gain") * without.revenue(market, service=partner):
                found.add(market)
        return found

    @classmethod
    def misfits(cls, plan: StrategyPlan) -> tuple[Misfit, ...]:
        """Return what is wrong with a plan: only ByteDance has TikTok to tie others into."""
        if plan.actor in BYTEDANCE:
            return ()
        way = f"Let one of {', '.join(sorted(BYTEDANCE))} play it."
        return (("platform", "only a service of ByteDance ties others into TikTok", plan.actor, way),)
