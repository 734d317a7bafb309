"""Every answer has a `plot`: one picture is its Axes, with title, subtitle, and labels with units on its axes."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from model.experiments.comparing import compare
from model.experiments.deals.room import deal_room
from model.experiments.explaining import explain_difference
from model.experiments.optimise import optimise
from model.experiments.sensitivity import find_threshold, sensitivity, tornado
from model.experiments.sweep import sweep
from model.experiments.sweep.plots import map_cells
from model.experiments.talks import talk_outcomes
from model.foundation.errors import InputError
from model.results.parallel_plot import Upright
from model.results.shown import ShownAxes, ShownFigure
from model.spec.scenario import Scenario

PATH, OTHER = "platforms.resso.integration.ID", "platforms.spotify.marketing.ID"
SPAN = {PATH: {"low": 0.0, "high": 1.0}, OTHER: {"low": 0.5, "high": 2.0}}
POLICIES = {"quiet": {}, "shop": {"platforms.resso.marketing.ID": 2.0}}


@cache
def base():
    return Scenario.from_mapping({"name": "small", "markets": ["ID"], "users": 200, "months": 2})


@cache
def compared():
    return compare(base(), base().replace({PATH: 1.0}), names=["as it was", "tied"], replicates=3, most=3,
                   outcomes=["resso.users", "resso.revenue"], by="resso.users")  # fmt: skip


@cache
def room():
    return deal_room(Scenario.load("june_2022").replace(markets=["ID"], users=200), platform="resso", label="sony",
                     markets=["ID"], draws=3, users=200, months=3)  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("answers")


@pytest.fixture(scope="module")
def swept(folder):
    return sweep(base(), levers=SPAN, policies=POLICIES, n=6, outcomes=["resso.users", "resso.revenue"],
                 store=folder / "sweep", workers=1)  # fmt: skip


@pytest.fixture(scope="module")
def searched(folder):
    return optimise(base(), levers=SPAN, objectives={"resso.users": "max", "spotify.users": "max"}, population=4,
                    generations=1, fresh=2, folder=folder / "search", workers=1)  # fmt: skip


def complete(found, *, unit):
    """Hold that a picture is Axes with title and subtitle, and that a unit stands at an axis."""
    assert isinstance(found, Axes)
    assert isinstance(found, ShownAxes)
    texts = [text.get_text() for text in found.get_figure().texts]
    assert len(texts) >= 2
    assert all(texts[:2])
    words = [found.get_xlabel(), found.get_ylabel(), *(one.get_text() for one in found.get_xticklabels())]
    assert any(unit in word for word in words), words
    picture, told = found._repr_png_()
    assert picture.startswith(b"\x89PNG")
    assert told["alt"].startswith(" ".join(texts[0].split()))
    return found


def test_a_comparison_has_one_picture_per_outcome_or_one_alone():
    found = compared()
    several = found.plot.differences()
    assert isinstance(several, Figure)
    assert isinstance(several, ShownFigure)
    assert len([axes for axes in several.axes if axes.get_visible()]) == 2
    alone = complete(found.plot.difference(), unit="people")
    assert "Resso" in alone.get_title(loc="left")
    complete(found.plot.difference("resso.revenue"), unit="USD")
    with pytest.raises(InputError, match="under an ensemble"):
        found.plot.fans()


def test_a_waterfall_falls_from_one_scenario_to_the_other():
    found = explain_difference(base(), base().replace({PATH: 1.0, OTHER: 2.0}), outcome="resso.users", replicates=2)
    axes = complete(found.plot.waterfall(), unit="people")
    first, last = found.ends()
    bars = sum(bar.get_width() for bar in axes.patches)
    assert bars == pytest.approx(last - first)


def test_a_zone_has_a_bar_per_draw():
    axes = complete(room().plot.zone(), unit="USD")
    table = room().walk_aways().sort_values("surplus")
    bars = [line for line in axes.get_lines() if len(line.get_xdata()) == 2 and line.get_linestyle() == "-"]
    np.testing.assert_allclose([line.get_xdata() for line in bars], table[["least", "most"]] / 1e6)
    assert isinstance(room().plot.everything("nash", talks=2), Figure)


def test_talks_have_their_picture():
    plan = Scenario.load("sony_at_the_table").replace(
        {"markets": ["ID"], "users": 300, "talks.users": 300, "months": 4}
    )
    figure = talk_outcomes(plan, replicates=2).plot.courses()
    assert isinstance(figure, ShownFigure)
    assert len(figure.axes) == 2


def test_rankings_tornadoes_and_thresholds_are_axes(folder):
    ranked = sensitivity(base(), levers=SPAN, outcomes=["resso.users"], n=2, folder=folder / "s", workers=1)
    complete(ranked.plot.ranking(), unit="people")
    bars = tornado(base(), levers=SPAN, outcome="resso.users", replicates=2, folder=folder / "t", workers=1)
    assert len(complete(bars.plot.bars(), unit="people").patches) == 4
    edge = find_threshold(base(), along=OTHER, low=0.5, high=2.0, outcome="resso.users", replicates=2, scan=3,
                          policies={"none": {}, "tied": {PATH: 1.0}}, folder=folder / "h", workers=1)  # fmt: skip
    complete(edge.plot.difference(), unit="people")


def test_a_search_shows_its_front_and_the_designs_on_it(searched):
    assert isinstance(searched.plot.front(), ShownFigure)
    complete(searched.plot.progress(), unit="")
    axes = complete(searched.plot.parallel(), unit="people")
    lines = [line for line in axes.get_lines() if len(line.get_xdata()) == 4]
    assert len(lines) == len(searched.front)


def test_parallel_coordinates_have_a_line_per_point_and_policy_from_low_to_high(swept):
    axes = complete(swept.plot.parallel(), unit="people")
    lines = [line for line in axes.get_lines() if len(line.get_xdata()) == 5]
    table = swept.table("resso.revenue", mean=True)
    assert len(lines) == len(table) == 12
    values = np.sort(table["resso.revenue"].to_numpy())
    wanted = (values - values[0]) / (values[-1] - values[0])
    np.testing.assert_allclose([line.get_ydata()[-1] for line in lines], wanted)
    labels = [one.get_text() for one in axes.get_xticklabels()]
    assert "policy" in labels
    assert "resso." in labels[0]
    texts = [text.get_text() for text in axes.texts]
    assert {"quiet", "shop"} <= set(texts)


def test_parallel_coordinates_of_one_policy_and_outcome(swept):
    axes = swept.plot.parallel("resso.users", policy="shop")
    assert len([line for line in axes.get_lines() if len(line.get_xdata()) == 3]) == 6
    with pytest.raises(InputError, match="users"):
        swept.plot.parallel("resso.usrs")


def test_uprights_scale_numbers_and_place_words():
    import pandas as pd

    places, ticks = Upright("a", "USD", pd.Series([2.0, 4.0, 3.0])).places()
    np.testing.assert_allclose(places, [0.0, 1.0, 0.5])
    assert [text for _, text in ticks] == ["2", "3", "4"]
    places, ticks = Upright("a", "", pd.Series(["x", "y", "x", "z"])).places()
    np.testing.assert_allclose(places, [0.0, 0.5, 0.0, 1.0])
    assert [text for _, text in ticks] == ["x", "y", "z"]
    places, ticks = Upright("a", "", pd.Series([3e6, 3e6])).places()
    np.testing.assert_allclose(places, [0.5, 0.5])
    assert ticks == [(0.5, "3M")]


def test_ends_of_an_upright_can_be_told_apart_however_near_they_are():
    import pandas as pd

    _, ticks = Upright("a", "USD", pd.Series([53.41e6, 53.44e6])).places()
    assert [text for _, text in ticks] == ["53.41M", "53.42M", "53.44M"]
    assert (
        Upright("resso.integration.ID", "0 none, 1/3 link-out, 1 inside", pd.Series([0.0])).words().replace("\n", " ")
        == "resso. integration.ID (0 none to 1 inside)"
    )


def test_cells_of_a_map_are_told_apart_and_lines_say_what_they_are(swept):
    axes = swept.plot.heatmap("resso.users")
    texts = [one.get_text() for one in axes.texts]
    rows = swept.table("resso.users", mean=True)
    cells = map_cells(rows[rows["policy"] == "quiet"], PATH, OTHER, "resso.users").to_numpy()
    assert len(set(texts)) == len(set(cells[np.isfinite(cells)].tolist())) > 1
    assert all(text.endswith("M") for text in texts)
    assert swept.plot.parallel().get_xlabel().startswith("a line is a point under a policy; its colour tells Resso")
    assert swept.plot.parallel(policy="shop").get_xlabel().startswith("a line is a point;")
