"""The page docs/parameters.md: every declared parameter with default, unit, bounds, range, meaning and source."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from importlib import import_module

from model.spec.parameters import SUBJECTS, Parameter, declared_parameters

HEAD = """# Parameters

Every constant of the model, as declared in `model/spec/declared/`. This page is made by `./resonance parameters --write
docs/parameters.md`; a test holds that it is what the declarations say. Symbols and formulas stand in
[notation.md](notation.md).

*Bounds* are hard: a value outside is an error. *Likely* is the range that sensitivity, ensembles and calibration
explore. A *setting* is a choice of the modeller and is not explored. *Source* names facts
(`./resonance facts --id ID`), or says *assumption* where judgement stands behind the value. Set one with
`--set parameters.NAME=VALUE`. Which of them matter: `./resonance facts --assumptions`.
"""


def parameter_page() -> str:
    """Return the page, a table per subject."""
    lines = list(declared_parameters().values())
    assumed = sum("assumption" in one.source for one in lines)
    kinds = Counter(one.kind for one in lines)
    counted = (
        f"{len(lines)} parameters: {kinds['uncertainty']} uncertain, {kinds['setting']} settings; {assumed} are "
        "assumptions, in whole or in part.\n"
    )
    return "\n".join([HEAD, counted, *(text for name in SUBJECTS for text in _subject(name, lines))])


def _subject(name: str, lines: list[Parameter]) -> Iterator[str]:
    about = (import_module(f"model.spec.declared.{name}").__doc__ or "").strip().splitlines()[0]
    yield f"## {name.capitalize()}\n"
    yield f"{about}\n"
    yield "| parameter | default | unit | bounds | likely | meaning | source |"
    yield "|---|---|---|---|---|---|---|"
    for one in (line for line in lines if line.subject == name):
        kind = " *Setting.*" if one.kind == "setting" else ""
        source = one.source.replace(";", "; ")
        cells = (f"`{one.name}`", f"{one.default:g}", one.unit, f"{one.low:g} to {one.high:g}",
                 f"{one.likely[0]:g} to {one.likely[1]:g}", f"{one.meaning}.{kind}", source)  # fmt: skip
        yield f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"
    yield ""
