"""Money of a run: advertising at the reconciled level, marketing budgets, guarantees of labels that leave."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from model.facts.records import ROLLING, DealStart
from model.facts.start import load_start
from model.market.start_store import StartStore
from model.market.streaming_market import StreamingMarket
from model.market.world import heard_by
from model.spec.scenario import Scenario
from model.spec.settings import Setting

STARTS = StartStore(None)
EVERYWHERE = {"start": "2022-10", "markets": ["IN", "ID"], "users": 1500}


def market(*, months: int = 12, events: tuple[dict[str, object], ...] = (), **changes: object) -> StreamingMarket:
    plan = {**EVERYWHERE, "months": months, "events": list(events), **changes}
    return StreamingMarket(Scenario.load("baseline").replace(plan), starts=STARTS)


@pytest.mark.parametrize("start", ["2022-10", "2019-12"])
def test_advertising_of_the_opening_month_is_the_reconciled_income_per_free_listener(start: str) -> None:
    run = market(start=start, markets=["IN", "BR"])
    facts = load_start(start).markets
    for record in run.records:
        country = run.countries[record.market]
        settled = run.world.money.settle(country, record.activity, month=0, book=False)
        assert not settled.income.ads.any()  # the opening record has no hours
        heard = run.world.money.settle(country, heard_by(country, run.plan.parameters), month=0, book=False)
        free = float(record.activity.main_users[1:].sum()) - record.people_paying
        wanted = facts[record.market].ads.ad_revenue_per_free_listener_usd_year * free / 12.0
        assert heard.income.ads.sum() == pytest.approx(wanted)
    assert all(0.2 < found < 8.0 for found in run.world.money.ad_yield.values())


def test_later_advertising_follows_hours_and_ad_load() -> None:
    run = market()
    doubled = {f"platforms.spotify.ad_load.{m}.free_ads": 5.0 for m in EVERYWHERE["markets"]}  # type: ignore[attr-defined]
    fork = run.fork(overrides=doubled)
    assert fork.money.ad_yield == run.world.money.ad_yield
    (record,) = [one for one in fork.run(1) if one.market == "IN"]
    settled = record.settlement
    assert settled is not None
    option = 1 + record.offers.index(("spotify", "free_ads"))
    facts = load_start("2022-10").markets["IN"].ads
    hours = record.activity.hours[option].sum()
    rate = facts.audio_cpm_usd.value * facts.audio_fill * run.world.money.ad_yield["IN"] * 2.0 / 1000.0
    price = fork.money.ad_prices["IN"][0]
    assert settled.income.ads[option] == pytest.approx(hours * 5.0 * rate * price)
    plain = run.fork()
    plain.run(1)
    assert price < plain.money.ad_prices["IN"][0]  # twice the supply sells for less


def entrant(marketing: float) -> dict[str, object]:
    return {"date": "2022-12", "kind": "platform_enters", "platform": "entrant", "markets": ["ID"],
            "tiers": {"free_ads": 0.0, "individual": 50000.0}, "marketing": marketing}  # fmt: skip


def spent(run: StreamingMarket, service: str, place: str) -> list[float]:
    found = []
    for record in run.records:
        if record.market == place and record.settlement is not None:
            marketing = record.settlement.accounts()["marketing"]
            found.append(float(marketing[record.platforms.index(service)]))
    return found


def test_an_entrant_pays_for_its_marketing_from_the_month_it_enters() -> None:
    run = market(months=4, events=(entrant(50.0),))
    run.run()
    costs = spent(run, "entrant", "ID")
    people = [record.people for record in run.records if record.market == "ID" and record.month]
    assert costs[:2] == [0.0, 0.0]
    assert costs[2:] == pytest.approx([0.002 * 50.0 * head for head in people[2:]])
    booked = run.ledger.flows()
    paid = (booked["kind"] == "marketing") & (booked["payer"] == "platform:entrant:ID")
    assert booked["amount_usd"][paid].sum() == pytest.approx(sum(costs))


def test_marketing_of_the_start_does_not_fall_with_income() -> None:
    run = market(months=3)
    plain, dear = run.fork(), run.fork(overrides={"platforms.resso.catalogue.IN.sony": False,
                                                  "platforms.resso.catalogue.IN.universal": False})  # fmt: skip
    plain.run(3)
    dear.run(3)

    def of(world: object) -> tuple[float, float]:
        record = [one for one in world.records if one.market == "IN"][-1]  # type: ignore[attr-defined]
        accounts, p = record.settlement.accounts(), record.platforms.index("resso")
        return float(accounts["marketing"][p]), float(accounts["revenue"][p])

    (usual, earned), (same, less) = of(plain), of(dear)
    assert less < earned
    assert same == usual > 0.0


def test_a_label_off_a_service_collects_no_guarantee_for_those_months() -> None:
    gone = {"date": "2022-11", "kind": "label_leaves", "platform": "resso", "label": "universal",
            "markets": ["IN", "ID"]}  # fmt: skip
    run, stays = market(months=24, events=(gone,)), market(months=24)

    def topped_up(lived: StreamingMarket) -> float:
        lived.run()
        return float(sum(
            tops.amount[[place for place, pair in enumerate(zip(tops.platform, tops.label, strict=True))
                         if pair == ("resso", "universal")]].sum()
            for tops in lived.world.money.top_ups.values()
        ))  # fmt: skip

    deal = next(
        place for place, found in enumerate(run.world.money.deals.deals)
        if (found.platform, found.label, found.kind) == ("resso", "universal", "streaming")
    )  # fmt: skip
    per_year = float(run.world.money.guarantees.per_year_usd[deal])
    assert per_year > 0.0
    assert topped_up(run) <= per_year / 12.0  # October alone, less what it earned
    assert np.isfinite(topped_up(stays))


def renewal(run: StreamingMarket, label: str = "sony", *, months: int = 24, **changes: object) -> DealStart:
    book = run.world.money.deals
    old = book.standing(market="ID", platform="spotify", label=label, month=run.start.month).deal
    base = replace(old, markets=("ID",), signed=run.start.month, expires=run.start.month + months - 1)
    return replace(base, **changes)  # type: ignore[arg-type]


def share(run: object, label: str, *, month: int) -> float:
    money = run.money  # type: ignore[attr-defined]
    return float(money.deals.standing(market="ID", platform="spotify", label=label, month=month).deal.rev_share_paid)


def test_a_deal_is_signed_from_a_run_month_on_and_favours_others() -> None:
    run = market(months=6)
    run.run(2)
    fork = run.fork()
    now = run.start.month + 2
    changed = fork.money.sign([renewal(run, rev_share_paid=0.6)], month=3)
    assert [deal.label for deal in changed] == ["sony", "universal", "warner"]
    assert (changed[0].signed, changed[0].agreed) == (now, True)
    assert [share(fork, label, month=now) for label in ("sony", "warner")] == [0.6, 0.6]
    assert share(fork, "sony", month=now - 1) == share(run.world, "sony", month=now) < 0.6
    plain = run.fork()
    plain.run(1)
    fork.run(1)

    def royalties(world: object, label: str) -> float:
        record = [one for one in world.records if one.market == "ID"][-1]  # type: ignore[attr-defined]
        return float(record.settlement.royalties_by_service[
            record.platforms.index("spotify"), record.labels.index(label)
        ])  # fmt: skip

    assert royalties(fork, "sony") > royalties(plain, "sony")
    assert royalties(fork, "merlin_indies") == royalties(plain, "merlin_indies")
    later = fork.money.sign([renewal(run, "warner", signed=now + 2)], month=4)
    assert later[0].signed == now + 2


def test_a_fork_s_agreements_leave_the_run_as_it_was() -> None:
    run, twin = market(months=4), market(months=4)
    run.run(1)
    fork = run.fork()
    fork.money.sign([renewal(run, rev_share_paid=0.7, minimum_guarantee_usd_m=500.0, promotional_credit_usd_m=6.0)],
                    month=2)  # fmt: skip
    fork.run(3)
    run.run()
    twin.run()
    for name, column in run.ledger.flows().items():
        np.testing.assert_array_equal(column, twin.ledger.flows()[name])


def test_an_agreed_guarantee_and_credit_are_paid_as_they_stand_and_the_books_balance() -> None:
    run = market(months=14)
    run.world.money.sign([renewal(run, minimum_guarantee_usd_m=500.0, promotional_credit_usd_m=6.0)], month=1)
    run.run()
    booked = run.ledger.flows()
    to_sony = (booked["payer"] == "platform:spotify:ID") & (booked["payee"] == "label:sony")

    def paid(kind: str) -> dict[int, float]:
        rows = to_sony & (booked["kind"] == kind)
        months, amounts = booked["month"][rows] - run.start.month + 1, booked["amount_usd"][rows]
        return {int(month): float(amounts[months == month].sum()) for month in np.unique(months)}

    assert paid("promotional credit") == {month: pytest.approx(0.5e6) for month in range(1, 15)}
    earned = sum(paid("royalty")[month] for month in range(1, 13))
    assert paid("minimum guarantee")[12] == pytest.approx(500e6 - earned)
    assert sum(run.ledger.balances().values()) == pytest.approx(0.0, abs=1e-6 * booked["amount_usd"].sum())


def test_tiktok_s_month_is_booked_beside_the_services_and_clip_fees_follow_new_licences() -> None:
    run = market(months=2)
    before = run.ledger.balances()
    fork = run.fork()
    money = fork.money
    clip = next(deal for deal in money.deals.clips if deal.label == "sony")
    signed = money.sign([replace(clip, signed=run.start.month + 1, expires=run.start.month + 20,
                                 minimum_guarantee_usd_m=2.0 * clip.minimum_guarantee_usd_m)], month=2)  # fmt: skip
    assert len(signed) == 1
    first, second = (next(record for record in fork.step() if record.market == "ID") for _ in range(2))
    assert first.tiktok is not None
    assert second.tiktok is not None
    sony = first.labels.index("sony")
    assert second.tiktok.clip_fees[sony] == pytest.approx(2.0 * first.tiktok.clip_fees[sony])
    booked = fork.ledger.flows()
    there = booked["payer"] == "platform:tiktok:ID"
    for kind, amount in (("creators", first.tiktok.creators_paid), ("tiktok cost of sales", first.tiktok.costs)):
        rows = there & (booked["kind"] == kind) & (booked["month"] == run.start.month)
        assert booked["amount_usd"][rows].sum() == pytest.approx(amount)
    change = fork.ledger.balances()["platform:tiktok:ID"] - before.get("platform:tiktok:ID", 0.0)
    assert change == pytest.approx(first.tiktok.profit + second.tiktok.profit)
    assert money.clip_fees(fork.countries["ID"], month=1).total == pytest.approx(
        first.tiktok.clip_fees.sum() + sum(first.tiktok.other_fees.values())
    )


def test_a_service_that_closed_its_tiers_owes_its_guarantees_until_its_licences_end() -> None:
    leaves = {"date": "2022-11", "kind": "platform_leaves", "platform": "resso", "markets": ["ID"]}
    run = market(months=24, markets=["ID"], events=(leaves,))
    run.run()
    deals, guarantees = run.world.money.deals, run.world.money.guarantees
    universal = deals.standing(market="ID", platform="resso", label="universal", month=run.start.month)
    booked = run.ledger.flows()
    rows = (booked["payer"] == "platform:resso:ID") & (booked["payee"] == "label:universal")
    paid = {kind: float(booked["amount_usd"][rows & (booked["kind"] == kind)].sum())
            for kind in ("royalty", "minimum guarantee")}  # fmt: skip
    per_year = float(guarantees.per_year_usd[universal.position])
    last = run.start.month + 23
    closed = 24 - (last - universal.deal.signed + 1) % 12  # months of contract years that have ended
    bound = min(closed, universal.deal.expires - run.start.month + 1)
    assert per_year > 0.0
    assert sum(paid.values()) == pytest.approx(per_year * bound / 12.0, rel=1e-6)


def account(run: StreamingMarket, line: str, service: str, place: str) -> list[float]:
    """A line of a service's accounts by flow month."""
    return [
        float(record.settlement.accounts()[line][record.platforms.index(service)])
        for record in run.records
        if record.market == place and record.settlement is not None
    ]


