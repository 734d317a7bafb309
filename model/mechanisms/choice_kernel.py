"""Compiled kernels of the choice step: main service, second service, and the shares behind the inversion.

Every user is worked out alone from keyed draws, and every total is a sum of integers (counts, or probabilities in units
of 2^-30), so results are the same bits for any number of threads, chunk size or order of users. Strict IEEE
arithmetic, no fastmath. All helpers stand in this file, since the compiler's disk cache does not see changes in
imported ones: that is why it is longer than others.
"""
# Kernels are written for the compiler: plain loops over slices, at most a handful of arrays in each. There are no
# parallel loops here and nothing is inlined by inline="always": numba 0.68 silently loses writes to members of a named
# tuple made in either (measured). Threads take ranges of users instead; see `model.foundation.threads`.

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from llvmlite import ir
from numba import float32, int32, int64, njit, uint32, uint64
from numba.core import types
from numba.extending import intrinsic

from model.mechanisms.columns import CHANCE, FAILED, SURE

LOG2E = np.float32(1.4426950408889634)
CHUNK = 512
PAD = 16  # unequal row lengths, so that a column's numbers do not share a cache set
HIGHEST = np.float32(60.0)  # of log2 weights: with the quality (up to 2^63.5) and all offers still a float32 number
UNIT = np.float32(1073741824.0)  # probabilities are summed as whole multiples of 1 / UNIT = 2^-30
LEAST = np.float32(1e-33)  # of a nest's sum: below it the nest is empty, above it all chances are float32 numbers


class Rows(NamedTuple):
    """A chunk of users gathered from the columns, in the order of `index`, so that inner loops run over plain rows."""

    price_weight: Any  # (CHUNK,) float32, as all that follow
    hours: Any
    tiktok_hours: Any
    ad_aversion: Any
    tenure: Any
    taste: Any  # (L, CHUNK) float32
    community: Any  # (CHUNK,) int32
    access: Any  # (CHUNK,) uint32
    aware: Any  # (CHUNK,) uint32
    main: Any  # (CHUNK,) int32 option held
    platform: Any  # (CHUNK,) int32 its platform


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
def new_rows(labels: int) -> Any:
    """Return room for a chunk of users."""
    return Rows(
        np.empty(CHUNK, np.float32), np.empty(CHUNK, np.float32), np.empty(CHUNK, np.float32),
        np.empty(CHUNK, np.float32), np.empty(CHUNK, np.float32), np.empty((labels, CHUNK), np.float32),
        np.empty(CHUNK, np.int32), np.empty(CHUNK, np.uint32), np.empty(CHUNK, np.uint32),
        np.empty(CHUNK, np.int32), np.empty(CHUNK, np.int32),
    )  # fmt: skip


@njit(**OPTIONS)
def gather(users: Any, offers: Any, index: Any, count: int, rows: Any) -> None:
    """Copy what the utilities read of the users at `index` into rows."""
    for i in range(count):
        k = index[i]
        rows.price_weight[i] = users.price_weight[k]
        rows.hours[i] = users.hours[k]
        rows.tiktok_hours[i] = users.tiktok_hours[k]
        rows.ad_aversion[i] = users.ad_aversion[k]
        rows.tenure[i] = users.tenure[k]
    for i in range(count):
        k = index[i]
        rows.community[i] = users.community[k]
        rows.access[i] = users.access[k]
        rows.aware[i] = users.aware[k]
        rows.main[i] = users.main[k]
        rows.platform[i] = offers.platform[users.main[k]]
    if not _complete(offers.available):  # else nobody's taste is asked for
        for label in range(users.taste.shape[0]):
            column = users.taste[label]
            row = rows.taste[label]
            for i in range(count):
                row[i] = column[index[i]]


@njit(**OPTIONS)
def _complete(available: Any) -> Any:
    whole = True
    for p in range(available.shape[0]):
        for label in range(available.shape[1]):
            whole = whole and available[p, label] == float32(1.0)
    return whole


