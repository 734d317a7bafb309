"""The command that holds the model against observed patterns."""

from __future__ import annotations

from model.interfaces.cli.terminal import output


def print_patterns() -> None:
    """Print each pattern as target, model, and hit, miss or input."""
    from model.experiments.patterns import pattern_table

    output().print(pattern_table())
