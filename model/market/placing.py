"""Placing: users receive the services of the targets, and first awareness, by keyed lots, before they settle."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from model.foundation.rng import stream_key, uniforms
from model.spec.parameters import Parameters
from model.state.country import Country
from model.state.offers import OfferTable
from model.state.users import UserArrays

Floats = NDArray[np.float64]
FIRST_TENURE = 0.7  # the spin-up forgets it


def place_users(country: Country, *, seed: int) -> None:
    """Give users main and second services so that the targets hold: the scarcest access first, by keyed lots."""
    users, offers = country.users, country.offers
    uid = users.uid[: country.active]
    free_of_choice = np.ones(country.active, bool)
    for j in _scarcest_first(offers, offers.targets("main")):
        wanted = round(offers.targets("main")[j] / country.weight)
        _place(
            users,
            offers,
            j,
            wanted,
            free_of_choice,
            column=users.main,
            key=stream_key(seed, "place", country.market, *offers.names[j]),
            uid=uid,
        )
    users.main[country.active :] = 0
    streams = users.main[: country.active] > 0
    for j in _scarcest_first(offers, offers.targets("second")):
        wanted = round(offers.targets("second")[j] / country.weight)
        own = offers.platform[users.main[: country.active]] == offers.platform[j]
        candidates = streams & ~own
        _place(
            users,
            offers,
            j,
            wanted,
            candidates,
            column=users.second,
            key=stream_key(seed, "place second", country.market, *offers.names[j]),
            uid=uid,
        )
        streams &= users.second[: country.active] == 0
    users.tenure[: country.active] = FIRST_TENURE


def _scarcest_first(offers: OfferTable, targets: Floats) -> list[int]:
    """Return options with a target in the order of placing: bundles, students, families, other paid, free."""
    rank = {"bundle": 0, "student": 1, "family_per_head": 2}
    options = [j for j in range(1, len(offers)) if targets[j] > 0]
    return sorted(options, key=lambda j: (rank.get(offers.names[j][1], 3 if offers.nest[j] == 2 else 4), j))


def _place(users: UserArrays, offers: OfferTable, j: int, wanted: int, candidates: NDArray[np.bool_], *,
           column: NDArray[np.int8], key: np.uint64, uid: NDArray[np.uint32]) -> None:  # fmt: skip
    """Write option j for `wanted` of the candidates with the access it needs, by the lowest lots; removes them."""
    needs = offers.needs[j]
    may = candidates & ((users.access[: uid.shape[0]] & needs) == needs)
    pool = np.flatnonzero(may)
    if pool.size > wanted:
        lots = uniforms(key, uid[pool])
        pool = pool[np.argpartition(lots, wanted)[:wanted]] if wanted > 0 else pool[:0]
    column[pool] = j
    candidates[pool] = False


def inform_users(country: Country, parameters: Parameters, *, seed: int) -> None:
    """Set first awareness, (share using it) ** awareness_power, and the marketing hazard that keeps it."""
    users, offers, active = country.users, country.offers, country.active
    main, second = country.stocks()
    for p, platform in enumerate(country.platforms):
        mine = offers.platform == p
        using = (main[mine].sum() + second[mine].sum()) / active
        aware = min(parameters.awareness_cap, using**parameters.awareness_power) if using > 0 else 0.0
        others = max(0.0, (aware - using) / max(1e-9, 1.0 - using))
        lots = uniforms(stream_key(seed, "first awareness", country.market, platform), users.uid[:active])
        uses = (offers.platform[users.main[:active]] == p) | (offers.platform[users.second[:active]] == p)
        knows = uses | (lots < others)
        users.aware[:active] |= np.where(knows, np.uint32(1) << np.uint32(p), np.uint32(0)).astype(np.uint32)
        gain = parameters.forgetting * others / max(1e-9, 1.0 - others)
        friends = parameters.word_of_mouth * main[mine].sum() / active
        country.marketing_hazard[p] = max(0.0, gain - friends)
