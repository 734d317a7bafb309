# ruff: noqa: E501 - one case a line
"""Deals of a scenario: what is read, how layers join, what is left out, and what they change."""

from __future__ import annotations

import json
import pickle
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.foundation.errors import InputError
from model.foundation.months import parse_month
from model.spec.contracts import ScenarioDeal
from model.spec.scenario import Scenario
from tests.spec.conftest import names_of

DEAL = {"platform": "resso", "label": "sony", "markets": ["ID", "IN"], "end": "2024-09"}
CLIPS = {"platform": "tiktok", "label": "sony", "markets": ["US"], "end": "2024-09", "kind": "clips", "fee_usd_m": 40}
ENTRY = {
    "date": "2023-01",
    "kind": "platform_enters",
    "platform": "tiktok_music",
    "markets": ["US"],
    "tiers": {"premium": 9},
}
FIRST = parse_month("2022-10")


def of(*rows, **keys) -> Scenario:
    return Scenario.from_mapping({"deals": list(rows), **keys}, place="test.toml", names=names_of)


def test_a_deal_in_full():
    row = {**DEAL, "start": "2023-01", "end": date(2024, 9, 15), "rev_share_paid": 0.52, "minimum_guarantee_usd_m": 3,
           "mfn": False, "exclusive": True, "lapses": True, "about": "tried", "source": "lic-0013"}  # fmt: skip
    (deal,) = of(row).deals
    assert deal == ScenarioDeal(
        "resso", "sony", ("IN", "ID"), "streaming", parse_month("2023-01"), parse_month("2024-09"),
        {"rev_share_paid": 0.52, "minimum_guarantee_usd_m": 3.0}, mfn=False, exclusive=True, lapses=True,
        about="tried", source="lic-0013", place="test.toml: deal 1",
    )  # fmt: skip


def test_what_is_not_given_is_the_runs_start_and_the_terms_before():
    (deal,) = of(DEAL).deals
    assert (deal.first, deal.terms, deal.mfn, deal.exclusive, deal.lapses) == (FIRST, {}, None, False, False)
    assert of(DEAL, start="2022-06").deals[0].first == parse_month("2022-06")


def test_an_end_after_the_run_is_right_and_clips_need_no_offer():
    deal, clips = of({**DEAL, "end": "2040-01"}, CLIPS).deals
    assert deal.last == parse_month("2040-01")
    assert (clips.kind, clips.terms, clips.markets) == ("clips", {"fee_usd_m": 40.0}, ("US",))
    assert of({**CLIPS, "markets": "ALL"}).deals[0].markets == ("IN", "ID", "US")


def test_all_is_where_the_service_is_or_gets_and_the_label_exists():
    assert of({**DEAL, "markets": "ALL"}).deals[0].markets == ("IN", "ID")
    assert of({**DEAL, "markets": "ALL", "label": "t_series"}).deals[0].markets == ("IN",)
    entrant = {**DEAL, "platform": "tiktok_music", "markets": "ALL"}
    assert of(entrant, events=[ENTRY]).deals[0].markets == ("US",)
    joox = {**DEAL, "platform": "joox", "markets": "ALL"}
    with pytest.raises(InputError, match="joox has no offer there and gets none"):
        of(joox, start="2019-12")
    enters = {
        "date": "2020-03",
        "kind": "platform_enters",
        "platform": "joox",
        "markets": ["ID"],
        "tiers": {"individual": 9},
    }
    assert of(joox, start="2019-12", events=[enters]).deals[0].markets == ("ID",)


def test_a_faulty_entry_is_told_once_and_not_again_at_its_deal():
    with pytest.raises(InputError) as caught:
        of({**DEAL, "platform": "tiktok_music", "markets": ["US"]}, events=[{**ENTRY, "markets": ["XX"]}])
    assert [fault.place for fault in caught.value.faults] == ["test.toml: event 1.markets"]


def test_deals_of_other_kinds_months_markets_or_labels_stand_beside_each_other():
    rows = [{**DEAL, "end": "2023-01"}, {**DEAL, "start": "2023-02"}, {**DEAL, "label": "universal"}, CLIPS,
            {**DEAL, "platform": "spotify", "markets": ["US"], "exclusive": True},
            {**DEAL, "platform": "pandora", "markets": ["US"], "label": "warner", "exclusive": True}]  # fmt: skip
    assert len(of(*rows).deals) == 6
    ended = [{**DEAL, "exclusive": True, "end": "2023-01"}, {**DEAL, "platform": "spotify", "start": "2023-02"}]
    assert len(of(*ended).deals) == 2


def test_stronger_layers_add_and_an_empty_list_drops_all():
    scenario = of(DEAL)
    more = scenario.replace({"deals": [{**DEAL, "label": "universal"}]})
    assert [one.label for one in more.deals] == ["sony", "universal"]
    assert more.replace(deals=[]).deals == ()
    assert more.replace(deals=[]).digest == of().digest
    again = more.replace(deals=[]).replace(deals=[{**DEAL, "rev_share_paid": 0.4}])
    assert [one.terms for one in again.deals] == [{"rev_share_paid": 0.4}]
    with pytest.raises(InputError, match=r"call: deal 1.start: test.toml: deal 1 of resso and sony holds in IN, ID"):
        scenario.replace(deals=[DEAL])


