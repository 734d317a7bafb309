"""Command lines as the pages have them: found, split into words, and held against the real parser."""

from __future__ import annotations

import re
import shlex
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import typer

from model.experiments.question_files import question_names
from model.interfaces.cli.entry import app
from model.spec.reading import scenario_names
from tests.documents.pages import blocks_of, prose_of

COMMANDS: dict[str, Any] = typer.main.get_command(app).commands  # type: ignore[attr-defined]
LAUNCHER = {"test": {"--slow", "--browser"}, "set-up": {"core", "test", "all"}}
"""What the launcher itself understands; further words of `test` go to pytest."""
FOLDERS = {"sweep": "sweeps", "robust": "sweeps", "equilibrium": "games", "optimise": "searches"}
OWN = re.compile(r"^(my_\w+\.\w+|results/.*|[A-Z]{4,}(\.\w+)?)$")
"""Words that stand for the reader's own file or folder: `my_plan.toml`, `results/...`, SCENARIO."""
ARGUMENTS = {"scenario", "scenarios", "first", "second", "file", "source"}
"""Parameters of commands that name a scenario or a question."""


def split(text: str) -> list[str]:
    """The words of a command line after the program's name; dots that leave out words, and brackets, are dropped."""
    plain = re.sub(r"[\[\]]", " ", text) if re.search(r" \[--", text) else text
    words = shlex.split(plain, comments=True)
    return [word for word in words[1:] if word != "..."]


def lines_of_code(code: str) -> list[str]:
    """The lines of a block; a backslash at the end joins a line with the next."""
    return [line.strip() for line in code.replace("\\\n", " ").splitlines() if line.strip() and line[0] != "#"]


def told(page: Path) -> list[str]:
    """All command lines of a page: of its blocks, of indented code, and in running text."""
    lines = [line for block in blocks_of(page) if block.language in ("sh", "") for line in lines_of_code(block.code)]
    prose = prose_of(page)
    lines += [" ".join(one.split()) for one in re.findall(r"`((?:\./)?resonance [^`]+)`", prose)]
    return [line for line in lines if re.match(r"(\./)?resonance ", line)]


def fault_of(text: str) -> str:
    """What is wrong with a command line, "" where nothing is."""
    try:
        words = split(text)
    except ValueError as error:
        return f"cannot be split into words: {error}"
    if not words or words[0].startswith("-"):
        return ""
    name, rest = words[0], words[1:]
    if name in LAUNCHER:
        return "" if name == "test" or set(rest) <= LAUNCHER[name] else "the launcher has no such level"
    if name not in COMMANDS:
        return f"no command {name!r}"
    return _fault_of_words(name, rest)


def _fault_of_words(name: str, words: list[str]) -> str:
    command = COMMANDS[name]
    short = words == [] or any(word in words for word in ("-h", "--help"))
    if short:  # a command that is only named
        return ""
    try:
        context = command.make_context(name, ["1" if word == "N" else word for word in words], resilient_parsing=False)
    except Exception as error:
        message = error.format_message() if hasattr(error, "format_message") else str(error)
        left_open = message.startswith("Missing") or message.endswith(f"{words[-1]}' requires an argument.")
        return "" if left_open else f"{name}: {message}"
    known = {*scenario_names(), *(question_names(FOLDERS[name]) if name in FOLDERS else ())}
    for key, value in context.params.items():
        if key in ARGUMENTS and value:
            named = [value] if isinstance(value, str | Path) else list(value)
            wrong = [str(one) for one in named if str(one) not in known and not OWN.match(str(one))]
            if wrong:
                return f"{name}: nothing is called {', '.join(wrong)}"
    return ""


def modules_of(page: Path) -> list[str]:
    """The modules that a page runs by `python -m`, of this project."""
    text = page.read_text(encoding="utf-8")
    return [one for one in re.findall(r"python -m ((?:model|benchmarks)[\w.]*)", text) if not _exists(one)]


def _exists(module: str) -> bool:
    try:
        return find_spec(module.rstrip(".")) is not None
    except ModuleNotFoundError:
        return False
