"""The view `long` of a sweep's outcomes: a row per number, with the outcome's name and unit as plain words."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from model.experiments.comparing.outcomes import END, HORIZON, Outcome

NAME = "long"
COLUMNS = ("run_id", "point", "replicate", "policy", "market", "over", "outcome", "unit", "value")
KEYS = COLUMNS[:6]
Tables = Mapping[str, Sequence[str]]


def long_view(outcomes: Mapping[str, Outcome]) -> Callable[[Tables], str]:
    """Return what gives the view's query, told the columns of the tables that are there."""
    units = ", ".join(
        f"({_text(name)}, {_text(over)}, {_text(one.unit(over))})"
        for name, one in outcomes.items()
        for over in (END, HORIZON)
    )

    def query(tables: Tables) -> str:
        there = [name for name in outcomes if name in tables.get("outcomes", ())]
        wide = ", ".join([*KEYS, *(f"{quoted(name)}::DOUBLE AS {quoted(name)}" for name in there)])
        listed = ", ".join(quoted(name) for name in there)
        return (
            f"SELECT {', '.join(COLUMNS)} FROM (SELECT * FROM (SELECT {wide} FROM outcomes) "
            f"UNPIVOT INCLUDE NULLS (value FOR outcome IN ({listed}))) "
            f"JOIN (VALUES {units}) AS units(outcome, over, unit) USING (outcome, over)"
        )

    return query


def quoted(name: str) -> str:
    """Return a name as SQL writes it."""
    return '"' + name.replace('"', '""') + '"'


def _text(words: str) -> str:
    return "'" + words.replace("'", "''") + "'"
