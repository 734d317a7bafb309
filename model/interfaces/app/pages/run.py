"""The page Run: a scenario, its levers, time, and what happens."""

from __future__ import annotations

from typing import Any

import solara

from model.foundation.months import show_month
from model.interfaces.app.joined import use_session
from model.interfaces.app.look import Box, Busy, Button, Empty, Tiles, Transport
from model.interfaces.app.pages.run_side import Side
from model.interfaces.app.pages.run_views import Views
from model.interfaces.app.seen import Seen, shown_market
from model.interfaces.app.session import Session
from model.interfaces.app.sourcing import use_source
from model.interfaces.app.words import amount, month_name, written


@solara.component
def Page() -> None:
    """Show the controls at the left and the run at the right."""
    session = use_session()
    to_source = use_source()
    with Box(kind="columns"):
        with Box(kind="side"):
            Side()
        with Box(kind="main"):
            with Box():
                _Time(session)
            seen = session.seen
            if seen is None:
                _Closed(session)
            else:
                Tiles(tiles=seen.once(tiles, seen, market=shown_market(session.state, seen)), event_sourced=to_source)
                Views()


def _Time(session: Session) -> None:
    """Place the transport and, while something runs, its bar."""
    seen, now = session.seen, session.worker.progress

    def act(told: dict[str, Any]) -> None:
        name = told.get("name")
        if name == "jump":
            session.jump(int(told.get("month", 0)))
        elif name in ("play", "pause", "step", "reset"):
            {"play": session.play, "pause": session.pause, "step": session.step, "reset": session.reset}[name]()

    if seen is None:
        Transport(month=0, whole=1, date="Opening", told="", dates=["", ""], ready=False, playing=False, ended=False,
                  event_act=act)  # fmt: skip
    else:
        plan = seen.plan
        dates = ["Opening", *(month_name(show_month(plan.start_month + k)) for k in range(plan.months))]
        told = f"month {seen.month} of {plan.months}" if seen.month else f"before {dates[1]}"
        if seen.ended:
            told = f"{told}, the end"
        Transport(month=seen.month, whole=plan.months, date=dates[seen.month], told=told, dates=dates, ready=True,
                  playing=now.job == "play", ended=seen.ended, event_act=act)  # fmt: skip
    if now.job != "play" or session.worker.faults:
        Busy(session.worker)


def _Closed(session: Session) -> None:
    """Say what happens before the first market is there, and offer to open it where that was stopped."""
    if session.opens:
        Empty("The market opens", "Every user finds a service first; this takes a few seconds, once.")
    else:
        Empty("No market is open", "It was stopped, or could not be opened.")
        Button(label="Open it", event_pressed=lambda _: session.open(session.state), kind="main")


def tiles(seen: Seen, *, market: str) -> list[dict[str, str]]:
    """Return the figures to see first, of a market or of all: now, and against the opening."""
    rows = seen.result.markets
    rows = rows[rows["market"] == market] if market else rows
    sums = rows.groupby("month", sort=True)[["people", "streamers", "people_paying", "revenue", "label_income"]].sum()
    now, opening = sums.iloc[-1], sums.iloc[0 if seen.month == 0 else min(1, len(sums) - 1)]
    stock = sums.iloc[0]
    streamers, paying = float(now["streamers"]), float(now["people_paying"])
    found = [
        ("streamers", "People who stream", amount(streamers), _against(streamers, float(stock["streamers"]), seen),
         "people who used a service in the month"),
        ("people_paying", "People who pay", amount(paying), _against(paying, float(stock["people_paying"]), seen),
         "people on a paid tier of some service, each counted once"),
        ("people_paying", "Of those who stream, pay", f"{paying / streamers:.1%}" if streamers else "–", _against(
            paying / streamers if streamers else 0.0,
            float(stock["people_paying"]) / float(stock["streamers"]) if stock["streamers"] else 0.0, seen,
         ), "people who pay over people who stream"),
    ]  # fmt: skip
    flows = (
        ("Revenue", "revenue", "what services take in a month"),
        ("Income of labels", "label_income", "what labels earn from streaming in a month"),
    )
    for label, column, hint in flows:
        if seen.month:
            value, first = float(now[column]), float(opening[column])
            found.append((column, label, amount(value, unit="USD"), _against(value, first, seen, of="month 1"), hint))
        else:
            found.append(("", label, "–", "from the first month on", hint))
    return [dict(zip(("measure", "label", "value", "note", "hint"), one, strict=True)) for one in found]


def _against(value: float, before: float, seen: Seen, *, of: str = "the opening") -> str:
    if not seen.month or not before or (of == "month 1" and seen.month == 1):
        return "now"
    change = value / before - 1.0
    told = written(change, "+.1%")
    return f"{'no change' if told in ('+0.0%', '−0.0%') else told} since {of}"
