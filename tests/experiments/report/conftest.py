"""Small reports to look at, made once."""

from __future__ import annotations

import pytest

from model.experiments.report import Report, make_report
from model.market.start_store import StartStore
from model.spec.scenario import Scenario

SMALL = {"users": 300, "months": 4, "markets": ["ID", "BR"]}
TIED = {**SMALL, "platforms.resso.integration.ID": 1.0}
LEFT = {"date": "2022-11", "kind": "label_leaves", "platform": "resso", "label": "sony", "markets": ["ID"],
        "source": "byt-0018 clp-0012"}  # fmt: skip


@pytest.fixture(scope="session")
def starts(tmp_path_factory: pytest.TempPathFactory) -> StartStore:
    return StartStore(tmp_path_factory.mktemp("starts"))


@pytest.fixture(scope="session")
def paired(starts: StartStore) -> Report:
    base = Scenario.load("tiny").replace(SMALL)
    tied = Scenario.load("tiny").replace(TIED)
    return make_report(tied, versus=base, replicates=3, starts=starts)


@pytest.fixture(scope="session")
def single(starts: StartStore) -> Report:
    plan = Scenario.load("tiny").replace({**SMALL, "events": [LEFT]})
    return make_report(plan, replicates=2, deal_draws=2, starts=starts)
