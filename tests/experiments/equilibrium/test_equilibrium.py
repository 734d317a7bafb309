"""Equilibria of known games are found through noise, with how sure they are; stops and failures lose nothing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from model.experiments.equilibrium import Equilibrium
from model.experiments.sweep import SweepStopped
from model.foundation.errors import InputError
from tests.experiments.equilibrium.conftest import BASE

Play = Callable[..., Equilibrium]
PD = np.array([[[3.0, 0.0], [5.0, 1.0]], [[3.0, 5.0], [0.0, 1.0]]])
PENNIES = np.array([[[1.0, -1.0], [-1.0, 1.0]], [[-1.0, 1.0], [1.0, -1.0]]])
SEXES = np.array([[[3.0, 0.0], [0.0, 2.0]], [[2.0, 0.0], [0.0, 3.0]]])
TWO = {"spotify": 2, "resso": 2}


def matrix(table: np.ndarray) -> object:
    """What a table of two players pays in each profile."""
    return lambda cell, _: tuple(float(table[player][cell]) for player in range(len(table)))


def test_the_prisoners_dilemma_is_found_through_noise(play: Play) -> None:
    found: Equilibrium = play(matrix(PD), TWO, noise=0.5)
    (row,) = found.equilibria.to_dict("records")
    assert (row["profile"], row["kind"], row["all_found"]) == ("s1 / s1", "pure", True)
    assert row["share_of_draws"] == 1.0
    assert row["regret"] == row["regret_high"] == 0.0
    assert 0.0 < row["deviating_costs_low"] < 1e6 * 1.0 < row["deviating_costs_high"]
    words = found.summary()
    assert "Both: s1 is the only equilibrium in pure strategies. Deviating alone costs at least" in words
    assert "It is one in 100% of bootstrap draws" in words
    assert "Both would earn more with both: s0 (Spotify by" in words
    assert "Spotify does best with s1 whatever the others do (in 100% of draws)" in words
    assert "s1 / s1 in 100% of halves, with a regret of 0 USD [0, 0]" in words


def test_matching_pennies_have_one_equilibrium_in_mixed_strategies(play: Play) -> None:
    found: Equilibrium = play(matrix(PENNIES), TWO, noise=0.1)
    assert "There is no equilibrium in pure strategies (nor in 100% of bootstrap draws)" in found.summary()
    (row,) = found.equilibria.to_dict("records")
    assert (row["profile"], row["kind"], row["share_of_draws"]) == ("s0|s1 / s0|s1", "mixed", 1.0)
    assert found.mixes["probability"].to_numpy() == pytest.approx(0.5, abs=0.05)
    assert 0.0 < row["regret_low"] < row["regret_high"] < 0.2e6  # the mix of other draws is another one
    assert found.stability.to_dict("records") == [
        {"profile": "none in pure strategies", "share_of_draws": 1.0, "of_the_means": True}
    ]


def test_all_equilibria_of_a_coordination_game_are_shown(play: Play) -> None:
    found: Equilibrium = play(matrix(SEXES), TWO, noise=0.1)
    assert found.equilibria["profile"].tolist() == ["s0 / s0", "s1 / s1", "s0|s1 / s0|s1"]
    assert "2 equilibria in pure strategies; the game alone does not say" in found.summary()
    mixed = found.mixes[found.mixes["number"] == 2].set_index(["player", "strategy"])["probability"]
    assert mixed["spotify", "s0"] == pytest.approx(0.6, abs=0.05)
    assert mixed["resso", "s0"] == pytest.approx(0.4, abs=0.05)
    assert found.held_out["share_of_halves"].tolist() == [1.0, 1.0, 1.0]


def test_shared_noise_leaves_paired_differences_sharp(play: Play) -> None:
    found: Equilibrium = play(matrix(PD), TWO, noise=0.5)
    errors = found.payoffs["standard_error"]
    row = found.equilibria.iloc[0]
    assert row["deviating_costs_high"] - row["deviating_costs_low"] < errors.min()  # far below that of a payoff


def test_a_tie_is_told_as_unsure_and_held_out_regret_is_not_zero(play: Play) -> None:
    near = np.array([[[1.0, 1.0], [1.01, 1.01]], [[1.0, 1.01], [1.0, 1.01]]])
    found: Equilibrium = play(matrix(near), TWO, noise=1.0, replicates=6)
    shares = found.stability["share_of_draws"]
    assert shares.max() < 0.9
    assert shares.sum() == pytest.approx(1.0, abs=0.35)
    assert found.held_out["regret"].max() > 0.0
    words = found.summary()
    assert "In other bootstrap draws" in words
    assert "More replicates would tell these apart" in words
    assert "With fewer than 8 replicates the brackets are too narrow" in words


def test_three_players_say_that_the_search_is_bounded(play: Play) -> None:
    def pay(cell: tuple[int, ...], _: object) -> tuple[float, ...]:
        return tuple(2.0 * own - sum(cell) for own in cell)  # s1 pays its own player 1 and costs the others

    found: Equilibrium = play(pay, {"spotify": 2, "resso": 2, "joox": 2}, noise=0.1, replicates=4)
    assert found.equilibria["profile"].tolist() == ["s1 / s1 / s1"]
    assert "All: s1 is the only equilibrium in pure strategies" in found.summary()
    assert "all 7 sets of strategies that may be mixed, the end of the logit branch, 48 local" in found.summary()
    assert "without ties they come in pairs, and pairs can go unseen" in found.summary()
    assert found.responses.query("precision == 32 and strategy == 's1'")["probability"].min() > 0.9
    assert found.ranks.iloc[0]["profile"] == "s1 / s1 / s1"
    with pytest.raises(InputError, match="a matrix has two players"):
        found.plot.payoffs()


def test_a_strategy_without_effect_is_told_and_does_not_fill_the_list(play: Play) -> None:
    """The third player's two strategies set something that moves no payoff: of a continuum one per support is told."""

    def pay(cell: tuple[int, ...], _: object) -> tuple[float, ...]:
        first, second = SEXES[0][cell[:2]], SEXES[1][cell[:2]]
        return float(first), float(second), float(first)

    found: Equilibrium = play(pay, {"spotify": 2, "resso": 2, "joox": 2}, replicates=4)
    # two in pure strategies, each with either of the third's, and the mixed one once
    assert len(found.equilibria) == 5
    words = found.summary()
    assert "Joox's s0 and s1 give everybody the very same payoffs" in words
    assert "Some payoffs are ties, so mixtures of these may be equilibria too" in words
    assert "Joox does" not in words
    assert "is missing" not in words
    assert "are missing" not in words


