"""Choice: who reconsiders, and which main and second service they take.

Reads users, offers, catalogues, community shares; writes service, tier, trial, tenure, awareness of what was taken.
Utility, nests and draws are those of `model.theory.utility` and `model.theory.choice`; the kernels are compiled.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from model.foundation.rng import stream_key
from model.foundation.threads import PARTS, over_ranges
from model.mechanisms import attention
from model.mechanisms import choice_kernel as kernel
from model.mechanisms.columns import (
    OfferColumns,
    UserColumns,
    offer_columns,
    quality_factors,
    user_columns,
    weights_of,
)
from model.spec.parameters import Parameters
from model.state.country import Country

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Flows:
    """Moves of one market in one month, in people.

    counts: (J+1, J+1) from option to option, of those who reconsidered (the diagonal stayed) and of those whom a
    takeover moved before. expected: the same as sums of choice probabilities: same expectation, far less noise.
    """

    counts: Floats
    expected: Floats


def attend(country: Country, parameters: Parameters, columns: UserColumns, offers: OfferColumns,
           *, seed: int, month: int) -> NDArray[np.uint8]:  # fmt: skip
    """Return (n,) flags of the users who reconsider this month (see `attention.attend`); trials run down by a month."""
    flag = np.zeros(len(country.users), np.uint8)
    weights = weights_of(country, parameters)
    ordinary, failure = (stream_key(seed, name, country.market, month) for name in ("attention", "failure"))

    def work(_: int, begin: int, end: int) -> None:
        attention.attend(columns, offers, weights, begin, end, ordinary, failure, flag)

    over_ranges(work, country.active)
    return flag


def choose(country: Country, parameters: Parameters, *, seed: int, month: int) -> Flows:
    """Let the users of a market choose for one month; returns the flows in people."""
    columns, offers = user_columns(country), offer_columns(country)
    flag = attend(country, parameters, columns, offers, seed=seed, month=month)
    flows = _choose(country, parameters, columns, offers, flag, seed=seed, month=month)
    for move, people in country.carried.items():
        flows.counts[move] += people
        flows.expected[move] += people
    return flows


def choose_main(country: Country, parameters: Parameters, columns: UserColumns, offers: OfferColumns,
                flag: NDArray[np.uint8], *, seed: int, month: int) -> Flows:  # fmt: skip
    """Let the attentive users choose their main service; returns the flows in people."""
    return _choose(country, parameters, columns, offers, flag, seed=seed, month=month, second=False)


def choose_second(country: Country, parameters: Parameters, columns: UserColumns, offers: OfferColumns,
                  flag: NDArray[np.uint8], *, seed: int, month: int) -> None:  # fmt: skip
    """Let the attentive users choose a second service beside the main one."""
    _choose(country, parameters, columns, offers, flag, seed=seed, month=month, main=False)


def _choose(
    country: Country, parameters: Parameters, columns: UserColumns, offers: OfferColumns, flag: NDArray[np.uint8],
    *, seed: int, month: int, main: bool = True, second: bool = True,
) -> Flows:  # fmt: skip
    options = len(country.offers)
    counts = np.zeros((PARTS, options, options), np.int64)
    chances = np.zeros((PARTS, options, options), np.int64)
    main_quality, second_quality = quality_factors(country, parameters)
    weights = weights_of(country, parameters)
    key, second_key = (stream_key(seed, name, country.market, month) for name in ("choice", "second"))

    def work(part: int, begin: int, end: int) -> None:
        kernel.choose(
            columns, offers, weights, begin, end, flag, main, key, main_quality, counts[part], chances[part],
            second, second_key, second_quality,
        )  # fmt: skip

    over_ranges(work, country.active)
    moved = (counts.sum(axis=0) * country.weight).astype(np.float64)
    expected = (chances.sum(axis=0) * (country.weight / float(kernel.UNIT))).astype(np.float64)
    return Flows(counts=moved, expected=expected)
