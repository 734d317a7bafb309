"""Keyed draws: functions of key and identity, uniform, independent between keys, never 0 or 1."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from model.foundation.rng import GOLDEN, mix, stream_key, uniforms

IDS = np.arange(20_000)


def test_a_draw_depends_on_key_and_identity_alone() -> None:
    key = stream_key(7, "IN", "attention", 3)
    order = np.random.default_rng(0).permutation(IDS)
    assert np.array_equal(uniforms(key, order), uniforms(key, IDS)[order])
    assert np.array_equal(uniforms(key, IDS[:10]), uniforms(key, IDS)[:10])


def test_keys_are_fixed_numbers_for_all_time() -> None:
    assert int(stream_key(7, "IN", "attention", 3)) == 0xA13F4A14E238C067
    assert stream_key(1, "a", "b") != stream_key(1, "ab") != stream_key(1, "a b")
    assert stream_key(1, 23) != stream_key(12, 3)


@given(st.integers(0, 2**63 - 1), st.text(max_size=8), st.integers(0, 1200))
def test_keys_fit_64_bits(seed: int, name: str, month: int) -> None:
    assert 0 <= int(stream_key(seed, name, month)) < 2**64


def test_draws_are_uniform_and_independent_between_keys() -> None:
    a, b = uniforms(stream_key(1, "a"), IDS), uniforms(stream_key(1, "b"), IDS)
    assert stats.kstest(a, "uniform").pvalue > 1e-3
    assert stats.kstest(b, "uniform").pvalue > 1e-3
    assert abs(np.corrcoef(a, b)[0, 1]) < 0.03
    assert abs(np.corrcoef(a[:-1], a[1:])[0, 1]) < 0.03


def test_no_draw_is_zero_or_one(monkeypatch) -> None:  # type: ignore[no-untyped-def]
    for word in (0, 2**64 - 1):
        monkeypatch.setattr("model.foundation.rng.mix", lambda words, w=word: np.full(words.shape, w, np.uint64))
        assert 0.0 < uniforms(np.uint64(1), np.arange(3))[0] < 1.0


def test_mixer_is_splitmix64() -> None:
    with np.errstate(over="ignore"):
        state = np.array([1234567], np.uint64) + GOLDEN * np.arange(1, 4, dtype=np.uint64)
    assert mix(state).tolist() == [6457827717110365317, 3203168211198807973, 9817491932198370423]
