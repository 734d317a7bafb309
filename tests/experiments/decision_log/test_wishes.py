"""Expectations and tripwires as they are asked for: read, or told what is wrong with them, all at once."""

from __future__ import annotations

import time
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.experiments.decision_log import Tripwire, read_wishes
from model.experiments.decision_log.decision import ABOVE, BELOW
from model.experiments.history import SeriesKey
from model.foundation.errors import InputError


def faults(expect: list[str], tripwires: list[str]) -> list[str]:
    with pytest.raises(InputError) as caught:
        read_wishes(expect, tripwires)
    return [str(one) for one in caught.value.faults]


def test_words_become_series_dates_and_thresholds() -> None:
    asked, wires = read_wishes(
        ["resso ID users 2023-11", "spotify BR revenue 2022-12"],
        ["resso ID+BR payers < 0.5 by 2023-05: stop: at once", "spotify BR payer_churn>4.5 by 2023-01"],
    )
    assert asked[0] == (SeriesKey("resso", "ID", "users"), "2023-11")
    assert asked[1][1] == "2022-12"
    assert wires == (
        Tripwire(SeriesKey("resso", "ID+BR", "payers"), BELOW, 0.5, "2023-05", "stop: at once"),
        Tripwire(SeriesKey("spotify", "BR", "payer_churn"), ABOVE, 4.5, "2023-01"),
    )


@pytest.mark.parametrize(
    ("expect", "says"),
    [
        ("resso ID users", "a service, a market, a metric and a month"),
        ("reso ID users 2023-11", "Did you mean 'resso'?"),
        ("resso XX users 2023-11", "is an ISO code"),
        ("resso ID usrs 2023-11", "Did you mean 'users'?"),
        ("resso ID revenue 2023-11", "Write 2023-12."),
        ("resso ID users 2023", "a month is written"),
    ],
)
def test_what_is_wrong_with_an_expectation_is_told(expect: str, says: str) -> None:
    assert says in "\n".join(faults([expect], []))


@pytest.mark.parametrize(
    ("wire", "says"),
    [
        ("resso ID users 5 by 2023-12", "< or >"),
        ("resso ID users < five by 2023-12", "is a number that users can have"),
        ("resso ID users < inf by 2023-12", "is a number that users can have"),
        ("resso ID users < -1 by 2023-12", "is a number that users can have"),
        ("resso ID users < 5 by soon", "a month is written"),
        ("resso ID user < 5 by 2023-12", "Did you mean 'users'?"),
    ],
)
def test_what_is_wrong_with_a_tripwire_is_told(wire: str, says: str) -> None:
    assert says in "\n".join(faults([], [wire]))


def test_all_faults_are_told_at_once() -> None:
    assert len(faults(["resso ID usrs 2023-11", "resso"], ["resso ID users = 5"])) == 3
    assert "asked for once" in faults(["resso ID users 2023-11"] * 2, [])[0]


@given(st.lists(st.text(max_size=40), max_size=2), st.lists(st.text(max_size=60), max_size=2))
def test_no_words_break_the_reader(expect: list[str], tripwires: list[str]) -> None:
    with suppress(InputError):
        read_wishes(expect, tripwires)


LONG = ("<" * 70_000, "a" * 35_000 + "<" * 35_000, "a b c" + " " * 70_000, "a b c<5 by " + "<" * 2_400)


@pytest.mark.parametrize("text", LONG)
def test_a_tripwire_of_many_signs_is_told_at_once(text: str) -> None:
    begun = time.process_time()
    with pytest.raises(InputError, match="decide: tripwire"):
        read_wishes([], [text])
    assert time.process_time() - begun < 2.0
