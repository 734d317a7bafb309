"""Opening a market: from the start state's facts to users, offers and catalogues, before anybody has settled."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from model.facts.records import MarketStart, OfferStart, StartState
from model.foundation.rng import stream_key, uniforms
from model.spec.parameters import Parameters
from model.state.country import Country
from model.state.offers import PAID_TIERS, OfferLine, OfferTable, order_of_offers
from model.state.population import PopulationFacts, draw_population
from model.state.users import UserArrays

Floats = NDArray[np.float64]
FIRST_TENURE = 0.7  # the spin-up forgets it
MEAN_PIRACY = 0.45  # central level of unlicensed use; the outside option is measured from it


def open_country(start: StartState, market: str, parameters: Parameters, *, users: int, horizon: int, growth: bool, seed: int) -> Country:
    """Return a market with its people and offers; users hold the services of the targets but have not settled.

    users: simulated users at the start. horizon: months ahead, for room for newcomers. growth: whether the internet grows.
    """
    facts = start.markets[market]
    addressable = addressable_path(facts, parameters, month=start.month, horizon=horizon, growth=growth)
    platforms = tuple(facts.platforms)
    lines = order_of_offers(split_targets(facts))
    labels = tuple(facts.repertoire)
    capacity = int(np.ceil(users * (addressable.max() / addressable[0])))  # exactly `users` without growth
    population = PopulationFacts(
        market=market,
        income_mean=facts.gdp_per_capita_ppp / 12.0 * parameters.household_share,
        gini=facts.gini,
        age_shares=facts.age_shares,
        tiktok_share=min(0.95, facts.tiktok.adult_mau_m * 1e6 / addressable[0]),
        tiktok_hours=facts.tiktok.hours_per_user_month,
        labels=labels,
        label_shares=tuple(share.share for share in facts.repertoire.values()),
        platforms=platforms,
        bundle_bases=_bundle_bases(lines, platforms, parameters, addressable[0]),
    )
    people = draw_population(population, parameters, size=capacity, seed=seed)
    available = catalogue(start, facts, month=start.month)
    options = len(lines) + 1
    country = Country(
        market=market,
        name=facts.name,
        labels=labels,
        users=people,
        offers=OfferTable(market=market, platforms=platforms, lines=lines, ppp=facts.ppp_local_per_international_dollar),
        available=available,
        lost=np.zeros_like(available),
        triggers=np.zeros(options, np.float32),
        weight=float(addressable[0]) / users,
        active=users,
        communities=int(parameters.communities),
        mean_tiktok_hours=facts.tiktok.hours_per_user_month,
        outside=parameters.piracy_weight * (facts.piracy_share - MEAN_PIRACY),
        marketing_hazard=np.zeros(len(platforms)),
        addressable=addressable,
        tiktok_open=facts.tiktok.status != "banned",
        fx=facts.fx_local_per_usd,
        price_attention=parameters.price_attention,
        sales_tax=facts.vat_in_price,
    )
    place_users(country, seed=seed)
    inform_users(country, parameters, seed=seed)
    return country


def addressable_path(facts: MarketStart, parameters: Parameters, *, month: int, horizon: int, growth: bool) -> Floats:
    """Return (horizon+1,) people 13+ online at the end of months 0..horizon.

    The log trend of 2020 to 2022 (population and internet share) runs on and fades; it ends at `online_cap` of people 13+.
    Years stand for their middle; the start lies on the trend.
    """
    reach = {year: facts.population[year] * facts.share_13plus * facts.internet_share[year] for year in (2020, 2022)}
    trend = np.log(reach[2022] / reach[2020]) / 24.0
    anchor = 2022 * 12 + 6
    opening = reach[2022] * np.exp(trend * (month - anchor))
    opening = max(opening, facts.streamers_m * 1e6 * 1.02)
    if not growth:
        return np.full(horizon + 1, opening)
    months = np.arange(horizon + 1)
    fade = parameters.growth_fade / 12.0
    run = months if fade == 0.0 else (1.0 - np.exp(-fade * months)) / fade
    cap = max(opening, facts.population[2022] * facts.share_13plus * parameters.online_cap)
    path: Floats = np.minimum(cap, opening * np.exp(trend * run))
    return path


def split_targets(facts: MarketStart) -> list[OfferLine]:
    """Return the market's offers with target users split into main and second use.

    Second use is the sum of monthly users over services less streamers. Paid second use is payers less people paying,
    in proportion to paid users; the rest falls on free users, and a quarter as strongly on bundle users, in proportion.
    """
    offers = facts.offers
    total = sum(_stock(offer) for offer in offers)
    second = max(0.0, total - facts.streamers_m)
    paid = min(second, max(0.0, facts.payers_m - facts.people_paying_m))
    wanted = {"paid": paid, "other": second - paid}
    base = {name: sum(_stock(offer) * _second_weight(offer) for offer in offers if _group(offer) == name) for name in wanted}
    return [_line(offer, min(0.9, _second_weight(offer) * wanted[_group(offer)] / max(base[_group(offer)], 1e-12))) for offer in offers]


def _group(offer: OfferStart) -> str:
    return "paid" if offer.tier in PAID_TIERS else "other"


def _second_weight(offer: OfferStart) -> float:
    return 0.25 if offer.tier == "bundle" else 1.0


def _stock(offer: OfferStart) -> float:
    return offer.users_m + offer.trial_users_m if offer.is_open else 0.0


def _line(offer: OfferStart, second: float) -> OfferLine:
    people = _stock(offer) * 1e6
    return OfferLine(
        platform=offer.platform,
        tier=offer.tier,
        price_local=offer.price_local_month,
        price_store_local=float("nan") if offer.price_ios_local is None else offer.price_ios_local,
        store_share=offer.app_store_share,
        ad_load=offer.ad_load_min_per_hour,
        restriction=offer.restriction,
        trial_months=offer.trial_months,
        target_main=people * (1.0 - second),
        target_second=people * second,
        is_open=offer.is_open,
    )


def _bundle_bases(lines: tuple[OfferLine, ...], platforms: tuple[str, ...], parameters: Parameters, addressable: float) -> tuple[float, ...]:
    bases = dict.fromkeys(platforms, 0.0)
    for line in lines:
        if line.tier == "bundle":
            bases[line.platform] = min(0.95, parameters.bundle_base_ratio * (line.target_main + line.target_second) / addressable)
    return tuple(bases.values())


def catalogue(start: StartState, facts: MarketStart, *, month: int) -> NDArray[np.float32]:
    """Return (P, L): 1 where the service may play the label on the start date; a cell without a deal row is licensed."""
    available = np.ones((len(facts.platforms), len(facts.repertoire)), np.float32)
    for p, platform in enumerate(facts.platforms):
        deals = start.deals_of(platform=platform, market=facts.code)
        for label, deal in deals.items():
            if label in facts.repertoire and deal.status != "active":
                available[p, list(facts.repertoire).index(label)] = 0.0
    return available


def place_users(country: Country, *, seed: int) -> None:
    """Give users main and second services so that the targets hold: the scarcest access first, by keyed lots."""
    users, offers = country.users, country.offers
    uid = users.uid[: country.active]
    free_of_choice = np.ones(country.active, bool)
    for j in _scarcest_first(offers, offers.targets("main")):
        wanted = round(offers.targets("main")[j] / country.weight)
        _place(users, offers, j, wanted, free_of_choice, column=users.main, key=stream_key(seed, "place", country.market, *offers.names[j]), uid=uid)
    users.main[country.active :] = 0
    streams = users.main[: country.active] > 0
    for j in _scarcest_first(offers, offers.targets("second")):
        wanted = round(offers.targets("second")[j] / country.weight)
        own = offers.platform[users.main[: country.active]] == offers.platform[j]
        candidates = streams & ~own
        _place(users, offers, j, wanted, candidates, column=users.second, key=stream_key(seed, "place second", country.market, *offers.names[j]), uid=uid)
        streams &= users.second[: country.active] == 0
    users.tenure[: country.active] = FIRST_TENURE


def _scarcest_first(offers: OfferTable, targets: Floats) -> list[int]:
    """Return options with a target in the order of placing: bundles, students, families, other paid, free."""
    rank = {"bundle": 0, "student": 1, "family_per_head": 2}
    options = [j for j in range(1, len(offers)) if targets[j] > 0]
    return sorted(options, key=lambda j: (rank.get(offers.names[j][1], 3 if offers.nest[j] == 2 else 4), j))


def _place(users: UserArrays, offers: OfferTable, j: int, wanted: int, candidates: NDArray[np.bool_], *,
           column: NDArray[np.int8], key: np.uint64, uid: NDArray[np.uint32]) -> None:  # fmt: skip
    """Write option j for `wanted` of the candidates with the access it needs, those with the lowest lots; removes them."""
    needs = offers.needs[j]
    may = candidates & ((users.access[: uid.shape[0]] & needs) == needs)
    pool = np.flatnonzero(may)
    if pool.size > wanted:
        lots = uniforms(key, uid[pool])
        pool = pool[np.argpartition(lots, wanted)[:wanted]] if wanted > 0 else pool[:0]
    column[pool] = j
    candidates[pool] = False


def inform_users(country: Country, parameters: Parameters, *, seed: int) -> None:
    """Set first awareness and the marketing hazard that keeps it: (share using it) ** awareness_power, own services known."""
    users, offers, active = country.users, country.offers, country.active
    main, second = country.stocks()
    for p, platform in enumerate(country.platforms):
        mine = offers.platform == p
        using = (main[mine].sum() + second[mine].sum()) / active
        aware = min(0.97, using**parameters.awareness_power) if using > 0 else 0.0
        others = max(0.0, (aware - using) / max(1e-9, 1.0 - using))
        lots = uniforms(stream_key(seed, "first awareness", country.market, platform), users.uid[:active])
        uses = (offers.platform[users.main[:active]] == p) | (offers.platform[users.second[:active]] == p)
        knows = uses | (lots < others)
        users.aware[:active] |= np.where(knows, np.uint32(1) << np.uint32(p), np.uint32(0)).astype(np.uint32)
        gain = parameters.forgetting * others / max(1e-9, 1.0 - others)
        friends = parameters.word_of_mouth * main[mine].sum() / active
        country.marketing_hazard[p] = max(0.0, gain - friends)
