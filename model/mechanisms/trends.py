"""Trends: what makes services more wanted month by month beside anything that firms do, while growth is on."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from model.spec.parameters import Parameters
from model.state.country import Country
from model.state.offers import PAID


def follow_trends(country: Country, parameters: Parameters, *, month: int, past_growth: Mapping[str, float]) -> None:
    """Raise the quality of every offer by a month of the trends, which fade as the trend of the internet does.

    In the first month comes what they had gained before the start and people had not yet followed (`trend_lead`).

    month: of the run, 1 the first. past_growth: by service, log growth of its users in the year before the start; 0
    where absent. Offers without a quality of their own yet stay without; they are measured against others as they open.
    """
    yearly = _yearly_gains(country, parameters, past_growth)
    if yearly.any():
        years = np.exp(-parameters.growth_fade * (month - 1) / 12.0) / 12.0
        country.offers.xi[1:] += yearly * (years + (parameters.trend_lead if month == 1 else 0.0))


def _yearly_gains(
    country: Country, parameters: Parameters, past_growth: Mapping[str, float]
) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Return (J,) logit a year by offer, the outside option left out."""
    offers = country.offers
    grown = np.array([past_growth.get(service, 0.0) for service, _ in offers.names[1:]])
    gains = parameters.streaming_trend + parameters.momentum * grown
    return np.asarray(gains + parameters.paying_trend * (offers.nest[1:] == PAID), np.float64)
