"""The slow reference: one Mesa agent per user, readable rules, double precision.

It lives the same month as the compiled kernels (awareness, attention, main service, second service) from the same keyed
draws, so for the same start it makes the same choices, a draw within rounding of a boundary aside. Every user keeps how
near each of the month's draws came to its boundary (`closest`). Only for few users: it is thousands of times slower.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache

import mesa
import numpy as np

from model.foundation.rng import stream_key, uniforms
from model.spec.parameters import Parameters
from model.state.country import Country
from model.state.offers import PAID
from model.state.users import UserArrays
from model.theory.arrays import BoolArray, FloatArray
from model.theory.choice import draw_by_inverse_cdf, nested_logit, utility_terms

_key = lru_cache(maxsize=4096)(stream_key)


class ReferenceUser(mesa.Agent):
    """One user with rules that can be read aloud. `aware` and `tried` are sets of platform positions.

    main, second: option held, 0 for none. trial: months of trial left. tenure: 0 to 1. closest: over the month's
    decisions, the least distance of a draw (or of a loss) from the boundary that decides.
    """

    def __init__(self, market: ReferenceMarket, position: int) -> None:
        super().__init__(market)
        self.market = market
        self.adopt(market.country.users, position)

    def adopt(self, users: UserArrays, position: int) -> None:
        """Take attributes and state from a position of the user arrays."""
        self.uid = int(users.uid[position])
        self.price_weight = float(users.price_weight[position])
        self.hours = float(users.hours[position])
        self.tiktok_hours = float(users.tiktok_hours[position])
        self.ad_aversion = float(users.ad_aversion[position])
        self.taste = users.taste[:, position].astype(np.float64)
        self.community = int(users.community[position])
        self.access = int(users.access[position])
        self.aware = bits_to_set(int(users.aware[position]))
        self.tried = bits_to_set(int(users.tried[position]))
        self.main = int(users.main[position])
        self.second = int(users.second[position])
        self.trial = int(users.trial[position])
        self.tenure = float(users.tenure[position])
        self.closest = 1.0

    def step(self) -> None:
        """Live one month: hear of services, perhaps reconsider, choose a main and a second service."""
        self.closest = 1.0
        self.hear_of_services()
        reconsiders, payment_failed = self.reconsiders()
        if reconsiders:
            self.choose_main(payment_failed=payment_failed)
            self.choose_second(payment_failed=payment_failed)
        else:
            self.settle()
            if not self.market.is_open(self.second):
                self.second = 0

    def hear_of_services(self) -> None:
        """Learn of services by marketing, friends and TikTok; forget those not used with a small chance."""
        in_use = {self.market.platform(self.main), self.market.platform(self.second)}
        for p in range(len(self.market.country.platforms)):
            u = self.draw("awareness", self.market.country.platforms[p])
            if p not in self.aware:
                if self._happens(u, -np.expm1(-self.hazard_of_learning(p))):
                    self.aware.add(p)
            elif p not in in_use and self._happens(u, self.market.parameters.forgetting):
                self.aware.remove(p)

    def hazard_of_learning(self, p: int) -> float:
        """Return the monthly hazard of coming to know platform p."""
        market, country, parameters = self.market, self.market.country, self.market.parameters
        friends: float = parameters.word_of_mouth * market.community_share(p, self.community)
        if not market.has_open_offer(p):
            return friends
        spending = float(country.offers.marketing[p])
        pushed: float = market.launch_or_marketing_hazard(p) * spending**parameters.marketing_power
        if not country.tiktok_open or country.mean_tiktok_hours <= 0.0:
            return pushed + friends
        relative_hours = self.tiktok_hours / country.mean_tiktok_hours
        by_tiktok: float = parameters.tiktok_awareness * float(country.offers.integration[p]) * relative_hours
        return pushed + friends + by_tiktok

    def reconsiders(self) -> tuple[bool, bool]:
        """Return (whether the user reconsiders, whether the payment failed); a trial runs down by a month."""
        parameters, country = self.market.parameters, self.market.country
        surely = failed = False
        if self.trial > 0:
            self.trial -= 1
            surely = self.trial == 0
        if self.market.is_paid(self.main) and self.trial == 0:
            failed = self._happens(self.draw("failure"), parameters.payment_failure)
        if self.main != 0:
            lost = float(self.taste @ country.lost[self.market.platform(self.main)])
            self._note(abs(lost - parameters.loss_threshold))
            surely = surely or not self.market.is_open(self.main) or lost > parameters.loss_threshold
        if surely or failed:
            return True, failed
        rate = parameters.rho_paid if self.market.is_paid(self.main) else parameters.rho_free
        rate += (1.0 - rate) * float(country.triggers[self.main])
        return self._happens(self.draw("attention"), rate), False

    def choose_main(self, *, payment_failed: bool) -> None:
        """Choose by nested logit among the offers that the user knows and has access to, and settle in."""
        market = self.market
        terms = self.utility(market.country.offers.xi)
        terms["quality"][0, 0] = market.country.outside
        allowed = self.may_take()
        if payment_failed:
            allowed &= market.country.offers.nest != PAID
        new = self._draw_choice("choice", terms, allowed, nest_sigma=market.parameters.nest_sigma)
        self.settle(new)

    def settle(self, new: int | None = None) -> None:
        """Stay (None) or hold option `new` from now on: tenure, trial, awareness and used-up trials follow."""
        market, delta = self.market, self.market.parameters.delta
        old = self.main
        new = old if new is None else new
        p = market.platform(new)
        same_service = p == market.platform(old)
        self.tenure = self.tenure + delta * (1.0 - self.tenure) if same_service else 0.0
        if new == old:
            return
        self.main, self.trial = new, 0
        if new == 0:
            return
        self.aware.add(p)
        begins_to_pay = market.is_paid(new) and not (same_service and market.is_paid(old))
        if begins_to_pay and p not in self.tried:
            self.trial = int(market.country.offers.trial_months[new])
            self.tried.add(p)

    def choose_second(self, *, payment_failed: bool = False) -> None:
        """Choose a second service of another platform beside the main one, or none, by plain logit."""
        market, offers = self.market, self.market.country.offers
        if self.main == 0:
            self.second = 0
            return
        terms = self.utility(offers.xi_second)
        terms["quality"][0, 0] = 0.0
        terms["habit"] = np.zeros((1, len(offers)))
        if self.second:
            terms["habit"][0, self.second] = market.parameters.second_inertia
        allowed = self.may_take() & (offers.platform != market.platform(self.main))
        if payment_failed:
            allowed &= offers.nest != PAID
        self.second = self._draw_choice("second", terms, allowed, nest_sigma=0.0)

    def may_take(self) -> BoolArray:
        """Return (J+1,) whether each offer is open, its service known, and the access it needs there."""
        offers = self.market.country.offers
        knows = np.array([p < 0 or int(p) in self.aware for p in offers.platform])
        has_access = (self.access & offers.needs) == offers.needs
        return np.asarray(knows & has_access & (offers.is_open != 0), np.bool_)

    def utility(self, quality: FloatArray) -> dict[str, FloatArray]:
        """Return the utility parts of every option, (1, J+1) each; quality -inf (no history) stays out of reach."""
        market, country, parameters = self.market, self.market.country, self.market.parameters
        offers, platform = country.offers, country.offers.platform
        playable = country.available.astype(np.float64) @ self.taste
        own = platform[self.main]
        return utility_terms(
            quality=quality,
            theta=parameters.theta,
            catalogue=np.maximum(playable[platform], parameters.catalogue_floor)[None, :],
            alpha=parameters.alpha,
            price_weight=[self.price_weight],
            price=offers.user_price,
            beta_ad=parameters.beta_ad,
            aversion=[self.ad_aversion],
            ad_load=offers.ad_load,
            beta_r=parameters.beta_r,
            restriction=offers.restriction,
            hours=[self.hours],
            mean_hours=parameters.hours_mean,
            beta_T=parameters.beta_T if country.tiktok_open else 0.0,
            integration=offers.integration[platform],
            tiktok_hours=[self.tiktok_hours],
            mean_tiktok_hours=country.mean_tiktok_hours,
            beta_s=parameters.beta_s,
            community_share=market.shares[platform, self.community][None, :],
            beta_pod=parameters.beta_pod,
            podcasts=offers.podcasts[platform],
            beta_H=parameters.beta_H,
            tenure=[self.tenure],
            beta_K=parameters.beta_K,
            same_platform=((platform == own) & (platform >= 0))[None, :],
            same_tier=(np.arange(len(offers)) == self.main)[None, :],
        )

    def draw(self, *decision: str) -> float:
        """Return this user's keyed number of a decision in the present month."""
        name, *rest = decision
        key = _key(self.market.seed, name, self.market.country.market, *rest, self.market.month)
        return float(uniforms(key, np.array([self.uid]))[0])

    def _draw_choice(
        self, decision: str, terms: Mapping[str, FloatArray], allowed: BoolArray, *, nest_sigma: float
    ) -> int:
        nests = self.market.country.offers.nest
        value = np.sum(list(terms.values()), axis=0)
        chance = nested_logit(value, nests, nest_sigma=nest_sigma, allowed=allowed[None, :])
        u = self.draw(decision)
        self._note(float(np.min(np.abs(np.cumsum(chance[0])[:-1] - u))))
        return int(draw_by_inverse_cdf(chance, [u], nests)[0])

    def _happens(self, u: float, chance: float) -> bool:
        self._note(abs(u - chance))
        return u < chance

    def _note(self, distance: float) -> None:
        self.closest = min(self.closest, distance)


