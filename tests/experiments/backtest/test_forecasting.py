"""Forecasts from figures and members made by hand: centres, spreads, weights, and what they must not see."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from model.experiments.backtest.forecasting import ANCHORED, DRESSED, RAW, Forecast, all_forecasts
from model.experiments.backtest.scoring import (
    chance_of,
    coverage_table,
    group_of,
    horizon_table,
    score_table,
    series_table,
)
from model.experiments.backtest.series import (
    Lived,
    Series,
    Target,
    Window,
    known_series,
    lived_of,
    outcomes_after,
    put_in_after,
)
from model.experiments.history import COLUMNS, METRICS, SeriesKey, recorded_series
from model.foundation.errors import InputError
from model.foundation.months import parse_month, show_month
from model.theory.scores import crps_of_points

USERS, SHARE = SeriesKey("spotify", "WORLD", "users"), SeriesKey("spotify", "WORLD", "paying_share")
WINDOW = Window.of("2021-12", "2022-12")
QUARTERS = [f"{year}-{month:02d}" for year in (2020, 2021, 2022) for month in (3, 6, 9, 12)]
MONTHS = np.array([parse_month(one) for one in QUARTERS])


def record_of(values: dict[SeriesKey, list[float]], *, confidence: str = "found") -> pd.DataFrame:
    rows = [
        (*key, date, value, METRICS[key.metric].unit, 0.1, confidence, "sqs-0001", True)
        for key, row in values.items()
        for date, value in zip(QUARTERS, row, strict=True)
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def lived(rows: dict[SeriesKey, np.ndarray], weights: list[float]) -> Lived:
    return Lived(
        np.array(weights), {key: dict(zip(MONTHS.tolist(), table, strict=True)) for key, table in rows.items()}
    )


def by_method(found: list[Forecast], month: str) -> dict[str, Forecast]:
    return {one.method: one for one in found if one.target.month == parse_month(month)}


GROWING = [100.0 * 1.03**k for k in range(12)]
WOBBLE = [100.0, 104.0, 106.0, 111.0, 113.0, 118.0, 120.0, 127.0, 130.0, 136.0, 140.0, 149.0]


def test_anchored_forecasts_move_the_last_figure_as_each_member_moved() -> None:
    members = np.array([[50.0 * 1.02**k, 80.0 * 1.05**k] for k in range(12)])
    record = record_of({USERS: WOBBLE})
    known = known_series(record, WINDOW)
    target = Target(USERS, parse_month("2022-06"))
    found = by_method(all_forecasts(known, lived({USERS: members}, [0.25, 0.75]), [target]), "2022-06")
    assert found[RAW].points == pytest.approx(members[9])
    assert found[ANCHORED].points == pytest.approx([127.0 * 1.02**2, 127.0 * 1.05**2])
    assert found[ANCHORED].weights == pytest.approx([0.25, 0.75])
    assert show_month(found[ANCHORED].origin) == "2021-12"
    middle = np.average(np.log(found[DRESSED].points), weights=found[DRESSED].weights)
    assert middle == pytest.approx(np.average(np.log(found[ANCHORED].points), weights=[0.25, 0.75]))
    assert np.std(found[DRESSED].points) > np.std(found[ANCHORED].points)


def test_shares_move_by_differences_and_stay_shares() -> None:
    shares = [90.0, 91.0, 92.5, 93.0, 94.5, 95.5, 96.0, 97.0, 0.0, 0.0, 0.0, 0.0]
    members = np.array([[10.0 + 2.0 * k, 20.0 + 1.0 * k] for k in range(12)])
    known = known_series(record_of({SHARE: shares}), WINDOW)
    found = by_method(
        all_forecasts(known, lived({SHARE: members}, [0.5, 0.5]), [Target(SHARE, parse_month("2022-12"))]), "2022-12"
    )
    assert found[ANCHORED].points == pytest.approx([100.0, 100.0])  # 105 and 101 are none
    assert found["last"].points.max() <= 100.0


def test_a_member_that_is_exactly_right_beats_every_rule() -> None:
    members = np.array([[value * 0.7, value * 0.7] for value in WOBBLE])
    record = record_of({USERS: WOBBLE})
    outcomes = outcomes_after(record, WINDOW)
    forecasts = all_forecasts(known_series(record, WINDOW), lived({USERS: members}, [0.5, 0.5]), outcomes)
    scores = score_table(forecasts, outcomes, window=WINDOW)
    row = series_table(scores).iloc[0]
    assert row["won"]
    assert row[ANCHORED] == pytest.approx(0.0, abs=1e-9)
    assert row["skill"] > 0.9
    assert row["chance"] == pytest.approx(1.0 / 3.0)  # last and drift are there
    assert row["outcomes"] == 4
    assert set(horizon_table(scores)["horizon"]) == {3, 6, 9, 12}


def test_members_that_turn_after_training_lose_to_the_rules() -> None:
    members = np.array([[value] * 2 for value in [*WOBBLE[:8], 60.0, 30.0, 15.0, 7.0]])
    record = record_of({USERS: WOBBLE})
    outcomes = outcomes_after(record, WINDOW)
    forecasts = all_forecasts(known_series(record, WINDOW), lived({USERS: members}, [0.5, 0.5]), outcomes)
    row = series_table(score_table(forecasts, outcomes, window=WINDOW)).iloc[0]
    assert not row["won"]
    assert row["skill"] < -1.0
    assert row["best_rule"] == "drift"


def test_scores_are_those_of_the_points() -> None:
    record = record_of({USERS: WOBBLE})
    outcomes = outcomes_after(record, WINDOW)
    members = np.array([[60.0 * 1.02**k, 61.0 * 1.04**k, 66.0] for k in range(12)])
    forecasts = all_forecasts(known_series(record, WINDOW), lived({USERS: members}, [0.2, 0.3, 0.5]), outcomes)
    scores = score_table(forecasts, outcomes, window=WINDOW)
    for one, row in zip(forecasts, scores.to_dict("records"), strict=True):
        came = outcomes[one.target]
        assert row["crps"] == pytest.approx(crps_of_points(one.points, came, weights=one.weights))
        assert row["in90"] == (row["q05"] <= came <= row["q95"])
        assert row["observed"] == came
        assert row["place"] == pytest.approx(one.weights[one.points < came].sum())
    cover = coverage_table(scores).set_index("method")
    assert cover.loc[RAW, "outcomes"] == 4
    assert cover.loc[RAW, "in90"] == 0.0  # levels of half the size


def test_later_figures_change_scores_and_no_forecast() -> None:
    members = np.array([[50.0 * 1.02**k, 80.0 * 1.05**k] for k in range(12)])
    one, other = record_of({USERS: WOBBLE}), record_of({USERS: [*WOBBLE[:8], 7.0, 900.0, 3.0, 4000.0]})
    made = []
    for record in (one, other):
        outcomes = outcomes_after(record, WINDOW)
        forecasts = all_forecasts(known_series(record, WINDOW), lived({USERS: members}, [0.5, 0.5]), outcomes)
        made.append((forecasts, score_table(forecasts, outcomes, window=WINDOW)))
    assert [f.method for f in made[0][0]] == [f.method for f in made[1][0]]
    for before, after in zip(made[0][0], made[1][0], strict=True):
        assert before.points.tobytes() == after.points.tobytes()
        assert before.weights.tobytes() == after.weights.tobytes()
    assert (made[0][1]["crps"] != made[1][1]["crps"]).all()


def test_earlier_figures_do_change_forecasts() -> None:
    members = np.array([[50.0 * 1.02**k] for k in range(12)])
    target = [Target(USERS, parse_month("2022-06"))]
    made = [
        by_method(all_forecasts(known_series(record_of({USERS: row}), WINDOW), lived({USERS: members}, [1.0]), target),
                  "2022-06")
        for row in (WOBBLE, [*WOBBLE[:6], 121.0, *WOBBLE[7:]])
    ]  # fmt: skip
    assert made[0][DRESSED].points.tobytes() != made[1][DRESSED].points.tobytes()
    assert made[0]["drift"].points.tobytes() != made[1]["drift"].points.tobytes()


def test_a_series_without_a_past_has_a_raw_forecast_and_no_rule() -> None:
    members = np.array([[5.0, 6.0]] * 12)
    found = all_forecasts({}, lived({USERS: members}, [0.5, 0.5]), [Target(USERS, parse_month("2022-12"))])
    assert [one.method for one in found] == [RAW]
    assert not all_forecasts({}, lived({}, [0.5, 0.5]), [Target(USERS, parse_month("2022-12"))])


def test_members_that_do_not_tell_are_left_out_until_too_many_are() -> None:
    members = np.array([[50.0 * 1.02**k, np.nan] for k in range(12)])
    known = known_series(record_of({USERS: WOBBLE}), WINDOW)
    target = [Target(USERS, parse_month("2022-12"))]
    some = by_method(all_forecasts(known, lived({USERS: members}, [0.6, 0.4]), target), "2022-12")
    assert some[ANCHORED].weights == pytest.approx([1.0])
    few = by_method(all_forecasts(known, lived({USERS: members}, [0.4, 0.6]), target), "2022-12")
    assert ANCHORED not in few
    assert "last" in few


def test_judged_figures_train_and_are_not_scored() -> None:
    record = record_of({USERS: WOBBLE}, confidence="estimate")
    assert len(known_series(record, WINDOW)[USERS]) == 8
    assert not outcomes_after(record, WINDOW)


def test_figures_that_set_a_parameter_train_and_are_not_scored() -> None:
    named = record_of({USERS: WOBBLE}).assign(fact_ids="adv-0001;adv-0004")  # `adoption_growth` has its default by it
    assert not outcomes_after(named, WINDOW)
    assert {one.key for one in put_in_after(named, WINDOW)} == {USERS}
    assert len(known_series(named, WINDOW)[USERS]) == 8
    given = named.assign(confidence="given")
    assert outcomes_after(given, WINDOW)
    assert not put_in_after(given, WINDOW)
    record = recorded_series()
    scored = {one.key for one in outcomes_after(record, WINDOW)}
    assert SeriesKey("tiktok", "WORLD", "ad_revenue_year") not in scored
    assert SeriesKey("spotify", "WORLD", "users") in scored


def test_chance_counts_series_and_groups() -> None:
    table = pd.DataFrame({
        "won": [True, True, False, False], "chance": [0.5, 0.5, 0.5, 0.5], "group": ["a", "a", "a", "b"],
    })  # fmt: skip
    found = chance_of(table)
    assert (found.series, found.wins, found.expected) == (4, 2, 2.0)
    assert found.as_many == pytest.approx(11.0 / 16.0)
    assert (found.groups, found.group_wins) == (2, 1)
    assert found.as_many_groups == pytest.approx(0.75)
    assert group_of("Europe", "payers") == "people, Europe"
    assert group_of("WORLD", "arpu") == "money, world"
    assert group_of("IN", "streamers") == "people, single markets"


def test_tables_of_members_become_what_was_lived() -> None:
    columns = ["entity", "market", "metric", "date", "value"]
    tables = [
        pd.DataFrame([(*USERS, date, value)], columns=columns) for date, value in (("2020-03", 5.0), ("2020-06", 7.0))
    ]
    found = lived_of(tables, np.array([1.0, 3.0]))
    assert found.weights == pytest.approx([0.25, 0.75])
    first = found.at(USERS, parse_month("2020-03"))
    assert first is not None
    assert first[0] == 5.0
    assert np.isnan(first[1])
    assert found.at(USERS, parse_month("2020-09")) is None


def test_windows_are_checked_whole() -> None:
    with pytest.raises(InputError) as caught:
        Window.of("2020-01", "2025-06")
    assert len(caught.value.faults) == 2
    with pytest.raises(InputError, match="comes after train-until"):
        Window.of("2022-12", "2022-12")
    with pytest.raises(InputError, match="test-until"):
        Window.of("2021-12", "soon")


def test_series_know_their_length() -> None:
    one = Series(USERS, MONTHS[:3], np.array(GROWING[:3]))
    assert len(one) == 3
    assert one.metric.name == "users"
