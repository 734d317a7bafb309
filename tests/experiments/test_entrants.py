"""What late entrants show, and the declared defaults that rest on it."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import model as sm
from model.experiments.entrants import ENTRIES, late_entrants
from model.facts.known import known_book


@pytest.fixture(scope="module")
def found() -> pd.DataFrame:
    return late_entrants(users=4000, seeds=(1,), starts=sm.StartStore(None))


def test_the_defaults_are_what_dated_entries_show(found: pd.DataFrame) -> None:
    """At fewer users than the record was made with; a default that nothing bears out would be further away."""
    dated, parameters = found[found["facts"] != ""], sm.declared_parameters()
    assert set(dated["market"]) == {"IN", "ID", "BR", "ZA", "NG"}
    assert dated["gap"].median() == pytest.approx(parameters["entrant_gap"].default, abs=0.2)
    free = dated[dated["nest"] == "free"]  # second use of paid tiers is a few simulated people
    assert free["gap_second"].median() == pytest.approx(parameters["entrant_gap_second"].default, abs=0.4)
    assert dated["launch_hazard"].median() == pytest.approx(parameters["launch_hazard"].default, abs=0.003)


def test_few_who_know_a_service_need_a_small_hazard(found: pd.DataFrame) -> None:
    spotify = found[(found["service"] == "spotify") & (found["nest"] == "free")].set_index("market")
    assert np.all(spotify["aware"].between(0.05, 0.5))
    assert spotify["aware"].to_dict()["NG"] < spotify["aware"].to_dict()["IN"]
    assert np.all(spotify["launch_hazard"].between(0.003, 0.03))


def test_every_fact_of_an_entry_is_on_record() -> None:
    book = known_book()
    for entry in ENTRIES:
        for fact in entry.facts:
            assert book.get(fact).id == fact
