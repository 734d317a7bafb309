"""The start of the simulation on a date: one call gives people, services, offers, deals and the record."""

from __future__ import annotations

from functools import cache

from model.facts.book import FactBook
from model.facts.licences import deal_notices, read_deals, repertoire_of, standard_term_faults
from model.facts.offers import cells_of, offers_of
from model.facts.past_growth import past_growth
from model.facts.people import ads_of, ages_of, by_year, region_of, tiktok_of
from model.facts.reader import Cells, Row, read_table
from model.facts.record import read_actions, read_region_map, read_targets
from model.facts.records import Level, MarketStart, StartState
from model.facts.replay import opened_2019_12, opened_2022_06
from model.facts.units import CURRENCIES, MARKETS, ppp_per_local
from model.foundation.errors import Fault, InputError, nearest, raise_faults
from model.foundation.months import parse_month

OBSERVED = "2022-10"
"""Month whose opening levels the start tables hold."""
DATES = ("2019-12", "2022-06", OBSERVED)
"""Dates with a start: the replay, the months before Sony left Resso and Gaana closed its free tier, the baseline."""


def load_start(date: str = OBSERVED) -> StartState:
    """Return the start state of "2022-10", "2022-06" or "2019-12"; InputError for any other date.

    Read once per date; the record and everything in it but its dictionaries is frozen, so treat it as read-only.
    """
    if date not in DATES:
        raise InputError(Fault("start date", f"has a start state: {', '.join(DATES)}", date, nearest(date, DATES)))
    return _load(date)


@cache
def _load(date: str) -> StartState:
    opened = {"2022-06": opened_2022_06, "2019-12": opened_2019_12}
    return opened[date](_load(OBSERVED)) if date in opened else observed()


def observed() -> StartState:
    """Return the start of October 2022, made anew from the tables; `load_start` keeps it."""
    faults: list[Fault] = []
    notices: list[str] = []
    tables = {name: _by_market(name, faults) for name in ("start_markets", "start_ads", "start_tiktok")}
    raise_faults(faults)
    markets = {code: _market(code, tables, faults, notices) for code in MARKETS}
    deals = read_deals(faults)
    rest = Cells(tables["start_tiktok"]["REST"], place="start_tiktok REST", faults=faults)
    state = StartState(
        month=parse_month(OBSERVED), markets=markets, deals=deals, history=read_actions(faults),
        targets=read_targets(faults), region_map=read_region_map(faults),
        tiktok_rest_ad_revenue_usd_m=Level(rest.number("ad_revenue_2022_usd_m"), rest.number("low_ad_revenue"),
                                           rest.number("high_ad_revenue")),
        notices=(*notices, *deal_notices(markets, deals)), past_growth=past_growth(parse_month(OBSERVED)),
    )  # fmt: skip
    raise_faults([*faults, *standard_term_faults(markets, deals), *balance_faults(state)])
    return state


def _by_market(table: str, faults: list[Fault]) -> dict[str, Row]:
    rows = {row["market"]: row for row in read_table(table)}
    missing = [code for code in MARKETS if code not in rows]
    if missing:
        faults.append(Fault(table, "has a row for each of the twenty markets", missing, "Add the rows."))
    return rows


