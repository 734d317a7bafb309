"""Numbers far outside the usual: one user, one person, ten billion people, no offers, one offer, a hundred years.

Each case is a whole run in one or two markets, warnings are errors, and the tables are held against what every run must
hold (`tests/trials/sound.py`). A case may be refused, but only in words: an InputError.

    python -m tests.trials.extremes [--only few offers far people] [--report FILE]

Can be interrupted and repeated: the cases are always the same.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from unittest.mock import patch

from model.facts.records import Level, MarketStart, StartState
from model.facts.start import load_start
from model.market.start_store import StartStore
from model.spec.names import Names
from model.spec.scenario import Scenario
from tests.trials.bounds import Case, Found, end, try_case

BASE: dict[str, object] = {"name": "extremes", "users": 50, "months": 6, "markets": ["BR"], "seed": 1}
TALKS = {"platforms": ["resso", "tiktok"], "kinds": ["streaming", "clips"], "labels": "ALL", "users": 100, "months": 3}
GROUPS = ("few", "offers", "far", "people")
CENTURY = {"months": 1200, "users": 20}


def few() -> list[Case]:
    """Return the least and the most of users and months; 0 of either is refused."""
    return [
        Case("1 user", {"users": 1}),
        Case("2 users", {"users": 2}),
        Case("1 user in every market", {"users": 1, "markets": "ALL", "months": 2}),
        Case("1 user, talks", {"users": 1, "months": 12, "talks": TALKS}),
        Case("0 users", {"users": 0}),
        Case("month 0", {"months": 0}),
        Case("1 month", {"months": 1}),
        Case("1201 months", {"months": 1201}),
        Case("seed 2^63 - 1", {"seed": 2**63 - 1}),
        Case("1e8 users in every market", {"users": 100_000_000, "markets": "ALL"}),
    ]


def closed(names: Names, market: str, *, but: Sequence[tuple[str, str]] = ()) -> dict[str, object]:
    """Return the levers that close every offer of a market but some."""
    return {
        f"platforms.{service}.open.{market}.{tier}": False
        for (place, service), tiers in names.tiers.items() if place == market
        for tier in tiers if (service, tier) not in but
    }  # fmt: skip


def offers() -> list[Case]:
    """Return markets without offers, with one, and services without music."""
    names = Scenario.from_mapping(BASE).names
    nothing = closed(names, "BR")
    silent = {f"platforms.resso.catalogue.BR.{label}": False for label in names.labels["BR"]}
    return [
        Case("no offers", nothing),
        Case("no offers, 1 user", {**nothing, "users": 1}),
        Case("no offers, talks", {**nothing, "talks": TALKS}),
        Case("one free offer", closed(names, "BR", but=[("spotify", "free_ads")])),
        Case("one paid offer", closed(names, "BR", but=[("spotify", "individual")])),
        Case("a service without music", silent),
        Case("an empty market beside a full one", {**nothing, "markets": ["BR", "ID"]}),
        Case("no TikTok, no clips", {"markets.BR.tiktok": False, **{f"markets.BR.clips.{label}": False
                                                                    for label in names.labels["BR"]}}),
    ]  # fmt: skip


def far() -> list[Case]:
    """Return a hundred years, with what grows at its fastest and its slowest."""

    def century(name: str, **parameters: float) -> Case:
        return Case(f"1200 months: {name}", {**CENTURY, **{f"parameters.{one}": v for one, v in parameters.items()}})

    fast = {"ad_budget_growth": 1.0, "adoption_growth": 0.3, "adoption_fade": 0.0, "ad_load_growth": 0.1}
    return [
        century("as declared"),
        century("own distribution of all music", own_ceiling=1.0, own_speed=5.0, own_start=0.5, own_fee=1.0),
        century("advertising at its fastest", ces_sigma=1.05, **fast),
        century("advertising at its fastest, substitutes", ces_sigma=20.0, **fast),
        century("advertising at its slowest", ad_budget_growth=-0.5, adoption_growth=-0.2, adoption_fade=0.0,
                ad_load_growth=-0.1),
        century("trends at their highest", streaming_trend=2.0, paying_trend=2.0, momentum=3.0, trend_lead=5.0,
                growth_fade=0.0),
        century("trends at their lowest", streaming_trend=-1.0, paying_trend=-1.0, momentum=-1.0, growth_fade=0.0),
        Case("1200 months: half the newcomers a year", {**CENTURY, "markets.BR.growth": -0.5}),
        Case("1200 months: twice the people every year", {**CENTURY, "markets.BR.growth": 1.0}),
        Case("60 months: twice the people every year", {"months": 60, "users": 20, "markets.BR.growth": 1.0}),
    ]  # fmt: skip


def people() -> list[tuple[Case, float]]:
    """Return markets of one person, of ten billion and of 10^15, with the multiple of the facts' people they have."""
    here = load_start().markets["BR"].addressable_m * 1e6
    wanted = {"1 person": 1.0, "1 person, 1 user": 1.0, "1e10 people": 1e10, "1e15 people": 1e15}
    return [
        (Case(f"a market of {name}", {"users": 1} if "1 user" in name else {}), number / here)
        for name, number in wanted.items()
    ]