@njit(**OPTIONS)
def appeal(rows: Any, offers: Any, w: Any, count: int, out: Any) -> None:
    """Write log2(e) times the utility of each offer without quality and habit, for `count` users.

    out: (J+1, >=count) float32; -1e9 where the user may not or cannot take it.
    """
    catalogue = np.empty(CHUNK, np.float32)
    friends = np.empty(CHUNK, np.float32)
    last = -1
    for j in range(1, out.shape[0]):
        row = out[j]
        p = offers.platform[j]
        if offers.is_open[j] == 0:
            for i in range(count):
                row[i] = float32(-1e9)
            continue
        if p != last:
            _catalogue_term(rows.taste, offers.available[p], w, count, catalogue)
            _pick_from(offers.peers[p], rows.community, count, friends)
            last = p
        _tastes(rows.price_weight, -w.alpha * offers.price[j] * LOG2E, catalogue, count, row)
        _times(rows.ad_aversion, -w.beta_ad * offers.ad_load[j] * LOG2E, count, row)
        limits = -w.beta_r * offers.restriction[j] * LOG2E
        inside = w.beta_T * offers.integration[j] * LOG2E
        _situation(rows.hours, limits, rows.tiktok_hours, inside, friends, w.beta_s * LOG2E, count, row)
        _bar(rows.aware, uint32(1) << uint32(p), rows.access, offers.needs[j], count, row)


@njit(**OPTIONS)
def _pick_from(table: Any, index: Any, count: int, out: Any) -> None:
    for i in range(count):
        out[i] = table[index[i]]


@njit(**OPTIONS)
def _tastes(price_weight: Any, price: Any, catalogue: Any, count: int, out: Any) -> None:
    for i in range(count):
        out[i] = catalogue[i] + price_weight[i] * price


@njit(**OPTIONS)
def _times(column: Any, factor: Any, count: int, out: Any) -> None:
    """Add column * factor."""
    if factor != float32(0.0):
        for i in range(count):
            out[i] += column[i] * factor


@njit(**OPTIONS)
def _situation(
    hours: Any, limits: Any, tiktok: Any, inside: Any, friends: Any, weight: Any, count: int, out: Any
) -> None:
    for i in range(count):
        out[i] += hours[i] * limits + tiktok[i] * inside + friends[i] * weight


@njit(**OPTIONS)
def _bar(aware: Any, bit: Any, access: Any, needs: Any, count: int, out: Any) -> None:
    """Put -1e9 where the service is not known or the access is not there."""
    for i in range(count):
        may = ((aware[i] & bit) != uint32(0)) & ((access[i] & needs) == needs)
        out[i] = out[i] if may else float32(-1e9)


@njit(**OPTIONS)
def _catalogue_term(taste: Any, available: Any, w: Any, count: int, out: Any) -> None:
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
                out[i] += row[i]
    for i in range(count):
        out[i] = w.theta * log2_f32(max(out[i], w.floor))


@njit(**OPTIONS)
def main_weights(rows: Any, offers: Any, w: Any, count: int, failed: Any, out: Any) -> None:
    """Turn `appeal` in `out` into exp(utility without quality / dissimilarity): habit added, closed ways set to 0.

    Row 0 becomes the outside option's exp(utility), not divided. failed: (>=count,) uint8, nonzero where no payment is
    possible.
    """
    scale = float32(1.0) / w.dissimilarity
    nothing = exp2_f32(w.outside * LOG2E)
    for i in range(count):
        out[0, i] = nothing
    for j in range(1, out.shape[0]):
        _add_habit(rows.platform, offers.platform[j], rows.main, j, rows.tenure, w.beta_H, w.beta_K, count, out[j])
        _powers(scale, failed, offers.nest[j] == 2, count, out[j])


