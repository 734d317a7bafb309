"""A month of choices in NumPy, in the best layout found: (offers, chunk of users), float32, attentive users only.

Same formulas and same keyed draws as the compiled kernels; choices agree but for draws within rounding of a boundary.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from model.foundation.rng import GOLDEN, mix, stream_key
from model.mechanisms.choice import quality_factors
from model.spec.parameters import Parameters
from model.state.communities import shares_of_communities
from model.state.country import Country

CHUNK = 16_384
Bits = NDArray[np.uint32]
Numbers = NDArray[np.float32]


def uniforms(key: np.uint64, uid: Bits) -> NDArray[np.float64]:
    """Return the keyed numbers of `model.foundation.rng`, without its guards."""
    words = mix(key + uid.astype(np.uint64) * GOLDEN)
    return ((words >> np.uint64(12)).astype(np.float64) + 0.5) * 2.0**-52


class NumpyMonth:
    """A month of awareness, attention, main and second choice of a country, in place."""

    def __init__(self, country: Country, parameters: Parameters, *, seed: int, month: int) -> None:
        self.country, self.parameters, self.seed, self.month = country, parameters, seed, month
        self.peers = shares_of_communities(country)
        self.main_quality, self.second_quality = quality_factors(country, parameters)
        self.price = country.offers.user_price.astype(np.float32)
        self._prepare_awareness()

    def run(self) -> None:
        """Live the month, a chunk of users at a time."""
        for begin in range(0, self.country.active, CHUNK):
            part = slice(begin, min(self.country.active, begin + CHUNK))
            self._hear(part)
        self.peers = shares_of_communities(self.country)
        for begin in range(0, self.country.active, CHUNK):
            part = slice(begin, min(self.country.active, begin + CHUNK))
            who, failed = self._attend(part)
            self._choose_main(who, failed)
            self._choose_second(who)

    def _key(self, *names: str) -> np.uint64:
        return stream_key(self.seed, names[0], self.country.market, *names[1:], self.month)

    def _prepare_awareness(self) -> None:
        country, parameters, offers = self.country, self.parameters, self.country.offers
        live = np.array([bool(offers.is_open[offers.platform == p].any()) for p in range(len(country.platforms))])
        launch = np.where(offers.has_history, 0.0, parameters.launch_hazard)
        start = np.where(country.marketing_hazard > 0.0, country.marketing_hazard, launch)
        pushed = live * start * offers.marketing**parameters.marketing_power
        self.chance = -np.expm1(-(pushed[:, None] + parameters.word_of_mouth * self.peers))
        relative = parameters.tiktok_awareness * offers.integration / max(country.mean_tiktok_hours, 1e-9)
        self.tiktok = relative * live * country.tiktok_open

    def _hear(self, part: slice) -> None:
        users, platform = self.country.users, self.country.offers.platform
        first, other = platform[users.main[part]], platform[users.second[part]]
        known = users.aware[part]
        for p, name in enumerate(self.country.platforms):
            u = uniforms(self._key("awareness", name), users.uid[part])
            learns = self.chance[p][users.community[part]]
            if self.tiktok[p] > 0.0:
                learns = 1.0 - (1.0 - learns) * np.exp(-self.tiktok[p] * users.tiktok_hours[part])
            knows = (known >> np.uint32(p) & np.uint32(1)) == 1
            forgets = (u < self.parameters.forgetting) & (first != p) & (other != p)
            flips = np.where(knows, forgets, u < learns)
            known ^= flips.astype(np.uint32) << np.uint32(p)

    def _attend(self, part: slice) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
        """Return the positions of those who reconsider, and whether their payment failed."""
        country, users, offers, parameters = self.country, self.country.users, self.country.offers, self.parameters
        main, trial = users.main[part], users.trial[part]
        ends = trial == 1
        trial -= trial > 0
        pays = offers.nest[main] == 2
        failed = pays & (trial == 0)
        failed &= uniforms(self._key("failure"), users.uid[part]) < parameters.payment_failure
        gone = np.zeros(main.size, np.float32)
        if country.lost.any():
            for label in range(users.taste.shape[0]):
                gone += (
                    users.taste[label, part] * np.append(country.lost[:, label], np.float32(0))[offers.platform[main]]
                )
        sure = ends | failed | (offers.is_open[main] == 0) | (gone > parameters.loss_threshold)
        rate = np.where(offers.nest == 2, parameters.rho_paid, parameters.rho_free)
        rate = rate + (1.0 - rate) * country.triggers
        flag = sure | (uniforms(self._key("attention"), users.uid[part]) < rate[main])
        tenure = users.tenure[part]
        tenure += np.float32(parameters.delta) * (1 - tenure) * ~flag
        second = users.second[part]
        second[~flag & (offers.is_open[second] == 0)] = 0
        here = np.flatnonzero(flag)
        return here + part.start, failed[here]

    def _appeal(self, who: NDArray[np.int64]) -> Numbers:
        """Return (J+1, m) utilities without quality and habit, -1e9 where not allowed."""
        country, users, offers, parameters = self.country, self.country.users, self.country.offers, self.parameters
        f = np.float32
        value = np.empty((len(offers), who.size), np.float32)
        value[0] = 0.0
        weight, aversion, hours = users.price_weight[who], users.ad_aversion[who], users.hours[who]
        tiktok, community = users.tiktok_hours[who], users.community[who]
        aware, access, taste = users.aware[who], users.access[who], users.taste[:, who]
        pull = parameters.beta_T / max(country.mean_tiktok_hours, 1e-9) if country.tiktok_open else 0.0
        for p in range(len(country.platforms)):
            playable = taste[country.available[p] != 0].sum(axis=0) if (country.available[p] != 1).any() else None
            common = f(parameters.beta_s) * self.peers[p].astype(f)[community]
            common += tiktok * f(pull * offers.integration[p])
            if playable is not None:
                common += f(parameters.theta) * np.log(np.maximum(playable, f(parameters.catalogue_floor)))
            knows = (aware >> np.uint32(p) & np.uint32(1)) == 1
            for j in np.flatnonzero(offers.platform == p):
                row = value[j]
                np.multiply(weight, f(-parameters.alpha * self.price[j]), out=row)
                row += common
                if offers.ad_load[j]:
                    row += aversion * f(-parameters.beta_ad * offers.ad_load[j])
                if offers.restriction[j]:
                    row += hours * f(-parameters.beta_r / parameters.hours_mean * offers.restriction[j])
                may = knows & ((access & offers.needs[j]) == offers.needs[j]) if offers.is_open[j] else False
                row[~np.broadcast_to(may, row.shape)] = -1e9
        return value

    def _choose_main(self, who: NDArray[np.int64], failed: NDArray[np.bool_]) -> None:
        users, offers, parameters = self.country.users, self.country.offers, self.parameters
        lam = np.float32(1.0 - parameters.nest_sigma)
        value = self._appeal(who)
        old, tenure = users.main[who].astype(np.intp), users.tenure[who]
        own = offers.platform[old]
        for p in range(len(self.country.platforms)):
            mine = (own == p) * np.float32(parameters.beta_H) * tenure
            value[offers.platform == p] += mine
        value[old, np.arange(who.size)] += np.float32(parameters.beta_K) * (old > 0)
        value[offers.nest == 2] -= failed * np.float32(1e9)
        odds = np.exp(value / lam) * self.main_quality[:, None]
        free, paid = odds[offers.nest == 1].sum(axis=0), odds[offers.nest == 2].sum(axis=0)
        in_free, in_paid = (
            np.power(total, lam - 1, where=total > 0, out=np.zeros_like(total)) for total in (free, paid)
        )
        odds[offers.nest == 1] *= in_free
        odds[offers.nest == 2] *= in_paid
        odds[0] = np.exp(np.float32(self.country.outside))
        cumulative = np.cumsum(odds, axis=0)
        self.chances = cumulative[-1]
        u = (uniforms(self._key("choice"), users.uid[who]) * cumulative[-1]).astype(np.float32)
        new = np.minimum((cumulative <= u).sum(axis=0), len(offers) - 1)
        self._settle(who, old, new)
        self.flows = np.zeros((len(offers), len(offers)))
        odds /= cumulative[-1]
        for j in range(len(offers)):
            self.flows[:, j] = np.bincount(old, weights=odds[j], minlength=len(offers))

    def _settle(self, who: NDArray[np.int64], old: NDArray[np.intp], new: NDArray[np.intp]) -> None:
        users, offers, delta = self.country.users, self.country.offers, np.float32(self.parameters.delta)
        p = offers.platform[new]
        stays = p == offers.platform[old]
        users.tenure[who] = np.where(stays, users.tenure[who] + delta * (1 - users.tenure[who]), np.float32(0))
        moved = np.flatnonzero(new != old)
        whose, p, new_moved = who[moved], p[moved], new[moved]
        bit = np.where(p >= 0, np.uint32(1) << np.maximum(p, 0).astype(np.uint32), np.uint32(0)).astype(np.uint32)
        upgrade = (offers.nest[new_moved] == 2) & ~(stays[moved] & (offers.nest[old[moved]] == 2))
        starts = upgrade & ((users.tried[whose] & bit) == 0)
        users.main[whose] = new_moved
        users.trial[whose] = np.where(starts, offers.trial_months[new_moved], 0)
        users.aware[whose] |= bit
        users.tried[whose] |= np.where(starts, bit, np.uint32(0))

    def _choose_second(self, who: NDArray[np.int64]) -> None:
        users, offers, parameters = self.country.users, self.country.offers, self.parameters
        value = self._appeal(who)
        held = users.second[who].astype(np.intp)
        own = offers.platform[users.main[who]]
        value[held, np.arange(who.size)] += np.float32(parameters.second_inertia) * (held > 0)
        odds = np.exp(value) * self.second_quality[:, None]
        odds[offers.platform[:, None] == own[None, :]] = 0.0
        odds[:, own < 0] = 0.0
        odds[0] = 1.0
        cumulative = np.cumsum(odds, axis=0)
        u = (uniforms(self._key("second"), users.uid[who]) * cumulative[-1]).astype(np.float32)
        users.second[who] = np.minimum((cumulative <= u).sum(axis=0), len(offers) - 1)
