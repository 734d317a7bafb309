"""What is wrong with a query, in one line that names the table or column and those that are near."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches

from model.experiments.sweep.store.faults import misfit
from model.foundation.errors import InputError

NEAR = 3
"""Names that are suggested at most."""
_COLUMN = re.compile(r'(?:Referenced column|does not have a column named) "([^"]+)"')
_TABLE = re.compile(r'(?:Referenced table "([^"]+)" not found|Table with name (\S+) does not exist)')
_PLACE = re.compile(r"\n\nLINE \d+:.*", re.DOTALL)


def wrong_query(query: str, reason: str, tables: Mapping[str, Sequence[str]]) -> InputError:
    """Return the error of a query. reason: DuckDB's words. tables: columns by table."""
    columns = list(dict.fromkeys(name for names in tables.values() for name in names))
    table, column = _TABLE.search(reason), _COLUMN.search(reason)
    if table:
        name = table[1] or table[2]
        dotted = re.findall(rf"\b{re.escape(name)}\.\w+", query)
        meant = [one for one in dotted if one in columns] or [
            near for one in dotted for near in get_close_matches(one, columns, n=1)
        ]
        if meant:
            rule, way = "a name with dots stands in double quotes", f"Write {_listed(meant[:NEAR])}."
            return misfit("query", rule, next(iter(dotted)), way)
        return misfit("query", "no such table", name, _near(name, list(tables)))
    if column:
        return misfit("query", "no such column", column[1], _near(column[1], columns))
    kind, _, words = _PLACE.sub("", reason).partition(": ")
    told = " ".join((words or kind).split())
    if kind.startswith("Permission"):
        return misfit("query", "sql reads this sweep and no other files", told, f"Tables: {', '.join(tables)}.")
    return misfit("query", "must be SQL that DuckDB can answer", told, f"Tables: {', '.join(tables)}.")


def _near(name: str, names: Sequence[str]) -> str:
    bare = {one.casefold(): one for one in names}
    close = [bare[one] for one in get_close_matches(name.casefold(), list(bare), n=NEAR)]
    within = [one for one in names if one not in close and name.casefold() in one.casefold().split(".")]
    found = [*close, *within][:NEAR]
    return f"Near: {_listed(found)}." if found else f"Known: {_listed(names[:12])}{', ...' if len(names) > 12 else ''}."


def _listed(names: Iterable[str]) -> str:
    """Return names as SQL writes them."""
    return ", ".join(name if re.fullmatch(r"[A-Za-z_]\w*", name) else f'"{name}"' for name in dict.fromkeys(names))
