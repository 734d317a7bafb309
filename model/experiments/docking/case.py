"""A docking case: what is held against what, how near it has to come, why it is not nearer, and what its plot shows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Check:
    """One comparison: the worst of the numbers compared, and how far apart they may be.

    what: in words. ours, reference: the two numbers where they are furthest apart. gap: that distance, a part of the
    reference where `relative`, else in `unit`. tolerance: most that is accepted, as the gap. why: what makes the gap.
    """

    what: str
    ours: float
    reference: float
    gap: float
    tolerance: float
    relative: bool
    unit: str
    why: str

    @property
    def holds(self) -> bool:
        """Whether the two are within the tolerance; never where one is no number."""
        return self.gap <= self.tolerance


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """A reference as a line, ours as dots, over the same axis; xs (n,), reference (n,), at (m,), ours (m,)."""

    name: str
    xs: Floats
    reference: Floats
    at: Floats
    ours: Floats


@dataclass(frozen=True, slots=True)
class Panel:
    """One picture of a plot: curves, the names of its axes with units, and whether they are logarithmic."""

    title: str
    x: str
    y: str
    curves: tuple[Curve, ...]
    log_x: bool = False
    log_y: bool = False


@dataclass(frozen=True, slots=True)
class Docked:
    """What a case came to."""

    checks: tuple[Check, ...]
    panels: tuple[Panel, ...]

    @property
    def holds(self) -> bool:
        """Whether every check is within its tolerance."""
        return all(check.holds for check in self.checks)


@dataclass(frozen=True, slots=True)
class Case:
    """A closed form or independent solution and the code held against it.

    name: as a word for files and the command line. title: as a heading. reference: what the code is held against.
    explained: why what is left of a difference is there. run: does it, at full size or small and fast.
    """

    name: str
    title: str
    reference: str
    explained: str
    run: Callable[[bool], Docked]


def check(
    what: str,
    *,
    ours: ArrayLike,
    reference: ArrayLike,
    tolerance: float,
    why: str,
    unit: str = "",
    relative: bool = True,
) -> Check:
    """Return the comparison of numbers or arrays of one shape, by the element where they are furthest apart.

    tolerance: of the reference where `relative`, else in `unit`.
    """
    mine, theirs = np.broadcast_arrays(np.asarray(ours, np.float64), np.asarray(reference, np.float64))
    with np.errstate(invalid="ignore", divide="ignore"):
        gaps = np.abs(mine - theirs) / (np.abs(theirs) if relative else 1.0)
    gaps = np.where(mine == theirs, 0.0, gaps)
    gaps = np.where(np.isnan(gaps), np.inf, gaps)
    worst = int(np.argmax(gaps))
    return Check(
        what=what, ours=float(mine.flat[worst]), reference=float(theirs.flat[worst]), gap=float(gaps.flat[worst]),
        tolerance=tolerance, relative=relative, unit=unit, why=why,
    )  # fmt: skip


def curve(name: str, xs: ArrayLike, reference: ArrayLike, *, ours: ArrayLike, at: ArrayLike | None = None) -> Curve:
    """Return a curve; at: where ours is known, by default where the reference is."""
    axis = np.asarray(xs, np.float64)
    places = axis if at is None else np.asarray(at, np.float64)
    return Curve(name, axis, np.asarray(reference, np.float64), places, np.asarray(ours, np.float64))
