"""A month of choices: kernels against NumPy, one Mesa agent per user, the machine, and growing numbers.

`python -m benchmarks.choice [--market IN] [--users 1000000]`. About two minutes; 10^7 users need 2 GB.
"""

from __future__ import annotations

import argparse
import time
from typing import Any

import numpy as np
from numba import njit

from benchmarks.mesa_users import Listeners
from benchmarks.numpy_layout import NumpyMonth
from benchmarks.timing import Line, fastest, show
from model.facts import load_start
from model.foundation.threads import exactly, most_threads
from model.market.assimilation import assimilate
from model.market.opening import open_country
from model.mechanisms import choice_kernel as kernel
from model.mechanisms.awareness import spread_awareness
from model.mechanisms.choice import attend, choose, choose_main, choose_second, offer_columns, user_columns
from model.spec.parameters import Parameters
from model.state.country import Country

SEED = 7
SETTLED = 20_000
MESA_USERS, NUMPY_USERS = 20_000, 200_000


def main() -> None:
    """Run and print everything."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--market", default="IN")
    asked.add_argument("--users", type=int, default=1_000_000)
    asked.add_argument("--largest", type=int, default=10_000_000)
    options = asked.parse_args()
    parameters = Parameters()
    country = open_country(load_start(), options.market, parameters, users=SETTLED, horizon=1, growth=False, seed=1)
    assimilate(country, parameters, seed=1)
    live(country.copy(), parameters)  # compiles
    agreement(country, parameters)
    cores = most_threads()
    large = repeated(country, options.users)
    rates = {threads: rate(large, parameters, threads=threads) for threads in sorted({1, cores})}
    with exactly(1):
        shares = stages(large, parameters)
    numpy_rate, mesa_rate = rate_of_numpy(country, parameters), rate_of_mesa(country, parameters)
    show(
        f"A month of choices in {options.market}: {len(country.offers) - 1} offers, {len(country.platforms)} services, "
        f"{options.users:,} users, attention {shares.pop('attention'):.3f}",
        [
            *(Line(f"kernels, {n} thread(s)", f"{r / 1e6:.2f} M user-months/s") for n, r in rates.items()),
            Line("of which", ", ".join(f"{name} {share:.0%}" for name, share in shares.items())),
            Line("NumPy, best layout, 1 thread", f"{numpy_rate / 1e6:.2f} M user-months/s"),
            Line("one Mesa agent per user", f"{mesa_rate / 1e6:.4f} M user-months/s"),
            against("kernels / NumPy, one thread each", rates[1] / numpy_rate, 3.0),
            against(f"kernels / NumPy, {cores} threads", rates[cores] / numpy_rate, 3.0),
            against("kernels / Mesa, one thread each", rates[1] / mesa_rate, 100.0),
            *limits(large, parameters, seconds=options.users / rates[1]),
            memory(large),
            *growth(country, parameters, largest=options.largest),
        ],
    )


def against(what: str, ratio: float, target: float) -> Line:
    """Return the line of a ratio that should be at least its target."""
    return Line(what, f"{ratio:.1f} x", f"at least {target:g} x", ratio >= target)


def repeated(country: Country, users: int) -> Country:
    """Return the country with its users repeated up to a number, each with an id of its own."""
    result = country.copy()
    result.users = country.users.take(np.arange(users) % len(country.users))
    result.users.uid[:] = np.arange(users, dtype=np.uint32)
    result.active = users
    return result


def live(country: Country, parameters: Parameters, *, month: int = 1) -> None:
    """Live the full mechanism: awareness, attention, main service, second service."""
    spread_awareness(country, parameters, seed=SEED, month=month)
    choose(country, parameters, seed=SEED, month=month)


def rate(country: Country, parameters: Parameters, *, threads: int) -> float:
    """Return user-months per second of the kernels."""
    months = iter(range(1, 1000))
    with exactly(threads):
        seconds = fastest(lambda: live(country, parameters, month=next(months)), times=7)
    return country.active / seconds


def rate_of_numpy(country: Country, parameters: Parameters) -> float:
    """Return user-months per second of the NumPy layout."""
    large = repeated(country, NUMPY_USERS)
    months = iter(range(1, 1000))
    seconds = fastest(lambda: NumpyMonth(large, parameters, seed=SEED, month=next(months)).run(), times=5)
    return NUMPY_USERS / seconds


def rate_of_mesa(country: Country, parameters: Parameters) -> float:
    """Return user-months per second of one Mesa agent per user (the making of the agents is not counted)."""
    market = Listeners(repeated(country, MESA_USERS), parameters, seed=SEED, month=1)
    return MESA_USERS / fastest(market.live, times=2)


def agreement(country: Country, parameters: Parameters) -> None:
    """Stop if the three do not make the same choices, but for draws within rounding of a boundary."""
    fast, by_numpy = country.copy(), country.copy()
    live(fast, parameters)
    NumpyMonth(by_numpy, parameters, seed=SEED, month=1).run()
    mesa = Listeners(country.copy(), parameters, seed=SEED, month=1)
    mesa.live()
    main = np.array([user.main for user in mesa.users])
    second = np.array([user.second for user in mesa.users])
    odd = (
        np.mean((fast.users.main != by_numpy.users.main) | (fast.users.second != by_numpy.users.second)),
        np.mean((fast.users.main != main) | (fast.users.second != second)),
    )
    moved = np.mean(fast.users.main != country.users.main)
    if max(odd) > 1e-4 or moved < 0.005:
        raise SystemExit(f"not the same mechanism: {odd} of users choose differently ({moved} move)")


def stages(country: Country, parameters: Parameters) -> dict[str, float]:
    """Return each stage's share of the time on one thread, and the share of users who reconsider."""
    clock: dict[str, float] = {}
    for month in range(1, 4):
        there = country.copy()
        begin = time.perf_counter()
        spread_awareness(there, parameters, seed=SEED, month=month)
        columns, offers = user_columns(there), offer_columns(there)
        marks = [time.perf_counter()]
        flag = attend(there, parameters, columns, offers, seed=SEED, month=month)
        marks.append(time.perf_counter())
        choose_main(there, parameters, columns, offers, flag, seed=SEED, month=month)
        marks.append(time.perf_counter())
        choose_second(there, parameters, columns, offers, flag, seed=SEED, month=month)
        marks.append(time.perf_counter())
        for name, length in zip(("awareness", "attention", "main", "second"), np.diff([begin, *marks]), strict=True):
            clock[name] = min(clock.get(name, np.inf), float(length))
    total = sum(clock.values())
    return {
        "attention": float((flag > 0).mean()),
        **{name: length / total for name, length in clock.items() if name != "attention"},
        "attending": clock["attention"] / total,
    }


