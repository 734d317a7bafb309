"""What the code may not do: run what a file says, unpickle, reach the network, start shells; what set-up insists on."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SOURCES = sorted([*(ROOT / "model").rglob("*.py"), *(ROOT / ".ci").glob("*.py")])
FORBIDDEN_CALLS = ("eval", "exec", "compile", "__import__", "execfile", "input", "breakpoint")
FORBIDDEN_MODULES = (
    "pickle", "_pickle", "dill", "joblib", "shelve", "marshal", "yaml", "cffi", "runpy", "code", "codeop",
    "imp", "pty", "ftplib", "telnetlib", "smtplib", "xmlrpc", "requests", "httpx", "aiohttp", "urllib.request",
    "urllib3", "http.client", "http.server", "socketserver",
)  # fmt: skip
ALLOWED: dict[str, frozenset[str]] = {
    "subprocess": frozenset({".ci/environment.py"}),
    "webbrowser": frozenset({"model/interfaces/app/server.py"}),
    "socket": frozenset({"model/interfaces/app/server.py", "model/experiments/sweep/store/lock.py"}),
    "cloudpickle": frozenset(
        {"model/experiments/sweep/engines/chunk.py", "model/experiments/sweep/engines/dask_crew.py"}
    ),
    "multiprocessing": frozenset(),
    "ctypes": frozenset({"model/interfaces/app/memory.py"}),
}
"""Modules with the only files that may import them. cloudpickle: a sweep's work, from the driver to its own workers."""
METHODS = (
    "read_pickle",
    "to_pickle",
    "read_html",
    "read_xml",
    "system",
    "popen",
    "execv",
    "execve",
    "spawnv",
    "startfile",
)
ALLOWED_METHODS = {"execv": frozenset({".ci/environment.py"})}
LITERAL_IMPORTS = frozenset({
    "model/__init__.py", "model/agents/strategies/__init__.py", "model/experiments/calibration/__init__.py",
    "model/experiments/equilibrium/__init__.py", "model/experiments/sweep/__init__.py",
    "model/interfaces/app/pages/__init__.py", "model/interfaces/reference/public.py", "model/results/trace.py",
    "model/spec/parameter_page.py", "model/spec/parameters.py", "model/spec/strategies/kinds.py",
})  # fmt: skip
"""Files that import by a computed name: each takes it from a table of its own or from the package's folder."""


def faults_of(tree: ast.AST, place: str) -> Iterator[str]:
    """What a source does that it may not, in words."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names = [one.name for one in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [node.module or "", *(f"{node.module}.{one.name}" for one in node.names)]
        else:
            names = []
        for name in names:
            if any(name == one or name.startswith(f"{one}.") for one in FORBIDDEN_MODULES):
                yield f"imports {name}"
            allowed = next((files for one, files in ALLOWED.items() if name.split(".")[0] == one), None)
            if allowed is not None and place not in allowed:
                yield f"imports {name}"
        if isinstance(node, ast.Call):
            yield from _call_faults(node, place)


def _call_faults(node: ast.Call, place: str) -> Iterator[str]:
    named = {one.arg: one.value for one in node.keywords}
    if isinstance(node.func, ast.Name):
        if node.func.id in FORBIDDEN_CALLS:
            yield f"calls {node.func.id}"
        if node.func.id == "import_module" and place not in LITERAL_IMPORTS:
            yield "imports by a computed name"
    if isinstance(node.func, ast.Attribute):
        name = node.func.attr
        of_os = isinstance(node.func.value, ast.Name) and node.func.value.id == "os"
        if (
            name in METHODS
            and (of_os or name.startswith(("read_", "to_")))
            and place not in ALLOWED_METHODS.get(name, ())
        ):
            yield f"calls {name}"
        over = isinstance(node.func.value, ast.Name) and node.func.value.id in ("np", "numpy")
        plain = named.get("allow_pickle")
        closed = isinstance(plain, ast.Constant) and plain.value is False
        if over and name in ("load", "save", "savez", "savez_compressed") and not closed:
            yield f"calls np.{name} without allow_pickle=False"
    shell = named.get("shell")
    if shell is not None and not (isinstance(shell, ast.Constant) and shell.value is False):
        yield "starts a shell"
    trusted = named.get("allow_pickle")
    if isinstance(trusted, ast.Constant) and trusted.value:
        yield "unpickles arrays"


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_nothing_that_a_file_holds_is_run(path: Path) -> None:
    place = path.relative_to(ROOT).as_posix()
    assert list(faults_of(ast.parse(path.read_text(encoding="utf-8")), place)) == []


@pytest.mark.parametrize(
    "source",
    [
        "eval(text)", "exec(text)", "compile(text, '', 'exec')", "import pickle", "from pickle import loads",
        "import joblib", "import yaml", "import subprocess", "from urllib.request import urlopen", "import requests",
        "import cloudpickle", "np.load(path)", "np.load(path, allow_pickle=True)", "np.savez(path, a=a)",
        "pd.read_pickle(path)", "os.system(text)", "run(text, shell=True)", "import_module(name)", "import socket",
        "from multiprocessing import Pool", "import importlib, marshal",
    ],
)  # fmt: skip
def test_what_may_not_be_is_found(source: str) -> None:
    assert list(faults_of(ast.parse(source), "model/anything.py"))


@pytest.mark.parametrize(
    "source", ["np.load(path, allow_pickle=False)", "re.compile(text)", "from urllib import parse"]
)
def test_what_may_be_is_not_found(source: str) -> None:
    assert list(faults_of(ast.parse(source), "model/anything.py")) == []


def test_no_component_of_the_page_writes_html_of_its_own() -> None:
    parts = sorted((ROOT / "model/interfaces/app/parts").glob("*.vue"))
    assert parts
    for part in parts:
        text = part.read_text(encoding="utf-8")
        assert not re.search(
            r"v-html|innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function", text
        )


def test_packages_are_installed_by_hash_from_wheels_only() -> None:
    source = (ROOT / ".ci" / "environment.py").read_text(encoding="utf-8")
    installs = [line for line in source.splitlines() if '"-r", LOCKS' in line]
    assert len(installs) == 1
    assert "--require-hashes" in installs[0]
    assert '"--only-binary", ":all:"' in installs[0]
    assert '"--no-deps", "--no-index", "--no-build-isolation"' in source  # the project itself: nothing more is fetched


def test_the_command_that_looks_for_known_weaknesses_is_documented() -> None:
    text = (ROOT / "docs" / "setup.md").read_text(encoding="utf-8")
    for lock in ("requirements.lock", "requirements-all.lock"):
        assert re.search(rf"pip-audit .*--require-hashes.*-r {re.escape(lock)}", text), lock
