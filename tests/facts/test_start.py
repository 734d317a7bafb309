"""The start of October 2022 adds up, in itself and to what is recorded."""

import time
from dataclasses import replace

import pytest

from model.facts.book import FactBook
from model.facts.known import known_book
from model.facts.people import SPOTIFY_REGIONS
from model.facts.record import spotify_quarterly
from model.facts.records import PAID_TIERS, ROLLING, TIERS, StartState
from model.facts.start import DATES, balance_faults, load_start
from model.facts.units import CURRENCIES, MARKETS
from model.facts.weak import weak_cells
from model.foundation.errors import InputError
from model.foundation.months import parse_month


@pytest.fixture(scope="module")
def state() -> StartState:
    return load_start("2022-10")


@pytest.fixture(params=DATES)
def any_start(request) -> StartState:
    return load_start(request.param)


def test_twenty_markets_in_a_stable_order(state):
    assert tuple(state.markets) == MARKETS
    assert state.month == parse_month("2022-10")


def test_another_date_is_refused():
    with pytest.raises(InputError, match="Did you mean '2022-10'"):
        load_start("2022-11")


def test_payers_are_never_above_users(any_start):
    for market in any_start.markets.values():
        for cell in market.platforms.values():
            assert 0.0 <= cell.payers_m <= cell.mau_m
            assert cell.mau_band[0] <= cell.mau_m <= cell.mau_band[1]
            assert cell.payers_band[0] <= cell.payers_m + 1e-3
            assert cell.payers_m <= cell.payers_band[1] + 1e-3
        assert market.people_paying_m <= market.payers_m
        assert market.people_paying_m <= market.streamers_m
        assert market.streamers_m < market.addressable_at(any_start.month)


def test_services_over_apps_per_listener_meet_the_streamers(any_start):
    for market in any_start.markets.values():
        users = sum(cell.mau_m for cell in market.platforms.values())
        assert users / market.multi_homing == pytest.approx(market.streamers_m, rel=1e-3)


def test_service_payers_meet_the_market_and_tiers_their_service(any_start):
    for market in any_start.markets.values():
        assert sum(c.payers_m for c in market.platforms.values()) == pytest.approx(market.payers_m, rel=1e-3)
        for name, cell in market.platforms.items():
            offers = [o for o in market.offers if o.platform == name]
            assert sum(o.users_m for o in offers if o.payers) == pytest.approx(cell.payers_m, rel=1e-3, abs=2e-4)
    assert balance_faults(any_start) == []


def test_a_start_that_does_not_add_up_is_found(state):
    india = replace(state.markets["IN"], streamers_m=250.0)
    faults = balance_faults(replace(state, markets={**state.markets, "IN": india}))
    assert [fault.place for fault in faults] == ["IN services"]


def test_label_income_is_within_half_of_the_record_less_video(state):
    for market in state.markets.values():
        modelled = sum(market.label_modelled_usd_m.values())
        assert 1 / 1.5 < modelled / market.label_fact_less_video_usd_m < 1.5, market.code
        less_video = market.label_streaming_fact_usd_m * (1.0 - market.video_share_of_streaming_revenue)
        assert market.label_fact_less_video_usd_m == pytest.approx(less_video, abs=0.06)


def test_spotify_meets_its_regions_and_the_world(state):
    quarter = next(q for q in spotify_quarterly() if q["quarter"] == "2022Q3")
    assert (quarter["mau_m"], quarter["premium_subs_m"]) == (456.0, 195.0)
    keys = dict(zip(SPOTIFY_REGIONS, ("europe", "north_america", "latin_america", "row"), strict=True))
    users = payers = 0.0
    for region, markets in SPOTIFY_REGIONS.items():
        weights = [state.region_map[code] for code in markets]
        assert all(weight.region == region and weight.mau >= 1.0 and weight.payers >= 1.0 for weight in weights)
        cells = [state.markets[code].platforms["spotify"] for code in markets]
        region_users = sum(w.mau * c.mau_m for w, c in zip(weights, cells, strict=True))
        region_payers = sum(w.payers * c.payers_m for w, c in zip(weights, cells, strict=True))
        assert region_users == pytest.approx(456.0 * quarter[f"mau_share_{keys[region]}_pct"] / 100.0, rel=2e-3)
        assert region_payers == pytest.approx(195.0 * quarter[f"subs_share_{keys[region]}_pct"] / 100.0, rel=3e-3)
        users, payers = users + region_users, payers + region_payers
    assert users == pytest.approx(456.0, rel=2e-3)
    assert payers == pytest.approx(195.0, rel=2e-3)


