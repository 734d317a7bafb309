"""Controls of levers that a branch may set, in one market or in all at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from model.foundation.errors import InputError
from model.interfaces.app.controls import LOCAL, Control, market_controls, service_controls
from model.interfaces.app.on_the_way import pending_of
from model.interfaces.app.restore import Change, Licence
from model.interfaces.app.standing import Standing
from model.interfaces.app.what_if import Asked, change_of
from model.spec.scenario import Scenario
from model.spec.settings import Setting
from model.state.country import Country

EVERYWHERE = "ALL"
"""In place of a market in dotted keys of a scenario."""


def controls_of(
    standing: Standing, code: str, service: str, *, changes: Sequence[Change | Licence], asked: Asked
) -> list[Control]:  # fmt: skip
    """Return the levers of a service, or of the market itself (""), where they will stand as the branch begins.

    code: of a market, or EVERYWHERE: what means the same in all markets is then set in all at once.
    """
    countries = shown_in(standing, code)
    pending = (*pending_of(standing, changes), *_settings(standing.plan, asked))
    found = [
        service_controls(country, service, pending=pending, standing=standing) if service
        else market_controls(country, pending=pending, standing=standing)
        for country in countries.values() if not service or service in country.platforms
    ]  # fmt: skip
    return everywhere(found, codes=list(countries)) if code == EVERYWHERE else found[0]


def shown_in(standing: Standing, code: str) -> Mapping[str, Country]:
    """Return the markets that a code stands for."""
    return standing.countries if code == EVERYWHERE else {code: standing.countries[code]}


def everywhere(controls: Sequence[Sequence[Control]], *, codes: Sequence[str]) -> list[Control]:
    """Return a control for each lever of markets that means the same in all: sums of local money are left out.

    controls: of each market. codes: all markets whose code may stand in a key. The value is NaN where markets differ.
    """
    met: dict[str, list[Control]] = {}
    for own in controls:
        for one in own:
            if not one.unit.startswith(LOCAL):
                met.setdefault(_joint(one.key, codes), []).append(one)
    return [_merged(key, each) for key, each in met.items()]


def _merged(key: str, each: Sequence[Control]) -> Control:
    values = {one.value for one in each}
    same = values.pop() if len(values) == 1 else float("nan")
    begin, end, unset = min(one.begin for one in each), max(one.end for one in each), all(one.unset for one in each)
    return replace(each[0], key=key, value=same, begin=begin, end=end, unset=unset)


def _joint(key: str, codes: Sequence[str]) -> str:
    return ".".join(EVERYWHERE if part in codes else part for part in key.split("."))


def _settings(plan: Scenario, asked: Asked) -> tuple[Setting, ...]:
    """Return what the branch sets, to show the levers where they will stand; nothing while some of it is wrong."""
    try:
        return change_of(plan, asked.changes)[0]
    except InputError:
        return ()
