"""Every declared parameter and every lever at both ends of its bounds, pairs of the most influential, random corners.

Each case is a small whole run: two markets of ByteDance's service, firms that answer each other, licences that run out
and are talked about, seven months. Warnings are errors, and the tables are held against what every run must hold
(`tests/trials/sound.py`). A case may be refused, but only in words: an InputError.

    python -m tests.trials.bounds [--only ends pairs levers all corners inside] [--corners 300] [--seed 1]
        [--report FILE]

`inside` asks for the numbers next to the ends (1e-100 beside 0): they must come to what the end itself comes to.

Can be interrupted (Ctrl+C tells what was found so far) and repeated: cases and their numbers are always the same.
"""

from __future__ import annotations

import argparse
import itertools
import time
import traceback
import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import NoReturn

import numpy as np

from model.experiments.assumptions.screening import screening
from model.experiments.run import run
from model.foundation.errors import InputError
from model.foundation.rng import stream_key, uniforms
from model.foundation.threads import exactly
from model.market.start_store import StartStore
from model.results.run_result import RunResult
from model.spec.parameters import LEAST, Parameter, declared_parameters
from model.spec.scenario import Scenario
from model.spec.settings import LEVERS, Lever
from tests.trials.sound import unsound

BASE: dict[str, object] = {
    "name": "bounds", "start": "2022-10", "months": 7, "users": 300, "markets": ["IN", "BR"], "seed": 1,
    "unusual_prices": True,
    "platforms": {"resso": {"integration": {"BR": 0.5}}},
    "talks": {"platforms": ["resso", "tiktok"], "labels": ["universal", "zee", "warner"],
              "kinds": ["streaming", "clips"], "users": 100, "months": 3},
    "strategies": {
        "resso": {"rule": "penetrate_then_harvest", "low": 0.5, "months": 3},
        "spotify": {"rule": "match_rival", "rival": "resso", "markets": ["BR"]},
        "universal": {"rule": "maximise_income", "until": "2022-12"},
    },
    "events": [
        {"date": "2022-12", "kind": "platform_enters", "platform": "entrant", "markets": ["BR"],
         "tiers": {"free_ads": 0.0, "individual": 15.0}},
        {"date": "2023-02", "kind": "tier_closes", "platform": "resso", "tier": "free_ads", "markets": ["IN"]},
    ],
}  # fmt: skip
"""The run that every case changes. Zee's licence in India and Warner's for clips end in December 2022, Universal's in
March 2023."""
GROUPS = ("ends", "pairs", "levers", "all", "corners", "inside")
INFLUENTIAL = 10
NEAR = 0.01
"""Largest relative difference between an end and the number beside it, of what markets come to."""
JUMPS = ("second_use_cap", "bundle_second_weight")
"""Not compared at 0: a second service wanted by hardly anybody has a quality, one wanted by nobody has none."""
TOLD = ("people", "streamers", "people_paying", "hours", "revenue", "label_income")


@dataclass(frozen=True, slots=True)
class Case:
    """A run to try: its name and what it changes, dotted as in `Scenario.replace`. like: what it must come near to."""

    name: str
    changes: Mapping[str, object]
    like: Mapping[str, object] | None = None


@dataclass(slots=True)
class Found:
    """What came of the cases so far: how many ran whole, which were refused in words, which broke and how."""

    whole: int = 0
    refused: dict[str, str] = field(default_factory=dict)
    broken: dict[str, str] = field(default_factory=dict)

    @property
    def tried(self) -> int:
        return self.whole + len(self.refused) + len(self.broken)

    def text(self) -> str:
        """Return the counts and every case that was refused or broke."""
        lines = [f"{self.tried} cases: {self.whole} whole, {len(self.refused)} refused, {len(self.broken)} broke"]
        lines += [f"refused {name}: {why}" for name, why in self.refused.items()]
        lines += [f"BROKE   {name}: {why}" for name, why in self.broken.items()]
        return "\n".join(lines)


