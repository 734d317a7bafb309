"""Tidy tables of finished runs: one row per thing and month, joined from arrays, never row by row."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from model.market.record import MarketMonth
from model.results.action_table import actions_table
from model.results.ad_tables import advertisers_table, advertising_table
from model.results.blocks import Block, GatheredBlocks, blocks_of, paid_labels
from model.results.chart_table import charts_table, songs_table
from model.results.columns import Gathered, dates, frame_of
from model.results.layout import Layout, layout_of
from model.results.money_columns import offer_money, service_money, top_ups_of
from model.results.ratios import ratio
from model.results.runs import Basis, FinishedRun
from model.results.talk_table import talks_table
from model.results.tiktok_tables import bytedance_rows, bytedance_table, clips_table, tiktok_table
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


def services_rows(runs: Sequence[FinishedRun], basis: Basis) -> GatheredBlocks:
    """Return the rows of month x market x platform."""
    made = GatheredBlocks("services")
    for run in runs:
        top_ups = top_ups_of(run.flows, start_month=basis.start_month)
        credits = top_ups_of(run.flows, start_month=basis.start_month, kind="promotional credit")
        blocks = blocks_of(run)
        held = _held_before(blocks)
        for block in blocks:
            record, layout = block.whole, block.layout
            paid, spent = paid_labels(block, top_ups), paid_labels(block, credits)
            columns = {
                **_service_people(record, layout, basis, held=np.stack([held[id(one)] for one in block.records])),
                **service_money(record, top_ups=paid, credits=spent),
            }
            owed = columns["royalties"] + columns["guarantee_top_ups"] + columns["publishing"]
            columns["gross_margin"] = ratio(columns["gross_profit"], columns["revenue"])
            columns["rights_holder_share"] = ratio(owed, columns["revenue"])
            there = basis.repertoire.get(record.market, {})
            columns["catalogue_share"] = record.available @ np.array([there.get(label, 0.0) for label in record.labels])
            made.add(run, block, {"platform": layout.services, **columns})
        made.close(run)
    return made


def services_table(runs: Sequence[FinishedRun], basis: Basis) -> pd.DataFrame:
    """Return month x market x platform."""
    return services_rows(runs, basis).frame_from(start_month=basis.start_month)


def _held_before(blocks: Sequence[Block]) -> dict[int, Floats]:
    """Return (P,) main users of paid tiers at the end of the month before by id of the record, NaN where unknown."""
    ended: dict[tuple[str, int], tuple[tuple[str, ...], Floats]] = {}
    for block in blocks:
        main = block.whole.activity.main_users[..., 1:] * block.layout.is_paid
        paid = (block.layout.belongs @ main[..., None])[..., 0]
        for one, own in zip(block.records, paid, strict=True):
            ended[one.market, one.month] = (one.platforms, own)
    found: dict[int, Floats] = {}
    for one in (record for block in blocks for record in block.records):
        names, own = ended.get((one.market, one.month - 1), (one.platforms, np.full(len(one.platforms), np.nan)))
        if names != one.platforms:
            was = dict(zip(names, own.tolist(), strict=True))
            own = np.array([was.get(name, 0.0) for name in one.platforms])
        found[id(one)] = own
    return found


def people_columns(record: MarketMonth, layout: Layout, basis: Basis) -> dict[str, Floats]:
    """Return people by offer: (J,), or (T, J) of a record of several months."""
    use, payers = record.activity, record.payers[..., 1:]
    return {
        "users": use.users[..., 1:],
        "main_users": use.main_users[..., 1:],
        "second_users": use.users[..., 1:] - use.main_users[..., 1:],
        "payers": payers,
        "in_trial": use.in_trial[..., 1:],
        "subscriptions": np.where(layout.is_family, payers / basis.family_size, payers),
    }


def _moves(record: MarketMonth, layout: Layout) -> dict[str, Floats]:
    """Return (J,) or (T, J) comings and goings by offer, NaN in the opening month."""
    if record.counts is None or record.expected is None:
        names = ("gross_adds", "gross_adds_expected", "churned", "churned_expected", "gross_payer_adds",
                 "conversions_from_free", "payers_gone")  # fmt: skip
        return {name: np.full(record.payers[..., 1:].shape, np.nan) for name in names}
    counts, expected = record.counts * layout.moved, record.expected * layout.moved
    return {
        "gross_adds": counts.sum(axis=-2)[..., 1:],
        "gross_adds_expected": expected.sum(axis=-2)[..., 1:],
        "churned": counts.sum(axis=-1)[..., 1:],
        "churned_expected": expected.sum(axis=-1)[..., 1:],
        "gross_payer_adds": (expected * layout.to_paid).sum(axis=-2)[..., 1:],
        "conversions_from_free": (expected * layout.converted).sum(axis=-2)[..., 1:],
        "payers_gone": (expected * layout.ended).sum(axis=-1)[..., 1:],
    }


def _service_people(record: MarketMonth, layout: Layout, basis: Basis, *, held: Floats) -> dict[str, Floats]:
    """Return (P,) or (T, P) people and ratios by service.

    held: as wide, main users of paid tiers at the end of the month before.
    """
    moves = _moves(record, layout)
    of_offers = {**people_columns(record, layout, basis), "hours": _hours(record)[..., 1:, :].sum(axis=-1),
                 "spoken_hours": _spoken(record)[..., 1:]}  # fmt: skip
    of_offers |= {name: moves[name] for name in ("gross_payer_adds", "conversions_from_free", "payers_gone")}
    if record.expected is None:
        of_offers |= {name: np.full(record.payers[..., 1:].shape, np.nan) for name in ("joined", "left")}
    else:
        across = record.expected * layout.across
        of_offers |= {"joined": across.sum(axis=-2)[..., 1:], "left": across.sum(axis=-1)[..., 1:]}
    sums: Floats = np.stack(list(of_offers.values()), axis=-2) @ layout.belongs.T
    found: dict[str, Floats] = {name: sums[..., at, :] for at, name in enumerate(of_offers)}
    users = found["users"]
    return {
        **found,
        "payers_before": held,
        "conversion": ratio(found["payers"], users),
        "mau_share": ratio(users, _spread(users.sum(axis=-1, keepdims=True), users)),
        "reach": ratio(users, _spread(record.activity.main_users[..., 1:].sum(axis=-1, keepdims=True), users)),
        "stock_share": ratio(found["main_users"], _spread(record.people, users)),
        "free_to_paid_share": ratio(found["conversions_from_free"], found["gross_payer_adds"]),
        "payer_churn": ratio(found["payers_gone"], held),
    }


def _spread(values: float | Floats, shape: Floats) -> Floats:
    """Return values in the shape of others."""
    return np.broadcast_to(values, shape.shape)


def labels_rows(runs: Sequence[FinishedRun], basis: Basis) -> GatheredBlocks:
    """Return the rows of month x market x platform x label."""
    made = GatheredBlocks("labels")
    for run in runs:
        top_ups = top_ups_of(run.flows, start_month=basis.start_month)
        credits = top_ups_of(run.flows, start_month=basis.start_month, kind="promotional credit")
        for block in blocks_of(run):
            record, layout = block.whole, block.layout
            months, services, labels = len(block.month), len(record.platforms), len(record.labels)
            blank = np.full((months, services, labels), np.nan)
            none = record.settlement is None
            paid = blank if record.settlement is None else record.settlement.royalties_by_service
            extra = blank if none else paid_labels(block, top_ups)
            wide = {
                "is_available": record.available > 0,
                "hours": layout.belongs @ _hours(record)[..., 1:, :],
                "royalties": paid,
                "guarantee_top_ups": extra,
                "promotional_credit": blank if none else paid_labels(block, credits),
                "label_income": paid + extra,
            }
            columns = {
                "platform": np.repeat(layout.services, labels),
                "label": np.tile(np.array(record.labels, dtype=object), services),
                **{name: values.reshape(months, -1) for name, values in wide.items()},
            }
            made.add(run, block, columns)
        made.close(run)
    return made


def labels_table(runs: Sequence[FinishedRun], basis: Basis) -> pd.DataFrame:
    """Return month x market x platform x label."""
    return labels_rows(runs, basis).frame_from(start_month=basis.start_month)


def markets_rows(runs: Sequence[FinishedRun], basis: Basis) -> GatheredBlocks:
    """Return the rows of month x market."""
    made = GatheredBlocks("markets")
    for run in runs:
        top_ups = top_ups_of(run.flows, start_month=basis.start_month)
        for block in blocks_of(run):
            record, settled = block.whole, block.whole.settlement
            users = (block.layout.belongs @ record.activity.users[..., 1:, None])[..., 0]
            revenue = income = np.full((len(block.month), 1), np.nan)
            if settled is not None:
                revenue = _total(settled.income.revenue)
                income = _total(settled.royalties) + _total(paid_labels(block, top_ups))
            measured = [np.nan if one.demand is None else one.demand.surplus for one in block.records]
            columns = {
                "people": _numbers(record.people),
                "streamers": _total(record.activity.main_users[..., 1:]),
                "people_paying": _numbers(record.people_paying),
                "payers": _total(record.payers[..., 1:]),
                "mau_sum": _total(users),
                "hhi": hhi(users)[:, None],
                "consumer_surplus": np.array(measured)[:, None],
                "hours": _total(_hours(record)),
                "revenue": revenue,
                "label_income": income,
            }
            made.add(run, block, columns)
        made.close(run)
    return made


def markets_table(runs: Sequence[FinishedRun], basis: Basis) -> pd.DataFrame:
    """Return month x market."""
    return markets_rows(runs, basis).frame_from(start_month=basis.start_month)


def _total(values: Floats) -> Floats:
    """Return (T, 1) sums of each month's values, added in the order in which they lie."""
    months: Floats = values.reshape(len(values), -1)
    return months.sum(axis=-1, keepdims=True)


def _numbers(values: object) -> Floats:
    """Return the numbers of a record of several months, (T, 1)."""
    return np.asarray(values, dtype=np.float64)


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
ROWS: dict[str, Callable[[Sequence[FinishedRun], Basis], GatheredBlocks]] = {
    "services": services_rows, "labels": labels_rows, "markets": markets_rows, "bytedance": bytedance_rows,
}  # fmt: skip
"""What gathers the rows of the frames that are worked out market by market."""


def _where(run: FinishedRun, record: MarketMonth) -> dict[str, object]:
    return {"replicate": run.replicate, "month": record.month, "market": record.market}


def _hours(record: MarketMonth) -> Floats:
    """Return (..., J+1, L) hours, 0 outside; NaN in the opening month, which has stocks only."""
    if record.settlement is None:
        return np.full(record.activity.hours.shape, np.nan)
    hours = record.activity.hours.copy()
    hours[..., 0, :] = 0.0
    return hours


def _spoken(record: MarketMonth) -> Floats:
    """Return (..., J+1) hours of spoken word beyond the start's; NaN in the opening month."""
    shape = record.activity.users.shape
    if record.settlement is None:
        return np.full(shape, np.nan)
    return np.zeros(shape) if record.activity.spoken is None else record.activity.spoken
