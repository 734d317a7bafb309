"""The run of the page Run as a scenario: what was set on the way stands at the beginning of its months."""

from __future__ import annotations

from collections.abc import Mapping

from model.interfaces.app.licences import with_licences
from model.interfaces.app.on_the_way import settings_of
from model.interfaces.app.restore import PageState, plan_of
from model.spec.mixing import with_settings
from model.spec.scenario import Scenario
from model.spec.settings import Setting


def as_it_stands(state: PageState, wishes: Mapping[str, object] | None = None) -> Scenario:
    """Return the scenario that lives as the run does, to its horizon. Errors: InputError.

    wishes: put on top of it, such as users, months and markets; what was set or signed elsewhere or later than they
    reach is left out. Where a strategy sets the same lever in the same month, what was set by hand stands.
    """
    begun = plan_of(state)
    plan = begun.replace(dict(wishes)) if wishes else begun
    found: dict[int, list[Setting]] = {}
    for change in state.levers:
        if change.month < plan.months:
            settings = settings_of(begun, change.key, change.value)
            here = [one for one in settings if one.market in plan.markets]
            found.setdefault(plan.start_month + change.month, []).extend(here)
    stands = with_settings(plan, found) if found else plan
    talked = [one for one in state.licences if one.month < plan.months and set(one.markets) <= set(plan.markets)]
    return with_licences(stands, talked) if talked else stands
