"""Who lives in a market: incomes, ages, tastes, communities, hours, access, drawn by key from the market's facts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from model.foundation.rng import stream_key, uniforms
from model.spec.parameters import Parameters
from model.state.users import BUNDLE_SHIFT, FAMILY, PAY, STUDENT, UserArrays
from model.theory.inequality import dirichlet_quantiles, gamma_quantile_table, lognormal_sigma_from_gini

Floats = NDArray[np.float64]
AT_ONCE = 250_000  # users drawn together: each takes some 500 bytes while it is drawn, and 80 or so afterwards


@dataclass(frozen=True, slots=True)
class PopulationFacts:
    """What the draws need to know of a market.

    income_mean: PPP USD per month and person. gini: 0..1. age_shares: (4,) of people 13+, sums to 1.
    tiktok_share: TikTok users per addressable person. tiktok_hours: hours per TikTok user and month.
    label_shares: repertoire shares, sums to 1. bundle_bases: share of people who are customers of a bundle's
    contract, by platform position. platforms: ids, for the keys of bundle draws.
    """

    market: str
    income_mean: float
    gini: float
    age_shares: tuple[float, ...]
    tiktok_share: float
    tiktok_hours: float
    labels: tuple[str, ...]
    label_shares: tuple[float, ...]
    platforms: tuple[str, ...]
    bundle_bases: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Newcomers:
    """Where further people of a market come from: the facts, parameters and seed that its first people came from."""

    facts: PopulationFacts
    parameters: Parameters
    seed: int

    def extend(self, users: UserArrays, *, size: int) -> UserArrays:
        """Return the users followed by as many new ones as make them `size`; those there stay as they are.

        New users go on from the largest uid, so they are the very people that a larger first draw would have given.
        """
        if size <= len(users):
            return users
        first = int(users.uid.max()) + 1 if len(users) else 0
        return users.with_more(
            draw_population(self.facts, self.parameters, size=size - len(users), seed=self.seed, first=first)
        )

    def with_bundles(self, platforms: tuple[str, ...], bases: tuple[float, ...]) -> Newcomers:
        """Return the same for a market with these services and shares of customers of their bundles' contracts."""
        return replace(self, facts=replace(self.facts, platforms=platforms, bundle_bases=bases))


def draw_population(
    facts: PopulationFacts, parameters: Parameters, *, size: int, seed: int, first: int = 0
) -> UserArrays:
    """Return the `size` users of a market from uid `first` on, without services; every attribute is a keyed draw.

    They are drawn a part at a time, so that the room for the draws stays small; who is drawn does not depend on it.
    """
    parts = range(first, first + max(size, 1), AT_ONCE)
    drawn = (_draw(facts, parameters, seed, begin, min(begin + AT_ONCE, first + size)) for begin in parts)
    if len(parts) == 1:
        return next(drawn)
    whole: UserArrays | None = None
    for begin, part in zip(parts, drawn, strict=True):
        if whole is None:
            whole = part.room(size)
        whole.fill(begin - first, part)
    assert whole is not None
    return whole


def _draw(facts: PopulationFacts, parameters: Parameters, seed: int, begin: int, end: int) -> UserArrays:
    """Return the users of uid begin..end - 1."""
    uid = np.arange(begin, end, dtype=np.uint32)
    size = end - begin

    def draw(*names: str) -> Floats:
        return uniforms(stream_key(seed, "population", facts.market, *names), uid)

    income = _lognormal(draw("income"), mean=facts.income_mean, sigma=lognormal_sigma_from_gini(facts.gini))
    age = np.searchsorted(np.cumsum(facts.age_shares)[:-1], draw("age"), side="right").astype(np.uint8)
    weight = np.minimum((income / facts.income_mean) ** -parameters.eta, parameters.price_weight_cap)
    zeros = np.zeros(size, np.int8)
    return UserArrays(
        uid=uid,
        income=income.astype(np.float32),
        price_weight=weight.astype(np.float32),
        hours=_lognormal(draw("hours"), mean=parameters.hours_mean, sigma=parameters.hours_spread).astype(np.float32),
        tiktok_hours=_tiktok_hours(facts, parameters, age, draw("tiktok"), draw("tiktok hours")),
        ad_aversion=_lognormal(draw("aversion"), mean=1.0, sigma=parameters.aversion_spread).astype(np.float32),
        taste=_taste(facts, parameters, [draw("taste", label) for label in facts.labels]),
        age=age,
        community=_communities(facts, parameters, age, draw("community"), seed),
        access=_access(facts, parameters, income, age, draw),
        aware=np.zeros(size, np.uint32),
        tried=np.zeros(size, np.uint32),
        main=zeros.copy(),
        second=zeros.copy(),
        trial=zeros.copy(),
        tenure=np.zeros(size, np.float32),
    )


def _lognormal(u: Floats, *, mean: float, sigma: float) -> Floats:
    """Return lognormal numbers with the given mean and log standard deviation by inverse CDF."""
    result: Floats = mean * np.exp(sigma * ndtri(u) - 0.5 * sigma * sigma)
    return result


