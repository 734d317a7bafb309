"""The screening behind `resonance facts --assumptions`: how it is asked, kept, and read."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from model.experiments.sensitivity import Sensitivity, sensitivity
from model.experiments.sensitivity.answer import Ranked
from model.experiments.sweep.sweeping import Show
from model.foundation.errors import Fault, InputError, nearest
from model.foundation.files import read_text, write_text_whole
from model.foundation.version import model_version
from model.spec.parameters import Parameter, declared_parameters
from model.spec.scenario import Scenario

STORED = Path(__file__).parent / "screening.json"
KIND, VERSION = "resonance screening", 1
COMMAND = "resonance facts --assumptions --measure"
BASE, SIZE = "tiny", {"users": 500, "months": 18, "markets": ["ID"]}
POLICIES: dict[str, dict[str, object]] = {"plain": {}, "tied to TikTok": {"platforms.resso.integration.ID": 1.0}}
OUTCOMES = ("resso.users", "resso.payers", "spotify.operating_income", "label_income", "bytedance_income")
PATHS = 4
LEAST = 0.01
"""Parameters below this part of the strongest are counted, not kept."""


@dataclass(frozen=True, slots=True)
class Screened(Ranked):
    """A parameter in the ranking of an outcome, as it is kept."""

    @property
    def line(self) -> Parameter | None:
        """Its declaration; None where the parameter is gone since the screening was made."""
        return declared_parameters().get(self.name)


@dataclass(frozen=True, slots=True)
class Screening:
    """What the screening found. made: how, by which version, from which sweep; outcomes: the ranking of each.

    response: what was looked at, the difference between two policies. inputs: all parameters that were moved.
    """

    made: Mapping[str, Any]
    response: str
    inputs: tuple[str, ...]
    outcomes: Mapping[str, tuple[Screened, ...]]

    def of(self, outcome: str | None = None) -> tuple[str, tuple[Screened, ...]]:
        """Return (outcome, ranking), by default of the first; InputError with the nearest name for another."""
        name = next(iter(self.outcomes)) if outcome is None else outcome
        if name not in self.outcomes:
            way = nearest(name, list(self.outcomes))
            raise InputError(Fault("outcome", "is one of the screening", name, way))
        return name, self.outcomes[name]


def measure_assumptions(
    *, folder: str | Path | None = None, progress: Show | None = None, path: Path = STORED,
    paths: int = PATHS, size: Mapping[str, object] | None = None, uncertainties: tuple[str, ...] = ("@all",),
) -> Path:  # fmt: skip
    """Screen every uncertain parameter and write the file that the listing reads; return its path.

    Indonesia, few users, eighteen months: what tying Resso to TikTok changes, against leaving it as it is. folder: of
    the runs, by default results/assumptions-<version>; the same call goes on where it was stopped. path, paths, size,
    uncertainties: other than the shipped ones.
    Errors: InputError.
    """
    place = Path("results") / f"assumptions-{model_version().partition('+')[2]}" if folder is None else folder
    plan = Scenario.load(BASE).replace(dict(SIZE if size is None else size))
    found = sensitivity(
        plan, outcomes=OUTCOMES, uncertainties=list(uncertainties), policies=POLICIES, n=paths, folder=place,
        workers=1, progress=progress,
    )  # fmt: skip
    write_text_whole(path, json.dumps(_plain(found, plan, paths), indent=1, ensure_ascii=False, allow_nan=False) + "\n")
    return path


def _plain(found: Sensitivity, plan: Scenario, paths: int) -> dict[str, object]:
    response = found.responses[0].name
    kept = [one.name for one in fields(Screened)]
    return {
        "kind": KIND, "version": VERSION,
        "made": {
            "command": COMMAND, "model_version": model_version(), "sweep": found.found.digest, "scenario": plan.name,
            "markets": list(plan.markets), "users": plan.users, "months": plan.months, "seed": plan.seed,
            "method": "morris", "paths": paths, "runs": found.found.done, "policies": list(POLICIES),
            "created": datetime.now(UTC).isoformat(timespec="seconds"),
        },
        "response": response, "inputs": [axis.column for axis in found.plan.axes],
        "outcomes": {
            name: [{field: _short(getattr(one, field)) for field in kept} for one in found.assumptions(name)
                   if one.share >= LEAST]
            for name in OUTCOMES
        },
    }  # fmt: skip


def _short(value: object) -> object:
    """Return a number with six digits: more is noise, and makes a long file."""
    return float(f"{value:.6g}") if isinstance(value, float) else value


def screening(path: Path = STORED) -> Screening:
    """Return the stored screening. Errors: InputError for a file that is missing, harmed or of something else."""
    way = f"Make it with `{COMMAND}`."
    try:
        values = json.loads(read_text(path, what="a stored screening"))
        if values["kind"] != KIND or values["version"] != VERSION:
            raise ValueError(f"kind {values['kind']!r}, version {values['version']!r}")
        outcomes = {name: tuple(Screened(**row) for row in rows) for name, rows in values["outcomes"].items()}
        return Screening(dict(values["made"]), str(values["response"]), tuple(values["inputs"]), outcomes)
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError) as error:
        raise InputError(Fault(path.name, "is a stored screening", str(error), way)) from error


def unscreened(found: Screening) -> tuple[str, ...]:
    """Return the uncertain parameters that were declared after the screening was made."""
    return tuple(name for name, line in declared_parameters().items()
                 if line.kind == "uncertainty" and name not in found.inputs)  # fmt: skip
