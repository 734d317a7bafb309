"""Talks lived many times as a card for notebooks: how each licence's talks end, and how often the music goes away."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import TYPE_CHECKING

from model.foundation.markup import card, table
from model.results.palette import name_of

if TYPE_CHECKING:
    from model.experiments.talks.outcomes import TalkOutcomes

ROWS = 14
EXITS = ("licence", "talks", "walk-outs", "share", "90% interval", "by the label", "by the platform", "by both",
         "no payment suits both", "not found")  # fmt: skip


def talks_html(found: TalkOutcomes) -> str:
    """Return the card of talks over replicates."""
    plan = found.plan
    facts = [("months", f"{plan.months} from {plan.start}"), ("markets", str(len(plan.markets))),
             ("replicates", str(found.replicates)), ("talks", str(len(found.talks)))]  # fmt: skip
    if found.talks.empty:
        return card("Talks", plan.name, about="No talks came to the table.", facts=facts, notes=found.notices)
    courses, left = found.courses(), found.walk_outs()
    ends = [(*_who(row), str(row["course"]), *_share(row, "count", "share")) for row in courses.to_dict("records")]
    exits = [(*_who(row), *_share(row, "walk_outs", "exit"), *(str(row[name]) for name in ("by_label", "by_platform",
              "by_both", "cannibalisation", "disagreement"))) for row in left.to_dict("records")]  # fmt: skip
    more = f"; {len(ends) - ROWS} more rows in courses()" if len(ends) > ROWS else ""
    return card(
        "Talks", plan.name, about=plan.about, facts=facts,
        parts=[
            table(("licence", "talks", "course", "times", "share", "90% interval"), ends[:ROWS], left=3,
                  caption=f"How talks go{more}"),
            table(EXITS, exits[:ROWS], left=2, caption="How often the music goes away"),
        ],
        notes=found.notices,
    )  # fmt: skip


def _who(row: Mapping[Hashable, object]) -> tuple[str, str]:
    told = {str(key): value for key, value in row.items()}
    if told["platform"] == "all":
        return "all licences", "all"
    platform = "TikTok" if told["platform"] == "tiktok" else name_of(str(told["platform"]))
    number = int(str(told["number"]))
    return f"{platform} and {name_of(str(told['label']))}", "first" if number == 1 else f"number {number}"


def _share(row: Mapping[Hashable, object], count: str, share: str) -> tuple[str, str, str]:
    told = {str(key): value for key, value in row.items()}
    part, low, high = (float(str(told[name])) for name in (share, "low", "high"))
    return str(told[count]), f"{part:.0%}", f"{low:.0%} to {high:.0%}"
