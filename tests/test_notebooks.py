"""Notebooks as they are committed: executed, small, without a machine's traces; they are run by nbmake."""

from __future__ import annotations

import base64
import re
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path
from tempfile import gettempdir

import pytest

import model as sm

nbformat = pytest.importorskip("nbformat")
pytest.importorskip("nbclient")

ROOT = Path(sm.__file__).resolve().parent.parent
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
WANTED = [
    "01_first_run", "02_where_to_expand", "03_deal_room", "04_inside_tiktok", "05_rivals_and_equilibrium",
    "06_advertisers_and_creators", "07_how_sure", "08_your_own_strategy", "09_big_sweeps",
]  # fmt: skip
LARGEST, PICTURE = 1_000_000, 300_000
every = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)


def read(path):
    return nbformat.read(path, as_version=4)


def prose(path):
    return "\n".join(cell.source for cell in read(path).cells if cell.cell_type == "markdown")


@pytest.fixture(scope="module")
def tool():
    """Return the command that executes notebooks, as a module."""
    loader = SourceFileLoader("notebooks_tool", str(ROOT / ".ci" / "notebooks"))
    spec = spec_from_loader("notebooks_tool", loader)
    assert spec is not None
    module = module_from_spec(spec)
    loader.exec_module(module)
    return module


def test_all_nine_are_there():
    assert [path.stem for path in NOTEBOOKS] == WANTED


@every
def test_they_are_executed_in_order_without_errors(path):
    notebook = read(path)
    nbformat.validate(notebook)
    counts = [cell.execution_count for cell in notebook.cells if cell.cell_type == "code"]
    assert counts == list(range(1, len(counts) + 1))
    kinds = {output.output_type for cell in notebook.cells if cell.cell_type == "code" for output in cell.outputs}
    assert "error" not in kinds
    assert not [one for cell in notebook.cells for one in cell.get("outputs", ()) if one.get("name") == "stderr"]


@every
def test_they_are_small_and_have_pictures(path):
    assert path.stat().st_size < LARGEST
    pictures = [
        base64.b64decode(output["data"]["image/png"])
        for cell in read(path).cells for output in cell.get("outputs", ()) if "image/png" in output.get("data", {})
    ]  # fmt: skip
    assert pictures
    assert all(one.startswith(b"\x89PNG") and len(one) < PICTURE for one in pictures)


@every
def test_pictures_tell_those_who_do_not_see_them_what_they_show(path):
    """Of each notebook some do at least: beside pyplot a notebook has a way of its own with whole figures."""
    drawn = [one for cell in read(path).cells for one in cell.get("outputs", ()) if "image/png" in one.get("data", {})]
    told = [one.metadata["image/png"]["alt"] for one in drawn if "image/png" in one.metadata]
    assert told
    assert all(len(one) > 30 for one in told)


@every
def test_the_command_leaves_nothing_to_take_out(path, tool):
    """What `.ci/notebooks` would change by form alone: times, states of controls, orders to the tests."""
    assert nbformat.writes(tool.plain(read(path))) == nbformat.writes(read(path))


@every
def test_they_ask_one_question_and_say_what_not_to_conclude(path):
    text = prose(path)
    assert text.startswith("# ")
    assert len(re.findall(r"^# ", text, flags=re.MULTILINE)) == 1
    for words in ("**The question.**", "**What to do.**", "**What to see.**", "**What not to conclude.**"):
        assert words in text, words
    assert "**What it means.**" in text


@every
def test_a_control_stands_beside_a_setting_that_is_seen_without_a_kernel(path):
    cells = [cell for cell in read(path).cells if cell.cell_type == "code"]
    at = next(number for number, cell in enumerate(cells) if "widgets.interactive(" in cell.source)
    assert cells[at].source.rstrip().endswith("\ncontrol")
    assert "assert control.result is not None" in "\n".join(cells[at].metadata["nbmake"]["post_cell_execute"])
    assert cells[at].outputs == []
    (name,) = re.findall(r"widgets\.interactive\(\s*(\w+),", cells[at].source)
    before = "\n".join(cell.source for cell in cells[:at])
    assert f"def {name}(" in before + cells[at].source
    assert re.search(rf"(?<!def ){name}\(", before) or "plot" in cells[at].source
    assert "running kernel" in prose(path)


@every
def test_links_and_other_notebooks_that_are_named_exist(path):
    text = prose(path)
    for name in re.findall(r"`(\d\d_\w+)`", text):
        assert name in WANTED, name
    for page in re.findall(r"`(docs/[\w./]+)`", text):
        assert (ROOT / page).exists(), page
    for target in re.findall(r"\]\(([^)#]+)\)", text):
        assert (path.parent / target).exists(), target


def test_a_control_is_pressed_at_every_choice_and_both_ends(tool):
    """The orders of the notebooks, obeyed on a control made here, also one whose callback fails."""
    widgets = pytest.importorskip("ipywidgets")
    seen: list[tuple[float, str]] = []

    def told(size, name):
        seen.append((size, name))
        return seen

    control = widgets.interactive(told, size=widgets.FloatSlider(0.5, min=0.0, max=1.0, step=0.5), name=["a", "b"])
    exec("\n".join(tool.PRESS), {"control": control})
    assert {size for size, _ in seen} >= {0.0, 1.0}
    assert {name for _, name in seen} == {"a", "b"}

    def silent(size):
        return None if size == 1.0 else size

    failing = widgets.interactive(silent, size=widgets.FloatSlider(0.5, min=0.0, max=1.0, step=0.5))
    with pytest.raises(AssertionError, match=r"1\.0"):
        exec("\n".join(tool.PRESS), {"control": failing})


def test_the_form_that_the_command_gives(tool):
    notebook = nbformat.v4.new_notebook(
        metadata={"kernelspec": {"name": "python3", "display_name": "Python 3"}, "widgets": {"state": 1}}
    )
    shown = nbformat.v4.new_output("display_data", {tool.WIDGET: {"model_id": "x"}, "text/plain": "interactive"})
    picture = nbformat.v4.new_output("execute_result", {"image/png": "x", "text/plain": "<Axes>"}, execution_count=1)
    cell = nbformat.v4.new_code_cell(f"{tool.CONTROL}f)\ncontrol", outputs=[shown], metadata={"execution": {}})
    kept = nbformat.v4.new_output("execute_result", {"text/plain": f"<SweepResult {gettempdir()}/a-b/c>"})
    more = [nbformat.v4.new_code_cell("plot", outputs=[one]) for one in (picture, kept)]
    notebook.cells = [nbformat.v4.new_markdown_cell("# A"), cell, *more]
    plain = tool.plain(notebook)
    assert set(plain.metadata) == {"kernelspec"}
    assert plain.cells[1].outputs == []
    assert plain.cells[2].outputs[0]["data"] == {"image/png": "x", "text/plain": "<picture>"}
    assert plain.cells[3].outputs[0]["data"]["text/plain"] == "<SweepResult FOLDER>"
    assert plain.cells[1].metadata == {"nbmake": {"post_cell_execute": tool.PRESS}}
    assert [one["id"] for one in plain.cells] == ["cell-00", "cell-01", "cell-02", "cell-03"]
