"""A comparison in words: the verdict, what moved with its unit, and what is not told apart."""

from __future__ import annotations

import pytest

from model.experiments.comparing import Comparison, compare
from model.experiments.comparing.words import direction
from model.interfaces.cli.compare import units_told
from model.market.start_store import StartStore
from model.spec.scenario import Scenario

OUTCOMES = ("resso.users", "resso.revenue", "tiktok_hours", "label_income")


@pytest.fixture(scope="module")
def found() -> Comparison:
    base = Scenario.from_mapping({"name": "base", "markets": ["ID", "BR"], "users": 300, "months": 3})
    tied = base.replace({"platforms.resso.integration.ALL": 1.0}, name="tied")
    return compare(base, tied, base.replace(name="again"), outcomes=OUTCOMES, replicates=3, most=3,
                   starts=StartStore(None))  # fmt: skip


def test_the_summary_tells_what_was_asked_the_verdict_and_every_outcome_once(found: Comparison) -> None:
    text = found.summary()
    first, verdict, *rest = text.splitlines()
    assert first == (
        "3 scenarios (base, tied, again) in 2 markets for 3 months from 2022-10, "
        "3 replicates, each held against itself."
    )
    assert verdict == found.ranking().text()
    at = rest.index("again less base, all markets over the horizon, with 90% intervals:")
    assert rest[0] == "tied less base, all markets over the horizon, with 90% intervals:"
    labels = [one.label for one in found.outcomes.values()]
    assert [sum(label in line for line in rest[1:at]) for label in labels] == [1] * len(labels)
    assert rest[at + 1] == f"  no difference: {'; '.join(labels)}"


def test_what_moved_stands_with_its_size_interval_and_unit(found: Comparison) -> None:
    (row,) = found.table(outcome="tiktok_hours", market="total", over="horizon").query("scenario == 'tied'").to_dict(
        "records")  # fmt: skip
    assert direction(row) == "up"
    (line,) = [line for line in found.summary().splitlines() if "Time on TikTok:" in line]
    assert f"+{row['difference'] / 1e6:,.4g} M (+" in line
    assert f"{row['relative']:+.1%} [person-hours, sum of months]" in line


@pytest.mark.parametrize(
    ("low", "gap", "high", "wanted"),
    [(1.0, 2.0, 3.0, "up"), (-3.0, -2.0, -1.0, "down"), (-1.0, 2.0, 3.0, "open"), (0.0, 0.0, 0.0, "same"),
     (-1e-7, 1e-7, 2e-7, "same"), (float("nan"),) * 3 + ("unknown",)],
)  # fmt: skip
def test_a_direction_is_told_only_where_the_interval_leaves_out_nothing(
    low: float, gap: float, high: float, wanted: str
) -> None:
    assert direction({"low": low, "difference": gap, "high": high, "base_mean": 1e6}) == wanted


def test_the_table_of_the_command_says_its_units(found: Comparison) -> None:
    assert units_told(found) == (
        "Units: USD per month; people of Resso: monthly users; person-hours per month of Time on TikTok; "
        "a sum of months is not per month."
    )
