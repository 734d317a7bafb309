from tests.agents.strategies.conftest import Play, Stage, acts, lever, offer

RISE = {"kind": "price_change", "date": "2022-12", "platform": "spotify", "markets": ["ID"], "tier": "individual",
        "price": 60_000}  # fmt: skip


def test_follows_a_rivals_price_a_month_later(play: Play) -> None:
    run = play({"resso": {"rule": "match_rival", "rival": "spotify", "share": 0.9}}, months=5, events=[RISE])
    prices = [lever(run, month, "price", "resso", "premium") for month in range(1, 6)]
    assert prices == [0.9 * 54_990] * 3 + [0.9 * 60_000] * 2
    assert lever(run, 3, "price", "spotify", "individual") == 60_000


def test_matches_the_largest_that_sells_the_tier() -> None:
    row = {"rule": "match_rival", "platform": "resso"}
    rule, stage = Stage.of(
        row,
        offers={
            "resso": [offer("premium", 80.0)],
            "big": [offer("free_ads", 0.0, paid=False)],
            "next": [offer("individual", 70.0)],
            "last": [offer("premium", 60.0)],
        },
    )
    stage.rivals = lambda market: ("big", "next", "last")
    assert stage.live(rule, 1) == [(1, "price", "premium", 70.0)]


def test_named_rival_that_does_not_sell_the_tier_is_nobody_to_match() -> None:
    rule, stage = Stage.of(
        {"rule": "match_rival", "platform": "resso", "rival": "joox", "tier": "premium"},
        offers={"resso": [offer("premium", 80.0)], "joox": [offer("family_per_head", 30.0)]},
    )
    assert stage.live(rule, 3) == []


def test_two_that_match_each_other_change_places(play: Play) -> None:
    tables = {
        "resso": {"rule": "match_rival", "rival": "spotify"},
        "spotify": {"rule": "match_rival", "rival": "resso"},
    }
    run = play(tables, months=4, users=50)
    resso = [lever(run, month, "price", "resso", "premium") for month in range(5)]
    spotify = [lever(run, month, "price", "spotify", "individual") for month in range(5)]
    assert resso == [49_000, 54_990, 49_000, 54_990, 49_000]  # neither sees what the other does this month
    assert spotify == [54_990, 49_000, 54_990, 49_000, 54_990]


def test_price_of_month_one_is_seen_at_once(play: Play) -> None:
    set_first = {"platforms.spotify.price.ID.individual": 60_000.0}
    run = play({"resso": {"rule": "match_rival", "rival": "spotify"}}, months=2, **set_first)
    assert acts(run) == [(1, "price", "premium", 60_000.0)]


def test_entrant_without_history_is_matched_from_the_month_after(play: Play) -> None:
    enters = {"kind": "platform_enters", "date": "2022-11", "platform": "deezer", "markets": ["ID"],
              "tiers": {"individual": 40_000}}  # fmt: skip
    run = play({"resso": {"rule": "match_rival", "rival": "deezer"}}, months=4, events=[enters])
    assert acts(run) == [(3, "price", "premium", 40_000.0)]
