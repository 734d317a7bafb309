"""One Mesa agent per user makes the choices of the compiled kernels, for small numbers."""

from __future__ import annotations

from collections.abc import Callable

import mesa
import numpy as np
import pytest

from model.agents.reference import ReferenceMarket, ReferenceUser, bits_to_set, set_to_bits
from model.mechanisms.awareness import spread_awareness
from model.mechanisms.choice import choose
from model.spec.parameters import Parameters
from model.state.communities import shares_of_communities
from model.state.country import Country

NEAR = 1e-5  # of probability: float32 utilities against float64 ones
MONTHS = 12


def disturb(country: Country, month: int) -> None:
    """Make every rule speak: a dearer offer, a lost catalogue, a closed tier, integration, podcasts, marketing."""
    offers = country.offers
    country.triggers[:] = 0
    country.lost[:] = 0.0
    if month == 2:
        j = int(np.flatnonzero((offers.nest == 2) & np.isfinite(offers.xi))[-1])
        offers.price_local[j] *= 1.5
        country.triggers[j] = 0.3
    if month == 4:
        largest = int(np.argmax(country.users.taste.mean(axis=1)))
        p = int(offers.platform[np.argmax(offers.targets("main"))])
        country.lost[p, largest] = country.available[p, largest]
        country.available[p, largest] = 0.0
    if month == 6:
        held = offers.targets("main") * (offers.nest == 1)
        country.offers.is_open[int(np.argmax(held))] = 0
    if month == 7:
        offers.integration[int(offers.platform[-1])] = 1.0
        offers.podcasts[0] = 2.0
        offers.marketing[:] = 3.0


def differing(country: Country, reference: ReferenceMarket) -> list[ReferenceUser]:
    users = country.users
    return [
        agent
        for i, agent in enumerate(reference.users)
        if (agent.main, agent.second, agent.trial, set_to_bits(agent.aware), set_to_bits(agent.tried))
        != (users.main[i], users.second[i], users.trial[i], users.aware[i], users.tried[i])
        or abs(agent.tenure - users.tenure[i]) > 1e-6
    ]


@pytest.mark.parametrize("market", ["ID", "IN", "US"])
def test_same_choices_as_the_kernels(market: str, settled: Callable[..., Country], parameters: Parameters) -> None:
    country = settled(market, users=300)
    reference = ReferenceMarket(country, parameters, seed=9)
    decided = odd = near = 0
    for month in range(1, MONTHS + 1):
        disturb(country, month)
        before = country.users.copy()
        reference.live(month)
        spread_awareness(country, parameters, seed=9, month=month)
        choose(country, parameters, seed=9, month=month)
        different = differing(country, reference)
        assert [agent.uid for agent in different if agent.closest > NEAR] == []
        odd += len(different)
        near += sum(agent.closest < NEAR for agent in reference.users)
        decided += int(((country.users.main != before.main) | (country.users.second != before.second)).sum())
        reference.adopt(country.users)
    assert decided > 100  # the year was not idle
    assert odd <= near < 0.005 * MONTHS * len(reference.users)


def test_failed_payments_bar_the_same_offers(settled: Callable[..., Country], parameters: Parameters) -> None:
    """With payments failing for every third payer, main and second choices are the kernels' too."""
    often = parameters.replace({"payment_failure": 0.3})
    country = settled("US", users=300)
    reference = ReferenceMarket(country, often, seed=9)
    dropped = 0
    for month in range(1, 4):
        before = country.users.second.copy()
        reference.live(month)
        spread_awareness(country, often, seed=9, month=month)
        choose(country, often, seed=9, month=month)
        assert [agent.uid for agent in differing(country, reference) if agent.closest > NEAR] == []
        dropped += int(((country.offers.nest[before] == 2) & (country.offers.nest[country.users.second] != 2)).sum())
        reference.adopt(country.users)
    assert dropped > 0


def test_community_shares_agree(settled: Callable[..., Country], parameters: Parameters) -> None:
    country = settled("IN", users=300)
    reference = ReferenceMarket(country, parameters, seed=9)
    np.testing.assert_allclose(reference.community_shares()[:-1], shares_of_communities(country), atol=1e-15)


def test_users_are_mesa_agents_beside_the_arrays(settled: Callable[..., Country], parameters: Parameters) -> None:
    country = settled("ID", users=300)
    before = country.users.copy()
    reference = ReferenceMarket(country, parameters, seed=9)
    reference.live(1)
    assert all(isinstance(agent, mesa.Agent) for agent in reference.users)
    assert len(reference.agents_by_type[ReferenceUser]) == 300
    for name, column in country.users.arrays().items():
        np.testing.assert_array_equal(column, before.arrays()[name])


def test_a_wrong_rule_is_noticed(settled: Callable[..., Country], parameters: Parameters) -> None:
    """The comparison has teeth: a slightly different weight makes choices differ far from any boundary."""
    country = settled("ID", users=300)
    reference = ReferenceMarket(country, parameters.replace({"beta_H": parameters.beta_H * 1.15}), seed=9)
    found = 0
    for month in range(1, 7):
        reference.live(month)
        spread_awareness(country, parameters, seed=9, month=month)
        choose(country, parameters, seed=9, month=month)
        found += sum(agent.closest > NEAR for agent in differing(country, reference))
        reference.adopt(country.users)
    assert found > 0


def test_bits_and_sets() -> None:
    assert bits_to_set(0b101001) == {0, 3, 5}
    assert set_to_bits({0, 3, 5}) == 0b101001
    assert bits_to_set(0) == set()
