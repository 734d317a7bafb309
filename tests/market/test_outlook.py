"""What an actor sees, and the worlds that it lives on in its mind."""

from __future__ import annotations

import numpy as np
import pytest

from model.market.outlook import MarketOutlook
from model.market.start_store import StartStore
from model.market.streaming_market import StreamingMarket
from model.spec.scenario import Scenario

STARTS = StartStore(None)


def run_with(row: dict[str, object], months: int = 2, **more: object) -> StreamingMarket:
    plan = Scenario.from_mapping(
        {"users": 400, "months": 6, "markets": ["ID", "BR"], "strategies": {"mine": row}, **more}
    )
    run = StreamingMarket(plan, starts=STARTS)
    run.run(months)
    return run


def seen(run: StreamingMarket) -> MarketOutlook:
    world = run.world
    last = {one.market: one for one in world.records[-len(world.countries) :]}
    return MarketOutlook(world, plan=world.firms.played[0][0], last=last, held={})


RESSO = {"rule": "hold", "platform": "resso"}
SONY = {"rule": "promote", "label": "sony"}


def test_offers_are_the_open_ones_as_anybody_sees_them() -> None:
    run = run_with(RESSO)
    outlook, country, record = seen(run), run.countries["ID"], run.records[-2]
    offers = outlook.offers("ID")
    assert {one.tier for one in offers} == {"free_ads", "free_rewarded", "premium"}
    for one in offers:
        j = country.offers.names.index(("resso", one.tier))
        assert (one.price, one.ad_load) == (country.offers.price_local[j], country.offers.ad_load[j])
        assert one.price_usd == pytest.approx(one.price / country.fx)
        assert one.is_paid == (one.tier == "premium")
        assert one.users == record.activity.users[j]
    assert outlook.offers("ID", "apple_music")[0].service == "apple_music"
    assert outlook.offers("ID", "tiktok_music") == ()


def test_rivals_are_of_other_firms_the_largest_first() -> None:
    run = run_with(RESSO)
    outlook, record = seen(run), run.records[-2]
    rivals = outlook.rivals("ID")
    assert "resso" not in rivals
    assert "other" not in rivals
    users = record.activity.users[1:]
    sizes = [sum(own for own, (name, _) in zip(users, record.offers, strict=True) if name == rival) for rival in rivals]
    assert sizes == sorted(sizes, reverse=True)
    assert set(rivals) | {"resso"} == {name for name, _ in record.offers} - {"other"}


def test_accounts_are_last_months() -> None:
    run = run_with(RESSO)
    settled = run.records[-2].settlement
    accounts = settled.accounts()
    for line in ("revenue", "contribution_margin"):
        assert seen(run).account(line, "ID") == accounts[line][settled.platforms.index("resso")]
    assert seen(run_with(RESSO, months=0)).account("revenue", "ID") == 0.0


def test_time_is_the_month_about_to_be_lived() -> None:
    outlook = seen(run_with({**RESSO, "from": "2022-11"}))
    assert (outlook.month, outlook.date, outlook.played, outlook.actor) == (3, "2022-12", 1, "resso")
    assert outlook.markets == ("ID", "BR")


def test_what_is_licensed_bound_and_talked_about() -> None:
    talks = {"platforms": ["spotify"], "labels": ["universal"], "users": 100, "months": 1}
    outlook = seen(run_with({"rule": "hold", "platform": "spotify"}, months=0, talks=talks))
    assert outlook.talks("universal")
    assert not outlook.talks("sony")
    assert outlook.licensed("ID", "universal")
    assert outlook.bound("ID", "universal")
    label = seen(run_with({"rule": "promote", "label": "sony"}, months=0))
    assert not label.plays("ID", "sony", "resso")  # Sony left Resso the month before the run
    assert label.plays("ID", "sony", "spotify")
    assert not label.bound("ID", "resso")


def test_ahead_is_the_same_for_the_same_question_and_leaves_the_world_alone() -> None:
    run = run_with(RESSO)
    outlook, before = seen(run), run.records[-1].activity.users.copy()
    closing = [outlook.set("open", "ID", False, "free_ads")]
    a, b = outlook.ahead(closing, months=2, users=200), outlook.ahead(closing, months=2, users=200)
    assert [a.profit(), a.users(), a.payers()] == [b.profit(), b.users(), b.payers()]
    quiet = outlook.ahead(months=2, users=200)
    assert quiet is outlook.ahead(months=2, users=200)  # lived once a month by whoever asks
    assert quiet.profit() != a.profit()
    assert quiet.profit("BR") == pytest.approx(a.profit("BR"), rel=0.05)
    assert np.array_equal(run.records[-1].activity.users, before)
    assert run.world.month == 2


def test_action_that_sets_what_stands_changes_nothing_ahead() -> None:
    run = run_with(RESSO)
    outlook = seen(run)
    as_it_is = [outlook.set("price", "ID", outlook.lever("price", "ID", "premium"), "premium")]
    one, other = outlook.ahead(as_it_is, months=3, users=200), outlook.ahead(months=3, users=200)
    assert [one.profit(), one.users("spotify"), one.payers()] == [
        other.profit(),
        other.users("spotify"),
        other.payers(),
    ]


def test_ahead_foresees_no_event() -> None:
    leaves = {"kind": "platform_leaves", "date": "2023-01", "platform": "resso", "markets": ["ID", "BR"]}
    with_event, without = seen(run_with(RESSO, events=[leaves])), seen(run_with(RESSO))
    assert with_event.ahead(months=3, users=200).users() == without.ahead(months=3, users=200).users() > 0.0


def test_profit_is_the_firms_over_all_markets_and_bytedances_with_the_worth_of_users() -> None:
    run = run_with(RESSO, **{"parameters.bytedance_user_worth": 0.0})
    more = run_with(RESSO, **{"parameters.bytedance_user_worth": 1.0})
    one, other = seen(run).ahead(months=1, users=200), seen(more).ahead(months=1, users=200)
    assert one.profit() == pytest.approx(one.profit("ID") + one.profit("BR"))
    assert other.profit() - one.profit() == pytest.approx(other.users())


def test_income_of_a_label_adds_up() -> None:
    ahead = seen(run_with(SONY)).ahead(months=2, users=200)
    assert ahead.income() == pytest.approx(ahead.income(market="ID") + ahead.income(market="BR"))
    assert 0.0 < ahead.income("spotify") < ahead.income()
    assert ahead.income("nobody") == 0.0


def test_profit_of_a_world_in_which_the_firm_leaves_has_the_cost_of_leaving() -> None:
    gains = {}
    for months in (0.0, 4.0):
        outlook = seen(run_with(RESSO, **{"parameters.exit_cost_months": months}))
        gone = [outlook.set("open", "ID", 0.0, one.tier) for one in outlook.offers("ID")]
        gains[months] = outlook.ahead(gone, months=3, users=400).profit("ID")
        running = sum(
            outlook.account(line, "ID")
            for line in ("hosting", "other_content", "marketing", "research", "administration")
        )
    assert gains[0.0] - gains[4.0] == pytest.approx(4.0 * running)
    assert running > 0.0
