"""Errors name place, rule, value and way out, all of them at once."""

from __future__ import annotations

import pickle

import pytest

from model.foundation.errors import MOST_FAULTS, Fault, InputError, nearest, raise_faults


def test_fault_reads_as_one_sentence_with_all_four_parts() -> None:
    text = str(Fault("baseline.toml: users", "is a whole number from 1", 0, "Write users = 10000."))
    assert text == "baseline.toml: users: is a whole number from 1; got 0. Write users = 10000."


@pytest.mark.parametrize("value", ["x" * 10_000, 10**5000, ["y"] * 5000], ids=["text", "number", "list"])
def test_values_of_absurd_size_are_cut_short(value: object) -> None:
    assert len(str(Fault("place", "rule", value, "way"))) < 200


def test_all_faults_are_raised_together() -> None:
    faults = [Fault("a", "r", 1, "w"), Fault("b", "r", 2, "w")]
    with pytest.raises(InputError) as caught:
        raise_faults(faults)
    assert caught.value.faults == tuple(faults)
    assert str(caught.value).count("\n") == 1
    assert caught.value.exit_code == 2
    raise_faults([])


def test_an_error_of_another_process_is_the_same() -> None:
    error = InputError([Fault("a", "r", 1, "w"), Fault("b", "r", ["x"], "w")])
    again = pickle.loads(pickle.dumps(error))
    assert str(again) == str(error)
    assert again.faults == error.faults
    alone = pickle.loads(pickle.dumps(InputError(Fault("a", "r", None, "w"))))
    assert len(alone.faults) == 1


def test_nearest_name_or_the_list() -> None:
    assert nearest("spotfy", ["spotify", "resso"]) == "Did you mean 'spotify'?"
    assert nearest("zzz", ["spotify", "resso"]) == "Known: resso, spotify."
    assert nearest("zzz", [f"name{n:02d}" for n in range(20)]).endswith(", ....")


def test_a_message_is_one_line_that_steers_no_terminal() -> None:
    fault = Fault("a\x1b[31m.toml: \u202ekey\n", "is\x00 right", "\x07", "Write \x7f.\r\n")
    assert str(fault) == "a\\x1b[31m.toml: \\u202ekey: is\\x00 right; got '\\x07'. Write \\x7f."
    assert str(fault).isprintable()
    assert str(Fault("\ud800", "is ×", 1, "– é 音")) == "\\ud800: is ×; got 1. – é 音"


def test_places_and_values_of_any_size_and_depth_are_told_shortly() -> None:
    deep: object = 1
    for _ in range(100_000):
        deep = [deep]
    assert "too deep to show" in str(Fault("place", "rule", deep, "way"))
    assert len(str(Fault("k" * 100_000, "r" * 100_000, "v" * 100_000, "w" * 100_000))) < 4000
    while isinstance(deep, list):  # taken apart by hand: its own end would be as deep
        deep = deep.pop()


def test_a_file_of_faults_alone_is_told_in_a_hundred_lines() -> None:
    faults = [Fault(f"row {number}", "is right", number, "Mend it.") for number in range(5000)]
    with pytest.raises(InputError) as caught:
        raise_faults(faults)
    assert len(caught.value.faults) == MOST_FAULTS + 1
    assert str(caught.value).endswith("got '4900 more faults'. Mend those above first.")
    assert len(InputError(faults[: MOST_FAULTS + 1]).faults) == MOST_FAULTS + 1
