"""A picture on the page, with its head, its numbers as CSV and itself as PNG."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from itertools import count
from typing import Any

import solara

from model.interfaces.app.charts.picture import Picture
from model.interfaces.app.export import csv_text, file_name
from model.interfaces.app.pressing import part
from model.interfaces.app.sourcing import use_source
from model.results.places import land

_CLICKS = count()


@part("parts/chart.vue")
def _Chart(
    *, option: str, title: str, subtitle: str, height: int, blank: bool, spoken: str, outline: str, land: str,
    file: str, source: str, csv: str, clickable: bool, measure: str,
    event_clicked: Callable[[dict[str, Any]], None], event_want_csv: Callable[[dict[str, Any]], None],
    event_want_source: Callable[[dict[str, Any]], None],
) -> None:  # fmt: skip
    """Draw an option with ECharts.

    option, land: as JSON, since what redraws a page walks through every value of a list or dictionary that it is given.
    """


@solara.component
def Chart(
    picture: Picture, of: str, on_click: Callable[[dict[str, Any]], None] | None = None
) -> None:  # fmt: skip
    """Draw a picture; `on_click` is called with {"name", "series", "data", "index"} of what was clicked.

    of: what it shows, for the names of files and under the PNG; of a live run `Seen.told`.
    """
    to_source = use_source()
    csv, set_csv = solara.use_state("")
    file = file_name(f"{of} {picture.name}")

    def send_csv(_: dict[str, Any]) -> None:
        # A number in front makes every click a change, which the browser then saves; the name goes with the numbers,
        # since a new month may be on its way to the browser.
        set_csv(f"{next(_CLICKS)}\0{file}\0{csv_text(picture.table)}")

    _Chart(
        option=json.dumps(picture.option, allow_nan=False), title=picture.title, subtitle=picture.subtitle,
        height=picture.height, blank=picture.is_empty, spoken=picture.spoken, outline=picture.outline,
        land=_land() if picture.outline else "", file=file, source=of, csv=csv,
        clickable=on_click is not None, event_clicked=on_click or _nothing, event_want_csv=send_csv,
        measure=picture.measure, event_want_source=lambda _: to_source(picture.measure),
    )  # fmt: skip


@cache
def _land() -> str:
    return json.dumps(land())


def _nothing(_: dict[str, Any]) -> None:
    """Take a click that nobody asked for."""
