"""Compiled kernels of the choice step: main service, second service, and the shares behind the inversion.

Every user is worked out alone from keyed draws, and every total is a sum of integers (counts, or probabilities in units
of 2^-30), so results are the same bits for any number of threads, chunk size or order of users. Strict IEEE
arithmetic, no fastmath. All helpers stand in this file, since the compiler's disk cache does not see changes in
imported ones: that is why it is longer than others.
"""
# Kernels are written for the compiler: plain loops over slices, at most a handful of arrays in each. A parallel loop
# here only hands out ranges: numba 0.68 silently loses writes to members of a named tuple made in the body of a
# parallel loop or of a function inlined with inline="always" (measured), so writes stand in plain compiled functions.

from __future__ import annotations

from typing import Any

import numpy as np
from llvmlite import ir
from numba import float32, int32, int64, njit, prange, uint32, uint64
from numba.core import types
from numba.extending import intrinsic

from model.mechanisms.columns import CHANCE, FAILED, SURE

LOG2E = np.float32(1.4426950408889634)
CHUNK = 512
PARTS = 16
UNIT = np.float32(1073741824.0)  # probabilities are summed as whole multiples of 1 / UNIT = 2^-30
__all__ = ["CHANCE", "FAILED", "SURE"]
OPTIONS: dict[str, Any] = {"cache": True, "nogil": True, "error_model": "numpy"}


