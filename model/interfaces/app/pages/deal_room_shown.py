"""The right of the deal room: the answer, the pictures, the tables, and the talks that land in the live run."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
import solara

from model.foundation.months import show_month
from model.interfaces.app.chart import Chart
from model.interfaces.app.charts.deal import ends, futures, gains, zone
from model.interfaces.app.dealing import (
    PAGE,
    PLACE,
    PROTOCOLS,
    Held,
    end_of,
    landed_of,
    negotiate,
    sheet_of,
    sign_sheet,
)
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
from model.interfaces.app.export import csv_text
from model.interfaces.app.joined import use_session
from model.interfaces.app.look import Box, Button, Droppable, Faults, Jump, Save, Select, Table, Words
from model.interfaces.app.pages.deal_room_side import ANSWER, SHEET
from model.interfaces.app.pages.run_side import licence_words, take_back
from model.interfaces.app.session import Session
from model.interfaces.app.words import month_name


@solara.component
def Shown(held: Held, fresh: bool, sheet: Mapping[str, float]) -> None:
    """Show what the futures say of the sheet."""
    session = use_session()
    judged, sides = held.judge(sheet), sides_of(held.choice)
    with Box(kind="stack"):
        with Box(name=ANSWER), Box(kind="stack"):
            Jump(label="Back to the sheet ↑", to=SHEET)
            _Answer(session, held, sheet, fresh=fresh)
        with Box(kind="grid"):
            with Box():
                name = "present terms" if held.room.futures.licensed else "usual terms"
                Chart(zone(held.walk, judged, sides=sides, present_name=name), of=_of(held))
            with Box():
                Chart(gains(judged, sides=sides), of=_of(held))
                _Amounts(held, sheet)
        if held.outcomes is not None:
            with Box():
                _Talks(held)
        with Box():
            _Terms(held, sheet)
        _Futures(held)


def _Answer(session: Session, held: Held, sheet: Mapping[str, float], *, fresh: bool) -> None:
    """Say whether there is a deal and what the sheet does, and place what may be done about it."""
    Words(lead(held), kind="title")
    first, second = answer(held, held.judge(sheet))
    Words(first)
    Words(second)
    Words(where_from(held), kind="small")
    _Act(session, held, fresh=fresh)


def protocol_of(session: Session) -> str:
    """Return how they shall talk."""
    asked = str(session.state.page(PAGE).get("protocol", ""))
    return asked if asked in PROTOCOLS else next(iter(PROTOCOLS))


def _Act(session: Session, held: Held, *, fresh: bool) -> None:
    """Place signing and negotiating, what landed, and why not where it cannot be."""
    worker, seen = session.aside("deal room"), session.seen
    assert seen is not None
    why = ""
    if seen.ended:
        why = "The run is at its end, so nothing can act in it any more: go back in time on the page Run."
    elif worker.progress.job == "look ahead":
        why = "Talks can be held once all futures are there; cancel to go on with those that are."
    elif not fresh:
        why = "The futures are not those of the present choice and month: look ahead again to negotiate."

    def talk(_: object) -> None:  # what was chosen last counts, drawn or not
        worker.start("negotiate", lambda report: negotiate(session, protocol_of(session), report))

    def sign(_: object) -> None:
        sign_sheet(session, sheet_of(session.state.page(PAGE), held))

    with Box(kind="row"):
        Select(label="How they talk", choices=list(PROTOCOLS.items()), value=protocol_of(session),
               event_chosen=lambda one: session.ask(PAGE, protocol=one))  # fmt: skip
        Button(label="Negotiate", kind="main", disabled=bool(why), event_pressed=talk,
               title="Hold the talks; how they end acts in the live run from its next month on")  # fmt: skip
        Button(label="Sign this sheet", disabled=bool(why), event_pressed=sign,
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
        Droppable(items=[{"key": repr(landed), "words": licence_words(landed, start=start)}],
                  event_dropped=lambda key: take_back(session, key))  # fmt: skip
    elif held.outcomes is not None and held.landed is None and fresh:
        Words("Nothing changes in the live run by it.", kind="small")


def _Amounts(held: Held, sheet: Mapping[str, float]) -> None:
    rows = amounts(held, held.judge(sheet))
    clips = held.choice.kind == "clips"
    columns = ["A month", "Mean", "90% of futures", *([] if clips else ["Share"])]
    Table(caption="Payments and gains, USD a month, and as a share of revenue", columns=columns,
          rows=[row[: len(columns)] for row in rows], numeric=[False, True, True, True])  # fmt: skip


def _Terms(held: Held, sheet: Mapping[str, float]) -> None:
    sides = sides_of(held.choice)
    present = "Present" if held.room.futures.licensed else "Usual"
    rows, columns = terms_table(held, sheet), ["Term", present, "On the sheet", f"To {sides.label}",
                                               f"To {sides.platform}"]  # fmt: skip
    with Box(kind="between"):
        Words("The sheet, term by term", kind="heading")
        Save("CSV", lambda: csv_text(pd.DataFrame(rows, columns=columns)), "deal-terms.csv", media="text/csv",
             title="Save the sheet, term by term, as CSV")  # fmt: skip
    Words("What moving a term from its present value brings each side a month, all other terms as on the sheet "
          "(90% of futures in brackets)", kind="small")  # fmt: skip
    Table(caption="The sheet, term by term", rows=rows, numeric=[False, True, True, True, True], columns=columns,
          flowing=[False, False, False, True, True])  # fmt: skip
    if held.mixed & set(sheet):
        Words("* differs by market; shown is the mean by the label's revenue there. A sheet has one value for all.",
              kind="small")  # fmt: skip
    for notice in held.room.notices():
        Words(f"{notice[:1].upper()}{notice[1:]}.", kind="small")


def _Talks(held: Held) -> None:
    assert held.outcomes is not None
    Chart(ends(held.outcomes, mark=str(end_of(held)["end"])), of=_of(held))
    Table(caption="Who walks away and why", columns=["How it ended", "Who pressed", "Why", "Talks", "Weeks", "A month"],
          rows=reasons(held.outcomes), numeric=[False, False, False, True, True, True])  # fmt: skip


def _Futures(held: Held) -> None:
    request, sides = held.room.futures.request, sides_of(held.choice)
    first = held.base.plan.start_month + request.month
    dates = [month_name(show_month(first + one)) for one in range(request.months)]
    used = ("hours", "Time on TikTok") if request.kind == "clips" else ("users", f"People on {sides.platform}")
    with Box(kind="grid"):
        with Box():
            Chart(futures(held.fans, used[0], title=used[1], dates=dates), of=_of(held))
        with Box():
            earned = f"What {sides.label} earns, on present terms"
            Chart(futures(held.fans, "income", title=earned, dates=dates), of=_of(held))


def _of(held: Held) -> str:
    """Return what the pictures are of: scenario, label and platform, and the month that the futures begin after."""
    plan, sides = held.base.plan, sides_of(held.choice)
    return f"{plan.name}, {sides.label} and {sides.platform}, {show_month(plan.start_month + max(0, held.month - 1))}"
