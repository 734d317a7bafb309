"""Compiled kernels of the songs: releases, uses on TikTok, streams, charts.

A song's week depends on the song alone and on draws keyed by market, song and age, so results are the same bits for any
number of threads and whatever else is released. All helpers stand in this file, since the compiler's disk cache does
not see changes in imported ones: that is why it is longer than others.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import int64, njit, uint64

OPTIONS: dict[str, Any] = {"cache": True, "nogil": True, "error_model": "numpy"}
SLOTS, FIRST_WEEK, PLACES = 128, 1 << 16, 100  # as in `model.state.songs`
QUALITY, BURST, RISE, LIFE, SPREAD, NOVELTY, LABEL, ORIGIN = range(8)  # draws of a release; at most 128
SMALL = 4.0  # means up to which a Poisson number is searched term by term
MOST = 40  # far beyond any such number
INVERSE = 1.0 / np.maximum(1.0, np.arange(MOST + 1.0))
MIDDLE = 0.425  # distance from 0.5 up to which a quantile needs no logarithm
LONGEST_LIFE = 200.0  # weeks
SEED_CAP, SPREAD_CAP = 6.0, 3.0  # log quality beyond which seeds, and standardised quality beyond which spread, stay
NOISES = 4.0  # standard deviations of noise that a song without a prospect would need
LIVELY = 0.97  # spread from which a song may take off
CHECK = 4  # a power of 2
RECOVERY = 1.01  # most growth of the floor from week to week
GAPS = (701, 301, 132, 57, 23, 10, 4, 1)
SLACK = 0.9  # part of the chart's floor that such a song does not reach


@njit(**OPTIONS)
def uniform(key: Any, uid: Any) -> Any:
    """Return the keyed number in (0, 1), as in `model.foundation.rng.uniforms`."""
    word = key + uint64(uid) * uint64(0x9E3779B97F4A7C15)
    word = (word ^ (word >> uint64(30))) * uint64(0xBF58476D1CE4E5B9)
    word = (word ^ (word >> uint64(27))) * uint64(0x94D049BB133111EB)
    word = word ^ (word >> uint64(31))
    return (float(int64(word >> uint64(12))) + 0.5) * 2.220446049250313e-16


@njit(**OPTIONS)
def normal(u: Any) -> Any:
    """Return the standard normal quantile of u by rational functions (Wichura 1988, AS 241), error below 1e-14."""
    return middle(u) if abs(u - 0.5) <= MIDDLE else tail(u)


@njit(**OPTIONS)
def middle(u: Any) -> Any:
    """Return the normal quantile of a u no further than MIDDLE from 0.5, by sums and products alone."""
    q = u - 0.5
    r = 0.180625 - q * q
    top = 2.5090809287301226727e3 * r + 3.3430575583588128105e4
    top = (top * r + 6.7265770927008700853e4) * r + 4.5921953931549871457e4
    top = (top * r + 1.3731693765509461125e4) * r + 1.9715909503065514427e3
    top = (top * r + 1.3314166789178437745e2) * r + 3.3871328727963666080
    low = 5.2264952788528545610e3 * r + 2.8729085735721942674e4
    low = (low * r + 3.9307895800092710610e4) * r + 2.1213794301586595867e4
    low = (low * r + 5.3941960214247511077e3) * r + 6.8718700749205790830e2
    low = (low * r + 4.2313330701600911252e1) * r + 1.0
    return q * top / low


@njit(**OPTIONS)
def tail(u: Any) -> Any:
    """Return the normal quantile of a u further from 0.5 than MIDDLE."""
    q = u - 0.5
    r = np.sqrt(-np.log(u if q < 0.0 else 1.0 - u))
    size = near_tail(r - 1.6) if r <= 5.0 else far_tail(r - 5.0)
    return -size if q < 0.0 else size


@njit(**OPTIONS)
def normals(u: Any, z: Any, count: int, roots: Any, where: Any) -> None:
    """Write the quantile of each of the first `count` u, as `normal` does. roots, where: room.

    All take each step together, so that the processor takes several at once.
    """
    for i in range(count):
        z[i] = middle(u[i])
    far = 0
    for i in range(count):
        where[far] = i
        far += 1 if abs(u[i] - 0.5) > MIDDLE else 0
    for k in range(far):
        roots[k] = np.sqrt(-np.log(min(u[where[k]], 1.0 - u[where[k]])))
    for k in range(far):
        size = near_tail(roots[k] - 1.6) if roots[k] <= 5.0 else far_tail(roots[k] - 5.0)
        z[where[k]] = size if u[where[k]] > 0.5 else -size


@njit(**OPTIONS)
def near_tail(r: Any) -> Any:
    """Return the size of a quantile from r = sqrt(-ln p) - 1.6 for probabilities p from 1.4e-11 to 0.075."""
    top = 7.74545014278341407640e-4 * r + 2.27238449892691845833e-2
    top = (top * r + 2.41780725177450611770e-1) * r + 1.27045825245236838258
    top = (top * r + 3.64784832476320460504) * r + 5.76949722146069140550
    top = (top * r + 4.63033784615654529590) * r + 1.42343711074968357734
    low = 1.05075007164441684324e-9 * r + 5.47593808499534494600e-4
    low = (low * r + 1.51986665636164571966e-2) * r + 1.48103976427480074590e-1
    low = (low * r + 6.89767334985100004550e-1) * r + 1.67638483018380384940
    low = (low * r + 2.05319162663775882187) * r + 1.0
    return top / low


@njit(**OPTIONS)
def far_tail(r: Any) -> Any:
    """Return the size of a quantile from r = sqrt(-ln p) - 5 for smaller probabilities."""
    top = 2.01033439929228813265e-7 * r + 2.71155556874348757815e-5
    top = (top * r + 1.24266094738807843860e-3) * r + 2.65321895265761230930e-2
    top = (top * r + 2.96560571828504891230e-1) * r + 1.78482653991729133580
    top = (top * r + 5.46378491116411436990) * r + 6.65790464350110377720
    low = 2.04426310338993978564e-15 * r + 1.42151175831644588870e-7
    low = (low * r + 1.84631831751005468180e-5) * r + 7.86869131145613259100e-4
    low = (low * r + 1.48753612908506148525e-2) * r + 1.36929880922735805310e-1
    low = (low * r + 5.99832206555887937690e-1) * r + 1.0
    return top / low


@njit(**OPTIONS)
def poisson(mean: Any, u: Any, expanded: Any) -> Any:
    """Return the Poisson quantile of u: searched for small means, else `expanded`, by `expansion`."""
    if mean <= 0.0:
        return 0.0
    if mean < SMALL:
        term = np.exp(-mean)
        total, count = term, 0
        while u > total and count < MOST:
            count += 1
            term *= mean * INVERSE[count]
            total += term
        return float(count)
    return expanded


@njit(**OPTIONS)
def expansion(mean: Any, z: Any) -> Any:
    """Return the Poisson quantile by the normal one, z (Giles 2016): one off for less than 2 in a thousand u.

    Of no use for means below SMALL.
    """
    root = np.sqrt(mean)
    square = z * z
    value = mean + root * z + (2.0 + square) / 6.0 - z * (square + 2.0) / (72.0 * root)
    return np.floor(max(0.0, value + ((3.0 * square + 7.0) * square - 16.0) / (810.0 * mean)))


@njit(**OPTIONS)
def live_weeks(
    songs: Any, counts: Any, begin: int, end: int, week: int, hold: int, keys: Any, world_key: Any, v: Any,
    clips: Any, activity: Any, world_share: Any, local: Any, abroad: Any, floor: Any,
    charts: Any, holders: Any, streams: Any, uses: Any, active: Any, ids: Any, played: Any,
) -> None:  # fmt: skip
    """Live W weeks of the markets begin..end, from `week` on.

    hold: week up to which the floor stays the guess it is. keys: (M, 3) uint64 of traits, noise and uses. clips: (M, L)
    part of labels' songs that TikTok may use, 0 where it is closed. activity: (M,) of creators. Written: charts (M, W,
    PLACES) ids, -1 for an empty place; holders, their labels; streams, uses (M, W, L); active (M, W) songs, their
    streams in played (M, W or 1, capacity) and, unless it is empty, their ids (M, W, capacity). The rest as in
    `model.state.songs` and `model.mechanisms.songs.numbers`.
    """
    where, draws = np.empty(songs.shape[1], np.int64), np.empty((5, songs.shape[1]))
    for m in range(begin, end):
        row = songs[m]
        for w in range(charts.shape[1]):
            count = forget(row, counts[m], week + w, v, activity[m], floor[m])
            count = releases(
                row, count, week + w, keys[m, 0], world_key, v, activity[m], floor[m],
                world_share[m], local[m], abroad[m],
            )  # fmt: skip
            counts[m] = active[m, w] = count
            heard = played[m, w % played.shape[1]]
            cut = floor[m] * SLACK
            live_all(
                row, count, week + w, keys[m], v, clips[m], activity[m], cut, streams[m, w], uses[m, w], heard,
                draws, where,
            )  # fmt: skip
            if ids.shape[1] > 0:
                for i in range(count):
                    ids[m, w, i] = row[i].id
            places = rank(row, count, heard, cut, v, where)
            for place in range(PLACES):
                taken = place < places
                charts[m, w, place] = row[where[place]].id if taken else -1
                holders[m, w, place] = row[where[place]].label if taken else -1
            if week + w >= hold:
                last = heard[where[PLACES - 1]] if places == PLACES else 0.0
                known = week + w > hold and floor[m] > 0.0
                floor[m] = min(last, floor[m] * RECOVERY) if known else last


@njit(**OPTIONS)
def releases(
    row: Any, count: int, week: int, key: Any, world_key: Any, v: Any, activity: float, floor: float,
    world_share: float, local: Any, abroad: Any,
) -> Any:  # fmt: skip
    """Add the week's releases that have a prospect of the chart; return how many songs there are now."""
    for slot in range(v.contenders):
        uid = (week + FIRST_WEEK) * SLOTS + slot
        world = uniform(world_key, uid * SLOTS + ORIGIN) < world_share
        own_key = world_key if world else key
        song = row[count]
        if release(song, uid, own_key, v, activity, floor):
            song.id, song.release, song.world = uid * 2 + (1 if world else 0), week, 1 if world else 0
            song.label = label_at(uniform(own_key, uid * SLOTS + LABEL), abroad if world else local)
            count += 1
    return count


