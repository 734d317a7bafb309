"""Whether the people of a run fit into memory, told before anybody is drawn."""

from __future__ import annotations

import pytest

from model.foundation.errors import InputError
from model.market import room
from model.market.room import room_faults
from model.market.streaming_market import StreamingMarket
from model.spec.scenario import Scenario


def plan(**changes: object) -> Scenario:
    return Scenario.from_mapping({"users": 1000, "months": 24, "markets": ["BR", "ID"], **changes})


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "machine_memory", lambda: 10e6)


@pytest.mark.usefixtures("small")
def test_what_fits_is_not_refused() -> None:
    assert room_faults(plan()) == []
    assert room_faults(plan(users=50_000)) == []


@pytest.mark.usefixtures("small")
def test_too_many_users_are_refused_with_the_number_that_fits() -> None:
    (fault,) = room_faults(plan(users=50_001))
    assert fault.place == "users"
    assert "50,001 users in 2 markets" in str(fault.value)
    assert "Write users = 50000 or fewer" in fault.way_out
    with pytest.raises(InputError, match="users = 50000 or fewer"):
        StreamingMarket(plan(users=60_000))


@pytest.mark.usefixtures("small")
def test_growth_by_a_lever_or_an_event_counts() -> None:
    lever = plan(months=240, **{"markets": {"only": ["BR", "ID"], "ID": {"growth": 1.0}}})
    (fault,) = room_faults(lever)
    assert fault.place == "growth in ID"
    assert "in ID in the end" in str(fault.value)
    short = plan(months=24, **{"markets": {"only": ["BR", "ID"], "ID": {"growth": 1.0}}})
    assert room_faults(short) == []  # four times the people of one market


def test_users_have_numbers_of_32_bits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "machine_memory", lambda: float("inf"))
    assert room_faults(plan(users=100_000_000)) == []
    grown = plan(users=100_000_000, months=84, markets={"only": ["BR"], "BR": {"growth": 1.0}})
    (fault,) = room_faults(grown)
    assert fault.place == "growth in BR"


def test_the_default_scenario_fits_any_machine() -> None:
    assert room_faults(Scenario.load("baseline")) == []
