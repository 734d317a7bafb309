"""The page Sweeps: what it shows is what the sweep and `robust` say, and it reads nothing outside its folder."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from model.experiments.robust import robust_choice
from model.experiments.sweep import open_sweep
from model.experiments.sweep.store import SweepStore
from model.foundation.errors import InputError
from model.interfaces.app.background import Cancelled
from model.interfaces.app.charts import parallel as parallel_file
from model.interfaces.app.charts.parallel import parallel
from model.interfaces.app.charts.regret import regret_strips, regrets
from model.interfaces.app.charts.sweeps import DOTS, heat_map, scatter, thinned, winner_map
from model.interfaces.app.pages.sweeps_asked import PAGE, axes_of, policy_of, view_of, wanted_of
from model.interfaces.app.restore import PageState, from_text, to_text
from model.interfaces.app.sweep_folder import SweepFolder, choose_folder
from model.interfaces.app.sweep_run import run_first_look
from model.interfaces.app.sweep_seen import SweepSeen, Wanted, head_words, read_sweep

pytestmark = pytest.mark.page
OUTCOME = "bytedance_income"
POLICIES = ("stay", "bold", "careful")
FAILED, MISSING = 3, 5  # points at which the last policy failed, and at which it is not there
Make = Callable[..., Path]


def quiet(*_: object) -> None:
    """Take progress that nobody watches."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, made_up: Make) -> Path:
    return made_up(tmp_path_factory.mktemp("results") / "one")


@pytest.fixture(scope="module")
def seen(folder: Path) -> SweepSeen:
    return read_sweep(folder, Wanted("one"), report=quiet)


def test_rows_and_counts_are_those_of_the_sweep(folder: Path, seen: SweepSeen) -> None:
    found = open_sweep(folder)
    wanted = found.table(OUTCOME, mean=True)
    assert seen.outcome.name == OUTCOME
    assert np.array_equal(seen.rows[OUTCOME], wanted[OUTCOME])
    assert (seen.planned, seen.done, seen.failed) == (found.planned, found.done, 2)
    assert seen.failures["point"].tolist() == [FAILED, FAILED]
    words = head_words(seen)
    assert words.startswith("40 points (a Latin hypercube over 3 inputs) × 3 policies × 2 replicates = 240 runs:")
    assert "236 finished, 2 failed, 2 still to run" in words


def test_the_choice_is_that_of_robust(folder: Path, seen: SweepSeen) -> None:
    wanted = robust_choice(open_sweep(folder), outcome=OUTCOME)
    assert seen.choice is not None
    assert seen.choice.scores.equals(wanted.scores)
    table = wanted.regret.pivot(index="point", columns="policy", values="regret")[list(POLICIES)]
    assert np.allclose(regrets(seen).to_numpy(), table.to_numpy(), rtol=1e-12)
    assert {FAILED, MISSING}.isdisjoint(regrets(seen).index)
    assert any(line.startswith("Highest mean") for line in seen.lines)
    less = read_sweep(folder, Wanted("one", less=True), report=quiet)
    assert less.choice is not None
    assert less.choice.scores.equals(robust_choice(open_sweep(folder), outcome=OUTCOME, less=True).scores)


def test_a_filter_limits_pictures_and_choice_alike(folder: Path) -> None:
    found = open_sweep(folder)
    inside = found.points.index[(found.points["theta"] >= 1.5) & (found.points["theta"] <= 2.0)]
    seen = read_sweep(folder, Wanted("one", only="theta", low=1.5, high=2.0), report=quiet)
    assert set(seen.rows["point"]) == set(inside)
    assert seen.outside == 40 - len(inside)
    weights = found.points.index.isin(inside).astype(float).tolist()
    wanted = robust_choice(found, outcome=OUTCOME, weights=weights)
    assert seen.choice is not None
    assert seen.choice.scores["mean"].to_numpy() == pytest.approx(wanted.scores["mean"].to_numpy(), rel=1e-12)
    own = wanted.regret
    assert regrets(seen).to_numpy().max() == pytest.approx(own.loc[own["weight"] > 0, "regret"].max(), rel=1e-12)
    switched = read_sweep(folder, Wanted("one", only="rivals_respond", value="true"), report=quiet)
    assert switched.rows["rivals_respond"].all()
    nothing = read_sweep(folder, Wanted("one", only="theta", low=90.0), report=quiet)
    assert nothing.rows.empty
    assert nothing.choice is None
    for picture in (scatter(nothing, x="theta"), heat_map(nothing, x="theta", y="alpha", policy="bold"),
                    parallel(nothing), regret_strips(nothing), winner_map(nothing, x="theta", y="alpha")):  # fmt: skip
        assert picture.is_empty


