"""Expected summaries: headline numbers of each scenario beside its base, kept in files and held by a test.

A change of the model shows in them at once; `resonance accept` tells what changed and writes them anew.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import fsum, isclose, isfinite
from pathlib import Path
from typing import Any

import pandas as pd

from model.experiments.comparing.outcomes import HORIZON, WORLD, read_outcomes, readings, services_of
from model.experiments.comparing.plans import common_ground
from model.experiments.run import live_replicate
from model.facts.owners import BYTEDANCE
from model.foundation.errors import Fault, InputError, nearest
from model.foundation.files import read_text, write_text_whole
from model.foundation.plain import misfit
from model.market.start_store import StartStore
from model.results import RunResult
from model.spec.reading import scenario_folders, scenario_names, shown
from model.spec.scenario import Scenario

FOLDER = "expected"
PLAN = "plan.toml"
USUAL = "usual"
TOLERANCE = 1e-6
"""Relative difference up to which a number counts as the same: other processors round other last digits."""
RIVALS = ("google", "facebook")
_SIZES = ("users", "months", "markets")
_FORM = {"users?": int, "months?": int, "markets?": (str, [str]), "base?": str, "outcomes?": [str], "slow?": bool,
         "talks?": {str: object}}  # fmt: skip
_KNOWN = (*_SIZES, "base", "outcomes", "slow", "talks")


@dataclass(frozen=True, slots=True)
class Sized:
    """How a scenario is run for its summary.

    base: scenario it is held against, "" for none. sizes: users, months, markets put on both. talks: settings of the
    talks, put on scenarios that have any. outcomes: further numbers to read. slow: whether only slow tests hold it.
    """

    name: str
    base: str
    sizes: Mapping[str, object]
    talks: Mapping[str, object] = field(default_factory=dict)
    outcomes: tuple[str, ...] = ()
    slow: bool = False

    def settings(self, plan: Scenario) -> dict[str, object]:
        """Return what is put on top of a scenario."""
        talks = {f"talks.{name}": value for name, value in self.talks.items()} if plan.talks is not None else {}
        return {**self.sizes, **talks}


@dataclass(frozen=True, slots=True)
class Number:
    """A headline number of a scenario, and of its base on the same draws (None without a base)."""

    unit: str
    value: float
    base: float | None = None


@dataclass(frozen=True, slots=True)
class Summary:
    """Headline numbers of a scenario by name, at replicate 0. settings: what was put on the scenario's own file."""

    scenario: str
    base: str
    settings: Mapping[str, object]
    numbers: Mapping[str, Number]

    def text(self) -> str:
        """Return the summary as the text of its file."""
        return json.dumps(
            {"scenario": self.scenario, "base": self.base, "settings": dict(self.settings),
             "numbers": {name: _plain(number) for name, number in self.numbers.items()}}, indent=1,
        ) + "\n"  # fmt: skip


@dataclass(frozen=True, slots=True)
class Change:
    """A number that is not what was expected. None stands for a number, or a side, that is not there."""

    scenario: str
    name: str
    side: str
    expected: float | None
    found: float | None

    @property
    def relative(self) -> float | None:
        """Change over the expected number; None where one of the two is missing or the expected is 0."""
        if self.expected is None or self.found is None or self.expected == 0.0:
            return None
        return (self.found - self.expected) / abs(self.expected)


def expected_folder() -> Path:
    """Return the folder of expected summaries, beside the project's scenarios."""
    return scenario_folders()[0] / FOLDER


def sized_scenarios(folder: Path | None = None) -> dict[str, Sized]:
    """Return how every scenario of the library is run for its summary, by name. Errors: InputError."""
    path = (folder or expected_folder()) / PLAN
    try:
        raw: dict[str, Any] = tomllib.loads(read_text(path, what="the plan of expected summaries"))
    except (ValueError, RecursionError) as error:
        raise InputError(Fault(str(path), "is TOML", str(error), "Mend the line it names.")) from error
    usual = raw.pop(USUAL, {})
    library = _library()
    faults = [Fault(f"{path}: {name}", "is a scenario", name, nearest(name, library))
              for name in raw if name not in library]  # fmt: skip
    for name, own in {USUAL: usual, **raw}.items():
        wrong = misfit(own, _FORM, place=name)
        if wrong:
            faults.append(Fault(str(path), wrong, shown(own), 'Example: [tiny] with users = 2000 and base = "".'))
        else:
            faults += [Fault(f"{path}: {name}.{key}", "no such key", key, nearest(key, _KNOWN))
                       for key in own if key not in _KNOWN]  # fmt: skip
    if faults:
        raise InputError(faults)
    return {name: _sized(name, {**usual, **raw.get(name, {})}) for name in library}


