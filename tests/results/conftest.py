"""Runs made by hand: random but consistent people, moves and money of two markets, settled and booked for real."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from model.foundation.months import parse_month
from model.market.agenda import Item
from model.market.assimilation import Settling
from model.market.deciding import Action
from model.market.licensing import TalkRecord
from model.market.record import ChartWeeks, DemandMeasures, MarketMonth
from model.market.valuing import Pair
from model.mechanisms.clips import TikTokMonth
from model.mechanisms.settlement import settle
from model.mechanisms.talks.records import DEAL, OPEN, Outcome
from model.results.run_result import RunResult
from model.results.runs import FinishedRun
from model.spec.parameters import Parameters
from model.spec.scenario import Scenario
from model.spec.settings import Setting
from model.state.activity import MarketActivity
from model.state.ad_markets import CHANNELS, SEGMENTS, AdQuotes
from model.state.deals import Terms
from model.state.finance import MarketFinance, offer_finance
from model.state.ledger import Ledger

START = parse_month("2022-10")
MONTHS = 3
MARKETS = {
    "IN": (
        ("spotify", "resso", "gaana"), ("universal", "sony", "t_series", "long_tail"),
        (("resso", "free_ads"), ("spotify", "bundle"), ("spotify", "free_ads"), ("gaana", "individual"),
         ("resso", "premium"), ("spotify", "family_per_head"), ("spotify", "individual")),
    ),
    "BR": (
        ("spotify", "deezer", "resso"), ("universal", "sony", "long_tail"),
        (("resso", "free_ads"), ("spotify", "free_ads"), ("deezer", "individual"), ("spotify", "individual")),
    ),
}  # fmt: skip
PAID = ("individual", "family_per_head", "premium")


def terms_of(market, platforms, labels):
    shape = (len(platforms), len(labels))
    return Terms(
        market=market, platforms=platforms, labels=labels, rev_share_paid=np.full(shape, 0.5),
        rev_share_free=np.full(shape, 0.55), per_subscriber_minimum_usd=np.full(shape, 0.4),
        per_stream_minimum_usd=np.full(shape, 0.0002), rev_share_rewarded=np.full(shape, 0.55),
        per_stream_minimum_rewarded_usd=np.full(shape, 0.0002), publisher_paid=np.full(shape[0], 0.1),
        publisher_free=np.full(shape[0], 0.12), in_force=np.ones(shape, dtype=bool), deal=np.full(shape, -1),
    )  # fmt: skip


def record_of(market, month, rng, ledger, parameters):
    """Return a month of a market with random use, and book its money."""
    platforms, labels, offers = MARKETS[market]
    n = len(offers) + 1
    tiers = ("", *(tier for _, tier in offers))
    paid = np.array([tier in PAID for tier in tiers])
    main = rng.integers(0, 900, n) * 1000.0
    second = np.where(np.arange(n) > 0, rng.integers(0, 200, n) * 1000.0, 0.0)
    trial = np.where(paid, np.floor(main * 0.1), 0.0)
    hours = (main + second)[:, None] * rng.uniform(1, 10, (n, len(labels)))
    hours[0] = 0.0
    billed = np.where(paid, main + second - trial, 0.0)
    activity = MarketActivity(
        users=np.where(np.arange(n) > 0, main + second, 0.0), main_users=main, billed=billed, in_trial=trial,
        hours=hours, billed_usage=billed[:, None] * np.full((n, len(labels)), 1 / len(labels)),
    )  # fmt: skip
    price = np.where(paid, np.linspace(2.0, 9.0, n), 0.0)
    finance = offer_finance(
        tiers, platform=[-1, *(platforms.index(name) for name, _ in offers)], n_platforms=len(platforms),
        price_usd=price, price_ios_usd=np.full(n, np.nan), app_store_share=np.where(paid, 0.3, 0.0),
        ad_load=np.where(paid, 0.0, 2.5), bundle_reference_usd=np.full(n, 8.0), parameters=parameters,
    )  # fmt: skip
    rates = MarketFinance(market, sales_tax=0.1, app_store_fee=0.15, audio_cpm_usd=2.0, audio_fill=0.5,
                          rewarded_ecpm_usd=3.0, rewarded_fill=0.8)  # fmt: skip
    settlement, counts, expected, demand = None, None, None, None
    if month > 0:
        settlement = settle(activity, offers=finance, finance=rates, terms=terms_of(market, platforms, labels),
                            parameters=parameters, month=START + month - 1, ledger=ledger)  # fmt: skip
        counts = rng.integers(0, 50, (n, n)) * 1000.0
        expected = counts + rng.uniform(0, 100, (n, n)) * (rng.random((n, n)) < 0.8)
    if month % 3 == 0:
        towards = rng.uniform(0.1, 1.0, (len(platforms), len(platforms) + 1))
        towards[np.arange(len(platforms)), np.arange(len(platforms))] = np.nan
        demand = DemandMeasures(elasticity=np.where(price > 0, -2.0, np.nan), diversion=towards, surplus=1.5)
    return MarketMonth(
        market=market, month=month, people=float(main.sum()), platforms=platforms, labels=labels, offers=offers,
        is_open=np.ones(n, dtype=np.bool_), activity=activity, counts=counts, expected=expected,
        payers=billed + trial, people_paying=float((main * paid).sum()), price_local=price * 80, price_usd=price,
        ad_load=np.where(paid, 0.0, 2.5), available=(rng.random((len(platforms), len(labels))) < 0.8) * 1.0,
        settlement=settlement, demand=demand, tiktok=tiktok_of(labels, rng) if month > 0 else None,
        video=rng.uniform(1e3, 2e3, len(labels)) if month > 0 else None,
        charts=charts_of(month, len(labels), rng) if month > 0 else None,
    )  # fmt: skip


def charts_of(month, labels, rng):
    """Return four weekly charts of ten places whose songs were new this month or the last."""
    songs = np.array([rng.permutation(20)[:10] + 10 * month for _ in range(4)])
    return ChartWeeks(songs.astype(np.int32), (songs % labels).astype(np.int8), songs.astype(np.int64), songs % 3 - 1)


def quotes_of(rng):
    """Return prices in money of the first four channels, a price of clicks of the first, and values in their units."""
    cpm, per_click = np.full(len(CHANNELS), np.nan), np.full(len(CHANNELS), np.nan)
    cpm[:4], per_click[0] = rng.uniform(1.0, 9.0, 4), 0.4
    value = np.ones((len(SEGMENTS), 1)) * cpm
    return AdQuotes(cpm, per_click, value, value / 100.0, value / 2.0)


def tiktok_of(labels, rng):
    """Return a month of TikTok with random income, the first label's clips missing half of the time."""
    clips = np.ones(len(labels))
    clips[0] = rng.integers(0, 2)
    return TikTokMonth(
        users=1e5, hours=rng.uniform(1e6, 2e6), infeed=rng.uniform(1e5, 2e5), topview=rng.uniform(1e4, 2e4),
        hour_causes={"integration": 1.0, "clips": 0.99, "creators": 1.01, "load": 1.0},
        shop_income=rng.uniform(1e3, 2e3), games=0.0, creators_paid=5e3, costs=4e4, distribution=10.0, clips=clips,
        uses=clips * 100.0, creators=1e3, creator_income=12.0, activity=1.02,
        channel_price=np.linspace(0.9, 1.1, len(CHANNELS)),
        spending=rng.uniform(1e4, 1e5, (len(SEGMENTS), len(CHANNELS) + 1)),
        quotes=quotes_of(rng), pull=np.where(clips > 0, 1.0, 0.97),
        clip_fees=clips * rng.uniform(1e3, 2e3, len(labels)),
        promotional_credit=clips * 10.0, other_fees={"publishers": 500.0},
    )  # fmt: skip


