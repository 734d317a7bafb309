"""Sliders and switches come from the declarations; what is typed is read, or answered with a sentence."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.foundation.errors import InputError
from model.interfaces.app.controls import (
    Control,
    market_controls,
    nice_step,
    parameter_controls,
    service_controls,
    subjects,
)
from model.interfaces.app.lever_words import NOT_OFFERED, WORDS
from model.interfaces.app.on_the_way import settings_of
from model.spec.parameters import Parameters, declared_parameters
from model.spec.scenario import Scenario
from model.spec.settings import LEVERS, Lever, Setting
from model.state.country import Country

Settled = Callable[..., Country]


def of(controls: list[Control], key: str) -> Control:
    return next(one for one in controls if one.key == key)


def test_every_control_of_a_service_and_its_market_can_be_set_as_it_stands(settled: Settled) -> None:
    plan, country = Scenario.load("tiny"), settled("ID")
    controls = market_controls(country)
    controls += [one for name in country.platforms for one in service_controls(country, name)]
    assert len(controls) > 100
    assert len({one.key for one in controls}) == len(controls)
    for one in controls:
        value = one.begin if one.value != one.value else one.value
        assert len(settings_of(plan, one.key, bool(value) if one.kind == "switch" else value)) == 1, one.key


def told_of(country: Country) -> set[str]:
    """Return the levers that the page offers in a market."""
    keys = [one.key.split(".") for one in market_controls(country)]
    keys += [one.key.split(".") for name in country.platforms for one in service_controls(country, name)]
    return {parts[2] for parts in keys}


def forgotten(country: Country) -> set[str]:
    """Return the declared levers that the page neither offers nor leaves out on purpose."""
    return set(LEVERS) - told_of(country) - set(NOT_OFFERED)


def test_every_declared_lever_is_offered_in_words_or_left_out_with_a_reason(settled: Settled) -> None:
    country = settled("ID")  # where a service has a bundle
    assert forgotten(country) == set()
    assert told_of(country) == set(WORDS)
    assert not set(WORDS) & set(NOT_OFFERED)
    for name, reason in NOT_OFFERED.items():
        assert LEVERS[name].by_event in reason, name
        assert len(reason) > 30


def test_a_lever_declared_tomorrow_is_offered_by_its_declaration_or_missed(
    settled: Settled, monkeypatch: pytest.MonkeyPatch
) -> None:
    country = settled("ID")
    declared = (("lyrics", "platform", "tier"), ("radio", "market", "none"), ("merch", "platform", "label"))
    for name, scope, item in declared:
        monkeypatch.setitem(LEVERS, name, Lever(name, scope, item, "hours", 0.0, 9.0, f"hours of {name}"))  # type: ignore[arg-type]
    assert {"lyrics", "radio", "merch"} <= told_of(country)
    assert set(WORDS) != told_of(country)
    found = of(service_controls(country, "spotify"), "platforms.spotify.lyrics.ID.individual")
    assert (found.title, found.unit, found.begin, found.end) == ("Lyrics", "hours", 0.0, 9.0)
    monkeypatch.setitem(LEVERS, "swap", Lever("swap", "platform", "service", "hours", 0.0, 9.0, "whom it swaps with"))
    assert forgotten(country) == {"swap"}


def test_what_a_bundle_sells_is_set_only_where_there_is_one(settled: Settled) -> None:
    country = settled("ID")
    with_one = {owner for owner, tier in country.offers.names if tier == "bundle"}
    bundled = {"bundle_fee", "bundle_base"}
    assert with_one
    for service in country.platforms:
        names = {one.key.split(".")[2] for one in service_controls(country, service)}
        assert names & bundled == (bundled if service in with_one else set())


def test_unit_meaning_and_bounds_are_the_declared_ones(settled: Settled) -> None:
    country = settled("ID")
    one = of(service_controls(country, "resso"), "platforms.resso.integration.ID")
    lever = LEVERS["integration"]
    assert (one.unit, one.meaning, one.low, one.high) == (lever.unit, lever.meaning, lever.low, lever.high)
    assert lever.meaning in one.hint
    assert one.value == country.offers.integration[country.platforms.index("resso")]


def test_a_price_slider_holds_the_price_and_a_free_tier_has_none(settled: Settled) -> None:
    controls = service_controls(settled("ID"), "spotify")
    price = of(controls, "platforms.spotify.price.ID.individual")
    assert price.begin == 0 < price.value < price.end
    assert not [one for one in controls if ".price." in one.key and "free" in one.key]
    assert not [one for one in controls if ".ad_load." in one.key and "free" not in one.key]


def test_a_slider_reaches_where_it_stands_however_far_that_lies_from_what_is_likely(settled: Settled) -> None:
    country, tried = settled("ID"), 0
    controls = market_controls(country) + service_controls(country, "spotify")
    for one in controls:
        words, name = one.key.split("."), one.key.split(".")[2]
        service, item = (words[1], words[4:]) if words[0] == "platforms" else ("", words[3:])
        for value in (one.low, one.high) if one.kind == "slider" and not one.unit.startswith("local") else ():
            pending = [Setting(name, "ID", service, "".join(item), value)]
            there = service_controls(country, service, pending=pending) if service else \
                market_controls(country, pending=pending)  # fmt: skip
            found = of(there, one.key)
            assert found.value == value, one.key
            assert found.begin <= value <= found.end, one.key
            tried += not one.begin <= value <= one.end
    assert tried > 5, "the likely range of every slider is the whole of what can be set, so the test shows nothing"


def test_what_is_pending_is_shown_as_set(settled: Settled) -> None:
    pending = [Setting("price", "ID", "spotify", "individual", 30_000.0)]
    found = of(service_controls(settled("ID"), "spotify", pending=pending), "platforms.spotify.price.ID.individual")
    assert found.value == 30_000.0


def test_parameters_have_a_control_each_over_their_likely_range() -> None:
    values = dict(Parameters())
    found = [one for subject in subjects() for one in parameter_controls(values, subject=subject)]
    lines = {name: line for name, line in declared_parameters().items() if line.kind == "uncertainty"}
    assert {one.key for one in found} == {f"parameters.{name}" for name in lines}
    for one in found:
        line = lines[one.key.removeprefix("parameters.")]
        assert (one.low, one.high) == (line.low, line.high)
        assert one.begin <= line.likely[0] <= one.value <= line.likely[1] <= one.end


@pytest.mark.parametrize(
    ("text", "number"),
    [("54,990", 54_990), (" 12.5 ", 12.5), ("1e3", 1000), ("0", 0), ("1,234,567.5", 1_234_567.5), ("+1,000.", 1000),
     ("54 990", 54_990)],
)  # fmt: skip
def test_numbers_are_read_as_people_write_them(text: str, number: float) -> None:
    assert Control("k", "Price", "USD", "what it costs", 0, 1e8, 0, 100, 1, 5).read(text) == number


@pytest.mark.parametrize(
    "text", ["0,5", "1,50", "12,5", ",5", "1,000,5", "1234,567", "1,000e3", "1.5,000", "0,5 USD", "1_0"]
)
def test_a_decimal_comma_is_refused_and_not_read_ten_times_too_large(text: str) -> None:
    with pytest.raises(InputError, match="decimals have a point"):
        Control("k", "Price", "USD", "what it costs", 0, 1e8, 0, 100, 1, 5).read(text)


@given(st.text(max_size=60))
def test_anything_else_is_answered_with_a_sentence(text: str) -> None:
    one = Control("k", "Price", "USD", "what it costs", 0, 100, 0, 100, 1, 5)
    found, said = 0.0, "USD"
    try:
        found = one.read(text)
    except InputError as error:
        said = str(error)
    assert 0 <= found <= 100
    assert "USD" in said


@given(st.floats(1e-6, 1e9))
def test_a_step_cuts_a_span_into_about_a_hundred(span: float) -> None:
    assert 19.9 <= span / nice_step(span) <= 100.2
