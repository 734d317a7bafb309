"""The reader of what is typed: the command line itself, called with the words of any command.

Nothing is stubbed but the beginning of long work: where a market would be opened, workers started or a page served, the
command is stopped as by Ctrl+C, so that its words are read and its work is planned.
"""

from __future__ import annotations

import contextlib
import io
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from model.foundation.errors import Fault, InputError
from tests.trials.judging import wrong_message
from tests.trials.readers import OUTCOMES, POINTS, SHEET, Reader, _frozen, _texts, spoken
from tests.trials.saved_readers import lived_folders

READ, WRONG, STOPPED = 0, 2, 130
EVERY = 200
"""Inputs after which the folder is made anew, also where nothing seems to have changed."""


class Fell(Exception):
    """A command ended as none may."""


def typed(desk: Path) -> list[Reader]:
    """Return the reader of command lines."""
    place = desk / "typed"
    kept = desk / "typed_kept"
    shutil.rmtree(kept, ignore_errors=True)
    kept.mkdir()
    for folder in lived_folders(desk):
        shutil.copytree(folder, kept / folder.name)
    for name, content in {"sheet.toml": SHEET, "came.csv": OUTCOMES, "points.csv": POINTS, "fine.toml": FINE,
                          "broken.toml": b"= 3", "with_table.toml": b'base = "fine.toml"\ntable = "points.csv"\n',
                          }.items():  # fmt: skip
        (kept / name).write_bytes(content)
    _frozen(kept / "log.json")
    names = frozenset(path.name for path in kept.iterdir())
    count = 0

    def read(content: bytes) -> None:
        nonlocal count
        if count % EVERY == 0 or not place.is_dir() or {path.name for path in place.iterdir()} != names:
            shutil.rmtree(place, ignore_errors=True)
            shutil.copytree(kept, place)
        count += 1
        before = Path.cwd()
        os.chdir(place)
        try:
            with stopped_before_living(), _cache(place):
                call(_texts(content.replace(b"\0", b"")))  # no system passes a null sign
        finally:
            os.chdir(before)

    lines = tuple("\x1f".join(line.split()).encode() for line in LINES.strip().split("\n"))
    options = tuple(sorted({word for line in LINES.split() for word in [line] if word.startswith("-")}))
    words = (*options, *MORE, *spoken()[:300])
    return [Reader("command line", "words", lines, words, read, 0.3)]


def call(words: list[str]) -> None:
    """Run the command line with words; InputError for exit code 2 with a right message, Fell for what none may do."""
    from model.interfaces.cli import main

    out = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", errors="strict")
    told = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", errors="backslashreplace")
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(told):
        code = main(words)
        out.flush()
        told.flush()
    shown, said = (stream.buffer.getvalue().decode() for stream in (out, told))  # type: ignore[attr-defined]
    if code not in (READ, WRONG, STOPPED, 1) or (code == 1 and not shown and "resonance" not in said):
        raise Fell(f"exit code {code}: {said[-300:]}")
    for text in (shown, said):
        wrong = wrong_message(text.replace("\x1b[?25h", "").replace("\x1b[?25l", "")) if text else ""
        if wrong and not (text is shown and wrong.startswith("too long")):  # a list that is asked for may be long
            raise Fell(f"prints {wrong}: {text[-300:]!r}")
    if code == WRONG and not shown:
        lines = [line for line in said.splitlines() if line.startswith("resonance: ") and "note:" not in line]
        if not lines:
            raise Fell("exit code 2 without a word")
        raise InputError([Fault("command line", line, words, "see above") for line in lines[:3]])


@contextlib.contextmanager
def stopped_before_living() -> Iterator[None]:
    """Let long work end as by Ctrl+C where it begins."""
    from model.experiments.docking import suite
    from model.experiments.sweep.engines.local import Local
    from model.interfaces.app import server
    from model.interfaces.cli import charts
    from model.market.streaming_market import StreamingMarket

    def stop(*_: object, **__: object) -> Any:
        raise KeyboardInterrupt

    places: list[tuple[Any, str]] = [
        (StreamingMarket, "__init__"), (Local, "crew"), (server, "serve"), (charts, "check_era"), (suite, "dock"),
    ]  # fmt: skip
    kept: list[Callable[..., Any]] = [getattr(holder, name) for holder, name in places]
    try:
        for holder, name in places:
            setattr(holder, name, stop)
        yield
    finally:
        for (holder, name), own in zip(places, kept, strict=True):
            setattr(holder, name, own)


