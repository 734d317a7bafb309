"""The file of an ensemble: one small JSON text, read strictly, a member a line so that two versions can be compared."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from model.experiments.ensembles.checking import ensemble_faults
from model.experiments.question_files import text_within
from model.foundation.errors import Fault, InputError, nearest, raise_faults
from model.foundation.files import is_file, is_folder
from model.spec.parameters import declared_parameters
from model.spec.reading import shown

KIND, FORMAT = "resonance ensemble", 1
SHIPPED = Path(__file__).resolve().parent / "files"
OWN = "ensembles"
"""Folder of the working folder whose ensembles go by their names too."""
LARGEST = 30_000_000  # bytes of a file
KEYS = ("kind", "format", "name", "about", "made", "parameters", "units", "values", "weights")
_AGAIN = "Write it anew with Ensemble.save."


@dataclass(frozen=True, slots=True)
class EnsembleFile:
    """What a file holds, checked."""

    name: str
    about: str
    parameters: tuple[str, ...]
    values: NDArray[np.float64]
    weights: NDArray[np.float64]
    made: Mapping[str, object]


def as_text(plain: Mapping[str, object]) -> str:
    """Return the text of an ensemble's plain values: keys in a fixed order, one member a line, every digit kept."""
    lines = [f' "kind": {json.dumps(KIND)}', f' "format": {FORMAT}']
    for key in KEYS[2:]:
        value = plain[key]
        if key == "values":
            rows = ",\n".join(f"  {json.dumps(row, allow_nan=False)}" for row in cast("Sequence[object]", value))
            lines.append(f' "values": [\n{rows}\n ]')
        else:
            lines.append(f' "{key}": {json.dumps(value, allow_nan=False, ensure_ascii=False)}')
    return "{\n" + ",\n".join(lines) + "\n}\n"


def known_ensembles() -> dict[str, Path]:
    """Return files by name: those that are shipped, and those in the working folder's `ensembles`, which win."""
    found = {path.stem: path for path in sorted(SHIPPED.glob("*.json"))}
    return found | {path.stem: path for path in sorted((Path.cwd() / OWN).glob("*.json"))}


def find_ensemble(name_or_path: str | Path) -> Path:
    """Return the file of a name or a path. Errors: InputError that names the nearest."""
    text, known = str(name_or_path), known_ensembles()
    if text in known:
        return known[text]
    path = Path(text)
    if is_file(path):
        return path
    if path.suffix or path.name != text:
        there = [one.name for one in sorted(path.parent.glob("*.json"))] if is_folder(path.parent) else []
        way = nearest(path.name, there) if there else "Check the path."
        raise InputError(Fault("ensemble", "there is no such file", text, way))
    way = nearest(text, list(known)) if known else f"None is shipped or in the folder {OWN}: give the path of a file."
    raise InputError(Fault("ensemble", "there is no ensemble of this name", text, way))


def read_ensemble(path: Path) -> EnsembleFile:
    """Return what a file holds. Errors: InputError with every fault of it."""
    place = path.name
    values = _parsed(path, place=place)
    faults = _form_faults(values, place=place)
    fields = {key: values.get(key) for key in ("name", "about", "parameters", "values", "weights", "made")}
    missing = {fault.place for fault in faults}
    faults += [one for one in ensemble_faults(**fields, place=place) if one.place not in missing]
    faults += _unit_faults(values, place=place)
    raise_faults(faults)
    return EnsembleFile(
        name=values["name"], about=values["about"], parameters=tuple(values["parameters"]),
        values=np.array(values["values"], dtype=np.float64), weights=np.array(values["weights"], dtype=np.float64),
        made=values["made"],
    )  # fmt: skip


def _parsed(path: Path, *, place: str) -> dict[str, Any]:
    """Return the table of a file of this kind and format; InputError for anything else."""
    word = "an ensemble"
    text = text_within(path, most=LARGEST, what=word, place=place, rule=f"{word} has", way="Draw fewer members.")
    try:
        found: object = json.loads(text)
    except (ValueError, RecursionError) as error:
        rule = "an ensemble is one whole JSON text"
        raise InputError(Fault(place, rule, str(error), f"Is it cut off? {_AGAIN}")) from error
    if not isinstance(found, dict) or found.get("kind") != KIND:
        kind = found.get("kind") if isinstance(found, dict) else type(found).__name__
        raise InputError(Fault(f"{place}: kind", f"is {KIND!r}", shown(kind), _AGAIN))
    number = found.get("format")
    if isinstance(number, bool) or not isinstance(number, int) or number < 1:
        raise InputError(Fault(f"{place}: format", f"is {FORMAT}", shown(number), _AGAIN))
    if number > FORMAT:
        way = "Take a newer version of the project, or have the file written by this one."
        raise InputError(Fault(f"{place}: format", f"this version reads format {FORMAT}", number, way))
    return found


def _form_faults(values: Mapping[str, Any], *, place: str) -> list[Fault]:
    """Return a fault for each key that is missing and each that is not known."""
    faults = [Fault(f"{place}: {key}", "must be there", None, _AGAIN) for key in KEYS if key not in values]
    return faults + [
        Fault(f"{place}: {key}", "no such key", shown(value), nearest(key, KEYS))
        for key, value in values.items() if key not in KEYS
    ]  # fmt: skip


def _unit_faults(values: Mapping[str, Any], *, place: str) -> list[Fault]:
    """Return a fault for each unit that is not the declared one: the numbers would mean something else."""
    units, names, declared = values.get("units"), values.get("parameters"), declared_parameters()
    if "units" not in values or not isinstance(names, list):
        return []
    if not isinstance(units, list) or len(units) != len(names):
        way = "They are those of resonance parameters."
        return [Fault(f"{place}: units", "has a unit for each parameter", shown(units), way)]
    return [
        Fault(f"{place}: units", f"{name} is declared in {declared[name].unit}", shown(unit),
              f"Convert its values and write {declared[name].unit!r}.")
        for name, unit in zip(names, units, strict=True)
        if isinstance(name, str) and name in declared and unit != declared[name].unit
    ]  # fmt: skip
