"""Plain values as JSON gives them, held against a form: a saved file that was changed is told before it is used."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

Form = Any
"""What a value must be.

A type (float: any finite number, int: a whole one, object: anything); [form]: a list of such; {str: form}: a table
with any keys; {"key": form, "other?": form}: a table with these keys, of which the other one may be left out, and
further ones may stand beside; (form, form, ...): one of them, None for nothing.
"""
_WORDS = {str: "a text", int: "a whole number", float: "a finite number", bool: "true or false"}


def misfit(value: object, form: Form, *, place: str = "it") -> str:
    """Return in words where a value is not of a form, "" where it is. place: what the value is called."""
    if form is object:
        return ""
    if isinstance(form, tuple):
        return "" if any(not misfit(value, one) for one in form) else misfit(value, form[0], place=place)
    if isinstance(form, list):
        if not isinstance(value, list):
            return f"{place} is a list"
        return next((told for at, one in enumerate(value, start=1)
                     if (told := misfit(one, form[0], place=f"{place}, {at}"))), "")  # fmt: skip
    if isinstance(form, dict):
        return _table(value, form, place)
    if form is None:
        return "" if value is None else f"{place} is empty"
    return "" if _is(value, form) else f"{place} is {_WORDS[form]}"


def fitting(value: object, form: Form, *, place: str) -> None:
    """Raise ValueError with the words of `misfit` where a value is not of a form."""
    told = misfit(value, form, place=place)
    if told:
        raise ValueError(told)


def _table(value: object, form: dict[Any, Form], place: str) -> str:
    if not isinstance(value, Mapping):
        return f"{place} is a table"
    if str in form:
        keys: list[tuple[Any, Form]] = [(key, form[str]) for key in value]
    else:
        lost = [key for key in form if not key.endswith("?") and key not in value]
        if lost:
            return f"{place} has {lost[0]}"
        keys = [(key.removesuffix("?"), own) for key, own in form.items() if key.removesuffix("?") in value]
    return next((told for key, own in keys if (told := misfit(value[key], own, place=f"{place}.{key}"))), "")


def _is(value: object, form: type) -> bool:
    if form is float:
        return isinstance(value, int | float) and not isinstance(value, bool) and _is_finite(value)
    return isinstance(value, form) and (form is bool or not isinstance(value, bool))


def _is_finite(value: float) -> bool:
    try:
        return math.isfinite(value)
    except OverflowError:  # a whole number beyond all floats
        return False
