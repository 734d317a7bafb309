"""The page Compare: two to four scenarios side by side, on the same draws, and which is ahead, or that none is."""

from __future__ import annotations

from typing import Any

import solara

from model.interfaces.app.background import Report, Worker
from model.interfaces.app.comparing import PAGE, PLACES, RUN, USUAL, Answer, Asked, answer_of, title_of
from model.interfaces.app.controls import Control
from model.interfaces.app.joined import use_session
from model.interfaces.app.library import scenarios
from model.interfaces.app.look import Box, Busy, Button, Empty, Panel, Select, Words
from model.interfaces.app.pages.compare_shown import Shown
from model.interfaces.app.restore import MOST_MONTHS, MOST_USERS
from model.interfaces.app.session import Session
from model.interfaces.app.words import market_name
from model.results.palette import name_of

JOB = "compare"
INVITED = (
    "Choose two to four scenarios and press Compare. Each lives the same months with the same people and the same "
    "luck, so that what differs is their doing."
)
SIZES = ("users", "months", "replicates", "most")
LABELS = ("First, which the others are held against", "Second", "Third", "Fourth")
RANKED = ("operating_income", "users", "payers", "revenue")
OF_ALL = (("bytedance_income", "Income of ByteDance"), ("label_income", "Income of labels"),
          ("consumer_surplus", "Consumer surplus"))  # fmt: skip


@solara.component
def Page() -> None:
    """Show what is compared at the left and the answer at the right."""
    session = use_session()
    worker = session.aside(PAGE)
    answer = session.kept.get(PAGE)
    asked = Asked.of(session.state)

    def resume() -> None:
        if session.state.page(PAGE).get("asked") and PAGE not in session.kept and not worker.progress.runs:
            begin(session, asked)  # a link or a file that was saved with its answer

    solara.use_effect(resume, [id(session)])
    with Box(kind="columns"):
        # On a phone the answer comes first, and the choice while there is none.
        with Box(kind="side" if isinstance(answer, Answer) else "side rs-early"):
            _Side(session, worker, asked)
        with Box(kind="main"):
            if isinstance(answer, Answer):
                Shown(answer=answer, old=not asked.same_as(answer.asked))
            elif worker.progress.runs:
                Empty("The scenarios are lived", "Each lives its months with the same people and the same luck.")
            else:
                Empty("Which scenario does better?", INVITED)


def begin(session: Session, asked: Asked) -> None:
    """Compare in the background; what comes out is kept in the session."""

    def work(report: Report) -> None:
        session.kept[PAGE] = answer_of(asked, starts=session.starts, report=report)

    session.aside(PAGE).start(JOB, work)


def _Side(session: Session, worker: Worker, asked: Asked) -> None:
    """Place the choice of scenarios, its sizes, and the button."""

    def press(_: dict[str, Any]) -> None:
        session.ask(PAGE, asked=True)
        begin(session, asked)

    with Box():
        _Scenarios(session, asked)
    with Box(), Box(kind="stack"):
        Button(label="Compare", kind="main", event_pressed=press, disabled=len(asked.scenarios) < 2)
        if len(asked.scenarios) < 2:
            Words("Choose two scenarios or more, all different.", kind="small")
        if worker.progress.runs or worker.faults:
            Busy(worker)
    with Box():
        _Sizes(session, asked)


def _Scenarios(session: Session, asked: Asked) -> None:
    values = {**USUAL, **session.state.page(PAGE)}
    listed = [(name, title) for name, title, _ in scenarios()]
    own = [(RUN, title_of(RUN, asked.run)), *listed]
    with Box(kind="stack"):
        for place, label in zip(PLACES, LABELS, strict=True):
            choices = own if place in PLACES[:2] else [("", "–"), *own]
            value = str(values[place])

            def chosen(name: str, place: str = place) -> None:
                session.ask(PAGE, **{place: name})

            Select(label=label, choices=choices, value=value, event_chosen=chosen)
            if value and [str(values[one]) for one in PLACES].index(value) != PLACES.index(place):
                Words("The same scenario stands above; it counts once.", kind="small")


def _Sizes(session: Session, asked: Asked) -> None:
    """Place how it is lived and what it is ranked by."""
    controls = [
        Control("users", "Users per market", "simulated users", "more users, less noise, longer waiting", 50,
                MOST_USERS, 500, 10_000, 500, asked.users),
        Control("months", "Months", "months", "length of each run", 1, MOST_MONTHS, 1, 60, 1, asked.months),
        Control("replicates", "Replicates at first", "runs of each scenario",
                "runs with other luck, the same in every scenario", 3, 48, 3, 24, 1, asked.replicates),
        Control("most", "At most", "runs of each scenario",
                "more are run until the order is settled, up to this many", 3, 48, 3, 48, 1, asked.most),
    ]  # fmt: skip

    def put(one: Control, value: bool | float) -> None:
        session.ask(PAGE, **{one.key: int(value)})

    ranked = [("", "What suits the difference"), *OF_ALL]
    plan = None if session.seen is None else session.seen.plan
    services = ["spotify", "youtube_music", "apple_music", "amazon_music", "resso", "tiktok_music"]
    for service in services:
        ranked += [(f"{service}.{column}", f"{name_of(service)}: {column.replace('_', ' ')}") for column in RANKED]
    if asked.by not in dict(ranked):
        ranked.append((asked.by, asked.by))
    codes = [*dict.fromkeys((*(() if plan is None else plan.markets), *((asked.market,) if asked.market else ())))]
    markets = [("", "All in common"), *((code, market_name(code)) for code in codes)]
    with Box(kind="stack"):
        Select(label="Ranked by", choices=ranked, value=asked.by, event_chosen=lambda one: session.ask(PAGE, by=one))
        Select(label="Markets", choices=markets, value=asked.market,
               event_chosen=lambda one: session.ask(PAGE, only=one))  # fmt: skip
        Panel(controls=controls, on_set=put, faults=session.faults,
              changed=[name for name in SIZES if getattr(asked, name) != USUAL[name]])  # fmt: skip
