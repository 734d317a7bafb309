"""The reference is what docstrings and declared options say, leaves nothing out, and is refused when it is stale."""

from __future__ import annotations

from pathlib import Path

import pytest

import model as sm
from model.interfaces.cli import main
from model.interfaces.cli.entry import app
from model.interfaces.reference import reference_page
from tests.documents.commands import COMMANDS
from tests.documents.pages import DOCS, text_of

PAGE = DOCS / "reference.md"
HINT = "run: ./resonance reference --write docs/reference.md"


def test_the_page_is_what_the_code_says() -> None:
    assert text_of(PAGE) == reference_page(app), HINT


def test_it_has_every_public_name_and_every_command_with_every_option() -> None:
    text = reference_page(app)
    assert [name for name in sm.__all__ if f"#### `sm.{name}`" not in text] == ["__version__"]
    for name, command in COMMANDS.items():
        section = text.split(f"### `resonance {name}`\n")[1].split("\n### ")[0]
        options = [option for one in command.params for option in one.opts if option.startswith("--")]
        assert [option for option in options if f"`{option}`" not in section] == []


def test_it_names_no_place_in_memory_and_no_folder_of_a_machine() -> None:
    text = reference_page(app)
    assert " at 0x" not in text
    assert "<class" not in text
    assert str(Path.home()) not in text


def test_a_stale_page_is_told_and_written_anew(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page = tmp_path / "reference.md"
    page.write_text("old")
    assert main(["reference", "--check", str(page)]) == 1
    assert "is stale; run: resonance reference --write" in capsys.readouterr().out
    assert main(["reference", "--write", str(page)]) == 0
    assert main(["reference", "--check", str(page)]) == 0
    assert text_of(page) == reference_page(app)
