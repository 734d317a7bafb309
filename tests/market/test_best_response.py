"""Best responses by forks come to the prices of Bertrand competition where nothing but price moves anybody.

The world of this test is that of the docking suite: two services with one paid tier each, in one market.
"""

from __future__ import annotations

import numpy as np
import pytest

from model.experiments.docking.duel import Duel, duel
from model.experiments.docking.prices import FINE, STEPS, best_answer
from model.market.streaming_market import StreamingMarket
from model.spec.scenario import Scenario


def test_expected_demand_of_a_fork_is_the_theory_s_and_its_best_price_the_best_response() -> None:
    market = duel(users=20_000, months=2)
    market.step()
    theory = Duel(market)
    for step in STEPS:
        prices = theory.now * np.exp([0.0, step])
        assert theory.lived(prices) == pytest.approx(theory.demand(prices), rel=2e-5)
    limit = theory.equilibrium()
    assert best_answer(theory, limit, FINE) == pytest.approx(limit[1], rel=6e-4)


@pytest.mark.slow
def test_firms_that_answer_each_other_come_to_bertrand_prices_within_one_percent() -> None:
    market = duel(users=200_000, months=10)
    market.run()
    theory = Duel(market)
    assert theory.now == pytest.approx(theory.equilibrium(), rel=0.01)


@pytest.mark.slow
def test_a_rule_that_looks_three_years_ahead_does_not_hurt_its_own_player() -> None:
    """In the full world, where habits make a short look-ahead ask too much; the margin is the noise of the sample."""
    plan = {"markets": ["US"], "users": 4000, "months": 36}
    rule = {"rule": "best_response", "review_months": 6, "step": 0.1, "users": 4000}

    def earned(scenario: Scenario) -> float:
        run = StreamingMarket(scenario)
        run.run()
        lived = [record for record in run.records if record.settlement is not None]
        return sum(
            float(one.settlement.accounts()["contribution_margin"][one.platforms.index("spotify")]) for one in lived
        )

    held = Scenario.load("baseline").replace(plan)
    assert earned(held.replace({"strategies.spotify": rule})) > 0.97 * earned(held)
    short = {**rule, "look_ahead_months": 6}
    assert earned(held.replace({"strategies.spotify": short})) < earned(held.replace({"strategies.spotify": rule}))