@njit(**OPTIONS)
def live_all(
    row: Any, count: int, week: int, keys: Any, v: Any, clips: Any, activity: float, cut: float, streams: Any,
    uses: Any, played: Any, draws: Any, where: Any,
) -> None:  # fmt: skip
    """Live the week of a market's songs; sum uses by label, and streams of songs above `cut`.

    Songs below it are left out of the sum, since which of them are still here depends on the rule for dropping them.
    draws, where: room, (5, capacity) and (capacity,).
    """
    draw(row, count, week, keys[1], keys[2], draws, where)
    noise, use, normal_use, mean, expanded = draws[0], draws[1], draws[2], draws[3], draws[4]
    for i in range(count):
        mean[i] = expected_uses(row[i], week - row[i].release, v, clips[row[i].label], activity)
    for i in range(count):
        expanded[i] = expansion(mean[i], normal_use[i])
    for label in range(clips.shape[0]):
        streams[label] = 0.0
        uses[label] = 0.0
    for i in range(count):
        song = row[i]
        live(song, noise[i], poisson(mean[i], use[i], expanded[i]), v)
        played[i] = song.streams
        streams[song.label] += song.streams if song.streams > cut else 0.0
        uses[song.label] += song.uses


@njit(**OPTIONS)
def draw(row: Any, count: int, week: int, noise_key: Any, use_key: Any, draws: Any, where: Any) -> None:
    """Write each song's draws of the week: normal noise, a uniform for its uses, and the normal of that."""
    noise, use, normal_use, at = draws[0], draws[1], draws[2], draws[3]
    for i in range(count):
        uid = row[i].id * SLOTS + (week - row[i].release)
        at[i] = uniform(noise_key, uid)
        use[i] = uniform(use_key, uid)
    normals(at, noise, count, draws[4], where)
    normals(use, normal_use, count, draws[4], where)


