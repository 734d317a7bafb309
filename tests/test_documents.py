"""The pages on the model and its data keep up with the code: every mechanism, pattern, table and series is named."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

import model as sm
from model.experiments.history import METRICS
from model.experiments.pattern_notes import NOTES
from model.facts.reader import TABLES

ROOT = Path(sm.__file__).resolve().parent.parent
ODD = (ROOT / "docs" / "ODD.md").read_text(encoding="utf-8")
DATA = (ROOT / "docs" / "data.md").read_text(encoding="utf-8")
MECHANISMS = ROOT / "model" / "mechanisms"
ELEMENTS = ("Purpose and patterns", "Entities, state variables, scales", "Process overview and scheduling",
            "Design concepts", "Initialisation", "Input data", "Submodels")  # fmt: skip
CONCEPTS = ("Basic principles", "Emergence", "Adaptation", "objectives", "Learning", "prediction", "Sensing",
            "Interaction", "Stochasticity", "Collectives", "Observation")  # fmt: skip


def first_sentence(path: Path) -> str:
    text = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
    paragraph = " ".join(text.split("\n\n")[0].split())
    return paragraph.split(". ")[0].rstrip(".")


def mechanism_rows() -> dict[str, str]:
    """The row of the page for each module of the mechanisms: what it is called, and the first sentence of its text."""
    files = {path.stem: path for path in MECHANISMS.glob("*.py") if path.stem != "__init__"}
    folders = {path.parent.name: path for path in MECHANISMS.glob("*/__init__.py")}
    return {name: f"| `{name}` | {first_sentence(path)} |" for name, path in sorted({**files, **folders}.items())}


def section(page: str, title: str) -> str:
    return page.split(f"\n## {title}")[1].split("\n## ")[0]


def test_the_odd_page_has_the_seven_elements_in_order() -> None:
    titles = [title for title in re.findall(r"^## \d\. (.+)$", ODD, flags=re.MULTILINE) if title in ELEMENTS]
    assert tuple(titles) == ELEMENTS
    concepts = section(ODD, "4. Design concepts")
    assert [name for name in CONCEPTS if name not in concepts] == []


@pytest.mark.parametrize("name", sorted(mechanism_rows()))
def test_every_mechanism_stands_on_the_odd_page_as_its_code_says(name: str) -> None:
    row = mechanism_rows()[name]
    assert row in section(ODD, "7. Submodels").splitlines(), f"docs/ODD.md, section 7 needs this row: {row}"


def test_the_odd_page_lists_no_mechanism_that_is_gone() -> None:
    listed = re.findall(r"^\| `(\w+)` \|", section(ODD, "7. Submodels"), flags=re.MULTILINE)
    assert listed == sorted(mechanism_rows())


def test_every_pattern_is_named_with_the_purpose_and_no_number_is_repeated() -> None:
    purpose = section(ODD, "1. Purpose and patterns")
    names = {re.sub(r"[a-h]$", "", name) for name in NOTES}
    assert {name for name in names if not re.search(rf"\b{name}\b", purpose)} == set()
    assert "(patterns.md)" in purpose
    assert "|" not in purpose  # the table stands on the page of patterns alone


def test_every_table_of_facts_says_what_it_is_used_for() -> None:
    used = section(DATA, "Which data for what")
    missing = [path.stem for path in sorted(TABLES.glob("*.csv")) if f"`{path.stem}`" not in used]
    assert missing == []
    for word in ("specification", "calibration", "validation"):
        assert word in used


def test_every_series_and_every_moment_is_named() -> None:
    from model.experiments.calibration.moments import MOMENTS

    used = section(DATA, "Which data for what")
    assert [name for name in METRICS if f"`{name}`" not in used] == []
    stems = re.findall(r"`([a-z]+(?:_[a-z]+)*_)`", used)
    missing = [one.name for one in MOMENTS if f"`{one.name}`" not in used and not one.name.startswith(tuple(stems))]
    assert missing == [], "docs/data.md, section on which data for what, needs these moments"
