"""The right of the deal room: the answer, the pictures, the tables, and the talks that land in the live run."""

from __future__ import annotations

from collections.abc import Mapping

import solara

from model.foundation.months import show_month
from model.interfaces.app.chart import Chart
from model.interfaces.app.charts.deal import ends, futures, gains, zone
from model.interfaces.app.dealing import PAGE, PLACE, PROTOCOLS, Choice, Held, end_of, landed_of, negotiate, sign_sheet
from model.interfaces.app.dealing_words import (
    amounts,
    answer,
    lead,
    reasons,
    sides_of,
    talks_answer,
    terms_table,
    where_from,
)
from model.interfaces.app.look import Box, Button, Droppable, Faults, Select, Table, Words
from model.interfaces.app.pages.run_side import licence_words
from model.interfaces.app.session import Session
from model.interfaces.app.words import month_name


@solara.component
def Shown(session: Session, held: Held, choice: Choice, fresh: bool, sheet: Mapping[str, float]) -> None:
    """Show what the futures say of the sheet."""
    judged, sides = held.judge(sheet), sides_of(held.choice)
    with Box(kind="stack"):
        with Box(), Box(kind="stack"):
            _Answer(session, held, sheet, fresh=fresh)
        with Box(kind="grid"):
            with Box():
                Chart(zone(held.walk, judged, sides=sides))
            with Box():
                Chart(gains(judged, sides=sides))
                _Amounts(held, sheet)
        if held.outcomes is not None:
            with Box():
                _Talks(held)
        with Box():
            _Terms(held, sheet)
        _Futures(held)


def _Answer(session: Session, held: Held, sheet: Mapping[str, float], *, fresh: bool) -> None:
    """Say whether there is a deal and what the sheet does, and place what may be done about it."""
    done = held.room.futures.request.draws
    Words(lead(held), kind="title")
    first, second = answer(held, held.judge(sheet))
    Words(first)
    Words(second)
    part = f" {done} of {held.choice.draws} futures are there." if done < held.choice.draws else ""
    Words(where_from(held) + part, kind="small")
    _Act(session, held, sheet, fresh=fresh)


def _Act(session: Session, held: Held, sheet: Mapping[str, float], *, fresh: bool) -> None:
    """Place signing and negotiating, what landed, and why not where it cannot be."""
    worker, seen = session.aside("deal room"), session.seen
    assert seen is not None
    asked = session.state.page(PAGE)
    protocol = str(asked.get("protocol", "offers"))
    protocol = protocol if protocol in PROTOCOLS else "offers"
    why = ""
    if seen.ended:
        why = "The run is at its end, so nothing can act in it any more: go back in time on the page Run."
    elif worker.progress.job == "look ahead":
        why = "Talks can be held once all futures are there."
    elif not fresh:
        why = "The futures are not those of the present choice and month: look ahead again to negotiate."

    with Box(kind="row"):
        Select(label="How they talk", choices=list(PROTOCOLS.items()), value=protocol,
               event_chosen=lambda one: session.ask(PAGE, protocol=one))  # fmt: skip
        Button(label="Negotiate", kind="main", disabled=bool(why),
               event_pressed=lambda _: worker.start("negotiate", lambda report: negotiate(session, protocol, report)),
               title="Hold the talks; how they end acts in the live run from its next month on")  # fmt: skip
        Button(label="Sign this sheet", disabled=bool(why), event_pressed=lambda _: sign_sheet(session, sheet),
               title="Let both sides sign the sheet as it is, whoever would walk away")  # fmt: skip
    if why:
        Words(why, kind="small")
    Faults(session.faults.get(PLACE, ()))
    if held.outcomes is not None and fresh:
        for one in talks_answer(held):
            Words(one)
    landed = landed_of(session.state, held.choice)
    if landed is not None:
        start = seen.plan.start_month
        Words(f"It acts in the live run from {month_name(show_month(start + landed.month))} on:", kind="small")
        Droppable(items=[{"key": "landed", "words": licence_words(landed, start=start)}],
                  event_dropped=lambda _: session.take_back(landed))  # fmt: skip
    elif held.outcomes is not None and held.landed is None and fresh:
        Words("Nothing changes in the live run by it.", kind="small")


def _Amounts(held: Held, sheet: Mapping[str, float]) -> None:
    rows = amounts(held, held.judge(sheet))
    clips = held.choice.kind == "clips"
    columns = ["A month", "Mean", "90% of futures", *([] if clips else ["As revenue share"])]
    Table(caption="Payments and gains, USD a month", columns=columns,
          rows=[row[: len(columns)] for row in rows], numeric=[False, True, True, True])  # fmt: skip


def _Terms(held: Held, sheet: Mapping[str, float]) -> None:
    sides = sides_of(held.choice)
    present = "Present" if held.room.futures.licensed else "Usual"
    Words("The sheet, term by term", kind="heading")
    Words("What moving a term from its present value brings each side a month, all other terms as on the sheet "
          "(90% of futures in brackets)", kind="small")  # fmt: skip
    Table(caption="The sheet, term by term", rows=terms_table(held, sheet), numeric=[False, True, True, True, True],
          columns=["Term", present, "On the sheet", f"To {sides.label}", f"To {sides.platform}"])  # fmt: skip
    if held.mixed & set(sheet):
        Words("* differs by market; shown is the mean by the label's revenue there. A sheet has one value for all.",
              kind="small")  # fmt: skip
    for notice in held.room.notices():
        Words(f"{notice[:1].upper()}{notice[1:]}.", kind="small")


def _Talks(held: Held) -> None:
    assert held.outcomes is not None
    Chart(ends(held.outcomes, mark=str(end_of(held)["end"])))
    Table(caption="Who walks away and why", columns=["How it ended", "Who pressed", "Why", "Talks", "Weeks", "A month"],
          rows=reasons(held.outcomes), numeric=[False, False, False, True, True, True])  # fmt: skip


def _Futures(held: Held) -> None:
    request, sides = held.room.futures.request, sides_of(held.choice)
    first = held.base.plan.start_month + request.month
    dates = [month_name(show_month(first + one)) for one in range(request.months)]
    used = ("hours", "Time on TikTok") if request.kind == "clips" else ("users", f"People on {sides.platform}")
    with Box(kind="grid"):
        with Box():
            Chart(futures(held.fans, used[0], title=used[1], dates=dates))
        with Box():
            Chart(futures(held.fans, "income", title=f"What {sides.label} earns, on present terms", dates=dates))