def ends() -> list[Case]:
    """Return each parameter at its lowest and at its highest value, all others as declared."""
    return [
        Case(f"{name} = {value:g}", {f"parameters.{name}": value})
        for name, line in declared_parameters().items()
        for value in (line.low, line.high)
    ]


def influential(number: int = INFLUENTIAL) -> list[str]:
    """Return the parameters that mattered most in the shipped screening, by their mean part of the strongest."""
    outcomes = screening().outcomes.values()
    known = declared_parameters()
    parts: dict[str, float] = {}
    for row in itertools.chain.from_iterable(outcomes):
        if row.name in known:
            parts[row.name] = parts.get(row.name, 0.0) + row.share / len(outcomes)
    return sorted(parts, key=lambda name: (-parts[name], name))[:number]


def pairs() -> list[Case]:
    """Return all pairs of the ten most influential parameters, at the four corners of their bounds."""
    known = declared_parameters()
    return [
        Case(f"{one} = {first:g}, {other} = {second:g}", {f"parameters.{one}": first, f"parameters.{other}": second})
        for one, other in itertools.combinations(influential(), 2)
        for first, second in itertools.product(_bounds(known[one]), _bounds(known[other]))
    ]


def _bounds(line: Parameter | Lever) -> tuple[float, float]:
    return line.low, line.high


def levers() -> list[Case]:
    """Return each lever that a scenario may set, at both ends, for one service, tier and label."""
    return [
        Case(f"{lever.name} = {value:g}", {_path(lever): bool(value) if lever.switch else value})
        for lever in LEVERS.values()
        if not lever.by_event
        for value in _bounds(lever)
    ]


def _path(lever: Lever) -> str:
    """Return where a scenario sets the lever in Brazil: for Resso, unless its strategy sets it or it has none."""
    if lever.of == "market":
        return f"markets.BR.{lever.name}" + (".universal" if lever.item == "label" else "")
    service, tier = ("deezer", "individual") if lever.name in ("price", "marketing") else ("resso", "premium")
    service = "amazon_music" if lever.name.startswith("bundle") else service
    tier = "free_ads" if lever.name in ("ad_load", "restriction") else tier
    return f"platforms.{service}.{lever.name}.BR" + {"tier": f".{tier}", "label": ".universal"}.get(lever.item, "")


def together() -> list[Case]:
    """Return all parameters at their lowest, all at their highest, and each subject alone at either end."""
    known = declared_parameters()
    subjects = ["", *dict.fromkeys(line.subject for line in known.values())]
    return [
        _possible(Case(f"{subject or 'all'} {end}", {
            f"parameters.{name}": getattr(line, end) for name, line in known.items() if subject in ("", line.subject)
        }))
        for subject in subjects for end in ("low", "high")
    ]  # fmt: skip


def corners(number: int, *, seed: int) -> list[Case]:
    """Return keyed random corners: every parameter at one of its ends; in every second case a tenth of them."""
    known = declared_parameters()
    found = []
    for at in range(number):
        key = stream_key(seed, "corner", at)
        sides, kept = uniforms(key, np.arange(len(known))), uniforms(stream_key(key, "kept"), np.arange(len(known)))
        some = 1.0 if at % 2 else 0.1
        changes = {
            f"parameters.{name}": line.high if side < 0.5 else line.low
            for (name, line), side, keep in zip(known.items(), sides, kept, strict=True)
            if keep < some
        }
        found.append(_possible(Case(f"corner {at}", changes)))
    return found


def _possible(case: Case) -> Case:
    """Return the case with parts of advertising that add to less than 1; both high together are refused, rightly."""
    known = declared_parameters()
    brand, local = (case.changes.get(f"parameters.ad_{part}_part", known[f"ad_{part}_part"].default)
                    for part in ("brand", "local"))  # fmt: skip
    if float(str(brand)) + float(str(local)) < 1.0:
        return case
    return Case(case.name, {**case.changes, "parameters.ad_local_part": known["ad_local_part"].low})


