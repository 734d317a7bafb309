"""Hold and schedule: nothing, and what is dated."""

import pytest

from model.foundation.errors import InputError
from tests.agents.strategies.conftest import Play, acts, same_runs

PRICE = {"date": "2022-11", "kind": "price_change", "tier": "premium", "price": 45_000}
CLOSE = {"date": "2022-12", "kind": "tier_closes", "tier": "free_ads"}


def test_hold_is_exactly_nothing(play: Play, plain) -> None:
    run = play({"resso": {"rule": "hold"}, "universal": {"rule": "hold_out"}})
    assert acts(run) == []
    assert same_runs(run, plain)


def test_schedule_is_its_actions_as_events(play: Play) -> None:
    run = play({"resso": {"rule": "schedule", "actions": [PRICE, CLOSE]}})
    whose = {"platform": "resso", "markets": ["ID"]}
    assert same_runs(run, play(events=[{**whose, **PRICE}, {**whose, **CLOSE}]))
    assert "price of its tier premium to 45,000 IDR" in " ".join(run.plan.explain().split())


def test_schedule_has_actions_of_its_own_service(play: Play) -> None:
    with pytest.raises(InputError, match="a schedule has dated actions"):
        play({"resso": {"rule": "schedule"}})
    theirs = {"date": "2022-10", "kind": "marketing_change", "platform": "spotify", "marketing": 2.0}
    with pytest.raises(InputError, match="what its own service does"):
        play({"resso": {"rule": "schedule", "actions": [theirs]}})
