"""Partner: others are tied into TikTok for a fee, where they consent, and the own service closes there."""

import pytest

from model.foundation.errors import InputError
from tests.agents.strategies.conftest import Play, acts, lever

ROW = {"rule": "partner", "platform": "resso", "partners": ["spotify"], "fee": 0.05, "integration": 0.5, "users": 200,
       "look_ahead_months": 3}  # fmt: skip


def test_with_consent_given_it_ties_in_once_and_closes_its_own_service(play: Play) -> None:
    run = play({"mine": {**ROW, "consent": "given"}}, months=3)
    found = [(one.month, one.setting.lever, one.setting.service, one.setting.value) for one in run.world.firms.actions]
    assert (1, "integration", "spotify", 0.5) in found
    assert (1, "link_fee", "spotify", 0.05) in found
    assert {month for month, *_ in found} == {1}
    assert lever(run, 1, "open", "resso", "premium") == lever(run, 3, "open", "resso", "free_ads") == 0.0
    settled = run.records[-1].settlement
    accounts = settled.accounts()
    assert accounts["link_fees"][settled.platforms.index("spotify")] != 0.0


def test_own_service_may_stay(play: Play) -> None:
    run = play({"mine": {**ROW, "consent": "given", "own": "stays"}}, months=1)
    assert lever(run, 1, "open", "resso", "premium") == 1.0


def test_consents_where_forks_say_that_it_gains(play: Play) -> None:
    free = {**ROW, "fee": 0.0, "integration": 1.0, "users": 2000, "look_ahead_months": 12}
    run = play({"mine": free}, months=1, markets=["BR"], users=2000)
    assert ("integration", "spotify") in {(one.setting.lever, one.setting.service) for one in run.world.firms.actions}
    assert acts(play({"mine": {**free, "least_gain": 0.5}}, months=1, markets=["BR"], users=2000)) == []


def test_nobody_consents_to_a_fee_that_takes_all(play: Play) -> None:
    assert acts(play({"mine": {**ROW, "fee": 1.0}}, months=2)) == []


def test_played_by_bytedance_alone(play: Play) -> None:
    with pytest.raises(InputError, match="only a service of ByteDance ties others into TikTok"):
        play({"mine": {**ROW, "platform": "joox", "consent": "given"}}, months=1)