@njit(**OPTIONS)
def _add_habit(
    platform: Any, p: int, main: Any, j: int, tenure: Any, beta_h: Any, beta_k: Any, count: int, out: Any
) -> None:
    for i in range(count):
        habit = beta_h * tenure[i] + (beta_k if main[i] == j else float32(0.0))
        habit = habit if platform[i] == p else float32(0.0)
        out[i] += habit * LOG2E


@njit(**OPTIONS)
def _powers(scale: Any, failed: Any, is_paid: bool, count: int, out: Any) -> None:
    """Write exp2(out * scale), and 0 where barred; a barred utility stays far below any other, whatever the habit."""
    for i in range(count):
        barred = (out[i] < float32(-1e8)) | (is_paid & (failed[i] != 0))
        power = exp2_f32(min(out[i] * scale, HIGHEST))
        out[i] = float32(0.0) if barred else power


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
        empty = nest_sum[i] < LEAST
        nest_sum[i] = float32(1.0) if empty else nest_sum[i]
        value = exp2_f32(lam * log2_f32(nest_sum[i]))
        out[i] = float32(0.0) if empty else value


@njit(**OPTIONS)
def pick(weights: Any, quality: Any, nest: Any, count: int, u: Any, sums: Any, chosen: Any) -> None:
    """Write chosen (>=count,) int64: each user's option of the nest-then-offer inverse CDF at uniform u (>=count,)."""
    target = np.empty(CHUNK, np.float64)
    wanted = np.empty(CHUNK, np.int64)
    _aim(weights[0], sums, count, u, target, wanted, chosen)
    for j in range(1, nest.shape[0]):
        _walk(weights[j], quality[j], nest[j], j, count, target, wanted, chosen)


@njit(**OPTIONS)
def _aim(outside: Any, sums: Any, count: int, u: Any, target: Any, wanted: Any, chosen: Any) -> None:
    """Write the nest that each draw falls in (0 outside), and how far into the nest's sum of weights it reaches."""
    free, paid, free_value, paid_value = sums[0], sums[1], sums[2], sums[3]
    for i in range(count):
        in_free, in_paid, nothing = float(free_value[i]), float(paid_value[i]), float(outside[i])
        reach = u[i] * (nothing + in_free + in_paid) - nothing
        pays = (reach >= in_free) & (in_paid > 0.0)
        scale = float(free[i]) / in_free if in_free > 0.0 else 0.0
        scale_paid = float(paid[i]) / in_paid if in_paid > 0.0 else 0.0
        nest = 2 if pays else 1
        wanted[i] = 0 if reach < 0.0 else nest
        target[i] = (reach - in_free) * scale_paid if pays else reach * scale
        chosen[i] = 0


@njit(**OPTIONS)
def _walk(weights: Any, factor: Any, nest: int, j: int, count: int, target: Any, wanted: Any, chosen: Any) -> None:
    """Step past option j: whoever wants its nest and may take it has it for now, and stops if the draw ends in it."""
    for i in range(count):
        here = (wanted[i] == nest) & (weights[i] > float32(0.0))
        left = target[i] - float(weights[i] * factor)
        chosen[i] = j if here else chosen[i]
        wanted[i] = 0 if here & (left < 0.0) else wanted[i]
        target[i] = left if here else target[i]


@njit(**OPTIONS)
def attentive(flag: Any, main: Any, begin: int, end: int, index: Any, held: Any, starts: Any) -> Any:
    """Write up to CHUNK attentive users from `begin` on into index, sorted by the option held; return (count, next).

    held: (CHUNK,) work space. starts: (J+2,) where each option's holders begin in index.
    """
    count = 0
    k = begin
    for j in range(starts.shape[0]):
        starts[j] = 0
    while k < end and count < CHUNK:
        if flag[k] != 0:
            held[count] = k
            starts[main[k] + 1] += 1
            count += 1
        k += 1
    for j in range(1, starts.shape[0]):
        starts[j] += starts[j - 1]
    for i in range(count):
        j = main[held[i]]
        index[starts[j]] = held[i]
        starts[j] += 1
    for j in range(starts.shape[0] - 1, 0, -1):
        starts[j] = starts[j - 1]
    starts[0] = 0
    return count, k


