"""Written licences after a talk: all terms are scaled alike, those of rewarded listening too."""

from __future__ import annotations

from dataclasses import replace

import pytest

from model.facts.start import load_start
from model.market.terms_agreed import licences

OLD = load_start().deals_of(platform="resso", market="ID")["warner"]
ASKED = {"present": {"ID": 1e5}, "guarantee_share": 0.7, "first": OLD.signed, "last": OLD.signed + 23}


def test_terms_of_rewarded_listening_are_scaled_where_there_are_any() -> None:
    own = replace(OLD, rev_share_rewarded=0.6, per_stream_minimum_rewarded_usd=0.001)
    plain, stated = licences([OLD, own], factor=1.2, **ASKED)
    assert (plain.rev_share_rewarded, plain.per_stream_minimum_rewarded_usd) == (None, None)
    assert stated.rev_share_rewarded == pytest.approx(0.72)
    assert stated.per_stream_minimum_rewarded_usd == pytest.approx(0.0012)
    assert stated.rev_share_paid == pytest.approx(1.2 * OLD.rev_share_paid)
    assert stated.minimum_guarantee_usd_m == pytest.approx(0.7 * 12 * 1.2 * 0.1)


def test_where_the_share_of_rewarded_listening_stops_at_1_the_guarantee_holds_the_rest() -> None:
    (high,) = licences([replace(OLD, rev_share_rewarded=0.9)], factor=1.2, **ASKED)
    assert high.rev_share_rewarded == 1.0
    assert high.minimum_guarantee_usd_m == pytest.approx(12 * 1.2 * 0.1)
