"""A report: made from scenarios that it runs, or from results that are held, written as HTML, Markdown and tables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from model.experiments.answer_folder import check_folder, save_answer
from model.experiments.comparing.plans import common_ground
from model.experiments.ensembles.living import members_of
from model.experiments.ensembles.members import Given, Members, Wanted
from model.experiments.pattern_file import read_measured
from model.experiments.report.answer_part import answer_section
from model.experiments.report.arms import Arm, arms_of, live_arms
from model.experiments.report.assumptions_part import assumptions_section
from model.experiments.report.deals_part import deals_section
from model.experiments.report.document import Document, Section, plain
from model.experiments.report.doubts_part import doubts_section
from model.experiments.report.evidence_part import evidence_section
from model.experiments.report.html_page import html_page
from model.experiments.report.markdown_page import markdown_page
from model.experiments.report.patterns_part import misses_that_bear, patterns_section
from model.experiments.report.provenance_part import provenance_section
from model.experiments.report.question import Question, judged_by, question_of
from model.experiments.report.rivals_part import rivals_section
from model.experiments.report.stakes import DRAWS, Room, endings_of, rooms_of, stakes_of
from model.experiments.report.telling import Teller
from model.experiments.run import Progress
from model.foundation.errors import Fault, raise_faults
from model.foundation.version import model_version
from model.market.start_store import StartStore
from model.results import RunResult
from model.spec.fields import TIKTOK
from model.spec.scenario import Scenario

KIND = "report"
HTML, MARKDOWN = "report.html", "report.md"
REPLICATES, MOST_REPLICATES, MOST_DRAWS = 8, 1000, 1000
KICKER = "Resonance: a market laboratory, not a forecast"


@dataclass(frozen=True)
class Report:
    """A report that can be written.

    document: what it says. question: its worlds and numbers. command: what makes it again. rooms: of licences at stake.
    """

    document: Document
    question: Question
    command: str
    rooms: tuple[Room, ...]

    def html(self) -> str:
        """Return it as one HTML file with everything inside."""
        return html_page(self.document)

    def markdown(self) -> str:
        """Return it as Markdown, with pictures as files beside it."""
        return markdown_page(self.document)

    def numbers(self) -> pd.DataFrame:
        """Return every number that is told, a row each: name of its row, outcome, place, time, value, range, runs."""
        return self.question.numbers.table()

    def save(self, folder: str | Path) -> Path:
        """Write report.html, report.md, its pictures, its numbers and run ids to a folder; return the HTML file.

        An earlier report there is replaced; `resonance trace` knows the folder. Errors: InputError.
        """
        place = Path(folder)
        first = self.question.arm
        runs = pd.concat([_run_table(arm) for arm in self.question.arms], ignore_index=True)
        tables = {"numbers": self.numbers(), "runs": runs}
        if first.result.provenance.carried is not None:
            tables["members"] = first.result.members
        save_answer(
            place, kind=KIND, plan=first.plan, question={"command": self.command, "arms": [
                arm.name for arm in self.question.arms], "headline": list(self.question.headline)},
            tables=tables, figures={one.name: one.png for one in self.document.pictures},
            pages={HTML: self.html(), MARKDOWN: self.markdown()}, plans=[arm.plan for arm in self.question.arms],
            names=[arm.name for arm in self.question.arms],
            replicates=0 if first.result.provenance.carried else first.runs,
        )  # fmt: skip
        return place / HTML


def _run_table(arm: Arm) -> pd.DataFrame:
    ids = arm.result.provenance.run_ids
    return pd.DataFrame({"scenario": arm.name, "replicate": list(ids), "run_id": list(ids.values())})


def make_report(
    scenario: Scenario | str | Path, *, versus: Scenario | str | Path | None = None, replicates: int | None = None,
    ensemble: Given | None = None, members: Wanted = None, deal_draws: int = DRAWS, by: str | None = None,
    command: str = "", folder: str = "FOLDER", starts: StartStore | None = None, progress: Progress | None = None,
) -> Report:  # fmt: skip
    """Return a report on a scenario, held against another or by itself.

    versus: what it is held against, on the same draws. replicates: runs of each (default: 8). ensemble, members: joint
    draws of parameters in place of replicates, as of `model.experiments.run.run`. deal_draws: futures of each licence
    that an event turns on, 0 for none (default: 6). by: outcome that the answer is judged by. command: what makes the
    report again, as it is told. folder: as the report names it. starts: where settled starts are kept. progress: called
    with (stage, done, whole). Errors: InputError with every fault.
    """
    plan = scenario if isinstance(scenario, Scenario) else Scenario.load(scenario)
    _check(replicates, deal_draws)
    plans: tuple[Scenario, ...] = (plan,)
    names: tuple[str, ...] = (plan.name,)
    notes: tuple[str, ...] = ()
    if versus is not None:
        common = common_ground([plan, versus], names=None, settings=None)
        plans, names, notes = common.plans, common.names, common.notes
    if by is not None:
        judged_by(by, plans)
    drawn: Members | None = None
    if ensemble is not None or members is not None:
        drawn = members_of(ensemble, seed=plan.seed, members=members, replicates=replicates)
    runs = REPLICATES if replicates is None else replicates
    arms = live_arms(plans, names, replicates=runs, drawn=drawn, starts=starts, progress=progress)
    told = command or f"make_report({plan.name!r}{f', versus={names[1]!r}' if len(names) > 1 else ''})"
    return _written(
        arms, notes=notes, by=by, deal_draws=deal_draws, command=told, folder=folder, starts=starts, progress=progress
    )  # fmt: skip


def report_of(
    result: RunResult, *, versus: RunResult | None = None, deal_draws: int = 0, by: str | None = None,
    command: str = "", folder: str = "FOLDER", starts: StartStore | None = None, progress: Progress | None = None,
) -> Report:  # fmt: skip
    """Return a report on a result that is held, by itself or against another of the same draws; nothing is run anew.

    versus: of the same start, seed, users, markets, months and replicates. deal_draws: futures of each licence that an
    event turns on; 0, the default, for none, since they are lived then. by: as of `make_report`. Errors: InputError,
    also for loaded results, which hold no runs.
    """
    _check(None, deal_draws)
    arms = arms_of(result, versus)
    against = f" --vs {versus.card.name}" if versus is not None else ""
    told = command or f"resonance report {result.card.name}{against} --replicates {len(result.provenance.run_ids)}"
    return _written(
        arms, notes=(), by=by, deal_draws=deal_draws, command=told, folder=folder, starts=starts, progress=progress
    )  # fmt: skip


def write_report(
    scenario: Scenario | RunResult | str | Path, folder: str | Path, *,
    versus: Scenario | RunResult | str | Path | None = None,
    replicates: int | None = None, ensemble: Given | None = None, members: Wanted = None, deal_draws: int | None = None,
    by: str | None = None, command: str = "", starts: StartStore | None = None, progress: Progress | None = None,
) -> Path:  # fmt: skip
    """Write a report to a folder and return its HTML file.

    scenario, versus: scenarios that are run (`make_report`), or results that are held (`report_of`). Errors:
    InputError, before anything is run where the folder holds something else.
    """
    place = Path(folder)
    check_folder(place, kind=KIND)
    if isinstance(scenario, RunResult):
        held = versus if isinstance(versus, RunResult) else None
        raise_faults([
            Fault(f"report: {name}", "a result that is held is not run again", value, "Give a scenario in its place.")
            for name, value in (("replicates", replicates), ("ensemble", ensemble), ("members", members),
                                ("versus", None if versus is held else versus)) if value is not None
        ])  # fmt: skip
        return report_of(
            scenario, versus=held, deal_draws=deal_draws or 0, by=by, command=command, folder=place.name, starts=starts,
            progress=progress,
        ).save(place)  # fmt: skip
    against = versus.scenario if isinstance(versus, RunResult) else versus
    return make_report(
        scenario, versus=against, replicates=replicates, ensemble=ensemble, members=members,
        deal_draws=DRAWS if deal_draws is None else deal_draws, by=by, command=command, folder=place.name,
        starts=starts, progress=progress,
    ).save(place)  # fmt: skip


def _check(replicates: object, deal_draws: object) -> None:
    raise_faults([
        Fault(f"report: {name}", f"is a whole number from {least} to {most:,}", value, f"Usual: {usual}.")
        for name, value, least, most, usual in (
            ("replicates", replicates, 1, MOST_REPLICATES, REPLICATES),
            ("deal_draws", deal_draws, 0, MOST_DRAWS, DRAWS),
        )
        if value is not None and not (isinstance(value, int) and not isinstance(value, bool) and least <= value <= most)
    ])  # fmt: skip


def _written(
    arms: Sequence[Arm], *, notes: Sequence[str], by: str | None, deal_draws: int, command: str, folder: str,
    starts: StartStore | None, progress: Progress | None,
) -> Report:  # fmt: skip
    """Return the report of arms: its parts in order, provenance last, when every number has been told."""
    question = question_of(arms, by=by)
    tell, measured = Teller(question), read_measured()
    plan = question.arm.plan
    stakes = stakes_of(plan, [dict(one) for one in question.arm.result.card.events])
    rooms, left = rooms_of(plan, stakes, draws=deal_draws, starts=starts, progress=progress)
    endings = endings_of(plan, platforms=_at_table(question))
    sections = (
        answer_section(tell, misses=len(misses_that_bear(question, measured)), rooms=rooms),
        evidence_section(tell),
        doubts_section(tell),
        deals_section(tell, stakes=stakes, rooms=rooms, left=left, endings=endings),
        rivals_section(tell),
        patterns_section(question, measured),
        assumptions_section(tell),
        provenance_section(question, command=command, folder=folder),
    )
    return Report(_document(question, sections, notes=notes), question, command, rooms)


def _at_table(question: Question) -> tuple[str, ...]:
    """Return the services whose written licences are looked at: in focus, at the table, TikTok where it is touched."""
    talks = question.arm.plan.talks
    found = [*question.focus, *(talks.platforms if talks else ())]
    return tuple(dict.fromkeys([*found, *([TIKTOK] if question.touched & {"clips", "tiktok"} else [])]))


def _document(question: Question, sections: Sequence[Section], *, notes: Sequence[str]) -> Document:
    arm, base = question.arm, question.base
    card = arm.result.card
    many = "members" if question.members else "runs"
    about = [
        plain(card.about),
        f"{len(card.markets)} market{'s' * (len(card.markets) > 1)} ({', '.join(card.markets)}), {card.months} months "
        f"from {card.start}, {question.readings.runs} {many}, {card.users:,} simulated users a market",
        *(f"{note[0].upper()}{note[1:]}" for note in notes),
    ]  # fmt: skip
    title = f"{arm.name} against {base.name}" if base else arm.name
    foot = f"Made by Resonance {model_version()} from facts as of October 2022. Money is nominal USD at rates of 2022."
    return Document(KICKER, title, tuple(line for line in about if line), tuple(sections), foot)


__all__ = ["Report", "make_report", "report_of", "write_report"]
