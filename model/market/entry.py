"""Offers that are not there at the start: room for them in the table, and the quality of an offer without history."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from model.spec.parameters import Parameters
from model.spec.timeline import NewOffer
from model.state.country import Country
from model.state.offers import FREE, PAID, PAID_TIERS, OfferLine, OfferTable, check_room, order_of_offers
from model.state.population import sign_up


def add_offers(country: Country, new: Sequence[NewOffer]) -> None:
    """Add closed offers that will open in the run; users, qualities and catalogues keep their meaning.

    A new service may play every label (terms without a deal row are the declared default terms). A service that had no
    bundle gets a contract with customers for it. Errors: InputError where the market would have too many services or
    offers.
    """
    coming = [
        offer
        for offer in new
        if offer.market == country.market and (offer.service, offer.tier) not in country.offers.names
    ]
    if not coming:
        return
    old = country.offers
    parameters = country.newcomers.parameters
    lines = order_of_offers([*old.lines, *(_line(offer, parameters) for offer in coming)])
    platforms = tuple(dict.fromkeys([*old.platforms, *(offer.service for offer in coming)]))
    check_room(country.market, services=len(platforms), offers=len(lines))
    table = OfferTable(market=old.market, platforms=platforms, lines=lines, ppp=old.ppp)
    moved = np.array([0, *(table.position(*name) for name in old.names[1:])])
    for column in (
        "is_open",
        "trial_months",
        "price_local",
        "price_store_local",
        "store_share",
        "ad_load",
        "restriction",
        "xi",
        "xi_second",
    ):
        getattr(table, column)[moved] = getattr(old, column)
    for column in ("integration", "podcasts", "podcasts_built", "marketing", "bundle_fee", "link_fee"):
        getattr(table, column)[: len(old.platforms)] = getattr(old, column)
    country.users.main[:] = moved[country.users.main]
    country.users.second[:] = moved[country.users.second]
    more = len(platforms) - len(old.platforms)
    country.offers = table
    country.available = np.pad(country.available, ((0, more), (0, 0)), constant_values=1.0)
    country.lost = np.zeros_like(country.available)
    country.triggers = np.zeros(len(table), np.float32)
    country.marketing_hazard = np.pad(country.marketing_hazard, (0, more))
    _find_bundle_customers(country, [offer.service for offer in coming if offer.tier == "bundle"])


def _find_bundle_customers(country: Country, services: Sequence[str]) -> None:
    """Give new bundles the declared share of people as customers of the contract that carries them."""
    facts, parameters = country.newcomers.facts, country.newcomers.parameters
    bases = dict.fromkeys(country.platforms, 0.0) | dict(zip(facts.platforms, facts.bundle_bases, strict=True))
    bases |= dict.fromkeys(services, parameters.entrant_bundle_base)
    country.newcomers = country.newcomers.with_bundles(country.platforms, tuple(bases.values()))
    for service in services:
        sign_up(country.users, country.newcomers, platform=service)


def _line(offer: NewOffer, parameters: Parameters) -> OfferLine:
    ads, restriction = {
        "free_ads": (parameters.entrant_ads_free, parameters.entrant_restriction_free),
        "free_rewarded": (parameters.entrant_ads_rewarded, parameters.entrant_restriction_rewarded),
    }.get(offer.tier, (0.0, 0.0))
    trial = int(parameters.entrant_trial_months) if offer.tier in PAID_TIERS else 0
    return OfferLine(
        platform=offer.service, tier=offer.tier, price_local=offer.price, price_store_local=float("nan"),
        store_share=0.0, ad_load=ads, restriction=restriction, trial_months=trial, target_main=0.0,
        target_second=0.0, is_open=False,
    )  # fmt: skip


KIND = {"free_rewarded": "free_ads", "premium": "individual"}
"""Tiers that count as another kind of tier; any other is its own kind."""
ANYBODY = {FREE: "free_ads", PAID: "individual"}
"""The kind of a nest that is open to anybody: the mark for a tier that nobody sells in a market."""
KNOWN = 1.0
"""Simulated people whom an offer's users at the start are, from which its quality is a mark for others.

