"""Every session of the server: found by the tab that opened it, freed when nobody looks any more, bounded in number."""

from __future__ import annotations

import re
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial
from time import monotonic

from model.foundation.errors import Fault, InputError
from model.interfaces.app.session import Session

MOST_SESSIONS = 24
"""Sessions held at once; an unwatched one makes room for a new one, watched ones are never closed."""
KEPT_SECONDS = 600.0
"""How long a session waits for its tab to come back: a reload, a phone that slept."""
MOST_TOGETHER = 3_000_000
"""Simulated users of all sessions' live runs together: some 300 bytes each, and as much again while a start settles."""
_TOKEN = re.compile(r"[A-Za-z0-9]{8,64}")


@dataclass(slots=True)
class _Place:
    session: Session
    watchers: int = 0
    left: float = 0.0
    users: int = 0


@dataclass(slots=True)
class Sessions:
    """Sessions by token; `clock` gives seconds.

    most: sessions. most_together: simulated users of all of them. kept_seconds: how long one waits for its tab.
    """

    make: Callable[[], Session] = Session
    clock: Callable[[], float] = monotonic
    most: int = MOST_SESSIONS
    most_together: int = MOST_TOGETHER
    kept_seconds: float = KEPT_SECONDS
    _places: OrderedDict[str, _Place] = field(default_factory=OrderedDict)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _gone: list[Session] = field(default_factory=list)
    _closed: bool = False

    def join(self, token: str) -> tuple[Session, bool]:
        """Return the session of a tab and whether it is new; one more page watches it until `leave`.

        Errors: InputError for a token that no page makes, or when every place is taken by a watched session.
        """
        if not _TOKEN.fullmatch(token):
            raise InputError(Fault("tab", "has a token of 8 to 64 letters", token[:40], "Open the page anew."))
        with self._changing():
            self._free_old()
            place = self._places.get(token)
            new = place is None
            if place is None:
                self._make_room()
                place = self._places[token] = _Place(self.make())
                place.session.admit = partial(self._admit, token)
            place.watchers += 1
            self._places.move_to_end(token)
            return place.session, new

    def leave(self, token: str) -> None:
        """Say that a page no longer watches; its session is closed later, when no page has come back."""
        with self._changing():
            place = self._places.get(token)
            if place is not None:
                place.watchers = max(0, place.watchers - 1)
                place.left = self.clock()
                if not place.watchers:
                    place.session.pause()  # nobody sees it play
            self._free_old()

    def tidy(self) -> bool:
        """Close the sessions that nobody came back to; returns whether any was closed since the last call."""
        with self._changing():
            self._free_old()
        closed, self._closed = self._closed, False
        return closed

    def __len__(self) -> int:
        return len(self._places)

    def _admit(self, token: str, users: int) -> None:
        """Note how large a session's run will be; InputError where watched ones leave no room for it."""
        with self._changing():
            own = self._places.get(token)
            if own is None:  # closed while it waited
                return
            for other, place in list(self._places.items()):
                if self._together(but=own) + users <= self.most_together:
                    break
                if place is not own and not place.watchers:
                    self._close(other)
            rest = self._together(but=own)
            if rest + users > self.most_together:
                rule = f"the runs of all open pages have at most {self.most_together:,} simulated users together"
                way = "Take fewer users or markets, or close another page."
                raise InputError(Fault("users", rule, f"{users:,} beside {rest:,}", way))
            own.users = users

    @contextmanager
    def _changing(self) -> Iterator[None]:
        """Hold the lock; who has to go is closed after it: that may wait for a month to end, which others need not."""
        with self._lock:
            try:
                yield
            finally:
                gone, self._gone = self._gone, []
        with ExitStack() as closing:
            for session in gone:
                closing.callback(session.close)

    def _close(self, token: str) -> None:
        self._gone.append(self._places.pop(token).session)
        self._closed = True

    def _together(self, *, but: _Place) -> int:
        return sum(place.users for place in self._places.values() if place is not but)

    def _free_old(self) -> None:
        now = self.clock()
        for token, place in list(self._places.items()):
            if not place.watchers and now - place.left > self.kept_seconds:
                self._close(token)

    def _make_room(self) -> None:
        for token, place in list(self._places.items()):
            if len(self._places) < self.most:
                return
            if not place.watchers:
                self._close(token)
        if len(self._places) >= self.most:
            rule = f"this server holds at most {self.most} open pages"
            raise InputError(Fault("page", rule, len(self._places), "Close another page, then load this one again."))
