"""The small parts that every page is made of: each is one piece in the browser, so that pages stay quick to draw."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from itertools import count
from pathlib import Path
from typing import Any

import ipyvue as vue
import solara

from model.foundation.errors import Fault, InputError
from model.interfaces.app.background import Progress, Worker
from model.interfaces.app.controls import Control
from model.interfaces.app.pressing import part

_PRESSES = count()
STYLE = (Path(__file__).parent / "style.css").read_text(encoding="utf-8")
Choices = Sequence[tuple[str, str]]
"""(value, words) of what may be chosen."""


@part("parts/select.vue")
def _Select(*, label: str, listed: str, value: str, event_chosen: Callable[[str], None], title: str) -> None:
    """A menu. listed: the choices as JSON, see `_text`."""


@part("parts/segments.vue")
def Segments(*, label: str, choices: Choices, value: str, event_chosen: Callable[[str], None]) -> None:
    """A row of buttons of which one is down. label: what is chosen, for screen readers."""


@part("parts/button.vue")
def Button(
    *, label: str, event_pressed: Callable[[dict[str, Any]], None], kind: str = "plain", disabled: bool = False,
    title: str = "",
) -> None:  # fmt: skip
    """A button. kind: "plain", "main" for the one that matters most, "quiet". title: told on hover."""


@part("parts/transport.vue")
def _Transport(
    *, month: int, whole: int, date: str, told: str, listed: str, ready: bool, playing: bool, ended: bool,
    event_act: Callable[[dict[str, Any]], None],
) -> None:  # fmt: skip
    """The row of time. listed: the dates as JSON, see `_text`."""


@part("parts/tiles.vue")
def Tiles(
    *, tiles: Sequence[Mapping[str, str]], event_sourced: Callable[[str], None] | None = None
) -> None:  # fmt: skip
    """Figures to see first: each with label, value, note and hint; one with `measure` too offers its source.

    event_sourced: called with the measure.
    """


@part("parts/table.vue")
def Table(
    *, caption: str, columns: Sequence[str], rows: Sequence[Sequence[str]], numeric: Sequence[bool] = (),
    colours: Sequence[str] = (), marked: int = -1, flowing: Sequence[bool] = (),
) -> None:  # fmt: skip
    """A small table of written cells. numeric: columns to set right. colours: a dot in front of each row.

    flowing: columns of sentences, which take several lines.
    """


@part("parts/list.vue")
def Droppable(*, items: Sequence[Mapping[str, str]], event_dropped: Callable[[str], None]) -> None:
    """A list whose lines can be taken out; each with key and words."""


@part("parts/jump.vue")
def Jump(*, label: str, to: str) -> None:
    """A link to a named box of the page, seen where the page is one column wide. to: its name."""


@part("parts/panel.vue")
def _Panel(*, listed: str, live: bool, failed: int, event_changed: Callable[[dict[str, Any]], None]) -> None:
    """Sliders and switches under their headings. listed: the controls as JSON, see `_text`.

    failed: counts what could not be set, whose controls go back to what is in force.
    """


@part("parts/chips.vue")
def Chips(
    *, label: str, choices: Choices, values: Sequence[str], event_chosen: Callable[[list[str]], None]
) -> None:  # fmt: skip
    """A group of things of which several may be chosen."""


@part("parts/busy.vue")
def _Busy(*, told: str, part: float, can_cancel: bool, event_cancel: Callable[[dict[str, Any]], None]) -> None:
    """A bar of progress."""


def Select(
    *, label: str, choices: Choices, value: str, event_chosen: Callable[[str], None], title: str = ""
) -> None:  # fmt: skip
    """Place a menu. title: told on hover."""
    _Select(label=label, listed=_text(choices), value=value, event_chosen=event_chosen, title=title)


def Transport(
    *, month: int, whole: int, date: str, told: str, dates: Sequence[str], ready: bool, playing: bool, ended: bool,
    event_act: Callable[[dict[str, Any]], None],
) -> None:  # fmt: skip
    """Place play, pause, step, reset, and a slider over the months; `event_act` gets {"name", "month"}."""
    _Transport(month=month, whole=whole, date=date, told=told, listed=_text(dates), ready=ready, playing=playing,
               ended=ended, event_act=event_act)  # fmt: skip


@solara.component
def Panel(
    controls: Sequence[Control], on_set: Callable[[Control, bool | float], None],
    faults: Mapping[str, Sequence[Fault]] | None = None, changed: Sequence[str] = (), live: bool = False,
) -> None:  # fmt: skip
    """Show controls. on_set: called with a control and a value inside its bounds. faults: by key, from elsewhere.

    changed: keys that were set, which stand out. live: whether values are told while a slider is moved, not only when
    it is let go. What was typed and cannot be is told beside the control.
    """
    wrong, set_wrong = solara.use_state({})
    failed, set_failed = solara.use_state(0)
    known = {one.key: one for one in controls}

    def took(told: dict[str, Any]) -> None:
        one, value = known.get(str(told.get("key"))), told.get("value")
        if one is None:
            return
        try:
            read: bool | float = bool(value) if one.kind == "switch" else one.read(str(value))
        except InputError as error:
            set_wrong({**wrong, one.key: error.faults})
            return
        set_wrong({key: told for key, told in wrong.items() if key != one.key})
        try:
            on_set(one, read)
        except Exception:
            set_failed(lambda before: before + 1)  # two may fail before the page is drawn again
            raise

    told = {**{key: tuple(listed) for key, listed in (faults or {}).items()}, **wrong}
    plain = [_plain(one, told.get(one.key, ()), one.key in changed) for one in controls]
    _Panel(listed=_text(plain), live=live, failed=failed, event_changed=took)


@part("parts/save.vue")
def _Save(
    *, label: str, file: str, media: str, content: str, event_wanted: Callable[[dict[str, Any]], None],
    kind: str = "plain", disabled: bool = False, title: str = "",
) -> None:  # fmt: skip
    """A button that saves a text as a file."""


@solara.component
def Save(label: str, make: Callable[[], str], file: str, media: str = "text/plain", title: str = "") -> None:
    """A button that saves what `make` gives as a file of the browser's user. file: its name. media: its kind."""
    content, set_content = solara.use_state("")
    _Save(label=label, file=file, media=media, content=content, title=title,
          event_wanted=lambda _: set_content(f"{next(_PRESSES)}\0{make()}"))  # fmt: skip


