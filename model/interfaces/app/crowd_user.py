"""The user of the crowd that was clicked: copied once a month, since to draw must not wait while a month is lived."""

from __future__ import annotations

from dataclasses import dataclass

from model.agents.users import User
from model.interfaces.app.session import Session
from model.interfaces.app.standing import Standing

PATIENCE = 0.02
"""Seconds that drawing waits for a month that is lived."""
KEPT = "crowd user"
"""Where a session keeps who was looked at."""


@dataclass(frozen=True, slots=True, eq=False)
class LookedAt:
    """Who was looked at. standing: of the month. user: None where nobody online has the number."""

    standing: Standing
    market: str
    uid: int
    user: User | None


def user_of(session: Session, standing: Standing, market: str, uid: int) -> tuple[User | None, bool]:
    """Return (user, whether that is known). standing: of the month that is drawn.

    While a month is lived, who was looked at before stays as it was; anybody else is known when it has ended.
    """
    kept = session.kept.get(KEPT)
    mine = kept if isinstance(kept, LookedAt) and (kept.market, kept.uid) == (market, uid) else None
    if (mine is None or mine.standing is not standing) and session.lock.acquire(timeout=PATIENCE):
        try:
            mine = LookedAt(standing, market, uid, session.user(market, uid))
            session.kept[KEPT] = mine
        finally:
            session.lock.release()
    return (None, False) if mine is None else (mine.user, True)
