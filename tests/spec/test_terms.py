"""Terms of licences: declared once, for sheets and scenarios alike."""

from __future__ import annotations

from dataclasses import fields

import pytest

from model.experiments.deals.sheet import TermSheet
from model.foundation.errors import InputError
from model.spec.contracts import FIELDS
from model.spec.terms import LICENCE_KINDS, TERMS, terms_of


def test_every_term_has_bounds_unit_meaning_and_kinds():
    for name, term in TERMS.items():
        assert term.name == name
        assert 0.0 == term.low < term.high
        assert term.unit
        assert term.meaning
        assert set(term.kinds) <= set(LICENCE_KINDS)
        assert FIELDS[name] == term.words == f"{term.unit}, {term.meaning}"


def test_kinds_share_promotion_only():
    assert set(terms_of("streaming")) & set(terms_of("clips")) == {"promotional_credit_usd_m"}
    assert set(terms_of("streaming")) | set(terms_of("clips")) == set(TERMS)


def test_term_sheets_are_held_to_the_same_bounds():
    assert {field.name for field in fields(TermSheet)} == set(TERMS) == set(TermSheet.terms_explained())
    for name, term in TERMS.items():
        assert getattr(TermSheet.from_mapping({name: term.high}), name) == term.high
        with pytest.raises(InputError, match=f"{name}: lies in"):
            TermSheet.from_mapping({name: term.high * 1.01})
