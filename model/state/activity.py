"""What the people of one market did in one month: the hand-over from listening to money.

All counts are people (simulated users times the weight of a user), all hours are person-hours per month. Option 0 is
the outside option; options 1..J are the market's offers, in the order of the offer table.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class MarketActivity:
    """Use of each offer of one market in one month.

    users: (J+1,) people who use the offer, as main or second service (MAU by offer).
    main_users: (J+1,) people whose main service it is; [0] are those without a service.
    billed: (J+1,) people charged this month (on a paid tier and past their trial), as main or second service.
    in_trial: (J+1,) people on a paid tier inside their trial.
    hours: (J+1, L) person-hours listened on the offer to each label.
    billed_usage: (J+1, L) sum over billed people of the label's share in their own listening (for user-centric
    royalties);
        rows add to `billed`.
    spoken: (J+1,) person-hours of podcasts and audiobooks, None where no service offers more than at the start.
    """

    users: Floats
    main_users: Floats
    billed: Floats
    in_trial: Floats
    hours: Floats
    billed_usage: Floats
    spoken: Floats | None = None

    @property
    def time(self) -> Floats:
        """(J+1,) person-hours on the offer, of music and spoken word."""
        music: Floats = self.hours.sum(axis=1)
        return music if self.spoken is None else music + self.spoken
