"""Payments when all licences of a market answer each other: Nash-in-Nash on multiples of present terms.

The contracts are the present ones times a factor. A pair's joint gain then depends on the factors of others: what the
service pays other labels more or less by having this one, and what the label gains or loses at its other services. The
factors that answer each other solve one linear system. Reference: Horn and Wolinsky (1988); Collard-Wexler,
Gowrisankaran and Lee (2019); the same case in users and royalties per user is `theory.bargaining.nash_in_nash`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from model.experiments.wave.lives import Flags, Floats, WaveMarket


@dataclass(frozen=True, slots=True, eq=False)
class Answers:
    """What `answering_payments` found in a market, (P, L) each.

    payments: USD a month; surplus: joint gain at the answering terms of all others; both nan outside the system.
    factors: payments over present ones, 1 where a licence is not in the system.
    spectral_radius: of the influence of factors on each other; above 1 undamped talks in turns would diverge.
    """

    payments: Floats
    surplus: Floats
    factors: Floats
    spectral_radius: float


def answering_payments(market: WaveMarket, *, weights: Floats) -> Answers:
    """Return the payments of all asked licences in force at once, on means over draws.

    f_pl R_pl = b (dM_p - sum_{l' != l} f_pl' dR_pl') - (1 - b) sum_{k != p} f_kl dR_kl, with present payments R, what
    the licence adds to the platform's margin dM_p and to payments dR. Written f = c + K f. Licences that are not asked,
    that pay nothing, or whose pair would rather part at present terms, have no price and keep their terms (f = 1).

    weights b: (P, L) of the labels, in [0, 1].
    """
    margins, royalties = (change.mean(axis=0) for change in market.changes())
    present = market.royalties.mean(axis=0)
    of_platform, of_label, _ = market.gains()
    system = market.asked & market.in_force & (present > 0.0) & ((of_platform + of_label).mean(axis=0) >= 0.0)
    p, label = np.nonzero(system)
    b, paid = weights[system], present[system]
    own, elsewhere = (
        royalties[p, label, p],
        royalties[p, label, :, label],
    )  # (n, L) of the platform, (n, P) of the label
    own[np.arange(len(p)), label] = 0.0
    elsewhere[np.arange(len(p)), p] = 0.0
    on_own = (p[:, None] == p) * own[:, label]
    on_others = (label[:, None] == label) * elsewhere[:, p]
    influence = -(b[:, None] * on_own + (1.0 - b)[:, None] * on_others) / paid[:, None]
    fixed_own, fixed_label = own.sum(axis=1) - on_own.sum(axis=1), elsewhere.sum(axis=1) - on_others.sum(axis=1)
    gain = margins[p, label, p]
    constant = (b * (gain - fixed_own) - (1.0 - b) * fixed_label) / paid
    factors = np.ones(system.shape)
    factors[system] = np.linalg.solve(np.eye(len(p)) - influence, constant)
    joint = gain - fixed_own - on_own @ factors[system] + fixed_label + on_others @ factors[system]
    sizes = np.abs(np.linalg.eigvals(influence)) if len(p) else np.zeros(1)
    return Answers(
        _spread(factors[system] * paid, system), _spread(joint, system), factors, spectral_radius=float(sizes.max())
    )


def _spread(values: Floats, system: Flags) -> Floats:
    """Return (P, L) with the values where the system is, nan elsewhere."""
    table = np.full(system.shape, np.nan)
    table[system] = values
    return table
