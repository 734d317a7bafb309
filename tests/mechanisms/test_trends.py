from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from model.facts.past_growth import past_growth
from model.foundation.months import parse_month
from model.mechanisms.trends import follow_trends
from model.spec.parameters import Parameters
from model.state.country import Country
from model.state.offers import PAID

Settled = Callable[..., Country]


def gains(country: Country, months: int, **parameters: float) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    before = country.offers.xi.copy()
    for month in range(1, months + 1):
        follow_trends(country, Parameters(parameters), month=month, past_growth={"spotify": 0.25})
    with np.errstate(invalid="ignore"):
        return np.asarray(country.offers.xi - before)


def test_without_trends_no_bit_moves(settled: Settled) -> None:
    country = settled("IN", growth=True)
    before = country.offers.xi.tobytes()
    gains(country, 12)
    assert country.offers.xi.tobytes() == before


def test_every_service_gains_alike_and_doing_without_nothing(settled: Settled) -> None:
    country = settled("IN", growth=True)
    known = np.isfinite(country.offers.xi)
    moved = gains(country, 12, streaming_trend=0.3, growth_fade=0.0)
    assert moved[0] == 0.0
    assert moved[1:][known[1:]] == pytest.approx(0.3)
    assert not np.isfinite(country.offers.xi[~known]).any()


def test_the_trend_fades_to_its_closed_form(settled: Settled) -> None:
    moved = gains(settled("IN", growth=True), 36, streaming_trend=0.3, growth_fade=0.6)
    fade = 0.6 / 12.0
    assert moved[1] == pytest.approx(0.3 / 12.0 * (1.0 - np.exp(-36 * fade)) / (1.0 - np.exp(-fade)))


def test_paid_tiers_and_services_that_grew_gain_on_top(settled: Settled) -> None:
    country = settled("IN", growth=True)
    known = np.isfinite(country.offers.xi)
    moved = gains(country, 12, paying_trend=0.2, momentum=1.0, growth_fade=0.0)
    spotify = np.array([service == "spotify" for service, _ in country.offers.names])
    wanted = 0.2 * (country.offers.nest == PAID) + 0.25 * spotify
    assert moved[1:][known[1:]] == pytest.approx(wanted[1:][known[1:]])


def test_what_people_had_not_yet_followed_comes_at_once(settled: Settled) -> None:
    moved = gains(settled("IN", growth=True), 1, streaming_trend=0.3, trend_lead=2.0)
    assert moved[1] == pytest.approx(0.3 * (2.0 + 1.0 / 12.0))
    assert gains(settled("IN", growth=True), 12, streaming_trend=0.3, trend_lead=2.0, growth_fade=0.0)[
        1
    ] == pytest.approx(0.9)


def test_past_growth_is_that_of_the_year_before_the_start_and_looks_no_further() -> None:
    later = past_growth(parse_month("2022-10"))
    assert later["spotify"] == pytest.approx(np.log(456 / 381))
    assert later["apple_music"] == pytest.approx(np.log(616.2 * 13.7 / (523.9 * 15)))
    assert past_growth(parse_month("2019-12")) == {"spotify": pytest.approx(np.log(248 / 217) * 2)}
