"""What a firm sees when it decides, and what it may do: declared here, kept by the market that is simulated."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from model.spec.settings import Setting


@dataclass(frozen=True, slots=True)
class Offer:
    """One open tier of a service in a market, as anybody can see it, with the users that last month brought.

    price: local currency per month, tax included; price_usd: the same in USD. users: people, as main or second
    service. ad_load: minutes of advertising per hour. restriction: 0 to 1.
    """

    service: str
    tier: str
    price: float
    price_usd: float
    users: float
    ad_load: float
    restriction: float
    is_paid: bool


class Ahead(Protocol):
    """A world lived on in a firm's mind, on numbers that nobody will meet. Amounts are sums over the months ahead."""

    def profit(self, market: str = "", *, service: str = "") -> float:
        """Return the contribution of the firm's services in one of the strategy's markets, or in all, USD.

        service: whose owner is meant, the actor by default. Revenue less what it costs, marketing and the cost of
        leaving included; for a service of ByteDance with the declared worth of a user.
        """

    def revenue(self, market: str = "", *, service: str = "") -> float:
        """Return the revenue of a service (own by default) in one of the strategy's markets, or in all, USD."""

    def income(self, service: str = "", *, market: str = "") -> float:
        """Return the label's income from a service ("" for all, free video included) in a market ("" for all), USD."""

    def users(self, service: str = "") -> float:
        """Return people who use a service (the strategy's own by default) in the last month ahead."""

    def payers(self, service: str = "") -> float:
        """Return people who pay for a service (the strategy's own by default) in the last month ahead."""


class Outlook(Protocol):
    """What the actor of a strategy sees at the beginning of a month, before anything of the month happens.

    month: run month about to be lived, from 1. date: the same as "YYYY-MM". played: months since the strategy began, 0
    at first. actor: the service or label that plays. markets: where the strategy is played.
    """

    month: int
    date: str
    played: int
    actor: str
    markets: tuple[str, ...]

    def offers(self, market: str, service: str = "") -> tuple[Offer, ...]:
        """Return the open offers of a service (own by default) in a market; () where it has none."""

    def rivals(self, market: str) -> tuple[str, ...]:
        """Return the services of other firms that are open in a market, the largest first."""

    def tiers(self, market: str) -> tuple[str, ...]:
        """Return every tier that the actor's service may open in a market, open or not."""

    def account(self, line: str, market: str) -> float:
        """Return a line of the service's accounts in a market last month, USD; 0 before the first month.

        line: of `Settlement.accounts`, such as "revenue" or "contribution_margin".
        """

    def plays(self, market: str, label: str, service: str = "") -> bool:
        """Tell whether a service (own by default) may play a label in a market now."""

    def licensed(self, market: str, label: str) -> bool:
        """Tell whether the label's licence for the service is settled: it holds, or nobody talks about it."""

    def talks(self, other: str) -> bool:
        """Tell whether the scenario plans talks of the actor with another: a label with a service, or the reverse."""

    def bound(self, market: str, other: str) -> bool:
        """Tell whether a streaming licence with a fixed end is in force between the actor and another now."""

    def lever(self, name: str, market: str, item: str = "", *, service: str = "") -> float:
        """Return where a lever stands in a market: of the actor's service, or the named one.

        item: tier or label. Switches are 0 or 1. Errors: InputError.
        """

    def set(self, name: str, market: str, value: float, item: str = "", *, service: str = "") -> Setting:
        """Return the action that sets a lever in a market.

        service: for labels, whose catalogue is meant; for ByteDance, a service of others that it ties into TikTok
        (integration, link_fee).

        Errors: InputError for a lever that the actor does not have, a tier that it could not open, a value out of
        bounds.
        """

    def ahead(self, actions: Sequence[Setting] = (), *, months: int, users: int = 2000) -> Ahead:
        """Return how the world would go on with these actions from this month; without any, as it stands.

        Nobody answers, and nothing that the scenario plans for later happens. users: simulated users per market.
        """
