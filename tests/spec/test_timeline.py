# ruff: noqa: E501 - one case a line
from datetime import date

import pytest

from model.foundation.months import parse_month
from model.spec.kinds import FIELDS, KINDS
from model.spec.settings import LEVERS
from model.spec.timeline import NewOffer

ON = {"date": "2022-12"}


def cells(scenario, index=3):
    return {(one.lever, one.market, one.service, one.item, one.value) for one in scenario.settings_at(index)}


def event(kind, **fields):
    return {"events": [{**ON, "kind": kind, **fields}]}


TIER = {"platform": "spotify", "markets": ["IN", "US"], "tier": "individual"}
SPOTIFY = {"platform": "spotify", "markets": "IN"}
ONE_OF_EACH = [
    (event("price_change", **TIER, price=30), {("price", m, "spotify", "individual", 30.0) for m in ("IN", "US")}),
    (event("ad_load_change", **SPOTIFY, tier="free_ads", ad_load=4), {("ad_load", "IN", "spotify", "free_ads", 4.0)}),
    (event("restriction_change", **SPOTIFY, tier="mini", restriction=0.5), {("restriction", "IN", "spotify", "mini", 0.5)}),
    (event("trial_change", **SPOTIFY, tier="mini", trial_months=3), {("trial_months", "IN", "spotify", "mini", 3.0)}),
    (event("tier_closes", **SPOTIFY, tier="mini"), {("open", "IN", "spotify", "mini", 0.0)}),
    (event("tier_opens", **SPOTIFY, tier="mini"), {("open", "IN", "spotify", "mini", 1.0)}),
    (event("platform_leaves", **SPOTIFY), {("open", "IN", "spotify", t, 0.0) for t in ("free_ads", "individual", "mini")}),
    (event("label_leaves", **SPOTIFY, label="sony"), {("catalogue", "IN", "spotify", "sony", 0.0)}),
    (event("label_returns", **SPOTIFY, label="sony"), {("catalogue", "IN", "spotify", "sony", 1.0)}),
    (event("integration_change", **SPOTIFY, integration=1), {("integration", "IN", "spotify", "", 1.0)}),
    (event("marketing_change", **SPOTIFY, marketing=2), {("marketing", "IN", "spotify", "", 2.0)}),
    (event("podcasts_change", **SPOTIFY, podcasts=2), {("podcasts", "IN", "spotify", "", 2.0)}),
    (event("tiktok_ban", markets="ALL"), {("tiktok", m, "", "", 0.0) for m in ("IN", "ID", "US")}),
    (event("tiktok_return", markets=["IN"]), {("tiktok", "IN", "", "", 1.0)}),
    (event("clips_leave", markets="ALL", label="warner"), {("clips", "US", "", "warner", 0.0)}),
    (event("clips_return", markets=["IN", "US"], label="sony"), {("clips", m, "", "sony", 1.0) for m in ("IN", "US")}),
    (event("link_fee_change", **SPOTIFY, link_fee=0.02), {("link_fee", "IN", "spotify", "", 0.02)}),
    (event("creator_share_change", markets=["US"], creator_share=0.6), {("creator_share", "US", "", "", 0.6)}),
    (event("tiktok_ad_load_change", markets=["US"], tiktok_ad_load=1.5), {("tiktok_ad_load", "US", "", "", 1.5)}),
    (event("topview_change", markets=["ID"], topview_days=0), {("topview_days", "ID", "", "", 0.0)}),
    (event("shop_change", markets="ALL", shop_sales=0.2), {("shop_sales", m, "", "", 0.2) for m in ("IN", "ID", "US")}),
    (event("sales_tax_change", markets=["IN"], sales_tax=0.2), {("sales_tax", "IN", "", "", 0.2)}),
    (event("app_store_fee_change", markets=["IN"], app_store_fee=0.15), {("app_store_fee", "IN", "", "", 0.15)}),
    (
        event("platform_enters", platform="tiktok_music", markets=["US"], tiers={"premium": 9}, marketing=3),
        {("open", "US", "tiktok_music", "premium", 1.0), ("price", "US", "tiktok_music", "premium", 9.0),
         ("integration", "US", "tiktok_music", "", 0.0), ("marketing", "US", "tiktok_music", "", 3.0)},
    ),
    (
        event("new_competitor", platform="newcomer", markets=["ID"], tiers={"free_ads": 0}, quality=0.2, labels=["sony"]),
        {("quality", "ID", "newcomer", "free_ads", 0.2), ("open", "ID", "newcomer", "free_ads", 1.0),
         ("price", "ID", "newcomer", "free_ads", 0.0), ("integration", "ID", "newcomer", "", 0.0),
         ("marketing", "ID", "newcomer", "", 1.0), ("catalogue", "ID", "newcomer", "universal", 0.0),
         ("catalogue", "ID", "newcomer", "sony", 1.0)},
    ),
    (event("merger", platform="spotify", absorbs="gaana", markets=["IN"]), {("takeover", "IN", "spotify", "gaana", 1.0)}),
    (
        event("telco_bundle", **SPOTIFY, operator="Airtel", bundle_base=0.3, bundle_told=0.5, bundle_fee=20, restriction=0.1),
        {("open", "IN", "spotify", "bundle", 1.0), ("bundle_base", "IN", "spotify", "", 0.3), ("bundle_told", "IN", "spotify", "", 0.5),
         ("bundle_fee", "IN", "spotify", "", 20.0), ("restriction", "IN", "spotify", "bundle", 0.1)},
    ),
]  # fmt: skip


