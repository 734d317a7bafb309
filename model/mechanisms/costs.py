"""What a service spends beside royalties, taxes and fees: delivery, other content, marketing, research,
administration.
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


def hosting(hours: Floats, *, parameters: Parameters) -> Floats:
    """Return the USD cost of delivering person-hours, any shape."""
    return hours * parameters.hosting_per_hour


def other_content(revenue: Floats, *, parameters: Parameters) -> Floats:
    """Return the USD cost of podcasts and other content for revenue in USD, any shape."""
    return revenue * parameters.other_content_cost


def overheads(revenue: Floats, *, marketing: Floats | float, parameters: Parameters) -> Overheads:
    """Return the overheads of services.

    revenue: (P,) USD. marketing: multiple of the usual spending, one number or (P,).
    """
    return Overheads(
        marketing=revenue * parameters.marketing_cost * marketing,
        research=revenue * parameters.research_cost,
        administration=revenue * parameters.administration_cost,
    )
