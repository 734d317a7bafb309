"""The page of parameters is what the declarations say."""

from __future__ import annotations

import re
from pathlib import Path

import model as sm
from model.facts import FactBook
from model.facts.reader import TABLES
from model.spec.parameter_page import parameter_page

PAGE = (Path(sm.__file__).resolve().parent.parent / "docs" / "parameters.md").read_text(encoding="utf-8")
ROWS = {name: row.split(" | ") for name, row in re.findall(r"^\| `(\w+)` \| (.*) \|$", PAGE, flags=re.MULTILINE)}
HINT = "run: resonance parameters --write docs/parameters.md"


def test_every_declared_parameter_has_its_row_and_no_other() -> None:
    declared = sm.declared_parameters()
    assert list(ROWS) == list(declared), HINT
    for name, line in declared.items():
        default, unit, bounds, likely, meaning, source = ROWS[name]
        assert float(default) == float(f"{line.default:g}"), (name, HINT)
        assert unit == line.unit, (name, HINT)
        assert bounds == f"{line.low:g} to {line.high:g}", (name, HINT)
        assert likely == f"{line.likely[0]:g} to {line.likely[1]:g}", (name, HINT)
        assert meaning.startswith(line.meaning), (name, HINT)
        assert source.replace("; ", ";") == line.source.replace("; ", ";"), (name, HINT)


def test_the_page_is_what_the_command_would_write() -> None:
    assert parameter_page() == PAGE, HINT


def test_every_source_is_facts_of_the_book_or_said_to_be_assumed() -> None:
    book = FactBook.load()
    for name, cells in ROWS.items():
        ids = re.findall(r"\b[a-z]{3}-\d{4}\b", cells[-1])
        assert [one for one in ids if one not in book] == [], name
        tables = [one for one in cells[-1].split("; ") if (TABLES / f"{one}.csv").is_file()]
        assert ids or tables or "assumption" in cells[-1], name
