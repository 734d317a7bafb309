"""The patterns as they were last measured, a small file of the package: page, document and report read it."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from pathlib import Path

from model.experiments.pattern import Pattern
from model.experiments.pattern_page import numbers_digest, pattern_page
from model.foundation.errors import Fault, InputError
from model.foundation.files import read_text, write_text_whole
from model.foundation.version import model_version

STORED = Path(__file__).resolve().parent / "patterns.json"
KIND, FORMAT = "resonance patterns", 1
COMMAND = "resonance patterns --write docs/patterns.md"
_FIELDS = ("name", "text", "unit", "target", "low", "high", "model", "verdict", "run")


@dataclass(frozen=True, slots=True)
class Measured:
    """Patterns that were measured.

    model_version: of the package that did. digest: of the code and facts behind the numbers, see `numbers_digest`.
    users: simulated users per market.
    """

    model_version: str
    digest: str
    users: int
    patterns: tuple[Pattern, ...]

    @property
    def current(self) -> bool:
        """Whether code and facts behind the numbers are still those of this package."""
        return self.digest == numbers_digest()

    @property
    def counts(self) -> Mapping[str, int]:
        """How many are a hit, a miss, an input."""
        return Counter(one.verdict for one in self.patterns)

    @property
    def page(self) -> str:
        """The page docs/patterns.md of these patterns, without a mark of whether it is stale."""
        return pattern_page(self.patterns, users=self.users, made=(self.model_version, self.digest))


def measured_now(found: Sequence[Pattern], *, users: int) -> Measured:
    """Return patterns that were measured by the code as it is loaded."""
    return Measured(model_version(), numbers_digest(), users, tuple(found))


def keep_measured(found: Measured, path: Path = STORED) -> Path:
    """Write patterns to a file, by default the package's own; return its path."""
    plain = {
        "kind": KIND, "format": FORMAT, "model_version": found.model_version, "digest": found.digest,
        "users": found.users, "command": COMMAND, "patterns": [_plain(one) for one in found.patterns],
    }  # fmt: skip
    write_text_whole(path, json.dumps(plain, indent=1, ensure_ascii=False, allow_nan=False) + "\n")
    return path


def read_measured(path: Path = STORED) -> Measured:
    """Return the patterns of a file, by default the package's own. Errors: InputError for one that is harmed."""
    try:
        given = json.loads(read_text(path, what="measured patterns"))
        if given["kind"] != KIND or given["format"] != FORMAT:
            raise ValueError(f"kind {given['kind']!r}, format {given['format']!r}")
        rows = tuple(_pattern(one) for one in given["patterns"])
        return Measured(str(given["model_version"]), str(given["digest"]), int(given["users"]), rows)
    except (KeyError, TypeError, ValueError, OverflowError, RecursionError) as error:
        rule = "holds measured patterns"
        raise InputError(Fault(path.name, rule, str(error), f"Make it with `{COMMAND}`.")) from error


def _plain(one: Pattern) -> dict[str, object]:
    """Return a pattern as plain values: an open end of a band is null."""
    given = {name: getattr(one, name) for name in _FIELDS}
    return {name: None if isinstance(value, float) and not isfinite(value) else value for name, value in given.items()}


def _pattern(row: Mapping[str, object]) -> Pattern:
    given = {name: row[name] for name in _FIELDS}
    if given["verdict"] not in ("hit", "miss", "input", "later"):
        raise ValueError(f"verdict {given['verdict']!r}")
    for name, open_end in (("low", float("-inf")), ("high", float("inf"))):
        given[name] = open_end if given[name] is None else float(str(given[name]))
    given["model"] = None if given["model"] is None else float(str(given["model"]))
    return Pattern(**given)  # type: ignore[arg-type]
