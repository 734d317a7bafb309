"""Ctrl-C anywhere in a command is told: by the command itself, or by the entry."""

from __future__ import annotations

from typing import Any

import typer
from typer.core import TyperGroup


class StoppableGroup(TyperGroup):
    """Commands whose stop reaches the entry as typer.Abort; Typer itself would make a bare exit code of it."""

    def make_context(self, *words: Any, **more: Any) -> Any:
        """Read the words of a command."""
        try:
            return super().make_context(*words, **more)
        except KeyboardInterrupt as stop:
            raise typer.Abort from stop

    def invoke(self, ctx: Any) -> Any:
        """Do what a command says."""
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt as stop:
            raise typer.Abort from stop
