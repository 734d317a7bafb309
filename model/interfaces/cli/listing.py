"""Lists: facts, what is weakly known, parameters, scenarios."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from rich import box
from rich.table import Table
from rich.text import Text

from model.foundation.errors import Fault, InputError, nearest
from model.interfaces.cli.terminal import output

if TYPE_CHECKING:
    from model.facts.book import Fact
    from model.spec.parameters import Parameter

_COLOURS = {"found": "green", "computed": "green", "derived": "cyan", "recalled": "cyan", "estimate": "yellow",
            "assumption": "magenta"}  # fmt: skip


def print_facts(terms: Sequence[str], *, limit: int) -> None:
    """Print the facts that meet every term; without a term, what the book holds."""
    from model.facts import known_book

    book = known_book()
    if not terms:
        _print_contents(list(book))
        return
    found = book.search(*terms)
    _print_blocks(found, limit=limit)
    console = output()
    if not found:
        console.print(f"No fact has all of: {' '.join(terms)}.", markup=False)


def print_one_fact(fact_id: str) -> None:
    """Print one fact in full; InputError with the nearest id otherwise."""
    from model.facts import known_book

    _print_blocks([known_book().get(fact_id)], limit=0)


def print_weak(terms: Sequence[str], *, limit: int) -> None:
    """Print what is weakly known at the start, the weightiest doubt first; terms keep markets and names."""
    from model.facts import load_start, weak_cells

    start = load_start()
    words = {word.lower() for word in terms}
    cells = weak_cells(start)
    names = {text for cell in cells for text in (cell.market.lower(), cell.name, cell.kind, cell.confidence)}
    faults = [Fault("search term", "names a market, a service, a label, a kind or a confidence", word,
                    nearest(word, sorted(names))) for word in words - names]  # fmt: skip
    if faults:
        raise InputError(faults)
    chosen = [cell for cell in cells
              if words <= {cell.market.lower(), cell.name, cell.kind, cell.confidence}]  # fmt: skip
    table = _table("weight", "market", "what", "value", "80% band", "known as", "why")
    shown = chosen[:limit] if limit else chosen
    for cell in shown:
        scale, unit = (100.0, "%") if cell.kind == "repertoire" else (1.0, "M")
        band = f"{scale * cell.low:,.3g} to {scale * cell.high:,.3g}"
        value = f"{scale * cell.value:,.3g} {unit}"
        table.add_row(f"{cell.weight:.2f}", cell.market, f"{cell.name} {cell.kind}", value, band,
                      _confidence(cell.confidence), cell.basis)  # fmt: skip
    console = output()
    console.print(table)
    console.print(
        "Weight: share of the market times the width of the band (log high/low), times 1.5 for an assumption.\n"
        + _of(len(shown), len(chosen)), markup=False,
    )  # fmt: skip


def print_parameters() -> None:
    """Print every declared parameter, by subject."""
    from model.spec.parameters import declared_parameters

    table = _table("name", "default", "likely range", "unit", "meaning", "source")
    for line in declared_parameters().values():
        table.add_row(line.name, f"{line.default:g}", _likely(line), line.unit, line.meaning, line.source)
    output().print(table)


def write_parameters(page: Path) -> None:
    """Write the page of all parameters."""
    from model.foundation.files import write_text_whole
    from model.spec.parameter_page import parameter_page

    write_text_whole(page, parameter_page())
    print(f"Written: {page}")


def print_parameter(name: str) -> None:
    """Print one parameter in full, with the facts it rests on; InputError with the nearest name otherwise."""
    from model.facts import known_book
    from model.spec.parameters import declared_parameters

    declared = declared_parameters()
    if name not in declared:
        raise InputError(Fault("parameter", "is a declared one", name, nearest(name, list(declared))))
    line = declared[name]
    console = output()
    console.print(
        f"{line.name} = {line.default:g} {line.unit}\n  {line.meaning}\n"
        f"  likely {_likely(line)}, bounds {line.low:g} to {line.high:g}, {line.kind}\n"
        f"  source: {line.source}\n  set it with --set parameters.{line.name}=VALUE",
        markup=False,
    )
    book = known_book()
    _print_blocks([book.get(one) for one in line.source.split(";") if one in book], limit=0, told=False)


def print_scenarios() -> None:
    """Print the names of the scenarios and what each plays; one that is faulty is named with its first fault."""
    from model.spec.reading import find_scenario, scenario_names
    from model.spec.scenario import Scenario

    table = _table("scenario", "what it plays", "markets", "months", "users per market")
    for name in scenario_names():
        try:
            plan = Scenario.load(find_scenario(name))
        except InputError as error:
            table.add_row(name, f"faulty: {error.faults[0]}", "", "", "")
            continue
        markets = ", ".join(plan.markets) if len(plan.markets) <= 3 else str(len(plan.markets))
        table.add_row(name, plan.about, markets, f"{plan.months} from {plan.start}", f"{plan.users:,}")
    console = output()
    console.print(table)
    console.print("resonance explain NAME says more; resonance run NAME runs it.", markup=False)


def _print_blocks(facts: Sequence[Fact], *, limit: int, told: bool = True) -> None:
    """Print facts as blocks of two to four lines, each line wrapped under its own start."""
    console = output()
    shown = facts[:limit] if limit else facts
    for fact in shown:
        head = Text(f"{fact.entity} {'' if fact.entity == fact.market else fact.market + ' '}{fact.field}: ")
        head.append(f"{fact.value} {fact.unit}", style="bold")
        head.append(f", {fact.date}" if fact.date else "")
        head.append(f"  {fact.confidence}", style=_COLOURS.get(fact.confidence, ""))
        console.print(head)
        for text in (fact.source, fact.note, fact.url, fact.id):
            if text:
                console.print(Text(f"    {text}", style="" if text is fact.source else "dim"), overflow="fold")
    if told and facts:
        console.print(_of(len(shown), len(facts)), markup=False)


def _print_contents(facts: Sequence[Fact]) -> None:
    console = output()
    counts: dict[str, int] = {}
    for fact in facts:
        counts[fact.confidence] = counts.get(fact.confidence, 0) + 1
    console.print(f"{len(facts):,} facts: " + ", ".join(f"{count:,} {name}" for name, count in counts.items()) + ".")
    console.print("Ask with words that all must occur: resonance facts IN spotify. A code in capitals is a market.\n"
                  "resonance facts --weak lists what is weakly known.", markup=False)  # fmt: skip


def _table(*columns: str) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for name in columns:
        is_number = name in ("weight", "value", "default")
        whole = is_number or name == "name"
        table.add_column(name, justify="right" if is_number else "left", overflow="fold", no_wrap=whole)
    return table


def _confidence(word: str) -> Text:
    return Text(word, style=_COLOURS.get(word, ""))


def _likely(line: Parameter) -> str:
    return f"{line.likely[0]:g} to {line.likely[1]:g}"


def _of(shown: int, found: int) -> str:
    if shown < found:
        return f"{shown} of {found} shown; --limit 0 shows all."
    return "1 found." if found == 1 else f"{found} found."
