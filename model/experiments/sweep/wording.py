"""From what a user writes, in Python or in a sweep file, to levers, uncertainties and policies, with every fault."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from model.experiments.sweep.vocabulary import Lever, Policy, Uncertainty
from model.foundation.errors import Fault, InputError, nearest
from model.spec.parameters import SUBJECTS, declared_parameters
from model.spec.reading import shown
from model.spec.scenario import Scenario

Levers = Mapping[str, object] | Sequence[Lever]
"""Levers as a user gives them: {path: [values] or {"low": .., "high": ..}}, or a sequence of `Lever`."""
Uncertainties = str | Mapping[str, object] | Sequence[str | Uncertainty]
"""Names of parameters, {name: {"low": .., "high": .., "shape": ..}}, `Uncertainty`s; "@demand" is all of a subject."""
Policies = Mapping[str, object] | Sequence[Policy]
"""{name: {path: value}}, {name: scenario}, or a sequence of `Policy`."""
LEVER_KEYS, UNCERTAINTY_KEYS = ("low", "high", "values"), ("low", "high", "shape")
EVERY = "@all"
BASE = "base"
"""Name of the only policy where none is given: the base scenario as it is."""


def read_levers(words: Levers | None, faults: list[Fault]) -> tuple[Lever, ...]:
    """Return the levers of a user's words; what is wrong is added to faults."""
    if words is None:
        return ()
    if not isinstance(words, Mapping):
        return _once(_typed(words, Lever, "levers", faults), lambda one: one.path, "levers", faults)
    found: list[Lever] = []
    for path, value in _leaves(words):
        place, way = f"levers: {path}", "Example: [0.0, 0.5, 1.0], or {low = 0.0, high = 1.0}."
        if isinstance(value, Lever):
            found.append(value)
        elif isinstance(value, Mapping):
            if _known_keys(value, LEVER_KEYS, place, faults):
                _make(lambda path=path, value=value: Lever(path, **_listed(value)), found, faults)  # type: ignore[misc]
        elif isinstance(value, list | tuple):
            _make(lambda path=path, value=value: Lever(path, values=_full(value, path)), found, faults)  # type: ignore[misc]
        else:
            way = _slip(path, LEVER_KEYS) or way
            faults.append(Fault(place, "a lever is a list of values, or low and high", shown(value), way))
    return _once(found, lambda one: one.path, "levers", faults)


def read_uncertainties(words: Uncertainties | None, faults: list[Fault]) -> tuple[Uncertainty, ...]:
    """Return the uncertainties of a user's words; what is wrong is added to faults."""
    if words is None:
        return ()
    listed: Mapping[str, object] = words if isinstance(words, Mapping) else {}
    found: list[Uncertainty] = []
    if not isinstance(words, Mapping):
        for one in [words] if isinstance(words, str) else words:
            if isinstance(one, Uncertainty):
                found.append(one)
            else:
                for name in _names(one, faults):
                    _make(lambda name=name: Uncertainty(name), found, faults)  # type: ignore[misc]
    for name, value in listed.items():
        place = f"uncertainties: {name}"
        if isinstance(value, Uncertainty):
            found.append(value)
        elif isinstance(value, Mapping):
            if _known_keys(value, UNCERTAINTY_KEYS, place, faults):
                _make(lambda name=name, value=value: Uncertainty(_bare(name), **value), found, faults)  # type: ignore[misc]
        elif value is True:
            for each in _names(name, faults):
                _make(lambda each=each: Uncertainty(each), found, faults)  # type: ignore[misc]
        else:
            way = "Write {} or true for the declared likely range."
            faults.append(Fault(place, "is a table of low, high and shape", shown(value), way))
    return _once(found, lambda one: one.name, "uncertainties", faults)


def read_policies(words: Policies | None, faults: list[Fault]) -> tuple[Policy, ...]:
    """Return the policies of a user's words, the base alone where there are none; faults are added."""
    if words is None:
        return (Policy(BASE),)
    found: list[Policy] = []
    if isinstance(words, Mapping):
        for name, value in words.items():
            _make(lambda name=name, value=value: _policy(name, value), found, faults)  # type: ignore[misc]
    else:
        found = _typed(words, Policy, "policies", faults)
    if not words:
        way = "Leave them out for the base scenario alone."
        faults.append(Fault("policies", "are one or more", shown(words), way))
    return _once(found, lambda one: one.name, "policies", faults)


