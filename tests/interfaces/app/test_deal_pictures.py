"""Pictures of the deal room: they draw the numbers that they were given, and move with the sheet."""

from __future__ import annotations

import json

import pandas as pd
import pytest

from model.experiments.deals import DealRoom, deal_room
from model.interfaces.app.charts.deal import WORDS, Sides, ends, futures, gains, usd, zone
from model.interfaces.app.charts.picture import over_months
from model.interfaces.app.words import amount, signed
from model.market.start_store import StartStore
from model.market.streaming_market import StreamingMarket
from model.spec.scenario import Scenario

SIDES = Sides("Resso", "Sony")


@pytest.fixture(scope="module")
def room() -> DealRoom:
    plan = Scenario.load("tiny").replace({"users": 500, "months": 4})
    market = StreamingMarket(plan, starts=StartStore(None))
    return deal_room(market, platform="resso", label="sony", markets=["ID", "IN"], months=6, draws=3)


def points(option: dict[str, object], name: str) -> list[float]:
    series = next(one for one in option["series"] if one["id"] == name)  # type: ignore[attr-defined, index]
    return [float(one["value"][0]) for one in series["data"]]


def test_the_zone_draws_both_walk_aways_and_what_the_sheet_pays(room: DealRoom) -> None:
    walk = room.walk_aways()
    judged = room.judge({"rev_share_paid": 0.5, "rev_share_free": 0.5})
    found = zone(walk, judged, sides=SIDES)
    ordered = walk.assign(paid=judged["paid"]).sort_values("surplus", kind="stable")
    scale = 1e6 if ordered[["least", "most", "paid", "present"]].abs().max().max() >= 2e6 else 1e3
    for name in ("least", "most", "paid"):
        assert points(found.option, name) == pytest.approx((ordered[name] / scale).tolist(), rel=1e-4)
    assert len(points(found.option, "nash")) == int(walk["zone"].sum())
    bars = next(one for one in found.option["series"] if one["id"] == "zone")["data"]
    assert [one["lineStyle"]["width"] > 5 for one in bars] == ordered["zone"].tolist()
    json.dumps(found.option, allow_nan=False)


def test_names_of_the_sheet_and_of_the_present_terms_do_not_meet_however_close_they_stand(room: DealRoom) -> None:
    walk = room.walk_aways()
    found = zone(walk, walk.assign(paid=walk["present"] * 1.001), sides=SIDES)
    lines = next(one for one in found.option["series"] if one["id"] == "paid")["markLine"]["data"]
    heights = [one["label"]["offset"][1] for one in lines]
    assert len(lines) == 2
    assert abs(heights[0] - heights[1]) >= lines[0]["label"]["fontSize"]
    assert found.option["grid"]["top"] >= abs(min(heights)) + 2 * lines[0]["label"]["fontSize"]


def test_money_has_one_form_everywhere_its_sign_before_the_unit() -> None:
    for written in (usd(-251_000.0), amount(-251_000.0, unit="USD"), signed(-251_000.0, unit="USD")):
        assert written == "−USD 251k"
    assert amount(-2_500_000.0) == "−2.5M"
    assert amount(999_600.0) == "1M"
    assert [amount(one) for one in (0.0, -0.0, 12.0, float("nan"))] == ["0", "0", "12", "–"]


def test_a_move_of_a_term_moves_the_sheet_alone(room: DealRoom) -> None:
    walk = room.walk_aways()
    one, other = (zone(walk, room.judge({"promotional_credit_usd_m": value}), sides=SIDES) for value in (1.0, 2.0))
    assert points(one.option, "least") == points(other.option, "least")
    moved = [b - a for a, b in zip(points(one.option, "paid"), points(other.option, "paid"), strict=True)]
    scale = 1e6 if "million" in one.subtitle else 1e3
    assert moved == pytest.approx([1e6 / 12 / scale] * 3, rel=1e-3)


def test_gains_draw_each_draw_and_the_mean(room: DealRoom) -> None:
    judged = room.judge({"rev_share_paid": 0.5, "rev_share_free": 0.5})
    found = gains(judged, sides=SIDES)
    scale = 1e6 if "million" in found.subtitle else 1e3
    for side in ("platform", "label"):
        assert points(found.option, side) == pytest.approx((judged[side] / scale).tolist(), rel=1e-4)
        assert points(found.option, f"{side} mean") == pytest.approx([judged[side].mean() / scale], rel=1e-4)
    json.dumps(found.option, allow_nan=False)
    assert len(found.table) == 3


def test_futures_draw_the_fans_of_both_arms(room: DealRoom) -> None:
    fans = room.fans()
    found = futures(fans, "users", title="People", dates=[str(one) for one in range(6)])
    series = {one["id"]: one["data"] for one in found.option["series"]}
    part = fans[(fans["measure"] == "users") & (fans["arm"] == "deal")].sort_values("month")
    scale = part["median"].iloc[0] / series["with the licence"][0]
    assert [one * scale for one in series["with the licence"]] == pytest.approx(part["median"].tolist(), rel=1e-3)
    assert [one * scale for one in series["deal band"]] == pytest.approx((part["q95"] - part["q05"]).tolist(), rel=1e-3)
    json.dumps(found.option, allow_nan=False)


def test_the_first_date_of_a_picture_has_room_left_of_its_axis(room: DealRoom) -> None:
    fans = futures(room.fans(), "users", title="People", dates=["Dec 2022"] * 6).option
    for option in (fans, over_months(["Dec 2022", "Jan 2023"], [])):
        # The date stands in the middle of the axis's first place: half of its eight letters, less the numbers' width.
        assert option["grid"]["left"] >= 8 * 0.6 * 11 / 2 - 10


def test_ends_of_talks_add_up_and_the_own_one_stands_out(room: DealRoom) -> None:
    outcomes = room.outcomes("offers", talks=20)
    own = str(outcomes.talks["end"].iloc[0])
    found = ends(outcomes, mark=own)
    bars = found.option["series"][0]["data"]
    assert sum(one["value"] for one in bars) == pytest.approx(100.0, abs=0.1)
    names = [str(one).lower() for one in found.option["yAxis"]["data"]]
    assert [one["itemStyle"]["borderWidth"] > 0 for one in bars] == [name == own for name in names]
    lines = [line for one in bars for line in one["label"]["formatter"].split("\n")]
    # However long a bar is, what stands beside it has room: eighteen signs of at most 0.6 of their height.
    assert found.option["grid"]["right"] >= 0.6 * WORDS * max(18, *map(len, lines))
    assert all(one["label"]["formatter"].count("\n") == ("month" in one["label"]["formatter"]) for one in bars)
    pd.testing.assert_frame_equal(found.table, outcomes.summary().reset_index())
    json.dumps(found.option, allow_nan=False)


def test_money_is_written_with_its_sign_in_front() -> None:
    assert (usd(-251_000.0), usd(1_234_567.0)) == ("−USD 251k", "USD 1.23M")
