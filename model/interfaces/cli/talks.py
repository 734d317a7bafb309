"""The command `talks`: how the talks that a scenario plans go, over many replicates."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from rich.table import Table

from model.experiments.answer_folder import check_folder, save_answer
from model.interfaces.cli.progress import RunProgress
from model.interfaces.cli.running import STOPPED, check_writable
from model.interfaces.cli.terminal import output
from model.results.picture_bytes import png
from model.spec.scenario import Scenario

if TYPE_CHECKING:
    import pandas as pd

    from model.experiments.talks import TalkOutcomes

WHATS = ("weeks of talks", "weeks on old terms", "weeks away", "payment over old terms")


def show_talks(plan: Scenario, *, replicates: int, out: Path | None) -> int:
    """Live the talks and print outcomes, walk-outs and durations; save tables and a figure to `out`.

    Returns the exit code. Stopped by the user it shows and saves the replicates that were finished.
    """
    from model.experiments.talks import TalksStopped, talk_outcomes

    if out is not None:
        check_writable(out)
        check_folder(out, kind="talks")
    outcomes: TalkOutcomes | None
    with RunProgress(quiet=False) as show:
        try:
            outcomes, code = talk_outcomes(plan, replicates=replicates, progress=show), 0
        except TalksStopped as stop:
            outcomes, code = stop.outcomes, STOPPED
    if code:
        done = 0 if outcomes is None else outcomes.replicates
        print(f"resonance: stopped after {done} of {replicates} replicates.", file=sys.stderr)
    if outcomes is not None:
        _print(outcomes)
        if out is not None:
            _save(outcomes, out)
    return code


def _print(outcomes: TalkOutcomes) -> None:
    if outcomes.talks.empty:
        print(f"No licence came to the table in {_counted(outcomes.replicates, 'replicate')}.")
        return
    console = output()
    console.print(_courses(outcomes.courses()))
    console.print(_walk_outs(outcomes.walk_outs()))
    console.print(_durations(outcomes.durations()))
    print(
        f"{_counted(len(outcomes.talks), 'talk')} in {_counted(outcomes.replicates, 'replicate')}, "
        f"{outcomes.seconds:.0f} s. Brackets: 90% interval of a share (Wilson), 5% to 95% of talks of a duration."
    )
    for notice in outcomes.notices:
        print(f"Note: {notice} (users of the scenario and of [talks]).")


def _table(title: str, heads: list[str]) -> Table:
    shown = Table(title=title, title_justify="left")
    shown.add_column("licence")
    for head in heads:
        shown.add_column(head, justify="right")
    return shown


def _courses(table: pd.DataFrame) -> Table:
    from model.experiments.talks.outcomes import LICENCE

    order = list(dict.fromkeys(table["course"]))
    shown = _table("How talks go", ["talks", *order])
    for key, rows in table.groupby(LICENCE, sort=False):
        cells = {str(row["course"]): _share(row, "share") for _, row in rows.iterrows()}
        shown.add_row(_who(key), str(rows["talks"].iloc[0]), *(cells[course] for course in order))
    return shown


def _walk_outs(table: pd.DataFrame) -> Table:
    from model.experiments.talks.outcomes import LICENCE, SIDES

    heads = ["walk-outs", "probability", *(f"by {side}" for side in SIDES), "cannibalisation", "disagreement"]
    shown = _table("Walk-outs: who wanted them, and why", [*heads, "still away"])
    columns = [*(f"by_{side}" for side in SIDES), "cannibalisation", "disagreement", "still_away"]
    for _, row in table.iterrows():
        counts = (str(row[name]) if row[name] else "-" for name in columns)
        shown.add_row(_who(tuple(row[LICENCE])), str(row["walk_outs"]), _share(row, "exit"), *counts)
    return shown


def _durations(table: pd.DataFrame) -> Table:
    from model.experiments.talks.outcomes import LICENCE

    shown = _table("How long, and for what: median of the talks that are over", list(WHATS))
    for key, rows in table.groupby(LICENCE, sort=False):
        cells = {str(row["what"]): _band(row, ratio=row["what"] == WHATS[-1]) for _, row in rows.iterrows()}
        shown.add_row(_who(key), *(cells[what] for what in WHATS))
    return shown


def _counted(number: int, thing: str) -> str:
    return f"{number} {thing}{'' if number == 1 else 's'}"


def _who(key: object) -> str:
    from model.experiments.talks.outcomes import EVERY
    from model.experiments.talks.picture import licence_name

    row = key if isinstance(key, tuple) else (key,)
    return "all talks" if row[0] == EVERY else licence_name(row)


def _share(row: pd.Series, name: str) -> str:
    return f"{row[name]:.0%} [{row['low']:.0%}, {row['high']:.0%}]"


def _band(row: pd.Series, *, ratio: bool) -> str:
    if not row["talks"]:
        return "-"
    digits = 2 if ratio else 0
    return f"{row['median']:.{digits}f} [{row['low']:.{digits}f}, {row['high']:.{digits}f}]"


def _save(outcomes: TalkOutcomes, folder: Path) -> None:
    from model.experiments.talks.picture import talks_figure

    tables = {
        "talks": outcomes.talks, "courses": outcomes.courses(), "walk_outs": outcomes.walk_outs(),
        "durations": outcomes.durations(),
    }  # fmt: skip
    figures = {}
    if len(outcomes.talks):
        figures = {"talks": png(talks_figure(outcomes))}
    question = {"replicates": outcomes.replicates, "notices": list(outcomes.notices)}
    save_answer(folder, kind="talks", plan=outcomes.plan, question=question, tables=tables, figures=figures,
                replicates=outcomes.replicates)  # fmt: skip
    print(f"Saved {len(tables)} tables and {'a figure' if figures else 'no figure'}: {folder}")
