"""The command that holds the model against observed patterns."""

from __future__ import annotations

from model.interfaces.cli.terminal import output, progress_output


def print_patterns(*, users: int) -> None:
    """Print each pattern as target, model, and hit, miss or input; users: simulated users per market."""
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    from model.experiments.patterns import pattern_table, patterns

    console = progress_output()
    columns = SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn()
    with Progress(*columns, console=console, disable=not console.is_terminal) as bars:
        task = bars.add_task("patterns: starting", total=None)
        found = patterns(users=users, tell=lambda name: bars.update(task, description=f"patterns: run '{name}'"))
    output().print(pattern_table(found))