class ReferenceMarket(mesa.Model):
    """A country with one Mesa agent per user online. Reads offers and catalogues of `country`; writes only its agents.

    country: opened and settled. seed: as given to the fast mechanisms. shares: (P, communities) part of each community
    whose main service is the platform, at the beginning of the month.
    """

    def __init__(self, country: Country, parameters: Parameters, *, seed: int) -> None:
        super().__init__(rng=0)
        self.country = country
        self.parameters = parameters
        self.seed = seed
        self.month = 0
        self.users = [ReferenceUser(self, position) for position in range(country.active)]
        self.shares = self.community_shares()

    def live(self, month: int) -> None:
        """Let every user live one month; nobody reads what another does in the same month."""
        self.month = month
        self.shares = self.community_shares()
        for user in self.users:
            user.step()

    def adopt(self, users: UserArrays) -> None:
        """Take the state of all users from the arrays, so that differences do not spread to later months."""
        for position, user in enumerate(self.users):
            user.adopt(users, position)

    def community_shares(self) -> FloatArray:
        """Return (P + 1, communities) shares by platform as the agents stand; the last row (outside) is 0."""
        counts = np.zeros((len(self.country.platforms) + 1, self.country.communities))
        size = np.zeros(self.country.communities)
        for user in self.users:
            size[user.community] += 1
            if user.main != 0:
                counts[self.platform(user.main), user.community] += 1
        return np.asarray(counts / np.maximum(1.0, size), np.float64)

    def community_share(self, p: int, community: int) -> float:
        """Return the part of a community whose main service is platform p."""
        return float(self.shares[p, community])

    def platform(self, option: int) -> int:
        """Return the platform position of an option, -1 for the outside option."""
        return int(self.country.offers.platform[option])

    def is_paid(self, option: int) -> bool:
        """Return whether an option is a paid tier."""
        return int(self.country.offers.nest[option]) == PAID

    def is_open(self, option: int) -> bool:
        """Return whether an option can be taken now."""
        return bool(self.country.offers.is_open[option])

    def has_open_offer(self, p: int) -> bool:
        """Return whether platform p sells anything in this market now."""
        offers = self.country.offers
        return any(self.is_open(j) for j in range(1, len(offers)) if offers.platform[j] == p)

    def launch_or_marketing_hazard(self, p: int) -> float:
        """Return the hazard at marketing 1: the start's, or the launch hazard of a service without history."""
        if self.country.marketing_hazard[p] > 0.0:
            return float(self.country.marketing_hazard[p])
        return 0.0 if self.country.offers.has_history[p] else self.parameters.launch_hazard


def bits_to_set(bits: int) -> set[int]:
    """Return the positions of the bits that are set."""
    return {p for p in range(bits.bit_length()) if bits >> p & 1}


def set_to_bits(positions: Iterable[int]) -> int:
    """Return the number whose bits at `positions` are set."""
    return sum(1 << p for p in positions)
