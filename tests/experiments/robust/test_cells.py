"""Winner maps: who wins where, and how surely; no winner is named where none is."""

from __future__ import annotations

import numpy as np
import pytest

import model as sm
from model.experiments.robust import robust_choice
from model.experiments.robust.cells import winner_map
from model.experiments.sweep import SweepResult
from tests.experiments.robust.conftest import OUTCOME, Toy
from tests.experiments.robust.test_choosing import made, question


def test_the_map_takes_the_input_that_tells_and_names_its_winners(disagreeing: SweepResult) -> None:
    found = robust_choice(disagreeing, outcome=OUTCOME)
    cells = found.winners
    assert cells["futures"].sum() == 64
    assert len(cells) == 9
    low, high = cells[cells["x_high"] < 2.2], cells[cells["x_low"] > 2.3]
    assert low["winner"].eq("safe").all()
    assert high["winner"].eq("bold").all()
    assert cells[cells["x_high"].lt(2.2) | cells["x_low"].gt(2.3)]["clear"].all()
    middle = cells.drop(index=[*low.index, *high.index])
    mixed = middle[middle["win_share"] < 1.0]  # safe and bold win there, each in some of the futures
    assert len(mixed) >= 2
    assert not mixed["clear"].any()


def test_inputs_may_be_chosen(disagreeing: SweepResult) -> None:
    found = robust_choice(disagreeing, outcome=OUTCOME)
    turned = found.winner_map("entrant_gap", "parameters.theta")
    assert turned["y_low"].min() == pytest.approx(disagreeing.points["theta"].min())
    assert found.winner_map(y="theta").equals(turned)
    with pytest.raises(sm.InputError, match="Did you mean 'theta'"):
        found.winner_map("thet")
    with pytest.raises(sm.InputError, match="is another input than x"):
        found.winner_map("theta", "theta")


def test_one_input_gives_a_map_of_one_row(toy: Toy) -> None:
    found = robust_choice(
        toy(lambda policy, point, _: (policy == "b") * (float(point["theta"]) - 2.25), uncertainties=["theta"]),
        outcome=OUTCOME,
    )  # fmt: skip
    assert set(found.winners["y"]) == {""}
    assert found.winners.iloc[0][["winner", "clear"]].tolist() == ["a", True]
    assert found.winners.iloc[-1][["winner", "clear"]].tolist() == ["b", True]
    assert found.plot.winners().get_ylabel() == ""


def test_a_grid_of_two_inputs_is_tested_over_replicates(toy: Toy) -> None:
    """Policy b is ahead by 1 at high theta; draws of its own move it by a tenth at one entrant gap, by much at two."""
    wiggle = (-1.0, 0.2, 0.8)

    def payoff(policy: str, point: object, replicate: int) -> float:
        if policy == "a":
            return 0.0
        gap, theta = float(point["entrant_gap"]), float(point["theta"])  # type: ignore[index]
        return (1.0 if theta > 2.25 else -1.0) + wiggle[replicate] * (0.1 if gap < -0.5 else 30.0)

    asked = {"table": [{"theta": t, "entrant_gap": g} for t in (2.0, 3.0) for g in (-1.0, 0.0)], "n": None}
    found = robust_choice(toy(payoff, replicates=3, **asked), outcome=OUTCOME)
    cells = found.winner_map("theta", "entrant_gap").set_index(["x", "y"])
    assert cells["futures"].tolist() == [1] * 4
    assert cells.loc[("3", "-1"), ["winner", "clear"]].tolist() == ["b", True]
    assert cells.loc[("2", "-1"), ["winner", "clear"]].tolist() == ["a", True]
    assert not cells.loc[("3", "0"), "clear"]


def test_a_single_future_is_no_winner_while_other_unknowns_differ(toy: Toy) -> None:
    asked = {"table": [{"theta": t, "entrant_gap": g, "alpha": 0.2 + 0.1 * g} for t in (2.0, 3.0) for g in (-1.0, 0.0)]}
    found = robust_choice(toy(lambda policy, *_: float(policy == "b"), replicates=3, n=None, **asked), outcome=OUTCOME)
    assert not found.winner_map("theta", "entrant_gap")["clear"].any()
    assert found.winner_map("theta", "entrant_gap")["winner"].eq("b").all()


def test_among_equal_policies_a_winner_is_rarely_named() -> None:
    """Policies that are the same but for luck: a winner is named in a tenth of the cells, of three policies in less."""
    rng = np.random.default_rng(5)
    for policies, low, high in ((2, 0.08, 0.12), (3, 0.0, 0.1)):
        named = []
        for _ in range(200):
            table = made(rng.normal(size=(policies, 45, 1)), rng.random((45, 2)))
            cells = winner_map(table, question(policies), x=0, y=1)
            named += cells.loc[cells["futures"] >= 3, "clear"].tolist()
        assert len(named) > 1500
        assert low < np.mean(named) < high


def test_exactly_equal_policies_have_no_winner_and_a_real_one_is_found() -> None:
    codes = np.random.default_rng(6).random((45, 2))
    same = winner_map(made(np.ones((2, 45, 1)), codes), question(2), x=0, y=1)
    assert not same["clear"].any()
    assert same["confidence"].eq(0.0).all()
    rng = np.random.default_rng(7)
    values = rng.normal(size=(2, 45, 1)) + np.array([0.0, 5.0])[:, None, None]
    ahead = winner_map(made(values, codes), question(2), x=0, y=1)
    big = ahead[ahead["futures"] >= 4]
    assert big["clear"].all()
    assert big["winner"].eq("p1").all()
    assert not ahead.loc[ahead["futures"] < 3, "clear"].any()
