"""Where a live run stands after a month, for those who draw: copies that no later month changes under their eyes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields

import numpy as np

from model.market.entry import EntrantQuality
from model.market.world import World
from model.mechanisms.ecosystem import EcosystemOpening
from model.spec.scenario import Scenario
from model.spec.settings import Setting
from model.state.country import Country
from model.state.offers import OfferTable
from model.state.users import UserArrays


@dataclass(frozen=True, slots=True, eq=False)
class Standing:
    """What levers act on, as it stands after a month.

    plan: the scenario. month: the last one lived; calendar: month number of the one that comes. countries: copies of
    the markets without their users. pending: settings that were on their way before anything was set in this month.
    tiktok: TikTok's opening, rows by `markets`. entrant_quality: what an offer without history would open with.
    """

    plan: Scenario
    month: int
    calendar: int
    countries: Mapping[str, Country]
    pending: tuple[Setting, ...]
    markets: tuple[str, ...]
    tiktok: EcosystemOpening
    entrant_quality: EntrantQuality

    @classmethod
    def of(cls, world: World) -> Standing:
        """Copy what a world stands at; called between two months, by who holds the run's lock."""
        side = world.tiktok
        return cls(
            plan=world.plan, month=world.month, calendar=world.money.calendar(world.month + 1),
            countries={code: _copied(country) for code, country in world.countries.items()}, pending=world.pending,
            markets=side.markets, tiktok=side.opening, entrant_quality=world.entrant_quality,
        )  # fmt: skip


def _copied(country: Country) -> Country:
    twin = _own_arrays(country, _COUNTRY)
    twin.offers = _own_arrays(country.offers, _OFFERS)
    twin.tiktok, twin.carried = country.tiktok.copy(), country.carried.copy()
    twin.users, twin.active = _NOBODY, 0
    return twin


def _own_arrays[Table: (Country, OfferTable)](table: Table, names: tuple[str, ...]) -> Table:
    """Return a copy whose arrays are its own; lines and facts are never written to and stay shared."""
    twin = object.__new__(type(table))  # what `copy.copy` does takes five times as long, every month
    for name in names:
        value = getattr(table, name)
        setattr(twin, name, value.copy() if isinstance(value, np.ndarray) else value)
    return twin


_COUNTRY = tuple(one.name for one in fields(Country))
_OFFERS = tuple(one.name for one in fields(OfferTable))
_NOBODY = UserArrays(**{one.name: np.empty(0) for one in fields(UserArrays)})  # type: ignore[arg-type]