def inside() -> list[Case]:
    """Return each parameter that is no whole number at the number next to either end, to be like the end itself."""
    return [
        Case(f"{name} beside {end:g}",
             {f"parameters.{name}": LEAST if end == 0.0 else float(np.nextafter(end, line.default))},
             None if name in JUMPS and end == 0.0 else {f"parameters.{name}": end})
        for name, line in declared_parameters().items() if not line.whole and line.low < line.high
        for end in _bounds(line) if end != line.default
    ]  # fmt: skip


def cases(groups: Sequence[str] = GROUPS, *, number: int = 300, seed: int = 1) -> Iterator[Case]:
    """Yield the cases of the groups, in order."""
    made = {"ends": ends, "pairs": pairs, "levers": levers, "all": together,
            "corners": lambda: corners(number, seed=seed), "inside": inside}  # fmt: skip
    for group in groups:
        for case in made[group]():
            yield replace(case, name=f"{group}: {case.name}")


def problems(case: Case, *, starts: StartStore, base: Mapping[str, object] = BASE) -> list[str]:
    """Return what is wrong with a case's run. Errors: InputError where it is refused; whatever breaks it."""
    with warnings.catch_warnings(), exactly(1):  # one thread: no case shares the machine with itself
        warnings.simplefilter("error")
        plan = Scenario.from_mapping(base)
        result = run(plan.replace(dict(case.changes)), starts=starts)
        wrong = unsound(result)
        if case.like is not None:
            wrong += _unlike(result, run(plan.replace(dict(case.like)), starts=starts))
        return wrong


def _unlike(one: RunResult, other: RunResult) -> Iterator[str]:
    """Yield what two results differ in by more than people who chose anew."""
    sums, wanted = (found.markets.groupby("market")[list(TOLD)].sum() for found in (one, other))
    for column in TOLD:
        gap = np.abs(sums[column] - wanted[column]) - NEAR * np.maximum(sums[column], wanted[column])
        if (gap > 0.0).any():
            yield f"{column} is {sums[column].tolist()}, at the end {wanted[column].tolist()}"


def try_case(case: Case, found: Found, *, starts: StartStore, base: Mapping[str, object] = BASE) -> None:
    """Live a case and note what came of it; starts: that other cases may have settled."""
    try:
        wrong = problems(case, starts=starts, base=base)
    except InputError as error:
        found.refused[case.name] = str(error)
    except Exception as error:  # the trial is to go on, and to tell
        last = traceback.extract_tb(error.__traceback__)[-1]
        found.broken[case.name] = f"{type(error).__name__}: {error} ({last.filename}:{last.lineno} {last.name})"
    else:
        found.whole += not wrong
        if wrong:
            found.broken[case.name] = "; ".join(wrong)


def end(found: Found, *, report: Path | None) -> NoReturn:
    """Print what was found, keep it in a file where one is named, and end with 1 where anything broke."""
    print(found.text())
    if report is not None:
        report.write_text(found.text() + "\n", encoding="utf-8")
    raise SystemExit(bool(found.broken))


def main() -> None:
    """Try the cases and print what came of them."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--only", nargs="+", choices=GROUPS, default=list(GROUPS))
    asked.add_argument("--corners", type=int, default=300)
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--report", type=Path)
    options = asked.parse_args()
    found, starts, began = Found(), StartStore(None), time.perf_counter()
    try:
        for case in cases(options.only, number=options.corners, seed=options.seed):
            broken = len(found.broken)
            try_case(case, found, starts=starts)
            if len(found.broken) > broken:
                print(f"BROKE {case.name}: {found.broken[case.name]}", flush=True)
            elif found.tried % 50 == 0:
                print(f"{found.tried} tried, {time.perf_counter() - began:.0f} s", flush=True)
    except KeyboardInterrupt:
        print("stopped")
    end(found, report=options.report)


if __name__ == "__main__":
    main()