def test_a_scatter_has_a_dot_for_each_point_and_policy(seen: SweepSeen) -> None:
    picture = scatter(seen, x="theta")
    dots = {one["name"]: one["data"] for one in picture.option["series"] if one["type"] == "scatter"}
    assert list(dots) == list(POLICIES)
    own = seen.rows[seen.rows["policy"] == "bold"]
    assert [dot["value"][1] for dot in dots["bold"]] == pytest.approx((own[OUTCOME] / 1e6).tolist(), rel=1e-3)
    assert len(picture.table) == len(seen.rows)
    switch = scatter(seen, x="rivals_respond")
    assert sorted(switch.option["xAxis"]["data"]) == ["false", "true"]
    json.dumps(switch.option)


def test_maps_show_what_the_sweeps_own_pictures_show(folder: Path, seen: SweepSeen) -> None:
    axes = open_sweep(folder).plot.heatmap(OUTCOME, "theta", "alpha", policy="bold")
    wanted = np.ma.filled(axes.images[0].get_array().astype(float), np.nan)
    picture = heat_map(seen, x="theta", y="alpha", policy="bold")
    cells = np.full(wanted.shape, np.nan)
    for column, row, value, _ in picture.option["series"][0]["data"]:
        cells[row, column] = value * 1e6
    assert np.allclose(cells, wanted, rtol=1e-5, equal_nan=True)
    assert heat_map(seen, x="theta", y="theta", policy="bold").is_empty
    table = robust_choice(open_sweep(folder), outcome=OUTCOME).winner_map("theta", "alpha")
    best = winner_map(seen, x="theta", y="alpha")
    drawn = [POLICIES[one["value"][2]] if one["value"][2] >= 0 else "" for one in best.option["series"][0]["data"]]
    there = table[table["futures"] > 0]
    assert drawn == [row["winner"] if row["clear"] else "" for row in there.to_dict("records")]
    assert {"bold", "careful"} <= set(drawn)


def test_parallel_lines_are_coloured_by_the_best_policy(
    seen: SweepSeen, folder: Path, tmp_path: Path, made_up: Make
) -> None:
    picture = parallel(seen)
    lines = {one["name"]: one["data"] for one in picture.option["series"]}
    wide = open_sweep(folder).table(OUTCOME, mean=True).pivot(index="point", columns="policy", values=OUTCOME).dropna()
    wins = wide[list(POLICIES)].idxmax(axis=1).value_counts()
    assert {name: len(data) for name, data in lines.items() if data} == wins.to_dict()
    assert [axis["name"] for axis in picture.option["parallelAxis"][-3:]] == list(POLICIES)
    for axis, *values in zip(picture.option["parallelAxis"], *(line for data in lines.values() for line in data),
                             strict=True):  # fmt: skip
        if axis["type"] == "value":
            assert axis["min"] <= min(values) <= max(values) <= axis["max"]
    many = read_sweep(made_up(tmp_path / "many", inputs=8), Wanted("many"), report=quiet)
    drawn = parallel(many)
    assert len(drawn.option["parallelAxis"]) == parallel_file.AXES
    assert "the 5 inputs that go with it most" in drawn.subtitle
    assert "theta" in drawn.table


def test_much_is_thinned_and_said_so(tmp_path: Path, made_up: Make) -> None:
    large = made_up(tmp_path / "large", n=2000, replicates=1, policies=("stay", "bold"))
    seen = read_sweep(large, Wanted("large"), report=quiet)
    picture = scatter(seen, x="theta")
    dots = sum(len(one["data"]) for one in picture.option["series"] if one["type"] == "scatter")
    assert dots <= DOTS
    assert "of 2,000 points drawn, lines are means of all" in picture.subtitle
    means = next(one["data"] for one in picture.option["series"] if one["id"] == "bold means")
    assert means[-1][1] > means[0][1]
    assert "480 of 1,998 points drawn" in parallel(seen).subtitle
    strips = regret_strips(seen)
    assert "400 of 1,998 futures drawn" in strips.subtitle
    assert len(json.dumps(strips.option)) < 60_000


def test_thinning_keeps_no_pattern_of_a_grid_and_is_the_same_each_time() -> None:
    kept = thinned(np.arange(10_000), 1000)
    assert len(kept) == 1000
    assert np.array_equal(kept, thinned(np.arange(10_000)[::-1], 1000))
    for step in (2, 3, 5, 8, 10):
        parts = np.bincount(kept % step, minlength=step)
        assert parts.min() > 0.7 * parts.max()
    assert thinned(np.array([4, 4, 2]), 10).tolist() == [2, 4]


