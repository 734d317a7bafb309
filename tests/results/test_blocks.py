"""Tables worked out market by market: to the last bit those of each month alone, in the order of the records."""

import gc
import weakref
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from model.results import RunResult
from model.results.blocks import blocks_of
from model.results.measures import keys_of
from model.results.tables import TABLES

FRAMES = ("services", "labels", "markets", "bytedance")


@pytest.fixture(scope="module")
def ground(make_scenario, make_run):
    plan = make_scenario()
    runs = [make_run(seed, replicate) for replicate, seed in enumerate((5, 6))]
    return runs, RunResult.from_runs(plan, runs)._basis


def same_bits(one, other):
    pd.testing.assert_frame_equal(one, other, check_exact=True)
    for name in one.select_dtypes("float64"):
        known = np.isfinite(one[name].to_numpy())
        assert one[name].to_numpy()[known].tobytes() == other[name].to_numpy()[known].tobytes(), name


@pytest.mark.parametrize("frame", FRAMES)
def test_a_table_of_a_run_is_that_of_its_months_one_by_one(ground, frame):
    runs, basis = ground
    whole = TABLES[frame](runs, basis)
    single = []
    for run in runs:
        for record in run.records:
            before = [one for one in run.records if (one.market, one.month) == (record.market, record.month - 1)]
            alone = TABLES[frame]([replace(run, records=[*before, record])], basis)
            single.append(alone[(alone["month"] == record.month) & (alone["market"] == record.market)])
    same_bits(whole, pd.concat(single, ignore_index=True))
    assert len(whole) > 4


@pytest.mark.parametrize("frame", FRAMES)
def test_rows_stand_in_the_order_of_the_records(ground, frame):
    runs, basis = ground
    backwards = [replace(run, records=run.records[::-1]) for run in runs]
    there, back = TABLES[frame](runs, basis), TABLES[frame](backwards, basis)
    when = there[["replicate", "month", "market"]].drop_duplicates()
    turned = back[["replicate", "month", "market"]].drop_duplicates()
    for replicate in (0, 1):
        own = when[when["replicate"] == replicate].to_numpy().tolist()
        assert turned[turned["replicate"] == replicate].to_numpy().tolist() == own[::-1]
    keys = keys_of(frame)
    same_bits(*(one.sort_values(list(keys), ignore_index=True) for one in (there, back)))


@pytest.mark.parametrize("frame", FRAMES)
def test_no_months_make_a_table_without_rows(ground, frame):
    runs, basis = ground
    empty = TABLES[frame]([replace(runs[0], records=[])], basis)
    assert len(empty) == 0
    assert list(empty.columns) == list(TABLES[frame](runs, basis).columns)


def test_services_that_come_later_have_no_payers_of_the_month_before(ground):
    (run, _), basis = ground
    market = run.records[0].market
    last = max(one.month for one in run.records if one.market == market)
    of = {one.month: one for one in run.records if one.market == market}
    renamed = replace(of[last - 1], platforms=("other", *of[last - 1].platforms[1:]),
                      offers=tuple((("other" if name == of[last].platforms[0] else name), tier)
                                   for name, tier in of[last - 1].offers))  # fmt: skip
    rows = TABLES["services"]([replace(run, records=[renamed, of[last]])], basis)
    plain = TABLES["services"]([replace(run, records=[of[last - 1], of[last]])], basis)
    now, was = (one[one["month"] == last].set_index("platform")["payers_before"] for one in (rows, plain))
    assert now.iloc[0] == 0.0
    assert now.iloc[1:].equals(was.iloc[1:])


def test_blocks_hold_every_record_once(ground):
    (run, _), _ = ground
    places = np.concatenate([block.places for block in blocks_of(run)])
    assert sorted(places.tolist()) == list(range(len(run.records)))
    for block in blocks_of(run):
        assert {one.market for one in block.records} == {block.whole.market}
        assert block.whole.payers.shape == (len(block.month), len(block.whole.offers) + 1)
        assert len({one.settlement is None for one in block.records}) == 1


def test_blocks_are_made_once_for_a_run_and_go_with_it(make_run):
    run = make_run(7)
    assert blocks_of(run) is blocks_of(run)
    seen = weakref.ref(blocks_of(run)[0].whole.payers)
    del run
    gc.collect()
    assert seen() is None
