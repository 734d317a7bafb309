import numpy as np
import pytest

import model as sm
from model.experiments.deals import DealRoom, RoomStopped
from model.experiments.ensembles import Ensemble
from model.foundation.errors import InputError
from model.market.start_store import StartStore
from model.market.streaming_market import StreamingMarket
from model.spec.scenario import Scenario

ASKED = {"platform": "resso", "label": "sony", "markets": ["ID"], "months": 3, "users": 200}


def draws(**changes: object) -> Ensemble:
    parts: dict[str, object] = {
        "name": "four", "about": "", "parameters": ("theta", "precedent", "forgetting"),
        "values": np.array([[1.0, 0.0, 0.02], [2.0, 0.02, 0.05], [3.0, 0.05, 0.04], [2.2, 0.01, 0.03]]),
        "weights": np.array([0.5, 0.0, 0.25, 0.25]), "made": {"method": "by hand"},
    }  # fmt: skip
    return Ensemble(**{**parts, **changes})  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def plan() -> Scenario:
    return Scenario.load("june_2022", call={"markets": ["ID"], "users": 300, "seed": 5})


@pytest.fixture(scope="module")
def room(plan: Scenario) -> DealRoom:
    return sm.deal_room(plan, **ASKED, ensemble=draws(), members=4, starts=StartStore(None))


def test_each_draw_is_a_member_with_its_values(room: DealRoom) -> None:
    table = room.futures.draws
    assert sorted(table["member"]) == [0, 0, 2, 3]
    assert set(table.loc[table["member"] == 2, "theta"]) == {3.0}
    assert table["replicate"].is_unique
    assert "bytedance_user_worth" in table  # what the ensemble does not vary is drawn as without
    assert room.futures.parameters_of(int(table.index[table["member"] == 3][0])).precedent == 0.01
    assert room.futures.carried.digest == draws().digest


def test_walk_aways_take_each_members_own_parameters(room: DealRoom) -> None:
    lines, means = room.futures.lines(), room.futures.means()
    kept = means.xs("deal", level="arm")
    held = room.futures.draws["precedent"]
    expected = (held * (kept["elsewhere"] - kept["video"])).where(lines["present"] > 0.0, 0.0)
    assert lines["cut_all"].tolist() == pytest.approx(expected.tolist())
    assert (lines.loc[held == 0.0, "cut_all"] == 0.0).all()
    assert (lines.loc[held > 0.0, "cut_all"] > 0.0).any()


def test_a_members_futures_are_those_of_the_member_alone(room: DealRoom, plan: Scenario) -> None:
    table = room.futures.draws
    at = int(table.index[table["member"] == 2][0])
    replicate = int(table.loc[at, "replicate"])
    member = draws().member(room.futures.request.plan, 2)
    market = StreamingMarket(member, replicate=replicate, starts=StartStore(None))
    worth = float(table.loc[at, "bytedance_user_worth"])
    fork = market.fork(
        overrides={"parameters.bytedance_user_worth": worth}, settings=room.futures.request.pair.cells(1.0), users=200,
        draws="decision",
    )  # fmt: skip
    records = fork.run(3)
    rows = room.futures.months.query("draw == @at and arm == 'deal'").sort_values("month")
    from model.experiments.deals.rows import future_rows

    alone = future_rows(room.futures.request, records, fork.plan.parameters, favoured={"ID": frozenset()})
    assert rows["users"].tolist() == alone.sort_values("month")["users"].tolist()
    assert rows["revenue"].tolist() == alone.sort_values("month")["revenue"].tolist()


def test_bands_and_share_of_members_with_a_zone(room: DealRoom) -> None:
    walk = room.walk_aways()
    assert room.agreement() == walk["zone"].mean()
    summary = room.summary()
    assert summary.loc["least", "low"] <= summary.loc["least", "mean"] <= summary.loc["least", "high"]
    fans = room.fans()
    own = fans.query("arm == 'deal' and measure == 'users' and month == 2").iloc[0]
    users = room.futures.months.query("arm == 'deal' and month == 2").groupby("draw")["users"].sum()
    assert own["median"] == pytest.approx(np.quantile(users, 0.5, method="hazen"))
    assert set(fans["arm"]) == {"deal", "no deal"}
    assert "income" in set(fans["measure"])


def test_it_says_under_which_ensemble(room: DealRoom) -> None:
    assert any("ensemble four" in note and "4 runs" in note for note in room.notices())
    from model.experiments.deals.picture import deal_figure

    figure = deal_figure(room, room.outcomes("nash", talks=2))
    words = " ".join(text.get_text() for text in figure.findobj(match=lambda one: hasattr(one, "get_text")))
    assert "ensemble four" in words
    assert "50% and 90% of members" in words


def test_a_stop_keeps_the_draws_that_are_finished(plan: Scenario, room: DealRoom) -> None:
    def stop(stage: str, done: int, whole: int) -> None:
        if done == 2:
            raise KeyboardInterrupt

    with pytest.raises(RoomStopped) as caught:
        sm.deal_room(plan, **ASKED, ensemble=draws(), members=4, starts=StartStore(None), progress=stop)
    kept = caught.value.room
    assert kept.futures.request.draws == 2
    assert kept.futures.means().loc[:1].equals(room.futures.means().loc[:1])
    assert any("Stopped after 2 of 4" in note for note in kept.notices())
    assert len(kept.outcomes("nash", talks=2).talks) == 4

    def at_once(stage: str, done: int, whole: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(RoomStopped) as caught:
        sm.deal_room(plan, **ASKED, draws=3, starts=StartStore(None), progress=at_once)
    assert caught.value.room is None


def test_wishes_that_do_not_go_together_are_refused(plan: Scenario) -> None:
    with pytest.raises(InputError, match="draws"):
        sm.deal_room(plan, **ASKED, ensemble=draws(), draws=4)
    with pytest.raises(InputError, match="four varies it"):
        sm.deal_room(plan, **ASKED, ensemble=draws(), uncertain=["theta"])
    with pytest.raises(InputError, match="ensemble"):
        sm.deal_room(plan, **ASKED, members=4)
