"""The same numbers everywhere: `tiny` is lived again and again in other surroundings, and every bit is compared.

python -m tests.trials.same                      everything with this Python, about ten minutes
python -m tests.trials.same --python PATH        ... and with another one
python -m tests.trials.same --summaries          ... and every scenario's expected summary
python -m tests.trials.same --only NAME ...      some of the surroundings (--list names them)
python -m tests.trials.same --accept             write this machine's fingerprint as the committed one

Surroundings must give the same bits; machines (other processors and linear algebra, as far as NumPy, Numba and
OpenBLAS can be told to take this one for another) must stay within the tolerance of `fingerprint.TOLERANCE`.
Exit code 1 where something differs that may not.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.trials.fingerprint import NEAR, OTHER, SAME, Committed, Print, differences, maths, told, verdict
from tests.trials.living import ROOT

COMMITTED = Path(__file__).with_name("tiny.json")
LONGEST = 900  # seconds for one life, with all code compiled anew


@dataclass(frozen=True, slots=True)
class Place:
    """Surroundings to live in. {new} stands for a new empty folder. near: other last digits are allowed there."""

    settings: Mapping[str, str] = field(default_factory=dict)
    how: str = "here"
    python: tuple[str, ...] = ()
    turned: bool = False
    elsewhere: bool = False
    near: bool = False


PLACES: dict[str, Place] = {
    "a fresh process": Place(),
    "again, from the start that was kept": Place(),
    "one thread": Place({"RESONANCE_THREADS": "1"}),
    "two threads": Place({"RESONANCE_THREADS": "2"}),
    "sixteen threads": Place({"RESONANCE_THREADS": "16"}),
    "every market on two threads": Place(how="threads"),
    "no start kept": Place({"RESONANCE_CACHE": "off"}),
    "a new home": Place({"HOME": "{new}", "XDG_CACHE_HOME": "{new}", "RESONANCE_CACHE": "{new}"}),
    "all code compiled anew": Place({"NUMBA_CACHE_DIR": "{new}", "RESONANCE_CACHE": "{new}"}),
    "another working folder": Place(elsewhere=True),
    "hash seed 0": Place({"PYTHONHASHSEED": "0", "RESONANCE_CACHE": "{new}"}),
    "hash seed 1": Place({"PYTHONHASHSEED": "1", "RESONANCE_CACHE": "{new}"}),
    "hash seed 4294967295": Place({"PYTHONHASHSEED": "4294967295", "RESONANCE_CACHE": "{new}"}),
    "plain C, no UTF-8": Place({"LC_ALL": "C", "LANG": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}),
    "German": Place({"LC_ALL": "de_DE.UTF-8", "LANG": "de_DE.UTF-8", "LANGUAGE": "de"}),
    "Turkish": Place({"LC_ALL": "tr_TR.UTF-8", "LANG": "tr_TR.UTF-8"}),
    "the day before": Place({"TZ": "Pacific/Pago_Pago"}),
    "the day after": Place({"TZ": "Pacific/Kiritimati"}),
    "folders in the opposite order": Place({"RESONANCE_CACHE": "{new}"}, turned=True),
    "without assertions": Place(python=("-O",)),
    "warnings are errors": Place(python=("-W", "error")),
    "a sweep in this process": Place(how="swept"),
    "a sweep on two processes": Place(how="swept-local"),
    "a sweep on Dask": Place(how="swept-dask"),
    "processor without AVX-512": Place({"NPY_DISABLE_CPU_FEATURES": "X86_V4 AVX512_ICL AVX512_SPR"}, near=True),
    "processor without AVX2": Place({"NPY_DISABLE_CPU_FEATURES": "X86_V3 X86_V4 AVX512_ICL AVX512_SPR"}, near=True),
    "kernels for any processor": Place({"NUMBA_CPU_NAME": "generic", "NUMBA_CPU_FEATURES": ""}, near=True),
    "kernels for a Haswell": Place({"NUMBA_CPU_NAME": "haswell"}, near=True),
    "linear algebra of a Haswell": Place({"OPENBLAS_CORETYPE": "Haswell"}, near=True),
    "linear algebra of a Prescott": Place({"OPENBLAS_CORETYPE": "Prescott"}, near=True),
    "linear algebra on one thread": Place({"OPENBLAS_NUM_THREADS": "1"}),
    "linear algebra on two threads": Place({"OPENBLAS_NUM_THREADS": "2"}),
}
"""By name. Where a machine is played, no kept start is used: its first digits would be this one's."""
SWEPT = ("sweep", "sweep-local", "sweep-dask")
"""Ways of one and the same whole sweep, held against each other."""


