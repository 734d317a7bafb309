"""Terms far above the record: refused with value, usual range, facts and way out, unless they are meant."""

from __future__ import annotations

import pytest

from model.facts.known import known_book
from model.foundation.errors import InputError
from model.spec.names import known_names
from model.spec.scenario import Scenario
from model.spec.terms import TERMS
from model.spec.usual_terms import PRICE_RECORD, USUAL, unusual_terms

DEAL = {"platform": "resso", "label": "sony", "markets": ["IN", "BR"], "end": "2024-09"}
CLIPS = {"platform": "tiktok", "label": "sony", "markets": ["US"], "kind": "clips", "end": "2024-09"}
NAMES = known_names("2022-10")


def scenario(*deals: dict[str, object]) -> Scenario:
    return Scenario.from_mapping({"name": "terms", "markets": ["IN", "BR", "US"], "deals": list(deals)})


@pytest.mark.parametrize(
    ("deal", "place", "rule"),
    [
        ({**DEAL, "per_stream_minimum_usd": 4}, "deal 1.per_stream_minimum_usd",
         "usually at most 0.005: 0.0006 to 0.00225"),
        ({**DEAL, "rev_share_paid": 0.99}, "deal 1.rev_share_paid", "usually at most 0.75: 52% to 60%"),
        ({**DEAL, "per_subscriber_minimum_usd": 2}, "deal 1.per_subscriber_minimum_usd", "(IN: 1.2"),
        ({**DEAL, "minimum_guarantee_usd_m": 9000}, "deal 1.minimum_guarantee_usd_m", "usually at most 2000"),
        ({**CLIPS, "fee_usd_m": 4000}, "deal 1.fee_usd_m", "179 M USD in 2021 (clp-0005)"),
        ({**CLIPS, "promotional_credit_usd_m": 900}, "deal 1.promotional_credit_usd_m", "(lic-0007)"),
    ],
)  # fmt: skip
def test_a_term_far_above_the_record_is_refused_unless_it_is_meant(deal: dict[str, object], place: str, rule: str):
    with pytest.raises(InputError) as caught:
        scenario(deal)
    (fault,) = caught.value.faults
    assert fault.place.endswith(place)
    assert rule in fault.rule
    assert "write unusual = true in the deal" in fault.way_out
    (meant,) = scenario({**deal, "unusual": True}).deals
    assert meant.terms[place.split(".")[1]] == deal[place.split(".")[1]]
    assert "unusual" not in meant.canonical()


def test_every_absurd_term_is_told_at_once():
    with pytest.raises(InputError) as caught:
        scenario({**DEAL, "rev_share_paid": 0.99, "rev_share_free": 0.99, "per_stream_minimum_usd": 4})
    assert len(caught.value.faults) == 3


def test_terms_on_record_and_a_little_above_pass():
    terms = {"rev_share_paid": 0.6, "rev_share_free": 0.65, "per_stream_minimum_usd": 0.00225}
    scenario({**DEAL, **terms}, {**DEAL, "label": "universal", "per_subscriber_minimum_usd": 0.5})
    usual = unusual_terms({"per_subscriber_minimum_usd": 6.0}, service="spotify", markets=("US",), names=NAMES)
    assert list(usual) == []


def test_a_minimum_is_held_against_each_markets_price():
    found = list(unusual_terms({"per_subscriber_minimum_usd": 1.2}, service="resso", markets=("IN", "BR"), names=NAMES))
    assert len(found) == 1
    assert "IN: " in found[0].rule
    assert "BR: " not in found[0].rule
    entrant = list(unusual_terms({"per_subscriber_minimum_usd": 9.0}, service="new", markets=("IN",), names=NAMES))
    assert entrant  # against the market's median


def test_the_record_is_of_facts():
    book = known_book()
    texts = [usual.record for usual in USUAL.values()] + [PRICE_RECORD]
    ids = {word.strip("(),") for text in texts for word in text.split() if word.strip("(),")[:4] in ("lic-", "clp-")}
    assert len(ids) >= 12
    for one in ids:
        assert book.get(one).id == one
    assert set(USUAL) | {"per_subscriber_minimum_usd"} == set(TERMS)