@njit(**OPTIONS)
def choose(
    users: Any, offers: Any, w: Any, begin: int, end: int, flag: Any, main: bool, key: Any, quality: Any, counts: Any,
    chances: Any, second: bool, second_key: Any, second_quality: Any,
) -> None:  # fmt: skip
    """Let the attentive users of a range choose their main service, their second service, or one after the other.

    With `main`: service, tier, trial, tenure and awareness are updated; quality: (J+1,) float32
    exp(xi / dissimilarity); counts: (J+1, J+1) int64, from-to moves of attentive users; chances: the same as sums of
    choice probabilities in units of 2^-30; both are added to. With `second`: second services are chosen, and dropped
    where they closed; second_quality: (J+1,) float32 exp(quality as a second service), [0] unused.
    """
    options = offers.nest.shape[0]
    index, held = np.empty(CHUNK, np.int64), np.empty(CHUNK, np.int64)
    starts = np.empty(options + 1, np.int64)
    utilities = np.empty((options, CHUNK + PAD), np.float32)
    rows = new_rows(users.taste.shape[0])
    if main:
        _settle_in(users.tenure, flag, w.delta, begin, end)
    if second:
        _drop_closed(users.second, flag, offers.is_open, begin, end)
    while begin < end:
        count, begin = attentive(flag, users.main, begin, end, index, held, starts)
        gather(users, offers, index, count, rows)
        appeal(rows, offers, w, count, utilities)
        if main:
            _pick_mains(users, offers, w, index, count, rows, utilities, flag, starts, key, quality, counts, chances)
        if second:
            _pick_seconds(users, offers, w, index, count, rows, utilities, flag, second_key, second_quality)


@njit(**OPTIONS)
def _pick_mains(
    users: Any, offers: Any, w: Any, index: Any, count: int, rows: Any, utilities: Any, flag: Any, starts: Any,
    key: Any, quality: Any, counts: Any, chances: Any,
) -> None:  # fmt: skip
    """Choose the main services of a chunk, sorted by the option held; rows.platform follows the choice."""
    chosen, failed = np.empty(CHUNK, np.int64), np.empty(CHUNK, np.uint8)
    u = np.empty(CHUNK, np.float64)
    weights = np.empty((offers.nest.shape[0], CHUNK + PAD), np.float32)
    sums = np.empty((5, CHUNK + PAD), np.float32)
    for i in range(count):
        failed[i] = flag[index[i]] & FAILED
    for j in range(1, offers.nest.shape[0]):
        _copy(utilities[j], count, weights[j])
    main_weights(rows, offers, w, count, failed, weights)
    nest_sums(weights, quality, offers.nest, w.dissimilarity, count, sums)
    _draws(key, users.uid, index, count, u)
    pick(weights, quality, offers.nest, count, u, sums, chosen)
    _add_chances(weights, quality, offers.nest, starts, count, sums, chances)
    for i in range(count):
        counts[rows.main[i], chosen[i]] += 1
        _settle_choice(users, offers, w, index[i], chosen[i])
        rows.platform[i] = offers.platform[chosen[i]]


@njit(**OPTIONS)
def _copy(row: Any, count: int, out: Any) -> None:
    for i in range(count):
        out[i] = row[i]


@njit(**OPTIONS)
def _settle_in(tenure: Any, flag: Any, delta: Any, begin: int, end: int) -> None:
    """Let those who do not reconsider settle in by another month."""
    for k in range(begin, end):
        more = tenure[k] + delta * (float32(1.0) - tenure[k])
        tenure[k] = more if flag[k] == 0 else tenure[k]


@njit(**OPTIONS)
def _drop_closed(second: Any, flag: Any, is_open: Any, begin: int, end: int) -> None:
    """End second services that closed, of those who do not reconsider."""
    all_open = True
    for j in range(is_open.shape[0]):
        all_open = all_open and is_open[j] != 0
    if all_open:
        return
    for k in range(begin, end):
        if flag[k] == 0 and is_open[second[k]] == 0:
            second[k] = 0


