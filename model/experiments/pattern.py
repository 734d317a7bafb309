"""A pattern: what is observed, what the model gives, and the verdict; and the table of many."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import pandas as pd
from rich.table import Table

Verdict = Literal["hit", "miss", "input", "later"]


@dataclass(frozen=True, slots=True)
class Pattern:
    """One pattern: what is observed, what the model gives, and the verdict.

    low, high: the band in which the model hits, in `unit`. model: None where a later part is needed. run: the scenario
    and run id that the number comes from.
    """

    name: str
    text: str
    unit: str
    target: str
    low: float
    high: float
    model: float | None
    verdict: Verdict
    run: str


def judged(name: str, text: str, unit: str, target: float, tolerance: float, model: float, run: str) -> Pattern:
    """Return a pattern whose band is the target plus and minus a tolerance."""
    return ranged(name, text, unit, f"{target:g} ± {tolerance:g}", target - tolerance, target + tolerance, model, run)


def ranged(name: str, text: str, unit: str, target: str, low: float, high: float, model: float, run: str) -> Pattern:
    """Return a pattern that is hit inside [low, high]."""
    verdict: Verdict = "hit" if low <= model <= high else "miss"
    return Pattern(name, text, unit, target, low, high, float(model), verdict, run)


def given(name: str, text: str, unit: str, target: str, model: float, run: str) -> Pattern:
    """Return a pattern that the assimilation sets, so that it proves nothing."""
    return Pattern(name, text, unit, target, float("-inf"), float("inf"), float(model), "input", run)


def later(name: str, text: str, target: str) -> Pattern:
    """Return a pattern that needs a part of the model that is not built yet."""
    return Pattern(name, text, "", target, float("nan"), float("nan"), None, "later", "")


def all_within(name: str, text: str, gaps: pd.Series[float], tolerance: float, run: str) -> Pattern:
    """Return a pattern that is hit when every cell's gap is within the tolerance; cells outside are named."""
    outside = gaps[gaps.abs() > tolerance]
    listed = ", ".join(
        f"{' '.join(map(str, cell))} {gap:+.1%}" for cell, gap in zip(outside.index, outside, strict=True)
    )
    whole = len(gaps)
    text = f"services above 2% of people: {text}" + (f" (outside: {listed})" if listed else "")
    return ranged(name, text, f"of {whole}", f"all {whole}", whole, whole, whole - len(outside), run)


def pattern_table(found: list[Pattern]) -> Table:
    """Return the patterns as a table to print."""
    table = Table(title="Patterns: target, model, verdict", title_justify="left")
    for name in ("pattern", "what", "target", "model", "verdict", "run"):
        table.add_column(name, justify="right" if name == "model" else "left", overflow="fold")
    colour = {"hit": "green", "miss": "red", "input": "blue", "later": "dim"}
    for one in found:
        value = "-" if one.model is None else f"{one.model:.3g} {one.unit}"
        table.add_row(one.name, one.text, one.target, value, f"[{colour[one.verdict]}]{one.verdict}[/]", one.run)
    return table
