"""Settled countries to try things on: opened and assimilated once per test session, handed out as copies; Ctrl-C."""

from __future__ import annotations

import signal
from collections.abc import Callable
from functools import cache

import pytest

from model.facts import load_start
from model.facts.records import StartState
from model.market.assimilation import Settling, assimilate
from model.market.opening import open_country
from model.spec.parameters import Parameters
from model.state.country import Country

Settled = Callable[..., Country]

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    # Tests in the background of a shell are begun deaf to Ctrl-C, and so would be the processes that they send it to.
    signal.signal(signal.SIGINT, signal.default_int_handler)


@cache
def settle(market: str, users: int, longest: int, growth: bool) -> tuple[Country, Settling]:
    parameters = Parameters()
    country = open_country(load_start(), market, parameters, users=users, horizon=36, growth=growth, seed=1)
    return country, assimilate(country, parameters, seed=1, longest=longest)


@pytest.fixture(scope="session")
def settled() -> Settled:
    """`settled("ID", users=2000)`: a copy of the settled market (after a short spin-up: a start, not the start)."""

    def give(market: str, *, users: int = 2000, longest: int = 48, growth: bool = False) -> Country:
        return settle(market, users, longest, growth)[0].copy()

    return give


@pytest.fixture(scope="session")
def start() -> StartState:
    return load_start()


@pytest.fixture(scope="session")
def parameters() -> Parameters:
    return Parameters()