def _library() -> list[str]:
    folder = scenario_folders()[0]
    return [name for name in scenario_names() if (folder / f"{name}.toml").is_file()]


def _sized(name: str, own: Mapping[str, Any]) -> Sized:
    return Sized(
        name=name, base=str(own.get("base", "")), sizes={key: own[key] for key in _SIZES if key in own},
        talks=dict(own.get("talks", {})), outcomes=tuple(own.get("outcomes", ())), slow=bool(own.get("slow", False)),
    )  # fmt: skip


class Summaries:
    """Lives scenarios at their small sizes; a base that several share is lived once."""

    def __init__(self, starts: StartStore) -> None:
        self.starts = starts
        self._lived: dict[tuple[str, object], RunResult] = {}

    def summary(self, sized: Sized) -> Summary:
        """Return the headline numbers of a scenario and of its base, replicate 0 of both."""
        whole = Scenario.load(sized.name)
        plan = whole.replace(sized.settings(whole))
        if not sized.base:
            found = self._numbers(plan, sized)
            return Summary(sized.name, "", sized.settings(whole), found)
        under = Scenario.load(sized.base)
        under = under.replace({**sized.settings(under), "markets": list(plan.markets)})
        under, plan = common_ground([under, plan], names=None, settings=None).plans
        bases, found = self._numbers(under, sized, beside=plan), self._numbers(plan, sized, beside=under)
        numbers = {
            name: Number(one.unit, one.value, bases[name].value if name in bases else None)
            for name, one in found.items()
        }
        return Summary(sized.name, sized.base, sized.settings(whole), numbers)

    def _numbers(self, plan: Scenario, sized: Sized, *, beside: Scenario | None = None) -> dict[str, Number]:
        key = plan.digest, tuple((one.market, one.service, one.tier) for one in plan.new_offers)
        if key not in self._lived:
            finished = live_replicate(plan, replicate=0, starts=self.starts)
            self._lived[key] = RunResult.from_runs(plan, [finished])
        plans = [plan] if beside is None else [plan, beside]
        return headlines(self._lived[key], plans=plans, outcomes=sized.outcomes)


def headlines(result: RunResult, *, plans: Sequence[Scenario], outcomes: Sequence[str] = ()) -> dict[str, Number]:
    """Return headline numbers of a result: people at the end, money and hours over all months, all markets together.

    plans: scenarios whose services and labels may be named (the run's, and what it is held against). outcomes: further
    ones, as in `compare`, over the horizon.
    """
    own = sorted({service for plan in plans for service in services_of(plan) if service in BYTEDANCE})
    last = result.services["month"].max()
    people = result.markets[result.markets["month"] == last]
    names = ("services", "markets", "tiktok", "bytedance", "clips", "advertising")
    services, markets, tiktok, bytedance, clips, sold = (_flows(result, name) for name in names)
    end = services[services["month"] == last]
    found = {
        "streamers": Number("people", _sum(people["streamers"])),
        "people who pay": Number("people", _sum(people["people_paying"])),
    }
    for service in (*own, "spotify"):
        mine = end[end["platform"] == service]
        found[f"{service} users"] = Number("people", _sum(mine["users"]))
        found[f"{service} payers"] = Number("people", _sum(mine["payers"]))
    found |= {
        "revenue of music services": Number("USD", _sum(services["revenue"])),
        "label income": Number("USD", _sum(markets["label_income"])),
        "label income by free video": Number("USD", _sum(clips["video_income"])),
        "ByteDance, music profit": Number("USD", _sum(bytedance["music_income"])),
        "ByteDance, TikTok profit": Number("USD", _sum(bytedance["tiktok_profit"])),
        "ByteDance, both": Number("USD", _sum(bytedance["bytedance_income"])),
        "TikTok hours": Number("person-hours", _sum(tiktok["tiktok_hours"])),
        "TikTok advertising": Number("USD", _sum(tiktok["tiktok_ads"])),
        "TikTok shop": Number("USD", _sum(tiktok["tiktok_shop"])),
        "TikTok clip fees": Number("USD", _sum(tiktok["clip_fees"])),
        "TikTok's payments to creators": Number("USD", _sum(tiktok["creators_paid"])),
        "Google and Facebook advertising": Number("USD", _sum(sold["ad_income"][sold["channel"].isin(RIVALS)])),
        "consumer surplus": Number("PPP USD per person and month", _mean(markets, "consumer_surplus", "people")),
        **_chart(result),
    }
    if outcomes:
        read = read_outcomes(outcomes, plans, place="outcomes")
        values = readings(result, read, markets=result.card.markets)
        for one in read:
            found[one.name] = Number(one.unit(HORIZON), float(values[one.name, WORLD, HORIZON]))
    return found


