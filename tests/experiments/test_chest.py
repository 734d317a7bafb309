"""The war chest: losses of ByteDance's music, cumulated, against its money of 2021."""

from __future__ import annotations

import pandas as pd
import pytest

import model as sm
from model.experiments.chest import CarriedLoss, WarChest, carried_loss

CHEST = WarChest(revenue=100.0, gross_profit=60.0, marketing=30.0)


def table(music: list[float]) -> CarriedLoss:
    return CarriedLoss(CHEST, ("resso",), pd.DataFrame({"music": music}))


def test_chest_is_that_of_the_record() -> None:
    found = WarChest.of_2021()
    assert (found.revenue, found.gross_profit, found.marketing) == pytest.approx((61.7e9, 34.3e9, 19.2e9))


def test_years_count_the_last_twelve_months() -> None:
    found = table([-99.0] * 5 + [-0.5] * 12)
    assert found.yearly_loss == pytest.approx(6.0)
    assert found.years(CHEST.gross_profit) == pytest.approx(10.0)
    assert table([-0.5] * 3).yearly_loss == pytest.approx(6.0)
    assert table([1.0]).years(60.0) is None
    assert table([0.0]).years(60.0) is None


def test_months_are_means_over_replicates_of_the_books(tmp_path_factory: pytest.TempPathFactory) -> None:
    plan = sm.Scenario.load("tiny").replace(markets=["ID"], users=300, months=4)
    result = sm.run(plan, replicates=2, starts=sm.StartStore(tmp_path_factory.mktemp("starts")))
    found = carried_loss(result)
    assert found.services == ("resso",)
    own = result.bytedance if hasattr(result, "bytedance") else result.frame("bytedance")
    assert found.months["music"].sum() == pytest.approx(own["music_income"].sum() / 2)
    assert found.months["tiktok"].sum() == pytest.approx(own["tiktok_profit"].sum() / 2)
    assert found.months["music_cumulated"].iloc[-1] == pytest.approx(found.months["music"].sum())
    last = found.months.iloc[-1]
    assert last["loss_over_gross_profit"] == pytest.approx(-last["music_cumulated"] / 34.3e9)
    assert list(found.months["date"]) == ["2022-10", "2022-11", "2022-12", "2023-01"]
