"""A room of a run that goes on: it judges the run's next month, knows what was done in it, and leaves it as it is."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from model.experiments.deals import DealRoom, deal_room
from model.experiments.deals.rows import future_rows
from model.foundation.errors import InputError
from model.market.start_store import StartStore
from model.market.streaming_market import StreamingMarket
from model.spec.scenario import Scenario

STARTS = StartStore(None)
PLAN = Scenario.load("tiny").replace({"users": 500, "months": 8})
ASKED = {"platform": "resso", "label": "warner", "markets": ["ID", "IN"], "months": 4, "draws": 3}


def lived(months: int, **more: object) -> StreamingMarket:
    market = StreamingMarket(PLAN.replace(more), starts=STARTS)
    market.run(months)
    return market


@pytest.fixture(scope="module")
def market() -> StreamingMarket:
    return lived(2)


@pytest.fixture(scope="module")
def room(market: StreamingMarket) -> DealRoom:
    return deal_room(market, **ASKED)


def test_the_run_goes_on_as_if_nobody_had_looked_ahead(market: StreamingMarket, room: DealRoom) -> None:
    ahead = market.fork(months=2)
    plain = lived(2).fork(months=2)
    for one, other in zip(ahead.records, plain.records, strict=True):
        np.testing.assert_array_equal(one.activity.hours, other.activity.hours)


def test_a_room_of_a_branch_is_the_room_of_its_run(market: StreamingMarket, room: DealRoom) -> None:
    branch = deal_room(market.fork(), **ASKED)
    pd.testing.assert_frame_equal(branch.walk_aways(), room.walk_aways(), check_exact=True)
    pd.testing.assert_frame_equal(branch.futures.months, room.futures.months, check_exact=True)


def test_draws_are_the_forks_of_the_present_month_with_luck_of_their_own(
    market: StreamingMarket, room: DealRoom
) -> None:
    request = room.futures.request
    assert (request.month, request.users) == (2, max(market.countries[code].active for code in ("ID", "IN")))
    for draw in range(3):
        values = room.futures.draws.loc[draw, list(request.uncertain)]
        fork = market.fork(
            overrides={f"parameters.{name}": one for name, one in values.items()}, settings=request.pair.cells(1.0),
            draws="decision", future=draw, markets=("IN", "ID"),
        )  # fmt: skip
        wanted = future_rows(request, fork.run(4), fork.plan.parameters, favoured={})
        found = room.futures.months.query("draw == @draw and arm == 'deal'")
        for name in ("users", "hours", "paid", "elsewhere", "profit"):
            np.testing.assert_array_equal(found[name].to_numpy(), wanted[name].to_numpy())
    users = room.futures.months.query("arm == 'deal'").groupby("draw")["users"].sum()
    assert users.nunique() == 3


def test_what_was_done_in_the_run_is_known(room: DealRoom) -> None:
    louder = deal_room(lived(2, **{"platforms.resso.marketing.ID": 8.0}), **ASKED)
    assert louder.summary().loc["most", "mean"] != room.summary().loc["most", "mean"]


def test_draws_are_told_as_they_come_and_any_month_may_end_the_work(market: StreamingMarket, room: DealRoom) -> None:
    class Enough(Exception):
        pass

    seen: list[DealRoom] = []
    months = iter(range(17))  # two draws of two futures of four months

    def count() -> None:
        if next(months) == 16:
            raise Enough

    with pytest.raises(Enough):
        deal_room(market, **ASKED, each_month=count, each_draw=seen.append)
    assert [one.futures.request.draws for one in seen] == [1, 2]
    pd.testing.assert_frame_equal(
        seen[1].futures.months, room.futures.months.query("draw < 2").reset_index(drop=True), check_exact=True
    )


def test_a_clip_licence_is_for_markets_where_tiktok_is_allowed_now(market: StreamingMarket) -> None:
    asked = {"platform": "tiktok", "label": "sony", "kind": "clips", "months": 1, "draws": 1}
    with pytest.raises(InputError, match="TikTok is allowed"):
        deal_room(lived(1, **{"markets.BR.tiktok": False}), markets=["ID", "BR"], **asked)
    found = deal_room(market, markets=["ID", "BR"], **asked)
    assert found.futures.request.world_part > 0.0


@pytest.mark.parametrize(
    ("more", "part"),
    [({"at": "2022-12"}, "begins next month"), ({"members": 3}, "no members"), ({"markets": ["XX"]}, "markets are"),
     ({"label": "sonny"}, "sony")],
)  # fmt: skip
def test_what_a_run_cannot_be_asked_is_told(market: StreamingMarket, more: dict[str, object], part: str) -> None:
    with pytest.raises(InputError, match=part):
        deal_room(market, **{**ASKED, **more})
