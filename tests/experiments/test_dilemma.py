"""The labels' dilemma, through the world: leaving TikTok alone costs a label what leaving together does not."""

from __future__ import annotations

import pytest

import model as sm
from model.experiments.dilemma import ALONE, TOGETHER, Dilemma, dilemma, songs_alone

SIZES: dict[str, object] = {"markets": ["BR"], "users": 1000, "months": 6}


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> sm.StartStore:
    return sm.StartStore(tmp_path_factory.mktemp("starts"))


@pytest.fixture(scope="module")
def found(store: sm.StartStore) -> Dilemma:
    return dilemma(replicates=2, sizes=SIZES, starts=store)


@pytest.mark.parametrize("label", ["universal", "sony", "warner"])
def test_who_leaves_alone_loses_more_than_who_leaves_with_all(found: Dilemma, label: str) -> None:
    assert found.loss(label, ALONE) > 0.005
    assert found.loss(label, ALONE) > 3.0 * abs(found.loss(label, TOGETHER))
    assert found.is_dilemma(label)


def test_fees_are_lost_either_way(found: Dilemma) -> None:
    for label in found.labels:
        for leaving in (ALONE, TOGETHER):
            assert found.loss(label, leaving, money="all") > found.loss(label, leaving) + 0.002


def test_tiktok_loses_most_where_all_leave(found: Dilemma) -> None:
    alone = [found.tiktok[label] for label in found.labels]
    assert min(alone) > 0.0
    assert found.tiktok[TOGETHER] > sum(alone)  # others than the majors leave too
    # Without any music TikTok loses the part of its time that clips with music keep, and a little by creators' answer.
    assert found.tiktok[TOGETHER] == pytest.approx(sm.Parameters().clip_time_share, rel=0.05)


def test_without_any_pull_of_clips_there_is_no_dilemma(store: sm.StartStore) -> None:
    plan = sm.Scenario.load("baseline").replace({"parameters.promotion_pull": 0.0, "parameters.song_lift_head": 0.0,
                                                 "parameters.song_lift_median": 0.0})  # fmt: skip
    none = dilemma(plan, labels=["universal"], replicates=1, sizes=SIZES, starts=store)
    for leaving in (ALONE, TOGETHER):
        assert none.loss("universal", leaving) == pytest.approx(0.0, abs=1e-4)


@pytest.mark.parametrize(("panel", "money"), [(0, "music"), (1, "all")])
def test_the_figure_draws_each_loss_under_its_name(found: Dilemma, panel: int, money: str) -> None:
    axes = found.figure().axes[panel]
    handles, names = axes.get_legend_handles_labels()
    assert sorted(names) == ["alone", "together with all others"]
    for handle, name in zip(handles, names, strict=True):
        leaving = ALONE if name == "alone" else TOGETHER
        wanted = [100.0 * found.loss(label, leaving, money=money) for label in found.labels]
        assert list(handle.get_xdata()) == pytest.approx(wanted)


def test_both_panels_have_one_scale_and_the_assumption_is_told(found: Dilemma) -> None:
    figure = found.figure()
    left, right = (axes.get_xlim() for axes in figure.axes)
    assert left == right
    assert left[0] < 100.0 * found.losses["low"].min() < 100.0 * found.losses["high"].max() < left[1]
    assert "promotion_pull 0.05" in " ".join(text.get_text() for text in figure.texts)


def test_songs_alone_have_the_sign_too_where_their_lift_is_large(store: sm.StartStore) -> None:
    plan = sm.Scenario.load("hit_machine")
    assert plan.parameters["promotion_pull"] == 0.0  # that fit holds all that TikTok does for a label
    assert songs_alone(sm.Scenario.load("baseline")).parameters["promotion_pull"] == 0.0
    lifted = dilemma(plan, replicates=2, sizes=SIZES, starts=store)
    for label in lifted.labels:
        assert lifted.loss(label, ALONE) > 0.02
        assert lifted.is_dilemma(label)
    assert "Single songs alone" in " ".join(text.get_text() for text in lifted.figure().texts)


def test_a_pull_that_hurts_turns_the_sign(store: sm.StartStore) -> None:
    plan = sm.Scenario.load("baseline").replace({"parameters.promotion_pull": -0.04})
    turned = dilemma(plan, labels=["universal"], replicates=1, sizes=SIZES, starts=store)
    assert turned.loss("universal", ALONE) < 0.0
    assert not turned.is_dilemma("universal")


def test_intervals_hold_their_means_and_the_figure_has_every_label(found: Dilemma) -> None:
    assert ((found.losses["low"] <= found.losses["loss"]) & (found.losses["loss"] <= found.losses["high"])).all()
    axes = found.figure().axes[0]
    assert [tick.get_text() for tick in axes.get_yticklabels()] == ["Universal", "Sony", "Warner"]


def test_wrong_labels_are_told() -> None:
    with pytest.raises(sm.InputError, match="universal"):
        dilemma(labels=["universall"], sizes=SIZES)
    with pytest.raises(sm.InputError, match="replicates"):
        dilemma(replicates=0, sizes=SIZES)
