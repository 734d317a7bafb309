"""Growth: newcomers to the internet join the market, knowing no service and using none."""

from __future__ import annotations

import numpy as np

from model.foundation.errors import Fault, InputError
from model.foundation.memory import gibibytes, machine_memory
from model.state.country import Country

BYTES_PER_USER = 100
"""Memory that a simulated user takes: 78 bytes of columns, and some room for a month's work (measured)."""
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
        _check_room(country, room)
        country.users = country.newcomers.extend(country.users, size=room)
    country.active = max(country.active, wanted)


def _check_room(country: Country, users: int) -> None:
    """Refuse more users than the machine has memory for, while those before are still there too."""
    needed, memory = float(users + len(country.users)) * BYTES_PER_USER, machine_memory()
    if needed > memory:
        value = f"{users:.3g} simulated users of a market, {gibibytes(needed)}"
        way = f"This machine has {gibibytes(memory)}. Let it grow more slowly, or begin with fewer users."
        raise InputError(Fault(f"growth in {country.market}", "people have room in memory", value, way))
