"""What is asked of a saved folder, and the answer in words and in plain values; what all kinds of folders share."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from model.foundation.errors import Fault, InputError, nearest
from model.results.card import ScenarioCard
from model.results.measures import MEASURES
from model.results.origin import Origin, origin_of
from model.results.provenance import Provenance

ROWS = 12
WIDTH = 110
AGAIN = "Make it again, or trace a whole copy."


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked about. metric: a column or an outcome such as "resso.users", "" for the list of what can be asked.

    where: market, platform, tier, label. date: a month, "YYYY-MM". point, policy: of a sweep. full: all there is.
    """

    metric: str = ""
    where: Mapping[str, str] = field(default_factory=dict)
    date: str = ""
    point: int | None = None
    policy: str = ""
    full: bool = False


@dataclass(frozen=True, slots=True)
class Traced:
    """The answer, in words and as plain values for JSON."""

    text: str
    plain: dict[str, Any]


def split_outcome(metric: str) -> tuple[str, str]:
    """Return (who, column) of "resso.users"; who is "" for a plain column."""
    who, _, column = metric.rpartition(".")
    return who, column


def origin_in(saved: Mapping[str, Any], column: str, where: Mapping[str, str], date: str = "") -> Origin:
    """Return the origin of a column in one scenario that was saved as `identity.origins_of` gives it."""
    card, provenance = ScenarioCard.from_plain(saved["card"]), Provenance.from_plain(saved["provenance"])
    return origin_of(column, card=card, provenance=provenance, where=where, date=date)


def known_place(word: str, saved: Sequence[Mapping[str, Any]], *, what: str = "market") -> None:
    """Raise InputError where a market is not of the scenarios that were saved."""
    markets = sorted({code for one in saved for code in one["card"]["markets"]})
    if word and word not in markets:
        raise InputError(Fault(f"trace, {what}", "is a market of what was saved", word, nearest(word, markets)))


def unknown_metric(metric: str, known: Sequence[str], *, what: str) -> InputError:
    """Return the error for a metric that is not there, with the nearest name."""
    return InputError(Fault("trace, metric", f"is {what}", metric, nearest(metric, list(known))))


def wrapped(text: str, indent: int = 2) -> list[str]:
    """Return lines of a text, those after the first two blanks further in."""
    space = " " * indent
    return textwrap.wrap(text, width=WIDTH, initial_indent=space, subsequent_indent=space + "  ",
                         break_on_hyphens=False, break_long_words=False)  # fmt: skip


def rows_in_words(rows: pd.DataFrame, *, full: bool) -> list[str]:
    """Return rows of a table as lines, the first of them unless all are asked for."""
    shown = rows if full else rows.head(ROWS)
    lines = [
        f"  {line}" for line in shown.to_string(index=False, float_format=lambda value: f"{value:.6g}").split("\n")
    ]
    return [*lines, *([f"  {len(rows) - len(shown)} more rows (--full lists them)"] if len(shown) < len(rows) else [])]


def rows_plain(rows: pd.DataFrame) -> list[dict[str, Any]]:
    """Return rows as plain values; a number that is none is null."""
    found = rows.astype(object).where(rows.notna(), None).to_dict("records")
    return [{str(key): _plain(value) for key, value in row.items()} for row in found]


def _plain(value: Any) -> Any:
    made = value.item() if hasattr(value, "item") else value
    if isinstance(made, float) and made in (float("inf"), float("-inf")):
        return str(made)
    return made


def words_of(column: str) -> str:
    """Return a declared column's label, unit and meaning, "" for a column that is not declared."""
    line = MEASURES.get(column)
    return f"{line.label} [{line.unit}]: {line.meaning}" if line else ""
