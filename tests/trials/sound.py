"""What every run must hold whatever it was asked: numbers are numbers, people and money are conserved.

Worked out from the tables of results alone, not by the checks that a run makes of itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
import pandas as pd

from model.results.measures import FRAMES, MEASURES
from model.results.run_result import RunResult

CLOSE = 1e-9
"""Of what is compared: sums of the same numbers in another order."""
WITHOUT_FLOWS = ("offers", "services", "labels", "markets")
"""Tables whose month 0 is a stock: nothing flowed yet, so flows are unknown (NaN) there, and only there."""
UNKNOWN: dict[str, frozenset[str]] = {
    "offers": frozenset({"elasticity"}),  # not measured this month, or nobody comes
    "services": frozenset({"conversion", "mau_share", "reach", "stock_share", "free_to_paid_share", "payer_churn",
                           "gross_margin", "rights_holder_share"}),  # parts of nothing
    "markets": frozenset({"consumer_surplus", "hhi"}),  # not measured this month; nobody listens
    "tiktok": frozenset({"creator_income"}),  # no creators
    "advertising": frozenset({"ad_price", "ad_cpm", "ad_click_price"}),  # nothing on sale, or nothing at the opening
    "advertisers": frozenset({"ad_value", "ad_click_value", "ad_impression_value"}),  # the same
    "charts": frozenset({"chart_life", "chart_lasting", "at_one_mean", "climb_mean", "chart_entries", "at_one_most",
                         "climb_most", "debuts_at_one"}),  # no song ended its life there
    "songs": frozenset({"song_climb"}),  # never reached the top
    "talks": frozenset({"payment_usd", "present_usd", "least_usd", "most_usd", "label_belief", "platform_belief"}),
    "actions": frozenset({"value_before"}),  # the offer was not there
}  # fmt: skip
"""Columns that say "unknown" by NaN, with the reason; month 0 aside."""
SIGNED = frozenset({
    "tier_profit", "gross_profit", "contribution_margin", "operating_income", "gross_margin", "elasticity",
    "net_revenue", "royalties", "rights_holder_share", "publishing", "label_income", "tiktok_profit", "music_income",
    "bytedance_income", "hours_by_integration", "hours_by_clips", "hours_by_creators", "hours_by_load",
    "payment_usd", "present_usd", "least_usd", "most_usd", "label_belief", "platform_belief", "value_before",
    "value_set", "consumer_surplus", "song_before", "song_over", "pull", "diversion_ratio",
})  # fmt: skip
"""Columns that may be below 0."""
SHARES = ("conversion", "mau_share", "stock_share", "free_to_paid_share", "catalogue_share")
LINES = {
    "subscription": "spending", "bundle": "revenue_bundle", "advertising": "revenue_ads", "sales tax": "tax",
    "app-store fee": "app_store_fees", "payment cost": "payment_cost", "ad sales": "ad_sales_cost",
    "royalty": "royalties", "publishing": "publishing", "minimum guarantee": "guarantee_top_ups", "hosting": "hosting",
    "other content": "other_content", "marketing": "marketing", "research": "research",
    "administration": "administration", "link fee": "link_fees", "exit": "exit_costs",
}  # fmt: skip
"""Kinds of payment of services, with the column that adds up to them."""


def frames_of(result: RunResult) -> dict[str, pd.DataFrame]:
    """Return every table of a result."""
    return {name: result.frame(name) for name in FRAMES}


def unsound(result: RunResult) -> list[str]:
    """Return what is wrong with the tables of a run, nothing where all is right."""
    frames = frames_of(result)
    return [*_numbers(frames), *_people(frames), *_money(frames)]


def _numbers(frames: Mapping[str, pd.DataFrame]) -> Iterator[str]:
    for name, frame in frames.items():
        for column in frame.columns:
            if frame[column].dtype.kind != "f":
                continue
            values = frame[column].to_numpy()
            if np.isinf(values).any():
                yield f"{name}.{column} is infinite in {int(np.isinf(values).sum())} rows"
            known = ~np.isnan(values)
            stock = (frame["month"] == 0).to_numpy() if name in WITHOUT_FLOWS else np.zeros(len(frame), bool)
            if column not in UNKNOWN.get(name, ()) and not (known | stock).all():
                yield f"{name}.{column} is unknown in {int((~known & ~stock).sum())} rows"
            least = -CLOSE * max(1.0, float(np.abs(values[known]).max(initial=0.0)))
            if column not in SIGNED and (values[known] < least).any():
                yield f"{name}.{column} is negative: {values[known].min():.6g}"
            if column in SHARES and (values[known] > 1.0 + CLOSE).any():
                yield f"{name}.{column} is a share above 1: {values[known].max():.6g}"
            if (column in SIGNED or MEASURES[column].unit != "USD per month") and (np.abs(values[known]) > 1e300).any():
                yield f"{name}.{column} is out of all reach: {np.abs(values[known]).max():.6g}"


def _people(frames: Mapping[str, pd.DataFrame]) -> Iterator[str]:
    offers, markets = frames["offers"], frames["markets"].set_index(["replicate", "month", "market"]).sort_index()
    by = ["replicate", "month", "market"]
    here = offers.groupby(by, sort=True)[["main_users", "users", "payers"]].sum()
    yield from _differ("streamers are the main users", here["main_users"], markets["streamers"], markets["people"])
    yield from _differ("users over services add up", here["users"], markets["mau_sum"], markets["people"])
    for part, whole in (("streamers", "people"), ("people_paying", "people")):
        if (markets[part] > markets[whole] * (1.0 + CLOSE)).any():
            yield f"markets.{part} is more than {whole}"
    if (offers["payers"] + 0.0 > offers["users"] * (1.0 + CLOSE) + 1e-6).any():
        yield "offers.payers is more than users"
    flows = frames["flows"].groupby(by, sort=True)[["count", "expected"]].sum()
    scale = 1e3 * markets["people"].reindex(flows.index)  # a probability is a float32 number, summed in parts of 2^-30
    yield from _differ("expected moves are those of all who reconsider", flows["expected"], flows["count"], scale)
    stock = offers.set_index([*by, "platform", "tier"])["main_users"].unstack("month")
    moved = offers.assign(net=offers["gross_adds"] - offers["churned"])
    net = moved.set_index([*by, "platform", "tier"])["net"].unstack("month").iloc[:, 1:]
    people = float(markets["people"].max())
    gap = (stock.diff(axis=1).iloc[:, 1:] - net).abs().max().max()
    if not gap <= CLOSE * people + 1e-6:
        yield f"people who came and went are not what stocks changed by: {gap:.6g} people"


def _money(frames: Mapping[str, pd.DataFrame]) -> Iterator[str]:
    ledger, services = frames["ledger"], frames["services"]
    amounts = ledger["amount_usd"].to_numpy()
    if not ((amounts > 0.0) & np.isfinite(amounts)).all():
        yield "ledger: a payment is not a finite number above 0"
    turnover = max(float(amounts.sum()), 1.0)
    lived = services[services["month"] > 0]
    by_kind = ledger.groupby("kind")["amount_usd"].sum()
    for kind, column in LINES.items():
        booked, told = float(by_kind.get(kind, 0.0)), float(lived[column].sum())
        if kind == "link fee":  # TikTok's fees from music services stand in its own table too
            booked = float(ledger.loc[ledger["kind"] == kind, "amount_usd"].sum())
        if not abs(booked - told) <= CLOSE * turnover:
            yield f"ledger: {kind} comes to {booked:.6g} USD, services tell {told:.6g}"
    account = "platform:" + lived["platform"].astype(str) + ":" + lived["market"].astype(str)
    earned = lived.assign(account=account).groupby("account")["operating_income"].sum()
    kept = _kept(ledger).reindex(earned.index, fill_value=0.0)
    yield from _differ("operating income is what accounts keep", earned, kept, turnover)
    paid = ledger[ledger["payee"].astype(str).str.startswith("label:") & ledger["kind"].isin(
        ["royalty", "minimum guarantee"])]["amount_usd"].sum()  # fmt: skip
    told = frames["labels"]["label_income"].sum()
    if not abs(float(paid) - float(told)) <= CLOSE * turnover:
        yield f"labels are paid {paid:.6g} USD, their table tells {told:.6g}"
    if not abs(float(_kept(ledger).sum())) <= CLOSE * turnover:
        yield f"all accounts together keep {_kept(ledger).sum():.6g} USD"
    yield from _tiktok(frames, turnover)


def _tiktok(frames: Mapping[str, pd.DataFrame], turnover: float) -> Iterator[str]:
    tiktok, kept = frames["tiktok"], _kept(frames["ledger"])
    earned = tiktok.groupby("market")["tiktok_profit"].sum()
    told = kept.reindex([f"platform:tiktok:{market}" for market in earned.index], fill_value=0.0)
    yield from _differ("TikTok's profit is what its accounts keep", earned, told, turnover)


def _kept(ledger: pd.DataFrame) -> pd.Series[float]:
    """Return USD that each account received less what it paid."""
    received = ledger.groupby("payee")["amount_usd"].sum()
    return received.sub(ledger.groupby("payer")["amount_usd"].sum(), fill_value=0.0)


def _differ(
    what: str, one: pd.Series[float], other: pd.Series[float], scale: float | pd.Series[float]
) -> Iterator[str]:
    gap = np.abs(one.to_numpy() - other.to_numpy())
    if not (gap <= CLOSE * np.asarray(scale) + 1e-6).all():
        yield f"{what}: off by {float(np.nanmax(gap)):.6g}"
