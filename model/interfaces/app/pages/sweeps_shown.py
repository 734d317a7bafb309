"""What the page Sweeps shows of a sweep: its head, and a picture or the choice among its policies."""

from __future__ import annotations

from dataclasses import dataclass

import solara

from model.experiments.robust.words import SCORE_HEADS, score_cells
from model.interfaces.app.chart import Chart
from model.interfaces.app.charts.parallel import parallel
from model.interfaces.app.charts.picture import Picture
from model.interfaces.app.charts.regret import regret_strips
from model.interfaces.app.charts.sweeps import heat_map, policy_colours, scatter, where_when, winner_map
from model.interfaces.app.joined import use_session
from model.interfaces.app.look import Box, Empty, Segments, Select, Table, Words
from model.interfaces.app.pages.sweeps_asked import PAGE, VIEWS, axes_of, policy_of, view_of
from model.interfaces.app.session import Session
from model.interfaces.app.sweep_seen import SweepSeen, head_words
from model.results.labels import input_label

BEST = "(best)"
DRAWING = "sweeps drawing"
LARGE = 12_000
"""Rows from which on a picture takes longer than a page may wait for."""


@dataclass(frozen=True, slots=True)
class _Drawn:
    """The last picture that was worked out beside the page. name: of its sweep."""

    name: str
    picture: Picture | None


@solara.component
def Shown(seen: SweepSeen) -> None:
    """Show the head of a sweep and the view that is chosen."""
    session = use_session()
    view = view_of(session.state)
    x, y = axes_of(session.state, seen)
    policy = policy_of(session.state, seen)
    picture = _use_picture(session, seen, view, x, y, policy)
    with Box(kind="main"):
        with Box():
            _Head(seen)
        with Box(kind="between"):
            Segments(label="View", choices=VIEWS, value=view, event_chosen=lambda one: session.ask(PAGE, view=one))
            if view in ("scatter", "map") and seen.inputs:
                with Box(kind="row"):
                    _Axes(session, seen, view, x, y, policy)
        if view == "choice":
            _Choice(seen)
        if picture is not None:
            with Box():
                Chart(picture, of=seen.wanted.name)


def _use_picture(session: Session, seen: SweepSeen, view: str, x: str, y: str, policy: str) -> Picture | None:
    """Return the picture of a view, worked out once; that of a large sweep beside the page, the one before till then.

    None where there is none, and while the first one of a large sweep is worked out.
    """
    key = (seen, view, x, y, policy)
    large = len(seen.rows) > LARGE
    own: Picture | None = solara.use_memo(lambda: None if large else _picture(*key), [id(seen), *key[1:]])

    def draw() -> None:
        if large:
            worker = session.aside(DRAWING)
            worker.start("drawing", lambda _: session.kept.update({DRAWING: _Drawn(seen.wanted.name, _picture(*key))}))

    solara.use_effect(draw, [id(seen), *key[1:]])
    if not large:
        return own
    kept = session.kept.get(DRAWING)
    return kept.picture if isinstance(kept, _Drawn) and kept.name == seen.wanted.name else None


def _picture(seen: SweepSeen, view: str, x: str, y: str, policy: str) -> Picture | None:
    """Return the picture of a view, None where there is none to draw."""
    if view == "parallel":
        return parallel(seen)
    if view == "choice":
        return regret_strips(seen) if seen.choice is not None else None
    if view == "map":
        return heat_map(seen, x=x, y=y, policy=policy) if policy else winner_map(seen, x=x, y=y)
    return scatter(seen, x=x)


def _Head(seen: SweepSeen) -> None:
    with Box(kind="stack"):
        Words(f"Sweep of {seen.title}", kind="title")
        Words(head_words(seen), kind="plain")
        moved = ", ".join(input_label(one.column, width=200) for one in seen.inputs[:8])
        more = f" and {len(seen.inputs) - 8} more" if len(seen.inputs) > 8 else ""
        policies = ", ".join(seen.policies)
        Words(f"Moved: {moved or 'nothing'}{more}. Policies: {policies}. Lived by {seen.made}.", kind="small")
        if seen.failed:
            first = seen.failures.iloc[0]
            Words(f"The first failure, at point {first['point']} ({first['stage']}): {str(first['message'])[:300]}",
                  kind="small")  # fmt: skip


def _Axes(session: Session, seen: SweepSeen, view: str, x: str, y: str, policy: str) -> None:
    """Place the menus of the axes and, of a map, of what is in its cells."""
    columns = [(one.column, input_label(one.column, width=200)) for one in seen.inputs]
    Select(label="Across", choices=columns, value=x, event_chosen=lambda one: session.ask(PAGE, x=one))
    if view != "map":
        return
    Select(label="Up", choices=[one for one in columns if one[0] != x], value=y,
           event_chosen=lambda one: session.ask(PAGE, y=one))  # fmt: skip
    best = [(BEST, "Best policy")] if len(seen.policies) > 1 else []
    cells = [*best, *((name, f"Mean under {name}") for name in seen.policies)]
    Select(label="In the cells", choices=cells, value=policy or BEST,
           event_chosen=lambda one: session.ask(PAGE, policy=one))  # fmt: skip


def _Choice(seen: SweepSeen) -> None:
    """Place what each rule for choosing takes, and the scores behind it."""
    if seen.choice is None:
        Empty("Nothing to choose between", seen.why)
        return
    choice, colours = seen.choice, policy_colours(seen)
    cells, heads = score_cells(choice.scores), list(SCORE_HEADS.values())
    asked = [at for at in range(len(heads)) if any(row[at] != "-" for row in cells)]
    with Box(), Box(kind="stack"):
        Words(seen.lines[0] if seen.lines else "", kind="heading")
        for line in seen.lines[1:]:
            Words(line, kind="small" if line.startswith("Note:") else "plain")
    with Box(), Box(kind="stack"):
        Words(f"Policies over {len(choice.futures.points):,} futures", kind="heading")
        Words(f"{seen.outcome.label}, {seen.unit}, {where_when(seen)}; all met the same futures with the same luck",
              kind="small")  # fmt: skip
        Table(caption="Scores of the policies", columns=[heads[at] for at in asked],
              rows=[[row[at] for at in asked] for row in cells], numeric=[at > 0 for at in asked],
              colours=[colours[name] for name in choice.policies])  # fmt: skip
