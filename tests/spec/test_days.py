"""TopView is sold by the day: more days than a month has are refused, with the most that can be sold."""

from __future__ import annotations

import pytest

from model.facts.start import load_start
from model.foundation.errors import InputError
from model.spec.scenario import Scenario

BASE = Scenario.load("baseline").replace({"markets": ["ID", "US", "GB"]})
SOLD = {code: load_start().markets[code].tiktok.topview_days_sold_share for code in ("ID", "US", "GB")}


def event(days: float, *markets: str) -> dict[str, object]:
    return {"events": [{"date": "2023-01", "kind": "topview_change", "markets": list(markets), "topview_days": days}]}


@pytest.mark.parametrize(("change", "told"), [
    ({"markets.US.topview_days": 2.0}, ["US 53%", "at most 1.87"]),
    ({"markets.ALL.topview_days": 3.0}, ["GB 60%, US 53%", "at most 1.67"]),
    (event(15.0, "US", "ID"), ["ID 29%, US 53%", "at most 1.87", "event 1.topview_days"]),
])  # fmt: skip
def test_more_days_than_there_are_are_one_fault(change: dict[str, object], told: list[str]) -> None:
    with pytest.raises(InputError) as caught:
        BASE.replace(change)
    (fault,) = caught.value.faults
    assert all(words in str(fault) for words in told), str(fault)


def test_the_most_that_is_told_is_taken_and_full_months_too() -> None:
    plan = BASE.replace({"markets.US.topview_days": 1.87, "markets.ID.topview_days": 1.0 / SOLD["ID"]})
    assert plan.replace(event(1.5, "US", "GB")).events[-1].values["topview_days"] == 1.5


def test_where_no_days_are_known_the_lever_s_own_bounds_hold() -> None:
    india = Scenario.load("baseline").replace({"markets.only": ["IN"], "markets.IN.topview_days": 3.0})
    assert load_start().markets["IN"].tiktok.topview_days_sold_share == 0.0
    assert india.overrides[0].value == 3.0
