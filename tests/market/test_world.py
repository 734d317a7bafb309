"""Forks: the same world where nothing is changed, another one where something is, at once and from any month."""

from __future__ import annotations

import numpy as np
import pytest

from model.foundation.errors import BrokenRunError, InputError
from model.market.record import MarketMonth
from model.market.start_store import StartStore
from model.market.streaming_market import StreamingMarket
from model.spec.scenario import Scenario
from model.spec.settings import Setting

STARTS = StartStore(None)


def market(months: int, **changes: object) -> StreamingMarket:
    plan = Scenario.load("sony_leaves").replace({"users": 800, "months": 8, "markets": ["IN", "ID"], **changes})
    run = StreamingMarket(plan, starts=STARTS)
    run.run(months)
    return run


def same(one: MarketMonth, other: MarketMonth) -> bool:
    assert one.settlement is not None
    assert other.settlement is not None
    pairs = [
        (one.activity.users, other.activity.users),
        (one.activity.hours, other.activity.hours),
        (one.expected, other.expected),
        (one.settlement.royalties, other.settlement.royalties),
    ]
    return (one.market, one.month) == (other.market, other.month) and all(np.array_equal(a, b) for a, b in pairs)


@pytest.mark.parametrize("month", [0, 2, 5])
def test_fork_without_a_change_is_the_run_itself(month: int) -> None:
    run = market(month)
    fork = run.fork()
    ahead = fork.run(8 - month)
    run.run()
    assert all(same(a, b) for a, b in zip(ahead, run.records[-len(ahead) :], strict=True))
    assert fork.ledger.balances() == run.ledger.balances()


def test_fork_leaves_the_run_alone() -> None:
    run, untouched = market(3), market(3)
    run.fork(overrides={"platforms.spotify.price.IN.individual": 400.0}).run(5)
    run.run()
    untouched.run()
    assert all(same(a, b) for a, b in zip(run.records[2:], untouched.records[2:], strict=True) if a.month)


def test_lever_acts_from_the_next_month_in_its_market_only() -> None:
    run = market(3)
    plain, changed = run.fork(), run.fork(overrides={"platforms.resso.integration.ID": 1.0})
    before, after = plain.run(3), changed.run(3)
    for a, b in zip(before, after, strict=True):
        assert same(a, b) == (a.market != "ID")


def test_null_override_is_exactly_zero() -> None:
    run = market(2)
    overrides = {"platforms.spotify.price.IN.individual": 119.0, "parameters.theta": 2.0}
    assert all(same(a, b) for a, b in zip(run.fork().run(3), run.fork(overrides=overrides).run(3), strict=True))


def test_parameter_acts_at_once() -> None:
    run = market(2)
    careless = run.fork(overrides={"parameters.rho_free": 0.0, "parameters.rho_paid": 0.0})
    record = careless.step()[1]
    plain = run.fork().step()[1]
    assert record.counts is not None
    assert plain.counts is not None
    assert record.counts.sum() < 0.2 * plain.counts.sum()


def test_decision_forks_share_other_draws() -> None:
    run = market(2)
    mine, also_mine, real = run.fork(draws="decision"), run.fork(draws="decision"), run.fork()
    a, b, c = mine.run(3), also_mine.run(3), real.run(3)
    assert all(same(x, y) for x, y in zip(a, b, strict=True))
    assert not any(same(x, y) for x, y in zip(a, c, strict=True))


def test_a_future_is_other_luck_with_the_same_events() -> None:
    run = market(2)
    one, again, other, own = (run.fork(future=number).run(4) for number in (1, 1, 2, 0))
    assert all(same(x, y) for x, y in zip(one, again, strict=True))
    assert not any(same(x, y) for x, y in zip(one, other, strict=True))
    assert all(same(x, y) for x, y in zip(own, run.fork().run(4), strict=True))
    sony = one[-2].labels.index("sony")
    assert [ahead[-2].available[ahead[-2].platforms.index("resso"), sony] for ahead in (one, other)] == [0.0, 0.0]
    changed = run.fork(future=1, overrides={"platforms.resso.integration.ID": 1.0}).run(1)
    assert [same(x, y) for x, y in zip(one, changed, strict=False)] == [x.market != "ID" for x in one[:2]]


TALKING: dict[str, object] = {"extends": "sony_at_the_table", "months": 18, "markets": ["IN", "ID", "BR"]}
PLAYED: dict[str, object] = {
    "months": 18, "markets": ["IN", "ID"], "strategies": {"spotify": {"rule": "profit_target"}},
}  # fmt: skip


@pytest.mark.parametrize("tables", [TALKING, PLAYED])
def test_a_fork_with_its_actors_is_the_run_itself(tables: dict[str, object]) -> None:
    plan = Scenario.from_mapping({**tables, "users": 400})
    run = StreamingMarket(plan, starts=STARTS)
    run.run(3)
    fork, alone = run.fork(actors=True), run.fork()
    ahead, still = fork.run(9)[len(plan.markets) :], alone.run(9)
    run.run(9)
    lived = run.records[-len(ahead) :]
    assert all(same(a, b) for a, b in zip(ahead, lived, strict=True))
    assert fork.ledger.balances() == run.ledger.balances()
    assert not all(same(a, b) for a, b in zip(still, lived, strict=True)), "nobody acts: the test sees nothing"


