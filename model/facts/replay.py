"""Starts before October 2022: June 2022 (events of September ahead) and December 2019 (for the replay of the record).

June 2022 has the levels of October, with Sony's catalogue on Resso and with Gaana's free tier. December 2019 has the
recorded levels of Spotify and Resso; those of rivals are declared assumptions with ranges, listed in the state.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from model.facts.carried_back import (
    ALL_2019,
    GAANA_FREE_2022,
    GAANA_OVER_JIOSAAVN_2019,
    JOOX_USERS_2019,
    JOOX_ZA_2019,
    PANDORA_USERS_2019,
    RIVAL_PAYERS_2019,
    RIVAL_USERS_2019,
    TIKTOK_ADS_2019,
    TIKTOK_IN_2019,
    TIKTOK_IN_HOURS_2019,
    TIKTOK_USERS_2019,
)
from model.facts.earlier_offers import entered_later, share_out, undo_prices
from model.facts.licences import deal_notices
from model.facts.past_growth import past_growth
from model.facts.records import (
    Assumption,
    DealStart,
    HistoryAction,
    Level,
    MarketStart,
    OfferStart,
    PlatformCell,
    StartState,
    TikTokStart,
)
from model.foundation.months import parse_month


def opened_2022_06(state: StartState) -> StartState:
    """Return June 2022: October's levels, Sony still on Resso, Gaana's free tier open, later price changes undone."""
    month = parse_month("2022-06")
    notices: list[str] = []
    ahead = _ahead(state, month)
    markets = {
        code: replace(market, offers=undo_prices(market.offers, market=code, actions=ahead, notices=notices))
        for code, market in state.markets.items()
    }
    india = markets["IN"]
    gaana = india.platforms["gaana"]
    markets["IN"] = _with_gaana_free(india, GAANA_FREE_2022, free_m=GAANA_FREE_2022.value, payers_m=gaana.payers_m)
    deals = tuple(_sony_back(_gaana_free_terms(deal, state.deals)) for deal in state.deals)
    notices += deal_notices(markets, deals)
    return replace(state, month=month, markets=markets, deals=deals, notices=tuple(notices),
                   past_growth=past_growth(month), assumptions=(*state.assumptions, GAANA_FREE_2022))  # fmt: skip


def opened_2019_12(state: StartState) -> StartState:
    """Return December 2019: recorded Spotify and Resso, rivals carried back, the record's changes undone."""
    month = parse_month("2019-12")
    notices: list[str] = []
    ahead = _ahead(state, month)
    targets = {(t.place, t.platform, t.measure): t.value_m for t in state.targets}
    markets = {}
    for code, market in state.markets.items():
        later = entered_later(ahead, market=code)
        offers = undo_prices(market.offers, market=code, actions=ahead, notices=notices)
        cells = {name: _cell_2019(cell, market, offers, targets, later) for name, cell in market.platforms.items()}
        earlier = _with_cells(replace(market, offers=offers, tiktok=_tiktok_2019(market)), cells, later)
        markets[code] = replace(earlier, label_streaming_fact_usd_m=None, label_fact_less_video_usd_m=None,
                                label_modelled_usd_m=None)  # fmt: skip
    markets["IN"] = _gaana_2019(markets["IN"])
    markets["ZA"] = _joox_za(markets["ZA"], like=markets["MY"])
    notices += [*deal_notices(markets, state.deals),
                "advertising prices, digital spend and exchange rates are those of 2022",
                "licences are taken to have run on their terms of 2022; guarantees follow the service's payers",
                "IN spotify: daily and weekly passes at 13 and 39 INR before December 2020 are left out"]  # fmt: skip
    deals = tuple(_deal_2019(deal, state, markets, month) for deal in state.deals)
    return replace(state, month=month, markets=markets, deals=deals, notices=tuple(notices),
                   tiktok_rest_ad_revenue_usd_m=_scaled(state.tiktok_rest_ad_revenue_usd_m, TIKTOK_ADS_2019),
                   past_growth=past_growth(month),
                   assumptions=(*state.assumptions, *ALL_2019))  # fmt: skip


def _ahead(state: StartState, month: int) -> tuple[HistoryAction, ...]:
    """Return the actions between a start and the observed month: they lie ahead of the earlier start."""
    return tuple(action for action in state.history if month <= action.month < state.month)


