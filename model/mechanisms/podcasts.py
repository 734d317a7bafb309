"""Podcasts and audiobooks: they take time from music and add some, cost at once and earn later.

Read: the offers' index of podcasts and listening. Write: how far their advertising is built up; hours of music and of
spoken word. At index 0 every number stays as it was, to the last bit.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from model.spec.parameters import Parameters
from model.state.activity import MarketActivity
from model.state.country import Country

Floats = NDArray[np.float64]


def build_up(country: Country, parameters: Parameters) -> None:
    """Let a month of building up advertising inside spoken word pass: 1/`spoken_ramp_months` of the index, at most all.

    What is built up is lost at once when the index falls.
    """
    offers = country.offers
    step = offers.podcasts / parameters.spoken_ramp_months
    offers.podcasts_built = np.minimum(offers.podcasts, offers.podcasts_built + step)


def spoken_hours(index: Floats, parameters: Parameters) -> tuple[Floats, Floats]:
    """Return hours of spoken word, and of music, over hours of music at index 0; of the index's shape.

    Spoken s = 1 - (1 - spoken_share)^index, music 1 - (1 - spoken_new) s.
    """
    spoken: Floats = 1.0 - (1.0 - parameters.spoken_share) ** index
    music: Floats = 1.0 - (1.0 - parameters.spoken_new) * spoken
    return spoken, music


def with_spoken_word(activity: MarketActivity, country: Country, parameters: Parameters) -> MarketActivity:
    """Return a market's month with part of the time on spoken word; the activity itself where no service has any."""
    offers = country.offers
    if not offers.podcasts.any():
        return activity
    spoken, music = spoken_hours(np.append(offers.podcasts, 0.0)[offers.platform], parameters)
    return replace(activity, hours=activity.hours * music[:, None], spoken=spoken * activity.hours.sum(axis=1))
