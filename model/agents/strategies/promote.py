"""Promote: a label that trades money for being heard."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import ClassVar

from model.agents.strategies.base import Strategy
from model.agents.strategies.outlook import Outlook
from model.spec.settings import Setting
from model.spec.strategies import Choice, Number
from model.spec.strategies.kinds import Side


class Promote(Strategy):
    """Keeps its music in clips on TikTok, and in talks takes less than forks say since it counts on being heard."""

    side: ClassVar[Side] = "label"
    responds: ClassVar[bool] = False
    choices: ClassVar[Mapping[str, Choice]] = {
        "concession": Number(
            0.1, 0.0, 1.0, "share of the old payment", "by which its least is lower for clips", likely=(0.0, 0.3)
        ),
        "streaming": Number(0.0, 0.0, 1.0, "share of the old payment", "the same for streaming", likely=(0.0, 0.2)),
    }
    sets: ClassVar[tuple[str, ...]] = ("clips",)

    def decide(self, outlook: Outlook) -> Iterable[Setting]:
        """Put its music into clips, unless TikTok and the label talk about them."""
        if not outlook.talks("tiktok"):
            yield from (outlook.set("clips", market, 1.0) for market in outlook.markets)

    def reservation(self, value: float, *, present: float, other: str, kind: str) -> float:
        """Return a lower least than forks say."""
        return value - self.number("concession" if kind == "clips" else "streaming") * present
