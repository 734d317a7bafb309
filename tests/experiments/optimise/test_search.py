"""Searches: a known front is found, stops lose nothing, luck of the winners is shown, regret is against references."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import model as sm
from model.experiments.optimise import Objective, optimise
from model.experiments.optimise.search import MOST_FRONT
from model.experiments.optimise.words import _flattery
from model.experiments.sweep import SweepStopped
from model.experiments.sweep.case import Case, Rows
from model.experiments.sweep.work import SweepWork
from model.foundation.rng import stream_key, uniforms

BASE = sm.Scenario.from_mapping({"name": "small", "markets": ["ID"], "users": 100, "months": 1})
X, Y = "platforms.resso.integration.ID", "platforms.resso.restriction.ID.free_ads"
LEVERS = {X: {"low": 0.0, "high": 1.0}, Y: {"low": 0.0, "high": 1.0}}
BOTH = {"resso.users": "max", "resso.revenue": "max"}
Known = Callable[[Mapping[str, float], str, int], Mapping[str, float]]


@pytest.fixture
def lived_as(monkeypatch: pytest.MonkeyPatch) -> Callable[[Known], list[Case]]:
    def put(known: Known) -> list[Case]:
        calls: list[Case] = []

        def work(self: SweepWork, case: Case) -> Rows:
            calls.append(case)
            name = self.sources["names"][case.work["policy"]]  # type: ignore[index]
            values = known(case.work["overrides"], name, case.replicate)  # type: ignore[arg-type]
            rows: Rows = {"policy": [name] * 2, "market": ["total"] * 2, "over": ["horizon", "end"]}
            for who, column, _ in self.sources["outcomes"]:
                rows[f"{who}.{column}"] = [values[column]] * 2
            return {"outcomes": rows, "runs": {"policy": [name], "seconds": [0.0]}}

        monkeypatch.setattr(SweepWork, "__call__", work)
        return calls

    return put


def bow(point: Mapping[str, float], *_: object) -> Mapping[str, float]:
    """The front is Y = 0: users X, revenue 1 - X^2; whatever Y sets is lost to both."""
    x, y = point.get(X, 0.5), point.get(Y, 0.5)
    return {"users": x - y, "revenue": 1.0 - x * x - y}


def luck(name: str, point: Mapping[str, float], replicate: int) -> float:
    return float(uniforms(stream_key(replicate, name, repr(sorted(point.items()))), np.arange(1))[0] - 0.5)


def asked(folder: Path, **more: object) -> dict[str, object]:
    return {"levers": LEVERS, "objectives": BOTH, "population": 16, "generations": 8, "replicates": 1, "fresh": 2,
            "folder": folder, "workers": 1, **more}  # fmt: skip


def test_a_known_front_is_found(lived_as: Callable[[Known], list[Case]], tmp_path: Path) -> None:
    calls = lived_as(bow)
    found = optimise(BASE, **asked(tmp_path / "a"))  # type: ignore[arg-type]
    table = found.front_table()
    assert (table[Y] < 0.06).mean() > 0.8  # a twentieth of the designs lie there by chance
    assert table[X].max() > 0.95
    assert table[X].min() < 0.35
    assert table["stays"].all()  # without any luck the fresh draws say the same
    assert (found.curse()["lost"].abs() < 1e-12).all()
    grown = found.progress()["hypervolume"]
    assert grown.is_monotonic_increasing
    assert grown.iloc[-1] > grown.iloc[0]
    designs = found.designs()
    assert len(designs) == 16 * 8
    assert not designs.duplicated([X, Y]).any()
    assert len(calls) == 128 + 1 + 2 * min(len(found.front), MOST_FRONT) + 2
    gain = table["resso.users fresh gain"] - (table[X] - table[Y])
    assert gain.abs().max() < 1e-12  # the base as it is has users 0
    assert "on the front" in found.summary()
    assert "flattered by 0 (no interval: the search lived each design once" in found.summary()
    assert "- to -" not in found.summary()


def test_winners_by_luck_are_shown_as_such(lived_as: Callable[[Known], list[Case]], tmp_path: Path) -> None:
    def lucky(point: Mapping[str, float], policy: str, replicate: int) -> Mapping[str, float]:
        return {name: luck(name, point, replicate) for name in ("users", "revenue")}

    lived_as(lucky)
    found = optimise(BASE, **asked(tmp_path / "a", fresh=30))  # type: ignore[arg-type]
    curse = found.curse()
    assert (curse["search"] - found.search_base.mean() * 0.0 > 0.0).any()
    for at, row in curse.iterrows():
        own = np.mean([found.tried[one].scores[at].mean() for one in found.fresh])  # type: ignore[index]
        again = np.mean([scores[at].mean() for scores in found.fresh.values()])  # type: ignore[index]
        assert own > 0.25  # the best of 128 draws from -0.5 to 0.5
        assert abs(again) < 0.1
        assert row["lost"] == pytest.approx(
            own - again - (found.search_base[at].mean() - found.fresh_base[at].mean()), abs=1e-12  # type: ignore[index]
        )  # fmt: skip
    assert not found.front_table()["stays"].all()
    assert "the search flattered by" in found.summary()


def test_how_often_a_design_stays_is_found_over_the_fresh_replicates(
    lived_as: Callable[[Known], list[Case]], tmp_path: Path
) -> None:
    def lucky(point: Mapping[str, float], _: str, replicate: int) -> Mapping[str, float]:
        known = bow(point)
        return {name: known[name] + 0.3 * luck(name, point, replicate) for name in known}

    lived_as(lucky)
    found = optimise(BASE, **asked(tmp_path / "a", fresh=6))  # type: ignore[arg-type]
    table = found.front_table()
    share = table["stays_share"].to_numpy()
    assert ((share > 0.02) & (share < 0.98)).any()  # six replicates do not settle all of them
    assert share[table["stays"]].mean() > share[~table["stays"]].mean()
    # by hand, over every way to draw six of six at random: by plain random draws of another kind
    scores = np.array(list(found.fresh.values())) * found.signs[:, None]
    rng, hits = np.random.default_rng(1), np.zeros(len(scores))
    for _ in range(2000):
        means = scores[:, :, rng.integers(0, 6, 6)].mean(axis=2)
        hits += [not ((means >= one).all(axis=1) & (means > one).any(axis=1)).any() for one in means]
    assert share == pytest.approx(hits / 2000, abs=0.08)
    told = found.summary()
    assert "The others were not lived again" in told
    assert "of draws" in told


def test_the_noise_of_the_search_is_in_the_interval_of_the_curse(
    lived_as: Callable[[Known], list[Case]], tmp_path: Path
) -> None:
    """Two replicates of the search leave far more doubt than thirty fresh ones."""

    def lucky(point: Mapping[str, float], _: str, replicate: int) -> Mapping[str, float]:
        known = bow(point)
        return {name: known[name] + luck(name, point, replicate) for name in known}

    lived_as(lucky)
    found = optimise(BASE, **asked(tmp_path / "a", replicates=2, fresh=30, generations=2))  # type: ignore[arg-type]
    rows = found.curse()
    for at, row in rows.iterrows():
        old = np.mean([found.tried[one].scores[at] - found.search_base[at, 0] for one in found.fresh], axis=0)
        new = np.mean([scores[at] - found.fresh_base[at, 0] for scores in found.fresh.values()], axis=0)
        own, other = 6.313752 * old.std(ddof=1) / 2**0.5, 1.699127 * new.std(ddof=1) / 30**0.5  # Student's t
        assert own > other
        assert 0.5 * (row["high"] - row["low"]) == pytest.approx(np.hypot(own, other), rel=1e-5)


def test_a_search_that_looked_too_bad_says_so() -> None:
    assert _flattery(-2.0, -3.0, -1.0) == "the search was too gloomy by 2, 1 to 3"
    assert _flattery(2.0, -1.0, 3.0) == "the search flattered by 2, -1 to 3 (not told apart from 0)"


def test_a_stopped_search_goes_on_to_the_same_front(lived_as: Callable[[Known], list[Case]], tmp_path: Path) -> None:
    whole = lived_as(bow)
    want = optimise(BASE, **asked(tmp_path / "whole", generations=4))  # type: ignore[arg-type]
    count = [0]

    def stop(point: Mapping[str, float], policy: str, replicate: int) -> Mapping[str, float]:
        count[0] += 1
        if count[0] in (25, 50, 71):  # twice in the search, once in the fresh draws
            raise KeyboardInterrupt
        return bow(point)

    calls = lived_as(stop)
    for _ in range(3):
        with pytest.raises(SweepStopped):
            optimise(BASE, **asked(tmp_path / "a", generations=4))  # type: ignore[arg-type]
    found = optimise(BASE, **asked(tmp_path / "a", generations=4))  # type: ignore[arg-type]
    assert len(calls) == len(whole) + 3
    pd.testing.assert_frame_equal(found.designs(), want.designs(), check_exact=True)
    pd.testing.assert_frame_equal(found.front_table(), want.front_table(), check_exact=True)
    before = len(calls)
    longer = optimise(BASE, **asked(tmp_path / "a", generations=5))  # type: ignore[arg-type]
    assert len(longer.tried) == 80
    pd.testing.assert_frame_equal(
        longer.designs().iloc[:64].drop(columns="front"), want.designs().drop(columns="front"), check_exact=True
    )
    assert len(calls) < before + 16 + 2 * MOST_FRONT + 1
    with pytest.raises(sm.InputError, match="another search"):
        optimise(BASE, **asked(tmp_path / "a", population=8))  # type: ignore[arg-type]


def test_a_finite_choice_is_exhausted_once(lived_as: Callable[[Known], list[Case]], tmp_path: Path) -> None:
    calls = lived_as(bow)
    levers = {X: [0.0, 0.5, 1.0], Y: [0.0, 1.0]}
    found = optimise(BASE, **asked(tmp_path / "a", levers=levers, generations=50))  # type: ignore[arg-type]
    assert len(found.tried) == 6
    assert {found.tried[one].values[Y] for one in found.front} == {0.0}
    assert len(found.front) == 3
    assert len(calls) == 1 + 6 + 2 * 3 + 2


def test_regret_is_against_the_best_reference_of_each_future(
    lived_as: Callable[[Known], list[Case]], tmp_path: Path
) -> None:
    def known(point: Mapping[str, float], policy: str, replicate: int) -> Mapping[str, float]:
        theta = point["parameters.theta"]
        if X not in point:
            return {"users": 10.0 * theta if policy == "bold" else 5.0, "revenue": 0.0}
        return {"users": 20.0 * point[X], "revenue": theta}

    lived_as(known)
    aims = [Objective("resso.users", how="regret"), Objective("resso.users", how="worst"),
            Objective("resso.revenue", goal="min")]  # fmt: skip
    found = optimise(
        BASE, **asked(tmp_path / "a", objectives=aims, uncertainties=["theta"], futures=4, generations=2,
                      references={"bold": {Y: 1.0}})  # type: ignore[arg-type]
    )  # fmt: skip
    worlds = found.plan.futures["theta"].to_numpy()
    for row in found.designs().to_dict("records"):
        users = 20.0 * row[X]
        short = np.maximum(np.maximum(10.0 * worlds, 5.0) - users, 0.0).max()
        assert row["resso.users (regret)"] == pytest.approx(short)
        assert row["resso.users (worst)"] == pytest.approx(users)
        assert row["resso.revenue"] == pytest.approx(worlds.mean())
    assert found.search_base[0].mean() == pytest.approx((np.maximum(10.0 * worlds, 5.0) - 5.0).max())
    assert found.signs.tolist() == [-1.0, 1.0, -1.0]
    found.save()


def test_saved_and_drawn(lived_as: Callable[[Known], list[Case]], tmp_path: Path) -> None:
    lived_as(bow)
    found = optimise(BASE, **asked(tmp_path / "a", generations=2))  # type: ignore[arg-type]
    for _ in range(2):
        found.save()
    assert {path.name for path in (tmp_path / "a").iterdir()} == {
        "runs", "optimise.json", "designs.csv", "front.csv", "curse.csv", "progress.csv", "pareto.png", "progress.png"
    }  # fmt: skip
    one = optimise(BASE, **asked(tmp_path / "b", objectives={"resso.users": "max"}, generations=2))  # type: ignore[arg-type]
    assert len(one.front) == 1
    one.figure()


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"levers": {"platforms.resso.integratoin.ID": [0.0]}}, "integration"), ({"levers": {}}, "one or more"),
        ({"objectives": {"resso.users": "up"}}, "max or min"), ({"objectives": {}}, "one or more"),
        ({"objectives": {"resso.usrs": "max"}}, "Did you mean"), ({"population": 3}, "population"),
        ({"objectives": {"resso.users": {"goal": "max", "how": "regret"}}}, "takes several futures"),
        ({"objectives": {"resso.users": {"goal": "max", "market": "BR"}}}, "market"),
        ({"objectives": {"resso.users": {"gaol": "max", "over": "end"}}}, "Did you mean 'goal'"),
        ({"futures": 4}, "drawn of uncertainties"), ({"fresh": 1}, "fresh"),
        ({"objectives": ["resso.users"]}, "Objective"),
    ],
)  # fmt: skip
def test_one_message_for_what_is_wrong(change: dict[str, object], told: str, tmp_path: Path) -> None:
    with pytest.raises(sm.InputError, match=told):
        optimise(BASE, **asked(tmp_path / "a", **change))  # type: ignore[arg-type]
    assert not (tmp_path / "a").exists()


def test_a_real_search(tmp_path: Path) -> None:
    base = sm.Scenario.from_mapping({"name": "real", "markets": ["ID"], "users": 200, "months": 2})
    found = optimise(
        base, levers={X: [0.0, 1.0], "platforms.resso.price.ID.premium": {"low": 29e3, "high": 69e3}},
        objectives={"resso.users": "max", "resso.operating_income": "max"}, population=4, generations=2, replicates=2,
        fresh=2, folder=tmp_path / "a", workers=1,
    )  # fmt: skip
    assert len(found.tried) == 8
    best = found.tried[max(range(8), key=lambda one: found.tried[one].scores[0].mean())]
    assert best.values[X] == 1.0  # the tie brings listeners
    assert found.save().joinpath("pareto.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.slow
def test_processes_find_the_same_bits(tmp_path: Path) -> None:
    base = sm.Scenario.from_mapping({"name": "real", "markets": ["ID"], "users": 200, "months": 2})
    wishes: dict[str, object] = asked(tmp_path / "a", population=6, generations=2, replicates=2)
    one = optimise(base, **wishes)  # type: ignore[arg-type]
    two = optimise(base, **{**wishes, "folder": tmp_path / "b", "workers": 2})  # type: ignore[arg-type]
    pd.testing.assert_frame_equal(one.designs(), two.designs(), check_exact=True)
    pd.testing.assert_frame_equal(one.front_table(), two.front_table(), check_exact=True)
