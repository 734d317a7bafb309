"""Reading scenarios: files, the chain of `extends`, dotted keys and `--set` texts, all into layers.

A layer is one source of values. `in_order` is the one place that says which source wins.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import IntEnum
from pathlib import Path

import numpy as np

from model.foundation.errors import Fault, InputError, nearest, raise_faults
from model.foundation.files import MOST_WRITTEN, read_text

DEEPEST = 6
"""Levels of nesting a scenario can use; more is certainly a mistake."""
MOST_KEYS = 5_000
"""Keys and entries of lists of a file, in all its tables: each that is wrong is looked up among the right ones."""
MOST_NESTED = 50
"""Tables and lists in each other that a file of any kind has at most; a scenario has fewer still."""
MARKETS_TO_RUN = 'the list is theirs too: [markets] only = ["US"], or markets.only.'
"""Where the list of markets stands in a scenario that has levers of markets."""


class Rank(IntEnum):
    """Precedence of a source; the higher one wins."""

    DEFAULT = 0
    PARENT = 1
    SCENARIO = 2
    COMMAND_LINE = 3
    CALL = 4


@dataclass(frozen=True, slots=True)
class Layer:
    """One source of values: nested mappings without dotted keys; place: its file, "command line" or "call"."""

    place: str
    rank: Rank
    values: Mapping[str, object]

    def at(self, *path: str) -> str:
        """Return the place of a key, e.g. "baseline.toml: platforms.resso"."""
        return f"{self.place}: {'.'.join(path)}"


def in_order(layers: Iterable[Layer]) -> tuple[Layer, ...]:
    """Return the layers from weakest to strongest: default, parents, scenario, command line, call.

    Among equals the later one is stronger: the nearer parent, the later replace().
    """
    return tuple(sorted(layers, key=lambda layer: layer.rank))


def shown(value: object) -> object:
    """Return a value that a message can print: whole numbers beyond printing become words."""
    if isinstance(value, int) and value.bit_length() > 1000:
        return f"a whole number of {value.bit_length()} bits"
    return value if isinstance(value, str | int | float | bool | date | None) else _short(value)


def _short(value: object) -> object:
    if isinstance(value, list | tuple):
        return [
            f"a list of {len(entry)}" if isinstance(entry, list | tuple) and not _flat(entry) else shown(entry)
            for entry in value[:8]
        ]
    if isinstance(value, Mapping):
        return {shown(key): shown(entry) for key, entry in list(value.items())[:8]} if _shallow(value) else "a table"
    return f"a {type(value).__name__}"


def _flat(value: Sequence[object]) -> bool:
    return not any(isinstance(entry, list | tuple) for entry in value)


def _shallow(value: Mapping[object, object]) -> bool:
    return not any(isinstance(entry, Mapping | list | tuple) for entry in value.values())


def layer_of(mapping: object, *, place: str, rank: Rank) -> Layer:
    """Return a layer of a mapping, nested or with dotted keys or both; InputError with all faults of form."""
    faults: list[Fault] = []
    if not isinstance(mapping, Mapping):
        raise InputError(
            Fault(place, "a scenario is a table of keys and values", shown(mapping), "Example: months = 12.")
        )
    values = _nested(mapping, path=(), place=place, faults=faults)
    raise_faults(faults)
    return Layer(place, rank, values)


def _nested(
    mapping: Mapping[object, object], *, path: tuple[str, ...], place: str, faults: list[Fault]
) -> dict[str, object]:
    found: dict[str, object] = {}
    for key, value in mapping.items():
        where = f"{place}: {'.'.join((*path, str(shown(key))))}"
        if not isinstance(key, str) or not all(part.strip() for part in key.split(".")):
            faults.append(
                Fault(
                    where, "a key is a text without empty parts", shown(key), "Example: platforms.resso.integration.ID."
                )
            )
            continue
        parts = tuple(part.strip() for part in key.split("."))
        if len(path) + len(parts) > DEEPEST:
            faults.append(
                Fault(where, f"keys nest at most {DEEPEST} levels deep", shown(value), "See docs: scenario files.")
            )
            continue
        for part in reversed(parts[1:]):
            value = {part: value}
        if isinstance(value, Mapping):
            value = _nested(value, path=(*path, parts[0]), place=place, faults=faults)
        elif isinstance(value, list | tuple):
            value = [_plain(entry) for entry in value]
        else:
            value = _plain(value)
        _join(found, parts[0], value, where=where, faults=faults)
    return found


def _plain(value: object) -> object:
    """Return NumPy's scalars, which sweeps give, as Python's."""
    return value.item() if isinstance(value, np.generic) else value


def _join(found: dict[str, object], key: str, value: object, *, where: str, faults: list[Fault]) -> None:
    old = found.get(key)
    if key not in found:
        found[key] = value
    elif isinstance(old, dict) and isinstance(value, dict):
        for name, entry in value.items():
            _join(old, name, entry, where=f"{where}.{name}", faults=faults)
    else:
        both = key == "markets" and isinstance(old, dict) != isinstance(value, dict)
        way = f"Beside levers of markets {MARKETS_TO_RUN}" if both else "Take one of the two out."
        faults.append(Fault(where, "a key is given once", shown(value), way))


def parse_assignment(text: str) -> tuple[str, object]:
    """Return (path, value) of a command-line text "a.b=c"; values are TOML, texts may stand without quotes."""
    path, sign, raw = text.partition("=")
    path, raw = path.strip(), raw.strip()
    way = "Example: --set parameters.theta=3 or --set platforms.resso.integration.ID=1.0."
    if not sign or not raw or not all(part.strip() for part in path.split(".")):
        raise InputError(Fault(f"--set {text}", "an override is written key=value", text, way))
    if "\n" in raw:
        raise InputError(Fault(f"--set {path}", "a value stands on one line", raw, way))
    try:
        return path, tomllib.loads(f"value = {raw}")["value"]
    except (ValueError, RecursionError) as error:
        if raw[0] in "[{\"'":
            raise InputError(Fault(f"--set {path}", f"the value is not TOML ({error})", raw, way)) from error
        return path, raw


def scenario_folders() -> tuple[Path, ...]:
    """Return the folders searched for scenario names: the project's, the installed package's, the working folder's."""
    package = Path(__file__).resolve().parent.parent
    folders = (package.parent / "scenarios", package / "scenarios", Path.cwd() / "scenarios")
    return tuple(dict.fromkeys(folder for folder in folders if folder.is_dir()))


