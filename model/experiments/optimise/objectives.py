"""What a search is for: outcomes with a direction, in a market, and over futures on average, at worst or as regret."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from model.experiments.comparing.outcomes import END, HORIZON, WORLD, Outcome
from model.foundation.errors import Fault, InputError, nearest
from model.spec.reading import shown
from model.theory.arrays import FloatArray

Goal = Literal["max", "min"]
How = Literal["mean", "worst", "regret"]
GOALS: tuple[Goal, ...] = ("max", "min")
HOWS: tuple[How, ...] = ("mean", "worst", "regret")
KEYS = ("goal", "market", "over", "how")
Objectives = Mapping[str, object] | Sequence["Objective"]
"""{outcome: "max" or "min"}, {outcome: {"goal": .., "market": .., "over": .., "how": ..}}, or `Objective`s."""


@dataclass(frozen=True, slots=True)
class Objective:
    """An outcome that a search makes large or small.

    outcome: as "resso.users". goal: "max" or "min". market: a code or "total". over: "horizon" or "end". how, over the
    futures: "mean", "worst" (in the direction of the goal) or "regret": the largest shortfall against the best
    reference in the same future and draws, which is always made small.
    """

    outcome: str
    goal: Goal = "max"
    market: str = WORLD
    over: str = HORIZON
    how: How = "mean"

    @property
    def name(self) -> str:
        """How its columns are called: the outcome, with what is not as usual."""
        parts = [one for one, usual in ((self.market, WORLD), (self.over, HORIZON), (self.how, "mean")) if one != usual]
        return f"{self.outcome} ({', '.join(parts)})" if parts else self.outcome

    @property
    def sign(self) -> float:
        """1 where more is better, -1 where less is: regret is always made small."""
        return -1.0 if self.goal == "min" or self.how == "regret" else 1.0

    def label(self, kept: Outcome) -> str:
        """Return words for a picture's axis."""
        where = "" if self.market == WORLD else f", {self.market}"
        what = {"mean": "", "worst": ", in the worst future", "regret": ", largest regret"}[self.how]
        return f"{kept.label}{where}{what}"

    def of(self, values: FloatArray, references: FloatArray) -> FloatArray:
        """Return it by design and replicate, (designs, replicates), in the outcome's unit.

        values: (designs, futures, replicates); references: (references, futures, replicates).
        """
        if self.how == "mean":
            return np.asarray(values.mean(axis=1))
        way = -1.0 if self.goal == "min" else 1.0
        if self.how == "worst":
            return way * (way * values).min(axis=1)
        best = (way * references).max(axis=0)
        return np.asarray(np.maximum(best - way * values, 0.0).max(axis=1))

    def plain(self) -> dict[str, str]:
        """Return it as plain values for JSON."""
        return {"outcome": self.outcome, "goal": self.goal, "market": self.market, "over": self.over, "how": self.how}


def read_objectives(words: Objectives | None, faults: list[Fault], *, futures: bool) -> tuple[Objective, ...]:
    """Return the objectives of a user's words; what is wrong is added to faults. futures: whether there are several."""
    found: list[Objective] = []
    if isinstance(words, Mapping):
        for name, value in _leaves(words):
            table = {"goal": value} if isinstance(value, str) else value
            if isinstance(value, Objective):
                found.append(value)
            elif isinstance(table, Mapping) and all(isinstance(one, str) for one in table.values()):
                place = f"objectives: {name}"
                wrong = [key for key in table if key not in KEYS]
                faults += [Fault(f"{place}.{key}", "no such key", table[key], nearest(key, KEYS)) for key in wrong]
                if not wrong:
                    asked: dict[str, Any] = dict(table)
                    found.append(Objective(name, **asked))
            else:
                way = "Example: resso.users = 'max'."
                faults.append(Fault(f"objectives: {name}", "is max, min, or a table", shown(value), way))
    else:
        listed: Sequence[object] = words or ()
        found = [one for one in listed if isinstance(one, Objective)]
        if len(found) < len(listed):
            way = "Write Objective('resso.users'), or give a mapping."
            faults.append(Fault("objectives", "are Objectives", shown(list(listed)), way))
    for one in found:
        faults += _faults(one, futures=futures)
    if not found and not faults:
        way = "Example: {'resso.users': 'max', 'resso.operating_income': 'max'}."
        faults.append(Fault("objectives", "are one or more", shown(words), way))
    double = [one.name for one in found if sum(other.name == one.name for other in found) > 1]
    faults += [Fault(f"objectives: {name}", "stands once", name, "Take one out.") for name in dict.fromkeys(double)]
    return tuple(found)


def check_markets(objectives: Sequence[Objective], markets: Sequence[str]) -> None:
    """Raise InputError where an objective is read in a market that is not run."""
    known = [*markets, WORLD]
    faults = [
        Fault(f"objectives: {one.outcome}: market", "is one of the scenario, or total", one.market,
              nearest(one.market, known))
        for one in objectives if one.market not in known
    ]  # fmt: skip
    if faults:
        raise InputError(faults)


def _faults(one: Objective, *, futures: bool) -> list[Fault]:
    found = []
    for key, known in (("goal", GOALS), ("over", (HORIZON, END)), ("how", HOWS)):
        value = getattr(one, key)
        if value not in known:
            way = nearest(str(value), list(known))
            found.append(Fault(f"objectives: {one.outcome}: {key}", f"is {' or '.join(known)}", shown(value), way))
    if one.how in ("worst", "regret") and not futures:
        way = "Name uncertainties, and how many futures to draw of them."
        found.append(Fault(f"objectives: {one.outcome}: how", "takes several futures", one.how, way))
    return found


def _leaves(words: Mapping[str, object], path: str = "") -> list[tuple[str, object]]:
    found: list[tuple[str, object]] = []
    for key, value in words.items():
        at = f"{path}.{key}" if path else str(key)
        if isinstance(value, Mapping) and value and not set(value) & set(KEYS):
            found += _leaves(value, at)
        else:
            found.append((at, value))
    return found
