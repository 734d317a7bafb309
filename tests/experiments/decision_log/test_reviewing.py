"""Reviews of known truths: what held, what fired, and scores that can be worked out by hand."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from model.experiments.decision_log import (
    Decision,
    Expectation,
    Tripwire,
    keeping,
    review,
    review_decision,
    review_document,
    review_text,
    write_decision,
)
from model.experiments.decision_log.decision import ABOVE, BELOW
from model.experiments.decision_log.keeping import save_review
from model.experiments.decision_log.reviewing import FIRED, NOT_FIRED, NOT_YET, UNKNOWN
from model.experiments.history import COLUMNS, SeriesKey
from model.experiments.report.html_page import html_page
from model.foundation.errors import InputError

ID, BR = SeriesKey("resso", "ID", "users"), SeriesKey("resso", "BR", "users")
POINTS = tuple(float(one) for one in range(1, 101))  # 1 to 100: quantiles of Hazen are 5.5, 25.5, 50.5, 75.5, 95.5
HEAD = "entity,market,metric,date,value,unit\n"


def decision(*expectations: Expectation, wires: tuple[Tripwire, ...] = (), ensemble: object = None) -> Decision:
    made = {"scenario": "tiny", "start": "2022-10", "ensemble": ensemble, "run_ids": ["a1"], "model_version": "0.1.0+x"}
    return Decision("Title", "choice", ("other",), "why", "2022-11-02T10:00:00+00:00", made, expectations, wires)


def record(*rows: tuple[SeriesKey, str, float]) -> pd.DataFrame:
    values = [(*key, date, value, "M", 0.0, "given", "file", True) for key, date, value in rows]
    return pd.DataFrame(values, columns=list(COLUMNS))


@pytest.mark.parametrize(
    ("actual", "verdict", "place"),
    [
        (50.5, "inside 50%", 0.5), (26.0, "inside 50%", 0.255), (10.0, "inside 90%", 0.095),
        (5.0, "below the 90%", 0.045), (96.0, "above the 90%", 0.955), (1000.0, "above the 90%", 1.0),
    ],
)  # fmt: skip
def test_where_an_actual_lies(actual: float, verdict: str, place: float) -> None:
    found = review_decision(decision(Expectation(ID, "2023-12", POINTS)), record((ID, "2023-12", actual)))
    (row,) = found.scored.to_dict("records")
    assert row["verdict"].startswith(verdict)
    assert row["place"] == pytest.approx(place)
    assert (row["q05"], row["median"], row["q95"]) == pytest.approx((5.5, 50.5, 95.5))
    assert found.held == int(verdict.startswith("inside"))


def test_scores_are_those_of_the_definition() -> None:
    one = Expectation(ID, "2023-12", (2.0,), 5.0)  # a single point: the score is the absolute error
    two = Expectation(BR, "2023-12", (0.0, 4.0))  # E|X - y| - E|X - X'| / 2 = 2 - 1
    found = review_decision(decision(one, two), record((ID, "2023-12", 3.5), (BR, "2023-12", 2.0)))
    assert found.scored["crps"].tolist() == pytest.approx([1.5, 1.0])
    assert found.scored["unchanged"].tolist()[0] == pytest.approx(1.5)
    assert np.isnan(found.scored["unchanged"].tolist()[1])
    assert found.coverage == {"50%": 0.5, "90%": 0.5}


@settings(deadline=None)
@given(st.lists(st.floats(0.0, 100.0), min_size=1, max_size=30), st.floats(0.0, 100.0))
def test_a_score_is_the_area_between_the_forecast_and_what_came(points: list[float], actual: float) -> None:
    found = review_decision(decision(Expectation(ID, "2023-12", tuple(points))), record((ID, "2023-12", actual)))
    edges = np.unique([*points, actual])
    inner = (edges[:-1] + edges[1:]) / 2.0
    steps = np.array([(np.mean(np.array(points) <= x) - (x >= actual)) ** 2 for x in inner])
    assert found.scored["crps"].iloc[0] == pytest.approx(float(np.sum(steps * np.diff(edges))), abs=1e-6)


def test_tripwires_fire_once_they_are_crossed_and_not_before_or_after() -> None:
    def wire(when: str = BELOW, by: str = "2023-06", key: SeriesKey = ID) -> Tripwire:
        return Tripwire(key, when, 5.0, by, "stop", 0.1)

    seen = record((ID, "2022-09", 1.0), (ID, "2023-01", 6.0), (ID, "2023-05", 4.9), (ID, "2023-06", 5.0))
    wires = (wire(), wire(by="2023-04"), wire(ABOVE), wire(ABOVE, by="2022-12"), wire(key=BR), wire(by="2023-01"))
    found = review_decision(decision(wires=wires), seen)
    assert found.tripwires["state"].tolist() == [FIRED, NOT_YET, FIRED, UNKNOWN, UNKNOWN, NOT_FIRED]
    assert found.tripwires["date"].tolist() == ["2023-05", "2023-01", "2023-01", "", "", "2023-01"]
    told = review_text(found)
    assert "2 of 6 tripwires fired: think again" in told
    assert "Then was to be done: stop." in told
    assert "10% of the runs" in told


def test_a_value_at_the_threshold_does_not_fire() -> None:
    wires = (Tripwire(ID, BELOW, 5.0, "2023-01"), Tripwire(ID, ABOVE, 5.0, "2023-01"))
    found = review_decision(decision(wires=wires), record((ID, "2023-01", 5.0)))
    assert set(found.tripwires["state"]) == {NOT_FIRED}


def test_words_say_what_held_what_waits_and_what_was_too_narrow() -> None:
    first, second = Expectation(ID, "2023-12", POINTS), Expectation(BR, "2023-12", POINTS)
    nothing = review_text(review_decision(decision(first, second), record()))
    assert "Nothing can be said of the 2 expectations yet" in nothing
    alone = review_text(review_decision(decision(first), record()))
    assert alone.startswith("Nothing can be said of the expectation yet: it has no actual. No tripwire was set.")
    part = review_text(review_decision(decision(first, second), record((ID, "2023-12", 50.0), (ID, "2023-11", 1.0))))
    assert "1 of 2 expectations has an actual; of these all held" in part
    assert "1 expectation still without an actual" in part
    assert "1 actual in the file speaks of nothing" in part
    assert "held chance alone" in part
    under = decision(first, ensemble={"name": "posterior", "digest": "x"})
    gone = review_text(review_decision(under, record((ID, "2023-12", 500.0))))
    assert gone.startswith("The one expectation did not hold: the actual lies outside its 90% interval.")
    assert "held chance alone" not in gone
    assert "More than expected: Resso users, ID in 2023-12 came at 500 M, expected 50.5 (5.5 to 95.5)" in gone


def test_coverage_that_is_too_low_is_put_into_a_probability() -> None:
    dates = [f"20{year}-{month:02d}" for year in (23, 24) for month in range(1, 11)]
    asked = [Expectation(ID, date, POINTS) for date in dates]
    found = review_decision(decision(*asked), record(*((ID, date, 500.0 if at < 10 else 50.0)
                                                      for at, date in enumerate(dates))))  # fmt: skip
    page = html_page(review_document(found))
    assert "10 of 20 inside 90% (50%)" in page
    assert "with probability below 0.001" in page  # 7e-06
    few = review_decision(decision(*asked[:3]), record(*((ID, date, 500.0) for date in dates[:1]),
                                                       *((ID, date, 50.0) for date in dates[1:3])))  # fmt: skip
    assert "2 or fewer of 3 would come inside 90% with probability 0.27" in html_page(review_document(few))  # 1 - 0.9^3


def test_a_review_that_was_stopped_is_told_as_such_and_done_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log, actuals, kept = tmp_path / "log.json", tmp_path / "actuals.csv", tmp_path / "kept"
    write_decision(decision(Expectation(ID, "2023-12", POINTS)), log)
    actuals.write_text(HEAD + "resso,ID,users,2023-12,40,M\n", encoding="utf-8")
    found = review(log, actuals)
    save_review(found, kept)
    assert "unfinished" not in json.loads((kept / "review.json").read_text(encoding="utf-8"))
    honest = keeping.write_text_whole

    def stopped(path: Path, text: str) -> None:
        if path.name == "expectations.csv":
            raise KeyboardInterrupt
        honest(path, text)

    monkeypatch.setattr(keeping, "write_text_whole", stopped)
    with pytest.raises(KeyboardInterrupt):
        save_review(found, kept)
    assert json.loads((kept / "review.json").read_text(encoding="utf-8"))["unfinished"]
    monkeypatch.undo()
    (kept / ".review.md.abcd1234").write_text("half", encoding="utf-8")
    save_review(found, kept)
    marker = json.loads((kept / "review.json").read_text(encoding="utf-8"))
    for name, digest in marker["sha256"].items():
        assert hashlib.sha256((kept / name).read_bytes()).hexdigest() == digest
    assert {path.name for path in kept.iterdir()} == {"review.json", *marker["sha256"]}


def test_a_review_is_kept_beside_its_log(tmp_path: Path) -> None:
    log, actuals = tmp_path / "log.json", tmp_path / "actuals.csv"
    digest = write_decision(
        decision(Expectation(ID, "2023-12", POINTS), wires=(Tripwire(ID, BELOW, 5.0, "2023-12"),)), log
    )
    actuals.write_text(HEAD + "resso,ID,users,2023-12,40,M\n", encoding="utf-8")
    found = review(log, actuals, noted=digest)
    page = save_review(found, tmp_path / "kept").read_text(encoding="utf-8")
    assert digest in page
    assert pd.read_csv(tmp_path / "kept" / "expectations.csv")["actual"].tolist() == [40.0]
    save_review(found, tmp_path / "kept")
    (tmp_path / "kept" / "mine.txt").write_text("x", encoding="utf-8")
    with pytest.raises(InputError, match="earlier review"):
        save_review(found, tmp_path / "kept")
    actuals.write_text(HEAD + "resso,ID,users,2023-12,40,k\n", encoding="utf-8")
    with pytest.raises(InputError, match="users is in M"):
        review(log, actuals)
