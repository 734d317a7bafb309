"""The page What-if: the live run branches, something is changed, and both arms live on under the same luck."""

from __future__ import annotations

import solara

from model.foundation.months import show_month
from model.interfaces.app.background import Worker
from model.interfaces.app.joined import use_session
from model.interfaces.app.look import Box, Busy, Button, Droppable, Empty, Faults, Jump, Select, Words
from model.interfaces.app.pages.what_if_shown import Shown
from model.interfaces.app.pages.what_if_side import ANSWER, QUESTION, Side
from model.interfaces.app.seen import Seen
from model.interfaces.app.session import Session
from model.interfaces.app.what_if import (
    AHEAD,
    FUTURES,
    PAGE,
    Asked,
    answer_of,
    asked_of,
    begin,
    forget,
    is_stale,
    place_of,
    take_out,
    wants_living,
)
from model.interfaces.app.what_if_words import change_words
from model.interfaces.app.words import month_name

INVITED = (
    "Set something: a price, a tie to TikTok, a label's music, a parameter. Then run both arms ahead: the run as it "
    "stands, and the run with the change. Both have the same people and the same luck, so that their difference is the "
    "change alone."
)

OFTEN = "Other luck in each future, the same in both arms: the more, the surer the band"


@solara.component
def Page() -> None:
    """Show what is changed and asked above, the answer below, and the levers at the left."""
    session = use_session()
    seen, asked, worker = session.seen, asked_of(session.state), session.aside(PAGE)
    waits = wants_living(session)

    def resume() -> None:
        if waits:  # a link or a file that was saved with its answer
            begin(session)

    solara.use_effect(resume, [id(session), waits])
    with Box(kind="columns rs-asks"):
        with Box(kind="side"):
            Side()
        with Box(kind="main"):
            if seen is None:
                with Box():
                    Busy(session.worker)
                Empty("The market opens", "Every user finds a service first; this takes a few seconds, once.")
            else:
                with Box(name=QUESTION):
                    _Question(session, seen, asked, worker)
                _Answered(session, asked, worker)


def _Question(session: Session, seen: Seen, asked: Asked, worker: Worker) -> None:
    left = seen.plan.months - seen.month
    with Box(kind="stack"):
        Words(f"What if, from {month_name(next_date(seen))} on?" if left else "The run is at its end", kind="title")
        Words(standing(session, seen), kind="small")
        items = [{"key": key, "words": change_words(key, value)} for key, value in asked.changes]
        if items:
            Droppable(items=items, event_dropped=lambda key: take_out(session, key))
        else:
            Words("Nothing is changed yet: both arms would be the same run.", kind="muted")
        for key, _ in asked.changes:
            Faults(session.faults.get(place_of(key), ()))
        if left:
            _Press(session, asked, worker, left=left)
        if session.worker.progress.runs:
            Words("The live run moves; the branch leaves it when it stands.", kind="small")
        answer = answer_of(session)
        if answer is not None and not worker.progress.runs and is_stale(answer, session.state):
            Words("The run or the question has changed since the answer below: run both ahead again.", kind="warning")
        if answer is not None:
            Jump(label="To the answer ↓", to=ANSWER)
        if worker.progress.runs or worker.faults:
            Busy(worker)


def _Press(session: Session, asked: Asked, worker: Worker, *, left: int) -> None:
    """Place how far and how often both arms are lived, and the buttons."""
    ahead = months_choices(left)
    known = dict(ahead)
    futures = [(str(count), f"{count} futures") for count in FUTURES]
    answered = answer_of(session) is not None
    with Box(kind="row"):
        Select(label="Ahead", choices=ahead, value=str(asked.months) if str(asked.months) in known else ahead[-1][0],
               event_chosen=lambda one: session.ask(PAGE, months=int(one)))  # fmt: skip
        Select(label="How often", choices=futures, value=str(asked.futures), title=OFTEN,
               event_chosen=lambda one: session.ask(PAGE, futures=int(one)))  # fmt: skip
        Button(label="Run both ahead", kind="main", event_pressed=lambda _: begin(session),
               disabled=worker.progress.runs or session.worker.progress.runs)  # fmt: skip
        if asked.changes or answered:
            Button(label="Start over", kind="quiet", event_pressed=lambda _: forget(session),
                   title="Take out all changes of the branch, and its answer; the live run stays as it is")  # fmt: skip


def _Answered(session: Session, asked: Asked, worker: Worker) -> None:
    answer = answer_of(session)
    if answer is not None:
        Shown(session=session, answer=answer, asked=asked)
    elif worker.progress.runs:
        Empty("Both arms are lived", "The first future shows in a moment; the band narrows with each that follows.")
    elif asked.changes:
        Empty("Ready", "Run both ahead, and the difference that the change makes stands here.")
    else:
        Empty("What would change?", INVITED)


def next_date(seen: Seen) -> str:
    """Return the month that a branch begins with, as "YYYY-MM"."""
    return show_month(seen.plan.start_month + seen.month)


def standing(session: Session, seen: Seen) -> str:
    """Return a sentence on the run that the branch leaves."""
    after = f"after {month_name(seen.date)}" if seen.month else "at its opening"
    waiting = sum(change.month == seen.month for change in session.state.changes)
    told = f"The run of the page Run branches: {seen.plan.name.replace('_', ' ')}, as it stands {after}."
    if waiting == 1:
        told += " One change that was set there for this month acts in both arms."
    elif waiting:
        told += f" {waiting} changes that were set there for this month act in both arms."
    return told


def months_choices(left: int) -> list[tuple[str, str]]:
    """Return how far both arms may live ahead, at most to the end of the run. left: months to it, at least 1."""
    inside = [(str(count), f"{count} months") for count in AHEAD if count < left]
    beyond = next((count for count in AHEAD if count >= left), None)
    if beyond is None:
        return inside
    return [*inside, (str(beyond), f"{left} month{'s' if left > 1 else ''}, to the end")]
