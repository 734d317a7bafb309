"""Set-up: requirements, locks and environment.yml agree; the launcher finds an interpreter or says what is missing."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
import threading
import time
import tomllib
from pathlib import Path
from types import ModuleType

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
CORE = PYPROJECT["project"]["dependencies"]
EXTRAS = PYPROJECT["project"]["optional-dependencies"]
LOCKS = {
    "requirements.lock": [CORE],
    "requirements-dev.lock": [CORE, EXTRAS["notebooks"], EXTRAS["dev"], EXTRAS["calibrate"]],
    "requirements-all.lock": [CORE, *EXTRAS.values()],
}


def locked(name: str) -> dict[str, tuple[str, list[str]]]:
    """Return version and hashes of each package in a lock; a line that is anything else fails."""
    entries = {}
    text = (ROOT / name).read_text(encoding="utf-8").replace("\\\n", " ")
    for line in filter(None, text.splitlines()):
        found = re.fullmatch(
            r"([a-z0-9-]+)==([0-9A-Za-z.+!]+)(?: ; [a-z_ '=!<>()0-9A-Z.]+)?((?:\s+--hash=sha256:[0-9a-f]{64})+)", line
        )
        assert found, f"{name}: not an exact version with hashes: {line[:100]}"
        assert found[1] not in entries, f"{name}: {found[1]} stands twice"
        entries[found[1]] = (found[2], found[3].split())
    return entries


# --- requirements -----------------------------------------------------------------------------------------------------


CONDA = (ROOT / "environment.yml").read_text(encoding="utf-8")


def conda_faults(text: str) -> list[str]:
    """Return what a text of environment.yml has less or more than pyproject.toml, and what conda would trip over."""
    environment = yaml.safe_load(text)
    listed = environment["dependencies"]
    plain, by_pip = [one for one in listed if isinstance(one, str)], [one for one in listed if isinstance(one, dict)]
    wanted = [requirement for group in [CORE, *EXTRAS.values()] for requirement in group]
    found = [str(one) for group in by_pip for one in group["pip"]]
    faults = [f"missing: {one}" for one in {*wanted, "--editable ."} - set(found)]
    faults += [f"not in pyproject.toml: {one}" for one in set(found) - {*wanted, "--editable ."}]
    faults += [f"twice: {one}" for one in set(found) if found.count(one) > wanted.count(one) + one.startswith("--")]
    python = f"python {PYPROJECT['project']['requires-python']}"
    if plain != [python, "pip"] or [set(group) for group in by_pip] != [{"pip"}]:
        faults.append(f"beside the pip part there are {python} and pip, not {plain}")
    if set(environment) != {"name", "channels", "dependencies"}:
        faults.append(f"keys: {sorted(environment)}")
    if environment["channels"] != ["conda-forge", "nodefaults"]:
        faults.append(f"channels: {environment['channels']}")
    return faults


def test_conda_has_the_requirements_of_pyproject() -> None:
    assert conda_faults(CONDA) == []
    assert len([line for line in CONDA.splitlines() if line.startswith('    - "')]) > 30


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("numpy>=2.1", "numpy>=2.0"),
        ('    - "scipy>=1.15"\n', ""),
        ('    - "pyarrow>=19"\n', '    - "pyarrow>=19"\n    - "pyarrow>=19"\n'),
        ('    - "pyarrow>=19"\n', '    - "pyarrow>=19"\n    - "polars>=1"\n'),
        ("python >=3.12,<3.14", "python >=3.12"),
        ("  - pip\n", ""),
        ("  - pip\n", "  - pip\n  - numpy\n"),
        ('    - "--editable ."\n', ""),
        ("  - nodefaults\n", ""),
        ("name: resonance", "prefix: resonance"),
    ],
)
def test_an_environment_of_conda_that_differs_is_found(old: str, new: str) -> None:
    assert old in CONDA
    assert conda_faults(CONDA.replace(old, new, 1)) != []


def test_conda_is_told_by_the_names_that_the_environment_has() -> None:
    name = yaml.safe_load(CONDA)["name"]
    assert name in PYPROJECT["project"]["scripts"]
    for page in ("README.md", "docs/setup.md"):
        assert f"conda env create --file environment.yml && conda activate {name}" in (ROOT / page).read_text()


def test_the_citation_is_of_this_version_and_licence() -> None:
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    project = PYPROJECT["project"]
    assert (str(citation["version"]), citation["license"]) == (project["version"], project["license"])
    assert {"cff-version", "message", "title", "type", "authors"} <= set(citation)
    assert (ROOT / "LICENSE").read_text(encoding="utf-8").startswith("BSD 3-Clause License")


@pytest.mark.parametrize("name", LOCKS)
def test_lock_holds_exact_versions_with_hashes_and_no_place(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    assert not re.search(r"://|--index|--find-links|--trusted|@|^\s*-[a-z]|/", text, flags=re.MULTILINE)
    assert all(hashes for _, hashes in locked(name).values())


@pytest.mark.parametrize("name", LOCKS)
def test_lock_fits_every_requirement_of_its_level(name: str) -> None:
    entries = locked(name)
    build = [PYPROJECT["build-system"]["requires"]]
    for requirement in (Requirement(text) for group in LOCKS[name] + build for text in group):
        version, _ = entries[canonicalize_name(requirement.name)]
        assert requirement.specifier.contains(version), f"{requirement} but {name} has {version}"


def test_each_level_keeps_the_versions_of_the_one_before() -> None:
    core, test, everything = (locked(name) for name in LOCKS)
    assert core.items() <= test.items() <= everything.items()


def test_build_backend_is_locked() -> None:
    assert PYPROJECT["dependency-groups"]["build"] == PYPROJECT["build-system"]["requires"]


def test_readme_and_ci_name_the_same_commands() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    commands = [line for line in (ROOT / ".ci/run").read_text(encoding="utf-8").splitlines() if "./resonance" in line]
    assert "./resonance test" in commands
    assert re.search(r"^\./resonance test\b", readme, flags=re.MULTILINE)
    assert re.search(r"^\./resonance run baseline\b", readme, flags=re.MULTILINE)


# --- the launcher -----------------------------------------------------------------------------------------------------


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A copy of the launcher whose set-up only tells the interpreter and the level, and fails on demand."""
    root = tmp_path / "a clone"
    (root / ".ci").mkdir(parents=True)
    shutil.copy(ROOT / "resonance", root)
    (root / ".ci/environment.py").write_text(
        "import os, sys\nprint(os.environ.get('FAKE'), *sys.argv[1:])\nsys.exit(int(os.environ.get('FAIL', 0)))\n"
    )
    return root


