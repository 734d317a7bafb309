"""The rules that labels play: maximise income, hold out, promote."""

import numpy as np
import pytest

from model.market.outlook import MarketOutlook
from model.market.streaming_market import StreamingMarket
from model.spec.scenario import Scenario
from model.spec.settings import Setting
from tests.agents.strategies.conftest import SMALL, STARTS, Play, Stage, acts, same_runs

TALKS = {"platforms": ["spotify"], "labels": ["universal"], "users": 500, "months": 2, "protocol": "nash"}


class Listening(Stage):
    """A stage where a label's income depends on where it is, as the test writes it."""

    def __init__(self, plan, *, income, on, bound=()):
        super().__init__(plan, offers={"resso": [1], "joox": [1]})
        self.income, self.on, self.held = income, dict(on), set(bound)

    def rivals(self, market):
        return tuple(self.on)

    def plays(self, market, label, service=""):
        return self.on[service]

    def bound(self, market, other):
        return other in self.held

    def talks(self, other):
        return False

    def set(self, name, market, value, item="", *, service=""):
        return Setting(name, market, service, self.actor, float(value))

    def ahead(self, actions=(), *, months, users=2000):
        there = {**self.on, **{one.service: bool(one.value) for one in actions}}
        gain = self.income(there)
        return type("Lived", (), {"income": lambda self, service="", market="": gain})()


def maximising(income, on, *, bound=(), **choices):
    row = {"rule": "maximise_income", "label": "sony", "threshold": 0.0, **choices}
    plan = Scenario.from_mapping({**SMALL, "months": 60, "strategies": {"mine": row}}).strategies[0]
    return plan.kind.maker(plan), Listening(plan, income=income, on=on, bound=bound)


@pytest.mark.parametrize("cannibal", [0.5, 1.5])
def test_leaves_exactly_where_its_forked_income_rises(cannibal: float) -> None:
    """Resso brings 1 and takes `cannibal` elsewhere, Joox brings 1 and takes nothing."""
    rule, stage = maximising(lambda on: 10 + on["resso"] * (1 - cannibal) + on["joox"], {"resso": True, "joox": True})
    moves = [(one.service, one.value) for one in rule.decide(stage)]
    assert moves == ([("resso", 0.0)] if cannibal > 1 else [])


def test_returns_where_it_earns_more() -> None:
    rule, stage = maximising(lambda on: 10 + on["resso"] + on["joox"], {"resso": False, "joox": True})
    assert [(one.service, one.value) for one in rule.decide(stage)] == [("resso", 1.0)]


def test_keeps_a_licence_that_runs_and_moves_for_nothing_small() -> None:
    def gains(on):
        return 10 - on["resso"]

    rule, stage = maximising(gains, {"resso": True, "joox": True}, bound={"resso"})
    assert list(rule.decide(stage)) == []
    rule, stage = maximising(gains, {"resso": True, "joox": True}, threshold=0.2)
    assert list(rule.decide(stage)) == []
    rule, stage = maximising(gains, {"resso": True, "joox": True}, services=["joox"])
    assert list(rule.decide(stage)) == []


def test_in_the_world_it_moves_as_the_forks_say() -> None:
    row = {"rule": "maximise_income", "label": "sony", "services": ["resso"], "look_ahead_months": 3, "users": 800,
           "threshold": 0.0}  # fmt: skip
    plan = Scenario.from_mapping({**SMALL, "users": 800, "strategies": {"mine": row}})
    world = StreamingMarket(plan, starts=STARTS).world
    moves = world.firms.month(world)
    own = world.firms.played[0][0]
    outlook = MarketOutlook(world, plan=own, last={one.market: one for one in world.records}, held={})
    back = outlook.set("catalogue", "ID", 1.0, service="resso")  # Sony is away when the run begins
    gain = outlook.ahead([back], months=3, users=800).income() - outlook.ahead(months=3, users=800).income()
    assert gain != 0.0
    assert [(one.service, one.value) for one in moves] == ([("resso", 1.0)] if gain > 0 else [])


def test_talks_that_walked_out_are_not_undone_by_a_label_that_maximises(play: Play) -> None:
    """Universal walks out in the seventh month; its own rule must not put its music back without a licence."""
    row = {"rule": "maximise_income", "label": "universal", "services": ["spotify"], "look_ahead_months": 2,
           "users": 300, "threshold": 0.0, "review_months": 1}  # fmt: skip
    talks = {**TALKS, "protocol": "offers"}
    run, plain = play({"mine": row}, months=9, users=500, talks=talks), play(months=9, users=500, talks=talks)
    assert acts(run) == []
    assert same_runs(run, plain)
    assert plain.world.talks.records(plain.world)[0].walked is not None


