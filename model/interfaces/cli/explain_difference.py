"""The command `why`: how much of an outcome's difference each thing explains that two scenarios do differently."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from rich.table import Table

from model.experiments.answer_folder import check_folder
from model.interfaces.cli.compare import amount, scale_of
from model.interfaces.cli.progress import RunProgress
from model.interfaces.cli.running import STOPPED, check_writable
from model.interfaces.cli.terminal import output
from model.spec.scenario import Scenario

if TYPE_CHECKING:
    from model.experiments.explaining import ExplainedDifference


def show_explanation(
    scenarios: Sequence[Scenario], *, outcome: str, market: str | None, over: str, replicates: int,
    orders: int | None, by_market: bool, out: Path | None,
) -> int:  # fmt: skip
    """Print the shares of a difference, save tables and waterfall to `out`; return the exit code."""
    from model.experiments.comparing.outcomes import WORLD
    from model.experiments.explaining import ExplanationStopped, explain_difference

    first, second = scenarios
    place = WORLD if market is None else market if market == WORLD else market.upper()
    _check(place, over, scenarios)
    if out is not None:
        check_writable(out)
        check_folder(out, kind="why")
    with RunProgress(quiet=False) as show:
        try:
            found, code = explain_difference(
                first, second, outcome=outcome, replicates=replicates, orders=orders, by_market=by_market,
                progress=show,
            ), 0  # fmt: skip
        except ExplanationStopped as stop:
            if stop.result is None:
                print("resonance: stopped before a replicate of every world was finished.", file=sys.stderr)
                return STOPPED
            found, code = stop.result, STOPPED
    if code:
        print(f"resonance: stopped; {found.replicates} replicates were finished.", file=sys.stderr)
    _print(found, market=place, over=over)
    if out is not None:
        found.save(out, market=place, over=over)
        print(f"Saved tables and a figure: {out}")
    return code


def _check(market: str, over: str, scenarios: Sequence[Scenario]) -> None:
    """Raise InputError for a market or a moment that will not be there, before anything is run."""
    from model.experiments.comparing.outcomes import END, HORIZON, WORLD
    from model.foundation.errors import Fault, nearest, raise_faults

    known = [WORLD, *(code for code in scenarios[0].markets if all(code in plan.markets for plan in scenarios))]
    raise_faults([
        Fault(f"command line: {option}", "is one of those compared", value, nearest(value, names))
        for option, value, names in (("--market", market, known), ("--over", over, [END, HORIZON]))
        if value not in names
    ])  # fmt: skip


def _print(found: ExplainedDifference, *, market: str, over: str) -> None:
    table = found.table(market=market, over=over)
    first, second = found.ends(market=market, over=over)
    scale = scale_of([first, second])
    shown = Table(title=f"Why {found.names[1]} differs from {found.names[0]}", title_justify="left")
    for heading in ("what differs", "share", f"{found.level:.0%} interval", "of the whole", "alone", "last"):
        shown.add_column(heading, justify="left" if heading == "what differs" else "right")
    for row in table.to_dict("records"):
        low, high = (amount(row[name], scale) for name in ("low", "high"))
        part = row["part"]
        shown.add_row(
            str(row["difference"]), amount(row["share"], scale), f"{low} to {high}" if low != "-" else "-",
            f"{part:.0%}" if part == part else "-", amount(row["alone"], scale), amount(row["last"], scale),
        )  # fmt: skip
    shown.add_section()
    shown.add_row("difference", amount(second - first, scale), "", "100%" if second != first else "-", "", "")
    output().print(shown)
    for note in found.notes:
        print(f"Note: {note}.")
    if not found.groups.is_exact:
        most = float(table["sampling"].max())
        print(f"Sampled orders: the shares are known to within {amount(most, scale, plus=False)} (90%).")
    print("Alone: by itself in the first scenario; last: added when all else is as in the second.")
    print(found.text(market=market, over=over))
