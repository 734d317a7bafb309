"""Growth: newcomers to the internet join the market, knowing no service and using none."""

from __future__ import annotations

import numpy as np

from model.state.country import Country

MARGIN = 8  # users are drawn an eighth at a time, so that not every month draws; who is drawn does not depend on it


def grow(country: Country, *, month: int) -> None:
    """Bring online the people of the month: as many simulated users as stand for the path, to within half of one.

    A growth lever replaces the path's own growth from the month it is set; further users are drawn where more come than
    wait. Beyond its end the path stays level, a lever aside. Shrinking markets keep their users.
    """
    beyond = max(0, month + 1 - country.addressable.size)
    if beyond:
        country.addressable = np.pad(country.addressable, (0, beyond), mode="edge")
    path = country.addressable
    if country.growth_per_year is not None:
        path[month:] = path[month - 1] * (1.0 + country.growth_per_year) ** (np.arange(1, path.size - month + 1) / 12.0)
    wanted = round(float(path[month]) / country.weight)
    if wanted > len(country.users):
        room = max(wanted, len(country.users) + len(country.users) // MARGIN)
        country.users = country.newcomers.extend(country.users, size=room)
    country.active = max(country.active, wanted)