@pytest.mark.parametrize(
    ("mapping", "expected"), ONE_OF_EACH, ids=[case[0]["events"][0]["kind"] for case in ONE_OF_EACH]
)
def test_each_kind_sets_its_levers(make, mapping, expected):
    scenario = make(mapping)
    assert cells(scenario) == expected
    assert scenario.settings_at(2) == scenario.settings_at(4) == ()
    assert "2022-12 (month 3): " in scenario.explain()
    assert "{" not in scenario.explain()


def test_every_kind_is_tried_above_and_declares_known_fields_and_levers():
    assert {case[0]["events"][0]["kind"] for case in ONE_OF_EACH} == set(KINDS)
    for kind in KINDS.values():
        assert set(kind.needs) | set(kind.may) | set(kind.defaults) <= set(FIELDS)
        assert {line.lever for line in kind.sets} <= set(LEVERS)


def test_dates_may_be_toml_dates_with_days(make):
    row = {**TIER, "kind": "price_change", "price": 30}
    scenario = make({"events": [{**row, "date": date(2022, 12, 24)}, {**row, "date": "2023-01-02", "price": 40}]})
    assert [one.month for one in scenario.events] == [parse_month("2022-12"), parse_month("2023-01")]


def test_all_is_where_the_platform_is_at_that_time(make):
    closes = {"date": "2023-02", "kind": "tier_closes", "platform": "joox", "markets": "ALL", "tier": "free_ads"}
    enters = {
        "date": "2023-01",
        "kind": "platform_enters",
        "platform": "joox",
        "markets": ["US"],
        "tiers": {"free_ads": 0},
    }
    assert make({"events": [closes]}).events[0].markets == ("ID",)
    assert make({"events": [enters, closes]}).events[1].markets == ("ID", "US")


def test_all_skips_markets_without_the_tier(make):
    assert cells(make(event("tier_closes", platform="spotify", markets="ALL", tier="mini"))) == {
        ("open", "IN", "spotify", "mini", 0.0)}  # fmt: skip


def test_an_entrant_is_a_new_offer_and_can_be_acted_on_afterwards(make):
    enters = {**ON, "kind": "platform_enters", "platform": "tiktok_music", "markets": ["US"], "tiers": {"premium": 9}}
    change = {
        "date": "2023-01",
        "kind": "price_change",
        "platform": "tiktok_music",
        "markets": "ALL",
        "tier": "premium",
        "price": 8,
    }
    scenario = make({"events": [enters, change]})
    assert scenario.new_offers == (NewOffer("US", "tiktok_music", "premium", 9.0, parse_month("2022-12")),)
    assert cells(scenario, 4) == {("price", "US", "tiktok_music", "premium", 8.0)}


def test_an_entrant_may_have_a_name_of_its_own(make):
    scenario = make(event("platform_enters", platform="my_service", markets="ALL", tiers={"individual": 6}))
    assert {one.market for one in scenario.new_offers} == {"IN", "ID", "US"}


