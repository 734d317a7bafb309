"""The what if of a browser session: what was asked for, whether it is right, and both arms lived in the background."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from time import monotonic

import pandas as pd

from model.experiments.comparing.outcomes import Outcome
from model.experiments.what_if import WhatIf, WhatIfRequest, what_ifs
from model.foundation.errors import Fault, InputError
from model.interfaces.app.background import MONTHS, Report
from model.interfaces.app.on_the_way import begin_changes, settings_of
from model.interfaces.app.restore import PageState, Plain
from model.interfaces.app.session import Session
from model.market.world import World
from model.results import RunResult
from model.spec.scenario import Scenario
from model.spec.settings import Setting

PAGE = "what_if"
AHEAD = (3, 6, 12, 24, 36)
FUTURES = (5, 10, 20, 40)
MOST_SET = 40
"""Changes of a branch: more is another scenario."""
BEGUN = "what_if begun"
"""Where a session keeps the mark of the last question whose answer was begun: one that was cancelled stays so."""
PARAMETER = "parameters."
TOLD_EVERY = 0.25
"""Seconds between two reports: so quick is a cancel, so often is the page drawn."""
Pairs = tuple[tuple[str, bool | float], ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """What the page was asked for.

    changes: (dotted key of a lever or parameter, value) in the order they were set. months: to live ahead. futures: how
    many. who: whose outcome is looked at, "" for whole markets, None for the one that the change is about. what: its
    column, "" for the first. market: "" for all. lived: the mark of the question whose answer was last asked for.
    """

    changes: Pairs = ()
    months: int = 12
    futures: int = 10
    who: str | None = None
    what: str = ""
    market: str = ""
    lived: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Answer:
    """What a run of both arms gave, and what it was asked for.

    mark: of the question (`mark_of`). past: what the run had shown up to the branch.
    """

    found: WhatIf
    mark: str
    asked: Asked
    past: RunResult

    def lived(self, outcome: Outcome, *, market: str = "") -> pd.Series[float]:
        """Return an outcome by run month up to the branch; money from month 1 on."""
        rows = self.past.frame(outcome.frame)
        rows = rows[rows["month"] >= (1 if outcome.measure.summary == "sum" else 0)]
        rows = rows[rows["market"] == market] if market else rows
        if outcome.who:
            rows = rows[rows["platform" if outcome.frame == "services" else "label"] == outcome.who]
        return rows.groupby("month", sort=True)[outcome.column].sum()

    @property
    def is_whole(self) -> bool:
        """Whether all futures that were asked for are lived."""
        return self.found.futures == self.asked.futures


def asked_of(state: PageState) -> Asked:
    """Return what a state asks of the page; what makes no sense there counts as not asked."""
    given = state.page(PAGE)
    keys, values = _listed(given.get("keys")), _listed(given.get("values"))
    pairs = tuple(
        (key, value)
        for key, value in zip(keys, values, strict=False)
        if isinstance(key, str) and isinstance(value, bool | int | float)
    )
    who, what, market, lived = (given.get(key) for key in ("who", "what", "market", "lived"))
    return Asked(
        changes=pairs[:MOST_SET], months=_one_of(given.get("months"), AHEAD, 12),
        futures=_one_of(given.get("futures"), FUTURES, 10), who=who if isinstance(who, str) else None,
        what=what if isinstance(what, str) else "", market=market if isinstance(market, str) else "",
        lived=lived if isinstance(lived, str) else "",
    )  # fmt: skip


def put(session: Session, key: str, value: bool | float) -> bool:
    """Set a lever or a parameter of the branch; returns whether it was right, else the session's faults say why."""
    asked = asked_of(session.state)
    others = tuple(pair for pair in asked.changes if pair[0] != key)
    try:
        if len(others) >= MOST_SET:
            raise InputError(Fault(key, f"a branch sets at most {MOST_SET} things", len(others) + 1, "Take one back."))
        change_of(plan_now(session), ((key, value),))
    except InputError as error:
        session.faults[place_of(key)] = error.faults
        session.tell()
        return False
    session.faults.pop(place_of(key), None)
    _keep(session, (*others, (key, value)))
    return True


def take_out(session: Session, key: str) -> None:
    """Take a change out of the branch."""
    session.faults.pop(place_of(key), None)
    _keep(session, tuple(pair for pair in asked_of(session.state).changes if pair[0] != key))


