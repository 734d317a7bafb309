"""Files of a sweep's store that were cut, emptied, swapped, or changed in a byte: told and named, never believed.

`python -m tests.trials.broken_stores --ways N`: N seeded changes. After each, reading and going on must give the very
same content as before, or end with one message that names the file and a way out.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from model.experiments.sweep.case import Case, Rows
from model.experiments.sweep.engines import InProcess, run_cases
from model.experiments.sweep.store import SweepStore
from model.foundation.errors import InputError
from model.foundation.rng import stream_key, uniforms

SEED, RUNS = 10, 60
CUT, EMPTY, BYTE, GONE, SWAP, OTHERS, COLUMNS = "cut", "emptied", "byte", "gone", "swapped", "of another", "columns"
HOWS = (CUT, EMPTY, BYTE, GONE, SWAP, OTHERS, COLUMNS)
Content = dict[str, str]


@dataclass(frozen=True)
class Broken:
    """What came of a broken file. outcome: "same", "told", or what was wrong."""

    file: str
    how: str
    outcome: str
    words: str = ""


def cases(add: float, count: int = RUNS) -> list[Case]:
    """Return cases whose rows hang on `add`, so that two sweeps differ. count: how many."""
    return [Case(f"{number:016x}", number, 0, {"add": add}) for number in range(count)]


def lived(case: Case) -> Rows:
    """Return rows of a case."""
    value = case.point / 7 + float(case.work["add"])  # type: ignore[index]
    return {"outcomes": {"x": [value]}, "series": {"y": [value + month for month in range(12)]}}


def made(folder: Path, *, add: float) -> Content:
    """Make a sealed store whose last runs are in the ledger still; return its content."""
    with SweepStore.create(folder, plan={"add": add}, points={"p": np.arange(RUNS) + add}) as store:
        first = cases(add)[: RUNS // 2]
        run_cases(first, work=lived, store=store, engine=InProcess())
        store.commit([(case, lived(case)) for case in cases(add)[RUNS // 2 : -5]])
        return content(store)


def content(store: SweepStore) -> Content:
    """Return all that is asked of a store, as text."""
    return {name: store.frame(name).to_csv() for name in (*store.tables(), "points", "failures")}


def broken(folder: Path, other: Path, number: int, *, seed: int = SEED) -> tuple[str, str]:
    """Break one file of a store by a keyed draw; return which and how. other: a store of the same kind."""
    which, how, place, bit = uniforms(stream_key(seed, "broken stores", number), np.arange(4))
    files = sorted(path for path in folder.rglob("*") if path.is_file() and path.name not in ("writer.lock",))
    path = files[int(which * len(files))]
    way = HOWS[int(how * len(HOWS))]
    name = path.relative_to(folder).as_posix()
    content = path.read_bytes()
    if way == CUT:
        path.write_bytes(content[: int(place * len(content))])
    elif way == EMPTY:
        path.write_bytes(b"")
    elif way == BYTE and content:
        at = int(place * len(content))
        path.write_bytes(content[:at] + bytes([content[at] ^ 1 << int(bit * 8)]) + content[at + 1 :])
    elif way == GONE:
        path.unlink()
    elif way == SWAP:
        another = files[int(place * len(files))]
        theirs = another.read_bytes()
        another.write_bytes(content)
        path.write_bytes(theirs)
        name = f"{name} and {another.relative_to(folder).as_posix()}"
    elif way == OTHERS:
        theirs = sorted(other.glob(f"{path.relative_to(folder).parent.as_posix()}/*{path.suffix}"))
        shutil.copy(theirs[int(place * len(theirs))], path)
    elif path.suffix == ".parquet":
        table = pq.read_table(path)
        pq.write_table(table.append_column("more", pa.array(np.zeros(table.num_rows))), path)
    return name, way


def judged(folder: Path, before: Content, name: str, way: str) -> Broken:
    """Read a broken store, go on with it, and say what came of it."""
    told = ""
    for act in (_read, _gone_on):
        try:
            found = act(folder)
        except InputError as error:
            told = str(error)
            if str(folder) not in told or not error.faults[0].way_out:
                return Broken(name, way, "a message without place or way out", told)
            continue
        except Exception as error:
            return Broken(name, way, f"{act.__name__}: {type(error).__name__}: {error}")
        wrong = [table for table, rows in before.items() if act is _read and found.get(table) != rows]
        if wrong:
            return Broken(name, way, f"believed: other rows of {', '.join(wrong)}")
        if act is _gone_on and not told and found != _whole(before):
            return Broken(name, way, "went on to other content")
    return Broken(name, way, "told" if told else "same", told)


def _read(folder: Path) -> Content:
    with SweepStore.open(folder) as store:
        store.verify()
        return content(store)


def _gone_on(folder: Path) -> Content:
    with SweepStore.open(folder) as store:
        add = float(str(store.plan["add"]))
        run_cases(cases(add), work=lived, store=store, engine=InProcess())
        return content(store)


def _whole(before: Content) -> Content:
    with (
        tempfile.TemporaryDirectory() as folder,
        SweepStore.create(folder, plan={}, points={"p": np.arange(RUNS) + 0.0}) as store,
    ):
        run_cases(cases(0.0), work=lived, store=store, engine=InProcess())
        return content(store) | {"points": before["points"]}


def tried(work: Path, *, ways: int, seed: int = SEED) -> Iterator[Broken]:
    """Yield what came of so many broken files."""
    before = made(work / "one", add=0.0)
    made(work / "other", add=1000.0)
    for number in range(ways):
        folder = work / "broken"
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(work / "one", folder)
        yield judged(folder, before, *broken(folder, work / "other", number, seed=seed))


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the trial; exit code 1 where something broke."""
    ask = argparse.ArgumentParser(prog="python -m tests.trials.broken_stores", description=__doc__.splitlines()[0])
    ask.add_argument("--ways", type=int, default=1000)
    ask.add_argument("--seed", type=int, default=SEED)
    told = ask.parse_args(arguments)
    count: Counter[tuple[str, str]] = Counter()
    bad: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as folder:
        for number, one in enumerate(tried(Path(folder), ways=told.ways, seed=told.seed)):
            count[one.how, one.outcome if one.outcome in ("same", "told") else "BROKEN"] += 1
            if one.outcome not in ("same", "told"):
                bad[one.outcome.replace(folder, "")[:200]] += 1
                print(f"{number}: {one.file} {one.how}: {one.outcome[:300]} {one.words[:200]}", flush=True)
    for (how, outcome), times in sorted(count.items()):
        print(f"{how}: {outcome} {times}")
    return int(bool(bad))


if __name__ == "__main__":
    sys.exit(main())