def test_one_policy_leaves_nothing_to_choose(tmp_path: Path, made_up: Make) -> None:
    seen = read_sweep(made_up(tmp_path / "alone", policies=("stay",)), Wanted("alone"), report=quiet)
    assert seen.choice is None
    assert "one policy" in seen.why
    assert regret_strips(seen).is_empty
    assert policy_of(PageState().with_page(PAGE, {"policy": "(best)"}), seen) == "stay"
    assert not parallel(seen).is_empty


def test_only_listed_names_are_read(folder: Path, tmp_path: Path) -> None:
    root, outside = tmp_path / "results", tmp_path / "outside"
    shutil.copytree(folder, root / "inside")
    shutil.copytree(folder, outside)
    (root / "notes").mkdir()
    os.symlink(outside, root / "leads_out")
    os.symlink(root / "inside", root / "stays_in")
    os.symlink(root / "circle", root / "circle")
    place = SweepFolder(root)
    assert sorted(place.names()) == ["inside", "stays_in"]
    for name in ("leads_out", "notes", "../outside", str(outside), "", "inside/../inside", "."):
        with pytest.raises(InputError, match="one of those that are listed"):
            place.path_of(name)
    assert place.path_of("inside") == root / "inside"
    shard = next((root / "inside").rglob("*.parquet"))
    shard.rename(outside / "moved.parquet")
    os.symlink(outside / "moved.parquet", shard)
    with pytest.raises(InputError, match="all its files in the folder"):
        place.path_of("inside")
    assert SweepFolder(tmp_path / "nowhere").names() == ()
    assert SweepFolder(folder).names() == ("one",)
    assert SweepFolder(folder).path_of("one") == folder


def test_a_folder_that_is_named_and_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="is a folder"):
        choose_folder(tmp_path / "nowhere")
    choose_folder(None)


def test_broken_and_foreign_stores_are_told_in_a_sentence(folder: Path, tmp_path: Path) -> None:
    broken, foreign, older = tmp_path / "broken", tmp_path / "foreign", tmp_path / "older"
    broken.mkdir()
    (broken / "ledger.sqlite").write_text("no database at all", encoding="utf-8")
    SweepStore.create(foreign, plan={"x": 1}, about={"kind": "other"}, points={"a": [1, 2]}).close()
    SweepStore.create(older, plan={"x": 1}, about={"sweep": {"name": "x"}}, points={"a": [1, 2]}).close()
    short = shutil.copytree(folder, tmp_path / "short")
    shard = next(one for one in short.rglob("*.parquet") if one.parent != short)
    shard.write_bytes(shard.read_bytes()[:100])
    for place in (broken, foreign, older, short):
        with pytest.raises(InputError) as caught:
            read_sweep(place, Wanted(place.name), report=quiet)
        assert caught.value.faults[0].way_out
    with pytest.raises(InputError, match="market"):
        read_sweep(folder, Wanted("one", market="ZZ"), report=quiet)
    assert read_sweep(folder, Wanted("one", outcome="no_such", only="no_such"), report=quiet).outcome.name == OUTCOME


def test_what_is_asked_comes_back_by_file_and_falls_back_where_it_does_not_fit(seen: SweepSeen) -> None:
    asked = {"view": "map", "x": "alpha", "y": "theta", "only": "theta", "low": 1.5, "over": "end", "less": True}
    state = from_text(to_text(PageState().with_page(PAGE, asked)))
    assert view_of(state) == "map"
    assert axes_of(state, seen) == ("alpha", "theta")
    wanted = wanted_of(state, "one")
    assert (wanted.low, wanted.high, wanted.over, wanted.less) == (1.5, np.inf, "end", True)
    strange = PageState().with_page(PAGE, {"view": 3, "x": "gone", "y": "gone", "low": "low", "policy": "gone"})
    assert view_of(strange) == "scatter"
    assert axes_of(strange, seen) == ("theta", "alpha")
    assert policy_of(strange, seen) == "stay"
    assert wanted_of(strange, "one") == Wanted("one")


def test_the_small_sweep_is_kept_goes_on_where_it_was_cancelled_and_is_read(tmp_path: Path) -> None:
    place = SweepFolder(tmp_path / "results")

    def stop(stage: str, done: int, _: int) -> None:
        if stage == "runs" and done >= 3:
            raise Cancelled

    name = run_first_look(place, report=stop)
    part = read_sweep(place.path_of(name), Wanted(name), report=quiet)
    assert 3 <= part.done < part.planned == 72
    assert run_first_look(place, report=quiet) == name
    whole = read_sweep(place.path_of(name), Wanted(name), report=quiet)
    assert whole.done == 72
    assert whole.choice is not None
