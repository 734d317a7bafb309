"""The worlds of a wave: one lived with the licences as they are, and one for each pair whose licence is turned over.

All are decision forks of the same month on the same random numbers. A pair's fork lives only the markets where both
are; markets do not touch each other, so one fork serves all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from model.experiments.deals.draws import uncertain_draws
from model.experiments.wave.request import WaveRequest
from model.facts.records import ROLLING
from model.foundation.threads import WORTH_THREADS, exactly
from model.market.record import MarketMonth
from model.market.start_store import StartStore
from model.market.streaming_market import StreamingMarket
from model.market.valuing import VIDEO, profit_before
from model.market.world import World
from model.spec.settings import Setting

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True, eq=False)
class WaveMarket:
    """One market of a wave: D draws, P services, L labels; USD a month, mean over the term.

    The last service is free video, which pays labels without a licence that could be talked about.

    in_force: (P, L) licences as they are. asked: (P, L) those that the wave is about. margin: (D, P) profit of each
    service before it pays any label (with the declared worth of ByteDance's users); royalties: (D, P, L) on present
    terms. *_turned: the same, (D, P, L, P) and (D, P, L, P, L), when the licence of the first p and l alone is turned
    over: dropped where it is in force, taken up where it is not; as it is where nothing is asked. expires: (P, L) last
    month in force by the record, as a month number.
    """

    market: str
    platforms: tuple[str, ...]
    labels: tuple[str, ...]
    in_force: Flags
    asked: Flags
    expires: NDArray[np.int64]
    margin: Floats
    royalties: Floats
    margin_turned: Floats
    royalties_turned: Floats

    def changes(self) -> tuple[Floats, Floats]:
        """Return what each licence brings: (D, P, L, P) of margins, and (D, P, L, P, L) of royalties."""
        sign = np.where(self.in_force, 1.0, -1.0)[None, :, :, None]
        margins = sign * (self.margin[:, None, None, :] - self.margin_turned)
        royalties = sign[..., None] * (self.royalties[:, None, None] - self.royalties_turned)
        return margins, royalties

    def gains(self) -> tuple[Floats, Floats, Floats]:
        """Return (D, P, L) each: the platform's gain before it pays the label, the label's elsewhere, and what present
        terms pay.
        """
        margins, royalties = self.changes()
        own = np.einsum("dplpm->dplm", royalties)  # at the pair's own service, by label
        others = own.sum(axis=-1) - np.einsum("dpll->dpl", own)
        platform = np.einsum("dplp->dpl", margins) - others
        of_label = np.einsum("dplkl->dplk", royalties)
        label = of_label.sum(axis=-1) - np.einsum("dplp->dpl", of_label)
        taken_up = np.einsum("dplpl->dpl", self.royalties_turned)
        return platform, label, np.where(self.in_force, self.royalties, taken_up)


@dataclass(frozen=True, slots=True, eq=False)
class WaveLives:
    """All markets of a wave, the values drawn, and the worlds (one per draw) that further forks are made of."""

    markets: tuple[WaveMarket, ...]
    draws: pd.DataFrame
    worlds: tuple[World, ...]


def live_wave(request: WaveRequest, *, starts: StartStore, progress: Progress) -> WaveLives:
    """Live every draw with the licences as they are and with each pair's turned over."""
    values = uncertain_draws(request.plan.seed, names=request.uncertain, draws=request.draws)
    worlds: list[World] = []
    made: dict[str, WaveMarket] = {}
    for draw in range(request.draws):
        market = StreamingMarket(request.plan, replicate=draw, starts=starts)
        market.run(request.month)
        overrides = {f"parameters.{name}": value for name, value in values.loc[draw].items()}
        worlds.append(market.fork(overrides=overrides, users=request.users, draws="decision"))
        made = made or {code: _empty(request, worlds[0], code) for code in request.markets}
        with one_by_one(request.users):
            _live_draw(request, worlds[-1], made, draw=draw, progress=progress)
    return WaveLives(tuple(made.values()), values, tuple(worlds))


def _live_draw(
    request: WaveRequest, world: World, made: dict[str, WaveMarket], *, draw: int, progress: Progress
) -> None:
    pairs = [(platform, label) for platform in request.platforms for label in request.labels]
    whole = request.draws * len(pairs)
    for code, (margin, royalties) in money_of(world, request.months).items():
        market = made[code]
        market.margin[draw], market.royalties[draw] = margin, royalties
        market.margin_turned[draw], market.royalties_turned[draw] = margin, royalties
    for number, (platform, label) in enumerate(pairs):
        progress("pairs", draw * len(pairs) + number, whole)
        settings = []
        for code, market in made.items():
            cell = _cell(market, platform, label)
            if cell is not None and market.asked[cell]:
                settings.append(Setting("catalogue", code, platform, label, float(not market.in_force[cell])))
        for code, (margin, royalties) in money_of(world, request.months, settings=settings).items():
            market, cell = made[code], _cell(made[code], platform, label)
            assert cell is not None
            market.margin_turned[draw][cell], market.royalties_turned[draw][cell] = margin, royalties
    progress("pairs", (draw + 1) * len(pairs), whole)


@contextmanager
def one_by_one(users: int) -> Iterator[None]:
    """Let small markets live one after the other: one thread is faster than two that share Python's lock."""
    with exactly(1) if users < WORTH_THREADS else nullcontext():
        yield


def money_of(
    world: World, months: int, *, settings: Sequence[Setting] | None = None
) -> dict[str, tuple[Floats, Floats]]:
    """Return by market (P,) margins before labels are paid and (P, L) royalties, USD a month, of a world lived on.

    settings: act next month, and only their markets live; None lives all as they are.
    """
    if settings is None:
        lived = world.fork()
    elif settings:
        lived = world.fork(settings=settings, markets=list(dict.fromkeys(one.market for one in settings)))
    else:
        return {}
    sums: dict[str, tuple[Floats, Floats]] = {}
    for record in lived.run(months):
        margin, royalties = _month(record, worth=world.plan.parameters.bytedance_user_worth)
        before = sums.get(record.market)
        sums[record.market] = (margin, royalties) if before is None else (before[0] + margin, before[1] + royalties)
    return {code: (margin / months, royalties / months) for code, (margin, royalties) in sums.items()}


def _month(record: MarketMonth, *, worth: float) -> tuple[Floats, Floats]:
    settled = record.settlement
    assert settled is not None
    royalties, margin = settled.royalties_by_service, profit_before(record, user_worth=worth)
    video = np.zeros(len(record.labels)) if record.video is None else record.video
    return np.append(margin, 0.0), np.vstack([royalties, video])


def _cell(market: WaveMarket, platform: str, label: str) -> tuple[int, int] | None:
    if platform not in market.platforms or label not in market.labels:
        return None
    return market.platforms.index(platform), market.labels.index(label)


def _empty(request: WaveRequest, world: World, code: str) -> WaveMarket:
    """Return a market's tables before anything is lived."""
    country = world.countries[code]
    platforms, labels, draws = (*country.platforms, VIDEO), country.labels, request.draws
    wanted = np.outer(np.isin(platforms, request.platforms), np.isin(labels, request.labels))
    is_there = np.array(
        [bool(country.offers.is_open[country.offers.platform == p].any()) for p in range(len(platforms))]  # not video
    )
    size = (len(platforms), len(labels))
    return WaveMarket(
        market=code, platforms=platforms, labels=labels,
        in_force=np.vstack([country.available > 0.0, np.ones(len(labels), dtype=np.bool_)]),
        asked=wanted & is_there[:, None], expires=_expiry(world, code, country.platforms, labels),
        margin=np.zeros((draws, size[0])), royalties=np.zeros((draws, *size)),
        margin_turned=np.zeros((draws, *size, size[0])), royalties_turned=np.zeros((draws, *size, *size)),
    )  # fmt: skip


def _expiry(world: World, code: str, platforms: Sequence[str], labels: Sequence[str]) -> NDArray[np.int64]:
    """Return (P, L) the last month of each licence in force at the world's month; default terms and video roll on."""
    now = world.money.calendar(world.month + 1)
    terms = world.money.deals.terms(code, month=now, platforms=tuple(platforms), labels=tuple(labels))
    ends = np.array([*(deal.expires for deal in world.money.deals.deals), ROLLING], dtype=np.int64)
    return np.vstack([ends[terms.deal], np.full(len(labels), ROLLING)])  # position -1, default terms, is the last
