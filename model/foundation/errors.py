"""Errors that name the place, the rule, the value and the way out, all faults at once."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

LONGEST = 1000
"""Letters of each part of a message: keys and words of a file may be of any length."""
MOST_FAULTS = 100
"""Faults that one error tells one by one; what is more is counted."""


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
        except RecursionError:
            shown = f"a {type(self.value).__name__} too deep to show"
        if len(shown) > 120:
            shown = shown[:117] + "..."
        place, rule, way_out = map(in_a_line, (self.place, self.rule, self.way_out))
        return f"{place}: {rule}; got {in_a_line(shown)}. {way_out}".rstrip()


class ResonanceError(Exception):
    """Base of every error that the project raises on purpose."""

    exit_code = 1


class InputError(ResonanceError):
    """Input that breaks a rule; holds every fault found, not only the first, but no more than `MOST_FAULTS`."""

    exit_code = 2

    def __init__(self, faults: Fault | Iterable[Fault]) -> None:
        found = (faults,) if isinstance(faults, Fault) else tuple(faults)
        if len(found) > MOST_FAULTS + 1:
            kept = found[:MOST_FAULTS]
            more = f"{len(found) - MOST_FAULTS} more faults"
            found = (*kept, Fault(kept[-1].place, "every fault is mended", more, "Mend those above first."))
        self.faults: tuple[Fault, ...] = found
        super().__init__("\n".join(str(fault) for fault in self.faults))

    def __reduce__(self) -> tuple[type[InputError], tuple[tuple[Fault, ...]]]:
        """Return how it is made again in another process: of its faults, not of its message."""
        return type(self), (self.faults,)


class BalanceError(ResonanceError):
    """Money or people were not conserved: the run stops rather than report a wrong number."""


class BrokenRunError(ResonanceError):
    """A run cannot go on, since a month of it was stopped half way."""


def in_a_line(text: str) -> str:
    """Return a text as one line that a terminal shows as it is: signs that would steer it stand as their escapes.

    More than `LONGEST` letters are cut.
    """
    cut = text if len(text) <= LONGEST else f"{text[: LONGEST - 3]}..."
    if cut.isprintable():
        return cut
    words = " ".join(cut.splitlines()) if "\n" in cut or "\r" in cut else cut
    return "".join(sign if sign.isprintable() else sign.encode("unicode_escape").decode() for sign in words)


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
