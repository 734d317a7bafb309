"""Expectations are those of the runs, and chances of tripwires are shares of runs; what cannot be told is refused."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

import model as sm
from model.experiments.decision_log import freeze, read_decision, read_wishes, write_decision
from model.experiments.decision_log.freezing import check_wishes
from model.foundation.errors import InputError
from model.market.start_store import StartStore
from model.results import RunResult
from model.spec.scenario import Scenario

NOW = datetime(2022, 11, 2, 10, tzinfo=UTC)


@pytest.fixture(scope="module")
def result(tmp_path_factory: pytest.TempPathFactory) -> RunResult:
    plan = Scenario.load("tiny").replace({"users": 300, "months": 7, "markets": ["ID", "BR"], "replicates": 3})
    return sm.run(plan, starts=StartStore(tmp_path_factory.mktemp("starts")))


def by_replicate(result: RunResult, service: str, column: str, month: int, markets: tuple[str, ...]) -> list[float]:
    rows = result.services
    rows = rows[(rows["platform"] == service) & (rows["month"] == month) & rows["market"].isin(markets)]
    return [float(one) for one in rows.groupby("replicate")[column].sum()]


def test_points_are_those_of_the_runs(result: RunResult, tmp_path: Path) -> None:
    expect, wires = read_wishes(
        ["resso ID+BR users 2023-02", "spotify BR revenue 2022-12", "resso BR paying_share 2023-04"],
        ["resso ID users < 1000 by 2023-01", "resso ID users > 1000 by 2023-01"],
    )
    found = freeze(result, title="t", expect=expect, tripwires=wires, now=NOW)
    users, revenue, share = found.expectations
    assert users.points == pytest.approx([one / 1e6 for one in by_replicate(result, "resso", "users", 5, ("ID", "BR"))])
    assert users.opening == pytest.approx(sum(by_replicate(result, "resso", "users", 0, ("ID", "BR"))) / 3 / 1e6)
    sums = [by_replicate(result, "spotify", "revenue", month, ("BR",)) for month in (1, 2, 3)]
    assert revenue.points == pytest.approx([sum(one) / 1e6 for one in zip(*sums, strict=True)])
    assert revenue.opening is None
    assert all(0.0 <= one <= 100.0 for one in share.points)
    assert [one.chance for one in found.tripwires] == [1.0, 0.0]
    assert found.frozen == "2022-11-02T10:00:00+00:00"
    assert found.made["run_ids"] == list(result.provenance.run_ids.values())
    write_decision(found, tmp_path / "log.json")
    assert read_decision(tmp_path / "log.json")[0] == found


def test_the_usual_expectations_are_of_the_services_in_focus(result: RunResult) -> None:
    found = freeze(result, title="t", now=NOW)
    assert {one.key.entity for one in found.expectations} == {"resso"}
    assert {one.key.market for one in found.expectations} == {"ID", "BR"}
    assert {one.date for one in found.expectations} == {"2023-03", "2023-04"}


@pytest.mark.parametrize(
    ("expect", "says"),
    [
        ("spotify WORLD users 2022-12", "is about markets of its scenario"),
        ("spotify US users 2022-12", "markets are those of"),
        ("resso ID users 2023-12", "within 2022-10 to 2023-04"),
        ("resso ID users 2022-09", "within 2022-10 to 2023-04"),
        ("gaana ID users 2022-12", "is offered there at some time"),
    ],
)
def test_what_the_runs_cannot_tell_is_refused_before_they_are_made(result: RunResult, expect: str, says: str) -> None:
    asked, _ = read_wishes([expect], [])
    assert result.scenario is not None
    with pytest.raises(InputError, match=says):
        check_wishes(result.scenario, expect=asked, tripwires=(), texts=())


def test_long_texts_are_refused(result: RunResult) -> None:
    with pytest.raises(InputError, match="at most 2,000 signs"):
        freeze(result, title="x" * 2001, now=NOW)
