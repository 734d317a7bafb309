"""The report of the present run is that of the same scenario, made beside the page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from model.experiments.report import make_report
from model.interfaces.app import reporting
from model.interfaces.app.as_it_stands import as_it_stands
from model.interfaces.app.reporting import KEPT, command_of, made_report, question_of, start_report
from model.interfaces.app.restore import Change, PageState, plan_of
from model.interfaces.app.session import Session

Opened = Callable[..., Session]
STATE = PageState(scenario="tiny", sets={"users": 150, "months": 3, "markets": ("ID", "BR")})
STEERED = replace(STATE, month=1, changes=(Change(0, "platforms.spotify.price.ID.individual", 30_000.0),))


@pytest.fixture(autouse=True)
def _few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reporting, "REPLICATES", 2)


def test_a_report_is_made_and_told_when_the_run_has_moved_on(opened: Opened) -> None:
    session = opened(STEERED)
    assert made_report(session) == (None, False)
    start_report(session)
    assert session.aside(KEPT).wait(120)
    assert session.aside(KEPT).faults == ()
    made, current = made_report(session)
    assert made is not None
    assert current
    wanted = make_report(as_it_stands(STEERED), versus=plan_of(STEERED), replicates=2, deal_draws=0,
                         starts=session.starts, command=command_of(STEERED, as_it_stands(STEERED)))  # fmt: skip
    assert made.html == wanted.html()
    assert made.digest == as_it_stands(STEERED).digest
    assert made.file == "tiny-report.html"
    assert session.set_lever("platforms.spotify.price.BR.individual", 20.0)
    assert made_report(session) == (made, False)


def test_an_untouched_run_is_told_by_itself() -> None:
    plan, versus = question_of(STATE)
    assert versus is None
    assert plan.digest == plan_of(STATE).digest
    assert "saved page" in command_of(STATE, plan)  # its markets were set by hand
    usual = replace(STATE, sets={"users": 150, "months": 3})
    told = command_of(usual, plan_of(usual))
    assert told == "resonance report tiny --users 150 --months 3 --seed 1 --replicates 2 --deal-draws 0"


def test_a_cancelled_report_leaves_none(opened: Opened) -> None:
    session = opened(STATE)
    start_report(session)
    session.aside(KEPT).cancel()
    assert session.aside(KEPT).wait(120)
    assert made_report(session) == (None, False)
