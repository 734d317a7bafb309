"""Services and offers of a market: platform cells, prices per month, and the users of each tier."""

from __future__ import annotations

from model.facts.reader import Cells, Row, read_table
from model.facts.records import PAID_TIERS, TIERS, OfferStart, PlatformCell
from model.facts.units import CURRENCIES, PERIODS_A_MONTH, price_per_month
from model.foundation.errors import Fault

PAYING_BUNDLES = (("BR", "deezer"),)
"""Bundles whose users count as payers: Deezer with TIM in Brazil."""
_BILLING_ORDER = ("month", "week", "day", "year")


def cells_of(market: str, faults: list[Fault]) -> dict[str, PlatformCell]:
    """Return the services of a market with users and payers, in the order of the table."""
    found = {}
    for row in read_table("start_platforms"):
        if row["market"] == market:
            cell = _cell(Cells(row, place=f"start_platforms {market} {row['platform']}", faults=faults))
            found[cell.platform] = cell
    return found


def _cell(cells: Cells) -> PlatformCell:
    cell = PlatformCell(
        platform=cells.text("platform"), mau_m=cells.number("mau_m"), payers_m=cells.number("payers_m"),
        mau_band=(cells.number("mau_low"), cells.number("mau_high")),
        payers_band=(cells.number("payers_low"), cells.number("payers_high")),
        confidence=cells.text("confidence"), basis=cells.text("basis"), fact_ids=cells.ids("fact_ids"),
    )  # fmt: skip
    if cell.payers_m > cell.mau_m:
        cells.fault("payers_m", "payers are never above users", f"{cell.payers_m} of {cell.mau_m}")
    return cell


def offers_of(market: str, *, faults: list[Fault], notices: list[str]) -> tuple[OfferStart, ...]:
    """Return the offers of a market, one per service and tier, with the users of each tier.

    Every offer needs a row of the tier mix and the other way round (else a fault); `trial_or_lapsing` is a state, not
    an offer: its users go to the service's individual offer where that has a trial, and are left out with a notice
    where it has none.
    """
    mix = {(row["platform"], row["tier"]): row for row in read_table("start_tier_mix") if row["market"] == market}
    rows = _one_row_per_tier(market)
    for platform, tier in [*(key for key in rows if key not in mix), *(key for key in mix if key not in rows)]:
        if tier != "trial_or_lapsing":
            place, rule = f"{market} {platform} {tier}", "an offer and a row of the tier mix come together"
            faults.append(Fault(place, rule, "one of the two", "Add the other, or a fact for it."))
    offers = tuple(
        _offer(Cells(row, place=f"start_offers {market} {platform} {tier}", faults=faults), mix[platform, tier], mix)
        for (platform, tier), row in rows.items()
        if (platform, tier) in mix
    )
    for (platform, tier), row in mix.items():
        if tier == "trial_or_lapsing" and not any(o.platform == platform and o.trial_users_m for o in offers):
            stranded = f"{row['users_m']} M users in trial or lapsing"
            notices.append(f"{market} {platform}: {stranded} have no offer with a trial; left out")
    return offers


def _one_row_per_tier(market: str) -> dict[tuple[str, str], Row]:
    """Return the offer rows of a market by service and tier; of several billings the longest up to a month is taken."""
    rows: dict[tuple[str, str], Row] = {}
    for row in read_table("start_offers"):
        key = (row["platform"], row["tier"])
        if row["market"] == market:
            kept = rows.get(key)
            if kept is None or _BILLING_ORDER.index(row["billing"]) < _BILLING_ORDER.index(kept["billing"]):
                rows[key] = row
    return rows


def _offer(cells: Cells, mix: Row, mixes: dict[tuple[str, str], Row]) -> OfferStart:
    row = cells.row
    market, platform, tier = row["market"], row["platform"], row["tier"]
    if tier not in TIERS:
        cells.fault("tier", f"is one of {', '.join(TIERS)}", tier)
    if row["currency"] != CURRENCIES[market]:
        cells.fault("currency", f"prices in {market} are in {CURRENCIES[market]}", row["currency"])
    if row["billing"] not in PERIODS_A_MONTH:
        cells.fault("billing", f"is one of {', '.join(PERIODS_A_MONTH)}", row["billing"])
    price = cells.number("price_local")
    if tier in PAID_TIERS and price <= 0.0:
        cells.fault("price_local", "a paid tier has a price", row["price_local"])
    trial_months = int(cells.number("trial_months", high=12.0))
    waiting = mixes.get((platform, "trial_or_lapsing"))
    trial_users = 0.0
    if waiting is not None and tier == "individual" and trial_months > 0:
        place = f"start_tier_mix {market} {platform} trial_or_lapsing"
        trial_users = Cells(waiting, place=place, faults=cells.faults).number("users_m")
    billing = row["billing"] if row["billing"] in PERIODS_A_MONTH else "month"
    users = Cells(mix, place=f"start_tier_mix {market} {platform} {tier}", faults=cells.faults)
    return OfferStart(
        platform=platform, tier=tier, currency=row["currency"],
        price_local_month=price_per_month(price, billing=billing),
        ad_load_min_per_hour=cells.number("ad_load_min_per_hour", high=60.0),
        restriction=cells.number("restriction", high=1.0), trial_months=trial_months,
        price_ios_local=cells.optional("price_ios_local"), app_store_share=cells.number("app_store_share", high=1.0),
        users_m=users.number("users_m"), trial_users_m=trial_users,
        payers=tier in PAID_TIERS or (tier == "bundle" and (market, platform) in PAYING_BUNDLES), is_open=True,
        confidence=cells.text("confidence"), basis=cells.text("basis"), fact_ids=cells.ids("fact_ids"),
    )  # fmt: skip
