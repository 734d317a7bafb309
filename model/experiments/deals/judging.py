"""What a term sheet does to both sides, draw by draw; the futures are worked up once, so that each sheet is quick."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from model.experiments.deals.sheet import Bases, SheetPayments, TermSheet, lump_sums

if TYPE_CHECKING:
    from model.experiments.deals.room import DealRoom


class Judging:
    """A room ready to judge many sheets. room: whose futures they are judged on."""

    def __init__(self, room: DealRoom) -> None:
        self.room = room
        self._walk, self._lines, self._held = room.walk_aways(), room.futures.lines(), room.futures.draws
        self._part = room.futures.request.world_part if room.futures.request.kind == "clips" else 1.0
        self._bases = None if room.futures.request.kind == "clips" else Bases(room.futures.base)

    def payments(self, sheet: TermSheet | Mapping[str, object]) -> SheetPayments:
        """Return what a sheet pays the label in every draw, and by what. Errors: InputError."""
        request = self.room.futures.request
        sheet = sheet if isinstance(sheet, TermSheet) else TermSheet.from_mapping(sheet)
        sheet.check(request.kind)
        if self._bases is None:
            return lump_sums(sheet, self._walk.index, part=self._part)
        return self._bases.payments(sheet)

    def judge(self, sheet: TermSheet | Mapping[str, object]) -> pd.DataFrame:
        """Return what a sheet does, as `DealRoom.judge` does. Errors: InputError."""
        walk, lines, held = self._walk, self._lines, self._held
        paid = self.payments(sheet).by_draw["total"]
        table = pd.DataFrame({
            "paid": paid, "least": walk["least"], "most": walk["most"],
            "brings": lines["brings"] + lines["most_slope"] * held["belief_platform"],
            "clauses": lines["pass_on"] * (paid - lines["present"]).clip(lower=0.0),
            "lost": lines["lost"] + lines["least_slope"] * held["belief_label"],
            "precedent": lines["cut_all"] * _cut(paid, lines["present"]),
        })  # fmt: skip
        table["platform"] = table["brings"] - paid - table["clauses"]
        table["label"] = paid - table["lost"] - table["precedent"]
        platform_walks, label_walks = table["platform"] < 0, table["label"] < 0
        table["walks"] = np.select(
            [platform_walks & label_walks, platform_walks, label_walks], ["both", "platform", "label"], "nobody"
        )
        return table


def _cut(paid: pd.Series[float], present: pd.Series[float]) -> pd.Series[float]:
    """Return by draw which part of what present terms pay is cut, 0 to 1; 0 where they pay nothing."""
    share = (paid / present.where(present > 0.0)).fillna(1.0)
    return (1.0 - share).clip(lower=0.0)
