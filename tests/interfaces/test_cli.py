"""The command line as a user meets it: what it prints, what it saves, how it ends."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import model
from model.experiments.pattern import Pattern, given
from model.experiments.run import MONTHS
from model.interfaces.cli import main
from model.interfaces.cli.progress import RunProgress
from model.interfaces.cli.running import FIGURES, OF_HITS, OF_TIKTOK
from model.results import RunResult
from model.spec.parameters import declared_parameters
from model.spec.reading import scenario_names
from model.spec.scenario import Scenario

SMALL = ["run", "tiny", "--markets", "ID", "--users", "300", "--months", "2"]
ROOT = Path(model.__file__).resolve().parent.parent


def outside(*words: str, **environment: str) -> subprocess.Popen[str]:
    """The command in a process of its own, which hears every signal, whatever the tests were begun under."""
    return subprocess.Popen(
        [sys.executable, "-m", "model", *words], text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
        preexec_fn=lambda: [signal.signal(one, signal.SIG_DFL) for one in (signal.SIGINT, signal.SIGHUP)],
    )  # fmt: skip


def test_a_run_prints_a_summary_and_saves_tables_and_figure(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert main([*SMALL, "--out", "found/here"]) == 0
    told = capsys.readouterr()
    for word in ("Spotify", "Indonesia", "millions", "USD", "label", "found/here", "resonance patterns"):
        assert word in told.out
    stages = [line.split()[0] for line in told.err.splitlines()]
    assert stages == ["Preparing", "Settling", "Living"]
    assert "Settling 1 market..." in told.err
    assert "Living 2 months..." in told.err
    result = RunResult.load(tmp_path / "found" / "here")
    assert result.card.users == 300
    assert set(result.services["month"]) == {0, 1, 2}
    figures = sorted((tmp_path / "found" / "here").glob("*.png"))
    assert [path.name for path in figures] == sorted(FIGURES)
    assert all(path.read_bytes().startswith(b"\x89PNG") for path in figures)


def test_a_run_that_does_something_to_tiktok_or_songs_draws_that_too(tmp_path: Path) -> None:
    assert main([*SMALL, "--quiet", "--out", "ads", "--set", "markets.ID.tiktok_ad_load=1.5"]) == 0
    assert {path.name for path in Path("ads").glob("*.png")} == {*FIGURES, OF_TIKTOK}
    assert main([*SMALL, "--quiet", "--out", "hits", "--set", "parameters.song_spread=0.8"]) == 0
    assert {path.name for path in Path("hits").glob("*.png")} == {*FIGURES, OF_TIKTOK, OF_HITS}


def test_the_folder_of_a_run_is_named_after_scenario_and_digest(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert main([*SMALL, "--quiet", "--no-figure"]) == 0
    plan = Scenario.load("tiny", command_line={"markets": ["ID"], "users": 300, "months": 2})
    folder = Path("results") / f"tiny-{plan.digest}"
    assert capsys.readouterr() == (f"Saved tables: {folder}\n", "")
    assert (tmp_path / folder / "manifest.json").is_file()
    assert list(tmp_path.rglob("*.png")) == []


def test_the_same_command_saves_the_same_tables(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("one", "other"):
        assert main([*SMALL, "--quiet", "--no-figure", "--out", name]) == 0
    tables = sorted(path.name for path in (tmp_path / "one").glob("*.csv"))
    assert "services.csv" in tables
    for name in tables:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "other" / name).read_bytes()


def test_a_second_run_replaces_the_first_and_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*SMALL, "--quiet", "--out", "kept"]) == 0
    Path("kept/.users.parquet.abcd1234").touch()  # of a run that was killed while it saved
    Path("kept/.services.parquet.abcd1234").touch()
    assert main([*SMALL, "--quiet", "--no-figure", "--seed", "9", "--out", "kept"]) == 0
    assert [path.name for path in Path("kept").glob(".*")] == [".users.parquet.abcd1234"]  # no table of this name
    first, second = capsys.readouterr().out.splitlines()
    assert first == "Saved tables and 2 figures: kept"
    assert second == "Saved tables, in place of the earlier result there: kept"
    assert RunResult.load("kept").card.seed == 9
    assert list(Path("kept").glob("*.png")) == []


def test_notes_are_printed_when_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*SMALL, "--notes", "--no-figure", "--out", "kept"]) == 0
    told = capsys.readouterr().out
    assert "  langit_musik: no deals in ID; standard terms assumed\n" in told
    assert "pandora" not in told
    assert "IN gaana" not in told


def test_too_few_users_are_told_after_the_summary(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*SMALL, "--no-figure", "--out", "kept"]) == 0
    told = capsys.readouterr().out
    (line,) = (line for line in told.splitlines() if line.startswith("too few users"))
    assert re.search(r"ID payers [+-]\d+%.*take --users 10000 or more", line)
    assert line in RunResult.load("kept").notices
    assert "--notes prints them" in told


def test_options_reach_the_scenario(capsys: pytest.CaptureFixture[str]) -> None:
    words = ["--users", "1_000", "--months", "6", "--seed", "9", "--markets", "id,br"]
    settings = ["--set", "markets.ID.sales_tax=0.12", "--set", "parameters.theta=2.5"]
    assert main(["explain", "tiny", *words, *settings]) == 0
    told = " ".join(capsys.readouterr().out.split())
    for part in ("1,000", "2022-10 to 2023-03", "ID", "BR", "2.5", "12%"):
        assert part in told, part
    assert "2 markets" in told


def test_a_stopped_run_keeps_finished_replicates(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setattr(RunProgress, "__call__", stop_at(5))
    assert main([*SMALL, "--replicates", "4", "--no-figure", "--out", "kept"]) == 130
    told = capsys.readouterr()
    assert told.err == "resonance: stopped after 2 of 4 replicates; what was finished is saved.\n"
    assert set(pd.read_csv(tmp_path / "kept" / "services.csv")["replicate"]) == {0, 1}


def test_a_run_stopped_early_saves_nothing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setattr(RunProgress, "__call__", stop_at(1))
    assert main([*SMALL, "--out", "kept"]) == 130
    told = capsys.readouterr()
    assert (told.out, told.err) == ("", "resonance: stopped after 0 of 1 replicates; nothing is saved.\n")
    assert list(tmp_path.iterdir()) == []


def stop_at(month: int) -> object:
    def progress(self: RunProgress, stage: str, done: int, whole: int) -> None:
        if stage == MONTHS and done == month:
            raise KeyboardInterrupt

    return progress


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_ctrl_c_or_being_asked_to_end_ends_a_process_with_one_line(tmp_path: Path, name: str) -> None:
    cache = tmp_path / "cache"
    words = ["--users", "300", "--months", "1200", "--replicates", "10000", "--out", "never"]
    started = outside("run", "tiny", *words, RESONANCE_CACHE=str(cache))
    try:
        patience = time.monotonic() + 120.0
        while not list(cache.rglob("*.npz")):  # the first start is settled: the run is under way
            assert started.poll() is None
            assert time.monotonic() < patience
            time.sleep(0.1)
        started.send_signal(getattr(signal, name))
        out, err = started.communicate(timeout=60)
    finally:
        started.kill()  # where the signal is ignored, as in a job in the background of a shell, it would run for hours
    assert started.returncode == 130
    assert out == ""
    assert re.fullmatch(r"resonance: stopped.*", err.splitlines()[-1])
    assert "Traceback" not in err
    assert not (tmp_path / "never").exists()


def test_signals_that_others_answer_or_ignore_are_left_to_them(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: dict[str, object] = {}

    def looks(given: list[str]) -> int:
        seen.update({name: signal.getsignal(getattr(signal, name)) for name in ("SIGTERM", "SIGHUP")})
        return 0

    monkeypatch.setattr("model.interfaces.cli.entry._answer", looks)
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN), signal.signal(signal.SIGTERM, signal.SIG_DFL)
    try:
        assert main(["version"]) == 0
        assert seen["SIGHUP"] is signal.SIG_IGN
        assert seen["SIGTERM"] not in (signal.SIG_DFL, signal.SIG_IGN)
        assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL
    finally:
        signal.signal(signal.SIGHUP, before[0])
        signal.signal(signal.SIGTERM, before[1])


def test_a_reader_who_leaves_is_no_error() -> None:
    started = outside("facts", "spotify", "--limit", "0")
    assert started.stdout is not None
    assert started.stderr is not None
    assert "spotify" in started.stdout.readline()
    started.stdout.close()
    assert started.stderr.read() == ""
    assert started.wait(timeout=60) == 1
    started.stderr.close()


def test_facts_tell_value_unit_date_confidence_and_source(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["facts", "IN", "spotify", "--limit", "0"]) == 0
    told = capsys.readouterr().out
    assert "spotify IN users: 41.0127 M, 2022-10  derived" in told
    assert "80% band" in told
    assert main(["facts", "--id", "prc-0001"]) == 0
    told = capsys.readouterr().out
    assert "http" in told
    assert "prc-0001" in told


def test_facts_without_words_tell_what_there_is(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["facts"]) == 0
    assert re.search(r"[\d,]+ facts: .*assumption.*found", " ".join(capsys.readouterr().out.split()))


def test_words_that_never_meet_are_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["facts", "JP", "gaana"]) == 0
    assert "No fact has all of: JP gaana." in capsys.readouterr().out


def test_weak_facts_come_weightiest_first_and_can_be_narrowed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["facts", "--weak", "ID", "--limit", "0"]) == 0
    rows = [line.split() for line in capsys.readouterr().out.splitlines() if re.match(r"\s*\d\.\d\d ", line)]
    assert len(rows) > 5
    assert {row[1] for row in rows} == {"ID"}
    weights = [float(row[0]) for row in rows]
    assert weights == sorted(weights, reverse=True)


def test_parameters_are_listed_each_and_one_in_full(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["parameters"]) == 0
    table = capsys.readouterr().out
    for name in declared_parameters():
        assert re.search(rf"^{name}\s", table, re.MULTILINE), name
    assert main(["parameters", "theta"]) == 0
    told = capsys.readouterr().out
    assert told.startswith("theta = 2 logit per log share\n")
    assert "dem-0019" in told


def test_scenarios_are_listed_and_a_faulty_one_does_not_hide_the_others(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "scenarios").mkdir()
    (tmp_path / "scenarios" / "mine.toml").write_text("users = 0\n")
    assert main(["scenarios"]) == 0
    table = capsys.readouterr().out
    for name in scenario_names():
        assert re.search(rf"^{name}\s", table, re.MULTILINE), name
    assert "faulty" in table


@pytest.mark.parametrize("width", ["40", "80", "200"])
@pytest.mark.parametrize("words", [["scenarios"], ["facts", "IN", "spotify"], ["facts", "--weak"], ["--help"]])
def test_lines_keep_to_the_width_of_the_terminal(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], width: str, words: list[str]
) -> None:
    monkeypatch.setenv("COLUMNS", width)
    assert main(words) == 0
    assert max(map(len, capsys.readouterr().out.splitlines())) <= int(width)


def test_output_to_a_file_has_no_colours_and_wishes_are_heard(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert main(["facts", "IN", "spotify"]) == 0
    assert "\x1b" not in capsys.readouterr().out
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert main(["facts", "IN", "spotify"]) == 0
    assert "\x1b[" in capsys.readouterr().out
    monkeypatch.setenv("NO_COLOR", "1")
    assert main(["facts", "IN", "spotify"]) == 0
    assert not re.search(r"\x1b\[[0-9;]*3\dm", capsys.readouterr().out)


def test_what_nobody_expected_is_one_line_with_the_way_to_the_traceback(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*_: object, **__: object) -> object:
        raise KeyError("strange\nthing")

    monkeypatch.setattr("model.experiments.run.run", fail)
    assert main(SMALL) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert "KeyError" in line
    assert "RESONANCE_DEBUG=1" in line
    monkeypatch.setenv("RESONANCE_DEBUG", "1")
    with pytest.raises(KeyError):
        main(SMALL)


def test_patterns_are_printed(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    asked: list[int] = []

    def patterns(*, users: int, tell: Callable[[str], None]) -> list[Pattern]:
        asked.append(users)
        tell("baseline")
        return [given("P6", "Resso users", "M", "40", 39.5, "baseline 00")]

    monkeypatch.setattr("model.experiments.patterns.patterns", patterns)
    assert main(["patterns", "--users", "300"]) == 0
    assert asked == [300]
    text = capsys.readouterr().out
    assert "P6" in text
    assert "39.5 M" in text
    assert "input" in text


def test_version_and_help(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["version"]) == 0
    assert capsys.readouterr().out == f"resonance {model.__version__}\n"
    for word in ("run", "explain", "facts", "parameters", "scenarios", "patterns", "version"):
        assert main([word, "--help"]) == 0
        assert f"resonance {word}" in capsys.readouterr().out
    assert main([]) == 2
    told = capsys.readouterr()
    assert "explain" in told.out
    assert told.err == ""


def test_help_does_not_load_the_model() -> None:
    """Loading the engine takes over a second: help, words that are wrong and versions must not wait for it."""
    heavy = ("numpy", "numba", "mesa", "pandas", "matplotlib", "model.spec.scenario")
    code = (
        "import sys; from model.interfaces.cli import main; assert main(['run', '--help']) == 0; "
        f"print([name for name in {heavy} if name in sys.modules])"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment, check=True)
    assert found.stdout.splitlines()[-1] == "[]"


DEAL = [
    "deal",
    "--platform",
    "resso",
    "--label",
    "sony",
    "--markets",
    "ID",
    "--months",
    "3",
    "--draws",
    "2",
    "--users",
    "300",
]


def test_deal_prints_walk_aways_and_saves_them(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sheet, out = tmp_path / "sheet.toml", tmp_path / "out"
    sheet.write_text("rev_share_paid = 0.52\nrev_share_free = 0.52\n")
    assert main([*DEAL, "--set", "users=600", "--terms", str(sheet), "--out", str(out)]) == 0
    text = capsys.readouterr().out
    for words in ("the least the label accepts", "the most the platform pays", "zone of possible agreement", "walk"):
        assert words in text
    assert {path.name for path in out.iterdir()} >= {"deal.png", "walk_aways.csv", "futures.csv", "term_sheet.csv"}
    table = pd.read_csv(out / "walk_aways.csv")
    assert np.allclose(table["surplus"], table["most"] - table["least"])


def test_deal_leaves_foreign_folders_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / "thesis.txt").write_text("years of work")
    assert main([*DEAL, "--out", str(mine)]) == 2
    assert "with thesis.txt" in capsys.readouterr().err
    assert [path.name for path in mine.iterdir()] == ["thesis.txt"]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--label", "sonny"], "Did you mean 'sony'?"),
        (["--markets", "XX"], "markets are those"),
        (["--weight", "2"], "bargaining weight"),
        (["--terms", "no_such_sheet.toml"], "a term sheet must be readable"),
    ],
)
def test_bad_deal_is_one_clear_message(words: list[str], message: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*DEAL, *words]) == 2
    assert message in capsys.readouterr().err
