"""Every reader of what comes from outside, with right inputs to begin with: one table, read by all drivers.

`asked_files` are texts that people write; `saved_readers.saved` are folders that the project wrote and anybody may have
changed since.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SCENARIOS = ROOT / "scenarios"
MOST_RUNS = 64
"""Runs of a sweep that is accepted, of which every case is planned too."""


@dataclass(frozen=True, slots=True)
class Reader:
    """A reader: name; form of its inputs; right inputs; words of its language; what reads, raising InputError or not.

    share: of the trial's inputs, beside those of the others. compiles: whether it runs compiled functions.
    """

    name: str
    form: str
    seeds: tuple[bytes, ...]
    words: tuple[str, ...]
    read: Callable[[bytes], None]
    share: float = 1.0
    compiles: bool = False


def readers(desk: Path, *, lives: bool = True) -> dict[str, Reader]:
    """Return all readers by name. desk: an empty folder to work in. lives: whether tiny runs may be lived to begin."""
    from tests.trials.saved_readers import saved
    from tests.trials.typed_reader import typed

    found = [*asked_files(desk), *page_states(), *decisions(desk), *own_tables(desk)]
    if lives:
        found += [*saved(desk), *typed(desk)]
    return {one.name: one for one in found}


@cache
def spoken(*more: str) -> tuple[str, ...]:
    """Return words of the project's own files: keys, names, kinds, dates; and more."""
    from model.experiments.history import METRICS
    from model.spec.kinds import KINDS
    from model.spec.parameters import declared_parameters

    found: dict[str, None] = dict.fromkeys([*more, *METRICS, *KINDS])
    for path in [*SCENARIOS.glob("*.toml"), *SCENARIOS.glob("*/*.toml")]:
        text = "\n".join(line for line in path.read_text(encoding="utf-8").split("\n") if not line.startswith("#"))
        keys = re.findall(r"^\[*([A-Za-z_][\w.]*)\]*(?= =|\]|$)", text, re.MULTILINE)
        found |= dict.fromkeys([*keys, *re.findall(r'"([\w.+-]{1,40})"', text)])
    found |= dict.fromkeys([f"parameters.{name}" for name in declared_parameters()])
    return tuple(found)


def toml_seeds(*folders: str, most: int = 3000) -> tuple[bytes, ...]:
    """Return TOML files of folders of the scenarios without comments; long ones cut after a whole table."""
    found = []
    for folder in folders:
        for path in sorted((SCENARIOS / folder).glob("*.toml")):
            lines = [line for line in path.read_text(encoding="utf-8").split("\n") if line and line[0] != "#"]
            text = "\n".join(lines)
            if len(text) > most:
                text = text[: text.rfind("\n[", 0, most)]
            found.append(text.encode())
    return tuple(found)


def asked_files(desk: Path) -> list[Reader]:
    """Return the readers of scenarios and of files that ask many worlds."""
    from model.experiments.deals.sheet import TermSheet
    from model.experiments.equilibrium.file import read_game_file
    from model.experiments.equilibrium.plan import plan_game
    from model.experiments.optimise import plan_search, read_search_file
    from model.experiments.robust.choosing import question_of
    from model.experiments.robust.weighing import shares_of
    from model.experiments.sweep.cases import cases_of
    from model.experiments.sweep.file import read_sweep_file
    from model.experiments.sweep.plan import plan_sweep
    from model.spec.reading import parse_assignment
    from model.spec.scenario import Scenario

    def scenario(content: bytes) -> None:
        _planned(Scenario.load(put(desk / "scenario.toml", content)))

    def setting(content: bytes) -> None:
        pairs = [parse_assignment(text) for text in _texts(content)]
        _planned(Scenario.load("tiny", command_line=dict(pairs)))

    def sweep(content: bytes) -> None:
        read = read_sweep_file(put(desk / "sweep.toml", content))
        plan = plan_sweep(read.base, **read.wishes)
        if plan.runs <= MOST_RUNS:
            list(cases_of(plan))
        if read.choice:
            asked = dict(read.choice)
            question = question_of(plan, **{"outcome": asked.pop("outcome", plan.outcomes[0].name), **asked})
            shares_of(question.weights, plan.points)

    def points(content: bytes) -> None:
        put(desk / "points.csv", content)
        read = read_sweep_file(put(desk / "with_table.toml", b'base = "tiny"\ntable = "points.csv"\n'))
        plan = plan_sweep(read.base, **read.wishes)
        if plan.runs <= MOST_RUNS:
            list(cases_of(plan))

    def game(content: bytes) -> None:
        read = read_game_file(put(desk / "game.toml", content))
        plan_game(read.base, **read.wishes)

    def search(content: bytes) -> None:
        read = read_search_file(put(desk / "search.toml", content))
        plan_search(read.base, **read.wishes)

    def sheet(content: bytes) -> None:
        found = TermSheet.load(put(desk / "sheet.toml", content))
        found.told("streaming")
        found.check("streaming")

    words = spoken()
    small = b'base = "tiny"\nn = 3\n[settings]\nmarkets = ["ID"]\nmonths = 2\n[uncertainties]\ntheta = {}\n'
    return [
        Reader("scenario", "toml", (*toml_seeds(""), EDGES), words, scenario, 8),
        Reader("setting", "words", SETTINGS, words, setting, 8),
        Reader("sweep file", "toml", (*toml_seeds("sweeps"), small), (*words, *SWEEP_WORDS), sweep, 1),
        Reader("sweep table", "csv", (POINTS,), (*words, "theta", "beta_T", "point"), points, 1),
        Reader("game file", "toml", toml_seeds("games"), (*words, "payoff", "precisions", "draws"), game, 0.8),
        Reader("search file", "toml", toml_seeds("searches"), (*words, "goal", "how", "fresh"), search, 1.5),
        Reader("term sheet", "toml", (SHEET,), (*words, *TermSheet.terms_explained()), sheet, 20),
    ]


