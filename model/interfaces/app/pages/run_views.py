"""What the page Run shows of a run: groups of pictures, of one market or of all."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import solara

from model.interfaces.app.chart import Chart
from model.interfaces.app.charts.money import ad_prices, label_income, margin_by_service, revenue_by_service
from model.interfaces.app.charts.people import markets_at_a_glance, payers_by_service, users_by_service
from model.interfaces.app.charts.songs import top_songs
from model.interfaces.app.charts.world_map import world_map
from model.interfaces.app.joined import use_session
from model.interfaces.app.look import Box, Segments, Select, Table
from model.interfaces.app.pages.run_crowd import CrowdView
from model.interfaces.app.seen import Seen, shown_market
from model.interfaces.app.session import Session
from model.interfaces.app.words import market_name
from model.results.palette import colour_of, name_of
from model.results.weekly_charts import chart_now

VIEWS = (("overview", "Overview"), ("markets", "Markets"), ("money", "Money"), ("songs", "Songs"), ("crowd", "Crowd"))


@solara.component
def Views() -> None:
    """Show the chosen group for the chosen market."""
    session = use_session()
    seen, state = session.seen, session.state
    assert seen is not None
    choices = [("", "All markets"), *((code, market_name(code)) for code in seen.plan.markets)]
    view = state.view if state.view in dict(VIEWS) else "overview"
    with Box(kind="main"):
        with Box(kind="between"):
            Segments(label="What is shown", choices=VIEWS, value=view, event_chosen=lambda one: session.show(view=one))
            Select(label="Market", choices=choices, value=shown_market(state, seen),
                   event_chosen=lambda one: session.show(market=one))  # fmt: skip
        SHOWN[view](session, seen)


def _overview(session: Session, seen: Seen) -> None:
    result, market = seen.result, shown_market(session.state, seen)

    def choose(told: dict[str, Any]) -> None:
        code = str(told.get("name", ""))
        session.show(market="" if code == shown_market(session.state, seen) else code)

    with Box(kind="grid"):
        with Box():
            Chart(seen.once(users_by_service, result, market=market), of=seen.told)
        with Box():
            Chart(seen.once(payers_by_service, result, market=market), of=seen.told)
    with Box():
        Chart(seen.once(world_map, result, market=market), of=seen.told, on_click=choose)


def _markets(session: Session, seen: Seen) -> None:
    with Box():
        Chart(seen.once(markets_at_a_glance, seen.result), of=seen.told)


def _money(session: Session, seen: Seen) -> None:
    result, market = seen.result, shown_market(session.state, seen)
    with Box(kind="grid"):
        for picture in (revenue_by_service, margin_by_service, label_income, ad_prices):
            with Box():
                Chart(seen.once(picture, result, market=market), of=seen.told)


def _songs(session: Session, seen: Seen) -> None:
    records = seen.result.runs[0].records
    market = shown_market(session.state, seen) or seen.plan.markets[0]
    with Box():
        Chart(seen.once(top_songs, records, market=market), of=seen.told)
    now = seen.once(chart_now, records, market=market)
    if not now.empty:
        rows = [[str(row["place"]), f"{name_of(row['label'])} #{row['song']}", _way(row["place"], row["before"]),
                 str(row["weeks"]), str(row["peak"])] for row in now.to_dict("records")]  # fmt: skip
        with Box():
            Table(
                caption=f"Chart of the last week in {market_name(market)}", rows=rows,
                columns=["Place", "Song", "A week before", "Weeks on the chart", "Best place"],
                numeric=[False, False, True, True, True], colours=[colour_of(str(one)) for one in now["label"]],
            )  # fmt: skip


def _way(place: int, before: int) -> str:
    if not before:
        return "new"
    return "=" if before == place else f"{'▲' if place < before else '▼'} {before}"


def _crowd(session: Session, seen: Seen) -> None:
    CrowdView()


SHOWN: dict[str, Callable[[Session, Seen], None]] = {
    "overview": _overview, "markets": _markets, "money": _money, "songs": _songs, "crowd": _crowd,
}  # fmt: skip
