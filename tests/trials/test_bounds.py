"""Small versions of the trials of numbers: a keyed sample of the bounds, tiny and empty markets. The whole is slow."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd
import pytest

from model.experiments.run import run
from model.foundation.rng import stream_key, uniforms
from model.market.start_store import StartStore
from model.results.run_result import RunResult
from model.spec.parameters import declared_parameters
from model.spec.scenario import Scenario
from model.spec.settings import LEVERS
from tests.trials import bounds, extremes
from tests.trials.bounds import Case, Found
from tests.trials.sound import frames_of, unsound

SAMPLE, SEED = 4, 1
STARTS = StartStore(None)
BROKE_ONCE = ("all: population low", "all: demand high", "ends: banned_tiktok_share = 0")
"""Cases that found faults."""


def _sample() -> Iterator[Case]:
    ends = [*bounds.cases(["ends", "pairs", "levers"])]
    lots = uniforms(stream_key(SEED, "sample of bounds"), np.arange(len(ends)))
    yield from (ends[at] for at in np.argsort(lots)[:SAMPLE])
    yield from (case for case in bounds.cases(["ends", "all"]) if case.name in BROKE_ONCE)


@pytest.mark.parametrize("case", list(_sample()), ids=lambda case: case.name)
def test_a_sample_of_the_bounds(case: Case) -> None:
    assert bounds.problems(case, starts=STARTS) == []


@pytest.mark.slow
def test_all_bounds() -> None:
    found = Found()
    for case in bounds.cases():
        bounds.try_case(case, found, starts=STARTS)
    assert not found.broken, found.text()
    assert len(found.refused) < 0.05 * found.tried, found.text()


def test_every_parameter_and_lever_is_tried_at_both_ends() -> None:
    known = declared_parameters()
    ends = bounds.ends()
    assert {name.removeprefix("parameters.") for case in ends for name in case.changes} == set(known)
    assert len(ends) == 2 * len(known)
    assert len(bounds.pairs()) == 45 * 4
    settable = [lever.name for lever in LEVERS.values() if not lever.by_event]
    assert len(bounds.levers()) == 2 * len(settable)
    assert [case.changes for case in bounds.corners(3, seed=1)] == [c.changes for c in bounds.corners(3, seed=1)]


NAMED = ("1 user", "0 users", "month 0", "1 month", "1201 months", "1e8 users in every market", "no offers, 1 user",
         "one paid offer", "1200 months: twice the people every year", "60 months: twice the people every year",
         "a market of 1 person, 1 user", "a market of 1e15 people")  # fmt: skip


def test_extreme_numbers_end_whole_or_in_words() -> None:
    found = Found()
    assert list(extremes.live(extremes.GROUPS, found, only=NAMED)) == list(NAMED)
    assert not found.broken, found.text()
    assert set(found.refused) == {
        "0 users", "month 0", "1201 months", "1e8 users in every market", "1200 months: twice the people every year",
    }  # fmt: skip
    assert "1 to 1,200" in found.refused["month 0"]
    assert "growth in BR" in found.refused["1200 months: twice the people every year"]


@pytest.mark.slow
def test_all_extreme_numbers() -> None:
    found = Found()
    assert len(list(extremes.live(extremes.GROUPS, found))) == found.tried
    assert not found.broken, found.text()


# --- the checks themselves see what is wrong --------------------------------------------------------------------------


@pytest.fixture(scope="module")
def lived() -> RunResult:
    return run(Scenario.from_mapping({"users": 100, "months": 2, "markets": ["BR"]}), starts=STARTS)


def _harmed(lived: RunResult, table: str, column: str, value: float, *, month: int = 1) -> list[str]:
    frames = {name: frame.copy() for name, frame in frames_of(lived).items()}
    frame = frames[table]
    row = frame.index[frame["month"] == month][3 if len(frame) > 30 else 0]
    frame[column] = frame[column].astype(float)
    frame.loc[row, column] = value
    return unsound(_with_tables(lived, frames))


def _with_tables(lived: RunResult, frames: dict[str, pd.DataFrame]) -> RunResult:
    """Return the result with other tables."""
    return RunResult(lived.card, provenance=lived.provenance, frames=frames)


@pytest.mark.parametrize(
    ("table", "column", "value", "told"),
    [
        ("offers", "users", np.nan, "offers.users is unknown"),
        ("services", "revenue", np.inf, "services.revenue is infinite"),
        ("labels", "hours", -5.0, "labels.hours is negative"),
        ("services", "conversion", 1.5, "services.conversion is a share above 1"),
        ("offers", "main_users", 1e9, "streamers are the main users"),
        ("offers", "gross_adds", 1e9, "people who came and went"),
        ("flows", "expected", 1e9, "expected moves"),
        ("services", "royalties", 1e12, "ledger: royalty"),
        ("services", "operating_income", 1e12, "operating income"),
        ("labels", "label_income", 1e12, "labels are paid"),
        ("ledger", "amount_usd", -1.0, "not a finite number above 0"),
        ("tiktok", "tiktok_profit", 1e12, "TikTok's profit"),
        ("markets", "people_paying", 1e12, "more than people"),
    ],
)
def test_a_harmed_table_is_seen(lived: RunResult, table: str, column: str, value: float, told: str) -> None:
    assert unsound(lived) == []
    assert any(told in one for one in _harmed(lived, table, column, value))
