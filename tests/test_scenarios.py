"""The library of scenarios: files that say what they play, claims with the right sign, numbers as accepted."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import model as sm
from model.experiments.ensembles import open_ensemble
from model.experiments.expected import Summaries, changes, load_summary, sized_scenarios, stale
from model.facts.known import known_book
from model.facts.songs import song_values
from model.results.measures import FRAMES, MEASURES
from model.spec.kinds import FIELDS
from model.spec.reading import scenario_folders
from model.spec.strategies import known_strategies
from model.theory.quantiles import weighted_quantiles

FOLDER = scenario_folders()[0]
SIZED = sized_scenarios()
PAGES = (
    "ad_giant", "brazil_first_premium", "creator_share", "dozen_markets", "ecosystem", "freemium_vs_premium_only",
    "growing", "history_2023_2024", "partner_not_own", "us_entry", "gaana_wynk_merger", "hit_machine",
    "own_distribution", "premium_differentiation", "rewarded_free_indonesia", "spotify_podcasts",
    "telco_bundle_indonesia", "tiktok_india_returns", "tiktok_integration", "tiktok_shop", "topview", "war_chest",
)  # fmt: skip
"""Scenarios with a page at the top, under these headings."""
HEADINGS = ("Question.", "What is played.", "Mechanism.", "Look at.", "Sources.")
CLAIMS = (
    ("tiktok_integration", "resso users", 1), ("tiktok_integration", "TikTok hours", 1),
    ("tiktok_integration", "ByteDance, music profit", -1), ("tiktok_integration", "consumer surplus", 1),
    ("tiktok_india_returns", "resso users", 1), ("tiktok_india_returns", "TikTok hours", 1),
    ("tiktok_india_returns", "Google and Facebook advertising", -1),
    ("creator_share", "TikTok's payments to creators", 1), ("creator_share", "TikTok hours", 1),
    ("topview", "TikTok advertising", 1), ("topview", "Google and Facebook advertising", -1),
    ("ad_giant", "TikTok advertising", 1), ("ad_giant", "Google and Facebook advertising", -1),
    ("ad_giant", "TikTok hours", -1),
    ("tiktok_shop", "TikTok shop", 1), ("tiktok_shop", "ByteDance, TikTok profit", 1),
    ("dozen_markets", "tiktok_music users", 1), ("dozen_markets", "ByteDance, music profit", -1),
    ("dozen_markets", "label income", 1), ("freemium_vs_premium_only", "tiktok_music users", 1),
    ("us_entry", "tiktok_music payers", 1), ("us_entry", "TikTok hours", 1),
    ("brazil_first_premium", "resso users", -1), ("brazil_first_premium", "ByteDance, music profit", 1),
    ("history_2023_2024", "resso users", -1), ("history_2023_2024", "tiktok_music users", 1),
    ("history_2023_2024", "TikTok clip fees", -1), ("history_2023_2024", "TikTok hours", -1),
    ("ecosystem", "ByteDance, both", 1), ("ecosystem", "ByteDance, music profit", -1),
    ("own_distribution", "long_tail.label_income", 1), ("own_distribution", "universal.label_income", -1),
    ("spotify_podcasts", "spotify users", 1), ("spotify_podcasts", "spotify.operating_income", -1),
    ("rewarded_free_indonesia", "resso users", -1), ("rewarded_free_indonesia", "ByteDance, music profit", 1),
    ("premium_differentiation", "resso users", -1), ("premium_differentiation", "ByteDance, music profit", 1),
    ("resso_premium_only", "resso users", -1), ("sony_leaves", "resso users", -1), ("sony_returns", "resso users", 1),
    ("gaana_wynk_merger", "wynk.users", 1), ("gaana_wynk_merger", "gaana.users", -1),
    ("telco_bundle_indonesia", "resso users", 1), ("telco_bundle_indonesia", "resso.revenue", 1),
    ("growing", "spotify users", 1), ("growing", "spotify payers", 1), ("growing", "label income", 1),
    ("war_chest", "tiktok_music users", 1), ("war_chest", "ByteDance, music profit", -1),
)  # fmt: skip
"""(scenario, number, sign of its difference to the base): what the mechanism must do whatever the parameters are."""


@pytest.fixture(scope="module")
def lives(tmp_path_factory: pytest.TempPathFactory) -> Summaries:
    """Lives scenarios at their small sizes, with starts of its own: nothing stored may hide a change."""
    return Summaries(sm.StartStore(tmp_path_factory.mktemp("starts")))


def marked(names: list[str]) -> list[object]:
    return [pytest.param(name, marks=[pytest.mark.slow] if SIZED[name].slow else []) for name in names]


def top_of(name: str) -> str:
    """The comment at the top of a scenario file, as one line."""
    lines = (FOLDER / f"{name}.toml").read_text(encoding="utf-8").splitlines()
    head = []
    for line in lines:
        if not line.startswith("#"):
            break
        head.append(line.lstrip("# "))
    return " ".join(head)


@pytest.mark.parametrize("name", marked(list(SIZED)))
def test_numbers_are_those_that_were_accepted(name: str, lives: Summaries) -> None:
    expected = load_summary(name)
    assert expected is not None, f"accept it first: resonance accept {name}"
    assert not stale(expected, SIZED[name]), f"its size or base changed: resonance accept {name}"
    found = changes(expected, lives.summary(SIZED[name]))
    assert found == (), f"if that is meant: resonance accept {name}"


@pytest.mark.parametrize(("name", "number", "sign"), CLAIMS, ids=lambda value: str(value))
def test_the_mechanism_acts_in_the_right_direction(name: str, number: str, sign: int, lives: Summaries) -> None:
    found = lives.summary(SIZED[name]).numbers[number]
    assert found.base is not None
    assert sign * (found.value - found.base) > 1e-9 * abs(found.base)


def test_every_summary_belongs_to_a_scenario() -> None:
    assert {path.stem for path in (FOLDER / "expected").glob("*.json")} == set(SIZED)


@pytest.mark.parametrize("name", list(SIZED))
def test_every_scenario_says_what_it_plays(name: str) -> None:
    assert sm.Scenario.load(name).about
    assert len(top_of(name)) > 40


@pytest.mark.parametrize("name", PAGES)
def test_pages_have_their_headings_in_order(name: str) -> None:
    places = [top_of(name).find(heading) for heading in HEADINGS]
    assert -1 not in places
    assert places == sorted(places)


@pytest.mark.parametrize("name", list(SIZED))
def test_facts_parameters_and_scenarios_that_it_names_exist(name: str) -> None:
    text = top_of(name)
    book = known_book()
    assert [one for one in re.findall(r"\b[a-z]{3}-\d{4}\b", text) if one not in book] == []
    known = {*SIZED, *FIELDS, *known_strategies(), *FRAMES, *MEASURES}
    for word in re.findall(r"`([a-z0-9_]+)`", text):
        assert word in known, word
    for word in re.findall(r"parameters\.(\w+)", text):
        assert word in sm.declared_parameters(), word
    named = re.findall(r"\(([a-z]+_[a-z_]+(?:, [a-z]+_[a-z_]+)*)\b[^()]*\)", text)
    known = {*sm.declared_parameters(), "derived_hot100_eras"}
    assert [one for group in named for one in group.split(", ") if one not in known] == []


def test_the_index_has_every_scenario_once() -> None:
    text = (FOLDER / "README.md").read_text(encoding="utf-8")
    listed = re.findall(r"^\| `(\w+)` \|", text, flags=re.MULTILINE)
    assert sorted(listed) == sorted(SIZED)


def test_hit_machine_has_the_fit_with_any_lift() -> None:
    wanted, declared = song_values("2019-2022, any lift"), song_values()
    parameters = sm.Scenario.load("hit_machine").parameters
    assert wanted != declared
    assert {name: parameters[name] for name in wanted} == pytest.approx(wanted, rel=1e-3)


def test_growth_is_near_the_middle_of_what_the_record_tells() -> None:
    posterior, parameters = open_ensemble("posterior_2022_12"), sm.Scenario.load("growing").parameters
    for name in ("streaming_trend", "paying_trend", "momentum", "trend_lead"):
        values = posterior.values[:, posterior.parameters.index(name)]
        low, high = weighted_quantiles(values, posterior.weights, (0.25, 0.75))
        assert low < parameters[name] < high, name


def test_india_stays_at_nothing_while_the_ban_holds(tmp_path: Path) -> None:
    store = sm.StartStore(tmp_path)
    plan = sm.Scenario.load("tiktok_india_returns").replace(users=500, months=6)
    lifted = sm.run(plan, starts=store).tiktok.set_index("date")["tiktok_hours"]
    assert (lifted[:"2022-12"] == 0.0).all()
    assert (lifted["2023-01":] > 1e8).all()
    tied = sm.run(plan.replace({"events": [], "platforms.resso.integration.IN": 1.0}), starts=store)
    assert (tied.tiktok["tiktok_hours"] == 0.0).all()
    assert (tied.tiktok["tiktok_ads"] == 0.0).all()
    free = sm.run(plan.replace({"events": []}), starts=store)
    assert tied.services["users"].tolist() == free.services["users"].tolist()  # a tie to what is not there moves nobody
