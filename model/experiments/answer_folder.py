"""A folder for the answer to one question: tables as CSV, figures as PNG, and a marker that says what they answer.

The marker (`deal.json`, `wave.json`) holds the question, the scenarios with digests, run ids and parameter values, the
version and the files, so that every number can be traced, a later answer of the same kind may take the folder over, and
nothing else is ever overwritten. Figures carry the same identity inside the file.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd

from model.experiments.drafts import drafts_in, forget_drafts
from model.experiments.identity import answer_id, origins_of
from model.foundation.errors import Fault, InputError
from model.foundation.files import write_text_whole, write_whole
from model.foundation.version import VERSION, model_version
from model.results.stamp import stamped
from model.spec.scenario import Scenario

KIND = "resonance {}"


def check_folder(folder: Path, *, kind: str, beside: frozenset[str] = frozenset()) -> frozenset[str]:
    """Return the files of an earlier answer of the kind in a folder, none where it is new or empty.

    kind: "deal" or "wave". beside: what may lie there too and is left alone, such as the folder of the runs. A kill may
    have left half-written files of the answer's own, which are no others'. Errors: InputError where the folder holds
    something else.
    """
    if not folder.is_dir():
        return frozenset()
    there = {path.name for path in folder.iterdir()} - beside
    own = _listed(folder / f"{kind}.json", kind=kind)
    halves = {path.name for path in drafts_in(folder, names={f"{kind}.json", *own, *beside})}
    foreign = sorted(there - own - halves)
    if foreign:
        rule = f"a folder for a {kind} is new, empty, or that of an earlier {kind}"
        way = "Choose another folder with --out."
        raise InputError(Fault("command line: --out", rule, f"{folder} with {foreign[0]}", way))
    return own


def save_answer(
    folder: Path, *, kind: str, plan: Scenario, question: Mapping[str, object], tables: Mapping[str, pd.DataFrame],
    figures: Mapping[str, bytes], beside: frozenset[str] = frozenset(), plans: Sequence[Scenario] = (),
    names: Sequence[str] = (), replicates: int = 0, pages: Mapping[str, str] | None = None,
) -> None:  # fmt: skip
    """Write tables and figures (PNG by name without ending) in place of an earlier answer of the kind.

    beside: as in `check_folder`. plans, names: of all scenarios where there are several. replicates: of each that were
    run as they stand, see `origins_of`. pages: texts by file name. The marker comes first and names the old files too,
    so that a folder whose writing was stopped is still known. Errors: InputError as `check_folder`, or where the folder
    cannot be written.
    """
    earlier = check_folder(folder, kind=kind, beside=beside)
    files = sorted([*(f"{name}.csv" for name in tables), *(f"{name}.png" for name in figures), *(pages or {})])
    given: Sequence[object] = plans or (plan,)
    every = [one for one in given if isinstance(one, Scenario)]  # an answer read from a sweep has none
    identity = answer_id(kind, question, [one.digest for one in every] or [plan.digest])
    about: dict[str, object] = {
        "kind": KIND.format(kind), "version": VERSION, "model_version": model_version(), "answer_id": identity,
        "scenario": plan.name, "digest": plan.digest, "question": dict(question),
        "origins": origins_of(every, names=names, replicates=replicates),
    }  # fmt: skip
    stamp = {name: about[name] for name in ("kind", "answer_id", "scenario", "digest", "model_version")}
    forget_drafts(folder, names={f"{kind}.json", *files, *earlier, *beside})
    _mark(folder, kind, {**about, "unfinished": True, "files": sorted({*files, *earlier} - {f"{kind}.json"})})
    for name in sorted(earlier - {*files, f"{kind}.json"}):
        (folder / name).unlink(missing_ok=True)
    contents = {f"{name}.csv": frame.to_csv(index=False).encode("utf-8") for name, frame in tables.items()}
    contents |= {name: text.encode("utf-8") for name, text in (pages or {}).items()}
    for name, picture in figures.items():
        contents[f"{name}.png"] = stamped(picture, {**stamp, "figure": name})
    for name, content in contents.items():
        write_whole(folder / name, lambda stream, content=content: (stream.write(content), None)[1])  # type: ignore[misc]
    hashes = {name: hashlib.sha256(content).hexdigest() for name, content in sorted(contents.items())}
    _mark(folder, kind, {**about, "files": files, "sha256": hashes})


def _mark(folder: Path, kind: str, values: Mapping[str, object]) -> None:
    write_text_whole(folder / f"{kind}.json", json.dumps(values, indent=1, ensure_ascii=False) + "\n")


def _listed(marker: Path, *, kind: str) -> frozenset[str]:
    """Return the plain names of files that a marker lists, itself among them; none without a marker of the kind."""
    try:
        values = json.loads(marker.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return frozenset()
    if not isinstance(values, dict) or values.get("kind") != KIND.format(kind):
        return frozenset()
    files = values.get("files")
    names = {str(name) for name in files} if isinstance(files, list) else set()
    return frozenset({marker.name, *(name for name in names if Path(name).name == name)})