def page_states() -> list[Reader]:
    """Return the readers of what comes to the page: a saved page, a link, a scenario file."""
    import base64
    import zlib

    from model.interfaces.app.as_it_stands import as_it_stands
    from model.interfaces.app.restore import PageState, from_link, from_text, plan_of, read_file, to_link, to_text

    def file(content: bytes) -> None:
        state = read_file(content, state=PageState())
        plan_of(state)
        as_it_stands(state)
        assert from_text(to_text(state)) == state

    def link(content: bytes) -> None:
        state = from_link(content.decode("latin-1"))
        to_text(state)

    def packed(content: bytes) -> None:
        squeezed = base64.urlsafe_b64encode(zlib.compress(content)).decode().rstrip("=")
        to_link(from_link(squeezed))

    words = (*spoken(), "changes", "sets", "pages", "value", "key", "deals", "away", "view", "market", "month")
    links = tuple(base64.urlsafe_b64encode(zlib.compress(text)).rstrip(b"=") for text in PAGES)
    return [
        Reader("page file", "toml", (*PAGES, *toml_seeds("", most=1500)[:8]), words, file, 2),
        Reader("page link", "bytes", links, words, link, 400),
        Reader("page in a link", "toml", PAGES, words, packed, 12),
    ]


def decisions(desk: Path) -> list[Reader]:
    """Return the readers of decisions: wishes, logs, logs with a hash that fits, and what came."""
    from model.experiments.backtest.outcomes_file import read_outcomes
    from model.experiments.decision_log import read_wishes, review, review_text
    from model.experiments.decision_log.freezing import check_wishes
    from model.experiments.decision_log.log_file import sha256_of
    from model.spec.scenario import Scenario

    plan = Scenario.load("tiny")
    log = _frozen(desk / "frozen.json")
    kept, came = put(desk / "kept_log.json", log), put(desk / "came.csv", OUTCOMES)

    def wishes(content: bytes) -> None:
        texts = _texts(content)
        asked, wires = read_wishes([one for one in texts if "<" not in one and ">" not in one],
                                   [one for one in texts if "<" in one or ">" in one])  # fmt: skip
        check_wishes(plan, expect=asked, tripwires=wires, texts=[("title", one) for one in texts])

    def outcomes(content: bytes) -> None:
        read_outcomes(put(desk / "outcomes.csv", content))

    def actuals(content: bytes) -> None:
        review_text(review(kept, put(desk / "actuals.csv", content)))

    def raw(content: bytes) -> None:
        review_text(review(put(desk / "log.json", content), came))

    def sealed(content: bytes) -> None:
        try:
            whole = json.loads(content)
            whole["sha256"] = sha256_of(whole["decision"])
            content = json.dumps(whole).encode("utf-8", "surrogatepass")
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
            pass  # no log that could be sealed: read as it is
        review_text(review(put(desk / "sealed.json", content), came))

    words = (*spoken(), "entity", "market", "metric", "date", "value", "unit", "note", "source", "ID+IN", "WORLD")
    keys = tuple(dict.fromkeys(re.findall(r'"(\w+)":', log.decode())))
    return [
        Reader("wishes", "words", WISHES, words, wishes, 380),
        Reader("outcomes", "csv", (OUTCOMES,), words, outcomes, 20),
        Reader("what came", "csv", (OUTCOMES,), words, actuals, 2),
        Reader("decision log", "json", (log,), (*words, *keys), raw, 30),
        Reader("sealed log", "json", (log,), (*words, *keys), sealed, 2.5),
    ]