def launch(clone: Path, *words: str, path: Path | None = None, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the launcher with nothing in the environment but what is given."""
    empty = clone.parent / "empty"
    empty.mkdir(exist_ok=True)
    return subprocess.run(
        [clone / "resonance", *words],
        env={"PATH": str(path or empty), "HOME": str(empty), **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def interpreter(path: Path, body: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(0o755)
    return path


def runs_here(label: str) -> str:
    return f'FAKE={label} exec "{sys.executable}" "$@"'


def test_launcher_without_an_interpreter_says_so_in_one_line(clone: Path) -> None:
    done = launch(clone, "run", "baseline")
    assert done.returncode == 3
    assert done.stdout == ""
    assert done.stderr.splitlines() == [
        "resonance: no Python 3.12 or 3.13 found: install one, or name one in RESONANCE_PYTHON"
    ]


@pytest.mark.parametrize("bad", ["nowhere/python", "too-old", "not-python"])
def test_launcher_refuses_a_named_interpreter_that_does_not_fit(clone: Path, bad: str) -> None:
    interpreter(clone / "too-old", "exit 5")
    interpreter(clone / "not-python", "exit 127")
    good = interpreter(clone / "bin/python3", runs_here("good"))
    done = launch(clone, "test", path=good.parent, RESONANCE_PYTHON=str(clone / bad))
    assert done.returncode == 3
    assert done.stdout == ""
    assert len(done.stderr.splitlines()) == 1
    assert bad in done.stderr


def test_launcher_names_a_missing_venv_module(clone: Path) -> None:
    lacking = interpreter(clone / "bin/python3", "exit 4")
    done = launch(clone, "test", path=lacking.parent)
    assert done.returncode == 3
    assert done.stderr.splitlines() == [
        "resonance: python3 has no venv module: install it (Debian, Ubuntu: the package python3-venv)"
    ]


def test_launcher_passes_over_a_failing_shim_to_pyenvs_versions(clone: Path) -> None:
    shims = clone / "shims"
    interpreter(shims / "python3.13", "echo 'command not found' >&2; exit 127")
    interpreter(shims / "python3", "exit 5")
    pyenv = clone / "pyenv root"
    interpreter(pyenv / "versions/3.13.9/bin/python", "exit 1")
    interpreter(pyenv / "versions/3.12.1/bin/python", runs_here("pyenv"))
    interpreter(shims / "pyenv", f'echo "{pyenv}"')
    assert launch(clone, "set-up", path=shims).stdout.split() == ["pyenv", "core"]
    assert launch(clone, "set-up", PYENV_ROOT=str(pyenv)).stdout.split() == ["pyenv", "core"]


def test_launcher_works_through_a_link(clone: Path) -> None:
    python = interpreter(clone / "bin/python3.12", runs_here("linked"))
    (clone.parent / "resonance").symlink_to("a clone/resonance")
    readlink = shutil.which("readlink")
    assert readlink
    (python.parent / "readlink").symlink_to(readlink)
    assert launch(clone.parent, "set-up", "all", path=python.parent).stdout.split() == ["linked", "all"]


def test_launcher_passes_words_and_exit_codes_through(clone: Path) -> None:
    python = interpreter(clone / "bin/python3.12", runs_here("setting-up"))
    interpreter(clone / ".venv/bin/python", '[ "$1" = -P ] || exit 1; printf "%s|" "$@"; exit 42')
    done = launch(clone, "run", "a b", "--set", "x=*", path=python.parent)
    assert done.returncode == 42
    assert done.stdout.endswith("-P|-m|model|run|a b|--set|x=*|")
    assert launch(clone, "run", path=python.parent, FAIL="7").returncode == 7


def test_launcher_runs_every_check_and_fails_if_one_does(clone: Path) -> None:
    python = interpreter(clone / "bin/python3.12", runs_here("setting-up"))
    tools = clone / ".venv/bin"
    interpreter(tools / "ruff", 'echo "ruff $*"')
    interpreter(tools / "mypy", "echo mypy; exit 9")
    interpreter(tools / "python", '[ "$1" = -m ] || exit 1; echo "$*"')
    done = launch(clone, "test", "-k", "logit", path=python.parent)
    assert done.returncode == 9
    tests = "-m pytest --nbmake -n 2 -m not slow and not browser -k logit"
    assert done.stdout.splitlines()[1:] == ["ruff check .", "mypy", tests]
    slow = launch(clone, "test", "--slow", path=python.parent)
    assert slow.stdout.splitlines()[-1] == "-m pytest --nbmake -n 0 -m slow"
    page = launch(clone, "test", "--browser", "-x", path=python.parent)
    assert page.stdout.splitlines()[0].endswith("all")
    assert page.stdout.splitlines()[1:] == ["-m pytest --nbmake -n 0 -m browser or page -x"]


# --- what is installed ------------------------------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path: Path) -> ModuleType:
    """The set-up code in a folder of its own, with small locks and commands that are written down, not run."""
    (tmp_path / ".ci").mkdir()
    for name in (".ci/environment.py", "pyproject.toml"):
        shutil.copy(ROOT / name, tmp_path / name)
    for name in LOCKS:
        (tmp_path / name).write_text(name)
    spec = importlib.util.spec_from_file_location("resonance_environment", tmp_path / ".ci/environment.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.done = []

    def note(what: str, command: list[str], lock: int) -> None:
        module.done.append(what if what != "the packages" else command[-1])
        if what == "the environment":
            (module.VENV / "bin").mkdir(parents=True, exist_ok=True)
            module._python().touch()

    module._run = note
    # The tests themselves run in an environment; here it stands for the parent interpreter.
    module._runs_inside = lambda: False
    return module


def test_set_up_goes_up_level_by_level_and_then_does_nothing(folder: ModuleType) -> None:
    for level in ("core", "core", "test", "core", "test"):
        folder.ensure(level)
    assert folder.done == [
        *("the environment", "requirements.lock", "the project"),
        *("requirements-dev.lock", "the project"),
    ]


@pytest.mark.parametrize("before", ["nothing", "core"])
def test_interrupted_set_up_is_done_again(folder: ModuleType, monkeypatch: pytest.MonkeyPatch, before: str) -> None:
    if before == "core":
        folder.ensure("core")
    whole = folder._run

    def broken_off(what: str, command: list[str], lock: int) -> None:
        whole(what, command, lock)
        if what == "the packages":
            raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(folder, "_run", broken_off)
        assert folder.main(["test"]) == 130
    (folder.VENV / "half-written").touch()
    folder.done.clear()
    assert folder.main(["core"]) == 0
    assert folder.done == ["the environment", "requirements.lock", "the project"]
    assert not (folder.VENV / "half-written").exists()


@pytest.mark.parametrize("change", ["lock", "root", "python", "broken"])
def test_environment_is_rebuilt_when_its_ground_changed(folder: ModuleType, change: str) -> None:
    folder.ensure("core")
    state = json.loads(folder.STATE.read_text())
    if change == "lock":
        (folder.ROOT / "requirements.lock").write_text("other")
    elif change == "broken":
        folder.STATE.write_text("{")
    else:
        folder.STATE.write_text(json.dumps(state | {change: "other"}))
    folder.done.clear()
    folder.ensure("core")
    assert folder.done == ["the environment", "requirements.lock", "the project"]


def test_changed_project_file_installs_the_project_only(folder: ModuleType) -> None:
    folder.ensure("test")
    (folder.ROOT / "pyproject.toml").write_text("other")
    folder.done.clear()
    folder.ensure("core")
    assert folder.done == ["the project"]
    folder.done.clear()
    folder.ensure("test")
    assert folder.done == []


def test_environment_of_somebody_else_is_left_alone(folder: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    folder.VENV.mkdir()
    (folder.VENV / "theirs").touch()
    assert folder.main(["core"]) == 3
    told = capsys.readouterr().err.splitlines()
    assert len(told) == 1
    assert "not made by this launcher" in told[0]
    assert (folder.VENV / "theirs").exists()


def test_two_set_ups_at_once_install_once(folder: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = folder._run

    def slow(what: str, command: list[str], lock: int) -> None:
        whole(what, command, lock)
        time.sleep(0.05)

    monkeypatch.setattr(folder, "_run", slow)
    both = [threading.Thread(target=folder.ensure, args=("core",)) for _ in range(2)]
    for one in both:
        one.start()
    for one in both:
        one.join()
    assert folder.done == ["the environment", "requirements.lock", "the project"]


def test_full_disk_is_said_before_anything_is_written(folder: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    folder.GIGABYTES = dict.fromkeys(folder.GIGABYTES, 1e9)
    assert folder.main(["test"]) == 3
    told = capsys.readouterr().err.splitlines()
    assert len(told) == 1
    assert "GB free" in told[0]
    assert not folder.VENV.exists()


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ("OSError: [Errno 28] No space left on device", "disk is full"),
        ("Retrying (Retry(total=4)) after connection broken by 'NewConnectionError(...)'", "no network"),
        ("THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE", "its hash differs"),
        ("something else", "exit code 1"),
    ],
)
def test_failure_of_pip_is_told_in_one_line(folder: ModuleType, said: str, reason: str) -> None:
    fresh = importlib.util.module_from_spec(folder.__spec__)
    folder.__loader__.exec_module(fresh)
    fresh.NOTES.mkdir()
    command = [sys.executable, "-c", f"print({said!r}); raise SystemExit(1)"]
    with (fresh.NOTES / "lock").open("w") as lock, pytest.raises(fresh.SetUpError, match=re.escape(reason)) as told:
        fresh._run("the packages", command, lock.fileno())
    assert "\n" not in str(told.value)
    assert said in (fresh.NOTES / "set-up.log").read_text()


def test_scripts_can_be_executed() -> None:
    for name in ("resonance", ".ci/run", ".ci/lock"):
        assert os.access(ROOT / name, os.X_OK), name
