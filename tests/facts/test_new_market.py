"""A market that is begun and not finished is refused with the row that it lacks, not with an error of the program."""

from __future__ import annotations

import pytest

from model.facts import licences, people, record
from model.facts.start import load_start
from model.foundation.errors import Fault, InputError


def test_a_market_without_a_region_is_told_where_to_stand() -> None:
    assert people.region_of("SG") == "Rest of World"
    with pytest.raises(InputError, match=r"stands in a region; got 'NZ'. Add it to one in SPOTIFY_REGIONS"):
        people.region_of("NZ")


def test_a_market_without_weights_is_a_fault_beside_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    faults: list[Fault] = []
    whole = record.read_region_map(faults)
    assert faults == []
    monkeypatch.setattr(record, "MARKETS", (*record.MARKETS, "NZ"))
    assert record.read_region_map(faults) == whole
    assert [(one.place, one.value) for one in faults] == [("start_history NZ", "no weight_mau and weight_payers")]


def test_a_market_without_standard_terms_is_a_fault_for_each() -> None:
    deals = load_start().deals
    assert licences.standard_term_faults(load_start().markets, deals) == []
    faults = licences.standard_term_faults(["SG", "NZ"], deals)
    assert [one.place for one in faults] == ["start_deals NZ", "start_deals NZ"]
    assert "long_tail" in faults[0].rule
    assert "publishers" in faults[1].rule
