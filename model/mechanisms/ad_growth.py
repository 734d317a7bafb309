"""Growth of advertising: budgets, adoption of TikTok, its load; and pattern P14, TikTok's income from 2021 to 2022.

Nothing here rests on what became known after December 2022.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.optimize import brentq

from model.facts.book import FactBook
from model.facts.records import StartState
from model.foundation.errors import Fault, InputError
from model.mechanisms.advertising import ad_appeal, ad_supply, clear_month
from model.spec.parameters import Parameters
from model.state.ad_markets import INFEED, AdMarkets, ad_markets

TARGET_BN = (10.0, 12.0)
"""What was believed of TikTok's income of 2022 during that year, billion USD (pattern P14)."""
TOLERANCE = 0.25
US_PART = (43.0, 51.0)
"""The US part of TikTok's income of 2022 by the sources known then, per cent."""


@dataclass(frozen=True, slots=True)
class AdGrowth:
    """Multiples of the opening: budgets, adoption (TikTok's weight in advertisers' plans), TikTok's ads an hour."""

    budgets: float
    adoption: float
    infeed_load: float


@dataclass(frozen=True, slots=True)
class AdPattern:
    """A pattern of advertising: what is observed, the band of a hit, what the model gives, and the verdict."""

    name: str
    text: str
    unit: str
    target: str
    low: float
    high: float
    model: float
    verdict: Literal["hit", "miss", "input"]


@dataclass(frozen=True, slots=True)
class TikTokYears:
    """TikTok's record, billion USD a year, and how its users grew between the middles of the years, in logarithms."""

    income_2020: float
    income_2021: float
    users_2020_2021: float
    users_2021_2022: float


def growth_since(months: float, *, parameters: Parameters) -> AdGrowth:
    """Return the growth of advertising between the opening and `months` (0 or more) later.

    Budgets grow by a rate a year; adoption by exp(g (1 - exp(-f t)) / f), its rate g fading by f a month; the load by a
    rate a month.
    """
    if not months >= 0.0:
        raise InputError(Fault("months", "are 0 or more since the opening", months, "Growth is not run backwards."))
    fade = parameters.adoption_fade
    effective = months if fade == 0.0 else -math.expm1(-fade * months) / fade
    return AdGrowth(
        budgets=(1.0 + parameters.ad_budget_growth) ** (months / 12.0),
        adoption=math.exp(parameters.adoption_growth * effective),
        infeed_load=math.exp(parameters.ad_load_growth * months),
    )


def tiktok_years() -> TikTokYears:
    """Return TikTok's record to the spring of 2022, from the facts.

    Users: 508 M in December 2019 and 1000 M in September 2021 give the rate to then; the advertising audience of
    Indonesia, Brazil and Mexico between January and April 2022 gives the rate after.
    """
    book = FactBook.load()

    def number(fact: str) -> float:
        found = book.get(fact).number
        assert found is not None, fact
        return found

    early = math.log(number("byt-0037") / number("byt-0036")) / 21.0
    spring = sum(number(fact) for fact in ("mkt-0634", "mkt-0642", "mkt-0650")) / 1e6
    winter = sum(number(fact) for fact in ("byt-0038", "byt-0039", "byt-0040"))
    late = math.log(spring / winter) / 3.0
    return TikTokYears(
        income_2020=number("adv-0001"), income_2021=number("adv-0002"),
        users_2020_2021=12.0 * early, users_2021_2022=2.5 * early + 9.5 * late,
    )  # fmt: skip


def income_ratio(ads: AdMarkets, *, users: float, budgets: float, adoption: float) -> float:
    """Return TikTok's income of all markets over the opening's when users, budgets and adoption are these multiples."""
    there = users * ads.on_sale[:, INFEED]
    month = clear_month(
        ads, supply=ad_supply(ads, tiktok_hours=there, tiktok_users=there), budgets=budgets,
        appeal=ad_appeal(ads, adoption=adoption),
    )  # fmt: skip
    opening = np.where(ads.on_sale, ads.income, 0.0)[:, :2].sum()
    return float(month.tiktok.sum() / opening)


def adoption_behind(ads: AdMarkets, *, income: float, users: float, budgets: float) -> float:
    """Return the multiple of adoption at which TikTok's income is this multiple of the opening's; the rest as given.

    Income rises with adoption, from 0 to all that is spent, so there is one; InputError where it would take more.
    """

    def gap(log_adoption: float) -> float:
        return math.log(income_ratio(ads, users=users, budgets=budgets, adoption=math.exp(log_adoption)) / income)

    if not (income > 0.0 and gap(30.0) > 0.0 > gap(-30.0)):
        raise InputError(Fault("income of TikTok", "lies between 0 and all that is spent", income, "Check the facts."))
    return math.exp(float(brentq(gap, -30.0, 30.0, xtol=1e-12)))


def adoption_2020_2021(start: StartState, *, parameters: Parameters) -> float:
    """Return how much adoption grew from 2020 to 2021, so that the income of the two years is the recorded one."""
    record = tiktok_years()
    back = adoption_behind(
        _of_2021(start, record, parameters), income=record.income_2020 / record.income_2021,
        users=math.exp(-record.users_2020_2021), budgets=1.0 / (1.0 + parameters.ad_budget_growth),
    )  # fmt: skip
    return 1.0 / back


def tiktok_patterns(start: StartState, *, parameters: Parameters) -> list[AdPattern]:
    """Return P14: TikTok's income of 2022 foretold from 2020 and 2021, and the US part of it, an input of the start.

    The market of 2021 (the start's with TikTok's income and all budgets taken back) is cleared for 2020, which gives
    the growth of adoption, and for 2022 with that growth once more and the users' own. The level of 2022 is not used.
    """
    record = tiktok_years()
    ratio = income_ratio(
        _of_2021(start, record, parameters), users=math.exp(record.users_2021_2022),
        budgets=1.0 + parameters.ad_budget_growth, adoption=adoption_2020_2021(start, parameters=parameters),
    )  # fmt: skip
    low, high = TARGET_BN[0] * (1.0 - TOLERANCE), TARGET_BN[1] * (1.0 + TOLERANCE)
    model = record.income_2021 * ratio
    us_part = 100.0 * start.markets["US"].tiktok.ad_revenue_usd_m.value / _world_usd_m(start)
    return [
        AdPattern(
            "P14a", "TikTok's advertising income 2022, foretold from 2020 and 2021", "bn USD",
            f"{TARGET_BN[0]:g} to {TARGET_BN[1]:g} ± {TOLERANCE:.0%}", low, high, model,
            "hit" if low <= model <= high else "miss",
        ),
        AdPattern("P14b", "US part of TikTok's advertising income 2022", "%", f"{US_PART[0]:g} to {US_PART[1]:g}",
                  *US_PART, us_part, "input"),
    ]  # fmt: skip


def _of_2021(start: StartState, record: TikTokYears, parameters: Parameters) -> AdMarkets:
    """Return the markets with TikTok's income of 2021, and budgets that much smaller for the rivals too."""
    budgets = 1.0 + parameters.ad_budget_growth
    # All spending shrinks alike when budgets do, so TikTok's part is what must be scaled.
    return ad_markets(
        start, parameters=parameters, tiktok_scale=1e3 * record.income_2021 / _world_usd_m(start) * budgets
    )


def _world_usd_m(start: StartState) -> float:
    """Return TikTok's income of the start year in all markets and the rest of the world, million USD."""
    modelled = sum(market.tiktok.ad_revenue_usd_m.value for market in start.markets.values())
    return modelled + start.tiktok_rest_ad_revenue_usd_m.value
