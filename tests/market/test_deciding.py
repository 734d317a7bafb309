"""Firms decide before the month's events, each on last month's world, and what they return is checked."""

from __future__ import annotations

import numpy as np
import pytest

import model as sm
from model.foundation.errors import BrokenRunError, InputError
from model.market.start_store import StartStore
from model.market.streaming_market import StreamingMarket
from model.spec.scenario import Scenario
from model.spec.settings import Setting

STARTS = StartStore(None)


class Tell(sm.Strategy):
    """Does what the test wrote."""

    side = "platform"
    script = staticmethod(lambda outlook: ())

    def decide(self, outlook):
        return type(self).script(outlook)

    def reservation(self, value, *, present, other, kind):
        return type(self).wish(value)


def live(tables: dict[str, object], months: int = 3, **more: object) -> StreamingMarket:
    plan = Scenario.from_mapping({"users": 200, "months": months, "markets": ["ID"], "strategies": tables, **more})
    run = StreamingMarket(plan, starts=STARTS)
    for _ in range(months):
        run.world.step()
    return run


def does(script) -> StreamingMarket:
    Tell.script = staticmethod(script)
    return live({"resso": {"rule": "tell"}})


def price(run: StreamingMarket, month: int, service: str = "resso", tier: str = "premium") -> float:
    record = run.records[month]
    return float(record.price_local[1 + record.offers.index((service, tier))])


def ask(value: float):
    return lambda outlook: [outlook.set("price", "ID", value, "premium")]


def test_acts_in_the_month_it_decides_and_is_recorded_once() -> None:
    run = does(ask(60_000))
    assert [price(run, month) for month in range(4)] == [49_000, 60_000, 60_000, 60_000]
    (action,) = run.world.firms.actions
    assert (action.month, action.key, action.rule, action.actor) == (1, "resso", "tell", "resso")
    assert (action.before, action.setting.value) == (49_000, 60_000)


def test_dated_event_of_the_month_wins() -> None:
    Tell.script = staticmethod(ask(60_000))
    event = {"kind": "price_change", "date": "2022-11", "platform": "resso", "markets": ["ID"], "tier": "premium",
             "price": 45_000}  # fmt: skip
    run = live({"resso": {"rule": "tell"}}, events=[event])
    assert [price(run, month) for month in range(4)] == [49_000, 60_000, 45_000, 60_000]


def test_none_sees_what_another_does_this_month() -> None:
    seen = {}

    def watch(outlook):
        seen[outlook.month] = outlook.lever("price", "ID", "premium", service="resso")
        return ()

    Tell.script = staticmethod(watch)
    run = live({"watching": {"rule": "tell", "platform": "spotify"},
                "resso": {"rule": "penetrate_then_harvest", "low": 0.5}})  # fmt: skip
    assert seen == {1: 49_000, 2: 24_500, 3: 24_500}
    assert price(run, 1) == 24_500


def test_levers_of_month_one_are_seen_and_last_months_users_too() -> None:
    seen = {}

    def watch(outlook):
        offers = {one.tier: one for one in outlook.offers("ID")}
        seen[outlook.month] = (offers["premium"].price, "free_ads" in offers, offers["premium"].users)
        return ()

    Tell.script = staticmethod(watch)
    first = {"platforms.resso.price.ID.premium": 40_000.0, "platforms.resso.open.ID.free_ads": False}
    run = live({"resso": {"rule": "tell"}}, **first)
    users = [float(one.activity.users[1 + one.offers.index(("resso", "premium"))]) for one in run.records]
    assert seen == {month: (40_000.0, False, users[month - 1]) for month in (1, 2, 3)}


def test_played_from_until_only() -> None:
    Tell.script = staticmethod(lambda outlook: ask(60_000 + outlook.played)(outlook))
    run = live({"resso": {"rule": "tell", "from": "2022-11", "until": "2022-11"}})
    assert [price(run, month) for month in range(4)] == [49_000, 49_000, 60_000, 60_000]


def test_two_that_set_one_lever_in_a_month_are_told() -> None:
    Tell.script = staticmethod(ask(60_000))  # it declares no lever, so that the scenario could not know
    with pytest.raises(InputError, match="two strategies set one lever in a month") as caught:
        live({"resso": {"rule": "tell"}, "also": {"rule": "tell", "platform": "resso"}})
    (fault,) = caught.value.faults
    assert "strategies.also (tell, 2022-10)" in fault.place
    assert "strategies.resso" in fault.way_out


def test_after_a_wrong_rule_the_run_is_broken() -> None:
    Tell.script = staticmethod(lambda outlook: None)
    plan = Scenario.from_mapping(
        {"users": 50, "months": 3, "markets": ["ID"], "strategies": {"resso": {"rule": "tell"}}}
    )
    run = StreamingMarket(plan, starts=STARTS)
    with pytest.raises(InputError):
        run.run()
    with pytest.raises(BrokenRunError):
        run.world.step()


