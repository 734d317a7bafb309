"""One reader under atheris: inputs are kept and changed further when they reach lines that none reached before.

Started by `python -m tests.trials.fuzz --guided`, a process for each reader. atheris is no dependency of the project:
docs/reliability.md says how to have it in a folder of your own.
"""

from __future__ import annotations

import contextlib
import io
import os
import sys
import tempfile
import time
from pathlib import Path
from random import Random

ROOT = Path(__file__).resolve().parents[2]
FOLLOWED = ("foundation", "spec", "facts", "results", "experiments", "interfaces")
"""Layers whose lines are watched: the others hold compiled functions, and read nothing from outside."""


def _left_alone() -> list[str]:
    """Return the names of the modules of the other layers."""
    found = []
    for path in (ROOT / "model").rglob("*.py"):
        parts = path.relative_to(ROOT).with_suffix("").parts
        if parts[1] not in FOLLOWED:
            found.append(".".join(parts[:-1] if parts[-1] == "__init__" else parts))
    return found


def main() -> None:
    """Try a reader: name, inputs, seed, most seconds, folder for inputs that broke it ("" for none)."""
    name, inputs, seed, seconds, keep = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4]), sys.argv[5]
    try:
        import atheris
    except ImportError:
        sys.exit("atheris is not there: python -m pip install --target FOLDER atheris, then PYTHONPATH=FOLDER")
    with atheris.instrument_imports(include=["model"], exclude=_left_alone()):
        from tests.trials.fuzz import Tally, every_reader, told
        from tests.trials.judging import MOST_MEMORY, Guard, judged, limit_memory
        from tests.trials.mutating import mutated

        folder = tempfile.mkdtemp(prefix="resonance-guided-")
        desk, tempfile.tempdir = Path(folder).resolve(), folder
        os.chdir(desk)
        os.environ["RESONANCE_CACHE"] = "off"
        reader = every_reader(desk)[name]
        for content in reader.seeds:  # what a reader imports when it is first called is followed too
            with contextlib.suppress(Exception):
                reader.read(content)
    tally, guard, until = Tally(), Guard(allowed=(str(desk),)), time.monotonic() + seconds
    guard.compiles = reader.compiles
    guard.install()
    limit_memory(MOST_MEMORY)

    def one(content: bytes) -> None:
        begun = time.process_time()
        found = judged(reader.read, content, guard=guard)
        tally.add(found, content, time.process_time() - begun)
        if tally.tried >= inputs or time.monotonic() > until:
            finish()

    def finish() -> None:
        """Print what came of it and leave: libFuzzer itself never returns."""
        kinds = told({name: tally}, keep=Path(keep) if keep else None)
        sys.stdout.flush()
        import shutil

        os.chdir("/")
        shutil.rmtree(folder, ignore_errors=True)
        os._exit(1 if kinds else 0)

    def change(content: bytes, most: int, number: int) -> bytes:
        """Change an input by its form, or blindly as libFuzzer does."""
        random = Random(number)
        if random.random() < 0.15:
            return bytes(atheris.Mutate(content, most))
        return mutated((content,) if content.strip() else reader.seeds, reader.form, reader.words, random)[:most]

    corpus = desk / "corpus"
    corpus.mkdir()
    for at, content in enumerate(reader.seeds):
        (corpus / f"{at:03}").write_bytes(content)
    options = [sys.argv[0], f"-seed={seed}", "-max_len=60000", "-timeout=120", "-rss_limit_mb=0", "-verbosity=0",
               str(corpus)]  # fmt: skip
    with contextlib.redirect_stderr(io.StringIO()):
        atheris.Setup(options, one, custom_mutator=change)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
