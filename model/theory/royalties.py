"""Royalties: how the money of an offer is shared among labels, and how minimum guarantees are recouped.

An offer class k (one tier of a platform) owes label l

    usage_share_kl * max(rev_share_kl * net_revenue_k, per_subscriber_minimum_kl * subscriptions_k,
                         per_stream_minimum_kl * streams_k)

which is the greater-of form of licensing contracts (Sony and Spotify 2011). Minima are stated for all labels together
and fall to one label by its usage share.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Codes = NDArray[np.int8]
Flags = NDArray[np.bool_]

BINDING = ("nothing", "revenue_share", "per_subscriber_minimum", "per_stream_minimum")
MONTHS_PER_YEAR = 12


def pro_rata_shares(hours: Floats) -> Floats:
    """Return each label's share of the hours of an offer class.

    hours: (K, L). Returns (K, L); rows add to 1, rows without any listening are 0.
    """
    total = hours.sum(axis=1, keepdims=True)
    return np.divide(hours, total, out=np.zeros_like(hours), where=total > 0)


def user_centric_shares(usage: Floats, *, hours: Floats) -> Floats:
    """Return label shares when each payer's money follows that payer's own listening.

    usage: (K, L) sum over payers of the label's share in the payer's own listening; payers of one class pay the same,
    so the class's money is split by the normalised sum. hours: (K, L), used pro rata for classes without payers. Rows
    of the result add to 1, or are 0 when nobody listens.
    """
    total = usage.sum(axis=1, keepdims=True)
    return np.divide(usage, total, out=pro_rata_shares(hours), where=total > 0)


def greater_of(
    usage_share: Floats,
    *,
    rev_share: Floats,
    net_revenue: Floats,
    per_subscriber_minimum: Floats,
    subscriptions: Floats,
    per_stream_minimum: Floats,
    streams: Floats,
) -> tuple[Floats, Codes]:
    """Return what each class owes each label, and which term of the contract binds.

    usage_share, rev_share, per_subscriber_minimum, per_stream_minimum: (K, L); net_revenue (USD), subscriptions
    (accounts), streams: (K,). Returns (K, L) USD and (K, L) positions in BINDING; equal terms count as the earlier one.
    """
    by_revenue = rev_share * net_revenue[:, None]
    by_subscriber = per_subscriber_minimum * subscriptions[:, None]
    by_stream = per_stream_minimum * streams[:, None]
    minimum = np.maximum(by_subscriber, by_stream)
    owed = usage_share * np.maximum(by_revenue, minimum)
    binding = np.where(by_revenue >= minimum, 1, np.where(by_subscriber >= by_stream, 2, 3)).astype(np.int8)
    binding[owed <= 0] = 0
    return owed, binding


def guarantee_due(
    earned: Floats, *, guarantee_per_year: Floats, months: Floats | NDArray[np.int64], closes: Flags
) -> Floats:
    """Return the top-ups due this month on minimum guarantees.

    A guarantee is kept per contract year: royalties are paid as they are earned and count against (recoup) the year's
    guarantee; what is missing when the year or the term ends is due then. More than the guarantee in one year does not
    count for the next. A year seen only in part owes that part.

    earned: (D,) USD earned in the contract year so far, this month included. guarantee_per_year: (D,) USD.
    months: (D,) months of the contract year seen so far, in part where only some markets count. closes: (D,) whether
    the year or term ends this month.
    """
    missing = np.maximum(guarantee_per_year * (months / MONTHS_PER_YEAR) - earned, 0.0)
    return np.where(closes, missing, 0.0)


def recoupment(earned: Floats, *, guarantee_per_year: Floats, first_month_of_year: NDArray[np.int64]) -> Floats:
    """Return the top-ups of every month of a path of royalties.

    earned: (T, D) USD per month. guarantee_per_year: (D,). first_month_of_year: (D,) position of row 0 in the contract
    year, 0 to 11. Returns (T, D). A year still open at the last row owes nothing yet.
    """
    due = np.zeros_like(earned)
    running = np.zeros(earned.shape[1])
    months = np.zeros(earned.shape[1], dtype=np.int64)
    for row in range(earned.shape[0]):
        running += earned[row]
        months += 1
        closes = (first_month_of_year + row + 1) % MONTHS_PER_YEAR == 0
        due[row] = guarantee_due(running, guarantee_per_year=guarantee_per_year, months=months, closes=closes)
        running[closes] = 0.0
        months[closes] = 0
    return due
