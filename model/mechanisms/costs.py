"""What a service spends beside royalties, taxes and fees: delivery, other content, marketing, research,
administration, what it pays TikTok for links, what leaving a market costs.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from model.spec.parameters import Parameters

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Overheads:
    """Costs of each service of a market in a month: (P,) USD."""

    marketing: Floats
    research: Floats
    administration: Floats
    links: Floats
    exits: Floats

    @property
    def running(self) -> Floats:
        """What goes on being spent as long as the service is offered."""
        spent: Floats = self.marketing + self.research + self.administration
        return spent


def hosting(hours: Floats, *, parameters: Parameters) -> Floats:
    """Return the USD cost of delivering person-hours, any shape."""
    return hours * parameters.hosting_per_hour


def other_content(revenue: Floats, *, users: Floats, podcasts: Floats, parameters: Parameters) -> Floats:
    """Return the USD cost of podcasts and other content, any shape: a share of revenue in USD, and so much for each
    user and index point of podcasts above the start.
    """
    return revenue * parameters.other_content_cost + users * podcasts * parameters.spoken_cost


def overheads(
    revenue: Floats, *, marketing: Floats | None, parameters: Parameters, links: Floats | None = None,
    exits: Floats | None = None,
) -> Overheads:  # fmt: skip
    """Return the overheads of services.

    revenue: (P,) USD. marketing: (P,) USD spent this month; None for the usual share of this month's revenue. links,
    exits: (P,) USD paid to TikTok for links, and for leaving the market; none by default.
    """
    usual, nothing = revenue * parameters.marketing_cost, np.zeros_like(revenue)
    return Overheads(
        links=nothing if links is None else links, exits=nothing if exits is None else exits,
        marketing=usual if marketing is None else marketing,
        research=revenue * parameters.research_cost,
        administration=revenue * parameters.administration_cost,
    )  # fmt: skip


def marketing_spending(
    opening: Floats, *, people: float, multiple: Floats, active: NDArray[np.bool_], parameters: Parameters
) -> Floats:
    """Return what services spend on marketing in a market and month, (P,) USD.

    A multiple of a budget per addressable person, which does not depend on what the service earns now: of the start,
    or that of an entrant. opening: (P,) revenue of the opening month, USD per addressable person, NaN for a service
    without history. people: addressable people now. multiple: (P,) the marketing lever. active: (P,) whether the
    service offers anything; the others spend nothing.
    """
    entrant = np.isnan(opening)
    usual = np.where(entrant, parameters.launch_marketing_usd_per_person, parameters.marketing_cost * opening)
    spending: Floats = np.where(active, usual * people * multiple, 0.0)
    return spending
