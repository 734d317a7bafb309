"""The page docs/patterns.md: every pattern with target, band, model, verdict, run, and what a miss would mean."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from pathlib import Path
from textwrap import fill

from model.experiments.pattern import Pattern
from model.experiments.pattern_notes import NOTES
from model.foundation.errors import Fault, InputError
from model.foundation.version import model_version

READ_CODE = ("foundation", "spec", "facts", "state", "mechanisms", "agents", "market")
"""Folders of the package that the numbers of the page come through, with the tables of facts in them.

Of the folder `theory` only what these import counts: much of it is for experiments.
"""
READ_FILES = ("experiments/charts.py", "experiments/pattern_runs.py", "experiments/patterns.py", "results/tables.py")
_PACKAGE = Path(__file__).resolve().parent.parent
_MADE = re.compile(r"^Made by model (\S+), code of the numbers `(\w+)`, with ([\d,]+) simulated users a market\.",
                   re.MULTILINE)  # fmt: skip
_STALE = re.compile(r"^\*\*Stale\.\*\* .*?\n\n", re.MULTILINE | re.DOTALL)
_WIDTH = 120
SMALL = 1e-6
"""Ends of bands below this size stand for an open end at 0."""

HEAD = """# Patterns: what the model is held against

Facts that the model was not built from, or that it must at least not contradict, each with the band in which it hits.
`./resonance patterns` measures them all and prints this table; `./resonance patterns --write docs/patterns.md` makes
this page. Nothing is tuned to a pattern here. *Input* means that the assimilation of the start sets the number, so that
it proves nothing. Facts behind a target: `./resonance facts --id ID`.
"""


@cache
def numbers_digest(root: Path = _PACKAGE) -> str:
    """Return twelve hexadecimal digits that stand for the code and facts that the numbers of the page come through.

    The model version stands for the whole package, also for what changes no number: pages, figures, commands.
    """
    total = hashlib.blake2b(digest_size=6)
    paths = {path for folder in READ_CODE for form in ("*.py", "*.csv") for path in (root / folder).rglob(form)}
    paths |= {root / name for name in READ_FILES}
    for path in sorted(paths | _theory(root, paths)):
        total.update(f"{path.relative_to(root).as_posix()}\0".encode() + hashlib.blake2b(path.read_bytes()).digest())
    return total.hexdigest()


def _theory(root: Path, paths: Iterable[Path]) -> set[Path]:
    """Return the files of the folder `theory` that files import, and those that these import in turn."""
    found: set[Path] = set()
    queue = list(paths)
    while queue:
        text = queue.pop().read_text(encoding="utf-8")
        for name in re.findall(r"^\s*(?:from|import) model\.(theory[\w.]*)", text, re.MULTILINE):
            place = root / name.replace(".", "/")
            files = {place.with_suffix(".py")} if place.with_suffix(".py").is_file() else set(place.glob("*.py"))
            queue += files - found
            found |= files
    return found


def pattern_page(found: Sequence[Pattern], *, users: int, made: tuple[str, str] | None = None) -> str:
    """Return the page of patterns that were measured.

    users: simulated users per market. made: (model version, digest of the numbers' code) that measured them, by default
    this package.
    """
    version, digest = made or (model_version(), numbers_digest())
    head = f"Made by model {version}, code of the numbers `{digest}`, with {users:,} simulated users"
    return "\n".join(
        [HEAD, f"{head} a market. {_counted(found)}\n", *_table(found), "", *_misses(found), *_notes(found)]
    )


def _counted(found: Sequence[Pattern]) -> str:
    counts = Counter(one.verdict for one in found)
    return ", ".join(f"{counts[word]} {word}" for word in ("hit", "miss", "input", "later") if counts[word]) + "."


def _table(found: Sequence[Pattern]) -> Iterator[str]:
    yield "| pattern | what | target | band | model | verdict | run |"
    yield "|---|---|---|---|---|---|---|"
    for one in found:
        value = "-" if one.model is None else f"{one.model:.3g} {one.unit}".strip()
        verdict = "**miss**" if one.verdict == "miss" else one.verdict
        yield f"| {one.name} | {one.text} | {one.target} | {band_text(one)} | {value} | {verdict} | {one.run} |"


def band_text(one: Pattern) -> str:
    """Return the band in which the pattern hits, as numbers; "none" for what the start sets."""
    if one.verdict in ("input", "later") or one.low in (float("-inf"), float("inf")):
        return "none"
    low, high = (f"{0.0 if abs(end) < SMALL else end:.4g}" for end in (one.low, one.high))
    return low if low == high else f"{low} to {high}"


def _misses(found: Sequence[Pattern]) -> Iterator[str]:
    missed = [one for one in found if one.verdict == "miss"]
    yield "## What the misses mean\n" if missed else "## No pattern is missed\n"
    for one in missed:
        yield _item(f"- **{one.name}** ({one.model:.3g} {one.unit} against {one.target}). {NOTES[one.name].miss}")
    yield ""


def _notes(found: Sequence[Pattern]) -> Iterator[str]:
    yield "## Every pattern: what a miss would mean, what a hit does not prove, facts\n"
    for one in found:
        note = NOTES[one.name]
        facts = f" Facts: {', '.join(f'`{name}`' for name in note.facts)}." if note.facts else ""
        weak = f" Weak: {note.weak}." if note.weak else ""
        yield _item(f"- **{one.name}**. {note.miss}{weak}{facts}")
    yield ""


def _item(text: str) -> str:
    return fill(text, _WIDTH, subsequent_indent="  ", break_long_words=False, break_on_hyphens=False)


def made_by(page: str) -> tuple[str, str, int]:
    """Return (model version, digest of the numbers' code, users) that a page was made by; InputError for others."""
    line = _MADE.search(page)
    if line is None:
        way = "Make it with `resonance patterns --write FILE`."
        raise InputError(Fault("page of patterns", "says which model made it", "no such line", way))
    return line[1], line[2], int(line[3].replace(",", ""))


def is_current(page: str) -> bool:
    """Return whether the code and facts behind the numbers of a page are those of this package."""
    return made_by(page)[1] == numbers_digest()


def says_stale(page: str) -> bool:
    """Return whether a page says itself that its numbers are of older code."""
    return _STALE.search(page) is not None


def marked(page: str) -> str:
    """Return a page that says whether it is stale: with the warning where it is, without it where it is not."""
    bare = _STALE.sub("", page)
    if is_current(bare):
        return bare
    version, _, _ = made_by(bare)
    warning = fill(f"**Stale.** The code or the facts behind these numbers have changed since {version} made them; "
                   "`./resonance patterns --write docs/patterns.md` makes them anew.", _WIDTH)  # fmt: skip
    at = _MADE.search(bare)
    assert at is not None  # made_by has looked
    return f"{bare[: at.start()]}{warning}\n\n{bare[at.start() :]}"
