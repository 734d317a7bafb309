"""The command `deal`: walk-aways, zone and Nash payment of a licence, how talks end, and what a term sheet does."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from rich.table import Table

from model.experiments.answer_folder import check_folder, save_answer
from model.interfaces.cli.progress import RunProgress
from model.interfaces.cli.running import STOPPED, check_writable
from model.interfaces.cli.terminal import output
from model.results.picture_bytes import png
from model.spec.scenario import Scenario

if TYPE_CHECKING:
    import pandas as pd

    from model.experiments.deals import DealRoom, TalkOutcomes
    from model.experiments.ensembles.members import Members

WORDS = {
    "least": "the least the label accepts (what it loses elsewhere, now and by the precedent of a cut)",
    "most": "the most the platform pays (its profit falls by as much without the label; less by others' clauses)",
    "nash": "Nash payment, where there is a zone",
    "present": "what present terms pay",
}
ABOVE = (
    "As revenue share: of the net revenue that falls to the label by usage. Present terms pay over 100% of it where "
    "minima per stream or subscriber exceed the revenue share; the other rows are sums of money, not taken of revenue."
)
WALKS = {
    "nobody": "both sides gain: nobody walks",
    "platform": "the platform walks: it pays more, with what others' clauses add, than the label is worth to it",
    "label": "the label walks: it loses more, elsewhere and by precedent, than it is paid",
    "both": "both walk: there is no zone, and the payment suits neither",
}


def show_deal(
    plan: Scenario, *, platform: str, label: str, markets: str, kind: str, at: str | None, months: int,
    draws: int | None, users: int, weight: float | None, protocol: str, talks: int, terms: Path | None,
    out: Path | None, drawn: Members | None = None,
) -> int:  # fmt: skip
    """Print the room of a licence, how talks end and, with a term sheet, who walks; save tables and figure to `out`.

    drawn: members of an ensemble, one a draw. Returns the exit code.
    """
    from model.experiments.deals import RoomStopped, TermSheet, deal_room
    from model.experiments.deals.outcomes import protocol_faults
    from model.experiments.deals.request import deal_request
    from model.experiments.deals.room import USUAL_DRAWS

    codes = tuple(code.strip().upper() for code in markets.split(",") if code.strip())
    codes = plan.markets if codes == ("ALL",) else codes
    sheet = None if terms is None else TermSheet.load(terms)
    if sheet is not None and kind in ("streaming", "clips"):
        sheet.check(kind)
    deal_request(  # every fault is told before anything is lived
        plan, platform=platform, label=label, markets=codes, kind=kind, at=at, months=months, users=users,
        draws=len(drawn) if drawn else USUAL_DRAWS if draws is None else draws, weight=weight,
        others=protocol_faults(protocol, talks),
    )  # fmt: skip
    if out is not None:
        check_writable(out)
        check_folder(out, kind="deal")
    code = 0
    with RunProgress(quiet=False) as show:
        try:
            room = deal_room(
                plan, platform=platform, label=label, markets=codes, kind=kind, at=at, months=months, draws=draws,
                users=users, weight=weight, progress=show, ensemble=drawn.ensemble if drawn else None,
                members=len(drawn) if drawn else None,
            )  # fmt: skip
        except RoomStopped as stop:
            if stop.room is None:
                print("resonance: stopped before a draw was finished.", file=sys.stderr)
                return STOPPED
            room, code = stop.room, STOPPED
    draws, each = room.futures.request.draws, "draws" if drawn is None else f"members of {drawn.ensemble.name}"
    if code:
        print(f"resonance: stopped; {draws} {each} were finished.", file=sys.stderr)
    outcomes = room.outcomes(protocol, talks=talks)
    output().print(_summary(room))
    print(
        f"A zone of possible agreement: in {room.agreement():.0%} of {draws} {each} (label's weight {room.weight:g})."
    )
    output().print(_outcomes(outcomes))
    judged = None
    if sheet is not None:
        judged = room.judge(sheet)
        print(f"Term sheet as read: {sheet.told(kind)}.")
        output().print(_judgement(judged))
        for line in room.verdict(sheet):
            print(line)
    for notice in (notices := room.notices(sheet)):
        print(f"Note: {notice}.")
    if out is not None:
        _save(room, outcomes, judged, notices, out)
    return code


def _summary(room: DealRoom) -> Table:
    summary = room.summary()
    table = Table(
        title="Payment from the platform to the label, USD a month (mean over the term)", title_justify="left",
        caption=ABOVE if (summary["share"] > 1.0).any() else None, caption_justify="left",
    )  # fmt: skip
    over = "draws" if room.futures.carried is None else "members"
    for name in ("what", "mean", f"90% band over {over}", "as revenue share"):
        table.add_column(name, justify="left" if name == "what" else "right")
    for what, row in summary.iterrows():
        band = f"{row['low']:,.0f} to {row['high']:,.0f}"
        none = row["mean"] != row["mean"]
        share = "-" if row["share"] != row["share"] else f"{row['share']:.0%}"
        cells = ("-", "-", "-") if none else (f"{row['mean']:,.0f}", band, share)
        table.add_row(WORDS[str(what)], *cells)
    return table


def _outcomes(outcomes: TalkOutcomes) -> Table:
    words = outcomes.protocol.replace("_", " ")
    table = Table(
        title=f"Probability of agreement {outcomes.agreement():.0%}: {len(outcomes.talks):,} talks by {words}, "
        "private values and beliefs drawn", title_justify="left",
    )  # fmt: skip
    for name in ("end", "talks", "weeks, median (90%)", "payment, USD a month (90%)"):
        table.add_column(name, justify="left" if name == "end" else "right")
    for end, row in outcomes.summary().iterrows():
        weeks = f"{row['weeks']:.0f} ({row['weeks_low']:.0f} to {row['weeks_high']:.0f})"
        paid = f"{row['payment']:,.0f} ({row['payment_low']:,.0f} to {row['payment_high']:,.0f})"
        table.add_row(str(end), f"{row['share']:.0%}", weeks, "-" if row["payment"] != row["payment"] else paid)
    return table


def _judgement(judged: pd.DataFrame) -> Table:
    table = Table(title="The term sheet, against no deal", title_justify="left")
    for name in ("outcome", "draws", "paid, USD a month", "platform gains", "label gains"):
        table.add_column(name, justify="left" if name == "outcome" else "right")
    for walks, rows in judged.groupby("walks"):
        mean = rows[["paid", "platform", "label"]].mean()
        table.add_row(WALKS[str(walks)], f"{len(rows) / len(judged):.0%}", *(f"{value:,.0f}" for value in mean))
    return table


def _save(
    room: DealRoom, outcomes: TalkOutcomes, judged: pd.DataFrame | None, notices: list[str], folder: Path
) -> None:
    from model.experiments.deals.picture import deal_figure

    futures, request = room.futures, room.futures.request
    tables = {
        "futures": futures.months, "walk_aways": room.walk_aways().reset_index(), "bases": futures.base,
        "draws": futures.draws.reset_index(), "talks": outcomes.talks, "outcomes": outcomes.summary().reset_index(),
    }  # fmt: skip
    if judged is not None:
        tables["term_sheet"] = judged.reset_index()
    carried = futures.carried
    if carried is not None:
        tables["fans"] = room.fans()
    question = {
        "platform": request.platform, "label": request.label, "kind": request.kind, "markets": request.markets,
        "month": request.month, "months": request.months, "draws": request.draws, "users": request.users,
        "uncertain": request.uncertain, "weight": room.weight, "protocol": outcomes.protocol,
        "notices": notices,
        **({} if carried is None else {"ensemble": {
            "name": carried.name, "digest": carried.digest, "made": dict(carried.made), "runs": request.draws,
            "planned": carried.planned,
        }}),
    }  # fmt: skip
    save_answer(folder, kind="deal", plan=request.plan, question=question, tables=tables,
                figures={"deal": png(deal_figure(room, outcomes))})  # fmt: skip
    print(f"Saved {len(tables)} tables and a figure: {folder}")
