"""Creators on TikTok: what they earn in a market, and how their activity answers.

One cohort per market. Its income is the programme's part of advertising, the fund, what sponsors and viewers pay, and
streaming payouts; its activity, relative to the opening, follows income per creator slowly and within bounds. Activity
feeds TikTok's hours and the uses of songs.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from model.facts.records import StartState
from model.foundation.errors import Fault, raise_faults
from model.spec.parameters import Parameters

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class CreatorOpening:
    """Creators of M markets at the opening.

    Where TikTok is banned everything is what it would be. creators: (M,) people. fund: (M,) USD a month, a fixed pool.
    sponsors: (M,) USD a month paid by brands and viewers at the opening. live: (M,) month in which the advertising
    programme begins, NaN if it is not planned. income: (M,) USD a month per creator, NaN without creators.
    """

    markets: tuple[str, ...]
    creators: Floats
    fund: Floats
    sponsors: Floats
    live: Floats
    income: Floats


@dataclass(frozen=True, slots=True, eq=False)
class CreatorIncome:
    """Income of the creators of M markets in a month: (M,) USD each; per_creator is NaN without creators.

    creators: (M,) people who share it.
    """

    creators: Floats
    programme: Floats
    fund: Floats
    sponsors: Floats
    streaming: Floats
    per_creator: Floats

    @property
    def from_tiktok(self) -> Floats:
        """(M,) USD that TikTok itself pays: the programme and the fund."""
        return self.programme + self.fund


def creators_at_opening(
    start: StartState,
    *,
    markets: tuple[str, ...],
    infeed_usd: ArrayLike,
    topview_usd: ArrayLike,
    parameters: Parameters,
    streaming_usd: ArrayLike = 0.0,
) -> CreatorOpening:
    """Return the creators of markets at the opening and what each earns.

    infeed_usd, topview_usd: (M,) TikTok's advertising of a month of the opening, where it is banned what it would be.
    streaming_usd: (M,) streaming payouts to creators in that month.
    """
    rows = [start.markets[market].tiktok for market in markets]
    ads = _column(infeed_usd, len(markets)) + _column(topview_usd, len(markets))
    bare = CreatorOpening(
        markets=markets,
        creators=_people(start, markets, parameters),
        fund=parameters.creator_fund * ads,
        sponsors=parameters.creator_sponsors * ads,
        live=np.array([np.nan if row.pulse_live is None else float(row.pulse_live) for row in rows]),
        income=np.full(len(markets), np.nan),
    )
    earned = creator_income(
        bare, infeed_usd=infeed_usd, streaming_usd=streaming_usd, parameters=parameters,
        ad_share=ad_shares(bare, month=start.month, parameters=parameters),
    )  # fmt: skip
    return CreatorOpening(bare.markets, bare.creators, bare.fund, bare.sponsors, bare.live, earned.per_creator)


def _people(start: StartState, markets: tuple[str, ...], parameters: Parameters) -> Floats:
    """Return (M,) creators; where TikTok is banned, as many an hour of use as in the middle of the other markets."""
    there = [row.tiktok for row in start.markets.values() if row.tiktok.creators_per_1000_users > 0.0]
    an_hour = float(np.median([one.creators_per_1000_users / one.hours_per_user_month for one in there]))
    found = []
    for row in (start.markets[market] for market in markets):
        users, rate = row.tiktok.adult_mau_m, row.tiktok.creators_per_1000_users
        if not users > 0.0:
            users, rate = parameters.banned_tiktok_share * row.addressable_m, an_hour * parameters.banned_tiktok_hours
        found.append(rate * users * 1e3)
    return np.array(found)


def ad_shares(opening: CreatorOpening, *, month: int, parameters: Parameters, lever: ArrayLike | None = None) -> Floats:
    """Return creators' part of advertising beside their videos, (M,): the lever's, else the programme's once live.

    month: calendar month number. lever: (M,) from 0 to 1, NaN where it is not set; a lever starts the programme.
    """
    usual = np.where(opening.live <= month, parameters.creator_ad_share, 0.0)
    if lever is None:
        return usual
    set_to = _column(lever, usual.size)
    bad = ~np.isnan(set_to) & ~((set_to >= 0.0) & (set_to <= 1.0))
    raise_faults([
        Fault(f"creators' ad share in {opening.markets[m]}", "lies in [0, 1]", float(set_to[m]), "")
        for m in np.flatnonzero(bad)
    ])  # fmt: skip
    return np.where(np.isnan(set_to), usual, set_to)


def creator_income(
    opening: CreatorOpening,
    *,
    infeed_usd: ArrayLike,
    ad_share: ArrayLike,
    parameters: Parameters,
    streaming_usd: ArrayLike = 0.0,
    users: ArrayLike = 1.0,
    audience: ArrayLike = 1.0,
) -> CreatorIncome:
    """Return what creators earn in a month.

    infeed_usd: (M,) TikTok's in-feed advertising of the month. ad_share: (M,) from `ad_shares`. streaming_usd: (M,)
    payouts of music services to creators. users: (M,) people on TikTok over the opening's, whom creators' number
    follows; 0 while it is banned, when there are no creators and no fund. audience: (M,) TikTok's hours over the
    opening's, which sponsors follow.
    """
    size = opening.creators.size
    programme = _column(ad_share, size) * parameters.creator_eligible * _column(infeed_usd, size)
    sponsors = opening.sponsors * _column(audience, size)
    creators = opening.creators * _column(users, size)
    some = creators > 0.0
    fund = np.where(some, opening.fund, 0.0)
    streaming = np.where(some, _column(streaming_usd, size), 0.0)
    total = programme + fund + sponsors + streaming
    each = np.where(some, total / np.where(some, creators, 1.0), np.nan)
    return CreatorIncome(creators, programme, fund, sponsors, streaming, each)


def activity_wanted(income: ArrayLike, *, opening: ArrayLike, parameters: Parameters) -> Floats:
    """Return the activity that creators come to at an income per creator, over that of the opening.

    (income / opening)^creator_elasticity between `creator_least` and `creator_most`; 1 where nobody earned anything.
    """
    now, before = np.asarray(income, dtype=np.float64), np.asarray(opening, dtype=np.float64)
    known = (before > 0.0) & (now >= 0.0)
    ratio = np.where(known, now, 1.0) / np.where(known, before, 1.0)
    wanted: Floats = np.clip(ratio**parameters.creator_elasticity, parameters.creator_least, parameters.creator_most)
    return wanted


def activity_after_month(
    activity: ArrayLike, *, income: ArrayLike, opening: ArrayLike, parameters: Parameters
) -> Floats:
    """Return this month's activity: last month's, moved a part of the way to the one wanted at this income."""
    now = np.asarray(activity, dtype=np.float64)
    gap = activity_wanted(income, opening=opening, parameters=parameters) - now
    moved: Floats = now + parameters.creator_adjustment * gap
    return moved


def hours_from_activity(activity: ArrayLike, *, parameters: Parameters) -> Floats:
    """Return TikTok's hours per user over the opening's that creators' activity brings: activity^creator_hours."""
    factor: Floats = np.asarray(activity, dtype=np.float64) ** parameters.creator_hours
    return factor


def uses_from_activity(activity: ArrayLike, *, parameters: Parameters) -> Floats:
    """Return uses of songs in clips over the opening's that creators' activity brings: activity^creator_uses."""
    factor: Floats = np.asarray(activity, dtype=np.float64) ** parameters.creator_uses
    return factor


def _column(values: ArrayLike, size: int) -> Floats:
    return np.broadcast_to(np.asarray(values, dtype=np.float64), (size,)).copy()
