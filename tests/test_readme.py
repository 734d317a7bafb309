"""The README keeps its word: its Python runs, its commands, scenarios and files exist; notation is complete."""

from __future__ import annotations

import re
import shlex
from importlib.util import find_spec
from pathlib import Path

import pytest

import model as sm
from model.interfaces.cli.commands import app
from model.results.measures import MEASURES
from model.spec.kinds import KINDS
from model.spec.reading import scenario_names
from model.spec.settings import LEVERS

ROOT = Path(sm.__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
DOCS = sorted((ROOT / "docs").glob("*.md"))
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *DOCS]
OF_THE_LAUNCHER = {"test", "set-up"}


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", README, flags=re.MULTILINE | re.DOTALL)


def commands() -> list[list[str]]:
    """The commands of the launcher, in blocks and in running text, as words."""
    texts = [line for block in blocks("sh") for line in block.splitlines()]
    texts += re.findall(r"`(\./resonance [^`]+)`", README)
    return [shlex.split(text)[1:] for text in texts if text.startswith("./resonance")]


def test_the_set_up_is_exactly_two_commands() -> None:
    assert blocks("sh")[0].splitlines() == ["./resonance run baseline", "./resonance test"]
    assert sum(line.startswith("./resonance") for line in README.splitlines()) == 2


def test_it_opens_with_words_then_one_picture_then_the_set_up() -> None:
    places = [README.index(mark) for mark in ("A strategy laboratory", "![", "./resonance run baseline")]
    assert places == sorted(places)
    assert README[: places[-1]].count("![") == 1
    assert README.count("![") == 3


def test_its_python_runs_as_it_stands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (code,) = blocks("python")
    assert len(code.splitlines()) == 5
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {}
    exec(compile(code, "README.md", "exec"), names)
    assert isinstance(names["result"], sm.RunResult)
    assert (tmp_path / "indonesia.png").read_bytes().startswith(b"\x89PNG")


def test_every_command_it_names_exists() -> None:
    known = {command.name for command in app.registered_commands} | OF_THE_LAUNCHER
    named = {words[0] for words in commands()}
    assert named <= known
    assert known - named <= {"version"}  # and it names every command but this one


def test_every_option_it_names_exists() -> None:
    import typer

    options = {"test": {"--slow"}, "set-up": set[str]()}
    for name, command in typer.main.get_command(app).commands.items():  # type: ignore[attr-defined]
        options[name] = {option for parameter in command.params for option in parameter.opts}
    for words in commands():
        assert {word for word in words[1:] if word.startswith("--")} <= options[words[0]], words
    row = next(line for line in README.splitlines() if line.startswith("| `./resonance run SCENARIO`"))
    assert set(re.findall(r"--[a-z]+", row)) <= options["run"]


def test_every_scenario_it_runs_exists() -> None:
    run = {words[1] for words in commands() if words[0] in ("run", "explain") and len(words) > 1}
    assert run - {"SCENARIO"} <= set(scenario_names())


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_file_it_links_exists(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    linked = [target for target in re.findall(r"\]\(([^)#]+)\)", text) if "://" not in target]
    assert [target for target in linked if not (page.parent / target).exists()] == []


def test_the_modules_columns_and_settings_it_names_exist() -> None:
    for name in re.findall(r"python -m ([a-z_.]+)", README):
        assert find_spec(name) is not None, name
    for column in ("payers", "gross_adds_expected", "payer_churn"):
        assert f"`{column}`" in README or f'"{column}"' in README
        assert column in MEASURES
    (setting,) = re.findall(r"--set (platforms\S+)=([\d.]+)`", README)
    sm.Scenario.load("tiny", command_line={setting[0]: float(setting[1])})


@pytest.mark.parametrize("page", [*PAGES, *NOTEBOOKS], ids=lambda page: page.name)
def test_pages_name_no_place_of_one_machine(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert re.findall(r"(?<![\w.])/(?:work|root|home|tmp|opt|usr)/\S*", text) == []


def test_the_notation_page_has_every_parameter_lever_and_kind_of_event() -> None:
    notation = (ROOT / "docs" / "notation.md").read_text(encoding="utf-8")
    wanted = [*sm.declared_parameters(), *LEVERS, *KINDS]
    assert [name for name in wanted if f"`{name}`" not in notation] == []
    listed = re.findall(r"^\| `(\w+)` \|", notation.split("## Parameters")[1].split("\n## ")[0], flags=re.MULTILINE)
    assert sorted(listed) == sorted(sm.declared_parameters())
