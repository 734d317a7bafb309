"""Tornadoes: swings of a known function in their order, and the policy that is best at each end."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg

import model as sm
from model.experiments.sensitivity import tornado
from tests.experiments.sensitivity.conftest import BASE, OUTCOME, Calls, Known

LivedAs = Callable[[Known], Calls]
TWO = {"base": {}, "loud": {"platforms.spotify.ad_load.ALL.free_ads": 20.0}}
NAMES = ["alpha", "theta", "delta"]


def known(point: Mapping[str, float], policy: str, replicate: int) -> float:
    """Loud wins where theta (2.0, 1.0 to 3.5) is above 1.5; alpha moves both alike; delta decides within the draws."""
    luck = (0.3, -0.3, 0.1, -0.1)[replicate]
    gain = 10.0 * (point["parameters.theta"] - 1.5) + 0.001 * point["parameters.delta"] + luck
    return 1000.0 * point["parameters.alpha"] + (gain if policy == "loud" else 0.0)


def test_swings_and_winners(lived_as: LivedAs, tmp_path: Path) -> None:
    calls = lived_as(known)
    found = tornado(
        BASE, outcome=OUTCOME, uncertainties=NAMES, policies=TWO, replicates=4, folder=tmp_path / "a", workers=1
    )
    assert len(calls) == 7 * 2 * 4
    table = found.table()
    assert table["input"].tolist() == ["", "theta", "theta", "delta", "delta", "alpha", "alpha"]
    assert table["value"].iloc[0] == pytest.approx(5.0, abs=1e-3)
    low, high = table[table["input"] == "theta"].to_dict("records")
    assert (low["at"], low["winner"], low["clear"]) == (1.0, "base", True)
    assert (high["at"], high["winner"], high["clear"]) == (3.5, "loud", True)
    assert low["value"] == pytest.approx(-5.0, abs=1e-3)
    assert low["ahead"] == pytest.approx(5.0, abs=1e-3)
    half = 2.353363 * np.std([0.3, -0.3, 0.1, -0.1], ddof=1) / 2.0  # Student's t, 3 degrees of freedom
    assert low["high"] - low["value"] == pytest.approx(half, rel=1e-5)
    assert found.turning()["input"].tolist() == ["theta"]
    assert "base is best with theta at 1 " in found.summary()
    own = found.table(response="base")
    assert own["input"].tolist()[1] == "alpha"


def test_what_is_not_clear_is_not_called_a_turn(lived_as: LivedAs, tmp_path: Path) -> None:
    def close(point: Mapping[str, float], policy: str, replicate: int) -> float:
        luck = (0.3, -0.3, 0.1, -0.1)[replicate]
        return (0.1 * (point["parameters.theta"] - 1.9) + luck) if policy == "loud" else 0.0

    lived_as(close)
    found = tornado(BASE, outcome=OUTCOME, uncertainties=["theta", "alpha"], policies=TWO, folder=tmp_path / "a",
                    workers=1)  # fmt: skip
    table = found.table()
    assert set(table["winner"]) == {"base", "loud"}
    assert not table["clear"].any()
    assert found.turning().empty
    assert "No single input" in found.summary()
    assert "Not settled" in found.summary()
    found.figure()


THREE = {**TWO, "louder": {"platforms.spotify.ad_load.ALL.free_ads": 21.0}}
LUCK = (0.3, -0.3, 0.1, -0.1)


def test_of_three_the_best_must_be_clear_of_every_other(lived_as: LivedAs, tmp_path: Path) -> None:
    """Louder is far ahead of the first and hardly of the second: not clear; where theta is high it is clear of both."""

    def three(point: Mapping[str, float], policy: str, replicate: int) -> float:
        gain = {"base": 0.0, "loud": 5.0, "louder": 5.0 + 0.2 * (point["parameters.theta"] - 1.0)}[policy]
        return gain + (LUCK[replicate] if policy == "louder" else 0.0)

    lived_as(three)
    found = tornado(BASE, outcome=OUTCOME, uncertainties=["theta"], policies=THREE, folder=tmp_path / "a", workers=1)
    rows = found.table().set_index("end")
    assert rows.loc["centre", "winner"] == "louder"
    assert rows.loc["centre", "ahead"] == pytest.approx(0.2)  # over the second best
    assert not rows.loc["centre", "clear"]
    # ahead by 0.5, paired t interval of 3 degrees of freedom: 0.304 for one pair, 0.46 for three pairs together
    assert rows.loc["high", "clear"]
    half = rows.loc["high", "ahead"] - rows.loc["high", "ahead_low"]
    assert half == pytest.approx(3.740 * np.std(LUCK, ddof=1) / 2.0, rel=1e-3)  # 2.353 for one pair alone
    assert "louder minus base" in found.summary()
    assert "best: louder ahead by 0.2, not clear" in found.summary()
    assert set(found._all()["response"]) >= {"loud minus base", "louder minus base", "base"}


def test_switches_and_words_are_told_as_they_are_written(lived_as: LivedAs, tmp_path: Path) -> None:
    """A lever of switches or words at its ends: the values, who is best there, and rivals who answer as an input."""
    path = "strategies.resso.rule"

    def switched(point: Mapping[str, object], policy: str, _: int) -> float:
        gain = 721_875.5016739145 if point["rivals_respond"] else -2e6
        return (gain if policy == "loud" else 0.0) * (2.0 if point[path] == "hold" else 1.0)

    lived_as(switched)  # type: ignore[arg-type]
    found = tornado(
        BASE, outcome=OUTCOME, levers={"rivals_respond": [True, False], path: ["hold", "premium_only"]}, policies=TWO,
        folder=tmp_path / "a", workers=1,
    )  # fmt: skip
    told = found.summary()
    assert "rivals_respond: 721.9 k (at true, loud) to -2 M (at false, base)" in told
    assert "strategies.resso.rule: -4 M (at hold, base) to -2 M (at premium_only, base)" in told
    assert "loud is best with rivals_respond at true" in told
    assert "721875.5" not in told
    found.save()


def test_labels_stay_inside_the_picture(lived_as: LivedAs, tmp_path: Path) -> None:
    path = "platforms.youtube_music.restriction.ID.free_ads"
    lived_as(lambda point, policy, _: 1e6 * point[path] if policy == "loud" else 0.0)
    found = tornado(BASE, outcome=OUTCOME, levers={path: {"low": 0.111111, "high": 0.987654}}, policies=TWO,
                    folder=tmp_path / "a", workers=1)  # fmt: skip
    figure = found.figure()
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    renderer = canvas.get_renderer()
    axes = figure.axes[0]
    frame = axes.get_window_extent(renderer)
    (name,) = axes.get_yticklabels()
    assert name.get_window_extent(renderer).x0 >= 0.0
    for one in axes.texts:
        assert one.get_window_extent(renderer).x0 >= frame.x0
        assert one.get_window_extent(renderer).x1 <= frame.x1


def test_policies_that_are_alike_and_one_policy(lived_as: LivedAs, tmp_path: Path) -> None:
    lived_as(lambda point, *_: point["parameters.theta"])
    both = tornado(BASE, outcome=OUTCOME, uncertainties=["theta"], policies=TWO, folder=tmp_path / "a", workers=1)
    assert set(both.table()["winner"]) == {"alike"}
    alone = tornado(BASE, outcome=OUTCOME, uncertainties=["theta"], replicates=1, folder=tmp_path / "b", workers=1)
    assert alone.table()["value"].tolist() == [2.0, 1.0, 3.5]
    assert alone.table()["low"].isna().all()
    alone.save()
    both.save()
    assert (tmp_path / "b" / "tornado.png").read_bytes().startswith(b"\x89PNG")


def test_a_real_tornado(tmp_path: Path) -> None:
    base = sm.Scenario.from_mapping({"name": "real", "markets": ["ID"], "users": 200, "months": 2})
    found = tornado(
        base, outcome="bytedance_income", uncertainties=["tiktok_cost", "beta_T"], replicates=2,
        policies={"as_it_was": {}, "tied": {"platforms.resso.integration.ID": 1.0}}, folder=tmp_path / "a", workers=1,
    )  # fmt: skip
    own = found.table(response="as_it_was").set_index(["input", "end"])["value"]
    assert own["tiktok_cost", "low"] > own["", "centre"] > own["tiktok_cost", "high"]
    gap = found.table().set_index(["input", "end"])["value"]
    assert gap["beta_T", "low"] != gap["", "centre"] != gap["beta_T", "high"]
