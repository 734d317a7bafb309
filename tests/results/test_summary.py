"""The summary of a result."""

from __future__ import annotations

import numpy as np
import pytest

from model.results.run_result import RunResult
from model.results.summary import moments


def test_moments_of_short_and_long_runs():
    assert moments(36) == {"opening": 0, "after_12": 12, "end": 36}
    assert moments(12) == {"opening": 0, "end": 12}
    assert moments(3) == {"opening": 0, "end": 3}


def test_values_are_means_over_replicates(result):
    rows = result.summary().set_index(["place", "measure", "who"])
    users = result.services.query("month == 3 and market == 'IN' and platform == 'resso'")["users"]
    assert len(users) == 2
    assert rows.loc[("IN", "users", "resso"), "end"] == pytest.approx(users.mean())
    world = result.services.query("month == 0 and platform == 'spotify'")["users"].sum() / 2
    assert rows.loc[("world", "users", "spotify"), "opening"] == pytest.approx(world)


def test_money_at_the_opening_is_of_the_first_month(result):
    rows = result.summary().set_index(["place", "measure", "who"])
    first = result.services.query("month == 1 and platform == 'spotify'")["revenue"].sum() / 2
    assert rows.loc[("world", "revenue", "spotify"), "opening"] == pytest.approx(first)
    labels = result.labels.query("month == 3 and label == 'sony'")["label_income"].sum() / 2
    assert rows.loc[("world", "label_income", "sony"), "end"] == pytest.approx(labels)
    assert rows.loc[("world", "label_income", "all"), "end"] == pytest.approx(
        result.markets.query("month == 3")["label_income"].sum() / 2
    )


def test_services_come_from_the_largest(result):
    rows = result.summary().query("place == 'world' and measure == 'users'")
    assert np.all(np.diff(rows["end"]) <= 0)


@pytest.mark.parametrize("width", [80, 100, 106, 140])
def test_the_text_is_whole_and_fits(result, width):
    text = result.summary_text(width=width)
    assert max(len(line) for line in text.splitlines()) <= width
    assert "…" not in text
    for words in ("Spotify", "Resso", "India", "Brazil", "label Sony", "distinct people", "opening", "2022-12",
                  "means of 2 replicates", result.provenance.run_ids[0]):  # fmt: skip
        assert words in " ".join(text.split()), words
    total = result.world().query("month == 3 and platform == 'spotify'")["users"].mean() / 1e6
    assert f"{total:.1f}" in text or f"{total:.2f}" in text


def test_a_run_without_months_has_a_summary(make_run, make_scenario):
    run = make_run(1)
    opening = [record for record in run.records if record.month == 0]
    flows = {name: column[:0] for name, column in run.flows.items()}
    result = RunResult.from_runs(make_scenario(), [type(run)(0, opening, flows)])
    assert "Spotify" in result.summary_text()
    assert len(result.flows) == len(result.ledger) == len(result.start) == 0


def test_small_services_are_added_up(result, monkeypatch):
    monkeypatch.setattr("model.results.summary_text.SHOWN", 1)
    text = result.summary_text()
    users = result.summary().query("place == 'world' and measure == 'users'")["end"].to_numpy()
    line = next(line for line in text.splitlines() if f"{len(users) - 1} smaller" in line)
    assert f"{users[1:].sum() / 1e6:.1f}" in line.split()


def test_the_spread_is_lowest_to_highest_over_replicates(result):
    rows = result.summary().set_index(["place", "measure", "who"])
    each = result.world().query("month == 3 and platform == 'spotify'")["payers"]
    low, high = rows.loc[("world", "payers", "spotify"), ["end_low", "end_high"]]
    assert (low, high) == (each.min(), each.max())
    assert low < high
    line = next(line for line in result.summary_text().split("2 replicates in 2022-12")[1].splitlines()
                if line.strip().startswith("Spotify"))  # fmt: skip
    for value in (low, high):
        assert f"{value / 1e6:.2f}" in line or f"{value / 1e6:.1f}" in line
    assert line.count(" to ") == 2


def test_one_run_has_no_spread(make_run, make_scenario):
    assert "lowest to highest" not in RunResult.from_runs(make_scenario(), [make_run(1)]).summary_text()


def test_money_is_of_named_months_with_its_margin(result):
    told = result.summary_text().split("Who earns what")[1].split("Leaders by market")[0]
    assert "opening" not in told
    assert told.count("2022-10") == 1
    last = result.services.query("month == 3").groupby("platform")[["revenue", "gross_profit"]].sum()
    for name in ("spotify", "resso"):
        margin = last.loc[name, "gross_profit"] / last.loc[name, "revenue"]
        (line,) = (line for line in told.splitlines() if line.strip().lower().startswith(name))
        assert line.endswith(f" {margin:.1%}")


def test_a_summary_of_three_dates_fits_a_terminal_of_eighty(result, monkeypatch):
    monkeypatch.setattr("model.results.summary_text.moments", lambda last: {"opening": 0, "after_12": 1, "end": last})
    monkeypatch.setattr("model.results.summary.moments", lambda last: {"opening": 0, "after_12": 1, "end": last})
    monkeypatch.setattr("model.results.summary_text.SHOWN", 1)
    text = result.summary_text(width=80)
    assert "…" not in text
    assert max(len(line) for line in text.splitlines()) <= 80


def test_bytedance_is_told_by_line_and_adds_up(result):
    told = result.summary_text().split("ByteDance: USD million a month")[1]
    both = result.world("bytedance").query("month == 3")["bytedance_income"].mean() / 1e6
    (line,) = (line for line in told.splitlines() if line.strip().startswith("both together"))
    assert line.split()[-1] in (f"{both:.2f}", f"{both:.1f}", f"{both:,.0f}")
    paid = result.world("tiktok").query("month == 3")[["clip_fees", "clip_credit"]].sum(axis=1).mean() / 1e6
    (line,) = (line for line in told.splitlines() if line.strip().startswith("clip fees"))
    assert line.split()[-1] == f"{paid:.2f}"


def test_number_ones_are_told_of_the_chart_of_all_markets(result):
    overall = result.charts[result.charts["market"] == "ALL"]
    assert len(overall) == 2  # replicates
    (line,) = (line for line in result.summary_text(width=140).splitlines() if line.startswith("Songs: "))
    assert f"{overall['number_ones'].sum():.0f} reached number one" in line
    assert f"longest at number one {overall['at_one_most'].max():.0f} weeks" in line
