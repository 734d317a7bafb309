"""What is asked of a sweep: the outcome that counts, when it will do, and between which policies to choose."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from model.experiments.comparing.outcomes import END, HORIZON, WORLD, Outcome
from model.experiments.robust.weighing import Weights, plain_weights, read_weights
from model.foundation.errors import Fault, InputError, nearest, raise_faults
from model.spec.reading import shown

FEWEST_FUTURES = 2
SURE = 0.9
"""Confidence from which on a policy counts as the winner of a cell."""


@dataclass(frozen=True, slots=True)
class Question:
    """A choice between policies.

    outcome: what counts, more is better unless less. policies: to choose from, in this order. enough: an outcome that
    will do, in the outcome's unit, or the name of a policy: as much as that one leaves in the same future; None: not
    asked.
    market: a code or "total". over: "horizon" or "end". sure: confidence from which on a winner is named, 0.5 to 1.
    less: whether less is better. weights: of the futures, as of `weighing.read_weights`; None: all count the same.
    """

    outcome: Outcome
    policies: tuple[str, ...]
    enough: float | str | None = None
    market: str = WORLD
    over: str = HORIZON
    sure: float = SURE
    less: bool = False
    weights: Weights | None = None

    @property
    def sign(self) -> float:
        """What an outcome is multiplied by so that more is better: 1, or -1 where less is."""
        return -1.0 if self.less else 1.0

    @property
    def unit(self) -> str:
        """Unit of the outcome."""
        return self.outcome.unit(self.over)

    @property
    def words(self) -> str:
        """The outcome in words: what, where, when."""
        where = "all markets" if self.market == WORLD else self.market
        when = self.outcome.over if self.over == HORIZON else "at the end"
        return f"{self.outcome.label} ({self.unit}; {where}, {when}{'; less is better' if self.less else ''})"

    def plain(self) -> dict[str, object]:
        """Return it as plain values for JSON."""
        return {
            "outcome": self.outcome.name, "policies": list(self.policies), "enough": self.enough,
            "market": self.market, "over": self.over, "sure": self.sure, "less": self.less,
            "weights": plain_weights(self.weights),
        }  # fmt: skip


def read_question(
    *, outcome: object, enough: object, market: object, over: object, only: Sequence[str] | None, sure: object,
    less: object, weights: object, outcomes: Sequence[Outcome], policies: Sequence[str], markets: Sequence[str],
    points: pd.DataFrame,
) -> Question:  # fmt: skip
    """Return the question that a user asks of a sweep, planned or done; InputError with every fault.

    outcomes, policies, markets, points: what the sweep has. only: policies to choose from (default: all).
    """
    faults: list[Fault] = []
    kept = {one.name: one for one in outcomes}
    if not isinstance(outcome, str) or outcome not in kept:
        way = nearest(str(shown(outcome)), list(kept))
        faults.append(Fault("outcome", "is one that the sweep keeps", shown(outcome), way))
    chosen = _chosen(only, policies, faults)
    places, times = [*markets, WORLD], [HORIZON, END]
    if market not in places:
        faults.append(
            Fault("market", "is one of the sweep, or total", shown(market), nearest(str(shown(market)), places))
        )
    if over not in times:
        faults.append(Fault("over", "is horizon or end", shown(over), nearest(str(shown(over)), times)))
    if isinstance(sure, bool) or not isinstance(sure, int | float) or not 0.5 <= sure < 1.0:
        faults.append(Fault("sure", "is a confidence from 0.5 to below 1", shown(sure), f"Usual: {SURE}."))
    if len(points) < FEWEST_FUTURES:
        way = "Add uncertainties, as uncertainties=['theta', 'entrant_gap'], and n."
        faults.append(Fault("futures", "are two or more, so that there is something not to know", len(points), way))
    if not isinstance(less, bool):
        faults.append(Fault("less", "says whether less is better, true or false", shown(less), "Leave it out."))
    asked, weighed = _enough(enough, policies, faults), read_weights(weights, points, faults)
    raise_faults(faults)
    return Question(
        kept[str(outcome)], chosen, asked, str(market), str(over), float(sure), bool(less), weighed  # type: ignore[arg-type]
    )  # fmt: skip


def _chosen(only: object, policies: Sequence[str], faults: list[Fault]) -> tuple[str, ...]:
    way = "Give the sweep policies: policies={'stay': {}, 'tied': {'platforms.resso.integration.ALL': 1.0}}."
    if len(policies) < 2:
        told = f"only {policies[0]}" if policies else "none"
        faults.append(Fault("policies", "the sweep has two or more to choose from", told, way))
        return tuple(policies)
    if only is None:
        return tuple(policies)
    named = list(dict.fromkeys(str(one) for one in only)) if isinstance(only, list | tuple) else [str(only)]
    wrong = [one for one in named if one not in policies]
    faults += [Fault("only", "names policies of the sweep", one, nearest(one, policies)) for one in wrong]
    if not wrong and len(named) < 2:
        faults.append(Fault("only", "names two policies or more", ", ".join(named), f"Known: {', '.join(policies)}."))
    return tuple(named)


def _enough(enough: object, policies: Sequence[str], faults: list[Fault]) -> float | str | None:
    if enough is None:
        return None
    if isinstance(enough, str):
        if enough in policies:
            return enough
        try:
            enough = float(enough)
        except ValueError:
            rule = "is a number in the outcome's unit, or the name of a policy"
            faults.append(Fault("enough", rule, enough, nearest(str(enough), policies)))
            return None
    if isinstance(enough, bool) or not isinstance(enough, int | float) or not math.isfinite(enough):
        way = "Example: enough=0.0, or the name of a policy."
        faults.append(Fault("enough", "is a finite number, or the name of a policy", shown(enough), way))
        return None
    return float(enough)


def no_threshold(rule: str) -> InputError:
    """Return what is said when a rule needs a threshold and none was given."""
    way = "Give enough=..., e.g. 0.0, or the name of a policy that is to be matched."
    return InputError(Fault("enough", f"the rule {rule} needs to know which outcome will do", None, way))
