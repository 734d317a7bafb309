"""The dated record from November 2019: actions, the levels of December 2019, region weights, Spotify's quarters."""

from __future__ import annotations

import re
from functools import cache

from model.facts.book import FactBook
from model.facts.reader import Cells, Row, read_table, split_ids
from model.facts.records import HistoryAction, RegionWeight, Target
from model.facts.units import MARKETS, number_of
from model.foundation.errors import Fault, nearest
from model.foundation.months import parse_month

_BEFORE = re.compile(r"([\d.,]*\d) before")
_ALSO = re.compile(r"\b(student|family) ([\d.]+) to ([\d.]+)")
_EVERYWHERE = ("ALL", "WORLD")


def read_actions(faults: list[Fault]) -> tuple[HistoryAction, ...]:
    """Return the dated actions in order; actions everywhere carry all twenty markets."""
    rows = [row for row in read_table("start_history") if row["kind"] == "action"]
    return tuple(sorted((_action(row, faults) for row in rows), key=lambda action: (action.month, action.date)))


def _action(row: Row, faults: list[Fault]) -> HistoryAction:
    place = f"start_history {row['date']} {row['platform']} {row['event']}"
    markets = MARKETS if row["market"] in _EVERYWHERE else split_ids(row["market"])
    for market in markets:
        if market not in MARKETS:
            faults.append(Fault(place, "markets are of the twenty", market, nearest(market, MARKETS)))
    return HistoryAction(
        month=parse_month(row["date"], place=place), date=row["date"], markets=markets, platform=row["platform"],
        event=row["event"], field=row["field"], value=row["value"], unit=row["unit"], before=_before(row),
        confidence=row["confidence"], basis=row["basis"], fact_ids=split_ids(row["fact_ids"]),
    )  # fmt: skip


def _before(row: Row) -> dict[str, float]:
    """Return the prices that a price change replaced, by tier: from its note, else from the chain of its price fact."""
    if row["event"] != "price_change":
        return {}
    found: dict[str, float] = {}
    told = _BEFORE.search(row["basis"])
    if told:
        found[row["field"]] = float(told[1].replace(",", ""))
    for tier, old, _new in _ALSO.findall(row["basis"]):
        found.setdefault(tier, float(old))
    if row["field"] not in found:
        for fact_id in split_ids(row["fact_ids"]):
            chain = [number_of(part) for part in FactBook.load().get(fact_id).value.split("->")]
            value = number_of(row["value"])
            if value in chain[1:]:
                earlier = chain[chain.index(value) - 1]
                if earlier is not None:
                    found[row["field"]] = earlier
    return found


def read_targets(faults: list[Fault]) -> tuple[Target, ...]:
    """Return the levels of December 2019: places are market codes, region names and `rest:<region>`."""
    found = []
    for row in read_table("start_history"):
        if row["kind"] == "target":
            cells = Cells(row, place=f"start_history target {row['market']} {row['platform']}", faults=faults)
            value, ids = cells.number("value"), cells.ids("fact_ids")
            month, place = parse_month(row["date"], place=cells.place), row["market"]
            found.append(
                Target(month, place, row["platform"], row["field"], value, row["confidence"], row["basis"], ids)
            )
    return tuple(found)


def read_region_map(faults: list[Fault]) -> dict[str, RegionWeight]:
    """Return by market how many people of its Spotify region a modelled Spotify user and payer stand for."""
    weights: dict[str, dict[str, float]] = {}
    regions: dict[str, str] = {}
    for row in read_table("start_history"):
        if row["kind"] == "region_map":
            cells = Cells(row, place=f"start_history region_map {row['market']}", faults=faults)
            weights.setdefault(row["market"], {})[row["field"]] = cells.number("value", low=1.0)
            regions[row["market"]] = row["event"].removeprefix("stands_for:")
    found: dict[str, RegionWeight] = {}
    for market in MARKETS:
        own = weights.get(market, {})
        missing = [name for name in ("weight_mau", "weight_payers") if name not in own]
        if missing:
            rule = "every market has a row region_map for each weight"
            faults.append(Fault(f"start_history {market}", rule, f"no {' and '.join(missing)}", "Add the rows."))
        else:
            found[market] = RegionWeight(market, regions[market], own["weight_mau"], own["weight_payers"])
    return found


@cache
def spotify_quarterly() -> tuple[dict[str, str | float | None], ...]:
    """Return Spotify's quarters 2019Q1 to 2022Q4: `quarter`, numbers by column name (None where blank), confidences.

    Users and payers in millions, money in EUR m, regional shares in percent; `conf_*` say how each block is known.
    """
    return tuple(
        {column: (text if column == "quarter" or ("conf" in column and number_of(text) is None and text)
                  else number_of(text)) for column, text in row.items()}
        for row in read_table("spotify_quarterly")
    )  # fmt: skip
