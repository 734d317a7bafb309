"""The month of choices with one Mesa agent per user, as one would write it for speed in plain Python floats.

Leaner than `model.agents.reference`, whose theory calls are for exactness: only `math`, tuples and ints.
"""

from __future__ import annotations

from math import exp, expm1, log

import mesa
import numpy as np

from model.foundation.rng import stream_key
from model.spec.parameters import Parameters
from model.state.communities import shares_of_communities
from model.state.country import Country

_MASK = (1 << 64) - 1


def uniform(key: int, uid: int) -> float:
    """Return the keyed number of `model.foundation.rng` in plain Python."""
    word = (key + uid * 0x9E3779B97F4A7C15) & _MASK
    word = ((word ^ (word >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
    word = ((word ^ (word >> 27)) * 0x94D049BB133111EB) & _MASK
    return ((word ^ (word >> 31)) >> 12) * 2.0**-52 + 2.0**-53


class Listener(mesa.Agent):
    """One user: attributes, state and the four decisions of a month."""

    def __init__(self, market: Listeners, i: int) -> None:
        super().__init__(market)
        users = market.country.users
        self.market, self.uid = market, int(users.uid[i])
        for name in ("price_weight", "hours", "tiktok_hours", "ad_aversion", "tenure"):
            setattr(self, name, float(getattr(users, name)[i]))
        for name in ("community", "access", "aware", "tried", "main", "second", "trial"):
            setattr(self, name, int(getattr(users, name)[i]))
        self.taste = tuple(map(float, users.taste[:, i]))

    def step(self) -> None:
        """Live one month."""
        m = self.market
        self.hear(m)
        attends, failed = self.attend(m)
        if not attends:
            self.tenure += m.p.delta * (1.0 - self.tenure)
            if not m.is_open[self.second]:
                self.second = 0
            return
        appeal = self.appeal(m)
        self.choose(m, appeal, failed)
        self.choose_second(m, appeal)

    def hear(self, m: Listeners) -> None:
        """Learn of services or forget them."""
        first, other = m.platform[self.main], m.platform[self.second]
        for p, key in enumerate(m.awareness_keys):
            u = uniform(key, self.uid)
            if self.aware >> p & 1:
                if u < m.forgetting and p not in (first, other):
                    self.aware &= ~(1 << p)
            elif u < (1.0 - (1.0 - m.chance[p][self.community]) * exp(-m.tiktok[p] * self.tiktok_hours)):
                self.aware |= 1 << p

    def attend(self, m: Listeners) -> tuple[bool, bool]:
        """Return whether the user reconsiders, and whether the payment failed."""
        sure = failed = False
        if self.trial > 0:
            self.trial -= 1
            sure = self.trial == 0
        paid = m.nest[self.main] == 2
        if paid and self.trial == 0:
            failed = uniform(m.failure_key, self.uid) < m.payment_failure
        if self.main:
            lost = m.lost[m.platform[self.main]]
            if lost is not None:
                sure = sure or sum(a * b for a, b in zip(self.taste, lost, strict=True)) > m.loss_threshold
            sure = sure or not m.is_open[self.main]
        rate = m.rate[self.main]
        return sure or failed or uniform(m.attention_key, self.uid) < rate, failed

    def appeal(self, m: Listeners) -> list[tuple[int, float]]:
        """Return (offer, utility without quality and habit) of the offers that the user may take."""
        result = []
        for j, p, needs, price, ads, limits, inside, missing in m.offers:
            if self.aware >> p & 1 and self.access & needs == needs:
                value = price * self.price_weight + ads * self.ad_aversion + limits * self.hours
                value += inside * self.tiktok_hours + m.peers[p][self.community]
                if missing is not None:
                    value += m.theta * log(max(m.floor, sum(a * b for a, b in zip(self.taste, missing, strict=True))))
                result.append((j, value))
        return result

    def choose(self, m: Listeners, appeal: list[tuple[int, float]], failed: bool) -> None:
        """Choose the main service by nested logit."""
        old, own = self.main, m.platform[self.main]
        free, paid, free_sum, paid_sum = [], [], 0.0, 0.0
        for j, value in appeal:
            if m.platform[j] == own:
                value += m.beta_h * self.tenure + (m.beta_k if j == old else 0.0)
            odds = exp(value / m.lam) * m.quality[j]
            if m.nest[j] == 1:
                free.append((j, odds))
                free_sum += odds
            elif not failed:
                paid.append((j, odds))
                paid_sum += odds
        free_value, paid_value = free_sum**m.lam, paid_sum**m.lam
        target = uniform(m.choice_key, self.uid) * (m.nothing + free_value + paid_value) - m.nothing
        new = 0
        if target >= 0.0:
            ways, target = (free, target * free_sum / free_value) if target < free_value else (
                paid, (target - free_value) * paid_sum / paid_value)  # fmt: skip
            for option, odds in ways:
                new = option
                target -= odds
                if target < 0.0:
                    break
        p = m.platform[new]
        self.tenure = self.tenure + m.p.delta * (1.0 - self.tenure) if p == own else 0.0
        if new != old:
            self.main, self.trial = new, 0
            if new:
                self.aware |= 1 << p
                if m.nest[new] == 2 and not (p == own and m.nest[old] == 2) and not self.tried >> p & 1:
                    self.trial = m.trial_months[new]
                    self.tried |= 1 << p

    def choose_second(self, m: Listeners, appeal: list[tuple[int, float]]) -> None:
        """Choose a second service of another platform, or none."""
        own, held = m.platform[self.main], self.second
        self.second = 0
        if own < 0:
            return
        total, ways = 1.0, []
        for j, value in appeal:
            if m.platform[j] != own and m.second_quality[j] > 0.0:
                odds = exp(value + (m.inertia if j == held else 0.0)) * m.second_quality[j]
                ways.append((j, odds))
                total += odds
        target = uniform(m.second_key, self.uid) * total - 1.0
        if target < 0.0:
            return
        for self.second, odds in ways:
            target -= odds
            if target < 0.0:
                return


class Listeners(mesa.Model):
    """A country of `Listener` agents."""

    def __init__(self, country: Country, parameters: Parameters, *, seed: int, month: int) -> None:
        super().__init__(rng=0)
        self.country, self.p = country, parameters
        self._lists(country, parameters)
        self._weights(country, parameters)
        key = {
            name: int(stream_key(seed, name, country.market, month))
            for name in ("failure", "attention", "choice", "second")
        }
        self.failure_key, self.attention_key, self.choice_key, self.second_key = key.values()
        self.awareness_keys = [
            int(stream_key(seed, "awareness", country.market, name, month)) for name in country.platforms
        ]
        self.users = [Listener(self, i) for i in range(country.active)]

    def live(self) -> None:
        """Live one month."""
        self.agents_by_type[Listener].do("step")

    def _lists(self, country: Country, parameters: Parameters) -> None:
        offers = country.offers
        self.platform, self.nest = offers.platform.tolist(), offers.nest.tolist()
        self.is_open, self.trial_months = offers.is_open.tolist(), offers.trial_months.tolist()
        peers = shares_of_communities(country)
        self.peers = (parameters.beta_s * peers).tolist()
        live = [bool(offers.is_open[offers.platform == p].any()) for p in range(len(country.platforms))]
        self.tiktok = [
            parameters.tiktok_awareness * float(offers.integration[p]) / max(country.mean_tiktok_hours, 1e-9) * live[p]
            for p in range(len(live))
        ]
        self.chance = [
            [-expm1(-(country.marketing_hazard[p] * live[p] + parameters.word_of_mouth * s)) for s in peers[p].tolist()]
            for p in range(len(live))
        ]
        self.lost = [row.tolist() if row.any() else None for row in country.lost]
        rate = np.where(offers.nest == 2, parameters.rho_paid, parameters.rho_free)
        self.rate = (rate + (1.0 - rate) * country.triggers).tolist()

    def _weights(self, country: Country, parameters: Parameters) -> None:
        offers, p = country.offers, parameters
        self.lam, self.nothing, self.theta, self.floor = (
            1.0 - p.nest_sigma,
            exp(country.outside),
            p.theta,
            p.catalogue_floor,
        )
        self.beta_h, self.beta_k, self.inertia = p.beta_H, p.beta_K, p.second_inertia
        self.forgetting, self.payment_failure, self.loss_threshold = p.forgetting, p.payment_failure, p.loss_threshold
        self.quality = np.exp(offers.xi / self.lam).tolist()
        self.second_quality = np.exp(offers.xi_second).tolist()
        pull = p.beta_T / max(country.mean_tiktok_hours, 1e-9) if country.tiktok_open else 0.0
        self.offers = [
            (
                j, int(offers.platform[j]), int(offers.needs[j]), -p.alpha * float(offers.user_price[j]),
                -p.beta_ad * float(offers.ad_load[j]), -p.beta_r / p.hours_mean * float(offers.restriction[j]),
                pull * float(offers.integration[offers.platform[j]]),
                None if country.available[offers.platform[j]].all() else country.available[offers.platform[j]].tolist(),
            )
            for j in range(1, len(offers)) if offers.is_open[j] and np.isfinite(offers.xi[j])
        ]  # fmt: skip
