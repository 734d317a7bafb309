"""A deal room as a card for notebooks: walk-aways, the zone between them, and what to mind."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from model.experiments.sweep.words import amount
from model.foundation.markup import card, table
from model.results.palette import name_of

if TYPE_CHECKING:
    from model.experiments.deals.room import DealRoom

WORDS = {"least": "least {label} accepts", "most": "most {platform} pays",
         "nash": "Nash payment, where there is a zone", "present": "present terms pay"}  # fmt: skip


def room_html(room: DealRoom) -> str:
    """Return the card of a deal room."""
    request, rows = room.futures.request, room.summary()
    platform = "TikTok" if request.platform == "tiktok" else name_of(request.platform)
    label = name_of(request.label)
    cells = []
    for name, words in WORDS.items():
        mean, low, high, share = rows.loc[[name], ["mean", "low", "high", "share"]].to_numpy(np.float64)[0].tolist()
        cells.append((
            words.format(platform=platform, label=label), amount(mean), f"{amount(low)} to {amount(high)}",
            f"{share:.0%}" if np.isfinite(share) else "-",
        ))  # fmt: skip
    what = "clips" if request.kind == "clips" else "streaming"
    many = f"{request.draws} {'draws' if room.futures.carried is None else 'members'}"
    return card(
        "Deal room", f"{label} and {platform}",
        about=f"A zone of possible agreement in {room.agreement():.0%} of {many}.",
        facts=[("licence", what), ("markets", ", ".join(request.markets)), ("term", f"{request.months} months"),
               ("scenario", request.plan.name), ("label's bargaining weight", f"{room.weight:g}")],
        parts=[table(("payment", "USD a month, mean", "nine tenths of draws", "of net revenue by usage"), cells,
                     caption="Payments from the platform to the label, mean over the term")],
        notes=room.notices(),
    )  # fmt: skip
