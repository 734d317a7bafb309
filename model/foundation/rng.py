"""Keyed random numbers: every draw is a function of (seed, names, identity), never of a shared sequence.

`stream_key` hashes the seed and any number of names (market, decision, month, platform) to 64 bits; `uniforms` turns a
key and an array of identities into numbers in (0, 1). The same pair always gives the same number, whoever else draws.
The mixer is splitmix64 (Steele, Lea and Flood 2014); the compiled kernels hold the same lines.
"""

from __future__ import annotations

import hashlib

import numpy as np
from numpy.typing import NDArray

GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_M1 = np.uint64(0xBF58476D1CE4E5B9)
_M2 = np.uint64(0x94D049BB133111EB)
_STEP = 2.0**-52


def stream_key(seed: int, *names: str | int) -> np.uint64:
    """Return the 64-bit key of one stream of draws, e.g. `stream_key(7, "IN", "attention", 3)`.

    Names are identities (stable strings) or whole numbers such as the month; positions never enter.
    """
    text = "\x1f".join([str(int(seed)), *(str(name) for name in names)])
    return np.uint64(int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "little"))


def mix(words: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Return splitmix64's finaliser of each 64-bit word."""
    with np.errstate(over="ignore"):
        words = (words ^ (words >> np.uint64(30))) * _M1
        words = (words ^ (words >> np.uint64(27))) * _M2
    return words ^ (words >> np.uint64(31))


def uniforms(key: np.uint64, identities: NDArray[np.integer]) -> NDArray[np.float64]:
    """Return one number strictly inside (0, 1) per identity: 52 bits, so rare events keep their probability
    and no number rounds to 1.

    identities: (n,) whole numbers, e.g. user ids. Returns (n,).
    """
    with np.errstate(over="ignore"):
        words = mix(key + identities.astype(np.uint64) * GOLDEN)
    return ((words >> np.uint64(12)).astype(np.float64) + 0.5) * _STEP