def test_leaving_a_market_costs_some_months_of_running_costs_once_and_they_are_booked() -> None:
    leaves = {"date": "2023-01", "kind": "platform_leaves", "platform": "resso", "markets": ["ID"]}
    run = market(months=6, events=(leaves,), **{"parameters.exit_cost_months": 2.5})
    run.run()
    running = [
        sum(account(run, line, "resso", "ID")[2]
            for line in ("hosting", "other_content", "marketing", "research", "administration"))
    ]  # fmt: skip
    assert account(run, "exit_costs", "resso", "ID") == pytest.approx([0.0, 0.0, 0.0, 2.5 * running[0], 0.0, 0.0])
    assert account(run, "operating_income", "resso", "ID")[3] == pytest.approx(
        account(run, "contribution_margin", "resso", "ID")[3] - 2.5 * running[0]
    )
    assert sum(account(run, "exit_costs", "spotify", "ID")) == 0.0
    flows = run.ledger.flows()
    booked = flows["amount_usd"][(flows["kind"] == "exit") & (flows["payer"] == "platform:resso:ID")]
    assert booked.sum() == pytest.approx(2.5 * running[0])
    fork = market(months=6, **{"parameters.exit_cost_months": 2.5})
    fork.run(3)
    gone = [Setting("open", "ID", "resso", tier, 0.0) for tier in ("free_ads", "free_rewarded", "premium")]
    left = fork.fork(settings=gone, months=1)
    there = next(record for record in left.records if record.market == "ID")
    assert there.settlement is not None
    assert there.settlement.accounts()["exit_costs"].sum() == pytest.approx(2.5 * running[0])


