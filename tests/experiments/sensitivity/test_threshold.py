"""Thresholds: a known crossing is found with its interval; none, several and no difference are said to be so."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import pytest
from scipy.special import ndtri

import model as sm
from model.experiments.sensitivity import find_threshold
from model.experiments.sweep import SweepStopped
from model.foundation.rng import stream_key, uniforms
from tests.experiments.sensitivity.conftest import BASE, OUTCOME, Calls, Known

LivedAs = Callable[[Known], Calls]
PATH = "platforms.resso.integration.ID"
TWO = {"stay": {}, "expand": {"platforms.spotify.ad_load.ALL.free_ads": 20.0}}
LUCK = (0.4, -0.4, 0.2, -0.2, 0.3, -0.3, 0.1, -0.1)


def asked(folder: Path, **more: object) -> dict[str, object]:
    return {"along": PATH, "low": 0.0, "high": 1.0, "policies": TWO, "outcome": OUTCOME, "folder": folder,
            "workers": 1, **more}  # fmt: skip


def gain_of(curve: Callable[[float], float]) -> Known:
    def known(point: Mapping[str, float], policy: str, replicate: int) -> float:
        common = 50.0 * replicate  # moves both policies: pairing takes it out
        return common + (curve(point[PATH]) + LUCK[replicate] if policy == "expand" else 0.0)

    return known


def test_a_known_threshold_with_its_interval(lived_as: LivedAs, tmp_path: Path) -> None:
    calls = lived_as(gain_of(lambda x: 10.0 * (x - 0.37)))
    found = find_threshold(BASE, **asked(tmp_path / "a"))  # type: ignore[arg-type]
    (one,) = found.crossings
    assert one.at == pytest.approx(0.37, abs=1e-9)
    assert one.rising
    half = 1.894579 * (0.6 / 7.0) ** 0.5 / 8.0**0.5  # Student's t, 7 degrees of freedom
    ends = [0.37 - half / 10.0, 0.37 + half / 10.0]
    assert [one.low, one.high] == pytest.approx(ends, rel=1e-4)
    assert one.after - one.before <= 0.02 + 1e-9
    assert len(calls) == len(found.points) * 2 * 8
    assert len(found.points) < 25
    assert "Below 0.37" in found.summary()
    assert "expand brings less than stay, above it more" in found.summary()
    found.save()
    assert {path.name for path in (tmp_path / "a").iterdir()} == {
        "runs", "points.csv", "crossings.csv", "threshold.png", "threshold.json"
    }  # fmt: skip


def test_a_curve_that_bends_is_followed(lived_as: LivedAs, tmp_path: Path) -> None:
    lived_as(gain_of(lambda x: 30.0 * (x**4 - 0.5)))
    found = find_threshold(BASE, **asked(tmp_path / "a"), tolerance=0.001)  # type: ignore[arg-type]
    assert found.crossings[0].at == pytest.approx(0.5**0.25, abs=1e-4)


def test_no_crossing_is_said_with_what_cannot_be_ruled_out(lived_as: LivedAs, tmp_path: Path) -> None:
    lived_as(gain_of(lambda x: 3.0 - 2.9 * x))
    found = find_threshold(BASE, **asked(tmp_path / "a"))  # type: ignore[arg-type]
    assert found.crossings == ()
    assert 2 <= found.rounds <= 4  # the lower end of the interval crosses 0 near the end, and was followed there
    told = found.summary()
    assert "No crossing: expand brings more than stay at every place" in told
    assert "cannot be ruled out" in told


def test_several_crossings_are_all_told(lived_as: LivedAs, tmp_path: Path) -> None:
    lived_as(gain_of(lambda x: 40.0 * (x - 0.25) * (x - 0.8)))
    found = find_threshold(BASE, **asked(tmp_path / "a"))  # type: ignore[arg-type]
    assert [one.at for one in found.crossings] == [pytest.approx(0.25, abs=0.002), pytest.approx(0.8, abs=0.002)]
    assert [one.rising for one in found.crossings] == [False, True]
    assert "changes its sign 2 times, so there is no single threshold" in found.summary()


def noise_of(point: Mapping[str, float], replicate: int) -> float:
    """Noise of a place and a replicate, its own at every place."""
    draws = uniforms(stream_key(round(1e6 * point[PATH]), "luck"), np.arange(8))
    return float(ndtri(draws[replicate]))


def test_noise_is_not_told_as_thresholds(lived_as: LivedAs, tmp_path: Path) -> None:
    calls = lived_as(lambda point, policy, replicate: noise_of(point, replicate) if policy == "expand" else 0.0)
    found = find_threshold(BASE, **asked(tmp_path / "a", scan=15))  # type: ignore[arg-type]
    assert sum(found.points["value"].iloc[1:].to_numpy() * found.points["value"].iloc[:-1].to_numpy() < 0.0) > 3
    assert found.standing_out == ()
    told = found.summary()
    assert "not told apart anywhere" in told
    assert "Below" not in told
    assert len(calls) <= 20 * 2 * 8  # no place is spent on refining noise
    found.figure()


def test_a_line_in_noise_is_told_to_cross_once(lived_as: LivedAs, tmp_path: Path) -> None:
    def known(point: Mapping[str, float], policy: str, replicate: int) -> float:
        return 4.0 * (point[PATH] - 0.437) + noise_of(point, replicate) if policy == "expand" else 0.0

    lived_as(known)
    found = find_threshold(BASE, **asked(tmp_path / "a"))  # type: ignore[arg-type]
    (one,) = found.standing_out
    assert one.low < 0.437 < one.high
    assert one.clear
    assert "changes its sign 2" not in found.summary()
    assert found.points["clear"].abs().sum() >= 2


def test_a_crossing_that_is_clear_on_one_side_alone_says_so(lived_as: LivedAs, tmp_path: Path) -> None:
    lived_as(gain_of(lambda x: min(10.0 * (x - 0.4), 0.05)))
    found = find_threshold(BASE, **asked(tmp_path / "a"))  # type: ignore[arg-type]
    (one,) = found.standing_out
    assert (one.open_low, one.open_high, one.clear) == (False, True, False)
    assert "expand brings less than stay; above it the two are not told apart" in found.summary()


def test_rivals_who_answer_are_no_range(tmp_path: Path) -> None:
    asking = asked(tmp_path / "a", along="rivals_respond")
    with pytest.raises(sm.InputError, match="rivals_respond"):
        find_threshold(BASE, **asking)  # type: ignore[arg-type]


def test_the_same_in_every_run_and_the_same_at_an_end(lived_as: LivedAs, tmp_path: Path) -> None:
    lived_as(lambda *_: 7.0)
    found = find_threshold(BASE, **asked(tmp_path / "a"))  # type: ignore[arg-type]
    assert "do the same in every run" in found.summary()
    lived_as(lambda point, policy, _: point[PATH] if policy == "expand" else 0.0)
    found = find_threshold(BASE, **asked(tmp_path / "b"))  # type: ignore[arg-type]
    assert found.crossings == ()
    assert "exactly the same at 0" in found.summary()
    found.figure()


def test_one_replicate_has_no_interval(lived_as: LivedAs, tmp_path: Path) -> None:
    lived_as(gain_of(lambda x: x - 0.9))
    found = find_threshold(BASE, **asked(tmp_path / "a", replicates=1))  # type: ignore[arg-type]
    assert found.crossings[0].at == pytest.approx(0.5)
    assert found.table()["low"].isna().all()
    assert "there is no interval" in found.summary()
    found.figure()


def test_whole_parameters_take_whole_places(lived_as: LivedAs, tmp_path: Path) -> None:
    name = "talks_longest_months"
    lived_as(lambda point, policy, _: point[f"parameters.{name}"] - 20.5 if policy == "expand" else 0.0)
    found = find_threshold(
        BASE, along=name, policies=TWO, outcome=OUTCOME, replicates=2, folder=tmp_path / "a", workers=1
    )
    assert found.points["at"].is_monotonic_increasing
    assert (found.points["at"] % 1.0 == 0.0).all()
    (one,) = found.crossings
    assert (one.before, one.at, one.after) == (20.0, 20.5, 21.0)


def test_a_stop_goes_on_and_another_question_is_refused(lived_as: LivedAs, tmp_path: Path) -> None:
    known, count = gain_of(lambda x: 10.0 * (x - 0.37)), [0]

    def stop(point: Mapping[str, float], policy: str, replicate: int) -> float:
        count[0] += 1
        if count[0] == 130:  # in the second round: the first has 7 x 2 x 8 runs
            raise KeyboardInterrupt
        return known(point, policy, replicate)

    lived_as(stop)
    with pytest.raises(SweepStopped):
        find_threshold(BASE, **asked(tmp_path / "a"))  # type: ignore[arg-type]
    calls = lived_as(known)
    found = find_threshold(BASE, **asked(tmp_path / "a"))  # type: ignore[arg-type]
    again = len(calls)
    whole = find_threshold(BASE, **asked(tmp_path / "b"))  # type: ignore[arg-type]
    assert again == len(calls) - again - 129
    assert found.points.equals(whole.points)
    assert found.crossings == whole.crossings
    with pytest.raises(sm.InputError, match="another threshold"):
        find_threshold(BASE, **asked(tmp_path / "a", replicates=4))  # type: ignore[arg-type]
    fresh = find_threshold(BASE, **asked(tmp_path / "a", replicates=4, resume=False))  # type: ignore[arg-type]
    assert fresh.replicates == 4


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"along": "platforms.resso.integratoin.ID"}, "integration"), ({"along": "thetta"}, "Did you mean 'theta'"),
        ({"low": 1.0, "high": 0.0}, "upside down"), ({"policies": {"one": {}}}, "are two"), ({"scan": 2}, "scan"),
        ({"policies": {"a": {}, "b": {PATH: 1.0}}}, "leaves alone"), ({"tolerance": 0.0}, "tolerance"),
        ({"low": None, "high": None}, "finite number|range"),
    ],
)  # fmt: skip
def test_one_message_for_what_is_wrong(change: dict[str, object], told: str, tmp_path: Path) -> None:
    with pytest.raises(sm.InputError, match=told):
        find_threshold(BASE, **asked(tmp_path / "a", **change))  # type: ignore[arg-type]
    assert not (tmp_path / "a").exists()


def test_a_real_threshold(tmp_path: Path) -> None:
    base = sm.Scenario.from_mapping({"name": "real", "markets": ["ID"], "users": 200, "months": 2})
    found = find_threshold(
        base, along="tiktok_cost", policies={"as_it_was": {}, "tied": {PATH: 1.0}}, outcome="bytedance_income",
        replicates=2, scan=3, folder=tmp_path / "a", workers=1,
    )  # fmt: skip
    assert (found.points["runs"] == 2).all()
    assert found.points["value"].is_monotonic_decreasing  # the dearer TikTok's hours, the less a tie brings