@njit(**OPTIONS)
def _draws(key: Any, uid: Any, index: Any, count: int, out: Any) -> None:
    for i in range(count):
        out[i] = uniform(key, uid[index[i]])


@njit(**OPTIONS)
def _add_chances(weights: Any, quality: Any, nest: Any, starts: Any, count: int, sums: Any, chances: Any) -> None:
    """Add each user's choice probabilities to the row of the option held before; sums[0..1] are used up."""
    free, paid, free_value, paid_value, total = sums[0], sums[1], sums[2], sums[3], sums[4]
    for i in range(count):
        free[i] = _share_of_a_unit(free_value[i], total[i], free[i])
        paid[i] = _share_of_a_unit(paid_value[i], total[i], paid[i])
    for held in range(nest.shape[0]):
        a, b = starts[held], starts[held + 1]
        if b > a:
            row = chances[held]
            row[0] += _sum_of_shares(weights[0, a:b], total[a:b], b - a)
            for j in range(1, nest.shape[0]):
                inside = free if nest[j] == 1 else paid
                row[j] += _sum_of_products(weights[j, a:b], quality[j], inside[a:b], b - a)


@njit(**OPTIONS)
def _share_of_a_unit(value: Any, total: Any, nest_sum: Any) -> Any:
    """Return value / (total * nest_sum) * UNIT; one after the other where the product is beyond float32."""
    both = total * nest_sum
    return value / both * UNIT if both < float32(np.inf) else value / total / nest_sum * UNIT


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
def _sum_of_shares(row: Any, total: Any, count: int) -> Any:
    """Return the sum over users of row / total in units of 2^-30, each rounded to a whole number."""
    result = int64(0)
    for i in range(count):
        result += int64(int32(np.rint(row[i] / total[i] * UNIT)))
    return result


@njit(**OPTIONS)
def second_weights(rows: Any, second: Any, offers: Any, w: Any, count: int, failed: Any, out: Any) -> None:
    """Turn `appeal` in `out` into exp(utility of a second service without quality); row 0 is none.

    rows.platform: platform of the main service, whose own offers are set to 0, as are all without a main service.
    second: (>=count,) int32 option held as second service. failed: (>=count,) uint8, nonzero where no payment is
    possible, so that paid offers are set to 0.
    """
    for i in range(count):
        out[0, i] = float32(1.0)
    inertia = w.second_inertia * LOG2E
    for j in range(1, out.shape[0]):
        is_paid = offers.nest[j] == 2
        _second_powers(rows.platform, offers.platform[j], second, j, inertia, failed, is_paid, count, out[j])


@njit(**OPTIONS)
def _second_powers(
    platform: Any, p: int, second: Any, j: int, inertia: Any, failed: Any, is_paid: bool, count: int, out: Any
) -> None:
    for i in range(count):
        keep = inertia if second[i] == j else float32(0.0)
        barred = (platform[i] < 0) | (platform[i] == p) | (out[i] < float32(-1e8)) | (is_paid & (failed[i] != 0))
        power = exp2_f32(min(out[i] + keep, HIGHEST))
        out[i] = float32(0.0) if barred else power


@njit(**OPTIONS)
def _pick_seconds(
    users: Any, offers: Any, w: Any, index: Any, count: int, rows: Any, weights: Any, flag: Any, key: Any, quality: Any
) -> None:
    """Choose the second services of a chunk; weights holds its `appeal`, rows.platform the main services' platforms."""
    second, failed = np.empty(CHUNK, np.int32), np.empty(CHUNK, np.uint8)
    chosen = np.empty(CHUNK, np.int64)
    u = np.empty(CHUNK, np.float64)
    for i in range(count):
        second[i] = users.second[index[i]]
        failed[i] = flag[index[i]] & FAILED
    second_weights(rows, second, offers, w, count, failed, weights)
    _draws(key, users.uid, index, count, u)
    _pick_second(weights, quality, count, u, chosen)
    for i in range(count):
        users.second[index[i]] = chosen[i]