def _frozen(path: Path) -> bytes:
    """Return the log of a decision, as it is written."""
    from model.experiments.decision_log import Decision, Expectation, Tripwire, write_decision
    from model.experiments.decision_log.decision import BELOW
    from model.experiments.history import SeriesKey

    users, payers = SeriesKey("resso", "ID", "users"), SeriesKey("spotify", "WORLD", "payers")
    decision = Decision(
        title="Resso in Indonesia", choice="tiny", alternatives=("stay out",), because="It is tied to TikTok.",
        frozen="2022-10-05T12:00:00+00:00",
        made={"scenario": "tiny", "scenario_digest": "0" * 16, "start": "2022-10", "months": 12, "markets": ["ID"],
              "users": 50, "seed": 1, "model_version": "0.1.0+1", "start_digest": "1" * 16, "run_ids": ["a" * 16],
              "ensemble": None},
        expectations=(Expectation(users, "2023-03", (4.0, 4.5, 5.25), 4.25),
                      Expectation(payers, "2022-12", (200.0, 210.0))),
        tripwires=(Tripwire(users, BELOW, 5.0, "2023-06", "stop", 0.25),),
    )  # fmt: skip
    path.unlink(missing_ok=True)
    write_decision(decision, path)
    return path.read_bytes()


def own_tables(desk: Path) -> list[Reader]:
    """Return the readers of ensembles and of the package's own tables, which anybody may correct."""
    from model.experiments.ensembles import Ensemble, open_ensemble
    from model.experiments.ensembles.file import as_text
    from model.experiments.ensembles.members import draw_members
    from model.facts import reader, start
    from model.facts.reader import TABLES, parse_table

    def ensemble(content: bytes) -> None:
        found = open_ensemble(put(desk / "ensemble.json", content))
        draw_members(found, seed=1, members=3)
        repr(found), found.digest, found.quantiles([0.1, 0.5])

    names = ("start_offers", "start_markets", "start_platforms", "start_deals", "start_ads", "start_tier_mix",
             "start_history", "start_repertoire", "start_tiktok", "start_songs", "parameter_ranges",
             "prices")  # fmt: skip
    tables = {name: (TABLES / f"{name}.csv").read_bytes() for name in names if (TABLES / f"{name}.csv").is_file()}

    def facts(content: bytes) -> None:
        """Read the start with one of its tables replaced: the content begins with its name."""
        name, _, text = content.partition(b"\n")
        word = name.decode("utf-8", "replace")
        if word not in tables:
            word = "start_offers"
        read = reader.read_table
        changed = parse_table(text.decode("utf-8", "replace"), place=f"{word}.csv")
        modules = _with_tables()
        try:
            for module in modules:
                module.read_table = lambda asked: changed if asked == word else read(asked)  # type: ignore[attr-defined]
            start.observed()
        finally:
            for module in modules:
                module.read_table = read  # type: ignore[attr-defined]

    small = Ensemble(
        name="two", about="Two draws.", parameters=("theta", "beta_T"), values=[[1.0, 0.5], [2.0, 0.2]],  # type: ignore[arg-type]
        weights=[0.25, 0.75], made={"method": "by hand", "seed": 1},  # type: ignore[arg-type]
    )  # fmt: skip
    shipped = as_text(small.plain()).encode()
    seeds = tuple(f"{name}\n".encode() + text for name, text in tables.items())
    return [
        Reader("ensemble", "json", (shipped,), ("theta", "beta_T", "alpha", *_keys(shipped)), ensemble, 15),
        Reader("table of facts", "csv", seeds, ("ID", "IN", "resso", "assumption"), facts, 0.2),
    ]


