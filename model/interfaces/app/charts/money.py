"""Who earns what: services, labels, advertising."""

from __future__ import annotations

import pandas as pd

from model.interfaces.app.charts.people import REST, by_service, dates_of, gathered, order_tip, over_time
from model.interfaces.app.charts.picture import Picture, empty, line, over_months, rounded, scale_of
from model.interfaces.app.words import market_name
from model.results import RunResult
from model.results.palette import OTHER, SPARE, colour_of, name_of

CHANNELS = {
    "music": ("Music services", "#0072B2"), "tiktok_infeed": ("TikTok in the feed", "#222222"),
    "tiktok_topview": ("TikTok TopView", "#882255"), "youtube": ("YouTube", "#D55E00"),
    "google": ("Google", "#E69F00"), "facebook": ("Facebook", "#56B4E9"), "snap": ("Snap", "#F0E442"),
    "twitter": ("Twitter", "#009E73"), "other": ("Other digital", OTHER),
}  # fmt: skip
NO_MONEY = "Money flows from the first month on: take a step."


def revenue_by_service(result: RunResult, *, market: str = "") -> Picture:
    """Return what each service takes in a month: subscriptions, bundles and advertising."""
    return over_time(result, "revenue", market=market, name="revenue", title="Revenue of services",
                     what="", unit="USD a month")  # fmt: skip


def margin_by_service(result: RunResult, *, market: str = "") -> Picture:
    """Return gross profit over revenue of each service with a revenue worth a line, percent."""
    revenue = by_service(result, "revenue", market=market)
    profit = by_service(result, "gross_profit", market=market)[revenue.columns]
    paid = revenue.index[revenue.index > 0]
    where = market_name(market)
    if not len(paid):
        return empty("margin", "Gross margin", f"{where}. {NO_MONEY}")
    revenue, profit = revenue.loc[paid], profit.loc[paid]
    least = 0.01 * revenue.iloc[-1].sum()
    chosen = [who for who in revenue if revenue[who].iloc[-1] >= least][:9]
    share = 100.0 * profit[chosen] / revenue[chosen].where(revenue[chosen] > 0)
    dates = dates_of(result, share)
    series = [line(name_of(str(who)), rounded(share[who].tolist(), digits=3), colour=colour_of(str(who)))
              for who in chosen]  # fmt: skip
    option = over_months(dates, series, unit="%", scale=True)
    order_tip(option)
    return Picture("margin", "Gross margin", f"{where} · gross profit over revenue, percent", option,
                   _long(share, dates, value="gross_margin_percent"), height=280,
                   spoken=f"Gross margins of services in {where}.", measure="gross_margin")  # fmt: skip


def label_income(result: RunResult, *, market: str = "") -> Picture:
    """Return what labels earn from streaming in a month, stacked."""
    rows = result.labels
    rows = rows[rows["market"] == market] if market else rows
    sums = rows[rows["month"] > 0].groupby(["month", "label"], sort=True)["label_income"].sum().unstack("label")
    where = market_name(market)
    if sums.empty:
        return empty("label-income", "Income of labels", f"{where}. {NO_MONEY}")
    sums = gathered(sums[sums.iloc[-1].sort_values(ascending=False, kind="stable").index])
    scale, word = scale_of(float(sums.sum(axis=1).max()))
    dates = dates_of(result, sums)
    named = {who: "All others" if who == REST else name_of(str(who)) for who in sums}
    series = [
        line(named[who], rounded((sums[who] / scale).tolist()), colour=_colour(str(who)), stack="labels",
             areaStyle={"color": _colour(str(who)), "opacity": 0.9})
        for who in sums
    ]  # fmt: skip
    option = over_months(dates, series)
    return Picture("label-income", "Income of labels", f"{where} · {word} USD a month from streaming, stacked", option,
                   _long(sums.rename(columns=named), dates, value="label_income", who="label"), height=280,
                   spoken=f"Income of labels in {where}, stacked.", measure="label_income")  # fmt: skip


def ad_prices(result: RunResult, *, market: str = "") -> Picture:
    """Return the price of each channel of advertising over that of the opening."""
    rows = result.advertising
    rows = rows[(rows["market"] == market) if market else rows["market"].notna()]
    rows = rows[rows["ad_price"].notna() & (rows["month"] > 0)]
    where = market_name(market)
    if rows.empty:
        return empty("ad-prices", "Prices of advertising", f"{where}. {NO_MONEY}")
    weighted = rows.assign(paid=rows["ad_price"] * rows["ad_income"]).groupby(["month", "channel"], sort=True)
    sums = weighted[["paid", "ad_income"]].sum()
    ratio = (sums["paid"] / sums["ad_income"].where(sums["ad_income"] > 0)).unstack("channel")
    ratio = ratio.dropna(axis=1, how="all")
    dates = dates_of(result, ratio)
    series = [line(_channel(str(who))[0], rounded(ratio[who].tolist()), colour=_channel(str(who))[1]) for who in ratio]
    option = over_months(dates, series, scale=True)
    order_tip(option)
    return Picture("ad-prices", "Prices of advertising", f"{where} · price of an impression, 1 at the opening", option,
                   _long(ratio, dates, value="ad_price", who="channel"), height=280,
                   measure="ad_price",
                   spoken=f"Prices of advertising channels in {where} over those of the opening.")  # fmt: skip


def _channel(name: str) -> tuple[str, str]:
    return CHANNELS.get(name, (name.replace("_", " ").capitalize(), SPARE[len(name) % len(SPARE)]))


def _colour(label: str) -> str:
    return OTHER if label == REST else colour_of(label)


def _long(wide: pd.DataFrame, dates: list[str], *, value: str, who: str = "platform") -> pd.DataFrame:
    shown = wide.copy()
    shown.insert(0, "date", dates)
    return shown.reset_index().melt(id_vars=["month", "date"], var_name=who, value_name=value)