def talk_of(label="sony", *, kind=DEAL, walked=None, ended=3, payment=2e5, ends=START + 1, **parts):
    """Return the record of a talk of Resso that began in month 1."""
    item = Item(Pair("resso", label, "streaming", ("IN", "BR")), (), ends)
    told = {"pressed": "", "weeks": 9, "weeks_extended": 0, "weeks_out": 0, "cause": "", "least": 1e5, "most": 3e5}
    outcome = Outcome(kind=kind, payment=payment, **{**told, **parts})
    return TalkRecord(item=item, begun=1, ended=ended, walked=walked, outcome=outcome, present=4e5, label_belief=0.02,
                      platform_belief=0.1, licence=())  # fmt: skip


def talks_by_hand():
    """Return a deal in time and a walk-out that goes on."""
    away = {"pressed": "label", "weeks_out": 4, "cause": "disagreement"}
    return (talk_of(), talk_of("universal", kind=OPEN, walked=3, ended=None, payment=None, **away))


def actions_by_hand():
    """Return two actions of one strategy."""
    cut = Setting("price", "IN", "resso", "premium", 79.0, "strategies.cut")
    return (Action(1, "cut", "match_rival", "resso", cut, 99.0),
            Action(2, "cut", "match_rival", "resso", replace(cut, market="BR", value=9.9), 16.9))  # fmt: skip


def run_of(seed, replicate=0, parameters=None):
    """Return a finished run of random months, with a guarantee top-up in the last one."""
    rng, ledger, records = np.random.default_rng(seed), Ledger(), []
    for month in range(MONTHS + 1):
        records.extend(record_of(market, month, rng, ledger, parameters or Parameters()) for market in MARKETS)
        if month == MONTHS:
            ledger.post(["platform:resso:IN", "platform:spotify:BR"], payee=["label:sony", "label:long_tail:BR"],
                        amount=[1234.5, 77.0], kind="minimum guarantee", month=START + month - 1)  # fmt: skip
            ledger.post(["platform:spotify:BR", "platform:tiktok:BR"], payee="label:sony", amount=[55.5, 1.0],
                        kind="promotional credit", month=START + month - 1)  # fmt: skip
        if month > 0:
            ledger.close(START + month - 1)
    settlings = {
        market: Settling(72, 0.01, expected=np.arange(len(offers) + 1.0) * 1.01, target=np.arange(len(offers) + 1.0))
        for market, (_, _, offers) in MARKETS.items()
    }
    notices = ("one notice",)
    return FinishedRun(
        replicate, records, ledger.flows(), settlings=settlings, notices=notices, seconds=1.5, talks=talks_by_hand(),
        actions=actions_by_hand(),
    )  # fmt: skip


def scenario_of(**changes):
    return Scenario.from_mapping(
        {"name": "by hand", "about": "two markets", "start": "2022-10", "months": MONTHS, "users": 1000,
         "markets": ["IN", "BR"], **changes}
    )  # fmt: skip


@pytest.fixture(scope="session")
def make_run():
    return run_of


@pytest.fixture(scope="session")
def make_talk():
    return talk_of


@pytest.fixture(scope="session")
def make_scenario():
    return scenario_of


@pytest.fixture(scope="session")
def result():
    """Return the result of two replicates."""
    return RunResult.from_runs(scenario_of(replicates=2), [run_of(1), run_of(2, replicate=1)])
