"""Talks inside a run: they begin in time, end, and do to the world what they agreed; nothing else changes it."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from model.foundation.months import parse_month
from model.market.licensing import Licensing, TalkRecord
from model.market.record import MarketMonth
from model.market.start_store import StartStore
from model.market.streaming_market import StreamingMarket
from model.spec.scenario import Scenario

STARTS = StartStore(None)
TALKS = {"platforms": ["resso"], "labels": ["sony"], "users": 800, "months": 6}
SURE = {  # sides that know each other and themselves, so that outcomes follow from the walk-aways
    "parameters.private_value_spread": 0.0,
    "parameters.other_view_spread": 0.01,
    "parameters.bluff": 0.0,
}


def lived(talks: dict[str, object], *, replicate: int = 0, **changes: object) -> StreamingMarket:
    base = {"users": 800, "months": 9, "markets": ["IN", "ID"], "talks": talks}
    plan = Scenario.load("june_2022").replace({**base, **changes})
    run = StreamingMarket(plan, replicate=replicate, starts=STARTS)
    run.run()
    return run


@cache
def usual() -> tuple[StreamingMarket, ...]:
    """Runs in which a user is worth so little that the sides are close to no deal."""
    near = {"parameters.bytedance_user_worth": 0.03}
    return tuple(lived(TALKS, replicate=number, **near) for number in range(6))


def records(run: StreamingMarket) -> tuple[TalkRecord, ...]:
    assert isinstance(run.world.talks, Licensing)
    return run.world.talks.records(run.world)


def plays(run: StreamingMarket, market: str, month: int) -> bool:
    record = next(one for one in run.records if (one.market, one.month) == (market, month))
    return bool(record.available[record.platforms.index("resso"), record.labels.index("sony")])


def paid(record: MarketMonth) -> float:
    assert record.settlement is not None
    cell = record.platforms.index("resso"), record.labels.index("sony")
    return float(record.settlement.royalties_by_service[cell])


def test_a_licence_comes_to_the_table_before_it_ends() -> None:
    for run in usual():
        first = records(run)[0]
        assert first.item.ends == parse_month("2022-08")
        assert first.item.pair.markets == ("IN", "ID")
        assert first.begun == 1  # six months before the end lie before this run


def test_walk_outs_take_the_catalogue_away_after_the_licence_and_deals_bring_it_back() -> None:
    walked = [(run, one) for run in usual() for one in records(run) if one.walked is not None]
    assert walked
    for run, talk in walked:
        assert talk.walked is not None
        assert talk.walked >= 4  # the licence runs to August, the third month
        assert plays(run, "IN", talk.walked - 1)
        last = 10 if talk.ended is None else talk.ended
        for month in range(talk.walked, last):
            assert not plays(run, "IN", month)
            gone = [one for one in run.records if one.month == month]
            assert sum(paid(one) for one in gone) == 0.0
        if talk.ended is not None and talk.outcome.kind == "deal":
            assert plays(run, "IN", talk.ended)


def test_nothing_else_changes_where_the_sides_renew_on_old_terms() -> None:
    run = lived({**TALKS, "labels": ["warner"]})  # its licence with Resso ends in 2024
    silent = StreamingMarket(run.plan.replace({"talks": {}}), starts=STARTS)
    silent.run()
    assert records(run) == ()
    for one, other in zip(run.records, silent.records, strict=True):
        assert np.array_equal(one.activity.hours, other.activity.hours)


def test_forks_of_the_sides_leave_the_run_alone_until_they_agree() -> None:
    with_talks, silent = usual()[0], StreamingMarket(usual()[0].plan.replace({"talks": {}}), starts=STARTS)
    silent.run()
    for one, other in zip(with_talks.records, silent.records, strict=True):
        if one.month <= 3:  # under the licence of before
            assert np.array_equal(one.activity.hours, other.activity.hours)


def test_the_same_replicate_has_the_same_talks() -> None:
    again = lived(TALKS, replicate=2, **{"parameters.bytedance_user_worth": 0.03})
    assert [one.outcome for one in records(again)] == [one.outcome for one in records(usual()[2])]
    assert len({one.outcome for run in usual() for one in records(run)}) > 3


def test_what_was_agreed_is_what_the_new_licence_pays() -> None:
    changes = {**SURE, "parameters.bytedance_user_worth": 1.0, "months": 16, "users": 3000}
    run = lived({**TALKS, "protocol": "nash", "users": 3000, "months": 12}, **changes)
    talk = records(run)[0]
    assert talk.outcome.kind == "deal"
    assert talk.outcome.payment is not None
    assert talk.outcome.least <= talk.outcome.payment <= talk.outcome.most
    first = 4
    year = [one for one in run.records if first <= one.month < first + 12]
    # forks look at the year from the talks on, the licence at a later one, and with other draws
    assert sum(paid(one) for one in year) / 12 == pytest.approx(talk.outcome.payment, rel=0.25)
    assert {deal.signed for deal in talk.licence} == {parse_month("2022-09")}
    assert all(deal.agreed for deal in talk.licence)


def test_without_a_zone_no_protocol_agrees() -> None:
    for protocol in ("nash", "rubinstein", "take_it_or_leave_it", "nash_in_nash", "offers"):
        run = lived({**TALKS, "protocol": protocol}, **SURE, **{"parameters.bytedance_user_worth": 0.0})
        talk = records(run)[0]
        assert talk.outcome.most < talk.outcome.least
        assert talk.outcome.payment is None
        assert not plays(run, "IN", 9)
        assert talk.outcome.cause == "cannibalisation"


def test_failed_talks_return_and_all_are_bounded() -> None:
    changes = {
        **SURE, "parameters.bytedance_user_worth": 0.0, "parameters.talks_longest_months": 3,
        "parameters.talks_return_months": 2, "months": 12,
    }  # fmt: skip
    run = lived(TALKS, **changes)
    held = records(run)
    assert len(held) >= 2
    assert held[0].outcome.kind == "walk-out stays"
    for one in held:
        assert one.outcome.weeks <= 4 * 5
        assert one.ended is None or one.ended - one.begun <= 4
    assert held[1].begun == (held[0].ended or 0) + 3
    assert held[1].outcome.kind in ("no deal", "open", "deal")


def test_a_label_that_decides_by_market_talks_in_each() -> None:
    run = lived({**TALKS, "scope": "market"}, months=2)
    assert [one.item.pair.markets for one in records(run)] == [("ID",), ("IN",)]


def test_a_recorded_walk_out_comes_back_to_the_table_by_itself() -> None:
    base = {"users": 800, "months": 8, "markets": ["ID"], "talks": TALKS}
    run = StreamingMarket(Scenario.load("baseline").replace(base), starts=STARTS)
    run.run()
    talk = records(run)[0]
    assert talk.begun == 6  # August 2022 and six months, from October
    assert not plays(run, "ID", 5)
    if talk.outcome.kind == "deal":
        assert talk.ended is not None
        assert plays(run, "ID", talk.ended)


@cache
def returning() -> tuple[StreamingMarket, ...]:
    """Runs in which sides part and learn fast, so that some come back within the year."""
    quick = {
        "parameters.bytedance_user_worth": 0.06, "parameters.outage_signal_spread": 0.1, "parameters.bluff": 0.5,
        "parameters.other_view_spread": 0.6, "months": 10,
    }  # fmt: skip
    return tuple(lived(TALKS, replicate=number, **quick) for number in range(6))


def test_agreements_after_an_outage_bring_the_music_back_and_pay_again() -> None:
    back = [(run, one) for run in returning() for one in records(run) if one.walked is not None and one.licence]
    assert back
    for run, talk in back:
        assert talk.walked is not None
        assert talk.ended is not None
        assert not plays(run, "IN", talk.ended - 1)
        assert plays(run, "IN", talk.ended)
        paid_then = [paid(one) for one in run.records if one.month == talk.ended]
        assert min(paid_then) > 0.0
        assert talk.outcome.cause in ("disagreement", "cannibalisation")
        balances = run.ledger.balances()
        assert sum(balances.values()) == pytest.approx(0.0, abs=1e-6 * sum(abs(value) for value in balances.values()))


def test_a_label_that_an_event_took_away_returns_with_its_licence() -> None:
    leaves = {"date": "2022-07", "kind": "label_leaves", "platform": "resso", "label": "sony", "markets": ["IN", "ID"]}
    talks = {**TALKS, "protocol": "nash", "labels": ["sony"]}
    rich = {**SURE, "parameters.bytedance_user_worth": 1.0, "parameters.talks_lead_months": 1, "events": [leaves]}
    run = lived(talks, **rich)
    talk = records(run)[0]
    assert talk.begun > 2  # after it had left
    assert talk.licence
    assert not plays(run, "IN", 2)
    assert plays(run, "IN", talk.ended or 0)


def test_clauses_do_not_care_who_signs_first() -> None:
    """Licences of a month are signed together: names, which set the order, change nobody's terms."""
    labels = {**TALKS, "labels": ["universal", "warner"], "protocol": "rubinstein"}
    base = {**SURE, "parameters.bytedance_user_worth": 0.3, "parameters.talks_lead_months": 24, "markets": ["ID"]}
    run = lived(labels, months=3, **base)
    talks = records(run)
    signed = [deal for one in talks for deal in one.licence]
    assert {deal.label for deal in signed} == {"universal", "warner"}
    silent = StreamingMarket(run.plan.replace({"talks": {}}), starts=STARTS)
    silent.world.money.sign(list(reversed(signed)), month=1)
    at = max(deal.signed for deal in signed) - run.start.month + 1
    here, there = (one.world.money.terms(one.countries["ID"], month=at) for one in (run, silent))
    assert np.array_equal(here.rev_share_paid, there.rev_share_paid)
    assert np.array_equal(here.per_stream_minimum_usd, there.per_stream_minimum_usd)


