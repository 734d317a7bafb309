"""Outcomes of the user's own: what is read, and one clear message for each thing that is wrong, all at once."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.experiments.backtest import read_outcomes
from model.experiments.backtest.outcomes_file import LARGEST, MOST_ROWS, TOLD
from model.experiments.history import COLUMNS
from model.foundation.errors import InputError

HEAD = "entity,market,metric,date,value,unit\n"
GOOD = "spotify,WORLD,users,2023-03,515,M\n"


def written(folder: Path, text: str) -> Path:
    path = folder / "mine.csv"
    path.write_bytes(text.encode("utf-8"))
    return path


def faults(folder: Path, text: str) -> list[str]:
    with pytest.raises(InputError) as caught:
        read_outcomes(written(folder, text))
    return [str(one) for one in caught.value.faults]


def test_rows_become_a_record(tmp_path: Path) -> None:
    text = (
        "\ufeffentity, market ,metric,date,value,unit,note,source\r\n"
        'spotify,WORLD,users,2023-03,515,M,"first, as told",letter\r\n'
        "\r\n"
        "resso,IN+ID+BR,users,2022-12-31,3.8e1,M,,\r\n"
        "tiktok,US,ad_revenue_year,2022-12,4500,USD M a year,,\r\n"
    )
    table = read_outcomes(written(tmp_path, text))
    assert tuple(table.columns) == COLUMNS
    assert table["value"].tolist() == [515.0, 38.0, 4500.0]
    assert table["date"].tolist() == ["2023-03", "2022-12", "2022-12"]
    assert table["fact_ids"].tolist() == ["letter", "outcomes file", "outcomes file"]
    assert set(table["confidence"]) == {"given"}


@pytest.mark.parametrize(
    ("row", "place", "says"),
    [
        ("spotfy,WORLD,users,2023-03,515,M", "entity", "Did you mean 'spotify'?"),
        ("spotify,WRLD,users,2023-03,515,M", "market", "Did you mean 'WORLD'?"),
        ("resso,IN+XX,users,2023-03,15,M", "market", "several joined by +"),
        ("resso,IN+ID+BR+IN,users,2023-03,15,M", "market", "names each market once"),
        ("spotify,WORLD,user,2023-03,515,M", "metric", "Did you mean 'users'?"),
        ("spotify,WORLD,streamers,2023-03,515,M", "metric", "It tells: users, payers"),
        ("deezer,WORLD,users,2023-03,9,M", "metric", "Name a market"),
        ("spotify,WORLD,users,2023-03,515,millions", "unit", "users is in M"),
        ("spotify,WORLD,users,2023-03,515000000,M", "value", "Check the unit: it is M."),
        ("spotify,WORLD,users,2023-03,-1,M", "value", "lies from 0 to"),
        ("spotify,WORLD,users,2023-03,nan,M", "value", "is one finite number"),
        ("spotify,WORLD,users,2023-03,1e999,M", "value", "is one finite number"),
        ("spotify,WORLD,users,2023-03,,M", "value", "leave out what is not known"),
        ('spotify,WORLD,users,2023-03,"1,515",M', "value", "Write digits with a point"),
        ("spotify,WORLD,users,2023-13,515,M", "date", "YYYY-MM"),
        ("spotify,WORLD,users,March 2023,515,M", "date", "YYYY-MM"),
        ("spotify,WORLD,revenue_ads,2023-02,329,USD M a quarter", "date", "Write 2023-03 for the quarter"),
        ("tiktok,WORLD,ad_revenue_year,2023-03,13200,USD M a year", "date", "Write 2023-12 for the year"),
        ("spotify,WORLD,users,2023-03,515", "line 3", "Is the file cut off?"),
        ("spotify,WORLD,users,2023-03,515,M,late", "line 3", "a row has 6 cells; got 7"),
    ],
)
def test_each_fault_of_a_row_has_one_message(tmp_path: Path, row: str, place: str, says: str) -> None:
    told = faults(tmp_path, HEAD + "spotify,WORLD,payers,2023-03,210,M\n" + row + "\n")
    assert len(told) == 1, told
    assert "mine.csv line 3" in told[0]
    assert place in told[0]
    assert says in told[0]


def test_a_figure_stands_once(tmp_path: Path) -> None:
    told = faults(tmp_path, HEAD + GOOD + "spotify,WORLD,users,2023-03-31,516,M\n")
    assert told == [
        "mine.csv line 3: a series has one figure a date; got 'spotify WORLD users 2023-03'. "
        "It stands in line 2 too: take one out."
    ]


def test_markets_joined_in_another_order_are_the_same_series(tmp_path: Path) -> None:
    told = faults(tmp_path, HEAD + "resso,IN+ID+BR,users,2022-12,38,M\nresso,BR+IN+ID,users,2022-12,39,M\n")
    assert len(told) == 1
    assert "It stands in line 2 too" in told[0]
    rows = "resso,BR+ID+IN,users,2021-11,41,M\nspotify,US+DE,users,2022-12,90,M\nspotify,DE+US,users,2021-12,80,M\n"
    table = read_outcomes(written(tmp_path, HEAD + rows))
    assert table["market"].iloc[0] == "IN+ID+BR"  # as the record has it, whose figure it takes the place of
    assert table["market"].iloc[1] == table["market"].iloc[2]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "begins with a heading"),
        (HEAD, "has one outcome or more"),
        (
            "entity,market,metric,date,unit\nspotify,WORLD,users,2023-03,M\n",
            "mine.csv: value: the column must be there",
        ),
        (HEAD.replace("unit", "units") + GOOD, "Did you mean 'unit'?"),
        (HEAD.strip() + ",unit\n" + GOOD.strip() + ",M\n", "a column stands once"),
        (HEAD + 'spotify,WORLD,users,2023-03,"515,M\n', "Is it cut off inside a quote?"),
        (HEAD + GOOD * (MOST_ROWS + 1), "has at most 20,000 rows"),
        (HEAD + " " * LARGEST, "has at most 5 MB"),
    ],
)
def test_faults_of_the_whole_file(tmp_path: Path, text: str, says: str) -> None:
    assert any(says in one for one in faults(tmp_path, text))


def test_file_that_is_not_there_and_file_that_is_not_text(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="must be readable"):
        read_outcomes(tmp_path / "none.csv")
    (tmp_path / "zip.csv").write_bytes(b"PK\x03\x04\xff\xfe\x80")
    with pytest.raises(InputError, match="UTF-8"):
        read_outcomes(tmp_path / "zip.csv")


def test_all_faults_are_told_at_once_and_many_are_counted(tmp_path: Path) -> None:
    wrong = "spotfy,WORLD,users,2023-99,nan,m\n"
    told = faults(tmp_path, HEAD + wrong)
    assert len(told) == 4  # entity, unit, value, date
    many = faults(tmp_path, HEAD + wrong * 100)
    assert len(many) == TOLD + 1
    assert f"{400 - TOLD} more faults" in many[-1]


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused_in_words(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    path = tmp_path_factory.mktemp("any") / "any.csv"
    path.write_bytes((HEAD + text).encode("utf-8", "surrogatepass"))
    with suppress(InputError):  # any other error fails the test
        assert len(read_outcomes(path))


def test_a_heading_of_very_many_columns_is_told_once(tmp_path: Path) -> None:
    (told,) = faults(tmp_path, "entity," * 100_000 + "\n" + GOOD)
    assert "at most 50 columns" in told