def lived_in(place: Place, *, python: str = sys.executable) -> Print:
    """Return the fingerprint of a life in a fresh process in surroundings. Errors: RuntimeError with its last words."""
    with tempfile.TemporaryDirectory() as folder:
        environment = {name: text.format(new=folder) for name, text in place.settings.items()}
        if place.near:
            environment |= {"RESONANCE_CACHE": "off"}
        file = Path(folder) / "print.json"
        options = ("--turned",) if place.turned else ()
        done = subprocess.run(
            [python, *place.python, "-m", "tests.trials.living", place.how, str(file), *options],
            env=os.environ | {"PYTHONPATH": str(ROOT)} | environment, cwd=folder if place.elsewhere else ROOT,
            capture_output=True, text=True, errors="replace", timeout=LONGEST, check=False,
        )  # fmt: skip
        if done.returncode:
            raise RuntimeError(done.stderr.strip()[-2000:])
        found: Print = json.loads(file.read_text(encoding="utf-8"))["columns"]
    return found


def judged(found: Print, committed: Committed, *, here: Mapping[str, str]) -> tuple[bool, str]:
    """Tell whether a fingerprint may be what it is beside the committed one, and how far it is from it.

    With the maths that the committed one was made by only the same bits will do; with others, last digits may differ.
    """
    apart = differences(committed.found, found)
    which = verdict(apart)
    same_maths = dict(committed.maths) == dict(here)
    words = told(apart)
    if which == NEAR and same_maths:
        words += "; but this is the maths that the committed one was made by, so the code moved the last digits"
    return which == SAME or (which == NEAR and not same_maths), words


def compared(name: str, found: Print, reference: Print, *, near: bool = False) -> bool:
    """Print how a life in surroundings compares to the reference, and tell whether that may be."""
    apart = differences(reference, found)
    fits = verdict(apart) in ((SAME, NEAR) if near else (SAME,))
    print(f"{'ok  ' if fits else 'FAIL'}  {name}: {told(apart)}", flush=True)
    return fits


def tried(names: Sequence[str], reference: Print, *, python: str = sys.executable) -> Iterator[bool]:
    """Live in each of the surroundings, print what came, and yield whether it may be."""
    for name in names:
        try:
            found = lived_in(PLACES[name], python=python)
        except (RuntimeError, subprocess.TimeoutExpired) as error:
            print(f"FAIL  {name}: {error}", flush=True)
            yield False
            continue
        yield compared(name, found, reference, near=PLACES[name].near)


def tried_sweeps(*, python: str = sys.executable) -> Iterator[bool]:
    """Sweep two levers in this process, on two processes and on Dask; yield whether each kept the same."""
    try:
        first = lived_in(Place(how=SWEPT[0]), python=python)
        for how in SWEPT[1:]:
            yield compared(f"whole sweep, {how}", lived_in(Place(how=how), python=python), first)
    except (RuntimeError, subprocess.TimeoutExpired) as error:
        print(f"FAIL  whole sweep: {error}", flush=True)
        yield False


def tried_summaries() -> Iterator[bool]:
    """Live every scenario at its small size; yield whether its headline numbers are those that were accepted."""
    from model.experiments.expected import TOLERANCE, Summaries, changes, load_summary, sized_scenarios
    from model.market.start_store import StartStore

    lives = Summaries(StartStore(None))
    for name, sized in sized_scenarios().items():
        kept, found = load_summary(name), lives.summary(sized)
        far = [abs(one.relative or 0.0) for one in changes(kept, found, tolerance=0.0)]
        other = changes(kept, found)
        word = SAME if kept == found else OTHER if other else f"{NEAR} ({max(far):.1e} apart)"
        print(f"{'FAIL' if other else 'ok  '}  summary of {name}: {word} (tolerance {TOLERANCE:g})", flush=True)
        yield not other


def main(arguments: Sequence[str] | None = None) -> int:
    """Try all that was asked for; return the exit code."""
    reader = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    reader.add_argument("--python", action="append", default=[], metavar="PATH", help="another interpreter")
    reader.add_argument("--only", nargs="+", choices=list(PLACES), metavar="NAME", help="some of the surroundings")
    reader.add_argument("--summaries", action="store_true", help="expected summaries too")
    reader.add_argument("--accept", action="store_true", help="write the committed fingerprint")
    reader.add_argument("--list", action="store_true", help="name the surroundings")
    asked = reader.parse_args(arguments)
    if asked.list:
        print("\n".join(PLACES))
        return 0
    reference = lived_in(PLACES["no start kept"])
    if asked.accept:
        Committed(maths(), reference).save(COMMITTED)
        print(f"written: {COMMITTED.name}")
        return 0
    fits, words = judged(reference, Committed.load(COMMITTED), here=maths())
    print(f"{'ok  ' if fits else 'FAIL'}  the committed fingerprint: {words}", flush=True)
    results = [fits]
    for python in (sys.executable, *asked.python):
        print(f"--- {subprocess.check_output([python, '-V'], text=True).strip()}", flush=True)
        results += tried(asked.only or list(PLACES), reference, python=python)
        if not asked.only:
            results += tried_sweeps(python=python)
    if asked.summaries:
        results += tried_summaries()
    print(f"{len(results)} tried, {results.count(False)} not as they must be")
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
