"""What the reader of a result should know: gaps of the facts in the run's markets, and samples that are too thin."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from model.facts.records import PAID_TIERS
from model.facts.units import MARKETS
from model.market.record import MarketMonth
from model.results.palette import name_of
from model.results.runs import FinishedRun

LARGE = 0.02
"""Part of the people of a market from which a service's users or payers count as many."""
OFF = 0.15
"""Deviation of the opening from the start's target from which a sample is too thin."""
ENOUGH = 10_000
"""Users per market that suffice for the users and payers of the larger services."""
SHOWN = 5
_CODES = re.compile(r"\b[A-Z]{2}\b(?:, [A-Z]{2}\b)*")


def of_markets(notices: Sequence[str], markets: Sequence[str]) -> tuple[str, ...]:
    """Return the notices that concern the markets, each once; lists of market codes in them are cut to these."""
    kept = (_cut(notice, markets) for notice in dict.fromkeys(notices))
    return tuple(notice for notice in kept if notice)


def _cut(notice: str, markets: Sequence[str]) -> str:
    """Return a notice with other markets' codes taken out of its lists; nothing if no code is left."""
    named = [code for found in _CODES.findall(notice) for code in found.split(", ") if code in MARKETS]
    if not named:
        return notice
    if not set(named) & set(markets):
        return ""

    def shorten(found: re.Match[str]) -> str:
        codes = found.group().split(", ")
        left = [code for code in codes if code in markets or code not in MARKETS]
        return ", ".join(left or codes)

    return _CODES.sub(shorten, notice)


def thin_sample(run: FinishedRun, *, users: int, later: frozenset[tuple[str, str, str]] = frozenset()) -> str:
    """Return one line on what the opening misses for want of users, the widest miss first; nothing if all is near.

    Looked at are services whose target users or payers are above 2% of a market's people, and the payers of each
    market as a whole. users: simulated users per market. later: (market, service, tier) of offers that open in the run.
    """
    misses: list[tuple[float, str]] = []
    for record in run.records:
        settling = run.settlings.get(record.market)
        if record.month > 0 or settling is None:
            continue
        target = np.zeros(len(record.offers) + 1)
        settled = [(record.market, *offer) not in later for offer in record.offers]
        all_settled = settling.target.size == target.size
        target[1:][all_settled | np.array(settled)] = settling.target[1:]
        misses.extend(_misses(record, target))
    if not misses:
        return ""
    misses.sort(key=lambda miss: -abs(miss[0]))
    told = ", ".join(f"{what} {off:+.0%}" for off, what in misses[:SHOWN])
    more = f" and {len(misses) - SHOWN} more" if len(misses) > SHOWN else ""
    wanted = ENOUGH if users < ENOUGH else 4 * users
    return f"too few users: at the opening {told}{more} off the start's target; take --users {wanted} or more"


def _misses(record: MarketMonth, target: NDArray[np.float64]) -> Iterator[tuple[float, str]]:
    """Yield relative deviations of a market's opening beyond `OFF`, with what deviates."""
    paid = np.array([False, *(tier in PAID_TIERS for _, tier in record.offers)])
    owner = np.array(["", *(platform for platform, _ in record.offers)])
    levels = {"users": (record.activity.users, target), "payers": (record.payers, np.where(paid, target, 0.0))}
    rows = [(f"{record.market} payers", levels["payers"], np.arange(target.size) > 0, 0.0)]
    rows += [(f"{record.market} {name_of(who)} {what}", level, owner == who, LARGE * record.people)
             for who in record.platforms for what, level in levels.items()]  # fmt: skip
    for what, (found, wanted), mine, least in rows:
        aim = float(wanted[mine].sum())
        off = float(found[mine].sum()) / aim - 1.0 if aim > least else 0.0
        if abs(off) > OFF:
            yield off, what
