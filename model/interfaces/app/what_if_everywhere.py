"""Controls that set a lever in all markets at once, made from those of each market."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from model.interfaces.app.controls import LOCAL, Control

EVERYWHERE = "ALL"
"""In place of a market in dotted keys of a scenario."""


def everywhere(controls: Sequence[Sequence[Control]], *, codes: Sequence[str]) -> list[Control]:
    """Return a control for each lever of markets that means the same in all: sums of local money are left out.

    controls: of each market. codes: all markets whose code may stand in a key. The value is NaN where markets differ.
    """
    met: dict[str, list[Control]] = {}
    for own in controls:
        for one in own:
            if not one.unit.startswith(LOCAL):
                met.setdefault(_joint(one.key, codes), []).append(one)
    return [_merged(key, each) for key, each in met.items()]


def _merged(key: str, each: Sequence[Control]) -> Control:
    values = {one.value for one in each}
    same = values.pop() if len(values) == 1 else float("nan")
    begin, end, unset = min(one.begin for one in each), max(one.end for one in each), all(one.unset for one in each)
    return replace(each[0], key=key, value=same, begin=begin, end=end, unset=unset)


def _joint(key: str, codes: Sequence[str]) -> str:
    return ".".join(EVERYWHERE if part in codes else part for part in key.split("."))