def _with_cells(market: MarketStart, cells: dict[str, PlatformCell], later: set[tuple[str, str | None]]) -> MarketStart:
    """Return the market with other levels: tiers, totals and streamers follow (apps per listener stay)."""
    offers: list[OfferStart] = []
    for name, cell in cells.items():
        own = [offer for offer in market.offers if offer.platform == name]
        offers.extend(share_out(own, users_m=cell.mau_m, payers_m=cell.payers_m, later=later))
    payers = sum(cell.payers_m for cell in cells.values())
    return replace(
        market, platforms=cells, offers=tuple(offers), payers_m=payers,
        streamers_m=sum(cell.mau_m for cell in cells.values()) / market.multi_homing,
        people_paying_m=market.people_paying_m * payers / market.payers_m,
    )  # fmt: skip


def _cell_2019(
    cell: PlatformCell, market: MarketStart, offers: Sequence[OfferStart],
    targets: dict[tuple[str, str, str], float], later: set[tuple[str, str | None]],
) -> PlatformCell:  # fmt: skip
    name, key = cell.platform, (market.code, cell.platform)
    if (name, None) in later:
        return replace(cell, mau_m=0.0, payers_m=0.0, mau_band=(0.0, 0.0), payers_band=(0.0, 0.0),
                       basis="enters later", confidence="found")  # fmt: skip
    if (*key, "mau_m") in targets:
        return _levels(cell, targets[*key, "mau_m"], targets[*key, "payers_m"], basis="level of December 2019")
    payers = cell.payers_m * RIVAL_PAYERS_2019.value
    paid_only = not any(o.platform == name and not o.payers and o.users_m > 0.0 for o in offers)
    online = min(1.0, market.population[2020] * market.internet_share[2020]
                 / (market.population[2022] * market.internet_share[2022]))  # fmt: skip
    users = cell.mau_m * RIVAL_USERS_2019.value * online
    basis = "carried back from October 2022 by the growth of streaming"
    if name == "pandora":
        users, payers, basis = PANDORA_USERS_2019.value, cell.payers_m, PANDORA_USERS_2019.basis
    elif name == "joox":
        users, basis = cell.mau_m * JOOX_USERS_2019.value, JOOX_USERS_2019.basis
    elif paid_only:
        users = cell.mau_m * RIVAL_PAYERS_2019.value
    return _levels(cell, users, min(payers, users), basis=basis, wider=RIVAL_USERS_2019)


def _levels(
    cell: PlatformCell, users: float, payers: float, *, basis: str, wider: Assumption | None = None
) -> PlatformCell:
    """Return a cell at other levels; its bands keep their relative width, times the range of `wider`."""
    down, up = (wider.low / wider.value, wider.high / wider.value) if wider else (1.0, 1.0)

    def band(value: float, old: float, band_was: tuple[float, float], cap: float) -> tuple[float, float]:
        low, high = band_was if old > 0.0 else (0.0, 0.0)
        scale = value / old if old > 0.0 else 0.0
        return low * scale * down, max(value, min(high * scale * up, cap))

    users_band = band(users, cell.mau_m, cell.mau_band, float("inf"))
    return replace(
        cell, mau_m=users, payers_m=payers, mau_band=users_band,
        payers_band=band(payers, cell.payers_m, cell.payers_band, users_band[1]),
        basis=basis, confidence="assumption" if wider else "derived",
    )  # fmt: skip


def _with_gaana_free(india: MarketStart, why: Assumption, *, free_m: float, payers_m: float) -> MarketStart:
    """Return India with Gaana's free tier open, on JioSaavn's terms of use."""
    like = next(o for o in india.offers if (o.platform, o.tier) == ("jiosaavn", "free_ads"))
    free = replace(like, platform="gaana", users_m=free_m, confidence="assumption", basis=why.basis,
                   fact_ids=why.fact_ids)  # fmt: skip
    cell = _levels(india.platforms["gaana"], free_m + payers_m, payers_m, basis=why.basis, wider=why)
    band = (payers_m + free_m * why.low / why.value, payers_m + free_m * why.high / why.value)
    cells = {**india.platforms, "gaana": replace(cell, mau_band=band, fact_ids=why.fact_ids)}
    place = next(number for number, o in enumerate(india.offers) if o.platform == "gaana")
    offers = (*india.offers[:place], free, *india.offers[place:])
    total = sum(c.mau_m for c in cells.values())
    return replace(india, platforms=cells, offers=offers, streamers_m=total / india.multi_homing)


def _gaana_2019(india: MarketStart) -> MarketStart:
    users = india.platforms["jiosaavn"].mau_m * GAANA_OVER_JIOSAAVN_2019.value
    payers = india.platforms["gaana"].payers_m
    return _with_gaana_free(india, GAANA_OVER_JIOSAAVN_2019, free_m=users - payers, payers_m=payers)


