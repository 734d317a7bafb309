"""Readers of what the project saved and anybody may have changed since: runs, sweeps, answers, figures, starts."""

from __future__ import annotations

import contextlib
import hashlib
import json
import shutil
import sqlite3
from io import BytesIO
from pathlib import Path

from tests.trials.readers import Reader, _keys, _texts, put, spoken


def saved(desk: Path) -> list[Reader]:
    """Return the readers of saved folders; one tiny run and one tiny sweep are lived to begin with."""
    run, sweep, answer = lived_folders(desk)
    return [*_runs(run), *_sweeps(sweep), *_answers(answer), *_stored(desk)]


def lived_folders(desk: Path) -> tuple[Path, Path, Path]:
    """Return folders of a run with a figure, of a sweep, and of an answer, made in a working folder."""
    from model.experiments.answer_folder import save_answer
    from model.experiments.run import run
    from model.experiments.sweep.sweeping import sweep
    from model.spec.scenario import Scenario

    places = desk / "run", desk / "sweep", desk / "answer"
    if places[2].is_dir():
        return places
    plan = Scenario.load("tiny").replace({"users": 50, "months": 2, "markets": ["ID"]})
    result = run(plan)
    picture = _picture()
    result.save(places[0], figures={"who_listens_where.png": picture})
    found = sweep(
        plan, uncertainties=["launch_hazard"], n=3, outcomes=["resso.users", "label_income"], workers=1, store=places[1]
    )
    found.close()
    asked = {"platform": "resso", "months": 2, "ensemble": None, "draws": [1]}
    save_answer(places[2], kind="deal", plan=plan, question=asked, figures={"zone": picture},
                tables={"services": result.services.head(6), "labels": result.labels.head(6)},
                plans=[plan], names=["tiny"], replicates=1)  # fmt: skip
    return places


def _picture() -> bytes:
    from matplotlib.figure import Figure

    stream = BytesIO()
    Figure(figsize=(1, 1), dpi=20).savefig(stream, format="png")
    return stream.getvalue()


def _runs(folder: Path) -> list[Reader]:
    from model.experiments.tracing import Asked, trace_saved
    from model.results import RunResult
    from model.results.stamp import stamp_of

    whole = (folder / "manifest.json").read_bytes()
    picture = (folder / "who_listens_where.png").read_bytes()
    tables = {name: (folder / f"{name}.csv").read_bytes() for name in ("services", "labels", "markets", "offers")}

    def manifest(content: bytes) -> None:
        put(folder / "manifest.json", content)
        try:
            trace_saved(folder, Asked(metric="resso.users", where={"market": "ID"}))
            RunResult.load(folder).summary_text()
        finally:
            put(folder / "manifest.json", whole)

    def table(content: bytes) -> None:
        """Read a run one of whose tables was changed together with its hash: the content begins with its name."""
        name, _, text = content.partition(b"\n")
        word = name.decode("utf-8", "replace")
        word = word if word in tables else "services"
        values = json.loads(whole)
        kept = (folder / f"{word}.csv").read_bytes()
        values["files"] = [one for one in values["files"] if one["file"] != f"{word}.parquet"]
        for one in values["files"]:
            if one["file"] == f"{word}.csv":
                one["sha256"] = hashlib.sha256(text).hexdigest()
        try:
            put(folder / f"{word}.csv", text)
            put(folder / "manifest.json", json.dumps(values).encode())
            found = RunResult.load(folder)
            trace_saved(folder, Asked(metric="resso.users"))
            found.summary_text()
        finally:
            put(folder / f"{word}.csv", kept)
            put(folder / "manifest.json", whole)

    def figure(content: bytes) -> None:
        alone = folder.parent / "alone"
        alone.mkdir(exist_ok=True)
        stamp_of(put(alone / "figure.png", content))
        trace_saved(alone / "figure.png")

    def asked(content: bytes) -> None:
        """Ask a run that is whole for what the words say."""
        words = (*_texts(content), "", "", "", "", "")
        where = {"market": words[1], "platform": words[2], "label": words[3]}
        trace_saved(folder, Asked(metric=words[0], where=where, date=words[4], full=len(words) % 2 == 0))

    words = spoken("services", "labels", "markets", "offers", "payers", "users", "resso.users", "sony.label_income")
    seeds = tuple(f"{name}\n".encode() + text[:3000].rpartition(b"\n")[0] for name, text in tables.items())
    questions = (
        b"resso.users\x1fID\x1f\x1f\x1f2022-10",
        b"payers\x1fID\x1fresso",
        b"sony.label_income\x1f\x1f\x1fsony",
    )
    return [
        Reader("run's manifest", "json", (whole,), (*words[:200], *_keys(whole)), manifest, 0.05),
        Reader("run's table", "csv", seeds, words[:200], table, 0.1),
        Reader("figure", "bytes", (picture,), ("resonance", "iTXt", "tEXt", "IEND", "IHDR", "{}"), figure, 60),
        Reader("question to a run", "words", questions, words, asked, 0.15),
    ]


