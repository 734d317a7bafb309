"""The map and the race of songs; pictures that show themselves in a notebook."""

from __future__ import annotations

import io
from itertools import permutations

import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from model.foundation.errors import InputError
from model.results.palette import colour_of, name_of
from model.results.places import PLACES, outlines, standing
from model.results.run_result import RunResult
from model.results.shown import ShownAxes, ShownFigure
from model.results.weekly_charts import chart_now, weekly_charts

PNG = b"\x89PNG"


def bubbles(axes):
    return {tuple(float(one[0]) for one in line.get_data()): line for line in axes.get_lines()}


def test_bubbles_stand_at_their_markets_with_areas_in_proportion(result):
    axes = result.plot.map()
    sizes = result.markets.query("month == month.max()").groupby("market")["streamers"].mean()
    found = bubbles(axes)
    assert set(found) == {PLACES[code] for code in sizes.index}
    areas = {code: found[PLACES[code]].get_markersize() ** 2 for code in sizes.index}
    one, two = sizes.index
    assert areas[one] / areas[two] == pytest.approx(sizes[one] / sizes[two])
    leaders = standing(result).set_index("market")["leader"]
    assert all(found[PLACES[code]].get_color() == colour_of(leaders[code].iloc[0]) for code in sizes.index)


def test_names_of_bubbles_lie_on_no_other_bubble_and_no_other_name():
    from model.results.map_plot import INSIDE, NAME, name_spots

    # Malaysia, Singapore upon its edge, Thailand above, and one that stands alone.
    centres = np.array([[100.0, 100.0], [108.0, 92.0], [98.0, 118.0], [300.0, 50.0]])
    across = np.array([24.0, 8.0, 18.0, 30.0])
    assert (across > INSIDE).tolist() == [True, False, True, True]
    spots = name_spots(centres, across)
    assert spots[3] == spots[2] == (0.0, 0.0)
    at, half = centres + np.array(spots), np.array(NAME) / 2.0
    for one, other in permutations(range(len(at)), 2):
        assert (np.abs(at[one] - at[other]) > np.array(NAME)).any()
        gap = np.maximum(np.abs(at[one] - centres[other]) - half, 0.0)
        assert np.hypot(*gap) > across[other] / 2.0, (one, other)


def test_services_of_one_colour_stand_together_in_the_legend_of_a_map(result, monkeypatch):
    monkeypatch.setattr("model.results.map_plot.colour_of", lambda who: "#0072B2")
    monkeypatch.setattr("model.results.map_plot.standing", lambda _: pd.DataFrame(
        {"market": ["IN", "BR"], "leader": ["gaana", "deezer"]}))  # fmt: skip
    (legend,) = result.plot.map().get_figure().legends
    assert [text.get_text() for text in legend.get_texts()] == ["Gaana (IN), Deezer (BR)"]


def test_pictures_say_in_words_what_they_show(result):
    _, told = result.plot.payers()._repr_png_()
    assert told["alt"].startswith("Who pays: 2 markets. People on paid accounts")
    assert "Payers (people). Payers per 100 monthly users" in told["alt"]


def test_a_map_of_a_service_has_its_colour_name_and_unit(result):
    axes = result.plot.map("users", platform="resso")
    assert {line.get_color() for line in axes.get_lines()} == {colour_of("resso")}
    assert "Resso" in axes.get_figure().texts[0].get_text()
    assert "people" in axes.get_xlabel()
    assert len(axes.collections[0].get_paths()) == len(outlines()) > 100


@pytest.mark.parametrize(
    ("column", "platform", "told"),
    [("stremers", None, "streamers"), ("users", "reso", "resso"), ("conversion_x", "resso", "conversion")],
)
def test_a_map_of_something_unknown_tells_the_nearest(result, column, platform, told):
    with pytest.raises(InputError, match=told):
        result.plot.map(column, platform=platform)


def test_the_race_has_a_line_per_song_that_ends_at_its_place(result):
    records = result.runs[0].records
    axes = result.plot.race("IN", weeks=6)
    now = chart_now(records, market="IN")
    lines = [line for line in axes.get_lines() if len(line.get_xdata()) == 6]
    assert [-line.get_ydata()[-1] for line in lines] == now["place"].tolist()
    assert [line.get_color() for line in lines] == [colour_of(label) for label in now["label"]]
    songs, _ = weekly_charts(records, market="IN")
    for line, song in zip(lines, now["song"], strict=True):
        for week, place in zip(songs[-6:], -line.get_ydata(), strict=True):
            assert (np.flatnonzero(week == song) + 1).tolist() == ([] if np.isnan(place) else [place])
    assert axes.get_xlabel() == "week of the run"
    assert "place" in axes.get_ylabel()
    assert name_of(now["label"].iloc[0]) in axes.texts[0].get_text()


def test_an_earlier_week_shows_the_chart_of_then(result):
    songs, _ = weekly_charts(result.runs[1].records, market="BR")
    now = chart_now(result.runs[1].records, market="BR", week=3)
    assert now["song"].tolist() == songs[2, :10].tolist()
    assert now["weeks"].max() <= 3
    axes = result.plot.race("BR", until=3, replicate=1)
    assert axes.get_xlim() == (1, 3)
    assert "week 3" in axes.get_figure().texts[1].get_text()


@pytest.mark.parametrize(
    ("words", "told"), [({"until": 0}, "1 to 12"), ({"until": 99}, "1 to 12"), ({"weeks": 1}, "two"),
                        ({"replicate": 7}, r"\[0, 1\]")],
)  # fmt: skip
def test_weeks_and_replicates_that_are_not_there_are_told(result, words, told):
    with pytest.raises(InputError, match=told):
        result.plot.race("IN", **words)
    with pytest.raises(InputError, match="is a market of the run"):
        result.plot.race("XX")


def test_a_loaded_result_says_that_it_has_no_weeks(result, tmp_path):
    result.save(tmp_path / "saved", formats=["parquet"])
    loaded = RunResult.load(tmp_path / "saved")
    with pytest.raises(InputError, match="Run the scenario again"):
        loaded.plot.race("IN")
    assert isinstance(loaded.plot.map(), ShownAxes)


def test_pictures_show_themselves_and_can_be_saved(result):
    alone, several = result.plot.shares("IN"), result.plot.payers("IN")
    assert isinstance(alone, Axes)
    assert isinstance(alone, ShownAxes)
    assert isinstance(several, Figure)
    assert isinstance(several, ShownFigure)
    for one in (alone, several):
        stream = io.BytesIO()
        one.savefig(stream, format="png")
        assert stream.getvalue().startswith(PNG)
        picture, told = one._repr_png_()
        assert picture.startswith(PNG)
        assert len(picture) < 200_000
        assert told["alt"]


def test_axes_without_a_figure_say_so(result):
    axes = result.plot.shares("IN")
    axes.remove()
    with pytest.raises(ValueError, match="no figure"):
        axes._repr_png_()