def _joox_za(market: MarketStart, *, like: MarketStart) -> MarketStart:
    """Return South Africa with Joox, on the terms and the paying share of Joox in another market."""
    model = like.platforms["joox"]
    users = JOOX_ZA_2019.value
    payers = users * model.payers_m / model.mau_m
    cell = replace(
        model, mau_m=users, payers_m=payers, mau_band=(JOOX_ZA_2019.low, JOOX_ZA_2019.high),
        payers_band=(payers * JOOX_ZA_2019.low / users, payers * JOOX_ZA_2019.high / users),
        confidence="assumption", basis=JOOX_ZA_2019.basis, fact_ids=JOOX_ZA_2019.fact_ids,
    )  # fmt: skip
    price = next(o.price_local_month for o in market.offers if (o.platform, o.tier) == ("spotify", "individual"))
    offers = tuple(
        replace(offer, currency=market.currency, price_local_month=price if offer.payers else 0.0,
                users_m=payers if offer.payers else users - payers, confidence="assumption",
                basis=f"{JOOX_ZA_2019.basis}; Joox elsewhere, parity with Spotify", fact_ids=())
        for offer in like.offers if offer.platform == "joox"
    )  # fmt: skip
    cells = {**market.platforms, "joox": cell}
    total = market.payers_m + payers
    return replace(
        market, platforms=cells, offers=(*market.offers, *offers), payers_m=total,
        streamers_m=sum(c.mau_m for c in cells.values()) / market.multi_homing,
        people_paying_m=market.people_paying_m * total / market.payers_m,
    )  # fmt: skip


def _scaled(level: Level, factor: Assumption) -> Level:
    return Level(level.value * factor.value, level.low * factor.low, level.high * factor.high)


def _tiktok_2019(market: MarketStart) -> TikTokStart:
    now = market.tiktok
    if market.code == "IN":
        return replace(now, status="available", adult_mau_m=TIKTOK_IN_2019.value, confidence="assumption",
                       hours_per_user_month=TIKTOK_IN_HOURS_2019.value, basis=TIKTOK_IN_2019.basis)  # fmt: skip
    thinner = TIKTOK_ADS_2019.value / TIKTOK_USERS_2019.value
    return replace(
        now, adult_mau_m=now.adult_mau_m * TIKTOK_USERS_2019.value,
        ad_revenue_usd_m=_scaled(now.ad_revenue_usd_m, TIKTOK_ADS_2019),
        ad_arpu_usd_year=now.ad_arpu_usd_year * thinner, infeed_ads_per_hour=now.infeed_ads_per_hour * thinner,
        topview_days_sold_share=now.topview_days_sold_share * TIKTOK_ADS_2019.value,
        shop_gmv_per_user_hour_usd=0.0, confidence="assumption", basis=TIKTOK_USERS_2019.basis,
    )  # fmt: skip


def _sony_back(deal: DealStart) -> DealStart:
    """Return a licence that expired just before October 2022 as still active (Sony on Resso, to August 2022)."""
    return replace(deal, status="active") if deal.status == "expired" else deal


def _gaana_free_terms(deal: DealStart, deals: Sequence[DealStart]) -> DealStart:
    """Return Gaana's deal with terms for free listening: those of JioSaavn with the same payee."""
    if deal.platform != "gaana":
        return deal
    like = next(d for d in deals if (d.platform, d.label, d.kind) == ("jiosaavn", deal.label, deal.kind))
    return replace(deal, rev_share_free=like.rev_share_free, per_stream_minimum_usd=like.per_stream_minimum_usd)


def _deal_2019(deal: DealStart, state: StartState, markets: dict[str, MarketStart], month: int) -> DealStart:
    """Return a licence as of December 2019: in force already, its guarantee in proportion to the service's payers."""
    was, now = (_total(starts, deal, lambda cell: cell.payers_m) or _total(starts, deal, lambda cell: cell.mau_m)
                for starts in (markets, state.markets))  # fmt: skip
    ratio = was / now if was > 0.0 and now > 0.0 else 1.0
    earlier = _sony_back(_gaana_free_terms(deal, state.deals))
    return replace(earlier, signed=min(deal.signed, month),
                   minimum_guarantee_usd_m=deal.minimum_guarantee_usd_m * ratio)  # fmt: skip


def _total(markets: dict[str, MarketStart], deal: DealStart, part: Callable[[PlatformCell], float]) -> float:
    cells = (markets[code].platforms.get(deal.platform) for code in deal.markets)
    return sum(part(cell) for cell in cells if cell is not None)