def _tiktok_hours(
    facts: PopulationFacts, parameters: Parameters, age: NDArray[np.uint8], u: Floats, v: Floats
) -> NDArray[np.float32]:
    """Return TikTok hours: use falls with age so that the total meets the country's users; hours are gamma."""
    if facts.tiktok_share <= 0.0:
        return np.zeros(u.shape[0], np.float32)
    rates = np.exp(-parameters.tiktok_age_slope * np.arange(len(facts.age_shares)))
    shares = np.array(facts.age_shares)
    low, high = 0.0, 1e4
    for _ in range(80):
        middle = 0.5 * (low + high)
        reached = float(np.sum(shares * np.minimum(parameters.tiktok_band_cap, middle * rates)))
        low, high = (middle, high) if reached < facts.tiktok_share else (low, middle)
    uses = u < np.minimum(parameters.tiktok_band_cap, high * rates)[age]
    shape = parameters.tiktok_hours_shape
    hours = gamma_quantile_table(shape)(v) * (facts.tiktok_hours / shape)
    return np.where(uses, hours, 0.0).astype(np.float32)


def _taste(facts: PopulationFacts, parameters: Parameters, draws: list[Floats]) -> NDArray[np.float32]:
    """Return (labels, n) Dirichlet shares around the market's repertoire."""
    concentrations = np.maximum(parameters.taste_concentration * np.array(facts.label_shares), 1e-3)
    shares = dirichlet_quantiles(np.column_stack(draws), concentrations=concentrations)
    return np.ascontiguousarray(shares.T, np.float32)


def _communities(
    facts: PopulationFacts, parameters: Parameters, age: NDArray[np.uint8], u: Floats, seed: int
) -> NDArray[np.int16]:
    """Return community numbers: sizes lognormal, each community leans to one age band by `homophily`."""
    number = int(parameters.communities)
    groups = np.arange(number)
    size = np.exp(
        parameters.community_spread * ndtri(uniforms(stream_key(seed, "population", facts.market, "sizes"), groups))
    )
    bands = len(facts.age_shares)
    lean = np.searchsorted(np.cumsum(facts.age_shares)[:-1], (groups + 0.5) / number, side="right")
    chosen = np.zeros(u.shape[0], np.int16)
    for band in range(bands):
        appeal = size * np.exp(parameters.homophily * (lean == band))
        edges = np.cumsum(appeal / appeal.sum())[:-1]
        here = age == band
        chosen[here] = np.searchsorted(edges, u[here], side="right")
    return chosen


def _access(
    facts: PopulationFacts, parameters: Parameters, income: Floats, age: NDArray[np.uint8], draw: Callable[..., Floats]
) -> NDArray[np.uint32]:
    """Return the access bits: means of payment (rising in income), student, family, customer of a bundle."""
    odds = (income / parameters.payment_income) ** parameters.payment_slope
    able = parameters.payment_floor + (1.0 - parameters.payment_floor) * odds / (1.0 + odds)
    bits = np.where(draw("payment") < able, PAY, 0)
    young = (age == 0) | ((age == 1) & (draw("young") < parameters.young_part))
    studies = np.where(young, parameters.student_share_young, parameters.student_share_older)
    bits = bits | np.where(draw("student") < studies, STUDENT, 0)
    bits = bits | np.where(draw("family") < parameters.family_share, FAMILY, 0)
    for position, (platform, base) in enumerate(zip(facts.platforms, facts.bundle_bases, strict=True)):
        if base > 0.0:
            bits = bits | _bundle_bit(draw("bundle", platform), base, position)
    return bits.astype(np.uint32)


def _bundle_bit(u: Floats, base: float, position: int) -> NDArray[np.int64]:
    return np.where(u < base, 1 << (BUNDLE_SHIFT + position), 0)


def sign_up(users: UserArrays, newcomers: Newcomers, *, platform: str) -> None:
    """Make the declared share of the people who are there, and nobody else, customers of the contract that carries a
    service's bundle, as newcomers will be.
    """
    facts = newcomers.facts
    position = facts.platforms.index(platform)
    u = uniforms(stream_key(newcomers.seed, "population", facts.market, "bundle", platform), users.uid)
    bit = np.uint32(1 << (BUNDLE_SHIFT + position))
    users.access[:] = (users.access & ~bit) | _bundle_bit(u, facts.bundle_bases[position], position).astype(np.uint32)


def tell_customers(users: UserArrays, newcomers: Newcomers, *, platform: str, share: float) -> None:
    """Let a share of the customers of the contract that carries a service's bundle know the service, drawn by key."""
    facts = newcomers.facts
    position = facts.platforms.index(platform)
    u = uniforms(stream_key(newcomers.seed, "population", facts.market, "told", platform), users.uid)
    customer = (users.access >> np.uint32(BUNDLE_SHIFT + position)) & np.uint32(1)
    users.aware |= np.where(u < share, customer << np.uint32(position), 0).astype(np.uint32)
