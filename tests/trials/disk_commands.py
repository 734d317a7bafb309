"""Every command that writes, as small as it can be, for the trial of full and read-only disks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.trials.killed_jobs import TOY, write_files

TINY = ["--markets", "ID", "--users", "60", "--months", "1"]
GAME = """
base = "tiny"
replicates = 2
draws = 50
[settings]
users = 60
months = 1
markets = ["ID"]
[players.spotify.strategies]
hold = {}
raise = { "platforms.spotify.price.ID.individual" = 64990.0 }
[players.bytedance.strategies]
as_is = {}
inside_tiktok = { "platforms.resso.integration.ID" = 1.0 }
"""
TIED = """
name = "tied"
extends = "tiny"
[platforms.resso.integration]
ID = 1.0
"""
CAME = "entity,market,metric,date,value,unit\nresso,ID,users,2022-10,9,M\n"


@dataclass(frozen=True)
class Command:
    """A command that writes. words: made of the place it writes to, called `out`, and the folder of its questions."""

    name: str
    words: Callable[[Path, Path], list[str]]
    out: str = "out"
    module: str = "model"


def _asks(*words: str) -> Callable[[Path, Path], list[str]]:
    return lambda out, work: [*(word.replace("{work}", str(work)) for word in words), "--out", str(out)]


def commands() -> list[Command]:
    """Return the commands."""
    small = ["--replicates", "3"]
    licence = ["--markets", "ID", "--draws", "2", "--users", "100", "--months", "2", "--set", "users=100"]
    compared = ["tiny", "tiktok_integration", *TINY]
    few = ["--markets", "BR", "--users", "60", "--months", "1", "--replicates", "1"]
    talk = ["--markets", "ID", "--users", "60", "--months", "2", "--replicates", "2"]
    screen = ["--workers", "1", "--outcome", "resso.users", "--parameters", "beta_T", "--n", "2"]
    wave = ["--platforms", "resso,spotify", "--labels", "sony,universal", "--orders", "1"]
    forecast = ["--expect", "resso ID users 2022-10"]
    return [
        Command("run", _asks("run", "tiny", *TINY)),
        Command("sweep", _asks("sweep", "{work}/sweep.toml", "--workers", "1")),
        Command("optimise", _asks("optimise", "{work}/search.toml", "--workers", "1")),
        Command("calibrate", lambda out, work: [str(out), "1"], module=TOY),
        Command("compare", _asks("compare", *compared, *small, "--most", "3", "--outcomes", "resso.users")),
        Command("report", _asks("report", "tiny", *TINY, *small, "--deal-draws", "0")),
        Command("decide", _asks("decide", "tiny", *TINY, *small, *forecast), out="log.json"),
        Command("review", _asks("review", "{work}/log.json", "{work}/came.csv")),
        Command("robust", _asks("robust", "{work}/runs", "--outcome", "resso.users")),
        Command("parameters", lambda out, _: ["parameters", "--write", str(out)], out="parameters.md"),
        Command("reference", lambda out, _: ["reference", "--write", str(out)], out="reference.md"),
        Command(
            "why", _asks("why", "tiny", "{work}/tied.toml", *TINY, "--outcome", "resso.users", "--replicates", "2")
        ),
        Command("talks", _asks("talks", "sony_at_the_table", *talk)),
        Command("dilemma", _asks("dilemma", *few)),
        Command("equilibrium", _asks("equilibrium", "{work}/game.toml", "--workers", "1")),
        Command("sensitivity", _asks("sensitivity", "tiny", *TINY, *screen)),
        Command("deal", _asks("deal", "--platform", "resso", "--label", "sony", "--talks", "2", *licence)),
        Command("wave", _asks("wave", *wave, *licence)),
        Command("sweep on two workers", _asks("sweep", "{work}/sweep.toml", "--workers", "2")),
    ]


def write_questions(work: Path) -> None:
    """Write what the commands read: questions, a frozen decision, a finished sweep."""
    from tests.trials.killing import Started

    write_files(work)
    (work / "game.toml").write_text(GAME, encoding="utf-8")
    (work / "tied.toml").write_text(TIED, encoding="utf-8")
    (work / "came.csv").write_text(CAME, encoding="utf-8")
    made = {one.name: one for one in commands()}
    for name, out in (("decide", "log.json"), ("sweep", "runs")):
        started = Started("model", made[name].words(work / out, work), work / "made.txt", forked=True)
        if started.ended():
            raise SystemExit(started.said())