@contextlib.contextmanager
def _cache(place: Path) -> Iterator[None]:
    """Show tracebacks to the judge, and keep starts nowhere."""
    given = {"RESONANCE_DEBUG": "1", "RESONANCE_CACHE": "off", "COLUMNS": "120", "NO_COLOR": "1"}
    before = {key: os.environ.get(key) for key in given}
    os.environ.update(given)
    try:
        yield
    finally:
        for key, value in before.items():
            if value is None:
                os.environ.pop(key, None)
            else:
                os.environ[key] = value


FINE = b'extends = "tiny"\nmarkets = ["ID"]\nusers = 300\nmonths = 2\n'
MORE = (
    "run",
    "sweep",
    "answer",
    "log.json",
    "came.csv",
    "sheet.toml",
    "points.csv",
    "fine.toml",
    "broken.toml",
    "results",
    "--",
    "-",
    "--help",
    "-h",
    "--out=new",
    "--set",
    "months=3",
    "users=0",
    "parameters.theta=nan",
    "total",
    "horizon",
    "end",
    "resso.users",
    "label_income",
    "bytedance_income",
    "ID",
    "IN,ID,BR",
    "ALL",
    "posterior_2022_12",
    "@all",
    "theta=0:1",
    "platforms.resso.integration.ID=0:1",
    "streaming",
    "clips",
    "nash",
    "--workers=1",
    "--members=2",
    "=",
    "a=b",
    "2023-01",
)
"""Words that may follow any command."""
LINES = """
run fine.toml --quiet --users 60 --months 2 --seed 3 --replicates 2 --markets ID --set parameters.theta=2 \
--out new --no-figure
run tiny --ensemble posterior_2022_12 --members 2 --notes
explain fine.toml --markets IN,ID --set platforms.resso.integration.ID=1.0
facts IN spotify --limit 3
facts --weak ID
facts --id prc-0001
facts --unused prices
facts --assumptions resso.users --limit 5
parameters theta
parameters --write new.md
scenarios
version
patterns --users 60 --mark fine.toml
compare tiny tiktok_integration --markets ID --users 60 --months 2 --replicates 3 --most 6 --outcomes \
resso.users --by resso.users
why tiny tiktok_integration --outcome resso.users --market ID --over end --replicates 2 --orders 4 --by-market
sweep price_in_indonesia --dry --workers 1
sweep with_table.toml --out new --fresh --quiet
charts --weeks 59 --years 4
docking bass --quick --out new
chest war_chest --months 2 --users 60
calibrate --quick --until 2021-12 --parameters rho_paid,alpha --dry --seed 3 --users 60
decide fine.toml --out new.json --title a --choice b --alternative c --because d --expect X --tripwire Y
review log.json came.csv --hash abcdef0123 --out new
report fine.toml --vs tiny --replicates 3 --deal-draws 0 --by resso.users --out new --quiet
app --port 8799 --host 127.0.0.1 --no-browser
sensitivity tiny --outcome resso.users --method sobol --parameters theta,beta_T --policies tiktok_integration \
--n 4 --dry --emulate
sensitivity tiny --outcome resso.users --subject demand --lever platforms.resso.integration.ID=0:1 --dry
threshold tiny --along theta=1:2 --outcome bytedance_income --policies tiktok_integration --scan 3 \
--tolerance 0.1 --replicates 2
optimise resso_growth_or_money --dry --workers 1
backtest --quick --outcomes came.csv --test-until 2023-12 --train-until 2021-12 --users 60
backtest --ship answer
equilibrium prices --dry --workers 1
deal --platform resso --label sony --markets ID --kind streaming --at 2022-08 --months 3 --draws 2 --users 60 \
--terms sheet.toml
deal --platform tiktok --label sony --markets ALL --kind clips --weight 0.5 --protocol nash --talks 2 --out new
wave --markets ID --platforms resso,spotify --labels sony --months 2 --draws 1 --users 60 --orders 1 \
--solution nash --weight 0.3
talks sony_at_the_table --replicates 2 --set talks.protocol=nash
dilemma baseline --users 60 --months 2 --replicates 1 --markets BR
robust sweep --outcome resso.users --enough 0.0 --market ID --over end --sure 0.9 --only a,b --x theta --y theta
robust enter_or_partner --outcome bytedance_income --workers 1 --store new
trace run payers --market ID --platform resso --tier individual --date 2022-10 --full --json
trace sweep resso.users --point 0 --policy base
trace answer users --label sony
"""
