"""A calibration that was asked for: what is lived, what is believed before, what is looked at, and how large it is."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from functools import cached_property

from model.experiments.calibration.lives import lived_version
from model.experiments.calibration.moments import LAST, Targets, targets_until
from model.experiments.calibration.priors import CALIBRATED, Prior, read_priors
from model.experiments.sweep.plan import as_text
from model.foundation.errors import Fault, InputError
from model.foundation.months import parse_month
from model.spec.scenario import Scenario

SCENARIO = "history_2020_2022"
TO_DECEMBER = 37
"""Months from December 2019 to December 2022, both lived whole."""


@dataclass(frozen=True, slots=True)
class Sizes:
    """How many lives and draws there are.

    first: points of the first wave; again: of these, lived a second time with another seed; second: points of the
    second wave, again_second of them twice; truths: lives at fresh points whose own parameters are found again;
    draws: members of the ensemble, drawn from the posterior; lived: draws of a first posterior, lived by the model;
    steps: most of each walker; cloud: points at which the emulator is asked for the check.
    """

    first: int
    again: int
    second: int
    again_second: int
    truths: int
    draws: int
    lived: int
    steps: int
    cloud: int

    @property
    def lives(self) -> int:
        """All lives of the model."""
        return self.first + self.again + self.second + self.again_second + self.truths + self.lived


FULL = Sizes(first=280, again=20, second=90, again_second=0, truths=30, draws=160, lived=60, steps=20000, cloud=2**16)
QUICK = Sizes(first=30, again=6, second=12, again_second=2, truths=20, draws=20, lived=12, steps=3000, cloud=2**13)
QUICK_PARAMETERS = ("streaming_trend", "paying_trend", "rho_paid", "alpha")
QUICK_MARKETS = ("IN", "ID", "BR", "US", "GB")
"""A market of each of Spotify's regions, and the three of Resso."""
QUICK_UNTIL = "2020-12"


@dataclass(frozen=True)
class CalibrationPlan:
    """Everything that decides a calibration's answer.

    scenario: what every life lives, but for its parameters and its seed. priors: of what is calibrated. until: last
    month whose outcomes are looked at. sizes: of waves and draws. record: moments in place of the project's own, to
    find a known truth again.
    """

    scenario: Scenario
    priors: tuple[Prior, ...]
    until: str
    sizes: Sizes
    record: Targets | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """Parameters that are calibrated, in the order of all tables."""
        return tuple(one.name for one in self.priors)

    @cached_property
    def targets(self) -> Targets:
        """The moments of the window, with what was recorded."""
        return self.record or targets_until(self.until)

    @property
    def lived(self) -> dict[str, object]:
        """What decides the first wave, in plain values: it is the same for any window."""
        return {
            "version": lived_version(), "scenario": self.scenario.digest, "seed": self.scenario.seed,
            "priors": [[one.name, one.low, one.high, one.shape] for one in self.priors],
            "first": [self.sizes.first, self.sizes.again], "truths": self.sizes.truths,
        }  # fmt: skip

    @property
    def aimed(self) -> dict[str, object]:
        """What decides the second wave, in plain values: the first, and the record that it is aimed at."""
        found = self.targets
        asked = [found.names, found.value.tolist(), found.error.tolist(), found.discrepancy.tolist()]
        own = [self.sizes.second, self.sizes.again_second]
        return {"lived": self.lived, "until": self.until, "second": own, "targets": as_text(asked)}

    @property
    def question(self) -> dict[str, object]:
        """What decides the answer, in plain values."""
        return {**self.aimed, "sizes": [getattr(self.sizes, name) for name in self.sizes.__slots__]}

    @property
    def digest(self) -> str:
        """Sixteen hexadecimal digits that stand for the question and the model that is asked."""
        return hashlib.blake2b(as_text(self.question).encode(), digest_size=8).hexdigest()


def plan_calibration(
    *, quick: bool = False, until: str | None = None, parameters: tuple[str, ...] | None = None,
    users: int | None = None, seed: int | None = None, sizes: Sizes | None = None,
) -> CalibrationPlan:  # fmt: skip
    """Return a checked calibration.

    quick: five markets, four parameters, one year, few users: some minutes, for trying the machinery, not for results.
    until: last month looked at, "YYYY-MM" (December 2022). parameters: others than `CALIBRATED`. users: simulated ones
    a market (2,000). seed: of the design and of all lives. sizes: others than `FULL` or `QUICK`.
    Errors: InputError with what is wrong.
    """
    until = until or (QUICK_UNTIL if quick else LAST)
    targets_until(until)  # a wrong window is told before anything is made
    priors = read_priors(parameters or (QUICK_PARAMETERS if quick else CALIBRATED))
    wishes: dict[str, object] = {"months": TO_DECEMBER, "users": users or 2000, "replicates": 1}
    if quick:
        first = parse_month("2019-12", place="")
        months = parse_month(until, place="train-until") - first + 1
        wishes |= {"months": months, "users": users or 300, "markets": list(QUICK_MARKETS)}
    if seed is not None:
        wishes["seed"] = seed
    scenario = Scenario.load(SCENARIO).replace(wishes)
    plan = CalibrationPlan(scenario, priors, until, sizes or (QUICK if quick else FULL))
    return _checked(plan)


def window_of(plan: CalibrationPlan, until: str) -> CalibrationPlan:
    """Return the same calibration of a shorter window; its first wave is that of the longer one."""
    targets_until(until)
    return _checked(replace(plan, until=until))


def _checked(plan: CalibrationPlan) -> CalibrationPlan:
    """Return the plan, whose sizes allow what is done with them. Errors: InputError."""
    sizes, dims = plan.sizes, len(plan.priors)
    faults = []
    if sizes.first < 3 * dims or sizes.again > sizes.first or sizes.again_second > sizes.second:
        rule = "the first wave has at least three points for each parameter, and no more are lived again than there are"
        faults.append(Fault("sizes: first", rule, sizes.first, f"{dims} parameters: take {10 * dims}."))
    if sizes.truths < 20:
        faults.append(Fault("sizes: truths", "coverage is checked on 20 truths or more", sizes.truths, "Usual: 30."))
    if min(sizes.lived, sizes.draws) < 10:
        rule = "ten draws or more are lived, and ten or more are kept"
        faults.append(Fault("sizes: lived, draws", rule, f"{sizes.lived}, {sizes.draws}", "Usual: 60 and 160."))
    if faults:
        raise InputError(faults)
    return plan
