"""Lists of what the model rests on: facts that nothing uses, and assumptions that matter most."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich import box
from rich.table import Table

from model.foundation.errors import Fault, InputError, nearest, raise_faults
from model.interfaces.cli.terminal import output

if TYPE_CHECKING:
    from model.experiments.assumptions.screening import Screened, Screening


def check_one_list(**asked: object) -> None:
    """Raise InputError where two lists are asked for at once, or a measurement without its list."""
    lists = [name for name in ("weak", "fact_id", "unused", "assumptions") if asked[name]]
    named = {"fact_id": "id"}
    place = "command line: facts"
    faults = []
    if len(lists) > 1:
        words = " ".join(f"--{named.get(name, name)}" for name in lists)
        faults.append(Fault(place, "prints one list at a time", words, "Leave out all but one."))
    if asked["measure"] and not asked["assumptions"]:
        faults.append(Fault(place, "--measure goes with --assumptions", "--measure", "Add --assumptions."))
    raise_faults(faults)


def print_unused(terms: Sequence[str], *, limit: int) -> None:
    """Print the facts that nothing uses, counted by table and reason; with names of tables, one by one."""
    from model.experiments.fact_uses import unused_facts, used_facts

    found, console = unused_facts(), output()
    if not terms:
        counts = Counter((one.fact.table, one.reason) for one in found)
        table = _table("facts", "table", "why nothing uses them")
        for (name, reason), count in sorted(counts.items(), key=lambda entry: (entry[0][0], -entry[1])):
            table.add_row(f"{count}", name, reason)
        console.print(table)
        console.print(
            f"{len(found):,} facts are held without being used, {len(used_facts()):,} are used by the start, a "
            "parameter, a scenario, a pattern or the code.\nA table's name lists its facts: resonance facts --unused "
            "prices", markup=False,
        )  # fmt: skip
        return
    tables = sorted({one.fact.table for one in found})
    raise_faults([Fault("table", "is one with facts that nothing uses", term, nearest(term, tables))
                  for term in terms if term not in tables])  # fmt: skip
    chosen = [one for one in found if one.fact.table in terms]
    table = _table("id", "fact", "why nothing uses it")
    shown = chosen[:limit] if limit else chosen
    for one in shown:
        fact = one.fact
        about = fact.market if fact.entity == fact.market else f"{fact.entity} {fact.market}"
        when = f", {fact.date}" if fact.date else ""
        table.add_row(fact.id, f"{about} {fact.field}: {fact.value} {fact.unit}{when}", one.reason)
    console.print(table)
    console.print(_of(len(shown), len(chosen)), markup=False)


def print_assumptions(terms: Sequence[str], *, limit: int, measure: bool) -> None:
    """Print the parameters that matter most to an outcome, by the stored screening; measure: run it anew first."""
    from model.experiments.assumptions import measure_assumptions, screening

    if len(terms) > 1:
        way = "Example: resonance facts --assumptions label_income."
        raise InputError(Fault("outcome", "is one at a time", " ".join(terms), way))
    if measure:
        from model.interfaces.cli.sweep import SweepProgress

        with SweepProgress(quiet=False) as show:
            print(f"Written: {measure_assumptions(progress=show).name}")
    found = screening()
    outcome, rows = found.of(terms[0] if terms else None)
    table = _table("rank", "parameter", "of the strongest", "default", "likely range", "meaning", "source")
    shown = rows[:limit] if limit else rows
    for one in shown:
        table.add_row(f"{one.rank} ({one.rank_best}-{one.rank_worst})", one.name, f"{one.share:.0%}", *_declared(one))
    console = output()
    console.print(table)
    others = ", ".join(name for name in found.outcomes if name != outcome)
    unit = f", {rows[0].unit}" if rows else ""
    lines = [f"Outcome {outcome} ({found.response}{unit}); others: {others}.", *_made(found)]
    console.print("\n".join([*lines, _of(len(shown), len(rows))]), markup=False)


def _declared(one: Screened) -> tuple[str, str, str, str]:
    """Return default, likely range, meaning and source of a parameter."""
    line = one.line
    if line is None:
        return "-", "-", "no longer declared", "-"
    return f"{line.default:g}", f"{line.likely[0]:g} to {line.likely[1]:g} {line.unit}", line.meaning, line.source


def _made(found: Screening) -> list[str]:
    """Return from which runs the ranking is, and what has changed since."""
    from model.experiments.assumptions import unscreened
    from model.foundation.version import model_version

    made, later = found.made, unscreened(found)
    lines = [
        f"From sweep {made['sweep']} of model {made['model_version']}: {made['method']} screening of "
        f"{len(found.inputs)} parameters over their likely ranges, {made['paths']} paths, {made['runs']:,} runs of "
        f"{made['scenario']} ({', '.join(made['markets'])}, {made['users']:,} users, {made['months']} months).",
        f"Places in brackets are those that the intervals allow. Made by `{made['command']}`.",
    ]
    if made["model_version"] != model_version():
        lines.append(f"The model has changed since (now {model_version()}): order and size may have too.")
    if later:
        lines.append(f"Declared since and not screened: {', '.join(later)}.")
    return lines


def _table(*columns: str) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for name in columns:
        number = name in ("facts", "rank", "of the strongest", "default")
        table.add_column(
            name, justify="right" if number else "left", overflow="fold", no_wrap=name in ("id", "parameter")
        )
    return table


def _of(shown: int, found: int) -> str:
    return f"{shown} of {found} shown; --limit 0 shows all." if shown < found else f"{found} found."
