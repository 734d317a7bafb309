from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from model.foundation.errors import InputError
from model.foundation.rng import stream_key, uniforms
from model.theory.decisions.boxes import _paste, find_box, find_boxes
from model.theory.designs import latin_hypercube

POINTS = latin_hypercube(2000, n_dims=5, key=stream_key(3, "futures"))
LOWS = np.array([0.3, -np.inf, 0.55, -np.inf, -np.inf])
HIGHS = np.array([0.8, np.inf, np.inf, np.inf, np.inf])
TRUE = ((POINTS >= LOWS) & (POINTS <= HIGHS)).all(axis=1)


def test_a_known_box_is_found() -> None:
    got = find_box(POINTS, interesting=TRUE).box
    assert got.density > 0.93
    assert got.coverage > 0.93
    assert np.isfinite(got.lows).tolist() == [True, False, True, False, False]
    assert np.isfinite(got.highs).tolist() == [True, False, False, False, False]
    assert (got.lows[0], got.highs[0], got.lows[2]) == pytest.approx((0.3, 0.8, 0.55), abs=0.03)
    assert got.chances[[0, 2]].max() < 1e-9
    assert (got.chances[[1, 3, 4]] == 1.0).all()


def test_a_box_is_found_under_noise() -> None:
    flip = uniforms(stream_key(4, "noise"), np.arange(2000)) < 0.08
    got = find_box(POINTS, interesting=TRUE ^ flip, least_density=0.85).box
    assert 0.85 <= got.density < 0.97
    assert 0.55 < got.coverage < 0.85  # 8% of all are flipped: a third of the interesting ones lie outside
    assert np.flatnonzero(np.isfinite(got.lows) | np.isfinite(got.highs)).tolist() == [0, 2]


def test_what_it_reports_is_what_is_in_the_box() -> None:
    found = find_box(POINTS, interesting=TRUE)
    inside = found.box.contains(POINTS)
    assert found.box.mass == inside.mean()
    assert found.box.density == TRUE[inside].mean()
    assert found.box.coverage == TRUE[inside].sum() / TRUE.sum()
    assert (found.mass[0], found.density[0], found.coverage[0]) == (1.0, TRUE.mean(), 1.0)
    assert (np.diff(found.mass) < 0.0).all()
    assert (np.diff(found.coverage) <= 0.0).all()
    for low, high, density in zip(found.lows, found.highs, found.density, strict=True):
        assert TRUE[np.all((POINTS - low >= 0.0) & (POINTS - high <= 0.0), axis=1)].mean() == density


def test_patient_slices_and_the_least_mass() -> None:
    rare = (POINTS < 0.2).all(axis=1)
    found = find_box(POINTS, interesting=rare, least_mass=0.1, slice_share=0.1)
    assert found.mass.min() >= 0.1
    assert (found.mass[1:] / found.mass[:-1]).min() > 0.89
    assert found.box.density < 0.8  # nothing as dense at that mass: the densest


def test_pasting_gives_back_what_peeling_took_too_much() -> None:
    """From a box well inside the true one, slices are added as long as it stays as dense: all of it comes back."""
    lows, highs = np.where(np.isfinite(LOWS), LOWS + 0.1, LOWS), np.where(np.isfinite(HIGHS), HIGHS - 0.1, HIGHS)
    before = ((POINTS - lows >= 0.0) & (POINTS - highs <= 0.0)).all(axis=1)
    low, high = _paste(POINTS, TRUE, lows.copy(), highs.copy(), 0.05)
    after = ((POINTS - low >= 0.0) & (POINTS - high <= 0.0)).all(axis=1)
    assert TRUE[before].all()
    assert TRUE[after].all()
    assert after.sum() > 1.8 * before.sum()
    assert TRUE[after].sum() > 0.9 * TRUE.sum()
    np.testing.assert_allclose(low[[0, 2]], LOWS[[0, 2]], atol=0.03)