def _as_float(_typing: Any, _bits: Any) -> Any:
    def generate(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        return builder.bitcast(arguments[0], ir.FloatType())

    return types.float32(types.int32), generate


_float_of_bits: Any = intrinsic(_as_float)


def _as_bits(_typing: Any, _number: Any) -> Any:
    def generate(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        return builder.bitcast(arguments[0], ir.IntType(32))

    return types.int32(types.float32), generate


_bits_of_float: Any = intrinsic(_as_bits)


@njit(**OPTIONS)
def exp2_f32(x: Any) -> Any:
    """Return 2**x, relative error below 1e-5 for x in [-126, 126]; clamped outside."""
    x = min(max(x, float32(-126.0)), float32(126.0))
    whole = np.rint(x)
    f = x - whole
    p = float32(1.3398874e-3)
    p = p * f + float32(9.6184373e-3)
    p = p * f + float32(5.5503324e-2)
    p = p * f + float32(2.4022648e-1)
    p = p * f + float32(6.9314720e-1)
    p = p * f + float32(1.0)
    return _float_of_bits((int32(whole) << int32(23)) + int32(1065353216)) * p


@njit(**OPTIONS)
def log2_f32(x: Any) -> Any:
    """Return log2(x) for normal x > 0, absolute error below 4e-6: exponent bits plus the mantissa's atanh series."""
    bits = _bits_of_float(x)
    e = int32((bits - int32(0x3F3504F3)) >> int32(23))
    m = _float_of_bits(int32(bits - (e << int32(23))))
    t = (m - float32(1.0)) / (m + float32(1.0))
    q = t * t
    p = float32(0.11111111)
    p = p * q + float32(0.14285715)
    p = p * q + float32(0.2)
    p = p * q + float32(0.33333334)
    p = p * q + float32(1.0)
    return float32(e) + float32(2.8853900) * t * p


@njit(**OPTIONS)
def mix64(word: Any) -> Any:
    """Return splitmix64's finaliser, as in `model.foundation.rng`."""
    word = (word ^ (word >> uint64(30))) * uint64(0xBF58476D1CE4E5B9)
    word = (word ^ (word >> uint64(27))) * uint64(0x94D049BB133111EB)
    return word ^ (word >> uint64(31))


@njit(**OPTIONS)
def uniform(key: Any, uid: Any) -> Any:
    """Return the keyed number in (0, 1), as in `model.foundation.rng.uniforms`."""
    word = mix64(key + uint64(uid) * uint64(0x9E3779B97F4A7C15))
    return (float(int64(word >> uint64(12))) + 0.5) * 2.220446049250313e-16


@njit(**OPTIONS)
def appeal(users: Any, offers: Any, w: Any, index: Any, count: int, out: Any) -> None:
    """Write log2(e) times the utility of each offer without quality and habit, for `count` users.

    index: (count,) positions of users. out: (J+1, >=count) float32; -1e9 where the user may not or cannot take it.
    """
    catalogue = np.empty(count, np.float32)
    for j in range(1, out.shape[0]):
        p = offers.platform[j]
        row = out[j]
        if offers.is_open[j] == 0:
            for i in range(count):
                row[i] = float32(-1e9)
            continue
        _catalogue_term(users.taste, offers.available[p], w, index, count, catalogue)
        price = -w.alpha * offers.price[j] * LOG2E
        ads = -w.beta_ad * offers.ad_load[j] * LOG2E
        limits = -w.beta_r * offers.restriction[j] * LOG2E
        inside = w.beta_T * offers.integration[j] * LOG2E
        peers = offers.peers[p]
        friends = w.beta_s * LOG2E
        bit = uint32(1) << uint32(p)
        needs = offers.needs[j]
        for i in range(count):
            k = index[i]
            value = catalogue[i] + users.price_weight[k] * price + users.ad_aversion[k] * ads
            value += users.hours[k] * limits + users.tiktok_hours[k] * inside + peers[users.community[k]] * friends
            may = (users.aware[k] & bit) != 0 and (users.access[k] & needs) == needs
            row[i] = value if may else float32(-1e9)


@njit(**OPTIONS)
def _catalogue_term(taste: Any, available: Any, w: Any, index: Any, count: int, out: Any) -> None:
    """Write theta * log2(share of own listening that can be played, floored); 0 for a full catalogue."""
    whole = True
    for label in range(available.shape[0]):
        whole = whole and available[label] == float32(1.0)
    for i in range(count):
        out[i] = float32(0.0)
    if whole:
        return
    for label in range(available.shape[0]):
        if available[label] != float32(0.0):
            row = taste[label]
            for i in range(count):
                out[i] += row[index[i]]
    for i in range(count):
        out[i] = w.theta * log2_f32(max(out[i], w.floor))


@njit(**OPTIONS)
def main_weights(users: Any, offers: Any, w: Any, index: Any, count: int, failed: Any, out: Any) -> None:
    """Turn `appeal` in `out` into exp(utility without quality / dissimilarity): habit added, closed ways set to 0.

    Row 0 becomes the outside option's exp(utility), not divided. failed: (count,) uint8, nonzero where no payment is
    possible.
    """
    scale = float32(1.0) / w.dissimilarity
    nothing = exp2_f32(w.outside * LOG2E)
    for i in range(count):
        out[0, i] = nothing
    for j in range(1, out.shape[0]):
        p = offers.platform[j]
        row = out[j]
        for i in range(count):
            k = index[i]
            own = users.main[k]
            habit = float32(0.0)
            if offers.platform[own] == p:
                habit = w.beta_H * users.tenure[k] + (w.beta_K if own == j else float32(0.0))
            barred = row[i] < float32(-1e8) or (offers.nest[j] == 2 and failed[i] != 0)
            row[i] = float32(0.0) if barred else exp2_f32((row[i] + habit * LOG2E) * scale)


@njit(**OPTIONS)
def nest_sums(weights: Any, quality: Any, nest: Any, lam: Any, count: int, sums: Any) -> None:
    """Write sums (5, >=count): free sum, paid sum, free value, paid value, total; value = sum ** dissimilarity."""
    free, paid, free_value, paid_value, total = sums[0], sums[1], sums[2], sums[3], sums[4]
    for i in range(count):
        free[i] = float32(0.0)
        paid[i] = float32(0.0)
    for j in range(1, nest.shape[0]):
        row = weights[j]
        goal = free if nest[j] == 1 else paid
        factor = quality[j]
        for i in range(count):
            goal[i] += row[i] * factor
    _values(free, lam, count, free_value)
    _values(paid, lam, count, paid_value)
    nothing = weights[0]
    for i in range(count):
        total[i] = nothing[i] + free_value[i] + paid_value[i]


@njit(**OPTIONS)
def _values(nest_sum: Any, lam: Any, count: int, out: Any) -> None:
    """Write nest_sum ** lam, and 0 where the nest is empty (its sum is then set to 1 so that shares can be divided)."""
    for i in range(count):
        empty = nest_sum[i] < float32(1e-36)
        nest_sum[i] = float32(1.0) if empty else nest_sum[i]
        value = exp2_f32(lam * log2_f32(nest_sum[i]))
        out[i] = float32(0.0) if empty else value


@njit(**OPTIONS)
def pick(weights: Any, quality: Any, nest: Any, i: int, u: Any, sums: Any) -> Any:
    """Return the option of the nest-then-offer inverse CDF at uniform u."""
    free_value = float(sums[2, i])
    paid_value = float(sums[3, i])
    outside = float(weights[0, i])
    target = u * (outside + free_value + paid_value) - outside
    if target < 0.0:
        return 0
    wanted = 1
    scale = float(sums[0, i]) / free_value if free_value > 0.0 else 0.0
    if target >= free_value and paid_value > 0.0:
        target -= free_value
        wanted = 2
        scale = float(sums[1, i]) / paid_value
    target *= scale
    last = 0
    for j in range(1, nest.shape[0]):
        if nest[j] == wanted and weights[j, i] > 0.0:
            last = j
            target -= float(weights[j, i] * quality[j])
            if target < 0.0:
                return j
    return last


@njit(parallel=True, **OPTIONS)
def choose_main(
    users: Any, offers: Any, w: Any, active: int, key: Any, flag: Any, quality: Any, counts: Any, chances: Any
) -> None:
    """Let the attentive users choose their main service; update service, tier, trial, tenure, awareness.

    quality: (J+1,) float32 exp(xi / dissimilarity). counts: (parts, J+1, J+1) int64, from-to moves of attentive users.
    chances: the same as sums of choice probabilities in units of 2^-30. Both are added to.
    """
    parts = counts.shape[0]
    per = (active + parts - 1) // parts
    for part in prange(parts):
        _choose_main(
            users, offers, w, part * per, min(active, (part + 1) * per), key, flag, quality, counts[part], chances[part]
        )


@njit(**OPTIONS)
def _choose_main(
    users: Any, offers: Any, w: Any, begin: int, end: int, key: Any, flag: Any, quality: Any, counts: Any, chances: Any
) -> None:
    index = np.empty(CHUNK, np.int64)
    failed = np.empty(CHUNK, np.uint8)
    weights = np.empty((offers.nest.shape[0], CHUNK), np.float32)
    sums = np.empty((5, CHUNK), np.float32)
    k = begin
    while k < end:
        count = 0
        while k < end and count < CHUNK:
            if flag[k] != 0:
                index[count] = k
                failed[count] = flag[k] & FAILED
                count += 1
            else:
                users.tenure[k] += w.delta * (float32(1.0) - users.tenure[k])
            k += 1
        appeal(users, offers, w, index, count, weights)
        main_weights(users, offers, w, index, count, failed, weights)
        nest_sums(weights, quality, offers.nest, w.dissimilarity, count, sums)
        _add_chances(weights, quality, offers.nest, users.main, index, count, sums, chances)
        for i in range(count):
            user = index[i]
            new = pick(weights, quality, offers.nest, i, uniform(key, users.uid[user]), sums)
            counts[users.main[user], new] += 1
            _settle_choice(users, offers, w, user, new)


@njit(**OPTIONS)
def _add_chances(
    weights: Any, quality: Any, nest: Any, main: Any, index: Any, count: int, sums: Any, chances: Any
) -> None:
    """Add each user's choice probabilities to the row of the option held before."""
    for i in range(count):
        row = chances[main[index[i]]]
        row[0] += int64(np.rint(weights[0, i] / sums[4, i] * UNIT))
        in_free = sums[2, i] / (sums[4, i] * sums[0, i]) * UNIT
        in_paid = sums[3, i] / (sums[4, i] * sums[1, i]) * UNIT
        for j in range(1, nest.shape[0]):
            inside = in_free if nest[j] == 1 else in_paid
            row[j] += int64(np.rint(weights[j, i] * quality[j] * inside))


@njit(**OPTIONS)
def _settle_choice(users: Any, offers: Any, w: Any, k: int, new: int) -> None:
    old = users.main[k]
    p = offers.platform[new]
    stays = p == offers.platform[old]
    users.tenure[k] = users.tenure[k] + w.delta * (float32(1.0) - users.tenure[k]) if stays else float32(0.0)
    if new != old:
        users.main[k] = new
        users.trial[k] = 0
        if p >= 0:
            bit = uint32(1) << uint32(p)
            users.aware[k] |= bit
            upgrade = offers.nest[new] == 2 and not (stays and offers.nest[old] == 2)
            if upgrade and (users.tried[k] & bit) == 0:
                users.trial[k] = offers.trial_months[new]
                users.tried[k] |= bit


@njit(**OPTIONS)
def second_weights(users: Any, offers: Any, w: Any, index: Any, count: int, out: Any) -> None:
    """Turn `appeal` in `out` into exp(utility as second service without quality); own platform 0; row 0 is none."""
    for i in range(count):
        out[0, i] = float32(1.0)
    for j in range(1, out.shape[0]):
        row = out[j]
        for i in range(count):
            k = index[i]
            own = offers.platform[users.main[k]]
            keep = w.second_inertia * LOG2E if users.second[k] == j else float32(0.0)
            barred = own < 0 or own == offers.platform[j] or row[i] < float32(-1e8)
            row[i] = float32(0.0) if barred else exp2_f32(row[i] + keep)


@njit(parallel=True, **OPTIONS)
def choose_second(users: Any, offers: Any, w: Any, active: int, key: Any, flag: Any, quality: Any) -> None:
    """Let the attentive users choose a second service beside their main one; drop second services that closed.

    quality: (J+1,) float32 exp(quality of the offer as a second service), [0] unused.
    """
    for part in prange(PARTS):
        per = (active + PARTS - 1) // PARTS
        _choose_second(users, offers, w, part * per, min(active, (part + 1) * per), key, flag, quality)


@njit(**OPTIONS)
def _choose_second(users: Any, offers: Any, w: Any, begin: int, end: int, key: Any, flag: Any, quality: Any) -> None:
    index = np.empty(CHUNK, np.int64)
    weights = np.empty((offers.nest.shape[0], CHUNK), np.float32)
    k = begin
    while k < end:
        count = 0
        while k < end and count < CHUNK:
            if flag[k] != 0:
                index[count] = k
                count += 1
            elif users.second[k] > 0 and offers.is_open[users.second[k]] == 0:
                users.second[k] = 0
            k += 1
        appeal(users, offers, w, index, count, weights)
        second_weights(users, offers, w, index, count, weights)
        for i in range(count):
            users.second[index[i]] = _pick_second(weights, quality, i, uniform(key, users.uid[index[i]]))


@njit(**OPTIONS)
def _pick_second(weights: Any, quality: Any, i: int, u: Any) -> Any:
    """Return the option of the inverse CDF over no second service and the offers, at uniform u."""
    total = float(weights[0, i])
    for j in range(1, weights.shape[0]):
        total += float(weights[j, i] * quality[j])
    target = u * total - float(weights[0, i])
    chosen = 0
    if target < 0.0:
        return chosen
    for j in range(1, weights.shape[0]):
        if weights[j, i] > 0.0:
            chosen = j
            target -= float(weights[j, i] * quality[j])
            if target < 0.0:
                return chosen
    return chosen


@njit(parallel=True, **OPTIONS)
def weight_columns(users: Any, offers: Any, w: Any, index: Any, failed: Any, second: bool, out: Any) -> None:
    """Fill out (J+1, m) with `main_weights` or `second_weights` of the users at `index` (m,), for the inversion."""
    for chunk in prange((index.shape[0] + CHUNK - 1) // CHUNK):
        a = chunk * CHUNK
        b = min(index.shape[0], a + CHUNK)
        part = np.empty((out.shape[0], CHUNK), np.float32)
        appeal(users, offers, w, index[a:b], b - a, part)
        if second:
            second_weights(users, offers, w, index[a:b], b - a, part)
        else:
            main_weights(users, offers, w, index[a:b], b - a, failed[a:b], part)
        for j in range(out.shape[0]):
            for i in range(b - a):
                out[j, a + i] = part[j, i]


@njit(parallel=True, **OPTIONS)
def expected_main(weights: Any, quality: Any, nest: Any, lam: Any, attention: Any, expected: Any) -> None:
    """Add to expected (chunks, J+1) int64 each option's attention-weighted choice probability, in units of 2^-30.

    weights: (J+1, m) from `weight_columns`; attention: (m,) float32 probability that the user reconsiders.
    """
    for chunk in prange(expected.shape[0]):
        a = chunk * CHUNK
        count = min(weights.shape[1], a + CHUNK) - a
        part = weights[:, a : a + count]
        sums = np.empty((5, CHUNK), np.float32)
        nest_sums(part, quality, nest, lam, count, sums)
        free, paid, total = sums[0], sums[1], sums[4]
        for i in range(count):
            unit = attention[a + i] * UNIT / total[i]
            free[i] = sums[2, i] / free[i] * unit
            paid[i] = sums[3, i] / paid[i] * unit
            total[i] = unit
        row = expected[chunk]
        row[0] += _sum_of_products(part[0], float32(1.0), total, count)
        for j in range(1, nest.shape[0]):
            row[j] += _sum_of_products(part[j], quality[j], free if nest[j] == 1 else paid, count)


@njit(**OPTIONS)
def _sum_of_products(row: Any, factor: Any, scale: Any, count: int) -> Any:
    """Return the sum over users of row * factor * scale, each rounded to a whole number."""
    total = int64(0)
    for i in range(count):
        total += int64(int32(np.rint(row[i] * factor * scale[i])))
    return total


@njit(parallel=True, **OPTIONS)
def expected_second(weights: Any, quality: Any, expected: Any) -> None:
    """Add to expected (chunks, J+1) int64 each option's choice probability as second service, in units of 2^-30."""
    for chunk in prange(expected.shape[0]):
        a = chunk * CHUNK
        count = min(weights.shape[1], a + CHUNK) - a
        total = np.empty(CHUNK, np.float32)
        for i in range(count):
            total[i] = weights[0, a + i]
        for j in range(1, quality.shape[0]):
            row = weights[j]
            factor = quality[j]
            for i in range(count):
                total[i] += row[a + i] * factor
        for i in range(count):
            total[i] = UNIT / total[i]
        for j in range(1, quality.shape[0]):
            expected[chunk, j] += _sum_of_products(weights[j, a : a + count], quality[j], total, count)
