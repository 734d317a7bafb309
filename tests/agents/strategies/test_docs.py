"""The pages on strategies keep their word: every rule and choice is told as declared, and what is shown runs."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import model as sm
from model.spec.scenario import Scenario
from model.spec.strategies import Number, Word, known_strategies
from model.spec.strategies.kinds import FIELDS, Choice

ROOT = Path(sm.__file__).resolve().parent.parent
PAGE = (ROOT / "docs" / "strategies.md").read_text(encoding="utf-8")
NOTATION = (ROOT / "docs" / "notation.md").read_text(encoding="utf-8")
OWN = {name: kind for name, kind in known_strategies().items() if not kind.source}
SECTION = NOTATION.split("## Strategies in a scenario")[1].split("\n## ")[0]


def told(line: Choice) -> str:
    """Return the last three cells of a choice's row."""
    if isinstance(line, Number):
        likely = f" ({line.likely[0]:g} to {line.likely[1]:g})" if line.likely else ""
        return f"{line.default:g} | {line.low:g} to {line.high:g}{likely} | {line.unit}; {line.meaning}"
    default = (line.default if isinstance(line.default, str) else ", ".join(line.default)) or "none"
    if isinstance(line.of, tuple):
        return f"{default} | {' or '.join(line.of)} | {line.meaning}"
    many = f"a {line.of}" if isinstance(line, Word) else f"list of one {line.of} or more"
    return f"{default} | {many} | {line.meaning}"


def test_notation_has_every_choice_as_it_is_declared() -> None:
    wanted = [
        f"| `{name}` | {kind.side} | `{choice}` | {told(line)} |"
        for name, kind in sorted(OWN.items())
        for choice, line in kind.choices.items()
    ]
    found = re.findall(
        r"^\| `\w+` \| (?:platform|label) \| `\w+` \| [^|]+ \| [^|]+ \| [^|]+ \|$", SECTION, re.MULTILINE
    )
    assert [line for line in wanted if line not in SECTION.splitlines()] == []
    assert sorted(line for line in found if line.split(" | ")[3] not in ("yes", "no")) == sorted(wanted)


def test_notation_has_every_rule_as_it_is_declared() -> None:
    for name, kind in OWN.items():
        sets = ", ".join(f"`{one}`" for one in kind.sets) or "-"
        line = f"| `{name}` | {kind.side} | {sets} | {'yes' if kind.responds else 'no'} | {kind.about} |"
        assert line in SECTION.splitlines()


def test_notation_has_every_key() -> None:
    assert [key for key in FIELDS if f"`{key}`" not in SECTION] == []


def test_page_names_every_rule() -> None:
    assert [name for name in OWN if f"`{name}`" not in PAGE and name != "hold"] == []


def test_class_of_the_page_runs_in_under_twenty_lines(capsys) -> None:
    (block,) = re.findall(r"^```python\n(.*?)^```$", PAGE, flags=re.MULTILINE | re.DOTALL)
    body = block[block.index("class Undercut") : block.index("plan =")]
    assert len([line for line in body.splitlines() if line.strip()]) < 20
    exec(compile(block, "<docs>", "exec"), {"__name__": "__main__"})
    assert "undercut" in capsys.readouterr().out


def test_tables_of_the_pages_are_scenarios() -> None:
    (block,) = re.findall(r"^```toml\n(.*?)^```$", PAGE, flags=re.MULTILINE | re.DOTALL)
    plan = Scenario.from_mapping(tomllib.loads(block))
    assert [one.kind.name for one in plan.played] == ["penetrate_then_harvest", "match_rival"]
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    tables = [
        one for one in re.findall(r"^```toml\n(.*?)^```$", readme, re.MULTILINE | re.DOTALL) if "[strategies" in one
    ]
    assert [one.kind.name for one in Scenario.from_mapping(tomllib.loads(tables[0])).played] == [
        "penetrate_then_harvest", "match_rival"]  # fmt: skip