def _sweeps(folder: Path) -> list[Reader]:
    from model.experiments.sweep.result import SweepResult
    from model.experiments.sweep.store.ledger import NAME
    from model.experiments.tracing import Asked, trace_saved

    kept = {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    with contextlib.closing(sqlite3.connect(folder / NAME)) as ledger:
        about = dict(ledger.execute("SELECT key, value FROM about").fetchall())
    described = json.dumps({key: json.loads(value) for key, value in about.items()}).encode()
    files = tuple(sorted(str(name) for name in kept if name.suffix in (".parquet", ".sqlite")))

    def whole() -> None:
        for path in folder.rglob("*"):
            if path.is_file() and path.relative_to(folder) not in kept:
                path.unlink()
        for name, content in kept.items():
            (folder / name).write_bytes(content)

    def read() -> None:
        with contextlib.closing(SweepResult.open(folder)) as found:
            found.summary()
            found.table()
            found.failures  # noqa: B018
        trace_saved(folder)
        trace_saved(folder, Asked(metric="resso.users", point=0))

    def describing(content: bytes) -> None:
        """Read a sweep whose describing words in its ledger were changed."""
        try:
            values = json.loads(content)
        except (ValueError, RecursionError):
            values = None
        rows = (
            [(str(key), json.dumps(value)) for key, value in values.items()]
            if isinstance(values, dict)
            else [(key, content.decode("utf-8", "replace")) for key in about]
        )
        try:
            with contextlib.closing(sqlite3.connect(folder / NAME)) as ledger:
                ledger.execute("PRAGMA synchronous = OFF")
                ledger.execute("DELETE FROM about")
                ledger.executemany("INSERT INTO about VALUES (?, ?)", [
                    (key.encode("utf-8", "replace").decode(), value) for key, value in dict(rows).items()
                ])  # fmt: skip
                ledger.commit()
            read()
        finally:
            whole()

    def harmed(content: bytes) -> None:
        """Read a sweep one of whose files was changed: the content begins with the file's number."""
        at, text = content[:1] or b"0", content[1:]
        try:
            (folder / files[at[0] % len(files)]).write_bytes(text)
            read()
        finally:
            whole()

    opened: list[SweepResult] = []

    def sql(content: bytes) -> None:
        if not opened:
            alone = folder.with_name("asked_sweep")
            shutil.rmtree(alone, ignore_errors=True)
            whole()
            shutil.copytree(folder, alone)
            opened.append(SweepResult.open(alone))
        opened[0].sql(content.decode("utf-8", "replace"))

    queries = (
        b'SELECT point, policy, avg("resso.users") AS mean FROM outcomes GROUP BY point, policy ORDER BY point',
        b"SELECT * FROM long WHERE outcome = 'label_income' AND market = 'total'", b"SELECT count(*) FROM points",
        b"WITH a AS (SELECT * FROM runs) SELECT max(seconds) FROM a JOIN points USING (point)",
        b"COPY points TO 'out.csv'", b"SELECT * FROM read_csv('/etc/passwd')", b"ATTACH 'x.db'; DROP VIEW points",
    )  # fmt: skip
    words = (
        "outcomes",
        "points",
        "long",
        "runs",
        "failures",
        "SELECT",
        "FROM",
        "WHERE",
        "repeat('a', 1000)",
        "range(100000)",
        "install httpfs",
        "PRAGMA",
        "SET memory_limit='90GB'",
        "read_text('/etc/passwd')",
        "glob('*')",
        "getenv('HOME')",
    )
    seeds = tuple(bytes([at]) + kept[Path(name)] for at, name in enumerate(files))
    return [
        Reader("sweep's words", "json", (described,), (*spoken()[:200], *_keys(described)), describing, 0.15),
        Reader("sweep's files", "bytes", seeds, ("PAR1", "SQLite format 3"), harmed, 0.15),
        Reader("question to a sweep", "words", queries, words, sql, 0.6),
    ]


def _answers(folder: Path) -> list[Reader]:
    from model.experiments.answer_folder import check_folder
    from model.experiments.tracing import Asked, trace_saved

    kept = {path.name: path.read_bytes() for path in folder.iterdir()}
    whole = kept["deal.json"]

    def read() -> None:
        check_folder(folder, kind="deal")
        trace_saved(folder)
        trace_saved(folder, Asked(metric="users", where={"market": "ID", "platform": "resso"}))

    def marker(content: bytes) -> None:
        put(folder / "deal.json", content)
        try:
            read()
        finally:
            put(folder / "deal.json", whole)

    def table(content: bytes) -> None:
        values = json.loads(whole)
        values["sha256"]["services.csv"] = hashlib.sha256(content).hexdigest()
        try:
            put(folder / "services.csv", content)
            put(folder / "deal.json", json.dumps(values).encode())
            read()
        finally:
            put(folder / "services.csv", kept["services.csv"])
            put(folder / "deal.json", whole)

    words = spoken("services.csv", "labels.csv", "zone.png")
    return [
        Reader("answer's marker", "json", (whole,), (*words[:200], *_keys(whole)), marker, 0.7),
        Reader("answer's table", "csv", (kept["services.csv"],), words[:200], table, 0.25),
    ]


def _stored(desk: Path) -> list[Reader]:
    """Return readers of the package's stored answers and of the cache of settled starts."""
    import warnings

    import numpy as np

    from model.experiments.assumptions.screening import STORED as SCREENED
    from model.experiments.assumptions.screening import screening
    from model.experiments.backtest.told import STORED as TOLD
    from model.experiments.backtest.told import read_told
    from model.experiments.expected import load_summary, sized_scenarios
    from model.experiments.pattern_file import STORED as MEASURED
    from model.experiments.pattern_file import read_measured
    from model.market.start_store import StartNotice, StartStore
    from tests.trials.readers import SCENARIOS

    expected, starts = desk / "expected", desk / "starts"
    for place in (expected, starts):
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir()
    np.savez(starts / "kept.npz", users=np.arange(5), share=np.linspace(0.0, 1.0, 4))

    def told(content: bytes) -> None:
        read_told(put(desk / "told.json", content))

    def measured(content: bytes) -> None:
        read_measured(put(desk / "patterns.json", content))

    def screened(content: bytes) -> None:
        screening(put(desk / "screening.json", content))

    def summary(content: bytes) -> None:
        put(expected / "tiny.json", content)
        load_summary("tiny", folder=expected)

    def sized(content: bytes) -> None:
        put(expected / "plan.toml", content)
        sized_scenarios(expected)

    def start(content: bytes) -> None:
        put(starts / "kept.npz", content)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", StartNotice)
            StartStore(starts).load("kept")

    texts = {
        "told": _fewer(TOLD.read_bytes()),
        "patterns": _fewer(MEASURED.read_bytes()),
        "screened": _fewer(SCREENED.read_bytes()),
    }
    tiny = (SCENARIOS / "expected" / "tiny.json").read_bytes()
    return [
        Reader("backtest's answer", "json", (texts["told"],), _keys(texts["told"]), told, 2),
        Reader("measured patterns", "json", (texts["patterns"],), _keys(texts["patterns"]), measured, 6),
        Reader("screening", "json", (texts["screened"],), _keys(texts["screened"]), screened, 4),
        Reader("expected summary", "json", (tiny,), _keys(tiny), summary, 6),
        Reader(
            "expected plan",
            "toml",
            ((SCENARIOS / "expected" / "plan.toml").read_bytes(),),
            spoken("talks", "slow"),
            sized,
            1,
        ),
        Reader("settled start", "bytes", ((starts / "kept.npz").read_bytes(),), ("PK", "share.npy", "|O"), start, 40),
    ]


def _fewer(text: bytes, *, most: int = 4) -> bytes:
    """Return a JSON text whose lists keep their first entries, so that an input is small."""

    def cut(value: object) -> object:
        if isinstance(value, dict):
            return {key: cut(one) for key, one in value.items()}
        return [cut(one) for one in value[:most]] if isinstance(value, list) and len(value) > 20 else (
            [cut(one) for one in value] if isinstance(value, list) else value
        )  # fmt: skip

    return json.dumps(cut(json.loads(text))).encode()
