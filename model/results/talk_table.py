"""The table of talks about licences, and what became of each in a few words."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from model.facts.records import ROLLING
from model.foundation.months import show_month
from model.market.agenda import NEVER
from model.market.licensing import TalkRecord
from model.mechanisms.talks.records import DEAL, NO_DEAL, OPEN
from model.results.columns import Column, frame_of
from model.results.measures import MEASURES, frame_columns
from model.results.runs import Basis, FinishedRun

IN_TIME, EXTENDED, RETURNED = "deal in time", "deal after extension", "deal after walk-out"
STAYS, NONE, AWAY, TALKING = "walk-out stays", "no deal", "open, music away", "open, still talking"
COURSES: dict[str, str] = {
    IN_TIME: "agreed before the old licence ended; a first licence: agreed",
    EXTENDED: "agreed after the old licence had ended, on old terms or after weeks away within one month",
    RETURNED: "agreed after the music was away",
    STAYS: "given up, the music stays away",
    NONE: "given up, the music never was there",
    AWAY: "not over at the end of the run, the music away",
    TALKING: "not over at the end of the run, the music there or never had",
}
"""Courses that a talk can take, with their meanings, from the best to the worst and then the unknown."""
DEALS = (IN_TIME, EXTENDED, RETURNED)


def course_of(talk: TalkRecord) -> str:
    """Return the course of a talk, one of `COURSES`."""
    outcome, away = talk.outcome, _away_before(talk)
    if outcome.kind == DEAL:
        late = outcome.weeks_extended > 0 or outcome.weeks_out > 0
        return RETURNED if away or talk.walked is not None else EXTENDED if late else IN_TIME
    if outcome.kind == OPEN:
        return AWAY if away or (outcome.weeks_out > 0 and talk.walked is not None) else TALKING
    return NONE if outcome.kind == NO_DEAL and not away else STAYS


def _away_before(talk: TalkRecord) -> bool:
    """Return whether a licence had run out and the music was away when the talk began.

    Default terms, which stand in for the licence that a label never had, have no end.
    """
    return talk.item.ends == NEVER and any(deal.expires < ROLLING for deal in talk.item.old)


def talks_table(runs: Sequence[FinishedRun], basis: Basis) -> pd.DataFrame:
    """Return one row per talk: who, where, when, how it ended and why, what is paid and what was at stake."""
    return talks_of_runs(runs, start_month=basis.start_month)


def talks_of_runs(runs: Sequence[FinishedRun], *, start_month: int) -> pd.DataFrame:
    """Return the table of talks of runs. start_month: calendar number of run month 1."""
    rows = [(run.replicate, talk) for run in runs for talk in run.talks]
    if not rows:
        return frame_of("talks", {})
    first = start_month - 1

    def date(month: int | None, *, since: int = 0) -> str:
        return "" if month is None or month == NEVER else show_month(since + month)

    values: dict[str, list[object]] = {name: [] for name in frame_columns("talks")}
    for replicate, talk in rows:
        pair, outcome, licence = talk.item.pair, talk.outcome, talk.licence
        row: dict[str, object] = {
            "replicate": replicate, "platform": pair.platform, "label": pair.label, "licence_kind": pair.kind,
            "markets": ",".join(pair.markets), "begun": date(talk.begun, since=first),
            "ended": date(talk.ended, since=first), "ends": date(talk.item.ends), "course": course_of(talk),
            "outcome": outcome.kind, "pressed": outcome.pressed, "cause": outcome.cause, "weeks": outcome.weeks,
            "weeks_extended": outcome.weeks_extended, "weeks_out": outcome.weeks_out,
            "walked": date(talk.walked, since=first),
            "payment_usd": np.nan if outcome.payment is None else outcome.payment, "present_usd": talk.present,
            "least_usd": outcome.least, "most_usd": outcome.most, "label_belief": talk.label_belief,
            "platform_belief": talk.platform_belief,
            "licence_from": date(min((deal.signed for deal in licence), default=None)),
            "licence_to": date(max((deal.expires for deal in licence), default=None)),
        }  # fmt: skip
        for name, value in row.items():
            values[name].append(value)
    return frame_of("talks", {name: _column(name, column) for name, column in values.items()})


def _column(name: str, values: Sequence[object]) -> Column:
    kinds = {"number": np.float64, "whole": np.int64, "flag": np.bool_, "text": object}
    return np.array(values, dtype=kinds[MEASURES[name].kind])
