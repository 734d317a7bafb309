"""The rows of the start state behind a column, in one market: value, band, how well it is known, why, and fact ids."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from model.facts.records import PAID_TIERS, MarketStart, OfferStart
from model.facts.start import load_start
from model.foundation.errors import Fault, InputError, nearest
from model.foundation.months import show_month


class Known(Protocol):
    """What every record of the start says about its source."""

    @property
    def confidence(self) -> str:
        """How well it is known."""

    @property
    def basis(self) -> str:
        """Where it comes from."""

    @property
    def fact_ids(self) -> tuple[str, ...]:
        """Ids of facts."""


@dataclass(frozen=True, slots=True)
class StartRow:
    """One row of the start state. value: with unit, and the 80% band where there is one."""

    what: str
    value: str
    confidence: str
    basis: str
    fact_ids: tuple[str, ...]

    def lines(self) -> tuple[str, str, str]:
        """Return the row as three lines: what it is, why, fact ids."""
        return f"{self.what}: {self.value} [{self.confidence}]", self.basis, ", ".join(self.fact_ids) or "no fact id"


@dataclass(frozen=True, slots=True)
class Place:
    """Where rows are asked for: a market, and a service and a tier of it unless empty. start: date of the start."""

    start: str
    market: str
    platform: str = ""
    tier: str = ""

    def check(self, markets: Sequence[str]) -> None:
        """Raise InputError unless the market is one of the run, the service in it and the tier offered by it."""
        if self.market not in markets:
            way = "Name the market too." if not self.market else nearest(self.market, list(markets))
            raise InputError(Fault("trace, market", "is a market of the run", self.market, way))
        facts = load_start(self.start).markets[self.market]
        if self.platform and self.platform not in facts.platforms:
            way = nearest(self.platform, list(facts.platforms))
            rule = f"is a service of {self.market} at the start"
            raise InputError(Fault("trace, platform", rule, self.platform, way))
        tiers = sorted({offer.tier for offer in facts.offers if self.platform in ("", offer.platform)})
        if self.tier and self.tier not in tiers:
            whose = f"of {self.platform} in {self.market}" if self.platform else f"in {self.market}"
            rule = f"is a tier {whose} at the start"
            raise InputError(Fault("trace, tier", rule, self.tier, nearest(self.tier, tiers)))


def rows_behind(section: str, place: Place, *, column: str) -> list[StartRow]:
    """Return the rows of a section of the start state at a place; column: what is asked for chooses users or payers."""
    facts = load_start(place.start).markets[place.market]
    if section == "deals":
        return list(_deals(place))
    by_service = {"platforms": _platforms, "offers": _offers}
    if section in by_service:
        return list(by_service[section](facts, place, column))
    whole = {"people": _people, "repertoire": _repertoire, "advertising": _advertising, "tiktok": _tiktok}
    return list(whole[section](facts))


def _row(what: str, value: str, known: Known) -> StartRow:
    return StartRow(what, value, known.confidence, known.basis, known.fact_ids)


def _banded(value: float, band: tuple[float, float], unit: str) -> str:
    return f"{value:,.4g} {unit} (80% band {band[0]:,.3g} to {band[1]:,.3g})"


def _people(facts: MarketStart) -> Iterator[StartRow]:
    online = f"{facts.addressable_m:,.4g} M people 13+ online in 2022"
    streamers = f"{facts.streamers_m:,.4g} M streamers, {facts.people_paying_m:,.4g} M paying"
    yield _row(facts.name, f"{online}; {streamers}", facts)


def _platforms(facts: MarketStart, place: Place, column: str) -> Iterator[StartRow]:
    for name, cell in facts.platforms.items():
        if place.platform in ("", name):
            if not column.startswith("payers"):
                yield _row(f"{name} monthly users", _banded(cell.mau_m, cell.mau_band, "M"), cell)
            if "users" not in column:
                yield _row(f"{name} payers", _banded(cell.payers_m, cell.payers_band, "M"), cell)


def _offers(facts: MarketStart, place: Place, column: str) -> Iterator[StartRow]:
    for offer in facts.offers:
        if place.platform in ("", offer.platform) and place.tier in ("", offer.tier):
            if column.startswith("payers") and offer.tier not in PAID_TIERS:
                continue
            yield _row(f"{offer.platform} {offer.tier}", _offer(offer), offer)


def _offer(offer: OfferStart) -> str:
    people = f"{offer.users_m:,.4g} M users" if offer.is_open else "opens later"
    if offer.tier.startswith("free"):
        return f"{people}, {offer.ad_load_min_per_hour:g} minutes of advertising an hour"
    return f"{people}, {offer.price_local_month:,g} {offer.currency} a month"


def _repertoire(facts: MarketStart) -> Iterator[StartRow]:
    for name, cell in facts.repertoire.items():
        band = (100.0 * cell.low, 100.0 * cell.high)
        yield _row(f"{name} share of listening", _banded(100.0 * cell.share, band, "%"), cell)


def _deals(place: Place) -> Iterator[StartRow]:
    for deal in load_start(place.start).deals:
        if place.market in deal.markets and place.platform in ("", deal.platform) and deal.kind != "clips":
            shares = f"{deal.rev_share_paid:.0%} of paid, {deal.rev_share_free:.0%} of free revenue"
            until = "rolling" if deal.expires > 2090 * 12 else f"to {show_month(deal.expires)}"
            yield _row(f"{deal.platform} with {deal.label}", f"{shares}, {deal.status}, {until}", deal)


def _advertising(facts: MarketStart) -> Iterator[StartRow]:
    price = facts.ads.audio_cpm_usd
    what = f"fill {facts.ads.audio_fill:.0%}, rewarded {facts.ads.rewarded_ecpm_usd.value:.3g} USD"
    told = _banded(price.value, (price.low, price.high), "USD a thousand impressions")
    yield _row("audio advertising", f"{told}, {what}", facts.ads)


def _tiktok(facts: MarketStart) -> Iterator[StartRow]:
    one = facts.tiktok
    hours = f"{one.hours_per_user_month:.3g} hours a user and month"
    yield _row("TikTok", f"{one.status}: {one.adult_mau_m:,.4g} M adult users, {hours}", one)