def test_offers_known_but_not_yet_open_at_the_start_enter_without_being_new(make, faults):
    early = {"start": "2019-12", "months": 12}
    enters = {
        "date": "2020-03",
        "kind": "platform_enters",
        "platform": "joox",
        "markets": ["ID"],
        "tiers": {"individual": 9},
    }
    change = {
        "date": "2020-02",
        "kind": "price_change",
        "platform": "joox",
        "markets": ["ID"],
        "tier": "individual",
        "price": 8,
    }
    assert make({**early, "events": [enters]}).new_offers == ()
    assert "not offered in ID in 2020-02" in faults({**early, "events": [change]})[0].rule
    assert "no offer there at the start" in faults({**early, "platforms.joox.podcasts.ID": 1})[0].rule


def test_leaving_ends_what_can_be_done_until_a_return(make, faults):
    leaves = {"date": "2022-11", "kind": "platform_leaves", "platform": "joox", "markets": "ALL"}
    change = {
        "date": "2023-01",
        "kind": "price_change",
        "platform": "joox",
        "markets": ["ID"],
        "tier": "individual",
        "price": 8,
    }
    back = {
        "date": "2022-12",
        "kind": "platform_enters",
        "platform": "joox",
        "markets": ["ID"],
        "tiers": {"individual": 7},
    }
    assert "not offered in ID" in faults({"events": [leaves, change]})[0].rule
    assert len(make({"events": [leaves, back, change]}).events) == 3


def test_a_tier_new_to_the_market_needs_a_price(make, faults):
    fields = {"platform": "resso", "markets": ["IN"], "tier": "individual"}
    assert "needs a price" in faults(event("tier_opens", **fields))[0].rule
    assert [one.price for one in make(event("tier_opens", **fields, price=49)).new_offers] == [49.0]
    free = make(event("tier_opens", platform="resso", markets=["IN"], tier="free_rewarded"))
    assert [one.tier for one in free.new_offers] == ["free_rewarded"]


def test_events_of_a_weaker_source_come_first_and_lose_in_the_same_month(make):
    row = {**ON, **TIER, "kind": "price_change"}
    scenario = make({"events": [{**row, "price": 30}]}).replace({"events": [{**row, "price": 40, "markets": ["IN"]}]})
    assert cells(scenario) == {
        ("price", "IN", "spotify", "individual", 40.0),
        ("price", "US", "spotify", "individual", 30.0),
    }
    assert len(scenario.events) == 2
    assert scenario.replace({"events": []}).events == ()


def test_same_value_twice_is_no_contradiction_and_opposites_are(make, faults):
    leave = {**ON, "kind": "label_leaves", "platform": "resso", "markets": ["IN"], "label": "sony"}
    assert len(make({"events": [leave, leave]}).settings_at(3)) == 1
    found = faults({"events": [leave, {**leave, "kind": "label_returns", "markets": "ALL"}]})
    assert [one.place for one in found] == ["test.toml: event 2.catalogue"]


def test_only_the_end_was_narrowed_so_events_before_the_start_stay_faults(make, faults):
    late = make({"events": [{**ON, "kind": "tiktok_ban", "markets": "ALL"}]}).replace({"months": 2})
    assert late.events == ()
    assert "lies outside the run" in late.left_out[0]
    early = {"start": "2022-06", "events": [{"date": "2022-07", "kind": "tiktok_ban", "markets": "ALL"}]}
    assert make(early).replace({"start": "2022-10"}).events == ()


def test_clips_of_a_label_are_a_lever_of_the_market(make):
    scenario = make({"markets": {"ALL": {"clips": {"sony": False, "warner": False}}, "ID": {"clips": {"sony": True}}}})
    assert cells(scenario, 1) == {
        ("clips", "IN", "", "sony", 0.0), ("clips", "ID", "", "sony", 1.0), ("clips", "US", "", "sony", 0.0),
        ("clips", "US", "", "warner", 0.0)}  # fmt: skip
    assert make({"markets.ID.clips.sony": True}).overrides[0].value == 1.0
    told = " ".join(scenario.explain().split())
    assert "sony: whether the label's music may be used in clips on TikTok no in IN and US." in told


def test_clips_leave_and_return_are_told_and_contradict_each_other(make, faults):
    leave = {**ON, "kind": "clips_leave", "markets": ["US"], "label": "sony"}
    back = {**leave, "date": "2023-02", "kind": "clips_return"}
    told = " ".join(make({"events": [leave, back]}).explain().split())
    assert "2022-12 (month 3): the label sony takes its music out of clips on TikTok in US." in told
    assert "2023-02 (month 5): the label sony lets its music be used in clips on TikTok in US." in told
    (fault,) = faults({"events": [leave, {**back, "date": "2022-12"}]})
    assert "sets sony clips US to 0 in the same month" in fault.rule


