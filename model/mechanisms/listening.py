"""Listening: whose music is played where. Reads users, offers and catalogues; returns the month's activity.

A listener's hours go to the main service, and a share of them to the second one. On a service they fall on labels in
proportion to own taste times what the service may play. Totals are sums of whole numbers (units of 2^-20 hours), so
they do not depend on threads, blocks or order.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import int64, njit
from numpy.typing import NDArray

from model.foundation.threads import PARTS, over_ranges
from model.state.activity import MarketActivity
from model.state.users import UserArrays

UNIT = 1048576.0


def listen(
    users: UserArrays,
    *,
    active: int,
    platform: NDArray[np.int32],
    nest: NDArray[np.int32],
    available: NDArray[np.float32],
    pull: NDArray[np.float64],
    second_share: float,
    weight: float,
    factor: float = 1.0,
) -> MarketActivity:
    """Return what the people of the market did this month.

    platform, nest: (J+1,) of the options. available: (P, L). pull: (L,) labels' share of attention over their share of
    repertoire, 1 at rest. second_share: part of hours on the second service. weight: people per simulated user.
    factor: hours of all music over those at rest.
    """
    options, labels = platform.shape[0], users.taste.shape[0]
    hours = np.zeros((PARTS, options, labels), np.int64)
    usage = np.zeros((PARTS, options, labels), np.int64)
    heads = np.zeros((PARTS, 4, options), np.int64)

    def work(part: int, begin: int, end: int) -> None:
        _listen(
            users.main, users.second, users.trial, users.hours, users.taste, begin, end,
            platform, nest, available, pull, second_share, factor, hours[part], usage[part], heads[part],
        )  # fmt: skip

    over_ranges(work, active)
    people = heads.sum(axis=0) * weight
    return MarketActivity(
        users=people[0] + people[1],
        main_users=people[0].copy(),
        billed=people[2],
        in_trial=people[3],
        hours=(hours.sum(axis=0) * (weight / UNIT)).astype(np.float64),
        billed_usage=(usage.sum(axis=0) * (weight / UNIT)).astype(np.float64),
    )


@njit(cache=True, nogil=True, error_model="numpy")
def _listen(
    main: Any, second: Any, trial: Any, hours: Any, taste: Any, begin: int, end: int,
    platform: Any, nest: Any, available: Any, pull: Any, second_share: float, factor: float,
    out: Any, usage: Any, heads: Any,
) -> None:  # fmt: skip
    labels = taste.shape[0]
    share = np.empty(labels, np.float64)
    for i in range(begin, end):
        j = main[i]
        heads[0, j] += 1
        if j == 0:
            continue
        other = second[i]
        rest = second_share if other > 0 else 0.0
        for turn in range(2):
            option = j if turn == 0 else other
            if option == 0:
                continue
            total = 0.0
            for label in range(labels):
                share[label] = taste[label, i] * available[platform[option], label] * pull[label]
                total += share[label]
            scale = UNIT / total if total > 0.0 else 0.0
            length = hours[i] * factor * ((1.0 - rest) if turn == 0 else rest)
            billed = nest[option] == 2 and (turn == 1 or trial[i] == 0)
            for label in range(labels):
                out[option, label] += int64(share[label] * scale * length)
                if billed:
                    usage[option, label] += int64(share[label] * scale)
            if turn == 1:
                heads[1, option] += 1
            if billed:
                heads[2, option] += 1
            elif nest[option] == 2:
                heads[3, option] += 1
