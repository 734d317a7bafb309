"""The commands `sensitivity` and `threshold`: which assumptions matter, and where the better policy changes."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from model.foundation.errors import Fault, InputError, nearest
from model.interfaces.cli.compare import words_of
from model.interfaces.cli.running import STOPPED, check_writable
from model.interfaces.cli.sweep import SweepProgress
from model.spec.parameters import SUBJECTS, declared_parameters
from model.spec.scenario import Scenario

if TYPE_CHECKING:
    from model.experiments.sweep.sweeping import Show

WAYS = ("morris", "sobol", "tornado")


class Answer(Protocol):
    """What these commands print and save."""

    def summary(self) -> str:
        """Return it in words."""

    def save(self, folder: str | Path | None = None) -> Path:
        """Save tables and pictures."""


def show_sensitivity(
    plan: Scenario, *, outcomes: str, method: str, parameters: str | None, subjects: str | None,
    levers: Sequence[str], policies: str | None, n: int | None, emulate: bool, replicates: int | None, market: str,
    over: str, workers: int | None, resume: bool, out: Path | None, dry: bool, load: Load,
) -> int:  # fmt: skip
    """Screen, share out the variance, or draw a tornado; print the answer and save it; return the exit code."""
    from model.experiments.sensitivity import plan_sensitivity, run_sensitivity, tornado

    if method not in WAYS:
        raise InputError(Fault("command line: --method", "no such method", method, nearest(method, WAYS)))
    if emulate and method != "sobol":
        rule, way = "goes with --method sobol", "Leave it out; a screening is quick as it is."
        raise InputError(Fault("command line: --emulate", rule, f"--method {method}", way))
    if out is not None:
        check_writable(out)
    asked: dict[str, Any] = {
        "uncertainties": _uncertainties(parameters, subjects), "levers": dict(map(_ranged, levers)) or None,
        "policies": policies_of(plan, policies, load=load),
    }  # fmt: skip
    kept = words_of(outcomes) or ()
    if method == "tornado":
        _tornado_takes(kept, n=n, dry=dry)
        return shown_answer(lambda show: tornado(
            plan, outcome=kept[0], **asked, replicates=replicates or 4, market=market, over=over, folder=out,
            resume=resume, workers=workers, progress=show,
        ))  # fmt: skip
    question = plan_sensitivity(
        plan, outcomes=kept, **asked, method="emulated" if emulate else method, n=n, replicates=replicates or 1  # type: ignore[arg-type]
    )  # fmt: skip
    if dry:
        sweep = question.sweep
        starts = "; every point settles a start of its own" if sweep.moves_start else ""
        print(f"{sweep.runs:,} runs of {plan.name}: {len(sweep.points):,} points over {len(question.axes)} inputs x "
              f"{len(sweep.policies)} x {sweep.replicates}{starts}.")  # fmt: skip
        return 0
    return shown_answer(lambda show: run_sensitivity(
        question, market=market, over=over, folder=out, resume=resume, workers=workers, progress=show
    ))  # fmt: skip


def show_threshold(
    plan: Scenario, *, along: str, outcome: str, policies: str, replicates: int, scan: int, tolerance: float,
    market: str, over: str, workers: int | None, resume: bool, out: Path | None, load: Load,
) -> int:  # fmt: skip
    """Find where the better of two policies changes; print the answer and save it; return the exit code."""
    from model.experiments.sensitivity import find_threshold

    if out is not None:
        check_writable(out)
    path, ends = _ranged(along) if "=" in along else (along, {})
    named = policies_of(plan, policies, load=load)
    return shown_answer(lambda show: find_threshold(
        plan, along=path, **ends, policies=named or {}, outcome=outcome, replicates=replicates, scan=scan,
        tolerance=tolerance, market=market, over=over, workers=workers, resume=resume, folder=out, progress=show,
    ))  # fmt: skip


def shown_answer(ask: Callable[[Show], Answer]) -> int:
    """Ask with progress, print the answer, save it; say how to go on where the user stops."""
    from model.experiments.sweep.sweeping import SweepStopped

    try:
        with SweepProgress(quiet=False) as show:
            found = ask(show)
    except SweepStopped as stop:
        done, whole = stop.result.done, stop.result.planned
        print(f"resonance: stopped; {done:,} of {whole:,} runs of this round are kept. The same command goes on with "
              "the rest.", file=sys.stderr)  # fmt: skip
        return STOPPED
    print(found.summary())
    print(f"Saved tables and pictures: {found.save()}")
    return 0


Load = Callable[[str], Scenario]
"""Loads a scenario by name with the settings of the command line on top."""


def policies_of(plan: Scenario, text: str | None, *, load: Load) -> Mapping[str, object] | None:
    """Return the policies of a list of scenario names or files; one alone is held against the scenario itself.

    A policy is called as its scenario calls itself, or by the word of the list where two would have one name.
    """
    words = words_of(text)
    if words is None:
        return None
    plans = [plan if word == plan.name else load(word) for word in words]
    if len(plans) == 1 and plans[0] is not plan:
        words, plans = (plan.name, *words), [plan, *plans]
    names = [one.name for one in plans]
    return {name if names.count(name) == 1 else word: one for word, name, one in zip(words, names, plans, strict=True)}


def _uncertainties(parameters: str | None, subjects: str | None) -> list[str] | None:
    """Return the names of a list, and "@subject" for subjects, whose parameters need not be named again."""
    groups = words_of(subjects) or ()
    wrong = [name for name in groups if name not in (*SUBJECTS, "all")]
    if wrong:
        raise InputError([
            Fault("command line: --subject", "no such subject of parameters", name, nearest(name, (*SUBJECTS, "all")))
            for name in wrong
        ])  # fmt: skip
    lines = declared_parameters()
    named = [
        name for name in words_of(parameters) or ()
        if "all" not in groups and (name not in lines or lines[name].subject not in groups)
    ]  # fmt: skip
    return [*(f"@{name}" for name in groups), *named] or None


def _ranged(text: str) -> tuple[str, dict[str, float]]:
    """Return name and ends of "NAME=LOW:HIGH". Errors: InputError."""
    name, _, reach = text.partition("=")
    low, _, high = reach.partition(":")
    try:
        return name.strip(), {"low": float(low), "high": float(high)}
    except ValueError as error:
        way = "Example: platforms.resso.integration.ID=0:1."
        raise InputError(Fault("command line", "a range is written NAME=LOW:HIGH", text, way)) from error


def _tornado_takes(kept: Sequence[str], *, n: int | None, dry: bool) -> None:
    faults = []
    if len(kept) != 1:
        way = "Name the one that decides which policy is best."
        faults.append(Fault("command line: --outcome", "a tornado takes one outcome", list(kept), way))
    if n is not None or dry:
        way = "It has a point for the centre and two for each input."
        faults.append(Fault("command line: --n, --dry", "do not go with a tornado", n, way))
    if faults:
        raise InputError(faults)
