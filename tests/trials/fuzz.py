"""Bad input, at scale: every reader is given inputs that are nearly right, and must refuse or accept each of them well.

    python -m tests.trials.fuzz --inputs 1000000       all readers, in one process
    python -m tests.trials.fuzz --guided            the same readers under atheris, which keeps what reaches new lines
    python -m tests.trials.fuzz --reader "page link" --seconds 60

An input is accepted, or refused by one InputError with a place, a rule and a way out; at the command line that is exit
code 2. Anything else is a fault: another exception, longer than 5 s, more than 2 GiB, a message that cannot be read,
something written, started or reached outside of the trial's folder. Prints what was tried of each reader, how fast (of
processor time), and each kind of fault once, with an input that shows it (kept in --keep). Exit code 1 where there was
one. Seeded; may be interrupted. How to have atheris: docs/reliability.md.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
import zlib
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from tests.trials.judging import ACCEPTED, BROKEN, MOST_MEMORY, Guard, Verdict, judged, limit_memory
from tests.trials.mutating import mutated
from tests.trials.readers import ROOT, Reader, readers

SHOWN = 600
"""Bytes of an input that are shown."""


@dataclass
class Tally:
    """What became of a reader's inputs. broken: by kind of fault, (how often, an input of it, what was told)."""

    tried: int = 0
    accepted: int = 0
    seconds: float = 0.0
    slowest: float = 0.0
    broken: dict[str, tuple[int, bytes, str]] = field(default_factory=dict)

    def add(self, found: Verdict, content: bytes, seconds: float) -> None:
        """Count one input. Of a fault the shortest input is kept."""
        self.tried += 1
        self.accepted += found.kind == ACCEPTED
        self.seconds += seconds
        self.slowest = max(self.slowest, seconds)
        if found.kind == BROKEN:
            if found.what not in self.broken:
                print(f"broken: {found.what}: {found.told[:200]!r}", file=sys.stderr, flush=True)
            often, kept, told = self.broken.get(found.what, (0, content, found.told))
            shorter = len(content) < len(kept)
            self.broken[found.what] = (often + 1, content if shorter else kept, found.told if shorter else told)


def given(reader: Reader, number: int, *, seed: int) -> bytes:
    """Return the input of a number: the same for the same seed, whatever came before."""
    own = zlib.crc32(reader.name.encode())
    if number < len(reader.seeds):
        return reader.seeds[number]
    return mutated(reader.seeds, reader.form, reader.words, Random((seed << 64) ^ (own << 32) ^ number))


def plain(
    reader: Reader, tally: Tally, *, first: int, inputs: int, seed: int, guard: Guard | None, until: float
) -> int:
    """Try inputs of a reader from a number on; return the number of the next one. until: when to stop at the latest."""
    if guard is not None:
        guard.compiles = reader.compiles
    for number in range(first, first + inputs):
        if time.monotonic() > until:
            return number
        content = given(reader, number, seed=seed)
        begun = time.process_time()
        found = judged(reader.read, content, guard=guard)
        tally.add(found, content, time.process_time() - begun)
    return first + inputs


def shares(table: dict[str, Reader], inputs: int) -> dict[str, int]:
    """Return how many inputs each reader gets."""
    whole = sum(one.share for one in table.values())
    return {name: max(1, round(inputs * one.share / whole)) for name, one in table.items()}


def told(tallies: dict[str, Tally], *, keep: Path | None) -> int:
    """Print the table and the faults; return how many kinds of fault there were."""
    print(f"\n{'reader':24} {'inputs':>9} {'accepted':>9} {'refused':>9} {'a second':>9} {'slowest':>8} faults")
    for name, one in tallies.items():
        broken = sum(often for often, _, _ in one.broken.values())
        rate = one.tried / one.seconds if one.seconds else 0.0
        print(f"{name:24} {one.tried:9,} {one.accepted:9,} {one.tried - one.accepted - broken:9,} {rate:9,.0f} "
              f"{one.slowest:7.2f}s {broken:6,}")  # fmt: skip
    print(f"{'all':24} {sum(one.tried for one in tallies.values()):9,}")
    kinds = [(name, what, *rest) for name, one in tallies.items() for what, rest in one.broken.items()]
    for number, (name, what, often, content, words) in enumerate(kinds, start=1):
        print(f"\nFault {number} of {len(kinds)}, {name}, {often} times: {what}\n  {words!r}\n  {content[:SHOWN]!r}")
        if keep is not None:
            (keep / f"{name.replace(' ', '_')}-{zlib.crc32(what.encode()):08x}").write_bytes(content)
    return len(kinds)


