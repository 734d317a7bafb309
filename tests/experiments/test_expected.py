"""Expected summaries: what they hold, what counts as a change, files and the plan of sizes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

import model as sm
from model.experiments import expected
from model.experiments.expected import (
    TOLERANCE,
    Number,
    Sized,
    Summaries,
    Summary,
    changes,
    headlines,
    load_summary,
    save_summary,
    sized_scenarios,
    stale,
)
from model.foundation.errors import InputError

SMALL = Sized("tiktok_integration", "baseline", {"users": 300, "months": 5, "markets": ["ID"]},
              outcomes=("sony.label_income",))  # fmt: skip


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> sm.StartStore:
    return sm.StartStore(tmp_path_factory.mktemp("starts"))


@pytest.fixture(scope="module")
def summary(store: sm.StartStore) -> Summary:
    return Summaries(store).summary(SMALL)


def test_headlines_are_the_results_own_numbers(summary: Summary, store: sm.StartStore) -> None:
    plan = sm.Scenario.load("tiktok_integration").replace(SMALL.settings(sm.Scenario.load("baseline")))
    result = sm.run(plan, starts=store)
    world = result.world()
    resso = world[(world["platform"] == "resso") & (world["month"] == 5)]
    assert summary.numbers["resso users"].value == pytest.approx(float(resso["users"].iloc[0]))
    assert summary.numbers["label income"].value == pytest.approx(result.markets["label_income"].sum())
    assert summary.numbers["TikTok hours"].value == pytest.approx(result.tiktok["tiktok_hours"].sum())
    both = summary.numbers["ByteDance, music profit"].value + summary.numbers["ByteDance, TikTok profit"].value
    assert summary.numbers["ByteDance, both"].value == pytest.approx(both)
    labels = result.labels
    assert summary.numbers["sony.label_income"].value == pytest.approx(
        labels.loc[labels["label"] == "sony", "label_income"].sum()
    )
    assert headlines(result, plans=[plan])["streamers"] == replace(summary.numbers["streamers"], base=None)


def test_base_is_the_other_scenario_on_the_same_draws(summary: Summary, store: sm.StartStore) -> None:
    plan = sm.Scenario.load("baseline").replace(SMALL.settings(sm.Scenario.load("baseline")))
    lone = Summaries(store).summary(replace(SMALL, name="baseline", base=""))
    assert lone.numbers["resso users"].value == summary.numbers["resso users"].base
    assert lone.numbers["resso users"].base is None
    assert summary.numbers["resso users"].value != summary.numbers["resso users"].base
    assert plan.markets == ("ID",)


def test_what_is_lived_twice_is_the_same(summary: Summary, store: sm.StartStore) -> None:
    again = Summaries(store).summary(SMALL)
    assert again == summary
    assert changes(summary, again) == ()


def test_a_change_beyond_rounding_is_told(summary: Summary) -> None:
    name = "label income"
    old = summary.numbers[name]
    for factor, counts in ((1.0 + 0.3 * TOLERANCE, False), (1.0 + 3.0 * TOLERANCE, True)):
        moved = replace(summary, numbers={**summary.numbers, name: replace(old, value=old.value * factor)})
        found = changes(summary, moved)
        assert bool(found) is counts
        if counts:
            (one,) = found
            assert (one.name, one.side) == (name, "scenario")
            assert one.relative == pytest.approx(3.0 * TOLERANCE, rel=1e-3)


def test_numbers_and_sides_on_one_side_only_are_told(summary: Summary) -> None:
    fewer = {name: one for name, one in summary.numbers.items() if name != "streamers"}
    gone = changes(summary, replace(summary, numbers=fewer))
    assert {(one.name, one.side, one.found) for one in gone} == {
        ("streamers", "scenario", None), ("streamers", "base", None)}  # fmt: skip
    assert all(one.relative is None for one in gone)
    bare = {name: replace(one, base=None) for name, one in summary.numbers.items()}
    assert {one.side for one in changes(summary, replace(summary, numbers=bare))} == {"base"}
    assert len(changes(None, summary)) == 2 * len(summary.numbers)


def test_a_zero_that_moves_is_told() -> None:
    def one(value: float) -> Summary:
        return Summary("x", "", {}, {"people": Number("people", value)})

    assert changes(one(0.0), one(0.0)) == ()
    (change,) = changes(one(0.0), one(5.0))
    assert change.relative is None


def test_file_is_read_as_it_was_written(summary: Summary, tmp_path: Path) -> None:
    assert load_summary(summary.scenario, folder=tmp_path) is None
    path = save_summary(summary, folder=tmp_path)
    assert load_summary(summary.scenario, folder=tmp_path) == summary
    path.write_text(path.read_text().replace('"numbers"', '"letters"'))
    with pytest.raises(sm.InputError, match="resonance accept tiktok_integration"):
        load_summary(summary.scenario, folder=tmp_path)


def test_another_size_or_base_makes_it_stale(summary: Summary) -> None:
    assert not stale(summary, SMALL)
    assert stale(summary, replace(SMALL, sizes={**SMALL.sizes, "months": 6}))
    assert stale(summary, replace(SMALL, base="tiny"))


def test_plan_covers_the_library_with_the_usual_sizes(tmp_path: Path) -> None:
    (tmp_path / "plan.toml").write_text(
        '[usual]\nusers = 7\nbase = "tiny"\n[quiet]\nbase = ""\nmonths = 3\n[sony_at_the_table.talks]\nusers = 9\n'
    )
    found = sized_scenarios(tmp_path)
    assert found["quiet"] == Sized("quiet", "", {"users": 7, "months": 3})
    assert found["baseline"] == Sized("baseline", "tiny", {"users": 7})
    talks = found["sony_at_the_table"]
    assert talks.settings(sm.Scenario.load("sony_at_the_table")) == {"users": 7, "talks.users": 9}
    assert talks.settings(sm.Scenario.load("june_2022")) == {"users": 7}  # who does not talk gets no talks


def test_a_faulty_plan_is_told_with_all_its_faults(tmp_path: Path) -> None:
    (tmp_path / "plan.toml").write_text("[quite]\nmonths = 3\n[tiny]\nuser = 3\n")
    with pytest.raises(sm.InputError) as caught:
        sized_scenarios(tmp_path)
    text = str(caught.value)
    assert "quiet" in text
    assert "users" in text
    (tmp_path / "plan.toml").write_text("[tiny\n")
    with pytest.raises(sm.InputError, match="TOML"):
        sized_scenarios(tmp_path)


def test_every_base_of_the_library_is_a_scenario() -> None:
    library = sized_scenarios()
    assert {one.base for one in library.values()} - {""} <= set(library)
    assert expected.expected_folder().is_dir()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("usual = 3", "usual is a table"), ("[tiny]\noutcomes = 1.5", "outcomes is a list"),
        ("tiny = 7", "tiny is a table"),
        ("[tiny]\nusers = 'many'", "users is a whole number"), ("a = " + "[" * 100_000, "is TOML"),
    ],
)  # fmt: skip
def test_a_plan_of_another_form_is_told(tmp_path: Path, text: str, words: str) -> None:
    (tmp_path / "plan.toml").write_text(text)
    with pytest.raises(InputError, match=words):
        sized_scenarios(tmp_path)


def test_a_summary_nested_beyond_reading_is_told(tmp_path: Path) -> None:
    (tmp_path / "tiny.json").write_text("[" * 100_000)
    with pytest.raises(InputError, match="holds an expected summary"):
        load_summary("tiny", folder=tmp_path)
