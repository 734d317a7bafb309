"""What a saved folder is: a run, a sweep, an answer, or a single figure; and its trace."""

from __future__ import annotations

import json
from pathlib import Path

from model.experiments.sweep.store.ledger import NAME as LEDGER
from model.experiments.tracing.answers import marker_in, trace_answer
from model.experiments.tracing.runs import trace_run
from model.experiments.tracing.sweeps import trace_sweep
from model.experiments.tracing.traced import Asked, Traced, wrapped
from model.foundation.errors import Fault, InputError, nearest, raise_faults
from model.foundation.files import is_file, is_folder
from model.results.stamp import stamp_of
from model.results.stored import KIND, MANIFEST


def trace_saved(place: str | Path, asked: Asked | None = None) -> Traced:
    """Return where a number that was saved comes from: in words, and as plain values.

    place: the folder of a run, a sweep or an answer (a comparison, a deal, ...), or a figure of one. asked: what about;
    without a metric the answer lists what can be traced. Errors: InputError, one clear message with the nearest name.
    """
    path, question = Path(place), asked or Asked()
    _check_words(question)
    if is_file(path):
        return _trace_figure(path, question)
    if not is_folder(path):
        raise InputError(Fault(str(path), "is a folder or a figure that was saved", "no such place", _near(path)))
    if (path / LEDGER).is_file():
        return trace_sweep(path, question)
    if _is_run(path):
        return trace_run(path, question)
    marker = marker_in(path)
    if marker is not None:
        return trace_answer(path, marker, question)
    names = sorted(one.name for one in path.iterdir())
    held = f"{len(names)} files, none of them a manifest" if names else "an empty folder"
    rule = "is the folder of a run, a sweep or an answer of this project"
    raise InputError(Fault(str(path), rule, held, _inside(path) or "Check the path."))


def _check_words(asked: Asked) -> None:
    """Raise InputError for words that no table can hold: halves of signs, which a terminal may pass on."""
    given = {"metric": asked.metric, "date": asked.date, "policy": asked.policy, **asked.where}
    raise_faults([
        Fault(f"trace, {name}", "is a text in UTF-8", word, "Type it anew.")
        for name, word in given.items() if word != word.encode("utf-8", "replace").decode("utf-8")
    ])  # fmt: skip


def _is_run(path: Path) -> bool:
    try:
        manifest = json.loads((path / MANIFEST).read_text(encoding="utf-8"))
    except OSError:
        return False
    except (ValueError, RecursionError):
        return True  # harmed: the reader of results says how
    return isinstance(manifest, dict) and manifest.get("kind") == KIND


def _near(path: Path) -> str:
    """Return the folder beside whose name is nearest, where one is near."""
    parent = path.parent
    names = [one.name for one in parent.iterdir() if one.is_dir()] if is_folder(parent) else []
    way = nearest(path.name, names) if names else ""
    return way if way.startswith("Did you mean") else "Check the path; runs lie in the folder `results` by default."


def _inside(path: Path) -> str:
    """Return where inside a folder something that can be traced lies, "" for nowhere."""
    known = [one.name for one in sorted(path.iterdir()) if one.is_dir() and (
        (one / LEDGER).is_file() or _is_run(one) or marker_in(one) is not None)]  # fmt: skip
    return f"Inside it can be traced: {', '.join(known[:6])}." if known else ""


def _trace_figure(path: Path, asked: Asked) -> Traced:
    """Return what a figure carries, and the trace of the folder beside it where that is still the same."""
    stamp = stamp_of(path)
    lines = [f"{path.name}: a figure of a {str(stamp.get('kind', '')).removeprefix('resonance ')}"]
    lines += [text for key, value in stamp.items() if key != "kind"
              for text in wrapped(f"{key.replace('_', ' ')}: {_shown(value)}")]  # fmt: skip
    plain: dict[str, object] = {"kind": "figure", "figure": path.name, "stamp": stamp}
    try:
        beside = trace_saved(path.parent, asked)
    except InputError as error:
        if asked.metric:
            raise
        lines.append(f"Its folder cannot be traced: {error.faults[0].value}.")
        return Traced("\n".join(lines), plain)
    return Traced("\n".join([*lines, "its folder", beside.text]), {**plain, "beside": beside.plain})


def _shown(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
