"""The kernels' numbers against SciPy, and a market of songs against the plain formulas, no song left out."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import ndtri
from scipy.stats import poisson

from model.facts.records import LabelShare
from model.foundation.rng import stream_key, uniforms
from model.mechanisms.songs import joined, kernel, live_weeks
from model.mechanisms.songs.numbers import numbers_of
from model.mechanisms.songs.opening import empty_songs
from model.spec.parameters import Parameters
from model.state.songs import FIRST_WEEK, PLACES, SLOTS, identity, release_week

SEED = 11


@settings(deadline=None)  # the first call compiles
@given(st.integers(0, 2**64 - 1), st.integers(0, 2**62))
def test_the_keyed_number_is_that_of_the_foundation(key: int, identity_: int) -> None:
    assert kernel.uniform(np.uint64(key), identity_) == uniforms(np.uint64(key), np.array([identity_]))[0]


def test_normal_quantiles() -> None:
    tail = 10.0 ** -np.linspace(0.1, 15.9, 500)
    for u in np.concatenate([np.linspace(0.001, 0.999, 999), tail, 1.0 - tail[tail > 1e-12]]):
        assert kernel.normal(u) == pytest.approx(ndtri(u), rel=1e-13, abs=1e-13)


def test_normal_quantiles_of_many_are_those_of_each() -> None:
    tail = 10.0 ** -np.linspace(0.1, 15.9, 500)
    u = np.concatenate([uniforms(stream_key(3, "u"), np.arange(2000)), tail, 1.0 - tail[tail > 1e-12], [0.075, 0.925]])
    wanted = np.array([kernel.normal(one) for one in u])
    for first in (u.size, 700, 1, 0):
        z = np.full(u.size, -7.0)
        kernel.normals(u, z, first, np.empty(u.size), np.empty(u.size, np.int64))
        np.testing.assert_array_equal(z[:first], wanted[:first])
        assert (z[first:] == -7.0).all()


def quantile(mean: float, u: float) -> float:
    """Return the kernel's Poisson quantile."""
    return float(kernel.poisson(mean, u, kernel.expansion(mean, kernel.normal(u))))


@pytest.mark.parametrize("mean", [0.01, 0.7, 3.9])
def test_small_poisson_quantiles_are_exact(mean: float) -> None:
    u = uniforms(stream_key(1, "u"), np.arange(3000))
    assert [quantile(mean, x) for x in u] == poisson.ppf(u, mean).tolist()
    assert quantile(0.0, 0.99) == 0.0


@pytest.mark.parametrize("mean", [4.0, 6.0, 12.0, 100.0, 1e5])
def test_large_poisson_quantiles_are_hardly_ever_one_off(mean: float) -> None:
    u = uniforms(stream_key(2, "u"), np.arange(20_000))
    gap = np.array([quantile(mean, x) for x in u]) - poisson.ppf(u, mean)
    assert np.abs(gap).max() <= 1.0
    assert np.mean(gap != 0.0) < 0.003


@given(st.integers(-2000, 10_000), st.integers(0, SLOTS - 1), st.booleans())
def test_identities_tell_the_week(week: int, slot: int, world: bool) -> None:
    assert release_week(np.array([identity(week, slot, world=world)]))[0] == week


