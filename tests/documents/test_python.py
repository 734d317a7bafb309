"""The Python of the pages runs: all blocks of a page one after the other, in sizes that the page states for tests."""

from __future__ import annotations

import os
import re
import tomllib
from pathlib import Path
from types import SimpleNamespace

import matplotlib.pyplot as plt
import pytest

from model.state.offers import FREE
from tests.conftest import Settled
from tests.documents.pages import DOCS, NOT_RUN, PAGES, ROOT, Block, blocks_of

OTHERS = [page for page in PAGES if page != ROOT / "README.md"]  # tests/test_readme.py runs that of the README
WITH_PYTHON = [page for page in OTHERS if any(one.runs for one in blocks_of(page, "python"))]


def live(block: Block, names: dict[str, object]) -> None:
    code = "\n" * block.line + block.smaller()  # so that an error names the line of the page
    exec(compile(code, str(block.page), "exec"), names)


@pytest.mark.parametrize("page", WITH_PYTHON, ids=lambda page: str(page.relative_to(ROOT)))
def test_the_python_of_a_page_runs(
    page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {"__name__": "__main__"}
    for block in blocks_of(page, "python"):
        if block.runs:
            live(block, names)
    printed = capsys.readouterr().out
    assert not re.search(r"<bound method|<function| object at 0x|<property", printed), (
        "a name is printed, not its words"
    )
    plt.close("all")


def test_what_is_not_run_says_why() -> None:
    for block in [one for page in PAGES for one in blocks_of(page)]:
        if not block.runs:
            reason = block.note.partition(": ")[2]
            assert len(re.findall(r"\w+", reason)) >= 3, f"{block.name} needs a reason in words"
    left = [one.name for page in PAGES for one in blocks_of(page, "python") if one.note.startswith(NOT_RUN)]
    assert len(left) <= 6, left  # those for clusters of machines; more would hide what does not work


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_the_toml_of_a_page_can_be_read(page: Path) -> None:
    for block in blocks_of(page, "toml"):
        assert tomllib.loads(block.smaller()), block.name


def test_the_mechanism_of_the_page_on_extending_does_what_is_said(settled: Settled) -> None:
    names: dict[str, object] = {"__name__": "__main__"}
    (block,) = [one for one in blocks_of(DOCS / "extending.md", "python") if one.runs]
    live(block, names)
    country = settled("SG", users=200)
    before, free = country.offers.xi.copy(), country.offers.nest == FREE
    names["tire_of_free"](country, SimpleNamespace(free_fatigue=0.6))  # type: ignore[operator]
    assert free.any()
    assert country.offers.xi[free] == pytest.approx(before[free] - 0.05)
    assert (country.offers.xi[~free] == before[~free]).all()


def test_a_block_that_fails_is_told_with_its_line(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("# Page\n\n```python\nx = 1\nraise ValueError(x)\n```\n")
    (block,) = blocks_of(page, "python")
    with pytest.raises(ValueError, match="1") as caught:
        live(block, {})
    assert caught.traceback[-1].lineno == 4
    assert os.fspath(caught.traceback[-1].path) == str(page)


def test_sizes_that_a_page_does_not_have_are_an_error(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("<!-- tested smaller: n = 64 > n = 2 -->\n```python\nn = 64\n```\n")
    assert blocks_of(page)[0].smaller() == "n = 2\n"
    page.write_text("<!-- tested smaller: n = 65 > n = 2 -->\n```python\nn = 64\n```\n")
    with pytest.raises(AssertionError, match="does not have"):
        blocks_of(page)[0].smaller()
