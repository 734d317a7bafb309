"""Yule and Zipf: totals and tails of songs' uses, and ranks of streams, against laws of branching and of Pareto."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from model.experiments.docking.case import Docked, Panel, check, curve
from model.facts.records import LabelShare
from model.mechanisms.songs import live_weeks
from model.mechanisms.songs.opening import empty_songs
from model.spec.parameters import Parameters
from model.state.songs import SLOTS
from model.theory.tails import hill_exponent, pareto_product_tail, total_uses_chance, yule_exponent

Floats = NDArray[np.float64]
SEEDS, SPREAD = 2.0, 0.7
ALL = LabelShare(1.0, 1.0, 1.0, 1.0, "assumption", "", ())
ALIKE = {
    "song_contenders": float(SLOTS), "song_spread_sd": 0.0, "song_spread_quality": 0.0, "song_seed": SEEDS,
    "song_seed_quality": 0.0, "song_seed_weeks": 1, "song_novelty": 1e9, "song_novelty_sd": 0.0, "song_lift_head": 0.0,
    "song_lift_median": 0.0,
}  # fmt: skip
"""Songs that are all alike on TikTok: one week of seeds, one spread, and no wear."""
GROWTH, ARRIVALS = 0.15, 0.225
"""Log growth a week of uses (spread 1.16), and of the number of songs a week in Yule's law."""
TAIL_FROM, AGES, SEED = 300.0, 104, 3


def yule(full: bool) -> Docked:
    """Hold totals of songs' uses against the generalised Poisson law, and uses of growing songs against Yule's tail."""
    markets = 24 if full else 3
    totals = total_uses(markets=markets)
    counts = np.arange(0, 60)
    law = total_uses_chance(counts, seeds=SEEDS, spread=SPREAD)
    more, wanted_more = np.array([(totals > n).mean() for n in counts]), 1.0 - np.cumsum(law)
    errors = np.sqrt(wanted_more * (1.0 - wanted_more) / totals.size)
    often = wanted_more * totals.size > 20.0
    found = np.array([(totals == n).mean() for n in counts])
    tail, share = tail_of_uses(markets=markets)
    exponent, error = hill_exponent(tail, above=TAIL_FROM, weights=share)
    wanted = yule_exponent(GROWTH, arrivals=ARRIVALS)
    mean, spread_of_mean = SEEDS / (1.0 - SPREAD), float(np.sqrt(SEEDS / (1.0 - SPREAD) ** 3 / totals.size))
    checks = (
        check("mean of a song's uses in all, songs alike, against seeds / (1 - spread)", ours=totals.mean(),
              reference=mean, tolerance=4.0 * spread_of_mean / mean, unit="uses", why=f"chance: {totals.size:,} songs"),
        check("share of songs with more than 0 to 59 uses in all, against the generalised Poisson law",
              ours=((more - wanted_more) / errors)[often], reference=0.0, tolerance=4.0, relative=False,
              unit="standard errors", why="chance; sixty numbers are compared"),
        check("tail exponent of uses of growing songs, ever more songs a week, against Yule's arrivals / growth",
              ours=exponent, reference=wanted, tolerance=4.0 * error / wanted + 0.03,
              why="chance; whole weeks and uses; ages end at 104 weeks"),
    )  # fmt: skip
    at = np.unique(np.round(np.geomspace(1, 59, 18))).astype(int)
    some = np.geomspace(20.0, tail[tail > 0.0].max(), 30)
    beyond = np.array([share[tail > one].sum() for one in some])
    start = float(share[tail > TAIL_FROM].sum())
    shown = beyond > 0.0
    curves = (curve("generalised Poisson; songs", counts[1:], law[1:], at=counts[at], ours=found[at]),)
    far = some[some >= TAIL_FROM]
    law_of_yule = start * (far / TAIL_FROM) ** -wanted
    yules = curve(f"Yule: exponent {wanted:g}; songs", far, law_of_yule, at=some[shown], ours=beyond[shown])
    return Docked(checks, (
        Panel("A song's uses on TikTok in all, each bringing 0.7 more", "uses", "share of songs", curves, log_y=True),
        Panel("Uses a week of songs that grow by 16% a week", "uses in a week, x", "share of songs with more than x",
              (yules,), log_x=True, log_y=True),
    ))  # fmt: skip


def total_uses(*, markets: int) -> NDArray[np.int64]:
    """Return the uses in all of songs 60 to 103 weeks old; at a spread of 0.7 no chain lives that long."""
    songs, ages = _songs_of_every_age({**ALIKE, "song_spread": SPREAD}, markets=markets)
    spent: NDArray[np.int64] = np.rint(songs["spent"][ages >= 60]).astype(np.int64)
    return spent