def test_resso_has_40_m_users_and_two_in_a_hundred_pay(state):
    resso = {code: m.platforms["resso"] for code, m in state.markets.items() if "resso" in m.platforms}
    assert set(resso) == {"IN", "ID", "BR"}
    assert sum(cell.mau_m for cell in resso.values()) == pytest.approx(40.0, rel=1e-2)
    assert sum(cell.payers_m for cell in resso.values()) == pytest.approx(0.8, rel=1e-2)


def test_indian_and_indonesian_payers_are_within_the_record(state):
    assert 4.0 <= state.markets["IN"].payers_m <= 5.0
    assert state.markets["ID"].payers_m < 2.79


def test_world_totals_of_rivals_are_not_passed(state):
    book = FactBook.load()
    subscribers = book.get("shr-0011").number
    for platform, fact in (("apple_music", "shr-0014"), ("amazon_music", "shr-0015"), ("youtube_music", "shr-0016")):
        ours = sum(m.platforms[platform].payers_m for m in state.markets.values() if platform in m.platforms)
        assert 0.3 < ours / (subscribers * book.get(fact).number / 100.0) < 1.0, platform


def test_people(state):
    for market in state.markets.values():
        assert sum(market.age_shares) == pytest.approx(1.0)
        assert 0.6 < market.share_13plus < 0.92
        assert 0.3 < market.gini < 0.7
        assert set(market.population) == set(market.internet_share) == {2020, 2022}
        assert 0.0 < market.internet_share[2022] <= 1.0
    india = state.markets["IN"]
    assert india.share_13plus == pytest.approx(1 - 0.2549 + 0.4 * 0.0887, abs=2e-3)
    assert india.gini == pytest.approx(0.394)  # the modelled series, not the survey of consumption
    assert india.ppp_local_per_international_dollar == pytest.approx(2353 * 78.5792 / 8594)
    assert india.addressable_m == pytest.approx(1425.42 * india.share_13plus * 0.559, rel=1e-4)
    assert state.markets["US"].ppp_local_per_international_dollar == pytest.approx(1.06, abs=0.01)


def test_offers_have_users_and_prices_in_the_currency(any_start):
    for code, market in any_start.markets.items():
        seen = set()
        for offer in market.offers:
            assert offer.platform in market.platforms
            assert offer.tier in TIERS
            assert (offer.platform, offer.tier) not in seen
            seen.add((offer.platform, offer.tier))
            assert offer.currency == CURRENCIES[code]
            assert (offer.price_local_month > 0.0) == (offer.tier in PAID_TIERS)
            assert offer.users_m > 0.0 or not offer.is_open
            assert offer.confidence in ("found", "derived", "assumption")
            assert offer.fact_ids or offer.basis


def test_one_mini_pass_per_service_at_the_weekly_price(state):
    minis = {code: o for code, m in state.markets.items() for o in m.offers if o.tier == "mini"}
    assert set(minis) == {"IN", "ID"}
    assert minis["IN"].price_local_month == pytest.approx(25 * 4.33)
    assert minis["ID"].price_local_month == pytest.approx(9500 * 4.33)


def test_trials_are_a_state_of_apples_individual_offer(state):
    with_trials = [(m.code, o.platform, o.tier) for m in state.markets.values() for o in m.offers if o.trial_users_m]
    assert len(with_trials) == 20
    assert {(platform, tier) for _, platform, tier in with_trials} == {("apple_music", "individual")}
    assert any(notice.startswith("IN gaana") and "0.7107" in notice for notice in state.notices)