Of fewer the inversion knows nothing: where nobody in the sample has heard of a service, its quality runs away.
"""
Gap = tuple[float, float]


class EntrantQuality:
    """Quality of an offer without history in its market: the best of its kind there, and a gap to it.

    A kind is a tier (`KIND`): students, families and customers of a bundle are other people at other prices, so that
    qualities of different tiers are no measure of each other. If the same service sells the kind elsewhere, its
    mean gaps there (as main and as second service) hold here too; else those of its nest; otherwise the declared
    `entrant_gap` and `entrant_gap_second`. All are assumptions with a range, never an estimate.
    """

    def __init__(self, countries: Mapping[str, Country], parameters: Parameters) -> None:
        self._gap: Gap = (parameters.entrant_gap, parameters.entrant_gap_second)
        self._alone = parameters.entrant_second
        self._elsewhere: dict[tuple[str, str | int], list[Gap]] = {}
        known = [_known_best(country, nest) for country in countries.values() for nest in (FREE, PAID)]
        bests = {nest: [best for kind, best in known if kind == nest and best is not None] for nest in (FREE, PAID)}
        self._lowest = {nest: min((parameters.entrant_alone, *found)) for nest, found in bests.items()}
        for country in countries.values():
            self._learn(country)

    def _learn(self, country: Country) -> None:
        offers = country.offers
        for j in np.flatnonzero(_known(country)):
            main, second = self._best(country, int(j))
            gap = (float(offers.xi[j]) - main, float(offers.xi_second[j]) - second)
            service, tier = offers.names[j]
            for key in (KIND.get(tier, tier), int(offers.nest[j])):
                self._elsewhere.setdefault((service, key), []).append(gap)

    def __call__(self, country: Country, option: int, *, gap: float | None = None) -> tuple[float, float]:
        """Return (quality as main service, quality as second service) of an option that opens without history.

        gap: to the best of its kind as either, in place of what the record or the declared gaps say.
        """
        if gap is not None:
            main, second = self._best(country, option)
            return main + gap, second + gap
        service, tier = country.offers.names[option]
        kind, nest = KIND.get(tier, tier), int(country.offers.nest[option])
        gaps = self._elsewhere.get((service, kind)) or self._elsewhere.get((service, nest)) or []
        best = self._best(country, option)
        return best[0] + _mean(gaps, 0, self._gap[0]), best[1] + _mean(gaps, 1, self._gap[1])

    def _best(self, country: Country, option: int) -> tuple[float, float]:
        """Return the best qualities (main, second) of an option's kind in its market.

        Where nobody has one of the kind, that of the nest's kind that is open to anybody; where nobody has that either,
        of the nest. Where none of the nest has a history (of `KNOWN` simulated people), few people if any want it: then
        the best is the declared `entrant_alone`, or that of the run's lowest market if lower, and as second service
        `entrant_second`.
        """
        offers = country.offers
        nest, tier = int(offers.nest[option]), offers.names[option][1]
        held = (offers.nest == nest) & _known(country)
        kinds = np.array([KIND.get(name, name) for _, name in offers.names])
        for those in (held & (kinds == KIND.get(tier, tier)), held & (kinds == ANYBODY[nest]), held):
            if those.any():
                seconds = offers.xi_second[those & np.isfinite(offers.xi_second)]
                return float(offers.xi[those].max()), float(seconds.max()) if seconds.size else self._alone
        return self._lowest[nest], self._alone


def _mean(gaps: Sequence[Gap], which: int, declared: float) -> float:
    """Return the mean of the finite gaps; the declared one where there is none."""
    known = [gap[which] for gap in gaps if np.isfinite(gap[which])]
    return float(np.mean(known)) if known else declared


def _known(country: Country) -> NDArray[np.bool_]:
    """Return (J+1,) whether an offer's quality is known by its users at the start."""
    known: NDArray[np.bool_] = np.isfinite(country.offers.xi) & (
        country.offers.targets("main") >= KNOWN * country.weight
    )
    return known


def _known_best(country: Country, nest: int) -> tuple[int, float | None]:
    known = (country.offers.nest == nest) & _known(country)
    return nest, float(country.offers.xi[known].max()) if known.any() else None
