"""Bring the project's own environment, `.venv`, to a level: core, test or all. Called by the launcher; stdlib only.

What is installed stands in `.venv/resonance.json`, written last: an interrupted set-up leaves no such file and is
redone. A lock on `.resonance/set-up.lock` lets one set-up at a time into the folder; pip inherits it, so that a killed
set-up whose pip still writes keeps the others out. Exit code 3 with one line when something is missing.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

FAILED = 3
LOCKS = {"core": "requirements.lock", "test": "requirements-dev.lock", "all": "requirements-all.lock"}
"""Each level's lock holds all of the level before it, with the same versions."""
MINUTES = {"core": "1 to 2", "test": "1 to 3", "all": "2 to 4"}
GIGABYTES = {"core": 1.2, "test": 1.6, "all": 2.4}

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
STATE = VENV / "resonance.json"
BEGUN = VENV / "made-by-resonance"
NOTES = ROOT / ".resonance"

REASONS = (
    ("No space left on device", "the disk is full"),
    ("Disk quota exceeded", "the disk quota is used up"),
    ("DO NOT MATCH THE HASHES", "a downloaded file is not the one the lock names (its hash differs)"),
    ("Permission denied", "a file or folder may not be written"),
    ("CERTIFICATE_VERIFY_FAILED", "the package index's certificate is not trusted here"),
    ("NewConnectionError", "the package index is not reached (no network?)"),
    ("onnection broken", "the network broke off"),
    ("imed out", "the package index does not answer"),
    ("Retrying (", "the package index is not reached (no network?)"),
    ("(from versions: none)", "the package index is not reached, or has no file for this machine"),
    ("No matching distribution found", "the package index has no file of a locked package for this machine"),
    ("ensurepip", "this Python cannot make environments with pip (Debian, Ubuntu: install the package python3-venv)"),
)


class SetUpError(Exception):
    """Set-up cannot go on; the text is the one line to show."""


def ensure(level: str) -> None:
    """Make `.venv` hold at least this level; return at once when it does."""
    if _missing(level) == "nothing":
        return
    NOTES.mkdir(exist_ok=True)
    with (NOTES / "set-up.lock").open("w") as lock:
        _wait_for(lock.fileno())
        missing = _missing(level)
        if missing == "everything" and _runs_inside():
            # The environment cannot replace itself: its parent interpreter does.
            base = getattr(sys, "_base_executable", "")
            os.execv(base, [base, "-I", __file__, level])
        if missing != "nothing":
            _install(level, missing, lock.fileno())


def _missing(level: str) -> str:
    """Return what is to be installed: "nothing", "project", "packages" (added to those there) or "everything"."""
    try:
        state = json.loads(STATE.read_text(encoding="utf-8"))
        same_place = state["root"] == str(ROOT) and state["python"] == _version() and _python().exists()
        held = dict(state["locks"])
        project = state["project"]
    except (OSError, ValueError, KeyError, TypeError):
        return "everything"
    if not same_place or any(name not in LOCKS or held[name] != _hash(LOCKS[name]) for name in held):
        return "everything"
    if level not in held:
        return "packages"
    return "nothing" if project == _hash("pyproject.toml") else "project"


def _install(level: str, missing: str, lock: int) -> None:
    held = {} if missing == "everything" else json.loads(STATE.read_text(encoding="utf-8"))["locks"]
    if missing != "project":
        _check_room(level)
        _check_owner()
        _say(f"setting up, once: {level} packages into .venv with Python {_version()}, {MINUTES[level]} minutes")
    if missing == "everything":
        _new_venv(lock)
    STATE.unlink(missing_ok=True)
    if missing != "project":
        _run("the packages", [*_pip(), "--require-hashes", "--only-binary", ":all:", "-r", LOCKS[level]], lock)
        held |= {name: _hash(LOCKS[name]) for name in list(LOCKS)[: list(LOCKS).index(level) + 1]}
    _run("the project", [*_pip(), "--no-deps", "--no-index", "--no-build-isolation", "--editable", "."], lock)
    state = {"root": str(ROOT), "python": _version(), "locks": held, "project": _hash("pyproject.toml")}
    unfinished = STATE.with_suffix(".tmp")
    unfinished.write_text(json.dumps(state, indent=1), encoding="utf-8")
    unfinished.replace(STATE)


def _new_venv(lock: int) -> None:
    if VENV.exists():
        STATE.unlink(missing_ok=True)
        shutil.rmtree(VENV)
    VENV.mkdir()
    BEGUN.touch()
    _run("the environment", [sys.executable, "-I", "-m", "venv", str(VENV)], lock)


def _run(what: str, command: list[str], lock: int) -> None:
    # Settings that would send packages elsewhere are put out of force; those that name an index are the user's to make.
    environment = {name: value for name, value in os.environ.items() if name not in ("PIP_TARGET", "PIP_PREFIX")}
    environment |= {"PIP_USER": "0", "PIP_REQUIRE_VIRTUALENV": "0"}
    done = subprocess.run(
        command,
        cwd=ROOT,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        pass_fds=(lock,),
        check=False,
    )
    if done.returncode == 0:
        return
    output = done.stdout.decode("utf-8", "replace")
    reason = next((said for sign, said in REASONS if sign in output), f"exit code {done.returncode}")
    note = NOTES / "set-up.log"
    try:
        note.write_text(output, encoding="utf-8")
    except OSError:
        raise SetUpError(f"could not install {what}: {reason}") from None
    raise SetUpError(f"could not install {what}: {reason}; all that was said is in {note}")


def _wait_for(lock: int) -> None:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        _say("another set-up of this folder is running; waiting for it")
        fcntl.flock(lock, fcntl.LOCK_EX)


def _check_room(level: str) -> None:
    free = shutil.disk_usage(ROOT).free / 1e9
    if free < GIGABYTES[level]:
        raise SetUpError(f"the disk of {ROOT} has {free:.1f} GB free; the {level} packages need {GIGABYTES[level]} GB")


def _check_owner() -> None:
    if VENV.is_symlink() or (VENV.exists() and not BEGUN.exists() and any(VENV.iterdir())):
        raise SetUpError(f"{VENV} was not made by this launcher: move it away, then run this again")


def _pip() -> list[str]:
    quiet = ["--quiet", "--no-input", "--disable-pip-version-check", "--progress-bar", "off"]
    return [str(_python()), "-I", "-m", "pip", "install", *quiet]


def _runs_inside() -> bool:
    return sys.prefix != sys.base_prefix


def _python() -> Path:
    return VENV / "bin" / "python"


def _version() -> str:
    return ".".join(str(part) for part in sys.version_info[:3])


def _hash(name: str) -> str:
    return hashlib.sha256((ROOT / name).read_bytes()).hexdigest()


def _say(line: str) -> None:
    print(f"resonance: {line}", file=sys.stderr, flush=True)


def main(arguments: list[str]) -> int:
    """Bring the environment to the level named; return the exit code."""
    if len(arguments) != 1 or arguments[0] not in LOCKS:
        _say(f"set-up takes one of: {', '.join(LOCKS)}")
        return 2
    try:
        ensure(arguments[0])
    except SetUpError as error:
        _say(str(error))
        return FAILED
    except OSError as error:
        _say(f"set-up failed: {error.strerror or error}: {error.filename or ROOT}")
        return FAILED
    except KeyboardInterrupt:
        _say("set-up interrupted; the next call does it again")
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
