"""Declarations of columns."""

from __future__ import annotations

import pytest

from model.foundation.errors import InputError
from model.results.measures import FRAMES, MEASURES, Measure, frame_columns, keys_of, measure
from model.results.provenance import SECTIONS
from model.results.trace import subject
from model.spec.parameters import SUBJECTS, declared_parameters


def test_every_declaration_names_things_that_exist():
    for name, one in MEASURES.items():
        assert one.name == name
        assert set(one.columns) <= set(MEASURES), name
        assert name not in one.columns
        assert set(one.facts) <= set(SECTIONS), name
        for parameter in one.parameters:
            known = SUBJECTS if parameter.startswith("@") else declared_parameters()
            assert parameter.removeprefix("@") in known, (name, parameter)
        if one.weight:
            beside = [frame for frame, columns in FRAMES.items() if name in columns]
            assert all(one.weight in FRAMES[frame] or one.weight in FRAMES["markets"] for frame in beside), name


def test_labels_tell_columns_of_a_frame_apart():
    for frame, columns in FRAMES.items():
        shown = [(MEASURES[name].label, MEASURES[name].unit) for name in columns]
        assert len(set(shown)) == len(shown), frame


def test_every_number_has_a_source():
    for name, one in MEASURES.items():
        if not one.is_key and name != "amount_usd":
            assert one.columns or one.parameters or one.facts, name


def test_keys_say_what_a_row_is_about():
    assert keys_of("offers") == ("replicate", "month", "date", "market", "platform", "tier")
    assert keys_of("ledger") == ("replicate", "month", "date", "payer", "payee", "kind")


def test_the_nearest_name_is_told():
    with pytest.raises(InputError, match="Did you mean 'royalties'"):
        measure("royaltys")
    with pytest.raises(InputError, match="Did you mean 'services'"):
        frame_columns("service")


def test_a_weight_belongs_to_a_weighted_measure():
    with pytest.raises(ValueError, match="weight"):
        Measure("x", "X", "share", "mean", "weighted", "something")
    with pytest.raises(ValueError, match="weight"):
        Measure("x", "X", "share", "mean", "sum", "something", weight="users")
    with pytest.raises(ValueError, match="required"):
        Measure("x", "", "share", "mean", "sum", "something")


def test_a_subject_stands_for_all_its_parameters():
    assert {"theta", "alpha", "nest_sigma"} <= set(subject("demand"))
    assert set(subject("demand")) <= set(declared_parameters())


def test_every_parameter_stands_behind_some_number():
    named = {name for one in MEASURES.values() for name in one.parameters}
    behind = {one for name in named for one in (subject(name[1:]) if name.startswith("@") else (name,))}
    assert set(declared_parameters()) - behind == set()
