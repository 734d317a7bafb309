"""The fingerprint of a result: hashes of every table's columns month by month, and sums that say how far apart two are.

Same hashes: the same bits. Other hashes with the same whole numbers, words and gaps, and sums within `TOLERANCE`: the
last digits of a maths library. Anything else: other numbers.
"""

from __future__ import annotations

import hashlib
import json
import platform
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import metadata
from math import fsum
from pathlib import Path
from typing import Any

import llvmlite.binding
import numba
import numpy as np
import pandas as pd

TOLERANCE = 1e-9
"""Of a column's sum of magnitudes in a month: up to this, another last digit explains it."""
SAME, NEAR, OTHER = "the same bits", "within tolerance: another maths library's last digits", "other numbers"
WHOLE = "all"
"""Stands in place of the month for tables without months."""
LIBRARIES = ("numpy", "numba", "llvmlite", "scipy", "pandas")

Print = dict[str, dict[str, list[Any]]]
"""By "table.column", then month: the hash; of decimals also gaps, sum of magnitudes, sum of logarithms, count."""


@dataclass(frozen=True, slots=True)
class Difference:
    """A column's month that is not as it was. near: within tolerance; apart: distance over the column's magnitude."""

    column: str
    month: str
    near: bool
    apart: float

    def __str__(self) -> str:
        return f"{self.column}, month {self.month}: {NEAR if self.near else OTHER} ({self.apart:.1e} apart)"


def print_of(frames: Mapping[str, pd.DataFrame]) -> Print:
    """Return the fingerprint of tables by name. The order of rows is part of it."""
    return {
        f"{name}.{column}": {month: _sealed(rows[column]) for month, rows in months}
        for name, frame in frames.items()
        for months in [list(_months(frame))]
        for column in frame.columns
    }


def _months(frame: pd.DataFrame) -> Iterator[tuple[str, pd.DataFrame]]:
    if "month" not in frame.columns:
        yield WHOLE, frame
        return
    for month, rows in frame.groupby("month", sort=True):
        yield str(month), rows


def _sealed(column: pd.Series[Any]) -> list[Any]:
    values = column.to_numpy()
    if values.dtype.kind not in "biuf":
        words = [None if missing else str(one) for one, missing in zip(values, column.isna(), strict=True)]
        return [_digest(json.dumps(words).encode())]
    plain = np.ascontiguousarray(values, dtype=values.dtype.newbyteorder("<"))
    if plain.dtype.kind != "f":
        return [_digest(plain.tobytes())]
    plain = np.where(np.isnan(plain), np.nan, plain)  # one nan for all: processors differ in its sign
    known = np.isfinite(plain)
    weights = 1.0 + np.arange(plain.size) / plain.size if plain.size else plain
    gaps = "".join("n" if np.isnan(one) else "+" if one > 0 else "-" for one in plain[~known]) + str(known.tobytes())
    size, logs = np.abs(plain[known]), np.arcsinh(plain[known]) * weights[known]
    return [_digest(plain.tobytes()), _digest(gaps.encode()), fsum(size), fsum(logs), int(known.sum())]


def _digest(data: bytes) -> str:
    return hashlib.blake2b(data, digest_size=6).hexdigest()


def differences(before: Print, now: Print) -> list[Difference]:
    """Return where two fingerprints differ, the earliest month first, and in it the order of the columns."""
    order = {name: number for number, name in enumerate(dict.fromkeys((*before, *now)))}
    found = [
        one
        for name in order
        for month in dict.fromkeys((*before.get(name, {}), *now.get(name, {})))
        if (one := _compared(name, month, before.get(name, {}).get(month), now.get(name, {}).get(month))) is not None
    ]
    return sorted(found, key=lambda one: (one.month == WHOLE, len(one.month), one.month, order[one.column]))


def _compared(name: str, month: str, old: Sequence[Any] | None, new: Sequence[Any] | None) -> Difference | None:
    if old is not None and new is not None:
        if old[0] == new[0]:
            return None
        if len(old) == len(new) == 5 and (old[1], old[4]) == (new[1], new[4]):
            apart = max(
                abs(old[2] - new[2]) / max(old[2], 1e-300) if old[2] != new[2] else 0.0,
                abs(old[3] - new[3]) / (old[4] + abs(old[3])),
            )
            return Difference(name, month, apart <= TOLERANCE, apart)
    return Difference(name, month, False, float("inf"))


def verdict(found: Sequence[Difference]) -> str:
    """Return SAME, NEAR or OTHER."""
    return SAME if not found else NEAR if all(one.near for one in found) else OTHER


def told(found: Sequence[Difference]) -> str:
    """Return in a line what differs: the verdict, how much of it, and the first and the largest difference."""
    if not found:
        return SAME
    worst = max(found, key=lambda one: one.apart)
    first = next((one for one in found if not one.near), found[0])
    return f"{verdict(found)}; {len(found)} months of columns, first {first}, farthest {worst}"


def maths() -> dict[str, str]:
    """Return what numbers pass through that may round otherwise: processor, and versions of the libraries."""
    processor = f"{platform.machine()} {llvmlite.binding.get_host_cpu_name()}"
    simd = " ".join(sorted(name for name, there in _numpy_features().items() if there))
    threads = str(numba.config.CPU_NAME or "")
    return {"processor": processor, "simd": simd, "compiled for": threads or "this processor"} | {
        name: metadata.version(name) for name in LIBRARIES
    }


def _numpy_features() -> Mapping[str, bool]:
    from numpy._core import _multiarray_umath  # NumPy tells what it found nowhere else

    return dict(_multiarray_umath.__cpu_features__)


@dataclass(frozen=True, slots=True)
class Committed:
    """A fingerprint that was accepted, with the maths that it was made by."""

    maths: Mapping[str, str]
    found: Print

    def save(self, path: Path) -> None:
        """Write it, one column to a line."""
        lines = ",\n".join(f"  {json.dumps(name)}: {json.dumps(months)}" for name, months in self.found.items())
        path.write_text(
            f'{{"maths": {json.dumps(dict(self.maths))},\n "columns": {{\n{lines}\n}}}}\n', encoding="utf-8"
        )

    @classmethod
    def load(cls, path: Path) -> Committed:
        """Read what `save` wrote."""
        raw = json.loads(path.read_text(encoding="utf-8"))
        return cls(raw["maths"], raw["columns"])
