"""The report of the present run, made beside the page: the run as it was steered, against the scenario as it opened."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from model.experiments.report import make_report
from model.foundation.errors import InputError
from model.interfaces.app.as_it_stands import as_it_stands
from model.interfaces.app.background import Report
from model.interfaces.app.export import file_name
from model.interfaces.app.restore import PageState, plan_of
from model.interfaces.app.session import Session
from model.interfaces.app.turns import Turns
from model.spec.scenario import Scenario

KEPT = "report"
"""Name of the worker that makes it, and of what it made."""
REPLICATES = 4
"""Runs of each scenario: the one on the page, and others with the same people and other luck."""


@dataclass(frozen=True, slots=True)
class MadeReport:
    """A report that was made. digest: of the scenario that it is about. html: one file with everything inside."""

    digest: str
    file: str
    html: str


def question_of(state: PageState) -> tuple[Scenario, Scenario | None]:
    """Return the scenario that a report is about, and the one it is held against where something was changed.

    Errors: InputError for a run that cannot be told as a scenario.
    """
    plan = as_it_stands(state)
    return (plan, plan_of(state)) if state.changes else (plan, None)


def start_report(session: Session) -> None:
    """Make the report of the run as it stands now, beside the page; what came out is kept with the session."""
    state = session.state

    def work(report: Report) -> None:
        plan, versus = question_of(state)
        with Turns(report, words={}) as turns:
            made = make_report(plan, versus=versus, replicates=REPLICATES, deal_draws=0, starts=session.starts,
                               progress=turns, command=command_of(state, plan))  # fmt: skip
        session.kept[KEPT] = MadeReport(plan.digest, f"{file_name(f'{plan.name} report')}.html", made.html())

    session.aside(KEPT).start("report", work)


def command_of(state: PageState, plan: Scenario) -> str:
    """Return what makes the report again: the command line, or the saved page where that could not say it."""
    if state.changes or state.text or set(state.sets) - {"users", "months", "seed"}:
        return f"the page Run, from the saved page of this run (scenario hash {plan.digest})"
    sizes = f"--users {plan.users} --months {plan.months} --seed {plan.seed}"
    return f"resonance report {state.scenario} {sizes} --replicates {REPLICATES} --deal-draws 0"


def made_report(session: Session) -> tuple[MadeReport | None, bool]:
    """Return the report that was made last, and whether it is of the run as it stands now."""
    found = session.kept.get(KEPT)
    if not isinstance(found, MadeReport):
        return None, False
    return found, _or_none(lambda: question_of(session.state)[0].digest) == found.digest


def _or_none(read: Callable[[], str]) -> str | None:
    try:
        return read()
    except InputError:
        return None
