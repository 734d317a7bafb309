"""Marketing budgets by hand."""

from __future__ import annotations

import numpy as np

from model.mechanisms.costs import marketing_spending
from model.spec.parameters import Parameters

PARAMETERS = Parameters({"marketing_cost": 0.1, "launch_marketing_usd_per_person": 0.002})


def test_budgets_by_hand() -> None:
    # Of 1000 people: a service that earned 0.5 USD a person spends 50; an entrant at marketing 50 spends 2 x 50 = 100;
    # one that offers nothing, with or without history, spends nothing.
    spent = marketing_spending(
        np.array([0.5, np.nan, 0.5, np.nan]), people=1000.0, multiple=np.array([1.0, 50.0, 1.0, 50.0]),
        active=np.array([True, True, False, False]), parameters=PARAMETERS,
    )  # fmt: skip
    np.testing.assert_allclose(spent, [50.0, 100.0, 0.0, 0.0])


def test_budgets_grow_with_people_and_with_the_lever() -> None:
    def spent(people: float, multiple: float) -> float:
        found = marketing_spending(
            np.array([0.5]), people=people, multiple=np.array([multiple]), active=np.array([True]),
            parameters=PARAMETERS,
        )  # fmt: skip
        return float(found[0])

    assert spent(2000.0, 1.0) == 2 * spent(1000.0, 1.0)
    assert spent(1000.0, 3.0) == 3 * spent(1000.0, 1.0)
    assert spent(1000.0, 0.0) == 0.0
