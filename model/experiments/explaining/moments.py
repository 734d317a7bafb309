"""What the users of a market face at a moment: the parts of their utility, and what they may take."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from model.agents.users import utility_of
from model.spec.parameters import Parameters
from model.state.country import Country
from model.state.users import AGE_BANDS

Floats = NDArray[np.float64]
Positions = NDArray[np.int64]
INCOMES = ("lower third", "middle third", "upper third")
NAMES = {"restriction": "limits", "quality": "quality"}
"""Drivers whose name is not that of the part of the utility."""


@dataclass(frozen=True, slots=True)
class Moment:
    """A copy of a market at the end of a month, with the parameters of its run."""

    country: Country
    parameters: Parameters

    @property
    def uids(self) -> NDArray[np.uint32]:
        """Identities of the users online, by position."""
        return self.country.users.uid[: self.country.active]

    def platform_of(self, positions: Positions) -> NDArray[np.int64]:
        """Return the platform of each user's main service, -1 outside."""
        found: NDArray[np.int64] = self.country.offers.platform[self.country.users.main[positions]].astype(np.int64)
        return found

    def may(self, positions: Positions) -> dict[str, NDArray[np.bool_]]:
        """Return (n, J+1) by reason: whether the user knows the service, has the access it needs, and it is open."""
        users, offers = self.country.users, self.country.offers
        bits = np.where(offers.platform >= 0, np.uint32(1) << np.maximum(offers.platform, 0).astype(np.uint32), 0)
        knows = (users.aware[positions][:, None] & bits[None, :]) != 0
        knows[:, 0] = True
        access = (users.access[positions][:, None] & offers.needs[None, :]) == offers.needs[None, :]
        is_open = np.broadcast_to(offers.is_open != 0, knows.shape)
        return {"awareness": knows, "access": access, "offers": is_open}


@dataclass(frozen=True, slots=True)
class Pair:
    """A market at two moments, of one run or of two, its users matched by identity.

    first_at, second_at: (n,) positions of the same users. first_parts, second_parts: utility by driver, filled on
    demand. holds_first: whether the second is seen with the service and tenure of the first (see `why_switched`).
    """

    market: str
    first: Moment
    second: Moment
    first_at: Positions
    second_at: Positions
    holds_first: bool

    @classmethod
    def of(cls, first: Moment, second: Moment, *, holds_first: bool) -> Pair:
        """Return the pair of the users who are online in both. The tables of offers are those of one run or two."""
        assert first.country.offers.names == second.country.offers.names
        _, one, other = np.intersect1d(first.uids, second.uids, assume_unique=True, return_indices=True)
        first.country.offers.xi, second.country.offers.xi = _known(first.country, second.country)
        return cls(first.country.market, first, second, one.astype(np.int64), other.astype(np.int64), holds_first)

    def taken(self, chosen: NDArray[np.bool_] | Positions) -> Pair:
        """Return the pair with some of its users."""
        return Pair(self.market, self.first, self.second, self.first_at[chosen], self.second_at[chosen],
                    self.holds_first)  # fmt: skip

    def __len__(self) -> int:
        return int(self.first_at.size)

    @property
    def weight(self) -> float:
        """People per simulated user, at the first moment."""
        return self.first.country.weight

    def parts(self) -> tuple[dict[str, Floats], dict[str, Floats]]:
        """Return the utility of every option by driver at both moments, (n, J+1) each, in logit units."""
        one = utility_of(self.first.country, self.first.parameters, self.first_at)
        other = utility_of(self.second.country, self.second.parameters, self.second_at)
        if self.holds_first:
            other = {**other, "habit": self._habit()}
        return tuple({NAMES.get(name, name): part for name, part in parts.items()} for parts in (one, other))  # type: ignore[return-value]

    def _habit(self) -> Floats:
        """Return the habit at the second moment of users who still hold what they held at the first."""
        users, platform = self.first.country.users, self.first.country.offers.platform
        held, weights = users.main[self.first_at], self.second.parameters
        same = (platform[None, :] == platform[held][:, None]) & (platform >= 0)
        tier = np.arange(platform.size)[None, :] == held[:, None]
        tenure = users.tenure[self.first_at].astype(np.float64)[:, None]
        found: Floats = same * (weights.beta_H * tenure + weights.beta_K * tier)
        return found

    def segments(self) -> pd.DataFrame:
        """Return market, age and income group of each user; thirds of income are those of the users of the market."""
        users = self.first.country.users
        income = users.income[self.first_at]
        edges = np.quantile(users.income[: self.first.country.active], [1 / 3, 2 / 3])
        return pd.DataFrame({
            "market": np.full(len(self), self.market, dtype=object),
            "age": np.array(AGE_BANDS, dtype=object)[users.age[self.first_at]],
            "income": np.array(INCOMES, dtype=object)[np.searchsorted(edges, income, side="right")],
        })  # fmt: skip


def _known(first: Country, second: Country) -> tuple[Floats, Floats]:
    """Return the qualities of both moments; that of an offer that is not yet made is taken from the other moment."""
    one, other = first.offers.xi, second.offers.xi
    return np.where(np.isfinite(one), one, other), np.where(np.isfinite(other), other, one)
