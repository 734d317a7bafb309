"""The part on Python: public names, what they return, and the experiments that are imported by their module."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from importlib import import_module
from typing import Any

import model as sm

WIDTH = 110
RESULTS = {
    "model.experiments.comparing.comparison": ("Comparison", "Ranking"),
    "model.experiments.explaining.explained": ("ExplainedDifference",),
    "model.experiments.explaining.switching": ("Switching",),
    "model.experiments.deals.room": ("DealRoom",),
    "model.experiments.deals.outcomes": ("TalkOutcomes",),
    "model.experiments.sweep": ("SweepResult",),
    "model.results.plots": ("Plots",),
    "model.market.world": ("World",),
    "model.agents.strategies": ("Outlook", "Offer"),
}
"""What public names return or hand on, by module."""
EXPERIMENTS = (
    "model.experiments.ensembles",
    "model.experiments.sensitivity",
    "model.experiments.robust",
    "model.experiments.optimise",
    "model.experiments.equilibrium",
)
"""Packages whose names are imported from them, as `from model.experiments.robust import robust_choice`."""


def public_lines() -> Iterator[str]:
    """Return the lines of the part, a section per name."""
    yield "### Public names\n"
    for name in sorted(sm.__all__, key=str.lower):
        if not name.startswith("_"):
            yield from _entry(f"sm.{name}", getattr(sm, name))
    yield "### What they return\n"
    for module, names in RESULTS.items():
        for name in names:
            yield from _entry(name, getattr(import_module(module), name))
    for module in EXPERIMENTS:
        package = import_module(module)
        yield f"### `{module}`\n"
        yield f"{_told(package)}\n"
        for name in sorted(package.__all__, key=str.lower):
            yield from _entry(name, getattr(package, name))


def _entry(name: str, found: Any) -> Iterator[str]:
    yield f"#### `{name}`\n"
    if inspect.isclass(found):
        yield f"{_told(found)}\n"
        yield from _members(found)
    else:
        yield f"```\n{_on_lines(name.rpartition('.')[2] + _signature(found))}\n```\n"
        yield f"{_told(found)}\n"


def _members(found: type) -> Iterator[str]:
    """Yield a line for each public method and property that the project itself wrote, in order of the code."""
    shown: set[str] = set()
    for owner in found.__mro__:
        if not owner.__module__.startswith("model."):
            continue
        for name, member in vars(owner).items():
            plain = member.__func__ if isinstance(member, classmethod | staticmethod) else member
            if name.startswith("_") or name in shown or not (inspect.isfunction(plain) or isinstance(member, property)):
                continue
            shown.add(name)
            head = name if isinstance(member, property) else f"{name}{_signature(plain)}"
            yield f"- `{head}`: {_told(member if isinstance(member, property) else plain, indent='  ')}"
    if shown:
        yield ""


class _Written:
    """What stands in a signature as it is written, without quotes."""

    def __init__(self, text: str) -> None:
        self.text = text

    def __repr__(self) -> str:
        return self.text


def _signature(found: Any) -> str:
    """Return the signature on one line, without `self`; annotations as they are written, functions by their name."""
    signature = inspect.signature(found)
    kept = [_plain(one) for one in signature.parameters.values() if one.name not in ("self", "cls")]
    returned = signature.return_annotation
    told = _Written(returned) if isinstance(returned, str) else returned
    return " ".join(str(signature.replace(parameters=kept, return_annotation=told)).split())


def _plain(one: inspect.Parameter) -> inspect.Parameter:
    annotation = _Written(one.annotation) if isinstance(one.annotation, str) else one.annotation
    named = callable(one.default) and one.default is not inspect.Parameter.empty
    return one.replace(annotation=annotation, default=_Written(one.default.__name__) if named else one.default)


def _on_lines(signature: str) -> str:
    """Return a signature on lines of at most 110 characters, broken after commas between parameters."""
    lines = [""]
    for part in re.split(r"(?<=,) (?=\*?\*?\w+[:,=]|\*,)", signature):
        joined = f"{lines[-1]} {part}".strip() if lines[-1] else part
        if len(joined) > WIDTH and lines[-1]:
            lines.append(f"    {part}")
        else:
            lines[-1] = joined if len(lines) == 1 else f"    {joined.strip()}"
    return "\n".join(lines)


def _told(found: Any, *, indent: str = "") -> str:
    """Return the docstring, its paragraphs apart, ready to stand in a page."""
    text = inspect.cleandoc(inspect.getdoc(found) or "").replace("|", "\\|").replace("<", "\\<")
    return text.replace("\n\n", f"\n\n{indent}").replace("*", "\\*")
