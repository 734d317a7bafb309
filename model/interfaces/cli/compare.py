"""The command `compare`: paired differences of scenarios under common random numbers, and their ranking."""

from __future__ import annotations

import sys
from collections.abc import Hashable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.table import Table

from model.experiments.answer_folder import check_folder
from model.interfaces.cli.progress import RunProgress
from model.interfaces.cli.running import STOPPED, check_writable
from model.interfaces.cli.terminal import output
from model.results.magnitude import magnitude
from model.spec.scenario import Scenario

if TYPE_CHECKING:
    from model.experiments.comparing import Comparison
    from model.experiments.ensembles import Ensemble

NOTHING = 1e-9
"""Part of the base below which a difference is the noise of sums, and stands as 0."""


def words_of(text: str | None) -> tuple[str, ...] | None:
    """Return the words of a list with commas; None for none given."""
    return None if text is None else tuple(word.strip() for word in text.split(",") if word.strip())


def show_comparison(
    scenarios: Sequence[Scenario], *, replicates: int | None, most: int | None, outcomes: str | None, by: str | None,
    platforms: str | None, out: Path | None, with_figure: bool, every_market: bool, ensemble: Ensemble | None = None,
    members: int | None = None,
) -> int:  # fmt: skip
    """Print differences, variance reduction and ranking of scenarios; save them to `out`; return the exit code."""
    from model.experiments.comparing import ComparisonStopped, compare

    if out is not None:
        check_writable(out)
        check_folder(out, kind="comparison")
    with RunProgress(quiet=False) as show:
        try:
            found, code = compare(
                *scenarios, replicates=replicates, most=most, outcomes=words_of(outcomes), by=by,
                platforms=words_of(platforms), progress=show, ensemble=ensemble, members=members,
            ), 0  # fmt: skip
        except ComparisonStopped as stop:
            if stop.result is None:
                print("resonance: stopped before a replicate of every scenario was finished.", file=sys.stderr)
                return STOPPED
            found, code = stop.result, STOPPED
    if code:
        what = "replicates" if found.under is None else f"of {len(found.under.members)} members"
        print(f"resonance: stopped; {found.replicates} {what} were finished.", file=sys.stderr)
    _print(found, every_market=every_market)
    if out is not None:
        found.save(out, with_figure=with_figure)
        pictures = "a figure" if found.under is None else "two figures"
        print(f"Saved {f'tables and {pictures}' if with_figure else 'tables'}: {out}")
    return code


def _print(found: Comparison, *, every_market: bool) -> None:
    table = found.table()
    places = list(dict.fromkeys(table["market"])) if every_market else ["total"]
    for name in found.names[1:]:
        shown = Table(title=f"{name} less {found.names[0]}", title_justify="left")
        headings = ("outcome", *(("market",) if every_market else ()), "over", "base", "difference",
                    f"{found.level:.0%} {'interval' if found.under is None else 'band'}", "relative",
                    "reduction" if found.under is None else "above 0")  # fmt: skip
        for heading in headings:
            words = heading in ("outcome", "market", "over")
            shown.add_column(heading, justify="left" if words else "right", no_wrap=heading == "outcome")
        for row in table[(table["scenario"] == name) & table["market"].isin(places)].to_dict("records"):
            outcome = found.outcomes[str(row["outcome"])]
            over = "end" if row["over"] == "end" else outcome.over.split()[0]
            market = (str(row["market"]),) if every_market else ()
            shown.add_row(outcome.label, *market, over, *_cells(row))
        output().print(shown)
    print(units_told(found))
    for note in found.notes:
        print(f"Note: {note}.")
    if found.under is None:
        runs = f"{found.replicates} replicates of {len(found.names)} scenarios"
        print(f"Reduction (of variance): how many times more replicates seeds of their own would take. {runs}.")
    else:
        print(f"Bands hold {found.level:.0%} of {found.replicates} members, each compared with itself; above 0: in "
              "what share of them; base and difference are means.")  # fmt: skip
    print(found.ranking().text())


def units_told(found: Comparison) -> str:
    """Return the units of the table in a sentence: that of most outcomes, then the others with what they are of."""
    of: dict[str, list[str]] = {}
    for outcome in found.outcomes.values():
        of.setdefault(outcome.unit("end"), []).append(outcome.label)
    usual, *others = sorted(of, key=lambda unit: -len(of[unit]))
    more = "".join(f"; {unit} of {', '.join(of[unit])}" for unit in others)
    summed = any(one.unit("end") != one.unit("horizon") for one in found.outcomes.values())
    return f"Units: {usual}{more}{'; a sum of months is not per month' if summed else ''}."


def _cells(row: Mapping[Hashable, Any]) -> tuple[str, ...]:
    base, difference, low, high, part = (
        float(row[key]) for key in ("base_mean", "difference", "low", "high", "relative")
    )
    known = [abs(number) for number in (difference, low, high) if number == number]
    if known and max(known) < NOTHING * abs(base):
        difference, low, high, part = (0.0 if number == number else number for number in (difference, low, high, part))
    scale = scale_of([difference, low, high])
    return (
        amount(base, scale_of([base]), plus=False), amount(difference, scale),
        f"{amount(low, scale)} to {amount(high, scale)}" if low == low else "-", percent(part),
        f"{row['share_above']:.0%}" if "share_above" in row else _times(float(row["variance_reduction"])),
    )  # fmt: skip


def scale_of(values: Sequence[float]) -> tuple[float, str]:
    """Return the divisor and sign (k, M, B) that suit the largest of some numbers."""
    largest = max((abs(value) for value in values if value == value), default=0.0)
    size, sign = magnitude(largest)
    return size, f" {sign}" if sign else ""


def amount(value: float, scale: tuple[float, str], *, plus: bool = True) -> str:
    """Return a number in a scale with its sign; an exact 0 stands as 0."""
    if value != value:
        return "-"
    if value == 0.0:
        return "0"
    size, sign = scale
    return f"{value / size:+,.4g}{sign}" if plus else f"{value / size:,.4g}{sign}"


def percent(part: float) -> str:
    """Return a part as a percentage with its sign; what rounds to nothing stands as 0, or as less than 0.01%."""
    if part != part:
        return "-"
    if part == 0.0:
        return "0"
    return "< 0.01%" if abs(part) < 0.5e-4 else f"{part:+,.0%}" if abs(part) >= 10.0 else f"{part:+.2%}"


def _times(reduction: float) -> str:
    if reduction != reduction:
        return "-"
    return f"x {reduction:,.3g}" if reduction < 1e6 else "exact" if reduction == float("inf") else "x 1e6 or more"
