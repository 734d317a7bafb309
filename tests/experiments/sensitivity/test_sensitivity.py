"""Screenings and shares of variance: known functions give their known indices; stops and other models lose nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import model as sm
from model.experiments.sensitivity import sensitivity
from model.experiments.sensitivity.measuring import places_of
from model.experiments.sensitivity.words import ranked_lines
from model.experiments.sweep import SweepStopped
from model.foundation.rng import stream_key, uniforms
from tests.experiments.sensitivity.conftest import BASE, OUTCOME, Calls, Known

LivedAs = Callable[[Known], Calls]
THREE = {name: {"low": 0.1, "high": 0.4} for name in ("nest_sigma", "beta_ad", "alpha")}


def ishigami(point: Mapping[str, float], *_: object) -> float:
    """A = 7, B = 0.1: first indices 0.3139, 0.4424, 0; total 0.5576, 0.4424, 0.2437 (Ishigami and Homma 1990)."""
    a, b, c = (
        np.pi * (2.0 * (point[f"parameters.{name}"] - 0.1) / 0.3 - 1.0) for name in ("nest_sigma", "beta_ad", "alpha")
    )
    return float(np.sin(a) + 7.0 * np.sin(b) ** 2 + 0.1 * c**4 * np.sin(a))


def test_sobol_indices_of_a_known_function(lived_as: LivedAs, tmp_path: Path) -> None:
    lived_as(ishigami)
    found = sensitivity(
        BASE, outcomes=[OUTCOME], uncertainties=THREE, method="sobol", n=512, folder=tmp_path / "a", workers=1
    )
    rows = found.table().set_index("input")
    assert rows.index.tolist() == ["nest_sigma", "beta_ad", "alpha"]
    assert rows["strength"].tolist() == pytest.approx([0.5576, 0.4424, 0.2437], abs=0.05)
    assert rows["first"].tolist() == pytest.approx([0.3139, 0.4424, 0.0], abs=0.07)
    assert (rows["low"] < [0.5576, 0.4424, 0.2437]).all()
    assert (rows["high"] > [0.5576, 0.4424, 0.2437]).all()
    assert "of the variance" in found.summary()
    assert "512 base points, 2,560 points x 1 policy x 1 replicate = 2,560 runs" in found.summary()


def straight(point: Mapping[str, float], policy: str, replicate: int) -> float:
    gain = 5.0 if policy == "loud" else 0.0
    return 100.0 * point["parameters.theta"] - 10.0 * point["parameters.alpha"] + gain * point["parameters.delta"]


TWO = {"base": {}, "loud": {"platforms.spotify.ad_load.ALL.free_ads": 20.0}}
NAMES = ["theta", "alpha", "delta", "beta_s"]


def test_screening_finds_slopes_directions_and_what_does_nothing(lived_as: LivedAs, tmp_path: Path) -> None:
    lived_as(straight)
    found = sensitivity(
        BASE, outcomes=[OUTCOME], uncertainties=NAMES, policies=TWO, n=4, folder=tmp_path / "a", workers=1,
        replicates=2,
    )  # fmt: skip
    own = found.table(response="base").set_index("input")
    assert own.index.tolist()[:2] == ["theta", "alpha"]
    assert own.loc["theta", "strength"] == pytest.approx(250.0)  # likely range 1 to 3.5
    assert own.loc["alpha", "mean"] == pytest.approx(-3.2)
    assert own.loc[["delta", "beta_s"], "strength"].tolist() == [0.0, 0.0]
    assert own["noise"].tolist() == [0.0] * 4  # both replicates are alike
    gap = found.table().set_index("input")  # the difference of the policies
    assert gap.index[0] == "delta"
    assert gap.loc["delta", "strength"] == pytest.approx(0.55)
    assert (gap.loc[["theta", "alpha", "beta_s"], "strength"] < 1e-9).all()
    first = found.assumptions(response="base")[0]
    assert (first.name, first.rank, first.share, first.range) == ("theta", 1, 1.0, (1.0, 3.5))
    assert first.meaning
    assert first.source
    told = found.summary()
    assert "loud minus base" in told
    assert "raises it" in told
    assert "With fewer than 20 paths the intervals are rough" in told


def test_a_direction_needs_an_interval_that_leaves_zero_out() -> None:
    """Two paths, both up by chance, are no direction; nonsense shares are cut or not told."""
    row = {"rank": 1, "rank_best": 1, "rank_worst": 1, "input": "theta", "strength": 2.0, "low": 0.0, "high": 9.0,
           "mean": 2.0, "mean_low": -5.0, "mean_high": 9.0, "noise": np.nan}  # fmt: skip
    (line,) = ranked_lines(pd.DataFrame([row]), method="morris")
    assert line.endswith("direction not settled")
    (line,) = ranked_lines(pd.DataFrame([{**row, "mean_low": 0.1}]), method="morris")
    assert line.endswith("raises it")
    (line,) = ranked_lines(pd.DataFrame([{**row, "mean": -1.9, "mean_low": -3.0, "mean_high": -0.1}]), method="morris")
    assert line.endswith("lowers it")
    (line,) = ranked_lines(pd.DataFrame([{**row, "mean": 0.5, "mean_low": 0.1}]), method="morris")
    assert line.endswith("either way")
    share = {**row, "strength": 1.1, "low": 0.6, "high": 1.4, "first": -0.7, "first_low": -1.5, "first_high": 0.4}
    (line,) = ranked_lines(pd.DataFrame([share]), method="sobol")
    assert "100% (60% to 100%) of the variance, what it does alone is not told" in line
    (line,) = ranked_lines(pd.DataFrame([{**share, "first": -0.1, "first_low": -0.2}]), method="sobol")
    assert line.endswith("0% (0% to 40%) alone")


def test_noise_of_the_draws_is_told(lived_as: LivedAs, tmp_path: Path) -> None:
    def noisy(point: Mapping[str, float], policy: str, replicate: int) -> float:
        scramble = uniforms(stream_key(replicate, repr(sorted(point.items()))), np.arange(1))
        return 50.0 * point["parameters.theta"] + float(scramble[0])

    lived_as(noisy)
    found = sensitivity(
        BASE, outcomes=[OUTCOME], uncertainties=NAMES, n=20, folder=tmp_path / "a", workers=1, replicates=4
    )
    rows = found.table().set_index("input")
    assert rows.loc["theta", "strength"] > 10.0 * rows.loc["theta", "noise"]
    others = rows.loc[["alpha", "delta", "beta_s"]]
    assert (others["strength"] / others["noise"]).between(0.5, 1.6).all()
    assert rows.loc["theta", ["rank_best", "rank_worst"]].tolist() == [1, 1]
    assert rows.loc["alpha", "rank_best"] == 2


def test_a_failing_point_takes_its_path_out(lived_as: LivedAs, tmp_path: Path) -> None:
    calls: Calls = []

    def fail(point: Mapping[str, float], policy: str, replicate: int) -> float:
        if len(calls) == 3:
            raise ZeroDivisionError("no listener is left")
        return straight(point, policy, replicate)

    calls = lived_as(fail)
    found = sensitivity(BASE, outcomes=[OUTCOME], uncertainties=NAMES, n=3, folder=tmp_path / "a", workers=1)
    assert len(found.found.failures) == 1
    assert found.table()["strength"].iloc[0] == pytest.approx(250.0)
    assert "of which 1 are missing" in found.summary()


def test_a_stop_loses_nothing_and_the_same_call_goes_on(lived_as: LivedAs, tmp_path: Path) -> None:
    asked = {"outcomes": [OUTCOME], "uncertainties": NAMES, "n": 4, "folder": tmp_path / "a", "workers": 1}
    count = [0]

    def stop(point: Mapping[str, float], policy: str, replicate: int) -> float:
        count[0] += 1
        if count[0] == 8:
            raise KeyboardInterrupt
        return straight(point, policy, replicate)

    lived_as(stop)
    with pytest.raises(SweepStopped):
        sensitivity(BASE, **asked)  # type: ignore[arg-type]
    calls = lived_as(straight)
    found = sensitivity(BASE, **asked)  # type: ignore[arg-type]
    assert len(calls) == 20 - 7
    whole = sensitivity(BASE, **{**asked, "folder": tmp_path / "b"})  # type: ignore[arg-type]
    assert found.table().equals(whole.table())


def test_saved_with_sources_and_again_in_its_place(lived_as: LivedAs, tmp_path: Path) -> None:
    lived_as(straight)
    asked = {"outcomes": [OUTCOME], "uncertainties": NAMES, "policies": TWO, "n": 3, "workers": 1}
    found = sensitivity(BASE, **asked, folder=tmp_path / "a")  # type: ignore[arg-type]
    for _ in range(2):
        found.save()
        files = {path.name for path in (tmp_path / "a").iterdir()}
        assert files == {"runs", "assumptions.csv", "ranking.csv", "ranking_resso_users.png", "sensitivity.json"}
    assert sensitivity(BASE, **asked, folder=tmp_path / "a").found.done == 30  # type: ignore[arg-type]
    (tmp_path / "c").mkdir()
    (tmp_path / "c" / "letter.txt").write_text("mine")
    with pytest.raises(sm.InputError, match=r"letter\.txt"):
        sensitivity(BASE, **asked, folder=tmp_path / "c")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"uncertainties": ["thetta"]}, "Did you mean 'theta'"), ({"uncertainties": None}, "at least one input"),
        ({"method": "moris"}, "Did you mean 'morris'"), ({"n": 1}, "whole number from 2"),
        ({"outcomes": ["resso.usrs"]}, "Did you mean"), ({"policies": {}}, "one or more"), ({"level": 2.0}, "level"),
        ({"n": 10**8}, "at most"),
        ({"uncertainties": {"theta": {"low": 3.0, "high": 1.0}}}, "upside down"),
    ],
)  # fmt: skip
def test_one_message_for_what_is_wrong(change: dict[str, object], told: str, tmp_path: Path) -> None:
    asked: dict[str, object] = {"outcomes": [OUTCOME], "uncertainties": NAMES, "folder": tmp_path / "a"}
    with pytest.raises(sm.InputError, match=told):
        sensitivity(BASE, **{**asked, **change})  # type: ignore[arg-type]
    assert not (tmp_path / "a").exists()


def test_places_that_intervals_allow() -> None:
    best, worst = places_of(np.array([5.0, 1.0, 1.5]), np.array([6.0, 2.0, 3.0]))
    assert best.tolist() == [1, 2, 2]
    assert worst.tolist() == [1, 3, 3]


def test_a_real_screening(tmp_path: Path) -> None:
    base = sm.Scenario.from_mapping({"name": "real", "markets": ["ID"], "users": 200, "months": 2})
    tied = {"as_it_was": {}, "tied": {"platforms.resso.integration.ID": 1.0}}
    found = sensitivity(
        base, outcomes=[OUTCOME, "bytedance_income"], uncertainties=["beta_T", "tiktok_cost", "song_contenders"],
        policies=tied, n=2, folder=tmp_path / "a", workers=1,
    )  # fmt: skip
    users = found.table(OUTCOME).set_index("input")["strength"]
    assert users["beta_T"] > 0.0
    assert users["tiktok_cost"] == 0.0  # what TikTok costs moves no listener, to the last bit
    money = found.table("bytedance_income", response="as_it_was").set_index("input")["strength"]
    assert money["tiktok_cost"] > 0.0
    assert found.save().joinpath("ranking_bytedance_income.png").read_bytes().startswith(b"\x89PNG")
