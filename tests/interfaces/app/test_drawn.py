"""Pages drawn without a browser: what stands on them, and what their buttons do."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
import solara

from model.interfaces.app.joined import provide
from model.interfaces.app.pages import deal_room, run, run_side, run_views
from model.interfaces.app.restore import Change, PageState
from model.interfaces.app.session import Session
from model.state.country import Country
from tests.interfaces.app.conftest import SMALL, WAIT

pytestmark = pytest.mark.page
Opened = Callable[..., Session]
Drawn = Callable[[Session, Callable[[], Any]], Any]
PRICE, TIE = "platforms.spotify.price.ID.individual", "platforms.resso.integration.ID"


@pytest.fixture
def drawn() -> Iterator[Drawn]:
    """`drawn(session, component)`: the widget that holds what was drawn; a fault of drawing is raised."""
    made: list[Any] = []

    def give(session: Session, component: Callable[[], Any]) -> Any:
        @solara.component  # type: ignore[untyped-decorator]
        def frame() -> None:
            provide(session, 0)
            component()

        box, context = solara.render(frame(), handle_error=False)
        made.append(context)
        return box

    yield give
    for context in made:
        context.close()


def parts(widget: Any) -> Iterator[Any]:
    """Yield a widget and all that stand in it."""
    yield widget
    for child in getattr(widget, "children", None) or ():
        if not isinstance(child, str):
            yield from parts(child)


def part(found: Any, **traits: object) -> Any:
    """Return the first part of a page (of `parts/*.vue`) that has these traits, with these values where not None."""
    for one in parts(found):
        if all(hasattr(one, name) and value in (None, getattr(one, name)) for name, value in traits.items()):
            return one
    raise AssertionError(f"no part with {traits}")


def words(found: Any) -> str:
    """Return all words that stand on a page outside its parts."""
    children = [child for one in parts(found) for child in getattr(one, "children", None) or ()]
    return "\n".join(child for child in children if isinstance(child, str))


def test_a_deal_room_with_nobody_to_license_says_so(opened: Opened, drawn: Drawn) -> None:
    session = opened(PageState(scenario="tiny", sets={"users": 300, "months": 3, "markets": ("IN",)}))
    assert "What is a licence worth" in words(drawn(session, deal_room.Page))
    assert session.seen is not None
    india: Country = session.seen.standing.countries["IN"]
    assert not india.tiktok_open, "TikTok is allowed in India again: choose another market"
    india.offers.is_open[1:] = 0
    assert "Nobody can be licensed" in words(drawn(session, deal_room.Page))


def test_a_change_pressed_twice_takes_no_other_one_back(opened: Opened, drawn: Drawn) -> None:
    session = opened(replace(SMALL, month=1, changes=(Change(1, PRICE, 30_000.0), Change(1, TIE, 1.0))))
    found = drawn(session, run_side.Side)
    lines = part(found, items=None)
    first, last = (one["key"] for one in lines.items)
    lines.vue_dropped(first)
    lines.vue_dropped(first)
    assert [one.key for one in session.state.levers] == [TIE]
    lines.vue_dropped(last)
    lines.vue_dropped(last)
    assert session.worker.wait(WAIT)
    assert session.state.changes == ()


def test_nobody_looks_ahead_from_a_month_that_passes(opened: Opened, drawn: Drawn) -> None:
    session, done = opened(), threading.Event()

    def play(_: object) -> None:
        done.wait(WAIT)

    found = drawn(session, deal_room.Page)
    assert not part(found, label="Look ahead").disabled
    session.worker.start("play", play)
    try:
        found = drawn(session, deal_room.Page)
        assert part(found, label="Look ahead").disabled
        assert "look ahead when it stands" in words(found)
    finally:
        done.set()
        session.worker.wait(WAIT)


def test_a_page_drawn_again_in_the_same_month_makes_no_picture_again(
    opened: Opened, drawn: Drawn, monkeypatch: pytest.MonkeyPatch
) -> None:
    session, made = opened(), list[str]()

    def counted(name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def make(*of: object, **asked: str) -> Any:
            made.append(f"{name} {asked.get('market', '')}".strip())
            return real(*of, **asked)

        return make

    for module, name in ((run_views, "users_by_service"), (run_views, "world_map"), (run, "tiles")):
        monkeypatch.setattr(module, name, counted(name, getattr(module, name)))
    first = ["tiles", "users_by_service", "world_map"]
    drawn(session, run.Page)
    assert sorted(made) == first
    drawn(session, run.Page)
    assert sorted(made) == first
    session.show(market="ID")
    drawn(session, run.Page)
    assert sorted(made[3:]) == [f"{one} ID" for one in first], "another market is another picture"
    session.step()
    assert session.worker.wait(WAIT)
    drawn(session, run.Page)
    assert sorted(made[6:]) == [f"{one} ID" for one in first], "another month too"