@njit(**OPTIONS)
def label_at(u: Any, cumulative: Any) -> Any:
    """Return the first label whose cumulative share reaches u."""
    label = 0
    while label < cumulative.shape[0] - 1 and u > cumulative[label]:
        label += 1
    return label


@njit(**OPTIONS)
def release(song: Any, uid: int, key: Any, v: Any, activity: float, floor: float) -> bool:
    """Draw what a song is; return whether it has a prospect of the chart."""
    e = -np.log(uniform(key, uid * SLOTS + QUALITY))
    above, log_quality = e - 1.0, e / v.quality_tail
    tilt = v.spread_quality
    z = tilt * min(above, SPREAD_CAP) + np.sqrt(1.0 - tilt * tilt) * normal(uniform(key, uid * SLOTS + SPREAD))
    burst = v.burst_sd * normal(uniform(key, uid * SLOTS + BURST)) + v.burst_quality * above
    song.quality = np.exp(log_quality)
    song.spread = v.spread * np.exp(v.spread_sd * z)
    song.burst = song.quality * v.burst * np.exp(burst)
    song.seed = v.seed * np.exp(v.seed_quality * min(log_quality, SEED_CAP))
    song.audience = song.quality
    song.noise = song.uses = song.spent = song.stock = song.streams = 0.0
    song.charted = 0
    song.novelty = np.inf
    reach = (song.burst + song.audience) * most_lift(song, 0, v, activity) * np.exp(NOISES * v.noise)
    if reach < floor * SLACK:
        return False
    tilt = v.life_quality
    z = tilt * above + np.sqrt(1.0 - tilt * tilt) * normal(uniform(key, uid * SLOTS + LIFE))
    life = min(v.life_weeks * np.exp(v.life_sd * z), LONGEST_LIFE)
    rise = v.rise_weeks * np.exp(v.rise_sd * normal(uniform(key, uid * SLOTS + RISE)))
    song.life, song.rise = np.exp(-1.0 / life), np.exp(-1.0 / rise)
    song.waiting = song.rise
    song.novelty = v.novelty * np.exp(v.novelty_sd * normal(uniform(key, uid * SLOTS + NOVELTY)))
    return not hopeless(song, 0, v, activity, floor * SLACK)