def _sum(values: pd.Series[float]) -> float:
    return fsum(values.dropna())


def _mean(rows: pd.DataFrame, column: str, weight: str) -> float:
    known = rows[rows[column].notna()]
    weights = fsum(known[weight])
    return fsum(known[column] * known[weight]) / weights if weights > 0.0 else 0.0


def _flows(result: RunResult, frame: str) -> pd.DataFrame:
    rows = result.frame(frame)
    return rows[rows["month"] > 0]


def _chart(result: RunResult) -> dict[str, Number]:
    """Return numbers of the weekly chart of all markets together; none for a run too short to have one."""
    charts = result.frame("charts")
    rows = charts[charts["market"] == "ALL"]
    if rows.empty:
        return {}
    ones, climb = float(rows["number_ones"].iloc[0]), float(rows["climb_most"].iloc[0])
    return {
        "number ones": Number("songs", ones),
        **({"longest climb to number one": Number("weeks", climb)} if isfinite(climb) else {}),
    }


def load_summary(name: str, *, folder: Path | None = None) -> Summary | None:
    """Return the expected summary of a scenario, None if none was accepted yet. Errors: InputError."""
    path = (folder or expected_folder()) / f"{name}.json"
    if not path.is_file():
        return None
    try:
        raw = json.loads(read_text(path, what="an expected summary"))
        numbers = {str(key): Number(**value) for key, value in raw["numbers"].items()}
        return Summary(str(raw["scenario"]), str(raw["base"]), dict(raw["settings"]), numbers)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        way = f"Write it anew: resonance accept {name}."
        raise InputError(Fault(str(path), "holds an expected summary", str(error), way)) from error


def save_summary(summary: Summary, *, folder: Path | None = None) -> Path:
    """Write the expected summary of a scenario; returns its file."""
    path = (folder or expected_folder()) / f"{summary.scenario}.json"
    write_text_whole(path, summary.text())
    return path


def changes(expected: Summary | None, found: Summary, *, tolerance: float = TOLERANCE) -> tuple[Change, ...]:
    """Return the numbers that differ by more than a relative tolerance, or stand on one side only."""
    before = {} if expected is None else expected.numbers
    return tuple(
        Change(found.scenario, name, side, old, new)
        for name in dict.fromkeys((*before, *found.numbers))
        for side, old, new in _sides(before.get(name), found.numbers.get(name))
        if not _same(old, new, tolerance)
    )


def stale(expected: Summary, sized: Sized) -> bool:
    """Tell whether an expected summary was made at another size, or against another base, than the plan has now."""
    plan = Scenario.load(sized.name)
    return (expected.base, dict(expected.settings)) != (sized.base, sized.settings(plan))


def _sides(old: Number | None, new: Number | None) -> Iterator[tuple[str, float | None, float | None]]:
    yield "scenario", None if old is None else old.value, None if new is None else new.value
    yield "base", None if old is None else old.base, None if new is None else new.base


def _same(old: float | None, new: float | None, tolerance: float) -> bool:
    if old is None or new is None:
        return old is new
    return isclose(old, new, rel_tol=tolerance, abs_tol=tolerance)


def _plain(number: Number) -> dict[str, object]:
    found: dict[str, object] = {"unit": number.unit, "value": number.value}
    return found if number.base is None else {**found, "base": number.base}
