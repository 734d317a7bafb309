"""Which series a run can tell of at all: the names that an outcome may have, checked with the nearest right one."""

from __future__ import annotations

from model.experiments.history.metrics import ALL_SERVICES, METRICS, REGIONS, RESSO_MARKETS, WORLD, SeriesKey
from model.facts.units import MARKETS
from model.foundation.errors import Fault, nearest
from model.results.palette import SERVICES

SPOTIFY, TIKTOK = "spotify", "tiktok"
ENTITIES = (*(name for name in SERVICES if name != "other"), TIKTOK, ALL_SERVICES)
"""Services, TikTok itself, and all services of a market together."""
PEOPLE = ("users", "payers", "paying_share")
OF_ALL = ("streamers", "payers", "service_users", "paying_share")
OF_SPOTIFY = (*PEOPLE, "payer_churn", "arpu", "revenue_subscription", "revenue_ads", "revenue")
OF_SERVICE = (*OF_SPOTIFY, "user_share", "users_growth")


def key_faults(key: SeriesKey, *, place: str) -> list[Fault]:
    """Return what is wrong with the names of a series: unknown words first, else words that do not go together."""
    faults = [
        Fault(f"{place}, {column}", f"is {what}", word, nearest(word, known))
        for column, what, word, known in (
            ("entity", "a service, tiktok or all", key.entity, ENTITIES),
            ("metric", "a metric of the record", key.metric, tuple(METRICS)),
        )
        if word not in known
    ]
    places = (*MARKETS, *REGIONS, WORLD)
    codes = key.market.split("+") if key.market not in places else []
    wrong = [one for one in codes if one not in MARKETS]
    if wrong:
        rule = "is an ISO code of the twenty, several joined by +, a region of Spotify's, or WORLD"
        faults.append(Fault(f"{place}, market", rule, key.market, nearest(wrong[0], places)))
    elif len(set(codes)) < len(codes):
        faults.append(Fault(f"{place}, market", "names each market once", key.market, "Take the double out."))
    if not faults:
        known = told_metrics(key.entity, key.market)
        if key.metric not in known:
            rule = f"a run tells this of {key.entity} in {key.market}"
            way = f"It tells: {', '.join(known)}." if known else "Name a market, or another entity."
            faults.append(Fault(f"{place}, metric", rule, key.metric, way))
    return faults


def in_one_order(market: str) -> str:
    """Return the one name of several markets joined by "+", whatever their order; other words as they are."""
    codes = market.split("+")
    if len(codes) < 2 or len(set(codes)) < len(codes) or not set(codes) <= set(MARKETS):
        return market
    own = RESSO_MARKETS.split("+")
    return RESSO_MARKETS if set(codes) == set(own) else "+".join(sorted(codes, key=MARKETS.index))


def told_metrics(entity: str, market: str) -> tuple[str, ...]:
    """Return the metrics that a run can tell of an entity in a market, a region, several markets or the world."""
    single, wide = market in MARKETS, market in REGIONS or market == WORLD
    if entity == TIKTOK:
        return () if market in REGIONS else ("ad_revenue_year",)
    if entity == ALL_SERVICES:
        return OF_ALL if single else ()
    if wide:
        return () if entity != SPOTIFY else OF_SPOTIFY if market == WORLD else PEOPLE
    return OF_SERVICE if single else tuple(name for name in OF_SERVICE if name != "user_share")
