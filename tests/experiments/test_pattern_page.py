"""The page of patterns has every pattern of the code, says which code made it, and says so when it is stale."""

from __future__ import annotations

import ast
import re
import shutil
from pathlib import Path

import pytest

import model as sm
from model.experiments import pattern_page as pages
from model.experiments.pattern import Pattern, given, ranged
from model.experiments.pattern_notes import NOTES
from model.experiments.pattern_page import is_current, made_by, marked, numbers_digest, pattern_page, says_stale
from model.facts import FactBook
from model.foundation.errors import InputError
from model.foundation.version import model_version

ROOT = Path(sm.__file__).resolve().parent.parent
PAGE = (ROOT / "docs" / "patterns.md").read_text(encoding="utf-8")
ROWS = dict(re.findall(r"^\| ([PS]\d+[a-h]?) \| (.*) \|$", PAGE, flags=re.MULTILINE))
MEASURED_IN = ("experiments/patterns.py", "experiments/charts.py", "mechanisms/ad_growth.py")


def named_in_code() -> set[str]:
    """The names of patterns in the code that measures them: strings such as "P12a"."""
    found = set()
    for name in MEASURED_IN:
        tree = ast.parse((ROOT / "model" / name).read_text(encoding="utf-8"))
        words = [str(node.value) for node in ast.walk(tree) if isinstance(node, ast.Constant)]
        found |= {word for word in words if re.fullmatch(r"[PS]\d+[a-h]?", word)}
    return found


def two() -> list[Pattern]:
    return [
        ranged("P4", "churn", "%", "3.5 to 4.5", 3.0, 5.0, 6.0, "history 0123456789abcdef"),
        given("P6a", "users", "M", "40", 39.0, "baseline 0123456789abcdef"),
    ]


def test_every_pattern_of_the_code_has_a_note_and_a_row() -> None:
    assert len(named_in_code()) > 30
    assert set(NOTES) == named_in_code()
    assert list(ROWS) == list(NOTES)
    numbers = {int(name[1:].rstrip("abcdefgh")) for name in NOTES if name.startswith("P")}
    assert numbers == set(range(1, 15))


def test_every_row_has_target_band_model_verdict_and_run() -> None:
    for name, row in ROWS.items():
        what, target, band, model, verdict, run = (cell.strip() for cell in row.split(" | "))
        assert all((what, target, band, run)), name
        assert verdict.strip("*") in ("hit", "miss", "input", "later"), name
        assert re.match(r"-?[\d.]", model) or verdict == "later", name
        assert re.search(r"[0-9a-f]{16}$|alone", run), name


def test_every_miss_is_explained() -> None:
    listed = PAGE.split("## What the misses mean")[1].split("\n## ")[0] if "## What the misses mean" in PAGE else ""
    explained = set(re.findall(r"^- \*\*([PS]\d+[a-h]?)\*\*", listed, flags=re.MULTILINE))
    assert explained == {name for name, row in ROWS.items() if "**miss**" in row}
    whole = " ".join(PAGE.split())
    for name, note in NOTES.items():
        assert f"**{name}**" in whole
        assert note.miss in whole, name
        assert note.miss.endswith(".")


def test_facts_of_notes_are_in_the_book() -> None:
    book = FactBook.load()
    assert [fact for note in NOTES.values() for fact in note.facts if fact not in book] == []


def test_the_page_is_of_this_code_or_says_that_it_is_stale() -> None:
    hint = "run: resonance patterns --write docs/patterns.md, or --mark docs/patterns.md to say that it is stale"
    assert is_current(PAGE) or says_stale(PAGE), hint


def test_a_page_says_what_made_it_and_turns_stale_with_the_code(monkeypatch: pytest.MonkeyPatch) -> None:
    page = pattern_page(two(), users=1500)
    assert made_by(page) == (model_version(), numbers_digest(), 1500)
    assert is_current(page)
    assert marked(page) == page
    assert "| P4 | churn | 3.5 to 4.5 | 3 to 5 | 6 % | **miss** | history 0123456789abcdef |" in page
    assert "1 miss, 1 input" in page
    monkeypatch.setattr(pages, "numbers_digest", lambda: "another")
    assert not is_current(page)
    assert not says_stale(page)
    stale = marked(page)
    assert says_stale(stale)
    assert marked(stale) == stale
    monkeypatch.undo()
    assert marked(stale) == page


def test_the_digest_is_of_code_and_facts_behind_numbers(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "model", tmp_path / "model", ignore=shutil.ignore_patterns("__pycache__"))
    root = tmp_path / "model"
    digest = numbers_digest.__wrapped__
    before = digest(root)
    with (root / "interfaces" / "cli" / "patterns.py").open("a") as file:
        file.write("\n")
    assert digest(root) == before
    (root / "theory" / "unread.py").write_text("UNREAD = 1\n")
    assert digest(root) == before
    read = ("facts/tables/prices.csv", "mechanisms/awareness.py", "experiments/patterns.py", "theory/utility.py")
    for name in read:
        with (root / name).open("a") as file:
            file.write("\n")
        after = digest(root)
        assert after != before, name
        before = after


def test_another_page_is_told_as_such() -> None:
    with pytest.raises(InputError, match="says which model made it"):
        made_by("# Docking\n")
