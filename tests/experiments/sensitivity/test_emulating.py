"""Sobol' indices of an emulator: right on known functions, with intervals that hold, and refused where it is poor."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import model as sm
from model.experiments.sensitivity import sensitivity
from model.experiments.sensitivity.answer import PoorEmulator
from model.experiments.sensitivity.emulating import LEAST, emulated_indices, emulator_design
from model.foundation.rng import stream_key, uniforms
from model.interfaces.cli import main
from tests.experiments.sensitivity.conftest import BASE, OUTCOME, Calls, Known
from tests.experiments.sensitivity.test_sensitivity import THREE, TWO, ishigami

LivedAs = Callable[[Known], Calls]
A, B = (math.exp(4.0) - 1.0) / 4.0 - ((math.exp(2.0) - 1.0) / 2.0) ** 2, 9.0 * (0.5 - 4.0 / math.pi**2)
WHOLE = A + B + 1.0 / 9.0
SHARES = {"nest_sigma": ((A + 1.0 / 9.0) / WHOLE, A / WHOLE), "beta_ad": (B / WHOLE, B / WHOLE),
          "alpha": (1.0 / 9.0 / WHOLE, 0.0)}  # fmt: skip
"""Total and first share of `curved`, whose parts are e^2a, 3 sin(pi b) and 4 (a - 1/2) (c - 1/2), squared and mixed."""


def asked(folder: Path, **more: object) -> dict[str, object]:
    return {"outcomes": [OUTCOME], "uncertainties": THREE, "method": "emulated", "folder": folder, "workers": 1, **more}


def curved(point: Mapping[str, float], *_: object) -> float:
    a, b, c = ((point[f"parameters.{name}"] - 0.1) / 0.3 for name in SHARES)
    return float(np.exp(2.0 * a) + 3.0 * np.sin(np.pi * b) + 4.0 * (a - 0.5) * (c - 0.5))


def test_indices_of_a_known_function_from_few_runs(lived_as: LivedAs, tmp_path: Path) -> None:
    calls = lived_as(curved)
    found = sensitivity(BASE, **asked(tmp_path / "a"))  # type: ignore[arg-type]
    assert len(calls) == 100
    rows = found.table().set_index("input")
    for name, (total, first) in SHARES.items():
        row = rows.loc[name]
        assert row["strength"] == pytest.approx(total, abs=0.01)
        assert row["first"] == pytest.approx(first, abs=0.01)
        assert row["low"] < total < row["high"]
        assert row["first_low"] < first < row["first_high"]
    assert (rows["foretold"] > 0.95).all()
    text = found.summary()
    assert "Sobol' indices, by an emulator, of small: 3 inputs, 100 points x 1 policy" in text
    assert "The emulator foretells 100.0% of the variance of runs left out of it (error " in text
    place = found.save()
    saved = pd.read_csv(place / "ranking.csv")
    assert set(saved["foretold"].round(6)) == set(found.table()["foretold"].round(6))
    assert (place / "ranking_resso_users.png").is_file()


def test_a_poor_emulator_is_refused_with_its_error(lived_as: LivedAs, tmp_path: Path) -> None:
    """Draws alone cannot be foretold, however many points there are; the runs are kept."""

    def draws(point: Mapping[str, float], *_: object) -> float:
        return float(uniforms(stream_key(1, repr(sorted(point.items()))), np.arange(1))[0])

    calls = lived_as(draws)
    for _ in range(2):
        with pytest.raises(
            PoorEmulator, match=r"foretells 80% of the variance of runs.*from 100 points \(error 0\."
        ) as told:
            sensitivity(BASE, **asked(tmp_path / "a"))  # type: ignore[arg-type]
        assert "Take more points" in str(told.value)
    assert len(calls) == 100


def test_what_waves_within_its_range_is_refused(lived_as: LivedAs, tmp_path: Path) -> None:
    lived_as(ishigami)
    for n in (100, 300):
        with pytest.raises(PoorEmulator):
            sensitivity(BASE, **asked(tmp_path / str(n), n=n))  # type: ignore[arg-type]


def test_one_response_refused_leaves_the_others(lived_as: LivedAs, tmp_path: Path) -> None:
    def partly(point: Mapping[str, float], policy: str, _: int) -> float:
        noise = float(uniforms(stream_key(1, repr(sorted(point.items()))), np.arange(1))[0])
        return point["parameters.alpha"] + (0.001 * noise if policy == "loud" else 0.0)

    lived_as(partly)
    found = sensitivity(BASE, **asked(tmp_path / "a", policies=TWO))  # type: ignore[arg-type]
    assert "refused: " in found.summary()  # the difference of the policies is draws alone
    base = found.table(response="base").set_index("input")
    assert base["strength"].to_dict() == pytest.approx({"alpha": 1.0, "nest_sigma": 0.0, "beta_ad": 0.0}, abs=0.01)
    saved = pd.read_csv(found.save() / "ranking.csv")
    assert set(saved["response"]) == {"base", "loud"}


def test_intervals_hold_the_truth() -> None:
    """Quadratics with interactions in six inputs and noise of a third of their spread; their shares are known."""
    inside = count = 0
    for seed in range(10):
        rng = np.random.default_rng(seed)
        slopes, pairs = rng.normal(size=6), np.triu(rng.normal(0.0, 0.5, (6, 6)), 1)
        points = emulator_design(150, inputs=6, key=stream_key(seed, "points"))[:, 0]
        z = 2.0 * points - 1.0
        mean = z @ slopes + np.einsum("ij,jk,ik->i", z, pairs, z)
        noisy = mean + 0.33 * mean.std() * rng.normal(size=150)
        found = emulated_indices(points, noisy, key=stream_key(seed, "asked"), level=0.9)
        if found.refused:
            continue
        own, shared = slopes**2 / 3.0, (pairs + pairs.T) ** 2 / 9.0
        total = (own + shared.sum(axis=1)) / (own.sum() + np.triu(shared).sum())
        inside += int(((found.columns["low"] <= total) & (total <= found.columns["high"])).sum())
        count += 6
    assert count >= 30
    assert inside / count > 0.8


def test_what_depends_on_nothing_has_no_shares() -> None:
    points = emulator_design(40, inputs=2, key=stream_key(1, "p"))[:, 0]
    found = emulated_indices(points, np.full(40, 3.0), key=stream_key(1, "a"), level=0.9)
    assert not found.refused
    assert found.columns["strength"].tolist() == [0.0, 0.0]


def test_a_switch_is_asked_at_its_values_alone(lived_as: LivedAs, tmp_path: Path) -> None:
    """y = 2 on + z with z even from 0 to 1: the variances are 1 and 1/12."""

    def known(point: Mapping[str, float], *_: object) -> float:
        return 2.0 * float(point["rivals_respond"]) + (float(point["parameters.alpha"]) - 0.1) / 0.3

    lived_as(known)
    found = sensitivity(BASE, **asked(tmp_path / "a", uncertainties={"alpha": THREE["alpha"]},  # type: ignore[arg-type]
                                      levers={"rivals_respond": [True, False]}))  # fmt: skip
    rows = found.table().set_index("input")
    assert rows.loc["rivals_respond", "strength"] == pytest.approx(12 / 13, abs=0.01)
    assert rows.loc["alpha", "first"] == pytest.approx(1 / 13, abs=0.01)


@pytest.mark.parametrize(("n", "told"), [(19, "fitted to 20 points at least"), (1, "from 2")])
def test_too_few_points_are_refused_before_anything_runs(n: int, told: str, tmp_path: Path) -> None:
    with pytest.raises(sm.InputError, match=told):
        sensitivity(BASE, **asked(tmp_path / "a", n=n))  # type: ignore[arg-type]
    assert not (tmp_path / "a").exists()


def test_without_the_package_it_is_told_before_anything_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("model.experiments.sensitivity.emulating.find_spec", lambda _: None)
    with pytest.raises(sm.InputError, match="emulators need scikit-learn"):
        sensitivity(BASE, **asked(tmp_path / "a"))  # type: ignore[arg-type]
    assert not (tmp_path / "a").exists()


def test_the_command(
    lived_as: LivedAs, capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    lived_as(lambda point, *_: 3.0 * float(point["parameters.theta"]) + float(point["parameters.alpha"]))
    words = ["sensitivity", "tiny", "--users", "200", "--months", "1", "--markets", "ID", "--outcome", OUTCOME,
             "--parameters", "theta,alpha", "--emulate"]  # fmt: skip
    assert main([*words, "--method", "sobol", "--dry"]) == 0
    assert "100 runs of tiny: 100 points over 2 inputs x 1 x 1" in capsys.readouterr().out
    assert main([*words, "--method", "sobol", "--workers", "1", "--out", "kept"]) == 0
    told = capsys.readouterr().out
    assert "The emulator foretells 100.0% of the variance" in told
    assert "1. theta: " in told
    assert main(words) == 2
    assert "--emulate: goes with --method sobol" in capsys.readouterr().err


def test_the_bar_is_what_the_page_says() -> None:
    page = (Path(__file__).parents[3] / "docs" / "sensitivity.md").read_text(encoding="utf-8")
    assert f"below {LEAST:.0%} the shares are refused" in page
