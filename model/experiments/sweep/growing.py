"""Growing a finished sweep in its folder: more replicates, or more points behind those it has; only these are run."""

from __future__ import annotations

from pathlib import Path

from model.experiments.sweep.plan import SweepPlan
from model.experiments.sweep.store import SweepStore, same_points
from model.foundation.errors import Fault, raise_faults

GROWS = ("points", "replicates")
"""What of a sweep's question may become more."""
_NOT_BEHIND = {
    "lhs": ("a Latin hypercube cannot grow: of another n all its points are others",
            "Begin it in a new folder; design='sobol' can grow, best to the next power of two."),
    "grid": ("a grid grows by replicates only: of other steps its points stand in another order",
             "Begin it in a new folder, or give the points as a table, whose rows can be added to."),
    "sobol": ("more points stand behind those that were begun with", "Keep seed and inputs as they were."),
    "table": ("rows are added behind those that were begun with", "Keep the first rows, and their order."),
}  # fmt: skip


def open_to_go_on(folder: Path, plan: SweepPlan) -> SweepStore:
    """Return the store of a folder to go on with, the same sweep or one that the planned one extends.

    Errors: InputError where it is another sweep, of another model, or a larger one than was asked for.
    """
    store = SweepStore.open(folder)
    try:
        asked, begun = plan.question, store.plan
        store.check({**asked, **{key: begun[key] for key in GROWS if key in begun}})
        faults = []
        if plan.replicates < int(str(begun["replicates"])):
            faults.append(_smaller(folder, "replicates", begun["replicates"], plan.replicates))
        if asked["points"] != begun["points"]:
            had, wanted = len(store.points), len(plan.points)
            if wanted < had and plan.design == "sobol":
                faults.append(_smaller(folder, "n", had, wanted))
            elif not same_points(plan.points.iloc[:had], store.points):
                rule, way = _NOT_BEHIND[plan.design]
                faults.append(Fault(f"{folder}: points", rule, f"{had:,} points there, {wanted:,} asked for", way))
        raise_faults(faults)
    except BaseException:
        store.close()
        raise
    return store


def grows(store: SweepStore, plan: SweepPlan) -> bool:
    """Tell whether a plan asks for more than a store's own."""
    begun = store.plan
    return any(begun[key] != plan.question[key] for key in GROWS)


def _smaller(folder: Path, key: str, had: object, wanted: int) -> Fault:
    way = f"Ask for {key}={had} or more, read it with sm.open_sweep({str(folder)!r}), or name another folder (store=)."
    return Fault(f"{folder}: {key}", f"a sweep grows and never shrinks; it has {had}", wanted, way)
