"""What is pressed on the page: what goes wrong with it is told there in a sentence, and logged."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec

import solara

from model.foundation.errors import Fault, InputError
from model.interfaces.app.words import brief

WAY_OUT = "The run goes on as it was; reload this page where it shows otherwise."
"""A menu that was changed in vain stands as it was put; sliders go back, see `look.Panel`."""
_P = ParamSpec("_P")
WRONG: solara.Reactive[tuple[Fault, ...]] = solara.reactive(())
"""What went wrong with the last press of this page; each page that is open has its own."""


def part(file: str) -> Callable[[Callable[_P, None]], Callable[_P, solara.Element]]:
    """Make a declared function a part of the page. file: its Vue template, beside the function's own file.

    What an `event_` raises would be written on the server's terminal alone, and a button would look dead: it is told
    in `WRONG` until the next press that works.
    """

    def declare(declared: Callable[_P, None]) -> Callable[_P, solara.Element]:
        made = solara.component_vue(file)(declared)

        @wraps(declared)
        def place(*args: _P.args, **kwargs: _P.kwargs) -> solara.Element:
            label = str(kwargs.get("label", ""))
            for name, one in kwargs.items():
                if name.startswith("event_") and callable(one):
                    kwargs[name] = _heard(one, label)
            return made(*args, **kwargs)

        return place

    return declare


def _heard(handler: Callable[..., None], label: str) -> Callable[..., None]:
    """Return a handler that keeps what goes wrong. label: of what is pressed, "" for a part with several."""

    def hear(*told: Any) -> None:
        try:
            handler(*told)
        except InputError as error:
            WRONG.value = error.faults
        except Exception as error:
            rule = "this could not be done" + (f": “{label}”" if label else "")
            logging.getLogger(__name__).error("pressed on the page: %s", rule, exc_info=error)
            WRONG.value = (Fault(label or "page", rule, brief(error), WAY_OUT),)
        else:
            WRONG.value = ()

    return hear
