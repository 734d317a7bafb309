"""The offers of one market: option 0 is the outside option, options 1..J are (platform, tier) pairs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from model.foundation.errors import Fault, raise_faults
from model.state.users import BUNDLE_SHIFT, FAMILY, MAX_OFFERS, MAX_PLATFORMS, PAY, STUDENT

OUTSIDE, FREE, PAID = 0, 1, 2
TIERS = ("free_ads", "free_rewarded", "bundle", "mini", "student", "individual", "family_per_head", "premium")
PAID_TIERS = frozenset({"mini", "student", "individual", "family_per_head", "premium"})
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class OfferLine:
    """One offer as the start state gives it.

    price_local: per month, tax included; price_store_local: the same bought in the app store (nan if no different).
    store_share: part of payers who pay in the app store. target_main, target_second: people (not millions) who use it
    as main and as second service. is_open: False for offers that wait for an entry.
    """

    platform: str
    tier: str
    price_local: float
    price_store_local: float
    store_share: float
    ad_load: float
    restriction: float
    trial_months: int
    target_main: float
    target_second: float
    is_open: bool = True


@dataclass(slots=True)
class OfferTable:
    """The offers of one market as columns over options 0..J, and the levers that firms pull on them.

    price_local, price_store_local: local currency per month. price: PPP USD per month, as users see it (store mark-up
    averaged in). xi, xi_second: quality as main and as second service, logit units; -inf where there is none.
    has_history: (P,) whether the service had users at the start. bundle_fee: (P,) local currency that an operator pays
    for each user and month of the bundle, before tax; nan leaves it to the declared share of the individual price.
    """

    market: str
    platforms: tuple[str, ...]
    lines: tuple[OfferLine, ...]
    ppp: float  # local currency per PPP USD
    platform: NDArray[np.int32] = field(init=False)
    nest: NDArray[np.int32] = field(init=False)
    needs: NDArray[np.uint32] = field(init=False)
    is_open: NDArray[np.uint8] = field(init=False)
    trial_months: NDArray[np.int8] = field(init=False)
    price_local: Floats = field(init=False)
    price_store_local: Floats = field(init=False)
    store_share: Floats = field(init=False)
    ad_load: Floats = field(init=False)
    restriction: Floats = field(init=False)
    xi: Floats = field(init=False)
    xi_second: Floats = field(init=False)
    integration: Floats = field(init=False)  # by platform
    podcasts: Floats = field(init=False)  # by platform
    podcasts_built: Floats = field(init=False)  # by platform, index points with advertising built up
    marketing: Floats = field(init=False)  # by platform
    bundle_fee: Floats = field(init=False)  # by platform
    link_fee: Floats = field(init=False)  # by platform, share of net revenue paid to TikTok
    has_history: NDArray[np.bool_] = field(init=False)  # by platform

    def __post_init__(self) -> None:
        lines = self.lines
        self.platform = np.array([-1, *(self.platforms.index(line.platform) for line in lines)], np.int32)
        self.nest = np.array([OUTSIDE, *(PAID if line.tier in PAID_TIERS else FREE for line in lines)], np.int32)
        self.needs = np.array([0, *(self._needs(line) for line in lines)], np.uint32)
        self.is_open = np.array([1, *(line.is_open for line in lines)], np.uint8)
        self.trial_months = np.array([0, *(line.trial_months for line in lines)], np.int8)
        self.price_local = _column(lines, "price_local")
        self.price_store_local = _column(lines, "price_store_local")
        self.store_share = _column(lines, "store_share")
        self.ad_load = _column(lines, "ad_load")
        self.restriction = _column(lines, "restriction")
        self.xi = np.full(len(lines) + 1, -np.inf)
        self.xi_second = np.full(len(lines) + 1, -np.inf)
        self.integration = np.zeros(len(self.platforms))
        self.podcasts = np.zeros(len(self.platforms))
        self.podcasts_built = np.zeros(len(self.platforms))
        self.marketing = np.ones(len(self.platforms))
        self.link_fee = np.zeros(len(self.platforms))
        self.bundle_fee = np.full(len(self.platforms), np.nan)
        users = self.targets("main") + self.targets("second")
        self.has_history = np.array([bool(users[self.platform == p].sum() > 0.0) for p in range(len(self.platforms))])

    def _needs(self, line: OfferLine) -> int:
        wanted = {"student": STUDENT | PAY, "family_per_head": FAMILY, "mini": PAY, "individual": PAY, "premium": PAY}
        if line.tier == "bundle":
            return 1 << (BUNDLE_SHIFT + self.platforms.index(line.platform))
        return wanted.get(line.tier, 0)

    def __len__(self) -> int:
        """Return the number of options, the outside option included."""
        return int(self.platform.shape[0])

    @property
    def names(self) -> tuple[tuple[str, str], ...]:
        """Return (platform, tier) of every option; ("outside", "") for option 0."""
        return (("outside", ""), *((line.platform, line.tier) for line in self.lines))

    def position(self, platform: str, tier: str) -> int:
        """Return the option of (platform, tier); KeyError when the market has no such offer."""
        try:
            return self.names.index((platform, tier))
        except ValueError:
            raise KeyError(f"{self.market} has no offer {platform} {tier}") from None

    def of_platform(self, platform: str) -> list[int]:
        """Return the options of a platform."""
        return [j for j, (owner, _) in enumerate(self.names) if owner == platform]

    @property
    def user_price(self) -> Floats:
        """Return (J+1,) the price users see in PPP USD per month: posted price, store mark-up by its share."""
        markup = np.where(np.isnan(self.price_store_local), self.price_local, self.price_store_local)
        local = (1.0 - self.store_share) * self.price_local + self.store_share * markup
        result: Floats = local / self.ppp
        return result

    def targets(self, which: str) -> Floats:
        """Return (J+1,) target people of "main" or "second" use; [0] is 0 (the caller knows the population)."""
        return _column(self.lines, f"target_{which}")


def _column(lines: Sequence[OfferLine], name: str) -> Floats:
    return np.array([0.0, *(float(getattr(line, name)) for line in lines)])


def check_room(market: str, *, services: int, offers: int) -> None:
    """Raise an InputError where a market would hold more services or offers than users can keep apart."""
    counts = (("services", services, MAX_PLATFORMS), ("offers", offers, MAX_OFFERS))
    raise_faults(
        [
            Fault(f"market {market}", f"a market holds at most {most} {what}", count, f"Let fewer {what} open there.")
            for what, count, most in counts
            if count > most
        ]
    )


def order_of_offers(lines: Sequence[OfferLine]) -> tuple[OfferLine, ...]:
    """Return the lines in the order of choice: free nest before paid, then by platform id, then by tier."""
    return tuple(sorted(lines, key=lambda line: (line.tier in PAID_TIERS, line.platform, TIERS.index(line.tier))))
