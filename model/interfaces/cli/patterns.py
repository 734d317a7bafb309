"""The command that holds the model against observed patterns."""

from __future__ import annotations

from importlib import import_module

from model.interfaces.cli.terminal import output


def print_patterns() -> None:
    """Print each pattern as target, model, and hit, miss or input."""
    patterns = import_module("model.experiments.patterns")
    output().print(patterns.pattern_table())
