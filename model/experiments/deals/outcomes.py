"""How the talks about a licence end: each draw's stakes, talked through week by week under a protocol."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from model.experiments.deals.draws import SIDES, belief_lots
from model.experiments.deals.futures import DealFutures
from model.foundation.errors import Fault, nearest, raise_faults
from model.foundation.rng import stream_key, uniforms
from model.mechanisms.talks import PROTOCOLS, Outcome, Rules, Stakes, play
from model.mechanisms.talks.records import DEAL, NO_DEAL, WALK_OUT, WEEKS_PER_MONTH

IN_TIME, EXTENDED, AFTER_OUTAGE = "in time", "after an extension", "after an outage"
STAYS, NEVER, OPEN = "walk-out that stays", "no deal", "not over"
ENDS = (IN_TIME, EXTENDED, AFTER_OUTAGE, STAYS, NEVER, OPEN)
AGREED = (IN_TIME, EXTENDED, AFTER_OUTAGE)
"""How talks end: signed before the old licence ends, on old terms after it, after the music was away; or not at all."""

ALONE = tuple(protocol for protocol in PROTOCOLS if protocol != "nash_in_nash")
"""Protocols that one pair can play by itself; all pairs at once are `renewal_wave`."""
MOST_TALKS = 10_000


@dataclass(frozen=True, slots=True)
class TalkOutcomes:
    """How talks ended, in every draw.

    talks: a row per draw and talk with end (one of `ENDS`), kind, pressed, cause, weeks, weeks_extended, weeks_out,
    payment (USD a month, nan without a deal), least, most (what each side would just accept in the end) and present.
    """

    protocol: str
    talks: pd.DataFrame

    def agreement(self) -> float:
        """Return the share of talks that end in a deal."""
        return float(self.talks["end"].isin(AGREED).mean())

    def summary(self) -> pd.DataFrame:
        """Return by end: share of talks, weeks of talking (median, 5% and 95%), and payment (mean, 5% and 95%)."""
        groups = self.talks.groupby("end")
        table = pd.DataFrame({
            "share": groups.size() / len(self.talks), "weeks": groups["weeks"].median(),
            "weeks_low": groups["weeks"].quantile(0.05), "weeks_high": groups["weeks"].quantile(0.95),
            "payment": groups["payment"].mean(), "payment_low": groups["payment"].quantile(0.05),
            "payment_high": groups["payment"].quantile(0.95),
        })  # fmt: skip
        return table.reindex([end for end in ENDS if end in table.index])


def talk_outcomes(futures: DealFutures, *, weight: float, protocol: str = "offers", talks: int = 20) -> TalkOutcomes:
    """Play `talks` talks on the stakes of every draw and return how they ended.

    Each talk has its own beliefs, private values and moves, keyed by the scenario's seed. They begin
    `talks_lead_months` before the licence ends, where there is one. Errors: InputError.
    """
    check_protocol(protocol, talks)
    request, lines = futures.request, futures.lines()
    lots = {
        side: belief_lots(request.plan.seed, side=side, draws=request.draws * talks)
        if request.beliefs
        else np.full(request.draws * talks, 0.5)
        for side in SIDES
    }
    rows = []
    for draw, line in lines.iterrows():
        parameters = futures.parameters_of(int(draw))  # type: ignore[call-overload]
        rules = Rules.of(parameters, weight=weight, protocol=protocol)
        stakes = Stakes(
            least=line["least"], least_slope=line["least_slope"], most=line["most"], most_slope=line["most_slope"],
            present=line["present"] if futures.licensed else 0.0, term_months=request.months, licensed=futures.licensed,
        )  # fmt: skip
        for talk in range(talks):
            number = int(draw) * talks + talk  # type: ignore[call-overload]
            found = play(
                stakes, rules, _draws(futures, number, {side: float(lots[side][number]) for side in SIDES}),
                weeks_before_end=round(parameters.talks_lead_months * WEEKS_PER_MONTH),
                longest_weeks=round(parameters.talks_longest_months * WEEKS_PER_MONTH),
                true_pull=parameters.promotion_pull,
            )  # fmt: skip
            rows.append(
                {"draw": draw, "talk": talk, "end": how_ended(found), "present": stakes.present, **_kept(found)}
            )
    return TalkOutcomes(protocol, pd.DataFrame(rows))


def check_protocol(protocol: str, talks: int) -> None:
    """Raise InputError for a protocol that one pair cannot play by itself, and for a number of talks out of bounds."""
    raise_faults(protocol_faults(protocol, talks))


def protocol_faults(protocol: str, talks: int) -> list[Fault]:
    """Return the faults of a protocol and of a number of talks."""
    faults = []
    if protocol not in ALONE:
        way = "All pairs at once: resonance wave." if protocol in PROTOCOLS else nearest(str(protocol), ALONE)
        faults.append(Fault("deal: protocol", "is a way for one pair to talk", protocol, way))
    if talks != int(talks) or not 1 <= talks <= MOST_TALKS:
        rule = f"talks is a whole number from 1 to {MOST_TALKS:,}"
        faults.append(Fault("deal: talks", rule, talks, "Leave it out for 20."))
    return faults


def how_ended(outcome: Outcome) -> str:
    """Return the end of a talk in words, one of `ENDS`."""
    if outcome.kind == DEAL:
        return AFTER_OUTAGE if outcome.weeks_out else EXTENDED if outcome.weeks_extended else IN_TIME
    return {WALK_OUT: STAYS, NO_DEAL: NEVER}.get(outcome.kind, OPEN)


def _draws(futures: DealFutures, number: int, beliefs: dict[str, float]) -> Callable[[str, int], float]:
    """Return one talk's numbers in (0, 1); the sides' beliefs are stratified over all talks."""
    request = futures.request
    given = {f"belief of {side}": lot for side, lot in beliefs.items()}
    parts = (request.platform, request.label, request.kind, *request.markets)

    def draw(name: str, week: int) -> float:
        if name in given:
            return given[name]
        return float(uniforms(stream_key(request.plan.seed, "deal talk", *parts, number, name), np.array([week]))[0])

    return draw


def _kept(outcome: Outcome) -> dict[str, object]:
    return {
        "kind": outcome.kind, "pressed": outcome.pressed, "cause": outcome.cause, "weeks": outcome.weeks,
        "weeks_extended": outcome.weeks_extended, "weeks_out": outcome.weeks_out,
        "payment": np.nan if outcome.payment is None else outcome.payment, "least": outcome.least, "most": outcome.most,
    }  # fmt: skip