@pytest.mark.parametrize("demand", [1.0, 1.05, 1.5, 10.0])
def test_holding_out_signs_nothing_below_its_demand(play: Play, demand: float) -> None:
    row = {"rule": "hold_out", "label": "universal", "demand": demand}
    run, plain = play({"mine": row}, months=8, talks=TALKS), play(months=8, talks=TALKS)
    (mine,), (usual,) = run.world.talks.records(run.world), plain.world.talks.records(plain.world)
    assert usual.outcome.payment < usual.present == mine.present
    if mine.outcome.kind == "deal":
        assert mine.outcome.payment >= demand * mine.present
    else:
        assert demand > 1.0
        lost = run.records[-1]
        assert lost.available[lost.platforms.index("spotify"), lost.labels.index("universal")] == 0.0
    assert mine.outcome.least == pytest.approx(max(usual.outcome.least, demand * usual.present))


def test_holding_out_elsewhere_changes_no_talk(play: Play) -> None:
    """Of another service, and in another market than the licence's."""
    plain = play(months=7, talks=TALKS)
    other = play({"mine": {"rule": "hold_out", "label": "universal", "services": ["joox"]}}, months=7, talks=TALKS)
    assert plain.world.talks.records(plain.world) == other.world.talks.records(other.world)
    more = {"markets": ["ID", "TR"], "users": 100, "months": 7,
            "talks": {**TALKS, "scope": "market", "platforms": ["spotify"]}}  # fmt: skip
    run = play({"mine": {"rule": "hold_out", "label": "universal", "demand": 10.0, "markets": ["TR"]}}, **more)
    found = {one.item.pair.markets: one.outcome.kind for one in run.world.talks.records(run.world)}
    assert found.get(("ID",)) == "deal"
    assert found.get(("TR",)) != "deal"


def test_without_talks_it_stays_off_and_comes_back(play: Play) -> None:
    row = {"rule": "hold_out", "label": "universal", "services": ["langit_musik"], "months": 2}
    run = play({"mine": row}, months=4)
    there = [one.available[one.platforms.index("langit_musik"), one.labels.index("universal")] for one in run.records]
    assert there == [1.0, 0.0, 0.0, 1.0, 1.0]
    assert acts(run) == [(1, "catalogue", "universal", 0.0), (3, "catalogue", "universal", 1.0)]


def test_without_talks_a_licence_that_runs_binds_until_its_end(play: Play) -> None:
    """Universal's licence for Spotify in Indonesia ends in March 2023, the sixth month."""
    row = {"rule": "hold_out", "label": "universal", "services": ["spotify"], "months": 600}
    run = play({"mine": row}, months=8, users=50)
    assert acts(run) == [(7, "catalogue", "universal", 0.0)]


def test_promoting_keeps_clips_and_takes_less(play: Play) -> None:
    away = {"markets": {"only": ["ID"], "ID": {"clips": {"universal": False}}}}
    run = play({"mine": {"rule": "promote", "label": "universal"}}, **away)
    assert acts(run) == [(1, "clips", "universal", 1.0)]
    assert all(run.world.countries["ID"].clips == 1.0)
    there = play({"mine": {"rule": "promote", "label": "universal"}})
    assert acts(there) == []
    assert same_runs(there, play())


def test_promoting_lowers_what_it_takes_for_streaming(play: Play) -> None:
    row = {"rule": "promote", "label": "universal", "streaming": 0.2}
    run, plain = play({"mine": row}, months=7, talks=TALKS), play(months=7, talks=TALKS)
    (mine,), (usual,) = run.world.talks.records(run.world), plain.world.talks.records(plain.world)
    assert mine.outcome.least == pytest.approx(usual.outcome.least - 0.2 * usual.present)
    assert mine.outcome.payment < usual.outcome.payment


def test_promoting_takes_less_for_clips(play: Play) -> None:
    rule, _ = Stage.of({"rule": "promote", "label": "universal", "concession": 0.3})
    assert rule.reservation(100.0, present=50.0, other="tiktok", kind="clips") == pytest.approx(85.0)
    assert rule.reservation(100.0, present=50.0, other="spotify", kind="streaming") == 100.0
    assert np.isfinite(rule.number("concession"))
