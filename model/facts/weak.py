"""What is weakly known at the start, ordered by how much it matters."""

from __future__ import annotations

import math
from dataclasses import dataclass

from model.facts.records import StartState

ASSUMPTION_FACTOR = 1.5
"""An assumption counts half as much again as a derived or found number with the same band."""
LEFT_OUT = ("other",)


@dataclass(frozen=True, slots=True)
class WeakCell:
    """A number of the start with its 80% band.

    weight: its share of the market times the width of its band (logarithm of high over low), times 1.5 for an
    assumption. kind: users (M), repertoire (share of listening).
    """

    market: str
    name: str
    kind: str
    value: float
    low: float
    high: float
    unit: str
    confidence: str
    basis: str
    weight: float
    fact_ids: tuple[str, ...]


def weak_cells(state: StartState) -> tuple[WeakCell, ...]:
    """Return users of every service (but `other`) and every label's share, the weightiest doubt first."""
    found: list[WeakCell] = []
    for code, market in state.markets.items():
        total = sum(cell.mau_m for cell in market.platforms.values())
        for name, cell in market.platforms.items():
            if name not in LEFT_OUT and cell.mau_m > 0.0:
                weight = _weight(cell.mau_m / total, *cell.mau_band, cell.confidence)
                found.append(WeakCell(code, name, "users", cell.mau_m, *cell.mau_band, "M", cell.confidence,
                                      cell.basis, weight, cell.fact_ids))  # fmt: skip
        for name, label in market.repertoire.items():
            weight = _weight(label.share, label.low, label.high, label.confidence)
            found.append(WeakCell(code, name, "repertoire", label.share, label.low, label.high, "share",
                                  label.confidence, label.basis, weight, label.fact_ids))  # fmt: skip
    return tuple(sorted(found, key=lambda cell: -cell.weight))


def _weight(share: float, low: float, high: float, confidence: str) -> float:
    if low <= 0.0 or high <= low:
        return 0.0
    return share * math.log(high / low) * (ASSUMPTION_FACTOR if confidence == "assumption" else 1.0)