def test_a_list_that_lacks_equilibria_says_so(play: Play, monkeypatch: pytest.MonkeyPatch) -> None:
    from model.theory.games import equilibria

    def pay(cell: tuple[int, ...], _: object) -> tuple[float, ...]:
        first, second = SEXES[0][cell[:2]], SEXES[1][cell[:2]]
        return float(first), float(second), -float(cell[2])

    monkeypatch.setattr(equilibria, "support_equilibria", lambda *_, **__: [])
    monkeypatch.setattr(equilibria, "local_solve", lambda *_, **__: None)
    found: Equilibrium = play(pay, {"spotify": 2, "resso": 2, "joox": 2}, noise=0.01, replicates=4)
    assert found.game().nash.starts == 192  # it went on for as long as it may
    assert "An odd number is expected and 2 were found: at least one is missing." in found.summary()


def test_best_replies_and_payoffs_have_their_cells(play: Play) -> None:
    def pay(cell: tuple[int, ...], _: object) -> tuple[float, ...]:
        return 10.0 * cell[0] + cell[1], 100.0 * cell[1] - 7.0 * cell[0]

    found: Equilibrium = play(pay, {"spotify": 2, "resso": 3})
    cells = found.payoffs.set_index(["spotify", "resso", "player"])["mean"]
    assert cells["s1", "s2", "spotify"] == 12e6
    assert cells["s1", "s2", "resso"] == 193e6
    assert found.payoffs["standard_error"].max() == 0.0
    replies = found.best_replies
    assert replies[replies["player"] == "resso"]["gain_over_next"].tolist() == [100e6, 100e6]
    assert replies[replies["player"] == "spotify"]["best_reply"].tolist() == ["s1"] * 3