def test_a_stronger_source_that_narrows_the_run_leaves_deals_out():
    scenario = of({**DEAL, "start": "2023-06"}, CLIPS)
    narrow = scenario.replace(markets=["ID"])
    assert [one.markets for one in narrow.deals] == [("ID",)]
    assert narrow.left_out == ("test.toml: deal 1 for IN, not run", "test.toml: deal 2 for US, not run")
    short = scenario.replace(months=3)
    assert [one.platform for one in short.deals] == ["tiktok"]
    assert short.left_out == ("test.toml: deal 1 of 2023-06, which lies outside the run",)
    entrant = of({**DEAL, "platform": "tiktok_music", "markets": ["US"]}, events=[ENTRY]).replace(months=2)
    assert entrant.deals == ()
    assert "test.toml: deal 1 for US, where tiktok_music has no offer" in entrant.left_out
    assert scenario.replace(markets=["ID"]).replace(markets="ALL").digest == scenario.digest
    early = of({**DEAL, "end": "2022-08"}, start="2022-06")
    assert early.replace(start="2022-10").deals == ()
    assert early.replace(start="2022-10").left_out == ("test.toml: deal 1, which ends in 2022-08, before the run",)


def test_without_deals_and_talks_the_digest_is_what_it_was():
    assert not {"deals", "talks"} & set(of().canonical())
    assert of().digest == Scenario.from_mapping({}, names=names_of).digest


@pytest.mark.parametrize(
    "change",
    [
        {"label": "universal"}, {"markets": ["IN"]}, {"end": "2024-08"}, {"start": "2022-11"}, {"rev_share_paid": 0.1},
        {"mfn": False}, {"mfn": True}, {"exclusive": True}, {"lapses": True}, {"platform": "spotify"},
    ],
)  # fmt: skip
def test_the_digest_changes_with_what_changes_the_run(change):
    assert of({**DEAL, **change}).digest != of(DEAL).digest


@given(st.permutations([DEAL, CLIPS, {**DEAL, "label": "universal"}, {**DEAL, "start": "2024-10", "end": "2025-01"}]))
def test_order_place_and_notes_change_nothing(rows):
    turned = [{**row, "markets": row["markets"][::-1], "about": str(number)} for number, row in enumerate(rows)]
    one, other = (
        of(*turned),
        of(DEAL, CLIPS, {**DEAL, "label": "universal"}, {**DEAL, "start": "2024-10", "end": "2025-01"}),
    )
    assert one.digest == other.digest
    assert [deal.canonical() for deal in one.deals] == [deal.canonical() for deal in other.deals]
    json.dumps(one.canonical(), allow_nan=False)


@given(
    given_first=st.sets(st.sampled_from(["sony", "universal"])), given_next=st.sets(st.sampled_from(["sony", "universal"])),
    dropped=st.booleans(),
)  # fmt: skip
def test_inheritance_of_deals(given_first, given_next, dropped):
    rows = [{**DEAL, "label": label} for label in sorted(given_first)]
    later = [{**DEAL, "label": label, "start": "2024-10", "end": "2025-01"} for label in sorted(given_next)]
    base = of(*rows) if rows else of()
    scenario = (base.replace(deals=[]) if dropped else base).replace(deals=later)
    wanted = {(label, "2024-09") for label in given_first} if not (dropped or not later) else set()
    if not later:  # an empty list drops all before
        assert scenario.deals == ()
        return
    wanted |= {(label, "2025-01") for label in given_next}
    assert {(one.label, one.canonical()["last"]) for one in scenario.deals} == wanted


def test_a_scenario_with_deals_travels_and_tells_them():
    scenario = of({**DEAL, "rev_share_paid": 0.52, "per_stream_minimum_usd": 0.0002, "mfn": True, "about": "tried"}, CLIPS,
                  {**DEAL, "label": "universal", "exclusive": True, "lapses": True})  # fmt: skip
    assert pickle.loads(pickle.dumps(scenario)) == scenario
    told = " ".join(scenario.explain().split())
    assert "Licences agreed beforehand:" in told
    assert (
        "From 2022-10 to 2024-09 resso may play sony in IN and ID for 52% of net revenue from paid tiers and bundles and at "
        "least 0.0002 USD a stream of free tiers and bundles, with most-favoured terms, then the old terms run on (tried)." in told
    )
    assert (
        "tiktok may use sony in clips in US for a fee of 40 M USD a year for the world, of which each market bears its "
        "part, then the old terms run on." in told
    )
    assert (
        "resso may play universal, and nobody else may, in IN and ID on the terms before, then the label leaves."
        in told
    )
    assert "Licences" not in of().explain()