def test_clip_licences_pay_what_was_agreed_also_where_nothing_was_paid_before() -> None:
    clips = {"platforms": ["tiktok"], "kinds": ["clips"], "labels": ["warner"], "users": 800, "months": 6,
             "protocol": "nash"}  # fmt: skip
    free = {"platform": "tiktok", "label": "warner", "kind": "clips", "markets": ["ID"], "end": "2022-08",
            "fee_usd_m": 0.0}  # fmt: skip
    run = lived(clips, markets=["ID"], deals=[free], months=6, **SURE)
    talk = records(run)[0]
    assert talk.outcome.kind == "deal"
    assert talk.outcome.payment is not None
    assert talk.outcome.payment > 0.0
    assert talk.present == 0.0
    last = next(one for one in run.records if one.month == 6)
    assert last.tiktok is not None
    fee = float(last.tiktok.clip_fees[last.labels.index("warner")])
    assert fee == pytest.approx(talk.outcome.payment)


def test_clips_are_talked_about_in_india_only_once_tiktok_is_back() -> None:
    """Until then nothing is paid there; from then on by the world's rate, and by a licence of its own once signed."""
    clips = {"platforms": ["tiktok"], "kinds": ["clips"], "labels": ["t_series"], "users": 800, "months": 6,
             "protocol": "nash", "new": [{"platform": "tiktok", "from": "2022-06"}]}  # fmt: skip
    events = [{"date": "2022-09", "kind": "tiktok_return", "markets": ["IN"]}]
    run = lived(clips, markets=["IN"], events=events, months=8, **SURE)
    found = records(run)
    assert [one.item.pair.markets for one in found] == [("IN",)]
    assert found[0].begun >= 4  # not in June, though it is wanted
    assert found[0].outcome.payment is not None
    assert found[0].present > 0.0  # the rate of the world
    paid = {one.month: one.tiktok for one in run.records if one.month > 0}
    t_series, sony = (run.countries["IN"].labels.index(label) for label in ("t_series", "sony"))
    assert all(not month.clip_fees.any() for number, month in paid.items() if number < 4 and month is not None)
    last = paid[8]
    assert last is not None
    assert last.clip_fees[t_series] == pytest.approx(found[0].outcome.payment)
    assert last.clip_fees[sony] > 0.0


def test_licences_that_close_together_answer_each_other() -> None:
    """Nash-in-Nash is not the payment that each pair would split alone, and neither leaves the zone."""
    labels = {**TALKS, "labels": ["universal", "sony", "warner"]}
    base = {**SURE, "parameters.bytedance_user_worth": 0.5, "parameters.talks_lead_months": 24, "markets": ["ID"],
            "months": 4}  # fmt: skip
    both = {name: records(lived({**labels, "protocol": name}, **base)) for name in ("nash", "nash_in_nash")}
    sony = {name: next(one for one in found if one.item.pair.label == "sony") for name, found in both.items()}
    paid_by = {name: one.outcome.payment for name, one in sony.items()}
    assert None not in paid_by.values()
    assert len({one.item.ends for one in both["nash"]}) > 1  # the others' licences end later: Sony's closes alone
    assert paid_by["nash_in_nash"] == pytest.approx(paid_by["nash"])
