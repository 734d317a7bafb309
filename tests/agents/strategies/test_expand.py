"""Expand: entries wait for licences, launches end, patience ends; nothing else moves."""

import numpy as np
import pytest

from model.market.streaming_market import StreamingMarket
from tests.agents.strategies.conftest import Play, Stage, acts, lever, offer, same

ENTRY = {"date": "2022-12", "tiers": {"individual": 40_000, "free_ads": 0}, "marketing": 3.0, "integration": 0.5}
ROW = {"rule": "expand", "platform": "deezer", "launch_months": 2, "wait_months": 4, "entries": {"ID": ENTRY}}
TALKS = {"platforms": ["deezer"], "labels": ["sony"], "users": 500, "months": 6, "protocol": "offers"}


def opened(run: StreamingMarket) -> list[float]:
    return [lever(run, month, "open", "deezer", "individual") for month in range(run.month + 1)]


def test_without_talks_it_enters_on_its_date_and_ends_its_launch(play: Play) -> None:
    run = play({"new": ROW}, months=6)
    assert opened(run) == [0, 0, 0, 1, 1, 1, 1]
    assert lever(run, 3, "open", "deezer", "free_ads") == 1.0
    assert lever(run, 3, "price", "deezer", "individual") == 40_000
    found = {(month, name): value for month, name, _, value in acts(run)}
    assert found[3, "marketing"] == 3.0
    assert found[3, "integration"] == 0.5
    assert found[5, "marketing"] == 1.0
    assert {month for month, _ in found} == {3, 5}


def test_before_the_entry_nothing_changes(play: Play) -> None:
    run, plain = play({"new": ROW}, months=4, users=400), play(months=4, users=400)
    for one, other in zip(run.records[1:3], plain.records[1:3], strict=True):
        mine = [j for j, name in enumerate(one.offers, start=1) if name[0] != "deezer"]
        theirs = [other.offers.index(one.offers[j - 1]) + 1 for j in mine]
        assert np.array_equal(one.activity.users[mine], other.activity.users[theirs])
    assert not same(run.records[-1], plain.records[-1])


def test_inert_entrant_changes_nobodys_choice(play: Play) -> None:
    """Where nobody ever hears of it, people do as without it, to the bit."""
    row = {**ROW, "entries": {"ID": {**ENTRY, "marketing": 0.0, "integration": 0.0}}, "launch_months": 120}
    silent = {"parameters.launch_hazard": 0.0, "parameters.word_of_mouth": 0.0}
    run, plain = play({"new": row}, months=5, **silent), play(months=5, **silent)
    for one, other in zip(run.records, plain.records, strict=True):
        mine = [j for j, name in enumerate(one.offers, start=1) if name[0] != "deezer"]
        theirs = [other.offers.index(one.offers[j - 1]) + 1 for j in mine]
        assert np.array_equal(one.activity.users[mine], other.activity.users[theirs])
        assert one.activity.main_users[0] == other.activity.main_users[0]


def test_entry_waits_for_its_licences_in_talks(play: Play) -> None:
    """It opens when the licence can be seen, the month after it was signed, and never where nobody signs."""
    row = {**ROW, "wait_months": 20, "entries": {"ID": {**ENTRY, "date": "2022-11", "labels": ["sony"]}}}
    entered = []
    for seed in (1, 2, 3):
        run = play({"new": row}, months=8, users=500, seed=seed, talks=TALKS)
        (talk,) = run.world.talks.records(run.world)
        first = opened(run).index(1.0) if 1.0 in opened(run) else None
        assert first == (max(2, talk.ended + 1) if talk.outcome.kind == "deal" else None)
        entered.append(first)
    assert len(set(entered)) > 1


@pytest.mark.parametrize(("demand", "opens"), [(0.0, 1.0), (10.0, 0.0)])
def test_label_that_wants_the_moon_keeps_the_service_out(play: Play, demand: float, opens: float) -> None:
    moon = {"rule": "hold_out", "label": "sony", "services": ["deezer"], "demand": demand}
    row = {**ROW, "entries": {"ID": {**ENTRY, "labels": ["sony"]}}}
    talks = {**TALKS, "users": 2000, "months": 8, "protocol": "nash"}
    assert opened(play({"new": row, "moon": moon}, months=10, users=2000, talks=talks))[-1] == opens


@pytest.mark.parametrize(("signs", "enters"), [(1, 3), (5, 5), (7, 7), (8, None)])
def test_waits_and_gives_up_when_it_has_waited_long_enough(signs: int, enters: int | None) -> None:
    rule, stage = Stage.of(ROW, licensed={"sony": signs})
    months = [month for month, name, *_ in stage.live(rule, 20) if name == "open"]
    assert months == ([] if enters is None else [enters, enters])


def test_leaves_after_losses_in_a_row_only() -> None:
    row = {**ROW, "patience_months": 3, "launch_months": 120}
    losses = {4: -1.0, 5: -1.0, 6: 0.0, 7: -1.0, 8: -1.0, 9: -1.0}
    rule, stage = Stage.of(row, margins=losses, offers={"deezer": [offer("individual", 40_000.0, "deezer")]})
    assert [(month, value) for month, name, _, value in stage.live(rule, 12) if name == "open" and month > 3] == [
        (9, 0.0)
    ]


def test_price_point_goes_by_the_leader(play: Play) -> None:
    entry = {"date": "2022-11", "tiers": ["individual", "student"], "price_point": 0.8}
    run = play({"new": {**ROW, "entries": {"ID": entry}}}, months=2)
    assert lever(run, 2, "price", "deezer", "individual") == pytest.approx(0.8 * 54_990)
    assert lever(run, 2, "price", "deezer", "student") == pytest.approx(
        0.8 * lever(run, 2, "price", "spotify", "student")
    )


def test_two_markets_in_order(play: Play) -> None:
    entries = {"TR": {"date": "2023-01"}, "ID": {"date": "2022-11"}}
    run = play({"tiktok_music": {"rule": "expand", "entries": entries}}, months=4, markets=["ID", "TR"])
    assert [(one.month, one.setting.market) for one in run.world.firms.actions if one.setting.lever == "open"] == [
        (2, "ID"), (4, "TR")]  # fmt: skip
