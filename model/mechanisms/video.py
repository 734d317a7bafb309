"""Free video: what labels earn from people who watch music instead of streaming it, or beside it.

Video is the outside option, so who leaves a streaming service is not lost to a label. The level is the recorded one at
the start; it moves with the people outside. Whoever uses no streaming service watches `video_outside` times as much
music video as who does.
"""

from __future__ import annotations

from functools import cache
from math import fsum

import numpy as np
from numpy.typing import NDArray

from model.facts.records import MarketStart
from model.mechanisms.clips import label_pull
from model.spec.parameters import Parameters
from model.state.activity import MarketActivity
from model.state.country import Country
from model.state.ledger import Ledger, label_account
from model.theory.royalties import MONTHS_PER_YEAR

Floats = NDArray[np.float64]


def video_rate(facts: MarketStart, activity: MarketActivity, *, parameters: Parameters) -> float:
    """Return what labels earn by free video per person who streams, USD a month; 0 where no level is recorded.

    activity: of the opening month. The record is labels' streaming income of the year times the part of video in it.
    """
    if facts.label_streaming_fact_usd_m is None:
        return 0.0
    recorded = facts.label_streaming_fact_usd_m * 1e6 * facts.video_share_of_streaming_revenue / MONTHS_PER_YEAR
    return recorded / _viewers(activity, parameters)


def video_income(country: Country, activity: MarketActivity, *, rate: float, parameters: Parameters) -> Floats:
    """Return (L,) USD that labels earn by free video in a month, by repertoire and pull of the moment."""
    pull = country.repertoire * country.song_pull * label_pull(country, parameters)
    return rate * _viewers(activity, parameters) * pull / pull.sum()


def book_video(income: Floats, *, country: Country, ledger: Ledger, month: int) -> None:
    """Book labels' income from free video; what video services earn by it is outside the model."""
    payers, payees, kinds = _lines(country.labels, country.market)
    ledger.post(payers, payee=payees, amount=income, kind=kinds, month=month)


@cache
def _lines(labels: tuple[str, ...], market: str) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """Return payers, payees and kinds of the payments to a market's labels."""
    payees = tuple(label_account(label, market=market) for label in labels)
    return ("outside",) * len(labels), payees, ("video royalty",) * len(labels)


def _viewers(activity: MarketActivity, parameters: Parameters) -> float:
    """Return people weighted by how much music video they watch: 1 for who streams."""
    return fsum(activity.main_users[1:]) + parameters.video_outside * float(activity.main_users[0])
