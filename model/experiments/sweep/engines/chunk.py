"""A chunk of runs on a worker: each run is tried by itself, and what it leaves is packed where it was made."""

from __future__ import annotations

import time
import traceback
from collections.abc import Iterable, Sequence
from contextlib import suppress

import cloudpickle  # type: ignore[import-untyped]

from model.experiments.sweep.case import Case, Failure, Rows, Work
from model.experiments.sweep.store.packing import Packed, pack
from model.foundation.version import model_version

LONGEST_MESSAGE = 2000
_KNOWN: dict[str, Work] = {}  # work by its digest: unpickled once per process


class OtherVersion(Exception):
    """A worker whose model is not the driver's: its numbers would be those of other code."""


class UnreadableWork(Exception):
    """A worker that cannot make the work out of its bytes, for want of a module most likely."""


def attempt(work: Work, case: Case) -> Rows | Failure:
    """Do one run; what it raises becomes a failure with its stage and message."""
    try:
        return work(case)
    except (Exception, SystemExit) as error:
        stage = getattr(error, "stage", "run")
        return Failure(stage if isinstance(stage, str) else "run", _message(error))


def get_ready(work: Work) -> None:
    """Let a work prepare what all its runs share, where it says how, so that no run's time holds it.

    What goes wrong is not told here: the first run meets it too, and is put down as failed with its words.
    """
    prepare = getattr(work, "prepare", None)
    if prepare is not None:
        with suppress(Exception, SystemExit):
            prepare()


def do_chunk(work: Work, cases: Iterable[Case]) -> tuple[Packed, float]:
    """Do runs one after the other; return them packed, and the seconds they took."""
    get_ready(work)
    begun = time.perf_counter()
    packed = pack((case, attempt(work, case)) for case in cases)
    return packed, time.perf_counter() - begun


def do_sent_chunk(digest: str, payload: bytes, version: str, cases: Sequence[Case]) -> tuple[Packed, float]:
    """Do runs of a work that was sent as bytes.

    version: the model that the work was made for; "": any. Errors: OtherVersion, UnreadableWork.
    """
    if digest not in _KNOWN:
        if version and version != model_version():
            raise OtherVersion(model_version())
        _KNOWN.clear()  # one sweep at a time: the work of an earlier one is not needed again
        try:
            _KNOWN[digest] = cloudpickle.loads(payload)
        except Exception as error:
            raise UnreadableWork(f"{type(error).__name__}: {error}") from error
    return do_chunk(_KNOWN[digest], cases)


def _message(error: BaseException) -> str:
    words = "".join(traceback.format_exception_only(error)).strip()
    frames = traceback.extract_tb(error.__traceback__)
    if frames:
        last = frames[-1]
        place = last.filename.replace("\\", "/").rsplit("/", 1)[-1]
        words = f"{words} (in {last.name}, {place}, line {last.lineno})"
    return words if len(words) <= LONGEST_MESSAGE else words[: LONGEST_MESSAGE - 3] + "..."
