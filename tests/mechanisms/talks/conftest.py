"""Draws, rules and many plays of one talk."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from model.foundation.rng import stream_key, uniforms
from model.mechanisms.talks import Draws, Outcome, Rules, Stakes, Talk, play
from model.spec.parameters import Parameters

CERTAIN = {"promotion_belief_spread": 0.0, "private_value_spread": 0.0, "other_view_spread": 0.01}
"""Hardly any doubt: each side is what it seems, and knows it."""


class Tables:
    """Short ways to set up talks."""

    certain = CERTAIN

    @staticmethod
    def draws(seed: int) -> Draws:
        return lambda name, week: float(uniforms(stream_key(seed, name), np.array([week]))[0])

    @staticmethod
    def middle(name: str, week: int) -> float:
        """Every draw in the middle: every normal is 0."""
        return 0.5

    @staticmethod
    def rules(weight: float = 0.5, *, protocol: str = "offers", proposer: str = "", **changes: float) -> Rules:
        return Rules.of(Parameters(changes), weight=weight, protocol=protocol, proposer=proposer)

    @staticmethod
    def stakes(least: float = 0.2, most: float = 1.0, **changes: Any) -> Stakes:
        usual: dict[str, Any] = dict(least_slope=0.0, most_slope=0.0, present=0.5, term_months=24, licensed=True)
        return Stakes(least=least, most=most, **(usual | changes))

    @classmethod
    def open(cls, stakes: Stakes, rules: Rules, seed: int | None = None) -> Talk:
        return Talk(stakes, rules=rules, draws=cls.middle if seed is None else cls.draws(seed), offered=0.5)

    @classmethod
    def play(cls, stakes: Stakes, rules: Rules, seed: int = 0, **changes: Any) -> Outcome:
        usual: dict[str, Any] = dict(weeks_before_end=26, longest_weeks=104, true_pull=0.05, offered=0.5)
        return play(stakes, rules, cls.draws(seed), **(usual | changes))

    @classmethod
    def many(cls, stakes: Stakes, rules: Rules, n: int = 150, **changes: Any) -> list[Outcome]:
        return [cls.play(stakes, rules, seed, **changes) for seed in range(n)]


def share(outcomes: list[Outcome], holds: Callable[[Outcome], bool]) -> float:
    """Return the part of the outcomes of which something holds."""
    return sum(holds(outcome) for outcome in outcomes) / len(outcomes)


@pytest.fixture(scope="session")
def tables() -> type[Tables]:
    return Tables


@pytest.fixture(scope="session")
def share_of() -> Callable[[list[Outcome], Callable[[Outcome], bool]], float]:
    return share
