"""Takeover: what becomes of the people of a service that another one takes over.

Writes offers, users, contracts of bundles, the moves of the month. Its offers close. Who listens free moves to a free
tier of the service that takes over, who pays to a paid one: to the tier of the same name, else to that of the nearest
price that they have access to. They keep a declared part of their habit and reconsider at the ordinary rate; who finds
no tier holds a closed one and chooses again this month. Catalogue, prices and books are those of the service that
takes over; nothing is paid between owners.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from model.state.country import Country
from model.state.offers import PAID

Options = NDArray[np.int64]


def take_over(country: Country, *, service: str, absorbed: str) -> None:
    """Close a service and move its users to another; both stand in the market."""
    offers, users = country.offers, country.users
    goal_service, closing = country.platforms.index(service), offers.of_platform(absorbed)
    _join_bundles(country, service=service, absorbed=absorbed)
    for j in closing:
        goals = _goals(country, j, offers.of_platform(service))
        moves = (users.main == j) & (goals > 0)
        for k in np.unique(goals[moves]).tolist():
            people = float((moves & (goals == k))[: country.active].sum()) * country.weight
            country.carried[j, k] = country.carried.get((j, k), 0.0) + people
        users.main[moves] = goals[moves]
        users.tenure[moves] *= np.float32(country.merger_habit)
        joins = (users.second == j) & (offers.platform[users.main] != goal_service)
        users.second[users.second == j] = 0
        users.second[joins] = goals[joins]
        arrives = moves | (joins & (goals > 0))
        users.aware[arrives] |= np.uint32(1 << goal_service)
        if offers.nest[j] == PAID:
            users.tried[arrives] |= np.uint32(1 << goal_service)
    offers.is_open[closing] = 0
    own = (offers.platform[users.main] == goal_service) & (offers.platform[users.second] == goal_service)
    users.second[own] = 0  # who had both has one


def _goals(country: Country, closing: int, tiers: list[int]) -> Options:
    """Return (n,) the tier that each person would move to from a closing one; 0 where there is none."""
    offers, access = country.offers, country.users.access
    goals = np.zeros(len(country.users), np.int64)
    for k in sorted(tiers, key=lambda k: _distance(country, closing, k)):
        if offers.nest[k] == offers.nest[closing] and offers.is_open[k] and np.isfinite(offers.xi[k]):
            goals[(goals == 0) & ((access & offers.needs[k]) == offers.needs[k])] = k
    return goals


def _distance(country: Country, closing: int, tier: int) -> tuple[bool, float, int]:
    """Return what tiers are tried in order of: the same name first, then by distance of price, then as listed."""
    offers = country.offers
    other = offers.names[tier][1] != offers.names[closing][1]
    return other, abs(float(offers.price_local[tier] - offers.price_local[closing])), tier


def _join_bundles(country: Country, *, service: str, absorbed: str) -> None:
    """Let the contract that carried the absorbed service's bundle carry the other's, where both sell one."""
    offers, users = country.offers, country.users
    names = [(service, "bundle"), (absorbed, "bundle")]
    if not all(name in offers.names and offers.is_open[offers.position(*name)] for name in names):
        return
    joint, old = (offers.needs[offers.position(*name)] for name in names)
    facts = country.newcomers.facts
    bases = dict(zip(facts.platforms, facts.bundle_bases, strict=True))
    bases[service] = 1.0 - (1.0 - bases[service]) * (1.0 - bases[absorbed])
    country.newcomers = country.newcomers.with_bundles(facts.platforms, tuple(bases.values()))
    users.access[(users.access & old) != 0] |= joint
