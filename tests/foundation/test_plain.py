"""Plain values are held against a form, and what does not fit is named."""

from __future__ import annotations

import pytest

from model.foundation.plain import Form, fitting, misfit

FORM = {"name": str, "sizes": [int], "share": float, "on?": bool, "by": {str: float}, "carried": (None, {"n": int})}
RIGHT = {"name": "a", "sizes": [1, 2], "share": 1, "by": {"x": 0.5}, "carried": None, "further": object()}


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({}, ""), ({"on": True}, ""), ({"carried": {"n": 3}}, ""), ({"name": 3}, "it.name is a text"),
        ({"sizes": [1, True]}, "it.sizes, 2 is a whole number"), ({"sizes": {}}, "it.sizes is a list"),
        ({"share": float("nan")}, "it.share is a finite number"), ({"share": 10**400}, "it.share is a finite number"),
        ({"on": 1}, "it.on is true or false"), ({"by": {"x": "y"}}, "it.by.x is a finite number"),
        ({"carried": {"n": "3"}}, "it.carried is empty"), ({"by": []}, "it.by is a table"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_named(change: dict[str, object], told: str) -> None:
    assert misfit({**RIGHT, **change}, FORM) == told


def test_what_is_missing_is_named() -> None:
    form: Form = {"name": str}
    with pytest.raises(ValueError, match="card has name"):
        fitting({}, form, place="card")
    fitting({"name": ""}, form, place="card")