def test_units_and_orders_do_not_matter() -> None:
    plain = find_box(POINTS, interesting=TRUE).box
    scale, order = np.array([1e6, 1.0, -3.0, 0.01, 5.0]), [3, 2, 4, 0, 1]
    moved = find_box((POINTS * scale + 7.0)[::-1][:, order], interesting=TRUE[::-1]).box
    assert (moved.density, moved.coverage) == pytest.approx((plain.density, plain.coverage), abs=0.01)
    np.testing.assert_allclose(moved.lows[3], plain.lows[0] * 1e6 + 7.0, rtol=0.05)
    np.testing.assert_allclose(moved.highs[1], 7.0 - 3.0 * plain.lows[2], rtol=0.05)


def test_limits_that_mean_nothing_are_freed() -> None:
    """With few futures peeling grabs limits by chance; the test takes them off again, unless told to keep all."""
    few = POINTS[:150]
    wanted = few[:, 0] > 0.6
    wanted = wanted ^ (uniforms(stream_key(5, "noise"), np.arange(150)) < 0.15)
    kept = find_box(few, interesting=wanted, least_density=0.95, doubt=1.0).box
    freed = find_box(few, interesting=wanted, least_density=0.95).box
    count = [int((np.isfinite(box.lows) | np.isfinite(box.highs)).sum()) for box in (kept, freed)]
    assert count[1] < count[0]
    assert np.isfinite(freed.lows[0])
    assert freed.chances[0] < 0.05
    assert freed.mass > kept.mass


def test_two_boxes_one_after_the_other() -> None:
    first = (POINTS[:, :2] < 0.4).all(axis=1)
    second = (POINTS[:, 1:3] > 0.7).all(axis=1)
    found = find_boxes(POINTS, interesting=first | second)
    assert len(found) == 2
    assert found[0].highs[:2] == pytest.approx([0.4, 0.4], abs=0.03)
    assert found[1].lows[1:3] == pytest.approx([0.7, 0.7], abs=0.03)
    assert 0.9 < sum(box.coverage for box in found) <= 1.0
    # taken at the same density the whole is at least as dense as the least of its boxes
    both = found[0].contains(POINTS) | found[1].contains(POINTS)
    assert (first | second)[both].mean() > 0.9
    assert both.mean() == pytest.approx(sum(box.mass for box in found))


@settings(max_examples=40, deadline=None)
@given(
    seed=st.integers(0, 2**30), n=st.integers(1, 60), dims=st.integers(1, 4), levels=st.sampled_from([1, 2, 4, 10**6])
)
def test_it_always_ends_with_a_box_at_least_as_dense_as_all(seed: int, n: int, dims: int, levels: int) -> None:
    points = np.floor(uniforms(stream_key(seed, "points"), np.arange(n * dims)).reshape(n, dims) * levels)
    wanted = uniforms(stream_key(seed, "wanted"), np.arange(n)) < 0.4
    wanted[seed % n] = True
    box = find_box(points, interesting=wanted, doubt=1.0).box
    assert box.density >= wanted.mean() - 1e-12
    assert box.mass >= min(0.05, 1.0 / n)
    assert wanted[box.contains(points)].any()
    assert len(find_boxes(points, interesting=wanted)) >= 1


def test_all_interesting_is_one_box_without_limits() -> None:
    box = find_box(POINTS, interesting=np.ones(2000, dtype=bool)).box
    assert not np.isfinite(box.lows).any()
    assert (box.density, box.coverage, box.mass) == (1.0, 1.0, 1.0)


def test_faults_are_named() -> None:
    with pytest.raises(InputError) as caught:
        find_box(POINTS[:, 0], interesting=np.arange(2000))
    assert [fault.place for fault in caught.value.faults] == ["points", "interesting"]
    with pytest.raises(InputError, match="interesting futures"):
        find_box(POINTS, interesting=np.zeros(2000, dtype=bool))
    with pytest.raises(InputError, match="slice_share"):
        find_box(POINTS, interesting=TRUE, slice_share=0.0)
