"""From an agreed payment to a written licence: the terms before, all scaled so that they pay it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from model.facts.records import DealStart
from model.theory.royalties import MONTHS_PER_YEAR

MOST_SHARE = 1.0


def licences(
    old: Sequence[DealStart], *, present: Mapping[str, float], factor: float, guarantee_share: float, first: int,
    last: int,
) -> tuple[DealStart, ...]:  # fmt: skip
    """Return the new licences of a talk, one for each of the old ones, over its markets that were talked about.

    present: what the old terms pay in each of these markets, USD a month. factor: agreed payment over the whole of it.
    Shares, minima and lump sums are multiplied by the factor; a share stops at 1, and where the label would pay the
    platform nothing is paid. The guarantee is the declared share of what the licence is expected to pay. first, last:
    calendar months in force.
    """
    times = max(factor, 0.0)
    return tuple(
        _scaled(deal, present=present, times=times, guarantee_share=guarantee_share, first=first, last=last)
        for deal in old
    )


def _scaled(
    deal: DealStart, *, present: Mapping[str, float], times: float, guarantee_share: float, first: int, last: int
) -> DealStart:
    covered = tuple(market for market in deal.markets if market in present)
    yearly = MONTHS_PER_YEAR * times * sum(present[market] for market in covered) / 1e6
    streaming = deal.kind == "streaming"
    return replace(
        deal, markets=covered, status="active", signed=first, expires=last, term_months=last - first + 1,
        rev_share_paid=min(MOST_SHARE, deal.rev_share_paid * times),
        rev_share_free=min(MOST_SHARE, deal.rev_share_free * times),
        per_subscriber_minimum_usd=deal.per_subscriber_minimum_usd * times,
        per_stream_minimum_usd=deal.per_stream_minimum_usd * times,
        minimum_guarantee_usd_m=guarantee_share * yearly if streaming else deal.minimum_guarantee_usd_m * times,
        promotional_credit_usd_m=deal.promotional_credit_usd_m * times, agreed=True, confidence="simulated",
        basis="agreed in the run", fact_ids=(),
    )  # fmt: skip