def test_repertoire_adds_to_one_and_meets_the_local_share(state):
    book = FactBook.load()
    for code, market in state.markets.items():
        assert sum(label.share for label in market.repertoire.values()) == pytest.approx(1.0)
        assert len(market.repertoire) <= 8
        assert {"universal", "sony", "warner", "long_tail"} <= set(market.repertoire)
        recorded = [fact.number / 100.0 for fact in book.find(market=code, field="local_repertoire_share_pct")]
        assert min(recorded) * 0.8 - 0.02 <= market.local_repertoire_share <= max(recorded) + 0.02, code


def test_deals(state):
    assert len(state.deals) == 265
    for deal in state.deals:
        assert set(deal.markets) <= set(MARKETS)
        assert deal.signed <= deal.expires <= ROLLING
        assert deal.rev_share_paid <= 0.6
    sony = state.deals_of(platform="resso", market="IN")["sony"]
    assert (sony.status, sony.in_force(state.month)) == ("expired", False)
    assert state.deals_of(platform="spotify", market="ID")["sony"].in_force(state.month)
    assert state.deals_of(platform="spotify", market="ID", kind="publishing")["publishers"].rev_share_paid == 0.13
    assert set(state.deals_of(platform="spotify", market="IN")) == set(state.markets["IN"].repertoire)


def test_default_terms_are_the_standard_ones_of_the_price_group(state):
    deal = state.default_deal(platform="pandora", label="sony", market="US")
    like = state.deals_of(platform="spotify", market="US")["long_tail"]
    assert deal.rev_share_paid == like.rev_share_paid
    assert (deal.expires, deal.per_subscriber_minimum_usd, deal.confidence) == (ROLLING, 0.0, "assumption")


def test_deals_without_a_service_are_told(state):
    assert any(notice.startswith("joox: deals in ZA") for notice in state.notices)
    assert any(notice.startswith("pandora: no deals in US") for notice in state.notices)


def test_tiktok(state):
    assert state.markets["IN"].tiktok.status == "banned"
    assert state.markets["IN"].tiktok.adult_mau_m == 0.0
    ours = sum(market.tiktok.ad_revenue_usd_m.value for market in state.markets.values())
    assert ours == pytest.approx(7590.0, rel=5e-3)
    assert ours + state.tiktok_rest_ad_revenue_usd_m.value == pytest.approx(10290.0, rel=5e-3)


def test_the_record_is_in_order_and_tells_the_prices_before(state):
    months = [action.month for action in state.history]
    assert months == sorted(months)
    changes = [action for action in state.history if action.event == "price_change"]
    assert len(changes) >= 15
    assert all(action.field in action.before for action in changes)
    deezer = next(action for action in changes if action.platform == "deezer")
    assert deezer.before == {"individual": 9.99}  # from the chain of its price fact


def test_reading_is_fast():
    load_start.__globals__["_load"].cache_clear()
    begun = time.perf_counter()
    load_start("2022-10")
    assert time.perf_counter() - begun < 0.3


def test_weakest_cells_are_youtubes_free_app(state):
    users = [cell for cell in weak_cells(state) if cell.kind == "users"]
    assert [(cell.market, cell.name) for cell in users[:4]] == [
        ("PH", "youtube_music"), ("ZA", "youtube_music"), ("AR", "youtube_music"), ("EG", "youtube_music"),
    ]  # fmt: skip
    assert "other" not in {cell.name for cell in users}
    assert [cell.weight for cell in weak_cells(state)] == sorted((c.weight for c in weak_cells(state)), reverse=True)


def test_the_known_book_shows_levels_and_prices_first():
    first = known_book().search("IN", "spotify")[0]
    assert (first.field, first.number) == ("users", 41.0127)
    assert known_book().get("start-2022-10-IN-resso-price-premium").number == 99.0
