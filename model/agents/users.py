"""The users of a market as one Mesa agent, and any single user taken out to look at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import mesa
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from model.foundation.errors import Fault, InputError
from model.spec.parameters import Parameters
from model.state.communities import shares_of_communities
from model.state.country import Country
from model.state.users import AGE_BANDS, BUNDLE_SHIFT, FAMILY, PAY, STUDENT
from model.theory.arrays import FloatArray
from model.theory.choice import nested_logit, utility_terms


class UserPopulation(mesa.Agent):
    """All users of one market. The arrays live in the market's `Country`; this agent shows them."""

    def __init__(self, model: Any, country: Country) -> None:
        super().__init__(model)
        self.country = country

    @property
    def market(self) -> str:
        """The market's code."""
        return self.country.market

    def __len__(self) -> int:
        return self.country.active

    def user(self, uid: int) -> User:
        """Return one user by id; InputError when nobody online has it."""
        found = np.flatnonzero(self.country.users.uid[: self.country.active] == uid)
        if found.size == 0:
            rule = f"a user of {self.market} is a whole number from 0 to {self.country.active - 1}"
            raise InputError(Fault("user", rule, uid, "Newcomers appear as the internet grows."))
        return User(self.country, int(found[0]), self.model.plan.parameters)


@dataclass(frozen=True, slots=True)
class User:
    """One simulated user as a readable view on the arrays; it stands for `country.weight` people."""

    country: Country
    position: int
    parameters: Parameters

    def _column(self, name: str) -> Any:
        return getattr(self.country.users, name)[self.position]

    @property
    def uid(self) -> int:
        """Identity within the market."""
        return int(self._column("uid"))

    @property
    def age(self) -> str:
        """Age band."""
        return AGE_BANDS[int(self._column("age"))]

    @property
    def income(self) -> float:
        """PPP USD per month."""
        return float(self._column("income"))

    @property
    def hours(self) -> float:
        """Hours of listening per month."""
        return float(self._column("hours"))

    @property
    def tiktok_hours(self) -> float:
        """Hours on TikTok per month; 0 where it is not allowed."""
        return float(self._column("tiktok_hours")) if self.country.tiktok_open else 0.0

    @property
    def community(self) -> int:
        """Number of the community."""
        return int(self._column("community"))

    @property
    def tenure(self) -> float:
        """How settled on the main service, 0 to 1."""
        return float(self._column("tenure"))

    @property
    def service(self) -> tuple[str, str]:
        """(platform, tier) of the main service, ("outside", "") for none."""
        return self.country.offers.names[int(self._column("main"))]

    @property
    def second_service(self) -> tuple[str, str]:
        """(platform, tier) of the second service, ("outside", "") for none."""
        return self.country.offers.names[int(self._column("second"))]

    @property
    def taste(self) -> dict[str, float]:
        """Share of own listening by label."""
        return dict(zip(self.country.labels, map(float, self.country.users.taste[:, self.position]), strict=True))

    @property
    def aware_of(self) -> tuple[str, ...]:
        """Services the user knows."""
        bits = int(self._column("aware"))
        return tuple(name for p, name in enumerate(self.country.platforms) if bits >> p & 1)

    @property
    def access(self) -> tuple[str, ...]:
        """What the user can prove or pay with: payment, student, family, and contracts that carry a bundle."""
        bits = int(self._column("access"))
        plain = tuple(name for name, bit in (("payment", PAY), ("student", STUDENT), ("family", FAMILY)) if bits & bit)
        return plain + tuple(
            f"bundle of {name}" for p, name in enumerate(self.country.platforms) if bits >> (BUNDLE_SHIFT + p) & 1
        )

    def may_take(self) -> NDArray[np.bool_]:
        """Return (J+1,) whether the user knows the service, it is open, and the access it needs is there."""
        offers = self.country.offers
        knows = np.array([True, *(int(self._column("aware")) >> int(p) & 1 for p in offers.platform[1:])], bool)
        has = (int(self._column("access")) & offers.needs) == offers.needs
        result: NDArray[np.bool_] = knows & has & (offers.is_open != 0)
        return result

    def terms(self) -> dict[str, FloatArray]:
        """Return the utility parts of every option, (J+1,) each, in logit units (see `model.theory.utility`)."""
        country = self.country
        parts = utility_of(country, self.parameters, np.array([self.position]))
        return {name: part[0] for name, part in parts.items()}

    def why(self) -> pd.DataFrame:
        """Return the offers considered, the parts of their utility (logit units), and the chance to be chosen.

        Rows: offers the user may take, the outside option first. The chance is that of a month in which the user
        reconsiders; `held` marks the present service.
        """
        parts = self.terms()
        total = np.sum(list(parts.values()), axis=0)
        allowed = self.may_take()
        offers = self.country.offers
        chance = nested_logit(
            total[None, :], offers.nest, nest_sigma=self.parameters.nest_sigma, allowed=allowed[None, :]
        )[0]
        table = pd.DataFrame(
            {
                "platform": [p for p, _ in offers.names],
                "tier": [t for _, t in offers.names],
                **parts,
                "utility": total,
                "chance": chance,
            }
        )
        table["held"] = np.arange(len(offers)) == int(self._column("main"))
        return table[allowed].sort_values("chance", ascending=False, kind="stable").reset_index(drop=True)


def utility_of(country: Country, parameters: Parameters, positions: NDArray[np.integer]) -> dict[str, FloatArray]:
    """Return the utility parts of the users at `positions`: name -> (n, J+1) logit units, in double precision."""
    users, offers = country.users, country.offers
    platform, own = offers.platform, users.main[positions]
    peers = shares_of_communities(country)
    is_offer = platform >= 0
    return utility_terms(
        quality=np.where(is_offer, np.where(np.isfinite(offers.xi), offers.xi, -99.0), country.outside),
        theta=parameters.theta,
        catalogue=np.where(is_offer, users.taste[:, positions].T.astype(float) @ country.available.T[:, platform], 1.0),
        catalogue_floor=parameters.catalogue_floor,
        alpha=parameters.alpha,
        price_weight=users.price_weight[positions],
        price=offers.user_price,
        beta_ad=parameters.beta_ad,
        aversion=users.ad_aversion[positions],
        ad_load=offers.ad_load,
        beta_r=parameters.beta_r,
        restriction=offers.restriction,
        hours=users.hours[positions],
        mean_hours=parameters.hours_mean,
        beta_T=parameters.beta_T if country.tiktok_open else 0.0,
        integration=np.append(offers.integration, 0.0)[platform],
        tiktok_hours=users.tiktok_hours[positions],
        mean_tiktok_hours=country.mean_tiktok_hours,
        beta_s=parameters.beta_s,
        community_share=np.where(is_offer, peers[platform][:, users.community[positions]].T, 0.0),
        beta_pod=parameters.beta_pod,
        podcasts=np.append(offers.podcasts, 0.0)[platform],
        beta_H=parameters.beta_H,
        tenure=users.tenure[positions],
        beta_K=parameters.beta_K,
        same_platform=(platform[None, :] == platform[own][:, None]) & is_offer,
        same_tier=np.arange(len(offers))[None, :] == own[:, None],
    )