@njit(**OPTIONS)
def hopeless(song: Any, age: int, v: Any, activity: float, limit: float) -> bool:
    """Return whether the song will stay below `limit` streams from this age on, but for noise beyond NOISES deviations.

    Follows the song's path without noise week by week, each week with the most noise that may have come by then.
    """
    most = most_lift(song, age, v, activity)
    burst, audience, waiting, memory = song.burst, song.audience, song.waiting, 1.0
    ever = most * np.exp(max(song.noise, 0.0) + NOISES * v.noise)
    while (burst + audience) * ever >= limit and age < v.weeks:
        memory *= v.noise_memory
        margin = memory * song.noise + NOISES * v.noise * np.sqrt(1.0 - memory * memory)
        if (burst + (1.0 - waiting) * audience) * most * np.exp(margin) >= limit:
            return False
        burst *= v.burst_keep
        audience *= song.life
        waiting *= song.rise
        age += 1
    return True


@njit(**OPTIONS)
def most_lift(song: Any, age: int, v: Any, activity: float) -> Any:
    """Return the factor on streams that the song's uses on TikTok may reach from this age on."""
    seed = song.seed if age < v.seed_weeks else 0.0
    spread = 1.25 * song.spread * activity  # creators may become busier
    if spread >= LIVELY:
        stock = song.novelty if seed + song.uses > 0.0 else song.stock
    else:
        stock = 2.0 * max(song.uses, seed / (1.0 - spread)) + 20.0
    stock = max(stock, song.stock)
    head = stock / (stock + v.lift_head_uses) if stock < np.inf else 1.0
    return 1.0 + max(v.lift_median, 0.0) + v.lift_head * head


