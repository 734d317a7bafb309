"""The patterns that a what-if decides, on few users; all patterns with the documented sizes in the slow tier."""

from __future__ import annotations

import pytest

from model.experiments.pattern import Pattern, all_within, given, judged, later, pattern_table, ranged
from model.experiments.pattern_runs import DEVELOPED, PatternRuns
from model.experiments.patterns import gaana, patterns, sony, tiktok_income
from model.market.start_store import StartStore


@pytest.fixture(scope="module")
def runs() -> PatternRuns:
    return PatternRuns(starts=StartStore(None), users=1500, tell=lambda name: None)


def verdicts(found: list[Pattern]) -> dict[str, str]:
    return {pattern.name: pattern.verdict for pattern in found}


def test_verdict_follows_the_band() -> None:
    assert judged("P1", "share", "%", 45.0, 1.5, 46.5, "run").verdict == "hit"
    assert judged("P1", "share", "%", 45.0, 1.5, 46.6, "run").verdict == "miss"
    assert ranged("P9", "change", "%", "below 0", -100.0, -1e-9, 0.0, "run").verdict == "miss"
    assert given("P6", "users", "M", "40", 12.0, "run").verdict == "input"
    assert later("P11", "charts", "KS").model is None


def test_cells_outside_are_named() -> None:
    import pandas as pd

    index = pd.MultiIndex.from_tuples([("IN", "resso"), ("ID", "joox")])
    found = all_within("S1", "within", pd.Series([0.01, -0.2], index=index), 0.03, "run")
    assert found.verdict == "miss"
    assert found.model == 1.0
    assert "ID joox -20.0%" in found.text


def test_closing_gaanas_free_tier_shrinks_the_audience_and_makes_few_payers(runs: PatternRuns) -> None:
    assert verdicts(gaana(runs)) == {"P8a": "hit", "P8b": "hit"}


def test_sony_leaving_costs_resso_users_and_sony_little(runs: PatternRuns) -> None:
    found = {pattern.name: pattern for pattern in sony(runs)}
    assert found["P9a"].verdict == "hit"
    assert found["P9b"].verdict == "hit"
    assert found["P9a"].model is not None
    assert -75.0 < found["P9a"].model < -10.0


def test_every_pattern_names_its_run(runs: PatternRuns) -> None:
    for pattern in [*gaana(runs), *sony(runs)]:
        name, run_id = pattern.run.rsplit(" ", 1)
        assert name == "sony_leaves"
        assert len(run_id) == 16


def test_label_income_counts_guarantee_top_ups(runs: PatternRuns) -> None:
    labels = runs.result("gaana").labels
    year = labels[labels["date"].between("2022-09", "2023-08") & (labels["label"] == "sony")]
    found = runs.label_income("gaana", "sony", ("IN", "ID", "BR"), first="2022-09", last="2023-08")
    assert found == pytest.approx(float((year["royalties"] + year["guarantee_top_ups"]).sum()))


def test_prices_of_all_services_rise_in_developed_markets_only() -> None:
    runs = PatternRuns(starts=StartStore(None), users=500, tell=lambda name: None)
    plan, own = runs.scenario("all_dearer"), runs.scenario("dearer")
    assert set(plan.markets) == set(DEVELOPED)
    raised = {(one.market, one.service) for one in plan.overrides if one.lever == "price"}
    assert {market for market, _ in raised} == set(DEVELOPED)
    assert len({service for market, service in raised if market == "US"}) > 3
    assert {one.service for one in own.overrides} == {"spotify"}


def test_retention_counts_payers_of_the_main_service(runs: PatternRuns) -> None:
    flows = runs.flows("gaana")
    opening = runs.services("gaana")
    before = opening[(opening["month"] == 0) & (opening["platform"] == "spotify")]
    stay = flows[(flows["month"] == 1) & (flows["from_platform"] == "spotify")]
    assert 0.0 < flows.attrs["payers"] <= float(before["payers"].sum())
    assert flows.attrs["payers"] < float(before["main_users"].sum())
    assert len(stay)


def test_tiktok_s_income_of_2022_is_foretold_and_its_us_part_given() -> None:
    found = {pattern.name: pattern for pattern in tiktok_income()}
    assert {name: one.verdict for name, one in found.items()} == {"P14a": "hit", "P14b": "input"}
    assert found["P14a"].low == 7.5
    assert found["P14a"].high == 15.0
    assert all(one.run == "advertising alone" for one in found.values())


@pytest.mark.slow
def test_all_patterns_are_reported_and_the_expected_ones_hit() -> None:
    found = patterns(users=10_000)
    assert [p.name.rstrip("abcdefgh") for p in found][-2:] == ["S1", "S2"]
    assert {p.name.rstrip("abcdefgh") for p in found} >= {f"P{number}" for number in range(1, 15)}
    got = verdicts(found)
    assert "later" not in got.values()
    for name in ("P11a", "P11b", "P14a", "P8a", "P8b", "P9a", "P9b", "P10", "P12a", "P12b", "P12c"):
        assert got[name] == "hit", name
    by_name = {pattern.name: pattern for pattern in found}
    met, drift = by_name["S1"], by_name["S2"]
    assert met.model is not None
    assert drift.model is not None
    assert met.model >= 0.95 * met.high
    assert drift.model >= 0.88 * drift.high
    assert pattern_table(found).row_count == len(found)
