"""A comparison as a card for notebooks: the verdict, and the differences of all markets together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from model.experiments.comparing.outcomes import HORIZON, WORLD
from model.experiments.comparing.words import direction
from model.experiments.sweep.words import amount
from model.foundation.markup import card, table
from model.results.magnitude import unbroken

if TYPE_CHECKING:
    from model.experiments.comparing.comparison import Comparison

ROWS = 24


def comparison_html(found: Comparison) -> str:
    """Return the card of a comparison."""
    plan = found.plans[0]
    rows = found.table(over=HORIZON)
    rows = rows[rows["market"] == WORLD]
    cells = []
    for row in rows.head(ROWS).to_dict("records"):
        kept = found.outcomes[str(row["outcome"])]
        low, high, gap = float(row["low"]), float(row["high"]), float(row["difference"])
        way = direction(row)
        sign = {"same": "no difference", "unknown": "-"}.get(way, way)
        cells.append((
            kept.label, str(row["scenario"]), sign, unbroken(amount(float(row["base_mean"]))),
            unbroken(f"{'+' if gap > 0 else ''}{amount(gap)}"), unbroken(f"{amount(low)} to {amount(high)}"),
            kept.unit(HORIZON),
        ))  # fmt: skip
    heads = (
        "outcome",
        "scenario",
        "direction",
        f"in {found.names[0]}",
        "difference",
        f"{found.level:.0%} interval",
        "unit",
    )
    bands = "intervals of paired differences" if found.under is None else f"bands over members of {found.ensemble_name}"
    more = f"; {len(rows) - ROWS} more rows in table()" if len(rows) > ROWS else ""
    return card(
        "Comparison", ", ".join(found.names), about=found.ranking().text(),
        facts=[("markets", str(len(plan.markets))), ("months", f"{plan.months} from {plan.start}"),
               ("replicates" if found.under is None else "members", str(found.replicates))],
        parts=[table(heads, cells, left=3, caption=f"All markets over the horizon, {bands}{more}")], notes=found.notes,
    )  # fmt: skip
