"""The same numbers everywhere, small: the committed fingerprint, odd surroundings, and how a difference is told."""

from __future__ import annotations

import shutil
import sys

import numpy as np
import pandas as pd
import pytest

from model.experiments.expected import load_summary, sized_scenarios
from tests.trials import same
from tests.trials.fingerprint import (
    NEAR,
    OTHER,
    SAME,
    TOLERANCE,
    Committed,
    differences,
    maths,
    print_of,
    told,
    verdict,
)
from tests.trials.living import life

ODD = same.Place(
    {"PYTHONHASHSEED": "7", "LC_ALL": "C", "PYTHONUTF8": "0", "TZ": "Pacific/Kiritimati", "HOME": "{new}",
     "XDG_CACHE_HOME": "{new}", "RESONANCE_CACHE": "{new}", "COLUMNS": "40", "NO_COLOR": "1"},
    how="threads", python=("-O",), turned=True, elsewhere=True,
)  # fmt: skip
"""Everything else at once: threads, hash seed, language, hour, home, folder, order of files, no assertions."""
FRAME = pd.DataFrame({
    "month": [0, 0, 1, 1], "market": ["ID", "BR", "ID", "BR"], "is_open": [True, True, False, True],
    "users": [1e6, 2.5, 3e6, np.nan], "songs": [1, 2, 3, 4],
})  # fmt: skip


@pytest.fixture(scope="module")
def committed() -> Committed:
    return Committed.load(same.COMMITTED)


@pytest.fixture(scope="module")
def here() -> dict[str, dict[str, list[object]]]:
    return life()


def test_tiny_is_what_was_committed(here: same.Print, committed: Committed) -> None:
    fits, words = same.judged(here, committed, here=maths())
    assert fits, f"{words}. If the model was meant to change: python -m tests.trials.same --accept"


def test_a_fresh_process_in_odd_surroundings_gives_the_same_bits(here: same.Print) -> None:
    assert told(differences(here, same.lived_in(ODD))) == SAME


def test_every_table_and_month_is_in_the_fingerprint(committed: Committed) -> None:
    from model.results.measures import FRAMES

    assert {name.split(".")[0] for name in committed.found} == set(FRAMES)
    assert list(committed.found["offers.users"]) == [str(month) for month in range(13)]
    assert committed.maths["numpy"]


def test_summaries_hold_every_digit() -> None:
    """So that each is its own fingerprint: what is written and read back is the number to the last bit."""
    for name in sized_scenarios():
        summary = load_summary(name)
        assert summary is not None
        assert any(one.value != float(f"{one.value:.15g}") for one in summary.numbers.values()), name


# --- how a difference is told -----------------------------------------------------------------------------------------


def compared(changed: pd.DataFrame) -> tuple[str, list[tuple[str, str]]]:
    found = differences(print_of({"t": FRAME}), print_of({"t": changed}))
    return verdict(found), [(one.column, one.month) for one in found]


def test_the_same_table_has_the_same_print() -> None:
    assert compared(FRAME.copy()) == (SAME, [])


@pytest.mark.parametrize("row", [0, 1, 2])
def test_a_last_digit_is_near_and_its_place_is_named(row: int) -> None:
    changed = FRAME.copy()
    changed.loc[row, "users"] = np.nextafter(changed.loc[row, "users"], np.inf)
    assert compared(changed) == (NEAR, [("t.users", str(FRAME.loc[row, "month"]))])


@pytest.mark.parametrize(("row", "factor"), [(0, 1 + 1e3 * TOLERANCE), (1, 1.01), (2, -1.0)])
def test_more_is_another_number_however_small_the_cell_beside_its_column(row: int, factor: float) -> None:
    changed = FRAME.copy()
    changed.loc[row, "users"] *= factor
    assert compared(changed) == (OTHER, [("t.users", str(FRAME.loc[row, "month"]))])


@pytest.mark.parametrize(
    ("row", "column", "value"),
    [(3, "users", 0.0), (2, "users", np.nan), (2, "users", np.inf), (0, "songs", 9), (0, "market", "IN"),
     (1, "is_open", False)],
)  # fmt: skip
def test_whole_numbers_words_and_gaps_are_never_near(row: int, column: str, value: object) -> None:
    changed = FRAME.copy()
    changed.loc[row, column] = value
    which, places = compared(changed)
    assert (which, places) == (OTHER, [(f"t.{column}", str(FRAME.loc[row, "month"]))])


def test_rows_in_another_order_are_another_table() -> None:
    assert compared(FRAME.iloc[[1, 0, 2, 3]])[0] == OTHER


def test_a_lost_column_month_or_table_is_told() -> None:
    before = print_of({"t": FRAME})
    assert verdict(differences(before, print_of({"t": FRAME.drop(columns="users")}))) == OTHER
    assert {one.month for one in differences(before, print_of({"t": FRAME[FRAME["month"] == 0]}))} == {"1"}
    assert len(differences(before, {})) == len(FRAME.columns) * 2


def test_the_earliest_month_comes_first() -> None:
    long = pd.DataFrame({"month": range(12), "a": range(12), "b": np.arange(12.0)})
    changed = long.assign(a=long["a"].where(long["month"] != 10, 99), b=long["b"].where(long["month"] != 2, 99.0))
    found = differences(print_of({"t": long}), print_of({"t": changed}))
    assert [(one.column, one.month) for one in found] == [("t.b", "2"), ("t.a", "10")]


def test_near_is_allowed_with_other_maths_only(committed: Committed) -> None:
    found = {name: dict(months) for name, months in committed.found.items()}
    entry = found["offers.users"]["1"]
    found["offers.users"]["1"] = ["0" * 12, *entry[1:]]
    here = dict(committed.maths)
    assert same.judged(found, committed, here=here | {"processor": "another"})[0]
    fits, words = same.judged(found, committed, here=here)
    assert not fits
    assert "offers.users, month 1" in words
    assert "moved the last digits" in words
    found["offers.users"]["1"] = ["0" * 12, entry[1], entry[2] * 1.001, *entry[3:]]
    assert not same.judged(found, committed, here=here | {"processor": "another"})[0]


# --- the whole of it --------------------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("name", list(same.PLACES))
def test_surroundings(name: str, here: same.Print) -> None:
    place = same.PLACES[name]
    found = differences(here, same.lived_in(place))
    assert verdict(found) in ((SAME, NEAR) if place.near else (SAME,)), told(found)


@pytest.mark.slow
def test_a_whole_sweep_on_processes_and_on_dask() -> None:
    first, *others = (same.lived_in(same.Place(how=how)) for how in same.SWEPT)
    for other in others:
        assert told(differences(first, other)) == SAME


@pytest.mark.slow
@pytest.mark.parametrize("version", ["3.12", "3.13"])
def test_both_pythons(version: str, here: same.Print) -> None:
    """The other one only where its interpreter is on the path and has the packages."""
    other = shutil.which(f"python{version}")
    if f"{sys.version_info[0]}.{sys.version_info[1]}" == version:
        other = sys.executable
    try:
        found = same.lived_in(same.Place({"RESONANCE_CACHE": "off"}), python=other or "")
    except (RuntimeError, OSError):
        pytest.skip(f"no Python {version} with the packages: python -m tests.trials.same --python PATH")
    assert told(differences(here, found)) == SAME
