from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from model.foundation.errors import InputError
from model.foundation.rng import stream_key, uniforms
from model.theory.nested_logit import nested_logit
from model.theory.pricing import PriceEquilibrium, bertrand_prices


def one_kind_of_user(worth: list[float], **terms: Any) -> PriceEquilibrium:
    """Prices where every user is alike and minds a dollar by one logit unit."""
    given = {"firms": range(len(worth)), "nests": [0] * len(worth), "marginal_utility": [1.0]} | terms
    return bertrand_prices([worth], **given)


# Expected numbers O15 to O18 were computed independently of this code before the project began.


def test_logit_monopoly_duopoly_and_merged_firms() -> None:
    assert one_kind_of_user([2.0], costs=[1.0]).prices == pytest.approx([2.5671432904], rel=1e-9)
    assert one_kind_of_user([2.0, 2.0], costs=[1.0, 1.0]).prices == pytest.approx([2.4010581375] * 2, rel=1e-9)
    merged = one_kind_of_user([2.0, 2.0], costs=[1.0, 1.0], firms=[7, 7])
    assert merged.prices == pytest.approx([2.8526055020] * 2, rel=1e-9)


def test_nested_duopoly() -> None:
    got = one_kind_of_user([2.0, 2.0], costs=[1.0, 1.0], nest_sigma=0.5)
    assert got.prices == pytest.approx([1.8416174228] * 2, rel=1e-9)


def test_monopoly_with_a_revenue_share() -> None:
    got = one_kind_of_user([2.0], costs=[1.0], rev_share=0.5)
    assert got.prices == pytest.approx([3.2784645428], rel=1e-9)


def test_nested_logit_with_two_firms_and_three_offers() -> None:
    got = one_kind_of_user([2.0, 1.5, 2.2], costs=[1.0, 0.8, 1.2], firms=[1, 1, 2], nests=[0, 0, 1], nest_sigma=0.3)
    assert got.converged
    assert got.prices == pytest.approx([2.5066223794, 2.3066223794, 2.5715746702], rel=1e-9)


@pytest.mark.parametrize(("minimum", "price"), [(1.0, 2.2103227070), (1.3, 2.6), (1.6, 3.1247376509)])
def test_the_kink_of_a_per_subscriber_minimum(minimum: float, price: float) -> None:
    got = one_kind_of_user([2.0], costs=[0.2], rev_share=0.5, minimum=minimum)
    assert got.converged
    assert got.prices == pytest.approx([price], rel=1e-9)


def _keyed(name: str, *shape: int) -> np.ndarray:
    return uniforms(stream_key(21, name), np.arange(int(np.prod(shape)))).reshape(shape)


def many_kinds_of_users() -> dict[str, Any]:
    """Forty users who differ in taste and in how they mind a price; four offers of three firms, with contracts."""
    return {
        "marginal_utility": 0.3 + _keyed("slope", 40),
        "weights": 0.5 + _keyed("people", 40),
        "costs": [0.5, 0.3, 0.4, 0.6],
        "firms": [3, 3, 5, 9],
        "nests": [1, 2, 2, 1],
        "nest_sigma": 0.4,
        "rev_share": [0.55, 0.5, 0.6, 0.0],
        "minimum": [0.0, 1.7, 1.55, 0.9],  # by revenue share, by minimum, at the kink, minimum alone
    }


WORTH = 1.0 + 2.0 * _keyed("worth", 40, 4)


def profit(prices: np.ndarray, firm: int, case: dict[str, Any]) -> float:
    """A firm's profit, written out anew: nothing here comes from the module under test."""
    value = np.concatenate([np.zeros((40, 1)), WORTH - case["marginal_utility"][:, None] * prices], axis=1)
    people = case["weights"] @ nested_logit(value, [0, *case["nests"]], nest_sigma=case["nest_sigma"])[:, 1:]
    royalty = np.maximum(np.multiply(case["rev_share"], prices), case["minimum"])
    own = np.equal(case["firms"], firm)
    return float(((prices - case["costs"] - royalty) * people)[own].sum())


def test_every_price_is_a_best_response_on_a_grid() -> None:
    case = many_kinds_of_users()
    got = bertrand_prices(WORTH, **case)
    assert got.converged
    assert got.prices[1] < 1.7 / 0.5
    assert got.prices[2] == pytest.approx(1.55 / 0.6, rel=1e-12)
    for offer, firm in enumerate(case["firms"]):
        best = profit(got.prices, firm, case)
        for change in np.linspace(-0.5, 1.0, 151):
            tried = got.prices.copy()
            tried[offer] *= 1.0 + change
            assert profit(tried, firm, case) <= best + 1e-9


def test_start_damping_and_order_of_offers_change_nothing() -> None:
    case = many_kinds_of_users()
    plain = bertrand_prices(WORTH, **case).prices
    np.testing.assert_allclose(bertrand_prices(WORTH, **case, start=[9.0] * 4).prices, plain, rtol=1e-9)
    damped = bertrand_prices(WORTH, **case, damping=0.2)
    assert damped.steps > 2 * bertrand_prices(WORTH, **case).steps
    np.testing.assert_allclose(damped.prices, plain, rtol=1e-9)
    order = [2, 0, 3, 1]
    moved = case | {name: np.take(case[name], order) for name in ("costs", "firms", "nests", "rev_share", "minimum")}
    np.testing.assert_allclose(bertrand_prices(WORTH[:, order], **moved).prices, plain[order], rtol=1e-9)


def test_a_revenue_share_acts_as_a_higher_cost() -> None:
    shared = one_kind_of_user([2.0, 1.0], costs=[0.6, 0.4], rev_share=0.25)
    dearer = one_kind_of_user([2.0, 1.0], costs=[0.8, 0.4 / 0.75])
    np.testing.assert_allclose(shared.prices, dearer.prices, rtol=1e-10)
    np.testing.assert_allclose(shared.margins, 0.75 * dearer.margins, rtol=1e-9)


def test_a_minimum_without_a_share_is_a_cost() -> None:
    paid = one_kind_of_user([2.0], costs=[0.2], minimum=0.8)
    np.testing.assert_allclose(paid.prices, one_kind_of_user([2.0], costs=[1.0]).prices, rtol=1e-10)


def test_it_reports_demand_and_failure_to_arrive() -> None:
    case = many_kinds_of_users()
    got = bertrand_prices(WORTH, **case)
    assert 0.0 < got.demand.sum() < case["weights"].sum()
    assert profit(got.prices, 9, case) == pytest.approx(float(got.margins[3] * got.demand[3]), rel=1e-12)
    few = bertrand_prices(WORTH, **case, max_steps=1)
    assert not few.converged
    assert few.steps == 1
    assert few.gap > 1e-3


def test_faults_are_named_at_once() -> None:
    with pytest.raises(InputError) as caught:
        bertrand_prices([[1.0]], marginal_utility=[0.0], costs=[1.0, 2.0], firms=[0], nests=[0], rev_share=1.0)
    assert [f.place for f in caught.value.faults] == ["costs", "marginal_utility", "rev_share"]
    with pytest.raises(InputError, match="damping"):
        one_kind_of_user([1.0], costs=[1.0], damping=0.0)