def test_a_link_fee_goes_from_the_service_to_tiktok() -> None:
    run, base = market(months=2, **{"platforms.spotify.link_fee.ID": 0.1}), market(months=2)
    run.run()
    base.run()
    paid, net = account(run, "link_fees", "spotify", "ID"), account(run, "net_revenue", "spotify", "ID")
    assert paid == pytest.approx([0.1 * one for one in net])
    lost = np.subtract(account(base, "contribution_margin", "spotify", "ID"),
                       account(run, "contribution_margin", "spotify", "ID"))  # fmt: skip
    assert lost == pytest.approx(paid)
    gained = [mine.tiktok.profit - theirs.tiktok.profit
              for mine, theirs in zip(run.records, base.records, strict=True)
              if mine.market == "ID" and mine.tiktok is not None and theirs.tiktok is not None]  # fmt: skip
    assert gained == pytest.approx(paid)
    flows = run.ledger.flows()
    booked = (flows["kind"] == "link fee") & (flows["payee"] == "platform:tiktok:ID")
    assert flows["amount_usd"][booked].sum() == pytest.approx(sum(paid))


def test_a_service_that_left_owes_no_guarantee_beyond_the_written_end_of_a_licence() -> None:
    leaves = {"date": "2022-11", "kind": "platform_leaves", "platform": "resso", "markets": ["ID"]}
    run = market(months=60, markets=["ID"], users=300, events=(leaves,))
    run.run()
    flows = run.ledger.flows()
    paid = (flows["payer"] == "platform:resso:ID") & (flows["kind"] == "minimum guarantee")
    assert paid.any()
    ends = [deal.expires for deal in run.world.money.deals.deals
            if deal.platform == "resso" and "ID" in deal.markets and deal.expires < ROLLING]  # fmt: skip
    assert flows["month"][paid].max() <= max(ends) + 11  # the contract year in which the last one ends
