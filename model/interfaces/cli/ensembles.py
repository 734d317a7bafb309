"""The options `--ensemble` and `--members`, which several commands have."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from model.foundation.errors import Fault, InputError, raise_faults

if TYPE_CHECKING:
    from model.experiments.ensembles.members import Members
    from model.spec.scenario import Scenario

EnsembleOption = Annotated[
    str | None,
    typer.Option("--ensemble", metavar="NAME", help="Carry an ensemble of parameters, by name or file (JSON): a run "
                 "for each member, and 50% and 90% bands. docs/ensembles.md"),
]  # fmt: skip
MembersOption = Annotated[
    int | None, typer.Option("--members", metavar="N", help="Runs under the ensemble, by its weights. Default: 40.")
]


def members_asked_for(
    ensemble: str | None, members: int | None, *, seed: int, instead: Sequence[tuple[str, object]] = ()
) -> Members | None:
    """Return the runs that the command line asks for, None without an ensemble.

    instead: (option, value) of those that the members take the place of. Errors: InputError with every fault.
    """
    if ensemble is None:
        if members is not None:
            way = "Name one with --ensemble."
            raise InputError(Fault("command line: --members", "are of an ensemble", members, way))
        return None
    rule, way = "under an ensemble its members take this place", "Give --members, or leave out --ensemble."
    raise_faults([Fault(f"command line: {name}", rule, value, way) for name, value in instead if value is not None])
    from model.experiments.ensembles.members import draw_members

    return draw_members(ensemble, seed=seed, members=members)


def tell_members(drawn: Members | None, plans: Sequence[Scenario], *, runs: int, quiet: bool = False) -> None:
    """Say before they are lived how many runs there are of which ensemble, and what of it scenarios keep back."""
    if drawn is None or quiet:
        return
    one = drawn.ensemble
    told = f"{one.name} ({one.digest}, {len(one)} members of {len(one.parameters)} parameters)"
    print(f"Ensemble {told}: {runs:,} run{'' if runs == 1 else 's'} to live.", file=sys.stderr)
    for plan in plans:
        held = one.held_by(plan)
        if held:
            print(f"{plan.name} sets {', '.join(held)} itself: its values stay.", file=sys.stderr)
