"""The numbers of a report, each with a row that says what it is and where it comes from; words link to the row."""

from __future__ import annotations

from dataclasses import dataclass, field

import pandas as pd

from model.experiments.report.document import link

COLUMNS = (
    "number", "outcome", "kind", "scenario", "base", "market", "over", "date", "unit", "value", "low", "high", "runs",
    "band", "what",
)  # fmt: skip
LEVEL, DIFFERENCE, DERIVED = "level", "difference", "derived"


@dataclass(frozen=True, slots=True)
class Origin:
    """What a number is.

    outcome: as `resonance trace` takes it, "resso.users"; for what is worked out beside the tables of results, its
    name. what: words. kind: LEVEL, DIFFERENCE or DERIVED. scenario, base: names; base "" for a level. market: a code,
    several joined by "+", or "total". over: "end", "horizon", "opening". date: a month, or months, in words. unit,
    value, low, high: NaN where unknown. band: what low and high hold. runs: how many runs it is of.
    """

    outcome: str
    what: str
    kind: str
    scenario: str
    base: str
    market: str
    over: str
    date: str
    unit: str
    value: float
    low: float = float("nan")
    high: float = float("nan")
    band: str = ""
    runs: int = 0

    @property
    def key(self) -> tuple[str, ...]:
        """What tells it from every other number."""
        return (self.outcome, self.kind, self.scenario, self.base, self.market, self.over, self.date, self.unit)


@dataclass
class Numbers:
    """The numbers told so far, each once."""

    _places: dict[tuple[str, ...], str] = field(default_factory=dict)
    _origins: list[Origin] = field(default_factory=list)

    def place(self, origin: Origin) -> str:
        """Return the name of a number's row, which is made where it is new."""
        if origin.key not in self._places:
            self._origins.append(origin)
            self._places[origin.key] = f"n{len(self._origins)}"
        return self._places[origin.key]

    def told(self, text: str, origin: Origin) -> str:
        """Return words for a number that lead to its row."""
        return link(self.place(origin), text)

    @property
    def rows(self) -> tuple[tuple[str, Origin], ...]:
        """Every number with the name of its row, in the order in which they were first told."""
        return tuple((f"n{at}", one) for at, one in enumerate(self._origins, start=1))

    def table(self) -> pd.DataFrame:
        """Return a row per number, columns as `COLUMNS`."""
        rows = [(name, *(getattr(one, column) for column in COLUMNS[1:])) for name, one in self.rows]
        return pd.DataFrame(rows, columns=list(COLUMNS))
