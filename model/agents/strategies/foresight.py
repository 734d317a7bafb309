"""Choices of rules that look ahead by forks: how far, and with how many simulated users."""

from __future__ import annotations

from model.spec.strategies import Number


def look_ahead(months: float, *, over: str, likely: tuple[float, float]) -> Number:
    """Return the choice of how many months a rule looks ahead. over: what it looks at, in words."""
    return Number(months, 1.0, 120.0, "months", f"over which {over} is looked at", likely=likely, whole=True)


def fork_users(users: float, *, likely: tuple[float, float]) -> Number:
    """Return the choice of how many simulated users a market has in the worlds ahead."""
    unit, meaning = "simulated users per market", "in the worlds ahead"
    return Number(users, 50.0, 10_000_000.0, unit, meaning, likely=likely, whole=True)
