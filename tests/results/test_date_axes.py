"""Axes of months: a value of a month stands over the mark with that month's name, in every picture of the package."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.dates import num2date
from matplotlib.figure import Figure

from model.experiments.report.charts import _band, difference_chart, levels_chart
from model.foundation.months import parse_month, show_month
from model.results.canvas import date_axis, month_dates, month_names, months_named

MOST = 40 * 12


def marks(axes):
    """Return the month of each mark of an axis that is in sight, with its words."""
    FigureCanvasAgg(axes.get_figure()).draw()
    low, high = axes.get_xlim()
    places = zip(axes.get_xticks(), axes.get_xticklabels(), strict=True)
    return {month_of(at): label.get_text() for at, label in places if low <= at <= high}


def month_of(day):
    return f"{num2date(day):%Y-%m}"


def drawn_months(axes):
    """Return the months at which an axis has a value, of lines over more than one and of areas."""
    days = [day for line in axes.get_lines() for day in line.get_xdata() if len(line.get_xdata()) > 2]
    days += [day for area in axes.collections for path in area.get_paths() for day in path.vertices[:, 0]]
    return {month_of(day) for day in days}


@pytest.mark.parametrize("draw", ["shares", "payers", "small_multiples", "fans", "tiktok"])
def test_pictures_stand_over_the_months_that_the_tables_name(result, draw):
    dates = {0: "2022-09", 1: "2022-10", 2: "2022-11", 3: "2022-12"}
    assert dict(zip(result.services["month"], result.services["date"], strict=True)) == dates
    found = (
        getattr(result.plot, draw)() if draw != "fans" else result.plot.fan("users", platform="spotify").get_figure()
    )
    for axes in [found] if draw == "shares" else [one for one in found.axes if one.get_visible()]:
        seen = drawn_months(axes)
        assert seen <= set(dates.values())
        assert seen >= {"2022-10", "2022-11", "2022-12"}
        found_marks = marks(axes)
        names = {"2022-09": "Sep", "2022-10": "Oct", "2022-11": "Nov", "2022-12": "Dec"}
        assert found_marks
        for date, words in found_marks.items():
            assert words.split()[0] == names[date]


def test_a_run_over_the_turn_of_the_year_is_read_month_by_month():
    axes = Figure().subplots()
    x = month_dates(np.arange(1, 5), start_month=parse_month("2022-10"))
    axes.plot(x, [1.0, 2.0, 3.0, 4.0])
    date_axis(axes, x)
    assert marks(axes) == {"2022-10": "Oct", "2022-11": "Nov", "2022-12": "Dec", "2023-01": "2023"}


def test_pictures_of_reports_stand_over_their_months(monkeypatch):
    seen = {}

    def kept(axes, x, values, colour, *, members):
        seen["axes"] = axes
        _band(axes, x, values, colour, members=members)

    class Arm:
        name = "one"
        plan = type("Plan", (), {"start_month": parse_month("2022-10")})

    monkeypatch.setattr("model.experiments.report.charts._band", kept)
    table = pd.DataFrame([[1.0, 2.0], [2.0, 3.0], [3.0, 4.0]], index=[1, 2, 3])
    for draw in (lambda: levels_chart([Arm], [table], title="a", unit="b", members=False),
                 lambda: difference_chart(Arm, table, title="a", unit="b", members=False)):  # fmt: skip
        assert draw().startswith(b"\x89PNG")
        assert marks(seen["axes"]) == {"2022-10": "Oct 2022", "2022-11": "Nov", "2022-12": "Dec"}
        assert drawn_months(seen["axes"]) == {"2022-10", "2022-11", "2022-12"}


def test_one_month_alone_stands_in_the_middle_under_its_name():
    axes = Figure().subplots()
    x = month_dates(np.array([1]), start_month=parse_month("2024-03"))
    date_axis(axes, x)
    assert marks(axes) == {"2024-03": "Mar 2024"}
    assert sum(axes.get_xlim()) / 2 == pytest.approx(x[0])


@given(first=st.integers(1990 * 12, 2190 * 12), span=st.integers(0, MOST), most=st.integers(2, 9))
def test_marks_are_few_even_and_tell_their_year(first, span, most):
    shown = months_named(first, first + span, most=most)
    assert len(shown) <= most
    assert len(shown) >= (2 if most > 3 else 1) or span < 11
    assert all(first <= number <= first + span for number in shown)
    assert len(set(np.diff(shown))) <= 1
    names = month_names(shown)
    assert len(set(names)) == len(names) or span > 12
    if shown:
        assert any(show_month(number)[:4] in name for number, name in zip(shown, names, strict=True))


@given(first=st.integers(1990 * 12, 2190 * 12), months=st.integers(1, MOST))
def test_every_month_has_its_own_first_day(first, months):
    days = month_dates(np.array([0, 1, months]), start_month=first)
    assert [month_of(day) for day in days] == [show_month(first - 1), show_month(first), show_month(first + months - 1)]
    assert all(num2date(day).day == 1 for day in days)


def test_pictures_of_the_page_name_the_months_as_the_tables_do(result):
    pytest.importorskip("solara")
    from model.interfaces.app.charts.people import users_by_service
    from model.interfaces.app.words import month_name

    picture = users_by_service(result, market="BR")
    named = dict(zip(result.services["month"], result.services["date"], strict=True))
    wanted = ["Opening" if month == 0 else month_name(date) for month, date in sorted(named.items())]
    assert picture.option["xAxis"]["data"] == wanted
    assert all(len(series["data"]) == len(wanted) for series in picture.option["series"])