def _with_tables() -> list[object]:
    """Return the modules that read the package's tables for a start."""
    from model.facts import licences, offers, people, record, songs, start

    return [one for one in (licences, offers, people, record, songs, start) if hasattr(one, "read_table")]


def _keys(text: bytes) -> tuple[str, ...]:
    return tuple(dict.fromkeys(re.findall(r'"(\w+)":', text.decode())))


def _planned(plan: object) -> None:
    """Ask of a scenario what is asked before it is lived."""
    plan.explain(), plan.canonical(), plan.digest, repr(plan)  # type: ignore[attr-defined]
    assert "nan" not in plan.digest  # type: ignore[attr-defined]


def put(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


def _texts(content: bytes) -> list[str]:
    return content.decode("utf-8", "surrogateescape").split("\x1f")


def _joined(*texts: str) -> bytes:
    return "\x1f".join(texts).encode()


EDGES = b"""extends = "tiny"
about = "No people, no offers."
start = "2022-10"
users = 1
months = 1200
seed = 0
replicates = 1
markets = ["ID"]
growth = true
rivals_respond = true
unusual_prices = true
[parameters]
theta = 1.0
[platforms.resso.price.ID]
premium = 39000.0
[[events]]
date = "2023-01"
kind = "platform_leaves"
platform = "spotify"
markets = ["ID"]
[[deals]]
platform = "resso"
label = "sony"
markets = ["ID"]
start = "2022-10"
end = "2023-10"
rev_share_paid = 0.52
[strategies.spotify]
rule = "hold"
"""
SETTINGS = (
    _joined("months=12"), _joined("users=1", "months=1200"), _joined("parameters.theta=3"), _joined('markets=["ID"]'),
    _joined("platforms.resso.integration.ID=1.0"), _joined("platforms.spotify.price.ID.individual=40000.0", "seed=7"),
    _joined("start=2022-06"), _joined("strategies.spotify={rule='hold'}"),
    _joined("events=[{date='2023-01', kind='platform_leaves', platform='resso', markets=['ID']}]"),
)  # fmt: skip
SWEEP_WORDS = ("low", "high", "shape", "uniform", "triangular", "normal", "lhs", "sobol", "grid", "choice", "enough",
               "less", "weights", "over", "only", "sure", "members", "ensemble", "posterior_2022_12",
               "series")  # fmt: skip
POINTS = b"point,theta,platforms.resso.integration.ID,rivals_respond\n0,1.5,0.0,true\n1,2.5,1.0,false\n2,3.0,0.5,true\n"
SHEET = b"rev_share_paid = 0.52\nrev_share_free = 0.5\nminimum_guarantee_usd_m = 10\nper_stream_minimum_usd = 0.001\n"
PAGES = (
    b'format = 1\nscenario = "tiny"\nmonth = 2\nmarket = "ID"\nview = "overview"\n[sets]\n"users" = 300\n"months" = 6\n'
    b'[[changes]]\nmonth = 1\nkey = "platforms.resso.integration.ID"\nvalue = 1.0\n[pages."sweeps"]\n"folder" = "a"\n',
    b'format = 1\nscenario = "baseline"\nmonth = 3\n[sets]\n"users" = 3000\n"markets" = ["ID", "BR"]\n[[changes]]\n'
    b'month = 2\nplatform = "resso"\nlabel = "sony"\nkind = "streaming"\nmarkets = ["ID"]\n'
    b'away = 3\n[[changes.deals]]\n'
    b'platform = "resso"\nlabel = "sony"\nmarkets = ["ID"]\nstart = "2023-01"\nend = "2024-12"\nrev_share_paid = 0.5\n',
    b'format = 1\ntext = """\nextends = "tiny"\nusers = 50\nmonths = 2\nmarkets = ["ID"]\n"""\n[sets]\n',
)  # fmt: skip
WISHES = (
    _joined("resso ID users 2023-03", "resso ID users < 5 by 2023-06: stop"), _joined("spotify IN+ID payers 2022-12"),
    _joined("resso BR users > 1e3 by 2023-01"), _joined("spotify BR payers 2023-09", "spotify BR payers 2023-06"),
)  # fmt: skip
OUTCOMES = (
    b"entity,market,metric,date,value,unit,note,source\nresso,ID,users,2023-03,4.5,M,,a letter\nspotify,ID,users,"
    b'2023-03,21.0,M,"a, b",\nspotify,WORLD,payers,2022-12,205,M,,\nspotify,IN+ID,users,2022-12,60.1,M,,\n'
)