def main() -> int:
    """Try the readers that are asked for, and print what came of it."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--inputs", type=int, default=20_000, help="in all, shared out among the readers")
    asked.add_argument("--seconds", type=float, default=1e9, help="at most, for all")
    asked.add_argument("--reader", action="append", help="one of the readers; may be given often")
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--first", type=int, default=0, help="number of the first input of each reader")
    asked.add_argument("--guided", action="store_true", help="let atheris choose inputs by the lines they reach")
    asked.add_argument("--keep", type=Path, help="folder for an input of each fault")
    asked.add_argument("--list", action="store_true", help="print the readers")
    wish = asked.parse_args()
    if wish.keep is not None:
        wish.keep.mkdir(parents=True, exist_ok=True)
    os.environ["RESONANCE_CACHE"] = "off"
    with tempfile.TemporaryDirectory(prefix="resonance-fuzz-") as folder:
        desk = Path(folder).resolve()
        tempfile.tempdir = folder
        os.chdir(desk)
        table = every_reader(desk)
        if wish.list:
            print("\n".join(f"{name:24} {one.form:6} {len(one.seeds)} seeds" for name, one in table.items()))
            return 0
        wrong = [name for name in wish.reader or () if name not in table]
        if wrong:
            asked.error(f"no such reader: {', '.join(wrong)}; there are {', '.join(table)}")
        table = {name: one for name, one in table.items() if not wish.reader or name in wish.reader}
        if wish.guided:
            return _guided(table, wish)
        guard = Guard(allowed=(str(desk),))
        guard.install()
        limit_memory(MOST_MEMORY)
        tallies = _all(table, wish, guard)
    return 1 if told(tallies, keep=wish.keep) else 0


def every_reader(desk: Path) -> dict[str, Reader]:
    """Return all readers, with the one that lives what it accepts."""
    from tests.trials.lived_reader import living

    one = living(desk)
    return {**readers(desk), one.name: one}


def _all(table: dict[str, Reader], wish: argparse.Namespace, guard: Guard) -> dict[str, Tally]:
    """Try every reader in turn, a tenth of its inputs each time, so that a stopped trial has tried all."""
    tallies = {name: Tally() for name in table}
    counts, at = shares(table, wish.inputs), dict.fromkeys(table, wish.first)
    until = time.monotonic() + wish.seconds
    try:
        for turn in range(10):
            for name, one in table.items():
                last = wish.first + counts[name] * (turn + 1) // 10
                at[name] = plain(one, tallies[name], first=at[name], inputs=last - at[name], seed=wish.seed,
                                 guard=guard, until=until)  # fmt: skip
            done, broken = sum(one.tried for one in tallies.values()), sum(len(one.broken) for one in tallies.values())
            print(f"{done:,} inputs, {broken} kinds of fault", file=sys.stderr, flush=True)
    except KeyboardInterrupt:
        print("stopped", file=sys.stderr)
    return tallies


def _guided(table: dict[str, Reader], wish: argparse.Namespace) -> int:
    """Try each reader in a process of its own under atheris, one after the other."""
    worst = 0
    for name, inputs in shares(table, wish.inputs).items():
        words = [sys.executable, "-m", "tests.trials.guided", name, str(inputs), str(wish.seed),
                 str(wish.seconds / len(table)), str(wish.keep.resolve()) if wish.keep else ""]  # fmt: skip
        paths = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH", "")]))
        worst = max(
            worst, subprocess.run(words, check=False, cwd=ROOT, env={**os.environ, "PYTHONPATH": paths}).returncode
        )
    return worst


if __name__ == "__main__":
    sys.exit(main())
