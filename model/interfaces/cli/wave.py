"""The command `wave`: every licence of the largest labels with the largest services priced at once."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from rich.table import Table

from model.experiments.answer_folder import check_folder, save_answer
from model.interfaces.cli.progress import RunProgress
from model.interfaces.cli.running import check_writable
from model.interfaces.cli.terminal import output
from model.results.palette import name_of
from model.results.picture_bytes import png
from model.spec.scenario import Scenario

if TYPE_CHECKING:
    import pandas as pd

    from model.experiments.wave import RenewalWave
    from model.experiments.wave.result import Solution

LARGEST = 12
COLUMNS = {
    "present": "present", "nash": "Nash", "nash_in_nash": "answering", "factor": "over present",
    "surplus": "joint gain", "label_gain": "label elsewhere", "refused": "refused",
}  # fmt: skip


def show_wave(
    plan: Scenario, *, at: str | None, months: int, users: int, draws: int, orders: int, solution: Solution,
    platforms: str | None, labels: str | None, weight: float | None, out: Path | None,
) -> None:  # fmt: skip
    """Print the wave: the largest pairs, totals by label and service, refusals, what order decides; save to `out`."""
    from model.experiments.run import warm_up
    from model.experiments.wave.request import wave_request
    from model.experiments.wave.wave import live_request

    request = wave_request(
        plan, at=at, months=months, users=users, draws=draws, orders=orders, platforms=_names(platforms),
        labels=_names(labels), markets=None, solution=solution, weight=weight,
    )  # fmt: skip
    if out is not None:
        check_writable(out)
        check_folder(out, kind="wave")
    with RunProgress(quiet=False) as show:
        show("compiling", 0, 1)
        warm_up()
        show("compiling", 1, 1)
        wave = live_request(request, solution=solution, weight=weight, progress=show)
    _print(wave)
    if out is not None:
        _save(wave, out)


def _names(text: str | None) -> tuple[str, ...] | None:
    return None if text is None else tuple(name.strip() for name in text.split(",") if name.strip())


def _print(wave: RenewalWave) -> None:
    console, pairs = output(), wave.pairs()
    console.print(_money(pairs.head(LARGEST), f"The largest {min(LARGEST, len(pairs))} of {len(pairs)} pairs"))
    by_label = wave.by_label()
    console.print(_money(by_label, "By label"))
    console.print(_money(wave.by_platform(), "By service"))
    console.print(_scopes(by_label))
    _print_refusals(wave)
    networks = wave.networks()
    moved = networks[networks["orders_agree"] < 1.0]
    dropped, taken = int(networks["dropped"].sum()), int(networks["taken_up"].sum())
    print(f"Renewed in order of expiry, one after the other: {dropped} licences go, {taken} come.")
    if len(moved):
        places = ", ".join(f"{row.market} ({row.networks_reached} networks)" for row in moved.itertuples())
        print(f"There the order decides which: {places}.")
    worst = max(wave.markets, key=lambda priced: priced.answers.spectral_radius)
    radius = f"Influence of contracts on each other: largest spectral radius {worst.answers.spectral_radius:.2f}"
    print(f"{radius} ({worst.lives.market}); above 1, talks in turns would not come to rest.")
    size = f"{int(networks['licences'].sum())} licences, {wave.request.draws} draws"
    print(f"{size}, {wave.request.users:,} users a market: {wave.seconds:.0f} s.")


def _print_refusals(wave: RenewalWave) -> None:
    rows = wave.licences()
    lost = rows[rows["in_force"] & (rows["surplus"] < 0.0)].sort_values("surplus")
    print(f"Licences that lose money for the pair, the others standing: {len(lost)} of {int(rows['in_force'].sum())}.")
    for row in lost.head(5).to_dict("records"):
        gain, elsewhere = _amount(row["platform_gain"]), _amount(row["label_gain"])
        who = f"  {name_of(row['platform'])} and {name_of(row['label'])} in {row['market']}"
        print(f"{who}: {gain} to the service before it pays, {elsewhere} to the label elsewhere")


def _money(table: pd.DataFrame, title: str) -> Table:
    shown = Table(title=f"{title}, USD thousand a month", title_justify="left")
    for name in table.index.names:
        shown.add_column(str(name))
    for heading in COLUMNS.values():
        shown.add_column(heading, justify="right")
    for key, row in table.iterrows():
        names = [name_of(str(part)) for part in (key if isinstance(key, tuple) else (key,))]
        shown.add_row(*names, *(_cell(column, float(row[column])) for column in COLUMNS))
    return shown


def _cell(column: str, value: float) -> str:
    if value != value:
        return "-"
    if column == "factor":
        return f"{value:.2f}"
    return f"{value:.0f}" if column == "refused" else f"{value / 1e3:,.0f}"


def _scopes(by_label: pd.DataFrame) -> Table:
    shown = Table(title="Gain over no deal, USD thousand a month: by market, or for the world", title_justify="left")
    for heading in ("label", "by market", "for the world", "bundling brings"):
        shown.add_column(heading, justify="left" if heading == "label" else "right")
    for label, row in by_label.dropna(subset=["by_market"]).iterrows():
        cells = (f"{row[name] / 1e3:,.0f}" for name in ("by_market", "for_world", "bundling"))
        shown.add_row(name_of(str(label)), *cells)
    return shown


def _amount(value: float) -> str:
    """Return USD with a sign, in thousands or millions."""
    return f"{value / 1e6:+.2f} M" if abs(value) >= 1e6 else f"{value / 1e3:+,.0f} k"


def _save(wave: RenewalWave, folder: Path) -> None:
    from model.experiments.wave.picture import wave_figure

    request = wave.request
    tables = {
        "licences": wave.licences(), "pairs": wave.pairs().reset_index(), "labels": wave.by_label().reset_index(),
        "platforms": wave.by_platform().reset_index(), "scopes": wave.scopes(), "networks": wave.networks(),
        "draws": wave.draws.reset_index(),
    }  # fmt: skip
    question = {
        "platforms": request.platforms, "labels": request.labels, "markets": request.markets, "month": request.month,
        "months": request.months, "users": request.users, "draws": request.draws, "orders": request.orders,
        "uncertain": request.uncertain, "solution": wave.solution,
    }  # fmt: skip
    save_answer(folder, kind="wave", plan=request.plan, question=question, tables=tables,
                figures={"wave": png(wave_figure(wave))})  # fmt: skip
    print(f"Saved {len(tables)} tables and a figure: {folder}")
