"""What the page Sweeps was asked for, read from its state; what does not fit is as usual."""

from __future__ import annotations

from math import inf

from model.experiments.comparing.outcomes import END, HORIZON, WORLD
from model.interfaces.app.restore import PageState, Values
from model.interfaces.app.sweep_seen import SweepSeen, Wanted

PAGE = "sweeps"
VIEWS = (("scatter", "Scatter"), ("map", "Map"), ("parallel", "Parallel"), ("choice", "Choice"))


def wanted_of(state: PageState, name: str) -> Wanted:
    """Return what is read of a sweep."""
    values = state.page(PAGE)
    return Wanted(
        name=name, outcome=_word(values, "outcome"), market=_word(values, "market") or WORLD,
        over=END if values.get("over") == END else HORIZON, less=values.get("less") is True,
        only=_word(values, "only"), low=_number(values, "low", -inf), high=_number(values, "high", inf),
        value=_word(values, "value"),
    )  # fmt: skip


def view_of(state: PageState) -> str:
    """Return the view that is shown."""
    view = _word(state.page(PAGE), "view")
    return view if view in dict(VIEWS) else "scatter"


def axes_of(state: PageState, seen: SweepSeen) -> tuple[str, str]:
    """Return the inputs along x and up y that are asked for, else the first two, numbers before switches."""
    columns = sorted((one.column for one in seen.inputs), key=lambda column: seen.ends(column) is None)
    values = state.page(PAGE)
    x = _word(values, "x") if _word(values, "x") in columns else (columns or [""])[0]
    y = _word(values, "y")
    if y not in columns or y == x:
        y = next((one for one in columns if one != x), "")
    return x, y


def policy_of(state: PageState, seen: SweepSeen) -> str:
    """Return the policy whose map is shown, "" for the map of the best one."""
    asked = _word(state.page(PAGE), "policy")
    if asked == "(best)" and len(seen.policies) > 1:
        return ""
    return asked if asked in seen.policies else seen.policies[0]


def _word(values: Values, key: str) -> str:
    value = values.get(key, "")
    return value if isinstance(value, str) else ""


def _number(values: Values, key: str, usual: float) -> float:
    value = values.get(key, usual)
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else usual