@contextmanager
def populated(multiple: float) -> Iterator[None]:
    """Let every market have this multiple of its people, and of the money that its people stand for."""
    start = load_start()
    scaled = replace(
        start, markets={code: _scaled(market, multiple) for code, market in start.markets.items()},
        deals=tuple(replace(deal, minimum_guarantee_usd_m=deal.minimum_guarantee_usd_m * multiple)
                    for deal in start.deals),
        tiktok_rest_ad_revenue_usd_m=_times(start.tiktok_rest_ad_revenue_usd_m, multiple),
    )  # fmt: skip

    def give(_: str) -> StartState:
        return scaled

    with patch("model.market.streaming_market.load_start", give):
        yield


def _scaled(market: MarketStart, by: float) -> MarketStart:
    return replace(
        market, population={year: number * by for year, number in market.population.items()},
        streamers_m=market.streamers_m * by, payers_m=market.payers_m * by,
        people_paying_m=market.people_paying_m * by,
        offers=tuple(replace(one, users_m=one.users_m * by, trial_users_m=one.trial_users_m * by)
                     for one in market.offers),
        platforms={name: replace(cell, mau_m=cell.mau_m * by, payers_m=cell.payers_m * by)
                   for name, cell in market.platforms.items()},
        tiktok=replace(market.tiktok, adult_mau_m=market.tiktok.adult_mau_m * by,
                       ad_revenue_usd_m=_times(market.tiktok.ad_revenue_usd_m, by),
                       topview_day_price_usd=market.tiktok.topview_day_price_usd * by),
        ads=replace(market.ads, digital_ad_spend_usd_bn=_times(market.ads.digital_ad_spend_usd_bn, by)),
    )  # fmt: skip


def _times(level: Level, by: float) -> Level:
    return replace(level, value=level.value * by)


def live(groups: Sequence[str], found: Found, *, only: Sequence[str] = ()) -> Iterator[str]:
    """Live the cases of the groups, or those that are named, and yield each one's name when it is done.

    As on a machine of 24 GiB: one with ten times that could live what is refused here, for hours.
    """
    with patch("model.market.room.machine_memory", lambda: 24.0 * 2**30):
        yield from _live(groups, found, only)


def _live(groups: Sequence[str], found: Found, only: Sequence[str]) -> Iterator[str]:
    starts = StartStore(None)
    plain: Mapping[str, list[Case]] = {name: make() for name, make in (("few", few), ("offers", offers), ("far", far))
                                       if name in groups}  # fmt: skip
    for case in (case for cases in plain.values() for case in cases):
        if not only or case.name in only:
            try_case(case, found, starts=starts, base=BASE)
            yield case.name
    for case, multiple in people() if "people" in groups else ():
        if not only or case.name in only:
            with populated(multiple):
                try_case(case, found, starts=StartStore(None), base=BASE)
            yield case.name


def main() -> None:
    """Try the cases and print what came of them."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--only", nargs="+", choices=GROUPS, default=list(GROUPS))
    asked.add_argument("--report", type=Path)
    options = asked.parse_args()
    found, began = Found(), time.perf_counter()
    try:
        for name in live(options.only, found):
            print(f"{time.perf_counter() - began:6.0f} s  {name}", flush=True)
    except KeyboardInterrupt:
        print("stopped")
    end(found, report=options.report)


if __name__ == "__main__":
    main()