@njit(**OPTIONS)
def forget(songs: Any, count: int, week: int, v: Any, activity: float, floor: float) -> Any:
    """Drop songs that are too old or have no prospect of the chart (looked at every CHECK weeks); return how many stay.

    The last song takes the place of a dropped one.
    """
    limit = floor * SLACK
    i = 0
    while i < count:
        age = week - songs[i].release
        gone = age >= v.weeks
        if age & (CHECK - 1) == 0:
            gone = gone or hopeless(songs[i], age, v, activity, limit)
        if gone:
            count -= 1
            songs[i] = songs[count]
        else:
            i += 1
    return count


@njit(**OPTIONS)
def expected_uses(song: Any, age: int, v: Any, clips: float, activity: float) -> Any:
    """Return the mean of the song's uses on TikTok this week."""
    mean = song.seed if age < v.seed_weeks else 0.0
    if song.uses > 0.0:
        mean += song.spread * np.exp(-song.spent / song.novelty) * activity * song.uses
    return mean * clips


@njit(**OPTIONS)
def live(song: Any, noise: float, uses: float, v: Any) -> None:
    """Live a song's week with these draws of noise and uses on TikTok; then make its audience a week older."""
    shock = np.sqrt(1.0 - v.noise_memory * v.noise_memory) * v.noise
    song.noise = v.noise_memory * song.noise + shock * noise
    song.uses = uses
    song.spent += song.uses
    song.stock = v.stock_keep * song.stock + (1.0 - v.stock_keep) * song.uses
    lift = 1.0
    if song.stock > 0.0:
        lift += v.lift_median * song.stock / (song.stock + v.lift_median_uses)
        lift += v.lift_head * song.stock / (song.stock + v.lift_head_uses)
    song.streams = (song.burst + (1.0 - song.waiting) * song.audience) * lift * np.exp(song.noise)
    song.burst *= v.burst_keep
    song.audience *= song.life
    song.waiting *= song.rise


@njit(**OPTIONS)
def rank(row: Any, count: int, played: Any, cut: float, v: Any, where: Any) -> Any:
    """Write the positions of the songs on the chart, best first, and count their weeks; return how many there are.

    cut: streams above which songs are looked at first; if they do not fill the chart, all are.
    """
    value = np.empty(count, np.float64)
    found = np.empty(count, np.int64)
    place = 0
    for attempt in range(2):
        size = 0
        for i in range(count):
            if played[i] > cut or attempt == 1:
                value[size] = played[i]
                found[size] = i
                size += 1
        best_first(value, found, size)
        place = 0
        for k in range(size):
            if not barred(place, row[found[k]].charted, v):
                where[place] = found[k]
                place += 1
                if place == PLACES:
                    break
        if place == PLACES:
            break
    for i in range(place):
        row[where[i]].charted += 1
    return place


@njit(**OPTIONS)
def best_first(value: Any, item: Any, size: int) -> None:
    """Sort the first `size` values from the highest down, and their items with them (Shell's method)."""
    for gap in GAPS:
        for i in range(gap, size):
            moved, its = value[i], item[i]
            k = i
            while k >= gap and value[k - gap] < moved:
                value[k], item[k] = value[k - gap], item[k - gap]
                k -= gap
            value[k], item[k] = moved, its


@njit(**OPTIONS)
def barred(place: int, weeks: int, v: Any) -> bool:
    """Return whether a song with so many weeks on the chart has to leave it at this place (counted from 0)."""
    first = weeks >= v.first_rule_weeks and place >= v.first_rule_place
    return bool(first or (weeks >= v.second_rule_weeks and place >= v.second_rule_place))