def _policy(name: str, value: object) -> Policy:
    if isinstance(value, Policy):
        return value
    if isinstance(value, str | Path | Scenario):
        return Policy(name, scenario=value if isinstance(value, Scenario) else str(value))
    if not isinstance(value, Mapping):
        rule = "a policy is a table of settings, or a scenario"
        raise InputError(Fault(f"policies: {name}", rule, shown(value), "Example: tied = 'tiktok_integration'."))
    scenario = value.get("scenario")
    if scenario is not None and not isinstance(scenario, str | Scenario):
        way = "Example: scenario = 'tiktok_shop'."
        raise InputError(Fault(f"policies: {name}: scenario", "is a name, a file or a scenario", shown(scenario), way))
    return Policy(name, overrides={key: one for key, one in value.items() if key != "scenario"}, scenario=scenario)


def _leaves(words: Mapping[str, object], path: tuple[str, ...] = ()) -> Iterator[tuple[str, object]]:
    """Yield (dotted path, value) of nested tables; a table with low, high or values is itself a value."""
    for key, value in words.items():
        at = (*path, str(key))
        if isinstance(value, Mapping) and value and not set(value) & set(LEVER_KEYS):
            yield from _leaves(value, at)
        else:
            yield ".".join(at), value


def _names(word: object, faults: list[Fault]) -> list[str]:
    """Return the parameters that a word means: itself, or all uncertain ones of a subject such as "@demand"."""
    if not isinstance(word, str):
        way = "Example: uncertainties=['theta', 'beta_T']."
        faults.append(Fault("uncertainties", "a parameter is named", shown(word), way))
        return []
    if not word.startswith("@"):
        return [_bare(word)]
    if word != EVERY and word[1:] not in SUBJECTS:
        way = nearest(word, [EVERY, *(f"@{subject}" for subject in SUBJECTS)])
        faults.append(Fault("uncertainties", "no such subject of parameters", word, way))
    return [
        line.name
        for line in declared_parameters().values()
        if word in (EVERY, f"@{line.subject}") and line.kind == "uncertainty" and line.likely[0] < line.likely[1]
    ]


def _bare(name: str) -> str:
    return name.removeprefix("parameters.")


def _listed(value: Mapping[str, object]) -> dict[str, Any]:
    """Return the words of a lever, its values as a tuple."""
    values = value.get("values")
    return {**value, "values": tuple(values)} if isinstance(values, list | tuple) else dict(value)


def _full(values: Sequence[object], path: str) -> tuple[object, ...]:
    if not values:
        way = "Example: [0.0, 0.5, 1.0], or {low = 0.0, high = 1.0}."
        raise InputError(Fault(f"levers: {path}", "a lever has at least one value", list(values), way))
    return tuple(values)


def _known_keys(value: Mapping[str, object], keys: Sequence[str], place: str, faults: list[Fault]) -> bool:
    wrong = [key for key in value if key not in keys]
    faults += [Fault(f"{place}.{key}", "no such key", shown(value[key]), nearest(str(key), keys)) for key in wrong]
    return not wrong


def _slip(path: str, keys: Sequence[str]) -> str:
    """Return what the last word of a path may have been meant for."""
    close = get_close_matches(path.rpartition(".")[2], keys, n=1, cutoff=0.6)
    return f"Did you mean {close[0]!r}?" if close else ""


def _make[Made](make: Callable[[], Made], found: list[Made], faults: list[Fault]) -> None:
    try:
        found.append(make())
    except InputError as error:
        faults += error.faults


def _typed[Made](words: Iterable[object], kind: type[Made], place: str, faults: list[Fault]) -> list[Made]:
    found = []
    for one in [words] if isinstance(words, str) else words:
        if isinstance(one, kind):
            found.append(one)
        else:
            way = f"Write {kind.__name__}(...), or give a mapping."
            faults.append(Fault(place, f"are {kind.__name__}s", shown(one), way))
    return found


def _once[Made](
    found: Sequence[Made], name: Callable[[Made], str], place: str, faults: list[Fault]
) -> tuple[Made, ...]:
    seen: dict[str, Made] = {}
    for one in found:
        if name(one) in seen:
            faults.append(Fault(f"{place}: {name(one)}", "stands once", name(one), "Take one of the two out."))
        seen.setdefault(name(one), one)
    return tuple(seen.values())
