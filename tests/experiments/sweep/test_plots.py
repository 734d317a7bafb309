"""Pictures of a sweep draw what its tables hold."""

from __future__ import annotations

import numpy as np
import pytest
from matplotlib.colors import to_hex

import model as sm
from model.experiments.comparing.figure import COLOURS
from model.experiments.sweep import SweepResult, sweep

BASE = sm.Scenario.from_mapping({"name": "small", "markets": ["ID"], "users": 200, "months": 1})
PATH = "platforms.resso.integration.ID"
POLICIES = {"quiet": {}, "loud": {"platforms.spotify.ad_load.ALL.free_ads": 25.0}}


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> SweepResult:
    return sweep(
        BASE, levers={PATH: [0.0, 0.5, 1.0]}, uncertainties=["ces_sigma"], policies=POLICIES, design="grid", n=2,
        outcomes=["resso.users", "resso.operating_income"], workers=1,
        store=tmp_path_factory.mktemp("sweeps") / "one",
    )  # fmt: skip


def test_a_scatter_has_a_dot_for_every_point_and_policy(found: SweepResult) -> None:
    axes = found.plot.scatter("resso.users")
    assert [line.get_label() for line in axes.lines] == ["quiet", "loud"]
    assert [to_hex(line.get_color()).upper() for line in axes.lines] == list(COLOURS[:2])
    rows = found.table("resso.users", mean=True).query("policy == 'loud'")
    assert axes.lines[1].get_xydata().tolist() == rows[[PATH, "resso.users"]].to_numpy().tolist()  # type: ignore[union-attr]
    assert axes.get_ylabel() == "people"
    assert PATH in axes.get_xlabel()
    assert axes.get_figure().texts[0].get_text() == "Resso: monthly users"  # type: ignore[union-attr]


def test_a_scatter_may_be_drawn_on_given_axes_of_one_policy(found: SweepResult) -> None:
    from matplotlib.figure import Figure

    axes = Figure().subplots()
    drawn = found.plot.scatter("resso.operating_income", "ces_sigma", policy="quiet", over="end", market="ID", ax=axes)
    assert drawn is axes
    assert len(axes.lines) == 1
    assert axes.get_ylabel() == "USD per month"


def test_a_map_has_the_mean_of_each_cell(found: SweepResult) -> None:
    axes = found.plot.heatmap("resso.users", policy="loud")
    image = np.asarray(axes.images[0].get_array())
    rows = found.table("resso.users", mean=True).query("policy == 'loud'")
    wanted = rows.pivot(index="ces_sigma", columns=PATH, values="resso.users").to_numpy()
    assert image.shape == (2, 3)
    assert image == pytest.approx(wanted)
    assert [one.get_text() for one in axes.get_xticklabels()] == ["0", "0.5", "1"]
    assert len(axes.texts) == 6


def test_many_values_are_gathered_in_bins(tmp_path_factory: pytest.TempPathFactory) -> None:
    import pandas as pd

    from model.experiments.sweep.plots import BINS, _places

    values = pd.Series(np.linspace(0.0, 8.0, 161))
    places = _places(values)
    assert sorted(set(places)) == [0.5 + step for step in range(BINS)]
    few = pd.Series(np.linspace(0.0, 8.0, 24))  # as a Latin hypercube has them: each value once
    assert sorted(set(_places(few))) == [1.0, 3.0, 5.0, 7.0]
    shared = pd.Series(np.repeat(np.linspace(0.0, 11.0, 12), 3))
    assert sorted(set(_places(shared))) == list(range(12))
    assert (abs(places - values) <= 0.5).all()


def test_losses_and_gains_have_two_colours(found: SweepResult) -> None:
    from model.experiments.sweep.plots import _colours

    colours, norm = _colours(np.array([[-2.0, 1.0]]))
    assert (colours.name, norm(0.0)) == ("RdBu", 0.5)
    assert _colours(np.array([[2.0, 3.0]]))[0].name == "viridis"
    assert _colours(np.array([[2.0, 2.0]]))[1](2.0) == 0.0


@pytest.mark.parametrize(
    ("draw", "words", "told"),
    [
        ("scatter", {"outcome": "resso.user"}, "resso.users"),
        ("scatter", {"outcome": "resso.users", "x": "thta"}, "input"),
        ("scatter", {"outcome": "resso.users", "policy": "lod"}, "Did you mean 'loud'"),
        ("scatter", {"outcome": "resso.users", "market": "BR"}, "market"),
        ("scatter", {"outcome": "resso.users", "over": "ends"}, "Did you mean 'end'"),
        ("heatmap", {"outcome": "resso.users", "x": "ces_sigma", "y": "ces_sigma"}, "another input"),
    ],
)  # fmt: skip
def test_wrong_names_are_told(found: SweepResult, draw: str, words: dict[str, str], told: str) -> None:
    with pytest.raises(sm.InputError, match=told):
        getattr(found.plot, draw)(**words)


def test_a_map_takes_two_inputs(tmp_path_factory: pytest.TempPathFactory) -> None:
    one = sweep(
        BASE, levers={PATH: [0.0]}, outcomes=["resso.users"], store=tmp_path_factory.mktemp("a") / "b", workers=1
    )
    with pytest.raises(sm.InputError, match="two inputs"):
        one.plot.heatmap("resso.users")
