"""Samples too thin for a licence: how few simulated people make up a label's listening on a service.

A licence is valued by what the service's users do with and without the label, so what counts are its simulated users
times the label's share of repertoire. With few of them a walk-away is the choice of somebody, not of a market.
"""

from __future__ import annotations

from collections.abc import Iterable
from math import ceil, log10

from model.facts.start import load_start
from model.market.valuing import Pair
from model.results.palette import name_of
from model.spec.fields import TIKTOK

FEWEST = 30
"""Simulated people from which a cell has a meaning: their count is uncertain by 18%."""
WEIGHTY = 0.1
"""Part of a licence's listening from which one of its markets counts."""
SHOWN = 3


def thin_cells(pairs: Iterable[Pair], *, start: str, users: int) -> str:
    """Return one line on the licences whose cells are below `FEWEST` simulated people, the thinnest first; "" if none.

    start: date of the start state, whose users count (an entrant has none there, and is not looked at). users:
    simulated users per market in the forks.
    """
    thin: dict[tuple[str, str, str], float] = {}
    for pair in pairs:
        cells = _cells(pair, start)
        whole = sum(people for people, _ in cells.values())
        for market, (people, online) in cells.items():
            simulated = users * people / online
            if people >= WEIGHTY * whole and 0.0 < simulated < FEWEST:
                thin[pair.platform, pair.label, market] = simulated
    if not thin:
        return ""
    ordered = sorted(thin.items(), key=lambda one: one[1])
    told = ", ".join(f"{name_of(label)} on {name_of(service)} in {market} of {_count(people)}"
                     for (service, label, market), people in ordered[:SHOWN])  # fmt: skip
    more = f" and {len(ordered) - SHOWN} more" if len(ordered) > SHOWN else ""
    return (
        f"too few users: with {users:,} a market the listening is, in simulated people, for {told}{more}; below "
        f"{FEWEST} an answer has no meaning (a count of {FEWEST} is uncertain by {1 / FEWEST**0.5:.0%}). Take "
        f"{_round_up(users * FEWEST / ordered[0][1]):,} users or more"
    )


def _cells(pair: Pair, start: str) -> dict[str, tuple[float, float]]:
    """Return by market (people whose listening on the service the label is, people online), millions."""
    found = {}
    for market in pair.markets:
        facts = load_start(start).markets[market]
        cell = facts.platforms.get(pair.platform)
        there = facts.tiktok.adult_mau_m if pair.platform == TIKTOK else cell.mau_m if cell else 0.0
        if pair.label in facts.repertoire:
            found[market] = (there * facts.repertoire[pair.label].share, facts.addressable_m)
    return found


def _count(people: float) -> str:
    return f"{people:.0f}" if people >= 1.0 else "less than 1"


def _round_up(number: float) -> int:
    """Return a number rounded up to two digits."""
    unit: int = 10 ** max(0, int(log10(number)) - 1)
    return ceil(number / unit) * unit
