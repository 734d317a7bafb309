"""The page Sweeps: a stored sweep, looked at from several sides."""

from __future__ import annotations

import solara

from model.foundation.errors import Fault
from model.interfaces.app.background import Report
from model.interfaces.app.joined import use_session
from model.interfaces.app.look import Box, Busy, Button, Empty, Faults, Select, Words
from model.interfaces.app.pages.sweeps_asked import PAGE, wanted_of
from model.interfaces.app.pages.sweeps_shown import Shown
from model.interfaces.app.pages.sweeps_side import Side
from model.interfaces.app.session import Session
from model.interfaces.app.sweep_folder import SweepFolder, sweep_folder
from model.interfaces.app.sweep_run import FIRST_LOOK, run_first_look
from model.interfaces.app.sweep_seen import SweepSeen, Wanted, read_sweep

RUNNING = "sweeps run"
COMMAND = "./resonance sweep price_in_indonesia"


@solara.component
def Page() -> None:
    """Show which sweep at the left and what it tells at the right; or how to make one."""
    session = use_session()
    folder = sweep_folder()
    names = folder.names()
    asked = str(session.state.page(PAGE).get("sweep", ""))
    chosen = asked if asked in names else "" if asked or not names else names[0]
    # The small sweep is read when it has ended: what is read on the way would stand there unfinished.
    running = session.aside(RUNNING).progress.runs
    wanted = wanted_of(session.state, "" if running else chosen)
    again, set_again = solara.use_state(0)
    solara.use_effect(lambda: _read(session, folder, wanted), [wanted, again])
    kept = session.kept.get(PAGE)
    seen = kept if isinstance(kept, SweepSeen) and kept.wanted.name == chosen else None
    if running or not names:
        _nothing(session, folder)
        return
    with Box(kind="columns"):
        with Box(kind="side rs-early" if seen is None else "side"):
            with Box(), Box(kind="stack"):
                Select(label="Sweep", choices=[*([] if chosen else [("", "–")]), *((name, name) for name in names)],
                       value=chosen, event_chosen=lambda one: choose(session, one))  # fmt: skip
                if asked and asked not in names:
                    gone = Fault("sweep", "is in the folder of sweeps", asked, f"Kept in {folder.root}: choose one.")
                    Faults((gone,))
                Button(label="Read again", event_pressed=lambda _: set_again(again + 1), kind="quiet",
                       title="Read the folder again, as it fills while a sweep runs")  # fmt: skip
            if seen is not None:
                with Box():
                    Side(session, seen)
        with Box(kind="main"):
            _busy(session)
            _go_on(session, folder, seen)
            if seen is not None:
                Shown(seen=seen)
            elif not session.aside(PAGE).faults:
                Empty("The sweep is read", "Its runs are counted and one outcome is read, point by point.")


def choose(session: Session, name: str) -> None:
    """Look at another sweep; what was chosen of the one before is forgotten, as its names may be others."""
    keep = session.state.page(PAGE).get("view", "scatter")
    blank: dict[str, str] = dict.fromkeys(("outcome", "market", "x", "y", "policy", "only", "value"), "")
    session.ask(PAGE, sweep=name, view=keep, **blank)


def _read(session: Session, folder: SweepFolder, wanted: Wanted) -> None:
    if not wanted.name:
        return

    def work(report: Report) -> None:
        session.kept[PAGE] = read_sweep(folder.path_of(wanted.name), wanted, report=report)

    session.aside(PAGE).start("reading", work)


def _busy(session: Session) -> None:
    """Place the bars of reading and of running, and what went wrong with them."""
    for name in (PAGE, RUNNING):
        worker = session.aside(name)
        # What is read within a moment shows no bar, which would only flicker.
        if worker.faults or (worker.progress.runs and (name == RUNNING or PAGE not in session.kept)):
            with Box():
                Busy(worker)


def _go_on(session: Session, folder: SweepFolder, seen: SweepSeen | None) -> None:
    """Offer the rest of the small sweep where it was cancelled."""
    if seen is None or session.kept.get(RUNNING) != seen.wanted.name or seen.done + seen.failed >= seen.planned:
        return
    with Box(), Box(kind="row"):
        Button(label="Go on with the small sweep", kind="main", event_pressed=lambda _: _start(session, folder),
               title="Live the runs that are still missing; those that are there stay")  # fmt: skip


def _start(session: Session, folder: SweepFolder) -> None:
    session.kept.pop(PAGE, None)
    session.aside(RUNNING).start("sweep", lambda report: _run(session, folder, report))


def _nothing(session: Session, folder: SweepFolder) -> None:
    """Say that no sweep is kept, how one is made, and offer a small one."""
    running = session.aside(RUNNING)
    with Box(kind="main"):
        title = "The small sweep is lived" if running.progress.runs else "No sweep is kept yet"
        Empty(title, f"The page looks in {folder.root}. A sweep lives many runs: at every point of a "
              f"design, under every policy. Make one on the command line, such as: {COMMAND}")  # fmt: skip
        with Box(), Box(kind="stack"):
            Words("Or run a small one here", kind="heading")
            Words(FIRST_LOOK, kind="muted")
            with Box(kind="row"):
                Button(label="Run the small sweep", kind="main", event_pressed=lambda _: _start(session, folder),
                       disabled=running.progress.runs)  # fmt: skip
            if running.progress.runs or running.faults:
                Busy(running)


def _run(session: Session, folder: SweepFolder, report: Report) -> None:
    def begun(name: str) -> None:
        session.kept[RUNNING] = name
        session.state = session.state.with_page(PAGE, {"sweep": name})

    run_first_look(folder, report=report, begun=begun)
