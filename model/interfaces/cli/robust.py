"""The command `robust`: which policy of a sweep to take when nobody knows the future."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.table import Table

from model.experiments.answer_folder import check_folder
from model.foundation.errors import Fault, InputError, nearest
from model.foundation.files import is_folder, is_there
from model.interfaces.cli.compare import words_of
from model.interfaces.cli.running import STOPPED, check_engine, check_writable
from model.interfaces.cli.sweep import SweepProgress
from model.interfaces.cli.terminal import output

if TYPE_CHECKING:
    from model.experiments.robust import RobustChoice
    from model.experiments.sweep.result import SweepResult


def show_robust(
    source: str, *, wishes: Mapping[str, Any], choice: str | None, only: str | None, x: str | None, y: str | None,
    store: Path | None, workers: int | None, dask: str | None, out: Path | None, with_figures: bool,
) -> int:  # fmt: skip
    """Answer from a sweep's folder, or run a sweep file first; print the answer, save it; return the exit code.

    wishes: outcome, enough, market, over, sure, less, as of `robust_choice`, as far as they are given. choice: sweep
    file whose table [choice] holds the others; default: the sweep file that is run.
    """
    from model.experiments.robust.choice import KIND
    from model.experiments.robust.choosing import choice_from, is_sweep_folder, question_of
    from model.experiments.sweep.result import SweepResult

    given = {**wishes, **({} if only is None else {"only": words_of(only)})}
    if out is not None:
        check_writable(out)
        check_folder(out, kind=KIND)
    if is_sweep_folder(source):
        _nothing_to_run({"--store": store, "--workers": workers, "--dask": dask})
        asked = _asked(choice, given)
        found, code = SweepResult.open(source), 0
    else:
        _there_is(source)
        asked = _asked(choice or source, given)
        found, code = _run(source, asked, store=store, workers=workers, dask=dask)
    answer = choice_from(found, question_of(found, **asked))
    cells = x is not None or y is not None
    if cells:
        answer.map_over(x, y)  # a wrong input is told before all else
    _print(answer)
    if cells:
        _print_map(answer, x, y)
    if out is not None:
        answer.save(out, with_figures=with_figures)
        print(f"Saved {'tables and figures' if with_figures else 'tables'}: {out}")
    return code


def _asked(choice: str | None, given: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is asked: the table [choice] of a sweep file, where one is named, under what the command line gives.

    Errors: InputError where neither names an outcome.
    """
    from model.experiments.sweep.file import read_sweep_file

    found = {} if choice is None or is_folder(Path(choice)) else dict(read_sweep_file(choice).choice)
    asked = {**found, **given}
    if "outcome" not in asked:
        rule, way = "what counts is named", "Example: --outcome bytedance_income, or [choice] in the sweep file."
        raise InputError(Fault("command line: --outcome", rule, None, way))
    return asked


def _there_is(source: str) -> None:
    """Raise InputError where a source is no file, no folder and no name, with the sweeps that are near it."""
    from model.experiments.question_files import question_names
    from model.experiments.robust.choosing import is_sweep_folder
    from model.experiments.sweep.file import FOLDER

    path, names = Path(source), question_names(FOLDER)
    if source in names or is_there(path) or path.suffix == ".toml":
        return
    folders = [str(one) for one in path.parent.glob("*") if is_sweep_folder(one)]
    rule = "is the folder of a sweep, a sweep file, or the name of one"
    raise InputError(Fault("robust", rule, source, nearest(source, [*folders, *names])))


def _run(
    source: str, asked: Mapping[str, Any], *, store: Path | None, workers: int | None, dask: str | None
) -> tuple[SweepResult, int]:
    """Run a sweep file, or go on with it; a stopped one is answered with what is done."""
    from model.experiments.robust.choosing import question_of
    from model.experiments.sweep.file import read_sweep_file
    from model.experiments.sweep.plan import plan_sweep
    from model.experiments.sweep.sweeping import SweepStopped, default_folder, run_sweep

    if is_folder(Path(source)):
        rule, way = "is a sweep file, or the folder of a sweep", "Name the folder that `resonance sweep` kept."
        raise InputError(Fault("robust", rule, f"{source}, a folder without a sweep", way))
    check_engine(workers, dask)
    read = read_sweep_file(source)
    plan = plan_sweep(read.base, **read.wishes)
    question_of(plan, **asked)  # what is asked of it is told before it runs
    folder = default_folder(plan) if store is None else store
    check_writable(folder)
    with SweepProgress(quiet=False) as show:
        try:
            found, code = run_sweep(plan, store=folder, workers=workers, engine=dask, progress=show), 0
        except SweepStopped as stop:
            found, code = stop.result, STOPPED
    if code:
        print(f"resonance: stopped; {found.done:,} of {found.planned:,} runs are kept and answered from. The same "
              "command goes on with the rest.", file=sys.stderr)  # fmt: skip
    print(f"The runs are kept: {found.folder}")
    return found, code


def _nothing_to_run(options: Mapping[str, object]) -> None:
    faults = [
        Fault(f"command line: {name}", "the folder of a sweep is read, nothing is run", str(value), "Leave it out.")
        for name, value in options.items()
        if value is not None
    ]
    if faults:
        raise InputError(faults)


def _print(answer: RobustChoice) -> None:
    from model.experiments.robust.words import (
        SCORE_HEADS,
        box_lines,
        head_lines,
        information_lines,
        notes,
        rule_lines,
        score_cells,
        way_lines,
    )

    for line in head_lines(answer):
        print(line)
    table = Table(title=f"Policies over {len(answer.futures.points)} futures", title_justify="left")
    for at, heading in enumerate(SCORE_HEADS.values()):
        table.add_column(heading, justify="right" if at else "left")
    for cells in score_cells(answer.scores):
        table.add_row(*cells)
    output().print(table)
    for line in (*rule_lines(answer), *way_lines(answer)):
        print(line)
    print("Where:")
    for line in (*box_lines(answer), *information_lines(answer), *notes(answer)):
        print(line)


def _print_map(answer: RobustChoice, x: str | None, y: str | None) -> None:
    """Print who wins in each cell of two inputs."""
    from model.experiments.robust.scoring import sure_words

    first, second = answer.axes(x, y)
    names = [answer.futures.unknowns[at].column for at in (first, second) if at is not None]
    cells = answer.winner_map(x, y)
    table = Table(title="Who wins where", title_justify="left")
    for heading in (*names, "futures", "winner", "sure"):
        table.add_column(heading, justify="right" if heading in ("futures", "sure") else "left")
    for row in cells.to_dict("records"):
        told = str(row["winner"]) if row["clear"] else f"no clear winner ({row['winner']})" if row["futures"] else "-"
        sure = sure_words(float(row["confidence"])) if row["futures"] else "-"
        table.add_row(str(row["x"]), *([str(row["y"])] if second is not None else []), str(row["futures"]), told, sure)
    output().print(table)
