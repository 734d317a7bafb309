"""Command lines of the pages are understood by the real command line; those of the guides run, small, as they stand."""

from __future__ import annotations

import re
from pathlib import Path

import matplotlib.pyplot as plt
import pytest

from model.interfaces.cli import main
from tests.documents.commands import LAUNCHER, fault_of, lines_of_code, modules_of, split, told
from tests.documents.pages import DOCS, PAGES, ROOT, Block, blocks_of

GUIDES = [DOCS / "tutorial.md", DOCS / "extending.md", *sorted((DOCS / "how_to").glob("*.md"))]
ALL = [*PAGES]


@pytest.mark.parametrize("page", ALL, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_command_line_is_understood(page: Path) -> None:
    faults = {line: fault_of(line) for line in told(page)}
    assert {line: fault for line, fault in faults.items() if fault} == {}
    assert modules_of(page) == []


@pytest.mark.parametrize("page", GUIDES, ids=lambda page: page.stem)
def test_a_guide_runs_from_top_to_bottom(
    page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    ran = 0
    for block in blocks_of(page):
        write_file(block)
        if block.language == "sh" and block.runs:
            for line in lines_of_code(block.smaller()):
                words = split(line)
                if line.startswith("./resonance") and words[0] not in LAUNCHER:
                    code = main(words)
                    assert code == 0, f"{block.name}: {line}: {capsys.readouterr().err}"
                    ran += 1
    plt.close("all")
    assert ran or page.stem == "extending"


def write_file(block: Block) -> None:
    """Put a block that begins with its file's name, as `# my_plan.toml`, into the working folder."""
    named = re.match(r"# (my_\w+\.toml)\n", block.code)
    if block.language == "toml" and named:
        Path(named[1]).write_text(block.smaller(), encoding="utf-8")
    if block.language == "csv":
        Path("my_numbers.csv").write_text(block.code, encoding="utf-8")


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("./resonance run baseline --markets IN,ID --set platforms.resso.integration.ID=1.0", ""),
        ("./resonance run SCENARIO [--users N]", ""),
        ("./resonance test tests/theory -k logit", ""),
        ("./resonance runn baseline", "no command 'runn'"),
        ("./resonance run baseline --market IN", "run: No such option: --market"),
        ("./resonance run baselin", "run: nothing is called baselin"),
        ("./resonance compare baseline tiktok_integrations", "compare: nothing is called tiktok_integrations"),
        ("./resonance sweep price_in_indonesia --workers many", "sweep: Invalid value for '--workers'"),
        ("./resonance set-up most", "the launcher has no such level"),
    ],
)
def test_a_wrong_command_line_is_found(line: str, fault: str) -> None:
    found = fault_of(line)
    assert found.startswith(fault) if fault else found == ""