@njit
def _powers(x: Any, out: Any, times: int) -> None:
    for _ in range(times):
        for i in range(x.shape[0]):
            out[i] = kernel.exp2_f32(out[i] - x[i])  # on itself, so that no pass can be left out


def limits(country: Country, parameters: Parameters, *, seconds: float) -> list[Line]:
    """Return how near one thread comes to the machine: polynomial exp in L1, and memory bandwidth."""
    x = np.linspace(-20, 20, 2048).astype(np.float32)
    out = np.empty_like(x)
    _powers(x, out, 1)
    powers = 2048 * 2000 / fastest(lambda: _powers(x, out, 2000), times=5)
    there = country.copy()
    flag = attend(there, parameters, user_columns(there), offer_columns(there), seed=SEED, month=1)
    needed = float((flag > 0).sum()) * (2 * (len(country.offers) - 1) + 2)
    big = np.ones(50_000_000, np.float32)
    goal = np.empty_like(big)
    bandwidth = 2 * big.nbytes / fastest(lambda: np.copyto(goal, big), times=5)
    read = country.active * 4.0 * country.users.bytes_per_user() / 4.0 - country.active * 4.0  # income is not read
    return [
        Line("exp in L1, one thread", f"{powers / 1e6:.0f} M/s"),
        Line("exp's own part of the month's time", f"{needed / powers / seconds:.0%}"),
        Line("memory bandwidth, one thread", f"{bandwidth / 1e9:.1f} GB/s"),
        Line("reading every column once: part of the time", f"{read / bandwidth / seconds:.0%}"),
    ]


def memory(country: Country) -> Line:
    """Return the line of bytes per user."""
    size = country.users.bytes_per_user()
    return Line("bytes per user", f"{size:.0f}", "at most 100", size <= 100.0)


def growth(country: Country, parameters: Parameters, *, largest: int) -> list[Line]:
    """Return nanoseconds per user-month from 10^5 users on, one thread; linear if none is 10% above the first."""
    lines, first = [], 0.0
    for users in (100_000, 1_000_000, 10_000_000):
        if users > largest:
            break
        large = repeated(country, users)
        each = 1e9 / rate(large, parameters, threads=1)
        first = first or each
        lines.append(
            Line(
                f"per user-month at 10^{len(str(users)) - 1} users",
                f"{each:.1f} ns",
                "within 10% of 10^5",
                each <= 1.1 * first,
            )
        )
    return lines


if __name__ == "__main__":
    main()
