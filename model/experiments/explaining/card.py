"""An explained difference as a card for notebooks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from model.experiments.comparing.outcomes import HORIZON
from model.experiments.sweep.words import amount
from model.foundation.markup import card, table

if TYPE_CHECKING:
    from model.experiments.explaining.explained import ExplainedDifference


def explained_html(found: ExplainedDifference) -> str:
    """Return the card of a difference and its shares."""
    rows = found.table()
    cells = [
        (str(row["difference"]), amount(float(row["share"])),
         f"{amount(float(row['low']))} to {amount(float(row['high']))}", f"{float(row['part']):.0%}",
         amount(float(row["alone"])), amount(float(row["last"])))
        for row in rows.to_dict("records")
    ]  # fmt: skip
    heads = ("what differs", "share", f"{found.level:.0%} interval", "of the whole", "alone", "last")
    return card(
        "Why", f"{found.names[1]} differs from {found.names[0]}", about=found.text(),
        facts=[("outcome", found.outcome.label), ("unit", found.outcome.unit(HORIZON)),
               ("replicates", str(found.replicates))],
        parts=[table(heads, cells, caption="Shapley shares: they add up to the difference")], notes=found.notes,
    )  # fmt: skip
