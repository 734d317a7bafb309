"""Firms and creators as Mesa agents: platforms with their services, labels, advertisers, creators of a market.

Their state lives in arrays elsewhere, and what they did in the records of the months; the agents show it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import mesa

from model.agents.strategies.base import Strategy
from model.facts.owners import owner_of
from model.state.ad_markets import CHANNELS, SEGMENTS

if TYPE_CHECKING:
    from model.market.record import MarketMonth
    from model.mechanisms.clips import TikTokMonth


def firm_of(services: Iterable[str], markets: Iterable[str]) -> dict[str, tuple[tuple[str, str], ...]]:
    """Return the firms with the (service, market) pairs they own.

    A market of "" stands for every market; the service `other` belongs to a separate firm in each market.
    """
    firms: dict[str, list[tuple[str, str]]] = {}
    for service in services:
        if service == "other":
            for market in markets:
                firms[f"other:{market}"] = [(service, market)]
        else:
            firms.setdefault(owner_of(service), []).append((service, ""))
    return {firm: tuple(pairs) for firm, pairs in firms.items()}


class Platform(mesa.Agent):
    """A firm with one or more services, `services` as (service, market) pairs.

    It sets levers by its strategies and through its scenario, and talks about licences where the scenario plans talks.
    """

    def __init__(self, model: Any, firm: str, services: tuple[tuple[str, str], ...]) -> None:
        super().__init__(model)
        self.firm = firm
        self.services = services

    def owns(self, service: str, market: str) -> bool:
        """Whether the firm runs the service in the market."""
        return (service, market) in self.services or (service, "") in self.services

    def strategies(self) -> tuple[Strategy, ...]:
        """Return the rules that it plays for its services, none where the scenario gives it none."""
        return _rules(self.model, self.firm)

    def users(self) -> dict[str, float]:
        """Return people who use each of its services now, summed over markets."""
        return self._sum("users")

    def payers(self) -> dict[str, float]:
        """Return people on paid tiers of each of its services now, summed over markets."""
        return self._sum("payers")

    def _sum(self, what: str) -> dict[str, float]:
        found: dict[str, float] = {}
        for record in latest(self.model.records):
            values = record.activity.users if what == "users" else record.payers
            for (service, _), value in zip(record.offers, values[1:], strict=True):
                if self.owns(service, record.market):
                    found[service] = found.get(service, 0.0) + float(value)
        return found


class Label(mesa.Agent):
    """A rights holder: it holds its repertoire and takes royalties, clip fees and income from free video.

    It talks with platforms where the scenario plans talks, and may leave and return; without talks and strategies it is
    passive.
    """

    def __init__(self, model: Any, label: str) -> None:
        super().__init__(model)
        self.label = label

    def strategies(self) -> tuple[Strategy, ...]:
        """Return the rules that it plays, none where the scenario gives it none."""
        return _rules(self.model, self.label)

    def repertoire(self) -> dict[str, float]:
        """Return its share of listening in each market where it is named."""
        start = self.model.start
        return {
            m: start.markets[m].repertoire[self.label].share
            for m in self.model.countries
            if self.label in start.markets[m].repertoire
        }

    def income(self) -> float:
        """Return its royalties of the last month in USD, guarantees not included."""
        return sum(
            float(record.settlement.label_income[record.labels.index(self.label)])
            for record in latest(self.model.records)
            if record.settlement is not None and self.label in record.labels
        )


class Advertiser(mesa.Agent):
    """A segment of advertisers in a market: it spreads a budget over channels by what they are worth to it and cost.

    The segments of all markets are cleared together each month (`model.mechanisms.advertising`); the agent shows what
    its segment did.
    """

    def __init__(self, model: Any, market: str, segment: str) -> None:
        super().__init__(model)
        self.market = market
        self.segment = segment

    def spending(self) -> dict[str, float]:
        """Return USD that it spent in each channel last month, "other" for all other digital advertising.

        Empty before the first month.
        """
        lived = _tiktok(self.model.records, self.market)
        if lived is None:
            return {}
        row = lived.spending[SEGMENTS.index(self.segment)]
        return dict(zip((*CHANNELS, "other"), row.tolist(), strict=True))

    def values(self) -> dict[str, float]:
        """Return USD that a thousand impressions of each channel were worth to it last month.

        NaN for channels without a price in money; empty before the first month. As in `state.ad_markets.AdQuotes`.
        """
        return self._quoted("value")

    def click_values(self) -> dict[str, float]:
        """Return USD that a click of each channel was worth to it last month, NaN where clicks are unknown."""
        return self._quoted("click_value")

    def prices(self) -> dict[str, float]:
        """Return USD that a thousand impressions of each channel cost last month, NaN where that is unknown."""
        lived = _tiktok(self.model.records, self.market)
        return {} if lived is None else dict(zip(CHANNELS, lived.quotes.cpm.tolist(), strict=True))

    def _quoted(self, what: str) -> dict[str, float]:
        lived = _tiktok(self.model.records, self.market)
        if lived is None:
            return {}
        row = getattr(lived.quotes, what)[SEGMENTS.index(self.segment)]
        return dict(zip(CHANNELS, row.tolist(), strict=True))

    def budget(self) -> float:
        """Return USD that it spent last month in all, 0 before the first."""
        return sum(self.spending().values())


class CreatorCohort(mesa.Agent):
    """The people who post regularly on TikTok in a market. Their activity follows what they earn, with a delay.

    It feeds TikTok's hours and the uses of songs in the month after (`model.mechanisms.creators`).
    """

    def __init__(self, model: Any, market: str) -> None:
        super().__init__(model)
        self.market = market

    def people(self) -> float:
        """Return how many there are, 0 while TikTok is banned and before the first month."""
        return self._last("creators")

    def activity(self) -> float:
        """Return their activity after last month over the opening's, NaN before the first month."""
        return self._last("activity", missing=float("nan"))

    def income(self) -> float:
        """Return USD that each of them earned last month, NaN without creators and before the first month."""
        return self._last("creator_income", missing=float("nan"))

    def _last(self, what: str, *, missing: float = 0.0) -> float:
        lived = _tiktok(self.model.records, self.market)
        return missing if lived is None else float(getattr(lived, what))


def _rules(model: Any, firm: str) -> tuple[Strategy, ...]:
    """Return the rules that a firm plays in the model's world."""
    firms = model.world.firms
    return () if firms is None else tuple(rule for plan, rule in firms.played if plan.firm == firm)


def latest(records: list[MarketMonth]) -> list[MarketMonth]:
    """Return the records of the last month."""
    return [record for record in records if record.month == records[-1].month] if records else []


def _tiktok(records: list[MarketMonth], market: str) -> TikTokMonth | None:
    """Return TikTok's last month in a market, None before the first."""
    return next((record.tiktok for record in latest(records) if record.market == market), None)
