"""Repertoire shares and deals at the start."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from model.facts.reader import Cells, read_table
from model.facts.records import DealStart, LabelShare, MarketStart
from model.facts.units import MARKETS
from model.foundation.errors import Fault, nearest
from model.foundation.months import parse_month

KINDS = ("streaming", "publishing", "clips")
WITHOUT_MUSIC_CELL = ("tiktok",)


def repertoire_of(market: str, faults: list[Fault]) -> dict[str, LabelShare]:
    """Return the labels' shares of listening in a market; a fault when they do not add to 1."""
    shares = {}
    for row in read_table("start_repertoire"):
        if row["market"] == market:
            cells = Cells(row, place=f"start_repertoire {market} {row['label']}", faults=faults)
            shares[row["label"]] = LabelShare(
                share=cells.number("share", high=1.0), low=cells.number("low", high=1.0),
                high=cells.number("high", high=1.0), local_share=cells.number("local_share_of_label", high=1.0),
                confidence=cells.text("confidence"), basis=cells.text("basis"),
                fact_ids=cells.ids("fact_ids"),
            )  # fmt: skip
    total = sum(label.share for label in shares.values())
    if abs(total - 1.0) > 1e-3:
        faults.append(Fault(f"start_repertoire {market}", "shares add to 1", total, "Correct the table."))
    return {name: replace(label, share=label.share / total) for name, label in shares.items()}


def read_deals(faults: list[Fault]) -> tuple[DealStart, ...]:
    """Return all deal rows of October 2022."""
    rows = enumerate(read_table("start_deals"), start=2)
    return tuple(_deal(Cells(row, place=f"start_deals row {line}", faults=faults)) for line, row in rows)


def _deal(cells: Cells) -> DealStart:
    row, markets = cells.row, cells.ids("markets")
    for market in markets:
        if market not in MARKETS:
            cells.fault("markets", f"are of the twenty. {nearest(market, MARKETS)}", market)
    if row["kind"] not in KINDS:
        cells.fault("kind", f"is one of {', '.join(KINDS)}", row["kind"])
    if row["status"] not in ("active", "expired"):
        cells.fault("status", "is active or expired", row["status"])
    signed, expires = parse_month(row["signed"], place=cells.place), parse_month(row["expires"], place=cells.place)
    if signed > expires:
        cells.fault("expires", "a deal ends after it is signed", row["expires"])
    return DealStart(
        platform=cells.text("platform"), label=cells.text("label"), markets=markets, kind=row["kind"],
        status=row["status"], signed=signed, expires=expires,
        rev_share_paid=cells.number("revenue_share_paid", high=1.0),
        rev_share_free=cells.number("revenue_share_free", high=1.0),
        per_subscriber_minimum_usd=cells.number("per_subscriber_minimum_usd"),
        per_stream_minimum_usd=cells.number("per_stream_minimum_usd"),
        minimum_guarantee_usd_m=cells.number("minimum_guarantee_usd_m"), mfn=row["mfn"] == "1",
        term_months=int(cells.number("term_months", low=1.0, high=120.0)),
        confidence=cells.text("confidence"), basis=cells.text("basis"), fact_ids=cells.ids("fact_ids"),
    )  # fmt: skip


def standard_term_faults(markets: Iterable[str], deals: tuple[DealStart, ...]) -> list[Fault]:
    """Return a fault for each market without standard terms: Spotify's with the long tail, and with publishers.

    All pairs without a deal row take them (`StartState.default_deal`).
    """
    held = {(deal.kind, deal.label, market) for deal in deals if deal.platform == "spotify" for market in deal.markets}
    way = "Add the market to Spotify's rows with long_tail and publishers."
    return [
        Fault(f"start_deals {market}", f"every market has Spotify's terms with {label} ({kind})", "none", way)
        for market in markets
        for kind, label in (("streaming", "long_tail"), ("publishing", "publishers"))
        if (kind, label, market) not in held
    ]


def deal_notices(markets: Mapping[str, MarketStart], deals: tuple[DealStart, ...]) -> list[str]:
    """Return notices of deals without a service in their market, and of services without deals there."""
    covered = {(deal.platform, market) for deal in deals if deal.kind == "streaming" for market in deal.markets}
    idle: dict[str, list[str]] = {}
    bare: dict[str, list[str]] = {}
    for platform, market in sorted(covered, key=lambda pair: (pair[0], MARKETS.index(pair[1]))):
        if platform not in markets[market].platforms and platform not in WITHOUT_MUSIC_CELL:
            idle.setdefault(platform, []).append(market)
    for code, start in markets.items():
        for platform in start.platforms:
            if (platform, code) not in covered:
                bare.setdefault(platform, []).append(code)
    unused = [f"{name}: deals in {', '.join(codes)} have no service there; not used" for name, codes in idle.items()]
    assumed = [f"{name}: no deals in {', '.join(codes)}; standard terms assumed" for name, codes in bare.items()]
    return [*unused, *assumed]
