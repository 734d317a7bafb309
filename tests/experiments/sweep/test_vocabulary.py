"""What a sweep moves: quantiles, levels, priors, and every fault of a word."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some
from scipy.stats import norm, triang

import model as sm
from model.experiments.sweep import Lever, Policy, Uncertainty
from model.experiments.sweep.wording import read_levers, read_policies, read_uncertainties
from model.spec.parameters import declared_parameters

DECLARED = declared_parameters()
DRAWN = sorted(
    name for name, line in DECLARED.items() if line.kind == "uncertainty" and line.likely[0] < line.likely[1]
)
WHOLE = sorted(name for name in DRAWN if DECLARED[name].whole)
QUANTILES = some.floats(0.0, 1.0).map(lambda value: 0.0 if value < 1e-90 else value)  # no design is so fine
PATH = "platforms.resso.integration.ID"


def faults_of(make: object, *args: object, **named: object) -> list[str]:
    with pytest.raises(sm.InputError) as error:
        make(*args, **named)  # type: ignore[operator]
    return [str(fault) for fault in error.value.faults]


@given(
    name=some.sampled_from(DRAWN), quantile=QUANTILES, shape=some.sampled_from(["uniform", "triangular"])
)
def test_values_lie_in_the_likely_range(name: str, quantile: float, shape: str) -> None:
    low, high = DECLARED[name].likely
    value = Uncertainty(name, shape=shape).at(quantile)  # type: ignore[arg-type]
    assert low <= value <= high
    assert not DECLARED[name].whole or value == int(value)
    assert DECLARED[name].faults(value, place="x") == []


@given(name=some.sampled_from(DRAWN), quantile=some.floats(1e-9, 1.0 - 1e-9))
def test_a_normal_stays_in_the_declared_bounds(name: str, quantile: float) -> None:
    line = DECLARED[name]
    assert line.low <= Uncertainty(name, shape="normal").at(quantile) <= line.high


def test_shapes_are_the_inverses_of_their_distributions() -> None:
    line = DECLARED["theta"]
    low, high = line.likely
    parts = np.linspace(0.01, 0.99, 25)
    flat, peaked, bell = (Uncertainty("theta", shape=shape) for shape in ("uniform", "triangular", "normal"))  # type: ignore[arg-type]
    assert [flat.at(part) for part in parts] == pytest.approx(low + parts * (high - low))
    exact = triang(c=(line.default - low) / (high - low), loc=low, scale=high - low)
    assert [peaked.at(part) for part in parts] == pytest.approx(exact.ppf(parts))
    free = norm(line.default, (high - low) / (2.0 * norm.ppf(0.95)))
    inside = free.cdf(line.low) + parts * (free.cdf(line.high) - free.cdf(line.low))
    assert [bell.at(part) for part in parts] == pytest.approx(free.ppf(inside))


def test_nine_tenths_of_a_normal_of_ones_own_lie_between_its_ends() -> None:
    bell = Uncertainty("theta", low=2.0, high=3.0, shape="normal")
    draws = np.array([bell.at(part) for part in np.linspace(0.0005, 0.9995, 1000)])
    assert ((draws >= 2.0) & (draws <= 3.0)).mean() == pytest.approx(0.9, abs=0.01)


@pytest.mark.parametrize("name", WHOLE)
def test_whole_values_are_equally_likely(name: str) -> None:
    low, high = (int(end) for end in DECLARED[name].likely)
    count = high - low + 1
    draws = [Uncertainty(name).at((at + 0.5) / (count * 10)) for at in range(count * 10)]
    assert sorted(set(draws)) == list(range(low, high + 1))
    assert {draws.count(value) for value in set(draws)} == {10}


def test_a_lever_has_values_or_a_range() -> None:
    listed = Lever(PATH, values=[0.0, 0.5, 1.0])  # type: ignore[arg-type]
    assert [listed.at(part) for part in (0.0, 0.32, 0.34, 0.99, 1.0)] == [0.0, 0.0, 0.5, 1.0, 1.0]
    assert listed.levels(7) == (0.0, 0.5, 1.0)
    ranged = Lever(PATH, low=0.0, high=1.0)
    assert [ranged.at(part) for part in (0.0, 0.25, 1.0)] == [0.0, 0.25, 1.0]
    assert ranged.levels(3) == (0.0, 0.5, 1.0)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ({"low": 1.0, "high": 0.0}, "upside down"),
        ({"low": 1.0, "high": 1.0}, "low lies below high"),
        ({"low": 0.0}, "high is a finite number"),
        ({"low": 0.0, "high": math.inf}, "high is a finite number"),
        ({"low": "0", "high": 1.0}, "low is a finite number"),
        ({}, "low is a finite number"),
        ({"values": (0.0, 0.0)}, "stands once"),
        ({"values": "0 1"}, "values are a list"),
        ({"values": (0.0, None)}, "a value is a number"),
        ({"values": (0.0,), "low": 0.0}, "not both"),
    ],
)
def test_a_wrong_lever_is_told(words: dict[str, object], told: str) -> None:
    assert told in faults_of(Lever, PATH, **words)[0]


@pytest.mark.parametrize(
    "path", ["users", "seed", "start", "markets", "markets.only", "events", "months", "replicates"]
)
def test_what_runs_have_in_common_is_no_lever(path: str) -> None:
    assert "share their random numbers" in faults_of(Lever, path, values=(1,))[0]
    assert "share their random numbers" in faults_of(Policy, "other", overrides={path: 1})[0]


def test_a_parameter_is_no_lever() -> None:
    assert "uncertainties: theta" in faults_of(Lever, "parameters.theta", values=(2.0,))[0]


@pytest.mark.parametrize(
    ("name", "words", "told"),
    [
        ("thta", {}, "Did you mean 'theta'"),
        ("theta", {"low": 3.0, "high": 2.0}, "upside down"),
        ("theta", {"low": -1e9}, "theta lies in"),
        ("theta", {"shape": "gamma"}, "uniform, triangular, normal"),
    ],
)
def test_a_wrong_uncertainty_is_told(name: str, words: dict[str, object], told: str) -> None:
    assert told in faults_of(Uncertainty, name, **words)[0]


def test_a_choice_of_the_modeller_needs_a_range() -> None:
    setting = next(name for name, line in DECLARED.items() if line.kind == "setting")
    assert "choice of the modeller" in faults_of(Uncertainty, setting)[0]
    line = DECLARED[setting]
    ends = (line.low, line.default) if line.low < line.default else (line.default, line.high)
    assert Uncertainty(setting, low=ends[0], high=ends[1]).range == ends


def test_words_become_levers_in_every_form() -> None:
    faults: list[object] = []
    forms = (
        {PATH: [0.0, 1.0], "markets.ID.sales_tax": {"low": 0.0, "high": 0.1}},
        {
            "platforms": {"resso": {"integration": {"ID": [0.0, 1.0]}}},
            "markets.ID.sales_tax": {"low": 0.0, "high": 0.1},
        },
        [Lever(PATH, values=(0.0, 1.0)), Lever("markets.ID.sales_tax", low=0.0, high=0.1)],
    )
    found = [read_levers(form, faults) for form in forms]  # type: ignore[arg-type]
    assert found[0] == found[1] == found[2]
    assert faults == []


def test_words_become_uncertainties_in_every_form() -> None:
    faults: list[object] = []
    names = ["theta", DRAWN[0]]
    assert read_uncertainties(names, faults) == read_uncertainties(dict.fromkeys(names, True), faults)  # type: ignore[arg-type]
    assert read_uncertainties({names[0]: {"low": 2.0, "high": 3.0}}, faults)[0].range == (2.0, 3.0)  # type: ignore[arg-type]
    demand = read_uncertainties("@demand", faults)  # type: ignore[arg-type]
    assert {DECLARED[one.name].subject for one in demand} == {"demand"}
    assert len(read_uncertainties("@all", faults)) == len(DRAWN)  # type: ignore[arg-type]
    assert faults == []


def test_words_become_policies_in_every_form() -> None:
    faults: list[object] = []
    found = read_policies({"base": {}, "tied": {PATH: 1.0}, "shop": "tiktok_shop"}, faults)  # type: ignore[arg-type]
    assert [one.name for one in found] == ["base", "tied", "shop"]
    assert (dict(found[1].overrides), found[2].scenario) == ({PATH: 1.0}, "tiktok_shop")
    assert [one.name for one in read_policies(None, faults)] == ["base"]  # type: ignore[arg-type]
    assert faults == []


def test_every_fault_of_all_words_is_gathered() -> None:
    faults: list[object] = []
    read_levers({PATH: {"lo": 0.0}, "a.b": 3, "c.d": {"low": 1, "high": 0}, "e.f": []}, faults)  # type: ignore[arg-type]
    read_uncertainties({"theta": {"lo": 0.0}, "thta": {}, "@demnd": True}, faults)  # type: ignore[arg-type]
    read_policies({"a": 3, "b": {"users": 3}}, faults)  # type: ignore[arg-type]
    told = [str(fault) for fault in faults]
    assert len(told) == 9
    assert "Did you mean 'low'?" in told[0]
    assert "Did you mean 'low'?" in told[4]
    assert "Did you mean '@demand'?" in told[6]


def test_what_stands_twice_is_told() -> None:
    faults: list[object] = []
    read_levers([Lever(PATH, values=(1.0,)), Lever(PATH, values=(0.0,))], faults)  # type: ignore[arg-type]
    read_uncertainties(["theta", "theta"], faults)  # type: ignore[arg-type]
    assert ["stands once" in str(fault) for fault in faults] == [True, True]


@pytest.mark.parametrize(
    "name", ["=1+1", "+cmd", "-2", "@SUM(A1)", "a\x1b[2J", "two\nlines", "\u202eback", "$\\frac{$"]
)
def test_a_policy_is_no_formula_and_steers_no_terminal(name: str) -> None:
    (told,) = faults_of(Policy, name)
    assert "Begin with a letter or a digit" in told


@pytest.mark.parametrize("name", ["as it is", "10% dearer", "größer", "(none)", "ein-zwei"])
def test_other_names_of_policies_are_taken(name: str) -> None:
    assert Policy(name).name == name