def test_the_map_says_where_each_profile_is_the_equilibrium(play: Play) -> None:
    lever = "platforms.resso.integration.ID"

    def pay(cell: tuple[int, ...], point: object) -> tuple[float, ...]:
        tied = float(point[lever])  # type: ignore[index]
        return float(cell[0]), (1.0 if tied > 0.5 else -1.0) * cell[1]

    found: Equilibrium = play(pay, TWO, noise=0.1, levers={lever: [0.0, 0.5, 1.0]}, uncertainties=["ces_sigma"], n=2)
    own = found.map.groupby(lever)["equilibria"].unique().map(list).to_dict()
    assert own == {0.0: ["s1 / s0"], 0.5: ["s1 / s0"], 1.0: ["s1 / s1"]}
    assert found.map["share_of_draws"].tolist() == [1.0] * 6
    assert f"s1 / s1: at 2 of 6 points ({lever} 1)" in found.summary()
    assert "settles a start" not in found.summary()  # ces_sigma is not read by the settling
    axes = found.plot.map()
    assert axes.get_xlabel().startswith("resso.integration.ID (")
    assert {"point", lever, "ces_sigma", "profile"} <= set(found.equilibria.columns)
    assert sorted(path.name for path in found.save().glob("*.png")) == ["map.png"]


def test_a_map_says_whether_the_noise_of_starts_is_in_its_shares(play: Play) -> None:
    moved = {"levers": None, "uncertainties": {"theta": {"low": 1.0, "high": 3.0}}, "n": 2}
    shared: Equilibrium = play(matrix(PD), TWO, noise=0.1, **moved)
    assert "which its replicates share: shares of draws leave its error out (fresh_starts" in shared.summary()
    base = BASE.replace({"fresh_starts": True})
    fresh: Equilibrium = play(matrix(PD), TWO, noise=0.1, base=base, folder=shared.folder.parent / "fresh", **moved)
    assert "replicates share" not in fresh.summary()


def test_a_cost_that_is_not_told_apart_from_nothing_says_so(play: Play) -> None:
    near = np.array([[[1.0, 0.0], [0.9, 0.0]], [[1.0, 0.0], [0.0, 0.0]]])
    found: Equilibrium = play(matrix(near), TWO, noise=0.4)
    row = found.equilibria.set_index("profile").loc["s0 / s0"]
    assert row["deviating_costs_low"] < 0.0 < row["deviating_costs_high"]
    assert "not told apart from nothing" in found.summary()


def test_a_failed_run_takes_its_replicate_out_of_every_profile(play: Play) -> None:
    found: Equilibrium = play(matrix(PD), TWO, noise=0.5, fail="3.1", replicates=4)
    assert found.game().replicates == 3
    assert "1 run failed; their replicates are left out" in found.summary()
    again: Equilibrium = play(matrix(PD), TWO, noise=0.5, replicates=4)
    assert again.game().replicates == 4


def test_without_two_whole_replicates_there_is_no_answer(play: Play) -> None:
    found: Equilibrium = play(matrix(PD), TWO, fail="3.1", replicates=2)
    with pytest.raises(InputError, match=r"two replicates or more.*The first failure: .*made to fail"):
        found.summary()


def test_stopped_and_called_again_it_runs_only_what_is_missing(play: Play) -> None:
    calls: list[object] = []

    class Stop(list):  # type: ignore[type-arg]
        def append(self, case: object) -> None:
            calls.append(case)
            if len(calls) == 6:
                raise KeyboardInterrupt

    with pytest.raises(SweepStopped) as stopped:
        play(matrix(PD), TWO, noise=0.5, calls=Stop(), replicates=4)
    assert stopped.value.result.done == 5
    found: Equilibrium = play(matrix(PD), TWO, noise=0.5, calls=Stop(), replicates=4)
    assert len(calls) == 6 + 11
    alone: Equilibrium = play(matrix(PD), TWO, noise=0.5, replicates=4, folder=found.folder.parent / "other")
    pd.testing.assert_frame_equal(found.payoffs, alone.payoffs)


def test_the_answer_is_kept_beside_its_runs_with_where_it_came_from(play: Play, tmp_path: Path) -> None:
    import json

    found: Equilibrium = play(matrix(PD), TWO, noise=0.5)
    folder = found.save()
    marker = json.loads((folder / "equilibrium.json").read_text())
    assert marker["question"]["provenance"]["model_version"]
    assert marker["question"]["players"]["resso"]["payoff"] == "resso.contribution_margin"
    assert {"payoffs.csv", "equilibria.csv", "held_out.csv", "payoff_matrix.png"} <= set(marker["files"])
    assert found.save(tmp_path / "elsewhere", with_figures=False) == tmp_path / "elsewhere"
    assert not list((tmp_path / "elsewhere").glob("*.png"))
    axes = found.plot.payoffs()
    assert [text.get_text() for text in axes.get_xticklabels()] == ["s0", "s1"]
    assert axes.get_ylabel() == "Spotify"
