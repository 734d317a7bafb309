"""A result as a card for notebooks: who listens, who pays and who earns, where it comes from, what else it holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from model.foundation.markup import card, folded, table
from model.foundation.months import parse_month, show_month
from model.results.magnitude import magnitude
from model.results.measures import FRAMES
from model.results.palette import name_of
from model.results.summary import EVERYBODY, WORLD, summary_rows

if TYPE_CHECKING:
    from model.results.run_result import RunResult

SERVICES, LABELS = 8, 5
"""Rows that are shown of services and of labels."""
PICTURES = "shares payers revenue label_income small_multiples map race fan fans hits tiktok"


def run_html(result: RunResult) -> str:
    """Return the card of a result."""
    card_, known = result.card, result.provenance
    rows = summary_rows(result)
    world = rows[rows["place"] == WORLD]
    carried = known.carried
    many = len(known.run_ids)
    whose = "mean of the replicates" if carried is None else f"median of the runs under the ensemble {carried.name}"
    return card(
        "Run", card_.name, about=card_.about,
        facts=[
            ("markets", ", ".join(card_.markets) if len(card_.markets) <= 8 else str(len(card_.markets))),
            ("months", f"{card_.months} from {card_.start}"), ("simulated users a market", f"{card_.users:,}"),
            ("runs", str(many)), ("seed", str(card_.seed)), ("hash", card_.digest),
        ],
        parts=[
            _people(world, result, whose=whose if many > 1 else "one run"), _labels(world),
            folded("the scenario in words", card_.explanation),
            folded("what else there is", f"Tables: {', '.join(FRAMES)}\nPictures: {_pictures()}\n"
                   'In words: summary_text(); where a number comes from: trace("payers")'),
        ],
        notes=result.notices,
    )  # fmt: skip


def _people(world: pd.DataFrame, result: RunResult, *, whose: str) -> str:
    figures = {str(name): own.set_index("who") for name, own in world.groupby("measure", sort=False)}
    users = figures["users"]
    last = show_month(parse_month(result.card.start) + int(result.services["month"].max()) - 1)
    cells = []
    for who in [str(one) for one in users.index[:SERVICES]]:
        cells.append((
            name_of(who), _amount(users, who, "opening"), _amount(users, who, "end"),
            _amount(figures["payers"], who, "end"), _share(figures["conversion"], who),
            _amount(figures["revenue"], who, "end"), _amount(figures["gross_profit"], who, "end"),
        ))  # fmt: skip
    streamers, paying = figures["streamers"], figures["people_paying"]
    everybody = ("People who stream", _amount(streamers, EVERYBODY, "opening"), _amount(streamers, EVERYBODY, "end"),
                 _amount(paying, EVERYBODY, "end"), "", "", "")  # fmt: skip
    heads = ("service", "users at the opening", f"users {last}", f"payers {last}", "paying", "revenue, USD a month",
             "gross profit, USD a month")  # fmt: skip
    more = f"; the {SERVICES} largest of {len(users)}" if len(users) > SERVICES else ""
    return table(heads, [*cells, everybody], caption=f"People and money, all markets, {whose}{more}")


def _labels(world: pd.DataFrame) -> str:
    income = world[(world["measure"] == "label_income") & (world["who"] != EVERYBODY)].set_index("who")
    rows = [(name_of(str(who)), _amount(income, str(who), "end")) for who in income.index[:LABELS]]
    return table(("label", "income from streaming, USD in the last month"), rows)


def _amount(rows: pd.DataFrame, who: str, when: str) -> str:
    value = float(rows[when].get(who, np.nan))
    if not np.isfinite(value):
        return "-"
    size, sign = magnitude(value)
    return f"{value / size:,.3g}{f' {sign}' if sign else ''}"


def _share(rows: pd.DataFrame, who: str) -> str:
    value = float(rows["end"].get(who, np.nan))
    return f"{value:.1%}" if np.isfinite(value) else "-"


def _pictures() -> str:
    return ", ".join(f"plot.{name}" for name in PICTURES.split())
