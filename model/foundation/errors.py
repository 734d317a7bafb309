"""Errors that name the place, the rule, the value and the way out, all faults at once."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong with an input.

    place: where it stands (file and key, table and row, option).
    rule: what holds there, in words.
    value: what was found.
    way_out: what to write instead.
    """

    place: str
    rule: str
    value: object
    way_out: str

    def __str__(self) -> str:
        try:
            shown = repr(self.value)
        except ValueError:  # whole numbers of thousands of digits
            shown = "a number too long to show"
        if len(shown) > 120:
            shown = shown[:117] + "..."
        return f"{self.place}: {self.rule}; got {shown}. {self.way_out}".rstrip()


class ResonanceError(Exception):
    """Base of every error that the project raises on purpose."""

    exit_code = 1


class InputError(ResonanceError):
    """Input that breaks a rule; holds every fault found, not only the first."""

    exit_code = 2

    def __init__(self, faults: Fault | Iterable[Fault]) -> None:
        self.faults: tuple[Fault, ...] = (faults,) if isinstance(faults, Fault) else tuple(faults)
        super().__init__("\n".join(str(fault) for fault in self.faults))

    def __reduce__(self) -> tuple[type[InputError], tuple[tuple[Fault, ...]]]:
        """Return how it is made again in another process: of its faults, not of its message."""
        return type(self), (self.faults,)


class BalanceError(ResonanceError):
    """Money or people were not conserved: the run stops rather than report a wrong number."""


class BrokenRunError(ResonanceError):
    """A run cannot go on, since a month of it was stopped half way."""


def nearest(name: str, names: Sequence[str]) -> str:
    """Return a sentence that suggests the right name: a near miss if there is one, else the list."""
    close = difflib.get_close_matches(name, names, n=1, cutoff=0.6)
    if close:
        return f"Did you mean {close[0]!r}?"
    listed = ", ".join(sorted(names)[:12])
    return f"Known: {listed}{', ...' if len(names) > 12 else ''}."


def raise_faults(faults: Sequence[Fault]) -> None:
    """Raise one InputError with all faults, or do nothing when there are none."""
    if faults:
        raise InputError(faults)