def test_decision_forks_do_not_foresee_the_scenarios_events() -> None:
    run = market(2)
    ahead = run.fork(draws="decision").run(4)[-2]
    sony = ahead.labels.index("sony")
    assert ahead.market == "IN"
    assert ahead.available[ahead.platforms.index("resso"), sony] == 1.0
    seen = run.fork().run(4)[-2]
    assert seen.available[seen.platforms.index("resso"), sony] == 0.0


def test_subsample_is_fixed_and_stands_for_everybody() -> None:
    run = market(2, users=4000)
    small, again = run.fork(users=1500), run.fork(users=1500)
    whole = run.fork()
    for code, country in small.countries.items():
        assert country.active == 1500
        assert country.people == pytest.approx(whole.countries[code].people)
        assert np.array_equal(country.users.uid, again.countries[code].users.uid)
    a, b = small.run(2)[-1], whole.run(2)[-1]
    shares = a.activity.main_users / a.people, b.activity.main_users / b.people
    assert np.abs(shares[0] - shares[1]).max() < 4.5 * np.sqrt(0.25 / 1500)


@pytest.mark.parametrize("month", [0, 2])
def test_settings_are_overrides_in_another_form(month: int) -> None:
    run = market(month)
    made = Setting("catalogue", "ID", "resso", "universal", 0.0)
    by_setting = run.fork(settings=(made,)).run(2)
    by_override = run.fork(overrides={"platforms.resso.catalogue.ID.universal": False}).run(2)
    for one, other in zip(by_setting, by_override, strict=True):
        assert np.array_equal(one.activity.hours, other.activity.hours)
    lost = [one.available[one.platforms.index("resso"), one.labels.index("universal")] for one in by_setting
            if one.market == "ID"]  # fmt: skip
    assert lost == [0.0, 0.0]


def test_fork_of_some_markets_lives_them_as_the_whole_does() -> None:
    run = market(1)
    whole = {one.market: one for one in run.fork().run(2) if one.month == 3}
    alone = run.fork(markets=("ID",)).run(2)
    assert {one.market for one in alone} == {"ID"}
    assert np.array_equal(alone[-1].activity.hours, whole["ID"].activity.hours)
    assert alone[-1].settlement is not None
    assert whole["ID"].settlement is not None
    assert np.array_equal(alone[-1].settlement.royalties, whole["ID"].settlement.royalties)


def test_months_are_lived_at_once() -> None:
    run = market(1)
    at_once, later = run.fork(months=2), run.fork()
    later.run(2)
    assert at_once.month == later.month == 3
    assert all(same(one, other) for one, other in zip(at_once.records, later.records, strict=True))


def test_fork_lives_beyond_the_horizon() -> None:
    run = market(8)
    ahead = run.fork().run(30)
    assert ahead[-1].month == 38
    assert ahead[-2].market == ahead[0].market
    assert ahead[-2].people == pytest.approx(ahead[0].people)


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"overrides": {"users": 5}}, "keeps start, markets, users and seed"),
        ({"overrides": {"seed": 5}}, "keeps start, markets, users and seed"),
        ({"overrides": {"platforms.spotfy.price.IN.individual": 1.0}}, "spotify"),
        ({"users": 0}, "whole number from 1"),
        ({"users": True}, "whole number from 1"),
        ({"markets": ("ID", "XX")}, "lives in the world"),
        ({"future": -1}, "whole number, 0 for the draws"),
        ({"actors": True, "markets": ("ID",)}, "live on in all markets"),
    ],
)
def test_bad_fork_is_one_clear_error(change: dict[str, object], word: str) -> None:
    with pytest.raises(InputError, match=word):
        market(1).fork(**change)  # type: ignore[arg-type]


def test_price_of_a_fork_is_not_judged_by_the_start() -> None:
    run = market(2)
    key = "platforms.spotify.price.ID.individual"
    dear = run.fork(overrides={key: 3.0 * 54_990})
    dear.run(2)
    dearer = dear.fork(overrides={key: 9.0 * 54_990})
    dearer.run(1)
    j = dearer.countries["ID"].offers.position("spotify", "individual")
    assert dearer.countries["ID"].offers.price_local[j] == 9.0 * 54_990


def test_share_of_guarantees_acts_in_a_fork() -> None:
    run = market(1)
    whole = run.world.money.guarantees.per_year_usd.sum()
    assert run.fork(overrides={"parameters.guarantee_share": 0.0}).money.guarantees.per_year_usd.sum() == 0.0
    half = run.plan.parameters.guarantee_share / 2
    fork = run.fork(overrides={"parameters.guarantee_share": half})
    assert fork.money.guarantees.per_year_usd.sum() == pytest.approx(whole / 2)
    assert run.world.money.guarantees.per_year_usd.sum() == whole


def test_a_run_stopped_within_a_month_does_not_go_on_silently(monkeypatch: pytest.MonkeyPatch) -> None:
    run = market(1)

    def stop(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("model.market.money.Money.settle", stop)
        with pytest.raises(KeyboardInterrupt):
            run.run(1)
    with pytest.raises(BrokenRunError, match="stopped half way"):
        run.run()
    with pytest.raises(BrokenRunError, match="stopped half way"):
        run.world.step()
