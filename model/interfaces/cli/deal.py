"""The command `deal`: walk-aways, zone and Nash payment of a licence, and what a term sheet does there."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from rich.table import Table

from model.foundation.errors import Fault, InputError
from model.foundation.files import write_text_whole, write_whole
from model.interfaces.cli.progress import RunProgress
from model.interfaces.cli.running import DOTS_PER_INCH, check_writable
from model.interfaces.cli.terminal import output
from model.spec.scenario import Scenario

if TYPE_CHECKING:
    import pandas as pd

    from model.experiments.deals import DealRoom

TABLES = ("futures", "walk_aways", "bases", "draws", "term_sheet")
FILES = frozenset({"deal.png", *(f"{name}.csv" for name in TABLES)})
WORDS = {
    "least": "the least the label accepts (it loses as much elsewhere)",
    "most": "the most the platform pays (its profit falls by as much without the label)",
    "nash": "Nash payment, where there is a zone",
    "present": "what present terms pay",
}
WALKS = {
    "nobody": "both sides gain: nobody walks",
    "platform": "the platform walks: it pays more than the label is worth to it",
    "label": "the label walks: it loses more elsewhere than it is paid",
    "both": "both walk: there is no zone, and the payment suits neither",
}


def show_deal(
    plan: Scenario, *, platform: str, label: str, markets: str, at: str | None, months: int, draws: int, users: int,
    weight: float, terms: Path | None, out: Path | None,
) -> None:  # fmt: skip
    """Print the room of a licence and, with a term sheet, who walks; save tables and a figure to `out`."""
    from model.experiments.deals import TermSheet, deal_room

    codes = tuple(code.strip().upper() for code in markets.split(",") if code.strip())
    sheet = None if terms is None else TermSheet.load(terms)
    if out is not None:
        check_writable(out)
        _check_own(out)
    with RunProgress(quiet=False) as show:
        room = deal_room(
            plan, platform=platform, label=label, markets=codes, at=at, months=months, draws=draws, users=users,
            weight=weight, progress=show,
        )  # fmt: skip
    output().print(_summary(room))
    print(f"A zone of possible agreement: in {room.agreement():.0%} of {draws} draws.")
    if sheet is not None:
        judged = room.judge(sheet)
        output().print(_judgement(judged))
    if out is not None:
        _save(room, None if sheet is None else judged, out)


def _check_own(folder: Path) -> None:
    """Raise InputError for a folder that holds something else than an earlier deal."""
    found = {path.name for path in folder.iterdir()} if folder.is_dir() else set()
    foreign = sorted(found - FILES)
    if foreign:
        rule, way = "a folder for a deal is new, empty, or that of an earlier deal", "Choose another folder with --out."
        raise InputError(Fault("command line: --out", rule, f"{folder} with {foreign[0]}", way))


def _summary(room: DealRoom) -> Table:
    table = Table(
        title="Payment from the platform to the label, USD a month (mean over the term)", title_justify="left"
    )
    for name in ("what", "mean", "90% band over draws", "as revenue share"):
        table.add_column(name, justify="left" if name == "what" else "right")
    for what, row in room.summary().iterrows():
        band = f"{row['low']:,.0f} to {row['high']:,.0f}"
        none = row["mean"] != row["mean"]
        cells = ("-", "-", "-") if none else (f"{row['mean']:,.0f}", band, f"{row['share']:.0%}")
        table.add_row(WORDS[str(what)], *cells)
    return table


def _judgement(judged: pd.DataFrame) -> Table:
    table = Table(title="The term sheet, against no deal", title_justify="left")
    for name in ("outcome", "draws", "paid, USD a month", "platform gains", "label gains"):
        table.add_column(name, justify="left" if name == "outcome" else "right")
    for walks, rows in judged.groupby("walks"):
        mean = rows[["paid", "platform", "label"]].mean()
        table.add_row(WALKS[str(walks)], f"{len(rows) / len(judged):.0%}", *(f"{value:,.0f}" for value in mean))
    return table


def _save(room: DealRoom, judged: pd.DataFrame | None, folder: Path) -> None:
    from model.experiments.deals.picture import deal_figure

    tables = {"futures": room.futures.months, "walk_aways": room.walk_aways().reset_index(), "bases": room.futures.base}
    tables |= {"draws": room.futures.draws.reset_index()}
    if judged is not None:
        tables["term_sheet"] = judged.reset_index()
    for name, frame in tables.items():
        write_text_whole(folder / f"{name}.csv", frame.to_csv(index=False))
    for old in sorted(FILES - {f"{name}.csv" for name in tables} - {"deal.png"}):
        (folder / old).unlink(missing_ok=True)  # of an earlier deal
    figure = deal_figure(room)
    write_whole(folder / "deal.png", lambda stream: figure.savefig(stream, format="png", dpi=DOTS_PER_INCH))
    print(f"Saved {len(tables)} tables and a figure: {folder}")
