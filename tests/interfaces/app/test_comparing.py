"""The page Compare: its answer is that of `sm.compare`, the run as it stands lives as the live run, limits are told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from model.experiments.comparing import compare
from model.foundation.errors import InputError
from model.interfaces.app.as_it_stands import as_it_stands
from model.interfaces.app.background import Cancelled, Worker
from model.interfaces.app.charts.compare import (
    colours_of,
    gaps_by_market,
    gaps_over_time,
    levels_over_time,
    signed,
)
from model.interfaces.app.comparing import PAGE, RUN, Answer, Asked, answer_of, plans_of, title_of
from model.interfaces.app.pages.compare_shown import circumstances, differing_words, verdict
from model.interfaces.app.restore import Change, PageState, Plain, from_text, to_text
from model.interfaces.app.session import Session
from model.market.start_store import StartStore
from model.spec.scenario import Scenario

pytestmark = pytest.mark.page
INTEGRATION = "platforms.resso.integration.BR"
SIZES: dict[str, Plain] = {"users": 400, "months": 4, "replicates": 3, "most": 3}
CHANGED = PageState(
    scenario="tiny", sets={"users": 400, "months": 8},
    changes=(Change(0, "platforms.resso.price.ID.premium", 30_000.0), Change(2, "platforms.resso.integration.ID", 1.0),
             Change(6, "platforms.spotify.price.ID.individual", 90_000.0)),
)  # fmt: skip


def asking(state: PageState | None = None, **values: Plain) -> Asked:
    return Asked.of((state or PageState()).with_page(PAGE, {**SIZES, **values}))


def quiet(*_: object) -> None:
    """Take progress that nobody watches."""


@pytest.fixture(scope="module")
def answer(kept_starts: StartStore) -> Answer:
    return answer_of(asking(third="hit_machine", only="BR"), starts=kept_starts, report=quiet)


def test_the_answer_is_that_of_compare_in_python(answer: Answer, kept_starts: StartStore) -> None:
    plans = [Scenario.load(name).replace(users=400, months=4, markets=["BR"])
             for name in ("baseline", "tiktok_integration", "hit_machine")]  # fmt: skip
    wanted = compare(*plans, replicates=3, most=3, starts=kept_starts)
    assert np.array_equal(answer.found.values, wanted.values, equal_nan=True)
    mine, theirs = answer.found.ranking(), wanted.ranking()
    assert (mine.settled, mine.means, mine.outcome) == (theirs.settled, theirs.means, theirs.outcome)
    pd.testing.assert_frame_equal(
        answer.found.table().drop(columns=["scenario", "base"]), wanted.table().drop(columns=["scenario", "base"])
    )


def test_pictures_show_the_numbers_of_the_answer(answer: Answer) -> None:
    found = answer.found
    outcome, last = "resso.users", found.plans[0].months
    levels = levels_over_time(found, outcome, market="BR")
    series = {one["name"]: one["data"] for one in levels.option["series"]}
    for at, name in enumerate(found.names):
        key = found.keys.get_loc((outcome, "BR", "end"))
        wanted = found.values[at, :, key].mean()
        assert series[name][-1] * 1e6 == pytest.approx(wanted, rel=1e-3)
        row = levels.table[(levels.table["scenario"] == name) & (levels.table["month"] == last)]
        assert row["mean"].item() == pytest.approx(wanted, rel=1e-12)
        floor, band = series[f"{name} floor"][-1], series[f"{name} band"][-1]
        assert floor <= series[name][-1] <= floor + band * 1.001
    gaps = gaps_over_time(found, outcome, market="BR")
    table = found.table(outcome=outcome, market="BR", over="end").set_index("scenario")
    for name in found.names[1:]:
        row = gaps.table[(gaps.table["scenario"] == name) & (gaps.table["month"] == last)]
        assert row["difference"].item() == pytest.approx(table.loc[name, "difference"], rel=1e-12)
        assert row["difference_low"].item() == pytest.approx(table.loc[name, "low"], rel=1e-9)
    assert len(set(colours_of(found.names).values())) == 3


def test_differences_by_market_lie_inside_the_axis_and_tell_their_numbers(answer: Answer) -> None:
    picture = gaps_by_market(answer.found, "bytedance_income", over="horizon")
    axis = picture.option["xAxis"]
    ends = [x for one in picture.option["series"] if one["type"] == "lines" for bar in one["data"]
            for x, _ in bar["coords"]]  # fmt: skip
    assert axis["min"] < min(*ends, 0.0)
    assert axis["max"] > max(*ends, 0.0)
    dots = [dot for one in picture.option["series"] if one["type"] == "scatter" for dot in one["data"]]
    row = answer.found.table(outcome="bytedance_income", market="total", over="horizon").iloc[0]
    assert dots[0]["name"].startswith(f"All compared markets, {row['scenario']}: {signed(row['difference'])} (")


def test_what_does_nothing_differs_by_exactly_nothing(kept_starts: StartStore) -> None:
    state = PageState(scenario="tiny", sets={"users": 400, "months": 8})
    found = answer_of(asking(state, first="tiny", second=RUN), starts=kept_starts, report=quiet)
    assert (found.found.table()["difference"].fillna(0.0) == 0.0).all()
    head, steps = verdict(found.found.ranking())
    assert "exactly equal" in head
    assert "the same in every replicate" in steps[0]
    assert "does nothing differently" in differing_words(found, found.found.names[1])
    assert gaps_by_market(found.found, found.found.by.name, over="end").is_empty


def test_the_verdict_says_who_leads_or_that_nobody_does(answer: Answer) -> None:
    ranking = answer.found.ranking()
    head, steps = verdict(ranking)
    assert ("No clear winner" in head) == (ranking.winner is None)
    assert ranking.winner is None or head.startswith(f"{ranking.winner} is highest")
    assert len(steps) == 2
    assert ranking.order[0] in steps[0]
    assert ("not settled" in steps[0]) == (not ranking.pairs.iloc[0]["settled"])
    words = circumstances(answer)
    assert "3 replicates" in words
    assert "--outcomes" not in words
    assert "resso integration" in differing_words(answer, answer.found.names[1])
    assert "parameters (" in differing_words(answer, answer.found.names[2])


def test_the_run_as_it_stands_lives_as_the_live_run(
    opened: Callable[..., Session], kept_starts: StartStore
) -> None:  # fmt: skip
    session = opened(replace(CHANGED, month=8))
    assert session.seen is not None
    seen = session.seen.result.services
    asked = asking(CHANGED, first="tiny", second=RUN, months=8, by="resso.users")
    found = answer_of(asked, starts=kept_starts, report=quiet).found
    key = found.keys.get_loc(("resso.users", "total", "horizon"))
    wanted = seen.query("platform == 'resso' and month > 0").groupby("month")["users"].sum().mean()
    assert found.values[1, 0, key] == pytest.approx(wanted, rel=1e-12)
    assert found.values[0, 0, key] != pytest.approx(wanted, rel=1e-6)
    assert title_of(RUN, asked.run) == "The run (Tiny, changed)"


def test_what_was_set_elsewhere_or_later_is_left_out() -> None:
    plan = as_it_stands(CHANGED, {"months": 4})
    assert [one.lever for one in plan.settings_at(3)] == ["integration"]
    assert {one.lever for one in plan.overrides} >= {"price"}
    only = replace(CHANGED, scenario="baseline", sets={"users": 400, "months": 8})
    assert as_it_stands(only, {"markets": ["BR"], "months": 4}).settings_at(3) == ()


def test_a_seed_of_the_run_is_that_of_all() -> None:
    state = PageState(scenario="tiny", sets={"users": 400, "seed": 77})
    plans, _ = plans_of(asking(state, first="baseline", second=RUN))
    assert {plan.seed for plan in plans} == {77}


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"second": "baseline"}, "two scenarios or more"),
        ({"second": "june_2022"}, "compared scenarios share it"),
        ({"second": "quiet", "users": 90_000}, "at most 50,000 users"),
        ({"months": 500}, "1 to 120 months"),
        ({"replicates": 90}, "at most 48 replicates"),
        ({"second": "quiet", "users": 40_000, "months": 120, "most": 48}, "months of people"),
        ({"only": "ZZ"}, "market of all compared"),
        ({"by": "resso.userz"}, "column of the results"),
        ({"second": "nowhere"}, "nowhere"),
    ],
)
def test_what_cannot_be_compared_is_told_before_it_runs(
    values: dict[str, Plain], words: str, kept_starts: StartStore
) -> None:
    with pytest.raises(InputError, match=words):
        answer_of(asking(**values), starts=kept_starts, report=quiet)


def test_what_was_finished_is_shown_when_it_is_cancelled(kept_starts: StartStore) -> None:
    kept: list[Answer] = []
    worker = Worker()

    def work(report: Callable[[str, int, int], None]) -> None:
        def told(stage: str, done: int, whole: int) -> None:
            report(stage, done, whole)
            if stage == "months lived" and done >= 2 * 2 * 4 + 3:  # two replicates of both scenarios, and some
                worker.cancel()

        asked = asking(only="BR", replicates=6, most=6)
        kept.append(answer_of(asked, starts=kept_starts, report=told))

    worker.start("compare", work)
    assert worker.wait(120)
    assert worker.faults == ()
    assert kept[0].stopped
    assert 2 <= kept[0].found.replicates < 6
    assert "Stopped before its end" in circumstances(kept[0])


def test_nothing_is_shown_of_what_was_cancelled_at_once(kept_starts: StartStore) -> None:
    def told(stage: str, *_: int) -> None:
        if stage == "months lived":
            raise Cancelled

    with pytest.raises(Cancelled):
        answer_of(asking(only="BR"), starts=kept_starts, report=told)


def test_what_is_asked_comes_back_by_file_and_strange_values_are_as_usual() -> None:
    state = PageState().with_page(PAGE, {**SIZES, "third": RUN, "by": "label_income", "only": "ID"})
    again = Asked.of(from_text(to_text(state)))
    assert again == Asked.of(state)
    assert again.same_as(Asked.of(state.with_page(PAGE, {"outcome": "resso.users"})))
    assert not again.same_as(Asked.of(replace(state, changes=CHANGED.changes)))
    strange = Asked.of(PageState().with_page(PAGE, {"users": "many", "first": 3, "months": -4, "most": True}))
    assert strange == Asked.of(PageState())
