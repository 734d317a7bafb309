"""Clearing of advertising: closed forms, brute force, one solution from anywhere, and the signs of every response."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.optimize import brentq, root

from model.foundation.errors import InputError
from model.theory.ads import ces_spending, clear_prices, spread_spending, weights_for

REACH = -0.6


def market(seed: int, *, markets=4, advertisers=3, channels=8, outside=1.0):
    """Weights, outside, budgets and impressions over some orders of magnitude."""
    chance = np.random.default_rng(seed)
    return dict(
        weights=chance.lognormal(0.0, 1.0, (markets, advertisers, channels)),
        outside=outside * chance.lognormal(0.0, 1.0, (markets, advertisers)),
        budgets=chance.lognormal(14.0, 1.5, (markets, advertisers)),
        impressions=chance.lognormal(16.0, 1.5, (markets, channels)),
    )


def cleared(found, *, ces_sigma=1.5, elasticity=REACH, **changes):
    given = {**found, **changes}
    return clear_prices(given.pop("weights"), ces_sigma=ces_sigma, elasticity=elasticity, **given)


def spending_at(found, cpm, *, ces_sigma, elasticity):
    """What the advertisers of one market spend, written out advertiser by advertiser from the definition."""
    channels, outside = [], []
    for row, spare, money in zip(found["weights"][0], found["outside"][0], found["budgets"][0], strict=True):
        pull = row * cpm ** (1 - ces_sigma)
        total, plain = pull.sum() + spare, row.sum() + spare
        if ces_sigma == 1.0:
            level = np.exp((row * np.log(cpm)).sum() / plain)
        else:
            level = (total / plain) ** (1 / (1 - ces_sigma))
        budget = money * level ** (1 + elasticity)
        channels.append(budget * pull / total)
        outside.append(budget * spare / total)
    return np.array(channels), np.array(outside)


# --- it clears, and agrees with the definition ------------------------------------------------------------------------


@pytest.mark.parametrize("ces_sigma", [1.0, 1.05, 1.5, 3.0, 12.0])
@pytest.mark.parametrize("elasticity", [-1.0, -0.6, -0.1])
def test_every_channel_sells_what_it_has(ces_sigma, elasticity) -> None:
    found = market(1)
    done = cleared(found, ces_sigma=ces_sigma, elasticity=elasticity)
    np.testing.assert_allclose(done.spend.sum(axis=1), done.cpm * found["impressions"] / 1000.0, rtol=1e-11)
    np.testing.assert_allclose(done.spend.sum(axis=2) + done.outside, done.budgets, rtol=1e-12)
    for row in range(4):
        alone = {name: values[row : row + 1] for name, values in found.items()}
        channels, outside = spending_at(alone, done.cpm[row], ces_sigma=ces_sigma, elasticity=elasticity)
        np.testing.assert_allclose(done.spend[row], channels, rtol=1e-10)
        np.testing.assert_allclose(done.outside[row], outside, rtol=1e-10)


def test_spending_at_given_prices_is_the_definition() -> None:
    found, cpm = market(2, markets=1), np.array([[0.3, 20.0, 1.0, 7.0, np.inf, 2.0, 0.01, 4.0]])
    channels, outside = ces_spending(
        found["weights"], outside=found["outside"], budgets=found["budgets"], cpm=cpm, ces_sigma=1.5, elasticity=REACH
    )
    there = np.isfinite(cpm[0])
    thinner = {**found, "weights": found["weights"][:, :, there]}
    wanted, spare = spending_at(thinner, cpm[0, there], ces_sigma=1.5, elasticity=REACH)
    np.testing.assert_allclose(channels[0][:, there], wanted, rtol=1e-12)
    assert (channels[0][:, ~there] == 0.0).all()
    np.testing.assert_allclose(outside[0], spare, rtol=1e-12)


# --- closed forms -----------------------------------------------------------------------------------------------------


def test_one_advertiser_without_an_outside_pays_in_closed_form() -> None:
    # p_k proportional to (w_k / N_k)^(1 / sigma); all of a fixed budget is spent.
    weights, sold = np.array([2.0, 1.0, 0.5]), np.array([1e6, 3e6, 5e5])
    done = clear_prices(
        weights[None, None],
        outside=np.zeros((1, 1)),
        budgets=np.full((1, 1), 9e3),
        impressions=sold[None],
        ces_sigma=2.5,
    )
    shape = (weights / sold) ** (1 / 2.5)
    np.testing.assert_allclose(done.cpm[0], shape * 9e6 / (shape @ sold), rtol=1e-12)


def test_symmetric_channels_share_one_price_and_follow_the_scalar_equation() -> None:
    # K equal channels, one advertiser: p N / 1000 = B P^(1 + e) p^(1 - sigma) / (K p^(1 - sigma) + w0), by bisection.
    channels, spare, money, sold, sigma, reach = 5, 3.0, 1e5, 2e6, 1.7, -0.6

    def gap(log_price: float) -> float:
        price = np.exp(log_price)
        total = channels * price ** (1 - sigma) + spare
        level = (total / (channels + spare)) ** (1 / (1 - sigma))
        return np.log(money * level ** (1 + reach) * price ** (-sigma) / total / (sold / 1000.0))

    done = clear_prices(
        np.ones((1, 1, channels)), outside=np.full((1, 1), spare), budgets=np.full((1, 1), money),
        impressions=np.full((1, channels), sold), ces_sigma=sigma, elasticity=reach,
    )  # fmt: skip
    np.testing.assert_allclose(done.cpm, np.exp(brentq(gap, -30, 30, xtol=1e-14)), rtol=1e-12)


def test_at_ces_sigma_one_shares_are_the_weights() -> None:
    found = market(3)
    done = cleared(found, ces_sigma=1.0, elasticity=-1.0)
    total = found["weights"].sum(axis=2) + found["outside"]
    shares = found["weights"] / total[:, :, None]
    wanted = 1000.0 * np.einsum("ma,mak->mk", found["budgets"], shares) / found["impressions"]
    np.testing.assert_allclose(done.cpm, wanted, rtol=1e-12)


def test_ces_sigma_one_is_the_limit() -> None:
    found = market(4)
    at_one = cleared(found, ces_sigma=1.0).cpm
    gaps = [np.abs(np.log(cleared(found, ces_sigma=1.0 + part).cpm / at_one)).max() for part in (1e-2, 1e-4, 1e-8)]
    assert gaps[0] > 10 * gaps[1] > 10 * gaps[2]
    assert gaps[2] < 1e-6


def test_budgets_follow_the_price_level_by_the_elasticity() -> None:
    # One channel and no outside: the price is the level, so p N / 1000 = B p^(1+e), p = (1000 B / N)^(-1/e).
    done = clear_prices(
        np.ones((1, 1, 1)), outside=np.zeros((1, 1)), budgets=np.full((1, 1), 4e4), impressions=np.full((1, 1), 1e6),
        ces_sigma=1.5, elasticity=-0.5,
    )  # fmt: skip
    assert done.cpm[0, 0] == pytest.approx(40.0**2, rel=1e-11)
    assert done.budgets[0, 0] == pytest.approx(1.6e6, rel=1e-11)


# --- brute force ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(6))
def test_a_general_solver_finds_the_same_prices(seed) -> None:
    found = market(10 + seed, markets=1, outside=0.2)
    sold = found["impressions"][0]

    def gap(log_prices):
        channels, _ = spending_at(found, np.exp(log_prices), ces_sigma=1.5, elasticity=REACH)
        return np.log(channels.sum(axis=0)) - log_prices - np.log(sold / 1000.0)

    solved = root(gap, np.zeros(8), method="hybr", options={"xtol": 1e-13})
    assert np.abs(gap(solved.x)).max() < 1e-10
    np.testing.assert_allclose(cleared(found).cpm[0], np.exp(solved.x), rtol=1e-9)


def test_bisection_channel_by_channel_finds_the_same_prices() -> None:
    # Each price in turn by bisection, again and again: needs no derivative, and climbs to the one solution.
    found = market(20, markets=1, channels=3)
    sold, log_prices = found["impressions"][0], np.full(3, -5.0)

    def gap(value, channel):
        trial = log_prices.copy()
        trial[channel] = value
        channels, _ = spending_at(found, np.exp(trial), ces_sigma=2.0, elasticity=REACH)
        return np.log(channels[:, channel].sum()) - value - np.log(sold[channel] / 1000.0)

    for _ in range(200):
        for channel in range(3):
            log_prices[channel] = brentq(gap, -40, 40, args=(channel,), xtol=1e-14)
    np.testing.assert_allclose(cleared(found, ces_sigma=2.0).cpm[0], np.exp(log_prices), rtol=1e-9)


# --- one solution -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("ces_sigma", [1.0, 1.5, 6.0])
def test_the_same_prices_from_every_start(ces_sigma) -> None:
    found = market(5, outside=0.01)
    wanted = cleared(found, ces_sigma=ces_sigma).cpm
    chance = np.random.default_rng(6)
    for spread in (1.0, 5.0, 15.0):
        for _ in range(10):
            start = np.exp(chance.normal(0.0, spread, wanted.shape))
            np.testing.assert_allclose(cleared(found, ces_sigma=ces_sigma, start=start).cpm, wanted, rtol=1e-10)


# a hair above 1 the definition written out in `spending_at` loses its digits, which the module does not
SIGMAS = st.one_of(st.just(1.0), st.floats(1.001, 8.0))


@given(seed=st.integers(0, 10**6), spread=st.floats(0.1, 8.0), sigma=SIGMAS, reach=st.floats(-1.0, -0.1))
@settings(max_examples=60, deadline=None)
def test_the_plain_step_shrinks_every_gap_by_the_proven_factor(seed, spread, sigma, reach) -> None:
    # |x + F(x)/sigma - root| <= (1 + e/sigma) |x - root| from anywhere: hence one root, whatever the start.
    found = market(seed, markets=1)
    wanted = np.log(cleared(found, ces_sigma=sigma, elasticity=reach).cpm[0])
    here = wanted + np.random.default_rng(seed + 1).normal(0.0, spread, 8)
    channels, _ = spending_at(found, np.exp(here), ces_sigma=sigma, elasticity=reach)
    excess = np.log(channels.sum(axis=0)) - here - np.log(found["impressions"][0] / 1000.0)
    before, after = np.abs(here - wanted).max(), np.abs(here + excess / sigma - wanted).max()
    assert after <= (1.0 + reach / sigma) * before + 1e-10


def test_nothing_is_left_to_do_at_the_answer() -> None:
    found = market(5)
    done = cleared(found)
    assert 0 < done.steps <= 8
    assert cleared(found, start=done.cpm).steps == 0


def test_a_market_does_not_depend_on_those_beside_it() -> None:
    found = market(7, markets=6)
    together = cleared(found).cpm
    for row in range(6):
        alone = {name: values[row : row + 1] for name, values in found.items()}
        np.testing.assert_array_equal(cleared(alone).cpm[0], together[row])


# --- signs and scales -------------------------------------------------------------------------------------------------

factors = st.floats(1.05, 20.0)
cases = dict(
    seed=st.integers(0, 10**6), more=factors, sigma=st.floats(1.0, 6.0), reach=st.floats(-1.0, -0.1),
    channel=st.integers(0, 7), advertiser=st.integers(0, 2),
)  # fmt: skip


@given(**cases)
@settings(max_examples=60, deadline=None)
def test_prices_fall_with_supply_and_rise_with_budgets(seed, more, sigma, reach, channel, advertiser) -> None:
    found = market(seed, markets=1)
    usual = cleared(found, ces_sigma=sigma, elasticity=reach).cpm[0]
    sold, money = found["impressions"].copy(), found["budgets"].copy()
    sold[0, channel] *= more
    money[0, advertiser] *= more
    fuller = cleared(found, impressions=sold, ces_sigma=sigma, elasticity=reach).cpm[0]
    richer = cleared(found, budgets=money, ces_sigma=sigma, elasticity=reach).cpm[0]
    assert (fuller <= usual * (1 + 1e-10)).all()
    assert usual[channel] / fuller[channel] >= more ** (1 / sigma) * (1 - 1e-9)  # at least as the own slope says
    assert (richer >= usual * (1 - 1e-10)).all()
    assert richer.sum() > usual.sum()


@given(seed=st.integers(0, 10**6), unit=st.floats(0.01, 100.0), sigma=st.floats(1.0, 5.0))
@settings(max_examples=40, deadline=None)
def test_units_of_a_channel_do_not_matter(seed, unit, sigma) -> None:
    # Half-length spots: twice as many, each worth and sold at half. Budgets are fixed, so the price level is not used.
    found = market(seed, markets=2)
    sold, weights = found["impressions"].copy(), found["weights"].copy()
    sold[:, 3] *= unit
    weights[:, :, 3] *= unit ** (1 - sigma)
    usual = cleared(found, ces_sigma=sigma, elasticity=-1.0)
    other = cleared(found, weights=weights, impressions=sold, ces_sigma=sigma, elasticity=-1.0)
    np.testing.assert_allclose(other.spend, usual.spend, rtol=1e-9)
    np.testing.assert_allclose(other.cpm[:, 3] * unit, usual.cpm[:, 3], rtol=1e-9)


@given(seed=st.integers(0, 10**6), scale=st.floats(0.001, 1000.0), taste=st.floats(0.01, 100.0))
@settings(max_examples=40, deadline=None)
def test_people_money_and_weights_have_no_scale(seed, scale, taste) -> None:
    found = market(seed)
    usual = cleared(found)
    larger = cleared(found, budgets=found["budgets"] * scale, impressions=found["impressions"] * scale)
    np.testing.assert_allclose(larger.cpm, usual.cpm, rtol=1e-9)
    fonder = cleared(found, weights=found["weights"] * taste, outside=found["outside"] * taste)
    np.testing.assert_allclose(fonder.cpm, usual.cpm, rtol=1e-9)
    bare = {**found, "outside": np.zeros((4, 3))}
    dearer = cleared(bare, budgets=bare["budgets"] * scale, elasticity=-1.0)
    np.testing.assert_allclose(dearer.cpm, cleared(bare, elasticity=-1.0).cpm * scale, rtol=1e-9)


@given(**cases)
@settings(max_examples=40, deadline=None)
def test_identical_advertisers_are_one(seed, more, sigma, reach, channel, advertiser) -> None:
    found = market(seed, advertisers=1)
    part = 1.0 / more
    twins = {
        "weights": np.repeat(found["weights"], 2, axis=1), "outside": np.repeat(found["outside"], 2, axis=1),
        "budgets": found["budgets"] * np.array([part, 1.0 - part]), "impressions": found["impressions"],
    }  # fmt: skip
    options = dict(ces_sigma=sigma, elasticity=reach)
    np.testing.assert_allclose(cleared(twins, **options).cpm, cleared(found, **options).cpm, rtol=1e-9)


# --- edges ------------------------------------------------------------------------------------------------------------


def test_a_channel_without_supply_is_as_if_it_were_not_there() -> None:
    found = market(8)
    sold = found["impressions"].copy()
    sold[1, 2] = 0.0
    done = cleared(found, impressions=sold)
    assert done.cpm[1, 2] == np.inf
    assert (done.spend[1, :, 2] == 0.0).all()
    kept = np.arange(8) != 2
    alone = cleared(dict(weights=found["weights"][1:2][:, :, kept], outside=found["outside"][1:2],
                         budgets=found["budgets"][1:2], impressions=sold[1:2, kept]))  # fmt: skip
    np.testing.assert_allclose(done.cpm[1, kept], alone.cpm[0], rtol=1e-11)
    nearly = sold.copy()
    nearly[1, 2] = 1e-6 * found["impressions"][1, 2]
    assert cleared(found, impressions=nearly).cpm[1, 2] > 1e3 * cleared(found).cpm[1, 2]  # on the way to infinite


def test_a_channel_that_nobody_wants_is_free_and_an_empty_market_is_quiet() -> None:
    found = market(9)
    weights = found["weights"].copy()
    weights[:, :, 4] = 0.0
    done = cleared(found, weights=weights)
    assert (done.cpm[:, 4] == 0.0).all()
    assert (done.spend[:, :, 4] == 0.0).all()
    quiet = cleared(found, impressions=np.zeros((4, 8)))
    assert np.isinf(quiet.cpm).all()
    np.testing.assert_allclose(quiet.outside, quiet.budgets)
    poor = cleared(found, budgets=np.zeros((4, 3)))
    assert (poor.cpm == 0.0).all()
    assert poor.spend.sum() == 0.0


def test_an_advertiser_who_wants_nothing_spends_nothing() -> None:
    found = market(11)
    weights, outside = found["weights"].copy(), found["outside"].copy()
    weights[:, 1], outside[:, 1] = 0.0, 0.0
    done = cleared(found, weights=weights, outside=outside)
    assert (done.budgets[:, 1] == 0.0).all()
    assert np.isfinite(done.cpm).all()


def test_all_faults_come_together() -> None:
    found = market(12)
    with pytest.raises(InputError) as caught:
        cleared(found, budgets=-found["budgets"], impressions=found["impressions"][:2], ces_sigma=0.5, elasticity=0.3)
    assert len(caught.value.faults) == 4
    with pytest.raises(InputError, match="table"):
        cleared(found, weights=np.ones(3))
    with pytest.raises(InputError, match="elasticity"):
        cleared(found, elasticity=-1.6)  # channels would no longer be substitutes: prices might not be unique


# --- calibration ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("ces_sigma", [1.0, 1.5, 4.0])
def test_weights_give_back_the_spending_they_were_made_from(ces_sigma) -> None:
    chance = np.random.default_rng(13)
    spend, outside = chance.lognormal(8, 1, (3, 2, 5)), chance.lognormal(9, 1, (3, 2))
    spend[:, :, 4] = 0.0
    cpm = chance.lognormal(1, 1, (3, 5))
    weights, spare = weights_for(spend, outside=outside, cpm=cpm, ces_sigma=ces_sigma)
    done = clear_prices(
        weights, outside=spare, budgets=spend.sum(axis=2) + outside, impressions=1000.0 * spend.sum(axis=1) / cpm,
        ces_sigma=ces_sigma,
    )  # fmt: skip
    np.testing.assert_allclose(done.cpm[:, :4], cpm[:, :4], rtol=1e-11)
    np.testing.assert_allclose(done.spend, spend, rtol=1e-10)
    np.testing.assert_allclose(done.outside, outside, rtol=1e-10)


@given(
    affinity=arrays(float, (3, 5), elements=st.floats(0.05, 1.0)),
    rows=arrays(float, 3, elements=st.floats(1.0, 1e6)),
    columns=arrays(float, 5, elements=st.floats(0.0, 1e6)),
)
@settings(max_examples=80, deadline=None)
def test_spending_spread_meets_both_margins_and_keeps_the_odds_of_the_affinities(affinity, rows, columns) -> None:
    columns[0] += 1.0
    rows *= columns.sum() / rows.sum()
    spend = spread_spending(affinity, budgets=rows, incomes=columns)
    np.testing.assert_allclose(spend.sum(axis=0), columns, rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(spend.sum(axis=1), rows, rtol=1e-9)
    there = columns > 1e-3
    odds, wanted = (np.log(table[:, there]) for table in (spend, affinity))
    for table in (odds, wanted):
        table -= table[:, :1]
        table -= table[:1]
    np.testing.assert_allclose(odds, wanted, atol=1e-7)


def test_margins_that_do_not_add_up_are_refused() -> None:
    with pytest.raises(InputError, match="equal sums"):
        spread_spending(np.ones((2, 2)), budgets=[1.0, 2.0], incomes=[1.0, 3.0])
