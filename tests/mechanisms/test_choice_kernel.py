"""The compiled kernels: their arithmetic, their draws, and that neither threads nor blocks nor order change a bit."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import numba
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from model.foundation.rng import stream_key, uniforms
from model.foundation.threads import exactly
from model.mechanisms import awareness, choice, listening
from model.mechanisms import choice_kernel as kernel
from model.spec.parameters import Parameters
from model.state.country import Country
from model.theory.choice import draw_by_inverse_cdf, nested_logit

Settled = Callable[..., Country]
NEST = np.array([0, 1, 1, 2, 2, 2], np.int32)


@numba.njit
def both(x: Any, power: Any, logarithm: Any) -> None:
    for i in range(x.shape[0]):
        power[i] = kernel.exp2_f32(x[i])
        logarithm[i] = kernel.log2_f32(power[i])


@numba.njit
def keyed(key: Any, uid: Any, out: Any) -> None:
    for i in range(uid.shape[0]):
        out[i] = kernel.uniform(key, uid[i])


@numba.njit
def choose_rows(weights: Any, quality: Any, nest: Any, lam: Any, u: Any, sums: Any, out: Any) -> None:
    kernel.nest_sums(weights, quality, nest, lam, u.shape[0], sums)
    kernel.pick(weights, quality, nest, u.shape[0], u, sums, out)


@numba.njit
def add_chances(weights: Any, quality: Any, nest: Any, lam: Any, starts: Any, sums: Any, out: Any) -> None:
    kernel.nest_sums(weights, quality, nest, lam, weights.shape[1], sums)
    kernel._add_chances(weights, quality, nest, starts, weights.shape[1], sums, out)


def test_powers_and_logarithms() -> None:
    x = np.linspace(-126, 126, 1_000_001).astype(np.float32)
    power, logarithm = np.empty_like(x), np.empty_like(x)
    both(x, power, logarithm)
    exact = np.exp2(x.astype(np.float64))
    assert np.max(np.abs(power / exact - 1.0)) < 1e-5
    assert np.max(np.abs(logarithm - np.log2(power.astype(np.float64)))) < 1e-5
    near_one = np.linspace(-0.6, 0.6, 100_001).astype(np.float32)
    power, logarithm = np.empty_like(near_one), np.empty_like(near_one)
    both(near_one, power, logarithm)
    assert np.max(np.abs(logarithm - np.log2(power.astype(np.float64)))) < 1e-6


def test_powers_are_clamped_and_grow() -> None:
    x = np.array([-1e9, -127.0, -126.0, 126.0, 127.0, 1e9], np.float32)
    power, logarithm = np.empty_like(x), np.empty_like(x)
    both(x, power, logarithm)
    assert power[0] == power[1] == power[2] == np.float32(2.0**-126)
    assert power[3] == power[4] == power[5] == np.float32(2.0**126)


@given(key=st.integers(0, 2**64 - 1), uid=st.lists(st.integers(0, 2**32 - 1), min_size=1, max_size=50))
@settings(deadline=None)
def test_draws_are_those_of_the_foundation(key: int, uid: list[int]) -> None:
    ids = np.array(uid, np.uint32)
    out = np.empty(ids.size)
    keyed(np.uint64(key), ids, out)
    np.testing.assert_array_equal(out, uniforms(np.uint64(key), ids))


@given(
    seed=st.integers(0, 10_000),
    sigma=st.sampled_from([0.0, 0.1, 0.35, 0.6, 0.8]),
    spread=st.sampled_from([0.5, 3.0, 9.0]),
)
@settings(deadline=None, max_examples=40)
def test_nest_then_offer_is_the_reference_draw(seed: int, sigma: float, spread: float) -> None:
    """Same option as NumPy in float64, but for draws within rounding of a boundary."""
    n, lam = 400, 1.0 - sigma
    values = spread * (2.0 * uniforms(stream_key(seed, "v"), np.arange(n * 6)).reshape(n, 6) - 1.0)
    values[:, 0] = 0.0
    allowed = uniforms(stream_key(seed, "may"), np.arange(n * 6)).reshape(n, 6) < 0.7
    allowed[:, 0] = True
    quality = np.array([1.0, 0.5, 2.0, 1.0, 0.1, 3.0], np.float32)
    assert n <= kernel.CHUNK
    weights = np.where(allowed, np.exp(values / lam), 0.0).astype(np.float32).T.copy()
    u = uniforms(stream_key(seed, "u"), np.arange(n))
    out, sums = np.empty(n, np.int64), np.empty((5, n), np.float32)
    choose_rows(weights, quality, NEST, np.float32(lam), u, sums, out)
    chances = nested_logit(values + lam * np.log(quality), NEST, nest_sigma=sigma, allowed=allowed)
    expected = draw_by_inverse_cdf(chances, u, NEST)
    boundary = np.min(np.abs(np.cumsum(chances, axis=1)[:, :-1] - u[:, None]), axis=1)
    assert np.all(boundary[out != expected] < 2e-6)
    assert np.mean(out != expected) < 0.01
    assert np.all(allowed[np.arange(n), out])


@pytest.mark.parametrize("u", [0.5 * 2.0**-52, 0.5, 1.0 - 2.0**-53])
@pytest.mark.parametrize("open_ways", [(), (1,), (5,), (1, 5), (3, 4)])
def test_extreme_draws_land_on_a_way_that_is_open(u: float, open_ways: tuple[int, ...]) -> None:
    weights = np.zeros((6, 1), np.float32)
    weights[0] = 1e-30 if open_ways else 1.0
    for j in open_ways:
        weights[j] = 1.0
    quality = np.ones(6, np.float32)
    sums = np.empty((5, 1), np.float32)
    out = np.empty(1, np.int64)
    choose_rows(weights, quality, NEST, np.float32(0.65), np.array([u]), sums, out)
    chosen = int(out[0])
    assert chosen in (0, *open_ways)
    if open_ways and u > 1e-10:
        assert chosen != 0


# --- threads, blocks, parts, order


@pytest.mark.parametrize(
    ("sigma", "outside", "utility", "quality"),
    [
        (0.8, -5.0, -16.0, 0.0),  # a nest whose sum is hardly above nothing, and hardly anything beside it
        (0.8, -5.0, -15.0, 0.0),
        (0.8, 0.0, -80.0, 0.0),
        (0.0, 0.0, 41.0, 44.0),  # a nest whose sum times the total is beyond float32
        (0.35, 5.0, 41.0, 44.0),
    ],
)
def test_chances_add_to_one_at_the_ends_of_the_numbers(
    sigma: float, outside: float, utility: float, quality: float
) -> None:
    """Sums of chances are whole numbers of units: what overflows there turns up as a wrong or a negative number."""
    n, lam = 64, np.float32(1.0 - sigma)
    weights = np.empty((6, n), np.float32)
    weights[0] = np.exp(outside)
    weights[1:] = np.maximum(np.exp(np.minimum(utility / lam, 41.0)), 2.0**-126)
    factors = np.full(6, np.exp(quality), np.float32)
    sums, total = np.empty((5, n), np.float32), np.zeros((6, 6), np.int64)
    add_chances(weights, factors, NEST, lam, np.array([0, n, n, n, n, n, n]), sums, total)
    assert (total >= 0).all()
    assert total[0].sum() == pytest.approx(n * float(kernel.UNIT), rel=1e-5)
    assert not total[1:].any()


def year(country: Country, parameters: Parameters, *, months: int = 4) -> tuple[Any, ...]:
    """Some months of everything that is compiled, with a lost catalogue on the way; returns all that came out."""
    out: list[Any] = []
    for month in range(1, months + 1):
        country.lost[0, 0] = month == 2
        country.triggers[3] = 0.5 * (month == 3)
        awareness.spread_awareness(country, parameters, seed=3, month=month)
        flows = choice.choose(country, parameters, seed=3, month=month)
        activity = listening.listen(
            country.users, active=country.active, platform=country.offers.platform, nest=country.offers.nest,
            available=country.available, pull=np.ones(len(country.labels)), second_share=0.25, weight=country.weight,
        )  # fmt: skip
        out += [flows.counts, flows.expected, activity.hours, activity.billed_usage, activity.users]
    return (*out, *country.users.arrays().values())


def assert_same(one: tuple[Any, ...], other: tuple[Any, ...]) -> None:
    for a, b in zip(one, other, strict=True):
        np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize("market", ["ID", "US"])
def test_threads_change_nothing(market: str, settled: Settled, parameters: Parameters) -> None:
    results = []
    for threads in (1, 2, 7, 16):
        with exactly(threads):
            results.append(year(settled(market, users=4000), parameters))
    assert_same(results[0], results[1])
    assert_same(results[0], results[2])
    assert_same(results[0], results[3])


@pytest.fixture
def recut(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., ModuleType]]:
    """Compile a module anew, under another name and without cache, with constants of its own."""
    names: list[str] = []

    def load(module: ModuleType, **constants: int) -> ModuleType:
        text = Path(str(module.__file__)).read_text(encoding="utf-8").replace("cache=True", "cache=False")
        text = text.replace('"cache": True', '"cache": False')
        for name, value in constants.items():
            line = f"{name} = {getattr(module, name)}"
            assert text.count(f"\n{line}\n") == 1, line
            text = text.replace(f"\n{line}\n", f"\n{name} = {value}\n")
        name = f"recut_{module.__name__.rpartition('.')[2]}_{len(names)}"
        file = tmp_path / f"{name}.py"
        file.write_text(text, encoding="utf-8")
        spec = importlib.util.spec_from_file_location(name, file)
        assert spec is not None
        assert spec.loader is not None
        loaded = importlib.util.module_from_spec(spec)
        sys.modules[name] = loaded
        names.append(name)
        spec.loader.exec_module(loaded)
        return loaded

    yield load
    for name in names:
        del sys.modules[name]


@pytest.mark.slow
@pytest.mark.parametrize(("chunk", "block"), [(64, 100), (1000, 7)])
def test_block_sizes_change_nothing(
    chunk: int, block: int, recut: Callable[..., ModuleType], settled: Settled, parameters: Parameters,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    usual = year(settled("IN", users=2500), parameters)
    cut = recut(kernel, CHUNK=chunk)
    assert chunk == cut.CHUNK
    monkeypatch.setattr(kernel, "choose", cut.choose)
    monkeypatch.setattr(awareness, "_spread", recut(awareness, BLOCK=block)._spread)
    assert_same(usual, year(settled("IN", users=2500), parameters))


def test_one_pass_is_two_passes(settled: Settled, parameters: Parameters) -> None:
    """`choose` chooses as `choose_main` and then `choose_second` do."""
    for market in ("IN", "US"):
        one, two = settled(market), settled(market)
        one.offers.is_open[2] = two.offers.is_open[2] = 0
        flows = choice.choose(one, parameters, seed=3, month=1)
        columns, offers = choice.user_columns(two), choice.offer_columns(two)
        flag = choice.attend(two, parameters, columns, offers, seed=3, month=1)
        apart = choice.choose_main(two, parameters, columns, offers, flag, seed=3, month=1)
        choice.choose_second(two, parameters, columns, offers, flag, seed=3, month=1)
        assert_same(
            (flows.counts, flows.expected, *one.users.arrays().values()),
            (apart.counts, apart.expected, *two.users.arrays().values()),
        )


def test_columns_of_the_inversion_are_those_of_the_choice(settled: Settled, parameters: Parameters) -> None:
    """`weight_columns` plus `expected_main` give what `choose_main` counts as chances, but for rounding."""
    country = settled("IN")
    columns, offers = choice.user_columns(country), choice.offer_columns(country)
    n, options = country.active, len(country.offers)
    weights = np.zeros((options, n), np.float32)
    given = choice.weights_of(country, parameters)
    kernel.weight_columns(columns, offers, given, np.arange(n), np.zeros(n, np.uint8), False, weights)
    quality, _ = choice.quality_factors(country, parameters)
    expected = np.zeros(options, np.int64)
    kernel.expected_main(weights, quality, offers.nest, given.dissimilarity, np.ones(n, np.float32), expected)
    chances = np.zeros((options, options), np.int64)
    counts = np.zeros_like(chances)
    flag = np.full(n, kernel.CHANCE, np.uint8)
    key = np.uint64(1)
    kernel.choose(columns, offers, given, 0, n, flag, True, key, quality, counts, chances, False, key, quality)
    np.testing.assert_allclose(
        expected, chances.sum(axis=0), rtol=1e-6, atol=1e-6 * float(kernel.UNIT)
    )
    assert counts.sum() == n