def scenario_names() -> tuple[str, ...]:
    """Return the names that Scenario.load knows, in alphabetical order."""
    return tuple(sorted({path.stem for folder in scenario_folders() for path in folder.glob("*.toml")}))


def find_scenario(name_or_path: str | Path, *, beside: Path | None = None, place: str = "scenario") -> Path:
    """Return the file of a scenario name or path; `beside` is the folder of the file that extends it."""
    text = str(name_or_path)
    if "\0" in text or any(len(part.encode("utf-8", "replace")) > 240 for part in re.split(r"[/\\]", text)):
        raise InputError(Fault(place, "a scenario is a name or a path", text, "It is too long or holds a null sign."))
    if isinstance(name_or_path, Path) or text.endswith(".toml") or re.search(r"[/\\]", text):
        path = Path(text) if beside is None else beside / text
        if path.is_dir():
            raise InputError(_folder(path, place))
        if not path.is_file():
            way = nearest(path.stem, [other.stem for other in path.parent.glob("*.toml")] or list(scenario_names()))
            raise InputError(Fault(place, "there is no such scenario file", str(path), way))
        return path
    folders = scenario_folders() if beside is None else (beside, *scenario_folders())
    for folder in folders:
        if text and (folder / f"{text}.toml").is_file():
            return folder / f"{text}.toml"
    if text and Path(text).is_dir():
        raise InputError(_folder(Path(text), place))
    raise InputError(Fault(place, "there is no scenario of this name", shown(text), nearest(text, scenario_names())))


