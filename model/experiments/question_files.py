"""Files that ask a question of many worlds: how they are found, parsed, checked key by key, and given a base scenario.

A kind of file is called by a word, such as "sweep", and looked for by name in a folder beside the scenarios.
"""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from model.foundation.errors import Fault, InputError, nearest
from model.foundation.files import MOST_WRITTEN, is_file, is_folder, is_there, read_text
from model.spec.reading import check_size, find_scenario, scenario_folders, shown
from model.spec.scenario import Scenario


def find_question(name_or_path: str | Path, *, word: str, folder: str) -> Path:
    """Return the file of a path, or of a name in the folders `scenarios/<folder>`. Errors: InputError."""
    text = str(name_or_path)
    path = Path(text)
    known = question_names(folder)
    if text in known:
        return known[text]
    if is_file(path):
        return path
    if is_there(path) and not is_folder(path):
        raise InputError(Fault(word, f"a {word} is a file", text, "A pipe or a device is none: save it as a file."))
    rule = f"there is no such {word} file"
    if path.suffix != ".toml" and path.name == text:
        rule = f"{rule}, and there is no {word} of this name"
    beside = get_close_matches(path.stem, [one.stem for one in path.parent.glob("*.toml")], n=1)
    close = get_close_matches(path.stem, list(known), n=1)
    if beside and not close:  # other files there may be scenarios, games or nothing of ours: none is listed
        raise InputError(Fault(word, rule, text, f"Did you mean {str(path.with_name(beside[0] + '.toml'))!r}?"))
    raise InputError(Fault(word, rule, text, nearest(path.stem, list(known))))


def question_names(folder: str) -> dict[str, Path]:
    """Return the files of a kind that go by their name, from the folders `scenarios/<folder>`."""
    return {one.stem: one for place in scenario_folders() for one in sorted((place / folder).glob("*.toml"))}


def parsed_question(path: Path, *, word: str) -> dict[str, Any]:
    """Return the tables of a file. Errors: InputError for what is no TOML."""
    try:
        values = tomllib.loads(read_text(path, what=f"a {word}", most=MOST_WRITTEN))
        check_size(values, place=path.name)
        return values
    except (ValueError, RecursionError) as error:
        way = "Texts and keys with dots stand in quotes; close brackets."
        raise InputError(Fault(path.name, f"a {word} is a TOML file ({error})", path.name, way)) from error


def text_within(path: Path, *, most: int, what: str, place: str, rule: str, way: str) -> str:
    """Return the text of a file of at most `most` bytes, a whole number of millions.

    what: the file in words. place, rule, way: of the fault of one that is larger, the limit stands behind the rule.
    Errors: InputError.
    """
    try:
        size = path.stat().st_size
    except OSError:
        size = 0  # reading says what is wrong
    if size > most:
        raise InputError(Fault(place, f"{rule} at most {most // 10**6} MB", f"{size / 1e6:,.0f} MB", way))
    return read_text(path, what=what, most=most)


def unknown_keys(values: Mapping[str, Any], keys: Collection[str], *, place: str) -> list[Fault]:
    """Return a fault for each key that this kind of file does not have."""
    return [
        Fault(f"{place}: {key}", "no such key", shown(value), nearest(key, list(keys)))
        for key, value in values.items()
        if key not in keys
    ]


def uncertainty_faults(values: Mapping[str, Any], *, place: str) -> list[Fault]:
    """Return the fault of uncertainties that are written in no form that is read."""
    if "uncertainties" not in values or isinstance(values["uncertainties"], dict | list | str):
        return []
    way = "Example: uncertainties = ['theta']."
    return [Fault(f"{place}: uncertainties", "is a list or a table", shown(values["uncertainties"]), way)]


def base_of_question(values: Mapping[str, Any], path: Path, faults: list[Fault]) -> Scenario | None:
    """Return the base scenario of a file with its settings on top; None, with faults, where there is none."""
    name = values.get("base", "baseline")
    if not isinstance(name, str):
        faults.append(Fault(f"{path.name}: base", "is a name or a file", shown(name), 'Example: base = "tiny".'))
        return None
    try:
        plan = Scenario.load(find_scenario(name, beside=path.parent, place=f"{path.name}: base"))
        settings = values.get("settings", {})
        return plan.replace(settings) if isinstance(settings, dict) else plan
    except InputError as error:
        faults += [
            Fault(f"{path.name}: settings: {one.place.removeprefix('call: ')}", one.rule, one.value, one.way_out)
            if one.place.startswith("call: ") else one for one in error.faults
        ]  # fmt: skip
        return None


def scenario_beside(name: str, path: Path, *, key: str) -> Scenario:
    """Return a scenario that a key of a file names, looked for beside the file too. Errors: InputError."""
    return Scenario.load(find_scenario(name, beside=path.parent, place=f"{path.name}: {key}"))


def loaded_base(base: Scenario | str | Path, faults: list[Fault]) -> Scenario | None:
    """Return a base scenario that is given as it is, by name or as a file; None, with its faults, if it is wrong."""
    try:
        return base if isinstance(base, Scenario) else Scenario.load(base)
    except InputError as error:
        faults += error.faults
        return None
