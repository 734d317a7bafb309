"""The pictures draw what the tables hold, and an answer is saved like others."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.text import Text

import model as sm
from model.experiments.comparing.figure import COLOURS
from model.experiments.robust import RobustChoice, robust_choice
from model.experiments.robust.plots import UNCLEAR
from model.experiments.sweep import SweepResult
from tests.experiments.robust.conftest import OUTCOME, Toy


@pytest.fixture
def found(disagreeing: SweepResult) -> RobustChoice:
    return robust_choice(disagreeing, outcome=OUTCOME, enough=10.0)


def overlapping(axes: Axes) -> list[tuple[str, str]]:
    """Pairs of texts of a figure that overlap, or stick out of it."""
    figure = axes.get_figure()
    assert isinstance(figure, Figure)
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    renderer = canvas.get_renderer()
    texts: list[Text] = [*figure.texts]
    for own in figure.axes:
        legend = own.get_legend()
        texts += [*own.texts, own.xaxis.label, own.yaxis.label, *(legend.get_texts() if legend else [])]
        for axis, (low, high) in ((own.xaxis, sorted(own.get_xlim())), (own.yaxis, sorted(own.get_ylim()))):
            texts += [tick.label1 for tick in axis.get_major_ticks() if low <= tick.get_loc() <= high]
            texts += [tick.label2 for tick in axis.get_major_ticks() if low <= tick.get_loc() <= high]
    shown = [one for one in texts if one.get_visible() and one.get_text().strip()]
    places = [(one.get_text(), one.get_window_extent(renderer)) for one in shown]
    inside = figure.bbox
    wrong = [(text, "the edge") for text, box in places
             if box.x0 < inside.x0 or box.x1 > inside.x1 or box.y0 < inside.y0 or box.y1 > inside.y1]  # fmt: skip
    return wrong + [
        (one, other)
        for at, (one, first) in enumerate(places)
        for other, second in places[at + 1 :]
        if min(first.x1, second.x1) - max(first.x0, second.x0) > 1.0
        and min(first.y1, second.y1) - max(first.y0, second.y0) > 1.0
    ]


@pytest.mark.parametrize("name", ["regret", "winners", "boxes", "information"])
def test_pictures_have_titles_and_units_and_nothing_overlaps(found: RobustChoice, name: str) -> None:
    axes = getattr(found.plot, name)()
    assert isinstance(axes, Axes)
    assert overlapping(axes) == []
    texts = [one.get_text() for one in axes.get_figure().texts]
    assert "ByteDance, music and TikTok (USD; all markets, sum of months)" in texts[1]
    given = Figure(figsize=(8, 5)).subplots()
    assert getattr(found.plot, name)(ax=given) is given


@pytest.mark.parametrize("name", ["winners", "boxes"])
def test_pictures_of_long_paths_and_long_boxes_overlap_nowhere(toy: Toy, name: str) -> None:
    """The path of a lever is longer than the axis it labels, and a box of two such levers than the title line."""
    across, up = "platforms.youtube_music.restriction.ID.free_ads", "platforms.youtube_music.integration.ID"

    def payoff(policy: str, point: Mapping[str, object], _: int) -> float:
        return 10.0 if (float(point[across]) > 0.5 and float(point[up]) > 0.4) == (policy == "a") else 0.0  # type: ignore[arg-type]

    sweep = toy(payoff, levers={across: {"low": 0.111111, "high": 0.912345}, up: {"low": 0.0, "high": 0.987654}}, n=128)
    axes = getattr(robust_choice(sweep, outcome=OUTCOME).plot, name)()
    assert overlapping(axes) == []
    assert {axes.get_xlabel().replace("\n", "").split(" ")[0], axes.get_ylabel().replace("\n", "").split(" ")[0]} == {
        "youtube_music.restriction.ID.free_ads", "youtube_music.integration.ID"
    }  # fmt: skip


def test_the_regret_picture_is_the_regret_table(found: RobustChoice) -> None:
    axes = found.plot.regret()
    image = np.asarray(axes.images[0].get_array())
    assert image.shape == (3, 64)
    table = found.regret.pivot(index="policy", columns="point", values="regret").loc[list(found.policies)]
    assert sorted(map(tuple, image.T)) == sorted(map(tuple, table.to_numpy().T))
    dots = axes.lines[0].get_xydata()
    assert len(dots) == 64  # the best policy of each future, once
    assert [one.get_text() for one in axes.get_yticklabels()] == ["safe", "bold", "hedge"]


def test_the_winner_map_colours_clear_cells_alone(found: RobustChoice) -> None:
    axes = found.plot.winners()
    drawn = [patch.get_facecolor() for patch in axes.patches if isinstance(patch, Rectangle)]
    from matplotlib.colors import to_rgba

    wanted = [to_rgba(COLOURS[found.policies.index(row["winner"])] if row["clear"] else UNCLEAR)
              for row in found.winners.to_dict("records")]  # fmt: skip
    assert drawn == wanted
    assert "no clear winner (below 90%)" in [one.get_text() for one in axes.get_legend().get_texts()]


def test_the_box_picture_frames_its_futures(found: RobustChoice) -> None:
    axes = found.plot.boxes("bold", event="loses")
    (frame,) = [one for one in axes.patches if isinstance(one, Rectangle)]
    hits = axes.lines[1].get_xydata()
    assert len(hits) == 32
    left, low = frame.get_xy()
    assert ((hits[:, 0] >= left) & (hits[:, 0] <= left + frame.get_width())).all()  # type: ignore[index]
    assert ((hits[:, 1] >= low) & (hits[:, 1] <= low + frame.get_height())).all()  # type: ignore[index]
    with pytest.raises(sm.InputError, match="boxes: policy"):
        found.plot.boxes("brave")
    with pytest.raises(sm.InputError, match=r"boxes: event: .* got 'loses'\. Known: wins, falls short"):
        found.plot.boxes("hedge", event="loses")


def test_the_information_picture_has_a_bar_for_each(found: RobustChoice) -> None:
    axes = found.plot.information()
    widths = [one.get_width() for one in axes.patches if isinstance(one, Rectangle)]
    assert widths == [found.information.perfect, *found.information.unknowns["value"]]


def test_a_notebook_shows_scores_and_sentences(found: RobustChoice) -> None:
    html = found._repr_html_()
    assert html.count("<tr>") == 4
    assert "safe loses where theta &gt;= 2.2" in html
    assert repr(found) == "<RobustChoice small: bytedance_income, 3 policies x 64 futures>"


def test_an_answer_is_saved_and_replaced(found: RobustChoice, disagreeing: SweepResult, tmp_path: Path) -> None:
    folder = tmp_path / "answer"
    found.save(folder)
    names = {path.name for path in folder.iterdir()}
    assert {"regret.csv", "scores.csv", "winners.png", "boxes.png", "information.csv", "robust_choice.json"} <= names
    assert len(pd.read_csv(folder / "regret.csv")) == 64 * 3
    assert pd.read_csv(folder / "information.csv")["evpi"].iloc[0] == found.information.perfect
    about = json.loads((folder / "robust_choice.json").read_text(encoding="utf-8"))
    assert about["digest"] == disagreeing.digest
    assert about["question"]["enough"] == 10.0
    assert about["question"]["provenance"]["model_version"] == disagreeing.provenance["model_version"]
    found.save(folder, with_figures=False)
    assert not list(folder.glob("*.png"))
    (folder / "mine.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(sm.InputError, match=r"mine\.txt"):
        found.save(folder)


def test_a_choice_without_inputs_that_differ_has_no_map(toy: Toy, tmp_path: Path) -> None:
    same = toy(lambda policy, *_: float(policy == "b"), table=[{"theta": 2.0}, {"theta": 2.0}], n=None)
    choice = robust_choice(same, outcome=OUTCOME)
    assert choice.verdict.best == "b"
    choice.save(tmp_path / "answer", with_figures=False)
    with pytest.raises(sm.InputError, match="some input differs between the futures"):
        choice.plot.winners()
