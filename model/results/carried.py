"""What a result remembers of the ensemble that it was run under: whose values each of its runs has."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from model.foundation.plain import fitting
from model.theory.quantiles import quantiles

_FORM = {
    "name": str, "about": str, "digest": str, "made": {str: object}, "size": int, "planned": int, "parameters": [str],
    "units": [str], "held": [str], "members": {str: int}, "values": {str: [float]},
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Carried:
    """The ensemble of a result. Every run counts the same: weights have become numbers of runs.

    name, about, digest, made: of the ensemble. size: members that it has. planned: runs that were asked for.
    parameters, units: what its members differ in. held: those of them that the scenario sets itself, so that all runs
    have the scenario's value. members: number of the member by replicate. values: of its parameters, by replicate.
    """

    name: str
    about: str
    digest: str
    made: Mapping[str, object]
    size: int
    planned: int
    parameters: tuple[str, ...]
    units: tuple[str, ...]
    held: tuple[str, ...]
    members: Mapping[int, int]
    values: Mapping[int, tuple[float, ...]] = field(repr=False)

    def own_values(self, replicate: int) -> dict[str, float]:
        """Return the values of the parameters that a run takes from its member."""
        pairs = zip(self.parameters, self.values[replicate], strict=True)
        return {name: value for name, value in pairs if name not in self.held}

    def canonical(self, scenario: Mapping[str, Any], replicate: int) -> dict[str, Any]:
        """Return the canonical scenario of one run, from that of the result: with the values of its member."""
        return {**scenario, "parameters": {**scenario["parameters"], **self.own_values(replicate)}}

    def bands(self) -> dict[str, tuple[float, float, float]]:
        """Return (5%, 50%, 95%) over the runs of each parameter that differs between them."""
        table = np.array([self.values[replicate] for replicate in self.members])
        found = quantiles(table.T, (0.05, 0.5, 0.95)).tolist()
        return {
            name: (row[0], row[1], row[2])
            for name, row in zip(self.parameters, found, strict=True)
            if name not in self.held
        }

    def frame(self, run_ids: Mapping[int, str]) -> pd.DataFrame:
        """Return a row for each run: replicate, member, run id, and the parameters' values as run."""
        own = [name for name in self.parameters if name not in self.held]
        rows = [
            {"replicate": replicate, "member": member, "run_id": run_ids[replicate], **self.own_values(replicate)}
            for replicate, member in sorted(self.members.items())
        ]
        return pd.DataFrame(rows, columns=["replicate", "member", "run_id", *own])

    def words(self) -> list[str]:
        """Return lines that say what was carried, and what of it the scenario held back."""
        runs = len(self.members)
        whose = len(set(self.members.values()))
        many = f"{whose} of its {self.size} members" if whose < self.size else f"all {self.size} members"
        lines = [f"Under the ensemble {self.name} ({self.digest}): {runs} runs of {many}, weights respected."]
        if runs < self.planned:
            lines.append(f"Stopped after {runs} of {self.planned} runs, in an order that keeps them a fair sample.")
        if self.held:
            told = "all that it varies" if len(self.held) == len(self.parameters) else ", ".join(self.held)
            lines.append(f"The scenario sets {told} itself: its own values stay in every run.")
        return lines

    def plain(self) -> dict[str, Any]:
        """Return plain values for JSON."""
        return {
            "name": self.name, "about": self.about, "digest": self.digest, "made": dict(self.made), "size": self.size,
            "planned": self.planned, "parameters": list(self.parameters), "units": list(self.units),
            "held": list(self.held), "members": {str(number): member for number, member in self.members.items()},
            "values": {str(number): list(row) for number, row in self.values.items()},
        }  # fmt: skip

    @classmethod
    def from_plain(cls, values: Mapping[str, Any]) -> Carried:
        """Return what `plain` gave; KeyError, TypeError or ValueError for anything else."""
        fitting(values, _FORM, place="carried")
        if any(len(row) != len(values["parameters"]) for row in values["values"].values()) or (
            values["members"].keys() != values["values"].keys()
        ):
            raise ValueError("carried.values has a number for each parameter of each member")
        return cls(**{
            **values, "parameters": tuple(values["parameters"]), "units": tuple(values["units"]),
            "held": tuple(values["held"]),
            "members": {int(number): int(member) for number, member in values["members"].items()},
            "values": {int(number): tuple(row) for number, row in values["values"].items()},
        })  # fmt: skip
