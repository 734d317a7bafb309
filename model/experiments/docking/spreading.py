"""Bass diffusion: the closed form, its differential equation, and awareness of one service in the mechanism."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.integrate import solve_ivp

from model.experiments.docking.case import Docked, Panel, check, curve
from model.facts.start import load_start
from model.market.opening import open_country
from model.mechanisms.awareness import spread_awareness
from model.spec.parameters import Parameters
from model.state.country import Country
from model.theory.diffusion import bass_adoption, bass_adoption_rate, next_awareness

Floats = NDArray[np.float64]
INNOVATION, IMITATION, YEARS = 0.03, 0.38, 16
"""Rates a year as Bass found them for durables, and the years followed."""
MARKET, SEED = "SG", 7
SCALES = (1, 4)
"""The mechanism's months, and its rates a quarter as large over four times as many: nearer to moments."""


def bass(full: bool) -> Docked:
    """Hold the curve against its equation, and the mechanism against the curve and against its own months in steps."""
    years = np.linspace(0.0, YEARS, 161)
    law = {"innovation": INNOVATION, "imitation": IMITATION}
    solved = solve_ivp(lambda _, f: (INNOVATION + IMITATION * f) * (1.0 - f), (0.0, YEARS), [0.0], method="DOP853",
                       t_eval=years, rtol=1e-11, atol=1e-13)  # fmt: skip
    people = 200_000 if full else 20_000
    paths = {scale: lived_awareness(scale, people=people) for scale in SCALES}
    stepped = {scale: stepped_awareness(scale) for scale in SCALES}
    limits = {scale: bass_adoption(_years(scale), **law) for scale in SCALES}
    noise = 4.0 * np.sqrt(0.25 / people) * 2.0
    checks = (
        check("share that has adopted over 16 years, closed form, against its differential equation",
              ours=bass_adoption(years, **law), reference=solved.y[0], tolerance=1e-9, relative=False, unit="share",
              why="error of the integration"),
        check("share that knows one service, mechanism, against the same months in expected values",
              ours=paths[1], reference=stepped[1], tolerance=noise, relative=False, unit="share",
              why=f"chance: {people:,} people; early luck is carried on by word of mouth"),
        check("the same against Bass, a month as one step", ours=paths[1], reference=limits[1],
              tolerance=0.01 + noise, relative=False, unit="share",
              why="months: who learns in a month tells others from the next month on; and chance"),
        check("the same with steps of a quarter of a month", ours=paths[4], reference=limits[4],
              tolerance=0.0025 + noise, relative=False, unit="share", why="a quarter of that; and chance"),
        check("that gap in expected values: month over quarter of a month",
              ours=np.abs(stepped[1] - limits[1]).max() / np.abs(stepped[4] - limits[4]).max(), reference=4.0,
              tolerance=0.05, why="the gap falls as the step to first order, not exactly"),
    )  # fmt: skip
    month = _years(1)
    adopted = curve("Bass; mechanism, a dot every four months", years, 100.0 * bass_adoption(years, **law),
                    at=month[::4], ours=100.0 * paths[1][::4])  # fmt: skip
    pace = curve("Bass; mechanism, mean over six months", years, 100.0 * bass_adoption_rate(years, **law),
                 at=0.5 * (month[6::6] + month[:-6:6]), ours=200.0 * np.diff(paths[1][::6]))  # fmt: skip
    return Docked(checks, (
        Panel("Who knows the service", "years from launch", "% of people", (adopted,)),
        Panel("Who learns of it", "years from launch", "% of people a year", (pace,)),
    ))  # fmt: skip


def lived_awareness(scale: int, *, people: int) -> Floats:
    """Return the share that knows the service at the start and after each step (of a month / scale).

    One service is open, everybody is in one community, nobody forgets, TikTok is silent, and whoever knows the service
    takes it at once: then marketing is innovation and word of mouth is imitation.
    """
    country, parameters, platform = _alone(scale, people=people)
    users, bit = country.users, np.uint32(1 << platform)
    option = country.offers.of_platform(country.platforms[platform])[0]
    shares = [0.0]
    for month in range(1, 12 * YEARS * scale + 1):
        spread_awareness(country, parameters, seed=SEED, month=month)
        users.main[(users.aware & bit) != 0] = option
        shares.append(float((users.main == option).mean()))
    return np.array(shares)


def stepped_awareness(scale: int) -> Floats:
    """Return the same in expected values: A' = A + (1 - A) (1 - exp(-(p + q A) / (12 scale)))."""
    shares, step = [0.0], 1.0 / (12.0 * scale)
    for _ in range(12 * YEARS * scale):
        hazard = step * (INNOVATION + IMITATION * shares[-1])
        shares.append(float(next_awareness(shares[-1], hazard=hazard, forgetting=0.0)))
    return np.array(shares)


def _years(scale: int) -> Floats:
    return np.arange(12 * YEARS * scale + 1) / (12.0 * scale)


def _alone(scale: int, *, people: int) -> tuple[Country, Parameters, int]:
    step = 1.0 / (12.0 * scale)
    parameters = Parameters({"forgetting": 0.0, "tiktok_awareness": 0.0, "word_of_mouth": IMITATION * step})
    country = open_country(load_start(), MARKET, parameters, users=people, horizon=1, growth=False, seed=SEED)
    platform = country.platforms.index("spotify")
    country.offers.is_open[1:] = country.offers.platform[1:] == platform
    country.marketing_hazard[:] = 0.0
    country.marketing_hazard[platform] = INNOVATION * step
    country.offers.marketing[:] = 1.0
    country.users.community[:] = 0
    country.users.aware[:], country.users.main[:], country.users.second[:] = 0, 0, 0
    return country, parameters, platform
