"""The fits of the songs and the eras of the Hot 100."""

from __future__ import annotations

import pytest

from model.facts.reader import read_table
from model.facts.songs import FITS, NAMES, chart_era, chart_eras, song_values
from model.foundation.errors import InputError
from model.spec.parameters import Parameters, declared_parameters


def test_declared_defaults_are_the_fit() -> None:
    declared = declared_parameters()
    assert {name: declared[name].default for name in song_values()} == song_values()


def test_ranges_of_the_table_are_those_declared() -> None:
    declared = declared_parameters()
    for row in read_table("start_songs"):
        if row["kind"] == "parameter":
            assert declared[NAMES[row["parameter"]]].likely == (float(row["low"]), float(row["high"])), row["parameter"]


@pytest.mark.parametrize("fit", FITS)
def test_every_fit_is_a_valid_set_of_parameters_and_differs_from_the_others(fit: str) -> None:
    assert set(song_values(fit)) == set(song_values())
    Parameters(song_values(fit))
    assert all(song_values(fit) != song_values(other) for other in FITS if other != fit)


def test_points_of_an_era_are_those_of_the_table() -> None:
    era = chart_era("2019-2022")
    assert era.life[1] == 0.409
    assert era.life[2] == 0.5
    assert era.life[91] == 1.0
    assert era.at_one[3] == pytest.approx(47 / 63), "the upper quartile 3.5 of 63 lies between the 47th and the 48th"
    assert chart_era("2012-2017").at_one[3] == pytest.approx(29 / 60), "at most 29 of 60 lie below the median 4"


@pytest.mark.parametrize("era", chart_eras())
def test_every_era_is_a_distribution(era: str) -> None:
    for points in (chart_era(era).life, chart_era(era).at_one):
        shares = [points[weeks] for weeks in sorted(points)]
        assert shares == sorted(shares)
        assert shares[-1] == 1.0


def test_a_wrong_name_names_the_nearest() -> None:
    with pytest.raises(InputError, match="2019-2022"):
        chart_era("2019-2021")
    with pytest.raises(InputError, match="2012-2017"):
        song_values("2012-2018")