@part("parts/load.vue")
def Load(*, label: str, most: int, accept: str, event_loaded: Callable[[dict[str, Any]], object]) -> None:
    """A place to choose a file or to drop one; `event_loaded` gets {"name", "size", "data"}, data in base64.

    label: what is loaded, for screen readers. most: bytes; of a larger file no data are sent. accept: kinds of files.
    """


def Busy(worker: Worker) -> None:
    """Show how far a worker's job is, with a button to end it, and what went wrong with the last one."""
    # A component is drawn again where what it is given has changed; the worker itself stays the same.
    _Working(worker=worker, now=worker.progress, faults=worker.faults)


@solara.component
def _Working(worker: Worker, now: Progress, faults: Sequence[Fault]) -> None:
    stage = now.stage or now.job
    told = f"{stage}: {now.done} of {now.whole}" if now.whole else stage
    _Busy(told=told, part=now.part if now.whole else -1.0, can_cancel=now.runs,
          event_cancel=lambda _: worker.cancel())  # fmt: skip
    Faults(faults)


@solara.component
def Faults(faults: Sequence[Fault]) -> None:
    """Say what is wrong, a sentence for each fault; nothing where all is right."""
    lines = [vue.Html.element(tag="p", children=[sentence(one)]) for one in faults]
    shown = "" if lines else "display: none"
    vue.Html.element(tag="div", children=lines, class_="rs-faults", attributes={"role": "alert"}, style_=shown)


@solara.component
def Words(words: str, kind: str = "") -> None:
    """Write a paragraph. kind: "", "muted", "heading", "title", "small", "warning"."""
    tag = {"heading": "h2", "title": "h1"}.get(kind, "p")
    vue.Html.element(tag=tag, children=[words], class_=f"rs-words rs-{kind or 'plain'}")


@solara.component
def Empty(title: str, words: str) -> None:
    """A place where something will stand, and what brings it."""
    with vue.Html.element(tag="div", class_="rs-empty"):
        vue.Html.element(tag="strong", children=[title])
        vue.Html.element(tag="p", children=[words])


@solara.component
def Box(children: Sequence[solara.Element] = (), kind: str = "card", name: str = "") -> None:
    """A box of the page's grid.

    kind: "card", "row", "grid", "stack", "side", "main", "columns", "between" (its parts at both ends), "fields".
    name: by which a Jump finds it.
    """
    vue.Html.element(tag="div", children=list(children), class_=f"rs-{kind}", attributes={"id": name} if name else {})


def sentence(fault: Fault) -> str:
    """Return a fault as a sentence to stand beside its control, without the place, which the reader sees."""
    value = fault.value if isinstance(fault.value, str) else repr(fault.value)
    return f"{fault.rule[:1].upper()}{fault.rule[1:]} (got {value[:80]}). {fault.way_out}".rstrip()


def _text(values: Sequence[object]) -> str:
    """Return values as JSON: what redraws a page walks through every value of a list, and through no text."""
    return json.dumps(values, allow_nan=False)


def _plain(one: Control, faults: Sequence[Fault], changed: bool) -> dict[str, object]:
    value = None if one.value != one.value else one.value
    return {
        "key": one.key, "title": one.title, "unit": one.unit, "hint": one.hint, "begin": one.begin, "end": one.end,
        "step": one.step, "value": value, "kind": one.kind, "group": one.group, "changed": changed,
        "unset": one.unset, "fault": " ".join(map(sentence, faults)),
    }  # fmt: skip
