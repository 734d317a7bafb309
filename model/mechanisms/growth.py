"""Growth: newcomers to the internet join the market, knowing no service and using none."""

from __future__ import annotations

import numpy as np

from model.state.country import Country


def grow(country: Country, *, month: int) -> None:
    """Bring online the people of the month, as many simulated users as there is room for.

    A growth lever replaces the path's own growth from the month it is set. Shrinking markets keep their users.
    """
    path = country.addressable
    if month >= path.size:  # a fork that looks beyond the horizon sees no more newcomers
        return
    if country.growth_per_year is not None:
        path[month:] = path[month - 1] * (1.0 + country.growth_per_year) ** (np.arange(1, path.size - month + 1) / 12.0)
    wanted = round(float(path[month]) / country.weight)
    country.active = min(len(country.users), max(country.active, wanted))
