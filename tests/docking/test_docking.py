"""Every closed form holds, at small size here and at full size in the slow run, and the page leaves none out."""

from __future__ import annotations

import os
import re
from pathlib import Path

import numpy as np
import pytest

import model as sm
from model.experiments.docking import CASES, Case, Check, Docked, dock, docking_figure, docking_page, docking_table
from model.experiments.docking.case import check
from model.experiments.docking.page import tolerance_in_words
from model.foundation.errors import InputError

ROOT = Path(sm.__file__).resolve().parent.parent
PAGE = (ROOT / "docs" / "docking.md").read_text(encoding="utf-8")
PICTURES = "RESONANCE_DOCKING_OUT"
"""Folder in which the slow run leaves its plots; a temporary one by default."""
each_case = pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)


def assert_holds(docked: Docked) -> None:
    missed = [(one.what, one.ours, one.reference, one.gap, one.tolerance) for one in docked.checks if not one.holds]
    assert missed == []


@each_case
def test_small_and_fast(case: Case) -> None:
    docked = case.run(False)
    assert_holds(docked)
    assert docked.checks
    assert docked.panels


@pytest.mark.slow
@each_case
def test_full_size_with_its_plot_and_the_numbers_of_the_page(case: Case, tmp_path: Path) -> None:
    docked = case.run(True)
    assert_holds(docked)
    folder = Path(os.environ.get(PICTURES) or tmp_path)
    folder.mkdir(parents=True, exist_ok=True)
    docking_figure(case, docked).savefig(folder / f"{case.name}.png")
    assert (folder / f"{case.name}.png").read_bytes().startswith(b"\x89PNG")
    rows = rows_of(section(case))
    assert list(rows) == [one.what for one in docked.checks]
    for one in docked.checks:
        reference, tolerance, why = (rows[one.what][column] for column in (1, 3, 4))
        assert float(reference) == pytest.approx(one.reference, rel=0.05, abs=1e-9), "run resonance docking anew"
        assert (tolerance, why) == (tolerance_in_words(one), one.why)


def section(case: Case) -> str:
    found = re.search(rf"^## {re.escape(case.title)}$(.*?)(?=^## |\Z)", PAGE, flags=re.MULTILINE | re.DOTALL)
    assert found, f"docs/docking.md lacks a section '{case.title}': resonance docking --out FOLDER makes it"
    return found.group(1)


def rows_of(text: str) -> dict[str, list[str]]:
    """What is compared, to its numbers, tolerance and reason."""
    lines = [line[2:-2].split(" | ") for line in text.splitlines() if line.startswith("| ")]
    return {cells[0]: cells[1:] for cells in lines[1:]}


@each_case
def test_the_page_explains_it(case: Case) -> None:
    text = " ".join(section(case).split())
    assert case.explained in text
    assert case.reference in text
    assert f"`{case.name}`" in text
    assert rows_of(section(case))


def test_the_page_has_no_section_without_a_case_and_keeps_their_order() -> None:
    assert re.findall(r"^## (.*)$", PAGE, flags=re.MULTILINE) == [case.title for case in CASES]


def test_the_suite_has_what_was_asked_for() -> None:
    wanted = {"logit", "nested_logit", "bertrand", "hotelling", "armstrong", "rochet_tirole", "bass", "rubinstein",
              "nash_in_nash", "ces", "yule", "zipf"}  # fmt: skip
    assert {case.name for case in CASES} == wanted
    assert len({case.title for case in CASES}) == len(CASES)


# --- comparisons themselves -------------------------------------------------------------------------------------------


def compared(**changes: object) -> Check:
    given = {"ours": [1.0, 2.02], "reference": [1.0, 2.0], "tolerance": 0.02, "why": "test", **changes}
    return check("two numbers", **given)  # type: ignore[arg-type]


def test_a_comparison_is_of_the_worst_and_fails_beyond_its_tolerance() -> None:
    one = compared()
    assert (one.ours, one.reference) == (2.02, 2.0)
    assert one.gap == pytest.approx(0.01)
    assert one.holds
    assert not compared(tolerance=0.009).holds
    assert compared(relative=False).gap == pytest.approx(0.02)


@pytest.mark.parametrize("wrong", [np.nan, np.inf])
def test_what_is_no_number_never_holds(wrong: float) -> None:
    assert not compared(ours=[1.0, wrong], tolerance=1e9).holds
    assert not compared(ours=[1.0, 1e-300], reference=[1.0, 0.0], tolerance=1e9).holds
    assert compared(ours=[0.0], reference=[0.0], tolerance=0.0).holds


def test_cases_are_run_by_name_and_shown_as_table_page_and_figure() -> None:
    told: list[str] = []
    found = list(dock(["ces"], full=False, tell=told.append))
    assert told == ["CES advertising market"]
    table = docking_table(found)
    assert set(table["case"]) == {"ces"}
    assert table["holds"].all()
    page = docking_page(found)
    assert page.count("\n## ") == 1
    assert found[0][0].explained in " ".join(page.split())
    axes = docking_figure(*found[0]).axes[0]
    assert axes.get_xlabel()
    assert axes.get_ylabel()
    assert axes.get_legend() is not None


def test_an_unknown_case_is_told_with_the_nearest() -> None:
    with pytest.raises(InputError, match="bass"):
        list(dock(["bas"], full=False))
