"""A backtest's answer taken into the package and the documents, so that everybody reads the same one."""

from __future__ import annotations

from pathlib import Path

from model.experiments.backtest.result import PAGE
from model.experiments.backtest.told import NAME, STORED, Told, read_told
from model.foundation.errors import Fault, InputError
from model.foundation.files import is_file, read_text, write_text_whole, write_whole

_PACKAGE = STORED.parents[2]
FIGURES = ("skill", "fans_world", "fans_places")


def ship_backtest(folder: Path, *, package: Path = _PACKAGE) -> tuple[Told, list[Path]]:
    """Take the answer of a folder into the package, and its page and figures into the documents of a clone.

    folder: written by `Backtest.save`. package: the folder `model`. Returns what was taken, and the files written.
    Errors: InputError where the folder holds no whole answer.
    """
    lost = [name for name in (NAME, PAGE, *(f"{one}.png" for one in FIGURES)) if not is_file(folder / name)]
    if lost:
        way = "Make it with `resonance backtest --out DIR`."
        raise InputError(Fault(str(folder), "holds the answer of a backtest", f"without {', '.join(lost)}", way))
    told = read_told(folder / NAME)
    written = [told.save(package / "experiments" / "backtest" / NAME)]
    docs = package.parent / "docs"
    if docs.is_dir():
        write_text_whole(docs / PAGE, read_text(folder / PAGE, what="the page of a backtest"))
        written.append(docs / PAGE)
        for name in FIGURES:
            picture = (folder / f"{name}.png").read_bytes()
            place = docs / "images" / f"backtest_{name}.png"
            write_whole(place, lambda stream, picture=picture: (stream.write(picture), None)[1])  # type: ignore[misc]
            written.append(place)
    return told, written
