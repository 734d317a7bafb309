"""Starts before October 2022: the record undone, rivals carried back by declared assumptions."""

import pytest

from model.facts.carried_back import ALL_2019, GAANA_FREE_2022
from model.facts.earlier_offers import share_out
from model.facts.record import spotify_quarterly
from model.facts.records import StartState
from model.facts.start import load_start


@pytest.fixture(scope="module")
def replay() -> StartState:
    return load_start("2019-12")


@pytest.fixture(scope="module")
def june() -> StartState:
    return load_start("2022-06")


def price(state: StartState, market: str, platform: str, tier: str) -> float:
    return next(o for o in state.markets[market].offers if (o.platform, o.tier) == (platform, tier)).price_local_month


def test_spotify_is_at_its_recorded_levels(replay):
    targets = {(t.place, t.measure): t.value_m for t in replay.targets if t.platform == "spotify"}
    for code, market in replay.markets.items():
        assert market.platforms["spotify"].mau_m == targets[code, "mau_m"]
        assert market.platforms["spotify"].payers_m == targets[code, "payers_m"]


def test_targets_add_up_to_spotifys_quarter(replay):
    quarter = next(q for q in spotify_quarterly() if q["quarter"] == "2019Q4")
    regions = ("Europe", "North America", "Latin America", "Rest of World")
    for measure, world in (("mau_m", quarter["mau_m"]), ("payers_m", quarter["premium_subs_m"])):
        levels = {t.place: t.value_m for t in replay.targets if t.platform == "spotify" and t.measure == measure}
        assert sum(levels[region] for region in regions) == pytest.approx(world, rel=1e-3)
        for region in regions:
            parts = [levels[c] for c, m in replay.markets.items() if m.spotify_region == region]
            assert sum(parts) + levels[f"rest:{region}"] == pytest.approx(levels[region], abs=0.01)


def test_later_entrants_are_closed_and_empty(replay):
    later = [("IN", "resso"), ("ID", "resso"), ("BR", "resso"), ("NG", "spotify"), ("NG", "apple_music"),
             ("NG", "youtube_music")]  # fmt: skip
    for market, platform in later:
        assert replay.markets[market].platforms[platform].mau_m == 0.0
        offers = [o for o in replay.markets[market].offers if o.platform == platform]
        assert offers
        assert not any(o.is_open or o.users_m or o.trial_users_m for o in offers)
    closed = {(c, o.platform, o.tier) for c, m in replay.markets.items() for o in m.offers if not o.is_open}
    assert {(c, p) for c, p, _ in closed} - set(later) == {("IN", "spotify"), ("ID", "spotify")}  # the mini passes


def test_prices_before_the_changes(replay):
    assert price(replay, "TR", "spotify", "individual") == pytest.approx(13.99)
    assert price(replay, "TR", "youtube_music", "individual") == pytest.approx(13.99)  # parity follows
    assert price(replay, "TR", "spotify", "student") == pytest.approx(13.49 * 13.99 / 26.99)
    assert price(replay, "TR", "fizy", "individual") == pytest.approx(19.99)  # own list price stays
    assert price(replay, "BR", "spotify", "individual") == pytest.approx(16.90)
    assert price(replay, "BR", "spotify", "family_per_head") == pytest.approx(26.90 / 4)
    assert price(replay, "GB", "spotify", "family_per_head") == pytest.approx(14.99 / 4)
    assert price(replay, "GB", "spotify", "student") == pytest.approx(4.99)
    assert price(replay, "ID", "spotify", "individual") == pytest.approx(49900)
    assert price(replay, "MX", "apple_music", "individual") == pytest.approx(99)
    assert price(replay, "US", "spotify", "individual") == pytest.approx(9.99)


def test_a_record_that_conflicts_with_the_offer_is_told(replay):
    assert any(notice.startswith("DE deezer individual") for notice in replay.notices)


def test_gaana_and_joox_are_there(replay):
    india = replay.markets["IN"].platforms
    assert india["gaana"].mau_m == pytest.approx(0.97 * india["jiosaavn"].mau_m)
    joox = replay.markets["ZA"].platforms["joox"]
    assert joox.mau_band == (0.4, 2.0)
    assert not any(notice.startswith("joox: deals in") for notice in replay.notices)


def test_rivals_are_assumptions_with_ranges_around_them(replay):
    for market in replay.markets.values():
        for name, cell in market.platforms.items():
            if name != "spotify" and cell.mau_m > 0.0:
                assert cell.confidence == "assumption"
                assert cell.mau_band[0] < cell.mau_m < cell.mau_band[1]
    assert set(ALL_2019) <= set(replay.assumptions)
    assert all(a.low < a.value < a.high and a.basis for a in replay.assumptions)


def test_streamers_grow_to_2022_and_match_what_was_counted(replay):
    now = load_start("2022-10")
    assert all(replay.markets[c].streamers_m < now.markets[c].streamers_m for c in now.markets)
    assert 120.0 < replay.markets["IN"].streamers_m < 180.0  # 150 M counted in 2018, 208 M in 2022
    assert sum(c.mau_m for c in replay.markets["GB"].platforms.values()) == pytest.approx(32.0, rel=0.1)


def test_licences_are_in_force_in_2019(replay):
    assert all(deal.in_force(replay.month) for deal in replay.deals)
    assert replay.markets["IN"].tiktok.status == "available"


def test_june_2022_has_october_levels_and_the_events_ahead(june):
    october = load_start("2022-10")
    for code, market in june.markets.items():
        for name, cell in market.platforms.items():
            if (code, name) != ("IN", "gaana"):
                assert cell == october.markets[code].platforms[name]
    assert june.deals_of(platform="resso", market="BR")["sony"].in_force(june.month)
    assert price(june, "IN", "apple_music", "student") == 49.0
    assert price(june, "TR", "spotify", "individual") == 26.99


def test_june_2022_has_gaanas_free_tier(june):
    offers = {o.tier: o for o in june.markets["IN"].offers if o.platform == "gaana"}
    assert set(offers) == {"free_ads", "premium"}
    assert offers["free_ads"].users_m == GAANA_FREE_2022.value == 20.0
    assert june.markets["IN"].platforms["gaana"].mau_band == pytest.approx((10.7363, 40.7363))
    deal = june.deals_of(platform="gaana", market="IN")["sony"]
    assert deal.rev_share_free == 0.555
    assert load_start("2022-10").deals_of(platform="gaana", market="IN")["sony"].rev_share_free == 0.0
    assert june.markets["IN"].streamers_m > load_start("2022-10").markets["IN"].streamers_m


def test_sharing_out_keeps_users_and_payers():
    market = load_start("2022-10").markets["IN"]
    spotify = [o for o in market.offers if o.platform == "spotify"]
    shared = share_out(spotify, users_m=10.0, payers_m=1.0, later={("spotify", "mini")})
    assert sum(o.users_m + o.trial_users_m for o in shared) == pytest.approx(10.0)
    assert sum(o.users_m for o in shared if o.payers) == pytest.approx(1.0)
    assert next(o for o in shared if o.tier == "mini").users_m == 0.0
