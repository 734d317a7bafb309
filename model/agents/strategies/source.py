"""What stands for the code of a rule from outside the package, in the digest of a scenario that plays it.

It is a hash of what the code does, free of comments, docstrings and place. It takes in the functions and plain values
that the class uses from where it is written; what comes from installed packages is left to their versions.
"""

from __future__ import annotations

import dis
import hashlib
import inspect
from collections.abc import Iterable, Mapping
from types import CodeType, FunctionType
from typing import Any

from model.spec.strategies import Number, Word, Words

PLAIN = (bool, int, float, str, bytes, tuple, list, dict, set, frozenset, type(None))


def source_of(classes: Iterable[type]) -> str:
    """Return sixteen hexadecimal digits for what classes do: their choices, constants and the steps of functions."""
    seen: set[int] = set()
    told = [line for cls in classes for line in _members(cls, seen)]
    return hashlib.blake2b("\n".join(told).encode(), digest_size=8).hexdigest()


def _members(cls: type, seen: set[int]) -> list[str]:
    found = []
    for name, member in sorted(vars(cls).items()):
        function = _function(member)
        if function is not None:
            found.append(f"{name}: {_steps(function, cls.__module__, seen)}")
        elif name == "choices" or (isinstance(member, PLAIN) and not (name.startswith("__") and name.endswith("__"))):
            found.append(f"{name}: {_plain(member)}")
    return found


def _function(member: object) -> FunctionType | None:
    """Return the function of a method, property or cached property; None for anything else."""
    parts = (member, *(getattr(member, name, None) for name in ("__func__", "fget", "func", "__wrapped__")))
    return next((one for one in parts if inspect.isfunction(one)), None)


def _steps(function: FunctionType, home: str, seen: set[int]) -> str:
    """Return what a function does, with what it uses of its own module. seen: functions that were told already."""
    seen.add(id(function))
    code, names = function.__code__, _names(function.__code__)
    cells = zip(code.co_freevars, function.__closure__ or (), strict=True)
    used: dict[str, object] = {name: cell.cell_contents for name, cell in cells if name != "__class__"}
    used |= {name: function.__globals__[name] for name in sorted(names) if name in function.__globals__}
    told = [f"{name}={text}" for name, one in used.items() if (text := _used(one, home, seen))]
    defaults = _plain((function.__defaults__, function.__kwdefaults__))
    return f"{_code(code)} {defaults} {told}"


def _used(one: object, home: str, seen: set[int]) -> str:
    """Return what stands for a thing that a function uses; "" for what is not of its own module."""
    if isinstance(one, PLAIN):
        return _plain(one)
    if id(one) in seen or getattr(one, "__module__", None) != home:
        return ""
    function = _function(one)
    if function is not None:
        return _steps(function, home, seen)
    if isinstance(one, type):
        seen.add(id(one))
        return str(_members(one, seen))
    return ""


def _names(code: CodeType) -> set[str]:
    inner = (one for one in code.co_consts if isinstance(one, CodeType))
    return set(code.co_names).union(*(_names(one) for one in inner))


def _code(code: CodeType) -> str:
    """Return the steps of a function with what they are done on, free of where it is written and of its docstring."""
    told = [f"{one.opname} {_plain(one.argval)}" for one in dis.get_instructions(code)]
    return f"{code.co_varnames} {told} {code.co_exceptiontable.hex()}"


def _plain(value: Any) -> str:
    """Return a text of a plain value that is the same in every process, whatever the order of its sets."""
    if isinstance(value, CodeType):
        return _code(value)
    if isinstance(value, set | frozenset):
        return f"set{sorted(_plain(one) for one in value)}"
    if isinstance(value, Mapping):
        return f"map{[(_plain(key), _plain(one)) for key, one in value.items()]}"
    if isinstance(value, tuple | list):
        return f"{type(value).__name__}{[_plain(one) for one in value]}"
    return repr(value) if isinstance(value, (*PLAIN, Number, Word, Words)) else type(value).__qualname__
