"""The labels' dilemma on TikTok: one that takes its music away alone, against all that do so together.

Clips draw attention to a label, mostly away from the others. So one label that leaves alone loses what all would hardly
lose together, and each is held at the table by what the others would gain. Nine tenths of that follow from
`promotion_pull`, which is put in and of which not even the sign is known; `songs_alone` leaves what single songs do.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import fsum
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from model.experiments.comparing.outcomes import labels_of
from model.experiments.comparing.paired import paired_differences
from model.experiments.run import Progress, live_replicate, warm_up
from model.foundation.errors import Fault, InputError, nearest
from model.market.start_store import StartStore
from model.mechanisms.talks.weights import MAJORS
from model.results import RunResult
from model.spec.names import ALL
from model.spec.scenario import Scenario

if TYPE_CHECKING:
    from matplotlib.figure import Figure

SIZES: dict[str, object] = {"markets": ["BR", "US"], "users": 2000, "months": 12}
ALONE, TOGETHER = "alone", "together"
LEVEL = 0.9
LIVING = "living"
"""Stage of the progress: runs lived of all."""


@dataclass(frozen=True, slots=True)
class Dilemma:
    """What labels lose by taking their music out of clips, share of what they earn by staying.

    losses: label x leaving ("alone" or "together") x money (`music`: streaming and free video, `all`: with fees for
    clips), with the mean loss over replicates, its interval (low, high), and the mean in USD. tiktok: by who leaves (a
    label, or "together"), the share of TikTok's hours that is lost. plan: the scenario in which they stay.
    """

    plan: Scenario
    labels: tuple[str, ...]
    replicates: int
    losses: pd.DataFrame
    tiktok: dict[str, float]

    def loss(self, label: str, leaving: str, *, money: str = "music") -> float:
        """Return the mean loss of a label as a share of what it earns by staying. leaving: "alone" or "together"."""
        rows = self.losses
        row = rows[rows["label"].eq(label) & rows["leaving"].eq(leaving) & rows["money"].eq(money)]
        return float(row["loss"].iloc[0])

    def is_dilemma(self, label: str) -> bool:
        """Tell whether a label loses more music income by leaving alone than by leaving with all others."""
        return self.loss(label, ALONE) > self.loss(label, TOGETHER)

    def figure(self) -> Figure:
        """Return losses of each label, alone and with all others, with intervals over replicates."""
        from model.experiments.dilemma_figure import dilemma_figure

        return dilemma_figure(self)


def dilemma(
    scenario: Scenario | str | Path = "baseline", *, labels: Sequence[str] = MAJORS, replicates: int = 4,
    sizes: dict[str, object] | None = None, starts: StartStore | None = None, progress: Progress | None = None,
) -> Dilemma:  # fmt: skip
    """Return what each label loses by leaving TikTok alone, and when all labels leave together.

    Every label leaves from the first month on, in all markets of the run; worlds differ in nothing else and share their
    draws. sizes: settings put on the scenario (default: Brazil and the US, 2,000 users, a year). Errors: InputError.
    """
    wished = SIZES if sizes is None else sizes
    plan = (scenario if isinstance(scenario, Scenario) else Scenario.load(scenario)).replace(wished)
    every = sorted(labels_of(plan))
    faults = [Fault("labels", "is a label of the run's markets", one, nearest(one, every))
              for one in labels if one not in every]  # fmt: skip
    if not labels or replicates < 1:
        faults.append(Fault("dilemma", "has labels and replicates", (list(labels), replicates), "Leave both out."))
    if faults:
        raise InputError(faults)
    plans = [plan, *(_without(plan, [label]) for label in labels), _without(plan, every)]
    store = StartStore.default() if starts is None else starts
    warm_up()
    lived: list[list[RunResult]] = [[] for _ in plans]
    for replicate in range(replicates):
        for number, one in enumerate(plans):
            finished = live_replicate(one, replicate=replicate, starts=store)
            lived[number].append(RunResult.from_runs(one, [finished]))
            if progress is not None:
                progress(LIVING, replicate * len(plans) + number + 1, replicates * len(plans))
    stay, *alone, together = lived
    rows = [
        _row(label, leaving, money, stay, gone)
        for label, own in zip(labels, alone, strict=True)
        for leaving, gone in ((ALONE, own), (TOGETHER, together))
        for money in ("music", "all")
    ]
    hours = _hours(stay)
    lost = {
        name: 1.0 - _hours(gone) / hours for name, gone in zip((*labels, TOGETHER), (*alone, together), strict=True)
    }
    return Dilemma(plan, tuple(labels), replicates, pd.DataFrame(rows), lost)


def songs_alone(plan: Scenario) -> Scenario:
    """Return a scenario in which clips promote no catalogue as a whole: what is left is the lift of single songs."""
    return plan.replace({"parameters.promotion_pull": 0.0})


def _without(plan: Scenario, labels: Sequence[str]) -> Scenario:
    return plan.replace({f"markets.{ALL}.clips.{label}": False for label in labels})


def _row(
    label: str, leaving: str, money: str, stay: Sequence[RunResult], gone: Sequence[RunResult]
) -> dict[str, object]:
    before, after = (np.array([_income(one, label, money) for one in runs])[:, None] for runs in (stay, gone))
    found = paired_differences(before, after, level=LEVEL)
    base = float(before.mean())
    low, high = (-float(end[0]) / base for end in (found.high, found.low))
    return {"label": label, "leaving": leaving, "money": money, "loss": -float(found.difference[0]) / base,
            "low": low, "high": high, "usd": -float(found.difference[0])}  # fmt: skip


def _income(result: RunResult, label: str, money: str) -> float:
    """Return what a label earned in a run, USD: music is all that it received but TikTok's fees and promotion."""
    paid = result.ledger[result.ledger["payee"].str.match(rf"label:{label}(?::|$)")]
    if money == "music":
        paid = paid[~paid["payer"].str.startswith("platform:tiktok:")]
    return fsum(paid["amount_usd"])


def _hours(runs: Sequence[RunResult]) -> float:
    return fsum(hours for one in runs for hours in one.tiktok["tiktok_hours"].dropna())
