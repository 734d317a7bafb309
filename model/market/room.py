"""Room for people: whether the simulated users of a run fit into the machine's memory, growth by a lever included."""

from __future__ import annotations

from model.foundation.errors import Fault
from model.foundation.memory import gibibytes, machine_memory
from model.mechanisms.growth import BYTES_PER_USER
from model.spec.scenario import Scenario

MOST_USERS = 2**32 - 1
"""Simulated users of a market have numbers of 32 bits."""


def room_faults(plan: Scenario) -> list[Fault]:
    """Return what is wrong with the size of a run, nothing where its users fit.

    A lever of growth may bring thousands of times the people of the start. Growth of the internet itself brings some
    ten per cent, for which there is room.
    """
    most = {market: plan.users * _most_growth(plan, market) for market in plan.markets}
    needed, memory = sum(most.values()) * BYTES_PER_USER, machine_memory()
    crowded = max(most, key=lambda market: most[market])
    if needed <= memory and most[crowded] <= MOST_USERS:
        return []
    told = f"{plan.users:,} users in {len(plan.markets)} market{'s' if len(plan.markets) > 1 else ''}"
    if most[crowded] > 2.0 * plan.users:
        rule = "the users of all months have room"
        value = f"{told}, {most[crowded]:.3g} in {crowded} in the end, for {gibibytes(needed)}"
        return [Fault(f"growth in {crowded}", rule, value, f"{_has(memory)} Let it grow more slowly, or less long.")]
    few = max(1, int(memory / (len(plan.markets) * BYTES_PER_USER)))
    rule = f"each simulated user takes about {BYTES_PER_USER} bytes of memory"
    value = f"{told} for {gibibytes(needed)}"
    return [Fault("users", rule, value, f"{_has(memory)} Write users = {few} or fewer, or run fewer markets.")]


def _has(memory: float) -> str:
    return f"This machine has {gibibytes(memory)}." if memory < float("inf") else ""


def _most_growth(plan: Scenario, market: str) -> float:
    """Return the largest multiple of the start's people that levers of growth bring a market to, 1 without any."""
    now = most = 1.0
    rate = 0.0
    for month in range(1, plan.months + 1):
        for setting in plan.settings_at(month):
            if (setting.lever, setting.market) == ("growth", market):
                rate = setting.value
        now *= (1.0 + rate) ** (1.0 / 12.0)
        most = max(most, now)
    return most
