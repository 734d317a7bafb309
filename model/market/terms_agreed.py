"""From an agreed payment to a written licence: the terms before, all scaled so that they pay it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from model.facts.records import DealStart
from model.theory.royalties import MONTHS_PER_YEAR

MOST_SHARE, LEAST_FACTOR = 1.0, 0.01


def clip_licences(
    old: Sequence[DealStart], *, markets: Sequence[str], fee_usd_m: float, first: int, last: int
) -> tuple[DealStart, ...]:
    """Return the new clip licence of a talk: a lump sum for the world, USD m a year, 0 where the label would pay."""
    like = old[0]
    return (
        replace(
            like, markets=tuple(markets), status="active", signed=first, expires=last, term_months=last - first + 1,
            minimum_guarantee_usd_m=max(fee_usd_m, 0.0), agreed=True, confidence="simulated",
            basis="agreed in the run", fact_ids=(),
        ),
    )  # fmt: skip


def licences(
    old: Sequence[DealStart], *, present: Mapping[str, float], factor: float, guarantee_share: float, first: int,
    last: int,
) -> tuple[DealStart, ...]:  # fmt: skip
    """Return the new licences of a talk, one for each of the old ones, over its markets that were talked about.

    present: what the old terms pay in each of these markets, USD a month. factor: agreed payment over the whole of it.
    Shares and minima are multiplied by the factor, `LEAST_FACTOR` at least: a label that would pay the platform gets
    next to nothing. The guarantee is the declared share of what the licence is expected to pay, all of it where a share
    stops at 1. first, last: calendar months in force.
    """
    times = max(factor, LEAST_FACTOR)
    return tuple(
        _scaled(deal, present=present, times=times, guarantee_share=guarantee_share, first=first, last=last)
        for deal in old
    )


def _scaled(
    deal: DealStart, *, present: Mapping[str, float], times: float, guarantee_share: float, first: int, last: int
) -> DealStart:
    covered = tuple(market for market in deal.markets if market in present)
    yearly = MONTHS_PER_YEAR * times * sum(present[market] for market in covered) / 1e6
    share, a_stream = deal.rev_share_rewarded, deal.per_stream_minimum_rewarded_usd
    capped = max(deal.rev_share_paid, deal.rev_share_free, share or 0.0) * times > MOST_SHARE
    return replace(
        deal, markets=covered, status="active", signed=first, expires=last, term_months=last - first + 1,
        rev_share_paid=min(MOST_SHARE, deal.rev_share_paid * times),
        rev_share_free=min(MOST_SHARE, deal.rev_share_free * times),
        per_subscriber_minimum_usd=deal.per_subscriber_minimum_usd * times,
        per_stream_minimum_usd=deal.per_stream_minimum_usd * times,
        rev_share_rewarded=None if share is None else min(MOST_SHARE, share * times),
        per_stream_minimum_rewarded_usd=None if a_stream is None else a_stream * times,
        minimum_guarantee_usd_m=yearly if capped else guarantee_share * yearly,
        promotional_credit_usd_m=deal.promotional_credit_usd_m * times, agreed=True, confidence="simulated",
        basis="agreed in the run", fact_ids=(),
    )  # fmt: skip
