import pytest

from tests.agents.strategies.conftest import Play, Stage, acts, lever, offer

ROW = {"rule": "penetrate_then_harvest", "low": 0.5, "marketing": 3.0, "months": 2, "high": 1.2, "steps": 2}


def test_low_first_then_up_in_steps_a_quarter_apart(play: Play) -> None:
    run = play({"resso": ROW}, months=8, users=50)
    found = [lever(run, month, "price", "resso", "premium") / 49_000 for month in range(1, 9)]
    assert found == pytest.approx([0.5, 0.5, 0.85, 0.85, 0.85, 1.2, 1.2, 1.2])
    assert [one for one in acts(run) if one[1] == "marketing"] == [(1, "marketing", "", 3.0), (3, "marketing", "", 1.0)]


def test_goes_by_the_prices_that_the_scenario_sets_from_month_one(play: Play) -> None:
    first = {"platforms.resso.price.ID.premium": 30_000.0, "platforms.resso.marketing.ID": 2.0}
    run = play({"resso": ROW}, months=3, users=50, **first)
    assert [lever(run, month, "price", "resso", "premium") for month in (1, 2, 3)] == pytest.approx(
        [15_000.0, 15_000.0, 25_500.0]
    )
    assert acts(run)[1] == (1, "marketing", "", 6.0)


def test_begins_with_the_strategy_not_with_the_run(play: Play) -> None:
    run = play({"resso": {**ROW, "from": "2022-12", "until": "2023-01"}}, months=6, users=50)
    found = [lever(run, month, "price", "resso", "premium") / 49_000 for month in range(1, 7)]
    assert found == pytest.approx([1.0, 1.0, 0.5, 0.5, 0.5, 0.5])  # what it set stays when it ends


def test_nothing_without_a_paid_tier() -> None:
    rule, stage = Stage.of({**ROW, "platform": "resso"}, offers={"resso": [offer("free_ads", 0.0, paid=False)]})
    assert stage.live(rule, 4) == []
