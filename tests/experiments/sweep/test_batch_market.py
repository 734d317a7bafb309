"""The market under Mesa's own batch runner and collector."""

from __future__ import annotations

import multiprocessing

import pandas as pd
import pytest
from mesa.batchrunner import batch_run

import model as sm
from model.experiments.sweep.batch_market import BatchMarket

SMALL = {"users": 200, "months": 2, "markets.only": [["ID", "BR"]]}


def test_it_runs_under_batch_run_and_collects() -> None:
    method = multiprocessing.get_start_method(allow_none=True)
    try:
        rows = batch_run(
            BatchMarket, {**SMALL, "platforms.resso.integration.ID": [0.0, 1.0]}, rng=[0, 1], display_progress=False,
            data_collection_period=1,
        )  # fmt: skip
    finally:
        multiprocessing.set_start_method(method, force=True)  # batch_run changes it for the whole process
    found = pd.DataFrame(rows)
    assert len(found) == 2 * 2 * 2
    plan = sm.Scenario.load("tiny", call={"users": 200, "months": 2, "markets": ["ID", "BR"]})
    alone = sm.run(plan.replace({"platforms.resso.integration.ID": 1.0}), replicates=2)
    users = alone.world("services").query("platform == 'resso' and month > 0").sort_values(["replicate", "month"])
    tied = found[found["platforms.resso.integration.ID"] == 1.0].sort_values(["rng", "Step"])
    assert tied["resso.users"].tolist() == pytest.approx(users["users"].tolist(), rel=1e-14)


def test_replicates_that_would_be_copies_are_refused() -> None:
    """`batch_run(..., iterations=3)` gives each of three runs rng=None: without a number all would be one run."""
    for rng in (None, -1, True, 1.5):
        with pytest.raises(sm.InputError, match="in place of iterations=3"):
            BatchMarket("tiny", rng=rng, **SMALL)  # type: ignore[arg-type]


def test_its_collector_reports_what_it_is_asked() -> None:
    market = BatchMarket("tiny", outcomes=["spotify.users", "label_income"], **{**SMALL, "markets.only": ["ID"]})
    while market.running:
        market.step()
    frame = market.datacollector.get_model_vars_dataframe()
    assert list(frame.columns) == ["spotify.users", "label_income"]
    assert len(frame) == 2
    assert (frame > 0.0).all().all()


def test_wrong_words_are_told() -> None:
    with pytest.raises(sm.InputError, match="Did you mean 'integration'"):
        BatchMarket("tiny", **{"platforms.resso.integraton.ID": 1.0})
