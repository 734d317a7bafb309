"""What a calibration came to, as the last part of docs/calibration.md: every number there is written from here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from model.experiments.calibration.words import summary_lines

if TYPE_CHECKING:
    from model.experiments.calibration.result import CalibrationResult

HEADING = "## What came of it"
"""First line of the part that is written; what stands above it in the page is kept by hand."""


def results_section(found: CalibrationResult) -> str:
    """Return the findings in sentences and tables, Markdown, from its heading to its last line."""
    about = f"Calibration {found.plan.digest}, scenario {found.plan.scenario.name} {found.plan.scenario.digest}."
    lines = "\n".join(f"- {line}" for line in summary_lines(found))
    parts = [HEADING, about, lines, _parameters(found), _levels(found), _moments(found), _coverage(found)]
    return "\n\n".join(parts) + "\n"


def _parameters(found: CalibrationResult) -> str:
    rows = [
        (f"`{row['parameter']}`", _band(row, "before"), _band(row, "after"), f"{row['contraction']:.0%}",
         row["verdict"])
        for row in found.posterior.to_dict("records")
    ]  # fmt: skip
    return _table(("parameter", "before: median (90%)", "after: median (90%)", "narrower by", ""), rows)


def _levels(found: CalibrationResult) -> str:
    rows = [
        (row["words"], row["date"], f"{row['recorded']:.0f}", f"{row['5']:.0f} to {row['95']:.0f} ({row['50']:.0f})")
        for row in found.levels.to_dict("records")
    ]
    return "Levels, which growth from the start comes to:\n\n" + _table(
        ("millions", "month", "recorded", "90% of draws after (median)"), rows
    )


def _moments(found: CalibrationResult) -> str:
    rows = [
        (row["words"], f"{row['recorded']:.3g} ({row['tolerance']:.2g})",
         f"{row['before_5']:.3g} to {row['before_95']:.3g}", f"{row['after_5']:.3g} to {row['after_95']:.3g}",
         "met" if row["met"] else "**missed**")
        for row in found.moments.to_dict("records")
    ]  # fmt: skip
    return _table(("moment", "recorded (deviation)", "90% of lives before", "90% of draws after", ""), rows)


def _coverage(found: CalibrationResult) -> str:
    each = ", ".join(f"`{row['parameter']}` {row['coverage']:.0%}" for row in found.coverage.table.to_dict("records"))
    return f"Coverage of the 90% intervals of known truths, by parameter: {each}."


def _band(row: Mapping[object, object], when: str) -> str:
    return f"{row[f'{when}_50']:.3g} ({row[f'{when}_5']:.3g} to {row[f'{when}_95']:.3g})"


def _table(head: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(str(cell).replace("|", "/") for cell in line) + " |" for line in lines)
