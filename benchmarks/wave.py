"""A full renewal wave: ten services, ten labels, twenty markets, the default subsample; it should take under a minute.

`python -m benchmarks.wave [--draws 3] [--orders 4]`. The first wave settles the start where none is kept.
"""

from __future__ import annotations

import argparse
import time

from benchmarks.timing import Line, show
from model.experiments.run import warm_up
from model.experiments.wave import RenewalWave, renewal_wave
from model.foundation.threads import most_threads

LONGEST = 60.0


def main() -> None:
    """Run one wave twice and print what it took."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--draws", type=int, default=3)
    asked.add_argument("--orders", type=int, default=4)
    options = asked.parse_args()
    warm_up()
    first, _, _ = timed(draws=options.draws, orders=options.orders)
    again, worked, wave = timed(draws=options.draws, orders=options.orders)
    networks, request = wave.networks(), wave.request
    licences = int(networks["licences"].sum())
    lived = request.draws * (licences + len(networks) + int(networks["networks_lived"].sum())) * request.months
    show(
        f"A renewal wave of {licences} licences: {request.draws} draws, {request.users:,} users a market, "
        f"{request.months} months, {most_threads()} cores",
        [
            Line("with a start to load or settle", f"{first:.1f} s", f"at most {LONGEST:g} s", first <= LONGEST),
            Line("processor time of the second", f"{worked:.1f} s"),
            Line("once more", f"{again:.1f} s", f"at most {LONGEST:g} s", again <= LONGEST),
            Line("markets' months lived", f"{lived:,}, {1e3 * worked / lived:.2f} ms each"),
            Line("networks lived for the order of expiry", f"{int(networks['networks_lived'].sum())}"),
        ],
    )


def timed(*, draws: int, orders: int) -> tuple[float, float, RenewalWave]:
    """Return the seconds of a wave by the clock and of the processor, which others on the machine lengthen less."""
    begun, worked = time.perf_counter(), time.process_time()
    wave = renewal_wave("june_2022", draws=draws, orders=orders)
    return time.perf_counter() - begun, time.process_time() - worked, wave


if __name__ == "__main__":
    main()