JUNK = {
    "None": (lambda outlook: None, "decides on actions"),
    "a number": (lambda outlook: 3, "decides on actions"),
    "texts": (lambda outlook: ["cheaper"], "decides on actions"),
    "a pair": (lambda outlook: [("price", 5)], "decides on actions"),
    "an action elsewhere made by hand": (
        lambda outlook: [Setting("price", "BR", "resso", "premium", 5.0)],
        "sees the markets where it is played",
    ),
    "an action of another made by hand": (
        lambda outlook: [Setting("open", "ID", "joox", "free_ads", 0.0)],
        "does not set open of another service",
    ),
    "twice the same": (lambda o: [*ask(60_000)(o), *ask(61_000)(o)], "a rule sets one lever once in a month"),
    "negative price": (ask(-1.0), r"price lies in \[0, 1e\+08\]"),
    "nan": (ask(float("nan")), "price is a finite number"),
    "infinite": (ask(float("inf")), "price is a finite number"),
    "text for a price": (ask("cheap"), "price is a finite number"),
    "None for a price": (ask(None), "price is a finite number"),
    "price of what is free": (lambda o: [o.set("price", "ID", 5.0, "free_ads")], "costs nothing"),
    "no such tier": (lambda o: [o.set("price", "ID", 5.0, "gold")], "has no such tier"),
    "no tier": (lambda o: [o.set("price", "ID", 5.0)], "has no such tier"),
    "tier where none belongs": (lambda o: [o.set("marketing", "ID", 2.0, "premium")], "not set by tier or label"),
    "no such lever": (lambda o: [o.set("prise", "ID", 5.0, "premium")], "no such lever"),
    "half open": (lambda o: [o.set("open", "ID", 0.5, "premium")], "open is true or false"),
    "lever of labels": (lambda o: [o.set("catalogue", "ID", 0.0, "sony")], "does not set this lever"),
    "lever of a government": (lambda o: [o.set("sales_tax", "ID", 0.0)], "does not set this lever"),
    "lever of an event": (lambda o: [o.set("takeover", "ID", 1.0, "joox")], "only the event merger"),
    "market elsewhere": (lambda o: [o.set("price", "BR", 5.0, "premium")], "sees the markets where it is played"),
    "no such service": (lambda o: o.lever("price", "ID", "premium", service="naspter"), "has no such tier"),
    "no such account": (lambda o: (o.month > 1 and o.account("profits", "ID")) or (), "no such line of accounts"),
    "ahead by half a month": (lambda o: o.ahead(months=0.5), "months are a whole number from 1"),
    "ahead by nothing": (lambda o: o.ahead(months=0), "months are a whole number from 1"),
    "ahead with half a user": (lambda o: o.ahead(months=1, users=0.5), "is a whole number from 1"),
}


@pytest.mark.parametrize("what", list(JUNK))
def test_junk_is_told_in_one_message(what: str) -> None:
    script, rule = JUNK[what]
    with pytest.raises(InputError, match=rule) as caught:
        does(script)
    (fault,) = caught.value.faults
    assert fault.way_out
    assert fault.place


@pytest.mark.parametrize("wish", [None, float("nan"), "much", float("-inf")])
def test_junk_as_a_reservation_is_told(wish: object) -> None:
    Tell.script, Tell.wish = staticmethod(lambda outlook: ()), staticmethod(lambda value: wish)
    talks = {"platforms": ["spotify"], "labels": ["universal"], "users": 100, "months": 1, "protocol": "nash"}
    with pytest.raises(InputError, match="wants a finite number of USD a month in talks"):
        live({"spotify": {"rule": "tell"}}, months=1, talks=talks)


def test_reservation_of_its_side_in_its_markets() -> None:
    Tell.script, Tell.wish = staticmethod(lambda outlook: ()), staticmethod(lambda value: value + 7.0)
    firms = live({"spotify": {"rule": "tell"}}, months=1).world.firms
    now = Scenario.from_mapping({"months": 1}).start_month

    def wanted(actor: str, markets: tuple[str, ...], month: int = now) -> float:
        return firms.reservation(
            actor, value=1.0, present=0.0, other="sony", kind="streaming", markets=markets, now=month
        )

    assert wanted("spotify", ("BR", "ID")) == 8.0
    assert [wanted("resso", ("ID",)), wanted("spotify", ("BR",)), wanted("spotify", ("ID",), now + 1)] == [1.0] * 3


@pytest.mark.parametrize("rule", ["premium_only", "hold"])
def test_fork_of_a_run_whose_firms_are_done_is_the_run_itself(rule: str) -> None:
    """Nobody decides in a fork; where nobody would, it is the run to the bit."""
    run = live({"resso": {"rule": rule}}, months=3)
    again = StreamingMarket(run.plan, starts=STARTS)
    again.world.step()
    ahead = again.fork().run(2)
    assert all(np.array_equal(a.activity.users, b.activity.users) for a, b in zip(ahead, run.records[2:], strict=True))


def test_fork_stands_still_where_the_run_would_act() -> None:
    Tell.script = staticmethod(lambda outlook: ask(49_000.0 + 1000 * outlook.month)(outlook))
    run = live({"resso": {"rule": "tell"}}, months=1)
    one, other = run.fork().run(3), run.fork().run(3)
    places = [1 + one[0].offers.index(("resso", "premium"))]
    assert [float(record.price_local[places[0]]) for record in one] == [50_000.0] * 3
    assert all(np.array_equal(a.activity.users, b.activity.users) for a, b in zip(one, other, strict=True))
    assert len(run.world.firms.actions) == 1