@njit(**OPTIONS)
def _pick_second(weights: Any, quality: Any, count: int, u: Any, chosen: Any) -> None:
    """Write the option of the inverse CDF over no second service and the offers, at uniform u."""
    target = np.empty(CHUNK, np.float64)
    wanted = np.empty(CHUNK, np.int64)
    for i in range(count):
        target[i] = float(weights[0, i])
    for j in range(1, weights.shape[0]):
        row = weights[j]
        factor = quality[j]
        for i in range(count):
            target[i] += float(row[i] * factor)
    for i in range(count):
        target[i] = u[i] * target[i] - float(weights[0, i])
        wanted[i] = 0 if target[i] < 0.0 else 1
        chosen[i] = 0
    for j in range(1, weights.shape[0]):
        _walk(weights[j], quality[j], 1, j, count, target, wanted, chosen)


@njit(**OPTIONS)
def weight_columns(users: Any, offers: Any, w: Any, index: Any, failed: Any, second: bool, out: Any) -> None:
    """Fill out (J+1, m) with `main_weights` (or `second_weights`) of the users at `index` (m,), for repeated use."""
    for begin in range(0, index.shape[0], CHUNK):
        _weight_columns(users, offers, w, index, failed, second, out, begin)


@njit(**OPTIONS)
def _weight_columns(
    users: Any, offers: Any, w: Any, index: Any, failed: Any, second: bool, out: Any, begin: int
) -> None:
    """Fill the columns of one chunk; local rows have the types of `_choose`, so nothing is compiled twice."""
    count = min(CHUNK, index.shape[0] - begin)
    who, barred = np.empty(CHUNK, np.int64), np.empty(CHUNK, np.uint8)
    for i in range(count):
        who[i] = index[begin + i]
        barred[i] = failed[begin + i] & FAILED
    weights = np.empty((out.shape[0], CHUNK + PAD), np.float32)
    rows = new_rows(users.taste.shape[0])
    gather(users, offers, who, count, rows)
    appeal(rows, offers, w, count, weights)
    if second:
        held = np.empty(CHUNK, np.int32)
        for i in range(count):
            held[i] = users.second[who[i]]
        second_weights(rows, held, offers, w, count, barred, weights)
    else:
        main_weights(rows, offers, w, count, barred, weights)
    for j in range(out.shape[0]):
        for i in range(count):
            out[j, begin + i] = weights[j, i]


@njit(**OPTIONS)
def expected_main(weights: Any, quality: Any, nest: Any, lam: Any, attention: Any, expected: Any) -> None:
    """Add to expected (J+1,) int64 each option's attention-weighted choice probability, in units of 2^-30.

    weights: (J+1, m) from `weight_columns`; attention: (m,) float32 probability that the user reconsiders.
    """
    for a in range(0, weights.shape[1], CHUNK):
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
        expected[0] += _sum_of_products(part[0], float32(1.0), total, count)
        for j in range(1, nest.shape[0]):
            expected[j] += _sum_of_products(part[j], quality[j], free if nest[j] == 1 else paid, count)


@njit(**OPTIONS)
def _sum_of_products(row: Any, factor: Any, scale: Any, count: int) -> Any:
    """Return the sum over users of row * factor * scale, each rounded to a whole number."""
    total = int64(0)
    for i in range(count):
        total += int64(int32(np.rint(row[i] * factor * scale[i])))
    return total


@njit(**OPTIONS)
def expected_second(weights: Any, quality: Any, expected: Any) -> None:
    """Add to expected (J+1,) int64 each option's choice probability as second service, in units of 2^-30."""
    for a in range(0, weights.shape[1], CHUNK):
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
            expected[j] += _sum_of_products(weights[j, a : a + count], quality[j], total, count)