def _market(code: str, tables: dict[str, dict[str, Row]], faults: list[Fault], notices: list[str]) -> MarketStart:
    book = FactBook.load()
    cells = Cells(tables["start_markets"][code], place=f"start_markets {code}", faults=faults)
    usd, ppp, fx = (book.number(market=code, field=field, as_of="2022")
                    for field in ("gdp_per_capita_usd", "gdp_per_capita_ppp", "fx_local_per_usd"))  # fmt: skip
    share_13plus, age_shares = ages_of(book, code)
    hours = book.find(market=code, field="listening_hours_per_week")
    return MarketStart(
        code=code, name=_word(book, code, "name"), region=_word(book, code, "region"), spotify_region=region_of(code),
        population=by_year(book, market=code, field="population_total"),
        internet_share=by_year(book, market=code, field="internet_users_pct", scale=0.01),
        share_13plus=share_13plus, age_shares=age_shares, gdp_per_capita_ppp=ppp, gdp_per_capita_usd=usd,
        gini=book.number(market=code, field="gini_gapminder_modelled", as_of="2022") / 100.0,
        currency=CURRENCIES[code], fx_local_per_usd=fx,
        ppp_local_per_international_dollar=ppp_per_local(
            gdp_per_capita_usd=usd, fx_local_per_usd=fx, gdp_per_capita_ppp=ppp),
        vat_in_price=cells.number("vat_in_price", high=0.5), streamers_m=cells.number("streamers_m"),
        multi_homing=cells.number("multi_homing", low=1.0), payers_m=cells.number("payers_m"),
        people_paying_m=cells.number("people_paying_m"),
        piracy_share=book.number(market=code, field="music_piracy_rate_pct", as_of="2022") / 100.0,
        video_share_of_streaming_revenue=cells.number("video_share_of_streaming_revenue", high=1.0),
        label_streaming_fact_usd_m=cells.optional("label_streaming_fact_usd_m"),
        label_fact_less_video_usd_m=cells.optional("label_fact_less_video_usd_m"),
        label_modelled_usd_m={part: cells.number(f"label_{part}_usd_m") for part in ("subscription", "bundle", "ads")},
        listening_hours_week=hours[0].number if hours else None,
        local_repertoire_share=_local_share(code, faults),
        ads=ads_of(Cells(tables["start_ads"][code], place=f"start_ads {code}", faults=faults),
                   per_free_listener=cells.number("ad_revenue_per_free_listener_usd_year")),
        tiktok=tiktok_of(Cells(tables["start_tiktok"][code], place=f"start_tiktok {code}", faults=faults),
                         status=_word(book, code, "tiktok_status")),
        platforms=cells_of(code, faults), offers=offers_of(code, faults=faults, notices=notices),
        repertoire=repertoire_of(code, faults),
        confidence=cells.text("confidence"), basis=cells.text("basis"), fact_ids=cells.ids("fact_ids"),
    )  # fmt: skip


def _word(book: FactBook, market: str, field: str) -> str:
    rows = book.find(market=market, field=field)
    if not rows:
        raise InputError(Fault(f"markets {market}", f"has a row {field}", "none", "Add the row."))
    return rows[0].value


def _local_share(market: str, faults: list[Fault]) -> float:
    labels = repertoire_of(market, faults).values()
    return sum(label.share * label.local_share for label in labels)


def balance_faults(state: StartState) -> list[Fault]:
    """Return where a start does not add up: tiers against services, services against the market."""
    faults: list[Fault] = []
    for market in state.markets.values():
        cells = market.platforms
        _match(faults, f"{market.code} services", sum(cell.mau_m for cell in cells.values()),
               market.streamers_m * market.multi_homing)  # fmt: skip
        _match(faults, f"{market.code} payers", sum(cell.payers_m for cell in cells.values()), market.payers_m)
        for platform, cell in cells.items():
            offers = [offer for offer in market.offers if offer.platform == platform]
            paying = sum(offer.users_m for offer in offers if offer.payers)
            _match(faults, f"{market.code} {platform} paid tiers", paying, cell.payers_m)
            users = sum(offer.users_m + offer.trial_users_m for offer in offers)
            if not any("trial" in notice for notice in _about(state, market.code, platform)):
                _match(faults, f"{market.code} {platform} tiers", users, cell.mau_m)
    return faults


def _about(state: StartState, market: str, platform: str) -> list[str]:
    return [notice for notice in state.notices if notice.startswith(f"{market} {platform}:")]


def _match(faults: list[Fault], place: str, parts: float, whole: float) -> None:
    if abs(parts - whole) > 1e-3 * whole + 3e-4:
        faults.append(Fault(place, f"the parts add up to {whole:.4g} M", round(parts, 4), "Correct the start tables."))
