"""Opening a market: from the start state's facts to users, offers and catalogues, before anybody has settled."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from model.facts.records import MarketStart, StartState
from model.market.placing import inform_users, place_users
from model.market.targets import split_targets
from model.spec.parameters import Parameters
from model.state.country import Country
from model.state.offers import OfferLine, OfferTable, check_room, order_of_offers
from model.state.population import Newcomers, PopulationFacts, draw_population

Floats = NDArray[np.float64]
SLOWEST_FADE = 1e-12  # a month: below it the fading of a lifetime is lost in the rounding of 1 - exp


def open_country(
    start: StartState, market: str, parameters: Parameters, *, users: int, horizon: int, growth: bool, seed: int
) -> Country:
    """Return a market with its people and offers; users hold the services of the targets but have not settled.

    users: simulated users at the start. horizon: months ahead, for room for newcomers. growth: whether the internet
    grows. Errors: InputError where the market has too many services or offers.
    """
    facts = start.markets[market]
    addressable = addressable_path(facts, parameters, month=start.month, horizon=horizon, growth=growth)
    platforms = tuple(facts.platforms)
    lines = order_of_offers(split_targets(facts, parameters))
    check_room(market, services=len(platforms), offers=len(lines))
    labels = tuple(facts.repertoire)
    capacity = int(np.ceil(users * (addressable.max() / addressable[0])))  # exactly `users` without growth
    population = _population_facts(facts, lines, parameters, addressable=float(addressable[0]))
    people = draw_population(population, parameters, size=capacity, seed=seed)
    available = catalogue(start, facts)
    options = len(lines) + 1
    country = Country(
        market=market,
        name=facts.name,
        labels=labels,
        users=people,
        offers=OfferTable(
            market=market, platforms=platforms, lines=lines, ppp=facts.ppp_local_per_international_dollar
        ),
        available=available,
        lost=np.zeros_like(available),
        clips=clips_at_start(start, facts),
        song_pull=np.ones(len(labels)),
        triggers=np.zeros(options, np.float32),
        weight=float(addressable[0]) / users,
        active=users,
        communities=int(parameters.communities),
        mean_tiktok_hours=population.tiktok_hours,
        outside=0.0,
        marketing_hazard=np.zeros(len(platforms)),
        addressable=addressable,
        newcomers=Newcomers(population, parameters, seed),
        tiktok_open=facts.tiktok.status != "banned",
        fx=facts.fx_local_per_usd,
        price_attention=0.0,
        sales_tax=facts.vat_in_price,
    )
    retune(country, facts, parameters)
    place_users(country, seed=seed)
    inform_users(country, parameters, seed=seed)
    return country


def retune(country: Country, facts: MarketStart, parameters: Parameters) -> None:
    """Set what a market holds of the parameters and may change after the opening (in a fork with other parameters)."""
    country.outside = parameters.piracy_weight * (facts.piracy_share - parameters.piracy_mean)
    country.price_attention = parameters.price_attention
    country.merger_habit = parameters.merger_habit


def _population_facts(
    facts: MarketStart, lines: tuple[OfferLine, ...], parameters: Parameters, *, addressable: float
) -> PopulationFacts:
    platforms = tuple(facts.platforms)
    tiktok_share, tiktok_hours = _tiktok(facts, parameters, addressable)
    return PopulationFacts(
        market=facts.code,
        income_mean=facts.gdp_per_capita_ppp / 12.0 * parameters.household_share,
        gini=facts.gini,
        age_shares=facts.age_shares,
        tiktok_share=tiktok_share,
        tiktok_hours=tiktok_hours,
        labels=tuple(facts.repertoire),
        label_shares=tuple(share.share for share in facts.repertoire.values()),
        platforms=platforms,
        bundle_bases=_bundle_bases(lines, platforms, parameters, addressable),
    )


def _tiktok(facts: MarketStart, parameters: Parameters, addressable: float) -> tuple[float, float]:
    """Return (share of addressable people on TikTok, hours per user and month); where it is banned, if it were not.

    Nothing reads the hours of a market while TikTok is banned there.
    """
    if facts.tiktok.status == "banned":
        return parameters.banned_tiktok_share, parameters.banned_tiktok_hours
    share = min(parameters.tiktok_share_cap, facts.tiktok.adult_mau_m * 1e6 / addressable)
    return share, facts.tiktok.hours_per_user_month


def addressable_path(facts: MarketStart, parameters: Parameters, *, month: int, horizon: int, growth: bool) -> Floats:
    """Return (horizon+1,) people 13+ online at the end of months 0..horizon.

    The log trend of 2020 to 2022 (population and internet share) runs on and fades; it ends at `online_cap` of people
    13+. A measured fall (Brazil, Japan) counts as no growth. Years stand for their middle; the start lies on the
    trend.
    """
    reach = {year: facts.population[year] * facts.share_13plus * facts.internet_share[year] for year in (2020, 2022)}
    trend = max(0.0, float(np.log(reach[2022] / reach[2020]))) / 24.0
    anchor = 2022 * 12 + 6
    opening = reach[2022] * np.exp(trend * (month - anchor))
    opening = max(opening, facts.streamers_m * 1e6 * parameters.online_floor)
    if not growth:
        return np.full(horizon + 1, opening)
    months = np.arange(horizon + 1)
    fade = parameters.growth_fade / 12.0
    run = months if fade < SLOWEST_FADE else (1.0 - np.exp(-fade * months)) / fade
    cap = max(opening, facts.population[2022] * facts.share_13plus * parameters.online_cap)
    path: Floats = np.minimum(cap, opening * np.exp(trend * run))
    return path


def _bundle_bases(
    lines: tuple[OfferLine, ...], platforms: tuple[str, ...], parameters: Parameters, addressable: float
) -> tuple[float, ...]:
    """Return (P,) shares of people who are customers of a bundle's contract; a bundle without users is an entrant's."""
    bases = dict.fromkeys(platforms, 0.0)
    for line in lines:
        if line.tier == "bundle":
            share = parameters.bundle_base_ratio * (line.target_main + line.target_second) / addressable
            share = share if share > 0.0 else parameters.entrant_bundle_base
            bases[line.platform] = min(parameters.bundle_base_cap, share)
    return tuple(bases.values())


def catalogue(start: StartState, facts: MarketStart) -> NDArray[np.float32]:
    """Return (P, L): 1 where the service may play the label at the start; a cell without a deal row is licensed."""
    available = np.ones((len(facts.platforms), len(facts.repertoire)), np.float32)
    for p, platform in enumerate(facts.platforms):
        deals = start.deals_of(platform=platform, market=facts.code)
        for label, deal in deals.items():
            if label in facts.repertoire and deal.status != "active":
                available[p, list(facts.repertoire).index(label)] = 0.0
    return available


def clips_at_start(start: StartState, facts: MarketStart) -> NDArray[np.float32]:
    """Return (L,): 1 where the label's music may be used on TikTok at the start; a label without a row is licensed."""
    deals = start.deals_of(platform="tiktok", market=facts.code, kind="clips")
    lapsed = {label for label, deal in deals.items() if deal.status != "active"}
    return np.array([label not in lapsed for label in facts.repertoire], dtype=np.float32)
