"""Robust choice on toys whose every answer is known."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import model as sm
from model.experiments.robust import RobustChoice, robust_choice
from model.experiments.robust.finding import discover
from model.experiments.robust.futures import Futures, Unknown
from model.experiments.robust.learning import value_of_information
from model.experiments.robust.question import Question
from model.experiments.robust.scoring import sure_words
from model.experiments.sweep import SweepResult
from model.foundation.rng import stream_key, uniforms
from tests.experiments.robust.conftest import BASE, OUTCOME, Toy


def asked(found: SweepResult, **more: object) -> RobustChoice:
    return robust_choice(found, outcome=OUTCOME, **more)  # type: ignore[arg-type]


def test_every_rule_is_reported_and_they_disagree(disagreeing: SweepResult) -> None:
    found = asked(disagreeing, enough=10.0)
    scores = found.scores.set_index("policy")
    assert scores["mean"].tolist() == [12.0, 13.0, 12.5]
    assert scores["worst"].tolist() == [12.0, 0.0, 8.0]
    assert scores["largest_regret"].tolist() == [14.0, 12.0, 9.0]
    assert scores["mean_regret"].tolist() == [7.0, 6.0, 6.5]
    assert scores["enough_share"].tolist() == [1.0, 0.5, 0.5]
    assert scores["win_share"].tolist() == [0.5, 0.5, 0.0]
    chosen = {rule: found.best(rule) for rule in ("mean", "maximin", "minimax_regret", "satisficing")}
    assert chosen == {"mean": ("bold",), "maximin": ("safe",), "minimax_regret": ("hedge",), "satisficing": ("safe",)}
    text = found.summary()
    assert "Highest mean: bold (13); its lead: 0.5 over hedge" in text
    assert "no clear winner by the mean" in text
    assert "Most often enough: safe (100% of futures)" in text
    assert "The rules do not agree" in text


def test_the_regret_table_has_a_row_per_future_and_policy(disagreeing: SweepResult) -> None:
    table = asked(disagreeing).regret
    assert len(table) == 64 * 3
    high = disagreeing.points["theta"] > 2.25
    bold = table[table["policy"] == "bold"].set_index("point")
    assert bold["regret"].tolist() == np.where(high, 0.0, 12.0).tolist()
    assert bold["wins"].tolist() == high.tolist()
    assert table.groupby("point")["regret"].min().eq(0.0).all()


def test_the_error_of_the_winners_regret_is_that_of_its_lead(toy: Toy) -> None:
    """Of the policy that wins a future too: how far its lead over the second is known, not 0."""
    luck = {"a": (0.0, 0.0, 0.0), "b": (1.0, -2.0, 1.0), "c": (0.0, 3.0, -3.0)}
    level = {"a": 10.0, "b": 8.0, "c": 1.0}
    table = asked(toy(lambda name, _, r: level[name] + luck[name][r], policies=tuple("abc"), replicates=3, n=4)).regret
    lead = np.std([1.0, -2.0, 1.0], ddof=1) / np.sqrt(3.0)
    third = np.std([0.0, 3.0, -3.0], ddof=1) / np.sqrt(3.0)
    for name, error in (("a", lead), ("b", lead), ("c", third)):
        assert table.loc[table["policy"] == name, "regret_error"].to_numpy() == pytest.approx(error), name


def test_nothing_is_a_hundred_per_cent_sure() -> None:
    assert [sure_words(one) for one in (1.0, 0.999, 0.96, 0.0)] == ["> 99%", "> 99%", "96%", "0%"]


def test_unknowns_that_show_no_gain_are_named_with_what_they_may_be_worth(toy: Toy) -> None:
    """Theta decides; entrant_gap does nothing, but among luck of 64 futures that is not known."""

    def payoff(policy: str, point: Mapping[str, object], replicate: int) -> float:
        noise = uniforms(stream_key(round(1e6 * float(point["theta"])), policy, replicate), np.arange(1))[0]  # type: ignore[arg-type]
        return 4.0 * (noise - 0.5) + (2.0 * (float(point["theta"]) - 2.25) if policy == "b" else 0.0)  # type: ignore[arg-type]

    found = asked(toy(payoff, replicates=2))
    rows = found.information.unknowns.set_index("input")
    assert 0.0 < rows.loc["theta", "low"] < rows.loc["theta", "value"] < rows.loc["theta", "high"]
    assert rows.loc["entrant_gap", "value"] == 0.0 < rows.loc["entrant_gap", "high"]
    assert "Not told apart from worth nothing alone, though it may be worth up to: entrant_gap" in found.summary()


def test_the_map_that_is_asked_for_is_the_one_that_is_kept(disagreeing: SweepResult) -> None:
    found = asked(disagreeing)
    usual = found.winners
    names = list(disagreeing.points.columns)
    assert set(usual["x_input"]) == {"theta"}
    other = next(name for name in names if name != "theta")
    found.map_over(other, "theta")
    assert set(found.winners["x_input"]) == {other}
    assert set(found.tables()["winners"]["y_input"]) == {"theta"}
    assert found.plot.winners().get_xlabel().startswith(other)
    with pytest.raises(sm.InputError, match="Did you mean 'theta'"):
        found.map_over("thet", None)


def test_what_all_policies_share_cancels_in_the_error_of_the_regret(toy: Toy) -> None:
    luck = (-5.0, 1.0, 4.0)  # of a replicate, the same for every policy
    found = asked(toy(lambda policy, _, r: luck[r] + (3.0 if policy == "b" else 0.0), replicates=3, n=4))
    table = found.regret
    assert table["error"].to_numpy() == pytest.approx(np.std(luck, ddof=1) / np.sqrt(3.0))
    assert table["regret_error"].to_numpy() == pytest.approx(0.0, abs=1e-12)
    assert table.loc[table["policy"] == "a", "regret"].tolist() == [3.0] * 4
    assert (found.verdict.best, found.verdict.lead, found.verdict.confidence) == ("b", 3.0, 1.0)


def test_enough_may_be_what_another_policy_leaves(disagreeing: SweepResult) -> None:
    found = asked(disagreeing, enough="safe")
    shares = found.scores.set_index("policy")["enough_share"]
    assert np.isnan(shares["safe"])
    assert shares[["bold", "hedge"]].tolist() == [0.5, 0.5]
    left_out = asked(disagreeing, enough="safe", only=["bold", "hedge"])
    assert left_out.scores["enough_share"].tolist() == [0.5, 0.5]
    assert left_out.policies == ("bold", "hedge")
    assert "Most often at least as much as safe in the same future: bold and hedge (50%" in left_out.summary()


def test_boxes_say_where_in_words(disagreeing: SweepResult) -> None:
    found = asked(disagreeing)
    box = found.boxes.query("policy == 'safe'").iloc[0]
    assert (box["event"], box["coverage"], box["density"], box["futures"]) == ("loses", 1.0, 1.0, 32)
    assert box["luck"] == 0.01  # none of 99 shuffles comes near
    limit = found.box_limits.query("policy == 'safe'").iloc[0]
    assert limit["input"] == "theta"
    assert 2.2 < limit["low"] < 2.3
    assert limit["high"] == np.inf
    sentences = found.box_sentences()
    assert any(one.startswith("safe loses where theta >= 2.2") and "100% of the 32 futures in which it loses" in one
               for one in sentences)  # fmt: skip
    assert any(one.startswith("bold loses where theta <= 2.2") for one in sentences)
    assert "hedge wins in no future." in sentences


def test_a_loss_that_nothing_tells_of_seldom_gets_a_box() -> None:
    """Who wins goes with no input: of 40 such tables few get a box, which shuffled futures get too."""
    lucks = []
    for seed in range(40):
        rng = np.random.default_rng(seed)
        boxes, _ = discover(made(rng.normal(size=(2, 60, 1)), rng.random((60, 6))), question(2))
        lucks += boxes.loc[boxes["limits"] != "", "luck"].dropna().tolist()
    assert 0 < len(lucks) <= 8
    assert sum(one <= 0.05 for one in lucks) <= 6
    assert np.median(lucks) > 0.01


def test_knowing_is_worth_what_it_is(disagreeing: SweepResult) -> None:
    known = asked(disagreeing).information
    assert known.perfect == pytest.approx(6.0)  # (26 + 12) / 2 - 13
    worth = known.unknowns.set_index("input")
    assert worth.loc["theta", "value"] == pytest.approx(6.0)
    assert worth.loc["theta", "share"] == pytest.approx(1.0)
    assert worth.loc["entrant_gap", "value"] == 0.0
    assert known.unknowns["input"].tolist()[0] == "theta"
    assert np.isnan(known.apart)
    assert any("With one replicate" in one for one in known.notices)


def test_knowing_is_worth_nothing_where_one_policy_always_wins(toy: Toy) -> None:
    found = asked(toy(lambda policy, point, _: float(point["theta"]) + (policy == "b"), n=40))  # type: ignore[arg-type]
    assert found.information.perfect == 0.0
    assert (found.information.unknowns["value"] == 0.0).all()
    assert found.information.notices == ()
    assert "Knowing the future would be worth nothing" in found.summary()
    assert "These rules agree." in found.summary()
    assert found.winners["winner"].eq("b").all()


def test_luck_of_draws_is_told_apart_from_the_future(toy: Toy) -> None:
    """Policy a is better or worse by its draws alone: nothing can be known, though the best of each looks good."""
    rng = np.random.default_rng(7)
    found = asked(toy(lambda policy, *_: float(rng.normal()) if policy == "a" else 0.0, replicates=4, n=64))
    known = found.information
    assert known.perfect > 0.1
    assert abs(known.apart) < 0.12
    assert any("Luck of draws is a part" in one for one in known.notices)


def test_few_futures_are_told(toy: Toy) -> None:
    pays = {"a": 1.0, "b": 0.0}
    few = asked(toy(lambda policy, point, _: pays[policy] * (float(point["theta"]) - 2.25), n=10))  # type: ignore[arg-type]
    assert any("10 futures are too few" in one for one in few.information.notices)
    assert "too few to look for a rule" in few.summary()
    some = asked(toy(lambda policy, point, _: pays[policy] * (float(point["theta"]) - 2.25), n=20))  # type: ignore[arg-type]
    assert any("cut in two at most" in one for one in some.information.notices)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(2, 4), st.integers(2, 60), st.integers(1, 3))
def test_evppi_lies_between_0_and_evpi(seed: int, policies: int, futures: int, replicates: int) -> None:
    rng = np.random.default_rng(seed)
    table = made(rng.normal(size=(policies, futures, replicates)).round(1), rng.random((futures, 2)))
    known = value_of_information(table, question(policies))
    assert known.perfect >= known.unknowns["value"].max()
    assert known.unknowns["value"].min() >= 0.0


def test_a_switch_is_told_both_ways(toy: Toy) -> None:
    """Policy b wins by 2 where rivals respond and loses by 1 where they do not."""
    found = asked(
        toy(
            lambda policy, point, _: 0.0 if policy == "a" else 2.0 if point["rivals_respond"] else -1.0,
            levers={"rivals_respond": [True, False]},
            uncertainties=["theta"],
            n=31,
            design="lhs",
        )
    )
    ways = found.ways.set_index(["value", "policy"])
    assert ways.loc[("true", "b"), "mean"] == pytest.approx(2.0)
    assert ways.loc[("false", "b"), "win_share"] == 0.0
    text = found.summary()
    assert "true (" in text
    assert "b, 2 over a (standard error 0)" in text
    assert "the choice hangs on it" in text
    box = found.boxes.iloc[0]
    assert box["limits"] == f"rivals_respond is {'true' if box['event'] == 'loses' else 'false'}"  # of policy a
    assert (box["policy"], box["coverage"], box["density"]) == ("a", 1.0, 1.0)
    assert "counted among the unknowns, not chosen: rivals_respond" in text
    known = found.information.unknowns.set_index("input")
    assert known.loc["rivals_respond", "value"] == pytest.approx(found.information.perfect)
    assert known.loc["rivals_respond", "kind"] == "lever"


def test_only_futures_that_all_policies_met_count(toy: Toy) -> None:
    def payoff(policy: str, point: object, replicate: int) -> float | None:
        low = float(point["theta"]) < 1.5  # type: ignore[index]
        return None if policy == "b" and low and replicate == 1 else 1.0 + (policy == "a") * (1 + low * 50.0)

    half = asked(toy(payoff, n=50, replicates=2))
    assert len(half.futures.points) == 50  # the other replicate is there
    assert sorted(set(half.futures.replicates.tolist())) == [1, 2]
    whole = asked(toy(payoff, n=50, replicates=2), market="ID")
    assert whole.scores["mean"].tolist() == pytest.approx([one / 2.0 for one in half.scores["mean"]])
    gone = asked(toy(lambda p, point, _: payoff(p, point, 1), n=50))
    assert len(gone.futures.points) == 40
    assert gone.scores["mean"].tolist() == pytest.approx([2.0, 1.0])
    assert "10 futures left out" in gone.summary()


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({"outcome": "bytedance_incom"}, "Did you mean 'bytedance_income'"), ({"market": "IN"}, "Known: ID, total"),
        ({"over": "ende"}, "Did you mean 'end'"), ({"only": ["a", "c"]}, "only: names policies of the sweep"),
        ({"only": ["a"]}, "names two policies or more"), ({"sure": 90}, "is a confidence from 0.5 to below 1"),
        ({"enough": "aa"}, "or the name of a policy"), ({"enough": float("nan")}, "finite number"),
        ({"n": 8}, "Leave these out"), ({"outcome": ["a"]}, "is one that the sweep keeps"),
        ({"market": {"a": 2**20_000}}, "is one of the sweep"), ({"over": [1]}, "is horizon or end"),
    ],
)  # fmt: skip
def test_wrong_words_are_told(toy: Toy, more: dict[str, object], told: str) -> None:
    found = toy(lambda policy, *_: float(policy == "a"), n=4)
    with pytest.raises(sm.InputError, match=told.replace("(", r"\(")):
        robust_choice(found, **{"outcome": OUTCOME, **more})  # type: ignore[arg-type]


def test_all_faults_are_told_at_once(toy: Toy) -> None:
    found = toy(lambda *_: 1.0, n=4)
    with pytest.raises(sm.InputError) as caught:
        robust_choice(found, outcome="x", enough="y", market="z", only=["q"], sure=2.0)
    places = [one.place for one in caught.value.faults]
    assert places == ["outcome", "only", "market", "sure", "enough"]


def test_a_sweep_without_policies_or_futures_is_told(toy: Toy) -> None:
    with pytest.raises(sm.InputError, match="two or more to choose from; got 'only base'"):
        asked(toy(lambda *_: 1.0, policies=("base",), n=4))
    with pytest.raises(sm.InputError, match="futures: are two or more"):
        asked(toy(lambda *_: 1.0, n=1))
    with pytest.raises(sm.InputError, match="two futures or more in which all policies have bytedance_income"):
        asked(toy(lambda policy, *_: 1.0 if policy == "a" else None, n=4))


def test_a_sweep_that_cannot_answer_does_not_run() -> None:
    with pytest.raises(sm.InputError, match="two or more to choose from"):
        robust_choice(BASE, outcome=OUTCOME, uncertainties=["theta"], n=4)
    with pytest.raises(sm.InputError, match="enough: is a number"):
        robust_choice(BASE, outcome=OUTCOME, policies={"a": {}, "b": {}}, uncertainties=["theta"], n=4, enough="c")


def test_satisficing_needs_a_threshold(disagreeing: SweepResult) -> None:
    found = asked(disagreeing)
    assert found.scores["enough_share"].isna().all()
    assert "Most often enough: not asked" in found.summary()
    with pytest.raises(sm.InputError, match="enough: the rule satisficing needs to know which outcome will do"):
        found.best("satisficing")
    with pytest.raises(sm.InputError, match="Did you mean 'maximin'"):
        found.best("maximim")


def test_runs_of_another_model_are_told_and_their_provenance_kept(
    disagreeing: SweepResult, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "Note: the runs are of model" not in asked(disagreeing).summary()
    monkeypatch.setattr("model.experiments.robust.choosing.model_version", lambda: "9.9.9+other")
    found = asked(disagreeing)
    assert "this is 9.9.9+other" in found.summary()
    assert found.provenance["model_version"] == disagreeing.provenance["model_version"]
    assert found.provenance["question"]["outcome"] == OUTCOME


def question(policies: int, **more: object) -> Question:
    from model.experiments.comparing.outcomes import Outcome

    names = tuple(f"p{at}" for at in range(policies))
    return Question(Outcome("", OUTCOME, "bytedance"), names, **more)  # type: ignore[arg-type]


def made(values: np.ndarray, codes: np.ndarray) -> Futures:
    names = tuple(f"p{at}" for at in range(len(values)))
    unknowns = tuple(Unknown(f"u{at}", "uncertainty", "1") for at in range(codes.shape[1]))
    return Futures(names, values, np.arange(values.shape[1]), unknowns, codes, values.shape[1], 0)