def _folder(path: Path, place: str) -> Fault:
    files = sorted(path.glob("*.toml"))
    way = f"Name a file in it, for example {files[0]}." if files else f"Known: {', '.join(scenario_names())}."
    return Fault(place, "a scenario is a file, and this is a folder", str(path), way)


def read_layers(path: Path, *, rank: Rank = Rank.SCENARIO, chain: Sequence[Path] = ()) -> tuple[Layer, ...]:
    """Return the layers of a file and of all that it extends, furthest parent first."""
    resolved = path.resolve()
    place = _show_path(path)
    if resolved in chain:
        names = " -> ".join(other.stem for other in (*chain, resolved))
        raise InputError(
            Fault(f"{place}: extends", "scenarios may not extend each other in a circle", names, "Break the circle.")
        )
    layer = layer_of(_parse(read_text(path, what="a scenario", most=MOST_WRITTEN), place), place=place, rank=rank)
    return (*parents_of(layer, beside=path.parent, chain=(*chain, resolved)), layer)


def parents_of(layer: Layer, *, beside: Path | None = None, chain: Sequence[Path] = ()) -> tuple[Layer, ...]:
    """Return the layers that a layer's `extends` names, furthest first; none without the key."""
    parent = layer.values.get("extends")
    if parent is None:
        return ()
    if not isinstance(parent, str):
        raise InputError(
            Fault(layer.at("extends"), "extends names one scenario", shown(parent), 'Example: extends = "baseline".')
        )
    found = find_scenario(parent, beside=beside, place=layer.at("extends"))
    return read_layers(found, rank=Rank.PARENT, chain=chain)


def check_size(values: Mapping[str, object], *, place: str) -> None:
    """Raise InputError for the tables of a file of more than `MOST_KEYS` keys, or nested deeper than `MOST_NESTED`."""
    level: list[object] = [values]
    count = depth = 0
    while level and count <= MOST_KEYS and depth <= MOST_NESTED:
        inside = [list(one.values()) if isinstance(one, Mapping) else one for one in level
                  if isinstance(one, Mapping | list)]  # fmt: skip
        count += sum(map(len, inside))
        depth += 1
        level = [entry for entries in inside for entry in entries] if count <= MOST_KEYS else []
    way = "Is it the file that was meant?"
    if count > MOST_KEYS:
        raise InputError(Fault(place, f"has at most {MOST_KEYS:,} keys and entries of lists", "more", way))
    if depth > MOST_NESTED:
        raise InputError(Fault(place, f"keys nest at most {MOST_NESTED} levels deep", "more", way))


def _parse(text: str, place: str) -> dict[str, object]:
    try:
        values = tomllib.loads(text)
        check_size(values, place=place)
        return values
    except (ValueError, RecursionError) as error:
        at, line = _offending_line(text, str(error))
        where = f"{place}: line {at}" if at else place
        bare = re.search(r"=\s*[^\s\"'\[{]", line)
        way = 'Months and other texts stand in quotes: start = "2022-10".' if bare else "Close brackets and quotes."
        if any(words in str(error) for words in ("Cannot declare", "Cannot overwrite", "Cannot mutate")):
            way = "A key or table is written once: join the two."
            if line.startswith(("[markets", "markets")):
                way = f"A key is a list or a table: beside levers of markets {MARKETS_TO_RUN}"
        told = re.sub(r" \(at (line \d+, column \d+|end of document)\)", "", str(error))
        raise InputError(Fault(where, f"a scenario is a TOML file ({told})", line, way)) from error


def _offending_line(text: str, message: str) -> tuple[int, str]:
    """Return (number from 1, text) of the line that a TOML message speaks of; (0, "") where it names none."""
    lines = text.splitlines()
    told = re.search(r"at line (\d+)", message)
    at = int(told[1]) if told else len(lines) if "end of document" in message else 0
    return (at, lines[at - 1].strip()) if 0 < at <= len(lines) else (0, "")


def _show_path(path: Path) -> str:
    try:
        return str(path.resolve().relative_to(Path.cwd()))
    except ValueError:
        return str(path)