def place_of(key: str) -> str:
    """Return the name of a branch's key among the session's faults: the run may have one of the same key."""
    return f"{PAGE} {key}"


def plan_now(session: Session) -> Scenario:
    """Return the scenario of the live run. Errors: InputError before it is open."""
    if session.market is None:
        raise InputError(Fault("what if", "branches from a run", "none is open", "Wait until the market is open."))
    return session.market.plan


def change_of(plan: Scenario, pairs: Pairs) -> tuple[tuple[Setting, ...], dict[str, float]]:
    """Return (settings, parameters) of a branch's keys. Errors: InputError with every key that is wrong."""
    settings: list[Setting] = []
    parameters: dict[str, float] = {}
    faults: list[Fault] = []
    for key, value in pairs:
        try:
            if key.startswith(PARAMETER):
                plan.replace({key: value})
                parameters[key.removeprefix(PARAMETER)] = float(value)
            else:
                settings += settings_of(plan, key, value)
        except InputError as error:
            faults += error.faults
    if faults:
        raise InputError(faults)
    return tuple(settings), parameters


def mark_of(state: PageState) -> str:
    """Return a short mark of the run that a branch leaves and of what is asked: the same mark is the same answer."""
    asked = asked_of(state)
    base = (state.scenario, state.text, sorted(state.sets.items()), state.changes, state.month)
    question = (asked.changes, asked.months, asked.futures)
    return hashlib.blake2b(repr((base, question)).encode(), digest_size=8).hexdigest()


def answer_of(session: Session) -> Answer | None:
    """Return the latest answer, None before there is one."""
    found = session.kept.get(PAGE)
    return found if isinstance(found, Answer) else None


def is_stale(answer: Answer, state: PageState) -> bool:
    """Whether the run or the question has changed since an answer."""
    return mark_of(state) != answer.mark


def begin(session: Session) -> None:
    """Live both arms in the background; what is known grows future by future."""
    session.kept[BEGUN] = mark = mark_of(session.state)
    session.ask(PAGE, lived=mark)
    session.aside(PAGE).start("what if", lambda report: _live(session, report))


def forget(session: Session) -> None:
    """Take out all that the branch sets, and the answer."""
    session.aside(PAGE).cancel()
    for key, _ in asked_of(session.state).changes:
        session.faults.pop(place_of(key), None)
    session.kept.pop(PAGE, None)
    session.ask(PAGE, keys=(), values=(), lived="")


def wants_living(session: Session) -> bool:
    """Whether a link or a file asks for an answer that this session never began, and the run has reached its month."""
    mark = mark_of(session.state)
    if session.seen is None or asked_of(session.state).lived != mark or session.kept.get(BEGUN) == mark:
        return False
    return not session.worker.progress.runs


def _live(session: Session, report: Report) -> None:
    report("a copy of the run", 0, 0)
    with session.lock:
        state, plan = session.state, plan_now(session)
        asked, mark = asked_of(state), mark_of(state)
        left = plan.months - state.month
        if left < 1:
            way = "Go back to an earlier month on the page Run, or set more months there under World."
            raise InputError(Fault("what if", "branches before the run's last month", f"month {state.month}", way))
        settings, parameters = change_of(plan, asked.changes)
        world, past = session.branch(actors=True), None if session.seen is None else session.seen.result
    assert past is not None
    request = WhatIfRequest(settings, parameters, min(asked.months, left), asked.futures)

    last = -TOLD_EVERY

    def told(_: str, done: int, whole: int) -> None:
        nonlocal last
        if monotonic() - last >= TOLD_EVERY:  # drawing the page takes time from the months
            last = monotonic()
            report("months of both arms", done, whole)

    def begun(ahead: World) -> None:
        if ahead.month > world.month:  # what acts in the next month is in the branch already
            begin_changes(ahead, state.changes)

    for found in what_ifs(world, request, progress=told, begun=begun, turn=lambda: MONTHS):
        session.kept[PAGE] = Answer(found, mark, asked, past)
        session.tell()


def _keep(session: Session, pairs: Pairs) -> None:
    session.ask(PAGE, keys=tuple(key for key, _ in pairs), values=tuple(value for _, value in pairs))


def _listed(given: object) -> tuple[Plain, ...]:
    return given if isinstance(given, tuple) else ()


def _one_of(given: object, known: tuple[int, ...], default: int) -> int:
    return given if isinstance(given, int) and not isinstance(given, bool) and given in known else default