def tail_of_uses(*, markets: int) -> tuple[Floats, Floats]:
    """Return this week's uses of songs of every age, and the share of each if the songs released had grown in number.

    Songs of an age weigh exp(-ARRIVALS age), as if each week had brought exp(ARRIVALS) times as many as the one before.
    """
    songs, ages = _songs_of_every_age({**ALIKE, "song_spread": float(np.exp(GROWTH))}, markets=markets)
    weight = np.exp(-ARRIVALS * ages)
    return songs["uses"].astype(np.float64), weight / weight.sum()


def _songs_of_every_age(changed: Mapping[str, float], *, markets: int) -> tuple[NDArray[np.void], NDArray[np.int64]]:
    """Return all songs of markets that have lived 104 weeks, none left out for want of a prospect, and their ages."""
    parameters = Parameters(changed)
    codes = {f"market {number}": {"all": ALL} for number in range(markets)}
    stock = empty_songs(codes, parameters, seed=SEED)
    stock.hold = stock.week + AGES + 1
    stock.floor[:] = 0.0
    live_weeks(stock, parameters, weeks=AGES)
    songs = np.concatenate([row[:count] for row, count in zip(stock.songs, stock.counts, strict=True)])
    return songs, (stock.week - 1 - songs["release"]).astype(np.int64)


# --- Zipf -------------------------------------------------------------------------------------------------------------

EXPONENT = 1.609


def zipf(full: bool) -> Docked:
    """Hold songs' qualities against Pareto, and ranks of streams against Zipf's law with Breiman's factor."""
    quality, streams = streams_of_songs(markets=24 if full else 3)
    factors = streams / quality
    exponent, error = hill_exponent(quality, above=1.0)
    top = float(np.quantile(streams, 0.99))
    steep, doubt = hill_exponent(streams, above=top)
    at = np.geomspace(np.quantile(streams, 0.5), np.quantile(streams, 0.9995), 14)
    beyond = np.array([(streams > one).mean() for one in at])
    law = pareto_product_tail(at, exponent=EXPONENT, factors=factors)
    noise = np.sqrt(law * (1.0 - law) / streams.size)
    checks = (
        check("exponent of songs' qualities, kernel, against the declared Pareto exponent", ours=exponent,
              reference=EXPONENT, tolerance=4.0 * error / EXPONENT, why=f"chance: {streams.size:,} songs"),
        check("share of songs with more streams than x, 14 sizes, kernel, against E[min(1, (Y / x)^a)]",
              ours=(beyond - law) / noise, reference=0.0, tolerance=4.0, relative=False, unit="standard errors",
              why="chance; fourteen sizes are compared"),
        check("exponent of the hundredth most streamed, against the qualities' exponent (Zipf: rank^(-1/a))",
              ours=steep, reference=EXPONENT, tolerance=4.0 * doubt / EXPONENT + 0.02,
              why="chance; a pure power only beyond all factors"),
    )  # fmt: skip
    ranks = np.arange(1, streams.size + 1)
    sizes = np.sort(streams)[::-1]
    dots = np.unique(np.round(np.geomspace(1, streams.size // 2, 24))).astype(int)
    pull = float((factors**EXPONENT).mean())
    lines = (
        curve("Zipf: rank^(-1/a) with Breiman's factor; kernel", ranks[: streams.size // 4],
              (pull * streams.size / ranks[: streams.size // 4]) ** (1.0 / EXPONENT), at=ranks[dots - 1],
              ours=sizes[dots - 1]),
    )  # fmt: skip
    shares = (curve("E[min(1, (Y / x)^a)]; kernel", at, law, ours=beyond),)
    return Docked(checks, (
        Panel("Streams by rank", "rank of the song", "streams, in songs of quality 1 at full build-up", lines,
              log_x=True, log_y=True),
        Panel("How many songs have more", "streams x", "share of songs with more than x", shares, log_x=True,
              log_y=True),
    ))  # fmt: skip


def streams_of_songs(*, markets: int) -> tuple[Floats, Floats]:
    """Return qualities and one week's streams of songs of every age, where nothing else goes with quality.

    Neither a song's burst, nor its life, nor its uses on TikTok: what a song has beside its quality is its age, its
    fans, how it rises and fades, and noise.
    """
    songs, _ = _songs_of_every_age({
        "song_contenders": float(SLOTS), "song_burst_quality": 0.0, "song_life_quality": 0.0, "song_lift_head": 0.0,
        "song_lift_median": 0.0, "song_seed": 0.0, "song_quality_tail": EXPONENT,
    }, markets=markets)  # fmt: skip
    return songs["quality"].astype(np.float64), songs["streams"].astype(np.float64)