def test_a_merger_is_told_and_ends_what_can_be_done_with_the_one_that_is_taken_over(make, faults):
    merger = {**ON, "kind": "merger", "platform": "spotify", "absorbs": "gaana", "markets": "ALL"}
    told = " ".join(make({"events": [merger]}).explain().split())
    assert "2022-12 (month 3): spotify takes over gaana in IN: gaana closes and its users move to the tiers" in told
    change = {"kind": "tier_closes", "platform": "gaana", "markets": ["IN"], "tier": "premium"}
    for date_ in ("2022-12", "2023-01"):
        (fault,) = faults({"events": [merger, {**change, "date": date_}]})
        assert f"gaana is not offered in IN in {date_}" in fault.rule
    back = {
        "date": "2023-02",
        "kind": "platform_enters",
        "platform": "gaana",
        "markets": ["IN"],
        "tiers": {"premium": 30},
    }
    assert len(make({"events": [merger, back]}).events) == 2


def test_mergers_of_several_services_into_one_are_fine_and_chains_need_another_month(make, faults):
    def merger(acquirer, absorbed, date_="2022-12"):
        return {"date": date_, "kind": "merger", "platform": acquirer, "absorbs": absorbed, "markets": ["IN"]}

    both = make({"events": [merger("spotify", "gaana"), merger("spotify", "resso")]})
    assert {one[3] for one in cells(both)} == {"gaana", "resso"}
    (fault,) = faults({"events": [merger("resso", "gaana"), merger("spotify", "resso")]})
    assert fault.place == "test.toml: event 2.absorbs"
    assert "event 1 lets resso take over gaana in the same month" in fault.rule
    assert len(make({"events": [merger("resso", "gaana"), merger("spotify", "resso", "2023-01")]}).events) == 2
    (fault,) = faults({"events": [merger("resso", "gaana"), merger("gaana", "resso")]})
    assert fault.rule == "gaana is not offered in IN in 2022-12"


def test_a_bundle_is_a_new_offer_until_it_is_closed_and_may_come_back(make, faults):
    bundle = {
        **ON,
        **SPOTIFY,
        "kind": "telco_bundle",
        "operator": "Airtel",
        "bundle_base": 0.3,
        "bundle_told": 0.5,
        "bundle_fee": 20,
    }
    scenario = make({"events": [bundle]})
    assert scenario.new_offers == (NewOffer("IN", "spotify", "bundle", 0.0, parse_month("2022-12")),)
    told = " ".join(scenario.explain().split())
    assert (
        "Airtel bundles spotify in IN for its customers, 30% of people online, of whom 50% hear of it at once, and pays 20 INR for"
        in told
    )
    again = {**bundle, "operator": "Jio", "date": "2023-03"}
    (fault,) = faults({"events": [bundle, again]})
    assert "spotify has a bundle in IN already" in fault.rule
    ends = {"date": "2023-02", "kind": "tier_closes", **SPOTIFY, "tier": "bundle"}
    assert len(make({"events": [bundle, ends, again]}).new_offers) == 1
    (fault,) = faults({"events": [bundle, ends, {**again, "date": "2023-02"}]})
    assert "in the same month" in fault.rule


def test_who_enters_may_have_some_labels_only_and_a_quality(make):
    enters = {**ON, "kind": "platform_enters", "platform": "tiktok_music", "markets": ["IN", "US"], "tiers": {"premium": 60},
              "unusual": True}  # fmt: skip
    assert not [one for one in cells(make({"events": [enters]})) if one[0] in ("catalogue", "quality")]
    scenario = make({"events": [{**enters, "labels": ["warner", "sony"], "quality": -1}]})
    licences = {one[1:] for one in cells(scenario) if one[0] == "catalogue"}
    assert {(market, label) for market, _, label, value in licences if value == 1.0} == {
        ("IN", "sony"), ("US", "sony"), ("US", "warner")}  # fmt: skip
    assert ("IN", "tiktok_music", "t_series", 0.0) in licences
    told = " ".join(scenario.explain().split())
    assert "quality -1 against the best of its kind, licensed by sony and warner alone" in told
    assert make({"events": [{**enters, "labels": "ALL"}]}).digest == make({"events": [enters]}).digest