@njit(**OPTIONS)
def rank_overall(
    week: int, w: int, ids: Any, played: Any, active: Any, sizes: Any, world_weeks: Any, local_weeks: Any, totals: Any,
    v: Any, floor: Any, chart: Any, homes: Any,
) -> None:  # fmt: skip
    """Write the chart of all markets in week w of a record: ids, and the home market of local songs (-1: world).

    ids, played: (M, W, capacity) and active (M, W) as `live_weeks` wrote them. world_weeks (weeks, SLOTS), local_weeks
    (M, weeks, SLOTS): weeks on this chart so far. totals: room, as world_weeks. floor: (1,) streams of the last place
    of the week before, replaced.
    """
    kept = totals.shape[0]
    world_weeks[week % kept] = 0
    local_weeks[:, week % kept] = 0
    add_up(week, w, ids, played, active, sizes, totals)
    most = totals.size
    for m in range(ids.shape[0]):
        most += active[m, w]
    value, item = np.empty(most, np.float64), np.empty(most, np.int64)
    cut, place = floor[0] * SLACK, 0
    floor[0] = 0.0
    for attempt in range(2):
        size = gather(w, ids, played, active, sizes, totals, cut if attempt == 0 else 0.0, value, item)
        best_first(value, item, size)
        place = 0
        for k in range(size):
            home = item[k] // totals.size - 1
            cell = item[k] % totals.size
            age, slot = cell // SLOTS, cell % SLOTS
            if not barred(place, world_weeks[age, slot] if home < 0 else local_weeks[home, age, slot], v):
                released = week - (week - age) % kept
                chart[place] = ((released + FIRST_WEEK) * SLOTS + slot) * 2 + (1 if home < 0 else 0)
                homes[place] = home
                floor[0] = value[k]
                place += 1
                if place == PLACES:
                    break
        if place == PLACES:
            break
    for i in range(place):
        cell = (chart[i] >> 1) % SLOTS + (((chart[i] >> 1) // SLOTS - FIRST_WEEK) % kept) * SLOTS
        if homes[i] < 0:
            world_weeks[cell // SLOTS, cell % SLOTS] += 1
        else:
            local_weeks[homes[i], cell // SLOTS, cell % SLOTS] += 1
    if place < PLACES:
        floor[0] = 0.0
    chart[place:] = -1
    homes[place:] = -1


@njit(**OPTIONS)
def add_up(week: int, w: int, ids: Any, played: Any, active: Any, sizes: Any, totals: Any) -> None:
    """Write the streams of world songs over all markets, by week of release (modulo) and slot."""
    kept = totals.shape[0]
    now = week % kept
    totals[:] = 0.0
    for m in range(ids.shape[0]):
        for i in range(active[m, w]):
            uid = ids[m, w, i] >> 1
            released = uid // SLOTS - FIRST_WEEK
            row = now - (week - released)  # a division costs more than all the rest here
            row += kept if row < 0 else 0
            if row < 0:
                row = released % kept
            totals[row, uid % SLOTS] += sizes[m] * played[m, w, i] if ids[m, w, i] & 1 else 0.0


@njit(**OPTIONS)
def gather(
    w: int, ids: Any, played: Any, active: Any, sizes: Any, totals: Any, cut: float, value: Any, item: Any
) -> Any:
    """Write songs with more streams than `cut`; an item is (home + 1) * cells + cell. Return how many they are."""
    size, kept = 0, totals.shape[0]
    for age in range(kept):
        for slot in range(SLOTS):
            if totals[age, slot] > cut:
                value[size], item[size] = totals[age, slot], age * SLOTS + slot
                size += 1
    for m in range(ids.shape[0]):
        for i in range(active[m, w]):
            if sizes[m] * played[m, w, i] > cut and not ids[m, w, i] & 1:
                uid = ids[m, w, i] >> 1
                cell = ((uid // SLOTS - FIRST_WEEK) % kept) * SLOTS + uid % SLOTS
                value[size], item[size] = sizes[m] * played[m, w, i], (m + 1) * totals.size + cell
                size += 1
    return size


@njit(**OPTIONS)
def cross_section(room: Any, key: Any, v: Any, streams: Any) -> None:
    """Write the streams without noise or lift of a market's songs of every age. room: (1,) SONG."""
    song = room[0]
    k = 0
    for age in range(v.weeks):
        for slot in range(v.contenders):
            release(song, age * SLOTS + slot, key, v, 1.0, 0.0)
            heard = (1.0 - song.waiting * song.rise**age) * song.audience * song.life**age
            streams[k] = song.burst * v.burst_keep**age + heard
            k += 1
