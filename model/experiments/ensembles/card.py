"""An ensemble as a card for notebooks: what its members hold of each parameter."""

from __future__ import annotations

from typing import TYPE_CHECKING

from model.foundation.markup import card, table
from model.spec.parameters import declared_parameters

if TYPE_CHECKING:
    from model.experiments.ensembles.ensemble import Ensemble

LEVELS = (0.05, 0.5, 0.95)
ROWS = 30


def ensemble_html(found: Ensemble) -> str:
    """Return the card of an ensemble."""
    quantiles, declared = found.quantiles(LEVELS), declared_parameters()
    cells = [
        (name, declared[name].meaning, f"{declared[name].default:g}", *(f"{float(one):.3g}" for one in quantiles[name]),
         declared[name].unit)
        for name in found.parameters[:ROWS]
    ]  # fmt: skip
    more = f"; {len(found.parameters) - ROWS} more" if len(found.parameters) > ROWS else ""
    weights = found.weights
    return card(
        "Ensemble", found.name, about=found.about,
        facts=[("members", f"{len(found):,}"), ("worth of them", f"{1.0 / float((weights**2).sum()):,.0f}"),
               ("made by", str(found.made.get("method", ""))), ("hash", found.digest)],
        parts=[table(("parameter", "meaning", "declared", "5%", "middle", "95%", "unit"), cells, left=2,
                     caption=f"Weighted quantiles of the members{more}")],
    )  # fmt: skip
