"""Tornadoes: swings of a known function in their order, and the policy that is best at each end."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import pytest

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
