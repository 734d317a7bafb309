"""One country market: its users, offers and catalogues, and what the mechanisms need to know of it."""

from __future__ import annotations

from copy import copy, deepcopy
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from model.state.offers import OfferTable
from model.state.population import Newcomers
from model.state.users import UserArrays

Floats = NDArray[np.float64]


@dataclass(slots=True)
class Country:
    """The state of one market.

    weight: people per simulated user. active: users online now. available: (P, L) 1 where the service may play the
    label; lost: 1 where it stopped this month. clips: (L,) 1 where the label's music may be used on TikTok. song_pull:
    (L,) labels' share of attention over their share of repertoire that songs of the day give. tiktok: levers of TikTok
    in force, by name. triggers:
    (J+1,) chance that this month's rise of the offer's price is noticed. marketing_hazard: (P,) awareness hazard per
    month of the start's marketing. outside: utility of the outside option. addressable: people 13+ online at the end of
    each month 0..horizon; longer once the market lived on beyond it. newcomers: where people come from beyond those who
    wait in `users`. tiktok_open: whether TikTok is allowed. growth_per_year: a lever's growth of addressable people in
    place of the path's. sales_tax: share of the net price. app_store_fee: share of the price paid in the app store;
    None leaves it to the declared parameters. fx: local currency per USD. merger_habit: part of habit that people keep
    whom a takeover moves. carried: people moved by takeovers this month, by (option before, option after).
    """

    market: str
    name: str
    labels: tuple[str, ...]
    users: UserArrays
    offers: OfferTable
    available: NDArray[np.float32]
    lost: NDArray[np.float32]
    clips: NDArray[np.float32]
    song_pull: Floats
    triggers: NDArray[np.float32]
    weight: float
    active: int
    communities: int
    mean_tiktok_hours: float
    outside: float
    marketing_hazard: Floats
    addressable: Floats
    newcomers: Newcomers
    tiktok_open: bool
    fx: float
    price_attention: float
    sales_tax: float
    merger_habit: float = 1.0
    app_store_fee: float | None = None
    growth_per_year: float | None = None
    tiktok: dict[str, float] = field(default_factory=dict)
    carried: dict[tuple[int, int], float] = field(default_factory=dict)

    @property
    def platforms(self) -> tuple[str, ...]:
        """Return the services of the market, in the order of platform positions."""
        return self.offers.platforms

    def stocks(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return (J+1,) simulated users by main option ([0] is outside) and by second option ([0] is without one)."""
        options = len(self.offers)
        main = np.bincount(self.users.main[: self.active], minlength=options).astype(np.int64)
        second = np.bincount(self.users.second[: self.active], minlength=options).astype(np.int64)
        return main, second

    @property
    def tiktok_reach(self) -> float:
        """Share of addressable people on TikTok, 0 while it is banned."""
        return self.newcomers.facts.tiktok_share if self.tiktok_open else 0.0

    @property
    def repertoire(self) -> Floats:
        """(L,) labels' shares of repertoire; they add to 1."""
        return np.array(self.newcomers.facts.label_shares, dtype=np.float64)

    @property
    def people(self) -> float:
        """Addressable people now."""
        return self.active * self.weight

    def copy(self) -> Country:
        """Return an independent copy (users, offers and catalogues)."""
        twin = self.without_users()
        twin.users = self.users.copy()
        return twin

    def without_users(self) -> Country:
        """Return a copy of everything but the users, whose arrays are shared until they are replaced."""
        twin = copy(self)
        twin.offers = deepcopy(self.offers)
        arrays = ("available", "lost", "clips", "song_pull", "triggers", "marketing_hazard", "addressable")
        for name in (*arrays, "tiktok", "carried"):
            setattr(twin, name, getattr(self, name).copy())
        return twin
