"""Attention: who reconsiders this month, at the ordinary rate or for sure, because something happened to them.

A compiled kernel in a file of its own; the keyed draw is written out again here, since the compiler's disk cache does
not see changes in imported functions.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import float32, int64, njit, uint64

from model.mechanisms.columns import CHANCE, FAILED, SURE

OPTIONS: dict[str, Any] = {"cache": True, "nogil": True, "error_model": "numpy"}


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
def attend(
    users: Any, offers: Any, w: Any, begin: int, end: int, attention_key: Any, failure_key: Any, flag: Any
) -> None:
    """Set each user's flag: CHANCE (reconsiders at the ordinary rate), SURE (something happened), FAILED (payment
    failed).

    flag: (n,) uint8, written. Trials run down by a month here; one that ends makes its user reconsider.
    """
    any_lost = _any_lost(offers.lost)
    for i in range(begin, end):
        j = users.main[i]
        mark = 0
        if users.trial[i] > 0:
            users.trial[i] -= 1
            if users.trial[i] == 0:
                mark = SURE
        paying = offers.nest[j] == 2 and users.trial[i] == 0
        if paying and uniform(failure_key, users.uid[i]) < w.payment_failure:
            mark = SURE | FAILED
        p = offers.platform[j]
        if p >= 0:
            if offers.is_open[j] == 0:
                mark |= SURE
            if any_lost[p] and _loss(users.taste, i, offers.lost[p]) > w.loss_threshold:
                mark |= SURE
        if mark & SURE == 0:
            rho = w.rho_paid if offers.nest[j] == 2 else w.rho_free
            rho += (float32(1.0) - rho) * offers.triggers[j]
            if uniform(attention_key, users.uid[i]) < rho:
                mark = CHANCE
        flag[i] = mark


@njit(**OPTIONS)
def _any_lost(lost: Any) -> Any:
    """Return (P,) whether the service lost anything this month: mostly not, and then nobody's taste need be read."""
    result = np.zeros(lost.shape[0], np.bool_)
    for p in range(lost.shape[0]):
        for label in range(lost.shape[1]):
            result[p] |= lost[p, label] != float32(0.0)
    return result


@njit(**OPTIONS)
def _loss(taste: Any, i: int, lost: Any) -> Any:
    """Return the share of user i's own listening that left the catalogue."""
    gone = float32(0.0)
    for label in range(taste.shape[0]):
        gone += taste[label, i] * lost[label]
    return gone
