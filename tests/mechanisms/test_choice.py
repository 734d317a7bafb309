"""Choice: probabilities and draws against NumPy, what triggers attention, monotone responses, bounds of parameters."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy.stats import chi2

from model.market.entry import add_offers
from model.mechanisms import choice
from model.mechanisms import choice_kernel as kernel
from model.mechanisms.awareness import spread_awareness
from model.mechanisms.choice import attend, choose, choose_main, choose_second, offer_columns, user_columns
from model.mechanisms.listening import listen
from model.spec.declared.demand import PARAMETERS as DEMAND
from model.spec.parameters import Parameter, Parameters
from model.spec.timeline import NewOffer
from model.state.country import Country
from tests.numbers import floats

Settled = Callable[..., Country]


def flags(country: Country, parameters: Parameters, *, seed: int = 5, month: int = 1) -> np.ndarray:
    return attend(country, parameters, user_columns(country), offer_columns(country), seed=seed, month=month)[
        : country.active
    ]


# --- probabilities and draws


@pytest.mark.parametrize("market", ["ID", "IN", "US"])
def test_expected_flows_are_the_nested_logit(
    market: str, settled: Settled, parameters: Parameters, reference: Any
) -> None:
    country = settled(market)
    chances = reference.probabilities(country, parameters)
    expected = np.zeros((len(country.offers),) * 2)
    np.add.at(expected, country.users.main[: country.active], chances)
    flows = reference.flows(country, parameters)
    np.testing.assert_allclose(flows.expected / country.weight, expected, atol=1e-5 * country.active, rtol=2e-5)


@pytest.mark.parametrize("line", DEMAND, ids=lambda line: line.name)
@pytest.mark.parametrize("market", ["ID", "US"])
def test_probabilities_hold_at_the_bounds(
    line: Parameter, market: str, settled: Settled, parameters: Parameters, reference: Any
) -> None:
    """Kernel against theory.nested_logit, user by user, at both ends of what may be set and of what is likely.

    Qualities are those of offers that enough users can have: others run up to any limit.
    """
    country = settled(market, users=300)
    country.offers.xi = np.minimum(country.offers.xi, 8.0)
    columns, offers, index = user_columns(country), offer_columns(country), np.arange(country.active)
    for value in {line.low, line.high, *line.likely}:
        there = parameters.replace({line.name: value})
        given_weights = choice.weights_of(country, there)
        quality, _ = choice.quality_factors(country, there)
        weights = np.zeros((len(country.offers), index.size), np.float32)
        kernel.weight_columns(columns, offers, given_weights, index, np.zeros(index.size, np.uint8), False, weights)
        chances = reference.probabilities(country, there)
        for i in index:
            out, one = np.zeros(len(country.offers), np.int64), np.ones(1, np.float32)
            column = np.ascontiguousarray(weights[:, i : i + 1])
            kernel.expected_main(column, quality, offers.nest, given_weights.dissimilarity, one, out)
            np.testing.assert_allclose(out / float(kernel.UNIT), chances[i], atol=1e-4, err_msg=f"{value} user {i}")


@pytest.mark.parametrize("sigma", [0.35, 0.8])
def test_a_boundless_quality_is_taken_for_sure(
    sigma: float, settled: Settled, parameters: Parameters, reference: Any
) -> None:
    """Qualities at the limits of the inversion leave every probability a number, and the sure choice sure."""
    country, there = settled("ID", users=300), parameters.replace({"nest_sigma": sigma, "beta_H": 2.6, "beta_K": 1.6})
    j = country.offers.position("spotify", "free_ads")
    country.users.aware |= np.uint32(1 << int(country.offers.platform[j]))
    country.offers.xi[1:] = np.clip(country.offers.xi[1:], -25.0, -5.0)
    country.offers.xi[j] = 25.0
    flows = reference.flows(country, there)
    assert np.isfinite(flows.expected).all()
    assert flows.expected.sum() == pytest.approx(country.people, rel=1e-5)
    assert flows.expected[:, j].sum() > 0.98 * country.people


def test_probabilities_of_single_users(settled: Settled, parameters: Parameters, reference: Any) -> None:
    country = settled("ID", users=300)
    chances = reference.probabilities(country, parameters)
    columns, offers = user_columns(country), offer_columns(country)
    quality, _ = choice.quality_factors(country, parameters)
    given_weights = choice.weights_of(country, parameters)
    for k in range(0, 300, 7):
        weights = np.zeros((len(country.offers), 1), np.float32)
        kernel.weight_columns(columns, offers, given_weights, np.array([k]), np.zeros(1, np.uint8), False, weights)
        out = np.zeros(len(country.offers), np.int64)
        one = np.ones(1, np.float32)
        kernel.expected_main(weights, quality, offers.nest, given_weights.dissimilarity, one, out)
        np.testing.assert_allclose(out / float(kernel.UNIT), chances[k], atol=1e-5)


@pytest.mark.parametrize("market", ["ID", "US"])
def test_counts_agree_with_chances_in_distribution(
    market: str, settled: Settled, parameters: Parameters, reference: Any
) -> None:
    """Counts over many months of independent draws: standardised errors are chi-square."""
    country = settled(market, users=1000)
    chances = reference.probabilities(country, parameters)
    repeats = 60
    counts = (
        sum(reference.flows(country, parameters, seed=s).counts.sum(axis=0) for s in range(repeats)) / country.weight
    )
    variance = repeats * (chances * (1.0 - chances)).sum(axis=0)
    busy = variance > 10.0
    z = (counts - repeats * chances.sum(axis=0))[busy] / np.sqrt(variance[busy])
    assert np.sum(z**2) < chi2.ppf(1 - 1e-6, busy.sum())
    assert np.sum(z**2) > chi2.ppf(1e-6, busy.sum() - 1)


@pytest.mark.parametrize("market", ["IN", "US"])
def test_second_service_agrees_in_distribution(
    market: str, settled: Settled, parameters: Parameters, reference: Any
) -> None:
    country = settled(market, users=1000)
    chances = reference.second_probabilities(country, parameters)
    assert 20.0 < chances[:, 1:].sum() < country.active
    repeats, options = 60, len(country.offers)
    counts = np.zeros(options)
    for seed in range(repeats):
        there = country.copy()
        flag = np.full(len(there.users), kernel.CHANCE, np.uint8)
        choose_second(there, parameters, user_columns(there), offer_columns(there), flag, seed=seed, month=1)
        counts += there.stocks()[1]
    variance = repeats * (chances * (1.0 - chances)).sum(axis=0)
    busy = variance > 10.0
    z = (counts - repeats * chances.sum(axis=0))[busy] / np.sqrt(variance[busy])
    assert busy.sum() >= 3
    assert np.sum(z**2) < chi2.ppf(1 - 1e-6, busy.sum())


def test_flows_and_stocks_keep_the_books(settled: Settled, parameters: Parameters) -> None:
    country = settled("ID")
    before, _ = country.stocks()
    flag = flags(country.copy(), parameters)
    flows = choose(country, parameters, seed=5, month=1)
    after, _ = country.stocks()
    people = flows.counts / country.weight
    np.testing.assert_allclose(after - before, people.sum(axis=0) - people.sum(axis=1), atol=1e-9)
    np.testing.assert_allclose(people.sum(), (flag > 0).sum())
    np.testing.assert_allclose(flows.expected.sum(axis=1), flows.counts.sum(axis=1), rtol=1e-5)


def test_nobody_takes_what_they_may_not(settled: Settled, parameters: Parameters, reference: Any) -> None:
    for market in ("ID", "US", "BR"):
        country = settled(market)
        for month in range(1, 4):
            before = country.users.copy()
            spread_awareness(country, parameters, seed=5, month=month)
            allowed = reference.allowed(country)
            choose(country, parameters, seed=5, month=month)
            users, rows = country.users.take(np.arange(country.active)), np.arange(country.active)
            moved = users.main != before.main
            assert allowed[rows, users.main][moved].all()
            picked = (users.second > 0) & (users.second != before.second)
            assert allowed[rows, users.second][picked].all()
            platform = country.offers.platform
            assert not np.any((users.second > 0) & (platform[users.main] == platform[users.second]))
            assert not np.any((users.second > 0) & (users.main == 0))


# --- attention


def test_ordinary_attention(settled: Settled, parameters: Parameters) -> None:
    country = settled("US", users=4000)
    country.users.trial[:] = 0
    quiet = parameters.replace({"payment_failure": 0.0})
    paying = country.offers.nest[country.users.main] == 2
    share = np.mean(
        [[(flags(country.copy(), quiet, month=m)[who] > 0).mean() for who in (~paying, paying)] for m in range(30)],
        axis=0,
    )
    spread = [
        4.5 * np.sqrt(r * (1 - r) / 30 / who.sum()) for r, who in ((quiet.rho_free, ~paying), (quiet.rho_paid, paying))
    ]
    assert abs(share[0] - quiet.rho_free) < spread[0]
    assert abs(share[1] - quiet.rho_paid) < spread[1]


def test_a_price_rise_is_noticed_by_its_holders_alone(settled: Settled, parameters: Parameters) -> None:
    country = settled("ID", users=4000)
    j = int(np.argmax(country.offers.targets("main")))
    held = country.users.main[: country.active] == j
    rate = parameters.rho_paid if country.offers.nest[j] == 2 else parameters.rho_free
    before = [flags(country.copy(), parameters, month=m) for m in range(10)]
    country.triggers[j] = 0.4
    after = [flags(country.copy(), parameters, month=m) for m in range(10)]
    wanted, n = rate + (1.0 - rate) * 0.4, 10 * held.sum()
    noticed = np.mean([flag[held] > 0 for flag in after])
    assert abs(noticed - wanted) < 4.5 * np.sqrt(wanted * (1.0 - wanted) / n)
    for one, other in zip(before, after, strict=True):
        np.testing.assert_array_equal(one[~held], other[~held])
        assert np.all(other[held] >= one[held])  # whoever reconsidered before still does


def test_closing_a_tier_moves_every_holder(settled: Settled, parameters: Parameters) -> None:
    country = settled("ID")
    j = int(np.argmax(country.offers.targets("main")))
    country.offers.is_open[j] = 0
    assert np.all(flags(country.copy(), parameters)[country.users.main == j] & kernel.SURE)
    assert (country.users.second == j).sum() > 5
    choose(country, parameters, seed=5, month=1)
    assert not np.any(country.users.main == j)
    assert not np.any(country.users.second == j)


def test_lost_catalogue_wakes_those_who_loved_it(settled: Settled, parameters: Parameters) -> None:
    country = settled("IN")
    p = int(country.offers.platform[np.argmax(country.offers.targets("main"))])
    before = flags(country.copy(), parameters)
    country.lost[p, 1] = 1.0
    after = flags(country.copy(), parameters)
    mine = country.offers.platform[country.users.main[: country.active]] == p
    loss = country.users.taste[1, : country.active]
    hit = mine & (loss > parameters.loss_threshold)
    assert 0 < hit.sum() < mine.sum()
    assert np.all(after[hit] & kernel.SURE)
    np.testing.assert_array_equal(after[~hit], before[~hit])


def test_the_end_of_a_trial_is_noticed(settled: Settled, parameters: Parameters) -> None:
    country = settled("US")
    users, paid = country.users, np.flatnonzero(country.offers.nest[country.users.main] == 2)
    users.trial[:] = 0
    users.trial[paid[:40]] = 1
    users.trial[paid[40:80]] = 3
    flag = flags(country, parameters.replace({"rho_paid": 0.0, "payment_failure": 0.0}))
    assert np.all(flag[paid[:40]] & kernel.SURE)
    assert np.all(flag[paid[40:]] == 0)
    assert np.all(users.trial[paid[:40]] == 0)
    assert np.all(users.trial[paid[40:80]] == 2)


def test_failed_payments(settled: Settled, parameters: Parameters) -> None:
    """Whose payment fails cannot stay on a paid tier this month; trials cannot fail."""
    country = settled("US")
    all_fail = parameters.replace({"payment_failure": 0.5})
    paid = country.offers.nest[country.users.main] == 2
    country.users.trial[:] = 0
    some = np.flatnonzero(paid)[:50]
    country.users.trial[some] = 3
    columns, offers = user_columns(country), offer_columns(country)
    flag = attend(country, all_fail, columns, offers, seed=5, month=1)
    failed = (flag & kernel.FAILED) != 0
    assert 0.4 < failed[paid].mean() < 0.6
    assert not failed[~paid].any()
    assert not failed[some].any()
    assert np.all(flag[failed] & kernel.SURE)
    choose_main(country, all_fail, columns, offers, flag, seed=5, month=1)
    assert not np.any(country.offers.nest[country.users.main[failed]] == 2)


def test_a_failed_payment_bars_paid_second_services_too(settled: Settled, parameters: Parameters) -> None:
    """Whoever cannot pay this month may take a free second service but no paid one; others take both kinds."""
    country = settled("US")
    paid = country.offers.nest[country.users.main[: country.active]] == 2
    with_paid_second = country.offers.nest[country.users.second[: country.active]] == 2
    assert np.any(paid & with_paid_second)
    flag = np.where(paid, kernel.SURE | kernel.FAILED, kernel.SURE).astype(np.uint8)
    whole = np.pad(flag, (0, len(country.users) - country.active))
    columns, offers = user_columns(country), offer_columns(country)
    choose_second(country, parameters, columns, offers, whole, seed=5, month=1)
    nest = country.offers.nest[country.users.second[: country.active]]
    assert np.any(nest[paid] == 1)
    assert not np.any(nest[paid] == 2)
    whole[:] = kernel.SURE
    choose_second(country, parameters, columns, offers, whole, seed=5, month=1)
    assert np.any(country.offers.nest[country.users.second[: country.active]][paid] == 2)


# --- state after a choice


def test_tenure_trial_and_first_use(settled: Settled, parameters: Parameters) -> None:
    country = settled("US", users=4000)
    before = country.users.copy()
    choose(country, parameters, seed=5, month=1)
    users, platform, nest = country.users, country.offers.platform, country.offers.nest
    same = platform[users.main] == platform[before.main]
    np.testing.assert_allclose(
        users.tenure[same], before.tenure[same] + parameters.delta * (1 - before.tenure[same]), rtol=1e-6
    )
    assert np.all(users.tenure[~same] == 0.0)
    known = users.aware >> np.maximum(platform[users.main], 0).astype(np.uint32) & 1
    assert np.all(known[users.main > 0] == 1)
    began = (nest[users.main] == 2) & ~((nest[before.main] == 2) & same)
    tried = (before.tried >> np.maximum(platform[users.main], 0).astype(np.uint32) & 1) == 1
    first = began & ~tried
    assert first.sum() > 0
    np.testing.assert_array_equal(users.trial[first], country.offers.trial_months[users.main[first]])
    assert np.all(users.trial[began & tried] == 0)
    assert np.all((users.tried[first] >> platform[users.main[first]].astype(np.uint32)) & 1 == 1)


def test_a_trial_is_given_once(settled: Settled, parameters: Parameters) -> None:
    country = settled("US")
    j = country.offers.position("spotify", "individual")
    assert country.offers.trial_months[j] > 0
    p = int(country.offers.platform[j])
    country.users.tried[:] = np.uint32(1) << np.uint32(p)
    country.offers.xi[j] += 6.0
    choose(country, parameters, seed=5, month=1)
    newcomers = country.users.main == j
    assert newcomers.sum() > 20
    assert np.all(country.users.trial[newcomers] == 0)


# --- invariance


def test_order_of_users_changes_nothing(settled: Settled, parameters: Parameters, reference: Any) -> None:
    country = settled("IN", users=3000)
    shuffled = country.copy()
    order = np.random.default_rng(3).permutation(country.active)
    shuffled.users = country.users.take(order)
    straight, mixed = (reference.live(c, parameters, months=6) for c in (country, shuffled))
    for one, other in zip(straight, mixed, strict=True):
        np.testing.assert_array_equal(one.counts, other.counts)
        np.testing.assert_array_equal(one.expected, other.expected)
    reference.assert_same_users(country, shuffled)
    assert np.any(shuffled.users.uid != country.users.uid)


def test_other_users_matter_only_through_their_community(settled: Settled, parameters: Parameters) -> None:
    """Without peers and word of mouth, half of the users alone live exactly as among all."""
    country = settled("ID", users=3000)
    alone = parameters.replace({"beta_s": 0.0, "word_of_mouth": 0.0})
    half = country.copy()
    half.users = country.users.take(np.arange(0, 3000, 2))
    half.active = 1500
    for there in (country, half):
        for month in range(1, 7):
            spread_awareness(there, alone, seed=5, month=month)
            choose(there, alone, seed=5, month=month)
    whole = country.users.take(np.arange(0, 3000, 2))
    for name, column in half.users.arrays().items():
        np.testing.assert_array_equal(column, whole.arrays()[name], err_msg=name)


def test_twice_the_users_give_the_same_shares(settled: Settled, parameters: Parameters, reference: Any) -> None:
    country = settled("ID", users=4000)
    halves = []
    for part in (slice(0, 2000), slice(2000, 4000)):
        half = country.copy()
        half.users = country.users.take(np.arange(4000)[part])
        half.active = 2000
        reference.live(half, parameters, months=12)
        halves.append(half.stocks()[0] / 2000)
    reference.live(country, parameters, months=12)
    whole = country.stocks()[0] / 4000
    error = np.sqrt(np.maximum(whole * (1 - whole), 1e-4) / 2000)
    assert np.max(np.abs(halves[0] - halves[1]) / error) < 4.5 * np.sqrt(2)
    assert np.max(np.abs(np.mean(halves, axis=0) - whole) / error) < 2.0


@pytest.mark.parametrize("is_open", [False, True])
def test_an_inert_platform_changes_nothing(
    is_open: bool, settled: Settled, parameters: Parameters, reference: Any
) -> None:
    """Closed, or open but never known to anybody; its rows stand in the middle of the table."""
    country = settled("ID")
    with_more = country.copy()
    add_offers(with_more, [NewOffer("ID", "another", tier, 10_000.0, 1) for tier in ("free_ads", "individual")])
    new = [with_more.offers.position("another", tier) for tier in ("free_ads", "individual")]
    assert new[0] < new[1] < len(with_more.offers) - 1
    if is_open:
        with_more.offers.is_open[new] = 1
        with_more.offers.xi[new] = with_more.offers.xi_second[new] = 3.0
        with_more.offers.marketing[-1] = 0.0
    usual, more = (reference.live(c, parameters, months=6) for c in (country, with_more))
    kept = np.array([0, *(with_more.offers.position(*name) for name in country.offers.names[1:])])
    for one, other in zip(usual, more, strict=True):
        np.testing.assert_array_equal(one.counts, other.counts[np.ix_(kept, kept)])
        np.testing.assert_array_equal(one.expected, other.expected[np.ix_(kept, kept)])
    np.testing.assert_array_equal(kept[country.users.main], with_more.users.main)
    np.testing.assert_array_equal(kept[country.users.second], with_more.users.second)
    for name in ("tenure", "trial", "aware", "tried"):
        np.testing.assert_array_equal(getattr(country.users, name), getattr(with_more.users, name))
    here, there = (
        listen(
            c.users, active=c.active, platform=c.offers.platform, nest=c.offers.nest, available=c.available,
            pull=np.ones(len(c.labels)), second_share=0.25, weight=c.weight,
        )
        for c in (country, with_more)
    )  # fmt: skip
    np.testing.assert_array_equal(here.hours, there.hours[kept])
    assert there.users[new].sum() == 0.0


# --- monotone responses, in expected flows


@given(factor=st.floats(1.02, 3.0), pick=st.integers(0, 100), market=st.sampled_from(["ID", "IN", "US"]))
@settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_dearer_offer_is_taken_less(
    factor: float, pick: int, market: str, settled: Settled, parameters: Parameters, reference: Any
) -> None:
    country = settled(market, users=1000)
    before = reference.flows(country, parameters).expected.sum(axis=0)
    sold = np.flatnonzero((country.offers.user_price > 0) & (before > 1e-3 * country.weight))
    j = int(sold[pick % sold.size])
    country.offers.price_local[j] *= factor
    country.offers.price_store_local[j] *= factor
    after = reference.flows(country, parameters).expected.sum(axis=0)
    others = np.arange(after.size) != j
    assert after[j] < before[j]
    assert np.all(after[others] >= before[others] - 1e-5 * country.weight * country.active)
    assert after[others].sum() > before[others].sum()


@pytest.mark.parametrize("market", ["ID", "IN"])
@pytest.mark.parametrize("label", [0, 1, 2])
def test_a_lost_label_costs_the_service(
    market: str, label: int, settled: Settled, parameters: Parameters, reference: Any
) -> None:
    country = settled(market)
    p = country.platforms.index("spotify")
    mine = country.offers.platform == p
    before = reference.flows(country, parameters).expected.sum(axis=0)
    country.available[p, label] = 0.0
    after = reference.flows(country, parameters).expected.sum(axis=0)
    assert after[mine].sum() < before[mine].sum()
    assert np.all(after[~mine] >= before[~mine] - 1e-9)


@pytest.mark.parametrize(("name", "size"), [("ad_load", 3.0), ("restriction", 0.4)])
def test_worse_tiers_are_taken_less(
    name: str, size: float, settled: Settled, parameters: Parameters, reference: Any
) -> None:
    country = settled("ID")
    j = country.offers.position("spotify", "free_ads")
    before = reference.flows(country, parameters).expected.sum(axis=0)
    getattr(country.offers, name)[j] += size
    after = reference.flows(country, parameters).expected.sum(axis=0)
    assert after[j] < before[j]
    assert np.all(np.delete(after, j) >= np.delete(before, j) - 1e-9)


def test_podcasts_pull(settled: Settled, parameters: Parameters, reference: Any) -> None:
    country = settled("ID")
    p = country.platforms.index("spotify")
    mine = country.offers.platform == p
    before = reference.flows(country, parameters).expected.sum(axis=0)
    country.offers.podcasts[p] += 2.0
    after = reference.flows(country, parameters).expected.sum(axis=0)
    assert after[mine].sum() > before[mine].sum()


@pytest.mark.parametrize(("market", "banned"), [("ID", False), ("BR", False), ("IN", True)])
def test_integration_works_where_tiktok_is_open(
    market: str, banned: bool, settled: Settled, parameters: Parameters, reference: Any
) -> None:
    country = settled(market)
    assert country.tiktok_open is not banned
    inside = country.copy()
    inside.offers.integration[inside.platforms.index("resso")] = 1.0
    mine = country.offers.platform == country.platforms.index("resso")
    usual, more = (reference.live(c, parameters, months=6) for c in (country, inside))
    if banned:
        for one, other in zip(usual, more, strict=True):
            np.testing.assert_array_equal(one.expected, other.expected)
        reference.assert_same_users(country, inside)
    else:
        for one, other in zip(usual, more, strict=True):
            assert other.expected.sum(axis=0)[mine].sum() > one.expected.sum(axis=0)[mine].sum()


# --- parameters at their bounds


@st.composite
def demand_parameters(draw: Any) -> dict[str, float]:
    """Any demand parameters inside their hard bounds, often at them."""
    return {
        p.name: draw(st.one_of(st.sampled_from([p.low, p.high]), floats(p.low, p.high)))
        for p in DEMAND
        if not p.whole
        if draw(st.booleans())
    }


@given(overrides=demand_parameters(), market=st.sampled_from(["ID", "IN"]))
@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_parameters_give_probabilities(
    overrides: dict[str, float], market: str, settled: Settled, parameters: Parameters
) -> None:
    country, given_parameters = settled(market, users=300), parameters.replace(overrides)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for month in (1, 2):
            spread_awareness(country, given_parameters, seed=5, month=month)
            flows = choose(country, given_parameters, seed=5, month=month)
            assert np.all(flows.expected >= 0.0)
            np.testing.assert_allclose(
                flows.expected.sum(axis=1), flows.counts.sum(axis=1), rtol=1e-4, atol=1e-6 * country.weight
            )
    assert np.all(np.isfinite(country.users.tenure))
    assert np.all((country.users.main >= 0) & (country.users.main < len(country.offers)))
