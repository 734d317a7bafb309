"""What a result remembers of its scenario, so that it reads the same after it was saved and loaded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from model.facts.start import DATES
from model.facts.units import MARKETS
from model.foundation.months import show_month
from model.foundation.plain import fitting
from model.spec.explain import event_words
from model.spec.scenario import Scenario

_FORM = {
    "name": str, "about": str, "start": str, "months": int, "users": int, "markets": [str], "seed": int,
    "replicates": int, "growth": bool, "digest": str, "explanation": str,
    "canonical": {"parameters": {str: (float, bool)}, "strategies?": [{"actor": str, "rule": str}],
                  "settings?": {str: [[object]]}},
    "events?": [{"date": str, "kind": str, "platform": str, "item": str, "markets": [str], "words": str,
                 "source": str}],
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class ScenarioCard:
    """Scenario in plain values.

    canonical: what determines the numbers; explanation: the scenario in words. events: a mapping per dated event, with
    date, kind, platform, item, markets, words and source (fact ids, "" where none is told); empty in a card that was
    saved before events were kept.
    """

    name: str
    about: str
    start: str
    months: int
    users: int
    markets: tuple[str, ...]
    seed: int
    replicates: int
    growth: bool
    digest: str
    canonical: Mapping[str, object]
    explanation: str
    events: tuple[Mapping[str, Any], ...] = ()

    @classmethod
    def of(cls, scenario: Scenario) -> ScenarioCard:
        """Return the card of a scenario."""
        return cls(
            name=scenario.name, about=scenario.about, start=scenario.start, months=scenario.months,
            users=scenario.users, markets=scenario.markets, seed=scenario.seed, replicates=scenario.replicates,
            growth=scenario.growth, digest=scenario.digest, canonical=scenario.canonical(),
            explanation=scenario.explain(),
            events=tuple(
                {"date": show_month(one.month) + (f"-{one.day:02d}" if one.day else ""), "kind": one.kind,
                 "platform": one.service, "item": one.item, "markets": list(one.markets),
                 "words": event_words(one, scenario.names), "source": one.source}
                for one in scenario.events
            ),
        )  # fmt: skip

    @classmethod
    def from_plain(cls, values: Mapping[str, Any]) -> ScenarioCard:
        """Return the card of plain values, as `plain` gives them; KeyError, TypeError or ValueError for others."""
        fitting(values, _FORM, place="scenario")
        unknown = [code for code in values["markets"] if code not in MARKETS]
        if unknown or not values["markets"]:
            raise ValueError(f"scenario.markets are known: {', '.join(unknown) or 'none'}")
        cells = [len(cell) for found in values["canonical"].get("settings", {}).values() for cell in found]
        if set(cells) - {5}:
            raise ValueError("scenario.canonical.settings are cells of five")
        if values["start"] not in DATES:
            raise ValueError(f"scenario.start is a date that has a start: {values['start']}")
        return cls(**{**values, "markets": tuple(values["markets"]), "events": tuple(values.get("events", ()))})

    def plain(self) -> dict[str, object]:
        """Return the card as plain values for JSON."""
        return {**asdict(self), "markets": list(self.markets), "events": [dict(one) for one in self.events]}

    @property
    def played(self) -> tuple[tuple[str, str], ...]:
        """(actor, rule) of the strategies that are played."""
        rules: Any = self.canonical.get("strategies", ())
        return tuple((str(one["actor"]), str(one["rule"])) for one in rules)

    def parameter(self, name: str) -> float:
        """Return the value of a parameter in this scenario."""
        values: Any = self.canonical["parameters"]
        return float(values[name])

    def parameters(self) -> dict[str, float]:
        """Return the values of all parameters in this scenario, by name."""
        values: Any = self.canonical["parameters"]
        return {str(name): float(value) for name, value in values.items()}
