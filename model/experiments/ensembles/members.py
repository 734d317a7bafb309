"""Which members of an ensemble are run, and as which replicate: weights become numbers of runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from model.experiments.ensembles.ensemble import Ensemble, carrying, is_whole, open_ensemble
from model.foundation.errors import Fault, InputError, raise_faults
from model.foundation.rng import stream_key, uniforms
from model.results.carried import Carried
from model.spec.reading import shown
from model.spec.scenario import Scenario

USUAL = 40
"""Runs under an ensemble where no number is asked for: below that the ends of a 90% band are the outermost runs."""
MOST = 20_000
Wanted = int | Sequence[int] | None
Given = Ensemble | str | Path


@dataclass(frozen=True, slots=True)
class Slot:
    """One run under an ensemble: a member, and the number of the replicate whose draws it takes."""

    replicate: int
    member: int


@dataclass(frozen=True, slots=True)
class Members:
    """The members that are run, in the order in which they are: a run that is stopped keeps a fair sample of them.

    ensemble: theirs. slots: one run each, all counting the same. A member of n is run with the draws of the replicate
    of its own number; where it is run again, the replicate is its number plus n, plus 2 n, and so on.
    """

    ensemble: Ensemble
    slots: tuple[Slot, ...]

    def __len__(self) -> int:
        """Return the number of runs."""
        return len(self.slots)

    def plan(self, base: Scenario, slot: Slot) -> Scenario:
        """Return the scenario of a run: its member's values, with a start of its own."""
        return self.ensemble.member(base, slot.member)

    def values(self, slot: Slot) -> dict[str, float]:
        """Return the values of a run's member, by parameter."""
        return self.ensemble.draw(slot.member)

    def carried(self, base: Scenario, done: Sequence[int] | None = None) -> Carried:
        """Return what a result remembers. done: replicates that were finished (default: all)."""
        one = self.ensemble
        own = [slot for slot in self.slots if done is None or slot.replicate in done]
        return Carried(
            name=one.name, about=one.about, digest=one.digest, made=one.made, size=len(one), planned=len(self),
            parameters=one.parameters, units=one.units, held=one.held_by(base),
            members={slot.replicate: slot.member for slot in own},
            values={slot.replicate: tuple(one.values[slot.member].tolist()) for slot in own},
        )  # fmt: skip


def opened(ensemble: Given) -> Ensemble:
    """Return an ensemble that is given as it is, by name or as a file. Errors: InputError."""
    return ensemble if isinstance(ensemble, Ensemble) else open_ensemble(ensemble)


def draw_members(ensemble: Given, *, seed: int, members: Wanted = None) -> Members:
    """Return the runs under an ensemble.

    members: how many runs (default: 40); each member gets as many of them as its weight says, one more or less
    (systematic resampling, Kitagawa 1996, with a keyed start), so that every run counts the same in whatever is made of
    them. Or a list of members, from 0, each run once. seed: of the scenario. Errors: InputError with every fault.
    """
    one = opened(ensemble)
    if isinstance(members, Sequence):
        return Members(one, _listed(one, members))
    wanted = USUAL if members is None else members
    if not is_whole(wanted) or not 1 <= wanted <= MOST:
        rule = f"is a whole number from 1 to {MOST:,}"
        raise InputError(Fault("members", rule, shown(wanted), f"Usual: {USUAL}."))
    key = stream_key(seed, "members of an ensemble", wanted)
    counts = _counts(one.weights, wanted, start=float(uniforms(key, np.array([wanted]))[0]))
    slots = [Slot(k + again * len(one), k) for k, count in enumerate(counts.tolist()) for again in range(count)]
    order = np.argsort(uniforms(key, np.arange(len(slots))), kind="stable")
    return Members(one, tuple(slots[at] for at in order.tolist()))


def _counts(weights: NDArray[np.float64], wanted: int, *, start: float) -> NDArray[np.int64]:
    """Return how often each member is drawn, (n,): floor or ceiling of wanted times its weight, `wanted` in all."""
    ends = np.cumsum(weights) / weights.sum() * wanted
    ends[-1] = wanted
    found: NDArray[np.int64] = np.diff(np.floor(np.concatenate([[0.0], ends]) + start)).astype(np.int64)
    return found


def _listed(ensemble: Ensemble, members: Sequence[int]) -> tuple[Slot, ...]:
    faults = []
    for one in members:
        if not is_whole(one) or not 0 <= one < len(ensemble):
            rule = f"the members of {ensemble.name} are numbered 0 to {len(ensemble) - 1}"
            faults.append(Fault("members", rule, shown(one), "Example: members=[0, 1]."))
    if not members or len(set(members)) < len(members):
        faults.append(Fault("members", "are one or more, each once", list(members)[:8], "Example: members=[0, 1]."))
    raise_faults(faults)
    return tuple(Slot(int(one), int(one)) for one in members)


__all__ = ["USUAL", "Given", "Members", "Slot", "Wanted", "carrying", "draw_members", "opened"]
