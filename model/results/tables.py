"""Tidy tables of finished runs: one row per thing and month, joined from arrays, never row by row."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from model.market.record import MarketMonth
from model.results.action_table import actions_table
from model.results.ad_tables import advertisers_table, advertising_table
from model.results.chart_table import charts_table, songs_table
from model.results.columns import Gathered, dates, frame_of
from model.results.layout import Layout, layout_of
from model.results.money_columns import offer_money, service_money, top_up_matrix, top_ups_of
from model.results.ratios import ratio
from model.results.runs import Basis, FinishedRun
from model.results.talk_table import talks_table
from model.results.tiktok_tables import bytedance_table, clips_table, tiktok_table
from model.theory.concentration import hhi

Floats = NDArray[np.float64]


def offers_table(runs: Sequence[FinishedRun], basis: Basis) -> pd.DataFrame:
    """Return month x market x platform x tier."""
    made = Gathered("offers")
    for run in runs:
        for record in run.records:
            layout = layout_of(record.platforms, record.offers)
            n = layout.tier.size
            columns = {
                "platform": layout.platform, "tier": layout.tier, "is_open": record.is_open[1:],
                **people_columns(record, layout, basis), **_moves(record, layout), **offer_money(record, n=n),
                "hours": _hours(record)[1:].sum(axis=1), "spoken_hours": _spoken(record)[1:],
                "price_local": record.price_local[1:],
                "price_usd": record.price_usd[1:], "ad_load": record.ad_load[1:],
                "elasticity": np.full(n, np.nan) if record.demand is None else record.demand.elasticity[1:],
            }  # fmt: skip
            made.add(n, same=_where(run, record), columns=columns)
    return made.frame_from(start_month=basis.start_month)


def services_table(runs: Sequence[FinishedRun], basis: Basis) -> pd.DataFrame:
    """Return month x market x platform."""
    made = Gathered("services")
    for run in runs:
        top_ups = top_ups_of(run.flows, start_month=basis.start_month)
        credits = top_ups_of(run.flows, start_month=basis.start_month, kind="promotional credit")
        before: dict[tuple[str, int], dict[str, float]] = {}
        for record in run.records:
            layout = layout_of(record.platforms, record.offers)
            paid_main = layout.belongs @ (record.activity.main_users[1:] * layout.is_paid)
            before[record.market, record.month] = dict(zip(record.platforms, paid_main.tolist(), strict=True))
        for record in run.records:
            layout = layout_of(record.platforms, record.offers)
            was = before.get((record.market, record.month - 1))
            held = np.array([np.nan if was is None else was.get(name, 0.0) for name in record.platforms])
            columns = {
                **_service_people(record, layout, basis, held=held),
                **service_money(record, top_ups=top_up_matrix(record, top_ups), credits=top_up_matrix(record, credits)),
            }
            owed = columns["royalties"] + columns["guarantee_top_ups"] + columns["publishing"]
            columns["gross_margin"] = ratio(columns["gross_profit"], columns["revenue"])
            columns["rights_holder_share"] = ratio(owed, columns["revenue"])
            there = basis.repertoire.get(record.market, {})
            columns["catalogue_share"] = record.available @ np.array([there.get(label, 0.0) for label in record.labels])
            made.add(len(record.platforms), same=_where(run, record), columns={"platform": layout.services, **columns})
    return made.frame_from(start_month=basis.start_month)


def people_columns(record: MarketMonth, layout: Layout, basis: Basis) -> dict[str, Floats]:
    """Return (J,) people by offer."""
    use, payers = record.activity, record.payers[1:]
    return {
        "users": use.users[1:],
        "main_users": use.main_users[1:],
        "second_users": use.users[1:] - use.main_users[1:],
        "payers": payers,
        "in_trial": use.in_trial[1:],
        "subscriptions": np.where(layout.is_family, payers / basis.family_size, payers),
    }


def _moves(record: MarketMonth, layout: Layout) -> dict[str, Floats]:
    """Return (J,) comings and goings by offer, NaN in the opening month."""
    if record.counts is None or record.expected is None:
        names = ("gross_adds", "gross_adds_expected", "churned", "churned_expected", "gross_payer_adds",
                 "conversions_from_free", "payers_gone")  # fmt: skip
        return {name: np.full(layout.tier.size, np.nan) for name in names}
    counts, expected = record.counts * layout.moved, record.expected * layout.moved
    return {
        "gross_adds": counts.sum(axis=0)[1:],
        "gross_adds_expected": expected.sum(axis=0)[1:],
        "churned": counts.sum(axis=1)[1:],
        "churned_expected": expected.sum(axis=1)[1:],
        "gross_payer_adds": (expected * layout.to_paid).sum(axis=0)[1:],
        "conversions_from_free": (expected * layout.converted).sum(axis=0)[1:],
        "payers_gone": (expected * layout.ended).sum(axis=1)[1:],
    }


def _service_people(record: MarketMonth, layout: Layout, basis: Basis, *, held: Floats) -> dict[str, Floats]:
    """Return (P,) people and ratios by service. held: (P,) main users of paid tiers at the end of the month before."""
    moves = _moves(record, layout)
    of_offers = {**people_columns(record, layout, basis), "hours": _hours(record)[1:].sum(axis=1),
                 "spoken_hours": _spoken(record)[1:]}  # fmt: skip
    of_offers |= {name: moves[name] for name in ("gross_payer_adds", "conversions_from_free", "payers_gone")}
    if record.expected is None:
        of_offers |= {name: np.full(layout.tier.size, np.nan) for name in ("joined", "left")}
    else:
        across = record.expected * layout.across
        of_offers |= {"joined": across.sum(axis=0)[1:], "left": across.sum(axis=1)[1:]}
    sums: Floats = np.stack(list(of_offers.values())) @ layout.belongs.T
    found: dict[str, Floats] = dict(zip(of_offers, sums, strict=True))
    users = found["users"]
    return {
        **found,
        "payers_before": held,
        "conversion": ratio(found["payers"], users),
        "mau_share": ratio(users, np.full(users.shape, users.sum())),
        "reach": ratio(users, np.full(users.shape, record.activity.main_users[1:].sum())),
        "stock_share": ratio(found["main_users"], np.full(users.shape, record.people)),
        "free_to_paid_share": ratio(found["conversions_from_free"], found["gross_payer_adds"]),
        "payer_churn": ratio(found["payers_gone"], held),
    }


def labels_table(runs: Sequence[FinishedRun], basis: Basis) -> pd.DataFrame:
    """Return month x market x platform x label."""
    made = Gathered("labels")
    for run in runs:
        top_ups = top_ups_of(run.flows, start_month=basis.start_month)
        credits = top_ups_of(run.flows, start_month=basis.start_month, kind="promotional credit")
        for record in run.records:
            layout = layout_of(record.platforms, record.offers)
            services, labels = len(record.platforms), len(record.labels)
            none = record.settlement is None
            blank = np.full((services, labels), np.nan)
            paid = blank if record.settlement is None else record.settlement.royalties_by_service
            extra = blank if none else top_up_matrix(record, top_ups)
            columns = {
                "platform": np.repeat(layout.services, labels),
                "label": np.tile(np.array(record.labels, dtype=object), services),
                "is_available": (record.available > 0).ravel(),
                "hours": (layout.belongs @ _hours(record)[1:]).ravel(),
                "royalties": paid.ravel(),
                "guarantee_top_ups": extra.ravel(),
                "promotional_credit": (blank if none else top_up_matrix(record, credits)).ravel(),
                "label_income": (paid + extra).ravel(),
            }
            made.add(services * labels, same=_where(run, record), columns=columns)
    return made.frame_from(start_month=basis.start_month)


def markets_table(runs: Sequence[FinishedRun], basis: Basis) -> pd.DataFrame:
    """Return month x market."""
    made = Gathered("markets")
    for run in runs:
        top_ups = top_ups_of(run.flows, start_month=basis.start_month)
        for record in run.records:
            layout = layout_of(record.platforms, record.offers)
            users = layout.belongs @ record.activity.users[1:]
            settled = record.settlement
            revenue, income = np.nan, np.nan
            if settled is not None:
                revenue = settled.income.revenue.sum()
                income = settled.royalties.sum() + top_up_matrix(record, top_ups).sum()
            values = {
                "people": record.people,
                "streamers": record.activity.main_users[1:].sum(),
                "people_paying": record.people_paying,
                "payers": record.payers[1:].sum(),
                "mau_sum": users.sum(),
                "hhi": float(hhi(users)),
                "consumer_surplus": np.nan if record.demand is None else record.demand.surplus,
                "hours": _hours(record).sum(),
                "revenue": revenue,
                "label_income": income,
            }
            made.add(1, same={**_where(run, record), **values}, columns={})
    return made.frame_from(start_month=basis.start_month)


def flows_table(runs: Sequence[FinishedRun], basis: Basis) -> pd.DataFrame:
    """Return month x market x move of main service, where anybody may have moved; staying is a move to the same."""
    made = Gathered("flows")
    for run in runs:
        for record in run.records:
            if record.counts is None or record.expected is None:
                continue
            layout = layout_of(record.platforms, record.offers)
            old, new = np.nonzero((record.counts != 0) | (record.expected != 0))
            columns = {
                "from_platform": layout.option_platform[old], "from_tier": layout.option_tier[old],
                "to_platform": layout.option_platform[new], "to_tier": layout.option_tier[new],
                "count": record.counts[old, new], "expected": record.expected[old, new],
            }  # fmt: skip
            made.add(old.size, same=_where(run, record), columns=columns)
    return made.frame_from(start_month=basis.start_month)


def diversion_table(runs: Sequence[FinishedRun], basis: Basis) -> pd.DataFrame:
    """Return month x market x service x other service or outside, in the months in which demand was measured."""
    made = Gathered("diversion")
    for run in runs:
        for record in run.records:
            if record.demand is None:
                continue
            ratios = record.demand.diversion
            names = np.array([*record.platforms, "outside"], dtype=object)
            old, new = np.nonzero(np.isfinite(ratios) & (np.eye(*ratios.shape) == 0.0))
            columns = {"from_platform": names[old], "to_platform": names[new], "diversion_ratio": ratios[old, new]}
            made.add(old.size, same=_where(run, record), columns=columns)
    return made.frame_from(start_month=basis.start_month)


def ledger_table(runs: Sequence[FinishedRun], basis: Basis) -> pd.DataFrame:
    """Return month x payment."""
    columns = {name: np.concatenate([np.asarray(run.flows[name]) for run in runs])
               for name in ("month", "payer", "payee", "kind", "amount_usd")}  # fmt: skip
    columns["month"] = columns["month"].astype(np.int64) - basis.start_month + 1
    sizes = [np.asarray(run.flows["month"]).size for run in runs]
    columns["date"] = dates(columns["month"], start_month=basis.start_month)
    columns["replicate"] = np.repeat(np.array([run.replicate for run in runs], dtype=np.int64), sizes)
    return frame_of("ledger", columns)


def start_table(runs: Sequence[FinishedRun], basis: Basis) -> pd.DataFrame:
    """Return market x platform x tier: users wanted at the start, and those that the spin-up settled at."""
    made = Gathered("start")
    for run in runs:
        first = {record.market: record for record in run.records if record.month == 0}
        for market, settling in run.settlings.items():
            if market not in first:
                continue
            layout = layout_of(first[market].platforms, first[market].offers)
            offers = first[market].offers
            settled = np.ones(len(offers), dtype=np.bool_)
            if settling.target.size - 1 != len(offers):  # room was made for offers that open in the run
                settled = np.array([(market, *offer) not in basis.later for offer in offers])
            columns = {"platform": layout.platform[settled], "tier": layout.tier[settled],
                       "target_users": settling.target[1:], "settled_users": settling.expected[1:]}  # fmt: skip
            made.add(int(settled.sum()), same={"replicate": run.replicate, "market": market}, columns=columns)
    return made.frame_from(start_month=basis.start_month)


TABLES: dict[str, Callable[[Sequence[FinishedRun], Basis], pd.DataFrame]] = {
    "offers": offers_table, "services": services_table, "labels": labels_table, "markets": markets_table,
    "flows": flows_table, "diversion": diversion_table, "tiktok": tiktok_table, "clips": clips_table,
    "bytedance": bytedance_table, "advertising": advertising_table, "advertisers": advertisers_table,
    "charts": charts_table, "songs": songs_table, "ledger": ledger_table, "start": start_table, "talks": talks_table,
    "actions": actions_table,
}  # fmt: skip
"""The maker of each frame."""


def _where(run: FinishedRun, record: MarketMonth) -> dict[str, object]:
    return {"replicate": run.replicate, "month": record.month, "market": record.market}


def _hours(record: MarketMonth) -> Floats:
    """Return (J+1, L) hours, 0 outside; NaN in the opening month, which has stocks only."""
    if record.settlement is None:
        return np.full(record.activity.hours.shape, np.nan)
    hours = record.activity.hours.copy()
    hours[0] = 0.0
    return hours


def _spoken(record: MarketMonth) -> Floats:
    """Return (J+1,) hours of spoken word beyond the start's; NaN in the opening month."""
    size = len(record.offers) + 1
    if record.settlement is None:
        return np.full(size, np.nan)
    return np.zeros(size) if record.activity.spoken is None else record.activity.spoken
