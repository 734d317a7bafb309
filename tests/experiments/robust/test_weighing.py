"""Weights of futures and outcomes of which less is better, on toys whose every answer is known."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import model as sm
from model.experiments.robust import RobustChoice, robust_choice
from model.experiments.robust.scoring import confidence_of, standard_error
from model.experiments.robust.weighing import read_weights, shares_of
from model.experiments.sweep import SweepResult
from model.foundation.errors import Fault
from tests.experiments.robust.conftest import OUTCOME, Toy, split

LOW_LIKELY = {"theta": {"<= 2.25": 0.75, "> 2.25": 0.25}}


def asked(found: SweepResult, **more: object) -> RobustChoice:
    return robust_choice(found, outcome=OUTCOME, **more)  # type: ignore[arg-type]


def test_where_less_is_better_all_is_turned_round(toy: Toy) -> None:
    """The negated outcome with less wanted gives the choices of the outcome with more, told in its own numbers."""
    pays = {"safe": split(12.0, 12.0), "bold": split(26.0, 0.0), "hedge": split(17.0, 8.0)}
    names = ("safe", "bold", "hedge")
    more = asked(toy(lambda policy, point, _: pays[policy](point), policies=names), enough=10.0)
    less = asked(toy(lambda policy, point, _: -pays[policy](point), policies=names), enough=-10.0, less=True)
    for rule in ("mean", "maximin", "minimax_regret", "satisficing"):
        assert less.best(rule) == more.best(rule), rule
    one, other = less.scores.set_index("policy"), more.scores.set_index("policy")
    assert one[["mean", "worst"]].equals(-other[["mean", "worst"]])
    rest = [column for column in one.columns if column not in ("mean", "worst")]
    pd.testing.assert_frame_equal(one[rest], other[rest])
    assert less.regret["outcome"].tolist() == [-value + 0.0 for value in more.regret["outcome"]]
    assert less.regret["regret"].tolist() == more.regret["regret"].tolist()
    assert less.winners[["winner", "confidence", "lead"]].equals(more.winners[["winner", "confidence", "lead"]])
    assert less.information.perfect == more.information.perfect == pytest.approx(6.0)
    assert less.boxes.equals(more.boxes)
    text = less.summary()
    assert "less is better" in text
    assert "Lowest mean: bold (-13); its lead: 0.5 below hedge" in text
    assert "Highest" not in text
    assert "less is better" in "\n".join(one.get_text() for one in less.plot.regret().get_figure().texts)
    matched = asked(toy(lambda policy, point, _: pays[policy](point), policies=names), enough="safe", less=True)
    assert matched.scores.set_index("policy")["enough_share"][["bold", "hedge"]].tolist() == [0.5, 0.5]
    assert "Most often at most as much as safe in the same future" in matched.summary()


def test_by_switch_the_lead_is_below_where_less_is_better(toy: Toy) -> None:
    pays = {"a": 1.0, "b": 2.0}
    inputs = {"levers": {"rivals_respond": [True, False]}, "uncertainties": ["theta"]}
    found = asked(toy(lambda policy, *_: pays[policy], n=12, **inputs), less=True)
    assert "a, 1 below b" in found.summary()
    assert "the same choice" in found.summary()


def test_weights_turn_a_choice(disagreeing: SweepResult) -> None:
    found = asked(disagreeing, weights=LOW_LIKELY, enough=10.0)
    scores = found.scores.set_index("policy")
    assert scores["mean"].tolist() == pytest.approx([12.0, 6.5, 10.25])
    assert scores["worst"].tolist() == [12.0, 0.0, 8.0]
    assert scores["mean_regret"].tolist() == pytest.approx([3.5, 9.0, 5.25])
    assert scores["enough_share"].tolist() == pytest.approx([1.0, 0.25, 0.25])
    assert scores["win_share"].tolist() == pytest.approx([0.75, 0.25, 0.0])
    assert found.best("mean") == ("safe",)
    assert (found.verdict.best, found.verdict.second) == ("safe", "hedge")
    assert found.information.perfect == pytest.approx(0.25 * 26 + 0.75 * 12 - 12)
    assert found.information.unknowns.set_index("input").loc["theta", "value"] == pytest.approx(3.5)
    assert found.regret.groupby("policy")["weight"].sum().tolist() == pytest.approx([1.0] * 3)
    assert found.futures.worth_of == pytest.approx(1.0 / (0.75**2 / 32 + 0.25**2 / 32))
    text = found.summary()
    assert "Futures are weighted: theta <= 2.25: 75%, > 2.25: 25%; they tell as much as 51 that count the same" in text


def test_equal_weights_change_nothing(disagreeing: SweepResult) -> None:
    plain, weighed = asked(disagreeing, enough=10.0), asked(disagreeing, enough=10.0, weights=[2.0] * 64)
    pd.testing.assert_frame_equal(plain.scores, weighed.scores)
    assert weighed.verdict.error == pytest.approx(plain.verdict.error)
    assert weighed.verdict.confidence == pytest.approx(plain.verdict.confidence)
    pd.testing.assert_frame_equal(plain.winners, weighed.winners)
    assert weighed.information.error == pytest.approx(plain.information.error)


def test_weights_for_each_point_count_what_they_say_and_0_counts_nowhere(disagreeing: SweepResult) -> None:
    high = (disagreeing.points["theta"] > 2.25).to_numpy()
    found = asked(disagreeing, weights=np.where(high, 1.0, 0.0))
    assert len(found.futures.points) == 32
    assert found.scores.set_index("policy")["worst"]["bold"] == 26.0
    assert found.information.perfect == 0.0
    assert "32 futures of weight 0 left out" in found.summary()
    assert "missing" not in found.summary()


def test_weights_are_saved_and_named_in_the_marker(disagreeing: SweepResult, tmp_path: Path) -> None:
    asked(disagreeing, weights=LOW_LIKELY, less=True).save(tmp_path / "answer")
    question = json.loads((tmp_path / "answer" / "robust_choice.json").read_text())["question"]
    assert question["weights"] == LOW_LIKELY
    assert question["less"] is True


def test_margins_of_several_beliefs_hold_at_once() -> None:
    rng = np.random.default_rng(3)
    points = pd.DataFrame({"x": rng.random(80), "on": rng.random(80) < 0.3, "word": rng.choice(["a", "b", "c"], 80)})
    raw = {"x": {"0 to 0.5": 1, "> 0.5": 3}, "on": {True: 0.5, "false": 0.5}, "word": {"a": 2, "b": 1, "c": 0}}
    faults: list[Fault] = []
    weights = read_weights(raw, points, faults)
    assert faults == []
    shares = shares_of(weights, points)
    assert shares is not None
    assert shares.sum() == pytest.approx(1.0)
    assert shares[points["x"] > 0.5].sum() == pytest.approx(0.75)
    assert shares[points["on"]].sum() == pytest.approx(0.5)
    assert shares[points["word"] == "a"].sum() == pytest.approx(2 / 3)
    assert (shares[points["word"] == "c"] == 0.0).all()


def test_beliefs_that_no_shares_fit_are_told() -> None:
    points = pd.DataFrame({"x": [0.0, 1.0], "on": [True, False]})
    faults: list[Fault] = []
    weights = read_weights({"x": {"0": 0.9, "1": 0.1}, "on": {"true": 0.1, "false": 0.9}}, points, faults)
    with pytest.raises(sm.InputError, match="go together"):
        shares_of(weights, points)


@pytest.mark.parametrize(
    ("weights", "told"),
    [
        ({"thta": {"<= 2": 1}}, "Did you mean 'theta'"), ({"theta": 3}, "table of values or bands"),
        ({}, "weights: are those of some input"), ("theta", "are tables by input, or one for each of the 64 points"),
        ([1.0] * 3, "3 weights"), ([-1.0] * 64, "finite numbers from 0"), ([0.0] * 64, "all 0"),
        ({"theta": {"<= 2": 1}}, "lies in none"), ({"theta": {"<= 3": 1, "> 2": 1}}, "lies in more than one"),
        ({"theta": {"<= 2": -1, "> 2": 1}}, "a weight is a finite number"),
        ({"theta": {"<= 2": float("nan"), "> 2": 1}}, "a weight is a finite number"),
        ({"theta": {"low": 1, "> 2": 1}}, "is a number or a band"),
        ({"theta": {"<= 2": 0, "> 2": 0}}, "some weight is above 0"),
        ({"theta": {"<= 9": 0.5, "> 9": 0.5}}, "some point lies there"),
    ],
)  # fmt: skip
def test_wrong_weights_are_told(disagreeing: SweepResult, weights: object, told: str) -> None:
    with pytest.raises(sm.InputError, match=told):
        asked(disagreeing, weights=weights)


def test_wrong_words_for_less_are_told(disagreeing: SweepResult) -> None:
    with pytest.raises(sm.InputError, match="less: says whether less is better"):
        asked(disagreeing, less="yes")


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(3, 40))
def test_with_whole_weights_as_if_futures_stood_so_often(seed: int, count: int) -> None:
    """Means and values of information are those of the table with each future as often as it weighs."""
    rng = np.random.default_rng(seed)
    values, times = rng.normal(size=(3, count)), rng.integers(1, 4, count)
    shares = times / times.sum()
    again = np.repeat(values, times, axis=1)
    assert values @ shares == pytest.approx(again.mean(axis=1))
    equal = np.full(count, 1.0 / count)
    assert standard_error(values[0], equal) == pytest.approx(standard_error(values[0]))
    assert confidence_of(values, 0, equal) == pytest.approx(confidence_of(values, 0))
    one = np.zeros(count)
    one[0] = 1.0
    assert confidence_of(values, 0, one) == 0.0  # what hangs on one future alone is not sure


def test_among_equal_policies_weights_name_a_winner_seldom() -> None:
    """Confidence above 0.9 comes to at most about a tenth of cases though futures weigh from 1 to 9."""
    rng = np.random.default_rng(11)
    named = 0
    for _ in range(600):
        values = rng.normal(size=(2, 40))
        weights = rng.uniform(1.0, 9.0, 40)
        shares = weights / weights.sum()
        named += confidence_of(values, int(np.argmax(values @ shares)), shares) >= 0.9
    assert 0.05 < named / 600 < 0.14


def test_weights_of_a_sweep_that_is_yet_to_run_are_checked_before(monkeypatch: pytest.MonkeyPatch) -> None:
    from tests.experiments.robust.conftest import BASE

    monkeypatch.setattr("model.experiments.robust.choosing.run_sweep", lambda *_, **__: pytest.fail("it was run"))
    with pytest.raises(sm.InputError, match="Did you mean 'theta'"):
        robust_choice(BASE, outcome=OUTCOME, uncertainties=["theta"], policies={"a": {}, "b": {}}, n=4,
                      weights={"teta": {"<= 2": 1.0, "> 2": 1.0}})  # fmt: skip