class PlainMarket:
    """One market by the formulas, in NumPy, over all songs of every age at once; nothing is dropped."""

    def __init__(self, parameters: Parameters, *, weeks: int) -> None:
        self.p, self.v = parameters, numbers_of(parameters)
        release = np.repeat(np.arange(weeks), self.v.contenders)
        slot = np.tile(np.arange(self.v.contenders), weeks)
        self.release, self.uid = release, (release + FIRST_WEEK) * SLOTS + slot
        self.keys = {name: stream_key(SEED, "US", name) for name in ("song", "song_noise", "song_uses")}
        self.qualities()
        self.noise, self.uses, self.spent, self.stock = (np.zeros(release.size) for _ in range(4))
        self.charted = np.zeros(release.size, np.int64)

    def draw(self, decision: int) -> np.ndarray:
        return uniforms(self.keys["song"], self.uid * SLOTS + decision)

    def qualities(self) -> None:
        p, above = self.p, -np.log(self.draw(kernel.QUALITY)) - 1.0
        log_quality = (above + 1.0) / p.song_quality_tail

        def mixed(correlation: float, decision: int, standard: np.ndarray) -> np.ndarray:
            return correlation * standard + np.sqrt(1.0 - correlation**2) * ndtri(self.draw(decision))

        self.quality = np.exp(log_quality)
        self.burst = p.song_burst * np.exp(
            p.song_burst_sd * ndtri(self.draw(kernel.BURST)) + p.song_burst_quality * above
        )
        self.life = p.song_life_weeks * np.exp(p.song_life_sd * mixed(p.song_life_quality, kernel.LIFE, above))
        self.life = np.minimum(self.life, 200.0)
        self.rise = p.song_rise_weeks * np.exp(p.song_rise_sd * ndtri(self.draw(kernel.RISE)))
        spread = mixed(p.song_spread_quality, kernel.SPREAD, np.minimum(above, 3.0))
        self.spread = p.song_spread * np.exp(p.song_spread_sd * spread)
        self.seed = p.song_seed * np.exp(p.song_seed_quality * np.minimum(log_quality, 6.0))
        self.novelty = p.song_novelty * np.exp(p.song_novelty_sd * ndtri(self.draw(kernel.NOVELTY)))

    def week(self, week: int) -> tuple[np.ndarray, np.ndarray]:
        """Return the chart and the streams of all songs released so far (by number)."""
        p, age = self.p, week - self.release
        alive = (age >= 0) & (age < p.song_weeks)
        own = np.where(alive, (self.uid * 2) * SLOTS + age, 0)
        shock = p.song_noise * np.sqrt(1.0 - p.song_noise_memory**2)
        noise = p.song_noise_memory * self.noise + shock * ndtri(uniforms(self.keys["song_noise"], own))
        self.noise = np.where(alive, noise, 0.0)
        mean = self.spread * np.exp(-self.spent / self.novelty) * self.uses + self.seed * (age < p.song_seed_weeks)
        u = uniforms(self.keys["song_uses"], own)
        self.uses = np.array([quantile(m, x) if a else 0.0 for m, x, a in zip(mean, u, alive, strict=True)])
        self.spent += self.uses
        keep = 0.5 ** (1.0 / p.song_lift_memory)
        self.stock = keep * self.stock + (1.0 - keep) * self.uses
        lift = 1.0 + p.song_lift_median * self.stock / (self.stock + p.song_lift_median_uses)
        lift += p.song_lift_head * self.stock / (self.stock + p.song_lift_head_uses)
        a = np.maximum(age, 0)
        base = self.burst * np.exp(-a / p.song_burst_weeks)
        base += (1.0 - np.exp(-(a + 1.0) / self.rise)) * np.exp(-a / self.life)
        streams = np.where(alive, self.quality * base * lift * np.exp(self.noise), -1.0)
        return self.chart(streams), streams

    def chart(self, streams: np.ndarray) -> np.ndarray:
        """Top 25 whoever they are, to 50 those with under 52 weeks, to 100 those with under 20."""
        order = np.argsort(-streams)
        order = order[streams[order] > 0.0]
        chart = order[:25].tolist()
        chart += [k for k in order[25:] if self.charted[k] < 52][:25]
        chart += [k for k in order if k not in set(chart) and self.charted[k] < 20][: PLACES - len(chart)]
        self.charted[chart] += 1
        return np.array(chart)


@pytest.mark.parametrize("changed", [{}, {"song_lift_head": 30.0, "song_spread": 0.8, "song_novelty": 3e5}])
def test_a_market_of_songs_is_the_formulas_and_dropping_songs_does_not_touch_the_chart(
    changed: dict[str, float],
) -> None:
    parameters, weeks = Parameters(changed), 260
    plain = PlainMarket(parameters, weeks=weeks)
    whole = LabelShare(1.0, 1.0, 1.0, 1.0, "assumption", "", ())
    stock = empty_songs({"US": {"all": whole}}, parameters, seed=SEED)
    record = live_weeks(stock, parameters, weeks=weeks - 1)
    floor = float(stock.floor[0])
    record = joined([record, live_weeks(stock, parameters, weeks=1)])
    for week in range(weeks):
        chart, streams = plain.week(week)
        ids = plain.uid[chart] * 2
        if week >= parameters.song_weeks:  # before, the first charts are short of songs
            np.testing.assert_array_equal(record.charts[0, week], ids, err_msg=f"week {week}")
    songs = stock.songs[0, : stock.counts[0]]
    where = np.searchsorted(plain.uid, songs["id"] // 2)
    np.testing.assert_allclose(songs["streams"], streams[where], rtol=1e-10)
    np.testing.assert_array_equal(songs["uses"], plain.uses[where])
    assert (plain.release[where] > weeks - 1 - parameters.song_weeks).all()
    assert record.active[0, -1] < 0.5 * parameters.song_weeks * parameters.song_contenders, "most are not kept"
    counted = streams[streams > kernel.SLACK * floor]
    assert record.streams[0, -1, 0] == pytest.approx(counted.sum(), rel=1e-10), "whichever songs were dropped"
    assert record.uses[0, -1, 0] == songs["uses"].sum() > 0.0
