"""Expand: enter markets one by one, each when its licences are there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import ClassVar

from model.agents.strategies.base import Strategy
from model.agents.strategies.outlook import Outlook
from model.mechanisms.talks.weights import MAJORS
from model.spec.settings import Setting
from model.spec.strategies import Choice, Entry, Number, StrategyPlan, Word, Words
from model.spec.strategies.entries import LOWEST_POINT


class Expand(Strategy):
    """Enters each market of its entries from its date on, once the labels that it waits for have signed.

    It starts with launch marketing, which ends after some months. A market that loses money longer than patience allows
    is left; what leaving costs is in the accounts. Where a scenario plans no talks all licences are at hand.
    """

    responds: ClassVar[bool] = False
    enters: ClassVar[bool] = True
    choices: ClassVar[Mapping[str, Choice]] = {
        "tiers": Words(("individual",), "tier", "tiers of an entry that names none"),
        "price_point": Number(
            1.0,
            LOWEST_POINT,
            10.0,
            "share of the leader's price",
            "price of an entry that names none",
            likely=(0.7, 1.1),
        ),
        "leader": Word("spotify", "service", "service whose prices at the start are gone by"),
        "integration": Number(0.0, 0.0, 1.0, "0 none to 1 inside TikTok", "of an entry that names none"),
        "marketing": Number(
            1.0,
            0.0,
            1000.0,
            "multiple of an entrant's usual",
            "launch marketing of an entry that names none",
            likely=(0.5, 4.0),
        ),
        "labels": Words(MAJORS, "label", "labels that an entry waits for if it names none"),
        "launch_months": Number(
            12.0,
            0.0,
            120.0,
            "months",
            "of launch marketing; then it is an entrant's usual",
            likely=(3.0, 24.0),
            whole=True,
        ),
        "wait_months": Number(
            24.0, 0.0, 600.0, "months", "after its date in which an entry still waits for licences", whole=True
        ),
        "patience_months": Number(
            600.0, 1.0, 600.0, "months", "of losses in a row until it leaves a market", likely=(12.0, 600.0), whole=True
        ),
    }
    sets: ClassVar[tuple[str, ...]] = ("price", "marketing", "open", "integration", "quality")

    def __init__(self, plan: StrategyPlan) -> None:
        super().__init__(plan)
        self._entered: dict[str, int] = {}  # run month of the entry by market
        self._losses: dict[str, int] = {}  # months in a row by market

    def decide(self, outlook: Outlook) -> Iterable[Setting]:
        """Enter where it is time and the licences are there; end launches; leave where patience is gone."""
        for entry in self.plan.entries:
            market, since = entry.market, self._entered.get(entry.market)
            if since is None:
                late = outlook.played + self.plan.first - entry.month
                licensed = all(outlook.licensed(market, label) for label in entry.labels)
                if 0 <= late <= int(self.number("wait_months")) and licensed:
                    self._entered[market] = outlook.month
                    yield from self.entering(outlook, market)
            else:
                yield from self._stay(outlook, market, outlook.month - since)

    def entering(self, outlook: Outlook, market: str) -> Iterable[Setting]:
        """Return what the entry into a market sets."""
        entry = self._entry(market)
        for tier, price in entry.tiers.items():
            if entry.quality is not None:
                yield outlook.set("quality", market, entry.quality, tier)
            yield outlook.set("open", market, 1.0, tier)
            yield outlook.set("price", market, price, tier)
        yield outlook.set("integration", market, entry.integration)
        launches = self.number("launch_months") > 0.0
        yield outlook.set("marketing", market, entry.marketing if launches else 1.0)

    def _stay(self, outlook: Outlook, market: str, months: int) -> Iterable[Setting]:
        """Return what is set some months after the entry."""
        offers = outlook.offers(market)
        if not offers:
            return
        loses = outlook.account("contribution_margin", market) < 0.0
        self._losses[market] = self._losses.get(market, 0) + 1 if loses else 0
        if self._losses[market] >= int(self.number("patience_months")):
            yield from (outlook.set("open", market, 0.0, offer.tier) for offer in offers)
        elif months == int(self.number("launch_months")):
            yield outlook.set("marketing", market, 1.0)

    def _entry(self, market: str) -> Entry:
        return next(entry for entry in self.plan.entries if entry.market == market)
