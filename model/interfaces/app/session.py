"""One browser session: what was asked for, the live run, and what it has shown. Plain Python: the page only looks.

Everything that takes time runs in `worker`; a page is told by `watch` and then reads `seen`, which never changes
under its eyes.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from time import monotonic, sleep

from model.agents.users import User
from model.experiments.run import SETTLING as SETTLING_STAGE
from model.foundation.errors import Fault, InputError
from model.interfaces.app.background import MONTHS, SETTLING, Cancelled, Report, Worker
from model.interfaces.app.crowd import crowd_of
from model.interfaces.app.history import History
from model.interfaces.app.licences import deals_of
from model.interfaces.app.memory import LEFT
from model.interfaces.app.on_the_way import begin_changes, cell_of, settings_of
from model.interfaces.app.restore import MOST_CHANGES, MOST_MONTHS, Change, Licence, PageState, Plain, plan_of
from model.interfaces.app.seen import Seen, shown_market
from model.interfaces.app.standing import Standing
from model.interfaces.app.watching import Watchers
from model.market.start_store import StartStore
from model.market.streaming_market import StreamingMarket
from model.market.world import World
from model.spec.scenario import Scenario

MONTHS_PER_SECOND = 4.0
"""Pace of playing, where the computer can keep it."""


def _admit_all(_: int) -> None:
    """Admit runs of every size: a session without a server is bounded by what a page may run."""


@dataclass(slots=True)
class Session:
    """A browser session.

    state: what was asked for, with the month reached: enough to make all again. market: the live run, None before it
    is opened. seen: what it has shown. worker: does the run's work. asides: workers of other pages by name. lock: held
    while the run's state changes or is read. admit: called with the simulated users of a run before it is opened;
    raises InputError where the server has no room for them.
    """

    state: PageState = field(default_factory=PageState)
    starts: StartStore = field(default_factory=StartStore.default)
    market: StreamingMarket | None = None
    seen: Seen | None = None
    worker: Worker = field(init=False)
    asides: dict[str, Worker] = field(default_factory=dict)
    kept: dict[str, object] = field(default_factory=dict)
    lock: threading.RLock = field(default_factory=threading.RLock)
    faults: dict[str, tuple[Fault, ...]] = field(default_factory=dict)
    admit: Callable[[int], None] = _admit_all
    _watchers: Watchers = field(init=False)
    _history: History | None = None
    _closed: bool = False
    _states: threading.Lock = field(default_factory=threading.Lock)  # held while one state is put for another
    _opening: PageState | None = None  # what is being opened
    _before: PageState | None = None  # what stays where that is not opened after all
    _goal: int = 0  # month that steps lead to
    _then_play: bool = False  # whether what opens is played when it is there

    def __post_init__(self) -> None:
        self._watchers = Watchers(self.lock)
        self.worker = Worker(self.tell)

    # --- being watched ----------------------------------------------------------------------------------------------

    def watch(self, told: Callable[[], None]) -> Callable[[], None]:
        """Call `told` after every change, from any thread; returns how to stop it."""
        return self._watchers.watch(told)

    def tell(self) -> None:
        """Tell who watches that something changed; inside `changing`, when it ends."""
        self._watchers.tell()

    def changing(self) -> AbstractContextManager[None]:
        """Hold the lock, and tell only when it is let go of."""
        return self._watchers.changing()

    def aside(self, name: str) -> Worker:
        """Return the worker of a page: it runs beside the live run, and is watched and closed with the session."""
        if name not in self.asides:
            self.asides[name] = Worker(self.tell)
        return self.asides[name]

    # --- running ----------------------------------------------------------------------------------------------------

    @property
    def opens(self) -> bool:
        """Whether a run is being opened."""
        return self._opening is not None

    def open(self, state: PageState | None = None) -> None:
        """Begin the run anew from a state (default: the present one from its opening), and live to its month."""
        with self._states:
            wanted = replace(self.state, month=0) if state is None else state
            self._before = self.state if self._opening is None else self._before
            self.state = self._opening = wanted
            self.faults, self._goal, self._then_play = {}, 0, False
        self.worker.start("opening", lambda report: self._open(wanted, report), dropped=lambda: self._stay(wanted))

    def reset(self) -> None:
        """Go back to the opening; what was set on the way is forgotten."""
        self.open(replace(self.state, month=0, changes=()))

    def step(self, months: int = 1) -> None:
        """Live some months; steps asked for before the last one has ended are added to it, or to a run that opens."""
        if (wanted := self._opening) is not None:
            self.open(replace(wanted, month=wanted.month + months))
            return
        self._goal = goal = max(self._goal, self._reached()) + months
        self.worker.start("step", lambda report: self._step_to(goal, report))

    def play(self) -> None:
        """Live month after month at a readable pace, to the horizon or to a pause; a run that opens is played then."""
        self._goal = 0
        with self._states:
            self._then_play = self._opening is not None
            if self._then_play:
                return
        self.worker.start(
            "play", lambda report: self._advance(report, MOST_MONTHS, pace=1.0 / MONTHS_PER_SECOND), quiet=True
        )

    def pause(self) -> None:
        """Stop after the month that is lived now; a run that opens is not opened."""
        self._goal, self._then_play = 0, False
        self.worker.cancel()

    def jump(self, month: int) -> None:
        """Go to a month, 0 for the opening; an earlier one is reached by living the run again, to the same numbers."""
        self._goal = 0
        if self.market is not None and month >= self._reached() and self._opening is None:
            self.worker.start("jump", lambda report: self._advance(report, month, pace=0.0))
        else:
            self.open(replace(self.state, month=month))

    # --- changing ---------------------------------------------------------------------------------------------------

    def set_frame(self, key: str, value: Plain | tuple[Plain, ...] | None) -> bool:
        """Set a key of the scenario (users, seed, parameters.theta, ...; None: as the scenario says) and open anew.

        Returns whether it was right; else `faults` under the key says what is wrong, and the run goes on as it was.
        """
        sets = {name: old for name, old in self.state.sets.items() if name != key}
        if value is not None:
            sets[key] = value
        return self.begin(replace(self.state, sets=sets, month=0, changes=()), place=key)

    def begin(self, state: PageState, *, place: str) -> bool:
        """Open a state if its scenario is right; else keep what is wrong in `faults` under `place`."""
        try:
            plan_of(state)
        except InputError as error:
            return self._refuse(place, error)
        self.open(state)
        return True

    def set_lever(self, key: str, value: bool | float) -> bool:
        """Set a lever from the next month on; returns whether it was right, else `faults` under the key says why."""
        with self.changing():
            month = self._reached()
            try:
                self._check_open(key)
                settings_of(self._plan(), key, value)
            except InputError as error:
                return self._refuse(key, error)
            meant = Change(month, key, value)
            kept = tuple(one for one in self.state.changes if cell_of(one) != cell_of(meant))
            if not self._has_room(kept, place=key):
                return False
            self._put(changes=(*kept, meant))
        self.faults.pop(key, None)
        self.tell()
        return True

    def put_licence(self, licence: Licence, *, place: str) -> bool:
        """Let the end of talks act from the next month on; what the same pair's last talks of this month left goes.

        licence: of the last month lived. Returns whether it was right; else `faults` under `place` says why not.
        """
        with self.changing():
            plan = self._plan()
            try:
                self._check_open(place)
                if licence.month != self._reached() or licence.month >= plan.months:
                    way = "Talk anew from the present month."
                    raise InputError(Fault(place, "acts in a month to come of the run", licence.month, way))
                deals_of(plan, licence)
            except InputError as error:
                return self._refuse(place, error)
            kept = tuple(one for one in self.state.changes if cell_of(one) != cell_of(licence))
            if not self._has_room(kept, place=place):
                return False
            self._put(changes=(*kept, licence))
        self.faults.pop(place, None)
        self.tell()
        return True

    def _has_room(self, changes: tuple[Change | Licence, ...], *, place: str) -> bool:
        if len(changes) < MOST_CHANGES:
            return True
        rule = f"a page keeps at most {MOST_CHANGES} changes"
        return self._refuse(place, InputError(Fault(place, rule, len(changes), "Reset the run.")))

    def branch(self, *, without: Licence | None = None, actors: bool = False) -> World:
        """Return a copy of the live run as it stands, with all that was set since its last month.

        without: a licence to leave out, as if its talks were still to come. actors: as of `World.fork`. Errors:
        InputError where no run is open.
        """
        with self.lock:
            market = self.market
            if market is None:
                raise InputError(Fault("run", "is open", "nothing", "Choose a scenario first."))
            world = market.fork(actors=actors)
            kept = tuple(one for one in self.state.changes if one != without)
            begin_changes(world, kept)
            return world

    def take_back(self, change: Change | Licence) -> None:
        """Take a change back: at once if it has not acted yet, else by living the run again without it."""
        kept = tuple(one for one in self.state.changes if one != change)
        if change.month >= self._reached() and self._opening is None:
            self._put(changes=kept)
            self.tell()
        else:
            self.open(replace(self.state, changes=kept))

    def show(self, *, market: str | None = None, view: str | None = None) -> None:
        """Remember which market ("" for all) and which group of figures is shown."""
        with self._states:
            state = self.state
            meant = replace(state, market=state.market if market is None else market, view=view or state.view)
            waits = self.opens or self.seen is None  # what opens may have other markets; it is looked at then
            self.state = meant if waits else replace(meant, market=shown_market(meant, self.seen))
        self.tell()

    def ask(self, page: str, **values: Plain | tuple[Plain, ...]) -> None:
        """Remember what another page was asked for, so that reload, link and file bring it back."""
        with self._states:
            self.state = self.state.with_page(page, values)
        self.tell()

    # --- looking ----------------------------------------------------------------------------------------------------

    def user(self, market: str, uid: int) -> User | None:
        """Return a copy of a user as of now, None where nobody online has the number."""
        with self.lock:
            if self.market is None or market not in self.market.populations:
                return None
            try:
                found = self.market.populations[market].user(uid)
            except InputError:
                return None
            return replace(found, country=found.country.copy())

    def close(self) -> None:
        """Stop all work and let go of the run."""
        self._closed = True
        for worker in (self.worker, *self.asides.values()):
            worker.cancel()
        self._watchers.clear()
        self.kept.clear()
        with self.lock:
            self._let_go()
            self.market = self.seen = self._history = None

    # --- in the worker's thread -------------------------------------------------------------------------------------

    def _open(self, wanted: PageState, report: Report) -> None:
        try:
            plan = self._begin_market(wanted, report)
        except BaseException:
            self._stay(wanted)
            raise
        if plan is not None:
            self._advance(report, min(wanted.month, plan.months), pace=0.0)
            if self._then_play:
                self.play()

    def _begin_market(self, wanted: PageState, report: Report) -> Scenario | None:
        """Put a state's run in place of the present one; returns its scenario, None where the session was closed."""
        plan = plan_of(wanted)
        for one in wanted.levers:
            settings_of(plan, one.key, one.value)
        self.admit(plan.users * len(plan.markets))
        report("waiting for another start", 0, 0)
        with SETTLING:
            report(SETTLING_STAGE, 0, len(plan.markets))

            def told(stage: str, done: int, whole: int) -> None:
                if stage == SETTLING_STAGE:  # a report may end the job, which would break a month half way
                    report(stage, done, whole)

            MONTHS.acquire(lambda: report(SETTLING_STAGE, 0, len(plan.markets)))
            market = StreamingMarket(plan, starts=self.starts, on_progress=told)
        report(SETTLING_STAGE, len(plan.markets), len(plan.markets))  # the last moment to stay with the run before
        with self.lock:
            if self._closed:
                return None
            history = History(market)
            with self._states:  # what was looked at meanwhile is kept
                if self._opening is not wanted:
                    raise Cancelled  # another was asked for since the last report
                shown = self.state.market if self.state.market in market.countries else ""
                self.state, self._opening = replace(self.state, month=0, market=shown), None
            self._let_go()
            self.market, self._history = market, history
            self._look()
        return plan

    def _let_go(self) -> None:
        """Forget the months of the run that goes: what it is itself holds itself, and waits for a search of circles."""
        if self.market is not None:
            self.market.records.clear()
            plan = self.market.plan
            LEFT.users += plan.users * len(plan.markets)

    def _stay(self, wanted: PageState) -> None:
        """Let the state tell of the run that is still there after another one was not opened."""
        with self._states:
            if self._opening is not wanted:
                return  # it is there, or a later one opens
            if self.market is not None and self._before is not None:
                lived = self.market.month  # there may be one more since
                self.state = replace(self._before, month=lived, view=self.state.view, pages=self.state.pages)
            self._opening = None

    def _step_to(self, goal: int, report: Report) -> None:
        try:
            self._advance(report, goal, pace=0.0)
        except Cancelled:
            raise  # later steps were added
        except Exception:
            if self._goal == goal:
                self._goal = 0  # the next step goes on from where this one has led
            raise

    def _advance(self, report: Report, month: int, *, pace: float) -> None:
        market = self.market
        if market is None:
            raise InputError(Fault("run", "is open", "nothing", "Choose a scenario first."))
        begun, goal = market.month, min(month, market.plan.months)

        def look() -> None:
            report("months", market.month - begun, goal - begun)

        while market.month < goal and self.market is market:
            due = monotonic() + pace
            look()
            MONTHS.acquire(look)  # before the lock: who waits for a turn keeps nobody from setting a lever
            with self.lock:
                if self.market is not market or self._opening is not None:
                    return  # another run is asked for: its changes are none of this one's
                begin_changes(market.world, self.state.changes)
                market.step()
                self._put(month=market.month)
                self._look()
            if pace:
                self.tell()
                MONTHS.release()
                sleep(max(0.0, due - monotonic()))

    def _look(self) -> None:
        market, history = self.market, self._history
        assert market is not None
        assert history is not None
        self.seen = Seen(
            plan=market.plan, month=market.month, result=history.grow(market),
            crowds={code: crowd_of(country) for code, country in market.countries.items()},
            standing=Standing.of(market.world),
        )  # fmt: skip

    def _reached(self) -> int:
        return self.state.month if self.market is None else self.market.month

    def _plan(self) -> Scenario:
        return plan_of(self.state) if self.market is None else self.market.plan

    def _put(self, *, month: int | None = None, changes: tuple[Change | Licence, ...] | None = None) -> None:
        with self._states:
            state = self.state
            self.state = replace(
                state, month=state.month if month is None else month,
                changes=state.changes if changes is None else changes,
            )  # fmt: skip

    def _check_open(self, place: str) -> None:
        if self._opening is not None:
            raise InputError(Fault(place, "is set in a run that is open", "one that opens", "Wait until it is open."))

    def _refuse(self, place: str, error: InputError) -> bool:
        self.faults[place] = error.faults
        self.tell()
        return False
