"""Errors name place, rule, value and way out, all of them at once."""

from __future__ import annotations

import pickle

import pytest

from model.foundation.errors import Fault, InputError, nearest, raise_faults


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
