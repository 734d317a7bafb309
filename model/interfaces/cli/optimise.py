"""The command `optimise`: search levers for several objectives, print the front, save it."""

from __future__ import annotations

from pathlib import Path

from model.interfaces.cli.running import check_writable
from model.interfaces.cli.sensitivity import shown_answer


def show_search(name: str, *, workers: int | None, resume: bool, out: Path | None, dry: bool) -> int:
    """Search as a file says; print the answer and save it; return the exit code."""
    from model.experiments.optimise import plan_search, read_search_file, run_search

    read = read_search_file(name)
    plan = plan_search(read.base, **read.wishes)
    if out is not None:
        check_writable(out)
    if dry:
        worlds = len(plan.futures)
        runs = plan.population * plan.generations * worlds * plan.replicates
        starts = "; every future settles a start of its own" if plan.against(1).moves_start else ""
        print(f"Up to {runs:,} runs of {plan.base.name}: {plan.generations} generations of {plan.population} designs x "
              f"{worlds} futures x {plan.replicates} replicates; then {plan.fresh * worlds:,} for each design of the "
              f"front{starts}.")  # fmt: skip
        return 0
    return shown_answer(lambda show: run_search(plan, folder=out, resume=resume, workers=workers, progress=show))
