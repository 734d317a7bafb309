"""A tornado in words: the centre, the widest swings, and the ends at which another policy is best."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from model.experiments.comparing.outcomes import HORIZON, WORLD
from model.experiments.sensitivity.tornado import ALIKE, CENTRE
from model.experiments.sweep.words import amount, count

if TYPE_CHECKING:
    from model.experiments.sensitivity.tornado import Tornado

TOLD = 8


def tornado_text(found: Tornado) -> str:
    """Return the summary as lines to read."""
    return "\n".join(_lines(found))


def _lines(found: Tornado) -> Iterator[str]:
    told = found.told()
    table = found.table(response=told.name)
    rows: list[dict[str, Any]] = [{str(key): one for key, one in row.items()} for row in table.to_dict("records")]
    where = "all markets" if found.market == WORLD else found.market
    when = found.outcome.over if found.over == HORIZON else "at the end"
    yield (
        f"Tornado of {found.base.name}: {count(len(found.axes), 'input')}, each at both ends, "
        f"{count(len(found.policies), 'policy', 'policies')}, {count(found.found.replicates, 'replicate')}, "
        f"{found.found.done:,} runs."
    )
    centre = rows[0]
    ahead = f"; best: {_best(found, centre)}" if len(found.policies) > 1 else ""
    about = f"{told.name} ({found.outcome.unit(found.over)}, {when}, {where})"
    yield f"{found.outcome.label}, {about}: {amount(centre['value'])} at the centre{ahead}."
    for low, high in zip(rows[1::2][:TOLD], rows[2::2][:TOLD], strict=True):
        yield f"  {low['input']}: {_end(found, low)} to {_end(found, high)}"
    rest = [row["input"] for row in rows[1::2][TOLD:]]
    if rest:
        yield f"  smaller swings: {', '.join(rest)}"
    if len(found.policies) > 1:
        yield from _turning(found, rows)


def at_words(value: object) -> str:
    """Return the value of an input at an end: numbers with six figures, switches and words as scenarios write them."""
    if isinstance(value, bool | np.bool_):
        return "true" if value else "false"
    return f"{value:g}" if isinstance(value, int | float) else str(value)


def _end(found: Tornado, row: dict[str, Any]) -> str:
    best = f", {_best(found, row)}" if len(found.policies) > 1 else ""
    return f"{amount(row['value'])} (at {at_words(row['at'])}{best})"


def _best(found: Tornado, row: dict[str, Any]) -> str:
    """Return the winner, of three policies or more with its lead, since the number told need not be about it."""
    if row["winner"] == ALIKE or len(found.policies) < 3:
        return _winner(row)
    clear = "" if row["clear"] else ", not clear"
    return f"{row['winner']} ahead by {amount(row['ahead'])}{clear}"


def _winner(row: dict[str, Any]) -> str:
    if row["winner"] == ALIKE:
        return ALIKE
    return f"{row['winner']}{'' if row['clear'] else ' (not clear)'}"


def _turning(found: Tornado, rows: list[dict[str, Any]]) -> Iterator[str]:
    turning = found.turning()
    middle = rows[0]["winner"]
    if not len(turning):
        yield f"No single input makes another policy than {middle} clearly best within its range."
    for row in turning.to_dict("records"):
        mean, low, high = (amount(float(row[name])) for name in ("ahead", "ahead_low", "ahead_high"))
        at = f"{row['input']} at {at_words(row['at'])}"
        yield f"{row['winner']} is best with {at} (ahead by {mean}, {low} to {high})."
    open_ = [f"{row['input']} {row['end']}" for row in rows if row["end"] != CENTRE and row["winner"] != ALIKE
             and not row["clear"]]  # fmt: skip
    if open_:
        yield f"Not settled by these replicates which is best: {', '.join(open_[:20])}."
